"""Derivations for one hidden weight alone: circle rotation, exact averages, polarisation."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here; first-order sigma-delta modulation"


def circle_rotation() -> Derivation:
    """The update of one hidden weight is a rotation, and its mean sign is the optimum."""
    step = sp.Symbol("h", positive=True)
    total = sp.Symbol("T", integer=True, positive=True)
    w, hidden, mean = sp.symbols(r"w W \bar{s}", real=True)
    up, down = sp.Function("W_+"), sp.Function("W_-")
    start, end = sp.symbols("W_0 W_T", real=True)
    derivation = Derivation(
        "One hidden weight is a rotation of the circle",
        source=SOURCE,
        symbols={
            step: "learning rate times curvature",
            w: "optimum, between -1 and 1",
            mean: "average of the binary weight over T steps",
        },
    )
    derivation.given("down", Eq(down(hidden), hidden - step * (1 - w)), "from a positive weight")
    derivation.given("up", Eq(up(hidden), hidden + step * (1 + w)), "from a negative weight")
    derivation.identity(
        "circle",
        Eq((hidden + step * (1 + w)) - (hidden - step * (1 - w)), 2 * step),
        "the two moves differ by the length 2h of the absorbing interval: modulo 2h they are one "
        "and "
        "the same rotation by the fraction (1 + w)/2 of a turn",
    )
    derivation.given(
        "telescope",
        Eq(end, start - step * total * (mean - w)),
        "the sum of T updates",
    )
    derivation.solve(
        "mean",
        Eq(mean, w - (end - start) / (step * total)),
        mean,
        "both ends lie in the interval of length 2h: the mean differs from the optimum by at most "
        "2/T. A signal coded by a running sum of its own error: a sigma-delta modulator",
    )
    return derivation


def stationary_averages() -> Derivation:
    """Averages over the uniform density of an incommensurate rotation."""
    step = sp.Symbol("h", positive=True)
    rate, curvature = sp.symbols("eta lambda", positive=True)
    w, hidden = sp.symbols("w W", real=True)
    size, loss = sp.symbols(r"\langle|W|\rangle \langle{L}\rangle")
    low, high = -step * (1 - w), step * (1 + w)
    inside = {w: (-1, 1)}
    derivation = Derivation(
        "Averages of a rotating hidden weight",
        source=SOURCE,
        domain=inside,
        symbols={step: "rate times curvature"},
    )
    derivation.given("density", hidden / (2 * step), "the hidden weight times its uniform density")
    derivation.integrate("mean", step * w, (hidden, low, high), "it leans to the side of w")
    derivation.integrate(
        "positive part",
        step * (1 + w) ** 2 / 4,
        (hidden, 0, high),
        "positive weights",
        of="density",
    )
    derivation.integrate(
        "negative part", -step * (1 - w) ** 2 / 4, (hidden, low, 0), "negative ones", of="density"
    )
    derivation.given(
        "size", Eq(size, step * (1 + w) ** 2 / 4 + step * (1 - w) ** 2 / 4), "mean size"
    )
    derivation.rewrite("mean size", Eq(size, step * (1 + w**2) / 2), "add the two halves")
    derivation.given(
        "loss",
        Eq(loss, curvature * ((1 + w) / 2 * (1 - w) ** 2 + (1 - w) / 2 * (1 + w) ** 2) / 2),
        "the loss at the signs +1 and -1, which occur with the probabilities (1 + w)/2, (1 - w)/2",
    )
    derivation.rewrite(
        "mean loss",
        Eq(loss, curvature * (1 - w**2) / 2),
        "curvature times the variance of the sign",
    )
    derivation.identity(
        "balance",
        Eq(
            rate * curvature * (1 + w**2) / 2 - w * rate * curvature * w,
            rate * curvature * (1 - w**2) / 2,
        ),
        "mean size minus w times mean weight is the learning rate times the mean loss: the "
        "quadratic "
        "energy of the hidden weight is stationary",
    )
    return derivation


def polarisation() -> Derivation:
    """Metaplasticity shifts the mean sign towards its majority, to second order."""
    w, x, kappa = sp.symbols("w x kappa", real=True)
    ratio, mean = sp.symbols(r"r \langle{s}\rangle")
    f = sp.sech(kappa * x) ** 2
    derivation = Derivation(
        "Metaplasticity polarises a free binary weight",
        source="derived here",
        symbols={
            kappa: "metaplasticity times learning rate times curvature",
            x: "hidden weight in units of learning rate times curvature",
            ratio: "probability of the sign +1 divided by that of the sign -1",
        },
        domain={w: (-1, 1), kappa: (0, 1)},
    )
    derivation.given("factor", f, "what inward steps are multiplied by")
    derivation.expand("small", 1 - kappa**2 * x**2, kappa, 0, 3, "small hidden weights")
    derivation.integrate(
        "inward from above",
        (1 + w) - kappa**2 * (1 + w) ** 3 / 3,
        (x, 0, 1 + w),
        "positive weights reach up to 1 + w, with uniform density to this order",
    )
    derivation.integrate(
        "inward from below",
        (1 - w) - kappa**2 * (1 - w) ** 3 / 3,
        (x, w - 1, 0),
        "negative weights reach down to w - 1",
        of="small",
    )
    derivation.given(
        "balance",
        Eq(
            ratio * (1 - w) * (1 - kappa**2 * (1 + w) ** 2 / 3),
            (1 + w) * (1 - kappa**2 * (1 - w) ** 2 / 3),
        ),
        "no mean drift: steps down from above equal steps up from below",
    )
    derivation.solve(
        "ratio",
        Eq(
            ratio,
            (1 + w)
            * (1 - kappa**2 * (1 - w) ** 2 / 3)
            / ((1 - w) * (1 - kappa**2 * (1 + w) ** 2 / 3)),
        ),
        ratio,
        "the slower inward motion makes the majority sign last longer",
    )
    derivation.given("mean", Eq(mean, (ratio - 1) / (ratio + 1)), "mean of a sign from its odds")
    value = (derivation["ratio"].rhs - 1) / (derivation["ratio"].rhs + 1)
    derivation.substitute("inserted", Eq(mean, sp.simplify(value)), "ratio", "insert the odds")
    derivation.expand(
        "result",
        w + sp.Rational(2, 3) * kappa**2 * w * (1 - w**2),
        kappa,
        0,
        3,
        "zero and the ends stay where they are; all means between move outward",
    )
    return derivation


def expansion() -> Derivation:
    """With metaplasticity neighbouring hidden weights move apart."""
    m, speed, W = sp.symbols("m a W", positive=True)
    after = sp.Function("W'")
    derivation = Derivation(
        "Metaplasticity makes the rotation expand",
        source="derived here",
        symbols={speed: "inward step at full plasticity, for a positive hidden weight"},
    )
    derivation.given("step", Eq(after(W), W - speed * sp.sech(m * W) ** 2), "an inward step")
    slope = 1 + 2 * speed * m * sp.tanh(m * W) * sp.sech(m * W) ** 2
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(after(W), W), slope),
        W,
        "above 1, by symmetry for negative hidden weights as well: no orbit is stable, although "
        "the sequence of signs may still be locked to a period",
    )
    return derivation
