"""More than 200 false statements, every kind in several disguises; none is accepted."""

import pytest
import sympy as sp
from cases import (
    TWO, A, B, C, K, M, N, T, a, b, c, d, equation, f, g, identity, inequality, integral, j, k,
    limit, m, n, new, oo, p, pi, q, same, step, t, total, u, v, w, x, y, z,
)  # fmt: skip
from sympy import (
    Abs, Eq, Ge, Gt, I, Integral, KroneckerDelta, LambertW, Le, Max, Min, Mod, Piecewise, Rational,
    Trace, acosh, asinh, atan, atan2, binomial, ceiling, cos, cosh, diff, erf, exp, factorial,
    floor, log, sign, sin, sinh, sqrt, tan, tanh,
)  # fmt: skip

from theory.derivation import DerivationError

W1, W2 = diff(w(t), t), diff(w(t), t, 2)
BOX, UNIT = {x: (0, 1)}, {x: (-1, 1)}
logs = equation(log(a * b), log(a) + log(b))


def chain(start, *steps, **options):
    """A premise followed by several steps, of which the last is false."""

    def run():
        record = new(start, **options) if start is not None else new(**options)
        for number, (kind, *arguments) in enumerate(steps):
            extra = arguments.pop() if isinstance(arguments[-1], dict) else {}
            name = "c" if number == len(steps) - 1 else f"s{number}"
            getattr(record, kind)(name, *arguments, **extra)
        return record

    return run


def put(values, of="start"):
    return values, "r", {"of": of}


KINDS = {
    "non-commuting": [
        identity(A * B, B * A), identity(A * B - B * A, 0), same((A + B) ** 2, A**2 + 2 * A * B + B**2),
        same((A + B) * (A - B), A**2 - B**2), identity((A * B) ** 2, A**2 * B**2),
        identity(A * B * C, C * B * A), identity((A + B) ** 3, A**3 + 3 * A**2 * B + 3 * A * B**2 + B**3),
        same(x * A * B, x * B * A), identity((A * B) ** -1, A**-1 * B**-1),
    ],
    "matrices": [
        identity(M * N, N * M, **TWO), identity(M * N, N * M, dimensions={d: (1,)}),
        identity((M + N) ** 2, M**2 + 2 * M * N + N**2, dimensions={d: (1,)}),
        identity((M * N).T, M.T * N.T, **TWO), identity((M * N).I, M.I * N.I, **TWO),
        identity(Trace(M * N), Trace(M) * Trace(N), **TWO), identity(M * M.T, M.T * M, **TWO),
        identity(Trace(M * N * K), Trace(M * K * N), **TWO), identity(u * v.T, v * u.T, **TWO),
        identity(sp.Determinant(M + N), sp.Determinant(M) + sp.Determinant(N), **TWO),
        identity(M * N, N * M, dimensions={d: (1, 1)}),
    ],
    "capture": [
        step("substitute", Integral(x * y, (x, 0, 1)), Rational(1, 3), {y: x}),
        step("substitute", Integral(x * y, (x, 0, 1)), Integral(x**2, (x, 0, 1)), {y: x}),
        step("substitute", Integral(x + y, (x, 0, 1)), 1, {y: x}),
        step("substitute", sp.Sum(k * a, (k, 0, 3)), 14, {a: k + 1}),
        step("substitute", Integral(exp(-x * a), (x, 0, 1)), Integral(exp(-x**2), (x, 0, 1)), {a: x}),
        chain(Eq(y, x), ("given", Integral(x * y, (x, 0, 1)), "r"),
              ("substitute", Rational(1, 3), "start", "r", {"of": "s0"})),
        step("substitute", Integral(x * y**2, (x, 0, 2)), 4, {y: x}),
        chain(Eq(f(y), x * y), ("given", Integral(f(x), (x, 0, 1)), "r"),
              ("substitute", Rational(1, 3), "start", "r", {"of": "s0"})),
    ],
    "domain": [
        chain(None, ("identity", equation(Abs(x - 1), 1 - x), "r"),
              ("integrate", 0, (x, 0, 2), "r"), domain=BOX),
        chain(None, ("identity", equation(Abs(x - 1) + y, 1 - x + y), "r"),
              ("substitute", equation(y + 4, y - 4), {x: 5}, "r"), domain=BOX),
        chain(None, ("identity", equation(Abs(x), x), "r"), ("substitute", equation(1, -1), {x: -1}, "r"),
              domain=BOX),
        chain(None, ("identity", equation(Abs(x - 1), 1 - x), "r"), ("limit", equation(2, -2), x, 3, "r"),
              domain=BOX),
        chain(sqrt(1 - 2 * x + x**2), ("rewrite", 1 - x, "r"), ("expand", 1 - x, x, 2, 1, "r"), domain=BOX),
        chain(sqrt(x**2), ("rewrite", x, "r"), ("integrate", 0, (x, -1, 1), "r"), domain=BOX),
        chain(sqrt(x**2), ("rewrite", x, "r"), ("limit", -oo, x, -oo, "r"), domain=BOX),
        integral(Abs(x), (x, -1, 1), 0, domain=BOX), same(Abs(x), x, domain={x: (-1, 3)}),
        same(Abs(x - y), x - y, domain={y: (0, oo), x: (-y, y)}),
    ],
    "substitution leaves the assumptions": [
        chain(None, ("identity", logs, "r"),
              ("substitute", equation(log(x * y), log(x) + log(y)), {a: x, b: y}, "r")),
        chain(None, ("nonnegative", a * y**2, "r"), ("substitute", Ge(x * y**2, 0), {a: x}, "r")),
        chain(None, ("nonnegative", a * y**2, "r"), ("substitute", Ge(-(y**2), 0), {a: -1}, "r")),
        chain(None, ("identity", equation(sqrt(a**2 * b), a * sqrt(b)), "r"),
              ("substitute", equation(sqrt(x**2 * b), x * sqrt(b)), {a: x}, "r")),
        chain(None, ("identity", equation(Abs(a * x), a * Abs(x)), "r"),
              ("substitute", equation(Abs(x * y), y * Abs(x)), {a: y}, "r")),
        chain(None, ("identity", equation(log(a**2), 2 * log(a)), "r"),
              ("substitute", equation(log(x**2), 2 * log(x)), {a: x}, "r")),
        chain(None, ("identity", equation(log(exp(x) * a), x + log(a)), "r"),
              ("substitute", equation(log(exp(q) * a), q + log(a)), {x: q}, "r")),
        chain(None, ("identity", equation(cos(pi * n) ** 2 + x, 1 + x), "r"),
              ("substitute", equation(cos(pi * a) ** 2 + x, 1 + x), {n: a}, "r")),
        chain(None, ("nonnegative", a + b, "r"), ("substitute", Ge(x - 1 + b, 0), {a: x - 1}, "r")),
        chain(Eq(f(a), sqrt(a**2) * x), ("given", f(y), "r"),
              ("substitute", y * x, "start", "r", {"of": "s0"})),
    ],
    "division by zero": [
        step("apply", Eq(x * y, x * z), Eq(y, z), lambda s: s / x),
        step("apply", Eq(x * y, x), Eq(y, 1), lambda s: s / x),
        step("apply", Eq(sin(x) * y, sin(x) * z), Eq(y, z), lambda s: s / sin(x)),
        step("apply", Eq((x - y) * z, 0), Eq(z, 0), lambda s: s / (x - y)),
        step("rewrite", Eq(x * y, x * z), Eq(y, z)), step("rewrite", Eq(x**2, x), Eq(x, 1)),
        step("rewrite", Eq((x - 1) * y, 0), Eq(y, 0)), step("rewrite", Eq(q * x, q * y), Eq(x, y)),
        step("apply", Eq(x, y), Eq(1 / x, 1 / y), lambda s: 1 / s),
        step("apply", Eq(w(t) * y, w(t) * z), Eq(y, z), lambda s: s / w(t)),
    ],
    "one solution for all": [
        step("solve", Eq(x * y, x * z), Eq(y, z), y, unique=True),
        step("solve", Eq(x * y, z), Eq(y, z / x), y, unique=True),
        step("solve", Eq(exp(q), a), Eq(q, log(a)), q, unique=True),
        step("solve", Eq(x**2, a), Eq(x, sqrt(a)), x, unique=True),
        step("solve", Eq(sin(x), 0), Eq(x, 0), x, unique=True),
        step("solve", Eq(x**3, x), Eq(x, 1), x, unique=True),
        step("solve", Eq(cos(x), 1), Eq(x, 0), x, unique=True),
        step("solve", Eq(a * exp(-a), b * exp(-b)), Eq(a, b), a, unique=True),
        step("solve", Eq(tan(x), 1), Eq(x, pi / 4), x, unique=True),
        chain(Eq(x**2, a**2), ("solve", Eq(x, a), x, "r"), ("solve", Eq(x, -a), x, "r", {"of": "start"}),
              ("substitute", equation(a, -a), "s0", "r")),
        chain(Eq(x**2, 4), ("solve", Eq(x, 2), x, "r"), ("solve", Eq(x, -2), x, "r", {"of": "start"}),
              ("substitute", equation(2, -2 + 0 * x), "s0", "r")),
        step("solve", Eq(a**2, b**2), Eq(a, -b), a), step("solve", Eq(x * y, 1), Eq(y, x), y),
    ],
    "initial values": [
        step("solve", Eq(W1, -a * w(t)), Eq(w(t), 7 * exp(-a * t)), w(t)),
        step("solve", Eq(W1, -a * w(t)), Eq(w(t), 7 * exp(-a * t)), w(t), initial={w(0): 6}),
        step("solve", Eq(W1, -a * w(t)), Eq(w(t), b * exp(-a * t)), w(t), initial={w(0): 2 * b}),
        step("solve", Eq(W1, a), Eq(w(t), a * t), w(t)),
        step("solve", Eq(W1, a), Eq(w(t), a * t + 1), w(t), initial={w(0): 0}),
        step("solve", Eq(W2, -w(t)), Eq(w(t), cos(t)), w(t), initial={w(0): 1}, unique=True),
        step("solve", Eq(W2, -w(t)), Eq(w(t), cos(t)), w(t), initial={w(0): 0}),
        step("solve", Eq(W1, w(t) * (1 - w(t))), Eq(w(t), 1 / (1 + b * exp(-t))), w(t),
             initial={w(0): b}),
        step("solve", Eq(W1, 3 * sp.cbrt(w(t)) ** 2), Eq(w(t), t**3), w(t), initial={w(0): 0},
             unique=True),
    ],
    "divergent integrals": [
        integral(x / (pi * (1 + x**2)), (x, -oo, oo), 0), integral(x, (x, -oo, oo), 0),
        integral(sin(x), (x, -oo, oo), 0), integral(sign(x), (x, -oo, oo), 0),
        integral(x**3, (x, -oo, oo), 0), integral(x / (1 + x**2), (x, -oo, oo), 0),
        integral(1 / x, (x, -1, 1), 0), integral(1 / x**3, (x, -1, 1), 0), integral(1 / x, (x, -1, a), log(a)),
        integral(1 / x**2, (x, -1, 1), -2), integral(1 / x**2, (x, 0, a), -1 / a),
        integral(tan(x), (x, 0, pi), 0), integral(atan(x), (x, -oo, oo), 0),
        integral(cos(x), (x, 0, oo), 0), integral(1 / (x - 1), (x, 0, 3), log(2)),
    ],
    "limits in a parameter": [
        limit(b**T, T, oo, 0), limit(Abs(y) ** T, T, oo, 0), limit(b ** (-T), T, oo, 0),
        limit((b + 1) ** -T * a**T, T, oo, 0), limit(exp(x * T), T, oo, 0),
        limit(exp((a - 1) * T), T, oo, 0), limit(T**x, T, oo, 0), limit(tanh(x * T), T, oo, 1),
        limit(b**n, n, oo, 0), limit(atan(x * T), T, oo, pi / 2), limit(Abs(x) / x, x, 0, 1),
        limit(1 / x, x, 0, oo), limit(exp(1 / x), x, 0, 0), limit(sin(1 / x), x, 0, 0),
        limit(sin(T), T, oo, 0), limit(Max(x, 0) / x, x, 0, 1),
    ],
    "infinite values": [
        same(Piecewise((oo, x > 0), (x, True)), x), same(Piecewise((x, x > 0), (oo, True)), x),
        same(Piecewise((-oo, x > 3), (x, True)), x), identity(oo + 0 * x, 1), same(Max(x, oo), x),
        same(Piecewise((oo, a > 30), (a, True)), a),
    ],
    "jumps of the antiderivative": [
        integral(1 / (2 + cos(x)), (x, 0, T), 2 / sqrt(3) * atan(tan(T / 2) / sqrt(3))),
        integral(1 / (5 + 4 * cos(x)), (x, 0, T), Rational(2, 3) * atan(tan(T / 2) / 3)),
        integral(1 / (5 + 3 * sin(x)), (x, 0, 2 * pi), 0),
        integral(1 / (1 + sin(x) ** 2), (x, 0, T), atan(sqrt(2) * tan(T)) / sqrt(2)),
        integral(1 / (1 + cos(x) ** 2), (x, 0, pi), 0),
        integral(floor(x), (x, 0, T), T * floor(T)),
        integral(1 / (2 + sin(x)), (x, 0, 2 * pi), 0),
    ],
    "saturated": [
        same(tanh(100 * a), 1), same(1 / (1 + exp(-500 * a)), 1), same(erf(1000 * a), 1),
        same(exp(-10**4 * a), 0), same(tanh(10**6 * a), 1), same(1 - exp(-300 * a) / 2, 1),
        same(sinh(1000 * a), exp(1000 * a) / 2), same(log(1 + exp(200 * a)), 200 * a),
        same(cosh(200 * a), exp(200 * a) / 2), same(a + exp(-(10**8) * a), a), same(erf(a * 10**9), 1),
    ],
    "branches": [
        same(LambertW(x * exp(x / 10) / 10), x / 10), same(atan2(sin(x / 10), cos(x / 10)), x / 10),
        same(Mod(a, 10), a), same(asinh(sinh(q / 10)), q / 10), same(log(exp(q / 10)), q / 10),
        same(acosh(cosh(x / 10)), x / 10), same(sp.asin(sin(x / 20)), x / 20),
        same(sp.acos(cos(a / 50)), a / 50), same(atan(tan(a / 40)), a / 40),
        same(sqrt(q**2), q), same(sp.arg(exp(I * a / 90)), a / 90), same(log(q**2), 2 * log(q)),
        same(sp.cbrt(x**3), x), same(Mod(n, 50), n), same(floor(a / 1000), 0),
    ],
    "far kinks": [
        same(Abs(x - 30), 30 - x, domain={x: (0, oo)}), same(Abs(n - 30), 30 - n),
        same(Abs(x - 5000), 5000 - x), same(Abs(a - Rational(1, 10000)), a - Rational(1, 10000)),
        same(sp.prod([n - i for i in range(10)]), 0), same(Max(x, 10**7), 10**7),
        same(Piecewise((x, (x < 3) | (x > Rational(301, 100))), (0, True)), x),
        same(Min(a, 10**6), a), same(sqrt((x - 777) ** 2), 777 - x), same(sign(10**5 - a), 1),
        same(Piecewise((1, n > 500), (0, True)), 0), same(ceiling(a / 10**4), 1),
        same(Abs(x - y - 900), x - y - 900), same(Abs(x - Rational(1, 2)), x - Rational(1, 2),
                                                 domain={x: (Rational(499, 1000), 4)}),
        same(Piecewise((x, Abs(x - 4) > Rational(1, 10**6)), (5, True)), x),
    ],
    "equal arguments and spikes": [
        same(KroneckerDelta(m, n), 0), same(KroneckerDelta(m, n + 3), 0), same(KroneckerDelta(m, 41), 0),
        integral(1 + exp(-(10**8) * (x - Rational(1, 7)) ** 2), (x, 0, 1), 1),
        integral(1 + 1 / (1 + 10**16 * (x - Rational(1, 3)) ** 2), (x, 0, 1), 1),
        integral(sp.cos(m * x) * sp.cos(n * x), (x, 0, 2 * pi), 0),
        integral(sp.sin(m * x) * sp.sin(n * x), (x, 0, 2 * pi), 0),
        same(exp(-(10**8) * (x - 3) ** 2), 0), same(Piecewise((1, Eq(x, y)), (0, True)), 0),
    ],
    "one-sided": [
        step("asymptotic", sqrt(x**2) + x**2, x, x, 0), step("expand", Abs(x) + cos(x), 1 + x, x, 0, 1),
        step("expand", sqrt(x**2 + x**4), x, x, 0, 1), step("asymptotic", Abs(x), x, x, 0),
        step("limit", sign(x), 1, x, 0), step("expand", Max(x, 0), x, x, 0, 1),
        step("limit", exp(-1 / x), 0, x, 0), step("limit", atan(1 / x), pi / 2, x, 0),
    ],
    "contradicting definitions": [
        chain(Eq(f(x), x**2), ("given", Eq(f(x), x**3), "r"), ("substitute", Eq(x**2, x**3), "start", "r")),
        chain(Eq(f(x), x**2), ("assume", Eq(f(2), 5), "r")), chain(Eq(f(x), sin(x)), ("assume", Eq(f(0), 1), "r")),
        chain(Eq(g(t), 7 * t), ("assume", Eq(diff(g(t), t), -g(t)), "r")),
        chain(Eq(a, x**2 + 1), ("define", Eq(a, x**2 + 2), "r")), chain(Eq(x, a), ("define", Eq(x, 2 * a), "r")),
        chain(Eq(f(x), x), ("define", Eq(f(x), x + 1), "r")), chain(x + y, ("define", Eq(a, x), "r")),
        chain(x + y, ("define", Eq(b, -1 - x**2), "r")), chain(x, ("define", Eq(y, y + 1), "r")),
        chain(Eq(g(t), exp(t)), ("assume", Eq(g(t), exp(-t)), "r")),
    ],
    "one quantity at two places": [
        chain(Eq(y, x**2), ("substitute", Eq(y, 9), {x: 3}, "r"),
              ("substitute", Eq(y, 16), {x: 4}, "r", {"of": "start"}),
              ("substitute", equation(9, 16 + 0 * y), "s0", "r")),
        chain(Eq(y, x + 1), ("given", Eq(z, y + x), "r"), ("substitute", Eq(y, 4), {x: 3}, "r", {"of": "start"}),
              ("substitute", Eq(z, 4 + x), "s1", "r", {"of": "s0"})),
        chain(Eq(y, x**2), ("given", x * y, "r"), ("differentiate", y, x, "r")),
        chain(Eq(y, x), ("given", x * y, "r"), ("integrate", y / 2, (x, 0, 1), "r")),
        chain(Eq(y, 1 / x), ("given", x * y, "r"), ("limit", 0, x, 0, "r")),
        chain(Eq(z, x**2), ("differentiate", 2 * x, x, "r")),
        chain(Eq(x**2, 4), ("differentiate", Eq(2 * x, 0, evaluate=False), x, "r")),
    ],
    "sums": [
        total(x**k, (k, 0, oo), 1 / (1 - x)), total(k * n, (k, 1, n), n**2 * (n + 1) / 2 + 1),
        total(k**2, (k, 1, n), n * (n + 1) * (2 * n + 1) / 6 + 1), total(a**k, (k, 0, oo), 1 / (1 - a)),
        total(a**k, (k, 0, n - 1), (1 - a ** (n + 1)) / (1 - a)), total((-1) ** k, (k, 0, oo), Rational(1, 2)),
        total(1 / (k + 1), (k, 0, oo), 1), total(binomial(n, k), (k, 0, n), 2**n + 1),
        total(binomial(n, k) * x**k, (k, 0, n), (1 - x) ** n), total(k, (k, 1, n), n * (n - 1) / 2),
        total(1 / factorial(k), (k, 0, oo), sp.E - 1), total(k, (k, 0, a), a * (a + 1) / 2),
    ],
    "inequalities": [
        inequality(a - 1 - log(a) - Rational(1, 1000)), inequality(x**2 + y**2 - 3 * x * y),
        inequality(Ge(exp(x), 1 + 2 * x)), inequality(Gt(x**2, 0)), inequality(x**4 - x**2 + Rational(6, 25)),
        inequality(Ge(sin(x), x)), inequality(Le(tanh(a), a / 2)), inequality(x * y**2),
        inequality(a**2 + b**2 + c**2 - 2 * a * b - 2 * b * c),
        inequality(Ge(log(1 + a), a - a**2 / 4)), inequality((x - 1000) * (x - 1001)),
        step("rewrite", Ge(x, y), Ge(-x, -y)), step("rewrite", Ge(x, y), Ge(x * z, y * z)),
        step("rewrite", Ge(x, y), Ge(y, x)),
    ],
    "made-up derivatives": [
        step("differentiate", sinh(x) ** 2, sinh(2 * x) / 2, x), step("differentiate", w(t) ** 2, 2 * w(t), t),
        step("differentiate", Abs(x), 1, x), step("differentiate", n**2 + x, 2 * n, n),
        step("substitute", W2 + W1, -2 * w(t), {W1: w(t), W2: -3 * w(t)}),
        step("integrate", W1, w(T), (t, 0, T)), step("integrate", cosh(x) ** 2, sinh(2 * x) / 4, x),
        step("integrate", Eq(W1, a), Eq(w(t), a * t), t), step("differentiate", exp(a * x), exp(a * x), x),
    ],
    "nearly true": [
        same(sin(x) ** 2, (1 - cos(2 * x)) / (2 + Rational(1, 10**12))),
        same(pi + 0 * x, Rational(str(sp.N(pi, 30)))), same(10**60 * x + y, 10**60 * x + 2 * y),
        same(exp(x), 1 + x + x**2 / 2), same(sqrt(a**2 + Rational(1, 10**20)), a),
        same(cosh(x) ** 2 - sinh(x) ** 2, 1 + Rational(1, 10**45)), same(log(a + Rational(1, 10**15)), log(a)),
        same(sin(x), x - x**3 / 6), same((x + y) ** 3, x**3 + y**3), same(log(a + b), log(a) + log(b)),
        same(sqrt(a + b), sqrt(a) + sqrt(b)), same(1 / (x + y), 1 / x + 1 / y), same(p * q + p, p * q + q),
        same(exp(x * y), exp(x) * exp(y)), same(2 * j, j + 1),
    ],
}  # fmt: skip
FALSE = [
    pytest.param(case, id=f"{kind} {number}")
    for kind, cases in KINDS.items()
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize("case", FALSE)
def test_a_false_statement_is_refused_in_words(case):
    with pytest.raises(DerivationError, match="Case, step"):
        case()


def test_there_are_enough_kinds_and_statements():
    assert len(FALSE) >= 200 and all(len(cases) >= 5 for cases in KINDS.values())
