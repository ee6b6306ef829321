"""Derivations for one metaplastic hidden weight: orbits expand, their means lock."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def expansion() -> Derivation:
    """With metaplasticity neighbouring hidden weights move apart."""
    m, speed, W = sp.symbols("m a W", positive=True)
    after = sp.Function("F")
    derivation = Derivation(
        "Metaplasticity makes the rotation expand",
        source="derived here",
        symbols={
            speed: "inward step at full plasticity, for a positive hidden weight",
            after(W): "hidden weight after the step",
        },
    )
    derivation.define("step", Eq(after(W), W - speed * sp.sech(m * W) ** 2), "an inward step")
    slope = 1 + 2 * speed * m * sp.tanh(m * W) * sp.sech(m * W) ** 2
    derivation.differentiate(
        "slope", Eq(sp.Derivative(after(W), W), slope), W, "how far neighbours are afterwards"
    )
    derivation.nonnegative(
        "expanding",
        sp.Gt(slope, 1, evaluate=False),
        "above 1, by symmetry for negative hidden weights as well: no orbit is stable. A mean may "
        "lock to a fraction, but signs that repeat for ever belong to an unstable orbit",
    )
    return derivation


def plateau() -> Derivation:
    """Width of the range of optima that share one mean sign, to leading order."""
    kappa = sp.Symbol("kappa", positive=True)
    period = sp.Symbol("q", integer=True, positive=True)
    mean, w, x, sign, rest = sp.symbols(r"\bar{s} w x_* s_* R", real=True)
    high, low, width = sp.symbols(r"w_{+} w_{-} \Delta", real=True)
    derivation = Derivation(
        "Width of a plateau of the mean sign",
        source="derived here",
        symbols={
            kappa: "metaplasticity times learning rate times curvature",
            period: "period of the orbit",
            mean: "mean of its signs, 2p/q - 1",
            x: "position of the one point of the orbit that lies next to the closing point",
            sign: "sign of that point",
            rest: "what the other points of the orbit add, the same at both ends of the plateau",
            width: "width of the plateau",
        },
        domain={mean: (-1, 1)},
    )
    derivation.assume(
        "closed",
        Eq(period * (w - mean) - kappa**2 * (rest + (mean - sign) * x**2), 0),
        "q steps of an orbit of period q add up to zero; to second order in kappa, with the "
        "positions of the plain rotation",
    )
    derivation.solve(
        "optimum",
        Eq(w, mean + kappa**2 * (rest + (mean - sign) * x**2) / period),
        w,
        "which optimum has this orbit",
    )
    derivation.define(
        "upper end",
        Eq(high, derivation["optimum"].rhs.subs({x: mean - 1, sign: -1})),
        "the upper envelope leaves p/q when the end of its flat part, next to w - 1 and negative, "
        "has come to lie on the orbit",
    )
    derivation.define(
        "lower end",
        Eq(low, derivation["optimum"].rhs.subs({x: mean + 1, sign: 1})),
        "the lower envelope reaches p/q when the end of its flat part, next to 1 + w and positive, "
        "lies on the orbit",
    )
    derivation.define("difference", Eq(width, high - low), "from end to end")
    derivation.substitute(
        "width",
        Eq(width, 2 * kappa**2 * (1 - mean**2) / period),
        ["upper end", "lower end"],
        "the rest cancels: wide plateaus for short periods, none without metaplasticity",
    )
    return derivation
