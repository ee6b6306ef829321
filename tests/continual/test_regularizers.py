"""Importance measures against definitions and known limits; the penalty against its derivative."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.continual import (
    QuadraticPenalty,
    path_importance,
    path_increment,
    shuffled_importance,
)
from theory.numerics import dense_absolute_moment, dense_second_moment


def test_moments_of_a_dense_layer_are_means_over_outer_products():
    rng = np.random.default_rng(0)
    inputs, gradients = rng.standard_normal((7, 4)), rng.standard_normal((7, 3))
    outer = np.einsum("ni,no->nio", inputs, gradients)
    np.testing.assert_allclose(dense_second_moment(inputs, gradients), (outer**2).mean(axis=0))
    np.testing.assert_allclose(dense_absolute_moment(inputs, gradients), abs(outer).mean(axis=0))


def test_the_path_integral_is_the_loss_decrease_to_the_order_of_the_step():
    """On a quadratic loss the summed increments miss the decrease by one power of the step."""
    hessian = np.diag([1.0, 3.0])
    misses = []
    for step in (1e-2, 5e-3, 2.5e-3):
        theta, path = np.array([1.0, -2.0]), np.zeros(2)
        start = 0.5 * theta @ hessian @ theta
        for _ in range(round(1 / step)):
            gradient = hessian @ theta
            path += path_increment(gradient, -step * gradient)
            theta = theta - step * gradient
        misses.append(path.sum() - (start - 0.5 * theta @ hessian @ theta))
    ratios = np.array(misses[:-1]) / misses[1:]
    np.testing.assert_allclose(ratios, 2, rtol=0.05)


def test_path_importance_recovers_the_curvature_of_a_quadratic():
    """Descent to the minimum: decrease h d^2 / 2 over displacement d^2 is half the curvature."""
    curvature, start = np.array([0.5, 2.0, 4.0]), np.array([1.0, -2.0, 3.0])
    decrease = 0.5 * curvature * start**2
    np.testing.assert_allclose(path_importance(decrease, start, 1e-12), curvature / 2)
    assert path_importance(np.array([-1.0]), np.array([1.0])) == 0
    # Weights that did not move keep a finite importance.
    assert path_importance(np.array([0.2]), np.array([0.0]), 0.1) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="damping must be a finite number above 0"):
        path_importance(decrease, start, 0.0)


def test_shuffling_keeps_the_values_and_moves_them():
    importance = np.arange(12.0).reshape(3, 4)
    shuffled = shuffled_importance(importance, 1)
    assert shuffled.shape == (3, 4) and not np.array_equal(shuffled, importance)
    assert np.array_equal(np.sort(shuffled.ravel()), np.arange(12))
    assert np.array_equal(importance, np.arange(12.0).reshape(3, 4))


@given(tasks=st.integers(1, 4), strength=st.floats(0, 100), seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_the_penalty_is_the_sum_over_tasks_and_its_gradient_the_slope(tasks, strength, seed):
    rng = np.random.default_rng(seed)
    penalty, stored = QuadraticPenalty(strength), []
    for _ in range(tasks):
        stored.append((rng.random(5), rng.choice([-1.0, 1.0], 5)))
        penalty.add_task(*stored[-1])
    theta = rng.standard_normal(5)
    wanted = sum(0.5 * strength * np.sum(f * (theta - r) ** 2) for f, r in stored)
    assert penalty.value(theta) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    gradient = np.ones(5)
    penalty.add_gradient(theta, gradient)
    slope = sum(strength * f * (theta - r) for f, r in stored)
    np.testing.assert_allclose(gradient - 1, slope, atol=1e-10)


def test_two_identical_signs_cost_nothing_and_a_flip_costs_twice_its_importance():
    penalty = QuadraticPenalty(3.0)
    reference = np.array([1.0, -1.0])
    penalty.add_task(np.array([0.5, 2.0]), reference)
    assert penalty.value(reference) == 0
    assert penalty.value(np.array([1.0, 1.0])) == pytest.approx(0.5 * 3 * 2.0 * 4)


def test_elastic_consolidation_of_linear_regression_is_joint_training():
    """With the full Hessian of the first task, the penalised second task has the joint optimum.

    Diagonal Hessians make the diagonal penalty the full one.
    """
    rng = np.random.default_rng(2)
    first, second = rng.uniform(0.5, 2, (2, 4))
    optimum = rng.standard_normal((2, 4))
    penalty = QuadraticPenalty(1.0)
    penalty.add_task(first, optimum[0])
    joint = (first * optimum[0] + second * optimum[1]) / (first + second)
    gradient = second * (joint - optimum[1])
    penalty.add_gradient(joint, gradient)
    np.testing.assert_allclose(gradient, 0, atol=1e-12)


def test_an_empty_penalty_does_nothing_and_bad_ones_are_refused():
    penalty = QuadraticPenalty(1.0)
    gradient = np.ones(2)
    penalty.add_gradient(np.ones(2), gradient)
    assert penalty.value(np.ones(2)) == 0 and gradient.tolist() == [1, 1]
    with pytest.raises(ValueError, match=r"importance has shape \(2,\), but reference has \(3,\)"):
        penalty.add_task(np.ones(2), np.ones(3))
    for bad, sentence in ((-1.0, "must not be negative"), (np.nan, "importance must be finite")):
        with pytest.raises(ValueError, match=sentence):
            penalty.add_task(np.array([bad]), np.ones(1))
    with pytest.raises(ValueError, match="strength must be a finite number, 0 or above"):
        QuadraticPenalty(-1.0)


@pytest.mark.parametrize("damping", [1e-3, 0.1, 1.0])
def test_the_path_importance_saturates_with_distance_as_predicted(damping):
    """A steady gradient under descent: omega = W^2 / (eta T), so Omega saturates at 1 / (eta T)."""
    from theory.metaplasticity import normalised_path_importance

    rate, steps = 0.01, 150
    gradient = np.array([-3.0, -0.5, 0.02, 1.0, 40.0])
    theta, path = np.zeros(5), np.zeros(5)
    for _ in range(steps):
        change = -rate * gradient
        path += path_increment(gradient, change)
        theta += change
    wanted = normalised_path_importance(theta, rate * steps, damping)
    np.testing.assert_allclose(path_importance(path, theta, damping), wanted, rtol=1e-12)
    assert np.all(wanted <= 1 / (rate * steps))


def test_a_zigzag_leaves_the_path_with_what_was_gained_in_all():
    """On a linear loss steps forth and back cancel in the path as in the displacement."""
    gradient = np.array([2.0])
    path = sum(path_increment(gradient, np.array([step])) for step in (-0.3, 0.1, -0.3, 0.1))
    assert path == pytest.approx(2.0 * 0.4)
