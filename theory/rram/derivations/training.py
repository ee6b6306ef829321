"""Derivations for learning with pulses: what Adam asks for when gradients are only noise."""

from __future__ import annotations

import sympy as sp

from theory.derivation import Derivation


def pulse_rule() -> Derivation:
    """Deviation of Adam's step under noise; dead and saturated updates."""
    k, n = sp.symbols("k n", integer=True, nonnegative=True)
    beta, eta, sigma, x, y = sp.symbols("beta eta sigma x y", positive=True)
    top = sp.Symbol("n_max", positive=True)
    d = Derivation(
        "Pulses under pure gradient noise",
        source="rule of the released code; derived here",
        symbols={
            beta: "memory of the first moment",
            n: "updates remembered",
            eta: "learning rate, pulses per unit of the normalised step",
            sigma: "deviation of the normalised step",
            top: "most pulses of one update",
        },
        domain={beta: (0, 1)},
    )
    d.given(
        "weights of the past", (1 - beta) ** 2 * beta ** (2 * k), "squared, gradients of unit noise"
    )
    d.sum(
        "variance",
        (1 - beta) ** 2 * (1 - beta ** (2 * n + 2)) / (1 - beta**2),
        (k, 0, n),
        "independent gradients add their variances",
    )
    d.given("long memory", (1 - beta) ** 2 / (1 - beta**2), "after many updates")
    d.rewrite("variance of the step", (1 - beta) / (1 + beta), "0.23 squared for beta = 0.9")
    density = sp.sqrt(2) * sp.exp(-(x**2) / (2 * sigma**2)) / (sp.sqrt(sp.pi) * sigma)
    d.given("size of the step", density, "half-normal")
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
