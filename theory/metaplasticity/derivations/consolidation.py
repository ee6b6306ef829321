"""Derivations for consolidation: trajectory, flip time, discrete steps, transport, decay, tails."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here, for the metaplastic factor of Laborieux et al. 2021"
m, v, x = sp.symbols("m v x", positive=True)
W, W0 = sp.symbols("W W_0", positive=True)
t = sp.Symbol("t", positive=True)


def flip_time() -> Derivation:
    """Time to flip under a steady pull, and how metaplasticity prolongs it."""
    gain, time = sp.Function("R"), sp.Symbol("T", positive=True)
    derivation = Derivation(
        "Time to flip a hidden weight",
        source=SOURCE,
        symbols={
            W0: "hidden weight at the start, positive",
            v: "speed of the pull towards zero, hidden weight per step",
            m: "metaplasticity",
            x: "metaplasticity times hidden weight",
        },
    )
    derivation.given("slowness", sp.cosh(m * W) ** 2, "one over the metaplastic factor")
    derivation.integrate(
        "travel",
        sp.sinh(2 * m * W0) / (4 * m) + W0 / 2,
        (W, 0, W0),
        "time from W_0 to zero at unit pull, G(W_0)",
    )
    derivation.given(
        "law", Eq(time, (sp.sinh(2 * m * W0) / (4 * m) + W0 / 2) / v), "divide by the pull"
    )
    derivation.given(
        "ratio", Eq(gain(m * W0), v * time / W0), "against W_0/v without metaplasticity"
    )
    derivation.substitute(
        "gain",
        Eq(gain(m * W0), sp.Rational(1, 2) + sp.sinh(2 * m * W0) / (4 * m * W0)),
        "law",
        "a function of m W_0 alone",
    )
    derivation.substitute(
        "scaled",
        Eq(gain(x), sp.Rational(1, 2) + sp.sinh(2 * x) / (4 * x)),
        {W0: x / m},
        "x = m W_0",
    )
    derivation.expand("small", 1 + x**2 / 3 + x**4 / 15, x, 0, 5, "weak consolidation")
    derivation.asymptotic(
        "large", sp.exp(2 * x) / (8 * x), x, sp.oo, "exponential in the hidden weight", of="scaled"
    )
    return derivation


def discrete_flip_time() -> Derivation:
    """What finite steps add to the flip time: backward error analysis of the Euler scheme."""
    f, hidden = sp.Function("f"), sp.Symbol("W", real=True)
    h = sp.Symbol("h", positive=True)
    derivation = Derivation(
        "Finite steps: what they add to the flip time",
        source=SOURCE,
        symbols={h: "book-keeping: the pull is h v, so that orders of h count powers of the pull"},
    )
    derivation.given(
        "modified",
        1 / (h * v * f(hidden) * (1 + h * v * sp.Derivative(f(hidden), hidden) / 2)),
        "time per hidden weight of the flow that passes through the iterates to second order",
    )
    derivation.expand(
        "first orders",
        1 / (h * v * f(hidden)) - sp.Derivative(f(hidden), hidden) / (2 * f(hidden)),
        h,
        0,
        0,
        "the second term does not depend on the pull",
    )
    derivation.given("factor", Eq(f(hidden), sp.sech(m * hidden) ** 2), "the published factor")
    derivation.given("second term", -sp.Derivative(f(hidden), hidden) / (2 * f(hidden)), "alone")
    derivation.substitute("correction", m * sp.tanh(m * hidden), "factor", "its slope")
    derivation.integrate(
        "log cosh",
        sp.log(sp.cosh(m * W0)),
        (hidden, 0, W0),
        "the flip time grows by ln cosh(m W_0) steps, whatever the pull",
    )
    return derivation


def transported_density() -> Derivation:
    """A density of hidden weights is carried along and squeezed by a common pull."""
    hidden, origin = sp.Symbol("W", positive=True), sp.Function("Y")
    initial, density = sp.Function("rho_0"), sp.Function("rho")
    travel = sp.Function("G")
    derivation = Derivation(
        "Transport of the density of hidden weights",
        source=SOURCE,
        symbols={origin(hidden): "where the hidden weight W came from"},
    )
    y = sp.Symbol("Y", positive=True)
    derivation.given(
        "origin",
        Eq(travel(origin(hidden)), travel(hidden) + v * t),
        "follow the trajectory back for the time t",
    )
    squeeze = sp.Symbol("J", positive=True)
    derivation.given(
        "neighbours",
        Eq(squeeze * sp.cosh(m * y) ** 2, sp.cosh(m * hidden) ** 2),
        "differentiate by W: the slope of G is cosh^2, J is the slope of Y",
    )
    derivation.solve(
        "squeeze",
        Eq(squeeze, sp.cosh(m * hidden) ** 2 / sp.cosh(m * y) ** 2),
        squeeze,
        "close to zero a density is diluted, far out it is nearly kept",
    )
    derivation.given(
        "density",
        Eq(density(hidden), initial(y) * squeeze),
        "no hidden weight is lost: density times length is kept",
    )
    derivation.substitute(
        "transported",
        Eq(density(hidden), initial(y) * sp.cosh(m * hidden) ** 2 / sp.cosh(m * y) ** 2),
        "squeeze",
        "with G(Y) = G(W) + v t",
    )
    return derivation


def front() -> Derivation:
    """The smallest hidden weight that has not flipped yet: a logarithmic front."""
    critical, pulled = sp.symbols("W_c V", positive=True)
    derivation = Derivation(
        "The forgetting front is logarithmic",
        source=SOURCE,
        symbols={pulled: "pull times time", critical: "hidden weights below it have flipped"},
    )
    derivation.given("travel", sp.sinh(2 * m * critical) / (4 * m) + critical / 2, "G at the front")
    derivation.asymptotic(
        "far out", sp.exp(2 * m * critical) / (8 * m), critical, sp.oo, "the growing exponential"
    )
    derivation.given("balance", Eq(sp.exp(2 * m * critical) / (8 * m), pulled), "front condition")
    derivation.solve(
        "front",
        Eq(critical, sp.log(8 * m * pulled) / (2 * m)),
        critical,
        "every doubling of the time moves the front by the same ln 2/(2 m)",
    )
    return derivation


def passive_decay() -> Derivation:
    """Weight decay under the metaplastic factor."""
    rate = sp.Symbol("r", positive=True)
    derivation = Derivation(
        "Weight decay alone",
        source=SOURCE,
        symbols={rate: "decay per step: learning rate times decay coefficient"},
    )
    derivation.given("slowness", sp.cosh(m * W) ** 2 / W, "time per hidden weight, times the rate")
    derivation.rewrite("halves", 1 / (2 * W) + sp.cosh(2 * m * W) / (2 * W), "double angle")
    derivation.integrate(
        "decay time",
        sp.log(W) / 2 + sp.Chi(2 * m * W) / 2,
        W,
        "the rate times the time is the difference of this between start and end",
    )
    return derivation


def tails() -> Derivation:
    """Other factors: the tail of the factor decides the law of forgetting."""
    p = sp.Symbol("p", positive=True)
    derivation = Derivation(
        "The tail of the factor decides the forgetting law",
        source=SOURCE,
        symbols={p: "exponent of a power-law tail"},
    )
    derivation.given("exponential tail", sp.exp(m * W), "one over f = exp(-m W)")
    derivation.integrate(
        "logarithmic front", (sp.exp(m * W0) - 1) / m, (W, 0, W0), "inverted: ln(1 + m v t)/m"
    )
    derivation.given("power tail", 1 + (m * W) ** p, "one over f = 1/(1 + (m W)^p)")
    derivation.integrate(
        "power front",
        W0 + m**p * W0 ** (p + 1) / (p + 1),
        (W, 0, W0),
        "inverted, at late times: a power 1/(p + 1) of the time",
    )
    return derivation
