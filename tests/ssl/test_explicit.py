"""Explicit variance regularisation: gradients, the eigenspace, closed forms, what is blind."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theory.ssl import (
    EXPLICIT_LOSSES,
    eigenvalue_trajectory,
    explicit_eigenvalues,
    explicit_loss,
    sample_views,
    sampled_explicit_update,
)

NOISE = (0.2, 0.5)


def weights(seed=0):
    return 0.4 * np.random.default_rng(seed).standard_normal((3, 5))


@pytest.mark.parametrize("loss", EXPLICIT_LOSSES)
def test_change_is_minus_the_gradient(loss):
    w, step = weights(), 1e-6
    setting = {"noise": NOISE, "invariance": 0.7, "covariance": 0.3}
    _, change = explicit_loss(w, loss, **setting)
    for index in np.ndindex(w.shape):
        values = []
        for sign in (1, -1):
            moved = w.copy()
            moved[index] += sign * step
            values.append(
                explicit_loss(moved, loss, noise=NOISE, invariance=0.7, covariance=0.3)[0]
            )
        # central difference: rounding 1e-16 over the step, truncation step^2
        assert -change[index] == pytest.approx((values[0] - values[1]) / (2 * step), abs=2e-9)


@pytest.mark.parametrize("loss", EXPLICIT_LOSSES)
def test_units_of_length_one_and_single_weights_are_units_and_silent_ones_are_not(loss):
    assert np.isfinite(explicit_loss(np.eye(3), loss)[0])
    assert np.isfinite(explicit_loss(np.array([[0.5]]), loss)[0])
    with pytest.raises(ValueError, match="its unit is silent"):
        explicit_loss(np.array([[1.0, 0.0], [0.0, 0.0]]), loss)
    with pytest.raises(ValueError, match="weights must not be empty"):
        explicit_loss(np.zeros((0, 3)), loss)


@pytest.mark.parametrize("loss", EXPLICIT_LOSSES)
@pytest.mark.parametrize("noise", [(0.0, 0.0), NOISE])
def test_eigenvalues_begin_at_their_start(loss, noise):
    """Modes on both sides of the hinges, between them, and at one."""
    start = np.array([0.0, 0.1, 0.9, 1 / 1.04, 1.0, 1.5])
    path = explicit_eigenvalues(start, [0.0, 1e-9], loss, noise=noise, invariance=0.3)
    np.testing.assert_allclose(path[0], start, rtol=1e-13)
    np.testing.assert_allclose(path[1], start, rtol=1e-7, atol=1e-16)


@pytest.mark.parametrize("loss", EXPLICIT_LOSSES)
def test_value_is_that_of_sampled_views(loss):
    """The definitions, from sampled covariances and correlations."""
    rng, w = np.random.default_rng(1), weights(1)
    clean = rng.standard_normal((5, 400_000))
    z1, z2 = (w @ (clean + s * rng.standard_normal(clean.shape)) for s in NOISE)
    covariances = [z @ z.T / z.shape[1] for z in (z1, z2)]
    off = ~np.eye(3, dtype=bool)
    apart = np.mean(np.sum((z1 - z2) ** 2, axis=0))
    if loss == "whitening":
        wanted = np.sum((covariances[0] - np.eye(3)) ** 2) / 4 + 0.35 * apart
    elif loss == "vicreg":
        wanted = 0.35 * apart
        for c in covariances:
            wanted += np.maximum(0, 1 - np.sqrt(np.diag(c))).sum() + 0.15 * np.sum(c[off] ** 2)
    else:
        r = (z1 @ z2.T / z1.shape[1]) / np.sqrt(
            np.outer(np.diag(covariances[0]), np.diag(covariances[1]))
        )
        wanted = np.sum((1 - np.diag(r)) ** 2) / 2 + 0.15 * np.sum(r[off] ** 2)
    value, _ = explicit_loss(w, loss, noise=NOISE, invariance=0.7, covariance=0.3)
    # relative sampling error of a second moment: sqrt(2 / 400 000), a few of them
    assert value == pytest.approx(wanted, rel=0.01)


def test_whitening_is_the_isotropic_loss_of_exponent_one():
    gamma, times = np.array([0.01, 0.4, 2.0]), np.array([0.0, 0.5, 4.0])
    whitened = explicit_eigenvalues(gamma, times, "whitening", noise=(0.0, 0.0))
    isotropic = eigenvalue_trajectory(gamma, times, variant="isotropic", noise=(0.0, 0.0))
    np.testing.assert_allclose(whitened, isotropic, rtol=1e-12)


@pytest.mark.parametrize("noise", [(0.0, 0.3), (0.3, 0.3), (0.8, 0.1), (0.0, 0.0)])
@pytest.mark.parametrize("invariance", [0.3, 3.0])
@pytest.mark.parametrize("loss", ["whitening", "vicreg"])
def test_closed_forms_against_small_steps_of_the_matrix(loss, noise, invariance):
    gamma = np.array([0.02, 0.7, 1.6])
    w, eta, steps = np.diag(np.sqrt(gamma)), 1e-4, 12_000
    wanted = explicit_eigenvalues(
        gamma, [0.4, eta * steps], loss, noise=noise, invariance=invariance
    )
    for step in range(steps):
        w = w + eta * explicit_loss(w, loss, noise=noise, invariance=invariance)[1]
        if step == 3999:
            early = np.diag(w) ** 2
    # Euler's error, and on a hinge the step to either side of it
    np.testing.assert_allclose(early, wanted[0], rtol=3e-3)
    np.testing.assert_allclose(np.diag(w) ** 2, wanted[1], rtol=3e-3)
    assert np.abs(w - np.diag(np.diag(w))).max() == 0  # units stay modes


def test_vicreg_recruits_in_finite_time():
    tiny = explicit_eigenvalues([1e-12, 1e-6], [0.25, 0.5, 1.0], "vicreg", noise=(0, 0))
    # two hinges push with 1 each: s grows at speed 2 and is 1 at time 1/2
    np.testing.assert_allclose(np.sqrt(tiny[0]), 0.5, atol=2e-3)
    np.testing.assert_allclose(tiny[1:], 1.0, rtol=1e-2)


def test_barlow_moves_no_row_s_length_and_no_aligned_mode():
    w = weights(4)
    _, change = explicit_loss(w, "barlow", noise=NOISE)
    np.testing.assert_allclose(np.sum(w * change, axis=1), 0, atol=1e-15)
    assert np.abs(change).max() > 1e-3
    aligned = np.diag([0.1, 2.0])
    assert np.abs(explicit_loss(aligned, "barlow", noise=NOISE)[1]).max() == 0
    start = [0.1, 2.0]
    assert np.all(explicit_eigenvalues(start, [5.0], "barlow") == start)


def test_barlow_decorrelates_at_fixed_lengths():
    w = weights(5)
    run = solve_ivp(
        lambda _, x: explicit_loss(x.reshape(w.shape), "barlow", noise=(0, 0))[1].ravel(),
        (0, 200), w.ravel(), rtol=1e-8, atol=1e-10,
    ).y[:, -1].reshape(w.shape)  # fmt: skip
    gram = run @ run.T
    np.testing.assert_allclose(gram, np.diag(np.sum(w**2, axis=1)), atol=1e-4)


def test_bad_arguments():
    with pytest.raises(ValueError, match="loss must be one of"):
        explicit_loss(weights(), "vicregg")
    with pytest.raises(ValueError, match="every row must have a length"):
        explicit_loss(np.zeros((2, 2)), "barlow")
    with pytest.raises(ValueError, match="invariance must be"):
        explicit_eigenvalues([1.0], [1.0], "vicreg", invariance=-1.0)


@pytest.mark.parametrize("loss", ["whitening", "vicreg"])
def test_sampled_update_against_the_mean(loss):
    rng, w = np.random.default_rng(6), weights(6)
    setting = {"invariance": 0.7, "covariance": 0.3}
    updates = np.array([
        sampled_explicit_update(w, *sample_views(5, 4000, NOISE, rng), loss, **setting)
        for _ in range(40)
    ])  # fmt: skip
    _, change = explicit_loss(w, loss, noise=NOISE, **setting)
    error = updates.std(axis=0, ddof=1) / np.sqrt(40)
    # Student's t with 39 degrees: 5.5 is passed once in 200 000; the bias of one batch's covariance
    # is of order 1/4000, a small part of the error
    assert np.abs((updates.mean(axis=0) - change) / error).max() < 5.5


@pytest.mark.parametrize(("scale", "pushed"), [(0.5, 1.0), (1.0, 0.0), (2.0, 0.0)])
def test_a_unit_is_pushed_up_to_the_deviation_that_is_asked_for_and_no_longer(scale, pushed):
    """The hinge (1 - deviation)+ falls with slope 1 in the weight of one unit; then it is flat."""
    view = np.array([[1.0, -1.0]])
    change = sampled_explicit_update(np.array([[scale]]), view, view, "vicreg", covariance=0.0)
    assert change[0, 0] == pytest.approx(2 * pushed)  # two views, each with a hinge of its own


def test_only_losses_with_samples_of_their_own_are_sampled():
    view = np.array([[1.0, -1.0]])
    with pytest.raises(ValueError, match="loss must be one of 'whitening', 'vicreg', not 'barlow'"):
        sampled_explicit_update(np.ones((1, 1)), view, view, "barlow")
