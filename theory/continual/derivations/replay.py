"""Derivations for replay: a noisy anchor, and what a path integral makes of noise."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def noisy_anchor() -> Derivation:
    """Errors of learning with a few stored samples, and the best weight for them."""
    r = sp.Symbol("r", real=True)
    D, v, n, N = sp.symbols("D v n N", positive=True)
    best = sp.Symbol("r_b", real=True)
    old, new, mean = (sp.Function(name) for name in ("E_o", "E_n", "E"))
    spread = r**2 * v / n + (1 - r) ** 2 * v / N
    derivation = Derivation(
        "Replay is a noisy anchor",
        source="derived here",
        symbols={
            r: "share of the weight that lies on the stored samples",
            D: "distance of the optima of both tasks, a direction",
            v: "variance of a sample",
            n: "samples stored of the old task",
            N: "samples of the new task",
            old(r): "expected squared error on the old task; E_n: on the new one",
        },
    )
    derivation.define(
        "old task",
        Eq(old(r), (1 - r) ** 2 * D**2 + spread),
        "bias towards the new optimum, and the noise of the means of n and of N samples",
    )
    derivation.define("new task", Eq(new(r), r**2 * D**2 + spread), "bias towards the old optimum")
    derivation.define("mean error", Eq(mean(r), (old(r) + new(r)) / 2), "both tasks count alike")
    total = ((1 - r) ** 2 + r**2) * D**2 / 2 + spread
    derivation.substitute(
        "in full", Eq(mean(r), total), ["old task", "new task"], "stability against plasticity"
    )
    derivation.differentiate(
        "slope",
        Eq(
            sp.Derivative(mean(r), r),
            2 * r * (D**2 + v / n + v / N) - D**2 - 2 * v / N,
        ),
        r,
        "linear in the share: one minimum",
    )
    derivation.assume(
        "best",
        Eq(2 * best * (D**2 + v / n + v / N) - D**2 - 2 * v / N, 0),
        "the slope vanishes at the best share",
    )
    derivation.solve(
        "best share",
        Eq(best, (D**2 / 2 + v / N) / (D**2 + v / n + v / N)),
        best,
        "few stored samples deserve less weight than the task they stand for",
        unique=True,
    )
    derivation.given(
        "its value", (D**2 / 2 + v / N) / (D**2 + v / n + v / N), "by the number of stored samples"
    )
    derivation.limit(
        "all kept",
        (D**2 / 2 + v / N) / (D**2 + v / N),
        n,
        sp.oo,
        "a memory without noise: the anchor of a penalty with the exact curvature",
    )
    return derivation


def path_noise() -> Derivation:
    """A path integral of noisy gradients collects the noise, unless two batches are used."""
    G = sp.Symbol("G", real=True)
    e, k = sp.symbols("e k", real=True)
    eta, s = sp.symbols("eta s", positive=True)
    T = sp.Symbol("T", integer=True, positive=True)
    step = sp.Symbol("j", integer=True, positive=True)
    same, other, excess = (sp.Function(name) for name in ("w", "o", "X"))
    density = sp.exp(-(e**2) / 2) / sp.sqrt(2 * sp.pi)
    derivation = Derivation(
        "Noise in the path integral",
        source="derived here",
        symbols={
            G: "gradient of the full loss",
            s: "deviation of a mini-batch's gradient about it",
            e: "noise of the batch that makes the step, normal with variance one",
            k: "noise of another batch",
            eta: "learning rate",
            T: "steps",
        },
    )
    derivation.define(
        "one batch",
        Eq(same(e), density * eta * (G + s * e) ** 2),
        "minus gradient times change, both of one batch, with the density of its noise",
    )
    derivation.integrate(
        "its mean", eta * G**2 + eta * s**2, (e, -sp.oo, sp.oo), "decrease of the loss, and noise"
    )
    derivation.define(
        "two batches",
        Eq(other(e, k), density * eta * (G + s * e) * (G + s * k)),
        "the gradient of another batch at the same place",
    )
    derivation.integrate(
        "no excess", eta * G * (G + s * k), (e, -sp.oo, sp.oo), "its noise is zero in the mean, too"
    )
    derivation.define(
        "steps",
        Eq(excess(T), sp.Sum(eta * s**2, (step, 1, T))),
        "what one batch has too much, in all",
    )
    derivation.rewrite("excess", Eq(excess(T), eta * s**2 * T), "grows with the steps taken")
    return derivation
