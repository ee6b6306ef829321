"""Derivations: the theory of learned and set predictors that the eigenspace view builds on."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Tian, Chen, Ganguli 2021; Wang, Chen, Du, Tian 2021; algebra redone here"
T = sp.Symbol("t", real=True)


def balance() -> Derivation:
    """A learned linear predictor and the weights below it stay balanced up to weight decay."""
    p, s = (sp.Function(name, real=True)(T) for name in ("p", "w"))
    error = sp.Function("e", real=True)(T)
    speed, decay = sp.symbols("alpha_p rho", positive=True)
    difference = sp.Function("d")(T)
    derivation = Derivation(
        "Balance of predictor and weights",
        source=SOURCE,
        symbols={
            s: "one mode of the weights",
            p: "the same mode of the learned predictor",
            error: "prediction error times input, the same in both updates",
            speed: "learning rate of the predictor relative to the weights",
            decay: "weight decay",
        },
    )
    derivation.assume(
        "weights", Eq(sp.Derivative(s, T), p * error - decay * s), "gradient flow with decay"
    )
    derivation.assume(
        "predictor",
        Eq(sp.Derivative(p, T), speed * s * error - decay * p),
        "the same, at its own learning rate",
    )
    derivation.define("difference", Eq(difference, s**2 - p**2 / speed), "what stays in balance")
    derivation.differentiate(
        "change",
        Eq(
            sp.Derivative(difference, T),
            2 * s * sp.Derivative(s, T) - 2 * p * sp.Derivative(p, T) / speed,
        ),
        T,
        "term by term",
    )
    derivation.substitute(
        "updates",
        Eq(sp.Derivative(difference, T), -2 * decay * (s**2 - p**2 / speed)),
        ["weights", "predictor"],
        "the error cancels: the difference decays with the weight decay and is forgotten",
    )
    return derivation


def learned_predictor() -> Derivation:
    """One mode with a learned predictor, on the balanced set: fixed points and threshold."""
    p = sp.Symbol("p", positive=True)
    s, speed = sp.symbols("w alpha_p", positive=True)
    tau, noise, decay = sp.symbols("tau c_1 rho", positive=True)
    derivation = Derivation(
        "Fixed points with a learned predictor",
        source=SOURCE,
        symbols={
            p: "predictor eigenvalue; on the balanced set its square is the eigenvalue of W W^T",
            tau: "size of the target weights relative to the online ones",
            s: "the mode of the weights; alpha_p is the predictor's relative learning rate",
            noise: "second moment of the online view, 1 + sigma^2",
            decay: "weight decay",
        },
        domain={decay: (0, tau**2 / (4 * noise))},
    )
    velocity = sp.Function("v")
    derivation.assume(
        "flow",
        Eq(velocity(p), speed * s**2 * (tau - noise * p) - decay * p),
        "mean velocity of the predictor: the error of a mode is its size times tau - c_1 p",
    )
    derivation.assume("on the balanced set", Eq(s**2, p**2 / speed), "where all trajectories end")
    derivation.substitute(
        "balanced",
        Eq(velocity(p), p**2 * (tau - noise * p) - decay * p),
        "on the balanced set",
        "velocity of p alone",
        of="flow",
    )
    derivation.rewrite(
        "factored",
        Eq(velocity(p), p * (p * (tau - noise * p) - decay)),
        "0 is a fixed point: collapse",
    )
    derivation.assume("fixed", Eq(velocity(p), 0), "a living mode that rests")
    derivation.substitute(
        "at rest", Eq(p * (p * (tau - noise * p) - decay), 0), "factored", "put in", of="fixed"
    )
    derivation.rewrite("alive", Eq(p * (tau - noise * p) - decay, 0), "divided by p")
    root = sp.sqrt(tau**2 - 4 * decay * noise)
    for name, sign, reason in (
        ("upper", 1, "stable"),
        ("lower", -1, "unstable: the threshold of collapse"),
    ):
        derivation.solve(
            name, Eq(p, (tau + sign * root) / (2 * noise)), p, reason, of=["alive"], unique=False
        )
    derivation.substitute(
        "same condition",
        Eq(p * (1 - noise * p) - decay, 0),
        {tau: 1},
        "with targets of the same size, the condition of DirectPred, alpha = 1/2: a predictor set "
        "from the representation has the fixed points of the learned one",
        of="alive",
    )
    return derivation


def invariant() -> Derivation:
    """Learned predictor without balance: the exact invariant of its trajectories."""
    p, s = (sp.Function(name, positive=True)(T) for name in ("p", "gamma"))
    tau, noise, decay, speed = sp.symbols("tau c_1 rho alpha_p", positive=True)
    c = sp.Function("c")(T)
    pull = tau - noise * p
    derivation = Derivation(
        "Trajectories of predictor and representation",
        source=SOURCE,
        symbols={
            s: "eigenvalue of the representation",
            p: "eigenvalue of the learned predictor",
            speed: "learning rate of the predictor relative to the weights",
        },
    )
    derivation.assume(
        "representation",
        Eq(sp.Derivative(s, T), 2 * p * s * pull - 2 * decay * s),
        "gradient flow with decay",
    )
    derivation.assume(
        "predictor", Eq(sp.Derivative(p, T), speed * s * pull - decay * p), "at its own rate"
    )
    derivation.define(
        "invariant", Eq(c, sp.exp(2 * decay * T) * (s - p**2 / speed)), "distance from balance"
    )
    derivation.differentiate(
        "change",
        Eq(
            sp.Derivative(c, T),
            sp.exp(2 * decay * T)
            * (
                2 * decay * (s - p**2 / speed)
                + sp.Derivative(s, T)
                - 2 * p * sp.Derivative(p, T) / speed
            ),
        ),
        T,
        "product rule",
    )
    derivation.substitute(
        "constant",
        Eq(sp.Derivative(c, T), 0),
        ["representation", "predictor"],
        "gamma = p^2 / alpha_p + c e^(-2 rho t)",
    )
    return derivation
