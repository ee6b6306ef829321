"""Flows end or say why not, modes die in finite time, levels are met when they are met."""

import time

import numpy as np
import pytest

from theory.numerics import NotConverged
from theory.ssl import crossing_times, eigenvalue_trajectory, recruitment_time, relative_rate
from theory.ssl.integration import integrate


@pytest.mark.parametrize("start", [[1.0, 2.0], [0.5, 1.0, 2.0]])
def test_flow_without_stop_gradient_ends_with_one_mode(start):
    path = eigenvalue_trajectory(start, [40.0, 1e4], loss="cosine", variant="no_stop_gradient")
    np.testing.assert_allclose(path.sum(axis=1), sum(start), rtol=1e-9)
    assert path[-1, -1] == pytest.approx(sum(start), rel=1e-9)
    assert np.all(path[-1, :-1] == 0)


def test_the_last_small_mode_dies_as_a_square_root_or_a_logarithm():
    small = np.array([1e-8, 1e-10, 1e-12])

    def rates(noise):
        setting = {"loss": "cosine", "variant": "no_stop_gradient", "noise": noise}
        return np.array([relative_rate([g, 1.0], **setting)[0] for g in small])

    # Without noise r grows as 1/sqrt(gamma), and gamma reaches 0 in finite time; corrections of the
    # next order are sqrt(gamma) log(gamma).
    clean = rates((0, 0)) * np.sqrt(small)
    np.testing.assert_allclose(clean, clean[-1], rtol=2e-3)
    # Noise blurs the zero of the large mode: r grows by the same amount a decade.
    noisy = rates((0, 0.1))
    steps = np.diff(noisy)
    assert steps[0] < 0
    assert steps[1] == pytest.approx(steps[0], rel=0.05)


def test_every_call_is_bounded_in_evaluations():
    with pytest.raises(NotConverged, match=r"5\d\d evaluations have reached"):
        integrate(
            lambda x: 1e6 * np.array([x[1], -x[0]]), [1.0, 0.0], [1e6], name="f", evaluations=500
        )
    with pytest.raises(NotConverged, match="f: the integrator stopped"):
        integrate(lambda x: x * np.nan, [1.0], [2.0], name="f")


@pytest.mark.parametrize("variant", ["standard", "isotropic"])
def test_crossings_are_the_closed_form(variant):
    start = np.array([1e-3, 0.02, 0.3])
    found = crossing_times(start, 0.5, 1e4, variant=variant, noise=(0, 0))
    np.testing.assert_allclose(found, recruitment_time(start, variant), rtol=1e-9)


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
@pytest.mark.parametrize("variant", ["standard", "isotropic", "no_stop_gradient", "no_predictor"])
def test_crossings_lie_on_the_flow(loss, variant):
    gamma, level = np.array([0.1, 0.4, 0.9, 2.2]), 0.37
    setting = {"loss": loss, "variant": variant, "noise": (0.3, 0.2)}
    found = crossing_times(gamma, level, 60.0, of="eigenvalue", **setting)
    for m, when in enumerate(found):
        if np.isnan(when):
            end = eigenvalue_trajectory(gamma, np.linspace(1, 60, 60), **setting)[:, m]
            assert np.all((end > level) == (gamma[m] > level))
        else:
            there = eigenvalue_trajectory(gamma, [when], **setting)[0, m]
            assert there == pytest.approx(level, rel=1e-8)
    assert np.isfinite(found).any()


def test_crossings_start_on_the_level_and_never():
    found = crossing_times([0.5, 0.2], 0.5, 0.1, noise=(0, 0))
    assert found[0] == 0
    assert np.isnan(found[1])


def test_many_modes():
    rng = np.random.default_rng(0)
    before = time.process_time()
    gamma = 10 ** rng.uniform(-2, 0.5, 200)
    path = eigenvalue_trajectory(gamma, [60.0], loss="cosine")
    assert path.sum() == pytest.approx(gamma.sum(), rel=1e-10)
    assert time.process_time() - before < 10  # about 0.2 s alone
    many = 10 ** rng.uniform(-2, 0.5, 100_000)
    assert eigenvalue_trajectory(many, [60.0]).shape == (1, 100_000)
    rates = relative_rate(many, loss="cosine", tolerance=1e-6)
    # the sum rule, over 100 000 modes
    assert abs(rates @ many) < 1e-9 * np.abs(rates * many).sum()


def test_times_that_are_no_list():
    with pytest.raises(ValueError, match="a list of times such as"):
        eigenvalue_trajectory([1.0], 3.0)
    with pytest.raises(ValueError, match="a list of numbers, one a mode"):
        eigenvalue_trajectory(1.0, [3.0])


def test_many_modes_over_long_times_with_a_predictor_of_their_own():
    gamma = 10 ** np.random.default_rng(1).uniform(-2, 1, 3000)
    path = eigenvalue_trajectory(
        gamma, [1e5], predictor=lambda g: g / (0.5 + g), noise=(0, 0), weight_decay=0.1
    )
    # p (1 - p) = 0.1 above the threshold, and nothing below it
    upper, lower = ((1 + s * np.sqrt(0.6)) / 2 for s in (1, -1))
    alive = gamma / (0.5 + gamma) > lower
    np.testing.assert_allclose(path[0, alive], 0.5 * upper / (1 - upper), rtol=1e-8)
    assert path[0, ~alive].max() < 1e-100
