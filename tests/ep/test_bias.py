"""Exact gradients, estimates with finite nudges, and the series that predicts their bias."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    SquaredError,
    Stencil,
    backpropagation_through_time,
    equilibrium,
    equilibrium_series,
    estimate,
    gradient_series,
    implicit_gradient,
    mean_square_error,
    optimal_nudge,
    predicted_estimate,
    radius_of_convergence,
    truncated_estimates,
)

quick = settings(max_examples=20, deadline=None, derandomize=True)


class Scene:
    """A small network at rest, with inputs, targets and a loss."""

    def __init__(self, seed=0, activation="tanh", readout=False, backward=False, scale=0.7):
        rng = np.random.default_rng(seed)
        self.network = LayeredNetwork.random(
            (5, 6, 4, 3), rng, scale=scale, activation=activation, backward=backward
        )
        self.inputs = rng.uniform(size=(4, 5))
        self.loss = (
            SoftReadout(rng.normal(size=(4, 3)), rng.normal(size=4)) if readout else SquaredError()
        )
        self.targets = np.eye(4) if readout else rng.uniform(size=(4, 3))
        self.free = equilibrium(self.network, self.inputs, tolerance=1e-14).states

    @property
    def all(self):
        return self.network, self.inputs, self.targets

    def loss_with(self, network):
        states = equilibrium(network, self.inputs, tolerance=1e-14).states
        return self.loss.value(states[:, network.slices[-1]], self.targets).mean()

    def gradient(self):
        return implicit_gradient(*self.all, self.loss, self.free).flat()

    def coefficients(self, order):
        series = equilibrium_series(*self.all, order, self.loss, self.free)
        return gradient_series(self.network, series, self.inputs)


def _finite_differences(scene):
    """Central differences of the loss in every parameter, in the order of `Gradient.flat`."""
    network, step, slopes = scene.network, 1e-4, []
    groups = [list(network.weights), list(network.biases), list(network.backward or ())]
    for group in groups:
        for array in group:
            for index in np.ndindex(array.shape):
                losses = []
                for sign in (1, -1):
                    moved = array.copy()
                    moved[index] += sign * step
                    changed = [[moved if a is array else a for a in g] for g in groups]
                    losses.append(
                        scene.loss_with(
                            network.with_parameters(
                                changed[0], changed[1], changed[2] if network.backward else None
                            )
                        )
                    )
                slopes.append((losses[0] - losses[1]) / (2 * step))
    return np.array(slopes)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("readout", [False, True])
def test_the_implicit_gradient_is_that_of_the_loss(readout, backward):
    scene = Scene(1, readout=readout, backward=backward)
    # Central differences err by step^2 times third derivatives of order one: a few 1e-8.
    np.testing.assert_allclose(scene.gradient(), _finite_differences(scene), atol=1e-7)


@pytest.mark.parametrize("backward", [False, True])
def test_backpropagation_through_time_adds_up_to_the_implicit_gradient(backward):
    scene = Scene(2, backward=backward)
    parts = backpropagation_through_time(*scene.all, 300, scene.loss, scene.free)
    total = sum(part.flat() for part in parts)
    np.testing.assert_allclose(total, scene.gradient(), atol=1e-13)


def test_equilibrium_propagation_is_backpropagation_step_by_step():
    """Parameter increments agree with the contributions in the limit of a small nudge."""
    scene, nudge = Scene(3), 1e-6
    path = truncated_estimates(*scene.all, nudge, 12, scene.loss, scene.free)
    increments = [(b - a).flat() for a, b in pairwise(path)]
    parts = backpropagation_through_time(*scene.all, 12, scene.loss, scene.free)
    for increment, part in zip(increments, parts, strict=True):
        # Bias of order nudge, and rounding of order 1e-16 / nudge.
        np.testing.assert_allclose(increment, part.flat(), atol=1e-5)
    # Onset: layer n moves first at step N - n, so the lowest weights start two steps late.
    assert np.abs(path[2].weights[0]).max() < 1e-7 < 1e-4 < np.abs(path[3].weights[0]).max()


@quick
@given(
    seed=st.integers(0, 2**32 - 1),
    activation=st.sampled_from(["tanh", "sigmoid", "shifted_sigmoid", "linear"]),
    readout=st.booleans(),
)
def test_the_series_is_that_of_the_nudged_equilibrium(seed, activation, readout):
    """Against an independent road: the Fourier coefficients on a circle in the complex plane."""
    scene = Scene(seed, activation, readout, scale=0.5)
    order, points, radius = 6, 32, 0.02
    nodes = radius * np.exp(2j * np.pi * np.arange(points) / points)
    nudged = [
        equilibrium(
            scene.network, scene.inputs, targets=scene.targets, nudging_strength=b,
            loss=scene.loss, initial=scene.free, tolerance=1e-14,
        ).states
        for b in nodes
    ]  # fmt: skip
    fourier = np.fft.fft(nudged, axis=0)[: order + 1] / points
    series = equilibrium_series(*scene.all, order, scene.loss, scene.free)
    scaled = series * radius ** np.arange(order + 1)[:, None, None]
    # Aliasing is of order radius^32, the equilibria are exact to about 1e-14.
    np.testing.assert_allclose(fourier, scaled, atol=1e-13)


@pytest.mark.parametrize("readout", [False, True])
def test_the_first_coefficient_is_the_gradient(readout):
    scene = Scene(4, readout=readout)
    np.testing.assert_allclose(scene.coefficients(1)[1], scene.gradient(), atol=1e-13)


def test_relative_errors_fall_with_the_predicted_slopes():
    """Slopes 1, 1 and 2 for one-sided, negative and symmetric; N for a contour of N points."""
    scene, nudges = Scene(5), np.array([1e-3, 2e-3])
    exact = scene.gradient()

    def slope(kind):
        errors = [
            np.linalg.norm(estimate(*scene.all, kind(b), scene.loss, scene.free).flat() - exact)
            for b in nudges
        ]
        return np.log(errors[1] / errors[0]) / np.log(2)

    assert slope(Stencil.one_sided) == pytest.approx(1, abs=0.05)
    assert slope(lambda b: Stencil.one_sided(-b)) == pytest.approx(1, abs=0.05)
    assert slope(Stencil.symmetric) == pytest.approx(2, abs=0.05)
    nudges = np.array([0.02, 0.04])
    assert slope(lambda b: Stencil.contour(4, b)) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(
    "stencil",
    [
        Stencil.one_sided(0.03),
        Stencil.one_sided(-0.03),
        Stencil.symmetric(0.05),
        Stencil.contour(3, 0.05),
        Stencil.through((0.0, 0.02, 0.04)),
    ],
    ids=lambda s: s.name,
)
@pytest.mark.parametrize("readout", [False, True])
def test_the_series_predicts_every_estimate_of_a_real_network(stencil, readout):
    scene = Scene(6, readout=readout)
    coefficients = scene.coefficients(24)
    measured = estimate(*scene.all, stencil, scene.loss, scene.free).flat()
    radius = radius_of_convergence(coefficients[1:])
    # What is left is the first neglected order, and equilibria exact to 1e-12 over the nudge.
    ratio = max(map(abs, stencil.nodes)) / radius
    assert ratio < 0.7
    tolerance = np.abs(coefficients[-1]).max() * radius**24 * ratio**24 / 0.02 + 1e-10
    np.testing.assert_allclose(measured, predicted_estimate(coefficients, stencil), atol=tolerance)
    assert np.abs(measured - coefficients[1]).max() > 100 * tolerance


def test_the_bias_is_that_of_richardson_extrapolation():
    """Second coefficient from estimates at three nudges alone, without any series."""
    scene, b = Scene(7), 0.01
    one = [
        estimate(*scene.all, Stencil.one_sided(k * b), scene.loss, scene.free).flat()
        for k in (1, 2, 4)
    ]
    first = (one[1] - one[0]) / b, (one[2] - one[1]) / (2 * b)
    extrapolated = 2 * first[0] - first[1]
    coefficients = scene.coefficients(4)
    # What is left over is -14 b^2 P_4 and higher orders.
    tolerance = 20 * b**2 * np.abs(coefficients[4]).max() + 1e-9
    np.testing.assert_allclose(extrapolated, coefficients[2], atol=tolerance)


def test_a_random_sign_has_the_symmetric_mean():
    scene = Scene(8)
    plus, minus = (
        estimate(*scene.all, Stencil.one_sided(b), scene.loss, scene.free).flat()
        for b in (0.1, -0.1)
    )
    symmetric = estimate(*scene.all, Stencil.symmetric(0.1), scene.loss, scene.free).flat()
    np.testing.assert_allclose((plus + minus) / 2, symmetric, atol=1e-10)


def test_the_finite_nudge_estimate_is_the_gradient_of_a_surrogate_loss():
    r"""The mean of C along the branch, by Gauss-Legendre quadrature, at a large nudge."""
    scene, nudge, step = Scene(9), 0.6, 1e-4
    nodes, weights = np.polynomial.legendre.leggauss(20)

    def surrogate(network):
        values = [
            scene.loss.value(
                equilibrium(network, scene.inputs, targets=scene.targets,
                            nudging_strength=nudge * (1 + t) / 2,
                            tolerance=1e-14).states[:, network.slices[-1]],
                scene.targets,
            ).mean()
            for t in nodes
        ]  # fmt: skip
        return np.dot(weights, values) / 2

    found = estimate(*scene.all, Stencil.one_sided(nudge), scene.loss, scene.free)
    exact = scene.gradient()
    for n, index in ((0, (2, 1)), (1, (3, 0)), (2, (1, 2))):
        shifted = []
        for sign in (1, -1):
            weights_moved = [w.copy() for w in scene.network.weights]
            weights_moved[n][index] += sign * step
            shifted.append(
                surrogate(scene.network.with_parameters(weights_moved, scene.network.biases))
            )
        numeric = (shifted[0] - shifted[1]) / (2 * step)
        assert found.weights[n][index] == pytest.approx(numeric, abs=2e-8)
    assert np.linalg.norm(found.flat() - exact) > 0.05 * np.linalg.norm(exact)


@quick
@given(seed=st.integers(0, 2**32 - 1))
def test_nudged_losses_are_ordered(seed):
    """C falls along the branch: it lies below the free loss for positive nudges and above else."""
    scene = Scene(seed, scale=0.6)
    losses = []
    for b in (-0.2, -0.1, 0.0, 0.1, 0.2, 0.5):
        states = equilibrium(
            scene.network,
            scene.inputs,
            targets=scene.targets,
            nudging_strength=b,
            initial=scene.free,
        ).states
        losses.append(scene.loss.value(states[:, scene.network.slices[-1]], scene.targets).mean())
    assert np.all(np.diff(losses) < 1e-12)


def test_the_radius_is_the_pole_of_a_linear_network():
    """One linear unit: s = (drive + beta y) / (1 + beta) has its pole at -1."""
    network = LayeredNetwork([[[1.0]]], [[0.0]], "linear")
    series = equilibrium_series(network, np.array([[0.7]]), np.array([[0.2]]), 40)
    np.testing.assert_allclose(series[1:, 0, 0], [0.5 * (-1.0) ** k for k in range(1, 41)])
    # The correction is for a branch point, not for a pole: it shifts the estimate a little.
    assert radius_of_convergence(series) == pytest.approx(1, abs=0.06)


def test_noise_has_an_optimal_nudge_where_bias_and_variance_balance():
    """One-sided: beta = (2 noise^2 p / |P_2|^2)^(1/4) to leading order, p parameters."""
    coefficients, noise = Scene(10).coefficients(12), 1e-7
    nudge, error = optimal_nudge(coefficients, Stencil.one_sided, noise, 0.1)
    size = coefficients.shape[1]
    leading = (2 * noise**2 * size / (coefficients[2] @ coefficients[2])) ** 0.25
    assert nudge == pytest.approx(leading, rel=0.05)
    assert error < mean_square_error(coefficients, Stencil.one_sided(2 * nudge), noise)
    assert error < mean_square_error(coefficients, Stencil.one_sided(nudge / 2), noise)
    _, symmetric = optimal_nudge(coefficients, Stencil.symmetric, noise, 0.1)
    assert symmetric < error


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Stencil.one_sided(0), "other than 0"),
        (lambda: Stencil.symmetric(np.nan), "nudging_strength must be a finite number"),
        (lambda: Stencil.contour(1, 0.1), "points"),
        (lambda: Stencil.contour(3, 0.0), "radius"),
        (lambda: Stencil.through((0.1,)), "at least two"),
        (lambda: Stencil.through((0.1, 0.1)), "not distinct"),
        (lambda: Stencil("x", (0.1, 0.2), (1.0, 2.0)), "a derivative needs 0 and 1"),
    ],
)
def test_a_stencil_that_is_no_derivative_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_a_kinked_activation_is_outside_the_smooth_theory():
    scene = Scene(11, activation="hard_sigmoid", scale=0.4)
    with pytest.raises(ValueError, match="has kinks"):
        equilibrium_series(*scene.all, 3)
