"""Estimates from circles of nudges: exact inside the radius of convergence, wrong outside."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    SquaredError,
    Stencil,
    estimate,
    readout_gradient,
)
from theory.holo_ep import (
    BeyondBranchPoint,
    ClampedNetwork,
    Contour,
    NotHolomorphic,
    branch_points,
    contour_estimate,
    deep_chain,
    exact_radius,
    toy_network,
)

quick = settings(max_examples=10, deadline=None, derandomize=True)
TOY = toy_network()
LENGTH = np.linalg.norm(TOY.gradient)


def random_network(seed, activation="tanh", batch=2, readout=True, scale=0.6):
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random((5, 4, 3), rng, scale=scale, activation=activation)
    loss = SoftReadout(rng.normal(size=(4, 3)), rng.normal(size=4)) if readout else SquaredError()
    targets = np.eye(4)[rng.integers(0, 4, batch)] if readout else rng.uniform(size=(batch, 3))
    return ClampedNetwork(network, rng.normal(size=(batch, 5)), targets, loss)


def test_the_toy_network_is_that_of_the_paper():
    """Orientation only: the stored single-precision values, as far as single precision goes."""
    free = [0.97041734, 0.90610629, 0.90691188, 0.10546808, 0.96682042, 0.85282962, 0.74290497]
    np.testing.assert_allclose(TOY.free[0, :7], free, atol=3e-8)
    assert LENGTH == pytest.approx(2.1373322861, abs=1e-7)
    assert TOY.loss.value(TOY.free[:, 4:], TOY.targets)[0] == pytest.approx(1.7158815, abs=1e-7)
    # And independently of every stored number: it is a fixed point of the written equations.
    w, v = TOY.network.weights
    s1, s2 = TOY.free[:, :4], TOY.free[:, 4:]
    np.testing.assert_allclose(
        1 / (1 + np.exp(2 - 4 * (TOY.inputs @ w.T + s2 @ v))), s1, atol=1e-13
    )
    np.testing.assert_allclose(1 / (1 + np.exp(2 - 4 * s1 @ v.T)), s2, atol=1e-13)


def test_the_gradient_is_that_of_the_loss_by_differences():
    """Network and read-out parameters, each moved by itself."""
    clamped = random_network(0)
    exact, step = clamped.gradient, 1e-5

    def loss(weights, biases, readout, offset):
        network = LayeredNetwork(weights, biases, "tanh")
        moved = ClampedNetwork(network, clamped.inputs, clamped.targets,
                               SoftReadout(readout, offset))  # fmt: skip
        return moved.loss.value(moved.free[:, network.slices[-1]], moved.targets).mean()

    net, out = clamped.network, clamped.loss
    arrays = [*net.weights, *net.biases, out.weights, out.biases]
    position = 0
    for k, array in enumerate(arrays):
        cell = tuple(n - 1 for n in array.shape)
        values = []
        for sign in (1, -1):
            moved = [a.copy() for a in arrays]
            moved[k][cell] += sign * step
            values.append(loss(moved[:2], moved[2:4], moved[4], moved[5]))
        position += array.size
        # Central differences err by step^2 times third derivatives, and rounding / step = 1e-9.
        assert exact[position - 1] == pytest.approx((values[0] - values[1]) / (2 * step), abs=2e-8)
    assert position == len(exact)


def test_inside_the_radius_enough_points_give_the_exact_gradient_and_outside_none_do():
    rho = exact_radius(TOY, 1.0)
    for radius in (0.05, 0.2, 0.35):
        # 64 points alias at (r / rho)^64 < 1e-17, so rounding alone is left.
        error = np.linalg.norm(contour_estimate(TOY, 64, radius) - TOY.gradient)
        assert error < 1e-12 * LENGTH
    for points in (16, 64, 256):
        outside = contour_estimate(TOY, points, 1.1 * rho, steps=400, warn=False)
        assert np.linalg.norm(outside - TOY.gradient) > 1e-2 * LENGTH


@quick
@given(
    seed=st.integers(0, 10**6),
    activation=st.sampled_from(["tanh", "sigmoid", "shifted_sigmoid"]),
    readout=st.booleans(),
    points=st.integers(8, 24),
)
def test_the_contour_agrees_with_implicit_differentiation(seed, activation, readout, points):
    clamped = random_network(seed, activation, readout=readout)
    limit = clamped.radius_estimates.min()
    radius = limit * 1e-12 ** (1 / points) * 0.2
    radius = max(radius, 1e-3)
    found = contour_estimate(clamped, points, radius)
    # Aliasing leaves about (radius / rho)^points; equilibria to 1e-14 leave 1e-13 / radius.
    allowed = 50 * (radius / limit) ** points + 1e-12 / radius
    assert np.linalg.norm(found - clamped.gradient) < allowed * (1 + np.linalg.norm(found))


@quick
@given(points=st.integers(1, 12), radius=st.floats(0.01, 0.5))
def test_conjugate_symmetry_halves_the_work_and_changes_nothing(points, radius):
    stencil = Contour.circle(points, radius)
    nodes, _ = stencil.half()
    nudged = np.count_nonzero(nodes)
    assert nudged == (1 if points == 1 else points // 2 + 1)
    assert np.all(nodes.imag >= 0)
    half = contour_estimate(TOY, points, radius)
    products = TOY.products(TOY.settled_states(stencil.nodes), stencil.nodes)
    whole = np.real(stencil.weights @ products)
    # Equilibria are exact to 1e-14 or better, and are divided by the radius.
    np.testing.assert_allclose(half, whole, atol=1e-12 / radius)


def test_conjugate_nudges_have_conjugate_equilibria():
    nudges = 0.4 * np.exp(1j * np.array([0.7, -0.7]))
    up, down = TOY.settled_states(nudges)
    np.testing.assert_allclose(up.conj(), down, atol=1e-13)


def test_one_and_two_points_are_the_classic_estimates_of_the_ep_package():
    for points, stencil in ((1, Stencil.one_sided(0.1)), (2, Stencil.symmetric(0.1))):
        classic = estimate(TOY.network, TOY.inputs, TOY.targets, stencil, TOY.loss, TOY.free)
        inner = classic.flat()
        found = contour_estimate(TOY, points, 0.1)
        np.testing.assert_allclose(found[: len(inner)], inner, atol=1e-10)
        nudges = (0.1,) if points == 1 else (0.1, -0.1)
        outer = readout_gradient(TOY.network, TOY.inputs, TOY.targets, TOY.loss, nudges)
        np.testing.assert_allclose(found[len(inner) : -4].reshape(4, 4), outer[:, :4], atol=1e-11)
        np.testing.assert_allclose(found[-4:], outer[:, 4], atol=1e-11)


def test_relaxation_for_many_steps_reaches_the_settled_states():
    nudges = 0.4 * np.exp(2j * np.pi * np.arange(5) / 5)
    states, change = TOY.relaxed_states(nudges, 300)
    np.testing.assert_allclose(states, TOY.settled_states(nudges), atol=1e-12)
    assert change.max() < 1e-13
    early, _ = TOY.relaxed_states(nudges, 300, settled=1e-10)
    np.testing.assert_allclose(early, states, atol=1e-9)


def test_relaxation_does_the_written_steps():
    nudge = np.array([0.3 + 0.2j])
    states, _ = TOY.relaxed_states(nudge, 2)
    w, v = TOY.network.weights
    s1, s2 = TOY.free[:, :4], TOY.free[:, 4:]
    for _ in range(2):
        z = np.exp(s2 @ TOY.loss.weights.T)
        error = TOY.targets - z / z.sum()
        below = 1 / (1 + np.exp(2 - 4 * (TOY.inputs @ w.T + s2 @ v)))
        above = s1 @ v.T + nudge * (error @ TOY.loss.weights)
        s1, s2 = below, 1 / (1 + np.exp(2 - 4 * above))
    np.testing.assert_allclose(states[0], np.concatenate([s1, s2], axis=1), atol=1e-14)


def test_samples_of_a_batch_do_not_mix():
    clamped = random_network(3, batch=3)
    whole = contour_estimate(clamped, 5, 0.2)
    net, loss = clamped.network, clamped.loss
    single = [
        ClampedNetwork(net, clamped.inputs[[i]], clamped.targets[[i]], loss) for i in range(3)
    ]
    alone = [contour_estimate(one, 5, 0.2) for one in single]
    np.testing.assert_allclose(whole, np.mean(alone, axis=0), atol=1e-12)


def test_a_radius_beyond_the_branch_point_warns_with_the_radius():
    with pytest.warns(
        BeyondBranchPoint, match=r"\|nudge\| = 0\.8 .* at \|nudge\| = 0\.6571;"
    ) as told:
        contour_estimate(TOY, 4, 0.8, steps=5)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        contour_estimate(TOY, 4, 0.3, steps=5)
        contour_estimate(TOY, 4, 0.8, steps=5, warn=False)
        contour_estimate(TOY, 1, 0.8, steps=5)  # a real nudge encloses nothing


@pytest.mark.parametrize(("radius", "beyond"), [(1.0, False), (2.0, True)])
def test_the_soft_clip_has_no_series_and_warns_where_more_points_do_not_help(radius, beyond):
    chain = deep_chain(2, 6, 0, batch=1)
    assert np.isnan(chain.radius_estimates).all()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        estimates = [contour_estimate(chain, points, radius) for points in (8, 16, 32)]
    assert [w.category for w in heard] == [BeyondBranchPoint] * (3 * beyond)
    gaps = [np.linalg.norm(e - chain.gradient) / np.linalg.norm(chain.gradient) for e in estimates]
    assert gaps[2] > 0.05 if beyond else gaps[2] < 1e-5


def test_what_cannot_be_is_refused():
    kinked = random_network(1, "hard_sigmoid")
    for call in (
        lambda: contour_estimate(kinked, 4, 0.1),
        lambda: kinked.settled_states(np.array([0.1j])),
        lambda: kinked.relaxed_states(np.array([0.1j]), 3),
        lambda: kinked.radius_estimates,
        lambda: branch_points(kinked.sample(), 1.0),
    ):
        with pytest.raises(
            NotHolomorphic, match=r"'hard_sigmoid' has kinks.*no complex derivative"
        ):
            call()
    assert np.isfinite(contour_estimate(kinked, 2, 0.1, warn=False)).all()  # real nudges are fine
    with pytest.raises(ValueError, match="points must be an integer, 1 or above"):
        contour_estimate(TOY, 0, 0.1)
    with pytest.raises(ValueError, match="radius must be a finite number above 0"):
        contour_estimate(TOY, 4, 0.0)
    with pytest.raises(TypeError, match="points must be an integer"):
        contour_estimate(TOY, 2.5, 0.1)
    with pytest.raises(ValueError, match="nudges must be finite"):
        TOY.settled_states(np.array([np.nan]))
    network = LayeredNetwork.random((2, 3, 2), 0, backward=True)
    with pytest.raises(ValueError, match="backward weights"):
        ClampedNetwork(network, np.ones((1, 2)), np.ones((1, 2)), SquaredError())
    with pytest.raises(ValueError, match=r"targets must have shape \(1, 4\)"):
        ClampedNetwork(TOY.network, TOY.inputs, np.ones((1, 3)), TOY.loss)
