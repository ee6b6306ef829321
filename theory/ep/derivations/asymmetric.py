"""Derivations for forward and backward weights that differ, and for a read-out outside."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def vector_field_bias() -> Derivation:
    """What the error loses when the Jacobian is used where its transpose belongs."""
    j = sp.Matrix(2, 2, sp.symbols("J_11 J_12 J_21 J_22", real=True))
    slopes = sp.diag(*sp.symbols("D_1 D_2", positive=True))
    one = sp.eye(2)
    forward, backward = one - j * slopes, one - j.T * slopes
    d = Derivation(
        "Bias of the vector field",
        source="derived here; the update is that of Scellier et al. 2018",
        symbols={sp.Symbol("D_1", positive=True): "slopes of the two activations, matrix D"},
    )
    d.given("relaxed", forward, "matrix of the nudged relaxation, 1 - J D, for two units")
    d.given("true", backward, "matrix of the true error, 1 - J' D")
    d.identity(
        "difference of the matrices",
        Eq(backward - forward, (j - j.T) * slopes),
        "the antisymmetric part of the coupling",
    )
    d.identity(
        "difference of the inverses",
        Eq(forward.inv() - backward.inv(), forward.inv() * (j - j.T) * slopes * backward.inv()),
        "the bias: zero where antisymmetry is, for any loss",
    )
    return d


def kolen_pollack() -> Derivation:
    """Equal updates with weight decay make forward and backward weights forget their difference."""
    rate, decay, momentum = sp.symbols("eta lambda mu", positive=True)
    now, before, after, speed, old = sp.symbols("a_k a_k-1 a_k+1 v_k+1 v_k", real=True)
    root = sp.Symbol("r", positive=True)
    d = Derivation(
        "Decay of the asymmetry with equal updates",
        source="derived here; Kolen and Pollack 1994, with momentum",
        symbols={
            now: "an entry of W - B after k steps",
            rate: "learning rate",
            decay: "weight decay",
            momentum: "momentum",
        },
        domain={momentum: (0, sp.Rational(95, 100))},
    )
    d.given("velocity", Eq(speed, momentum * old + decay * now), "equal gradients cancel")
    d.given("step", Eq(after, now - rate * speed), "the weights move")
    d.given("last step", Eq(old, (before - now) / rate), "the step before, for its velocity")
    d.substitute(
        "recursion",
        Eq(after, (1 + momentum - rate * decay) * now - momentum * before),
        ["velocity", "last step"],
        "without the velocity",
        of="step",
    )
    middle = 1 + momentum - rate * decay
    d.given("powers", Eq(root**2, middle * root - momentum), "for a_k = r to the k")
    slow = (middle + sp.sqrt(middle**2 - 4 * momentum)) / 2
    d.solve("slow root", Eq(root, slow), root, "the one near 1")
    d.given("factor", slow, "per step")
    d.expand(
        "small decay",
        1 - rate * decay / (1 - momentum),
        decay,
        0,
        1,
        "per step the asymmetry loses the fraction eta lambda / (1 - mu)",
    )
    return d


def readout() -> Derivation:
    """A read-out outside the system: its gradient is measured at nudged states."""
    nudge = sp.Symbol("beta", real=True)
    c0, c1, c2, s1, s2 = sp.symbols("C_0 C_1 C_2 s_1 s_2", real=True)

    def measured(sign):
        x = s1 * sign * nudge + s2 * nudge**2 / 2
        return c0 + c1 * x + c2 * x**2 / 2

    d = Derivation(
        "Gradient of a read-out outside the system",
        source="derived here; the update is that of the released code",
        symbols={
            c0: "gradient of the loss in a read-out weight at the free equilibrium",
            c1: "its first derivative in the state; C_2 the second",
            s1: "first derivative of the equilibrium in the nudge; s_2 the second",
        },
    )
    d.given("nudged", measured(1), "the read-out gradient at the nudged state")
    d.expand("one-sided", c0 + c1 * s1 * nudge, nudge, 0, 1, "wrong by first order")
    d.given("both", (measured(1) + measured(-1)) / 2, "average over both nudges")
    d.expand(
        "symmetric",
        c0 + (c1 * s2 + c2 * s1**2) / 2 * nudge**2,
        nudge,
        0,
        3,
        "wrong by second order only",
    )
    return d
