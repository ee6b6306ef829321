"""Derivations for intelligent plasticity: Bayes and EWC, path integrals, uncertainty."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

h = sp.Symbol("h", positive=True)


def consolidation_is_bayes() -> Derivation:
    """EWC with the full Fisher matrix equals joint training where losses are quadratic."""
    n = sp.Symbol("n", integer=True, positive=True)
    A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    a, b, w = (sp.MatrixSymbol(name, n, 1) for name in ("a", "b", "w"))
    joint, penalised = sp.MatrixSymbol("g", n, 1), sp.MatrixSymbol("g_E", n, 1)
    derivation = Derivation(
        "EWC is exact for linear Gaussian tasks",
        source="derived here; Kirkpatrick et al. 2017, Huszar 2017",
        symbols={
            A: "Fisher matrix of the first task: curvature of its loss; invertible",
            B: "Fisher matrix of the second task",
            A.I * a: "optimum of the first task; a is its gradient at zero, negative",
            w: "parameters",
            joint: "gradient of both losses together",
            penalised: "gradient of the second loss and the penalty of EWC",
        },
    )
    derivation.define("joint", Eq(joint, (A * w - a) + (B * w - b)), "first task and second task")
    derivation.rewrite(
        "one task",
        Eq(joint, (A + B) * w - (a + b)),
        "one quadratic loss: precisions add, the optimum is their weighted mean, as in Bayes' rule",
    )
    derivation.define(
        "penalised",
        Eq(penalised, (B * w - b) + A * (w - A.I * a)),
        "second task, and the penalty around the first optimum",
    )
    derivation.rewrite(
        "the same",
        Eq(penalised, (A + B) * w - (a + b)),
        "gradients agree everywhere, so do minima: nothing of the first task's data is needed",
    )
    return derivation


def random_patterns() -> Derivation:
    """EWC on one-pattern tasks is a running mean, and with forgetting a leaky synapse."""
    w, new, theta = sp.symbols("w xi theta", real=True)
    count, ratio = sp.symbols("n gamma", positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    fisher = sp.Symbol("F", positive=True)
    share, slope = sp.Function("s"), sp.Function("g")
    derivation = Derivation(
        "Consolidation without spare capacity",
        source="derived here",
        symbols={
            w: "optimum so far",
            new: "new pattern, the optimum of its loss; curvature one",
            count: "patterns so far, with the new one",
            ratio: "share of the accumulated importance that survives each task",
            theta: "where learning the new pattern ends",
            fisher: "importance of all patterns so far, with the new one",
        },
        domain={ratio: (0, 1)},
    )
    x = sp.Symbol("x", real=True)
    derivation.define(
        "gradient",
        Eq(slope(x, fisher), (x - new) + (fisher - 1) * (x - w)),
        "at x, of the new loss and the penalty with the importance of all patterns before",
    )
    derivation.assume("stationary", Eq(slope(theta, fisher), 0), "learning ends")
    derivation.substitute(
        "balance", Eq((theta - new) + (fisher - 1) * (theta - w), 0), "gradient", "two pulls"
    )
    derivation.solve("update", Eq(theta, w + (new - w) / fisher), theta, "the learning rate is 1/F")
    derivation.substitute(
        "mean",
        Eq(theta, w + (new - w) / count),
        {fisher: count},
        "nothing fades: the plain mean; all memories alike, a blackout when patterns outnumber "
        "synapses",
    )
    derivation.define("survival", Eq(share(k), ratio**k), "of the importance after k more tasks")
    derivation.sum("precision", 1 / (1 - ratio), (k, 0, sp.oo), "online EWC: bounded")
    derivation.assume(
        "steady", Eq(fisher, sp.Sum(share(k), (k, 0, sp.oo))), "importance after many tasks"
    )
    derivation.substitute("steady importance", Eq(fisher, 1 / (1 - ratio)), "precision", "its sum")
    derivation.substitute(
        "leaky synapse",
        Eq(theta, ratio * w + (1 - ratio) * new),
        "steady importance",
        "a constant learning rate: the analog synapse with leak e = 1 - gamma",
        of="update",
    )
    return derivation


def path_integral() -> Derivation:
    """Synaptic Intelligence recovers the curvature of a quadratic loss along gradient flow."""
    s, t = sp.Symbol("s", nonnegative=True), sp.Symbol("t", positive=True)
    start = sp.Symbol("delta", real=True, nonzero=True)
    weight, rate, importance = sp.Function("w"), sp.Function("r"), sp.Function("Omega")
    derivation = Derivation(
        "The path integral of Synaptic Intelligence",
        source="derived here; Zenke, Poole and Ganguli 2017",
        symbols={
            h: "curvature of the loss along one parameter",
            weight(s): "distance to the optimum; delta at the start of the task",
            s: "time since the start of the task, up to t",
        },
    )
    derivation.assume("flow", Eq(sp.Derivative(weight(s), s), -h * weight(s)), "minus the gradient")
    derivation.solve(
        "weight",
        Eq(weight(s), start * sp.exp(-h * s)),
        weight(s),
        "towards the optimum",
        initial={weight(0): start},
    )
    derivation.define("rate", Eq(rate(s), (h * weight(s)) ** 2), "minus gradient times velocity")
    derivation.substitute(
        "squared gradient", Eq(rate(s), h**2 * start**2 * sp.exp(-2 * h * s)), "weight", "at time s"
    )
    path = sp.Integral(rate(s), (s, 0, t))
    derivation.integrate(
        "path",
        h * start**2 * (1 - sp.exp(-2 * h * t)) / 2,
        (s, 0, t),
        "omega: exactly the decrease of the loss",
    )
    derivation.define(
        "ratio",
        Eq(importance(t), path / (start - weight(t)) ** 2),
        "omega over the squared change",
    )
    derivation.substitute(
        "importance",
        Eq(importance(t), h / 2 * (1 + sp.exp(-h * t)) / (1 - sp.exp(-h * t))),
        ["path", "weight"],
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
    t = sp.Symbol("t", nonnegative=True)
    sigma, law = sp.Function("sigma", positive=True), sp.Function("P", positive=True)
    prior, window = sp.symbols("sigma_0 N", positive=True)
    derivation = Derivation(
        "Uncertainty as the internal state",
        source="derived here for the rule of MESU; without the leak, Bayesian gradient descent",
        symbols={
            sigma(t): "standard deviation of a weight, the internal state",
            prior: "its value before any task",
            h: "curvature of the loss, per step",
            window: "memory window, in steps",
        },
    )
    s = sigma(t)
    derivation.assume(
        "rule",
        Eq(
            sp.Derivative(s, t),
            (-(s**3) * h + s * (prior**2 - s**2) / (window * prior**2)) / 2,
        ),
        "small steps; gradient in sigma is sigma times curvature",
    )
    derivation.define("precision", Eq(law(t), s**-2), "inverse variance")
    derivation.differentiate(
        "chain rule",
        Eq(sp.Derivative(law(t), t), -2 * s**-3 * sp.Derivative(s, t)),
        t,
        "of the inverse square",
    )
    derivation.substitute(
        "by the rule",
        Eq(sp.Derivative(law(t), t), h + (prior**-2 - s**-2) / window),
        "rule",
        "curvature accumulates, and leaks back to the prior within N steps",
    )
    derivation.solve("deviation", Eq(s, law(t) ** -sp.Rational(1, 2)), s, "back", of="precision")
    derivation.substitute(
        "precision law",
        Eq(sp.Derivative(law(t), t), h + (prior**-2 - law(t)) / window),
        "deviation",
        "a linear equation",
        of="by the rule",
    )
    derivation.solve(
        "precision in time",
        Eq(law(t), prior**-2 + window * h * (1 - sp.exp(-t / window))),
        law(t),
        "from the prior on",
        initial={law(0): prior**-2},
    )
    derivation.substitute(
        "deviation in time",
        Eq(s, 1 / sp.sqrt(prior**-2 + window * h * (1 - sp.exp(-t / window)))),
        "precision in time",
        "it shrinks",
        of="deviation",
    )
    derivation.limit(
        "fixed point",
        1 / sp.sqrt(window * h + prior**-2),
        t,
        sp.oo,
        "a window's worth of curvature: plasticity never vanishes",
    )
    return derivation
