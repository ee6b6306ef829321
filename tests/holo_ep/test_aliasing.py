"""The aliasing series against equilibria on circles, and against itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import LayeredNetwork, SoftReadout, SquaredError, gradient_series
from theory.ep.losses import softmax_series
from theory.ep.power_series import equilibrium_series
from theory.holo_ep import (
    ClampedNetwork,
    aliased,
    aliasing_bound,
    contour_estimate,
    nudged_series,
    points_needed,
    toy_network,
)

TOY = toy_network()
SERIES = nudged_series(TOY, 32)
LENGTH = np.linalg.norm(TOY.gradient)
# Pairs of radii at which the error of N points stands clear both of rounding and of the next alias.
SMALLER = dict(enumerate((2e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.06, 0.07, 0.09, 0.1), start=1))
RADII = {points: (radius, 2 * radius) for points, radius in SMALLER.items()}


@pytest.mark.parametrize("points", RADII)
def test_the_error_of_n_points_is_of_order_n(points):
    errors = [
        np.linalg.norm(contour_estimate(TOY, points, radius) - TOY.gradient)
        for radius in RADII[points]
    ]
    assert np.log2(errors[1] / errors[0]) == pytest.approx(points, abs=0.02)


@pytest.mark.parametrize("points", RADII)
def test_the_series_predicts_the_error_and_not_only_its_size(points):
    radius = 0.25
    error = contour_estimate(TOY, points, radius) - TOY.gradient
    predicted = aliased(SERIES, points, radius)
    # The series of order 32 neglects (0.25 / 0.657)^32 = 4e-14 of its terms; equilibria 1e-13.
    np.testing.assert_allclose(error, predicted, atol=3e-12)


@pytest.mark.parametrize(("orders", "degree"), [(24, 14), (25, 15), (40, 12)])
def test_a_polynomial_written_to_any_order_is_predicted_exactly(orders, degree):
    """Too few of its upper coefficients are not zero for a radius of convergence."""
    series = np.zeros(orders)
    series[: degree + 1] = np.random.default_rng(degree).standard_normal(degree + 1)
    nudges = 0.5 * np.exp(2j * np.pi * np.arange(4) / 4)
    error = np.mean(np.polynomial.polynomial.polyval(nudges, series) / nudges) - series[1]
    assert aliased(series[:, None], 4, 0.5)[0] == pytest.approx(error.real, abs=1e-14)


def test_the_first_coefficient_is_the_gradient_and_the_zeroth_the_free_product():
    np.testing.assert_allclose(SERIES[1], TOY.gradient, atol=1e-13)
    free = TOY.products(TOY.free[None], np.zeros(1))[0]
    np.testing.assert_allclose(SERIES[0], free, atol=1e-13)


def test_the_series_sums_to_the_nudged_products():
    nudge = np.array([0.15 + 0.1j])
    found = TOY.products(TOY.settled_states(nudge), nudge)[0]
    # The rest is (0.18 / 0.657)^33 = 3e-19 of coefficients of order one.
    np.testing.assert_allclose(nudge ** np.arange(33) @ SERIES, found, atol=1e-12)


def test_the_series_of_the_soft_maximum_is_that_of_its_values():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(6, 2, 3))
    series = softmax_series(logits)
    at = 0.01 * np.exp(2j * np.pi * np.arange(16) / 16)
    z = np.tensordot(at[:, None] ** np.arange(6), logits, axes=1)
    values = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    for k in range(5):
        coefficient = np.mean(values * at[:, None, None] ** -k, axis=0)
        # Aliases of order 0.01^16, rounding 1e-16 over 0.01^k.
        np.testing.assert_allclose(coefficient, series[k], atol=1e-15 * 100.0**k + 1e-14)


def test_without_a_readout_it_is_the_series_of_the_ep_package():
    rng = np.random.default_rng(1)
    network = LayeredNetwork.random((3, 4, 2), rng, scale=0.7)
    clamped = ClampedNetwork(
        network, rng.normal(size=(2, 3)), rng.uniform(size=(2, 2)), SquaredError()
    )
    states = equilibrium_series(network, clamped.inputs, clamped.targets, 6, free=clamped.free)
    np.testing.assert_allclose(
        nudged_series(clamped, 6), gradient_series(network, states, clamped.inputs), atol=1e-14
    )


@settings(max_examples=12, deadline=None, derandomize=True)
@given(points=st.integers(2, 12), radius=st.floats(0.05, 0.5))
def test_the_bound_holds_and_falls_with_the_number_of_points(points, radius):
    circle = 0.58 * np.exp(2j * np.pi * np.arange(40) / 40)
    largest = (
        1.05
        * np.linalg.norm(
            TOY.products(TOY.settled_states(circle, tolerance=1e-9), circle), axis=1
        ).max()
    )  # between forty points the norm varies by less than five per cent
    bound = aliasing_bound(largest, 0.58, points, radius)
    error = np.linalg.norm(aliased(SERIES, points, radius))
    assert error < bound
    assert aliasing_bound(largest, 0.58, points + 1, radius) < bound


@pytest.mark.parametrize("points", [2, 3, 8])
def test_the_bound_is_sharp_for_the_first_alias_alone(points):
    """Of c beta^(N+1) the error is c r^N: the bound exceeds it by 1 / (1 - q^N) and no more."""
    circle, radius = 0.7, 0.5
    series = np.zeros((points + 3, 1))
    series[points + 1] = 2.0
    error = abs(aliased(series, points, radius)[0])
    bound = aliasing_bound(2.0 * circle ** (points + 1), circle, points, radius)
    assert error < bound
    assert bound == pytest.approx(error / (1 - (radius / circle) ** points), rel=1e-12)


def test_the_number_of_points_needed_suffices_and_one_less_does_not():
    for radius, tolerance in ((0.1, 1e-6), (0.3, 1e-4)):
        points = points_needed(SERIES, radius, tolerance)
        errors = [
            np.linalg.norm(contour_estimate(TOY, n, radius) - TOY.gradient) / LENGTH
            for n in (points - 1, points)
        ]
        assert errors[1] < tolerance < errors[0]


def test_a_batch_has_the_mean_series_of_its_samples():
    rng = np.random.default_rng(2)
    network = LayeredNetwork.random((3, 4, 2), rng, scale=0.7)
    loss = SoftReadout(rng.normal(size=(3, 2)), rng.normal(size=3))
    x, y = rng.normal(size=(2, 3)), np.eye(3)[[0, 2]]
    both = nudged_series(ClampedNetwork(network, x, y, loss), 5)
    single = [nudged_series(ClampedNetwork(network, x[[i]], y[[i]], loss), 5) for i in (0, 1)]
    np.testing.assert_allclose(both, np.mean(single, axis=0), atol=1e-12)


def test_beyond_convergence_is_refused_once_there_are_orders_enough_to_tell():
    """Of a geometric series of radius 1/2: no radius is read from twenty orders or fewer."""
    series = 2.0 ** np.arange(21)[:, None]
    assert np.isfinite(aliased(series[:20], 4, 0.7)).all()
    with pytest.raises(ValueError, match=r"radius: 0\.7 is beyond the radius of .* about 0\.5,"):
        aliased(series, 4, 0.7)
    assert np.isfinite(aliased(series, 4, 0.55)).all()  # an estimate of a radius is no sharp bound


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="do not reach the first error of 8 points, order 9"):
        aliased(SERIES[:9], 8, 0.1)
    with pytest.raises(ValueError, match="points must be an integer, 1 or above"):
        aliased(SERIES, 0, 0.1)
    with pytest.raises(ValueError, match=r"circle: 0\.2 has to be larger than the radius 0\.3"):
        aliasing_bound(1.0, 0.2, 4, 0.3)
    with pytest.raises(ValueError, match="order must be an integer, 1 or above"):
        nudged_series(TOY, 0)
    with pytest.raises(ValueError, match="is not reached with 30 points"):
        points_needed(SERIES[:32], 0.65, 1e-9)
