"""Derivations: the Gaussian moments of rectified units, by polar coordinates."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here; the kernel is Cho, Saul 2009"


ANGLE = sp.Symbol("theta", positive=True)
DIRECTION = sp.Symbol("psi", real=True)
LENGTHS = sp.symbols("n_i n_j", positive=True)
PARTS = sp.symbols("w_i w_j", real=True)
MEANING = {
    ANGLE: "angle between the weight vectors w_i and w_j, of lengths n_i and n_j",
    DIRECTION: "angle between w_i and a direction in their plane; w_i and w_j are printed by "
    "their components in this direction",
}


def _plane(derivation, direction, scale):
    """Add the steps to E[relu(u_j) 1(u_i > 0) x] in one direction; all other parts vanish."""
    r, phi = sp.Symbol("r", positive=True), sp.Symbol("phi", real=True)
    radial, angular, moment = sp.Function("f"), sp.Function("g"), sp.Symbol("K_ij")
    derivation.define(
        "radial",
        Eq(radial(r), r**3 * sp.exp(-(r**2) / 2)),
        "length r of the input in the plane: two factors and the area element",
    )
    derivation.integrate("radius", sp.Integer(2), (r, 0, sp.oo), "the radius separates")
    derivation.define(
        "angular",
        Eq(angular(phi), scale * sp.cos(phi - ANGLE) * sp.cos(phi - direction) / (2 * sp.pi)),
        "the input at the angle phi to w_i; both units are active where it is within a right "
        "angle of both weight vectors",
    )
    interval = (phi, ANGLE - sp.pi / 2, sp.pi / 2)
    derivation.integrate(
        "sector",
        scale
        * ((sp.pi - ANGLE) * sp.cos(ANGLE - direction) + sp.sin(ANGLE) * sp.cos(direction))
        / (4 * sp.pi),
        interval,
        "over this sector",
    )
    derivation.define(
        "moment",
        Eq(moment, sp.Integral(radial(r), (r, 0, sp.oo)) * sp.Integral(angular(phi), interval)),
        "mean in polar coordinates",
    )
    return moment


def arc_cosine_kernel() -> Derivation:
    """E[relu(u) relu(v)] of two Gaussians at an angle: an integral in polar coordinates."""
    derivation = Derivation(
        "Correlation of two rectified units",
        source=SOURCE,
        symbols={ANGLE: "angle between the two weight vectors, both of unit length"},
        domain={ANGLE: (0, sp.pi)},
    )
    moment = _plane(derivation, sp.S.Zero, sp.S.One)
    derivation.substitute(
        "kernel",
        Eq(moment, (sp.sin(ANGLE) + (sp.pi - ANGLE) * sp.cos(ANGLE)) / (2 * sp.pi)),
        ["radius", "sector"],
        "the arc-cosine kernel of order one",
    )
    return derivation


def _moment_by_weights(derivation):
    """Add the steps to the moment in any direction, written with the two weight vectors."""
    (ni, nj), (wi, wj) = LENGTHS, PARTS
    moment = _plane(derivation, DIRECTION, nj)
    derivation.substitute(
        "in a direction",
        Eq(
            moment,
            ((sp.pi - ANGLE) * (nj * sp.cos(ANGLE - DIRECTION))
             + nj * sp.sin(ANGLE) * sp.cos(DIRECTION)) / (2 * sp.pi),
        ),
        ["radius", "sector"],
        "across the plane the mean is zero, since the input is symmetric there",
    )  # fmt: skip
    derivation.define("first weight", Eq(wi, ni * sp.cos(DIRECTION)), "part of w_i")
    derivation.define("second weight", Eq(wj, nj * sp.cos(ANGLE - DIRECTION)), "part of w_j")
    for name, step, old, new in (
        ("first cosine", "first weight", sp.cos(DIRECTION), wi / ni),
        ("second cosine", "second weight", sp.cos(ANGLE - DIRECTION), wj / nj),
    ):
        derivation.rewrite(name, Eq(old, new), "read from right to left", of=step)
    derivation.substitute(
        "inserted",
        Eq(moment, ((sp.pi - ANGLE) * wj + nj / ni * sp.sin(ANGLE) * wi) / (2 * sp.pi)),
        ["first cosine", "second cosine"],
        "a combination of the two weight vectors",
        of="in a direction",
    )
    return moment


def stein() -> Derivation:
    """E[relu(u_j) 1(u_i > 0) x], and the two terms that Stein's lemma makes of it."""
    (ni, nj), (wi, wj) = LENGTHS, PARTS
    x, end = sp.symbols("x b", positive=True)
    phi = sp.Symbol("phi", real=True)
    active, edge = sp.symbols("p e")
    uniform, kept = sp.Function("q"), sp.Function("k")
    smooth, parts = sp.Function("F"), sp.Function("h")
    derivation = Derivation(
        "Input times an active unit",
        source=SOURCE,
        symbols=MEANING
        | {
            smooth(x): "a function of one standard normal variable x ",
            active: "probability that both units are active",
            edge: "mean of relu(u_j) on the edge u_i = 0, times the density of u_i there",
        },
        domain={ANGLE: (0, sp.pi)},
    )
    _moment_by_weights(derivation)
    derivation.define(
        "by parts",
        Eq(parts(x), (sp.Derivative(smooth(x), x) - x * smooth(x)) * sp.exp(-(x**2) / 2)
           / sp.sqrt(2 * sp.pi)),
        "slope of F minus x F, weighted with the density",
    )  # fmt: skip
    derivation.integrate(
        "Stein",
        (smooth(end) * sp.exp(-(end**2) / 2) - smooth(0)) / sp.sqrt(2 * sp.pi),
        (x, 0, end),
        "the first term vanishes as b grows: E[x F] is E[F'] plus F times the density at the edge "
        "0 of the mask. The slope of the rectifier gives w_j, the jump of the mask w_i",
    )
    derivation.define("uniform", Eq(uniform(phi), 1 / (2 * sp.pi)), "directions are uniform")
    derivation.integrate(
        "both active",
        (sp.pi - ANGLE) / (2 * sp.pi),
        (phi, ANGLE - sp.pi / 2, sp.pi / 2),
        "two half planes at this angle share a sector of pi minus the angle",
    )
    derivation.define(
        "on the edge",
        Eq(kept(x), nj * sp.sin(ANGLE) * x * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)),
        "where u_i = 0, u_j is n_j sin(theta) x with a standard normal x",
    )
    derivation.integrate(
        "edge mean",
        nj * sp.sin(ANGLE) / sp.sqrt(2 * sp.pi),
        (x, 0, sp.oo),
        "the rectifier keeps half of it",
    )
    derivation.define("probability", Eq(active, derivation["both active"].lhs), "its name")
    derivation.define(
        "edge",
        Eq(edge, derivation["edge mean"].lhs / (ni * sp.sqrt(2 * sp.pi))),
        "the density of u_i at 0 is one over n_i times the square root of 2 pi",
    )
    two_terms = sp.Symbol("T")
    derivation.define("two terms", Eq(two_terms, active * wj + edge * wi), "slope and jump")
    derivation.substitute(
        "the same",
        Eq(two_terms, ((sp.pi - ANGLE) * wj + nj / ni * sp.sin(ANGLE) * wi) / (2 * sp.pi)),
        ["probability", "edge", "both active", "edge mean"],
        "Stein's lemma gives what the integral gave, K_ij",
    )
    return derivation


def noisy_view() -> Derivation:
    """The same for a noisy target view of the unit itself: the angle comes from the noise."""
    (ni, nj), (wi, wj) = LENGTHS, PARTS
    noise, angle = sp.symbols("sigma theta'", positive=True)
    derivation = Derivation(
        "A unit and its own noisy view",
        source=SOURCE,
        symbols=MEANING
        | {noise: "noise of the target view", angle: "angle between unit and noisy unit"},
        domain={ANGLE: (0, sp.pi), angle: (0, sp.pi / 2)},
    )
    moment = _moment_by_weights(derivation)
    derivation.assume(
        "tangent",
        Eq(sp.tan(angle), noise),
        "the noise is a further input: the noisy unit has the same part along w_i and sigma n_i "
        "across it",
    )
    derivation.solve("angle", Eq(angle, sp.atan(noise)), angle, "below a right angle")
    derivation.apply(
        "cosine",
        Eq(sp.cos(angle), 1 / sp.sqrt(1 + noise**2)),
        sp.cos,
        "covariance over both standard deviations",
    )
    derivation.substitute(
        "own view",
        Eq(moment, wi * (sp.pi - angle + sp.sqrt(1 + noise**2) * sp.sin(angle)) / (2 * sp.pi)),
        {ANGLE: angle, nj: ni * sp.sqrt(1 + noise**2), wj: wi},
        "the noisy unit's angle and length; along the unit's inputs its part is the same",
        of="inserted",
    )
    derivation.substitute(
        "coefficient",
        Eq(moment, wi * (sp.pi - sp.atan(noise) + noise) / (2 * sp.pi)),
        "angle",
        "a multiple of the unit's own weights, H_ii",
    )
    return derivation
