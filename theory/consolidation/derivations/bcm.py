"""Derivation for the sliding threshold."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def sliding_threshold() -> Derivation:
    """The selective state, and how fast the threshold has to slide."""
    eta, tau = sp.symbols("eta tau", positive=True)
    p = sp.Symbol("p", integer=True, positive=True)
    y, z, theta = sp.symbols("y z theta", real=True)
    drive, other, slide = (sp.Function(name) for name in ("f", "h", "k"))
    trace, determinant = sp.Function("t"), sp.Function("d")
    derivation = Derivation(
        "A sliding threshold",
        source="Bienenstock, Cooper and Munro 1982; stability derived here",
        symbols={
            y: "response to the pattern that wins",
            z: "response to another one",
            theta: "threshold",
            p: "patterns, shown in turn with equal chance, orthogonal and of length one",
            eta: "learning rate",
            tau: "time over which the threshold averages",
            drive(y, theta): "mean change of y; h(z, theta): of z; k: of the threshold",
        },
    )
    derivation.define("winner", Eq(drive(y, theta), eta * y * (y - theta) / p), "its turn: 1 in p")
    derivation.substitute(
        "stands", Eq(drive(p, p), 0), {y: p, theta: p}, "a response of p at a threshold of p"
    )
    derivation.define(
        "threshold",
        Eq(slide(y, theta), (y**2 / p - theta) / tau),
        "mean square of the responses, the others being zero",
    )
    derivation.substitute("stands too", Eq(slide(p, p), 0), {y: p, theta: p}, "and so it stays")
    derivation.define("loser", Eq(other(z, theta), eta * z * (z - theta) / p), "another pattern")
    derivation.differentiate(
        "losers stay", Eq(sp.Derivative(other(z, theta), z), eta * (2 * z - theta) / p), z,
        "at z = 0 and threshold p it is minus eta: other responses die out",
    )  # fmt: skip
    found = sp.Matrix(
        [
            [sp.diff(eta * y * (y - theta) / p, v) for v in (y, theta)],
            [sp.diff((y**2 / p - theta) / tau, v) for v in (y, theta)],
        ]
    ).subs({y: p, theta: p})
    derivation.define(
        "trace",
        Eq(trace(eta, tau), found.trace()),
        "of the matrix of slopes at the selective state",
    )
    derivation.define(
        "determinant",
        Eq(determinant(eta, tau), found.det()),
        "of the same: positive for any p, so the state is no saddle",
    )
    derivation.identity(
        "matrix",
        Eq((eta - 1 / tau) * tau, eta * tau - 1),
        "the trace is negative, and deviations die out, just where eta tau < 1",
    )
    return derivation
