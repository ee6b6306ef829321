"""Derivations for forward and backward weights that differ, and for a read-out outside."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def vector_field_bias() -> Derivation:
    """What the error loses when the Jacobian is used where its transpose belongs."""
    j, transposed, slopes = sp.symbols("J J^T D", commutative=False)
    forward, backward = sp.symbols("A B", commutative=False)
    d = Derivation(
        "Bias of the vector field",
        source="derived here; the update is that of Scellier et al. 2018",
        symbols={
            j: "coupling of the states into the preactivations, and its transpose: matrices of any "
            "size, which do not commute",
            slopes: "slopes of the activations, a diagonal matrix",
            forward: "matrix of the nudged relaxation",
            backward: "matrix of the true error",
        },
    )
    one = sp.S.One
    d.define("relaxed", Eq(forward, one - j * slopes), "the nudged relaxation feels J")
    d.define("true", Eq(backward, one - transposed * slopes), "the true error its transpose")
    d.identity(
        "difference of any inverses",
        Eq(
            forward**-1 - backward**-1,
            forward**-1 * (backward - forward) * backward**-1,
            evaluate=False,
        ),
        "where both exist",
    )
    d.substitute(
        "difference of the inverses",
        Eq(
            (one - j * slopes) ** -1 - (one - transposed * slopes) ** -1,
            (one - j * slopes) ** -1
            * (j - transposed)
            * slopes
            * (one - transposed * slopes) ** -1,
        ),
        ["relaxed", "true"],
        "the bias, for any loss: zero where the antisymmetric part of the coupling is",
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
    d.assume("velocity", Eq(speed, momentum * old + decay * now), "equal gradients cancel")
    d.assume("step", Eq(after, now - rate * speed), "the weights move")
    d.assume("step before", Eq(now, before - rate * old), "the same one step earlier")
    d.solve("last step", Eq(old, (before - now) / rate), old, "for its velocity")
    d.substitute(
        "recursion",
        Eq(after, (1 + momentum - rate * decay) * now - momentum * before),
        ["velocity", "last step"],
        "without the velocity",
        of="step",
    )
    middle = 1 + momentum - rate * decay
    d.assume("powers", Eq(root**2, middle * root - momentum), "the recursion for a_k = r to the k")
    slow = (middle + sp.sqrt(middle**2 - 4 * momentum)) / 2
    d.solve(
        "slow root",
        Eq(root, slow),
        root,
        "the one near 1",
        unique=False,
        where=[sp.Ge(middle**2, 4 * momentum)],
    )
    factor = sp.Function("f")(decay)
    d.define("factor", Eq(factor, slow), "per step, as a function of the decay")
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

    state, read, mean = (sp.Function(name) for name in ("x", "g", "m"))
    d = Derivation(
        "Gradient of a read-out outside the system",
        source="derived here; the update is that of the released code",
        symbols={
            c0: "gradient of the loss in a read-out weight at the free equilibrium",
            c1: "its first derivative in the state; C_2 the second",
            s1: "first derivative of the equilibrium in the nudge; s_2 the second",
        },
    )
    d.define("state", Eq(state(nudge), s1 * nudge + s2 * nudge**2 / 2), "how far it has moved")
    d.define(
        "gradient",
        Eq(read(nudge), c0 + c1 * state(nudge) + c2 * state(nudge) ** 2 / 2),
        "the read-out gradient at the nudged state",
    )
    x = s1 * nudge + s2 * nudge**2 / 2
    d.substitute("nudged", c0 + c1 * x + c2 * x**2 / 2, "state", "put in")
    d.expand("one-sided", c0 + c1 * s1 * nudge, nudge, 0, 1, "wrong by first order")
    d.define("both", Eq(mean(nudge), (read(nudge) + read(-nudge)) / 2), "average over both nudges")
    even = c0 + (c1 * s2 + c2 * s1**2) * nudge**2 / 2 + c2 * s2**2 * nudge**4 / 8
    d.substitute("average", even, "nudged", "odd orders cancel")
    d.expand(
        "symmetric",
        c0 + (c1 * s2 + c2 * s1**2) / 2 * nudge**2,
        nudge,
        0,
        3,
        "wrong by second order only",
    )
    return d


def corrected_phase() -> Derivation:
    """One added term turns the linear response of a network without symmetry into its adjoint."""
    j, transposed, slopes = sp.symbols("J J^T D", commutative=False)
    motion, force, errors = sp.symbols("s_1 c d", commutative=False)
    d = Derivation(
        "The exact gradient without symmetric weights",
        source="derived here; the added term is that of arXiv:2602.03670",
        symbols={
            j: "coupling of the states into the preactivations, and its transpose: matrices of any "
            "size, which do not commute",
            slopes: "slopes of the activations at the free equilibrium, a diagonal matrix",
            motion: "first derivative of the nudged states in the nudge, a column",
            force: "gradient of the loss in the states, a column",
            errors: "true errors at the preactivations, a column",
        },
    )
    one = sp.S.One
    d.assume(
        "balance",
        Eq(motion, slopes * (j * motion + (transposed - j) * motion - force)),
        "first order in the nudge, with the added term (J^T - J)(s - s_*)",
    )
    d.rewrite(
        "adjoint",
        Eq((one - slopes * transposed) * motion, -slopes * force),
        "the coupling itself cancels and its transpose is left",
    )
    d.solve(
        "response",
        Eq(motion, -((one - slopes * transposed) ** -1) * slopes * force),
        motion,
        "one linear system",
    )
    d.identity(
        "push through",
        Eq(
            (one - slopes * transposed) ** -1 * slopes,
            slopes * (one - transposed * slopes) ** -1,
            evaluate=False,
        ),
        "where both inverses exist",
    )
    d.define(
        "true errors",
        Eq(errors, slopes * (one - transposed * slopes) ** -1 * force),
        "those of implicit differentiation",
    )
    d.substitute(
        "exact",
        Eq(motion, -slopes * (one - transposed * slopes) ** -1 * force),
        "push through",
        "minus the true errors: half the difference of both signs of the nudge is right to second "
        "order, N points of a circle to order N",
        of="response",
    )
    return d
