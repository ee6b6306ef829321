"""Derivations for sequences of tasks: which anchor a penalty needs, and what gating avoids."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def anchors_of_penalties() -> Derivation:
    """One penalty around the last optimum is exact; one around each counts early tasks twice."""
    theta, a, b, c, middle = sp.symbols("theta a b c theta_2", real=True)
    A, B, C = sp.symbols("A B C", positive=True)
    derivation = Derivation(
        "Where to anchor the penalty",
        source="derived here; the double counting was noted by Huszar 2017",
        symbols={
            theta: "one parameter",
            a: "optimum of the first task, where its learning ends; b and c: of the next tasks",
            A: "curvature of the first task's loss; B and C: of the next tasks",
            middle: "where learning the second task ends",
        },
    )
    derivation.given(
        "second task", Eq(A * (middle - a) + B * (middle - b), 0), "its loss and one penalty"
    )
    derivation.solve(
        "after two", Eq(middle, (A * a + B * b) / (A + B)), middle, "joint learning so far"
    )
    derivation.given(
        "one anchor",
        Eq(C * (theta - c) + (A + B) * (theta - middle), 0),
        "summed curvatures around the last optimum",
    )
    derivation.substitute(
        "one anchor, gradient",
        Eq(C * (theta - c) + (A + B) * theta - A * a - B * b, 0),
        "after two",
        "the last optimum holds what both tasks had to say",
    )
    derivation.solve(
        "exact",
        Eq(theta, (A * a + B * b + C * c) / (A + B + C)),
        theta,
        "the optimum of all three losses together",
    )
    derivation.given(
        "an anchor each",
        Eq(C * (theta - c) + A * (theta - a) + B * (theta - middle), 0),
        "every task's curvature around the end of that task",
    )
    derivation.substitute(
        "an anchor each, gradient",
        Eq(C * (theta - c) + A * (theta - a) + B * theta - B * (A * a + B * b) / (A + B), 0),
        "after two",
        "the end of the second task was already pulled towards the first",
    )
    derivation.solve(
        "double counting",
        Eq(theta, (A * (1 + B / (A + B)) * a + B**2 / (A + B) * b + C * c) / (A + B + C)),
        theta,
        "the first task weighs A (1 + B / (A + B)) instead of A, at the cost of the second",
    )
    return derivation


def overlap_of_gates() -> Derivation:
    """Two tasks through independent gates of share p keep p of their overlap."""
    p, q, within = sp.symbols("p q w", positive=True)
    first, second = sp.symbols("g h", integer=True, nonnegative=True)
    derivation = Derivation(
        "Interference through random gates",
        source="derived here; the gates are those of Masse, Grant and Freedman 2018",
        symbols={
            p: "probability that a task uses a hidden unit, independent between tasks",
            q: "product of two activities of a unit, gates open",
            within: "its mean within one task",
            first: "gate of one task, 1 open and 0 shut; h: of the other",
        },
        domain={p: (0, 1)},
    )
    chance = p**first * (1 - p) ** (1 - first) * p**second * (1 - p) ** (1 - second)
    derivation.given("both gates", chance * first * second * q, "product, times its probability")
    derivation.sum(
        "first gate",
        p * p**second * (1 - p) ** (1 - second) * second * q,
        (first, 0, 1),
        "shut or open",
    )
    derivation.sum("between tasks", p**2 * q, (second, 0, 1), "mean product of two tasks")
    derivation.given("within a task", Eq(q, within / p), "one gate: mean product w = p q")
    derivation.substitute(
        "interference",
        p * within,
        "within a task",
        "what is learned for one task acts on another with strength p",
        of="between tasks",
    )
    return derivation
