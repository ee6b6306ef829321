"""Derivation for beakers with few levels: rounding at random."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def random_rounding() -> Derivation:
    """Rounding at random keeps the mean and adds little noise to slow variables."""
    d, h = sp.symbols("d h", positive=True)
    p = sp.Symbol("p", positive=True)
    mean, variance = sp.Function("m"), sp.Function("V")
    derivation = Derivation(
        "Rounding at random",
        source="derived here; levels as in Benna and Fusi 2016",
        symbols={
            h: "distance of two levels",
            p: "probability of the upper level; for a displacement of d from a level it is d/h",
            mean(p): "mean of the rounded displacement; V: its variance",
        },
        domain={p: (0, 1)},
    )
    derivation.define("mean", Eq(mean(p), p * h + (1 - p) * 0), "up by a level, or not at all")
    derivation.substitute(
        "unbiased",
        Eq(mean(d / h), d),
        {p: d / h},
        "no memory is lost in the mean: signals are those of the analog chain",
        where=[d < h],
    )
    derivation.define(
        "variance", Eq(variance(p), p * h**2 - (p * h) ** 2), "mean square less the squared mean"
    )
    derivation.rewrite("a parabola", Eq(variance(p), h**2 * p * (1 - p)), "zero on a level")
    derivation.nonnegative(
        "bound",
        sp.Ge(h**2 * p, h**2 * p * (1 - p)),
        "at most the displacement times h: a slow variable, displaced by little a step, is given "
        "little noise, however few levels it has",
        terms=[h**2 * p**2],
    )
    return derivation
