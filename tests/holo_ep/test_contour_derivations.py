"""The derivations of finite oscillations against bare numbers and against the network."""

import re
from functools import cache

import numpy as np
import pytest

from theory.ep import activation_poles, find_activation, soft_clip
from theory.holo_ep import (
    Contour,
    best_number_of_points,
    leading_best_radius,
    toy_network,
)
from theory.holo_ep.derivations import (
    branches,
    contour,
    holomorphic_activations,
    oscillating_teacher,
)


@cache
def built(function):
    """A derivation, proved once for all tests."""
    return function()


def right(function, name):
    """Right side of a step, or the step itself where it is an expression."""
    statement = built(function)[name]
    return getattr(statement, "rhs", statement)


def test_the_alias_of_three_points_is_that_of_a_polynomial(value):
    c = np.random.default_rng(0).normal(size=8)
    radius = 0.7
    at = radius * np.exp(2j * np.pi * np.arange(3) / 3)
    measured = np.mean(np.polynomial.polynomial.polyval(at, c) / at)
    predicted = value(
        right(contour.aliasing, "aliased"), r=radius, c_1=c[1], c_4=c[4], c_7=c[7]
    )  # fmt: skip
    assert measured == pytest.approx(predicted, abs=1e-14)
    phase = right(contour.aliasing, "phase")  # of point j in order m + 1, here m = 4
    found = [value(phase, N=3, m=4, j=j) for j in range(3)]
    assert found == pytest.approx((at / radius) ** 4, abs=1e-14)


def test_the_power_series_goes_to_the_order_that_its_text_names():
    theorem = built(contour.contour_theorem)
    (order,) = re.findall(r"here to order (\d)", str(theorem))
    powers = {int(symbol.name.split("_")[1]) for symbol in theorem["measured"].free_symbols
              if symbol.name.startswith("c_")}  # fmt: skip
    assert powers == set(range(int(order) + 1))


def test_the_bound_is_the_sum_of_a_geometric_series(value):
    bound = right(contour.aliasing_bound, "bound")
    largest, circle, radius, points = 1.7, 0.9, 0.4, 3
    terms = [largest / circle ** (1 + j * points) * radius ** (j * points) for j in range(1, 200)]
    assert value(bound, M=largest, R=circle, r=radius, N=points).real == pytest.approx(
        sum(terms), rel=1e-13
    )


def test_a_lagging_unit_integrated_in_time_has_the_derived_amplitude(value):
    """tau s' = -(s - a0 - a1 r e^(i omega t)) by exact exponential steps of a fine grid."""
    tau, omega, radius, a0, a1 = 0.3, 2.0, 0.4, 0.2, -0.7
    count = 4000
    dt = 2 * np.pi / omega / count
    keep = np.exp(-dt / tau)
    state, first = complex(a0), 0j
    for turn in range(4):  # three turns let the start decay by e^-30
        first = 0j
        for k in range(count):
            middle = a0 + a1 * radius * np.exp(1j * omega * (k + 0.5) * dt)
            state = middle + (state - middle) * keep
            first += state * np.exp(-1j * omega * (k + 1) * dt) / (count * radius)
        assert turn < 4
    derived = value(
        right(oscillating_teacher.continuous_time, "demodulated"), a_1=a1, omega=omega, tau=tau
    )
    # The middle-point rule errs by (omega dt)^2 / 24, far below this tolerance.
    assert first == pytest.approx(derived, abs=1e-6)


def test_the_predictions_are_the_derived_formulas(value):
    n, budget, rate, x = 5, 90.0, 0.6, 0.45
    derived = right(oscillating_teacher.points_against_time, "best number")
    assert best_number_of_points(budget, rate, x * 0.7, 0.7) == pytest.approx(
        value(derived, T=budget, x=x, **{"lambda": rate}).real
    )
    coefficients = np.zeros((n + 2, 1))
    coefficients[n + 1] = 3.0
    rho, variance = 0.8, 1e-4
    best = right(oscillating_teacher.radius_against_noise, "best radius")
    size = 3.0 * rho**n  # the alias at the radius of convergence
    assert leading_best_radius(coefficients, variance, n) == pytest.approx(
        rho * value(best, N=n, C=size, rho=rho, V=variance).real
    )
    error = right(oscillating_teacher.radius_against_noise, "error")
    noisy = value(error, N=n, C=0, rho=rho, V=variance, x=0.5).real
    assert variance * Contour.circle(n, 0.5 * rho).noise_gain() == pytest.approx(noisy)


def test_the_harmonics_of_the_toy_network_obey_the_local_rule(value):
    """First harmonic of a product from mean activities and first harmonics, in a small circle."""
    toy = toy_network()
    radius, points = 0.05, 12
    nudges = radius * np.exp(2j * np.pi * np.arange(points) / points)
    states = toy.settled_states(nudges)[:, 0]
    first = np.mean(states / nudges[:, None], axis=0)
    product = np.mean(states[:, 1] * states[:, 5] / nudges)
    rule = right(contour.local_rule, "first order")
    beta = next(s for s in rule.free_symbols if str(s) == "beta")
    derived = value(
        rule.coeff(beta), i_0=toy.free[0, 1], j_0=toy.free[0, 5], i_1=first[1], j_1=first[5]
    )
    assert product == pytest.approx(derived, abs=1e-12)
    ends = {"i_0": 0.3, "i_1": 0.5, "i_2": -0.2, "j_0": 0.7, "j_1": 0.1, "j_2": 0.4}
    both = (0.3 + 0.5 * 0.6 - 0.2 * 0.36) * (0.7 + 0.1 * 0.6 + 0.4 * 0.36)
    assert value(right(contour.local_rule, "product"), beta=0.6, **ends) == pytest.approx(both)


def test_the_contour_integral_of_a_polynomial_is_its_first_coefficient(value):
    c = np.random.default_rng(1).normal(size=6)
    angle = 2 * np.pi * np.arange(64) / 64
    for radius in (0.3, 1.7):
        at = radius * np.exp(1j * angle)
        g = np.polynomial.polynomial.polyval(at, c)
        # The sum over 64 points is the integral for all harmonics below 64.
        first = value(right(contour.contour_theorem, "first coefficient"), c_1=c[1])
        mean = value(right(contour.contour_theorem, "mean value"), c_0=c[0])
        assert np.mean(g / at) == pytest.approx(first, abs=1e-12)
        assert np.mean(g) == pytest.approx(mean, abs=1e-12)
        place, named = angle[5], {f"c_{k}": c[k] for k in range(6)} | {"r": radius}
        for name, wanted in (("measured", g / at), ("mean", g)):
            integrand = value(right(contour.contour_theorem, name), phi=place, **named)
            assert integrand == pytest.approx(wanted[5] / (2 * np.pi))


def test_a_displaced_circle_has_the_derived_weights(value):
    """Up to what makes orders 0 and 1 exact, by a point at 0: it falls like (c / r)^N."""
    made = Contour.circle(60, 0.7, 0.2)
    law = right(branches.moved_contour, "circle")
    weights = [value(law, c=0.2, z=node - 0.2) for node in made.nodes[:60]]
    np.testing.assert_allclose(60 * made.weights[:60], weights, rtol=1e-12)


def test_a_pair_of_points_adds_up_to_twice_its_real_part(value):
    c = np.random.default_rng(2).normal(size=4)
    radius, points, k = 0.6, 7, 2
    at = radius * np.exp(2j * np.pi * np.array([k, points - k]) / points)
    both = np.sum(np.polynomial.polynomial.polyval(at, c) / at)
    pair = right(contour.real_network, "real part")
    derived = sum(value(pair, c_m=c[m], m=m, r=radius, N=points, k=k) for m in range(4))
    assert both == pytest.approx(derived, abs=1e-12) and abs(both.imag) < 1e-12


def test_one_and_two_points_have_the_derived_errors(value):
    c = np.random.default_rng(3).normal(size=8)
    radius = 0.4

    def g(at):
        return np.polynomial.polynomial.polyval(at, c)

    symmetric = (g(radius) - g(-radius)) / (2 * radius)
    assert symmetric == pytest.approx(
        value(
            right(contour.aliasing, "symmetric"), c_1=c[1], c_3=c[3], c_5=c[5], c_7=c[7], r=radius
        ).real
    )
    one_sided = (g(radius) - c[0]) / radius
    assert one_sided == pytest.approx(
        value(
            right(contour.aliasing, "one-sided"), r=radius, **{f"c_{k}": c[k] for k in range(1, 8)}
        ).real
    )


def test_the_coefficients_of_a_square_root_have_the_derived_ratio(value):
    rho = 0.66
    coefficients = [1.0]
    for k in range(40):  # binomial series of sqrt(1 - x / rho)
        coefficients.append(coefficients[-1] * (0.5 - k) / (k + 1) * (-1 / rho))
    coefficient = right(branches.square_root_branch, "coefficient")
    assert value(coefficient, rho=rho, k=5) == pytest.approx(coefficients[5])
    for k in (3, 10, 30):
        assert coefficients[k + 1] / coefficients[k] == pytest.approx(
            value(right(branches.square_root_branch, "ratio"), rho=rho, k=k).real
        )
    assert coefficients[40] / coefficients[39] == pytest.approx(
        value(right(branches.square_root_branch, "radius"), rho=rho).real, rel=0.04
    )


def test_a_lag_in_discrete_steps_is_the_derived_factor(value):
    """A scalar map s <- lambda s + (1 - lambda) a1 beta, T steps for every turn of the nudge."""
    rate, a1, steps, points = -0.6, 0.8, 3, 9
    turn = np.exp(2j * np.pi / points)
    state, first = 0j, 0j
    for k in range(20 * points):
        nudge = 0.3 * turn**k
        for _ in range(steps):
            state = rate * state + (1 - rate) * a1 * nudge
        first = state / nudge
    expected = value(
        right(oscillating_teacher.discrete_lag, "relative"), m=rate**steps, w=turn, a_1=a1
    )
    assert first == pytest.approx(expected, abs=1e-12)
    leading = value(right(oscillating_teacher.discrete_lag, "leading"), m=rate**steps, w=turn)
    # What the leading order leaves is of the square of m = 0.216.
    assert first / a1 - 1 == pytest.approx(leading, abs=1.2 * abs(rate**steps) ** 2)


def test_the_running_average_is_the_derived_sum(value):
    b, e, a, n = 0.2, 1.5, 0.3, 17
    steps = b + e * np.exp(-a * np.arange(n))
    average = right(oscillating_teacher.running_average, "average")
    assert steps.mean() == pytest.approx(value(average, b=b, e=e, a=a, n=n).real)


def test_the_best_radius_under_noise_is_a_minimum_with_the_derived_error(value):
    noise = oscillating_teacher.radius_against_noise
    named = dict(N=4, C=2.0, rho=0.7, V=1e-5)
    best = value(right(noise, "best radius"), **named).real
    least = value(right(noise, "least error"), **named).real
    error = [
        value(right(noise, "error"), x=x, **named).real for x in (0.97 * best, best, 1.03 * best)
    ]
    assert error[1] < min(error[0], error[2])
    assert error[1] == pytest.approx(least)


def test_the_points_of_a_budget_balance_both_errors(value):
    time = oscillating_teacher.points_against_time
    named = {"T": 80.0, "lambda": 0.7, "x": 0.5}
    best = value(right(time, "best number"), **named).real
    aliasing = best * np.log(named["x"])
    lag = named["T"] / best * np.log(named["lambda"])
    assert aliasing == pytest.approx(lag)
    assert value(right(time, "error left"), **named).real == pytest.approx(aliasing)


def test_the_soft_clip_and_the_shifted_sigmoid_are_those_of_the_code(value):
    z = 0.7 - 0.4j
    derived = right(holomorphic_activations.soft_clip, "soft clip")
    assert soft_clip(z) == pytest.approx(value(derived, z=z))
    first, second = (
        value(right(holomorphic_activations.soft_clip, f"{name} gate"), z=z)
        for name in ("first", "second")
    )
    assert soft_clip(z) == pytest.approx(z / 2 / first + (1 - z / 2) / second)
    definition = right(holomorphic_activations.shifted_sigmoid, "definition")
    assert find_activation("shifted_sigmoid").function(z) == pytest.approx(value(definition, z=z))
    denominator = right(holomorphic_activations.shifted_sigmoid, "denominator")
    for pole in activation_poles("shifted_sigmoid", 3):
        assert abs(value(denominator, z=pole)) < 1e-12
    for pole in activation_poles("soft_clip", 2)[:2]:
        assert abs(value(right(holomorphic_activations.soft_clip, "first gate"), z=pole)) < 1e-12
    for pole in activation_poles("soft_clip", 2)[2:]:
        assert abs(value(right(holomorphic_activations.soft_clip, "second gate"), z=pole)) < 1e-12
