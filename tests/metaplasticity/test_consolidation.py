"""Flip time, its discrete correction, transport of densities, passive decay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from theory.metaplasticity import (
    consolidation_gain,
    flip_time,
    forgetting_front,
    metaplastic_factor,
    modulated_update,
    passive_decay_time,
    pulled,
    transported_density,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)


def _steps_to_flip(hidden, pull, m):
    steps = 0
    hidden = np.array([hidden])
    while hidden[0] > 0:
        hidden = hidden + modulated_update(hidden, np.array([-pull]), m)
        steps += 1
    return steps


def test_flip_time_is_that_of_the_differential_equation():
    def motion(_, hidden):
        return -0.03 * metaplastic_factor(hidden, 1.2)

    def zero(_, hidden):
        return hidden[0]

    zero.terminal = True
    solved = solve_ivp(motion, (0, 1e5), [1.7], events=zero, rtol=1e-10, atol=1e-12)
    assert flip_time(1.7, 0.03, 1.2) == pytest.approx(solved.t_events[0][0], rel=1e-7)


@quick
@given(x=st.floats(0.1, 2.5), m=st.floats(0.3, 4), strength=st.floats(0.02, 0.15))
def test_the_discrete_flip_time_is_met_within_a_step(x, m, strength):
    """strength = m * pull, the small parameter of the correction."""
    hidden, pull = x / m, strength / m
    counted = _steps_to_flip(hidden, pull, m)
    predicted = flip_time(hidden, pull, m, discrete=True)
    # A count is rounded up: it exceeds the time by 0 to 1. The next order is strength * x at most.
    assert -strength * (1 + x) <= counted - predicted <= 1 + strength * (1 + x)


def test_the_correction_removes_the_first_order_in_the_pull():
    """Errors of the continuous law stay at ln cosh, those of the corrected one fall."""
    m, starts = 1.0, 2.0 + np.linspace(-0.2, 0.2, 60)
    left = []
    for pull in (0.2, 0.1, 0.05):
        mean = np.mean([
            _steps_to_flip(w, pull, m) - flip_time(w, pull, m, discrete=True) for w in starts
        ])  # fmt: skip
        left.append(mean - 0.5)
        plain = mean - 0.5 + np.mean(np.log(np.cosh(m * starts)))
        assert plain > 1.0
    # Sixty starts sample the rounding with an error of about 1/sqrt(12 * 60) = 0.04.
    assert abs(left[-1]) < 0.15
    assert abs(left[-1]) < abs(left[0]) + 0.08


def test_no_metaplasticity_flips_after_distance_over_speed():
    assert flip_time(3.0, 0.5, 0.0) == 6.0
    assert flip_time(3.0, 0.5, 0.0, discrete=True) == 6.0
    np.testing.assert_allclose(flip_time([-1.0, 2.0], [0.1, 0.4], 0.0), [10, 5])


@quick
@given(x=st.floats(1e-12, 300), m=st.floats(1e-3, 100))
def test_the_gain_is_the_ratio_of_flip_times(x, m):
    gain = consolidation_gain(x)
    ratio = flip_time(x / m, 0.1, m) / flip_time(x / m, 0.1, 0.0)
    assert gain >= 1
    assert ratio == pytest.approx(gain, rel=1e-9)


def test_series_and_exponential_law_of_the_gain():
    small = np.array([1e-6, 1e-3, 0.05])
    series = 1 + small**2 / 3 + small**4 / 15 + 2 * small**6 / 315
    np.testing.assert_allclose(consolidation_gain(small), series, rtol=1e-12)
    assert consolidation_gain(20.0) == pytest.approx(np.exp(40.0) / 160, rel=1e-12)
    assert consolidation_gain(0.0) == 1
    assert consolidation_gain(1e4) == np.inf


@quick
@given(hidden=st.floats(0.01, 4), pull=st.floats(0.01, 1), m=st.floats(0, 3))
def test_the_front_arrives_at_the_flip_time(hidden, pull, m):
    time = flip_time(hidden, pull, m)
    assert forgetting_front(pull * time, m) == pytest.approx(hidden, rel=1e-9)


def test_pulled_weights_follow_the_updates():
    rng = np.random.default_rng(0)
    start = rng.uniform(-3, 3, 300)
    moving, pull, steps = start.copy(), 1e-3, 2000
    for _ in range(steps):
        moving += modulated_update(moving, np.full(300, -pull), 1.1)
    # First-order scheme: ln cosh(m W) < 3 steps too late, and one step at the crossing.
    np.testing.assert_allclose(moving, pulled(start, pull * steps, 1.1), atol=4.5 * pull)


@quick
@given(
    first=st.floats(0, 5), second=st.floats(0, 5), m=st.floats(0, 3), seed=st.integers(0, 2**32 - 1)
)
def test_pulls_add_up(first, second, m, seed):
    hidden = np.random.default_rng(seed).uniform(-4, 4, 20)
    once = pulled(hidden, first + second, m)
    twice = pulled(pulled(hidden, first, m), second, m)
    np.testing.assert_allclose(twice, once, atol=1e-8)
    np.testing.assert_array_equal(pulled(hidden, 0.0, 0.0), hidden)
    assert np.all(np.diff(pulled(np.sort(hidden), first, m)) >= -1e-12)


def _bell(x):
    return np.exp(-0.5 * ((x - 0.7) / 0.6) ** 2) / (0.6 * np.sqrt(2 * np.pi))


@pytest.mark.parametrize("m", [0.0, 0.8, 2.0])
@pytest.mark.parametrize("distance", [0.0, 0.5, 3.0])
def test_the_density_is_conserved(m, distance):
    grid = np.linspace(-9, 6, 60_001)
    density = transported_density(grid, _bell, distance, m)
    assert np.all(density >= 0)
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("m", [0.0, 0.8, 2.0])
def test_the_density_is_that_of_the_pulled_population(m):
    """Its distribution function is the initial one at the place that the pull brings there."""
    starts = np.linspace(-3, 5, 4001)
    ends = pulled(starts, 1.3, m)
    density = transported_density(ends, _bell, 1.3, m)
    mass = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(ends))])
    initial = _bell(starts)
    expected = np.concatenate([[0], np.cumsum((initial[1:] + initial[:-1]) / 2 * 0.002)])
    np.testing.assert_allclose(mass, expected, atol=2e-4)


def test_the_density_solves_the_conservation_law():
    hidden = np.array([0.3, 0.9, 1.8, -0.7, -2.5])
    m, h = 1.1, 1e-4

    def flow(w, distance):
        factor = np.where(w > 0, metaplastic_factor(w, m), 1.0)
        return factor * transported_density(w, _bell, distance, m)

    later, earlier = (transported_density(hidden, _bell, 1.0 + s, m) for s in (h, -h))
    rate = (later - earlier) / (2 * h)
    slope = (flow(hidden + h, 1.0) - flow(hidden - h, 1.0)) / (2 * h)
    np.testing.assert_allclose(rate, slope, atol=1e-6)


def test_the_density_at_no_distance_is_the_initial_one():
    grid = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(transported_density(grid, _bell, 0.0, 1.5), _bell(grid), rtol=1e-9)


@pytest.mark.parametrize("m", [0.0, 0.4, 1.5])
def test_passive_decay_is_that_of_the_differential_equation(m):
    def motion(_, weight):
        return -0.01 * weight * metaplastic_factor(weight, m)

    time = float(passive_decay_time(2.0, 0.3, 0.01, m))
    solved = solve_ivp(motion, (0, time), [2.0], rtol=1e-10, atol=1e-12)
    assert solved.y[0, -1] == pytest.approx(0.3, rel=1e-6)


def test_little_metaplasticity_decays_exponentially():
    plain = passive_decay_time(2.0, 0.5, 0.1, 0.0)
    assert plain == pytest.approx(np.log(4) / 0.1)
    assert passive_decay_time(2.0, 0.5, 0.1, 1e-5) == pytest.approx(plain, rel=1e-7)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: flip_time(1.0, 0.0, 1.0), "pull must be above 0"),
        (lambda: flip_time(1.0, 0.1, -1.0), "metaplasticity must be"),
        (lambda: flip_time(np.nan, 0.1, 1.0), "hidden must be finite"),
        (lambda: pulled([1.0], -1.0, 1.0), "distance must be"),
        (lambda: transported_density([1.0], _bell, np.inf, 1.0), "distance must be"),
        (lambda: passive_decay_time(1.0, 2.0, 0.1, 1.0), "decay only shrinks"),
        (lambda: passive_decay_time(1.0, 0.0, 0.1, 1.0), "end must be above 0"),
        (lambda: passive_decay_time(1.0, 0.5, 0.0, 1.0), "rate must be"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
