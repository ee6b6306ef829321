"""One hidden weight alone: closed-form orbit, exact averages, polarisation, locking."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.metaplasticity import (
    QuadraticTask,
    polarised_mean,
    rotation_interval,
    rotation_orbit,
    simulate_hidden_weights,
    simulate_scalar_weights,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)
optima = st.floats(-0.99, 0.99)
steps_sizes = st.floats(1e-3, 10.0)
places = st.floats(0.0, 0.999)


def _simulated(start, optimum, step, steps):
    task = QuadraticTask([[1.0]], [optimum])
    run = simulate_hidden_weights(task, [start], steps, step, record_hidden=True)
    return run.hidden[:, 0], run.binary_mean[0]


@quick
@given(optimum=optima, step=steps_sizes, place=places)
def test_the_closed_orbit_is_the_simulated_one(optimum, step, place):
    low, high = rotation_interval(optimum, step)
    start = low + place * (high - low)
    if start >= high:  # rounding at the open end
        return
    simulated, _ = _simulated(start, optimum, step, 60)
    predicted = rotation_orbit(start, optimum, step, 60)
    # On the circle: at the two ends of the interval rounding may choose the other one.
    distance = np.abs(simulated - predicted)
    distance = np.minimum(distance, np.abs(distance - 2 * step))
    assert distance.max() < 1e-12 * 60 * step


@quick
@given(optimum=optima, step=steps_sizes, place=places, steps=st.integers(1, 400))
def test_the_mean_sign_misses_the_optimum_by_at_most_two_over_the_steps(
    optimum, step, place, steps
):
    low, high = rotation_interval(optimum, step)
    _, mean = _simulated(low + place * (high - low), optimum, step, steps)
    assert abs(mean - optimum) <= 2 / steps * (1 + 1e-9)


@quick
@given(optimum=optima, step=steps_sizes, start=st.floats(-5, 5))
def test_the_interval_absorbs_and_is_never_left(optimum, step, start):
    low, high = rotation_interval(optimum, step)
    slowest = step * (1 - abs(optimum))
    needed = int(abs(start) * step / slowest) + 2
    if needed > 3000:
        return
    hidden, _ = _simulated(start * step, optimum, step, needed + 50)
    late = hidden[needed:]
    assert np.all((late >= low - 1e-9 * step) & (late <= high + 1e-9 * step))


def test_an_incommensurate_rotation_visits_the_interval_uniformly():
    optimum, step, steps = np.sqrt(0.2), 0.3, 20_000
    low, high = rotation_interval(optimum, step)
    hidden, _ = _simulated(0.01, optimum, step, steps)
    counts, _ = np.histogram(hidden, bins=50, range=(low, high))
    # A quadratic irrational has discrepancy O(log T / T): a bin misses a few visits only.
    assert np.abs(counts - steps / 50).max() < 5 * np.log(steps)


def test_stationary_averages_and_their_balance():
    optimum, step, steps = -np.sqrt(0.3), 0.2, 50_000
    hidden, _ = _simulated(0.01, optimum, step, steps)
    # Averages of functions of bounded variation over T steps err by O(log T / T).
    slack = 10 * step * np.log(steps) / steps
    assert abs(hidden.mean() - step * optimum) < slack
    assert abs(np.abs(hidden).mean() - step * (1 + optimum**2) / 2) < slack
    balance = np.abs(hidden).mean() - optimum * hidden.mean()
    assert abs(balance - step * (1 - optimum**2) / 2) < 2 * slack


def test_three_one_locks_give_the_rational_sequence():
    orbit = rotation_orbit(0.05, 0.5, 1.0, 400)
    signs = np.where(orbit[:-1] >= 0, 1, -1).reshape(-1, 4)
    assert np.all(signs.sum(axis=1) == 2)


def test_no_metaplasticity_leaves_the_mean_alone():
    grid = np.linspace(-0.9, 0.9, 19)
    mean = simulate_scalar_weights(grid, 0.01, 2000, 0.5, 0.0, discard=10)
    assert np.abs(mean - grid).max() <= 2 / 2000 * (1 + 1e-9)


def test_the_scalar_simulation_agrees_with_the_matrix_one():
    optima = np.array([0.3, -0.7, 0.55])
    start = np.array([0.2, -0.1, 0.4])
    matrix = simulate_hidden_weights(QuadraticTask(np.eye(3), optima), start, 700, 0.3, 1.2)
    scalar = simulate_scalar_weights(optima, start, 700, 0.3, 1.2)
    np.testing.assert_allclose(scalar, matrix.binary_mean, atol=1e-12)


def test_polarisation_follows_the_second_order_law():
    rng = np.random.default_rng(4)
    optimum = np.sqrt(0.37)  # far from the locked rationals
    for strength in (0.1, 0.2):
        starts = rng.uniform(-0.4, 0.4, 400)
        mean = simulate_scalar_weights(optimum, starts, 2000, 1.0, strength, discard=300).mean()
        shift = polarised_mean(optimum, strength) - optimum
        # The next order is strength^4; 2/(2000 sqrt(400)) is the averaging error.
        assert abs(mean - optimum - shift) < 2 * strength**4 + 2e-4
        assert shift > 10 * 2e-4


def test_polarisation_is_odd_and_vanishes_at_the_ends():
    grid = np.linspace(-1, 1, 41)
    shift = polarised_mean(grid, 0.2) - grid
    np.testing.assert_allclose(shift, -shift[::-1], atol=1e-15)
    np.testing.assert_allclose(shift[[0, 20, -1]], 0, atol=1e-15)
    assert np.all(shift[21:-1] > 0)
    for optimum, strength, name in ((1.5, 0.2, "optimum"), (-1.5, 0.2, "optimum"),
                                    (0.3, 0.6, "strength"), (0.3, -0.1, "strength")):  # fmt: skip
        with pytest.raises(ValueError, match=rf"{name} must be in .* range of the expansion"):
            polarised_mean(optimum, strength)


def test_weak_metaplasticity_locks_the_mean_but_not_the_sequence_of_signs():
    task = QuadraticTask([[1.0]], [0.32])
    run = simulate_hidden_weights(task, [0.001], 6000, 1.0, 0.3, record_hidden=True)
    late = run.hidden[3000:6000, 0]
    signs = np.where(late >= 0, 1, -1).reshape(-1, 3)
    assert np.all(signs.sum(axis=1) == 1)
    # A sequence of period q has at most q different words of any length.
    flat = signs.ravel()
    assert len({tuple(flat[k : k + 18]) for k in range(2900)}) > 18
    assert len(np.unique(np.round(late, 10))) > 1000


def test_the_mean_is_odd_in_the_optimum():
    forward = simulate_scalar_weights(0.37, 0.0123, 500, 0.4, 0.8)
    backward = simulate_scalar_weights(-0.37, -0.0123, 500, 0.4, 0.8)
    assert abs(forward + backward) < 1e-12


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: polarised_mean(0.3, 10.0), "strength must be in"),
        (lambda: polarised_mean(1.3, 0.1), "optimum must be in"),
        (lambda: rotation_interval(1.2, 0.1), "optimum must be in"),
        (lambda: rotation_interval(0.2, 0.0), "step must be a finite number above 0"),
        (lambda: rotation_orbit(0.5, 0.2, 0.1, 10), "absorbing interval"),
        (lambda: rotation_orbit(0.0, 0.2, 0.1, 0), "steps must be an integer"),
        (lambda: simulate_scalar_weights(np.nan, 0.0, 10, 0.1), "optimum must be finite"),
        (lambda: simulate_scalar_weights(0.1, 0.0, 10, 0.1, discard=-1), "discard must be"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
