"""Derivations: homeostatic loss, which Jacobian, and what the loss does to weights."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation
from theory.holo_ep.derivations.homeostatic_noise import draw_variance, gradient_noise

__all__ = [
    "draw_variance",
    "gradient_noise",
    "homeostatic_loss",
    "loop_symmetry",
    "weight_regimes",
    "which_jacobian",
]

size = sp.Symbol("n", integer=True, positive=True)
one = sp.Identity(size)


def _square(matrix):
    """Squared norm."""
    return sp.Trace(matrix.T * matrix)


def homeostatic_loss() -> Derivation:
    """Two traces make the antisymmetric part; the gradient pulls towards the transpose."""
    j, way, after = (sp.MatrixSymbol(name, size, size) for name in ("J", "H", "J_1"))
    e = sp.MatrixSymbol("e", size, 1)
    draw, loss = sp.symbols("l L")
    h = sp.Symbol("h", real=True)
    rate = sp.Symbol("eta", positive=True)
    d = Derivation(
        "The homeostatic loss",
        source="Laborieux and Zenke 2024, section on Jacobian homeostasis",
        symbols={
            j: "Jacobian of any size",
            e: "random perturbation of all units; the mean of e e' is the unit matrix",
            way: "any direction in which the Jacobian may change",
            rate: "learning rate",
        },
    )
    asymmetry = j.T * j - j * j
    d.define(
        "draw", Eq(draw, sp.Trace(e.T * asymmetry * e)), "|J e|^2 - e'J^2 e of one perturbation"
    )
    d.rewrite(
        "mean",
        sp.Trace(asymmetry) + sp.Trace(asymmetry * (e * e.T - one)),
        "the last bracket has the mean zero, and it enters linearly: the first part is the mean",
    )
    d.define("traces", Eq(loss, sp.Trace(asymmetry)), "the loss is that mean")
    d.rewrite("antisymmetry", _square(j - j.T) / 2, "twice the squared norm of A = (J - J')/2")
    d.identity(
        "gradient",
        Eq(
            _square(j + h * way - (j + h * way).T) / 2,
            _square(j - j.T) / 2
            + h * sp.Trace(2 * (j - j.T).T * way)
            + h**2 * _square(way - way.T) / 2,
        ),
        "the loss at J + h H: what goes with h is the product of H and the gradient, 2 (J - J')",
    )
    d.define("step", Eq(after, j - 2 * rate * (j - j.T)), "one step down the gradient")
    d.apply(
        "decay",
        (1 - 4 * rate) * (j - j.T),
        lambda side: side - side.T,
        "the antisymmetric part decays by a constant factor a step",
    )
    return d


def which_jacobian() -> Derivation:
    """Three Jacobians of one network; two share their antisymmetric part."""
    weights, slopes = (sp.MatrixSymbol(name, size, size) for name in "WD")
    inner, outer = (sp.MatrixSymbol(name, size, size) for name in ("J_u", "J_r"))
    cost, y = (sp.MatrixSymbol(name, size, 1) for name in "cy")
    d = Derivation(
        "Which Jacobian?",
        source="derived here; the released code uses W - 1",
        symbols={
            weights: "recurrent weights, any size",
            slopes: "slopes of the activation at the equilibrium, a diagonal matrix",
            cost: "gradient of the loss by the activities",
            y: "an error divided by the slopes",
        },
    )
    d.define("preactivations", Eq(inner, weights * slopes - one), "of W r(u) - u by u")
    d.define("activities", Eq(outer, weights - slopes.I), "of W r - u(r) by r")
    d.identity(
        "chain rule",
        Eq((weights - slopes.I) * slopes, weights * slopes - one),
        "they differ by the slopes",
    )
    d.identity(
        "antisymmetric part",
        Eq(
            (weights - slopes.I) - (weights - slopes.I).T,
            weights - weights.T + slopes.T.I * (slopes - slopes.T) * slopes.I,
        ),
        "a diagonal matrix is its own transpose and the last term zero: W - 1/D and W - 1 have the "
        "antisymmetric part of W. W D - 1 has another one where slopes differ",
    )
    d.assume("nudge", Eq(-(weights - slopes.I) * slopes * y, cost), "the error D y of a nudge")
    d.rewrite(
        "error of a nudge", Eq((one - weights * slopes) * y, cost), "so it is D (1 - W D)^-1 c"
    )
    d.identity(
        "back-propagated error",
        Eq(-(weights.T - slopes.I) * slopes * y, (one - weights.T * slopes) * y),
        "the same with W transposed: symmetric weights are enough",
    )
    return d


def weight_regimes() -> Derivation:
    """Weight matching, weight decay, or neither: the loss of three kinds of wiring."""
    weights = sp.MatrixSymbol("W", size, size)
    loss = sp.Symbol("L")
    x, y = sp.symbols("x y", real=True)
    k, m = sp.symbols("k m", real=True)
    k1, k2, q1, q2 = sp.symbols("k_1 k_2 q_1 q_2", real=True)
    pool, upper, lower, paired = (sp.Function(name) for name in ("P", "F_y", "F_x", "L"))
    d = Derivation(
        "What the loss does to the weights",
        source="derived here",
        symbols={
            weights: "recurrent weights of dense layers, any size; W - 1 is their Jacobian",
            pool: "soft maximum of the two currents k x and m x",
            upper: "force on the unit y above the pool; F_x: on the unit x below",
            k1: "with k_2: kernels of the way up; q_1 and q_2: of the way back",
        },
    )
    matrix = weights - one
    d.define("reciprocal", Eq(loss, _square(matrix) - sp.Trace(matrix * matrix)), "two traces")
    d.rewrite("matching", _square(weights - weights.T) / 2, "squared differences: weight matching")
    d.rewrite("one by one", _square(weights) - sp.Trace(weights * weights), "written differently")
    d.assume("one way", Eq(sp.Trace(weights * weights), 0), "no link has a partner, as in a loop")
    d.substitute("decay", _square(weights), "one way", "weight decay", of="one by one")
    shares = sp.exp(k * x) + sp.exp(m * x)
    d.define(
        "soft pooling",
        Eq(pool(x, k, m), (k * x * sp.exp(k * x) + m * x * sp.exp(m * x)) / shares),
        "two currents, pooled with shares that depend on their difference",
    )
    half = (k - m) * x / 2
    d.differentiate(
        "gain",
        (k + m) / 2 + (k - m) / 2 * sp.tanh(half) + (k - m) ** 2 * x / (4 * sp.cosh(half) ** 2),
        x,
        "effective weight of two kernels: it changes with the state",
    )
    d.define("force above", Eq(upper(x, y), pool(x, k1, k2) - y), "the pool drives y")
    back = y * Derivative(pool(x, q1, q2), x) - x
    d.define("force below", Eq(lower(x, y), back), "through the slope of a pool y acts back on x")
    own, fall, rise, other = sp.symbols("J_xx J_xy J_yx J_yy", real=True)
    j = sp.Matrix([[own, fall], [rise, other]])
    d.identity(
        "pair",
        Eq((j.T * j).trace() - (j * j).trace(), (rise - fall) ** 2),
        "the two traces for two units",
    )
    d.define(
        "loss of a pool",
        Eq(paired(x, y), (Derivative(upper(x, y), x) - Derivative(lower(x, y), y)) ** 2),
        "with the derivatives of both forces",
    )
    d.substitute(
        "loss",
        (Derivative(pool(x, k1, k2), x) - Derivative(pool(x, q1, q2), x)) ** 2,
        ["force above", "force below"],
        "it matches the two effective weights, not the kernels",
    )
    d.substitute(
        "mean weights",
        ((k1 + k2) / 2 - (q1 + q2) / 2) ** 2,
        ["soft pooling", {x: 0}],
        "at rest (x = 0) only the means of the kernels count",
    )
    return d


def loop_symmetry() -> Derivation:
    """Without reciprocal links the symmetry measure is a function of the size of the weights."""
    weights, even, odd = (sp.MatrixSymbol(name, size, size) for name in "WSA")
    total = sp.Symbol("q", positive=True)
    measure = sp.Function("m")
    d = Derivation(
        "Symmetry measure of a loop",
        source="derived here; the measure is that of the released code",
        symbols={
            weights: "weights of a loop of any size; W - 1 is its Jacobian",
            size: "number of units",
            total: "sum of all squared weights",
        },
    )
    whole = _square(weights)
    d.assume("one way", Eq(sp.Trace(weights * weights), 0), "no link has a partner, as in a loop")
    d.assume("no self-links", Eq(sp.Trace(weights), 0), "nor leads from a unit to itself")
    d.assume("size of the weights", Eq(whole, total), "all squared weights together")
    d.assume("units", Eq(sp.Trace(one), size), "ones on the diagonal")
    known = ["one way", "no self-links", "size of the weights", "units"]
    d.define("even part", Eq(even, (weights + weights.T) / 2 - one), "symmetric part of W - 1")
    d.apply(
        "squared norm of S",
        whole / 2 + sp.Trace(weights * weights) / 2 - 2 * sp.Trace(weights) + sp.Trace(one),
        _square,
        "squared norm",
    )
    d.substitute("size of S", size + total / 2, known, "the diagonal, and half the weights")
    d.define("odd part", Eq(odd, (weights - weights.T) / 2), "antisymmetric part")
    d.apply(
        "squared norm of A", whole / 2 - sp.Trace(weights * weights) / 2, _square, "squared norm"
    )
    d.substitute("size of A", total / 2, ["one way", "size of the weights"], "the other half")
    even_norm, odd_norm = sp.sqrt(size + total / 2), sp.sqrt(total / 2)
    d.define(
        "measure",
        Eq(measure(total), even_norm / (even_norm + odd_norm)),
        "norm of S over the sum of both norms",
    )
    d.limit("small weights", sp.Integer(1), total, 0, "1 only without any weights")
    d.limit("large weights", sp.Rational(1, 2), total, sp.oo, "1/2 at least", of="measure")
    return d
