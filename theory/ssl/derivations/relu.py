"""Derivations: the Gaussian moments of rectified units, by Stein's lemma."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here; the kernel is Cho, Saul 2009"


def arc_cosine_kernel() -> Derivation:
    """E[relu(u) relu(v)] of two Gaussians at an angle: an integral in polar coordinates."""
    r, phi = sp.Symbol("r", positive=True), sp.Symbol("phi", real=True)
    angle = sp.Symbol("theta", positive=True)
    derivation = Derivation(
        "Correlation of two rectified units",
        source=SOURCE,
        symbols={
            angle: "angle between the two weight vectors, both of unit length",
            r: "length of the input in the plane of the two vectors",
            phi: "its angle to the first vector",
        },
        domain={angle: (0, sp.pi)},
    )
    derivation.given("radial", r**3 * sp.exp(-(r**2) / 2), "two factors r and the area element")
    derivation.integrate("radius", sp.Integer(2), (r, 0, sp.oo), "the radius separates")
    derivation.given(
        "angular",
        sp.cos(phi) * sp.cos(phi - angle) / sp.pi,
        "both units are active where the input is within a right angle of both vectors",
    )
    derivation.integrate(
        "kernel",
        (sp.sin(angle) + (sp.pi - angle) * sp.cos(angle)) / (2 * sp.pi),
        (phi, angle - sp.pi / 2, sp.pi / 2),
        "the arc-cosine kernel of order one",
    )
    return derivation


def stein() -> Derivation:
    """E[relu(u_j) 1(u_i > 0) x]: Stein's lemma turns the factor x into derivatives."""
    angle = sp.Symbol("theta", positive=True)
    x = sp.Symbol("x", positive=True)
    phi = sp.Symbol("phi", positive=True)
    ni, nj = sp.symbols("n_i n_j", positive=True)
    wi, wj = sp.symbols("w_i w_j", real=True)
    edge = sp.Symbol("e", positive=True)
    active = sp.Symbol("p", positive=True)
    value = sp.Symbol("K_ij", real=True)
    derivation = Derivation(
        "Input times an active unit",
        source=SOURCE,
        symbols={
            angle: "angle between the weight vectors w_i and w_j, of lengths n_i and n_j",
            phi: "opening of the sector in which both units are active",
            active: "probability that both units are active",
            edge: "mean of relu(u_j) times the density on the edge u_i = 0",
        },
        domain={angle: (0, sp.pi)},
    )
    derivation.given("sector", Eq(active, phi / (2 * sp.pi)), "directions are uniform")
    derivation.substitute(
        "both active",
        Eq(active, (sp.pi - angle) / (2 * sp.pi)),
        {phi: sp.pi - angle},
        "two half planes at this angle share a sector of pi minus the angle",
    )
    derivation.given(
        "on the edge",
        nj * sp.sin(angle) * x * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi),
        "where u_i = 0, u_j is n_j sin(theta) x with a standard normal x",
    )
    derivation.integrate(
        "edge mean",
        nj * sp.sin(angle) / sp.sqrt(2 * sp.pi),
        (x, 0, sp.oo),
        "the rectifier keeps half of it",
    )
    derivation.given(
        "Stein",
        Eq(value, active * wj + edge * wi),
        "E[x f(x)] = E[grad f]: the slope of the rectifier gives w_j, the jump of the mask w_i",
    )
    derivation.substitute(
        "inserted",
        Eq(value, ((sp.pi - angle) * wj + nj / ni * sp.sin(angle) * wi) / (2 * sp.pi)),
        {
            active: (sp.pi - angle) / (2 * sp.pi),
            edge: nj * sp.sin(angle) / sp.sqrt(2 * sp.pi) / (ni * sp.sqrt(2 * sp.pi)),
        },
        "the density of u_i at 0 is one over n_i times the square root of 2 pi",
    )
    return derivation


def noisy_view() -> Derivation:
    """The same for a noisy target view of the unit itself: the angle comes from the noise."""
    noise = sp.Symbol("sigma", positive=True)
    angle = sp.Symbol("theta'", positive=True)
    derivation = Derivation(
        "A unit and its own noisy view",
        source=SOURCE,
        symbols={noise: "noise of the target view", angle: "angle between unit and noisy unit"},
    )
    derivation.given("angle", Eq(angle, sp.atan(noise)), "the tangent of the angle is the noise")
    derivation.apply(
        "cosine",
        Eq(sp.cos(angle), 1 / sp.sqrt(1 + noise**2)),
        sp.cos,
        "covariance over both standard deviations",
    )
    weight = sp.Function("H")(angle)
    derivation.given(
        "Stein",
        Eq(weight, (sp.pi - angle + sp.sqrt(1 + noise**2) * sp.sin(angle)) / (2 * sp.pi)),
        "the formula above with i = j and the noisy unit's length",
    )
    derivation.substitute(
        "coefficient",
        Eq(sp.Function("H")(sp.atan(noise)), (sp.pi - sp.atan(noise) + noise) / (2 * sp.pi)),
        {angle: sp.atan(noise)},
        "H_ii is this multiple of the unit's own weights",
    )
    return derivation
