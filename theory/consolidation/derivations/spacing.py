"""Derivations for massed and spaced repetition."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def spacing_effect() -> Derivation:
    """A bounded trace gains by spacing where forgetting slows down, and nowhere else."""
    g, T = sp.symbols("g T", positive=True)
    a = sp.Symbol("a", positive=True)
    left, response = sp.Function("R"), sp.Function("G")
    x = sp.Symbol("x", positive=True)
    derivation = Derivation(
        "The spacing effect",
        source="derived here; phenomenon of Ebbinghaus 1885, Cepeda et al. 2006",
        symbols={
            g: "gap between two repetitions",
            T: "delay from the second to the test",
            response(x): "what is left of one event after a time x",
            left(g, T): "what both leave, the trace being bounded by that of one event",
            a: "rate of an exponential; time of a power law",
        },
    )
    derivation.define("exponential", Eq(response(x), sp.exp(-a * x)), "one time constant")
    derivation.define(
        "retained",
        Eq(left(g, T), response(g + T) + (1 - response(g)) * response(T)),
        "the first trace, and what room it has left for the second",
    )
    derivation.substitute(
        "no effect",
        Eq(left(g, T), sp.exp(-a * T)),
        "exponential",
        "the same after any gap: what the first loses the second regains",
        of="retained",
    )
    return derivation


def spacing_of_power_law() -> Derivation:
    """With a power law a gap helps, and the best one grows with the delay."""
    g, T, b = sp.symbols("g T b", positive=True)
    left = sp.Function("R")
    derivation = Derivation(
        "Spacing and the power law",
        source="derived here",
        symbols={
            g: "gap over the time scale of the power law",
            T: "delay over the same",
            left(g): "what two repetitions leave of one trace 1/root(1 + x)",
            b: "best gap",
        },
    )
    power = 1 / sp.sqrt(1 + g + T) + (1 - 1 / sp.sqrt(1 + g)) / sp.sqrt(1 + T)
    derivation.define("retained", Eq(left(g), power), "bounded trace, as before")
    derivation.differentiate(
        "slope",
        Eq(
            sp.Derivative(left(g), g),
            (1 + g) ** sp.Rational(-3, 2) / (2 * sp.sqrt(1 + T))
            - (1 + g + T) ** sp.Rational(-3, 2) / 2,
        ),
        g,
        "room that is gained, less trace that is lost",
    )
    derivation.assume(
        "best",
        Eq((1 + b) ** 3 * (1 + T), (1 + b + T) ** 3),
        "the slope vanishes: squared and inverted",
    )
    derivation.apply(
        "roots",
        Eq((1 + b) * (1 + T) ** sp.Rational(1, 3), 1 + b + T),
        lambda side: side ** sp.Rational(1, 3),
        "cubic roots of positive numbers",
    )
    derivation.solve(
        "best gap",
        Eq(b, T / ((1 + T) ** sp.Rational(1, 3) - 1) - 1),
        b,
        "it grows with the delay, like its power 2/3",
    )
    derivation.given("for long delays", T / ((1 + T) ** sp.Rational(1, 3) - 1) - 1, "the best gap")
    derivation.asymptotic("law", T ** sp.Rational(2, 3), T, sp.oo, "wider for later tests")
    return derivation
