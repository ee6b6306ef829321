"""Derivations for the quadratic binary task: flip cost, divergence, averages, two dimensions."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Laborieux et al. 2021, quadratic binary task; derived here"


def flip_cost() -> Derivation:
    """Loss increase on flipping one binary weight, for any Hessian."""
    s, curvature, optimum, rest, gradient = sp.symbols("s_i H_ii W_i^* c_i g_i", real=True)
    loss, cost = sp.Function("L"), sp.Symbol(r"\Delta_i{L}", real=True)
    derivation = Derivation(
        "Cost of flipping one binary weight",
        source=SOURCE,
        symbols={
            s: "binary weight, +1 or -1",
            curvature: "diagonal entry of the Hessian",
            optimum: "component of the real-valued optimum",
            rest: "pull of all other weights on this one",
            gradient: "component of the gradient before the flip",
        },
        domain={s: (-2, 2)},
    )
    derivation.given(
        "loss",
        Eq(loss(s), curvature * (s - optimum) ** 2 / 2 + rest * (s - optimum)),
        "the part of the quadratic loss that depends on one weight",
    )
    derivation.given("cost", Eq(cost, loss(-s) - loss(s)), "flip the sign of that weight alone")
    derivation.substitute(
        "inserted",
        Eq(cost, 2 * s * (curvature * optimum - rest)),
        "loss",
        "the squares cancel, the terms that are odd in the binary weight double",
        of="cost",
    )
    derivation.substitute(
        "gradient",
        Eq(cost, 2 * curvature * s**2 - 2 * s * gradient),
        {rest: gradient - curvature * (s - optimum)},
        "the gradient is the pull of all weights, the flipped one included",
    )
    derivation.substitute(
        "binary", Eq(cost, 2 * curvature - 2 * s * gradient), {s**2: 1}, "a sign has square one"
    )
    return derivation


def divergence() -> Derivation:
    """Diagonal Hessian: speed of a diverging hidden weight, and the flip cost read off it."""
    curvature, rate, excess = sp.symbols("lambda_i eta e_i", positive=True)
    opposed = sp.Symbol("p_i", nonnegative=True)
    s, gradient, cost = sp.symbols(r"s_i g_i \Delta_i{L}", real=True)
    velocity = sp.Symbol(r"\tilde{W}_i", positive=True)
    update = sp.Function("u")
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
    derivation.given(
        "update", Eq(update(s), rate * curvature * (1 + excess - s)), "one step of descent"
    )
    derivation.substitute(
        "either sign",
        Eq(update(1 - 2 * opposed), rate * curvature * excess + 2 * rate * curvature * opposed),
        {s: 1 - 2 * opposed},
        "write the binary weight by its disagreement with the optimum",
    )
    derivation.nonnegative(
        "outward",
        rate * curvature * excess + 2 * rate * curvature * opposed - rate * curvature * excess,
        "every step is outward and at least as long as the one with agreeing sign: after finitely "
        "many steps the hidden weight is positive, and it stays so",
        terms=[2 * rate * curvature * opposed],
    )
    derivation.given("velocity", Eq(velocity, update(1)), "from then on the binary weight is +1")
    derivation.substitute(
        "speed",
        Eq(velocity, rate * curvature * excess),
        "update",
        "the hidden weight grows linearly: it integrates the gradient that is left over",
    )
    derivation.given(
        "flip cost",
        Eq(cost, 2 * curvature - 2 * s * gradient),
        "what flipping the weight costs, as derived for any Hessian",
    )
    derivation.substitute(
        "settled",
        Eq(cost, 2 * curvature + 2 * curvature * excess),
        {s: 1, gradient: -curvature * excess},
        "the sign and the gradient of the settled weight",
    )
    derivation.substitute(
        "importance",
        Eq(cost, 2 * curvature + 2 * velocity / rate),
        {excess: velocity / (rate * curvature)},
        "the speed of divergence ranks weights by their importance",
    )
    return derivation


def averaging() -> Derivation:
    """Any Hessian: the mean hidden-weight drift is the descent direction at the mean signs."""
    rate = sp.Symbol("eta", positive=True)
    total = sp.Symbol("T", integer=True, positive=True)
    hessian = sp.symbols("H_11 H_12", real=True)
    optimum = sp.symbols("W_1^* W_2^*", real=True)
    sums = sp.symbols("S_1 S_2", real=True)
    means = sp.symbols(r"\bar{s}_1 \bar{s}_2", real=True)
    start = sp.Symbol("W_1(0)", real=True)
    hidden = sp.Function("W_1")
    derivation = Derivation(
        "The mean drift of a hidden weight is descent at the mean binary weights",
        source="derived here, written for the first of two weights",
        symbols={
            total: "number of steps",
            rate: "learning rate",
            start: "hidden weight at the start",
            sums[0]: "sum over the steps of the first binary weight; likewise for the second",
            means[0]: "time average of the first binary weight; likewise for the second",
        },
    )
    derivation.given(
        "sum",
        Eq(
            hidden(total),
            start
            - sum(
                rate * h * (s - total * w) for h, s, w in zip(hessian, sums, optimum, strict=True)
            ),
        ),
        "the start and the sum of all updates",
    )
    derivation.substitute(
        "average",
        Eq(
            hidden(total),
            start
            + total
            * rate
            * sum(h * (w - m) for h, w, m in zip(hessian, optimum, means, strict=True)),
        ),
        dict(zip(sums, (total * mean for mean in means), strict=True)),
        "a hidden weight that stays bounded needs a mean gradient that vanishes; one that diverges "
        "moves at the learning rate times what is left of it",
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
    derivation.given(
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
    derivation.given(
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
