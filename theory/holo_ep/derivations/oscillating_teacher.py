"""Derivations: lag and transients of a continuously oscillating teacher, and noise."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

SOURCE = "worked out here, for the continuous-time estimate of Laborieux and Zenke 2022"
t, tau, omega = sp.symbols("t tau omega", positive=True)
a0, a1 = sp.symbols("a_0 a_1", real=True)
r = sp.Symbol("r", positive=True)


def continuous_time() -> Derivation:
    """A state that relaxes at a finite rate sees the teacher late and damped."""
    s = sp.Function("s")
    d = Derivation(
        "A network that lags behind its teacher",
        source=SOURCE,
        symbols={
            tau: "time constant of the relaxation",
            omega: "angular frequency of the teacher",
            a0: "state at rest",
            a1: "derivative of the equilibrium in the nudge",
            r: "modulus of the nudge",
        },
    )
    turning = r * sp.exp(sp.I * omega * t)
    d.given(
        "relaxation",
        Eq(tau * Derivative(s(t), t), -(s(t) - a0 - a1 * turning)),
        "towards an equilibrium that moves with the nudge",
    )
    steady = a0 + a1 * turning / (1 + sp.I * omega * tau)
    d.given("steady", Eq(s(t), steady), "what is left after the transient")
    d.differentiate(
        "its slope",
        Eq(Derivative(s(t), t), sp.I * omega * a1 * turning / (1 + sp.I * omega * tau)),
        t,
        "in time",
    )
    d.given("check", tau * Derivative(s(t), t) + s(t) - a0 - a1 * turning, "both sides together")
    d.substitute("solves", sp.S.Zero, ["its slope", "steady"], "it does solve the equation")
    d.given("demodulated", a1 / (1 + sp.I * omega * tau), "first harmonic over the nudge")
    d.apply(
        "estimate",
        a1 / (1 + omega**2 * tau**2),
        sp.re,
        "the real part is kept: the radius of the nudge has dropped out",
    )
    d.expand(
        "slow teacher",
        a1 - a1 * tau**2 * omega**2,
        omega,
        0,
        3,
        "the error of a lag falls with the square of the frequency",
    )
    return d


def discrete_lag() -> Derivation:
    """T steps between turns of the nudge: the lag decays exponentially with T."""
    m, w = sp.symbols("m w")
    big = sp.Symbol("A")
    d = Derivation(
        "A lag in discrete steps",
        source=SOURCE,
        symbols={
            m: "T-th power of an eigenvalue of one step, of modulus below 1",
            w: "factor by which the nudge turns between two teaching steps",
            big: "first coefficient of the lagging state as a function of the nudge",
            a1: "derivative of the equilibrium",
        },
    )
    d.given(
        "turn",
        Eq(w * big, m * big + w * (1 - m) * a1),
        "first order of: state after the turn = T steps at the new nudge, from the old state",
    )
    d.solve("lagging", Eq(big, w * (1 - m) * a1 / (w - m)), big, "one linear equation")
    d.rewrite("relative", Eq(big, (1 - m) / (1 - m / w) * a1), "as a factor of the derivative")
    d.given("error", (1 - m) / (1 - m / w) - 1, "relative error of the first harmonic")
    d.expand("leading", m * (1 / w - 1), m, 0, 1, "proportional to m: exponential in T")
    return d


def running_average() -> Derivation:
    """What a decaying start leaves in a running average falls with one over the time."""
    b, e, a = sp.symbols("b e a", positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    n = sp.Symbol("n", integer=True, positive=True)
    d = Derivation(
        "The start in a running average",
        source=SOURCE,
        symbols={
            b: "error of the steady oscillation",
            e: "additional error of the first teaching step",
            a: "rate at which that decays",
            n: "number of teaching steps averaged",
        },
    )
    d.given("step", b + e * sp.exp(-a * k), "error of teaching step k")
    d.sum(
        "total",
        n * b + e * (1 - sp.exp(-a * n)) / (1 - sp.exp(-a)),
        (k, 0, n - 1),
        "summed over n steps",
    )
    d.given(
        "average",
        b + e * (1 - sp.exp(-a * n)) / (n * (1 - sp.exp(-a))),
        "divided by their number",
    )
    d.limit("plateau", b, n, sp.oo, "the lag stays")
    return d


def radius_against_noise() -> Derivation:
    """The best radius for N points under noise, and what many points can gain."""
    n, rho, big, v, x = sp.symbols("N rho C V x", positive=True)
    best = (v / (2 * n**2 * big**2 * rho**2)) ** (1 / (2 * n + 2))
    d = Derivation(
        "Aliasing against noise",
        source="worked out here; the trade-off is that of Laborieux and Zenke 2022",
        symbols={
            n: "number of points, at least 3",
            x: "radius of the contour over the radius of convergence",
            rho: "radius of convergence",
            big: "size of the aliasing error extrapolated to x = 1",
            v: "variance of one reading of the product",
        },
    )
    d.given(
        "error",
        big**2 * x ** (2 * n) + v / (2 * n * rho**2 * x**2),
        "squared aliasing error plus variance; noise of real neurons loses half of its variance "
        "with the imaginary part",
    )
    d.differentiate(
        "slope", 2 * n * big**2 * x ** (2 * n - 1) - v / (n * rho**2 * x**3), x, "in the radius"
    )
    d.substitute("balance", sp.S.Zero, {x: best}, "zero at the best radius")
    d.given("best radius", best, "the best radius, relative to the radius of convergence")
    d.limit("many points", sp.S.One, n, sp.oo, "with many points it moves to the branch point")
    d.substitute(
        "least error",
        big**2 * (n + 1) * (v / (2 * n**2 * big**2 * rho**2)) ** (n / (n + 1)),
        {x: best},
        "the noise comes in with the power 2N/(N+1): the more points, the closer to its square",
        of="error",
    )
    return d


def points_against_time() -> Derivation:
    """How many points share a budget of relaxation steps best."""
    n, budget, rate, x = sp.symbols("N T lambda x", positive=True)
    d = Derivation(
        "Points against time",
        source="worked out here",
        symbols={
            n: "number of points",
            budget: "steps of all points together",
            rate: "factor by which one step approaches the equilibrium",
            x: "radius of the contour over the radius of convergence",
        },
        domain={rate: (0, 1), x: (0, 1)},
    )
    d.given("aliasing", n * sp.log(x), "logarithm of the aliasing error")
    d.given("lag", budget / n * sp.log(rate), "logarithm of what T/N steps leave of the way")
    d.given(
        "equal",
        Eq(n * sp.log(x), budget / n * sp.log(rate)),
        "one falls with the number of points, the other grows: best where they are equal",
    )
    d.solve(
        "best number",
        Eq(n, sp.sqrt(budget * sp.log(rate) / sp.log(x))),
        n,
        "grows with the square root of the budget",
    )
    d.substitute(
        "error left",
        sp.sqrt(budget * sp.log(rate) / sp.log(x)) * sp.log(x),
        "best number",
        "logarithm of the error: it falls with the exponential of the root of the budget",
        of="aliasing",
    )
    return d
