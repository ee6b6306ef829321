"""Derivations: the losses in the eigenbasis, their gradients, and what the isotropic loss removes.

One mode is followed; sums over all other modes, which do not depend on it, are single symbols, so
that every statement holds for any number of modes.
"""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Halvagal, Laborieux, Zenke 2023"
ONLINE = sp.Symbol("z_1", real=True)
TARGET = sp.Symbol("y_1", real=True)
PREDICTOR = sp.Symbol("lambda_1", positive=True)
MEANING = {
    PREDICTOR: "eigenvalue of the predictor in the mode that is followed",
    ONLINE: "component of the online representation in the eigenbasis",
    TARGET: "component of the target representation, held fixed by the stop-gradient",
}
# Sums over the other modes, k from 2 to any number.
OTHERS = {
    "dot": sp.Symbol("X", real=True),
    "squares": sp.Symbol("Q", positive=True),
    "target": sp.Symbol("Y", positive=True),
}
SUMS = {
    OTHERS["dot"]: "sum of lambda_k z_k y_k over all other modes k",
    OTHERS["squares"]: "sum of (lambda_k z_k)^2 over all other modes",
    OTHERS["target"]: "length of the target",
}


def euclidean() -> Derivation:
    """Theorem 1: modes decouple, and the predictor's eigenvalue is their learning rate."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    rest, rate = sp.Symbol("R", nonnegative=True), sp.Symbol("eta", positive=True)
    loss, velocity = sp.Function("L"), sp.Symbol(r"\dot{z}_1", real=True)
    noise = sp.symbols(r"\xi_1 \xi_2", real=True)
    mean = sp.Symbol(r"\hat{z}_1", real=True)
    derivation = Derivation(
        "One mode under the Euclidean loss",
        source=f"{SOURCE}, Theorem 1",
        symbols=MEANING
        | {
            rest: "the squares of all other modes",
            rate: "learning rate",
            mean: "the representation without augmentation",
            noise[0]: "what the two augmentations add, of mean zero",
        },
    )
    derivation.define("loss", Eq(loss(z), ((p * z - y) ** 2 + rest) / 2), "a sum over modes")
    derivation.differentiate(
        "gradient",
        Eq(sp.Derivative(loss(z), z), p * (p * z - y)),
        z,
        "the other modes do not depend on this one",
    )
    derivation.assume("flow", Eq(velocity, -rate * sp.Derivative(loss(z), z)), "gradient flow")
    derivation.substitute(
        "Theorem 1", Eq(velocity, rate * p * (y - p * z)), "gradient", "the stop-gradient holds y"
    )
    derivation.substitute(
        "two views",
        Eq(velocity, rate * p * (1 - p) * mean + rate * p * (noise[1] - p * noise[0])),
        {z: mean + noise[0], y: mean + noise[1]},
        "both views show the same input; the second term vanishes in the mean. A mode grows where "
        "its predictor eigenvalue is below 1, shrinks above; the prefactor makes small ones slow",
    )
    return derivation


def isotropic_euclidean() -> Derivation:
    """The isotropic Euclidean loss drops the prefactor: its gradient is that of L over lambda."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    held = sp.Symbol("h", real=True)
    loss = sp.Function("L_iso", real=True)
    derivation = Derivation(
        "The isotropic Euclidean loss",
        source=SOURCE,
        symbols=MEANING | {held: "everything inside the stop-gradient"},
    )
    derivation.define(
        "loss", Eq(loss(z), (z - held) ** 2 / 2), "the prediction error is hidden in the target"
    )
    derivation.differentiate(
        "gradient", Eq(sp.Derivative(loss(z), z), z - held), z, "what is held does not respond"
    )
    derivation.substitute(
        "value",
        Eq(sp.Derivative(loss(z), z), p * z - y),
        {held: y + z - p * z},
        "the held part is the target plus what the predictor takes away",
    )
    original = sp.Function("L")
    derivation.rewrite(
        "error",
        Eq(p * z - y, sp.Derivative(loss(z), z)),
        "the error is the isotropic gradient",
    )
    derivation.define("original loss", Eq(original(z), (p * z - y) ** 2 / 2), "to compare with")
    derivation.differentiate(
        "original",
        Eq(sp.Derivative(original(z), z), p * (p * z - y)),
        z,
        "gradient of the original loss",
    )
    derivation.substitute(
        "relation",
        Eq(sp.Derivative(original(z), z), p * sp.Derivative(loss(z), z)),
        "error",
        "the isotropic gradient is the original one without the factor lambda, in every mode",
    )
    return derivation


def cosine() -> Derivation:
    """Theorem 2: under the cosine loss modes are coupled, and only relative size matters."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    dot, squares, target = OTHERS.values()
    loss = sp.Function("L")
    velocity, rate = sp.Symbol(r"\dot{z}_1", real=True), sp.Symbol("eta", positive=True)
    weighted, size = sp.Symbol("S", positive=True), sp.Symbol("Z", positive=True)
    derivation = Derivation(
        "One mode of any number under the cosine loss",
        source=f"{SOURCE}, Theorem 2",
        symbols=MEANING
        | SUMS
        | {
            rate: "learning rate",
            weighted: "sum of lambda_k z_k^2 over all other modes",
            size: "length of the representation",
        },
    )
    length = sp.sqrt(p**2 * z**2 + squares)
    derivation.define(
        "loss", Eq(loss(z), -(p * z * y + dot) / (length * target)), "minus the cosine"
    )
    coupling = y * squares - p * z * dot
    derivation.differentiate(
        "Theorem 2",
        Eq(sp.Derivative(loss(z), z), -p * coupling / (length**3 * target)),
        z,
        "a mode's own term cancels: it is driven by differences to the others alone, the sum over "
        "k of lambda_k (lambda_k z_k^2 y_1 - lambda_1 z_1 z_k y_k)",
    )
    derivation.assume("flow", Eq(velocity, -rate * sp.Derivative(loss(z), z)), "gradient flow")
    derivation.substitute(
        "same view",
        Eq(velocity, rate * p * coupling / (length**3 * target)),
        "Theorem 2",
        "its flow",
    )
    derivation.substitute(
        "without augmentation",
        Eq(velocity, rate * p * z * (squares - p * weighted) / (length**3 * size)),
        {y: z, dot: weighted, target: size},
        "the bracket is the sum of lambda_k (lambda_k - lambda_1) z_k^2: modes below the weighted "
        "mean grow and those above it shrink; equal eigenvalues of any size are a fixed point",
    )
    return derivation


def isotropic_cosine() -> Derivation:
    """The isotropic cosine loss: the held coefficients give the gradient over lambda."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    dot, squares, target = OTHERS.values()
    isotropic, loss = sp.Function("L_iso"), sp.Function("L")
    first, second, rest = sp.symbols("h_1 h_2 R", real=True)
    whole, length = sp.Symbol("D", real=True), sp.Symbol("N", positive=True)
    derivation = Derivation(
        "The isotropic cosine loss",
        source=SOURCE,
        symbols=MEANING
        | SUMS
        | {
            first: "coefficients h_1, h_2 inside a stop-gradient",
            rest: "the terms of all other modes",
            whole: "dot product of prediction and target",
            length: "length of the prediction",
        },
    )
    derivation.define(
        "loss",
        Eq(isotropic(z), -first * z * y + second * p * z**2 / 2 + rest),
        "one half of a square root of the predictor on both sides of the representation",
    )
    slope = sp.Derivative(isotropic(z), z)
    derivation.differentiate(
        "gradient", Eq(slope, -first * y + second * p * z), z, "the held part is fixed"
    )
    derivation.substitute(
        "coefficients",
        Eq(slope, -(y / (length * target) - whole * p * z / (length**3 * target))),
        {first: 1 / (length * target), second: whole / (length**3 * target)},
        "with the values that are held",
    )
    full = sp.sqrt(p**2 * z**2 + squares)
    derivation.substitute(
        "gradient in full",
        Eq(slope, -(y * squares - p * z * dot) / (full**3 * target)),
        {whole: p * z * y + dot, length: full},
        "dot product and length put in",
    )
    derivation.rewrite(
        "bracket",
        Eq((y * squares - p * z * dot) / (full**3 * target), -slope),
        "read from right to left",
    )
    derivation.define(
        "original loss", Eq(loss(z), -(p * z * y + dot) / (full * target)), "minus the cosine"
    )
    derivation.differentiate(
        "original",
        Eq(sp.Derivative(loss(z), z), -p * ((y * squares - p * z * dot) / (full**3 * target))),
        z,
        "Theorem 2",
    )
    derivation.substitute(
        "relation",
        Eq(sp.Derivative(loss(z), z), p * slope),
        "bracket",
        "the chain rule through the predictor is the factor lambda that the isotropic loss removes",
    )
    return derivation


def ablations() -> Derivation:
    """Without stop-gradient every mode collapses; without predictor nothing drives it."""
    z, n1, n2 = sp.symbols(r"\hat{z} \xi_1 \xi_2", real=True)
    p = sp.Symbol("lambda", positive=True)
    loss = sp.Function("L")
    derivation = Derivation(
        "Euclidean loss without stop-gradient, and without predictor",
        source=SOURCE,
        symbols={
            z: "one mode of the representation, the same for both views",
            p: "eigenvalue of the predictor",
        },
    )
    derivation.define("loss", Eq(loss(z), (p * z - z) ** 2 / 2), "the target follows")
    derivation.differentiate(
        "gradient", Eq(sp.Derivative(loss(z), z), (1 - p) ** 2 * z), z, "both branches answer"
    )
    derivation.nonnegative(
        "collapse",
        z * (1 - p) ** 2 * z,
        "the gradient never points inward: no mode grows, and 1 is only half stable",
        terms=[z**2 * (1 - p) ** 2],
    )
    online, target = sp.symbols("z y", real=True)
    velocity, held = sp.Symbol(r"\dot{z}", real=True), sp.Function("L_y")
    derivation.define(
        "held target", Eq(held(online), (p * online - target) ** 2 / 2), "with stop-gradient"
    )
    derivation.differentiate(
        "its gradient",
        Eq(sp.Derivative(held(online), online), p * (p * online - target)),
        online,
        "the target does not answer",
    )
    derivation.assume(
        "flow", Eq(velocity, -sp.Derivative(held(online), online)), "gradient flow, rate 1"
    )
    derivation.substitute(
        "predictor",
        Eq(velocity, p * (z + n2 - p * (z + n1))),
        ["its gradient", {online: z + n1, target: z + n2}],
        "two views of the same input",
    )
    derivation.substitute(
        "no predictor",
        Eq(velocity, n2 - n1),
        {p: 1},
        "without predictor what is left has mean zero: no learning",
    )
    return derivation
