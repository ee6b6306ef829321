"""Derivations: losses that regularise explicitly, and which feature is learned first."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

T = sp.Symbol("t", nonnegative=True)
ALPHA = sp.Symbol("alpha", positive=True)


def potential() -> Derivation:
    """The implicit losses are explicit: gradient flows of a potential of the spectrum."""
    s = sp.Symbol("s", positive=True)
    alpha = ALPHA
    standard, isotropic, whitening = (sp.Function(name) for name in ("V", "V_iso", "V_w"))
    derivation = Derivation(
        "The potential that predictor and stop-gradient descend",
        source="derived here; the whitening loss as in explicit variance regularisation",
        symbols={
            s: "singular value; its square is the eigenvalue gamma, lambda = s^(2 alpha)",
            standard(s): "potential of one mode; the sum over modes is a function of W W^T alone",
        },
    )
    derivation.define(
        "original",
        Eq(standard(s), s ** (2 + 4 * alpha) / (2 + 4 * alpha) - s ** (2 + 2 * alpha)
           / (2 + 2 * alpha)),
        "for the Euclidean loss",
    )  # fmt: skip
    derivation.differentiate(
        "its slope",
        Eq(sp.Derivative(standard(s), s), -s * s ** (2 * alpha) * (1 - s ** (2 * alpha))),
        s,
        "minus the velocity s lambda (1 - lambda) of Theorem 1: what the stop-gradient hides from "
        "the loss is the gradient of another one, lowest where lambda is 1",
    )
    derivation.define(
        "isotropic",
        Eq(isotropic(s), s ** (2 + 2 * alpha) / (2 + 2 * alpha) - s**2 / 2),
        "for the isotropic Euclidean loss",
    )
    derivation.differentiate(
        "isotropic slope",
        Eq(sp.Derivative(isotropic(s), s), -s * (1 - s ** (2 * alpha))),
        s,
        "minus its velocity s (1 - lambda)",
    )
    derivation.define(
        "whitening", Eq(whitening(s), (s**2 - 1) ** 2 / 4), "one mode of |W W^T - 1|^2 / 4"
    )
    derivation.substitute(
        "exponent one",
        Eq(isotropic(s), s**4 / 4 - s**2 / 2),
        {alpha: 1},
        "the isotropic loss with DirectCopy's exponent",
        of="isotropic",
    )
    derivation.rewrite(
        "the same",
        Eq(whitening(s), s**4 / 4 - s**2 / 2 + sp.Rational(1, 4)),
        "up to a constant they are one loss: implicit variance regularisation made explicit",
        of="whitening",
    )
    return derivation


def vicreg() -> Derivation:
    """One mode under VICReg's hinge: constant push, finite time from any size."""
    s = sp.Function("s", positive=True)(T)
    size = sp.Symbol("s", positive=True)
    start, push = sp.symbols("s_0 b", positive=True)
    pull, spread = sp.symbols("a c_i", positive=True)
    hinge, blur = sp.Function("h"), sp.Function("d")
    derivation = Derivation(
        "One mode under explicit variance regularisation",
        source="loss: Bardes, Ponce, LeCun 2022 (VICReg); derived here",
        symbols={
            size: "singular value of a mode, where units are modes",
            spread: "second moment of a feature in view i, 1 + sigma_i^2",
            push: "sum of sqrt(c_i) over the views below the hinge",
            pull: "weight of the invariance term times sigma_1^2 + sigma_2^2",
            start: "singular value at the start",
        },
    )
    derivation.define(
        "hinge", Eq(hinge(size), 1 - sp.sqrt(spread) * size), "one minus the deviation, below 1"
    )
    derivation.differentiate(
        "push",
        Eq(sp.Derivative(hinge(size), size), -sp.sqrt(spread)),
        size,
        "it pushes outward with the same force at every size: no factor of the mode's own",
    )
    derivation.define("blur", Eq(blur(size), pull * size**2 / 2), "mean of |z_1 - z_2|^2 / 2")
    derivation.differentiate(
        "pull", Eq(sp.Derivative(blur(size), size), pull * size), size, "inward, in proportion"
    )
    derivation.assume("flow", Eq(sp.Derivative(s, T), push - pull * s), "gradient flow of both")
    derivation.solve(
        "solution",
        Eq(s, push / pull + (start - push / pull) * sp.exp(-pull * T)),
        s,
        "up to the hinge: a mode of size zero is recruited in finite time, a mode under the "
        "isotropic loss after the logarithm, under the original one after the inverse of its size",
        initial={s.subs(T, 0): start},
    )
    return derivation


def feature_order() -> Derivation:
    """Self-distillation and reconstruction, one feature through equal layers: times to learn."""
    w = sp.Symbol("w", positive=True)
    phi, beta = sp.symbols("varphi beta", positive=True)
    depth = sp.Symbol("L", integer=True, positive=True)
    v, moment = sp.symbols("v c", positive=True)
    along, back = sp.symbols(r"\dot{w} \dot{w}_r", real=True)
    derivation = Derivation(
        "Which feature is learned first",
        source="flows: Littwin et al. 2024; derived again here",
        symbols={
            w: "weight of one layer, the same in all L; v that of predictor or decoder",
            phi: "covariance of the feature between the views",
            moment: "its second moment in the online view",
            beta: "regression coefficient, phi / c: below 1 for a noisy feature",
        },
    )
    derivation.assume(
        "self-distillation",
        Eq(along, w ** (depth - 1) * v * w**depth * (phi - moment * v)),
        "layers below times error times what comes back through the predictor",
    )
    derivation.assume(
        "reconstruction",
        Eq(back, w ** (depth - 1) * v * (phi - moment * v * w**depth)),
        "the same for the decoder; the target is the other view itself",
    )
    derivation.substitute(
        "balanced",
        Eq(along, phi * w ** (2 * depth) * (1 - w / beta)),
        {v: w, moment: phi / beta},
        "equal weights stay equal; the noise stops it at beta",
        of="self-distillation",
    )
    derivation.substitute(
        "balanced reconstruction",
        Eq(back, phi * w**depth * (1 - w ** (depth + 1) / beta)),
        {v: w, moment: phi / beta},
        "its start does not know beta",
        of="reconstruction",
    )
    return derivation
