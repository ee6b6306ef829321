"""Fields of one's own: free state, errors, contours of any shape and branch points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import LayeredNetwork, SoftReadout, equilibrium_series
from theory.holo_ep import (
    Contour,
    Field,
    FieldNetworks,
    LinearField,
    NotHolomorphic,
    PoolingNetworks,
    SingularJacobian,
    aliased,
    branch_points,
    contour_errors,
    contour_estimate,
    exact_radius,
    relax,
    solved_errors,
    toy_network,
)
from theory.holo_ep.field import holomorphic_jacobian, newton
from theory.numerics import NotConverged

quick = settings(max_examples=10, deadline=None, derandomize=True)


def own(seed=0, units=4, strength=1.0, jacobian=False):
    weights = strength * np.random.default_rng(seed).standard_normal((units, units)) / units**0.5

    def slope(u):
        return weights * (1 - np.tanh(u) ** 2)[..., None, :] - np.eye(units)

    return Field(
        lambda u: np.tanh(u) @ weights.T + 0.3 - u,
        lambda u: 0.5 * (u[..., -1] - 1) ** 2 + 0.1 * u[..., 0] ** 4,
        np.zeros(units),
        jacobian=slope if jacobian else None,
    )


def loss_gradient(u):
    gradient = np.zeros_like(u)
    gradient[-1], gradient[0] = u[-1] - 1, 0.4 * u[0] ** 3
    return gradient


@quick
@given(st.integers(0, 10_000))
def test_derivatives_from_values_are_those_given(seed):
    plain, told = own(seed), own(seed, jacobian=True)
    rng = np.random.default_rng(seed)
    for state in (plain.free, rng.normal(size=(2, 4)) + 0.2j * rng.normal(size=(2, 4))):
        # Circles of radius 1e-2: rounding over the radius, and its eighth power.
        np.testing.assert_allclose(plain.jacobian(state), told.jacobian(state), atol=1e-11)
    np.testing.assert_allclose(plain.loss_gradient(plain.free), loss_gradient(plain.free),
                               atol=1e-12)  # fmt: skip
    np.testing.assert_allclose(plain.errors(), told.errors(), atol=1e-10)


@quick
@given(st.integers(0, 10_000))
def test_the_free_state_rests_and_errors_are_those_of_differences(seed):
    field, h = own(seed), 1e-5
    assert np.abs(field.force(field.free)).max() < 1e-13
    exact, nudged = field.errors()
    ends = [field.equilibrium(b) for b in (h, -h)]
    np.testing.assert_allclose((ends[1] - ends[0]) / (2 * h), nudged, atol=1e-8)
    losses = []
    for sign in (1, -1):  # dL/dx for a drive x on unit 1: the back-propagated error of that unit
        push = sign * h * np.eye(4)[1]
        moved = Field(lambda u, p=push: field.force(u) + p, lambda u: field._loss(u), field.free)
        losses.append(field._loss(moved.free))
    assert exact[1] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("points", [1, 2, 3, 4, 6])
def test_a_contour_gives_the_nudged_error_to_the_order_of_its_points(points):
    field = own(3)
    gaps = [np.linalg.norm(contour_estimate(field, points, r) - field.errors()[1])
            for r in (0.08, 0.04)]  # fmt: skip
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(points, abs=0.35)
    settled = contour_estimate(field, points, 0.1)
    np.testing.assert_allclose(contour_estimate(field, points, 0.1, steps=300), settled, atol=1e-10)


@quick
@given(st.integers(0, 10_000))
def test_the_corrected_field_measures_the_exact_error(seed):
    field = own(seed, strength=0.8)
    exact, nudged = field.errors()
    twin = field.corrected()
    np.testing.assert_array_equal(twin.free, field.free)
    found = contour_estimate(twin, 12, 0.05)
    # Aliasing of twelfth order at a twentieth of the reach or less, rounding over the radius.
    np.testing.assert_allclose(found, exact, atol=1e-9 * (1 + np.abs(exact).max()))
    np.testing.assert_allclose(contour_estimate(field, 12, 0.05), nudged, atol=1e-9)


def test_the_branch_point_of_a_square_root_is_where_it_is():
    """0 = 1 - u^2 - beta: u = sqrt(1 - beta) branches at 1."""
    field = Field(lambda u: 1 - u**2, lambda u: u[..., 0], [0.5])
    points = branch_points(field, 2.0, angles=31, step=0.05)
    assert [p.nudge for p in points] == [pytest.approx(1, abs=1e-9)]
    assert exact_radius(field, 2.0) == pytest.approx(1, abs=1e-9)
    for nudge in (0.5, -3.0, 0.4 + 0.7j):
        np.testing.assert_allclose(field.equilibrium(nudge), [np.sqrt(1 - nudge)], atol=1e-9)
    assert contour_estimate(field, 24, 0.5)[0] == pytest.approx(0.5, abs=1e-7)  # 0.5^24


def test_newton_goes_on_until_every_state_rests():
    field = Field(lambda u: 1 - u**2, lambda u: u[..., 0], [0.5])
    found = newton(field, [[1.0], [30.0]], np.zeros(2))  # the first one rests from the start
    np.testing.assert_allclose(found, [[1.0], [1.0]], atol=1e-12)


def test_a_unit_at_rest_does_not_end_the_search_of_the_others():
    field = Field(
        lambda u: np.stack([-u[..., 0], 1 - u[..., 1] ** 2], axis=-1), lambda u: u[..., 1], [0, 0.5]
    )
    np.testing.assert_allclose(field.free, [0, 1], atol=1e-14)
    (point,) = branch_points(field, 2.0, angles=31, step=0.05)
    assert point.nudge == pytest.approx(1, abs=1e-9)


def test_asymmetric_networks_are_fields_with_branch_points():
    """The layered solver's power series of the same network converges up to the branch point."""
    rng = np.random.default_rng(4)
    layered = LayeredNetwork.random((3, 4, 3), rng, scale=2.5, activation="shifted_sigmoid",
                                    backward=True)  # fmt: skip
    readout = SoftReadout(2 * rng.uniform(-1, 1, (3, 3)), np.zeros(3))
    nets = FieldNetworks.of_layered(layered, readout.weights, readout.biases)
    x, y = rng.uniform(size=(1, 3)), np.eye(3)[[2]]
    field = nets.clamp(x[0], y[0])
    free = relax(nets, x[None], 3000, tolerance=1e-14)
    np.testing.assert_allclose(field.free, free.activities[0, 0], atol=1e-11)
    at, nudge = field.free + 0.1j, np.array(0.3 + 0.2j)
    bend = holomorphic_jacobian(lambda s: field.residual(s, np.full(s.shape[:-1], nudge)), at)
    np.testing.assert_allclose(field.jacobian(at, nudge), bend, atol=1e-10)
    np.testing.assert_allclose(
        contour_estimate(field, 16, 0.05), solved_errors(nets, free, y[None], "nudged")[0, 0],
        atol=1e-10,
    )  # fmt: skip
    rho = exact_radius(field, 3.0)
    series = equilibrium_series(layered, x, y, 60, readout)[:, 0]
    orders, size = np.arange(25, 61), np.linalg.norm(series, axis=1)
    decay = np.polyfit(orders, np.log(size[25:]) + 1.5 * np.log(orders), 1)[0]
    assert np.exp(-decay) == pytest.approx(rho, rel=0.03)


def test_soft_pooling_is_a_field_too():
    nets = PoolingNetworks.random((2, 3), [np.random.default_rng(0)], degrees=60, dtype=float)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(size=64), np.eye(10)[3]
    free = relax(nets, x[None, None], 3000, tolerance=1e-13)
    exact = solved_errors(nets, free, y[None, None], "nudged")[0, 0]
    found = contour_errors(nets, x[None, None], y[None, None], free, Contour.circle(8, 0.2), 600)
    np.testing.assert_allclose(found[0, 0], exact, atol=1e-7)
    field = nets.clamp(x, y)
    np.testing.assert_allclose(field.force(free.activities[0, 0]), 0, atol=1e-11)


@pytest.mark.parametrize("kind", ["symmetric", "reciprocal", "loop", "pooling"])
def test_both_errors_of_a_network_as_a_field_are_those_of_its_samples(kind):
    """Also what nudges measure, of the field itself and with the added term."""
    rng = np.random.default_rng(3)
    if kind == "pooling":
        nets = PoolingNetworks.random((2, 3), [rng], degrees=60, classes=3, dtype=float)
    elif kind == "symmetric":
        nets = FieldNetworks.symmetric(64, (4, 5, 3), [rng], scale=1.5, classes=3, dtype=float)
    else:
        nets = FieldNetworks.random(64, (4, 5, 3), kind, [rng], gain=1.5, classes=3, dtype=float)
    x, y = rng.uniform(size=64), np.eye(3)[1]
    free = relax(nets, x[None, None], 5000, tolerance=1e-15)
    field = nets.clamp(x, y)
    corrected = field.corrected()
    np.testing.assert_allclose(corrected.force(field.free), 0, atol=1e-12)
    for errors, name, nudged in zip(
        field.errors(), ("backpropagated", "nudged"), (corrected, field), strict=True
    ):
        wanted = solved_errors(nets, free, y[None, None], name)[0, 0]
        size = np.abs(wanted).max()
        np.testing.assert_allclose(errors, wanted, atol=1e-10 * size)
        # A twelfth of a radius of convergence of 1/4 or more, to the eighth power, is 2e-9.
        found = contour_estimate(nudged, 8, 0.02)
        np.testing.assert_allclose(found, wanted, atol=1e-8 * size)
    gap = np.linalg.norm(np.subtract(*field.errors())) / np.linalg.norm(wanted)
    assert gap < 1e-12 if kind == "symmetric" else gap > 0.01
    with pytest.raises(ValueError, match="run: 1 of 1 networks"):
        nets.clamp(x, y, 1)


def test_one_sample_of_a_clamped_network_is_the_network():
    toy = toy_network()
    assert toy.sample(0).damping == 1
    np.testing.assert_allclose(toy.force(toy.free[0]), 0, atol=1e-13)
    exact, nudged = toy.errors()
    np.testing.assert_allclose(exact, nudged)
    first = np.mean(toy.settled_states(0.1 * np.exp(2j * np.pi * np.arange(24) / 24))[:, 0]
                    / (0.1 * np.exp(2j * np.pi * np.arange(24) / 24))[:, None], axis=0)  # fmt: skip
    np.testing.assert_allclose(-first, exact, atol=1e-12)


@quick
@given(points=st.integers(3, 30), centre=st.floats(-0.6, 0.6), across=st.floats(0.6, 1.6))
def test_contours_of_any_shape_are_exact_for_polynomials_of_low_order(points, centre, across):
    made = Contour.ellipse(points, 1.0, across, centre, turn=np.pi / points)
    rng = np.random.default_rng(points)
    for order in range(2 if across != 1.0 else points):
        assert made.weights @ made.nodes**order == pytest.approx(float(order == 1), abs=1e-10)
    circle = Contour.circle(points, 1.0, centre)
    coefficients = rng.normal(size=points)
    value = circle.weights @ np.polynomial.polynomial.polyval(circle.nodes, coefficients)
    # Exact through order N: the pole at 0 is gone, and no power of z is aliased.
    assert value == pytest.approx(coefficients[1], abs=1e-8)


def test_the_rate_of_a_contour_is_that_of_its_errors():
    """A function with one pole, no network: the error falls by the predicted factor a point."""
    poles = np.array([0.65 + 0j])

    def g(beta):
        return 1 / (poles[0] - beta)

    exact = poles[0].real ** -2
    for made in (
        lambda n: Contour.circle(n, 0.45),
        lambda n: Contour.circle(n, 0.6, -0.3, turn=np.pi / n),
        lambda n: Contour.ellipse(n, 0.7, 0.45, -0.3, turn=np.pi / n),
    ):
        counts = np.arange(20, 61, 4)
        errors = [abs((m := made(n)).weights @ g(m.nodes) - exact) for n in counts]
        measured = np.exp(np.polyfit(counts, np.log(errors), 1)[0])
        assert measured == pytest.approx(made(8).rate(poles[:1]), rel=0.02)
    assert Contour.circle(8, 0.7).rate(poles) >= 1  # encloses them


def test_contours_lie_around_0_and_begin_on_the_real_axis_unless_told():
    for made, along, across in ((Contour.circle(8, 0.7), 0.7, 0.7),
                                (Contour.ellipse(8, 0.7, 0.5), 0.7, 0.5)):  # fmt: skip
        quarters = [along, 1j * across, -along, -1j * across]
        np.testing.assert_allclose(made.nodes[:8:2], quarters, atol=1e-15)


def test_displaced_circles_and_ellipses_give_the_gradient_of_the_toy_network():
    toy, nudges = toy_network(), [0.22957 + 0.61574j, 0.67897 + 0.22856j]
    for made in (Contour.circle(48, 0.7, -0.3), Contour.ellipse(48, 0.7, 0.5, -0.25)):
        gap = np.linalg.norm(toy.averages([made])[0] - toy.gradient) / np.linalg.norm(toy.gradient)
        assert gap < 3 * made.rate(nudges) ** 48 + 1e-12
        assert len(made.half()[0]) < 0.6 * len(made.nodes)


def test_the_best_contour_is_no_worse_than_its_neighbours():
    """Against a grid of circles, for the sum of both errors that it claims to minimise."""
    from theory.holo_ep import best_contour

    nudges, noise = [0.1 + 0.02j, 0.8 + 1.0j], 1e-2

    def cost(made):
        return made.rate(nudges) ** 24 + noise**2 * np.sum(np.abs(made.weights) ** 2)

    grid = [Contour.circle(12, r, c) for r in np.linspace(0.03, 1, 40)
            for c in np.linspace(-0.9, 0.9, 19) if abs(c) < 0.95 * r]  # fmt: skip
    free, centred = best_contour(12, nudges, noise), best_contour(12, nudges, noise, centred=True)
    assert cost(free) <= 1.02 * min(map(cost, grid)) and centred.centre == 0
    assert cost(centred) <= 1.02 * min(cost(made) for made in grid if made.centre == 0)
    assert free.centre < 0 and cost(free) < 0.9 * cost(centred)  # branch points on one side


def test_one_point_away_from_the_target_has_the_opposite_bias():
    toy = toy_network()
    towards, away = (
        toy.averages([Contour.circle(1, 0.1, turn=turn)])[0] - toy.gradient for turn in (0, np.pi)
    )
    assert towards @ away < -0.9 * np.linalg.norm(towards) * np.linalg.norm(away)


def test_a_steep_unit_beside_a_flat_one_is_holomorphic():
    """Differences of the steep one are rounded to 1e-16 of its force, over steps of 1e-4."""
    steep = Field(lambda u: u * [-1e9, -1e-3], lambda u: 0.5 * u[..., 0] ** 2, [0.1, 0.1])
    steep.require_holomorphic()


def test_what_is_no_field_is_refused():
    good = dict(force=lambda u: -u, loss=lambda u: u.sum(axis=-1), start=[0.0, 0.0])
    for name, bad, sentence in (
        ("force", lambda u: u[..., 0], "force: at states of shape"),
        ("loss", lambda u: u, "loss: at states of shape"),
        ("force", lambda u: u * np.nan, "force: at states"),
        ("start", [np.nan, 0.0], "start"),
    ):
        with pytest.raises(ValueError, match=sentence):
            Field(**(good | {name: bad}))
    with pytest.raises(TypeError, match=r"loss must be callable, not 3.0"):
        Field(**(good | {"loss": 3.0}))
    kinked = Field(lambda u: np.abs(u) * 0.1 + 0.2 - u, good["loss"], [0.0, 0.0])
    with pytest.raises(NotHolomorphic, match="direction in the complex plane"):
        contour_estimate(kinked, 4, 0.1)
    with pytest.raises(NotHolomorphic):
        branch_points(kinked, 1.0)
    one = Field(lambda u: 0.2 - u + [0.0, 0.1] * np.abs(u), good["loss"], [0.0, 0.0])
    with pytest.raises(NotHolomorphic):
        contour_estimate(one, 4, 0.1)
    with pytest.raises(NotConverged, match="no equilibrium is reached"):
        Field(lambda u: 1 + u**2, good["loss"], [0.0, 0.0]).free  # noqa: B018
    with pytest.raises(TypeError, match=r"field must be a Field, not 3.0"):
        branch_points(3.0, 1.0)
    with pytest.raises(TypeError, match="radius must be"):
        contour_estimate(toy_network(), 4, [0.1, "wide"])
    with pytest.raises(ValueError, match=r"centre: 0\.5 leaves 0 outside"):
        Contour.circle(6, 0.4, 0.5)
    with pytest.raises(ValueError, match="one point is one-sided"):
        Contour.circle(1, 0.4, 0.1)
    with pytest.raises(SingularJacobian):
        LinearField(np.zeros((2, 2)), [0, 0], np.ones((1, 2)), [0.0])
    with pytest.raises(ValueError, match="beyond the radius of convergence"):
        aliased(0.5 ** np.arange(1, 40)[:, None], 4, 2.9)


def test_the_slope_by_the_nudge_of_any_field_is_a_difference():
    field, state = own(), np.array([0.2, -0.1, 0.3, 0.5])
    ahead, behind = (field.residual(state, np.array(b)) for b in (1e-6, -1e-6))
    np.testing.assert_allclose(field.nudge_slope(state), (ahead - behind) / 2e-6, atol=1e-8)


@pytest.mark.parametrize("given", [True, False])
def test_the_jacobian_of_a_nudged_field_is_that_of_its_residual(given):
    matrix = np.array([[-1.0, 0.3], [0.2, -1.5]])
    own = Field(
        lambda u: u @ matrix.T + 0.1,
        lambda u: (u**4).sum(-1) / 4,
        np.zeros(2),
        jacobian=(lambda u: np.broadcast_to(matrix, (*u.shape[:-1], 2, 2))) if given else None,
    )
    states, nudges = np.array([[0.2, -0.4], [0.7, 0.1]]), np.array([0.3, -0.5])
    # The loss has the curvature 3 u^2.
    wanted = matrix - nudges[:, None, None] * 3 * states[:, None] ** 2 * np.eye(2)
    np.testing.assert_allclose(own.jacobian(states, nudges), wanted, atol=1e-12)
