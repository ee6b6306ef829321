"""Derivations: fresh pulses of bending responses at both ends, and the moments they need."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"
t, scale = sp.symbols("t X", positive=True)


def ends_of_the_shapes() -> Derivation:
    """Few and many pulses on a soft bound and on an exponential step."""
    soft, step, beyond = sp.Function("A"), sp.Function("L"), sp.Function("d")
    d = Derivation(
        "Fresh pulses at both ends",
        source=SOURCE,
        symbols={
            t: "pulses received",
            scale: "scale of one device, t*",
            soft(t): "fresh pulses on a soft bound",
            step(t): "fresh pulses on an exponential step",
            beyond(t): "its distance from a plain logarithm",
        },
    )
    d.define("soft bound", Eq(soft(t), scale * (1 - sp.exp(-t / scale))), "of one device")
    d.expand("soft, few pulses", t - t**2 / (2 * scale) + t**3 / (6 * scale**2), t, 0, 3,
             "the mean over devices needs the moments of 1/X alone")  # fmt: skip
    d.limit("soft, many pulses", scale, t, sp.oo, "all of the way", of="soft bound")
    d.define("exponential step", Eq(step(t), scale * sp.log(1 + t / scale)), "of one device")
    d.expand("step, few pulses", t - t**2 / (2 * scale) + t**3 / (3 * scale**2), t, 0, 3,
             "the same two terms, another third")  # fmt: skip
    d.define("past the scale", Eq(beyond(t), step(t) - scale * sp.log(t / scale)), "many pulses")
    d.substitute(
        "in a small number", Eq(beyond(t), scale * sp.log(1 + scale / t)), "exponential step",
        "a quotient of arguments",
    )  # fmt: skip
    d.limit("step, many pulses", sp.S.Zero, t, sp.oo, "X ln(t/X) is left: it needs E[X ln X]")
    return d


def moments_with_logarithms() -> Derivation:
    """E[X^p ln X] of a lognormal law in a window is the slope of E[X^p] by p."""
    y, p, mu, low, high = sp.symbols("y p mu z_a z_b", real=True)
    s = sp.Symbol("sigma", positive=True)
    weight, with_log, moment = sp.Function("w"), sp.Function("v"), sp.Function("M")
    scale_p = sp.exp(p * mu + p**2 * s**2 / 2)

    def share(at):
        return (1 + sp.erf((at - p * s) / sp.sqrt(2))) / 2

    def bell(at):
        return sp.exp(-((at - p * s) ** 2) / 2) / sp.sqrt(2 * sp.pi)

    d = Derivation(
        "Moments with a logarithm",
        source=SOURCE,
        symbols={
            y: "standard normal variable, X = exp(mu + sigma y)",
            p: "power, of either sign",
            low: "lower and",
            high: "upper end of the window, in units of y",
            weight(y, p): "X to the power p, times the normal density",
            with_log(y, p): "the same, times ln X",
            moment(p): "E[X^p] in the window, before it is normalised",
        },
    )
    power = sp.exp(p * (mu + s * y)) * sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)
    d.define("weight", Eq(weight(y, p), power), "of a scale")
    d.differentiate(
        "slope by the power", Eq(sp.Derivative(weight(y, p), p), (mu + s * y) * power), p,
        "brings down the logarithm",
    )  # fmt: skip
    d.define("moment", Eq(moment(p), scale_p * (share(high) - share(low))), "its partial moment")
    d.differentiate(
        "with a logarithm",
        Eq(
            sp.Derivative(moment(p), p),
            scale_p * ((mu + p * s**2) * (share(high) - share(low)) - s * (bell(high) - bell(low))),
        ),
        p,
        "the mean of ln X under the normal law shifted by p sigma",
    )
    d.define("log weight", Eq(with_log(y, p), (mu + s * y) * power), "as the slope above")
    d.integrate(
        "the same",
        scale_p * ((mu + p * s**2) * (share(high) - share(low)) - s * (bell(high) - bell(low))),
        (y, low, high),
        "by integration: the slope may be taken under the integral",
    )
    return d
