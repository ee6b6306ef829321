"""Derivations for the quadratic binary task: flip cost, divergence, averages, two dimensions.

A Hessian of any size is written as A'A, which is any positive semidefinite matrix.
"""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Laborieux et al. 2021, quadratic binary task; derived here"


s_i = sp.Symbol("s_i", real=True)
H_ii, g_i, flip = sp.symbols(r"H_ii g_i \Delta_i{L}")


def flip_cost() -> Derivation:
    """Loss increase on flipping one binary weight, for any Hessian of any size."""
    rows, size = sp.symbols("n d", integer=True, positive=True)
    root = sp.MatrixSymbol("A", rows, size)
    error, unit = sp.MatrixSymbol("x", size, 1), sp.MatrixSymbol("e_i", size, 1)
    derivation = Derivation(
        "Cost of flipping one binary weight",
        source=SOURCE,
        symbols={
            error: "binary weights minus the optimum, of any number d of weights",
            root: "root of the Hessian H = A'A",
            unit: "unit vector of weight i",
            s_i: "binary weight, +1 or -1",
            H_ii: "diagonal entry of the Hessian",
            g_i: "component of the gradient H x before the flip",
        },
    )

    def loss(x):
        return sp.Trace((root * x).T * (root * x)) / 2

    curvature = sp.Trace(unit.T * root.T * root * unit)
    gradient = sp.Trace(unit.T * root.T * root * error)
    derivation.define(
        "cost",
        Eq(flip, loss(error - 2 * s_i * unit) - loss(error)),
        "flipping weight i moves the binary weights by minus twice its sign along one axis; the "
        "loss is half of x'Hx",
    )
    derivation.rewrite(
        "inserted",
        Eq(flip, 2 * s_i**2 * curvature - 2 * s_i * gradient),
        "the loss is quadratic: a term of second order and one of first order remain",
    )
    derivation.define("curvature", Eq(H_ii, curvature), "an entry of the Hessian")
    derivation.define("component", Eq(g_i, gradient), "a component of the gradient H x")
    derivation.solve("entry", Eq(curvature, H_ii), curvature, "read backwards", of="curvature")
    derivation.solve("slope", Eq(gradient, g_i), gradient, "read backwards", of="component")
    derivation.substitute(
        "gradient",
        Eq(flip, 2 * H_ii * s_i**2 - 2 * s_i * g_i),
        ["entry", "slope"],
        "the gradient is the pull of all weights, the flipped one included",
        of="inserted",
    )
    derivation.assume("sign", Eq(s_i**2, 1), "a binary weight is a sign")
    derivation.substitute(
        "binary",
        Eq(flip, 2 * H_ii - 2 * s_i * g_i),
        "sign",
        "a sign has square one",
        of="gradient",
    )
    return derivation


def divergence() -> Derivation:
    """Diagonal Hessian: speed of a diverging hidden weight, and the flip cost read off it."""
    curvature, rate, excess = sp.symbols("lambda_i eta e_i", positive=True)
    opposed = sp.Symbol("p_i", nonnegative=True)
    s, cost = sp.symbols(r"s_i \Delta_i{L}", real=True)
    velocity = sp.Symbol(r"\tilde{W}_i", positive=True)
    loss, update = sp.Function("L", real=True), sp.Function("u", real=True)
    derivation = Derivation(
        "Hidden weights diverge where the optimum lies outside the box",
        source=SOURCE,
        symbols={
            curvature: "curvature along this weight; the Hessian is diagonal",
            rate: "learning rate",
            excess: "how far the optimum lies above 1: optimum = 1 + excess (below -1 by symmetry)",
            opposed: "0 where the binary weight is +1, 1 where it is -1",
            velocity: "change of the hidden weight in one step, once its sign has settled",
        },
    )
    derivation.define(
        "loss", Eq(loss(s), curvature * (s - 1 - excess) ** 2 / 2), "the share of this weight"
    )
    derivation.define(
        "descent", Eq(update(s), -rate * sp.Derivative(loss(s), s)), "one step of descent"
    )
    derivation.substitute(
        "update", Eq(update(s), rate * curvature * (1 + excess - s)), "loss", "insert the loss"
    )
    derivation.substitute(
        "either sign",
        Eq(update(1 - 2 * opposed), rate * curvature * excess + 2 * rate * curvature * opposed),
        {s: 1 - 2 * opposed},
        "write the binary weight by its disagreement with the optimum",
    )
    derivation.nonnegative(
        "outward",
        sp.Ge(
            rate * curvature * excess + 2 * rate * curvature * opposed,
            rate * curvature * excess,
            evaluate=False,
        ),
        "every step is outward and at least as long as the one with agreeing sign: after finitely "
        "many steps the hidden weight is positive, and it stays so",
    )
    derivation.substitute(
        "agreeing",
        Eq(update(1), rate * curvature * excess),
        {s: 1},
        "from then on the binary weight is +1",
        of="update",
    )
    derivation.define(
        "speed",
        Eq(velocity, rate * curvature * excess),
        "its step: the hidden weight grows linearly and integrates the gradient that is left over",
    )
    derivation.define("flip cost", Eq(cost, loss(-1) - loss(1)), "what flipping the weight costs")
    derivation.substitute(
        "settled",
        Eq(cost, 2 * curvature + 2 * curvature * excess),
        "loss",
        "twice the curvature and twice the size of the gradient that is left over",
    )
    derivation.solve(
        "excess", Eq(excess, velocity / (rate * curvature)), excess, "read the speed", of="speed"
    )
    derivation.substitute(
        "importance",
        Eq(cost, 2 * curvature + 2 * velocity / rate),
        "excess",
        "the speed of divergence ranks weights by their importance",
        of="settled",
    )
    return derivation


def averaging() -> Derivation:
    """Any Hessian: the mean hidden-weight drift is the descent direction at the mean signs."""
    rate = sp.Symbol("eta", positive=True)
    total = sp.Symbol("T", integer=True, positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    held, mean = sp.symbols(r"(H{W}^*)_i (H\bar{s})_i", real=True)
    hidden, pull, running = (sp.Function(name, real=True) for name in ("W_i", "h_i", "S_i"))
    derivation = Derivation(
        "The mean drift of a hidden weight is descent at the mean binary weights",
        source="derived here, for any number of weights",
        symbols={
            total: "number of steps",
            rate: "learning rate",
            hidden(k): "hidden weight i after k steps",
            pull(k): "component i of H s, s the binary weights at step k",
            running(k): "sum of these over the steps before k",
            mean: "their time average: component i of the Hessian times the mean binary weights, "
            "since H s is linear in s",
            held: "component i of the Hessian times the optimum",
        },
    )
    derivation.assume(
        "step", Eq(hidden(k + 1) - hidden(k), -rate * (pull(k) - held)), "one step of descent"
    )
    derivation.assume("running sum", Eq(running(k + 1) - running(k), pull(k)), "what S is")
    derivation.solve("pull", Eq(pull(k), running(k + 1) - running(k)), pull(k), "read backwards")
    derivation.substitute(
        "differences",
        Eq(hidden(k + 1) - hidden(k), -rate * (running(k + 1) - running(k) - held)),
        "pull",
        "both sides are differences, but for the optimum",
        of="step",
    )
    derivation.sum(
        "sum",
        Eq(hidden(total) - hidden(0), -rate * (running(total) - running(0) - total * held)),
        (k, 0, total - 1),
        "all updates together",
    )
    derivation.define("mean", Eq(mean, (running(total) - running(0)) / total), "time average")
    derivation.solve(
        "total",
        Eq(running(total), running(0) + total * mean),
        running(total),
        "read backwards",
    )
    derivation.substitute(
        "average",
        Eq(hidden(total) - hidden(0), rate * total * (held - mean)),
        "total",
        "a hidden weight that stays bounded needs a mean gradient that vanishes; one that diverges "
        "moves at the learning rate times what is left of it",
        of="sum",
    )
    return derivation


def two_dimensions() -> Derivation:
    """Two weights, the first one consolidated: mean signs and speed from the box problem."""
    first, cross, mean = sp.symbols(r"H_11 H_12 \bar{s}_2", real=True)
    second = sp.Symbol("H_22", positive=True)
    top, bottom = sp.symbols("W_1^* W_2^*", real=True)
    multiplier = sp.Symbol("v_1", real=True)
    derivation = Derivation(
        "Two weights, the first one consolidated at +1",
        source="derived here",
        symbols={
            mean: "time average of the second binary weight",
            multiplier: "multiplier of the first weight's box constraint; it moves by the learning "
            "rate times the multiplier in a step",
        },
    )
    derivation.assume(
        "free",
        Eq(cross * (1 - top) + second * (mean - bottom), 0),
        "the second hidden weight stays bounded: its mean gradient vanishes",
    )
    derivation.solve(
        "mean",
        Eq(mean, bottom + cross / second * (top - 1)),
        mean,
        "the free weight moves away from its own optimum to make up for the first one",
    )
    derivation.define(
        "held",
        Eq(multiplier, first * (top - 1) + cross * (bottom - mean)),
        "minus the gradient along the first weight",
    )
    derivation.substitute(
        "multiplier",
        Eq(multiplier, (first - cross**2 / second) * (top - 1)),
        "mean",
        "the curvature is reduced by what the free weight takes over: a Schur complement",
    )
    return derivation
