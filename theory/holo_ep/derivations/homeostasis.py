"""Derivations: homeostatic loss, its estimator, which Jacobian, and what it does to weights."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def _general(units: int, name: str = "J") -> sp.Matrix:
    return sp.Matrix(units, units, lambda i, k: sp.Symbol(f"{name}_{i + 1}{k + 1}", real=True))


def homeostatic_loss() -> Derivation:
    """Two traces make the antisymmetric part; the gradient pulls towards the transpose."""
    j = _general(3)
    odd = (j - j.T) / 2
    d = Derivation(
        "The homeostatic loss",
        source="Laborieux and Zenke 2024, section on Jacobian homeostasis",
        symbols={j[0, 0]: "entries of the Jacobian, three units"},
    )
    loss = (j.T * j).trace() - (j * j).trace()
    d.given(
        "traces",
        loss,
        "mean of |J e|^2 - e'J^2 e over perturbations e of unit variance: that of e'Me is tr M",
    )
    d.rewrite(
        "antisymmetry", 2 * sum(x**2 for x in odd), "twice the squared norm of A = (J - J')/2"
    )
    d.differentiate(
        "gradient",
        2 * (j[0, 1] - j[1, 0]),
        j[0, 1],
        "entry (1, 2): the gradient is 2 (J - J')",
    )
    rate = sp.Symbol("eta", positive=True)
    step = j[0, 1] - rate * 2 * (j[0, 1] - j[1, 0])
    back = j[1, 0] - rate * 2 * (j[1, 0] - j[0, 1])
    d.given("after a step", step - back, "difference of two reciprocal entries that both learn")
    d.rewrite(
        "decay", (1 - 4 * rate) * (j[0, 1] - j[1, 0]), "it decays by a constant factor a step"
    )
    return d


def draw_variance() -> Derivation:
    """Variance of one draw of the estimator, for two units by the moments of a Gaussian."""
    a, b, s, t = sp.symbols("a b s t", real=True)
    j = sp.Matrix([[a, s + t], [s - t, b]])
    even, odd = (j + j.T) / 2, (j - j.T) / 2
    x, y = sp.symbols("e_1 e_2", real=True)
    e = sp.Matrix([x, y])
    d = Derivation(
        "One draw of the homeostatic loss",
        source="derived here",
        symbols={
            a: "diagonal entries a and b, symmetric coupling s",
            t: "antisymmetric coupling",
            x: "with e_2: independent standard normal perturbations",
        },
    )
    once = j * e
    draw = (once.T * once - e.T * j * once)[0]
    d.given("draw", draw, "|J e|^2 - e'J^2 e")
    form = even * odd - odd * even - 2 * odd * odd
    d.rewrite("form", sp.expand((e.T * form * e)[0]), "a quadratic form M = [S, A] - 2 A^2")
    p, q, r = form[0, 0], form[0, 1], form[1, 1]
    weight = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    d.given("second moment", weight * x**2, "density of one perturbation times its square")
    d.integrate("one", sp.Integer(1), (x, -sp.oo, sp.oo), "mean square")
    d.given("fourth moment", weight * x**4, "and times its fourth power")
    d.integrate("three", sp.Integer(3), (x, -sp.oo, sp.oo), "mean fourth power")
    square = 3 * p**2 + 3 * r**2 + (2 * p * r + 4 * q**2)
    d.given("mean square", square, "of p e_1^2 + 2 q e_1 e_2 + r e_2^2 by these moments")
    d.given("squared mean", (p + r) ** 2, "mean p + r")
    d.given("variance", square - (p + r) ** 2, "their difference")
    d.rewrite("norm", 2 * sum(m**2 for m in form), "twice the squared norm of M")
    d.rewrite(
        "vanishes", 4 * t**2 * ((a - b) ** 2 + 4 * s**2) + 16 * t**4, "zero with the asymmetry t"
    )
    return d


def gradient_noise() -> Derivation:
    """At symmetry the gradient of one draw is zero on average only."""
    a, b, s = sp.symbols("a b s", real=True)
    x, y = sp.symbols("e_1 e_2", real=True)
    even, e = sp.Matrix([[a, s], [s, b]]), sp.Matrix([x, y])
    d = Derivation(
        "Noise of the homeostatic gradient at symmetry",
        source="derived here",
        symbols={
            a: "diagonal entries a and b, coupling s of a symmetric Jacobian S",
            x: "with e_2: independent standard normal perturbations",
        },
    )
    draw = (2 * even * e * e.T - e * (even * e).T - even * e * e.T)[0, 1]
    d.given("entry", draw, "entry (1, 2) of the gradient of one draw; entry (2, 1) is its negative")
    d.rewrite("terms", s * (y**2 - x**2) + (a - b) * x * y, "two terms, uncorrelated, of mean zero")
    d.given(
        "variance",
        2 * (4 * s**2 + (a - b) ** 2),
        "both entries: the mean of (e_2^2 - e_1^2)^2 is 4, that of e_1^2 e_2^2 is 1",
    )
    d.rewrite(
        "formula",
        2 * (2 * sum(m**2 for m in even) - even.trace() ** 2),
        "2 (n |S|^2 - (tr S)^2), for n = 2",
    )
    return d


def which_jacobian() -> Derivation:
    """Three Jacobians of one network; two share their antisymmetric part."""
    size = sp.Symbol("n", integer=True, positive=True)
    weights, slopes = (sp.MatrixSymbol(name, size, size) for name in "WD")
    cost, one = sp.MatrixSymbol("c", size, 1), sp.Identity(size)
    d = Derivation(
        "Which Jacobian?",
        source="derived here; the released code uses W - 1",
        symbols={
            weights: "recurrent weights",
            slopes: "slopes of the activation at the equilibrium, a diagonal matrix",
            cost: "gradient of the loss by the activities",
        },
        dimensions={size: (1, 2)},
    )
    outer = weights - slopes.I
    d.given("preactivations", weights * slopes - one, "of W r(u) - u by u")
    d.given("activities", outer, "of W r - u(r) by r")
    d.identity(
        "chain rule", Eq(outer * slopes, weights * slopes - one), "they differ by the slopes"
    )
    w = _general(2, "W")
    first, second = sp.symbols("D_1 D_2", positive=True)
    d.given("two units", w - sp.diag(1 / first, 1 / second), "W - 1/D")
    d.apply(
        "antisymmetric part",
        (w - w.T) / 2,
        lambda matrix: (matrix - matrix.T) / 2,
        "that of W and of W - 1: a diagonal has none. W D - 1 has another one where slopes differ",
    )
    d.identity(
        "error of a nudge",
        Eq(-outer.I * cost, slopes * (one - weights * slopes).I * cost),
        "D (1 - W D)^-1 c, in activities",
    )
    d.identity(
        "back-propagated error",
        Eq(-(weights.T - slopes.I).I * cost, slopes * (one - weights.T * slopes).I * cost),
        "the same with W transposed: symmetric weights are enough",
    )
    return d


def weight_regimes() -> Derivation:
    """Weight matching, weight decay, or neither: the loss of three kinds of wiring."""
    up, down = sp.symbols("w v", real=True)
    d = Derivation(
        "What the loss does to the weights",
        source="derived here",
        symbols={
            up: "weight from the first to the second unit",
            down: "weight back, where there is one",
        },
    )
    pair = sp.Matrix([[-1, down], [up, -1]])
    d.given("reciprocal", (pair.T * pair).trace() - (pair * pair).trace(), "traces for a pair")
    d.rewrite("matching", (up - down) ** 2, "the squared difference: weight matching")
    d.substitute("decay", up**2, {down: 0}, "no way back, as in a loop: weight decay")
    x, k1, k2, q1, q2 = sp.symbols("x k_1 k_2 q_1 q_2", real=True)
    delta = sp.Symbol("z", real=True)

    def pooled(first, second):
        share = 1 / (1 + sp.exp(-delta))
        return share * first + (1 - share) * second

    d.given(
        "soft pooling",
        pooled(k1 * x, k2 * x),
        "two currents k_1 x and k_2 x, pooled with shares that depend on their difference z",
    )
    share = 1 / (1 + sp.exp(-(k1 - k2) * x))
    d.substitute("state", share * k1 * x + (1 - share) * k2 * x, {delta: (k1 - k2) * x}, "in x")
    slope = (
        (k1 + k2) / 2
        + (k1 - k2) / 2 * (sp.tanh((k1 - k2) * x / 2))
        + share * (1 - share) * (k1 - k2) ** 2 * x
    )
    d.differentiate("gain", slope, x, "effective weight upward: it changes with the state")
    other = (q1 + q2) / 2 + (q1 - q2) / 2 * sp.tanh((q1 - q2) * x / 2)
    other += sp.exp((q1 - q2) * x) / (1 + sp.exp((q1 - q2) * x)) ** 2 * (q1 - q2) ** 2 * x
    d.given(
        "loss", (slope - other) ** 2,
        "with kernels q on the way back: it matches the two effective weights, not the kernels",
    )  # fmt: skip
    equal = sp.Symbol("m", real=True)
    d.substitute(
        "mean weights", (equal - (q1 + q2) / 2) ** 2, {x: 0, k1: equal, k2: equal},
        "at rest (x = 0) only the means of the kernels count",
    )  # fmt: skip
    return d


def loop_symmetry() -> Derivation:
    """Without reciprocal links the symmetry measure is a function of the size of the weights."""
    weights = sp.symbols("w_1 w_2 w_3", real=True)
    size = sp.Symbol("q", positive=True)
    units = sp.Symbol("n", positive=True)
    loop = sp.Matrix([[0, 0, weights[2]], [weights[0], 0, 0], [0, weights[1], 0]]) - sp.eye(3)
    even, odd = (loop + loop.T) / 2, (loop - loop.T) / 2
    d = Derivation(
        "Symmetry measure of a loop",
        source="derived here; the measure is that of the released code",
        symbols={
            weights[0]: "weights of a loop of three units; W - 1 is its Jacobian",
            size: "sum of all squared weights",
            units: "number of units",
        },
    )
    whole = {weights[2]: sp.sqrt(size - weights[0] ** 2 - weights[1] ** 2)}
    positive = [size > weights[0] ** 2 + weights[1] ** 2]
    d.given("even part", sum(x**2 for x in even), "squared norm of S")
    d.substitute(
        "size of S",
        3 + size / 2,
        whole,
        "the diagonal, n in general, and half the weights",
        where=positive,
    )
    d.given("odd part", sum(x**2 for x in odd), "squared norm of A")
    d.substitute("size of A", size / 2, whole, "the other half", where=positive)
    even_norm, odd_norm = sp.sqrt(units + size / 2), sp.sqrt(size / 2)
    d.given("measure", even_norm / (even_norm + odd_norm), "norm of S over the sum of both norms")
    d.limit("small weights", sp.Integer(1), size, 0, "1 only without any weights")
    d.limit("large weights", sp.Rational(1, 2), size, sp.oo, "1/2 at least", of="measure")
    return d
