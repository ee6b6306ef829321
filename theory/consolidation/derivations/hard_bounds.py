"""Memory of a weight that walks between hard bounds, balanced and tilted."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def hard_bounds() -> Derivation:
    """Relaxation modes of a synapse with many levels and hard bounds."""
    angle, p, r = sp.symbols("theta p r", positive=True)
    m, k = sp.Symbol("m", positive=True), sp.Symbol("k", integer=True, positive=True)
    j = sp.Symbol("j", real=True)
    mode, tilted, after = (sp.Function(name) for name in ("v", "w", "W"))
    rate, tau = sp.Function("lambda"), sp.Function("tau")
    half = sp.Rational(1, 2)
    derivation = Derivation(
        "Levels between hard bounds",
        source="derived here; Amit and Fusi 1994, Fusi and Abbott 2007",
        symbols={
            m: "number of levels",
            j: "level, from 0 to m - 1",
            angle: "pi k/m for mode k",
            p: "probability that an event potentiates; 1/2 for the first mode v",
            r: "square root of (1 - p)/p",
        },
        domain={p: (0, 1), m: (2, sp.oo)},
    )
    derivation.define("mode", Eq(mode(j), sp.cos(angle * (j + half))), "a cosine")
    derivation.identity(
        "inside",
        Eq((sp.cos(angle * (j - half)) + sp.cos(angle * (j + 3 * half))) / 2,
           sp.cos(angle) * sp.cos(angle * (j + half))),
        "one event averages the neighbours: an eigenvector with eigenvalue cos(theta)",
    )  # fmt: skip
    derivation.substitute(
        "lower bound",
        Eq(mode(-1), sp.cos(angle / 2)),
        {j: -1},
        "level -1 equals level 0, where half of the events change nothing",
        of="mode",
    )
    derivation.identity(
        "upper bound",
        Eq(sp.cos(sp.pi * k / m * (m + half)), sp.cos(sp.pi * k / m * (m - half))),
        "level m equals level m - 1, for these angles",
    )
    derivation.define(
        "slowest", Eq(tau(m), -1 / sp.log(sp.cos(sp.pi / m))), "theta = pi/m: time constant"
    )
    derivation.asymptotic(
        "diffusion", 2 * m**2 / sp.pi**2, m, sp.oo, "m levels are crossed in about m^2 steps"
    )

    def shape(level):
        return r**level * (sp.sin(angle * (level + 1)) - r * sp.sin(angle * level))

    derivation.define("tilted mode", Eq(tilted(j), shape(j)), "for unbalanced events")
    derivation.define(
        "one event",
        Eq(after(j), (tilted(j + 1) + r**2 * tilted(j - 1)) / (1 + r**2)),
        "its mean after one event: a step up with the probability p = 1/(1 + r^2)",
    )
    derivation.substitute(
        "tilted, inside",
        Eq(after(j), 2 * r * sp.cos(angle) / (1 + r**2) * shape(j)),
        "tilted mode",
        "an eigenvector again: the mode, multiplied by its eigenvalue",
    )
    derivation.substitute(
        "tilted, lower bound", Eq(tilted(-1), sp.sin(angle)), {j: -1}, "level -1",
        of="tilted mode",
    )  # fmt: skip
    derivation.substitute(
        "tilted, level 0", Eq(tilted(0), sp.sin(angle)), {j: 0}, "equals level 0",
        of="tilted mode",
    )  # fmt: skip
    derivation.identity(
        "tilted, upper bound",
        Eq(shape(m).subs(angle, sp.pi * k / m), shape(m - 1).subs(angle, sp.pi * k / m)),
        "level m equals level m - 1, for the same angles",
    )
    derivation.define(
        "eigenvalue", Eq(rate(r, angle), 2 * r * sp.cos(angle) / (1 + r**2)), "that factor"
    )
    ratio = sp.sqrt((1 - p) / p)
    derivation.substitute(
        "tilted",
        Eq(rate(ratio, sp.pi / m), 2 * sp.sqrt(p * (1 - p)) * sp.cos(sp.pi / m)),
        {r: ratio, angle: sp.pi / m},
        "the slowest: the tilt multiplies its eigenvalue",
    )
    derivation.nonnegative(
        "tilt",
        sp.Ge(1, 2 * sp.sqrt(p * (1 - p))),
        "by at most one",
        terms=[(sp.sqrt(p) - sp.sqrt(1 - p)) ** 2],
    )
    derivation.substitute(
        "balance",
        Eq(rate(1, sp.pi / m), sp.cos(sp.pi / m)),
        {p: half},
        "the largest value, and the one the m^2 needs",
        of="tilted",
    )
    return derivation
