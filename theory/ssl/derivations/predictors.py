"""Derivations: predictors other than a power, and where modes rest under them."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here from Theorem 1 of Halvagal, Laborieux, Zenke 2023"
T = sp.Symbol("t", nonnegative=True)
ALPHA = sp.Symbol("alpha", positive=True)
OFFSET = sp.Symbol("epsilon", nonnegative=True)


def normalised() -> Derivation:
    """The predictor divided by its largest eigenvalue, with an offset: who grows, who decays."""
    x = sp.Function("x", positive=True)(T)
    small, large = (sp.Function(name, positive=True)(T) for name in (r"gamma", r"gamma_max"))
    own, top = sp.Function("p", positive=True)(T), sp.Symbol("p_max", positive=True)
    decay, start = sp.symbols("rho gamma_0", positive=True)
    derivation = Derivation(
        "A predictor divided by its largest eigenvalue",
        source=SOURCE,
        symbols={
            small: "eigenvalue of one mode; gamma_max is the largest one",
            own: "the mode's eigenvalue of the predictor, p_max that of the largest mode",
            OFFSET: "offset of the predictor",
            ALPHA: "exponent of the predictor",
            x: "ratio of the mode to the largest, to the power alpha",
            decay: "weight decay; no noise in the online view",
        },
    )
    derivation.define("ratio", Eq(x, small**ALPHA * large**-ALPHA), "between 0 and 1")
    derivation.assume(
        "flow of a mode",
        Eq(sp.Derivative(small, T), 2 * small * (own * (1 - own) - decay)),
        "Theorem 1, in the mean, for any predictor with the eigenvectors of the representation",
    )
    derivation.assume(
        "flow of the largest",
        Eq(sp.Derivative(large, T), 2 * large * (top * (1 - top) - decay)),
        "the same",
    )
    derivation.assume("predictor", Eq(own, x + OFFSET), "divided by the largest, plus offset")
    derivation.assume("of the largest", Eq(top, 1 + OFFSET), "its ratio is 1")
    derivation.substitute(
        "largest",
        Eq(sp.Derivative(large, T), -2 * (OFFSET * (1 + OFFSET) + decay) * large),
        "of the largest",
        "without offset nothing moves it; with offset nothing stops its decay: no fixed point",
        of="flow of the largest",
    )
    derivation.solve(
        "collapse",
        Eq(large, start * sp.exp(-2 * (OFFSET * (1 + OFFSET) + decay) * T)),
        large,
        "the level of all modes",
        initial={large.subs(T, 0): start},
    )
    derivation.differentiate(
        "change of the ratio",
        Eq(
            sp.Derivative(x, T),
            ALPHA * small**ALPHA * large**-ALPHA
            * (sp.Derivative(small, T) / small - sp.Derivative(large, T) / large),
        ),
        T,
        "of a quotient",
        of="ratio",
    )  # fmt: skip
    power = small**ALPHA * large**-ALPHA
    derivation.substitute(
        "with both flows",
        Eq(
            sp.Derivative(x, T),
            2 * ALPHA * power * (own * (1 - own) - top * (1 - top)),
        ),
        ["flow of a mode", "flow of the largest"],
        "weight decay drops out",
    )
    derivation.rewrite("power", Eq(power, x), "read from right to left", of="ratio")
    derivation.substitute(
        "flow of the ratio",
        Eq(sp.Derivative(x, T), 2 * ALPHA * x * (1 - x) * (x + 2 * OFFSET)),
        ["power", "predictor", "of the largest"],
        "without offset the equation of an eigenvalue under the plain power, with the largest in "
        "the place of 1; with offset small ratios grow exponentially. The ratio ends at 1: all "
        "eigenvalues become equal, to the largest initial one without offset",
        of="with both flows",
    )
    return derivation


def any_predictor() -> Derivation:
    """Fixed points of any predictor, and the ridge solution with its weight-decay threshold."""
    p, gamma, ridge, c1 = sp.symbols("p gamma mu c_1", positive=True)
    decay = sp.Symbol("rho", positive=True)
    rate = sp.Symbol("r", real=True)
    squared, slope = sp.Function("J"), sp.Function("f")
    derivation = Derivation(
        "Rest under any predictor, and the optimal one",
        source=SOURCE,
        symbols={
            p: "a mode's eigenvalue of the predictor, whatever rule it comes from",
            gamma: "eigenvalue of the representation",
            c1: "second moment of the online view, 1 + sigma^2",
            decay: "weight decay",
            ridge: "penalty on the predictor",
        },
        domain={decay: (0, 1 / (4 * c1))},
    )
    derivation.assume("rate", Eq(rate, p * (1 - c1 * p) - decay), "Theorem 1 in the mean")
    derivation.substitute(
        "rest", Eq(0, p * (1 - c1 * p) - decay), {rate: 0}, "a living mode that rests"
    )
    root = sp.sqrt(1 - 4 * c1 * decay)
    for name, sign in (("upper", 1), ("lower", -1)):
        derivation.solve(
            name,
            Eq(p, (1 + sign * root) / (2 * c1)),
            p,
            "the rule decides which eigenvalue this is, not whether a mode can live: 4 c_1 rho < 1 "
            "for all rules",
            of=["rest"],
            unique=False,
        )
    derivation.define(
        "squared error",
        Eq(squared(p), (c1 * gamma * p**2 - 2 * gamma * p + gamma + ridge * p**2) / 2),
        "mean of |p z_1 - z_2|^2 / 2 in one mode, plus the penalty",
    )
    derivation.differentiate(
        "its slope",
        Eq(sp.Derivative(squared(p), p), (c1 * gamma + ridge) * p - gamma),
        p,
        "a parabola",
    )
    derivation.substitute(
        "optimal predictor",
        Eq(sp.Subs(sp.Derivative(squared(p), p), p, gamma / (c1 * gamma + ridge)), 0),
        {p: gamma / (c1 * gamma + ridge)},
        "ridge regression of one view on the other",
    )
    best = gamma / (c1 * gamma + ridge)
    derivation.define("growth", Eq(slope(gamma), best * (1 - c1 * best)), "its rate, no decay")
    derivation.rewrite(
        "growth in full",
        Eq(slope(gamma), gamma * ridge / (c1 * gamma + ridge) ** 2),
        "above zero at every size, and zero without ridge: the optimal predictor teaches only by "
        "what the ridge leaves over",
    )
    return derivation


def own_decay() -> Derivation:
    """A learned predictor with its own learning rate and weight decay: where a mode rests."""
    q, size = sp.symbols("q gamma", positive=True)
    pull = sp.Symbol("g", real=True)
    decay, own, speed, c1 = sp.symbols("rho rho_p alpha_p c_1", positive=True)
    derivation = Derivation(
        "A learned predictor with its own rate and decay",
        source=SOURCE,
        symbols={
            q: "eigenvalue of the learned predictor",
            size: "eigenvalue of the representation",
            pull: "1 - c_1 q, the relative error of the mode",
            decay: "weight decay of the weights, rho_p that of the predictor",
            speed: "learning rate of the predictor relative to the weights",
        },
    )
    derivation.assume("weights at rest", Eq(q * pull - decay, 0), "a living mode")
    derivation.assume(
        "predictor at rest", Eq(speed * size * pull - own * q, 0), "and its predictor"
    )
    derivation.solve("pull", Eq(pull, decay / q), pull, "from the weights", of="weights at rest")
    derivation.substitute(
        "balance at rest",
        Eq(speed * size * decay / q - own * q, 0),
        "pull",
        "put in",
        of="predictor at rest",
    )
    derivation.solve(
        "size",
        Eq(size, own * q**2 / (speed * decay)),
        size,
        "the predictor's own rate and decay set the size of the representation",
    )
    derivation.substitute(
        "condition",
        Eq(q * (1 - c1 * q) - decay, 0),
        {pull: 1 - c1 * q},
        "and not whether a mode lives: the condition is that of any predictor, 4 c_1 rho < 1",
        of="weights at rest",
    )
    return derivation


def decay_and_clock() -> Derivation:
    """Weight decay under a loss that knows no length: a falling level and a faster clock."""
    factor, bare = (sp.Function(name, positive=True) for name in "FG")
    pull = sp.Function("h", real=True)
    clock, level = sp.Function("tau"), sp.Function("P")
    shrink, count = sp.symbols("delta k", positive=True)
    derivation = Derivation(
        "Weight decay and the clock",
        source="derived here",
        symbols={
            factor(T): "square of one factor of the weights, k of which make the representation",
            pull(T): "its relative gradient times its square: of the shape of the spectrum alone",
            shrink: "rate at which weight decay shrinks a square, twice decay times learning rate",
            bare(T): "the square without what decay has taken",
            clock(T): "clock of the flow without decay",
            level(T): "product of k such squares: the level of the eigenvalues",
        },
    )
    derivation.assume(
        "flow",
        Eq(sp.Derivative(factor(T), T), 2 * pull(T) - shrink * factor(T)),
        "the loss knows no length, so that a longer factor turns the more slowly",
    )
    derivation.define("bare", Eq(bare(T), sp.exp(shrink * T) * factor(T)), "decay set apart")
    derivation.differentiate(
        "slope",
        Eq(
            sp.Derivative(bare(T), T),
            sp.exp(shrink * T) * (sp.Derivative(factor(T), T) + shrink * factor(T)),
        ),
        T,
        "of a product",
    )
    derivation.substitute(
        "without decay",
        Eq(sp.Derivative(bare(T), T), 2 * pull(T) * sp.exp(shrink * T)),
        "flow",
        "the decay has gone, the gradient has grown",
    )
    derivation.define("clock", Eq(clock(T), (sp.exp(shrink * T) - 1) / shrink), "runs ahead")
    derivation.differentiate(
        "its pace", Eq(sp.Derivative(clock(T), T), sp.exp(shrink * T)), T, "from 1 on"
    )
    derivation.rewrite(
        "pace", Eq(sp.exp(shrink * T), sp.Derivative(clock(T), T)), "from right to left"
    )
    derivation.substitute(
        "on the clock",
        Eq(sp.Derivative(bare(T), T), 2 * pull(T) * sp.Derivative(clock(T), T)),
        "pace",
        "the flow without decay, in the time tau",
        of="without decay",
    )
    derivation.rewrite(
        "split", Eq(factor(T), sp.exp(-shrink * T) * bare(T)), "solved for F", of="bare"
    )
    derivation.define("level", Eq(level(T), factor(T) ** count), "of equal factors")
    derivation.substitute(
        "falling level",
        Eq(level(T), sp.exp(-count * shrink * T) * bare(T) ** count),
        "split",
        "falls k times as fast as one factor",
    )
    return derivation
