"""Surrogate losses, poles, kinks, two units, nudges outside, read-outs and best stencils."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    BinaryCrossEntropy,
    LayeredNetwork,
    SoftReadout,
    Stencil,
    backpropagation_through_time,
    best_stencil,
    best_weights,
    equilibrium,
    equilibrium_series,
    estimate,
    gradient_series,
    hebbian,
    implicit_gradient,
    increments,
    linear_pieces,
    linear_response,
    linear_surrogate,
    loss_along,
    mean_square_error,
    nudged_path,
    output_compliance,
    pole,
    radius_of_convergence,
    readout_gradient,
    sample_products,
    simulate_two_units,
    state_errors,
    surrogate_loss,
    true_errors,
    vector_field_errors,
)
from theory.ep.gradients import slopes
from theory.ep.vector_field import angle, bias, relax_nudged
from theory.numerics import NotConverged

quick = settings(max_examples=15, deadline=None, derandomize=True)


def scene(seed=0, activation="linear", scale=0.6):
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random((4, 5, 3), rng, scale=scale, activation=activation)
    x, y = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 3))
    return network, x, y, equilibrium(network, x, tolerance=1e-14).states


@quick
@given(seed=st.integers(0, 2**32 - 1), side=st.sampled_from(["one-sided", "negative", "symmetric"]))
def test_closed_surrogates_are_averages_of_the_loss(seed, side):
    network, x, y, free = scene(seed)
    compliance = output_compliance(network, free, x)
    nudge = 0.4 * abs(pole(compliance))
    closed = linear_surrogate(compliance, free[:, network.slices[-1]] - y, nudge, side).mean()
    assert surrogate_loss(network, x, y, nudge, side, points=20) == pytest.approx(closed, rel=1e-8)


@pytest.mark.parametrize("nudge", [0.3, -0.3])
def test_linear_response_is_exact_inside_one_piece(nudge):
    network, x, y, _ = scene(1, "wide_hard_sigmoid", 0.4)
    network = network.with_parameters(network.weights, [b + 0.8 for b in network.biases])
    free = equilibrium(network, x, tolerance=1e-14).states
    found = equilibrium(network, x, targets=y, nudging_strength=nudge, tolerance=1e-14).states
    pieces = linear_pieces(network, found, x, targets=y, nudging_strength=nudge)
    assert not pieces.any()
    np.testing.assert_allclose(linear_response(network, free, x, y, nudge), found, atol=1e-12)


def test_beyond_the_pole_no_equilibrium_is_given():
    network, x, y, free = scene(2)
    limit = pole(output_compliance(network, free, x))
    just, beyond = 0.97 * limit, 1.1 * limit
    assert np.isfinite(estimate(network, x, y, Stencil.one_sided(just)).flat()).all()
    with pytest.raises(NotConverged, match=rf"no stable equilibrium at {beyond:.4g}.*pole at"):
        estimate(network, x, y, Stencil.one_sided(float(f"{beyond:.4g}")))
    errors = free[:, network.slices[-1]] - y
    with pytest.raises(ValueError, match=f"beyond the pole at {limit:.4g}"):
        linear_surrogate(output_compliance(network, free, x), errors, -beyond, "symmetric")
    with pytest.raises(ValueError, match="side must be one of"):
        surrogate_loss(network, x, y, 0.1, "both")


def test_the_loss_near_the_pole_diverges():
    network, x, y, free = scene(3)
    limit = pole(output_compliance(network, free, x))
    losses = loss_along(network, x, y, limit * np.array([0.5, 0.9, 0.97]))
    assert losses[2] > 5 * losses[1] > 10 * losses[0] / 2


def test_pieces_of_a_kinked_activation():
    network = LayeredNetwork([np.eye(3)], [np.zeros(3)], "hard_sigmoid")
    pieces = linear_pieces(network, np.zeros((1, 3)), np.array([[-0.5, 0.5, 1.5]]))
    np.testing.assert_array_equal(pieces, [[-1, 0, 1]])
    with pytest.raises(ValueError, match="is smooth"):
        linear_pieces(LayeredNetwork([np.eye(3)], [np.zeros(3)]), np.zeros((1, 3)), np.ones((1, 3)))


def test_a_kink_spoils_the_second_order_of_the_symmetric_estimate():
    """One unit just above its kink: the negative nudge takes it across, the positive does not."""
    network = LayeredNetwork([[[1.0]]], [[0.01]], "hard_sigmoid")
    x, y = np.zeros((1, 1)), np.ones((1, 1))
    free = equilibrium(network, x).states
    exact = implicit_gradient(network, x, y, free=free).biases[0][0]
    inside, across = (
        abs(estimate(network, x, y, Stencil.symmetric(b), free=free).biases[0][0] / exact - 1)
        for b in (0.005, 0.1)
    )
    assert inside < 1e-4 and across > 0.3  # second order would allow 0.01 at 0.1


def test_two_units_follow_the_gradient_of_their_loss():
    """Symmetric training with a tiny nudge is training by the exact gradient."""
    exact = simulate_two_units("gradient", 0.1, 300)
    tiny = simulate_two_units("symmetric", 1e-4, 300)
    np.testing.assert_allclose(tiny.coupling, exact.coupling, atol=1e-5)
    np.testing.assert_allclose(tiny.compliance, 1 / (1 - tiny.coupling**2))
    one = simulate_two_units("one-sided", 0.2, 1000)
    assert one.unstable_at == len(one.coupling) - 1 < 600
    assert simulate_two_units("one-sided", 0.2, 1000, half_difference=0.0).unstable_at is None
    with pytest.raises(ValueError, match="rule must be one of"):
        simulate_two_units("both", 0.1, 10)


def test_products_of_samples_average_to_the_hebbian_products():
    network, x, _, free = scene(4)
    np.testing.assert_allclose(
        sample_products(network, free, x).mean(axis=0), hebbian(network, free, x).flat()
    )


@pytest.mark.parametrize("activation", ["tanh", "shifted_sigmoid"])
def test_state_increments_carry_the_slopes_and_parameters_do_not(activation):
    network, x, y, free = scene(5, activation)
    nudge, steps = 1e-6, 8
    path = nudged_path(network, x, y, nudge, steps, free=free)
    states, parameters = increments(network, x, path, nudge)
    errors = state_errors(network, x, y, steps, free)
    # Bias of order the nudge; rounding of order 1e-16 / nudge.
    np.testing.assert_allclose(states, slopes(network, free, x) * errors, atol=1e-5)
    parts = [p.flat() for p in backpropagation_through_time(network, x, y, steps, free=free)]
    np.testing.assert_allclose(parameters, parts, atol=1e-5)
    assert np.abs(states - errors)[0].max() > 1e-2 or activation == "linear"


def test_an_outside_nudge_descends_a_quarter_of_the_cross_entropy():
    network, x, y, free = scene(6, "shifted_sigmoid")
    nudge = 1e-6
    path = nudged_path(network, x, y, nudge, 200, outside=True, free=free)
    found = increments(network, x, path, nudge)[1].sum(axis=0)
    wanted = implicit_gradient(network, x, y, BinaryCrossEntropy(0.25), free).flat()
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert np.abs(found - implicit_gradient(network, x, y, free=free).flat()).max() > 1e-2


def test_the_binary_cross_entropy_has_its_slopes():
    loss, rng = BinaryCrossEntropy(0.7), np.random.default_rng(0)
    s, y, h = rng.uniform(0.2, 0.8, (1, 2)), rng.uniform(size=(1, 2)), 1e-5 * np.eye(2)
    slope = [(loss.value(s + e, y) - loss.value(s - e, y))[0] / 2e-5 for e in h]
    np.testing.assert_allclose(loss.gradient(s, y)[0], slope, atol=1e-8)
    bend = [(loss.gradient(s + e, y) - loss.gradient(s - e, y))[0] / 2e-5 for e in h]
    np.testing.assert_allclose(loss.curvature(s, y)[0], bend, atol=1e-7)


@pytest.mark.parametrize("output", [-0.1, 0.0, 1.0, 1.1])
@pytest.mark.parametrize("method", ["value", "gradient"])
def test_a_cross_entropy_needs_every_output_between_0_and_1(method, output):
    with pytest.raises(ValueError, match="outputs between 0 and 1"):
        getattr(BinaryCrossEntropy(), method)(np.array([[0.5, output]]), np.array([[0.0, 1.0]]))


def test_the_readout_gradient_is_that_of_the_loss_and_its_bias_has_the_derived_orders():
    rng = np.random.default_rng(7)
    network = LayeredNetwork.random((4, 6), rng, scale=0.7)
    loss = SoftReadout(rng.normal(size=(3, 6)), rng.normal(size=3))
    x, y = rng.uniform(size=(5, 4)), np.eye(3)[[0, 1, 2, 0, 1]]
    exact = readout_gradient(network, x, y, loss, (0.0,))
    output = equilibrium(network, x).states
    values = []
    for sign in (1, -1):
        weights = loss.weights.copy()
        weights[1, 2] += sign * 1e-5
        values.append(SoftReadout(weights, loss.biases).value(output, y).mean())
    assert exact[1, 2] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-9)
    for nudges, order in (((1,), 1), ((1, -1), 2)):
        errors = [
            np.linalg.norm(
                readout_gradient(network, x, y, loss, tuple(b * k for k in nudges)) - exact
            )
            for b in (0.002, 0.004)
        ]
        assert np.log2(errors[1] / errors[0]) == pytest.approx(order, abs=0.05)


@quick
@given(seed=st.integers(0, 2**32 - 1))
def test_the_vector_field_loses_its_antisymmetric_part(seed):
    rng = np.random.default_rng(seed)
    raw = 0.4 * rng.normal(size=(6, 6)) / np.sqrt(6)
    drive, cost = rng.normal(size=(2, 6))
    free = relax_nudged(raw, drive, 0 * cost)
    slope = 1 - free**2
    exact, found = true_errors(raw, slope, cost), vector_field_errors(raw, slope, cost)
    np.testing.assert_allclose(found - exact, bias(raw, slope, cost), atol=1e-12)
    with pytest.raises(NotConverged, match="did not settle"):
        relax_nudged(raw, drive, cost, steps=2)
    both = [relax_nudged(raw, drive, sign * 1e-4 * cost) for sign in (1, -1)]
    np.testing.assert_allclose((both[0] - both[1]) / 2e-4, found, atol=1e-6)
    even = raw + raw.T
    assert angle(true_errors(even, slope, cost), vector_field_errors(even, slope, cost)) < 1e-4


@pytest.fixture(scope="module")
def coefficients():
    network, x, y, free = scene(8, "tanh")
    return gradient_series(network, equilibrium_series(network, x, y, 20, free=free), x)


def test_no_weights_on_the_same_nodes_do_better(coefficients):
    nodes, noise, rng = (-0.1, 0.05, 0.1), 1e-4, np.random.default_rng(0)
    best = best_weights(coefficients, nodes, noise)
    least = mean_square_error(coefficients, best, noise)
    # The one direction that keeps both moments.
    free = np.cross(np.ones(3), nodes)
    for step in (1e-3, -1e-3, 0.1 * rng.normal()):
        moved = Stencil("moved", nodes, tuple(np.array(best.weights) + step * free * 100))
        assert mean_square_error(coefficients, moved, noise) > least


def test_without_noise_the_weights_are_of_the_highest_order(coefficients):
    nodes = (-0.02, -0.01, 0.01, 0.02)
    best = best_weights(coefficients, nodes, 0.0)
    exact = mean_square_error(coefficients, Stencil.through(nodes), 0.0)
    assert mean_square_error(coefficients, best, 0.0) <= exact


def test_more_equilibria_are_never_worse_and_two_are_symmetric(coefficients):
    largest = 0.5 * radius_of_convergence(coefficients[1:])
    found = {n: best_stencil(coefficients, n, 1e-6, largest, points=20) for n in (2, 3, 4, 6)}
    assert found[6][1] < found[4][1] < found[2][1] and found[3][1] < found[2][1]
    loud = {n: best_stencil(coefficients, n, 0.1, largest, points=20)[1] for n in (2, 3, 4, 5)}
    assert max(loud[3], loud[4], loud[5]) <= loud[2] * (1 + 1e-9)
    nodes = found[2][0].nodes
    assert nodes[0] == pytest.approx(-nodes[1])


def test_what_cannot_be_is_refused(coefficients):
    with pytest.raises(ValueError, match="equilibria must be"):
        best_stencil(coefficients, 1, 1e-3, 0.1)
    with pytest.raises(ValueError, match="beyond the radius of convergence"):
        best_stencil(coefficients, 3, 1e-3, 5.0)
    with pytest.raises(ValueError, match="noise must be"):
        best_weights(coefficients, (0.0, 0.1), -1.0)
    with pytest.raises(ValueError, match="not distinct"):
        best_weights(coefficients, (0.1, 0.1), 0.0)
