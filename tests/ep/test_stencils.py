"""Stencils as finite differences, and equilibria as minima of an energy."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    LayeredNetwork,
    SquaredError,
    Stencil,
    best_stencil,
    best_weights,
    equilibrium,
    estimate,
    mean_square_error,
    order,
    order_nodes,
)
from theory.ep.equilibria import update
from theory.ep.estimators import is_minimum

quick = settings(max_examples=30, deadline=None, derandomize=True)
NODES = st.lists(st.integers(-20, 20), min_size=2, max_size=6, unique=True)


@quick
@given(nodes=NODES, size=st.floats(1e-3, 10))
def test_a_stencil_through_nodes_is_exact_for_polynomials(nodes, size):
    nodes = tuple(size * n / 20 for n in nodes)
    stencil, reach = Stencil.through(nodes), max(map(abs, nodes))
    for k in range(len(nodes)):
        scale = sum(abs(w * b**k) for w, b in zip(stencil.weights, nodes, strict=True)) + reach ** (
            k - 1
        )
        # Vandermonde systems of six nodes lose up to eight digits.
        assert abs(stencil.moment(k) - (k == 1)) < 1e-8 * scale


@pytest.mark.parametrize("points", [2, 3, 5, 8])
def test_a_contour_leaves_every_order_but_one_in_n(points):
    stencil = Stencil.contour(points, 0.3)
    for k in range(3 * points):
        wanted = 0.3 ** (k - 1) if k % points == 1 % points else 0
        assert stencil.moment(k) == pytest.approx(wanted, abs=1e-13)


def test_two_points_on_a_contour_are_the_symmetric_stencil():
    contour, symmetric = Stencil.contour(2, 0.2), Stencil.symmetric(0.2)
    np.testing.assert_allclose(contour.nodes, symmetric.nodes, atol=1e-16)
    np.testing.assert_allclose(contour.weights, symmetric.weights, atol=1e-14)


@pytest.mark.parametrize(
    ("stencil", "gain"),
    [
        (Stencil.one_sided(0.1), 2 / 0.01),
        (Stencil.symmetric(0.1), 0.5 / 0.01),
        (Stencil.contour(4, 0.1), 0.25 / 0.01),
    ],
)
def test_the_noise_gain_is_the_variance_of_an_estimate(stencil, gain):
    assert stencil.noise_gain == pytest.approx(gain)
    draws = np.random.default_rng(0).standard_normal((20_000, len(stencil.nodes)))
    variance = np.var(draws @ np.array(stencil.weights))
    # Relative standard error of a variance: sqrt(2 / n) = 0.01; four of them.
    assert variance == pytest.approx(gain, rel=0.04)


def test_a_linear_unit_gives_the_rational_law_for_every_stencil():
    network, a = LayeredNetwork([[[2.0]]], [[0.1]], "linear"), 1.0
    x, y = np.ones((1, 1)), np.array([[0.4]])
    exact = 2.1 - 0.4
    for b in (0.3, 0.9, -0.5):
        found = estimate(network, x, y, Stencil.one_sided(b)).biases[0][0]
        assert found == pytest.approx(exact * a / (a + b), abs=1e-10)
    found = estimate(network, x, y, Stencil.symmetric(0.6)).biases[0][0]
    assert found == pytest.approx(exact * a**2 / (a**2 - 0.36), abs=1e-9)


def energy(network, states, inputs, targets=0.0, nudging_strength=0.0):
    """E + beta C of tanh units: the integral of artanh minus the primitive function."""
    parts = [states[:, p] for p in network.slices]
    total = np.sum(
        states * np.arctanh(states) + 0.5 * np.log(1 - states**2), axis=1
    )  # integral of artanh
    below = inputs
    for w, b, layer in zip(network.weights, network.biases, parts, strict=True):
        total -= np.sum(layer * (below @ w.T + b), axis=1)
        below = layer
    return total + nudging_strength * 0.5 * np.sum((parts[-1] - targets) ** 2, axis=1)


@quick
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.2, 2.0))
def test_updating_layers_in_turn_never_raises_the_energy(seed, scale):
    """Each block of layers moves to its own minimum; the synchronous map has no such guarantee."""
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random((3, 4, 3, 2), rng, scale=scale)
    x = rng.normal(size=(2, 3))
    states, drive = rng.uniform(-0.9, 0.9, (2, 9)), network.drive(x)
    values = [energy(network, states, x)]
    for _ in range(6):
        for layers in ((0, 2), (1,)):
            states = update(network, states, drive, None, 0.0, SquaredError(), layers)
            values.append(energy(network, states, x))
    for before, after in pairwise(values):
        assert np.all(after <= before + 1e-12)


@quick
@given(seed=st.integers(0, 2**32 - 1), nudge=st.floats(-0.8, 0.8))
def test_a_minimum_is_told_from_a_saddle_by_the_energy_itself(seed, nudge):
    """Against the Hessian of E + beta C by differences of the energy."""
    rng = np.random.default_rng(seed)
    network = LayeredNetwork.random((3, 3, 2), rng, scale=0.9)
    x, y = rng.normal(size=(1, 3)), rng.uniform(-0.5, 0.5, (1, 2))
    states = equilibrium(network, x, targets=y, nudging_strength=nudge, method="damped").states
    h, units = 1e-4, 5
    hessian = np.zeros((units, units))
    steps = h * np.eye(units)
    for i in range(units):
        for j in range(units):
            hessian[i, j] = sum(
                a * b * energy(network, states + a * steps[i] + b * steps[j], x, y, nudge)[0]
                for a in (1, -1)
                for b in (1, -1)
            ) / (4 * h * h)
    least = np.linalg.eigvalsh(hessian).min()
    if abs(least) > 1e-3:  # differences of the energy are exact to about 1e-6 here
        assert is_minimum(network, states, x, y, nudge, SquaredError()) == (least > 0)
    # A relaxation that settles from zero has settled at a minimum or on a flat edge of one.
    assert least > -1e-3


@pytest.mark.parametrize("count", range(2, 9))
def test_nodes_whose_reciprocals_cancel_reach_one_order_more(count):
    nodes = order_nodes(count)
    assert len(nodes) == count and max(map(abs, nodes)) == pytest.approx(1)
    assert order(nodes) == count and abs(sum(1 / b for b in nodes)) < 1e-9
    stencil = Stencil.order_n(0.3, count)
    moments = [stencil.moment(k) / 0.3 ** (k - 1) for k in range(count + 2)]
    scale = np.abs(stencil.weights).sum() * 0.3  # rounding of a sum of such terms
    wanted = np.eye(1, count + 1, 1)[0]
    np.testing.assert_allclose(moments[:-1], wanted, atol=1e-12 * scale)
    assert moments[-1] == pytest.approx((-1) ** (count + 1) * np.prod(nodes), rel=1e-6)
    assert order((0.0, *nodes[:-1])) == count - 1  # the free state never helps


def test_the_order_is_that_of_the_moments_for_any_nodes():
    assert order((1.0, 0.5, -1 / 3)) == 3 and order((1.0, 0.5, -0.3)) == 2
    # The unit of the nudges plays no part, nor does how unlike they are, but for rounding.
    assert order((1e6, 0.5e6, -1e6 / 3)) == 3 and order((1e-6, 0.5e-6, -0.3e-6)) == 2
    assert order((1e-6, 1.1, 0.9, -1 / (1e6 + 1 / 1.1 + 1 / 0.9))) == 4
    assert order((0.2, -0.2)) == 2 and order((0.2, 0.0)) == 1 and order((0.1, -0.1, 0.3, -0.3)) == 4


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_no_other_nodes_of_the_order_bear_noise_better(count):
    def cost(nodes):
        stencil = Stencil.through(tuple(nodes))
        return count * np.log(stencil.noise_gain) + 2 * np.log(np.abs(nodes)).sum()

    rng = np.random.default_rng(count)
    best = cost(np.array(order_nodes(count)))
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(40):
            free = np.array(order_nodes(count)[:-1]) + size * rng.standard_normal(count - 1)
            nodes = np.append(free, -1 / np.sum(1 / free))
            if np.abs(np.subtract.outer(nodes, nodes) + np.eye(count)).min() > 1e-3:
                # A minimum that was found to about 1e-9 of the nodes.
                assert cost(nodes) > best - 1e-9


def test_the_best_stencil_is_the_best_of_its_nodes_and_sizes():
    rng = np.random.default_rng(0)
    coefficients = rng.standard_normal((16, 5)) * 3.0 ** np.arange(16)[:, None]
    for count in (2, 3, 5):
        stencil, error = best_stencil(coefficients, count, 1e-4, 0.1, points=30)
        tried = [
            mean_square_error(
                coefficients,
                best_weights(coefficients, tuple(size * np.array(order_nodes(count))), 1e-4),
                1e-4,
            )
            for size in 0.1 * np.geomspace(1e-5, 1, 30)
        ]
        assert error <= min(tried) * (1 + 1e-12)
        assert error == pytest.approx(mean_square_error(coefficients, stencil, 1e-4))
