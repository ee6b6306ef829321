"""Derivation for memories that are copied from stage to stage."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def travelling_signal() -> Derivation:
    """The signal of the k-th stage is the law of a sum of k waiting times."""
    q = sp.Symbol("q", positive=True)
    t = sp.Symbol("t", positive=True)
    k = sp.Symbol("k", integer=True, positive=True)
    now, before = sp.Function("s"), sp.Function("r")
    derivation = Derivation(
        "A signal that travels",
        source="derived here; systems of stages as in Roxin and Fusi 2013",
        symbols={
            q: "rate at which a synapse copies its partner one stage earlier",
            t: "time since storage",
            k: "copies so far: the stage less one",
            now(t): "mean overlap of the weights of this stage with the pattern",
            before(t): "the same, one stage earlier",
        },
    )
    law = q * (q * t) ** k * sp.exp(-q * t) / sp.factorial(k)
    earlier = q * (q * t) ** (k - 1) * sp.exp(-q * t) / sp.factorial(k - 1)
    derivation.define("earlier stage", Eq(before(t), earlier), "hypothesis of an induction over k")
    derivation.define("this stage", Eq(now(t), law), "the claim; zero at the start")
    derivation.differentiate(
        "change",
        Eq(sp.Derivative(now(t), t), law * (k - q * t) / t),
        t,
        "of the claimed signal: it rises until q t = k",
    )
    derivation.identity(
        "copying",
        Eq(q * (earlier - law), law * (k - q * t) / t),
        "what copies bring and take is that change: the induction step",
    )
    derivation.substitute(
        "peak", Eq(now(k / q), q * k**k * sp.exp(-k) / sp.factorial(k)), {t: k / q},
        "the signal is largest after k waiting times; only its height depends on q alone",
        of="this stage",
    )  # fmt: skip
    return derivation
