"""Recursive Bayes, EWC and uncertain weights against each other and against joint learning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.consolidation import (
    Gaussian,
    LinearTask,
    elastic_consolidation,
    interpolate,
    project,
    simulate_uncertain_weight,
    uncertain_precision,
    update,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)


def _tasks(seed, count=3, size=6, samples=9):
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, samples, size)) * np.geomspace(1.5, 0.5, size)
    return [LinearTask(x, rng.standard_normal(samples), 0.5) for x in inputs]


@quick
@given(seed=st.integers(0, 2**32 - 1))
def test_ewc_with_the_full_matrix_is_joint_training(seed):
    tasks, prior = _tasks(seed), 1e-3
    together = LinearTask(
        np.vstack([t.inputs for t in tasks]), np.concatenate([t.targets for t in tasks]), 0.5
    )
    joint = np.linalg.solve(together.precision + prior * np.eye(6), together.pull)
    ewc = elastic_consolidation(tasks, prior=prior)[-1]
    belief = Gaussian.prior(6, prior)
    for task in tasks:
        belief = update(belief, task)
    np.testing.assert_allclose(
        belief.mean, joint, rtol=0, atol=1e-12 * np.linalg.cond(belief.precision)
    )
    np.testing.assert_allclose(ewc, joint, rtol=0, atol=1e-12 * np.linalg.cond(belief.precision))
    # and Bayes does not care for the order
    backwards = Gaussian.prior(6, prior)
    for task in reversed(tasks):
        backwards = update(backwards, task)
    np.testing.assert_allclose(backwards.precision, belief.precision, rtol=1e-12, atol=1e-12)


def test_the_diagonal_is_exact_for_uncorrelated_inputs_only():
    rng = np.random.default_rng(1)
    diagonal = [
        LinearTask(np.diag(rng.uniform(0.5, 2, 4)), rng.standard_normal(4)) for _ in range(3)
    ]
    full, part = (elastic_consolidation(diagonal, fisher=f)[-1] for f in ("full", "diagonal"))
    np.testing.assert_allclose(full, part, atol=1e-12)
    full, part = (elastic_consolidation(_tasks(2), fisher=f)[-1] for f in ("full", "diagonal"))
    assert np.abs(full - part).max() > 1e-2


def test_random_patterns_are_averaged_and_fade_with_online_ewc():
    rng = np.random.default_rng(3)
    patterns = rng.choice([-1.0, 1.0], (40, 5))
    tasks = [LinearTask(np.eye(5), pattern) for pattern in patterns]
    plain = elastic_consolidation(tasks, prior=1e-12)[-1]
    np.testing.assert_allclose(plain, patterns.mean(axis=0), atol=1e-9)
    gamma = 0.8
    online = elastic_consolidation(tasks, prior=1e-12, decay=gamma)[-1]
    weights = gamma ** np.arange(40)[::-1]
    np.testing.assert_allclose(online, weights @ patterns / weights.sum(), atol=1e-9)


def random_tasks(rng, samples, size=12, count=3):
    truth = rng.standard_normal(size)
    inputs = rng.standard_normal((count, samples, size))
    return [LinearTask(x, x @ truth + 0.1 * rng.standard_normal(samples), 0.1) for x in inputs]


def test_the_stiffest_directions_run_from_the_diagonal_to_the_full_matrix():
    tasks = random_tasks(np.random.default_rng(3), samples=4)
    prior = 1e-3  # well above the rounding of the stiffest directions
    by = lambda k: np.array(elastic_consolidation(tasks, fisher=k, prior=prior))  # noqa: E731
    assert np.array_equal(by(0), by("diagonal"))
    np.testing.assert_allclose(by(12), by("full"), atol=1e-6)
    # Two tasks of four samples have a penalty of rank eight: no more is needed for a third.
    np.testing.assert_allclose(by(8), by("full"), atol=1e-6)
    joint = np.linalg.lstsq(
        np.concatenate([t.inputs for t in tasks]),
        np.concatenate([t.targets for t in tasks]),
        rcond=None,
    )[0]
    gaps = [np.linalg.norm(by(rank)[-1] - joint) for rank in (0, 4, 8)]
    assert gaps[0] > gaps[1] > gaps[2]
    for wrong in (-1, 1.5, "rank"):
        with pytest.raises((ValueError, TypeError), match="fisher"):
            elastic_consolidation(tasks, fisher=wrong)


def test_projected_learning_is_projected_descent_and_keeps_every_old_answer():
    tasks = random_tasks(np.random.default_rng(4), samples=4)
    first = interpolate(np.zeros(12), tasks[0])
    second = project(first, tasks[1], tasks[:1])
    third = project(second, tasks[2], tasks[:2])
    assert np.abs(tasks[0].inputs @ (third - first)).max() < 1e-9
    assert max(task.loss(third) for task in tasks) < 1e-18  # twelve samples, twelve parameters
    basis = np.linalg.svd(tasks[0].inputs)[2][4:]  # what the first task leaves free
    stepped = first.copy()
    for _ in range(20_000):
        gradient = tasks[1].inputs.T @ (tasks[1].inputs @ stepped - tasks[1].targets)
        stepped -= 0.02 * basis.T @ (basis @ gradient)
    np.testing.assert_allclose(second, stepped, atol=1e-9)
    assert np.array_equal(project(first, tasks[1], []), interpolate(first, tasks[1]))
    full = project(third, random_tasks(np.random.default_rng(5), 4)[0], tasks)
    np.testing.assert_allclose(full, third, atol=1e-6)  # no room is left


def test_interpolation_moves_only_as_far_as_needed():
    (task,) = _tasks(4, count=1, size=12)
    start = np.ones(12)
    end = interpolate(start, task)
    assert task.loss(end) < 1e-20
    _, _, rows = np.linalg.svd(task.inputs)
    np.testing.assert_allclose(rows[9:] @ (end - start), 0, atol=1e-10)


@pytest.mark.parametrize("window", [np.inf, 100.0])
def test_precision_is_a_leaky_sum_with_an_error_of_the_step_size(window):
    """Halving curvature and prior steps halves the gap between rule and leaky sum."""
    gaps = []
    for split in (1, 2, 4):
        steps, curvature = 60 * split, 0.05 / split
        scaled = window * split
        _, spread = simulate_uncertain_weight(
            np.full(steps, curvature), deviation=1.0, window=scaled
        )
        predicted = uncertain_precision(steps, curvature, prior=1.0, window=scaled)
        gaps.append(abs(spread[-1] ** -2 - predicted[-1]))
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.15)
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.1)


def test_the_mean_of_a_certain_weight_is_recursive_bayes():
    """Without a window and with small steps the mean is the posterior mean of all targets."""
    rng = np.random.default_rng(5)
    targets, curvature = rng.standard_normal(400), 1e-2
    mean, _ = simulate_uncertain_weight(np.full(400, curvature), deviation=1.0, optimum=targets)
    posterior = curvature * targets.sum() / (1 + 400 * curvature)
    assert mean[-1] == pytest.approx(posterior, abs=0.01)


def test_the_fixed_point_holds_exactly():
    precision = 200 * 3.0 + 4.0
    curvature = np.full(1, 3.0)
    _, spread = simulate_uncertain_weight(np.full(8000, 3.0), deviation=0.5, window=200.0)
    # It is approached like exp(-t/N), N = 200: after 8000 steps to rounding.
    assert spread[-1] ** -2 == pytest.approx(precision, rel=1e-12)
    assert uncertain_precision(10, 0.0, prior=4.0, window=50.0)[-1] == 4.0
    assert len(simulate_uncertain_weight(curvature, deviation=0.5)[0]) == 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: LinearTask([[1.0, 2.0]], [1.0, 2.0]), "targets"),
        (lambda: LinearTask([[1.0]], [1.0], 0.0), "noise"),
        (lambda: Gaussian.prior(2, -1.0), "precision"),
        (lambda: elastic_consolidation(_tasks(0), fisher="block"), "fisher"),
        (lambda: elastic_consolidation(_tasks(0), decay=0.0), "decay"),
        (lambda: uncertain_precision(3, -1.0, prior=1.0), "curvature"),
        (lambda: uncertain_precision(3, 1.0, prior=1.0, window=0.5), "window"),
        (lambda: simulate_uncertain_weight([1.0, np.nan], deviation=1.0), "curvature"),
    ],
)
def test_bad_input(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("window", [np.inf, 40.0])
def test_the_precision_form_is_the_leaky_sum_for_any_curvature(window):
    curvature = 10.0
    mean, spread = simulate_uncertain_weight(
        np.full(30, curvature), deviation=1.0, window=window, optimum=1.0, form="precision"
    )
    predicted = uncertain_precision(30, curvature, prior=1.0, window=window)
    np.testing.assert_allclose(spread**-2, predicted, rtol=1e-12)
    if window == np.inf:  # Bayes: precision-weighted mean of the prior at 0 and thirty optima at 1
        np.testing.assert_allclose(mean[-1], 300 / 301, rtol=1e-12)


def test_both_forms_agree_for_small_steps_also_in_the_mean():
    """The leak of the mean, deviation^2 / (N sigma_0^2), is a pure number: sigma_0 not one."""
    for sigma in (0.5, 2.0):
        ends = {}
        for refine in (1, 4):
            options = dict(deviation=sigma, window=50.0 * refine, optimum=1.0)
            curves = np.full(100 * refine, 0.02 / refine)
            forms = [simulate_uncertain_weight(curves, form=form, **options)
                     for form in ("deviation", "precision")]  # fmt: skip
            ends[refine] = [abs(a[-1] - b[-1]) for a, b in zip(*forms, strict=True)]
        # First order in the step: a quarter of the step, about a quarter of the difference.
        assert np.all(np.array(ends[4]) < 0.35 * np.array(ends[1]))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: simulate_uncertain_weight([2.0], deviation=1.0), "curvature: 2 times"),
        (lambda: simulate_uncertain_weight([-1.0], deviation=1.0), "curvature: -1 is negative"),
        (lambda: simulate_uncertain_weight([0.1], deviation=1.0, window=0.3), "window must"),
        (lambda: simulate_uncertain_weight([0.1], deviation=1.0, form="exact"), "form must"),
        (lambda: elastic_consolidation([]), "tasks is empty"),
        (lambda: elastic_consolidation([LinearTask(np.ones((2, k)), np.ones(2)) for k in (1, 2)]),
         "different numbers of inputs"),
        (lambda: update(Gaussian.prior(3), LinearTask(np.ones((2, 2)), np.ones(2))), "task has 2"),
    ],
)  # fmt: skip
def test_impossible_beliefs_get_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
