"""Networks that never rest, and networks that are noisy, against what is predicted of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.holo_ep import (
    ClampedNetwork,
    Contour,
    aliased,
    best_number_of_points,
    best_radius,
    contour_estimate,
    lagged_gradient,
    lagged_residual,
    leading_best_radius,
    noisy_estimates,
    nudged_series,
    oscillate,
    predicted_error,
    product_variance,
    relaxation_rate,
    step_radius,
    toy_network,
)
from theory.holo_ep.dynamics import state_covariance

TOY = toy_network()
INNER = slice(0, 48)  # parameters of the network itself
LENGTH = np.linalg.norm(TOY.gradient)


def last_period(run):
    """The average over the last period alone, from running averages."""
    count = len(run.estimates)
    return count * run.estimates[-1] - (count - 1) * run.estimates[-2]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(points=st.integers(6, 16), steps=st.integers(1, 5), radius=st.floats(0.005, 0.05))
def test_a_steady_oscillation_gives_the_predicted_lagged_gradient(points, steps, radius):
    periods = max(4, 80 // (points * steps))  # 80 steps: 0.43^80 is far below rounding
    run = oscillate(TOY, points, radius, steps, periods, initial=TOY.free)
    # Aliasing leaves (0.05 / 0.6)^6 = 3e-7 at most; the radius plays no other part.
    allowed = 3 * (radius / 0.6) ** points + 1e-12
    gap = last_period(run)[INNER] - lagged_gradient(TOY, points, steps)
    assert np.linalg.norm(gap) < allowed * LENGTH


def test_what_is_left_of_the_change_is_a_mean_over_samples_and_teaching_steps():
    rng = np.random.default_rng(3)
    inputs = np.vstack([TOY.inputs, rng.normal(size=(2, TOY.inputs.shape[1]))])
    targets = np.repeat(TOY.targets, 3, axis=0)
    three = ClampedNetwork(TOY.network, inputs, targets, TOY.loss)
    alone = [
        oscillate(ClampedNetwork(TOY.network, x[None], y[None], TOY.loss), 4, 0.3, 2, 2).residual
        for x, y in zip(inputs, targets, strict=True)
    ]
    assert oscillate(three, 4, 0.3, 2, 2).residual == pytest.approx(np.mean(alone), rel=1e-12)
    assert np.ptp(alone) > 0.1 * np.mean(alone)


def test_the_lag_does_not_depend_on_the_radius():
    gaps = [
        last_period(oscillate(TOY, 20, radius, 2, 5, initial=TOY.free))[INNER]
        for radius in (0.01, 0.1)
    ]
    np.testing.assert_allclose(*gaps, atol=1e-10)
    assert np.linalg.norm(gaps[0] - TOY.gradient[INNER]) > 1e-3


@pytest.mark.parametrize("steps", [2, 8, 20])
def test_the_distance_from_rest_is_predicted_to_first_order_in_the_radius(steps):
    radii = np.array([0.01, 0.02])
    off = [
        oscillate(TOY, 10, r, steps, 1 + 30 // steps, initial=TOY.free).residual
        / lagged_residual(TOY, 10, steps, r) - 1
        for r in radii
    ]  # fmt: skip
    assert np.abs(off).max() < 0.02 / 0.6  # the next order, with the radius of convergence
    assert off[1] / off[0] > 1.5  # and it vanishes with the radius


def test_the_lag_decays_with_the_rate_of_the_relaxation():
    steps = np.arange(16, 26, 2)  # the second eigenvalue has died out
    left = [np.linalg.norm(lagged_gradient(TOY, 10, t) - TOY.gradient[INNER]) for t in steps]
    slope = np.polyfit(steps, np.log(left), 1)[0]
    assert np.exp(slope) == pytest.approx(relaxation_rate(TOY), rel=0.01)
    assert relaxation_rate(TOY) == pytest.approx(step_radius(TOY, TOY.free[0], np.array(0.0)))


def test_long_teaching_steps_give_the_contour_estimate():
    run = oscillate(TOY, 6, 0.2, 60, 2)
    np.testing.assert_allclose(last_period(run), contour_estimate(TOY, 6, 0.2), atol=1e-12)
    assert run.residual < 1e-14 and run.states.shape == (12, 1, 8)


def test_the_start_fades_from_the_running_average_with_one_over_the_time():
    run = oscillate(TOY, 10, 0.1, 2, 40)
    steady = last_period(run)
    errors = np.linalg.norm(run.estimates - steady, axis=1)
    slope = np.polyfit(np.log(np.arange(5, 40)), np.log(errors[4:39]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.01)


def test_the_mean_of_the_oscillation_is_the_free_state():
    run = oscillate(TOY, 12, 0.1, 40, 2, initial=TOY.free)
    # Aliases of order 12: (0.1 / 0.65)^12 = 2e-10.
    np.testing.assert_allclose(run.states[-12:].mean(axis=0), TOY.free, atol=1e-9)


def test_points_and_steps_share_a_budget_as_predicted():
    budget = 60
    choices = np.arange(3, 21)
    errors = [
        np.linalg.norm(contour_estimate(TOY, n, 0.3, steps=budget // n) - TOY.gradient)
        for n in choices
    ]
    predicted = best_number_of_points(budget, relaxation_rate(TOY), 0.3, 0.65714)
    # Numbers of steps are whole and eigenvalues come in several: a factor of 1.6 either way.
    assert predicted / 1.6 < choices[int(np.argmin(errors))] < predicted * 1.6
    assert min(errors) < 0.1 * errors[0]


@pytest.mark.parametrize(("points", "readings"), [(1, 5), (2, 1), (3, 1), (6, 2)])
def test_the_error_of_noisy_estimates_is_bias_plus_variance(points, readings):
    """At a radius at which both count; the variance is that of the free state's fluctuations."""
    noise = 1e-3
    variance = noise**2 * product_variance(TOY).sum()
    series = nudged_series(TOY, 24)[:, INNER]
    radius = {1: 0.04, 2: 0.08, 3: 0.08, 6: 0.08}[points]
    found = noisy_estimates(
        TOY, points, radius, noise, 0, steps=25, copies=3000, readings=readings
    )[:, INNER]  # fmt: skip
    squares = np.sum((found - TOY.gradient[INNER]) ** 2, axis=1)
    predicted = predicted_error(series, variance, points, radius, readings)
    standard_error = squares.std() / np.sqrt(len(squares))
    # Four standard errors, and corrections of order radius^2 to the fluctuations.
    assert abs(squares.mean() - predicted) < 4 * standard_error + 0.02 * predicted


@pytest.mark.parametrize(("points", "readings"), [(4, None), (2, 3), (1, None)])
def test_a_noisy_network_is_carried_over_from_one_nudge_to_the_next(points, readings):
    """Two steps a reading, too few to forget: step by step, from the smallest nudge up."""
    contour, steps = Contour.circle(points, 0.3), 2
    found = noisy_estimates(TOY, points, 0.3, 0.0, 0, steps=steps, readings=readings)[0]
    count = readings or (5 if points == 1 else 1)
    drive, coupling = TOY.network.drive(TOY.inputs), TOY.network.coupling()
    last, state, wanted = TOY.network.slices[-1], TOY.free.astype(complex), 0
    nodes, weights = (np.array(a) for a in (contour.nodes, contour.weights))
    for k in np.argsort(np.abs(nodes), kind="stable"):
        for _ in range(count):
            for _ in range(steps):
                current = drive + state @ coupling.T
                current[:, last] -= nodes[k] * TOY.loss.gradient(state[:, last], TOY.targets)
                state = TOY.network.sigma.function(current)
            wanted = wanted + weights[k] * TOY.products(state[None], nodes[[k]])[0] / count
    np.testing.assert_allclose(found, np.real(wanted), atol=1e-12)
    rested = np.real(weights @ TOY.products(TOY.relaxed_states(nodes, steps)[0], nodes))
    assert np.linalg.norm(found - rested) > 1e-3 * LENGTH  # each from rest is something else


def test_the_mean_of_noisy_estimates_is_the_aliased_gradient():
    found = noisy_estimates(TOY, 4, 0.2, 1e-3, 1, steps=20, copies=4000)[:, INNER]
    expected = TOY.gradient[INNER] + aliased(nudged_series(TOY, 24), 4, 0.2)[INNER]
    score = (found.mean(axis=0) - expected) / (found.std(axis=0) / np.sqrt(4000))
    # 48 correlated standard normals: the largest exceeds 4.2 with a probability of 1e-3.
    assert np.abs(score).max() < 4.2


def test_without_noise_it_is_the_contour_estimate():
    found = noisy_estimates(TOY, 5, 0.2, 0.0, 0, steps=80)
    np.testing.assert_allclose(found[0], contour_estimate(TOY, 5, 0.2), atol=1e-12)


def test_the_covariance_of_the_states_is_that_of_a_long_run():
    rng = np.random.default_rng(2)
    noise, copies = 1e-3, 4000
    network = TOY.network
    drive = network.drive(TOY.inputs)
    states = np.tile(TOY.free, (copies, 1))
    for _ in range(30):
        current = drive + states @ network.coupling().T + noise * rng.standard_normal((copies, 8))
        states = network.sigma.function(current)
    measured = np.cov(states.T) / noise**2
    predicted = state_covariance(TOY)[0]
    # A sampled covariance errs by sqrt(2 / copies) = 0.022 of the variances; four of them.
    scale = np.sqrt(np.outer(np.diag(predicted), np.diag(predicted)))
    assert np.abs((measured - predicted) / scale).max() < 0.09


def test_the_noise_gain_counts_real_noise_on_a_circle():
    rng = np.random.default_rng(0)
    for points in (2, 3, 8):
        nodes = 0.3 * np.exp(2j * np.pi * np.arange(points) / points)
        draws = np.real(rng.standard_normal((40_000, points)) @ (1 / (points * nodes)))
        # Relative standard error of a variance sqrt(2 / 40000) = 0.007; four of them.
        assert np.var(draws) == pytest.approx(Contour.circle(points, 0.3).noise_gain(), rel=0.028)


def test_the_closed_best_radius_is_the_minimum_and_more_points_do_better():
    series = nudged_series(TOY, 24)[:, INNER]
    variance = 1e-8 * product_variance(TOY).sum()
    errors = []
    for points in (1, 2, 4, 6):
        radius, error = best_radius(series, variance, points, 0.6)
        assert leading_best_radius(series, variance, points) == pytest.approx(radius, rel=0.04)
        errors.append(error)
    assert np.all(np.diff(errors) < 0)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="points must be an integer, 2 or above"):
        oscillate(TOY, 1, 0.1, 3, 2)
    with pytest.raises(TypeError, match="rng must be a numpy"):
        oscillate(TOY, 4, 0.1, 3, 2, noise=0.1)
    with pytest.raises(ValueError, match="noise must be a finite number, 0 or above"):
        noisy_estimates(TOY, 4, 0.1, -1.0, 0)
    with pytest.raises(ValueError, match=r"rate must be a .*number in \(0, 1\)"):
        best_number_of_points(60, 1.0, 0.1, 0.6)
    with pytest.raises(ValueError, match=r"radius must be a number in \(0, 0\.6\)"):
        best_number_of_points(60, 0.5, 0.7, 0.6)
    with pytest.raises(ValueError, match="steps must be an integer, 1 or above"):
        lagged_gradient(TOY, 4, 0)


def test_neighbouring_layers_fluctuate_independently():
    """In synchronous steps noise of a layer reaches its neighbour one step later, never at once."""
    covariance = state_covariance(TOY)[0]
    assert np.abs(covariance[:4, 4:]).max() < 1e-15
    assert np.abs(covariance[:4, :4]).max() > 0.01


def test_the_variance_of_every_product_is_predicted():
    noise, radius = 1e-3, 0.02  # so small a radius leaves the fluctuations as they are at rest
    found = noisy_estimates(TOY, 2, radius, noise, 4, steps=25, copies=4000)[:, INNER]
    measured = found.var(axis=0)
    predicted = noise**2 * Contour.circle(2, radius).noise_gain() * product_variance(TOY)
    # Relative standard error of a variance sqrt(2 / 4000) = 0.022; the largest of 48: 4.2 of them.
    np.testing.assert_allclose(measured, predicted, rtol=4.2 * 0.0224)


def test_noise_grows_as_one_over_the_radius_and_falls_with_readings():
    spreads = {}
    for radius, readings in ((0.02, 1), (0.04, 1), (0.02, 4)):
        found = noisy_estimates(TOY, 4, radius, 1e-3, 5, steps=20, copies=1500, readings=readings)
        spreads[radius, readings] = found[:, INNER].std(axis=0).mean()
    # Mean of 48 spreads with a relative error of 0.018 each, correlated: three per cent.
    assert spreads[0.02, 1] / spreads[0.04, 1] == pytest.approx(2, rel=0.03)
    assert spreads[0.02, 1] / spreads[0.02, 4] == pytest.approx(2, rel=0.03)


def test_a_batch_averages_independent_noise():
    double = type(TOY)(
        TOY.network, np.tile(TOY.inputs, (2, 1)), np.tile(TOY.targets, (2, 1)), TOY.loss
    )
    np.testing.assert_allclose(product_variance(double), product_variance(TOY) / 2, rtol=1e-12)


def test_an_oscillation_with_noise_is_repeatable_and_right_on_average():
    runs = [oscillate(TOY, 6, 0.2, 8, 3, noise=1e-3, rng=seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0].estimates, runs[1].estimates)
    assert np.abs(runs[0].estimates - runs[2].estimates).max() > 1e-6
    long = oscillate(TOY, 6, 0.2, 8, 150, noise=1e-3, rng=3, initial=TOY.free)
    expected = oscillate(TOY, 6, 0.2, 8, 3, initial=TOY.free).estimates[-1]
    # 900 readings of products with a spread of 1e-3 over 0.2: 2e-4 for every parameter.
    assert np.abs(long.estimates[-1] - expected).max() < 1.5e-3
