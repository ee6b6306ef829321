"""Derivations: predictors other than a power, and losses that regularise explicitly."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here from Theorem 1 of Halvagal, Laborieux, Zenke 2023"
T = sp.Symbol("t", nonnegative=True)
ALPHA = sp.Symbol("alpha", positive=True)
OFFSET = sp.Symbol("epsilon", nonnegative=True)


def bridge() -> Derivation:
    """Weights move, representations follow: the flow of W is the flow of z of lesson 1."""
    left, left_t, right_t = sp.symbols("U U^T V^T", commutative=False)
    values, eigenvalues = sp.symbols("S Lambda", commutative=False)
    x, weights, update = sp.symbols("x W G", commutative=False)
    z, velocity, rotated, moved = sp.symbols(r"z \dot{z} \hat{z} \dot{\hat{z}}", commutative=False)
    c1 = sp.Symbol("c_1", positive=True)
    derivation = Derivation(
        "Weights move, representations follow",
        source="derived here; for deep networks the same step needs a constant tangent kernel",
        symbols={
            x: "any one input, a column",
            z: "its representation, W x",
            weights: "weights, units times inputs; matrices of any size, which do not commute",
            update: "mean update of the weights, from the previous derivation",
            left: "left singular vectors, an orthogonal matrix; V those on the side of the inputs",
            values: "singular values, a diagonal matrix",
            eigenvalues: "eigenvalues of the predictor, a diagonal matrix",
            rotated: "the representation in the eigenbasis, U^T z",
        },
    )
    derivation.define("representation", Eq(z, left * values * right_t * x), "W x, decomposed")
    derivation.define("weights", Eq(weights, left * values * right_t), "singular values")
    derivation.define("velocity", Eq(velocity, update * x), "the input stays, the weights move")
    derivation.assume("orthogonal", Eq(left_t, left**-1), "U^T U = 1")
    derivation.assume(
        "mean update",
        Eq(update, left * (eigenvalues * values - c1 * eigenvalues**2 * values) * right_t),
        "the Euclidean result of the previous derivation; S and Lambda are diagonal",
    )
    derivation.substitute(
        "moved",
        Eq(velocity, left * (eigenvalues - c1 * eigenvalues**2) * values * right_t * x),
        "mean update",
        "put in: every input answers to what all inputs taught the weights",
        of="velocity",
    )
    derivation.define("eigenbasis", Eq(rotated, left_t * z), "the coordinates of lesson 1")
    derivation.define("its velocity", Eq(moved, left_t * velocity), "U does not move")
    derivation.substitute(
        "in modes",
        Eq(rotated, values * right_t * x),
        ["representation", "orthogonal"],
        "what an input puts into each mode",
        of="eigenbasis",
    )
    derivation.rewrite(
        "read back", Eq(values * right_t * x, rotated), "from right to left", of="in modes"
    )
    derivation.substitute(
        "velocity in modes",
        Eq(moved, (eigenvalues - c1 * eigenvalues**2) * values * right_t * x),
        ["moved", "orthogonal"],
        "rotated",
        of="its velocity",
    )
    derivation.substitute(
        "Theorem 1",
        Eq(moved, (eigenvalues - c1 * eigenvalues**2) * rotated),
        "read back",
        "mode by mode lambda (1 - c_1 lambda) z: the flow that lesson 1 took as its premise, now "
        "with the mean over all inputs and no assumption on the kernel",
    )
    return derivation


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


def potential() -> Derivation:
    """The implicit losses are explicit: gradient flows of a potential of the spectrum."""
    s = sp.Symbol("s", positive=True)
    alpha = ALPHA
    standard, isotropic, whitening = (sp.Function(name) for name in ("V", "V_iso", "V_w"))
    derivation = Derivation(
        "The potential that predictor and stop-gradient descend",
        source="derived here; the whitening loss as in explicit variance regularisation",
        symbols={
            s: "singular value; its square is the eigenvalue gamma, lambda = s^(2 alpha)",
            standard(s): "potential of one mode; the sum over modes is a function of W W^T alone",
        },
    )
    derivation.define(
        "original",
        Eq(standard(s), s ** (2 + 4 * alpha) / (2 + 4 * alpha) - s ** (2 + 2 * alpha)
           / (2 + 2 * alpha)),
        "for the Euclidean loss",
    )  # fmt: skip
    derivation.differentiate(
        "its slope",
        Eq(sp.Derivative(standard(s), s), -s * s ** (2 * alpha) * (1 - s ** (2 * alpha))),
        s,
        "minus the velocity s lambda (1 - lambda) of Theorem 1: what the stop-gradient hides from "
        "the loss is the gradient of another one, lowest where lambda is 1",
    )
    derivation.define(
        "isotropic",
        Eq(isotropic(s), s ** (2 + 2 * alpha) / (2 + 2 * alpha) - s**2 / 2),
        "for the isotropic Euclidean loss",
    )
    derivation.differentiate(
        "isotropic slope",
        Eq(sp.Derivative(isotropic(s), s), -s * (1 - s ** (2 * alpha))),
        s,
        "minus its velocity s (1 - lambda)",
    )
    derivation.define(
        "whitening", Eq(whitening(s), (s**2 - 1) ** 2 / 4), "one mode of |W W^T - 1|^2 / 4"
    )
    derivation.substitute(
        "exponent one",
        Eq(isotropic(s), s**4 / 4 - s**2 / 2),
        {alpha: 1},
        "the isotropic loss with DirectCopy's exponent",
        of="isotropic",
    )
    derivation.rewrite(
        "the same",
        Eq(whitening(s), s**4 / 4 - s**2 / 2 + sp.Rational(1, 4)),
        "up to a constant they are one loss: implicit variance regularisation made explicit",
        of="whitening",
    )
    return derivation


def vicreg() -> Derivation:
    """One mode under VICReg's hinge: constant push, finite time from any size."""
    s = sp.Function("s", positive=True)(T)
    size = sp.Symbol("s", positive=True)
    start, push = sp.symbols("s_0 b", positive=True)
    pull, spread = sp.symbols("a c_i", positive=True)
    hinge, blur = sp.Function("h"), sp.Function("d")
    derivation = Derivation(
        "One mode under explicit variance regularisation",
        source="loss: Bardes, Ponce, LeCun 2022 (VICReg); derived here",
        symbols={
            size: "singular value of a mode, where units are modes",
            spread: "second moment of a feature in view i, 1 + sigma_i^2",
            push: "sum of sqrt(c_i) over the views below the hinge",
            pull: "weight of the invariance term times sigma_1^2 + sigma_2^2",
            start: "singular value at the start",
        },
    )
    derivation.define(
        "hinge", Eq(hinge(size), 1 - sp.sqrt(spread) * size), "one minus the deviation, below 1"
    )
    derivation.differentiate(
        "push",
        Eq(sp.Derivative(hinge(size), size), -sp.sqrt(spread)),
        size,
        "it pushes outward with the same force at every size: no factor of the mode's own",
    )
    derivation.define("blur", Eq(blur(size), pull * size**2 / 2), "mean of |z_1 - z_2|^2 / 2")
    derivation.differentiate(
        "pull", Eq(sp.Derivative(blur(size), size), pull * size), size, "inward, in proportion"
    )
    derivation.assume("flow", Eq(sp.Derivative(s, T), push - pull * s), "gradient flow of both")
    derivation.solve(
        "solution",
        Eq(s, push / pull + (start - push / pull) * sp.exp(-pull * T)),
        s,
        "up to the hinge: a mode of size zero is recruited in finite time, a mode under the "
        "isotropic loss after the logarithm, under the original one after the inverse of its size",
        initial={s.subs(T, 0): start},
    )
    return derivation


def feature_order() -> Derivation:
    """Self-distillation and reconstruction, one feature through equal layers: times to learn."""
    w = sp.Symbol("w", positive=True)
    phi, beta = sp.symbols("varphi beta", positive=True)
    depth = sp.Symbol("L", integer=True, positive=True)
    v, moment = sp.symbols("v c", positive=True)
    along, back = sp.symbols(r"\dot{w} \dot{w}_r", real=True)
    derivation = Derivation(
        "Which feature is learned first",
        source="flows: Littwin et al. 2024; derived again here",
        symbols={
            w: "weight of one layer, the same in all L; v that of predictor or decoder",
            phi: "covariance of the feature between the views",
            moment: "its second moment in the online view",
            beta: "regression coefficient, phi / c: below 1 for a noisy feature",
        },
    )
    derivation.assume(
        "self-distillation",
        Eq(along, w ** (depth - 1) * v * w**depth * (phi - moment * v)),
        "layers below times error times what comes back through the predictor",
    )
    derivation.assume(
        "reconstruction",
        Eq(back, w ** (depth - 1) * v * (phi - moment * v * w**depth)),
        "the same for the decoder; the target is the other view itself",
    )
    derivation.substitute(
        "balanced",
        Eq(along, phi * w ** (2 * depth) * (1 - w / beta)),
        {v: w, moment: phi / beta},
        "equal weights stay equal; the noise stops it at beta",
        of="self-distillation",
    )
    derivation.substitute(
        "balanced reconstruction",
        Eq(back, phi * w**depth * (1 - w ** (depth + 1) / beta)),
        {v: w, moment: phi / beta},
        "its start does not know beta",
        of="reconstruction",
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
