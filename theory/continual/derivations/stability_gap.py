"""Derivations for the stability gap: when it is there, how large, and what removes it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def no_gap() -> Derivation:
    """Directions that do not mix let the old loss rise to its end and not above."""
    t = sp.Symbol("t", nonnegative=True)
    h, g, c = sp.symbols("h g c", positive=True)
    x, loss = sp.Function("x", real=True), sp.Function("L")
    derivation = Derivation(
        "Where there is no stability gap",
        source="derived here; phenomenon of De Lange et al. 2023",
        symbols={
            h: "curvature of the old loss in one direction",
            g: "rate of approach in it: the curvatures of both, or 1 if preconditioned",
            c: "way from the old optimum to the joint one",
            x(t): "distance from the old optimum",
            loss(t): "old loss of this direction",
        },
    )
    derivation.assume(
        "flow",
        Eq(sp.Derivative(x(t), t), g * (c - x(t))),
        "down the joint loss, one direction",
    )
    derivation.solve(
        "approach", Eq(x(t), c * (1 - sp.exp(-g * t))), x(t), "from the old optimum",
        initial={x(0): 0},
    )  # fmt: skip
    derivation.define("old loss", Eq(loss(t), h * x(t) ** 2 / 2), "a parabola")
    derivation.substitute(
        "course", Eq(loss(t), h * c**2 * (1 - sp.exp(-g * t)) ** 2 / 2), "approach", "put in"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(loss(t), t), h * c**2 * g * sp.exp(-g * t) * (1 - sp.exp(-g * t))),
        t,
        "of the old loss",
    )
    derivation.nonnegative(
        "no fall",
        sp.Ge(derivation["slope"].rhs, 0),
        "never falls, so it never was above its end: commuting Hessians, and any Hessians where "
        "the flow is preconditioned, have no gap",
    )
    return derivation


def mixing_directions() -> Derivation:
    """Two tasks with a common optimum, and an old loss that rises all the same."""
    t = sp.Symbol("t", nonnegative=True)
    a, h = sp.symbols("a h", positive=True)
    d = sp.Symbol("d", positive=True)
    b = a + d
    c, w = sp.symbols("c w", real=True)
    u, loss = sp.Function("u", real=True), sp.Function("L")
    derivation = Derivation(
        "A stability gap without a conflict",
        source="derived here; phenomenon of De Lange et al. 2023",
        symbols={
            u(t): "distance from the valley of the old loss",
            h: "curvature across the valley; along it the old loss is flat",
            a: "slower rate of the joint loss; d above it the faster one",
            c: "entry of the new Hessian that couples both directions",
            w: "way along the valley to the new optimum, which the old task likes as well",
        },
    )
    derivation.assume(
        "oscillator",
        Eq(
            sp.Derivative(u(t), (t, 2)),
            -(a + b) * sp.Derivative(u(t), t) - a * b * u(t),
        ),
        "flow in two directions, the one along the valley eliminated: sum and product of the rates",
    )
    solution = c * w * (sp.exp(-a * t) - sp.exp(-b * t)) / d
    derivation.solve(
        "excursion",
        Eq(u(t), solution),
        u(t),
        "it starts in the valley, pushed out of it by the coupling, and comes back",
        initial={u(0): 0, u(t).diff(t).subs(t, 0): c * w},
    )
    peak = sp.log(b / a) / d
    derivation.differentiate(
        "its speed",
        Eq(sp.Derivative(u(t), t), c * w * (b * sp.exp(-b * t) - a * sp.exp(-a * t)) / d),
        t,
        "changes sign once",
    )
    derivation.identity(
        "turning point",
        Eq(b * sp.exp(-b * peak), a * sp.exp(-a * peak)),
        "where it is farthest away",
    )
    derivation.define("old loss", Eq(loss(t), h * u(t) ** 2 / 2), "zero before and zero at the end")
    derivation.substitute(
        "course",
        Eq(loss(t), h * c**2 * w**2 * (sp.exp(-a * t) - sp.exp(-b * t)) ** 2 / (2 * d**2)),
        "excursion",
        "all of it is gap, although nothing of the old data was missing",
    )
    return derivation
