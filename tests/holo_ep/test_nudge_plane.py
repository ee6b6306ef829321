"""Branch, branch points, stability boundary and map: each against an independent computation."""

import numpy as np
import pytest

from theory.ep import LayeredNetwork, SquaredError
from theory.holo_ep import (
    ClampedNetwork,
    Field,
    SingularJacobian,
    branch_points,
    exact_radius,
    nudged_series,
    refine_branch_point,
    round_trips,
    stability_boundary,
    stability_map,
    step_radius,
    toy_network,
)
from theory.holo_ep.branch import BranchPoint, _leads_to
from theory.holo_ep.field import newton
from theory.numerics import NotConverged

TOY = toy_network()
BRANCH = TOY.sample()
POINTS = branch_points(BRANCH, 1.0, angles=61, step=0.03)


def single_unit(weight=1.0):
    """s = w x - beta (s - y) for a linear unit: s = (w x + beta y) / (1 + beta)."""
    network = LayeredNetwork([[[weight]]], [[0.0]], "linear")
    return ClampedNetwork(network, [[1.0]], [[0.4]], SquaredError())


def test_continuation_reaches_the_equilibria_of_relaxation():
    nudges = 0.5 * np.exp(1j * np.linspace(0, np.pi, 7))
    path = np.linspace(0, 1, 26)[:, None] * nudges
    np.testing.assert_allclose(BRANCH.along(path)[-1], TOY.settled_states(nudges)[:, 0], atol=1e-11)


def test_the_branch_of_a_linear_unit_is_its_rational_function():
    branch = single_unit()
    path = np.linspace(0, 3, 31) * np.exp(0.3j)
    np.testing.assert_allclose(branch.along(path)[:, 0], (1 + 0.4 * path) / (1 + path), atol=1e-12)


def test_the_residual_vanishes_and_its_jacobian_is_its_derivative():
    rng = np.random.default_rng(0)
    state = TOY.free[0] + 0.1 * (rng.normal(size=8) + 1j * rng.normal(size=8))
    nudge, step = np.array(0.2 + 0.3j), 1e-5
    numeric = [
        (BRANCH.residual(state + h, nudge) - BRANCH.residual(state - h, nudge)) / (2 * step)
        for h in step * np.eye(8)
    ]
    np.testing.assert_allclose(BRANCH.jacobian(state, nudge), np.transpose(numeric), atol=1e-8)
    there = BRANCH.along(np.linspace(0, nudge, 20))[-1]
    assert np.abs(BRANCH.residual(there, nudge)).max() < 1e-13
    ahead, behind = BRANCH.along(np.array([nudge, nudge + step, nudge - step]), there)[1:]
    tangent = -np.linalg.solve(BRANCH.jacobian(there, nudge), BRANCH.nudge_slope(there, nudge))
    np.testing.assert_allclose(tangent, (ahead - behind) / (2 * step), atol=1e-7)


def test_the_branch_points_are_those_of_the_toy_network():
    """Singular, on the branch, and reached like a square root; the numbers are for orientation."""
    assert [round(abs(p.nudge), 5) for p in POINTS] == [0.65714, 0.71641]
    for point in POINTS:
        assert point.residual < 1e-12
        singular = np.linalg.svd(
            BRANCH.jacobian(point.state, np.array(point.nudge)), compute_uv=False
        )
        assert singular[-1] < 1e-12 < 1e-3 < singular[-2]
        path = point.nudge * (1 - np.geomspace(1, 1e-6, 80))
        away = np.linalg.norm(BRANCH.along(path)[-27:] - point.state, axis=1)
        slope = np.polyfit(np.log(np.geomspace(1, 1e-6, 80)[-27:]), np.log(away), 1)[0]
        assert slope == pytest.approx(0.5, abs=0.01)


def test_one_turn_exchanges_two_states_and_two_turns_return():
    start, once, twice = round_trips(BRANCH, POINTS[0].nudge, 0.04, 2)
    assert np.linalg.norm(once - start) > 0.1
    np.testing.assert_allclose(twice, start, atol=1e-10)
    nudge = np.array(POINTS[0].nudge * (1 - 0.04 / abs(POINTS[0].nudge)))
    assert np.abs(BRANCH.residual(once, nudge)).max() < 1e-8
    around_nothing = round_trips(BRANCH, 0.3 + 0.1j, 0.04, 1)
    np.testing.assert_allclose(around_nothing[1], around_nothing[0], atol=1e-10)


def test_the_radius_of_the_power_series_is_the_branch_point():
    rho = exact_radius(BRANCH, 1.0)
    size = np.linalg.norm(nudged_series(TOY, 50), axis=1)
    orders = np.arange(20, 51)
    slope = np.polyfit(orders, np.log(size[20:]) + 1.5 * np.log(orders), 1)[0]
    # The beat of two conjugate points, of period 360 / 69.6 orders, averages out to 1 / orders.
    assert np.exp(-slope) == pytest.approx(rho, rel=0.02)
    assert TOY.radius_estimates[0] == pytest.approx(rho, rel=0.05)  # the quick estimate


def test_a_singular_point_of_another_sheet_is_left_out():
    """Newton's method may find one; the branch of the free equilibrium does not lead there."""
    point = POINTS[0]
    assert _leads_to(BRANCH, point)
    elsewhere = BranchPoint(point.nudge, point.state + 0.1, 0.0)
    assert not _leads_to(BRANCH, elsewhere)
    nearer = BranchPoint(
        0.5 * point.nudge, BRANCH.along(np.linspace(0, 0.5, 30) * point.nudge)[-1], 0
    )
    assert not _leads_to(BRANCH, nearer)  # a regular point: reached in proportion, not like a root


def test_a_conjugate_branch_point_is_one_too():
    point = POINTS[0]
    mirrored = refine_branch_point(BRANCH, point.state.conj(), point.nudge.conjugate())
    assert mirrored.nudge == pytest.approx(point.nudge.conjugate(), abs=1e-12)


def test_a_branch_point_is_found_beside_a_unit_that_is_at_rest():
    """F = a - u^2 under a linear loss: both branches meet where the nudge is a."""
    field = Field(lambda u: np.stack([0.7 - u[..., 0] ** 2, 0.1 - u[..., 1]], axis=-1),
                  lambda u: u[..., 0], [0.5, 0.1])  # fmt: skip
    found = refine_branch_point(field, np.array([0.2, 0.1]), 0.6)
    assert found.nudge == pytest.approx(0.7, abs=1e-12)
    np.testing.assert_allclose(found.state, [0, 0.1], atol=1e-7)


def test_the_iteration_settles_inside_its_boundary_and_not_outside():
    angles = np.radians([20, 25, 30, 40, 50, 60])
    boundary = stability_boundary(BRANCH, angles, 0.75)
    at = boundary * np.exp(1j * angles)
    states = BRANCH.along(np.linspace(0, 1, 60)[:, None] * at)[-1]
    np.testing.assert_allclose(step_radius(BRANCH, states, at), 1, atol=1e-9)
    # At two per cent the leading eigenvalue is about 1 -+ 0.01: 3000 steps are 30 decay times.
    inside, outside = (TOY.relaxed_states(f * at, 3000)[1][:, 0] for f in (0.98, 1.02))
    assert inside.max() < 1e-9 and outside.min() > 1e-3
    assert boundary.min() < abs(POINTS[0].nudge)  # it leaves before the branch point


def test_the_boundary_ends_at_a_branch_point_on_its_ray():
    angle = np.angle(POINTS[0].nudge)
    boundary = stability_boundary(BRANCH, np.array([angle]), 0.656, step=0.016)
    # Close below the branch point the iteration is stable on this ray: eigenvalue 1 is there.
    assert np.isnan(boundary[0]) or abs(boundary[0] - abs(POINTS[0].nudge)) < 5e-3


def test_the_free_network_relaxes_with_the_predicted_rate():
    start = TOY.free[0] + 1e-6
    rate = step_radius(BRANCH, TOY.free[0], np.array(0.0))
    state, distances = start.astype(complex), []
    for _ in range(24):
        state = state + BRANCH.residual(state, np.array(0.0))
        distances.append(np.linalg.norm(state - TOY.free[0]))
    # Two layers alternate: eigenvalues come in pairs of both signs, so take double steps.
    assert np.sqrt(distances[-5] / distances[-7]) == pytest.approx(rate, rel=1e-2)


def test_half_of_the_map_is_the_whole_map():
    axis, residuals = stability_map(TOY, 0.9, 31, steps=60)
    np.testing.assert_array_equal(residuals, residuals[::-1])
    full = np.add.outer(1j * axis, axis)
    change = TOY.relaxed_states(full.ravel(), 60)[1].reshape(31, 31)
    plain = np.clip(np.sqrt(np.nan_to_num(change, nan=np.inf) ** 2 + 1e-12), None, 1e4)
    settled = plain < 1e-4  # elsewhere rounding decides where the iteration wanders
    np.testing.assert_allclose(residuals[settled], plain[settled], rtol=1e-3)
    np.testing.assert_array_equal(residuals > 1e-3, plain > 1e-3)


def test_what_cannot_be_is_refused():
    twins = LayeredNetwork([[[1.0]], [[1.0]]], [[0.0], [0.0]], "tanh")
    critical = ClampedNetwork(twins, [[0.0]], [[0.3]], SquaredError())
    with pytest.raises(SingularJacobian, match=r"singular here.*stay away from branch points"):
        critical.errors()
    with pytest.raises(SingularJacobian, match="singular here"):
        critical.gradient  # noqa: B018 - computed at the first look
    with pytest.raises(ValueError, match="it has to start at nudge 0"):
        BRANCH.along(np.array([0.1, 0.2]))
    with pytest.raises(ValueError, match="sample: 1 of 1 samples"):
        TOY.sample(1)
    with pytest.raises(ValueError, match="size: 30 is even"):
        stability_map(TOY, 1.0, 30)
    with pytest.raises(ValueError, match="reach must be a finite number above 0"):
        branch_points(BRANCH, 0.0)
    with pytest.raises(NotConverged, match=r"no branch point within \|nudge\| = 0\.2"):
        exact_radius(BRANCH, 0.2)
    with pytest.raises(NotConverged, match="no fixed point was found near"):
        newton(BRANCH, np.full(8, 40.0), np.array(0.3j), steps=4)
    two = ClampedNetwork(
        TOY.network, np.tile(TOY.inputs, (2, 1)), np.tile(TOY.targets, (2, 1)), TOY.loss
    )
    with pytest.raises(ValueError, match="it has 2 samples; the map is of one"):
        stability_map(two, 1.0, 31)
    with pytest.raises(ValueError, match="it has 2 samples; take one by `sample`"):
        branch_points(two, 1.0)
