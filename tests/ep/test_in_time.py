"""Onset, parity and tail of the nudged phase, and networks with backward weights in the limit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    Stencil,
    asymmetry_factor,
    backpropagation_through_time,
    continual_update,
    equilibrium,
    estimate,
    implicit_gradient,
    increments,
    nudged_path,
    truncated_estimates,
    vector_field_estimate,
)
from theory.ep.gradients import slopes

quick = settings(max_examples=12, deadline=None, derandomize=True)


def scene(depth, seed=0, backward=False):
    rng = np.random.default_rng(seed)
    sizes = (4, *rng.integers(2, 6, depth - 1), 3)
    network = LayeredNetwork.random(tuple(map(int, sizes)), rng, scale=0.7, backward=backward)
    x, y = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 3))
    return network, x, y, equilibrium(network, x, tolerance=1e-14).states


@quick
@given(depth=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_layers_hear_of_the_nudge_one_after_the_other_and_on_every_second_step(depth, seed):
    network, x, y, free = scene(depth, seed)
    parts = backpropagation_through_time(network, x, y, depth + 5, free=free)
    for n in range(depth):
        onset = depth - 1 - n
        bias = [np.abs(p.biases[n]).max() for p in parts]
        weight = [np.abs(p.weights[n]).max() for p in parts]
        assert not any(bias[:onset]) and not any(weight[:onset])
        assert bias[onset] > 0
        alone = depth == 1  # a single layer has no one to talk to: one contribution only
        assert not any(bias[onset + 1 :: 2]) and (alone or all(b > 0 for b in bias[onset::2]))
        if n > 0:  # an inner weight listens to both its ends
            assert weight[onset + 1] > 0


def test_contributions_fall_by_the_squared_spectral_radius_in_two_steps():
    network, x, y, free = scene(4, 1)
    x, y, free = x[:1], y[:1], free[:1]
    parts = backpropagation_through_time(network, x, y, 90, free=free)
    slope = slopes(network, free, x)[0]
    rho = np.abs(np.linalg.eigvals(slope[:, None] * network.coupling())).max()
    tail = [np.linalg.norm(p.flat()) for p in parts[60:80:2]]
    np.testing.assert_allclose([b / a for a, b in pairwise(tail)], rho**2, rtol=1e-3)


@pytest.mark.parametrize("nudge", [0.2, -0.1])
def test_running_estimates_start_at_zero_and_end_at_the_estimate(nudge):
    network, x, y, free = scene(3, 2)
    path = truncated_estimates(network, x, y, nudge, 300, free=free)
    assert not path[0].flat().any()
    wanted = estimate(network, x, y, Stencil.one_sided(nudge), free=free).flat()
    np.testing.assert_allclose(path[-1].flat(), wanted, atol=1e-10)
    states = nudged_path(network, x, y, nudge, 300, free=free)
    pieces = increments(network, x, states, nudge)[1]
    np.testing.assert_allclose(np.cumsum(pieces, axis=0)[-1], path[-1].flat(), atol=1e-12)


def test_the_equivalence_holds_behind_a_soft_readout():
    network, x, _, free = scene(3, 3)
    rng, nudge = np.random.default_rng(3), 1e-6
    loss, targets = SoftReadout(rng.normal(size=(4, 3)), rng.normal(size=4)), np.eye(4)[[0, 3, 2]]
    path = truncated_estimates(network, x, targets, nudge, 10, loss, free)
    parts = backpropagation_through_time(network, x, targets, 10, loss, free)
    for (before, after), part in zip(pairwise(path), parts, strict=True):
        # Bias of order the nudge, rounding of 1e-16 over the nudge.
        np.testing.assert_allclose((after - before).flat(), part.flat(), atol=1e-5)


def test_without_symmetry_the_equivalence_is_lost_after_the_first_steps():
    network, x, y, free = scene(3, 4, backward=True)
    nudge = 1e-6
    path = nudged_path(network, x, y, nudge, 6, free=free)
    change = -np.diff(path, axis=0)[:, :, network.slices[-1]] / nudge
    parts = backpropagation_through_time(network, x, y, 6, free=free)
    ours = change.mean(axis=1)
    assert np.abs(ours[0] - parts[0].biases[-1]).max() < 1e-5
    # Two steps later the signal has gone down by B' and up by W, that of BPTT by W' and B.
    assert np.abs(ours[2] - parts[2].biases[-1]).max() > 1e-3


def test_with_equal_weights_both_directions_share_the_exact_gradient():
    network, x, y, free = scene(3, 5)
    twin = network.with_parameters(network.weights, network.biases, network.weights[1:])
    found = vector_field_estimate(twin, x, y, 1e-4)
    exact = implicit_gradient(network, x, y, free=free)
    np.testing.assert_allclose(found.weights[0], exact.weights[0], atol=1e-7)
    for n in (1, 2):
        both = found.weights[n] + found.backward[n - 1]
        np.testing.assert_allclose(both, exact.weights[n], atol=1e-7)
    with pytest.raises(ValueError, match="it has backward weights"):
        estimate(twin, x, y, Stencil.symmetric(0.1))


@quick
@given(
    rate=st.floats(1e-3, 0.3),
    decay=st.floats(1e-4, 0.1),
    momentum=st.floats(0, 0.95),
    steps=st.integers(0, 200),
)
def test_the_asymmetry_law_is_the_recursion(rate, decay, momentum, steps):
    value, velocity = 1.0, 0.0
    for _ in range(steps):
        velocity = momentum * velocity + decay * value
        value -= rate * velocity
    # Where the two roots nearly meet, their weights cancel: half the digits are lost.
    assert asymmetry_factor(rate, decay, momentum, steps) == pytest.approx(value, abs=1e-6)


def test_the_asymmetry_law_without_momentum_is_a_power():
    found = asymmetry_factor(0.1, 0.2, 0.0, np.arange(5))
    np.testing.assert_allclose(found, 0.98 ** np.arange(5), atol=1e-14)


def test_continual_moves_add_up_to_the_ordinary_update_for_small_learning_rates():
    network, x, y, free = scene(3, 6)
    nudge, steps = 0.1, 40
    wanted = truncated_estimates(network, x, y, nudge, steps, free=free)[-1].flat()

    def gap(rate):
        moved = continual_update(network, x, y, nudge, steps, rate, free=free)
        change = [(a - b).ravel() for a, b in zip(
            (*moved.weights, *moved.biases), (*network.weights, *network.biases), strict=True
        )]  # fmt: skip
        return np.linalg.norm(np.concatenate(change) / rate + wanted) / np.linalg.norm(wanted)

    # The weights seen by later steps have moved by order of the rate over the nudge.
    assert gap(1e-4) < 0.01 and gap(2e-4) / gap(1e-4) == pytest.approx(2, rel=0.05)
    with pytest.raises(ValueError, match="other than 0"):
        continual_update(network, x, y, 0.0, steps, 0.1)
    with pytest.raises(ValueError, match="learning_rate must be"):
        continual_update(network, x, y, 0.1, steps, 0.0)
