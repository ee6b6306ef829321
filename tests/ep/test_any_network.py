"""Networks coupled in any symmetric way, own activations and losses: the theory holds for all."""

import numpy as np
import pytest

from theory.ep import (
    Activation,
    CoupledNetwork,
    Gradient,
    LayeredNetwork,
    Loss,
    SoftReadout,
    Stencil,
    TrainingSettings,
    agnostic_step,
    backpropagation_through_time,
    bias,
    continual_update,
    coupled_direction,
    coupled_estimate,
    energy,
    equilibrium,
    equilibrium_series,
    estimate,
    gradient_series,
    hebbian,
    implicit_gradient,
    least_energy,
    predicted_estimate,
    sample_products,
    surrogate_loss,
    train,
    truncated_estimates,
)
from theory.ep.activations import ACTIVATIONS, find_activation
from theory.ep.losses import SquaredError, curvature

SOFTPLUS = Activation("softplus", lambda u: np.log(1 + np.exp(u)))
CUBIC = Activation("cubic root", np.arcsinh, slope_function=lambda u: 1 / np.sqrt(1 + u * u))
QUARTIC = Loss(lambda s, y: np.sum((s - y) ** 4, axis=-1), lambda s, y: 4 * (s - y) ** 3)
X, Y = np.random.default_rng(5).uniform(size=(3, 4)), np.eye(2)[[0, 1, 1]]


def coupled(activation="tanh", scale=0.35, seed=0):
    """Two hidden layers with lateral weights, skips from the input and past a layer."""
    rng = np.random.default_rng(seed)

    def draw(a, b):
        return scale * rng.standard_normal((a, b))

    lateral = draw(5, 5)
    weights = {
        (0, 1): draw(5, 4), (1, 2): draw(4, 5), (2, 3): draw(2, 4), (1, 3): draw(2, 5),
        (0, 3): draw(2, 4), (1, 1): (lateral + lateral.T) * (1 - np.eye(5)) / 2,
    }  # fmt: skip
    return CoupledNetwork(weights, [draw(n, 1)[:, 0] for n in (5, 4, 2)], activation)


def loss_after(network, which, cell, step, loss):
    """Mean loss when an entry of a weight matrix moves; both of a lateral pair together."""
    weights = [w.copy() for w in network.weights]
    weights[which][cell] += step
    if network.pairs[which][0] == network.pairs[which][1]:
        weights[which][cell[::-1]] += step
    moved = network.with_parameters(weights, network.biases)
    states = equilibrium(moved, X, tolerance=1e-14).states
    return loss.value(states[:, moved.slices[-1]], Y).mean()


@pytest.mark.parametrize("activation", ["tanh", SOFTPLUS, CUBIC], ids=lambda a: str(a)[:12])
@pytest.mark.parametrize("loss", [SquaredError(), QUARTIC], ids=["square", "quartic"])
def test_the_gradient_of_any_couplings_is_that_of_the_loss(activation, loss):
    network = coupled(activation, 0.2)
    found = implicit_gradient(network, X, Y, loss)
    for which, cell in enumerate([(1, 2), (3, 0), (1, 1), (0, 4), (1, 3), (2, 4)]):
        values = [loss_after(network, which, cell, s, loss) for s in (1e-5, -1e-5)]
        pair = network.pairs[which]
        factor = 2 if pair[0] == pair[1] else 1
        # Central differences: step^2 times third derivatives of order one.
        assert factor * found.weights[which][cell] == pytest.approx(
            (values[0] - values[1]) / 2e-5, abs=2e-8
        )
    assert not np.diag(found.weights[5]).any()


def test_estimates_of_any_couplings_have_the_order_of_their_stencil():
    network = coupled()
    for stencil, order in (
        (Stencil.one_sided, 1),
        (Stencil.symmetric, 2),
        (lambda b: Stencil.order_n(b, 3), 3),
        (lambda b: Stencil.contour(4, b), 4),
    ):
        errors = [bias(network, X, Y, stencil(b)).norm() for b in (0.04, 0.02)]
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


def test_the_series_and_the_surrogate_hold_for_any_couplings():
    network = coupled()
    series = equilibrium_series(network, X, Y, 20)
    coefficients = gradient_series(network, series, X)
    exact = implicit_gradient(network, X, Y).flat()
    np.testing.assert_allclose(coefficients[1], exact, atol=1e-12)
    stencil = Stencil.symmetric(0.15)
    found = estimate(network, X, Y, stencil)
    np.testing.assert_allclose(found.flat(), predicted_estimate(coefficients, stencil), atol=1e-9)
    values = []
    for sign in (1, -1):
        weights = [w.copy() for w in network.weights]
        weights[3][1, 2] += sign * 1e-4
        moved = network.with_parameters(weights, network.biases)
        values.append(surrogate_loss(moved, X, Y, 0.15, "symmetric"))
    assert found.weights[3][1, 2] == pytest.approx((values[0] - values[1]) / 2e-4, rel=1e-6)


@pytest.mark.parametrize("name", [*ACTIVATIONS, SOFTPLUS])
def test_the_energy_has_its_slopes_and_products(name):
    network = coupled(name)
    rng = np.random.default_rng(1)
    v = rng.uniform(-0.4, 0.4, (3, 11)) if isinstance(name, str) else rng.normal(size=(3, 11))
    states = network.sigma.function(v)
    force = network.drive(X) + states @ network.coupling().T
    wanted = network.sigma.derivative(v) * (v - force)
    for unit in (0, 6, 10):
        step = 1e-6 * np.eye(11)[unit]
        slope = (energy(network, v + step, X) - energy(network, v - step, X)) / 2e-6
        if np.abs(v[:, unit]).min() > 1e-4:  # not across the kink at 0
            np.testing.assert_allclose(slope, wanted[:, unit], atol=1e-8)
    products = hebbian(network, states, X)
    for which, cell in ((0, (1, 2)), (3, (1, 4))):
        weights = [w.copy() for w in network.weights]
        weights[which][cell] += 1.0
        moved = network.with_parameters(weights, network.biases)
        change = energy(moved, v, X) - energy(network, v, X)  # E is linear in the weights
        assert products.weights[which][cell] == pytest.approx(-change.mean(), abs=1e-12)


def test_a_chain_of_pairs_is_the_layered_network():
    layered = LayeredNetwork.random((4, 5, 3, 2), 0, scale=0.8)
    pairs = {(n, n + 1): w for n, w in enumerate(layered.weights)}
    chain = CoupledNetwork(pairs, layered.biases)
    for function in (implicit_gradient, lambda *a: estimate(*a, Stencil.symmetric(0.2))):
        one, other = (function(net, X, Y) for net in (layered, chain))
        np.testing.assert_allclose(one.flat(), other.flat(), atol=1e-10)
    states = equilibrium(layered, X).states
    for function in (sample_products, lambda *a: hebbian(*a).flat()):
        np.testing.assert_allclose(function(layered, states, X), function(chain, states, X))
    parts = [
        sum(p.flat() for p in backpropagation_through_time(net, X, Y, 60))
        for net in (layered, chain)
    ]
    np.testing.assert_allclose(*parts, atol=1e-12)


def test_gradients_are_vectors():
    a = Gradient((np.array([[3.0]]), np.array([[0.0]])), (np.array([4.0]),))
    b = Gradient((np.array([[0.0]]), np.array([[1.0]])), (np.array([0.0]),))
    assert a.norm() == 5 and (a / 2).norm() == 2.5 and (-a).flat()[0] == -3
    assert a.by_layer() == (3.0, 0.0) and a.angle(b) == pytest.approx(90)
    assert a.angle(a * 2) == 0 and (a + b).norm() == pytest.approx(np.sqrt(26))
    assert a.angle(a + 1e-9 * b) == pytest.approx(np.degrees(1e-9 / 5), rel=1e-6)
    for wrong in (lambda: a + 1, lambda: a * a):
        with pytest.raises(TypeError, match="a gradient is"):
            wrong()


def test_derivatives_are_taken_by_complex_steps():
    u = np.linspace(-3, 3, 7)
    np.testing.assert_allclose(SOFTPLUS.derivative(u), 1 / (1 + np.exp(-u)), rtol=1e-14)
    np.testing.assert_allclose(SOFTPLUS.derivative(u), SOFTPLUS.derivative(u + 0j).real)
    output = np.array([[0.3, -0.2]])
    found = curvature(QUARTIC, output, 0 * output)
    np.testing.assert_allclose(found[0], np.diag(12 * output[0] ** 2), atol=1e-15)
    soft = SoftReadout(np.random.default_rng(0).normal(size=(3, 2)), np.zeros(3))
    bare, y = Loss(soft.value, soft.gradient), np.eye(3)[:1]
    np.testing.assert_allclose(curvature(bare, output, y), soft.curvature(output, y), atol=1e-15)


@pytest.mark.parametrize("name", [*ACTIVATIONS, SOFTPLUS])
def test_integrals_are_those_of_the_function(name):
    sigma = find_activation(name)
    u = np.array([-2.5, -0.3, 0.0, 0.4, 1.7, 3.0])
    fine = [np.linspace(0, end, 20_001) for end in u]
    slow = [np.sum((sigma.function(f[1:]) + sigma.function(f[:-1])) / 2 * np.diff(f)) for f in fine]
    # The trapezoidal rule errs by step^2 times slopes of order one.
    np.testing.assert_allclose(sigma.integral(u), slow, atol=1e-7)


@pytest.mark.parametrize("rule", ["symmetric", "BPTT", Stencil.order_n(0.3, 3)], ids=range(3))
@pytest.mark.parametrize("activation", [CUBIC, "centred_hard_sigmoid"], ids=["own", "hard"])
def test_own_activations_and_stencils_train(rule, activation):
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, 160)
    images = 0.2 * rng.uniform(size=(160, 6))
    images[labels == 1, :3] += 0.8
    settings = TrainingSettings(
        (6, 5, 2), activation, learning_rates=(0.2, 0.1), batch_size=10, epochs=12
    )
    run = train(settings, rule, images[:120], labels[:120], images[120:], labels[120:], (0, 1))
    # Hard outputs that saturate on the wrong side have no slope: one of two seeds may stay there.
    last = run.test_error[:, -1]
    assert (last.max() if activation is CUBIC else last.min()) < 0.1


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({(1, 2): np.zeros((2, 3))}, "no pair joins the input"),
        (
            {(0, 1): np.zeros((3, 4)), (1, 2): np.zeros((3, 2))},
            r"have shape \(3, 2\), not \(2, 3\)",
        ),
        ({(0, 1): np.zeros((3, 4)), (1, 1): np.eye(3)}, "not symmetric with a diagonal"),
        ({(0, 1): np.zeros((3, 4)), (2, 1): np.zeros((3, 2))}, r"the pair \(2, 1\) is not"),
    ],
)
def test_couplings_that_cannot_be_are_refused(weights, sentence):
    with pytest.raises(ValueError, match=sentence):
        CoupledNetwork(weights, [np.zeros(3), np.zeros(2)])


NETWORK = LayeredNetwork.random((4, 5, 2), 0, scale=0.8)
OWN = LayeredNetwork.random((4, 5, 2), 0, scale=0.8, backward=True)
NUDGE = Stencil.symmetric(0.1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: estimate(NETWORK, X, [0, 1, 1], NUDGE), "targets: class numbers"),
        (lambda: implicit_gradient(NETWORK, X, np.nan * Y), "targets must be finite"),
        (lambda: estimate(NETWORK, X, Y, NUDGE, free=np.zeros((3, 5))), "free: shape"),
        (
            lambda: estimate(NETWORK, X, Y, NUDGE, free=np.ones((3, 7))),
            "free: it is no equilibrium",
        ),
        (
            lambda: estimate(NETWORK, X, Y, NUDGE, free=FREE + 0.1 * np.eye(3, 7)),
            "free: it is no equilibrium",
        ),
        (
            lambda: estimate(NETWORK, X, Y, NUDGE, loss="cross-entropy"),
            "loss: an object with value",
        ),
        (lambda: estimate(NETWORK, X, Y, NUDGE, loss=SquaredError), "loss: an object with value"),
        (lambda: estimate(NETWORK, X, Y, "symmetric"), "stencil must be a Stencil"),
        (lambda: Stencil("a", (0.1, -0.1), (5.0,)), "weights: 1 given for 2 nodes"),
        (lambda: equilibrium_series(coupled(SOFTPLUS), X, Y, 3), "no Riccati equation"),
        (lambda: equilibrium_series(NETWORK, X, Y, 3, QUARTIC), "loss: it has no gradient_series"),
        (lambda: coupled().with_parameters((), (), ()), "backward: the couplings"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        call()


NEEDS_ENERGY = {
    "agnostic_step": lambda net: agnostic_step(net, X, Y, 0.1, 0.1),
    "bias": lambda net: bias(net, X, Y, NUDGE),
    "continual_update": lambda net: continual_update(net, X, Y, 0.1, 3, 0.01),
    "coupled_direction": lambda net: coupled_direction(net, X, Y),
    "coupled_estimate": lambda net: coupled_estimate(net, X, Y, 0.1),
    "energy": lambda net: energy(net, FREE, X),
    "estimate": lambda net: estimate(net, X, Y, NUDGE),
    "gradient_series": lambda net: gradient_series(net, FREE[None], X),
    "least_energy": lambda net: least_energy(net, X),
    "surrogate_loss": lambda net: surrogate_loss(net, X, Y, 0.1, "symmetric"),
    "truncated_estimates": lambda net: truncated_estimates(net, X, Y, 0.1, 3),
}
FREE = equilibrium(NETWORK, X).states


@pytest.mark.parametrize("call", NEEDS_ENERGY.values(), ids=NEEDS_ENERGY)
def test_what_needs_an_energy_refuses_backward_weights(call):
    call(NETWORK)
    with pytest.raises(ValueError, match="network: it has backward weights"):
        call(OWN)
