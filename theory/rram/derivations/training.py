"""Derivations for learning with pulses: what Adam asks for when gradients are only noise."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def pulse_rule() -> Derivation:
    """Deviation of Adam's step under noise; dead and saturated updates."""
    k = sp.Symbol("k", integer=True, nonnegative=True)
    beta, eta, sigma, y, top = sp.symbols("beta eta sigma y n_max", positive=True)
    x = sp.Symbol("x", nonnegative=True)
    weight, step, density = sp.Function("w"), sp.Function("v"), sp.Function("p")
    d = Derivation(
        "Pulses under pure gradient noise",
        source="rule of the released code; derived here",
        symbols={
            beta: "memory of the first moment",
            k: "updates ago",
            eta: "learning rate, pulses per unit of the normalised step",
            sigma: "deviation of the normalised step",
            x: "size of the normalised step",
            top: "most pulses of one update",
        },
        domain={beta: (0, 1)},
    )
    d.define("weights of the past", Eq(weight(k), beta ** (2 * k)), "squared")
    d.sum("variance", 1 / (1 - beta**2), (k, 0, sp.oo), "independent gradients add theirs")
    d.define(
        "first moment",
        Eq(step(beta), (1 - beta) ** 2 * sp.Sum(weight(k), (k, 0, sp.oo))),
        "its variance, for gradients of unit noise",
    )
    d.substitute(
        "variance of the step",
        Eq(step(beta), (1 - beta) / (1 + beta)),
        "variance",
        "0.23 squared for beta = 0.9",
    )
    d.define(
        "size of the step",
        Eq(density(x), sp.sqrt(2) * sp.exp(-(x**2) / (2 * sigma**2)) / (sp.sqrt(sp.pi) * sigma)),
        "half-normal",
    )
    d.integrate(
        "smaller than y", sp.erf(y / (sp.sqrt(2) * sigma)), (x, 0, y), "its distribution function"
    )
    half = sp.Rational(1, 2)
    d.substitute(
        "dead updates",
        sp.erf(1 / (2 * sp.sqrt(2) * sigma * eta)),
        {y: half / eta},
        "less than half a pulse: nothing happens",
    )
    d.substitute(
        "unsaturated updates",
        sp.erf((top - half) / (sp.sqrt(2) * sigma * eta)),
        {y: (top - half) / eta},
        "fewer than the most pulses",
        of="smaller than y",
        where=[top > half],
    )
    return d
