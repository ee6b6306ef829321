"""Derivations: which activations are holomorphic, and where their poles lie."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "activations of Laborieux and Zenke 2022; worked out here"
z = sp.Symbol("z")
k = sp.Symbol("k", integer=True)


def shifted_sigmoid() -> Derivation:
    """The shifted sigmoid: its slope from its value, and its poles."""
    half = sp.Rational(1, 2)
    sigma = sp.Function("sigma")
    logistic = 1 / (1 + sp.exp(2 - 4 * z))
    d = Derivation(
        "The shifted sigmoid in the complex plane",
        source=SOURCE,
        symbols={z: "complex preactivation", k: "any integer"},
    )
    d.define("definition", Eq(sigma(z), logistic), "one over a function without singularities")
    d.differentiate(
        "slope",
        Eq(sp.Derivative(sigma(z), z), 4 * sp.exp(2 - 4 * z) / (1 + sp.exp(2 - 4 * z)) ** 2),
        z,
        "the same in every direction of the plane",
    )
    d.rewrite(
        "from the value",
        Eq(sp.Derivative(sigma(z), z), 4 * logistic * (1 - logistic)),
        "written with the value: the recursion of the power series rests on this",
    )
    below = sp.Function("n")
    d.define("denominator", Eq(below(z), 1 + sp.exp(2 - 4 * z)), "the poles are its zeros")
    d.substitute(
        "poles",
        sp.S.Zero,
        {z: half + sp.I * sp.pi * (2 * k + 1) / 4},
        "a column of poles above and below one half, the nearest at a distance of pi/4",
    )
    return d


def soft_clip() -> Derivation:
    """The soft clip: a holomorphic twin of the hard clip of z/2."""
    gate = 1 / (1 + sp.exp(-z))
    late = 1 / (1 + sp.exp(2 - z))
    f = z / 2 * gate + (1 - z / 2) * late
    x = sp.Symbol("x", real=True)
    d = Derivation(
        "A holomorphic twin of the hard clip",
        source=SOURCE,
        symbols={z: "complex preactivation", x: "real preactivation", k: "any integer"},
    )
    clip, both = sp.Function("f"), sp.Function("s")
    first, second = sp.Function("n_1"), sp.Function("n_2")
    d.define("soft clip", Eq(clip(z), f), "two gates switch the line z/2 on at 0 and off at 2")
    d.substitute("left", x / (2 * (1 + sp.exp(-x))) + (1 - x / 2) / (1 + sp.exp(2 - x)), {z: x},
                 "on the real axis")  # fmt: skip
    d.limit("far left", sp.S.Zero, x, -sp.oo, "like the hard clip")
    down = sp.exp(-x)
    d.rewrite(
        "step and bump",
        1 / (1 + sp.exp(2) * down)
        + x / 2 * down * (sp.exp(2) - 1) / ((1 + down) * (1 + sp.exp(2) * down)),
        "the second gate, and a bump where the two differ",
        of="left",
    )
    d.limit("far right", sp.S.One, x, sp.oo, "and on the other side")
    d.define("both sides", Eq(both(z), clip(1 + z) + clip(1 - z)), "values mirrored at 1")
    d.substitute("mirrored", sp.S.One, "soft clip", "add up to one")
    d.define("first gate", Eq(first(z), 1 + sp.exp(-z)), "denominator of the first gate")
    d.substitute("poles above 0", sp.S.Zero, {z: sp.I * sp.pi * (2 * k + 1)}, "column of poles")
    d.define("second gate", Eq(second(z), 1 + sp.exp(2 - z)), "denominator of the second")
    d.substitute("poles above 2", sp.S.Zero, {z: 2 + sp.I * sp.pi * (2 * k + 1)}, "second column")
    return d


def not_holomorphic() -> Derivation:
    """The modulus has another slope in every direction, like every function with a kink."""
    h = sp.Symbol("h", positive=True)
    angle = sp.Symbol("alpha", real=True)
    rectified, quotient = sp.Function("f"), sp.Function("q")
    d = Derivation(
        "Why a kink is refused",
        source="worked out here",
        symbols={h: "length of a step from the kink", angle: "its direction in the plane"},
    )
    d.define(
        "rectifier",
        Eq(rectified(z), (sp.Abs(z) + sp.Abs(sp.re(z))) / 2),
        "one way of extending a rectifier",
    )
    step = h * sp.exp(sp.I * angle)
    d.define(
        "quotient",
        Eq(quotient(h, angle), (rectified(step) - rectified(0)) / step),
        "difference quotient at the kink",
    )
    d.substitute(
        "direction",
        (1 + sp.Abs(sp.cos(angle))) * sp.exp(-sp.I * angle) / 2,
        "rectifier",
        "depends on the direction and not on the step: there is no complex derivative",
    )
    return d
