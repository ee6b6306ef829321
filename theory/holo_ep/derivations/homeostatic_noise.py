"""Derivations: noise of one draw of the homeostatic loss and of its gradient."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

size = sp.Symbol("n", integer=True, positive=True)


def _moments(derivation):
    """State the mean of a polynomial of order 4 in a normal number; return its coefficients."""
    x, u = sp.symbols("x u", real=True)
    z = sp.symbols("z_0:5", real=True)
    weighted, generating, mean = (sp.Function(name) for name in ("f", "G", "E"))
    derivation.define(
        "density",
        Eq(weighted(x, u), sp.exp(u * x - x**2 / 2) / sp.sqrt(2 * sp.pi)),
        "e^(u x) times the density of a normal number x",
    )
    derivation.integrate("integrated", sp.exp(u**2 / 2), (x, -sp.oo, sp.oo), "the mean of e^(u x)")
    whole = sp.Integral(weighted(x, u), (x, -sp.oo, sp.oo))
    derivation.define("generating function", Eq(generating(u), whole), "of the moments")
    derivation.substitute("closed form", sp.exp(u**2 / 2), "integrated", "of x")
    at_zero = [sp.Subs(sp.Derivative(generating(u), (u, k)), u, 0) for k in range(1, 5)]
    derivation.define(
        "moments",
        Eq(mean(*z), z[0] + sum(z[k + 1] * at_zero[k] for k in range(4))),
        "mean of a polynomial in x with the coefficients z: that of x^k is the k-th derivative",
    )
    derivation.substitute(
        "polynomial",
        z[0] + z[2] + 3 * z[4],
        "closed form",
        "odd powers leave nothing, the square 1, the fourth power 3",
    )
    return z


def draw_variance() -> Derivation:
    """Variance of one draw of the estimator, for two units by the moments of a Gaussian."""
    even, odd = (sp.MatrixSymbol(name, size, size) for name in "SA")
    y = sp.Symbol("y", real=True)
    p, q, r = sp.symbols("p q r", real=True)
    a, b, s, t = sp.symbols("a b s t", real=True)
    variance = sp.Function("V")
    d = Derivation(
        "One draw of the homeostatic loss",
        source="derived here",
        symbols={
            even: "symmetric and A antisymmetric part of the Jacobian, any size",
            p: "diagonal entries p and r and off-diagonal entry q of M, for two units",
            y: "perturbation of the second unit; x and y are independent standard normal numbers",
            a: "diagonal entries a and b of J, symmetric coupling s",
            t: "antisymmetric coupling",
        },
    )
    there, back = even + odd, even - odd
    d.identity(
        "form",
        Eq((back * there - there**2 + back * there - back**2) / 2,
           even * odd - odd * even - 2 * odd**2),
        "half of J'J - J^2 and its transpose: |J e|^2 - e'J^2 e = e'M e, M = [S, A] - 2 A^2",
    )  # fmt: skip
    d.identity(
        "orthogonal",
        Eq(sp.Trace((even * odd - odd * even) * odd * odd), 0),
        "both parts of M are orthogonal, so their squared norms add up: the variance 2 |M|^2 is "
        "2 |[S, A]|^2 + 8 |A^2|^2",
    )
    z = _moments(d)
    axis, mean = sp.Function("v"), d["moments"].lhs.func
    eigenvalue = sp.Symbol("lambda", real=True)
    fourth, second = mean(0, 0, 0, 0, eigenvalue**2), mean(0, 0, eigenvalue, 0, 0)
    d.define("one axis", Eq(axis(eigenvalue), fourth - second**2), "variance of lambda x^2")
    d.substitute(
        "along one axis",
        2 * eigenvalue**2,
        ["moments", "closed form"],
        "along one eigenvector of M; perturbations along all of them are independent normal "
        "numbers, too, whose variances add up to 2 tr M^2",
    )
    d.substitute(
        "over the first",
        p + r * y**2,
        {z[0]: r * y**2, z[1]: 2 * q * y, z[2]: p, z[3]: 0, z[4]: 0},
        "mean of p x^2 + 2 q x y + r y^2 over x",
        of="polynomial",
    )
    d.substitute(
        "mean",
        p + r,
        {z[0]: p, z[1]: 0, z[2]: r, z[3]: 0, z[4]: 0},
        "and over y: the trace of M",
        of="polynomial",
    )
    d.substitute(
        "square over the first",
        3 * p**2 + (2 * p * r + 4 * q**2) * y**2 + r**2 * y**4,
        {z[0]: r**2 * y**4, z[1]: 4 * q * r * y**3, z[2]: (2 * p * r + 4 * q**2) * y**2,
         z[3]: 4 * p * q * y, z[4]: p**2},
        "mean of its square over x",
        of="polynomial",
    )  # fmt: skip
    d.substitute(
        "mean square",
        3 * p**2 + 2 * p * r + 4 * q**2 + 3 * r**2,
        {z[0]: 3 * p**2, z[1]: 0, z[2]: 2 * p * r + 4 * q**2, z[3]: 0, z[4]: r**2},
        "and over y",
        of="polynomial",
    )
    d.define(
        "variance",
        Eq(variance(p, q, r), 3 * p**2 + 2 * p * r + 4 * q**2 + 3 * r**2 - (p + r) ** 2),
        "mean square less squared mean",
    )
    d.rewrite("norm", 2 * (p**2 + 2 * q**2 + r**2), "twice the squared norm of M, for two units")
    entries = {p: 2 * t**2 - 2 * s * t, q: t * (a - b), r: 2 * t**2 + 2 * s * t}
    s2, a2 = sp.ImmutableMatrix([[a, s], [s, b]]), sp.ImmutableMatrix([[0, t], [-t, 0]])
    m2 = sp.ImmutableMatrix([[entries[p], entries[q]], [entries[q], entries[r]]])
    d.identity(
        "entries",
        Eq(sp.MatAdd(sp.MatMul(s2, a2), sp.MatMul(-1, a2, s2), sp.MatMul(-2, a2, a2)), m2,
           evaluate=False),
        "M of two units",
    )  # fmt: skip
    d.substitute(
        "vanishes",
        4 * t**2 * ((a - b) ** 2 + 4 * s**2) + 16 * t**4,
        entries,
        "zero with the asymmetry t",
        of="norm",
    )
    return d


def gradient_noise() -> Derivation:
    """At symmetry the gradient of one draw is zero on average only."""
    a, b, s = sp.symbols("a b s", real=True)
    x, y = sp.symbols("x y", real=True)
    jacobian, way = sp.MatrixSymbol("J", size, size), sp.MatrixSymbol("H", size, size)
    e = sp.MatrixSymbol("e", size, 1)
    d = Derivation(
        "Noise of the homeostatic gradient at symmetry",
        source="derived here",
        symbols={
            jacobian: "Jacobian of any size",
            way: "any direction in which it may change",
            e: "perturbation: independent standard normal numbers, x and y for two units",
            a: "diagonal entries a and b, coupling s of a symmetric Jacobian S of two units",
        },
    )
    gradient = 2 * jacobian * e * e.T - jacobian.T * e * e.T - e * e.T * jacobian.T
    change = jacobian.T * way + way.T * jacobian - jacobian * way - way * jacobian
    d.identity(
        "gradient",
        Eq(sp.Trace(e.T * change * e), sp.Trace(gradient.T * way)),
        "what a change H does to one draw: its gradient is 2 J ee' - J'ee' - ee'J', with "
        "J = J' = S that is S ee' - ee'S",
    )
    entry, spread = sp.Function("G_12"), sp.Symbol("V", real=True)
    even, two = sp.ImmutableMatrix([[a, s], [s, b]]), sp.ImmutableMatrix([x, y])
    d.define(
        "entry",
        Eq(entry(x, y), (even * two * two.T - two * two.T * even)[0, 1]),
        "for two units; entry (2, 1) is its negative",
    )
    d.rewrite("terms", s * y**2 + (a - b) * y * x - s * x**2, "a polynomial in x")
    d.apply(
        "square",
        s**2 * y**4 + 2 * s * (a - b) * y**3 * x + ((a - b) ** 2 - 2 * s**2) * y**2 * x**2
        - 2 * s * (a - b) * y * x**3 + s**2 * x**4,
        lambda side: side**2,
        "its square",
    )  # fmt: skip
    z = _moments(d)
    d.substitute(
        "mean over the first",
        s * y**2 - s,
        {z[0]: s * y**2, z[1]: (a - b) * y, z[2]: -s, z[3]: 0, z[4]: 0},
        "the entry",
    )
    d.substitute(
        "mean",
        sp.S.Zero,
        {z[0]: -s, z[1]: 0, z[2]: s, z[3]: 0, z[4]: 0},
        "no gradient on average",
        of="polynomial",
    )
    d.substitute(
        "over the first",
        s**2 * y**4 + ((a - b) ** 2 - 2 * s**2) * y**2 + 3 * s**2,
        {z[0]: s**2 * y**4, z[1]: 2 * s * (a - b) * y**3, z[2]: ((a - b) ** 2 - 2 * s**2) * y**2,
         z[3]: -2 * s * (a - b) * y, z[4]: s**2},
        "its square",
        of="polynomial",
    )  # fmt: skip
    d.substitute(
        "mean square",
        4 * s**2 + (a - b) ** 2,
        {z[0]: 3 * s**2, z[1]: 0, z[2]: (a - b) ** 2 - 2 * s**2, z[3]: 0, z[4]: s**2},
        "and over y: its variance",
        of="polynomial",
    )
    d.define("variance", Eq(spread, 2 * (4 * s**2 + (a - b) ** 2)), "of both entries together")
    d.rewrite(
        "formula",
        2 * (2 * sum(m**2 for m in even) - even.trace() ** 2),
        "2 (n |S|^2 - (tr S)^2), for n = 2",
    )
    return d
