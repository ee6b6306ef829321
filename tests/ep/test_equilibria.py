"""Every solver reaches the same equilibrium, and says so when it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    ACTIVATIONS,
    LayeredNetwork,
    Oscillates,
    SoftReadout,
    SquaredError,
    equilibrium,
    find_activation,
    trajectory,
)
from theory.ep.equilibria import METHODS
from theory.numerics import NotConverged

quick = settings(max_examples=25, deadline=None, derandomize=True)


def _plain_step(network, states, inputs, targets, nudging_strength):
    """One synchronous step written unit by unit from the equations of the paper."""
    layers = [inputs, *(states[:, part] for part in network.slices)]
    new = []
    for n in range(1, len(layers)):
        current = layers[n - 1] @ network.weights[n - 1].T + network.biases[n - 1]
        if n + 1 < len(layers):
            current = current + layers[n + 1] @ network.feedback[n - 1]
        else:
            current = current - nudging_strength * (layers[n] - targets)
        new.append(network.sigma.function(current))
    return np.concatenate(new, axis=1)


@quick
@given(
    seed=st.integers(0, 2**32 - 1),
    name=st.sampled_from(sorted(set(ACTIVATIONS) - {"linear"})),
    method=st.sampled_from(METHODS),
    nudging_strength=st.sampled_from([0.0, 0.2, -0.1]),
)
def test_an_equilibrium_is_a_fixed_point(seed, name, method, nudging_strength):
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random((4, 5, 3, 2), rng, scale=0.5, activation=name)
    inputs, targets = rng.normal(size=(3, 4)), rng.uniform(size=(3, 2))
    found = equilibrium(
        network, inputs, targets=targets, nudging_strength=nudging_strength, method=method
    )
    again = _plain_step(network, found.states, inputs, targets, nudging_strength)
    # The last change was at most 1e-12, and a contraction does not enlarge it.
    assert np.abs(again - found.states).max() < 1e-11
    assert found.residual < 1e-11 and found.sweeps >= 1


def test_the_trajectory_is_the_published_relaxation():
    rng = np.random.default_rng(0)
    network = LayeredNetwork.random((4, 5, 3, 2), rng, backward=True)
    inputs, targets = rng.normal(size=(3, 4)), rng.uniform(size=(3, 2))
    path = trajectory(network, inputs, 7, targets=targets, nudging_strength=0.3)
    states = np.zeros((3, 10))
    for step in path:
        np.testing.assert_allclose(step, states, atol=1e-14)
        states = _plain_step(network, states, inputs, targets, 0.3)


def test_alternating_takes_half_the_sweeps_and_anderson_far_fewer():
    """A chain of layers is bipartite, so odd and even layers need not wait for one another."""
    rng = np.random.default_rng(1)
    network = LayeredNetwork.random((64, 64, 64, 64, 10), rng, activation="shifted_sigmoid")
    inputs = rng.uniform(size=(50, 64))
    sweeps = {m: equilibrium(network, inputs, method=m, tolerance=1e-10).sweeps for m in METHODS}
    assert sweeps["alternating"] == pytest.approx(sweeps["synchronous"] / 2, rel=0.1)
    assert 5 * sweeps["anderson"] <= sweeps["synchronous"]


def test_a_cycle_of_period_two_is_told_from_slow_convergence():
    """Two mutually inhibiting layers: the synchronous map flips them for ever."""
    network = LayeredNetwork([[[1.0]], [[-3.0]]], [[0.0], [0.0]], "tanh")
    start = np.array([[0.5, 0.4]])
    with pytest.raises(Oscillates, match=r"alternates.*residual.*iterations"):
        equilibrium(network, [[0.0]], initial=start, method="synchronous", max_sweeps=400)
    settled = equilibrium(network, [[0.0]], initial=start, method="damped").states
    assert settled[0, 0] == pytest.approx(-settled[0, 1], rel=1e-6)
    with pytest.raises(NotConverged) as caught:
        equilibrium(network, [[0.0]], initial=start, method="alternating", max_sweeps=2)
    assert not isinstance(caught.value, Oscillates) and caught.value.residual > 1e-12


@pytest.mark.parametrize(("coupling", "error"), [(-3.0, Oscillates), (0.9, NotConverged)])
def test_a_cycle_is_one_of_the_units_that_move(coupling, error):
    """Samples, the second of which is at rest, and a unit without weights in each layer."""
    network = LayeredNetwork([[[1.0], [0.0]], np.diag([coupling, 0.0])], np.zeros((2, 2)), "tanh")
    start = np.array([[0.5, 0.0, 0.4, 0.0], np.zeros(4), [0.5, 0.0, 0.4, 0.0]])
    sweeps = 400 if error is Oscillates else 6
    with pytest.raises(NotConverged) as caught:
        equilibrium(network, np.zeros((3, 1)), initial=start, method="synchronous",
                    max_sweeps=sweeps)  # fmt: skip
    assert type(caught.value) is error


def test_the_soft_readout_nudges_through_its_own_weights():
    rng = np.random.default_rng(3)
    network = LayeredNetwork.random((4, 5, 3), rng, scale=0.6)
    loss = SoftReadout(rng.normal(size=(6, 3)), rng.normal(size=6))
    inputs, targets = rng.normal(size=(2, 4)), np.eye(6)[[1, 4]]
    found = equilibrium(network, inputs, targets=targets, nudging_strength=0.2, loss=loss).states
    scores = np.exp(found[:, 5:] @ loss.weights.T + loss.biases)
    error = targets - scores / scores.sum(axis=1, keepdims=True)
    current = found[:, :5] @ network.weights[1].T + network.biases[1] + 0.2 * error @ loss.weights
    np.testing.assert_allclose(np.tanh(current), found[:, 5:], atol=1e-11)


@pytest.mark.parametrize(
    "loss", [SquaredError(), SoftReadout(np.ones((3, 2)) * [1, -2], np.zeros(3))]
)
def test_losses_have_the_slopes_and_curvatures_of_their_values(loss):
    rng = np.random.default_rng(4)
    output = rng.normal(size=(1, 2))
    targets = rng.uniform(size=(1, 2 if isinstance(loss, SquaredError) else 3))
    targets = targets / targets.sum()
    step = 1e-5 * np.eye(2)
    slope = [
        (loss.value(output + h, targets) - loss.value(output - h, targets))[0] / 2e-5 for h in step
    ]
    # Central differences err by step^2 / 6 of third derivatives of order one, and by rounding.
    np.testing.assert_allclose(loss.gradient(output, targets)[0], slope, atol=1e-9)
    bend = [
        (loss.gradient(output + h, targets) - loss.gradient(output - h, targets))[0] / 2e-5
        for h in step
    ]
    np.testing.assert_allclose(loss.curvature(output, targets)[0], bend, atol=1e-9)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_have_the_slopes_they_state(name):
    activation = find_activation(name)
    u = np.linspace(-3, 3, 61) + 0.013  # off the kinks
    numeric = (activation.function(u + 1e-6) - activation.function(u - 1e-6)) / 2e-6
    np.testing.assert_allclose(activation.derivative(u), numeric, atol=1e-8)
    if activation.smooth:
        complex_step = activation.function(u + 1e-30j).imag / 1e-30
        np.testing.assert_allclose(activation.derivative(u), complex_step, atol=1e-14)


GOOD = dict(weights=[np.ones((3, 2)), np.ones((1, 3))], biases=[np.zeros(3), np.zeros(1)])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weights": [np.ones((3, 2)), np.ones((1, 4))]}, "they need 3 columns"),
        ({"biases": [np.zeros(3)]}, "1 given for 2 layers"),
        ({"biases": [np.zeros(3), np.zeros(2)]}, "biases.*shape"),
        ({"weights": [np.full((3, 2), np.nan), np.ones((1, 3))]}, "weights"),
        ({"activation": "tanhh"}, "activation.*tanh"),
        ({"backward": [np.ones((3, 2))]}, "backward.*shape"),
        ({"backward": []}, "0 given for 1 hidden"),
        ({"weights": []}, "at least one layer"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(change, sentence):
    LayeredNetwork(**GOOD)
    with pytest.raises(ValueError, match=sentence):
        LayeredNetwork(**GOOD | change)


def test_an_equilibrium_that_cannot_be_is_refused():
    network = LayeredNetwork(**GOOD, activation="hard_sigmoid")
    with pytest.raises(ValueError, match="needs targets"):
        equilibrium(network, np.ones((1, 2)), nudging_strength=0.1)
    with pytest.raises(ValueError, match="has kinks"):
        equilibrium(network, np.ones((1, 2)), targets=np.ones((1, 1)), nudging_strength=0.1j)
    with pytest.raises(ValueError, match=r"inputs: 3 columns; the network takes 2"):
        equilibrium(network, np.ones((1, 3)))
    for targets, sentence in (
        (np.ones((1, 2)), r"targets must have shape \(1, 1\)"),
        (np.ones((2, 1)), r"targets must have shape \(1, 1\)"),
        (np.full((1, 1), np.nan), "targets must be finite"),
    ):
        with pytest.raises(ValueError, match=sentence):
            equilibrium(network, np.ones((1, 2)), targets=targets, nudging_strength=0.1)
    with pytest.raises(ValueError, match="inputs must be finite"):
        equilibrium(network, np.array([[np.nan, 1.0]]))
    with pytest.raises(ValueError, match="nudging_strength must be a finite complex number"):
        equilibrium(network, np.ones((1, 2)), targets=np.ones((1, 1)), nudging_strength=np.nan)
    loss = SoftReadout(np.ones((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match=r"targets must have shape \(1, 3\)"):
        equilibrium(network, np.ones((1, 2)), targets=np.ones((1, 1)), loss=loss)
    with pytest.raises(ValueError, match=r"method.*anderson"):
        equilibrium(network, np.ones((1, 2)), method="newton")
