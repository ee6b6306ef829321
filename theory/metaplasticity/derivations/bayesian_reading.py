"""Metaplasticity of a binary weight read as Bayesian inference."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def belief() -> Derivation:
    """The published factor is the variance of a binary weight; symmetric, it changes nothing."""
    m = sp.Symbol("m", positive=True)
    W, after = sp.symbols("W Delta", real=True)
    plus, minus = sp.symbols("L_+ L_-", real=True)
    mean, variance, expected = (sp.Function(n) for n in (r"\mu", "V", "E"))
    derivation = Derivation(
        "The factor is the uncertainty of a binary weight",
        source="derived here; natural parameter of a binary weight: Meng, Bachmann, Khan 2020",
        symbols={
            W: "hidden weight; 2 m W are the log odds of the binary weight +1",
            mean(W): "mean of the binary weight",
            variance(W): "its variance",
            plus: "loss with the binary weight +1; with -1 likewise",
            expected(W): "expected loss",
        },
    )
    odds = sp.exp(2 * m * W)
    derivation.define("mean", Eq(mean(W), (odds - 1) / (odds + 1)), "from the odds")
    derivation.rewrite(
        "as a tangent", Eq(mean(W), sp.tanh(m * W)), "divide by the root of the odds"
    )
    derivation.identity(
        "Bayes",
        Eq(sp.exp(2 * m * (W + after)), odds * sp.exp(2 * m * after)),
        "Bayes' rule multiplies the odds by the likelihood ratio: evidence adds to W",
    )
    derivation.define(
        "variance", Eq(variance(W), 1 - sp.tanh(m * W) ** 2), "of a sign with that mean"
    )
    derivation.rewrite("factor", Eq(variance(W), sp.sech(m * W) ** 2), "the published factor")
    derivation.define(
        "expected loss",
        Eq(expected(W), plus * (1 + sp.tanh(m * W)) / 2 + minus * (1 - sp.tanh(m * W)) / 2),
        "average over the two signs",
    )
    derivation.differentiate(
        "descent",
        Eq(sp.Derivative(expected(W), W), m * (plus - minus) / 2 * sp.sech(m * W) ** 2),
        W,
        "descent on it multiplies every step by the variance, whatever its direction",
    )
    return derivation


def symmetric_rule() -> Derivation:
    """A factor in both directions is a change of coordinate."""
    m = sp.Symbol("m", positive=True)
    W, speed, rate = sp.symbols(r"W v \dot{G}", real=True)
    motion = sp.Symbol(r"\dot{W}", real=True)
    travel = sp.Function("G")
    derivation = Derivation(
        "A symmetric factor changes nothing but the coordinate",
        source="derived here",
        symbols={
            speed: "speed of the plain update, of either sign",
            motion: "speed of the hidden weight",
            rate: "speed of its travel time G",
        },
    )
    derivation.define("rule", Eq(motion, speed * sp.sech(m * W) ** 2), "both directions damped")
    derivation.define(
        "coordinate", Eq(travel(W), sp.sinh(2 * m * W) / (4 * m) + W / 2), "the travel time"
    )
    derivation.differentiate(
        "slope", Eq(sp.Derivative(travel(W), W), sp.cosh(m * W) ** 2), W, "one over the factor"
    )
    derivation.define("chain rule", Eq(rate, sp.cosh(m * W) ** 2 * motion), "of the travel time")
    derivation.substitute(
        "plain",
        Eq(rate, speed),
        "rule",
        "G moves as a hidden weight without metaplasticity, and it has the same sign: so do all "
        "binary weights, coupled or not",
    )
    return derivation
