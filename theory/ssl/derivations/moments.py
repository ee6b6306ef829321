"""Derivations: reduction to singular values, tilted Gaussian moments, conservation laws."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def reduction() -> Derivation:
    """The mean Euclidean update keeps the singular vectors: shown for two units and two inputs."""
    u, v = sp.symbols("theta phi", real=True)
    s = sp.symbols("s_1 s_2", positive=True)
    p = sp.symbols("lambda_1 lambda_2", positive=True)
    c1 = sp.Symbol("c_1", positive=True)

    def turn(angle):
        return sp.ImmutableMatrix([[sp.cos(angle), -sp.sin(angle)], [sp.sin(angle), sp.cos(angle)]])

    left, right = turn(u), turn(v)
    weights = left * sp.diag(*s) * right.T
    predictor = left * sp.diag(*p) * left.T
    derivation = Derivation(
        "The mean update moves singular values only",
        source=SOURCE,
        symbols={
            u: "angle of the left singular vectors",
            v: "angle of the right singular vectors",
            s[0]: "singular values of the weights",
            p[0]: "eigenvalues of the predictor, which shares the left singular vectors",
            c1: "second moment of an online feature: E[x x^T] = c_1 I, and E[x' x^T] = I",
        },
    )
    pushed = sp.diag(*(a * (b - c1 * a * b) for a, b in zip(p, s, strict=True)))
    derivation.identity(
        "Euclidean",
        Eq(
            predictor * (weights - c1 * predictor * weights),
            left * pushed * right.T,
            evaluate=False,
        ),
        "the mean of minus the gradient, with the Gaussian second moments put in, is diagonal in "
        "the same basis: each singular value moves at s lambda (1 - c_1 lambda)",
    )
    a, b = sp.symbols("a_1 a_2", real=True), sp.symbols("b_1 b_2", real=True)
    q = [x * y * z for x, y, z in zip(p, s, a, strict=True)]
    z = [x * y for x, y in zip(s, b, strict=True)]
    entry = sp.Function("h")(a[0], b[0])
    size = sp.sqrt(q[0] ** 2 + q[1] ** 2) * sp.sqrt(z[0] ** 2 + z[1] ** 2)
    dot = q[0] * z[0] + q[1] * z[1]
    value = a[1] * (z[0] / size - dot * q[0] / (size * (q[0] ** 2 + q[1] ** 2)))
    derivation.given(
        "off-diagonal", Eq(entry, value), "the cosine update's entry for unit 1 and input 2"
    )
    derivation.substitute(
        "odd",
        Eq(sp.Function("h")(-a[0], -b[0]), -value),
        {a[0]: -a[0], b[0]: -b[0]},
        "flipping the sign of mode 1 in both views leaves the Gaussian law and both norms as they "
        "are and turns the entry around: its mean is zero, so the basis stays here, too",
    )
    return derivation


def tilted_gaussian() -> Derivation:
    """Schwinger's formula, and determinant and inverse of the tilted covariance of one mode."""
    c1, c2 = sp.symbols("c_1 c_2", positive=True)
    a, b = sp.symbols("A B", positive=True)
    length, s = sp.symbols("n s", positive=True)
    q = 1 + 2 * c1 * a + 2 * c2 * b + 4 * (c1 * c2 - 1) * a * b
    covariance = sp.ImmutableMatrix([[c1, 1], [1, c2]])
    tilt = sp.ImmutableMatrix([[2 * a, 0], [0, 2 * b]])
    tilted = sp.ImmutableMatrix([[c1 + 2 * (c1 * c2 - 1) * b, 1], [1, c2 + 2 * (c1 * c2 - 1) * a]])
    derivation = Derivation(
        "Moments of a normalised Gaussian as Gaussian moments",
        source=SOURCE,
        symbols={
            length: "length of a vector",
            c1: "second moments of the two views, 1 + sigma^2; their covariance is 1",
            a: "exponents that the two norms add to one mode",
        },
        domain={c1: (1, 4), c2: (sp.Rational(3, 2), 4)},
    )
    derivation.given("Gaussian", 1 / sp.sqrt(s * sp.pi) * sp.exp(-s * length**2), "in length")
    derivation.integrate(
        "Schwinger",
        1 / length,
        (s, 0, sp.oo),
        "an inverse norm is an integral of Gaussians; likewise the third power, with one more "
        "factor 2 s",
    )
    identity = sp.eye(2)
    derivation.identity(
        "determinant",
        Eq((identity + covariance * tilt).det(), q),
        "each mode contributes one over the square root of it to the weight",
    )
    derivation.identity(
        "inverse",
        Eq((covariance.inv() + tilt).inv(), tilted / q, evaluate=False),
        "the covariance of one mode under the tilted Gaussian",
    )
    derivation.identity(
        "shortcut",
        Eq(tilted[0, 0] * tilted[1, 1], 1 + (c1 * c2 - 1) * q),
        "the product of its two variances needs no further pass over the nodes",
    )
    return derivation


def conservation() -> Derivation:
    """What the cosine flows conserve: the sum of eigenvalues, or of their power 1 + alpha."""
    z, y = sp.symbols("z_1 z_2", real=True), sp.symbols("y_1 y_2", real=True)
    p = sp.symbols("lambda_1 lambda_2", positive=True)
    t, alpha = sp.Symbol("t", real=True), sp.Symbol("alpha", positive=True)
    q = [a * b for a, b in zip(p, z, strict=True)]
    size = sp.sqrt(q[0] ** 2 + q[1] ** 2) * sp.sqrt(y[0] ** 2 + y[1] ** 2)
    dot = q[0] * y[0] + q[1] * y[1]
    derivation = Derivation(
        "Conserved quantities of the cosine flows",
        source=SOURCE,
        symbols={
            z[0]: "online representation in the eigenbasis; y is the target",
            p[0]: "eigenvalues of the predictor",
        },
    )
    value = -dot / size
    derivation.identity(
        "scale invariance",
        Eq(z[0] * sp.diff(value, z[0]) + z[1] * sp.diff(value, z[1]), 0),
        "a cosine ignores length: the gradient is orthogonal to the representation, so "
        "the mean of z times its velocity is half the change of the sum of eigenvalues",
    )
    push = [y[k] / size - dot * q[k] / (size * (q[0] ** 2 + q[1] ** 2)) for k in range(2)]
    derivation.identity(
        "isotropic",
        Eq(q[0] * push[0] + q[1] * push[1], 0),
        "the isotropic update is orthogonal to the prediction instead",
    )
    gamma = [sp.Function(f"gamma_{k}", positive=True)(t) for k in (1, 2)]
    rate = [sp.Function(f"r_{k}", real=True)(t) for k in (1, 2)]
    total, power = sp.Function("N")(t), sp.Function("P")(t)
    derivation.given("sum", Eq(total, gamma[0] + gamma[1]), "sum of the eigenvalues")
    derivation.differentiate(
        "change of the sum",
        Eq(sp.Derivative(total, t), sum(sp.Derivative(g, t) for g in gamma)),
        t,
        "term by term",
    )
    derivation.substitute(
        "conserved sum",
        Eq(sp.Derivative(total, t), 0),
        [
            {sp.Derivative(g, t): 2 * g * r for g, r in zip(gamma, rate, strict=True)},
            {rate[1]: -gamma[0] * rate[0] / gamma[1]},
        ],
        "scale invariance says that the rates, weighted by the eigenvalues, add up to zero",
    )
    derivation.given(
        "power sum",
        Eq(power, gamma[0] ** (1 + alpha) + gamma[1] ** (1 + alpha)),
        "for the isotropic loss",
    )
    derivation.differentiate(
        "change of the power sum",
        Eq(
            sp.Derivative(power, t),
            sum((1 + alpha) * g**alpha * sp.Derivative(g, t) for g in gamma),
        ),
        t,
        "term by term",
    )
    derivation.substitute(
        "conserved power sum",
        Eq(sp.Derivative(power, t), 0),
        [
            {sp.Derivative(g, t): 2 * g * r for g, r in zip(gamma, rate, strict=True)},
            {rate[1]: -((gamma[0] / gamma[1]) ** (1 + alpha)) * rate[0]},
        ],
        "orthogonality to the prediction weights them by the predictor's eigenvalue as well",
    )
    return derivation


def near_isotropy() -> Derivation:
    """How fast nearly equal eigenvalues become equal, for any number of modes."""
    m = sp.Symbol("M", positive=True)
    fourth, mixed = sp.symbols("F G", positive=True)
    alpha, level = sp.symbols(r"alpha \bar{gamma}", positive=True)
    own, others = sp.symbols(r"epsilon_m S", real=True)
    rate = sp.Symbol("r_m", real=True)
    derivation = Derivation(
        "Return to isotropy under the cosine loss",
        source=SOURCE,
        symbols={
            m: "number of modes",
            fourth: "E[u_m^4] of a direction u that is uniform on the sphere",
            mixed: "E[u_m^2 u_k^2]",
            level: "common eigenvalue; a mode's own is level times (1 + epsilon)",
            others: "sum of the deviations of all other modes",
        },
        domain={m: (2, 50)},
    )
    derivation.given("unit length", Eq(fourth + (m - 1) * mixed, 1 / m), "E[u_m^2 |u|^2] = 1/M")
    derivation.given("Gaussian", Eq(fourth, 3 * mixed), "a direction is a Gaussian over its length")
    derivation.solve(
        "sphere",
        Eq(sp.ImmutableMatrix([fourth, mixed]),
           sp.ImmutableMatrix([3 / (m * (m + 2)), 1 / (m * (m + 2))])),
        sp.ImmutableMatrix([fourth, mixed]),
        "two linear equations",
        of=["unit length", "Gaussian"],
    )  # fmt: skip
    derivation.given(
        "first order",
        Eq(rate, alpha / level * mixed * (others - (m - 1) * own)),
        "Theorem 2 to first order in the deviations: lambda_k - lambda_m = alpha lambda (eps_k - "
        "eps_m), everything else at isotropy",
    )
    derivation.substitute(
        "rate",
        Eq(rate, -alpha * own / ((m + 2) * level)),
        {mixed: 1 / (m * (m + 2)), others: -own},
        "deviations add up to zero, since the sum of eigenvalues is conserved; a deviation "
        "decays at twice this rate",
    )
    return derivation
