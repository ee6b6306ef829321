"""Path integrals and penalties on quadratic tasks: identities that hold exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.continual import QuadraticLoss, descend, flow_importance, path_importance

quick = settings(max_examples=30, deadline=None, derandomize=True)


def _loss(seed, size=4):
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((size, size)))[0]
    return QuadraticLoss(
        basis @ np.diag(rng.uniform(0.3, 2, size)) @ basis.T, rng.standard_normal(size)
    )


@quick
@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 40))
def test_the_path_integral_is_the_decrease_of_the_loss(seed, steps):
    loss = _loss(seed)
    importance = np.linspace(0, 0.3, 4)  # also with a penalty: only the loss itself counts
    run = descend(loss, np.ones(4), learning_rate=0.5, steps=steps, importance=importance)
    decrease = loss(run.path[0]) - loss(run.path[-1])
    assert run.integral.sum() == pytest.approx(decrease, rel=1e-9, abs=1e-12)


def test_importance_of_a_diagonal_task_is_half_its_curvature():
    curvature = np.array([0.2, 1.0, 3.0])
    loss = QuadraticLoss(np.diag(curvature), [1.0, -2.0, 0.5])
    run = descend(loss, np.zeros(3), learning_rate=0.3, steps=2000)
    omega = path_importance(run.integral, run.displacement, damping=1e-12)
    np.testing.assert_allclose(omega, curvature / 2, rtol=1e-9)
    # The penalty of strength one around the optimum is the loss itself.
    away = np.array([0.3, 0.1, -0.7])
    assert np.sum(omega * away**2) == pytest.approx(float(loss(loss.optimum + away)), rel=1e-9)


def test_importance_of_a_short_flow():
    curvature, time = np.array([0.5, 2.0]), 0.8
    loss = QuadraticLoss(np.diag(curvature), np.zeros(2))
    gaps = []
    for steps in (50, 100, 200):
        run = descend(loss, np.ones(2), learning_rate=time / steps, steps=steps)
        omega = path_importance(run.integral, run.displacement, damping=1e-15)
        gaps.append(np.abs(omega - flow_importance(curvature, time)).max())
    # First order in the step: the discrete path relaxes a little faster than the flow.
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.05)
    assert flow_importance(2.0, 50.0) == pytest.approx(1.0)
    assert flow_importance(1.0, 1e-4) == pytest.approx(1e4, rel=1e-6)


def test_the_full_penalty_ends_at_the_joint_optimum():
    first, second = _loss(1), _loss(2)
    run = descend(
        second, first.optimum, learning_rate=0.3, steps=4000, importance=first.hessian / 2
    )
    pull = first.hessian @ first.optimum + second.hessian @ second.optimum
    joint = np.linalg.solve(first.hessian + second.hessian, pull)
    np.testing.assert_allclose(run.path[-1], joint, atol=1e-9)


def test_gradient_is_the_slope_of_the_loss():
    loss, at, h = _loss(3), np.array([0.2, -1.0, 0.4, 2.0]), 1e-5
    slope = [(loss(at + h * e) - loss(at - h * e)) / (2 * h) for e in np.eye(4)]
    np.testing.assert_allclose(loss.gradient(at), slope, rtol=1e-7, atol=1e-9)


def test_bad_input():
    with pytest.raises(ValueError, match=r"learning_rate.*diverges"):
        descend(_loss(0), np.zeros(4), learning_rate=10.0, steps=3)
    with pytest.raises(ValueError, match="positive definite"):
        QuadraticLoss([[1.0, 2.0], [2.0, 1.0]], [0.0, 0.0])
    with pytest.raises(ValueError, match="start"):
        descend(_loss(0), np.zeros(3), learning_rate=0.1, steps=3)


def test_a_loss_of_lists_holds_arrays():
    from theory.continual import QuadraticLoss

    loss = QuadraticLoss([[2, 1], [1, 3]], [1, 0])
    assert loss.hessian.dtype == float and loss.optimum.dtype == float
    np.testing.assert_array_equal(loss.gradient([1.0, 1.0]), [1.0, 3.0])
