"""Derivations: error vectors of an asymmetric Jacobian, the Cayley transform, a linear field."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def error_vectors() -> Derivation:
    """Which linear systems back-propagation and a nudge solve, in one dimension and in two."""
    beta = sp.Symbol("beta", real=True)
    state, theta = sp.Function("u"), sp.Symbol("theta", real=True)
    gain, slope = sp.symbols("J c", real=True)
    field, loss = sp.Function("F"), sp.Function("L")
    d = Derivation(
        "Error vectors of a vector field",
        source="Laborieux and Zenke 2024, definition 1",
        symbols={
            gain: "Jacobian of the field at the free equilibrium, invertible",
            slope: "derivative of the loss by the state there",
            beta: "nudging strength; positive values push away from the target",
        },
    )
    u = state(beta)
    rest = Eq(field(u) + beta * sp.Derivative(loss(u), u), 0)
    d.given("equilibrium", rest, "the nudged state rests")
    first, second = sp.symbols("u_1 u_2", real=True)
    bend, curve = sp.symbols("F_2 L_2", real=True)
    x = beta * first + beta**2 * second
    d.given(
        "local",
        gain * x + bend * x**2 / 2 + beta * (slope + curve * x),
        "field and loss around the free state, whose shift is u_1 beta + u_2 beta^2",
    )
    d.expand("orders", beta * (gain * first + slope), beta, 0, 1, "first order in the nudge")
    d.given("at rest", Eq(gain * first + slope, 0), "it vanishes")
    d.solve("nudged error", Eq(first, -slope / gain), first, "the derivative of the state")
    drive, change = sp.symbols("F_theta u_theta", real=True)
    d.given("parameter", Eq(gain * change + drive, 0), f"the free state moves with {theta}")
    d.solve("response", Eq(change, -drive / gain), change, "by")
    d.given(
        "gradient", slope * change, "and the loss with it, F_theta being the field's derivative"
    )
    d.substitute(
        "error form", -slope * drive / gain, ["response"],
        "F_theta times an error -c/J: with vectors the bracket is closed the other way round, so "
        "that the transpose of J enters here and J itself above",
    )  # fmt: skip
    j = sp.Matrix(2, 2, sp.symbols("J_11 J_12 J_21 J_22", real=True))
    c, f = sp.Matrix(sp.symbols("c_1 c_2", real=True)), sp.Matrix(sp.symbols("f_1 f_2", real=True))
    d.identity(
        "transposed",
        Eq(sp.ImmutableMatrix(c.T * (-j.inv() * f)), sp.ImmutableMatrix(f.T * (-j.T.inv() * c))),
        "two units: the exact error solves the transposed system",
    )
    return d


def error_map() -> Derivation:
    """The factor between both errors is a Cayley transform that preserves the form of S."""
    size = sp.Symbol("n", integer=True, positive=True)
    even, odd, ratio = (sp.MatrixSymbol(name, size, size) for name in "SAK")
    one = sp.Identity(size)
    d = Derivation(
        "From the back-propagated to the nudged error",
        source="Laborieux and Zenke 2024 for the factor and its first order; the rest derived here",
        symbols={
            even: "symmetric part of the Jacobian, invertible",
            odd: "antisymmetric part",
            ratio: "relative asymmetry S^-1 A",
        },
        dimensions={size: (1, 2)},
    )
    d.given("Jacobian", even + odd, "J = S + A, and its transpose is J' = S - A")
    d.given(
        "factor", (even + odd).I * (even - odd),
        "J^-1 J': it takes delta to the nudged error d, since J d = -c = J' delta",
    )  # fmt: skip
    d.rewrite(
        "Cayley transform",
        (one + even.I * odd).I * (one - even.I * odd),
        "(1 + K)^-1 (1 - K), a Cayley transform",
    )
    partial = one - 2 * ratio + 2 * ratio**2 - 2 * ratio**3
    d.identity(
        "series",
        Eq((one + ratio) * partial, one - ratio - 2 * ratio**4),
        "so it is 1 - 2K + 2K^2 - 2K^3 up to fourth order in K",
    )
    d.identity(
        "isometry",
        Eq((even + odd) * even.I * (even - odd), (even - odd) * even.I * (even + odd)),
        "J S^-1 J' = J' S^-1 J, which says that the factor leaves the form of S unchanged",
    )
    return d


def cayley_circle() -> Derivation:
    """Two units: determinant 1, eigenvalues on the unit circle or in real reciprocal pairs."""
    a, b, s = sp.symbols("a b s", real=True)
    t = sp.Symbol("t", real=True)
    z = sp.Symbol("z")
    j = sp.Matrix([[a, s + t], [s - t, b]])
    d = Derivation(
        "The circle of the error map",
        source="derived here",
        symbols={
            a: "diagonal entries a and b, symmetric coupling s",
            t: "antisymmetric coupling",
        },
    )
    turn = sp.simplify(j.inv() * j.T)
    gram = a * b - s**2
    product = turn[0, 0] * turn[1, 1] - turn[0, 1] * turn[1, 0]
    d.identity("determinant", Eq(product, sp.Integer(1), evaluate=False), "of J^-1 J', any J")
    d.given("determinant of S", gram, "symmetric part")
    d.identity(
        "trace", Eq(turn.trace(), 2 * (gram - t**2) / (gram + t**2)), "only t^2 / det S matters"
    )
    d.given(
        "eigenvalues",
        Eq(z**2 - 2 * z * (gram - t**2) / (gram + t**2) + 1, 0),
        "characteristic equation",
    )
    q = sp.Symbol("q", real=True)
    ratio = (1 - sp.I * q) / (1 + sp.I * q)
    d.identity(
        "rotation",
        Eq(ratio**2 - 2 * ratio * (1 - q**2) / (1 + q**2) + 1, sp.Integer(0), evaluate=False),
        "solved by (1 - i q)/(1 + i q) with q^2 = t^2 / det S",
    )
    d.identity(
        "modulus", Eq(sp.re(ratio) ** 2 + sp.im(ratio) ** 2, sp.Integer(1), evaluate=False),
        "on the unit circle while det S > 0",
    )  # fmt: skip
    angle = sp.Symbol("phi", positive=True)
    d.given("cosine", (1 - q**2) / (1 + q**2), "of the turn: zero at q = 1")
    d.substitute("turn", sp.cos(2 * angle), {q: sp.tan(angle)}, "the error is turned by 2 arctan q")
    r = sp.Symbol("r", real=True)
    real = (1 - r) / (1 + r)
    d.identity(
        "indefinite",
        Eq(real**2 - 2 * real * (1 + r**2) / (1 - r**2) + 1, sp.Integer(0), evaluate=False),
        "where det S < 0: real, together with its reciprocal",
    )
    return d


def linear_field() -> Derivation:
    """Both biases of a linear field: a rational function of the nudge, summed over N points."""
    size = sp.Symbol("n", integer=True, positive=True)
    beta = sp.Symbol("beta", positive=True)
    jacobian, response = sp.MatrixSymbol("J", size, size), sp.MatrixSymbol("R", size, size)
    free, first, shift = (sp.MatrixSymbol(name, size, 1) for name in ("u", "a", "x"))
    one = sp.Identity(size)
    d = Derivation(
        "Finite nudge and asymmetry in a linear field",
        source="derived here",
        symbols={
            jacobian: "Jacobian; the drive is b = -J u",
            free: "free equilibrium",
            response: "J^-1 P'P, so that the curvature of the loss is J R",
            first: "derivative a_1 of the state by the nudge at zero: P'y = J (R u + a)",
            shift: "change of the state under the nudge",
        },
        dimensions={size: (1, 2)},
    )
    pull = jacobian * (response * free + first)
    residual = jacobian * (free + shift) - jacobian * free
    residual += beta * (jacobian * response * (free + shift) - pull)
    d.given("nudged field", residual, "J u + b + beta (P'P u - P'y) at the state u + x")
    d.rewrite(
        "condition",
        jacobian * ((one + beta * response) * shift - beta * first),
        "at rest x = beta (1 + beta R)^-1 a_1",
    )
    partial = one - beta * response + beta**2 * response**2
    d.identity(
        "series",
        Eq((one + beta * response) * partial * first, first + beta**3 * response**3 * first),
        "so the coefficients are a_k = (-R)^(k-1) a_1",
    )
    plus, minus = one + beta * response, one - beta * response
    d.identity(
        "two points",
        Eq(plus * minus * first, first - beta**2 * response**2 * first),
        "the mean of (1 + beta R)^-1 and (1 - beta R)^-1 is the inverse of this product",
    )
    turn = sp.Rational(-1, 2) + sp.I * sp.sqrt(3) / 2
    other, third = (one + beta * w * response for w in (turn, sp.conjugate(turn)))
    d.identity(
        "three points",
        Eq((plus * other + other * third + third * plus) * first, 3 * first),
        "the mean of three inverses at the cube roots of unity has the numerator 1",
    )
    d.identity(
        "their product",
        Eq(plus * other * third * first, first + beta**3 * response**3 * first),
        "over this denominator",
    )
    k, upper = sp.symbols("k m", integer=True, nonnegative=True)
    alias, scalar = sp.symbols("X a_1", real=True)
    d.given("terms", scalar * alias**k, "N points keep a_1, a_(1+N), a_(1+2N) ...; X = (-beta R)^N")
    d.sum(
        "N points",
        scalar * (1 - alias ** (upper + 1)) / (1 - alias),
        (k, 0, upper),
        "in an eigenvector of R: for |X| < 1 it tends to a_1 / (1 - (-beta R)^N)",
    )
    return d
