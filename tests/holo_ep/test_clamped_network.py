"""The clamped network: its products, its gradient, its symmetries, and states of many nudges."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory.ep import LayeredNetwork, SoftReadout, SquaredError, equilibrium, hebbian
from theory.ep.gradients import implicit_gradient
from theory.holo_ep import (
    ClampedNetwork,
    branch_points,
    contour_estimate,
    toy_network,
)
from theory.holo_ep.clamped_network import NudgedRows
from theory.holo_ep.examples import layer_slices

quick = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(0, 10**6)


def clamped_network(seed, sizes=(4, 5, 3), batch=2, readout=True, scale=0.6):
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random(sizes, rng, scale=scale)
    outputs = sizes[-1]
    loss = SoftReadout(rng.normal(size=(4, outputs)), rng.normal(size=4))
    if not readout:
        return ClampedNetwork(
            network, rng.normal(size=(batch, sizes[0])), rng.uniform(size=(batch, outputs)),
            SquaredError(),
        )  # fmt: skip
    targets = np.eye(4)[rng.integers(0, 4, batch)]
    return ClampedNetwork(network, rng.normal(size=(batch, sizes[0])), targets, loss)


@quick
@given(seed=seeds, nudge=st.complex_numbers(max_magnitude=0.3, allow_nan=False))
def test_the_products_are_those_of_every_synapse(seed, nudge):
    clamped = clamped_network(seed)
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(1, 2, 8)) + 1j * rng.normal(size=(1, 2, 8))
    found = clamped.products(states, np.array([nudge]))[0]
    inner = -hebbian(clamped.network, states[0], clamped.inputs).flat()
    np.testing.assert_allclose(found[: len(inner)], inner, atol=1e-13)
    logits = states[0][:, 5:] @ clamped.loss.weights.T + clamped.loss.biases
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    outer = nudge * np.mean(
        [np.outer(e, s) for e, s in zip(p - clamped.targets, states[0][:, 5:], strict=True)], axis=0
    )
    np.testing.assert_allclose(found[len(inner) : -4], outer.ravel(), atol=1e-12)
    np.testing.assert_allclose(found[-4:], nudge * (p - clamped.targets).mean(axis=0), atol=1e-12)


@quick
@given(seed=seeds, readout=st.booleans())
def test_the_gradient_holds_that_of_the_ep_package(seed, readout):
    clamped = clamped_network(seed, readout=readout)
    inner = implicit_gradient(
        clamped.network, clamped.inputs, clamped.targets, clamped.loss, clamped.free
    ).flat()
    np.testing.assert_allclose(clamped.gradient[: len(inner)], inner, atol=1e-13)
    assert len(clamped.gradient) == len(inner) + (16 if readout else 0)


def test_the_slices_of_the_layers_hold_their_weights():
    clamped = clamped_network(1, sizes=(4, 5, 6, 3))
    slices = layer_slices(clamped)
    assert list(slices) == ["layer 1", "layer 2", "layer 3", "read-out"]
    assert [s.stop - s.start for s in slices.values()] == [20, 30, 18, 12]
    exact = implicit_gradient(clamped.network, clamped.inputs, clamped.targets, clamped.loss)
    second = clamped.gradient[slices["layer 2"]].reshape(6, 5)
    np.testing.assert_allclose(second, exact.weights[1], atol=1e-11)


@quick
@given(seed=seeds)
@example(seed=261118)  # from zero, relaxation reaches another equilibrium than from the free one
def test_many_nudges_settle_where_each_alone_does(seed):
    clamped = clamped_network(seed)
    nudges = 0.15 * np.exp(1j * np.linspace(0, 5, 4))
    together = clamped.settled_states(nudges)
    for nudge, states in zip(nudges, together, strict=True):
        alone = equilibrium(
            clamped.network, clamped.inputs, targets=clamped.targets, nudging_strength=nudge,
            loss=clamped.loss, initial=clamped.free, tolerance=1e-14,
        ).states  # fmt: skip
        np.testing.assert_allclose(states, alone, atol=1e-12)


def test_rows_of_a_loss_carry_their_own_nudges():
    loss = NudgedRows(SquaredError(), 4)
    output, goal = np.array([[0.3 + 0.1j, 0.2], [0.5, -0.4]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    targets = np.column_stack([goal, [0.5, 0.0], [0.25, -1.0]])
    expected = np.array([[0.5 + 0.25j], [-1j]]) * (output - goal)
    np.testing.assert_allclose(loss.gradient(output, targets), expected)
    assert loss.gradient(output.real, targets).dtype == float  # a real state takes real nudges
    assert len(loss.biases) == 4


@pytest.mark.parametrize("row", [[0.5, 0.2, 0.2, 0.2], [1.2, 0.1, -0.3, 0.0]])
def test_one_target_that_is_no_distribution_is_refused(row):
    clamped = clamped_network(3)
    with pytest.raises(ValueError, match="every row is a distribution"):
        ClampedNetwork(clamped.network, clamped.inputs, [[0, 1, 0, 0], row], clamped.loss)


def test_permuting_hidden_units_permutes_the_gradient():
    clamped = clamped_network(5)
    order = np.array([3, 0, 4, 1, 2])
    (w, v), (b, c) = clamped.network.weights, clamped.network.biases
    other = ClampedNetwork(
        LayeredNetwork([w[order], v[:, order]], [b[order], c]), clamped.inputs, clamped.targets,
        clamped.loss,
    )  # fmt: skip
    first, second = (contour_estimate(net, 6, 0.1) for net in (clamped, other))
    np.testing.assert_allclose(
        first[:20].reshape(5, 4)[order], second[:20].reshape(5, 4), atol=1e-12
    )
    np.testing.assert_allclose(
        first[20:35].reshape(3, 5)[:, order], second[20:35].reshape(3, 5), atol=1e-12
    )


def test_scaling_the_loss_scales_the_nudge():
    """beta C with C doubled is 2 beta C: the same states at half the radius, twice the gradient."""
    single = clamped_network(6, readout=False)

    class Doubled(SquaredError):
        def value(self, output, targets):
            return 2 * super().value(output, targets)

        def gradient(self, output, targets):
            return 2 * super().gradient(output, targets)

    double = ClampedNetwork(single.network, single.inputs, single.targets, Doubled())
    np.testing.assert_allclose(
        contour_estimate(double, 3, 0.1, warn=False),
        2 * contour_estimate(single, 3, 0.2, warn=False), atol=1e-11,
    )  # fmt: skip


def test_circles_of_several_radii_relax_as_each_alone():
    toy, radii = toy_network(), [0.05, 0.2, 0.45]
    for points, steps in ((1, None), (3, None), (4, 30), (7, 5)):
        together = contour_estimate(toy, points, radii, steps=steps)
        alone = [contour_estimate(toy, points, r, steps=steps) for r in radii]
        np.testing.assert_allclose(together, alone, atol=1e-11)


def test_the_estimate_of_a_network_at_rest_at_its_target_is_zero():
    """Where the loss has no slope, no nudge moves anything."""
    clamped = clamped_network(7, readout=False)
    goal = clamped.free[:, clamped.network.slices[-1]]
    content = ClampedNetwork(clamped.network, clamped.inputs, goal, SquaredError())
    assert np.abs(contour_estimate(content, 5, 0.3, warn=False)).max() < 1e-12
    assert np.abs(content.gradient).max() < 1e-12


@pytest.mark.parametrize("readout", [True, False])
def test_branches_and_branch_points_exist_for_both_losses(readout):
    clamped = clamped_network(8, sizes=(3, 3, 2), batch=2, readout=readout, scale=1.0)
    for sample in (0, 1):
        branch = clamped.sample(sample)
        nudge = 0.2 + 0.1j
        there = branch.along(np.linspace(0, nudge, 20))[-1]
        settled = clamped.settled_states(np.array([nudge]))[0, sample]
        np.testing.assert_allclose(there, settled, atol=1e-11)
    found = branch_points(branch, 6.0, angles=31, step=0.1)
    assert found
    for point in found:
        matrix = branch.jacobian(point.state, np.array(point.nudge))
        assert np.linalg.svd(matrix, compute_uv=False)[-1] < 1e-10
        assert np.abs(branch.residual(point.state, np.array(point.nudge))).max() < 1e-10
    assert found == sorted(found, key=lambda p: abs(p.nudge))


def test_the_estimated_radii_are_those_of_the_samples():
    clamped = clamped_network(9, scale=1.0)
    single = [
        ClampedNetwork(
            clamped.network, clamped.inputs[[i]], clamped.targets[[i]], clamped.loss
        ).radius_estimates[0]
        for i in (0, 1)
    ]
    np.testing.assert_allclose(clamped.radius_estimates, single, rtol=1e-9)
