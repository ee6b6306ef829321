"""The energy of convolutional networks: forces, least energies, stencils and their orders."""

from dataclasses import replace

import numpy as np
import pytest

from theory.ep import (
    ConvolutionalNetwork,
    FullSizeSettings,
    Stencil,
    bias,
    convolutional_estimate,
    energy,
    estimate,
    implicit_gradient,
    train_convolutional,
)
from theory.ep.activations import find_activation
from theory.ep.convolutional_energy import settled_states


@pytest.fixture(scope="module", params=[False, True], ids=["squared error", "soft read-out"])
def scene(request):
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, 0, soft=request.param, dtype=np.float64
    )
    images = np.random.default_rng(1).uniform(size=(3, 2, 8, 8))
    return network, images, np.eye(5)[[0, 3, 1]]


def _preactivations(network, images, states):
    return network.forces(network.ground(images), states)[0]


def test_the_energy_falls_along_the_forces(scene):
    network, images, _ = scene
    rng, sigma = np.random.default_rng(2), find_activation(network.activation)
    v = [rng.normal(0.4, 0.3, s.shape) for s in network.zeros(images)]
    force = _preactivations(network, images, [sigma.function(one) for one in v])
    for layer in range(len(v)):
        slope = sigma.derivative(v[layer]) * (v[layer] - force[layer])
        ends = []
        for sign in (1, -1):
            moved = [one.copy() for one in v]
            moved[layer].reshape(3, -1)[:, 1] += sign * 1e-5
            ends.append(energy(network, moved, images))
        np.testing.assert_allclose(
            (ends[0] - ends[1]) / 2e-5, slope.reshape(3, -1)[:, 1], atol=1e-8
        )


def _loss(network, states, targets):
    outputs = network.outputs(states)
    if network.soft:
        return -np.sum(targets * np.log(outputs), axis=1).mean()
    return 0.5 * np.sum((outputs - targets) ** 2, axis=1).mean()


def _least(network, images, targets, nudge):
    """The least nudged energy, mean over the batch."""
    sigma = find_activation(network.activation)
    states = settled_states(network, images, targets=targets, nudging_strength=nudge)
    v = [0.5 + np.log(s / (1 - s)) / 4 for s in states]  # of the shifted sigmoid
    for one, s in zip(v, states, strict=True):
        np.testing.assert_allclose(sigma.function(one), s)
    return energy(network, v, images).mean() + nudge * _loss(network, states, targets)


def test_an_estimate_is_the_slope_of_the_least_nudged_energies(scene):
    """No local product on the one side, no energy on the other; the read-out's own included."""
    network, images, targets = scene
    b, step, rng = 0.05, 3e-5, np.random.default_rng(3)
    found = estimate(network, images, targets, Stencil.symmetric(b))
    probe = [rng.standard_normal(p.shape) for p in network.parameters]

    def surrogate(sign):
        moved = [p + sign * step * q for p, q in zip(network.parameters, probe, strict=True)]
        other = replace(network, kernels=moved[:2], biases=moved[2:4], dense=moved[4],
                        dense_bias=moved[5])  # fmt: skip
        return (_least(other, images, targets, b) - _least(other, images, targets, -b)) / (2 * b)

    slope = (surrogate(1) - surrogate(-1)) / (2 * step)
    # In the order of a `Gradient`: kernels and dense weights, then biases.
    along = np.concatenate([probe[n].ravel() for n in (0, 1, 4, 2, 3, 5)])
    # The difference errs by its step squared, 1.3e-6 at a step of 1e-4.
    assert slope == pytest.approx(found.flat() @ along, abs=5e-7)


def test_stencils_reach_their_orders_while_no_maximum_moves(scene):
    network, images, targets = scene
    for make, order in (
        (Stencil.one_sided, 1),
        (Stencil.symmetric, 2),
        (lambda b: Stencil.order_n(b, 3), 3),
    ):
        gaps = [bias(network, images, targets, make(b)).norm() for b in (0.02, 0.01)]
        assert np.log2(gaps[0] / gaps[1]) == pytest.approx(order, abs=0.15)


def test_the_exact_gradient_is_the_slope_of_the_loss(scene):
    network, images, targets = scene
    exact = implicit_gradient(network, images, targets)
    for n, layer in ((1, "kernels"), (0, "kernels")):
        ends = []
        for sign in (1, -1):
            kernels = [k.copy() for k in network.kernels]
            kernels[n][1, 0, 2, 1] += sign * 1e-5
            other = replace(network, **{layer: kernels})
            ends.append(_loss(other, settled_states(other, images), targets))
        assert exact.weights[n][1, 0, 2, 1] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-9)


def test_stencils_train_as_the_rules_that_they_are():
    rng = np.random.default_rng(5)
    images, labels = rng.uniform(size=(24, 1, 8, 8)).astype("f"), rng.integers(0, 4, 24)

    def trained(rule, soft, runs=2):
        nets = [ConvolutionalNetwork.random((1, 8, 8), (3, 4), 4, k, soft=soft)
                for k in range(runs)]  # fmt: skip
        network = ConvolutionalNetwork.stack(nets)
        train_convolutional(network, images, labels, images, labels, rng=tuple(range(runs)),
                            rule=rule, epochs=1, batch_size=8, nudging_strength=0.4,
                            learning_rates=(0.1, 0.1, 0.1))  # fmt: skip
        return network.parameters

    for soft in (False, True):
        for rule, stencil in (
            ("one-sided", Stencil.one_sided(0.4)),
            ("symmetric", Stencil.symmetric(0.4)),
        ):
            for one, other in zip(trained(rule, soft), trained(stencil, soft), strict=True):
                np.testing.assert_allclose(one, other, atol=2e-5)  # single precision, two steps
    three = trained(Stencil.order_n(0.2, 3), True)
    assert np.isfinite(three[0]).all()


def test_what_has_no_energy_or_no_derivative_is_refused():
    own = ConvolutionalNetwork.random((1, 8, 8), (3, 4), 4, 0, soft=True, backward=True)
    images, targets = np.full((2, 1, 8, 8), 0.5, "f"), np.eye(4)[[0, 1]]
    for refused in (
        lambda: estimate(own, images, targets, Stencil.symmetric(0.1)),
        lambda: implicit_gradient(own, images, targets),
        lambda: energy(own, own.zeros(images), images),
    ):
        with pytest.raises(ValueError, match="backward kernels"):
            refused()
    steps = {"nudging_strength": 0.1, "steps": (5, 5)}
    with pytest.raises(ValueError, match="without backward"):
        convolutional_estimate(own, Stencil.symmetric(0.1), images, targets, **steps)
    plain = ConvolutionalNetwork.random((1, 8, 8), (3, 4), 4, 0)
    with pytest.raises(ValueError, match="pooling has kinks"):
        estimate(plain, images, targets, Stencil.contour(4, 0.1))
    with pytest.raises(ValueError, match="brings its own"):
        estimate(plain, images, targets, Stencil.symmetric(0.1), loss=object())
    with pytest.raises(ValueError, match="one by one"):
        bias(ConvolutionalNetwork.stack([plain, plain]), images, targets, Stencil.symmetric(0.1))
    with pytest.raises(ValueError, match="rule"):
        FullSizeSettings(rule="no rule")
