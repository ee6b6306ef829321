"""Symbols and short forms of the two corpora of single steps."""

import sys
from pathlib import Path

import sympy as sp
from sympy import Eq

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from theory.derivation import Derivation

x, y, z = sp.symbols("x y z", real=True)
a, b, c, t, T = sp.symbols("a b c t T", positive=True)
m, n, d = sp.symbols("m n d", integer=True, positive=True)
j, k = sp.symbols("j k", integer=True, nonnegative=True)
q, p = sp.symbols("q p")
f, w, g = sp.Function("f"), sp.Function("w", real=True), sp.Function("g", real=True)
A, B, C = sp.symbols("A B C", commutative=False)
S, R, F = (sp.Function(name, commutative=False)(x) for name in "SRF")
M, N, K = (sp.MatrixSymbol(name, d, d) for name in "MNK")
u, v, v0 = (sp.MatrixSymbol(name, d, 1) for name in ("u", "v", "v_0"))
TWO = {"dimensions": {d: (2, 3)}}
oo, pi = sp.oo, sp.pi


def new(start=None, **options):
    record = Derivation("Case", **options)
    return record if start is None else record.given("start", start, "put in")


def identity(left, right, where=(), **options):
    return lambda: new(**options).identity(
        "c", Eq(sp.sympify(left), sp.sympify(right), evaluate=False), "r", where=where
    )


def same(start, claim, **options):
    return lambda: new(start, **options).rewrite("c", sp.sympify(claim), "r")


def step(kind, start, claim, *arguments, domain=None, more=(), **options):
    """A step of one rule on a premise, with further premises named ``more0``, ``more1``, ..."""

    def run():
        record = new(sp.sympify(start), domain=domain)
        for number, premise in enumerate(more):
            record.given(f"more{number}", premise, "put in")
        options.setdefault("of", "start")
        return getattr(record, kind)("c", sp.sympify(claim), *arguments, "r", **options)

    return run


def integral(start, limits, claim, **options):
    return step("integrate", start, claim, limits, **options)


def limit(start, symbol, point, claim, **options):
    return step("limit", start, claim, symbol, point, **options)


def total(start, limits, claim, **options):
    return step("sum", start, claim, limits, **options)


def inequality(claim, **options):
    return lambda: new(**options).nonnegative("c", claim, "r")


def equation(left, right):
    return Eq(sp.sympify(left), sp.sympify(right), evaluate=False)
