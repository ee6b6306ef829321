"""Derivations step by step in time: equivalence with BPTT, and a nudge outside the activation."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

NAMES = "derived here; the equivalence is that of Ernoult et al. 2019"


def step_by_step() -> Derivation:
    """Parameter increments equal the contributions of BPTT; states carry the slopes D."""
    slope, coupling, transposed = sp.symbols("D J J^T", commutative=False)
    back, earlier = sp.symbols("g_k g_{k+1}", commutative=False)
    now, later, gap = sp.symbols("e_k e_{k+1} Delta", commutative=False)
    d = Derivation(
        "Equilibrium propagation is back-propagation through time, step by step",
        source=NAMES,
        symbols={
            slope: "diagonal matrix of the activation's slopes, for any number of states",
            coupling: "coupling of states into preactivations; matrices do not commute",
            back: "error that BPTT finds k steps before the last, for the states, a column",
            now: "change of the states between steps k and k + 1 of the nudged phase",
        },
    )
    d.assume(
        "back-propagation",
        Eq(earlier, transposed * slope * back),
        "what BPTT finds one step earlier",
    )
    d.assume("relaxation", Eq(later, slope * coupling * now), "linearised: how a change goes on")
    d.assume("so far", Eq(now, -slope * back), "as it is at the first step")
    d.substitute(
        "next increment",
        Eq(later, -slope * coupling * slope * back),
        "so far",
        "put in",
        of="relaxation",
    )
    d.define("gap", Eq(gap, later + slope * earlier), "zero would carry e = -D g to the next step")
    d.substitute(
        "antisymmetric part",
        Eq(gap, -slope * (coupling - transposed) * slope * back),
        ["next increment", "back-propagation"],
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
    sigmoid = sp.Function("sigma")
    d.define("activation", Eq(sigmoid(u), 1 / (1 + sp.exp(-4 * (u - half)))), "shifted sigmoid")
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
    d.define(
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
