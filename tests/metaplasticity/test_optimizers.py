"""SGD with noise and decay, Adam, and what each measure of importance sees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.metaplasticity import (
    QuadraticTask,
    adam_flip_cost,
    adam_path_importance,
    adam_speed,
    adam_turning_speed,
    decayed_hidden_weights,
    fluctuations,
    mean_field,
    normalised_path_importance,
    path_importance_crossover,
    simulate_hidden_weights,
    simulate_optimizer,
)

quick = settings(max_examples=40, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def paper_task():
    task = QuadraticTask.random(150, 4)
    return task, mean_field(task), 0.01 * np.random.default_rng(9).standard_normal(150)


def test_plain_descent_is_the_simulation_of_the_task(paper_task):
    task, _, start = paper_task
    one = simulate_optimizer(task, start, 200, 0.01)
    other = simulate_hidden_weights(task, start, 200, 0.01)
    np.testing.assert_allclose(one.final, other.final, atol=1e-9)


def test_metaplasticity_damps_what_the_optimizer_wants():
    task, rng = QuadraticTask.random(8, 3), np.random.default_rng(1)
    start = rng.normal(0, 0.05, 8)
    plain = simulate_optimizer(task, start, 300, 0.003, metaplasticity=1.5)
    other = simulate_hidden_weights(task, start, 300, 0.003, 1.5)
    np.testing.assert_allclose(plain.final, other.final, rtol=1e-7, atol=1e-9)
    # Adam, two steps by hand: the first direction is the sign of the gradient.
    lonely, begin = QuadraticTask([[2.0]], [0.5]), np.array([0.4])
    run = simulate_optimizer(lonely, begin, 2, 0.01, optimizer="adam", metaplasticity=2.0)
    after = 0.4 - 0.01 / np.cosh(0.8) ** 2
    after -= 0.01 / np.cosh(2 * after) ** 2
    assert run.final[0] == pytest.approx(after, rel=1e-6)


def test_adam_is_the_textbook_recursion():
    task = QuadraticTask([[2.0, 0.1], [0.1, 1.0]], [1.7, 0.3])
    hidden, first, second = np.array([0.02, -0.01]), np.zeros(2), np.zeros(2)
    for step in range(1, 51):
        gradient = task.gradient(np.where(hidden >= 0, 1.0, -1.0))
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        scale = np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        hidden = hidden - 0.05 * scale * first / (np.sqrt(second) + 1e-8)
    run = simulate_optimizer(task, [0.02, -0.01], 50, 0.05, optimizer="adam")
    np.testing.assert_allclose(run.final, hidden, rtol=1e-10)


def test_flip_costs_averaged_over_time_are_the_predicted_ones(paper_task):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, 4000, 0.01)
    held = state.consolidated
    # Averages over 2000 steps converge like bounded sums: sum_j |H_ij| * 2/2000 at most.
    slack = 4 * np.abs(task.hessian).sum(axis=1) / 2000
    assert np.all(np.abs(run.flip_cost - state.flip_cost)[held] < slack[held])


@pytest.mark.parametrize("decay", [0.05, 0.5])
def test_weight_decay_settles_at_the_multipliers(paper_task, decay):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, round(14 / (0.01 * decay)), 0.01, weight_decay=decay)
    # Still fluctuating by one step of the free weights; the transient has fallen by exp(-14).
    step = 0.01 * np.abs(task.hessian).sum(axis=1)
    assert np.all(np.abs(run.final - decayed_hidden_weights(state.multiplier, decay)) < step)


@pytest.mark.parametrize("sigma", [20.0, 60.0])
def test_adam_measures_signal_to_noise(paper_task, sigma):
    task, state, start = paper_task
    steps = 4000
    run = simulate_optimizer(
        task, start, steps, 0.01, optimizer="adam", gradient_noise=sigma, rng=3
    )
    held = state.consolidated
    noise = np.hypot(sigma, fluctuations(task, state).gradient_sd)
    speed = np.abs(run.final) / (0.01 * steps)
    # White noise averaged over the steps: 1/sqrt(4000) = 0.016 for a weight, and the second
    # moment fluctuates over its memory of 1000 steps by sqrt(1/1000)/2 of itself: 0.016.
    error = speed - adam_speed(state.multiplier, noise)
    assert np.sqrt(np.mean(error[held] ** 2)) < 0.025
    cost = adam_flip_cost(np.minimum(speed, 0.999), np.diag(task.hessian), noise)
    slow = held & (speed < 0.9)
    assert np.corrcoef(cost[slow], state.flip_cost[slow])[0, 1] > 0.98


def test_adam_without_noise_hides_importance(paper_task):
    task, state, start = paper_task
    clear = np.abs(state.multiplier) > 20
    run = simulate_optimizer(task, start, 3000, 0.01, optimizer="adam")
    assert np.all(np.abs(run.final[clear]) / 30 > 0.97)
    plain = simulate_optimizer(task, start, 3000, 0.01)
    order = np.corrcoef(np.abs(plain.final[clear]), state.flip_cost[clear])[0, 1]
    assert order > 0.98


@quick
@given(speed=st.floats(0, 0.999), noise=st.floats(0.01, 100), curvature=st.floats(0, 50))
def test_reading_off_inverts_the_speed(speed, noise, curvature):
    cost = adam_flip_cost(speed, curvature, noise)
    multiplier = (cost - 2 * curvature) / 2
    assert adam_speed(multiplier, noise) == pytest.approx(speed, abs=1e-6)


def test_speed_at_its_limits():
    np.testing.assert_array_equal(adam_speed([0.0, 3.0, 0.0], [0.0, 0.0, 2.0]), [0, 1, 0])


def test_read_off_costs_are_monotone_and_convex():
    cost = adam_flip_cost(np.linspace(0, 0.95, 50), 20.0, 30.0)
    assert cost[0] == 40
    assert np.all(np.diff(cost) > 0) and np.all(np.diff(cost, 2) > 0)


def test_path_integral_is_the_squared_hidden_weight(paper_task):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, 4000, 0.01)
    large = np.abs(state.multiplier) > 10
    moved = run.final - start
    path = moved**2 / (0.01 * 4000)
    # Free signs add the variance of the gradient, of relative size (2/10)^2 at most.
    np.testing.assert_allclose(run.hidden_path[large], path[large], rtol=0.06)
    formula = normalised_path_importance(moved, 0.01 * 4000)
    np.testing.assert_allclose(
        (run.hidden_path / (moved**2 + 0.1))[large], formula[large], rtol=0.06
    )
    np.testing.assert_allclose(formula[large], 1 / 40, rtol=1e-3)


def _ranking(values, state):
    held = state.consolidated
    ranks = [np.argsort(np.argsort(x[held])) for x in (values, np.abs(state.multiplier))]
    return np.corrcoef(*ranks)[0, 1]


@pytest.mark.parametrize(("noise", "steps"), [(0.0, 100), (20.0, 100), (20.0, 1000)])
def test_the_path_importance_turns_round_at_the_predicted_length(paper_task, noise, steps):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, steps, 0.01, gradient_noise=noise, rng=3)
    shaken = np.hypot(noise, fluctuations(task, state).gradient_sd[state.consolidated].mean())
    square = (run.final - start) ** 2
    turning = (shaken * 0.01 * steps) ** 2  # damping at which this length is the crossover
    assert path_importance_crossover(shaken, turning) == pytest.approx(0.01 * steps)
    assert _ranking(run.hidden_path / (square + turning / 30), state) < -0.75
    assert _ranking(run.hidden_path / (square + turning * 30), state) > 0.9


def test_the_noisy_path_importance_is_its_formula(paper_task):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, 4000, 0.01, gradient_noise=20.0, rng=1)
    large = np.abs(state.multiplier) > 10
    moved = run.final - start
    noise = np.hypot(20.0, fluctuations(task, state).gradient_sd)
    formula = normalised_path_importance(moved, 40.0, 0.1, noise)
    measured = run.hidden_path / (moved**2 + 0.1)
    # The path sums squared noise, relative error sqrt(2/4000), and 2 v xi, relative 2 sigma/v.
    slack = 5 * np.sqrt((2 + 4 * (20 / 10) ** 2) / 4000) + 0.03
    assert np.abs(measured / formula - 1)[large].max() < slack


def test_under_adam_the_order_turns_at_one_over_root_three(paper_task):
    task, state, start = paper_task
    assert adam_turning_speed() == pytest.approx(1 / np.sqrt(3), rel=1e-12)
    run = simulate_optimizer(task, start, 3000, 0.01, optimizer="adam", gradient_noise=20.0, rng=3)
    moved, held = run.final - start, state.consolidated
    speed = np.abs(moved) / 30.0
    importance = run.hidden_path / (moved**2 + 1e-3)
    formula = adam_path_importance(np.minimum(speed, 0.999), 30.0, 20.0, 1e-3)
    steady = held & (speed > 0.2) & (speed < 0.9)  # slower ones are where chance has taken them
    assert np.abs(importance / formula - 1)[steady].max() < 0.15
    fine = np.linspace(0.05, 0.95, 2001)
    lowest = fine[np.argmin(adam_path_importance(fine, 1e6, 20.0))]
    assert lowest == pytest.approx(1 / np.sqrt(3), abs=1e-3)
    for side, sign in ((held & (speed < 0.5), -1), (held & (speed > 0.65), 1)):
        ranks = [np.argsort(np.argsort(x[side])) for x in (importance, speed)]
        assert sign * np.corrcoef(*ranks)[0, 1] > 0.9


@pytest.mark.parametrize("first_decay", [0.3, 0.6, 0.95])
def test_the_turning_speed_is_where_the_importance_is_least(first_decay):
    fine = np.linspace(1e-3, 0.999, 4001)
    importance = adam_path_importance(fine, 1e6, 20.0, first_decay=first_decay)
    lowest = fine[np.argmin(importance)]
    assert lowest == pytest.approx(adam_turning_speed(first_decay), abs=fine[1] - fine[0])


def test_binary_path_stops_growing_when_signs_settle(paper_task):
    task, state, start = paper_task
    clear = np.abs(state.multiplier) > 10
    early, late = (simulate_optimizer(task, start, n, 0.01).binary_path for n in (400, 1200))
    np.testing.assert_allclose(early[clear], late[clear])
    free = ~state.consolidated
    assert np.abs(late[free]).mean() > 2 * np.abs(early[free]).mean()


def test_squared_gradient_is_signal_plus_noise(paper_task):
    task, state, start = paper_task
    run = simulate_optimizer(task, start, 4000, 0.01, gradient_noise=30.0, rng=1)
    held = state.consolidated
    noise = np.hypot(30.0, fluctuations(task, state).gradient_sd)[held]
    expected = state.multiplier[held] ** 2 + noise**2
    sd = np.sqrt((2 * noise**4 + 4 * state.multiplier[held] ** 2 * noise**2) / 4000)
    # Five standard errors for 110 weights, and two per cent for correlated free signs.
    assert np.all(np.abs(run.squared_gradient[held] - expected) < 5 * sd + 0.02 * expected)


def test_runs_repeat_with_the_seed_and_differ_without():
    task = QuadraticTask.random(10, 0)
    one, two, three = (
        simulate_optimizer(task, np.zeros(10), 50, 0.1, gradient_noise=5.0, rng=seed).final
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert np.abs(one - three).max() > 0.1


TASK = QuadraticTask([[1.0]], [0.5])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: simulate_optimizer(TASK, [0.0], 10, 0.1, optimizer="adm"), ValueError, "adam"),
        (lambda: simulate_optimizer(TASK, [0.0, 1.0], 10, 0.1), ValueError, "initial must have"),
        (lambda: simulate_optimizer(TASK, [0.0], 1, 0.1), ValueError, "steps must be"),
        (lambda: simulate_optimizer(TASK, [0.0], 9, 0.1, gradient_noise=-1), ValueError, "noise"),
        (lambda: simulate_optimizer(TASK, [0.0], 9, 0.1, weight_decay=-1), ValueError, "decay"),
        (lambda: simulate_optimizer(TASK, [0.0], 9, 0.1, rng=None), TypeError, "rng must be"),
        (lambda: decayed_hidden_weights([1.0], 0.0), ValueError, "weight_decay must be"),
        (lambda: adam_flip_cost(1.0, 1.0, 1.0), ValueError, "speed must be in"),
        (lambda: normalised_path_importance([1.0], 0.0), ValueError, "travelled must be"),
        (lambda: normalised_path_importance([1.0], 1.0, 0.0), ValueError, "damping must be"),
    ],
)
def test_bad_arguments_are_named(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_negative_noise_is_refused():
    for call in (
        lambda: adam_speed(1.0, -2.0),
        lambda: adam_flip_cost(0.5, 1.0, -2.0),
        lambda: path_importance_crossover(-1.0),
        lambda: normalised_path_importance(1.0, 1.0, 0.1, -1.0),
    ):
        with pytest.raises(ValueError, match="noise must be a finite number, 0 or above"):
            call()
