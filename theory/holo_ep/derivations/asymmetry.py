"""Derivations: error vectors of an asymmetric Jacobian, the Cayley transform, a linear field."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

size = sp.Symbol("n", integer=True, positive=True)
one = sp.Identity(size)


def error_vectors() -> Derivation:
    """Which linear systems back-propagation and a nudge solve: the one is the other transposed."""
    beta, theta = sp.symbols("beta theta", real=True)
    first, second = sp.Function("u"), sp.Function("v")
    field, cost = sp.Function("F"), sp.Function("C")
    jacobian = sp.MatrixSymbol("J", size, size)
    names = ("c", "f", "d", "delta", "x")
    slope, drive, nudged, exact, change = (sp.MatrixSymbol(name, size, 1) for name in names)
    d = Derivation(
        "Error vectors of a vector field",
        source="Laborieux and Zenke 2024, definition 1",
        symbols={
            field: "field of one unit, a function of the states u and v of two",
            cost: "derivative of the loss by the state of that unit, at the nudged state",
            beta: "nudging strength; positive values pull towards the target",
            theta: "a parameter of the field",
            jacobian: "Jacobian of the field at the free equilibrium, invertible, any size",
            slope: "derivatives of the loss by the states there",
            drive: "derivatives of the field by the parameter",
            nudged: "nudged error",
            exact: "back-propagated error",
            change: "derivatives of the free state by the parameter",
        },
    )
    at = first(beta), second(beta)
    rest = Eq(field(*at) - beta * cost(beta), 0)
    d.assume("equilibrium", rest, "the nudged state rests: one unit of two")
    moved = sum(Derivative(field(*at), u) * Derivative(u, beta) for u in at)
    d.differentiate(
        "moved",
        Eq(moved - cost(beta) - beta * Derivative(cost(beta), beta), 0),
        beta,
        "chain rule",
    )
    at_rest = sum(
        Derivative(field(*at), u).subs(beta, 0) * sp.Subs(Derivative(u, beta), beta, 0) for u in at
    )
    d.substitute(
        "row", Eq(at_rest - cost(0), 0), {beta: 0}, "at the free state: a row of J u' - c = 0"
    )
    d.define(
        "nudged error",
        Eq(nudged, -jacobian.I * slope),
        "minus the derivative of the state by the nudge",
    )
    d.define(
        "back-propagated error", Eq(exact, -jacobian.T.I * slope), "with the Jacobian transposed"
    )
    at = first(theta), second(theta)
    d.assume("free", Eq(field(*at, theta), 0), "the free state rests for each value of a parameter")
    moved = sum(Derivative(field(*at, theta), u) * Derivative(u, theta) for u in at)
    e = sp.Symbol("xi")
    direct = sp.Subs(Derivative(field(*at, e), e), e, theta)
    d.differentiate("response", Eq(moved + direct, 0), theta, "chain rule: a row of J x + f = 0")
    d.define("change", Eq(change, -jacobian.I * drive), "the derivative of the free state")
    gradient = sp.Symbol("g")
    d.define(
        "gradient",
        Eq(gradient, -sp.Trace(slope.T * jacobian.I * drive)),
        "of the loss by the parameter: c'x",
    )
    d.rewrite(
        "error form",
        -sp.Trace(drive.T * jacobian.T.I * slope),
        "a number is its own transpose: the field's derivative times the back-propagated error",
    )
    return d


def error_map() -> Derivation:
    """The factor between both errors is a Cayley transform that preserves the form of S."""
    even, odd, ratio = (sp.MatrixSymbol(name, size, size) for name in "SAK")
    nudged, exact, y = (sp.MatrixSymbol(name, size, 1) for name in ("d", "delta", "y"))
    d = Derivation(
        "From the back-propagated to the nudged error",
        source="Laborieux and Zenke 2024 for the factor and its first order; the rest derived here",
        symbols={
            even: "symmetric part of the Jacobian, invertible",
            odd: "antisymmetric part",
            ratio: "relative asymmetry",
            nudged: "nudged error",
            exact: "back-propagated error",
            y: "any vector",
        },
    )
    d.assume(
        "errors",
        Eq((even + odd) * nudged, (even - odd) * exact),
        "both sides are -c: J = S + A acts on the nudged error, its transpose on the exact one",
    )
    d.apply(
        "divided",
        Eq((one + even.I * odd) * nudged, (one - even.I * odd) * exact),
        lambda side: even.I * side,
        "divided by S from the left",
    )
    d.define("asymmetry", Eq(ratio, even.I * odd), "the relative asymmetry")
    d.identity(
        "Cayley transform",
        Eq((one + ratio) * (one - ratio) * y, (one - ratio) * (one + ratio) * y),
        "so d = (1 - K) y belongs to delta = (1 + K) y: the factor is (1 - K)/(1 + K), a Cayley "
        "transform",
    )
    partial = one - 2 * ratio + 2 * ratio**2 - 2 * ratio**3
    d.identity(
        "series",
        Eq((one + ratio) * partial, one - ratio - 2 * ratio**4),
        "so it is 1 - 2K + 2K^2 - 2K^3 up to fourth order in K",
    )
    plus, minus = one + odd * even.I, one - odd * even.I
    d.identity(
        "isometry",
        Eq(plus * even * (one - even.I * odd), minus * even * (one + even.I * odd)),
        "(1 - K)' S (1 - K) = (1 + K)' S (1 + K), as S' = S and A' = -A: both errors are equally "
        "long in the form of S",
    )
    return d


def cayley_circle() -> Derivation:
    """Two units: determinant 1, eigenvalues on the unit circle or in real reciprocal pairs."""
    a, b, s, t = sp.symbols("a b s t", real=True)
    even = sp.Symbol("gamma", real=True)
    z = sp.Symbol("z")
    q, r = sp.symbols("q r", real=True)
    h = sp.Symbol("h", positive=True)
    j = sp.Matrix([[a, s + t], [s - t, b]])
    whole, angle = sp.Function("P"), sp.Symbol("phi", real=True)
    d = Derivation(
        "The circle of the error map",
        source="derived here",
        symbols={
            a: "diagonal entries a and b of the Jacobian, symmetric coupling s",
            t: "antisymmetric coupling",
            even: "determinant of the symmetric part",
            whole: "determinant of z J - J', which vanishes at the eigenvalues of J^-1 J'",
        },
        domain={r: (-1, 1), angle: (-sp.pi / 2, sp.pi / 2)},
    )
    turned = z * j - j.T
    d.define("determinant of S", Eq(even, a * b - s**2), "symmetric part")
    d.identity(
        "characteristic",
        Eq(
            turned[0, 0] * turned[1, 1] - turned[0, 1] * turned[1, 0],
            (z - 1) ** 2 * (a * b - s**2) + (z + 1) ** 2 * t**2,
        ),
        "the determinant of z J - J'",
    )
    d.define(
        "eigenvalues",
        Eq(whole(z, even, t), (z - 1) ** 2 * even + (z + 1) ** 2 * t**2),
        "only t^2 and det S matter",
    )
    d.rewrite(
        "determinant",
        (even + t**2) * (z**2 + 1) - 2 * (even - t**2) * z,
        "first and last coefficient are equal: the product of the eigenvalues is 1",
    )
    ratio = (1 - sp.I * q) / (1 + sp.I * q)
    d.substitute(
        "definite",
        Eq(whole(z, h, q * sp.sqrt(h)), h * ((z - 1) ** 2 + q**2 * (z + 1) ** 2)),
        {even: h, t: q * sp.sqrt(h)},
        "where det S = h > 0, with q^2 = t^2 / det S",
        of="eigenvalues",
    )
    d.substitute("rotation", sp.S.Zero, {z: ratio}, "an eigenvalue")
    d.substitute(
        "its conjugate",
        sp.S.Zero,
        {z: (1 + sp.I * q) / (1 - sp.I * q)},
        "and the other one",
        of="definite",
    )
    d.identity(
        "modulus", Eq(sp.re(ratio) ** 2 + sp.im(ratio) ** 2, sp.Integer(1), evaluate=False),
        "on the unit circle",
    )  # fmt: skip
    both = ratio + (1 + sp.I * q) / (1 - sp.I * q)
    d.identity(
        "cosine",
        Eq(both / 2, (1 - q**2) / (1 + q**2)),
        "of the turn, half the sum of both: zero at q = 1",
    )
    d.identity(
        "turn",
        Eq((1 - sp.tan(angle) ** 2) / (1 + sp.tan(angle) ** 2), sp.cos(2 * angle)),
        "the error is turned by 2 arctan q",
    )
    d.substitute(
        "indefinite",
        Eq(whole(z, -h, r * sp.sqrt(h)), h * (r**2 * (z + 1) ** 2 - (z - 1) ** 2)),
        {even: -h, t: r * sp.sqrt(h)},
        "where det S = -h < 0",
        of="eigenvalues",
    )
    d.substitute("real", sp.S.Zero, {z: (1 - r) / (1 + r)}, "real")
    d.substitute(
        "reciprocal",
        sp.S.Zero,
        {z: (1 + r) / (1 - r)},
        "together with its reciprocal",
        of="indefinite",
    )
    return d


def linear_field() -> Derivation:
    """Both biases of a linear field: a rational function of the nudge, summed over N points."""
    beta = sp.Symbol("beta", positive=True)
    jacobian, response = sp.MatrixSymbol("J", size, size), sp.MatrixSymbol("R", size, size)
    free, first, shift = (sp.MatrixSymbol(name, size, 1) for name in ("u", "a", "x"))
    zero = sp.ZeroMatrix(size, 1)
    d = Derivation(
        "Finite nudge and asymmetry in a linear field",
        source="derived here",
        symbols={
            jacobian: "Jacobian, invertible; the drive is b = -J u",
            free: "free equilibrium",
            response: "J^-1 P'P, so that the curvature of the loss is J R",
            first: "nudged error a, minus the derivative of the state at zero: P'y = J (R u + a)",
            shift: "change of the state under the nudge",
        },
    )
    pull = jacobian * (response * free + first)
    residual = jacobian * (free + shift) - jacobian * free
    residual -= beta * (jacobian * response * (free + shift) - pull)
    d.assume(
        "nudged field",
        Eq(residual, zero),
        "J u + b - beta (P'P u - P'y) at rest at the state u + x",
    )
    d.rewrite(
        "shorter",
        Eq(jacobian * ((one - beta * response) * shift + beta * first), zero),
        "sorted by the shift",
    )
    d.apply(
        "condition",
        Eq((one - beta * response) * shift + beta * first, zero),
        lambda side: jacobian.I * side,
        "at rest -x = beta (1 - beta R)^-1 a: what a contour averages",
    )
    partial = one + beta * response + beta**2 * response**2
    d.identity(
        "series",
        Eq((one - beta * response) * partial * first, first - beta**3 * response**3 * first),
        "so its coefficients are a_k = R^(k-1) a",
    )
    plus, minus = one + beta * response, one - beta * response
    d.identity(
        "two points",
        Eq(plus * minus * first, first - beta**2 * response**2 * first),
        "the mean of (1 + beta R)^-1 and (1 - beta R)^-1 is the inverse of this product",
    )
    k, upper = sp.symbols("k m", integer=True, nonnegative=True)
    alias, scalar = sp.Symbol("X"), sp.Symbol("a_1", real=True)
    term = sp.Function("T")
    d.define(
        "terms",
        Eq(term(k), scalar * alias**k),
        "in an eigenvector of R, N points keep a_1, a_(1+N), a_(1+2N) ...; X = (beta R)^N",
    )
    d.sum(
        "N points",
        scalar * (1 - alias ** (upper + 1)) / (1 - alias),
        (k, 0, upper),
        "for |X| < 1 it tends to a_1 / (1 - (beta R)^N)",
    )
    return d
