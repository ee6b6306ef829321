"""Two tasks in turn: retention and acquisition against quadrature and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from theory.metaplasticity import (
    Exponential,
    HardThreshold,
    PowerTail,
    SechSquared,
    TwoTasks,
    acquisition,
    kept_fraction,
    retention,
    simulate_two_tasks,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)
LAWS = [0.0, 0.5, 2.0, 30.0, Exponential(2.0), PowerTail(1.0, 2.0), HardThreshold(1.0)]


def _integrals(time, law, tasks):
    """Retention and acquisition by adaptive quadrature of their definitions."""
    w = tasks.optimum_range

    def kept(u):
        return float(kept_fraction(tasks.speed * u * time, law, tasks))

    def integrand(u):
        k = kept(u)
        return k + (1 - k) * max(1 - u / 2, 0)

    law = law if hasattr(law, "travel") else SechSquared(law)
    corner = float(law.travel(min(tasks.largest_hidden, getattr(law, "threshold", np.inf))))
    points = sorted(
        p for p in (1e-6, 1e-4, 1e-2, 2.0, corner / (tasks.speed * max(time, 1e-9))) if p < 1 + w
    )
    options = {"limit": 500, "epsabs": 1e-11, "epsrel": 1e-11}
    first = quad(integrand, 0, 1 + w, points=points, **options)[0]
    second = quad(kept, 2, 1 + w, points=[p for p in points if p > 2] or None, **options)[0]
    return (w - 1) / (2 * w) + first / (2 * w), 1 - second / (2 * w)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("time", [3.0, 170.0, 2500.0])
def test_panels_agree_with_adaptive_quadrature(law, time):
    tasks = TwoTasks(optimum_range=3.0)
    exact = _integrals(time, law, tasks)
    assert retention(time, law, tasks) == pytest.approx(exact[0], abs=1e-8)
    assert acquisition(time, law, tasks) == pytest.approx(exact[1], abs=1e-8)


@pytest.mark.parametrize(
    ("law", "tasks"),
    [
        (0.0, TwoTasks()),
        (0.5, TwoTasks()),
        (2.0, TwoTasks()),
        (1.0, TwoTasks(optimum_range=1.5, learning_rate=0.02, curvature=0.5, first_steps=300)),
        (PowerTail(1.0, 2.0), TwoTasks(first_steps=400, learning_rate=0.005)),
        (HardThreshold(1.0), TwoTasks()),
    ],
)
def test_simulation_has_the_predicted_curves(law, tasks):
    times, synapses = np.array([20, 100, 400]), 20_000
    run = simulate_two_tasks(times, law, tasks, synapses, 7)
    # Four standard errors of a fraction of the important synapses, and two steps of first_steps:
    # the continuous law counts whole steps, a free synapse needs a few to settle.
    important = synapses * (1 - 1 / tasks.optimum_range)
    slack = 4 * np.sqrt(0.25 / important) + 2 / tasks.first_steps
    assert np.abs(run.retention - retention(times, law, tasks)).max() < slack
    assert np.abs(run.acquisition - acquisition(times, law, tasks)).max() < slack


@quick
@given(m=st.floats(0, 20), range_=st.floats(1.05, 6), scale=st.floats(0.2, 5))
def test_only_the_dimensionless_group_matters(m, range_, scale):
    times = np.array([10.0, 90.0, 700.0])
    one = TwoTasks(optimum_range=range_)
    other = TwoTasks(optimum_range=range_, learning_rate=0.01 * scale, curvature=1.0)
    np.testing.assert_allclose(
        retention(times, m, one), retention(times, m / scale, other), atol=1e-8
    )


@quick
@given(m=st.floats(0, 5), range_=st.floats(1.05, 6))
def test_curves_fall_and_rise_and_stay_within_their_limits(m, range_):
    tasks = TwoTasks(optimum_range=range_)
    times = np.r_[0, np.geomspace(1, 1e5, 60)]
    kept, learned = retention(times, m, tasks), acquisition(times, m, tasks)
    assert kept[0] == pytest.approx(1, abs=1e-12)
    assert learned[0] == 0.5  # before the first step the signs know nothing of the second task
    assert acquisition(1e-9, m, tasks) == pytest.approx((1 + range_) / (2 * range_), abs=1e-8)
    assert np.all(np.diff(kept) < 1e-9) and np.all(np.diff(learned) > -1e-9)
    assert np.all(kept > 0.5 - 1e-9) and np.all(learned <= 1 + 1e-12)


@quick
@given(time=st.floats(1, 2000), weak=st.floats(0, 3), more=st.floats(0.01, 3))
def test_more_metaplasticity_keeps_more_and_learns_less(time, weak, more):
    assert retention(time, weak + more) >= retention(time, weak) - 1e-9
    assert acquisition(time, weak + more) <= acquisition(time, weak) + 1e-9


def test_forgetting_without_metaplasticity_ends_at_chance():
    # Nothing of A is left except agreement with B, one half of all by symmetry; the last ones are
    # those that B hardly opposes, a part of order T/t.
    assert retention(1e6, 0.0) - 0.5 < 1e-3
    assert acquisition(1e6, 0.0) == pytest.approx(1)


def test_doubling_the_time_costs_a_constant():
    tasks, m = TwoTasks(), 3.0
    drops = -np.diff(retention(3000 * 2.0 ** np.arange(5), m, tasks))
    # The average of 1 - p over disagreements is (1 + (w - 1)) / (2w) = 1/2 for w = 3.
    expected = np.log(2) / (2 * m) * 0.5 / tasks.largest_hidden
    # Disagreements so small that the front has not left its linear part add less than a per cent.
    np.testing.assert_allclose(drops, expected, rtol=0.01)


def test_infinite_metaplasticity_keeps_everything_that_disagreed():
    assert retention(100.0, 1e4) > 0.998
    assert acquisition(100.0, 1e4) == pytest.approx(2 / 3, abs=1e-3)


def test_arrays_of_metaplasticity_broadcast_with_the_times():
    strengths, times = np.array([0.0, 0.3, 1.0, 2.5]), np.array([0.0, 20.0, 300.0])
    both = retention(times, strengths[:, None])
    one_by_one = np.array([retention(times, m) for m in strengths])
    assert both.shape == (4, 3)
    np.testing.assert_allclose(both, one_by_one, rtol=0, atol=1e-14)
    np.testing.assert_allclose(
        acquisition(50.0, strengths), [acquisition(50.0, m) for m in strengths], atol=1e-14
    )
    many = retention(np.arange(1, 1500.0), np.linspace(0, 2, 1499))  # more than one block
    assert many[-1] == pytest.approx(retention(1499.0, 2.0), abs=1e-14)


def test_a_function_of_ones_own_stands_for_a_law():
    tasks, times = TwoTasks(), np.array([20, 200, 600])

    def tail(size):
        return 1 / (1 + size**3)

    predicted = retention(times, tail, tasks)
    np.testing.assert_allclose(predicted, retention(times, PowerTail(1.0, 3.0), tasks), atol=1e-9)
    run = simulate_two_tasks(times, tail, tasks, 20_000, 8)
    # 4.5 standard errors and the first two steps.
    error = 4.5 * np.sqrt(0.25 / (20_000 * 2 / 3)) + 0.003
    assert np.abs(run.retention - predicted).max() < error


def test_shapes_follow_the_times():
    assert np.ndim(retention(5.0, 1.0)) == 0
    assert retention(np.ones((2, 3)), 1.0).shape == (2, 3)
    assert retention(np.zeros(0), 1.0).shape == (0,)


def test_long_lists_of_times_are_done_in_blocks():
    times = np.linspace(0, 900, 2501)
    picked = [0, 999, 1000, 2001, 2500]
    np.testing.assert_array_equal(retention(times, 1.0)[picked], retention(times[picked], 1.0))


def test_simulated_curves_start_where_they_should():
    run = simulate_two_tasks(np.array([0]), 1.0, TwoTasks(), 5000, 3)
    # Optima just outside the box have hidden weights of less than a step: a few of them lag.
    assert run.retention[0] > 0.995
    assert run.acquisition[0] == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 3333))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: TwoTasks(optimum_range=1.0), ValueError, "optimum_range must be"),
        (lambda: TwoTasks(learning_rate=0.0), ValueError, "learning_rate must be"),
        (lambda: TwoTasks(first_steps=0), ValueError, "first_steps must be"),
        (lambda: TwoTasks(first_steps=2.5), TypeError, "first_steps must be"),
        (lambda: retention([-1.0], 1.0), ValueError, "times must be 0 or above"),
        (lambda: retention([1.0], -1.0), ValueError, "metaplasticity must be"),
        (lambda: simulate_two_tasks([0.5], 1.0, TwoTasks(), 10, 0), ValueError, "integers"),
        (lambda: simulate_two_tasks([5, 2], 1.0, TwoTasks(), 10, 0), ValueError, "ascending"),
        (lambda: simulate_two_tasks([1], 1.0, TwoTasks(), 0, 0), ValueError, "synapses must be"),
    ],
)
def test_bad_arguments_are_named(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
