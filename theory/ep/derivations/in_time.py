"""Derivations step by step in time: equivalence with BPTT, and a nudge outside the activation."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

NAMES = "derived here; the equivalence is that of Ernoult et al. 2019"


def step_by_step() -> Derivation:
    """Parameter increments equal the contributions of BPTT; states carry the slopes D."""
    n = sp.Symbol("n", integer=True, positive=True)
    slope, coupling = sp.MatrixSymbol("D", n, n), sp.MatrixSymbol("J", n, n)
    back = sp.MatrixSymbol("g", n, 1)
    d = Derivation(
        "Equilibrium propagation is back-propagation through time, step by step",
        source=NAMES,
        symbols={
            slope: "diagonal matrix of the activation's slopes",
            coupling: "coupling of states into preactivations",
            back: "error that BPTT finds at one step, for the states",
        },
        dimensions={n: (2, 3)},
    )
    d.given(
        "next increment",
        -slope * coupling * slope * back,
        "linearised relaxation D J e of an increment e = -D g, as it is at the first step",
    )
    d.given("next error", coupling.T * slope * back, "what BPTT finds one step earlier")
    d.given(
        "gap",
        -slope * coupling * slope * back + slope * coupling.T * slope * back,
        "the increment plus D times that error: zero would carry e = -D g to the next step",
    )
    d.rewrite(
        "antisymmetric part",
        -slope * (coupling - coupling.T) * slope * back,
        "vanishes for symmetric couplings, so e = -D g holds at every step",
    )
    return d


def nudge_outside() -> Derivation:
    """A nudge outside the activation descends another loss: cross-entropy for the sigmoid."""
    s, y = sp.symbols("s y", positive=True)
    u = sp.Symbol("u", real=True)
    loss = sp.Function("C")
    half = sp.Rational(1, 2)
    d = Derivation(
        "What a nudge outside the activation minimises",
        source="derived here; the update is that of Ernoult et al. 2019",
        symbols={s: "output", y: "target", u: "preactivation"},
        domain={s: (0, 1), y: (0, 1)},
    )
    d.given("activation", 1 / (1 + sp.exp(-4 * (u - half))), "shifted sigmoid")
    d.differentiate(
        "steepness",
        4 * sp.exp(-4 * (u - half)) / (1 + sp.exp(-4 * (u - half))) ** 2,
        u,
        "its slope",
    )
    d.substitute(
        "in the output",
        4 * s * (1 - s),
        {u: half + sp.log(s / (1 - s)) / 4},
        "written with the output",
    )
    d.given(
        "cross-entropy",
        Eq(loss(s), -(y * sp.log(s) + (1 - y) * sp.log(1 - s)) / 4),
        "a quarter of the binary cross-entropy",
    )
    d.differentiate(
        "its slope",
        Eq(Derivative(loss(s), s), -(y / s - (1 - y) / (1 - s)) / 4),
        s,
        "in the output",
    )
    d.rewrite(
        "scaled error",
        Eq(Derivative(loss(s), s), (s - y) / (4 * s * (1 - s))),
        "the error over the slope of the activation: what the outside nudge amounts to",
    )
    return d
