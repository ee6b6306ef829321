"""Derivations for observers: the best linear one, and sparse patterns before it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def best_observer() -> Derivation:
    """Which weights a linear observer should give to the synapses of a pattern."""
    a, b, y = sp.symbols("a b y", real=True)
    f, sigma = sp.symbols("f sigma", positive=True)
    up, down, signal, noise = (sp.Function(name) for name in ("u", "d", "S", "V"))
    share = sp.Function("R")
    derivation = Derivation(
        "The best linear observer",
        source="derived here; covariance rule of Sejnowski 1977, signs in Lahiri and Ganguli 2013",
        symbols={
            f: "fraction of potentiating events",
            a: "weight of a synapse that the pattern potentiated, in the read-out",
            b: "weight of one that it depressed",
            y: "mean weight of a potentiated synapse less that of a depressed one",
            sigma: "deviation of the weight in equilibrium",
            up(y): "mean of a potentiated synapse, less the mean of all; d(y): of a depressed one",
        },
        domain={f: (0, 1)},
    )
    derivation.define("potentiated", Eq(up(y), (1 - f) * y), "so that the mean of all is zero")
    derivation.define("depressed", Eq(down(y), -f * y), "and their difference is y")
    derivation.define(
        "signal", Eq(signal(y), f * a * up(y) + (1 - f) * b * down(y)), "mean read-out of a synapse"
    )
    derivation.substitute(
        "by the difference",
        Eq(signal(y), f * (1 - f) * (a - b) * y),
        ["potentiated", "depressed"],
        "only the difference of the two weights counts",
    )
    derivation.define(
        "noise",
        Eq(noise(sigma), sigma**2 * (f * a**2 + (1 - f) * b**2)),
        "variance of the read-out of a pattern that was not stored",
    )
    derivation.identity(
        "square",
        Eq(
            f * a**2 + (1 - f) * b**2 - f * (1 - f) * (a - b) ** 2,
            (f * a + (1 - f) * b) ** 2,
        ),
        "what noise is left beyond the difference",
    )
    derivation.nonnegative(
        "bound",
        sp.Ge(f * (1 - f) * y**2 * (f * a**2 + (1 - f) * b**2), (f * (1 - f) * (a - b) * y) ** 2),
        "signal squared over noise is at most f (1 - f) y^2 / sigma^2, whatever the two weights",
        terms=[f * (1 - f) * y**2 * (f * a + (1 - f) * b) ** 2],
    )
    derivation.define(
        "ratio",
        Eq(share(a, b), f * (1 - f) * (a - b) ** 2 / (f * a**2 + (1 - f) * b**2)),
        "share of that bound which two weights reach",
    )
    derivation.substitute(
        "covariance",
        Eq(share(1 - f, -f), 1),
        {a: 1 - f, b: -f},
        "all of it: rare events count more",
    )
    derivation.substitute(
        "signs",
        Eq(share(1, -1), 4 * f * (1 - f)),
        {a: 1, b: -1},
        "less off balance; its root is the factor in the signal to noise ratio",
        of="ratio",
    )
    return derivation


def sparse_patterns() -> Derivation:
    """Lifetime of two-state synapses that store sparse patterns: one over f squared."""
    f, q, N = sp.symbols("f q N", positive=True)
    t = sp.Symbol("t", nonnegative=True)
    up, down, total = (sp.Function(name) for name in ("u", "d", "V"))
    left, signal = sp.Function("y", real=True), sp.Function("S")
    lifetime = sp.Symbol("T", real=True)
    derivation = Derivation(
        "Sparse patterns",
        source="derived here; model and scaling of Amit and Fusi 1994",
        symbols={
            f: "share of active neurons in a pattern, on either side of the synapse",
            q: "probability that two active neurons potentiate; active before silent ones depress "
            "with f q / (1 - f), so that half of the synapses are strong",
            N: "number of synapses",
            up(q): "mean change of the weight, -1 or 1, of a synapse between two active neurons",
            down(q): "the same between an active and a silent neuron",
            left(t): "share of a difference that is left after t patterns",
            lifetime: "lifetime in patterns",
        },
        domain={f: (0, 1)},
    )
    derivation.define("potentiated", Eq(up(q), q), "half of them move, by two, with probability q")
    derivation.define("depressed", Eq(down(q), -q * f / (1 - f)), "the other half, seldom")
    derivation.define(
        "written",
        Eq(total(q), f**2 * up(q) ** 2 + f * (1 - f) * down(q) ** 2),
        "the best observer weights each kind by its mean: the mean square over all synapses",
    )
    derivation.substitute(
        "in all",
        Eq(total(q), f**2 * q**2 / (1 - f)),
        ["potentiated", "depressed"],
        "few, but all new",
    )
    derivation.assume(
        "overwriting",
        Eq(sp.Derivative(left(t), t), -2 * f**2 * q * left(t)),
        "later patterns, one a unit of time at random, draw anew a share f^2 q upwards and as "
        "many, f (1 - f) f q / (1 - f), downwards",
    )
    derivation.solve(
        "decay",
        Eq(left(t), sp.exp(-2 * f**2 * q * t)),
        left(t),
        "so it lasts",
        initial={left(0): 1},
    )
    derivation.define(
        "observer", Eq(signal(t), sp.sqrt(N) * f * q / sp.sqrt(1 - f) * left(t)),
        "root N times the root of what was written, over a noise of one",
    )  # fmt: skip
    derivation.substitute(
        "signal to noise",
        Eq(signal(t), sp.sqrt(N) * f * q / sp.sqrt(1 - f) * sp.exp(-2 * f**2 * q * t)),
        "decay",
        "weaker by f, slower by f squared",
    )
    derivation.assume(
        "threshold",
        Eq(sp.sqrt(N) * f * q / sp.sqrt(1 - f) * sp.exp(-2 * f**2 * q * lifetime), 1),
        "the signal meets the noise",
    )
    derivation.solve(
        "lifetime",
        Eq(lifetime, sp.log(sp.sqrt(N) * f * q / sp.sqrt(1 - f)) / (2 * f**2 * q)),
        lifetime,
        "one over f squared while root N f is large, also for synapses that follow every event",
    )
    return derivation
