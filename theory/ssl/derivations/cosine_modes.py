"""Modes coupled by the cosine loss: what they conserve and how they become equal."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def conservation() -> Derivation:
    """What the cosine flows conserve: the sum of eigenvalues, or of their power 1 + alpha."""
    row, online, target = sp.symbols("z^T z y", commutative=False)
    predictor, push, isotropic = sp.symbols("Lambda g g_iso", commutative=False)
    dot = sp.Symbol("d", real=True)
    length, size = sp.symbols("n m", positive=True)
    t, alpha = sp.Symbol("t", real=True), sp.Symbol("alpha", positive=True)
    derivation = Derivation(
        "Conserved quantities of the cosine flows",
        source=SOURCE,
        symbols={
            online: "online representation in the eigenbasis, a column of any size; y the target",
            predictor: "diagonal matrix of the predictor's eigenvalues",
            dot: "dot product of prediction and target, with the lengths n and m",
        },
    )
    derivation.assume("length", Eq(row * predictor**2 * online, length**2), "of the prediction")
    derivation.assume("dot product", Eq(row * predictor * target, dot), "what n and d stand for")
    derivation.define(
        "push",
        Eq(push, predictor * target / (length * size)
           - dot * predictor**2 * online / (length**3 * size)),
        "minus the gradient of the cosine loss, Theorem 2 for all modes at once",
    )  # fmt: skip
    derivation.apply(
        "along the representation",
        Eq(row * push, row * predictor * target / (length * size)
           - dot * row * predictor**2 * online / (length**3 * size)),
        lambda side: row * side,
        "sum over the modes of z times its push",
    )  # fmt: skip
    derivation.substitute(
        "scale invariance",
        Eq(row * push, 0),
        ["length", "dot product"],
        "a cosine ignores length: the gradient is orthogonal to the representation, so "
        "the mean of z times its velocity is half the change of the sum of eigenvalues",
    )
    derivation.define(
        "isotropic push",
        Eq(isotropic, target / (length * size) - dot * predictor * online / (length**3 * size)),
        "without the predictor's factor",
    )
    derivation.apply(
        "along the prediction",
        Eq(row * predictor * isotropic, row * predictor * target / (length * size)
           - dot * row * predictor**2 * online / (length**3 * size)),
        lambda side: row * predictor * side,
        "sum over the modes of lambda z times its push",
    )  # fmt: skip
    derivation.substitute(
        "isotropic",
        Eq(row * predictor * isotropic, 0),
        ["length", "dot product"],
        "the isotropic update is orthogonal to the prediction instead",
    )
    gamma, others, powers = (
        sp.Function(name, positive=True)(t) for name in ("gamma_1", "S", "S_alpha")
    )
    rate, rest, drift = (sp.Function(name, real=True)(t) for name in ("r_1", "R", "R_alpha"))
    total, power = sp.Function("N")(t), sp.Function("P")(t)
    derivation.assume(
        "mode", Eq(sp.Derivative(gamma, t), 2 * gamma * rate), "gamma is the square of s"
    )
    derivation.assume(
        "other modes",
        Eq(sp.Derivative(others, t), 2 * rest),
        "S is the sum of gamma_k over all other modes, R that of gamma_k r_k",
    )
    derivation.assume(
        "balance",
        Eq(rest, -gamma * rate),
        "scale invariance in the mean: the mean of z_k times its push is gamma_k r_k",
    )
    derivation.define("sum", Eq(total, gamma + others), "sum of the eigenvalues")
    derivation.differentiate(
        "change of the sum",
        Eq(sp.Derivative(total, t), sp.Derivative(gamma, t) + sp.Derivative(others, t)),
        t,
        "term by term",
    )
    derivation.substitute(
        "conserved sum",
        Eq(sp.Derivative(total, t), 0),
        ["mode", "other modes", "balance"],
        "the rates, weighted by the eigenvalues, add up to zero",
    )
    derivation.assume(
        "other powers",
        Eq(sp.Derivative(powers, t), 2 * (1 + alpha) * drift),
        "S_alpha is the sum of gamma_k^(1 + alpha), R_alpha that of gamma_k^(1 + alpha) r_k",
    )
    derivation.assume(
        "isotropic balance",
        Eq(drift, -(gamma ** (1 + alpha)) * rate),
        "orthogonality to the prediction weights with the predictor's eigenvalue as well",
    )
    derivation.define(
        "power sum", Eq(power, gamma ** (1 + alpha) + powers), "for the isotropic loss"
    )
    derivation.differentiate(
        "change of the power sum",
        Eq(
            sp.Derivative(power, t),
            (1 + alpha) * gamma**alpha * sp.Derivative(gamma, t) + sp.Derivative(powers, t),
        ),
        t,
        "term by term",
    )
    derivation.substitute(
        "conserved power sum",
        Eq(sp.Derivative(power, t), 0),
        ["mode", "other powers", "isotropic balance"],
        "the two terms cancel",
    )
    return derivation


def near_isotropy() -> Derivation:
    """How fast nearly equal eigenvalues become equal, for any number of modes."""
    m = sp.Symbol("M", positive=True)
    x = sp.Symbol("x", real=True)
    fourth, mixed, spread = sp.symbols("F G K", positive=True)
    alpha, level, size = sp.symbols(r"alpha \bar{gamma} |x|", positive=True)
    own, other, others = sp.symbols(r"epsilon_m epsilon_k S", real=True)
    own_part, other_part = sp.symbols("x_m x_k", real=True)
    small, rate = sp.Symbol("delta", real=True), sp.Symbol("r_m", real=True)
    pull, weight = sp.Function("f"), sp.Function("w")
    density, square, power = (sp.Function(name) for name in ("phi", "f_2", "f_4"))
    derivation = Derivation(
        "Return to isotropy under the cosine loss",
        source=SOURCE,
        symbols={
            m: "number of modes",
            level: "common eigenvalue; that of mode k is level times (1 + delta epsilon_k)",
            pull(small): "what mode k adds to the rate of mode m, for one input x",
            fourth: "E[u_m^4] of a direction u = x / |x|, which is uniform on the sphere",
            mixed: "E[u_m^2 u_k^2]",
            spread: "E[|x|^4]; direction and length of a Gaussian are independent",
            others: "sum of the deviations epsilon of all other modes",
        },
        domain={m: (1, sp.oo)},
    )
    derivation.define(
        "pull",
        Eq(pull(small), weight(small) * ((level * (1 + small * other)) ** alpha
                                         - (level * (1 + small * own)) ** alpha)),
        "Theorem 2: a smooth weight times the difference of the predictor's eigenvalues",
    )  # fmt: skip
    derivation.differentiate(
        "slope of the pull", sp.diff(derivation["pull"].rhs, small), small, "product rule"
    )
    slope = sp.Subs(sp.Derivative(pull(small), small), small, 0)
    derivation.substitute(
        "linearised",
        Eq(slope, weight(0) * alpha * level**alpha * (other - own)),
        {small: 0},
        "the difference vanishes at isotropy, so only its own slope is left",
    )
    eigenvalue, ahead, length = sp.symbols("lambda N Z", positive=True)
    mode, mode_k = sp.symbols("z_m z_k", real=True)
    derivation.assume(
        "weight",
        Eq(weight(0), eigenvalue**2 * mode_k**2 * mode**2 / (ahead**3 * length * level)),
        "Theorem 2 without augmentation, with one eigenvalue lambda of the predictor, lengths N of "
        "the prediction and Z of the representation; the rate is relative, so over gamma_m",
    )
    derivation.substitute(
        "weight at isotropy",
        Eq(weight(0), other_part**2 * own_part**2 / (level ** (1 + alpha) * size**4)),
        {
            ahead: level**alpha * sp.sqrt(level) * size,
            length: sp.sqrt(level) * size,
            eigenvalue: level**alpha,
            mode: sp.sqrt(level) * own_part,
            mode_k: sp.sqrt(level) * other_part,
        },
        "all modes alike",
    )
    derivation.substitute(
        "per input",
        Eq(slope, alpha / level * (other - own) * own_part**2 * other_part**2 / size**4),
        "weight at isotropy",
        "of lengths only the direction u of the input is left",
        of="linearised",
    )
    derivation.define(
        "Gaussian", Eq(density(x), sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)), "one component"
    )
    derivation.define("square", Eq(square(x), x**2 * density(x)), "to average")
    derivation.substitute("square in full", x**2 * derivation["Gaussian"].rhs, "Gaussian", "put in")
    derivation.integrate("second moment", sp.S.One, (x, -sp.oo, sp.oo), "variance")
    derivation.define("power", Eq(power(x), x**4 * density(x)), "to average")
    derivation.substitute("power in full", x**4 * derivation["Gaussian"].rhs, "Gaussian", "put in")
    derivation.integrate("fourth moment", sp.Integer(3), (x, -sp.oo, sp.oo), "of one component")
    two, four = (derivation[name].lhs for name in ("second moment", "fourth moment"))
    derivation.assume("direction, one mode", Eq(spread * fourth, four), "E[x_m^4]")
    derivation.assume("direction, two modes", Eq(spread * mixed, two**2), "E[x_m^2 x_k^2]")
    derivation.substitute(
        "one mode", Eq(spread * fourth, 3), "fourth moment", "put in", of="direction, one mode"
    )
    derivation.substitute(
        "two modes", Eq(spread * mixed, 1), "second moment", "put in", of="direction, two modes"
    )
    derivation.solve("length", Eq(spread, 1 / mixed), spread, "E[|x|^4]")
    derivation.substitute(
        "ratio", Eq(fourth / mixed, 3), "length", "the length drops out", of="one mode"
    )
    derivation.rewrite("Gaussian ratio", Eq(fourth, 3 * mixed), "times G")
    derivation.assume(
        "unit length", Eq(fourth + (m - 1) * mixed, 1 / m), "E[u_m^2 |u|^2] = E[u_m^2] = 1/M"
    )
    derivation.substitute("one unknown", Eq((m + 2) * mixed, 1 / m), "Gaussian ratio", "put in")
    derivation.solve("sphere", Eq(mixed, 1 / (m * (m + 2))), mixed, "mean over directions")
    derivation.define(
        "first order",
        Eq(rate, alpha / level * mixed * (others - (m - 1) * own)),
        "mean over inputs of the pull per input, G for each of the M - 1 other modes, summed over "
        "them: the slope of the rate, whose terms of higher order in the deviations are dropped",
    )
    derivation.assume(
        "conserved", Eq(others, -own), "the sum of eigenvalues is conserved: deviations add up to 0"
    )
    derivation.substitute(
        "rate",
        Eq(rate, -alpha * own / ((m + 2) * level)),
        ["sphere", "conserved"],
        "a deviation decays at twice this rate",
        of="first order",
    )
    return derivation
