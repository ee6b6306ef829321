"""Derivations: the losses in the eigenbasis, their gradients, and what the isotropic loss removes.

The eigenbasis rotates predictor and representations together, so a loss of three modes stands for
any number: the sums are symmetric in the modes.
"""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Halvagal, Laborieux, Zenke 2023"
ONLINE = sp.symbols("z_1 z_2 z_3", real=True)
TARGET = sp.symbols("y_1 y_2 y_3", real=True)
PREDICTOR = sp.symbols("lambda_1 lambda_2 lambda_3", positive=True)
MEANING = {
    PREDICTOR[0]: "eigenvalues of the predictor",
    ONLINE[0]: "components of the online representation in the eigenbasis",
    TARGET[0]: "components of the target representation, held fixed by the stop-gradient",
}


def euclidean() -> Derivation:
    """Theorem 1: modes decouple, and the predictor's eigenvalue is their learning rate."""
    z, y = ONLINE[0], TARGET[0]
    p = PREDICTOR[0]
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
    derivation.given("loss", Eq(loss(z), ((p * z - y) ** 2 + rest) / 2), "a sum over modes")
    derivation.differentiate(
        "gradient",
        Eq(sp.Derivative(loss(z), z), p * (p * z - y)),
        z,
        "the other modes do not depend on this one",
    )
    derivation.given("flow", Eq(velocity, -rate * sp.Derivative(loss(z), z)), "gradient flow")
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
    z, y = ONLINE[0], TARGET[0]
    p = PREDICTOR[0]
    held = sp.Symbol("h", real=True)
    loss = sp.Function("L_iso", real=True)
    derivation = Derivation(
        "The isotropic Euclidean loss",
        source=SOURCE,
        symbols=MEANING | {held: "everything inside the stop-gradient"},
    )
    derivation.given(
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
    gradient = sp.Symbol("g", real=True)
    derivation.given("original", Eq(gradient, p * (p * z - y)), "gradient of the original loss")
    derivation.substitute(
        "relation",
        Eq(gradient, p * sp.Derivative(loss(z), z)),
        {y: p * z - sp.Derivative(loss(z), z)},
        "the isotropic gradient is the original one without the factor lambda, in every mode",
    )
    return derivation


def _cosine(online=ONLINE, target=TARGET):
    prediction = [p * z for p, z in zip(PREDICTOR, online, strict=True)]
    dot = sum(p * y for p, y in zip(prediction, target, strict=True))
    norms = [sp.sqrt(sum(x**2 for x in vector)) for vector in (prediction, target)]
    return dot, *norms


def cosine() -> Derivation:
    """Theorem 2: under the cosine loss modes are coupled, and only relative size matters."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    dot, length, target_length = _cosine()
    loss = sp.Function("L")(*z)
    coupling = sum(
        p[k] * (p[k] * z[k] ** 2 * y[0] - p[0] * z[0] * z[k] * y[k]) for k in range(1, 3)
    )
    same = p[0] * z[0] * sum(p[k] * (p[k] - p[0]) * z[k] ** 2 for k in range(1, 3))
    derivation = Derivation(
        "Three modes under the cosine loss", source=f"{SOURCE}, Theorem 2", symbols=MEANING
    )
    derivation.given("loss", Eq(loss, -dot / (length * target_length)), "minus the cosine")
    derivation.differentiate(
        "Theorem 2",
        Eq(sp.Derivative(loss, z[0]), -p[0] * coupling / (length**3 * target_length)),
        z[0],
        "a mode's own term cancels: it is driven by differences to the others alone",
    )
    slope = sp.Function("g")(p[0])
    derivation.given(
        "same view", Eq(slope, p[0] * coupling / (length**3 * target_length)), "its flow"
    )
    norm = sp.sqrt(sum(x**2 for x in z))
    derivation.substitute(
        "without augmentation",
        Eq(slope, same / (length**3 * norm)),
        dict(zip(y, z, strict=True)),
        "modes below the weighted mean grow and those above it shrink; equal eigenvalues of any "
        "size are a fixed point",
    )
    return derivation


def isotropic_cosine() -> Derivation:
    """The isotropic cosine loss: the held coefficients give the gradient over lambda."""
    z, y, p = ONLINE, TARGET, PREDICTOR
    dot, length, target_length = _cosine()
    loss = sp.Function("L_iso")(*z)
    first, second = sp.symbols("h_1 h_2", real=True)
    alignment = sum(a * b for a, b in zip(z, y, strict=True))
    stretched = sum(a * b**2 for a, b in zip(p, z, strict=True))
    derivation = Derivation(
        "The isotropic cosine loss",
        source=SOURCE,
        symbols=MEANING | {first: "coefficients inside a stop-gradient"},
    )
    derivation.given(
        "loss", Eq(loss, -first * alignment + second * stretched / 2), "one half of a square root "
        "of the predictor on both sides of the representation"
    )  # fmt: skip
    slope = sp.Derivative(loss, z[0])
    derivation.differentiate(
        "gradient", Eq(slope, -first * y[0] + second * p[0] * z[0]), z[0], "the held part is fixed"
    )
    derivation.substitute(
        "coefficients",
        Eq(slope, -(y[0] / (length * target_length) - dot * p[0] * z[0]
                    / (length**3 * target_length))),
        {first: 1 / (length * target_length), second: dot / (length**3 * target_length)},
        "this is the gradient of minus the cosine with respect to the prediction itself",
    )  # fmt: skip
    derivation.identity(
        "relation",
        Eq(
            sp.diff(-dot / (length * target_length), z[0]),
            -p[0] * (y[0] / (length * target_length) - dot * p[0] * z[0]
                     / (length**3 * target_length)),
        ),
        "the chain rule through the predictor is the factor lambda that the isotropic loss removes",
    )  # fmt: skip
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
    derivation.given("loss", Eq(loss(z), (p * z - z) ** 2 / 2), "the target follows")
    derivation.differentiate(
        "gradient", Eq(sp.Derivative(loss(z), z), (1 - p) ** 2 * z), z, "both branches answer"
    )
    derivation.nonnegative(
        "collapse",
        z * (1 - p) ** 2 * z,
        "the gradient never points inward: no mode grows, and 1 is only half stable",
        terms=[z**2 * (1 - p) ** 2],
    )
    velocity = sp.Symbol(r"\dot{z}", real=True)
    derivation.given(
        "predictor", Eq(velocity, p * (z + n2 - p * (z + n1))), "with stop-gradient, two views"
    )
    derivation.substitute(
        "no predictor",
        Eq(velocity, n2 - n1),
        {p: 1},
        "without predictor what is left has mean zero: no learning",
    )
    return derivation
