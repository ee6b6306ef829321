"""The derivations of finite oscillations against bare numbers and against the network."""

import inspect

import numpy as np
import pytest

from theory.derivation import Derivation
from theory.holo_ep import (
    best_number_of_points,
    leading_best_radius,
    noise_gain,
    toy_network,
)
from theory.holo_ep.derivations import contour, holomorphic_activations, oscillating_teacher

MODULES = (contour, oscillating_teacher, holomorphic_activations)
DERIVATIONS = [
    function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


def value(expression, **named):
    symbols = {str(symbol): symbol for symbol in expression.free_symbols}
    assert set(symbols) == set(named), (set(symbols), set(named))
    return complex(expression.subs({symbols[name]: number for name, number in named.items()}))


@pytest.mark.parametrize("function", DERIVATIONS, ids=lambda f: f.__name__)
def test_every_derivation_is_proved_and_prints(function):
    derivation = function()
    assert isinstance(derivation, Derivation) and len(derivation) >= 2
    assert any(not step.is_premise for step in derivation)
    assert derivation.title in derivation._repr_markdown_()


def test_the_alias_of_three_points_is_that_of_a_polynomial():
    c = np.random.default_rng(0).normal(size=8)
    radius = 0.7
    at = radius * np.exp(2j * np.pi * np.arange(3) / 3)
    measured = np.mean(np.polynomial.polynomial.polyval(at, c) / at)
    predicted = value(
        contour.aliasing()["aliased"], r=radius, c_1=c[1], c_4=c[4], c_7=c[7]
    )  # fmt: skip
    assert measured == pytest.approx(predicted, abs=1e-14)


def test_the_bound_is_the_sum_of_a_geometric_series():
    bound = contour.aliasing_bound()["bound"]
    largest, circle, radius, points = 1.7, 0.9, 0.4, 3
    terms = [largest / circle ** (1 + j * points) * radius ** (j * points) for j in range(1, 200)]
    assert value(bound, M=largest, R=circle, r=radius, N=points).real == pytest.approx(
        sum(terms), rel=1e-13
    )


def test_a_lagging_unit_integrated_in_time_has_the_derived_amplitude():
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
        oscillating_teacher.continuous_time()["demodulated"], a_1=a1, omega=omega, tau=tau
    )
    # The middle-point rule errs by (omega dt)^2 / 24, far below this tolerance.
    assert first == pytest.approx(derived, abs=1e-6)


def test_the_predictions_are_the_derived_formulas():
    n, budget, rate, x = 5, 90.0, 0.6, 0.45
    derived = oscillating_teacher.points_against_time()["best number"].rhs
    assert best_number_of_points(budget, rate, x * 0.7, 0.7) == pytest.approx(
        value(derived, T=budget, x=x, **{"lambda": rate}).real
    )
    coefficients = np.zeros((n + 2, 1))
    coefficients[n + 1] = 3.0
    rho, variance = 0.8, 1e-4
    best = oscillating_teacher.radius_against_noise()["best radius"]
    size = 3.0 * rho**n  # the alias at the radius of convergence
    assert leading_best_radius(coefficients, variance, n) == pytest.approx(
        rho * value(best, N=n, C=size, rho=rho, V=variance).real
    )
    error = oscillating_teacher.radius_against_noise()["error"]
    noisy = value(error, N=n, C=0, rho=rho, V=variance, x=0.5).real
    assert variance * noise_gain(n, 0.5 * rho) == pytest.approx(noisy)


def test_the_harmonics_of_the_toy_network_obey_the_local_rule():
    """First harmonic of a product from mean activities and first harmonics, in a small circle."""
    from theory.holo_ep import settled_states

    toy = toy_network()
    radius, points = 0.05, 12
    nudges = radius * np.exp(2j * np.pi * np.arange(points) / points)
    states = settled_states(toy, nudges)[:, 0]
    first = np.mean(states / nudges[:, None], axis=0)
    product = np.mean(states[:, 1] * states[:, 5] / nudges)
    rule = contour.local_rule()["first order"]
    beta = next(s for s in rule.free_symbols if str(s) == "beta")
    derived = value(
        rule.coeff(beta), i_0=toy.free[0, 1], j_0=toy.free[0, 5], i_1=first[1], j_1=first[5]
    )
    assert product == pytest.approx(derived, abs=1e-12)
