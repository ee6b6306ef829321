"""Derivations for intelligent plasticity: Bayes and EWC, path integrals, uncertainty."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, h = sp.symbols("t h", positive=True)


def consolidation_is_bayes() -> Derivation:
    """EWC with the full Fisher matrix equals joint training where losses are quadratic."""
    n = sp.Symbol("n", integer=True, positive=True)
    A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    a, b, w = (sp.MatrixSymbol(name, n, 1) for name in ("a", "b", "w"))
    derivation = Derivation(
        "EWC is exact for linear Gaussian tasks",
        source="derived here; Kirkpatrick et al. 2017, Huszar 2017",
        symbols={
            A: "Fisher matrix of the first task: curvature of its loss",
            B: "Fisher matrix of the second task",
            A.I * a: "optimum of the first task; a is its gradient at zero, negative",
            w: "parameters",
        },
        dimensions={n: (2, 3)},
    )
    derivation.given("first gradient", A * w - a, "of the loss of the first task")
    derivation.given("second gradient", B * w - b, "of the loss of the second task")
    derivation.given("joint", A * w - a + B * w - b, "of both losses together")
    derivation.given("penalised", B * w - b + A * (w - A.I * a), "second loss and penalty of EWC")
    derivation.rewrite(
        "the same",
        A * w - a + B * w - b,
        "gradients agree everywhere, so do minima: nothing of the first task's data is needed",
    )
    derivation.rewrite(
        "one task",
        (A + B) * w - (a + b),
        "one quadratic loss: precisions add, the optimum is their weighted mean, as in Bayes' rule",
    )
    return derivation


def random_patterns() -> Derivation:
    """EWC on one-pattern tasks is a running mean, and with forgetting a leaky synapse."""
    w, new = sp.symbols("w xi", real=True)
    count, ratio = sp.symbols("n gamma", positive=True)
    derivation = Derivation(
        "Consolidation without spare capacity",
        source="derived here",
        symbols={
            w: "optimum so far",
            new: "new pattern, the optimum of its loss; curvature one",
            count: "patterns so far, with the new one",
            ratio: "share of the accumulated importance that survives each task",
        },
        domain={ratio: (0, 1)},
    )
    theta = sp.Symbol("theta", real=True)
    derivation.given("stationary", Eq((theta - new) + (count - 1) * (theta - w), 0), "gradient")
    derivation.solve(
        "mean",
        Eq(theta, w + (new - w) / count),
        theta,
        "the plain mean: all memories alike, a blackout when patterns outnumber synapses",
    )
    fisher = sp.Symbol("F", positive=True)
    derivation.given("steady", Eq(fisher, ratio * fisher + 1), "online EWC in the steady state")
    derivation.solve("precision", Eq(fisher, 1 / (1 - ratio)), fisher, "bounded")
    derivation.given(
        "balance",
        Eq((theta - new) + (fisher - 1) * (theta - w), 0),
        "gradient with that importance",
    )
    derivation.solve("update", Eq(theta, w + (new - w) / fisher), theta, "a constant learning rate")
    derivation.substitute(
        "leaky synapse",
        Eq(theta, ratio * w + (1 - ratio) * new),
        "precision",
        "the analog synapse with leak e = 1 - gamma",
    )
    return derivation


def path_integral() -> Derivation:
    """Synaptic Intelligence recovers the curvature of a quadratic loss along gradient flow."""
    s = sp.Symbol("s", positive=True)
    start = sp.Symbol("delta", real=True, nonzero=True)
    derivation = Derivation(
        "The path integral of Synaptic Intelligence",
        source="derived here; Zenke, Poole and Ganguli 2017",
        symbols={
            h: "curvature of the loss along one parameter",
            start: "distance to the optimum at the start of the task",
            s: "time since the start of the task, up to t",
        },
    )
    derivation.given("rate", (h * start * sp.exp(-h * s)) ** 2, "gradient flow: squared gradient")
    derivation.integrate(
        "path",
        h * start**2 * (1 - sp.exp(-2 * h * t)) / 2,
        (s, 0, t),
        "omega: exactly the decrease of the loss",
    )
    derivation.given(
        "ratio",
        h * start**2 * (1 - sp.exp(-2 * h * t)) / 2 / (start * (1 - sp.exp(-h * t))) ** 2,
        "importance: omega over the squared change",
    )
    derivation.rewrite(
        "importance",
        h / 2 * (1 + sp.exp(-h * t)) / (1 - sp.exp(-h * t)),
        "no trace of where the task started",
    )
    derivation.limit(
        "converged",
        h / 2,
        t,
        sp.oo,
        "half the curvature: the penalty with strength one is the loss",
    )
    derivation.asymptotic(
        "stopped early",
        1 / t,
        t,
        0,
        "too short a path measures time, not curvature",
        of="importance",
    )
    return derivation


def uncertainty() -> Derivation:
    """Precision under the uncertainty-based rule: a leaky sum of curvatures."""
    sigma = sp.Function("sigma")
    prior, window = sp.symbols("sigma_0 N", positive=True)
    s = sp.Symbol("s", positive=True)
    derivation = Derivation(
        "Uncertainty as the internal state",
        source="derived here for the rule of MESU; without the leak, Bayesian gradient descent",
        symbols={
            s: "standard deviation of a weight, the internal state",
            prior: "its value before any task",
            h: "curvature of the loss, per step",
            window: "memory window, in steps",
        },
    )
    change = (-(s**3) * h + s * (prior**2 - s**2) / (window * prior**2)) / 2
    derivation.given(
        "rule",
        Eq(sp.Derivative(sigma(t), t), change.subs(s, sigma(t))),
        "small steps; gradient in sigma is sigma times curvature",
    )
    law = sp.Function("P")
    derivation.given("precision", Eq(law(t), sigma(t) ** -2), "definition")
    derivation.differentiate(
        "chain rule",
        Eq(sp.Derivative(law(t), t), -2 * sigma(t) ** -3 * sp.Derivative(sigma(t), t)),
        t,
        "of the inverse square",
    )
    derivation.substitute(
        "precision law",
        Eq(sp.Derivative(law(t), t), h + (prior**-2 - sigma(t) ** -2) / window),
        "rule",
        "curvature accumulates, and leaks back to the prior within N steps",
    )
    derivation.given("standstill", Eq(change, 0), "fixed point of the rule")
    derivation.solve(
        "fixed point",
        Eq(s, 1 / sp.sqrt(window * h + prior**-2)),
        s,
        "a window's worth of curvature: plasticity never vanishes",
    )
    return derivation
