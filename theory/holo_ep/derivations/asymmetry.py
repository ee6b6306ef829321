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


def descent() -> Derivation:
    """When the nudged error descends the loss, whatever the direction: the norm of K is below 1."""
    ratio = sp.MatrixSymbol("K", size, size)
    x = sp.MatrixSymbol("x", size, 1)
    k, condition, t = sp.symbols("kappa C t", positive=True)
    cosine, product = sp.Function("q"), sp.Function("P")
    d = Derivation(
        "When a nudged error descends",
        source="derived here",
        symbols={
            ratio: "relative asymmetry, any size",
            x: "any vector: delta = (1 + K) x is the exact error, d = (1 - K) x the nudged one",
            t: "length of K x over that of x, at most the norm of K",
            k: "spectral radius of K, for two units",
            condition: "condition number of S, at least 1, for two units with S = -diag(1, C)",
        },
    )
    exact, nudged = (one + ratio) * x, (one - ratio) * x
    stretched = x.T * ratio.T * ratio * x
    d.identity(
        "product",
        Eq(exact.T * nudged + nudged.T * exact, 2 * x.T * x - 2 * stretched),
        "delta . d = |x|^2 - |K x|^2: positive for every x if and only if the norm of K is below 1",
    )
    d.identity(
        "lengths",
        Eq(exact.T * exact + nudged.T * nudged, 2 * x.T * x + 2 * stretched),
        "the squared lengths: |delta| |d| is at most half of their sum",
    )
    d.define(
        "least cosine", Eq(cosine(t), (1 - t**2) / (1 + t**2)), "so the cosine is at least this"
    )
    d.differentiate(
        "falls", Eq(sp.Derivative(cosine(t), t), -4 * t / (1 + t**2) ** 2), t,
        "it falls with t: below a norm of 1 its value at the norm is a bound from below",
    )  # fmt: skip
    d.define(
        "two units",
        Eq(product(k), 1 - k**2 - k * (condition - 1) / sp.sqrt(condition)),
        "least of (1 + kappa^2) delta . d over directions of unit length, J = -diag(1, C) + A",
    )
    d.rewrite(
        "threshold",
        (1 / sp.sqrt(condition) - k) * (sp.sqrt(condition) + k),
        "positive up to kappa = 1 / sqrt(C): the worst case of the condition number",
    )
    return d


def added_term() -> Derivation:
    """With (J' - J)(u - u_0) in the nudged phase the nudge measures the exact error."""
    jacobian, turned = sp.MatrixSymbol("J", size, size), sp.MatrixSymbol("G", size, size)
    slope, change, exact = (sp.MatrixSymbol(name, size, 1) for name in ("c", "v", "delta"))
    zero = sp.ZeroMatrix(size, 1)
    d = Derivation(
        "A nudged phase that measures the exact error",
        source="derived here",
        symbols={
            jacobian: "Jacobian of the field at the free state, invertible, any size",
            turned: "its transpose",
            slope: "derivatives of the loss by the states there",
            change: "derivative of the nudged state at nudge zero",
            exact: "back-propagated error",
        },
    )
    d.define("exact error", Eq(slope, -turned * exact), "delta = -J'^-1 c makes the gradient")
    d.assume(
        "linear response",
        Eq(jacobian * change + (turned - jacobian) * change - slope, zero),
        "the field, the added term and the nudge, to first order in the nudge",
    )
    d.rewrite(
        "transposed",
        Eq(turned * change - slope, zero),
        "the added term turns J into its transpose",
    )
    d.substitute(
        "inserted", Eq(turned * (change + exact), zero), "exact error", "c in terms of it",
        of="transposed",
    )  # fmt: skip
    d.apply(
        "response",
        Eq(change + exact, zero),
        lambda side: turned.I * side,
        "minus the derivative of the state is the exact error, for any asymmetry",
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
