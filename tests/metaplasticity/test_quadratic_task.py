"""The quadratic binary task and its simulation, against independent plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.metaplasticity import (
    Exponential,
    HardThreshold,
    PowerTail,
    QuadraticTask,
    metaplastic_factor,
    modulated_update,
    simulate_hidden_weights,
)
from theory.metaplasticity.derivations import quadratic_task as derivations
from theory.numerics import numeric_function

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=25, deadline=None, derandomize=True)


def _task(seed, dimension=None):
    rng = np.random.default_rng(seed)
    dimension = dimension or int(rng.integers(1, 12))
    return QuadraticTask.random(dimension, rng), rng


def _plain_loop(task, hidden, steps, learning_rate, metaplasticity):
    """The update as its definition reads, one component at a time."""
    hidden, total = np.array(hidden, dtype=float), np.zeros(len(hidden))
    for _ in range(steps):
        binary = np.array([1.0 if w >= 0 else -1.0 for w in hidden])
        total += binary
        gradient = task.hessian @ (binary - task.optimum)
        for i, (b, g) in enumerate(zip(binary, gradient, strict=True)):
            inward = -g * b < 0
            factor = np.cosh(metaplasticity * hidden[i]) ** -2 if inward else 1.0
            hidden[i] -= learning_rate * factor * g
    return hidden, total / steps


@quick
@given(seed=seeds, metaplasticity=st.sampled_from([0.0, 0.3, 2.0]))
def test_simulation_is_the_definition(seed, metaplasticity):
    """Rounding is the only difference; m eta lambda < 0.2, so the map does not amplify it."""
    task, rng = _task(seed)
    start = rng.normal(0, 0.1, task.dimension)
    run = simulate_hidden_weights(task, start, 80, 0.003, metaplasticity, record_hidden=True)
    final, mean = _plain_loop(task, start, 80, 0.003, metaplasticity)
    np.testing.assert_allclose(run.final, final, rtol=1e-9, atol=1e-10)
    np.testing.assert_array_equal(run.binary_mean, mean)
    np.testing.assert_array_equal(run.hidden[0], start)
    np.testing.assert_array_equal(run.hidden[-1], run.final)
    assert run.hidden.shape == (81, task.dimension)


def test_long_runs_are_refreshed_before_rounding_adds_up():
    task, rng = _task(3, 40)
    start = rng.normal(0, 0.1, 40)
    run = simulate_hidden_weights(task, start, 3000, 0.01, record_hidden=True)
    binary = np.where(run.hidden[:-1] >= 0, 1.0, -1.0)
    steps = -0.01 * task.gradient(binary)
    # Each increment is exact to the rounding of sums of 40 products of size 30 x 0.01.
    assert np.abs(np.diff(run.hidden, axis=0) - steps).max() < 1e-11


@quick
@given(seed=seeds)
def test_reversing_everything_reverses_the_path(seed):
    """W -> -W with W* -> -W* is a symmetry as long as no hidden weight is exactly zero."""
    task, rng = _task(seed)
    start = rng.normal(0, 0.1, task.dimension)
    mirrored = QuadraticTask(task.hessian, -task.optimum)
    run = simulate_hidden_weights(task, start, 50, 0.02, 0.5)
    other = simulate_hidden_weights(mirrored, -start, 50, 0.02, 0.5)
    np.testing.assert_array_equal(run.final, -other.final)
    np.testing.assert_array_equal(run.binary_mean, -other.binary_mean)


@quick
@given(seed=seeds, power=st.integers(-6, 6))
def test_the_learning_rate_is_only_a_unit(seed, power):
    """A power of two scales without rounding, so the equality is exact; m scales inversely."""
    task, rng = _task(seed)
    start, scale = rng.normal(0, 0.1, task.dimension), 2.0**power
    run = simulate_hidden_weights(task, start, 50, 0.02, 0.5)
    scaled = simulate_hidden_weights(task, scale * start, 50, scale * 0.02, 0.5 / scale)
    np.testing.assert_array_equal(scaled.final, scale * run.final)


def test_a_hidden_weight_of_zero_counts_as_positive():
    run = simulate_hidden_weights(QuadraticTask([[1.0]], [0.5]), [0.0], 1, 0.1)
    assert run.binary_mean == 1 and run.final == pytest.approx(-0.05)


def test_the_loss_its_gradient_and_flip_costs_agree():
    task, rng = _task(5, 6)
    binary = rng.choice([-1.0, 1.0], size=(4, 6))
    flipped = binary[:, None, :] * (1 - 2 * np.eye(6))
    exact = task.loss(flipped) - task.loss(binary)[:, None]
    np.testing.assert_allclose(task.flip_cost(binary), exact, rtol=1e-12, atol=1e-10)
    weights, step = rng.normal(size=6), 1e-4
    central = (task.loss(weights + step * np.eye(6)) - task.loss(weights - step * np.eye(6))) / 2
    # Central differences of a quadratic have no truncation error.
    np.testing.assert_allclose(task.gradient(weights), central / step, rtol=1e-8)


def test_the_derived_flip_cost_is_the_computed_one():
    task, rng = _task(7, 5)
    binary = rng.choice([-1.0, 1.0], size=5)
    cost = derivations.flip_cost()["binary"].rhs
    symbols = {s.name: s for s in cost.free_symbols}
    function = numeric_function([symbols[k] for k in ("H_ii", "s_i", "g_i")], cost)
    derived = function(np.diag(task.hessian), binary, task.gradient(binary))
    np.testing.assert_allclose(derived, task.flip_cost(binary), rtol=1e-12)


def test_the_divergence_theorem_for_a_diagonal_hessian():
    """Speed and flip cost of the derivation against a simulation of five separate weights."""
    curvature, optimum = np.array([0.5, 1.0, 2.0, 3.0, 1.5]), np.array([1.2, -2.0, 3.0, 0.3, -0.9])
    task = QuadraticTask(np.diag(curvature), optimum)
    run = simulate_hidden_weights(task, np.full(5, 0.05), 400, 0.02, record_hidden=True)
    steps = np.diff(run.hidden[-100:], axis=0)
    diverging = np.abs(optimum) > 1
    theorem = derivations.divergence()
    names = {s.name: s for s in theorem["speed"].rhs.free_symbols}
    speed = numeric_function([names[k] for k in ("eta", "lambda_i", "e_i")], theorem["speed"].rhs)
    expected = speed(0.02, curvature, np.abs(optimum) - 1)
    np.testing.assert_allclose(np.abs(steps[:, diverging]), [expected[diverging]] * 99, rtol=1e-9)
    cost = theorem["importance"].rhs
    names = {s.name: s for s in cost.free_symbols}
    importance = numeric_function([names[k] for k in ("lambda_i", "eta", r"\tilde{W}_i")], cost)
    measured = task.flip_cost(np.where(run.final >= 0, 1.0, -1.0))
    np.testing.assert_allclose(
        measured[diverging], importance(curvature, 0.02, expected)[diverging], rtol=1e-9
    )
    # The others stay within one step of zero.
    bound = 0.02 * curvature * (1 + np.abs(optimum))
    assert np.all(np.abs(run.hidden[100:, ~diverging]) <= bound[~diverging])


def test_the_random_ensemble_has_the_stated_laws():
    """Mean of H is the mean eigenvalue times one; bounds are five standard errors."""
    tasks = [QuadraticTask.random(20, seed) for seed in range(100)]
    eigenvalues = np.array([np.linalg.eigvalsh(t.hessian) for t in tasks])
    assert eigenvalues.min() > 10.5 and eigenvalues.max() < 29.5
    spread = (29.5 - 10.5) / np.sqrt(12)
    assert abs(eigenvalues.mean() - 20) < 5 * spread / np.sqrt(2000)
    mean = np.mean([t.hessian for t in tasks], axis=0)
    # An entry off the diagonal has variance spread^2 / (d + 2), nearly.
    assert np.abs(mean - 20 * np.eye(20)).max() < 5 * spread * np.sqrt(2 / 22 / 100)
    optima = np.concatenate([t.optimum for t in tasks])
    assert np.abs(optima).max() <= 4
    assert abs(np.mean(np.abs(optima) < 1) - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 2000)


def test_the_modulation_touches_inward_updates_only():
    hidden = np.array([1.0, 1.0, -1.0, -1.0, 0.0])
    update = np.array([0.1, -0.1, 0.1, -0.1, -0.1])
    modulated = modulated_update(hidden, update, 0.7)
    factor = 1 / np.cosh(0.7) ** 2
    np.testing.assert_allclose(modulated, update * [1, factor, factor, 1, 1], rtol=1e-14)
    assert modulated_update(hidden, update, 0.0) is update


@quick
@given(x=st.floats(-20, 20), m=st.floats(0, 10))
def test_the_factor_is_one_at_zero_even_and_decreasing(x, m):
    assert metaplastic_factor(0.0, m) == 1
    assert metaplastic_factor(x, 0.0) == 1
    value = metaplastic_factor(x, m)
    assert value == metaplastic_factor(-x, m)
    assert metaplastic_factor(1.01 * x, m) <= value <= 1
    assert value == pytest.approx(1 / np.cosh(m * x) ** 2, rel=1e-12)


def test_the_factor_keeps_its_relative_precision_far_out():
    # 1 - tanh^2 is zero in floating point from about 19 on; the tail is 4 exp(-2x).
    assert metaplastic_factor(300.0, 1.0) == pytest.approx(4 * np.exp(-600.0), rel=1e-12)
    assert metaplastic_factor(1e6, 1.0) == 0


def test_a_batch_of_starts_is_the_runs_one_by_one():
    task, rng = _task(11, 9)
    starts, strengths = rng.normal(0, 0.05, (2, 3, 9)), np.array([0.0, 0.4, 1.0])[:, None]
    batch = simulate_hidden_weights(task, starts, 60, 0.003, strengths, record_hidden=True)
    assert batch.hidden.shape == (61, 2, 3, 9)
    for i in range(2):
        for j, strength in enumerate(strengths.ravel()):
            alone = simulate_hidden_weights(task, starts[i, j], 60, 0.003, strength)
            np.testing.assert_allclose(batch.final[i, j], alone.final, rtol=1e-9, atol=1e-12)
            np.testing.assert_array_equal(batch.binary_mean[i, j], alone.binary_mean)


def test_one_strength_a_synapse():
    task = QuadraticTask(np.eye(2), [0.4, 0.4])
    run = simulate_hidden_weights(task, [0.1, 0.1], 500, 1.0, np.array([0.0, 1.0]))
    for index, strength in enumerate((0.0, 1.0)):
        alone = simulate_hidden_weights(task, [0.1, 0.1], 500, 1.0, strength)
        assert run.binary_mean[index] == alone.binary_mean[index]
    assert run.binary_mean[1] > run.binary_mean[0] + 0.01


def test_chosen_statistics_are_kept_at_every_step():
    task, rng = _task(12, 5)
    start = rng.normal(0, 0.1, (4, 5))
    run = simulate_hidden_weights(
        task, start, 30, 0.02, record_hidden=True,
        record={"loss": lambda hidden, binary: task.loss(binary),
                "positive": lambda hidden, binary: hidden > 0},
    )  # fmt: skip
    signs = np.where(run.hidden >= 0, 1.0, -1.0)
    np.testing.assert_array_equal(run.recorded["loss"], task.loss(signs))
    np.testing.assert_array_equal(run.recorded["positive"], run.hidden > 0)
    assert set(run.recorded) == {"loss", "positive"}
    assert simulate_hidden_weights(task, start, 3, 0.02).recorded == {}


@pytest.mark.parametrize(
    "law",
    [PowerTail(2.0, 3.0), Exponential(3.0), HardThreshold(0.3), lambda size: 1 / (1 + 4 * size**2)],
)
def test_laws_and_functions_damp_inward_steps(law):
    task, rng = _task(13, 6)
    start = rng.normal(0, 0.5, 6)
    run = simulate_hidden_weights(task, start, 1, 0.01, law)
    factor = law(np.abs(start)) if callable(law) else law.factor(start)
    step = -0.01 * task.gradient(np.where(start >= 0, 1.0, -1.0))
    expected = start + np.where(step * start < 0, factor * step, step)
    np.testing.assert_allclose(run.final, expected, rtol=1e-13)


SPD = [[2.0, 0.5], [0.5, 1.0]]


@pytest.mark.parametrize(
    ("hessian", "optimum", "sentence"),
    [
        (np.ones((2, 3)), [0, 0], "hessian.*square"),
        ([[2.0, 0.5], [0.4, 1.0]], [0, 0], "hessian.*symmetric"),
        ([[1.0, 2.0], [2.0, 1.0]], [0, 0], "hessian.*positive definite"),
        ([[1.0, np.nan], [np.nan, 1.0]], [0, 0], "hessian.*(NaN|nan|finite)"),
        (SPD, [0, 0, 0], "optimum.*shape"),
        (SPD, [0, np.inf], "optimum.*finite"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused(hessian, optimum, sentence):
    with pytest.raises(ValueError, match=sentence):
        QuadraticTask(hessian, optimum)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"metaplasticity": -1}, "metaplasticity"),
        ({"steps": 0}, "steps"),
        ({"metaplasticity": [0.1, 0.1, 0.1]}, "metaplasticity must be one number or fit"),
        ({"metaplasticity": [0.1, -0.1]}, "metaplasticity must be 0 or above"),
        ({"record": {"hidden": np.sum}}, "record: the name 'hidden' is taken"),
        ({"initial": [0.0]}, "initial.*dimension 2"),
        ({"initial": [0.0, np.nan]}, "initial"),
    ],
)
def test_a_simulation_that_makes_no_sense_is_refused(change, sentence):
    good = {"initial": [0.1, 0.1], "steps": 3, "learning_rate": 0.1}
    task = QuadraticTask(SPD, [2.0, 0.0])
    simulate_hidden_weights(task, **good)
    with pytest.raises(ValueError, match=sentence):
        simulate_hidden_weights(task, **good | change)


def test_weights_that_do_not_fit_are_refused():
    task = QuadraticTask(SPD, [2.0, 0.0])
    with pytest.raises(ValueError, match=r"weights.*dimension 2"):
        task.loss([1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="binary_weights: every entry"):
        task.flip_cost([1.0, 0.5])
    with pytest.raises(ValueError, match="eigenvalues: the range"):
        QuadraticTask.random(3, 0, eigenvalues=(2.0, 1.0))
    for eigenvalues in (3, [1, 2, 3]):
        with pytest.raises((ValueError, TypeError), match="eigenvalues must be 2 items"):
            QuadraticTask.random(3, 0, eigenvalues=eigenvalues)
    with pytest.raises(ValueError, match="hidden_weights must be finite, not nan"):
        metaplastic_factor(np.nan, 1.0)
    with pytest.raises(TypeError, match="record: 'loss' must be a function"):
        simulate_hidden_weights(task, [0.1, 0.1], 2, 0.1, record={"loss": 1})
    with pytest.raises(ValueError, match="dimension"):
        QuadraticTask.random(0, 0)


def test_a_task_cannot_be_changed_behind_its_back():
    hessian = np.eye(2)
    task = QuadraticTask(hessian, [0.0, 0.0])
    hessian[0, 0] = 5
    assert task.hessian[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        task.hessian[0, 0] = 5
