"""What a pull in the other direction leaves: transported densities, fronts and their laws."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation
from theory.metaplasticity.derivations.consolidation import _travel

SOURCE = "derived here, for the metaplastic factor of Laborieux et al. 2021"
m, v, x = sp.symbols("m v x", positive=True)
W, W0 = sp.symbols("W W_0", positive=True)
t = sp.Symbol("t", nonnegative=True)


def transported_density() -> Derivation:
    """A density of hidden weights is carried along and squeezed by a common pull."""
    hidden, y = sp.symbols("W y", positive=True)
    origin = sp.Function("Y", positive=True)
    initial, density, share = map(sp.Function, ("rho_0", "rho", "P"))
    travel = sp.Function("G")
    derivation = Derivation(
        "Transport of the density of hidden weights",
        source=SOURCE,
        symbols={
            travel(y): "time from y to zero at unit pull",
            origin(hidden): "where the hidden weight W came from",
            share(hidden): "share of the hidden weights between 0 and W, up to a constant",
        },
    )
    slope = sp.Derivative(origin(hidden), hidden)
    derivation.define("travel", Eq(travel(y), _travel(y)), "as for the flip time")
    derivation.assume(
        "origin",
        Eq(travel(origin(hidden)), travel(hidden) + v * t),
        "follow the trajectory back for the time t: G falls at the speed v",
    )
    derivation.substitute(
        "explicit",
        Eq(_travel(origin(hidden)), _travel(hidden) + v * t),
        "travel",
        "insert the travel time",
    )
    derivation.differentiate(
        "neighbours",
        Eq(sp.cosh(m * origin(hidden)) ** 2 * slope, sp.cosh(m * hidden) ** 2),
        hidden,
        "two neighbours",
    )
    derivation.solve(
        "squeeze",
        Eq(slope, sp.cosh(m * hidden) ** 2 / sp.cosh(m * origin(hidden)) ** 2),
        slope,
        "close to zero a density is diluted, far out it is nearly kept",
    )
    derivation.define(
        "share",
        Eq(share(hidden), sp.Integral(initial(y), (y, 1, origin(hidden)))),
        "no hidden weight is lost on the way: count them where they came from",
    )
    derivation.define(
        "density", Eq(density(hidden), sp.Derivative(share(hidden), hidden)), "slope of the share"
    )
    derivation.substitute(
        "kept",
        Eq(density(hidden), initial(origin(hidden)) * slope),
        "share",
        "density times length is kept",
    )
    derivation.substitute(
        "transported",
        Eq(
            density(hidden),
            initial(origin(hidden)) * sp.cosh(m * hidden) ** 2 / sp.cosh(m * origin(hidden)) ** 2,
        ),
        "squeeze",
        "with G(Y) = G(W) + v t",
    )
    return derivation


def front() -> Derivation:
    """The smallest hidden weight that has not flipped yet: a logarithmic front."""
    pulled = sp.Symbol("V", positive=True)
    needed, (law, gap, more) = sp.Function("G", positive=True), map(sp.Function, ("W_c", "D", "M"))
    derivation = Derivation(
        "The forgetting front is logarithmic",
        source=SOURCE,
        symbols={
            pulled: "pull times time",
            needed(W): "pull times time that brings the front to W",
            law(pulled): "front: hidden weights below it have flipped",
        },
    )
    derivation.define("travel", Eq(needed(W), _travel(W)), "travel time at unit pull")
    derivation.asymptotic(
        "far out", sp.exp(2 * m * W) / (8 * m), W, sp.oo, "the growing exponential"
    )
    derivation.define(
        "front",
        Eq(law(pulled), sp.log(8 * m * pulled) / (2 * m)),
        "where that exponential is equal to the pull times time",
    )
    derivation.define("gap", Eq(gap(W), law(needed(W)) - W), "against the exact front")
    derivation.substitute(
        "inserted",
        Eq(gap(W), sp.log(8 * m * _travel(W)) / (2 * m) - W),
        ["front", "travel"],
        "insert both",
    )
    derivation.limit("late", sp.S.Zero, W, sp.oo, "late it is exact")
    derivation.define(
        "doubling", Eq(more(pulled), law(2 * pulled) - law(pulled)), "double the time"
    )
    derivation.substitute(
        "steady",
        Eq(more(pulled), sp.log(2) / (2 * m)),
        "front",
        "every doubling of the time moves the front by the same length",
    )
    return derivation


def tails() -> Derivation:
    """Other factors: the tail of the factor decides the law of forgetting."""
    p, pulled = sp.symbols("p V", positive=True)
    exponential, power = sp.Function("q_e"), sp.Function("q_p")
    derivation = Derivation(
        "The tail of the factor decides the forgetting law",
        source=SOURCE,
        symbols={
            p: "exponent of a power-law tail",
            pulled: "pull times time; the front W_0 is where the travel time is equal to it",
        },
    )
    passed = sp.Integral(exponential(W), (W, 0, W0))
    derivation.define(
        "exponential tail", Eq(exponential(W), sp.exp(m * W)), "one over f = exp(-m W)"
    )
    derivation.integrate("exponential travel", (sp.exp(m * W0) - 1) / m, (W, 0, W0), "travel time")
    derivation.assume("exponential balance", Eq(passed, pulled), "what the front is")
    derivation.substitute(
        "at the front",
        Eq(pulled, (sp.exp(m * W0) - 1) / m),
        "exponential balance",
        "insert",
        of="exponential travel",
    )
    derivation.solve(
        "logarithmic front", Eq(W0, sp.log(1 + m * pulled) / m), W0, "a logarithm of the time"
    )
    derivation.define("power tail", Eq(power(W), 1 + (m * W) ** p), "one over f = 1/(1 + (m W)^p)")
    derivation.integrate(
        "power front",
        W0 + m**p * W0 ** (p + 1) / (p + 1),
        (W, 0, W0),
        "travel time",
    )
    rest = sp.Function("rho")
    derivation.define(
        "first term",
        Eq(rest(W0), W0 / (m**p * W0 ** (p + 1) / (p + 1))),
        "the first term divided by the second",
    )
    derivation.rewrite("one power", Eq(rest(W0), (p + 1) * (m * W0) ** -p), "cancel")
    derivation.limit("far out", sp.S.Zero, W0, sp.oo, "the second term alone remains")
    front = sp.Function("W_p")
    exponent = 1 / (p + 1)
    derivation.define(
        "late front",
        Eq(front(pulled), ((p + 1) * pulled / m**p) ** exponent),
        "where that power is equal to the pull times time",
    )
    derivation.rewrite(
        "power law",
        Eq(front(pulled), ((p + 1) / m**p) ** exponent * pulled**exponent),
        "a power 1/(p + 1) of the time",
    )
    return derivation


def power_law_sizes() -> Derivation:
    """Which sizes of hidden weights are forgotten as a power of time."""
    b, scale, pulled = sp.symbols("b D V", positive=True)
    travel, survival = sp.Function("G"), sp.Function("P")
    left, front = sp.Function("R"), sp.Function("W_c", positive=True)
    derivation = Derivation(
        "Sizes that are forgotten as a power of time",
        source=SOURCE,
        symbols={
            b: "exponent of forgetting",
            scale: "distance after which it sets in",
            pulled: "pull times time",
            travel(W): "travel time of a hidden weight at unit pull, for any factor",
            survival(W): "probability of a size above W",
            left(pulled): "fraction that is left, the probability of a size above the front",
            front(pulled): "the front",
        },
    )
    derivation.define(
        "sizes", Eq(survival(W), (1 + travel(W) / scale) ** -b), "the sizes in question"
    )
    derivation.define("left", Eq(left(pulled), survival(front(pulled))), "those beyond the front")
    derivation.substitute(
        "beyond", Eq(left(pulled), (1 + travel(front(pulled)) / scale) ** -b), "sizes", "insert"
    )
    derivation.assume("what the front is", Eq(travel(front(pulled)), pulled), "G of it is V")
    derivation.substitute(
        "forgetting",
        Eq(left(pulled), (1 + pulled / scale) ** -b),
        "what the front is",
        "a power of time, whatever the factor",
        of="beyond",
    )
    base = sp.Function("B")
    derivation.define(
        "published law", Eq(base(W), 1 + _travel(W) / scale), "what is raised to the power -b"
    )
    derivation.asymptotic(
        "exponential sizes",
        sp.exp(2 * m * W) / (8 * m * scale),
        W,
        sp.oo,
        "so that sizes fall as exp(-2 m b W) far out",
    )
    return derivation
