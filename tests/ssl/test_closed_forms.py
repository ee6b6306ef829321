"""Closed forms of the Euclidean flow: against integrators, limits and each other."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from theory.ssl.closed_forms import (
    isotropic_predictor_eigenvalue,
    recruitment_time,
    standard_predictor_eigenvalue,
    weight_decay_fixed_points,
)


@pytest.mark.parametrize("start", 10.0 ** np.arange(-4, 7))
def test_lambert_solution_against_an_integrator(start):
    end = 30 / min(start, 1)
    run = solve_ivp(
        lambda _, x: 2 * np.exp(x) * (1 - np.exp(x)),
        (0, end),
        [np.log(start)],
        method="DOP853",
        rtol=1e-12,
        atol=1e-13,
        dense_output=True,
    )
    times = np.logspace(-9, np.log10(end), 40)
    np.testing.assert_allclose(
        standard_predictor_eigenvalue(start, times), np.exp(run.sol(times)[0]), rtol=1e-9
    )


@pytest.mark.parametrize("noise", [0.0, 0.6])
@pytest.mark.parametrize("exponent", [0.5, 2.0])
@pytest.mark.parametrize("rho", [0.15, 1.0, 1.4])
def test_closed_forms_satisfy_their_equations(noise, exponent, rho):
    c1, step = 1 + noise**2, 1e-5
    start = np.array([1e-3, 0.2, 0.7, 3.0, 40.0])
    for solution, pull in (
        (standard_predictor_eigenvalue, lambda p: p * (1 - c1 * p)),
        (
            lambda *a: isotropic_predictor_eigenvalue(*a, weight_decay=rho),
            lambda p: 1 - rho - c1 * p,
        ),
    ):
        for time in (0.1, 1.0, 4.0):
            p = solution(start, time, exponent, noise)
            slope = solution(start, time + step, exponent, noise)
            slope = (slope - solution(start, time - step, exponent, noise)) / (2 * step)
            # central difference: step^2 times a third derivative, and rounding over the step
            np.testing.assert_allclose(slope, 2 * exponent * p * pull(p), atol=1e-7)
        np.testing.assert_allclose(solution(start, 0.0, exponent, noise), start, rtol=1e-13)


def test_limits():
    assert standard_predictor_eigenvalue(0.0, 5.0) == 0
    assert isotropic_predictor_eigenvalue(0.0, 5.0) == 0
    assert standard_predictor_eigenvalue(1.0, 5.0) == 1
    assert standard_predictor_eigenvalue(1e-300, 1.0) == pytest.approx(1e-300, rel=1e-10)
    assert standard_predictor_eigenvalue(0.3, 1e4) == pytest.approx(1, abs=1e-14)
    assert standard_predictor_eigenvalue(9.0, 1e4, noise=0.5) == pytest.approx(0.8, abs=1e-14)
    assert isotropic_predictor_eigenvalue(1e-9, 1e4, weight_decay=0.25) == pytest.approx(0.75)
    assert isotropic_predictor_eigenvalue(2.0, 1e4, weight_decay=1.5) == pytest.approx(0, abs=1e-12)
    near = isotropic_predictor_eigenvalue(2.0, 3.0, weight_decay=1 - 1e-9)
    assert isotropic_predictor_eigenvalue(2.0, 3.0, weight_decay=1.0) == pytest.approx(near, 1e-7)


def test_time_can_be_split():
    start = np.array([0.01, 0.5, 2.0, 1e4])
    for solution in (standard_predictor_eigenvalue, isotropic_predictor_eigenvalue):
        np.testing.assert_allclose(
            solution(solution(start, 0.7), 1.9), solution(start, 2.6), rtol=1e-11
        )


@pytest.mark.parametrize(
    ("variant", "solution"),
    [
        ("standard", standard_predictor_eigenvalue),
        ("isotropic", isotropic_predictor_eigenvalue),
    ],
)
@pytest.mark.parametrize("start", [1e-3, 0.1, 0.34, 0.5])
def test_recruitment_time(variant, solution, start):
    predicted = recruitment_time(start, variant)
    if start < 0.5:
        found = brentq(lambda t: solution(start, t) - 0.5, 0, 2 * predicted + 1, xtol=1e-13)
        assert predicted == pytest.approx(found, rel=1e-9)
    else:
        assert predicted == pytest.approx(0, abs=1e-15)


def test_fixed_points_are_roots_and_meet():
    rho = np.linspace(0, 0.24, 7)
    for noise in (0.0, 0.15):
        c1 = 1 + noise**2
        for root in weight_decay_fixed_points(rho, noise):
            alive = np.isfinite(root)
            np.testing.assert_allclose((root * (1 - c1 * root))[alive], rho[alive], atol=1e-14)
    upper, lower = weight_decay_fixed_points(0.25)
    assert upper == lower == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: standard_predictor_eigenvalue(-1.0, 1.0), "initial must be 0 or above"),
        (lambda: isotropic_predictor_eigenvalue(1.0, -1.0), "times must be 0 or above"),
        (lambda: recruitment_time(0.6, "standard"), "in \\(0, 1/2\\]"),
        (lambda: recruitment_time(0.1, "released"), "variant must be one of"),
        (lambda: weight_decay_fixed_points(-0.1), "weight_decay must be 0 or above"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
