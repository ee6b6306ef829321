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
