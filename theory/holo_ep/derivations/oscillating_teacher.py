"""Derivations: lag and transients of a continuously oscillating teacher, and noise."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

SOURCE = "worked out here, for the continuous-time estimate of Laborieux and Zenke 2022"
tau, omega = sp.symbols("tau omega", positive=True)
t = sp.Symbol("t", nonnegative=True)
a0, a1 = sp.symbols("a_0 a_1", real=True)
r = sp.Symbol("r", positive=True)


def continuous_time() -> Derivation:
    """A state that relaxes at a finite rate sees the teacher late and damped."""
    s, steady, distance, reading = (sp.Function(name) for name in "syxf")
    start = sp.Symbol("s_0")
    d = Derivation(
        "A network that lags behind its teacher",
        source=SOURCE,
        symbols={
            tau: "time constant of the relaxation",
            omega: "angular frequency of the teacher",
            a0: "state at rest",
            a1: "derivative of the equilibrium in the nudge",
            r: "modulus of the nudge",
            start: "state at the beginning",
        },
    )
    turning = r * sp.exp(sp.I * omega * t)
    d.assume(
        "relaxation",
        Eq(tau * Derivative(s(t), t), -(s(t) - a0 - a1 * turning)),
        "towards an equilibrium that moves with the nudge",
    )
    late = 1 + sp.I * omega * tau
    d.solve(
        "state",
        Eq(
            s(t),
            a0 + a1 * turning / late + (start - a0 - a1 * r / late) * sp.exp(-t / tau),
        ),
        s(t),
        "the teacher's oscillation, late and damped, and a transient",
        initial={s(0): start},
    )
    d.define("steady", Eq(steady(t), a0 + a1 * turning / late), "without the transient")
    d.define("distance", Eq(distance(t), s(t) - steady(t)), "of the state to that")
    d.substitute(
        "transient",
        (start - a0 - a1 * r / late) * sp.exp(-t / tau),
        ["state", "steady"],
        "it decays with the time constant",
    )
    d.limit("forgotten", sp.S.Zero, t, sp.oo, "and is gone in the end")
    d.define(
        "reading",
        Eq(reading(t), omega / (2 * sp.pi * r) * steady(t) * sp.exp(-sp.I * omega * t)),
        "the first harmonic over the nudge is its integral over one turn",
    )
    d.substitute(
        "put in",
        omega / (2 * sp.pi * r) * (a0 * sp.exp(-sp.I * omega * t) + a1 * r / late),
        "steady",
        "the steady state",
    )
    d.integrate("demodulated", a1 / late, (t, 0, 2 * sp.pi / omega), "over one turn")
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
    m, w, beta = sp.symbols("m w beta")
    big = sp.Symbol("A")
    error = sp.Function("e")
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
    s = sp.Function("s")
    d.define("state", Eq(s(beta), big * beta), "of the lagging network, first order in the nudge")
    d.assume(
        "steps",
        Eq(s(w * beta) - a1 * w * beta, m * (s(beta) - a1 * w * beta)),
        "T steps at the new nudge w beta, from the state at the old one: the distance to the new "
        "equilibrium is multiplied by m",
    )
    d.substitute(
        "turn",
        Eq(big * w * beta - a1 * w * beta, m * (big * beta - a1 * w * beta)),
        "state",
        "in first order",
    )
    d.solve("lagging", Eq(big, w * (1 - m) * a1 / (w - m)), big, "one linear equation",
            nonzero=[beta, w - m])  # fmt: skip
    d.rewrite("relative", Eq(big, (1 - m) / (1 - m / w) * a1), "as a factor of the derivative")
    d.define("error", Eq(error(m), (1 - m) / (1 - m / w) - 1), "of the first harmonic, relative")
    d.expand("leading", m * (1 / w - 1), m, 0, 1, "proportional to m: exponential in T")
    return d


def running_average() -> Derivation:
    """What a decaying start leaves in a running average falls with one over the time."""
    b, e, a = sp.symbols("b e a", positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    n = sp.Symbol("n", integer=True, positive=True)
    step, average = sp.Function("e_k"), sp.Function("m")
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
    d.define("step", Eq(step(k), b + e * sp.exp(-a * k)), "error of teaching step k")
    total = n * b + e * (1 - sp.exp(-a * n)) / (1 - sp.exp(-a))
    d.sum("total", total, (k, 0, n - 1), "summed over n steps")
    whole = sp.Sum(step(k), (k, 0, n - 1))
    d.define("mean", Eq(average(n), whole / n), "divided by their number")
    d.substitute("average", total / n, "total", "the running average")
    d.limit("plateau", b, n, sp.oo, "the lag stays")
    return d


def radius_against_noise() -> Derivation:
    """The best radius for N points under noise, and what many points can gain."""
    n = sp.Symbol("N", integer=True, positive=True)
    rho, big, v, x = sp.symbols("rho C V x", positive=True)
    best = (v / (2 * n**2 * big**2 * rho**2)) ** (1 / (2 * n + 2))
    q = sp.Symbol("q")
    k = sp.Symbol("k", integer=True, nonnegative=True)
    error, at, kept = sp.Function("E"), sp.Function("x_b"), sp.Function("w")
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
        domain={n: (2, sp.oo)},
    )
    d.define(
        "share",
        Eq(kept(k), sp.Rational(1, 2) + (q**k + q**-k) / 4),
        "squared cosine of the phase of point k: what the real part keeps of its noise",
    )
    d.sum(
        "all shares",
        n / 2 + ((1 - q**n) / (1 - q) + (1 - q**-n) / (1 - 1 / q)) / 4,
        (k, 0, n - 1),
        "over all points",
    )
    d.substitute(
        "half",
        n / 2,
        {q: sp.exp(4 * sp.pi * sp.I / n)},
        "half of the variance is lost with the imaginary part",
    )
    d.define(
        "error",
        Eq(error(x), big**2 * x ** (2 * n) + v / (2 * n * rho**2 * x**2)),
        "squared aliasing error plus variance V N/2 over the square of N rho x",
    )
    balance = x ** (2 * n + 2) - v / (2 * n**2 * big**2 * rho**2)
    d.differentiate(
        "slope", 2 * n * big**2 / x**3 * balance, x, "negative below the best radius, then positive"
    )
    d.substitute("balance", sp.S.Zero, {x: best}, "zero at the best radius")
    d.define("best radius", Eq(at(n), best), "relative to the radius of convergence")
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
    alias, lag = sp.Function("a"), sp.Function("b")
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
    d.define("aliasing", Eq(alias(n), n * sp.log(x)), "logarithm of the aliasing error x^N")
    d.define(
        "lag",
        Eq(lag(n), budget / n * sp.log(rate)),
        "logarithm of what T/N steps leave of the way",
    )
    d.assume(
        "equal",
        Eq(alias(n), lag(n)),
        "one falls with the number of points, the other grows: best where they are equal",
    )
    d.substitute(
        "balance", Eq(n * sp.log(x), budget / n * sp.log(rate)), ["aliasing", "lag"], "put in"
    )
    number = sp.sqrt(budget * sp.log(rate) / sp.log(x))
    d.solve("best number", Eq(n, number), n, "grows with the square root of the budget")
    d.substitute(
        "error left",
        number * sp.log(x),
        "best number",
        "logarithm of the error: it falls with the exponential of the root of the budget",
        of="aliasing",
    )
    return d
