"""A learned linear predictor: balance, fixed points, thresholds, and sampled matrices."""

import inspect

import numpy as np
import pytest

from theory.numerics import NotConverged
from theory.ssl import (
    eigenvalue_trajectory,
    learned_predictor_map,
    learned_predictor_trajectory,
    resting_point,
)

GAMMA, PREDICTOR = np.array([0.2, 0.6, 1.5]), np.array([0.3, 0.2, 0.9])


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
@pytest.mark.parametrize("rate", [0.5, 4.0])
def test_balance_of_every_mode(loss, rate):
    times, rho = np.array([0.0, 0.7, 3.0]), 0.05
    gamma, q = learned_predictor_trajectory(
        GAMMA, PREDICTOR, times, predictor_rate=rate, loss=loss, weight_decay=rho
    )
    distance = gamma - q**2 / rate
    np.testing.assert_allclose(distance, np.exp(-2 * rho * times)[:, None] * distance[0], atol=1e-9)


def test_cosine_conserves_both_sums_without_decay():
    gamma, q = learned_predictor_trajectory(GAMMA, PREDICTOR, [0.0, 8.0], loss="cosine")
    np.testing.assert_allclose(gamma.sum(axis=1), GAMMA.sum(), rtol=1e-9)
    np.testing.assert_allclose((q**2).sum(axis=1), np.sum(PREDICTOR**2), rtol=1e-9)


def test_on_the_balanced_set_it_is_direct_pred():
    times = np.array([0.5, 4.0])
    gamma, q = learned_predictor_trajectory(GAMMA, np.sqrt(GAMMA), times, weight_decay=0.03)
    wanted = eigenvalue_trajectory(GAMMA, times, exponent=0.5, weight_decay=0.03)
    np.testing.assert_allclose(gamma, wanted, rtol=1e-9)
    np.testing.assert_allclose(q**2, wanted, rtol=1e-9)


@pytest.mark.parametrize(("own", "rate"), [(None, 1.0), (0.02, 1.0), (0.3, 2.5)])
def test_rest_and_its_threshold(own, rate):
    setting = {"predictor_rate": rate, "noise": (0.3, 0.0)}
    wanted = resting_point(0.1, own, predictor_rate=rate, noise=0.3)
    gamma, q = learned_predictor_trajectory(
        [1.5 * wanted[0]], [1.2], [3000.0], predictor_decay=own, weight_decay=0.1, **setting
    )
    np.testing.assert_allclose([gamma[0, 0], q[0, 0]], wanted, rtol=1e-6)
    assert np.isnan(resting_point(0.25 / 1.09 + 1e-6, own, noise=0.3)[0])
    dead, _ = learned_predictor_trajectory(
        [4.0], [1.0], [3000.0], predictor_decay=own, weight_decay=0.24, **setting
    )
    assert dead[0, 0] < 1e-6


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
def test_against_sampled_matrices(loss):
    """One step of both matrices, written out by the loss's definition, many small batches."""
    rng = np.random.default_rng(2)
    u, v = (np.linalg.qr(rng.standard_normal((n, 3)))[0] for n in (3, 4))
    w, p = (u * np.sqrt(GAMMA)) @ v.T, (u * PREDICTOR) @ u.T
    moved = []
    for _ in range(40):
        clean = rng.standard_normal((4, 2000))
        x1, x2 = (clean + s * rng.standard_normal(clean.shape) for s in (0.2, 0.4))
        z1, z2 = w @ x1, w @ x2
        ahead = p @ z1
        if loss == "euclidean":
            error = ahead - z2
        else:
            n, m = (np.linalg.norm(k, axis=0) for k in (ahead, z2))
            error = -(z2 / (n * m)) + np.sum(ahead * z2, axis=0) * ahead / (n**3 * m)
        moved.append(np.concatenate([
            -np.diag(u.T @ (p.T @ error @ x1.T) @ v) / 2000,
            -np.diag(u.T @ (error @ z1.T) @ u) / 2000,
        ]))  # fmt: skip
    eta = 1e-6
    gamma, q = learned_predictor_map(GAMMA, PREDICTOR, 1, eta, loss=loss, noise=(0.2, 0.4))
    wanted = np.concatenate([np.sqrt(gamma[1]) - np.sqrt(GAMMA), q[1] - PREDICTOR]) / eta
    moved = np.array(moved)
    error = moved.std(axis=0, ddof=1) / np.sqrt(40)
    # Student's t with 39 degrees: 5.5 is passed once in 200 000
    assert np.abs((moved.mean(axis=0) - wanted) / error).max() < 5.5


def test_map_tends_to_the_flow():
    flow, _ = learned_predictor_trajectory(GAMMA, PREDICTOR, [1.0])
    errors = [
        np.abs(learned_predictor_map(GAMMA, PREDICTOR, n, 1 / n)[0][-1] - flow[0]).max()
        for n in (50, 100)
    ]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)


def test_the_map_takes_for_granted_what_the_flow_does():
    """Its settings come as one mapping, so that their defaults stand in no signature."""
    settings = inspect.signature(learned_predictor_trajectory).parameters
    told = {p.name: p.default for p in settings.values() if p.default is not p.empty}
    assert len(told) == 5
    start = GAMMA, PREDICTOR, 3, 0.1
    silent, loud = learned_predictor_map(*start), learned_predictor_map(*start, **told)
    np.testing.assert_array_equal(silent, loud)
    told["loss"] = "cosine"  # to which the noise of the second view matters, too
    silent, loud = (
        learned_predictor_map(*start, loss="cosine"),
        learned_predictor_map(*start, **told),
    )
    np.testing.assert_array_equal(silent, loud)


def test_bad_arguments():
    with pytest.raises(ValueError, match="initial_predictor must be 0 or above"):
        learned_predictor_trajectory([1.0], [-0.1], [1.0])
    with pytest.raises(ValueError, match="initial_predictor must have shape"):
        learned_predictor_trajectory([1.0], [0.1, 0.2], [1.0])
    with pytest.raises(TypeError, match="not 'decay'"):
        learned_predictor_map([1.0], [0.1], 1, 0.1, decay=0.1)
    with pytest.raises(NotConverged, match="diverges at learning rate"):
        learned_predictor_map([30.0], [30.0], 50, 1.0)
    with pytest.raises(ValueError, match="weight_decay must be"):
        resting_point(0.0)
