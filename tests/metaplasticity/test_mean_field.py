"""The mean-field theory: optimality, an independent solver, and the simulation it predicts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import cholesky
from scipy.optimize import lsq_linear

from theory.metaplasticity import QuadraticTask, mean_field, simulate_hidden_weights
from theory.metaplasticity.derivations import quadratic_task as derivations
from theory.numerics import NotConverged, numeric_function

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=60, deadline=None, derandomize=True)


def _ill_conditioned(seed, condition):
    """A task with eigenvalues spread over `condition` and optima far inside and outside."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 30))
    basis, _ = np.linalg.qr(rng.standard_normal((d, d)))
    hessian = (basis * np.geomspace(1, condition, d)) @ basis.T
    optimum = rng.uniform(-3, 3, d) * 10 ** rng.uniform(-1, 1)
    return QuadraticTask((hessian + hessian.T) / 2, optimum)


@quick
@given(seed=seeds, condition=st.sampled_from([1.0, 10.0, 1e3, 1e6]))
def test_the_solution_satisfies_the_optimality_conditions(seed, condition):
    task = _ill_conditioned(seed, condition)
    state = mean_field(task)
    gradient = task.gradient(state.binary_mean)
    scale = np.abs(task.hessian).max() * (1 + np.abs(task.optimum).max()) * task.dimension
    assert np.abs(state.binary_mean).max() <= 1
    assert np.all(state.multiplier * state.binary_mean >= 0)
    assert np.all(np.abs(state.binary_mean[state.consolidated]) == 1)
    assert np.array_equal(state.consolidated, state.multiplier != 0)
    # 1e-10 is what the solver promises; the gradient above is computed independently.
    np.testing.assert_allclose(state.multiplier, -gradient, atol=1e-9 * scale)


@pytest.mark.parametrize("seed", range(5))
def test_a_generic_solver_finds_the_same_point(seed):
    task = QuadraticTask.random(40, seed)
    upper = cholesky(task.hessian)
    generic = lsq_linear(upper, upper @ task.optimum, bounds=(-1, 1), method="bvls", tol=1e-14)
    np.testing.assert_allclose(mean_field(task).binary_mean, generic.x, atol=1e-8)


def test_an_optimum_inside_the_box_is_the_mean():
    task = QuadraticTask([[2.0, 0.5], [0.5, 1.0]], [0.3, -0.7])
    state = mean_field(task)
    np.testing.assert_allclose(state.binary_mean, task.optimum, rtol=1e-12)
    assert not state.consolidated.any() and not state.multiplier.any()


def test_a_diagonal_hessian_gives_the_papers_theorem():
    curvature, optimum = np.array([1.0, 2.0, 3.0]), np.array([2.0, -1.5, 0.4])
    state = mean_field(QuadraticTask(np.diag(curvature), optimum))
    np.testing.assert_allclose(state.binary_mean, [1, -1, 0.4])
    np.testing.assert_allclose(state.multiplier, [1.0, -1.0, 0.0])
    # 2 lambda |W*| outside the box, 2 lambda W*^2 inside.
    np.testing.assert_allclose(state.flip_cost, [4.0, 6.0, 2 * 3 * 0.16])


def test_the_plane_is_the_derived_closed_form():
    task = QuadraticTask([[2.4, 0.2], [0.2, 0.8]], [1.5, 0.5])
    closed = derivations.two_dimensions()
    names = ("H_11", "H_12", "H_22", "W_1^*", "W_2^*")
    values = (2.4, 0.2, 0.8, 1.5, 0.5)
    for name, expected in (("mean", "binary_mean"), ("multiplier", "multiplier")):
        expression = closed[name].rhs
        symbols = {s.name: s for s in expression.free_symbols}
        known = [(symbols[n], v) for n, v in zip(names, values, strict=True) if n in symbols]
        derived = numeric_function([s for s, _ in known], expression)(*[v for _, v in known])
        component = 1 if name == "mean" else 0
        assert getattr(mean_field(task), expected)[component] == pytest.approx(derived, rel=1e-12)


def _excursion_bound(task, hidden):
    """Largest ||Z||_2 seen, Z the hidden weights less the predicted drift: what is averaged out."""
    drift = 0.01 * np.outer(np.arange(len(hidden)), mean_field(task).multiplier)
    return np.linalg.norm(hidden - drift, axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_averages_of_the_simulation_converge_to_the_mean_field(seed):
    """Exact identity: mean signs differ from the box minimiser by H^-1 (Z_0 - Z_T) / (eta T)."""
    task = QuadraticTask.random(60, seed)
    state, steps = mean_field(task), 4000
    start = np.random.default_rng(seed).normal(0, 0.05, 60)
    run = simulate_hidden_weights(task, start, steps, 0.01, record_hidden=True)
    distance = _excursion_bound(task, run.hidden)
    # Z stays bounded under strict complementarity: no growth over the second half of the run.
    assert distance[steps // 2 :].max() < 1.5 * distance[: steps // 2].max()
    smallest = np.linalg.eigvalsh(task.hessian)[0]
    error = np.linalg.norm(run.binary_mean - state.binary_mean)
    assert 0 < error <= (distance[0] + distance[-1]) / (0.01 * steps * smallest) + 1e-12
    drift_error = np.linalg.norm((run.final - start) / (0.01 * steps) - state.multiplier)
    assert drift_error <= (distance[0] + distance[-1]) / (0.01 * steps) + 1e-9
    assert np.all(np.sign(run.final[state.consolidated]) == state.binary_mean[state.consolidated])


def test_time_averaged_flip_costs_are_predicted():
    """Exact for consolidated weights up to O(1/T); correlated fluctuations remain for free ones."""
    task = QuadraticTask.random(80, 11)
    state, steps = mean_field(task), 8000
    run = simulate_hidden_weights(task, np.full(80, 0.01), steps, 0.01, record_hidden=True)
    settled = np.where(run.hidden[1000:-1] >= 0, 1.0, -1.0)
    cost = task.flip_cost(settled).mean(axis=0)
    held = state.consolidated
    # For a settled weight the cost is affine in the signs: its error is 2 H (mean sign error).
    error = 2 * np.abs(task.gradient(settled.mean(axis=0)) + state.multiplier)
    np.testing.assert_array_less(np.abs(cost - state.flip_cost)[held], error[held] + 1e-9)
    assert np.corrcoef(cost[~held], state.flip_cost[~held])[0, 1] > 0.8


def test_an_error_of_the_solver_says_what_and_how_far(monkeypatch):
    from theory.metaplasticity import mean_field_theory

    monkeypatch.setattr(mean_field_theory, "MAX_ITERATIONS", 1)
    with pytest.raises(NotConverged, match="optimality") as caught:
        mean_field(QuadraticTask.random(30, 0))
    assert caught.value.iterations == 1 and caught.value.residual > 1e-10


def test_what_is_no_task_is_refused():
    with pytest.raises(TypeError, match=r"(?s)task must be a QuadraticTask, not .*tuple"):
        mean_field((np.eye(2), np.zeros(2)))


@pytest.mark.parametrize("seed", range(5))
def test_weights_of_unlike_curvature_settle_to_the_rounding_of_the_steepest(seed):
    """A gradient of 1e14 times a mean is known to 1e-2, which its own scale allows."""
    rng = np.random.default_rng(seed)
    size = np.array([1e7, 1e7, 1e7, 1.0, 1.0, 1.0])
    root = rng.standard_normal((6, 12)) * size[:, None]
    task = QuadraticTask(root @ root.T / 12, rng.uniform(-1.5, 1.5, 6))
    theory = mean_field(task)
    gradient = task.hessian @ (theory.binary_mean - task.optimum)
    scale = (np.abs(task.hessian) @ (1 + np.abs(task.optimum))).max()
    assert np.abs(gradient[~theory.consolidated]).max() <= 1e-10 * scale
