"""Derivations for one hidden weight alone: circle rotation, exact averages, polarisation."""

from __future__ import annotations

import sympy as sp
from sympy import Eq, Ge, Le

from theory.derivation import Derivation

SOURCE = "derived here; first-order sigma-delta modulation"


def circle_rotation() -> Derivation:
    """The update of one hidden weight is a rotation, and its mean sign is the optimum."""
    step = sp.Symbol("h", positive=True)
    total = sp.Symbol("T", integer=True, positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    w, hidden, mean = sp.symbols(r"w W \bar{s}", real=True)
    up, down = sp.Function("W_+"), sp.Function("W_-")
    start, end = sp.symbols("W_0 W_T", real=True)
    orbit, sign, running = (sp.Function(name, real=True) for name in ("W", "s", "S"))
    derivation = Derivation(
        "One hidden weight is a rotation of the circle",
        source=SOURCE,
        symbols={
            step: "learning rate times curvature",
            w: "optimum",
            sign(k): "binary weight at step k, the sign of the hidden weight",
            running(k): "sum of the binary weights before step k",
            mean: "average of the binary weight over T steps",
            start: "W(0)",
            end: "W(T)",
        },
        domain={w: (-1, 1)},
    )
    derivation.define("down", Eq(down(hidden), hidden - step * (1 - w)), "from a positive weight")
    derivation.define("up", Eq(up(hidden), hidden + step * (1 + w)), "from a negative weight")
    derivation.identity(
        "circle",
        Eq((hidden + step * (1 + w)) - (hidden - step * (1 - w)), 2 * step),
        "the two moves differ by the length 2h of the absorbing interval: modulo 2h they are one "
        "and the same rotation by the fraction (1 + w)/2 of a turn",
    )
    derivation.assume(
        "update", Eq(orbit(k + 1) - orbit(k), -step * (sign(k) - w)), "both moves in one line"
    )
    derivation.assume("running sum", Eq(running(k + 1) - running(k), sign(k)), "what S is")
    derivation.solve("sign", Eq(sign(k), running(k + 1) - running(k)), sign(k), "read backwards")
    derivation.substitute(
        "differences",
        Eq(orbit(k + 1) - orbit(k), -step * (running(k + 1) - running(k) - w)),
        "sign",
        "differences on both sides, but for the optimum",
        of="update",
    )
    derivation.sum(
        "telescope",
        Eq(orbit(total) - orbit(0), -step * (running(total) - running(0) - total * w)),
        (k, 0, total - 1),
        "the sum of T updates",
    )
    derivation.define("average", Eq(mean, (running(total) - running(0)) / total), "of the signs")
    derivation.solve(
        "of the sum",
        Eq(running(total), running(0) - (orbit(total) - orbit(0)) / step + total * w),
        running(total),
        "the sum of the signs from the ends of the orbit",
        of="telescope",
    )
    derivation.substitute(
        "mean",
        Eq(mean, w - (orbit(total) - orbit(0)) / (step * total)),
        "of the sum",
        "only the ends are left: a signal coded by a running sum of its own error, a sigma-delta "
        "modulator",
        of="average",
    )
    low, high = -step * (1 - w), step * (1 + w)
    derivation.nonnegative(
        "from above",
        Le(hidden + low, high),
        "a step down from the interval does not leave it",
        where=[hidden <= high],
    )
    derivation.nonnegative(
        "from below",
        Ge(hidden + high, low),
        "nor does a step up: an orbit in the interval stays there",
        where=[hidden >= low],
    )
    derivation.nonnegative(
        "bound",
        Ge(2 / total, sp.Abs(end - start) / (step * total)),
        "both ends lie in the interval of length 2h: the mean differs from the optimum by at most "
        "2/T",
        where=[start >= low, start <= high, end >= low, end <= high],
    )
    return derivation


def stationary_averages() -> Derivation:
    """Averages over the uniform density of an incommensurate rotation."""
    step = sp.Symbol("h", positive=True)
    rate, curvature = sp.symbols("eta lambda", positive=True)
    w, hidden = sp.symbols("w W", real=True)
    average, size, loss = sp.symbols(r"\langle{W}\rangle \langle|W|\rangle \langle{L}\rangle")
    density = sp.Symbol("rho", positive=True)
    low, high = -step * (1 - w), step * (1 + w)
    derivation = Derivation(
        "Averages of a rotating hidden weight",
        source=SOURCE,
        domain={w: (-1, 1)},
        symbols={step: "rate times curvature", density: "density of the hidden weight"},
    )
    derivation.define(
        "density",
        Eq(density, 1 / (2 * step)),
        "a rotation by an irrational fraction of a turn visits its circle uniformly",
    )

    def integral(of, start, end):
        return sp.Integral(of * density, (hidden, start, end))

    def averaged(name, symbol, of, value, reason):
        derivation.define("of " + name, Eq(symbol, of), "average over the density")
        derivation.substitute(name, Eq(symbol, value), "density", reason)

    averaged("mean", average, integral(hidden, low, high), step * w, "it leans to the side of w")
    averaged(
        "mean size",
        size,
        integral(hidden, 0, high) - integral(hidden, low, 0),
        step * (1 + w**2) / 2,
        "positive and negative weights add",
    )
    averaged(
        "mean loss",
        loss,
        curvature * (1 - w) ** 2 / 2 * integral(1, 0, high)
        + curvature * (1 + w) ** 2 / 2 * integral(1, low, 0),
        curvature * (1 - w**2) / 2,
        "the loss at the signs +1 and -1: curvature times the variance of the sign, over two",
    )
    balance = sp.Symbol("B")
    derivation.define(
        "difference", Eq(balance, size - w * average), "mean size minus w mean weight"
    )
    derivation.substitute(
        "inserted",
        Eq(balance, step * (1 - w**2) / 2),
        ["mean size", "mean"],
        "insert both averages",
    )
    derivation.solve(
        "variance",
        Eq(w**2, 1 - 2 * loss / curvature),
        w**2,
        "read the mean loss backwards",
        of="mean loss",
    )
    derivation.define("rate", Eq(rate, step / curvature), "what h is")
    derivation.solve("h", Eq(step, rate * curvature), step, "read backwards")
    derivation.substitute(
        "balance",
        Eq(balance, rate * loss),
        ["variance", "h"],
        "mean size minus w times mean weight is the learning rate times the mean loss: the "
        "quadratic energy of the hidden weight is stationary",
        of="inserted",
    )
    return derivation


def polarisation() -> Derivation:
    """Metaplasticity shifts the mean sign towards its majority, to second order."""
    w, x, kappa = sp.symbols("w x kappa", real=True)
    above, below, mean = sp.symbols(r"f_+ f_- \langle{s}\rangle")
    ratio = sp.Symbol("r", positive=True)
    factor = sp.Function("f")
    derivation = Derivation(
        "Metaplasticity polarises a free binary weight",
        source="derived here",
        symbols={
            kappa: "metaplasticity times learning rate times curvature",
            x: "hidden weight in units of learning rate times curvature",
            above: "mean factor of inward steps from above, to second order; from below likewise",
            ratio: "probability of the sign +1 divided by that of the sign -1",
        },
        domain={w: (-1, 1), kappa: (0, sp.Rational(1, 2))},
    )
    derivation.define(
        "factor", Eq(factor(x), sp.sech(kappa * x) ** 2), "what inward steps are multiplied by"
    )
    derivation.expand("small", 1 - kappa**2 * x**2, kappa, 0, 3, "small hidden weights")

    def averaged(name, symbol, length, limits, value, reason):
        small = sp.Integral(derivation["small"], (x, *limits)) / length
        derivation.define("of " + name, Eq(symbol, small), reason)
        derivation.rewrite(name, Eq(symbol, value), "integrate the parabola")

    averaged(
        "inward from above",
        above,
        1 + w,
        (0, 1 + w),
        1 - kappa**2 * (1 + w) ** 2 / 3,
        "positive weights reach up to 1 + w, with uniform density to this order",
    )
    averaged(
        "inward from below",
        below,
        1 - w,
        (w - 1, 0),
        1 - kappa**2 * (1 - w) ** 2 / 3,
        "negative weights reach down to w - 1",
    )
    derivation.assume(
        "no drift",
        Eq(ratio * (1 - w) * above, (1 + w) * below),
        "the mean is stationary: steps down from above equal steps up from below",
    )
    upper, lower = derivation["inward from above"].rhs, derivation["inward from below"].rhs
    derivation.substitute(
        "balance",
        Eq(ratio * (1 - w) * upper, (1 + w) * lower),
        ["inward from above", "inward from below"],
        "insert the factors",
    )
    derivation.solve(
        "ratio",
        Eq(ratio, (1 + w) * lower / ((1 - w) * upper)),
        ratio,
        "the slower inward motion makes the majority sign last longer",
    )
    derivation.define("mean", Eq(mean, (ratio - 1) / (ratio + 1)), "mean of a sign from its odds")
    bend = kappa**2 * (1 - w**2)
    derivation.substitute(
        "inserted", Eq(mean, w * (3 + bend) / (3 - bend)), "ratio", "insert the odds"
    )
    derivation.expand(
        "result",
        w + sp.Rational(2, 3) * kappa**2 * w * (1 - w**2),
        kappa,
        0,
        3,
        "zero and the ends stay where they are; all means between move outward",
    )
    return derivation
