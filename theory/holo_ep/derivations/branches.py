"""Derivations: where two equilibria meet, and contours that pass such points by."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

phi = sp.Symbol("phi", real=True)
beta = sp.Symbol("beta")


def square_root_branch() -> Derivation:
    """At a branch point two fixed points meet like the two square roots of a number."""
    x, a, b, rho = sp.symbols("x a b rho", positive=True)
    nudge = sp.Symbol("beta", real=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    y = sp.Symbol("y", real=True)
    term, coefficient, quotient = (sp.Function(name) for name in ("t", "w", "q"))
    d = Derivation(
        "Why the power series has a radius",
        source="Newton's polygon at a fold; worked out here",
        symbols={
            x: "state along the null vector, from the branch point; of the upper branch",
            a: "slope of the fixed-point equation in the nudge",
            b: "half its curvature in the state",
            rho: "distance of the branch point from nudge 0",
        },
        domain={nudge: (-rho, rho), y: (-1, 1)},
    )
    d.assume("fold", Eq(b * x**2, a * (rho - nudge)), "the equation where its Jacobian vanishes")
    root = sp.sqrt(1 - nudge / rho)
    d.solve(
        "two branches",
        Eq(x, sp.sqrt(a * rho / b) * root),
        x,
        "and the same with the other sign: the two exchange when the nudge goes once round",
    )
    # Binomial of 1/2 over k, up to the sign (-1)^k.
    binomial = sp.RisingFactorial(sp.Rational(-1, 2), k) / sp.factorial(k)
    d.define("term", Eq(term(k, y), binomial * y**k), "of order k in y")
    d.sum("power series", sp.sqrt(1 - y), (k, 0, sp.oo), "the root is the sum of a power series")
    d.substitute("in the nudge", root, {y: nudge / rho}, "in powers of the nudge")
    d.define(
        "coefficient", Eq(coefficient(k), binomial / rho**k), "of the power k of the nudge in it"
    )
    d.define(
        "quotient",
        Eq(quotient(k), coefficient(k + 1) / coefficient(k)),
        "of neighbouring coefficients",
    )
    d.substitute("ratio", (2 * k - 1) / (2 * (k + 1) * rho), "coefficient", "rational in the order")
    d.limit("radius", 1 / rho, k, sp.oo, "the series converges up to the branch point, no further")
    return d


def moved_contour() -> Derivation:
    """Weights of a displaced circle and of an ellipse, and what is left of the pole at 0."""
    a, b = sp.symbols("a b", positive=True)
    centre, shift = sp.symbols("c z", complex=True)
    path, weight, circle = (sp.Function(name) for name in ("B", "w", "W"))
    term = sp.Function("T")
    d = Derivation(
        "Contours of other shapes",
        source="derived here from Cauchy's formula",
        symbols={
            a: "half axis along the real axis",
            b: "half axis across it",
            centre: "centre, on the real axis, so that 0 lies inside",
            phi: "parameter, equidistant for the N points",
            shift: "from the centre to a point of a circle",
        },
    )
    d.define("path", Eq(path(phi), centre + a * sp.cos(phi) + sp.I * b * sp.sin(phi)), "an ellipse")
    d.differentiate(
        "speed",
        Eq(sp.Derivative(path(phi), phi), -a * sp.sin(phi) + sp.I * b * sp.cos(phi)),
        phi,
        "how fast the nudge moves",
    )
    d.define(
        "weight",
        Eq(weight(phi), sp.Derivative(path(phi), phi) / (sp.I * path(phi) ** 2)),
        "N times the weight of a point: the integral of g / (2 pi i beta^2) over the parameter",
    )
    d.substitute(
        "ellipse",
        (b * sp.cos(phi) + sp.I * a * sp.sin(phi))
        / (centre + a * sp.cos(phi) + sp.I * b * sp.sin(phi)) ** 2,
        ["speed", "path"],
        "on an ellipse; on a circle, a = b, it is z / (c + z)^2",
    )
    d.define("circle", Eq(circle(shift), shift / (centre + shift) ** 2), "N times a weight there")
    d.define(
        "second order", Eq(term(shift), shift / (centre + shift) ** 2 * (centre + shift) ** 3),
        "what it makes of a coefficient of g, of order 3: no pole is left",
    )  # fmt: skip
    d.rewrite(
        "powers",
        shift**2 + centre * shift,
        "powers of z from 1 on, whose means over N > 2 points vanish: orders 0 and 1 alone see the "
        "pole, and two sums of the weights make them exact",
    )
    return d
