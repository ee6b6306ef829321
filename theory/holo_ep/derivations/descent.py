"""Derivations: when nudged errors descend the loss, and a term that makes them exact."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

size = sp.Symbol("n", integer=True, positive=True)
one = sp.Identity(size)


def descent() -> Derivation:
    """When the nudged error descends the loss, whatever the direction: the norm of K is below 1."""
    ratio = sp.MatrixSymbol("K", size, size)
    x = sp.MatrixSymbol("x", size, 1)
    k, condition, t = sp.symbols("kappa C t", positive=True)
    cosine, product = sp.Function("q"), sp.Function("P")
    d = Derivation(
        "When a nudged error descends",
        source="derived here",
        symbols={
            ratio: "relative asymmetry, any size",
            x: "any vector: delta = (1 + K) x is the exact error, d = (1 - K) x the nudged one",
            t: "length of K x over that of x, at most the norm of K",
            k: "spectral radius of K, for two units",
            condition: "condition number of S, at least 1, for two units with S = -diag(1, C)",
        },
    )
    exact, nudged = (one + ratio) * x, (one - ratio) * x
    stretched = x.T * ratio.T * ratio * x
    d.identity(
        "product",
        Eq(exact.T * nudged + nudged.T * exact, 2 * x.T * x - 2 * stretched),
        "delta . d = |x|^2 - |K x|^2: positive for every x if and only if the norm of K is below 1",
    )
    d.identity(
        "lengths",
        Eq(exact.T * exact + nudged.T * nudged, 2 * x.T * x + 2 * stretched),
        "the squared lengths: |delta| |d| is at most half of their sum",
    )
    d.define(
        "least cosine", Eq(cosine(t), (1 - t**2) / (1 + t**2)), "so the cosine is at least this"
    )
    d.differentiate(
        "falls", Eq(sp.Derivative(cosine(t), t), -4 * t / (1 + t**2) ** 2), t,
        "it falls with t: below a norm of 1 its value at the norm is a bound from below",
    )  # fmt: skip
    d.define(
        "two units",
        Eq(product(k), 1 - k**2 - k * (condition - 1) / sp.sqrt(condition)),
        "least of (1 + kappa^2) delta . d over directions of unit length, J = -diag(1, C) + A",
    )
    d.rewrite(
        "threshold",
        (1 / sp.sqrt(condition) - k) * (sp.sqrt(condition) + k),
        "positive up to kappa = 1 / sqrt(C): the worst case of the condition number",
    )
    return d


def added_term() -> Derivation:
    """With (J' - J)(u - u_0) in the nudged phase the nudge measures the exact error."""
    jacobian, turned = sp.MatrixSymbol("J", size, size), sp.MatrixSymbol("G", size, size)
    slope, change, exact = (sp.MatrixSymbol(name, size, 1) for name in ("c", "v", "delta"))
    zero = sp.ZeroMatrix(size, 1)
    d = Derivation(
        "A nudged phase that measures the exact error",
        source="derived here",
        symbols={
            jacobian: "Jacobian of the field at the free state, invertible, any size",
            turned: "its transpose",
            slope: "derivatives of the loss by the states there",
            change: "derivative of the nudged state at nudge zero",
            exact: "back-propagated error",
        },
    )
    d.define("exact error", Eq(slope, -turned * exact), "delta = -J'^-1 c makes the gradient")
    d.assume(
        "linear response",
        Eq(jacobian * change + (turned - jacobian) * change - slope, zero),
        "the field, the added term and the nudge, to first order in the nudge",
    )
    d.rewrite(
        "transposed",
        Eq(turned * change - slope, zero),
        "the added term turns J into its transpose",
    )
    d.substitute(
        "inserted", Eq(turned * (change + exact), zero), "exact error", "c in terms of it",
        of="transposed",
    )  # fmt: skip
    d.apply(
        "response",
        Eq(change + exact, zero),
        lambda side: turned.I * side,
        "minus the derivative of the state is the exact error, for any asymmetry",
    )
    return d
