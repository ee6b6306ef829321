"""The published runs of the toy network: our batched code, a plain loop, and the stored values.

The stored values were computed by the authors in single precision; they serve for orientation, and
every one of them stands beside a value that a loop written from the equations gives.
"""

import numpy as np
import pytest

from theory.holo_ep import (
    contour_estimate,
    cosine,
    oscillate,
    step_radius,
    toy_network,
)

TOY = toy_network()
W1, W2 = TOY.network.weights
W3 = TOY.loss.weights


def sigmoid(u):
    return 1 / (1 + np.exp(2 - 4 * u))


def plain_relaxation(nudge, steps, states):
    """s1 <- sigma(W1 x + W2' s2), s2 <- sigma(W2 s1 + beta W3' (y - softmax(W3 s2)))."""
    x, y = TOY.inputs[0], TOY.targets[0]
    s1, s2 = states[:4].astype(complex), states[4:].astype(complex)
    for _ in range(steps):
        z = W3 @ s2
        p = np.exp(z - z.real.max())
        error = y - p / p.sum()
        s1, s2 = sigmoid(W1 @ x + s2 @ W2), sigmoid(W2 @ s1 + nudge * (error @ W3))
    return np.concatenate([s1, s2])


def plain_products(states, nudge):
    """Slope of the nudged energy in W1, W2, b1, b2, W3, b3, in this order."""
    x, y, s1, s2 = TOY.inputs[0], TOY.targets[0], states[:4], states[4:]
    z = W3 @ s2
    p = np.exp(z - z.real.max())
    error = nudge * (p / p.sum() - y)
    parts = [-np.outer(s1, x), -np.outer(s2, s1), -s1, -s2, np.outer(error, s2), error]
    return np.concatenate([np.ravel(part) for part in parts])


def plain_estimate(points, radius, steps):
    free = TOY.free[0]
    if points == 1:
        moved = plain_relaxation(radius, steps, free)
        return (plain_products(moved, radius) - plain_products(free, 0)).real / radius
    total = 0
    for k in range(points):
        nudge = radius * np.exp(2j * np.pi * k / points)
        total = total + plain_products(plain_relaxation(nudge, steps, free), nudge) / nudge
    return (total / points).real


@pytest.mark.parametrize(
    ("points", "radius", "stored"),
    [
        (1, 0.01, 0.99997526),
        (1, 0.09122449, 0.99775195),
        (1, 0.49734694, 0.91992),
        (1, 2.0, 0.79270),
        (30, 0.37591837, 1.0),
        (30, 0.57857143, 1.0),
        (30, 0.61918367, 0.99730),
        (30, 0.70040816, 0.99634),
        (30, 2.0, 0.94198),
    ],
)
def test_the_cosines_of_the_published_curve(points, radius, stored):
    ours = contour_estimate(TOY, points, [radius], steps=100, warn=False)[0]
    plain = plain_estimate(points, radius, 100)
    # Past the stability boundary rounding grows by at most e^10 in a hundred steps.
    np.testing.assert_allclose(ours, plain, atol=1e-9)
    # The stored values have five digits or more.
    assert cosine(ours, TOY.gradient) == pytest.approx(stored, abs=1e-5)


def test_the_oscillation_of_layer_one():
    """Changes of the state at three points of 24, at radius 0.1."""
    stored = {
        0: (-7.008, 4.056, -6.925, 3.570),
        6: (1.170, -0.398, 0.700, -0.802),
        12: (4.587, -3.275, 5.537, -1.961),
    }
    nudges = 0.1 * np.exp(2j * np.pi * np.arange(24) / 24)
    states = TOY.settled_states(nudges)[:, 0]
    for k, values in stored.items():
        plain = plain_relaxation(nudges[k], 200, TOY.free[0])
        np.testing.assert_allclose(states[k], plain, atol=1e-13)
        np.testing.assert_allclose((states[k] - TOY.free[0]).real[:4] * 1e3, values, atol=6e-4)


def test_the_first_harmonics_are_the_gradients_of_the_biases():
    nudges = 0.1 * np.exp(2j * np.pi * np.arange(24) / 24)
    states = TOY.settled_states(nudges)[:, 0]
    first = np.mean(states / nudges[:, None], axis=0).real
    np.testing.assert_allclose(first, -TOY.gradient[40:48], atol=1e-13)
    np.testing.assert_allclose(first[:4], [-0.05616, 0.036562, -0.061951, 0.02697], atol=1e-6)


@pytest.mark.parametrize(
    ("radius", "stored"), [(0.001, 3.08980e-3), (0.01, 3.09002e-3), (0.1, 3.08985e-3)]
)
def test_the_mean_of_a_demodulated_product_is_the_gradient_of_its_weight(radius, stored):
    """Weight of neuron 4 of layer 1 to neuron 3 of layer 2; the stored means carry rounding."""
    nudges = radius * np.exp(2j * np.pi * np.arange(24) / 24)
    states = TOY.settled_states(nudges)[:, 0]
    mean = np.mean(states[:, 3] * states[:, 6] / nudges)
    weight = 24 + 2 * 4 + 3
    assert mean.real == pytest.approx(-TOY.gradient[weight], abs=1e-12)
    assert abs(mean.imag) < 1e-12
    # Single precision divided by the radius: 6e-8 / (radius sqrt 24).
    assert mean.real == pytest.approx(stored, abs=2e-8 + 6e-8 / radius / np.sqrt(24))


def test_the_spectral_radius_at_rest():
    """By the decay of a plain relaxation, double steps because of paired eigenvalues."""
    start = TOY.free[0] + 1e-5 * np.arange(8)
    away = [np.linalg.norm(plain_relaxation(0, n, start) - TOY.free[0]) for n in (14, 16)]
    predicted = step_radius(TOY, TOY.free[0], np.array(0.0))
    assert np.sqrt(away[1] / away[0]) == pytest.approx(predicted, rel=1e-2)
    assert predicted == pytest.approx(0.42721, abs=1e-5)


def test_the_oscillating_network_is_the_plain_loop():
    run = oscillate(TOY, 5, 0.3, 3, 2)
    states, total = np.zeros(8), 0
    for k in range(10):
        nudge = 0.3 * np.exp(2j * np.pi * k / 5)
        states = plain_relaxation(nudge, 3, states)
        np.testing.assert_allclose(run.states[k, 0], states, atol=1e-13)
        total = total + (plain_products(states, nudge) / nudge).real
    np.testing.assert_allclose(run.estimates[-1], total / 10, atol=1e-12)
    last = plain_relaxation(nudge, 1, states) - states
    assert run.residual > 0 and np.linalg.norm(last) < 10 * run.residual


def test_two_turns_of_a_settled_oscillation_are_equal():
    run = oscillate(TOY, 8, 0.2, 50, 2, initial=TOY.free)
    np.testing.assert_allclose(run.states[8:], run.states[:8], atol=1e-13)
