"""The spectrum of a random Hessian sets how the multipliers of its constraints scale."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here; approximate message passing, Bayati and Montanari 2011"
ridge, chi, free = sp.symbols("zeta chi f", positive=True)
curvature = sp.Symbol(r"\hat{E}")


def effective_ridge() -> Derivation:
    """From the resolvent of any spectrum to the effective curvature."""
    size = sp.Symbol("d", integer=True, positive=True)
    hessian, resolvent = (sp.MatrixSymbol(name, size, size) for name in "HK")
    one = sp.Identity(size)
    derivation = Derivation(
        "The free weights act like a ridge",
        source=SOURCE,
        symbols={
            hessian: "Hessian of any size d",
            ridge: "effective ridge",
            resolvent: "resolvent, the inverse of H + ridge",
            chi: "mean of 1/(eigenvalue + ridge)",
            free: "fraction of free weights",
            curvature: "effective curvature that one synapse feels",
        },
    )
    derivation.define(
        "resolvent", Eq(hessian, resolvent.I - ridge * one), "H + ridge is the inverse of K"
    )
    derivation.apply(
        "modes",
        Eq(hessian * resolvent, one - ridge * resolvent),
        lambda side: side * resolvent,
        "the freedom of the modes: 1 for stiff ones, 0 for soft ones",
    )
    derivation.apply(
        "traces",
        Eq(sp.Trace(hessian * resolvent), sp.Trace(one) - ridge * sp.Trace(resolvent)),
        sp.Trace,
        "sums over the eigenvalues",
    )
    derivation.identity("unit", Eq(sp.Trace(one), size), "every mode counts")
    derivation.assume(
        "freedom of the modes",
        Eq(sp.Trace(hessian * resolvent), size * free),
        "their mean is the fraction of free weights: this fixes the ridge",
    )
    derivation.assume(
        "response", Eq(sp.Trace(resolvent), size * chi), "chi is the mean of the resolvent"
    )
    derivation.substitute(
        "means",
        Eq(size * free, size - size * ridge * chi),
        ["unit", "freedom of the modes", "response"],
        "insert the means",
        of="traces",
    )
    derivation.solve("freedom", Eq(free, 1 - ridge * chi), free, "divide by the size")
    derivation.solve("ridge", Eq(ridge, (1 - free) / chi), ridge, "all free means no ridge")
    derivation.define(
        "R-transform", Eq(curvature, 1 / chi - ridge), "R(-chi): the spectrum's R-transform"
    )
    derivation.substitute(
        "curvature",
        Eq(curvature, free / chi),
        "ridge",
        "response of a free weight, 1 over the effective curvature, times their fraction is chi",
    )
    return derivation


def uniform_spectrum() -> Derivation:
    """Eigenvalues uniform in an interval: the R-transform is a Langevin function."""
    x, low, high, centre, half = sp.symbols("lambda a b mu h", positive=True)
    transform, resolvent = sp.Symbol(r"R(-\chi)"), sp.Function("g")
    derivation = Derivation(
        "Eigenvalues uniform in an interval",
        source="derived here",
        symbols={
            centre: "centre of the interval",
            half: "half of its width",
            low: "its lower end, mu - h",
            high: "its upper end, mu + h",
            chi: "response: mean of 1/(eigenvalue + ridge)",
            ridge: "effective ridge",
        },
        domain={centre: (half, sp.oo)},
    )
    derivation.define("density", Eq(resolvent(x), 1 / (x + ridge)), "resolvent of one eigenvalue")
    derivation.integrate(
        "sum", sp.log((high + ridge) / (low + ridge)), (x, low, high), "over the interval"
    )
    passed = sp.Integral(resolvent(x), (x, low, high))
    derivation.assume("mean", Eq(chi, passed / (2 * half)), "the average is the response")
    derivation.substitute(
        "by the ends",
        Eq(chi, sp.log((high + ridge) / (low + ridge)) / (2 * half)),
        "sum",
        "insert the integral",
    )
    derivation.substitute(
        "response",
        Eq(chi, sp.log((centre + half + ridge) / (centre - half + ridge)) / (2 * half)),
        {low: centre - half, high: centre + half},
        "ends of the interval",
    )
    derivation.apply(
        "exponential",
        Eq(sp.exp(2 * half * chi), (centre + half + ridge) / (centre - half + ridge)),
        lambda side: sp.exp(2 * half * side),
        "take the exponential",
    )
    derivation.rewrite(
        "equation",
        Eq(sp.exp(2 * half * chi) * (centre - half + ridge) - (centre + half + ridge), 0),
        "multiply by the denominator",
    )
    derivation.solve(
        "ridge", Eq(ridge, half * sp.coth(half * chi) - centre), ridge, "linear in the ridge"
    )
    derivation.define("transform", Eq(transform, 1 / chi - ridge), "definition of the R-transform")
    derivation.substitute(
        "Langevin",
        Eq(transform, centre - half * (sp.coth(half * chi) - 1 / (half * chi))),
        "ridge",
        "the effective curvature: the centre, lowered by half the width times the Langevin "
        "function of half the width times the response",
    )
    return derivation
