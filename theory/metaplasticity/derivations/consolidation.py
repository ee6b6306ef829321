"""Derivations for consolidation: trajectory, flip time, discrete steps, transport, decay, tails."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here, for the metaplastic factor of Laborieux et al. 2021"
m, v, x = sp.symbols("m v x", positive=True)
W, W0 = sp.symbols("W W_0", positive=True)
t = sp.Symbol("t", nonnegative=True)


def _travel(weight):
    """Time from a hidden weight to zero at unit pull."""
    return sp.sinh(2 * m * weight) / (4 * m) + weight / 2


def flip_time() -> Derivation:
    """Time to flip under a steady pull, and how metaplasticity prolongs it."""
    time, gain = sp.symbols("T R", positive=True)
    hidden, distance = sp.Function("W", real=True), sp.Function("G", real=True)
    clock, y = sp.Function("H", real=True), sp.Symbol("y", real=True)
    derivation = Derivation(
        "Time to flip a hidden weight",
        source=SOURCE,
        symbols={
            W0: "hidden weight at the start, positive",
            v: "speed of the pull towards zero, hidden weight per step",
            m: "metaplasticity",
            distance(y): "time from y to zero at unit pull",
            time: "time until the hidden weight is zero",
            gain: "how many times longer than without metaplasticity",
            x: "metaplasticity times hidden weight",
        },
    )
    rate = sp.Derivative(hidden(t), t)
    derivation.assume(
        "pull", Eq(rate, -v * sp.sech(m * hidden(t)) ** 2), "inward steps carry the factor"
    )
    derivation.define("travel", Eq(distance(y), _travel(y)), "one over the factor, integrated")
    derivation.differentiate(
        "slowness",
        Eq(sp.Derivative(distance(y), y), sp.cosh(m * y) ** 2),
        y,
        "its slope is one over the factor",
    )
    derivation.define("clock", Eq(clock(t), _travel(hidden(t))), "G on the way: W is put into it")
    derivation.differentiate(
        "runs",
        Eq(sp.Derivative(clock(t), t), sp.cosh(m * hidden(t)) ** 2 * rate),
        t,
        "by the chain rule",
    )
    derivation.substitute(
        "evenly", Eq(sp.Derivative(clock(t), t), -v), "pull", "it runs down at a constant speed"
    )
    derivation.solve(
        "line",
        Eq(clock(t), _travel(W0) - v * t),
        clock(t),
        "it starts at G(W_0)",
        initial={clock(0): _travel(W0)},
    )
    derivation.assume("flip", Eq(clock(time), 0), "the hidden weight is zero at T, and G with it")
    derivation.substitute(
        "run down", Eq(0, _travel(W0) - v * time), [{t: time}, "flip"], "at this time", of="line"
    )
    derivation.solve("law", Eq(time, _travel(W0) / v), time, "the time to flip")
    derivation.define("ratio", Eq(gain, v * time / W0), "against W_0/v without metaplasticity")
    derivation.substitute(
        "gain",
        Eq(gain, sp.Rational(1, 2) + sp.sinh(2 * m * W0) / (4 * m * W0)),
        "law",
        "a function of m W_0 alone",
    )
    derivation.substitute(
        "scaled", Eq(gain, sp.Rational(1, 2) + sp.sinh(2 * x) / (4 * x)), {W0: x / m}, "x = m W_0"
    )
    derivation.expand("small", 1 + x**2 / 3 + x**4 / 15, x, 0, 5, "weak consolidation")
    derivation.asymptotic(
        "large", sp.exp(2 * x) / (8 * x), x, sp.oo, "exponential in the hidden weight", of="scaled"
    )
    return derivation


def discrete_flip_time() -> Derivation:
    """What finite steps add to the flip time: backward error analysis of the Euler scheme."""
    f, (flow, second, per_weight, excess) = (
        sp.Function("f", positive=True),
        map(sp.Function, "Fcqb"),
    )
    hidden, after = sp.Symbol("W", real=True), sp.Function("E")
    h = sp.Symbol("h", positive=True)
    derivation = Derivation(
        "Finite steps: what they add to the flip time",
        source=SOURCE,
        symbols={
            h: "book-keeping: the pull is h v, so that orders of h count powers of the pull",
            flow(hidden): "speed of the flow W' = -F(W) that passes through the iterates",
            after(hidden): "where it is after one step, to second order in h: W'' = F F'",
            per_weight(hidden): "its time per hidden weight",
        },
    )
    slope = sp.Derivative(f(hidden), hidden)
    derivation.define(
        "flow",
        Eq(flow(hidden), h * v * f(hidden) + h**2 * second(hidden)),
        "the speed of the pull and a correction",
    )
    derivation.define(
        "one step",
        Eq(
            after(hidden),
            hidden - flow(hidden) + flow(hidden) * sp.Derivative(flow(hidden), hidden) / 2,
        ),
        "Taylor's series over the time 1",
    )
    derivation.substitute(
        "inserted",
        Eq(
            after(hidden),
            hidden
            - h * v * f(hidden)
            - h**2 * second(hidden)
            + (h * v * f(hidden) + h**2 * second(hidden))
            * (h * v * slope + h**2 * sp.Derivative(second(hidden), hidden))
            / 2,
        ),
        "flow",
        "insert the speed",
    )
    derivation.expand(
        "orders",
        hidden - h * v * f(hidden) + h**2 * (v**2 * f(hidden) * slope / 2 - second(hidden)),
        h,
        0,
        2,
        "second order",
    )
    derivation.assume(
        "Euler",
        Eq(v**2 * f(hidden) * slope / 2 - second(hidden), 0),
        "the iterates are W - h v f(W): no term of second order",
    )
    derivation.rewrite(
        "correction of the speed",
        Eq(second(hidden), v**2 * f(hidden) * slope / 2),
        "it fixes the correction",
    )
    derivation.define("slow", Eq(per_weight(hidden), 1 / flow(hidden)), "one over the speed")
    derivation.substitute(
        "modified",
        Eq(
            per_weight(hidden),
            1 / (h * v * f(hidden) + h**2 * v**2 * f(hidden) * slope / 2),
        ),
        ["flow", "correction of the speed"],
        "insert the speed",
    )
    derivation.expand(
        "first orders",
        1 / (h * v * f(hidden)) - slope / (2 * f(hidden)),
        h,
        0,
        0,
        "the second term does not depend on the pull",
    )
    derivation.define(
        "second term", Eq(excess(hidden), -slope / (2 * f(hidden))), "the second term alone"
    )
    derivation.assume("factor", Eq(f(hidden), sp.sech(m * hidden) ** 2), "the published factor")
    derivation.substitute(
        "correction",
        Eq(excess(hidden), m * sp.tanh(m * hidden)),
        "factor",
        "its slope",
        of="second term",
    )
    derivation.integrate(
        "log cosh",
        sp.log(sp.cosh(m * W0)),
        (hidden, 0, W0),
        "the flip time grows by ln cosh(m W_0) steps, whatever the pull",
    )
    return derivation


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


def passive_decay() -> Derivation:
    """Weight decay under the metaplastic factor."""
    rate, start, end = sp.symbols("r W_0 W_1", positive=True)
    slowness, duration = sp.Function("q"), sp.Symbol("T")
    derivation = Derivation(
        "Weight decay alone",
        source=SOURCE,
        symbols={
            rate: "decay per step: learning rate times decay coefficient",
            slowness(W): "steps per hidden weight, times the rate",
            duration: "steps from the hidden weight W_0 to W_1",
        },
    )
    derivation.define(
        "slowness", Eq(slowness(W), sp.cosh(m * W) ** 2 / W), "one over W sech^2(m W)"
    )
    derivation.rewrite(
        "halves", Eq(slowness(W), 1 / (2 * W) + sp.cosh(2 * m * W) / (2 * W)), "double angle"
    )
    passed = sp.Integral(slowness(W), (W, end, start))
    logarithm = (sp.log(start / end) + sp.Chi(2 * m * start) - sp.Chi(2 * m * end)) / 2
    derivation.integrate("travel", logarithm, (W, end, start), "a logarithm, and a cosh integral")
    derivation.define("duration", Eq(duration, passed / rate), "all steps together")
    derivation.substitute(
        "decay time", Eq(duration, logarithm / rate), "travel", "the larger, the much longer"
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
