"""Derivations for sequences of tasks: which anchor a penalty needs, and what gating avoids."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def anchors_of_penalties() -> Derivation:
    """One penalty around the last optimum is exact; one around each counts early tasks twice."""
    theta, a, b, c = sp.symbols("theta a b c", real=True)
    second, third, other = sp.symbols("theta_2 theta_3 theta_k", real=True)
    A, B, C = sp.symbols("A B C", positive=True)
    joint, one, each = (sp.Function(name) for name in ("g_2", "g_3", "k_3"))
    derivation = Derivation(
        "Where to anchor the penalty",
        source="derived here; the double counting was noted by Huszar 2017",
        symbols={
            theta: "one parameter",
            a: "optimum of the first task, where its learning ends; b and c: of the next tasks",
            A: "curvature of the first task's loss; B and C: of the next tasks",
            joint(theta): "slope of all that is minimised while the second task is learned",
            one(theta): "while the third is learned, with one anchor; k_3: an anchor each",
            second: "where learning the second task ends; theta_3 and theta_k: the third",
        },
    )
    joined = (A * a + B * b) / (A + B)
    derivation.define(
        "second task",
        Eq(joint(theta), A * (theta - a) + B * (theta - b)),
        "slopes of its quadratic loss and of one penalty",
    )
    derivation.assume("second end", Eq(joint(second), 0), "learning ends where the slope is 0")
    derivation.substitute(
        "second balance", Eq(A * (second - a) + B * (second - b), 0), "second task", "two pulls"
    )
    derivation.solve("after two", Eq(second, joined), second, "joint learning so far")
    derivation.define(
        "one anchor",
        Eq(one(theta), C * (theta - c) + (A + B) * (theta - second)),
        "summed curvatures around the last optimum",
    )
    derivation.substitute(
        "one anchor, gradient",
        Eq(one(theta), C * (theta - c) + (A + B) * theta - A * a - B * b),
        "after two",
        "the last optimum holds what both tasks had to say",
    )
    derivation.assume("third end", Eq(one(third), 0), "learning ends")
    derivation.substitute(
        "third balance",
        Eq(C * (third - c) + (A + B) * third - A * a - B * b, 0),
        "one anchor, gradient",
        "all pulls",
    )
    derivation.solve(
        "exact",
        Eq(third, (A * a + B * b + C * c) / (A + B + C)),
        third,
        "the optimum of all three losses together",
    )
    derivation.define(
        "an anchor each",
        Eq(each(theta), C * (theta - c) + A * (theta - a) + B * (theta - second)),
        "every task's curvature around the end of that task",
    )
    derivation.substitute(
        "an anchor each, gradient",
        Eq(each(theta), C * (theta - c) + A * (theta - a) + B * (theta - joined)),
        "after two",
        "the end of the second task was already pulled towards the first",
    )
    derivation.assume("other end", Eq(each(other), 0), "learning ends")
    derivation.substitute(
        "other balance",
        Eq(C * (other - c) + A * (other - a) + B * (other - joined), 0),
        "an anchor each, gradient",
        "all pulls",
    )
    derivation.solve(
        "double counting",
        Eq(other, (A * (1 + B / (A + B)) * a + B**2 / (A + B) * b + C * c) / (A + B + C)),
        other,
        "the first task weighs A (1 + B / (A + B)) instead of A, at the cost of the second",
    )
    return derivation


def overlap_of_gates() -> Derivation:
    """Two tasks through independent gates of share p keep p of their overlap."""
    p, q = sp.symbols("p q", positive=True)
    within = sp.Symbol("w")
    first, second = sp.symbols("g h", integer=True, nonnegative=True)
    both, single = sp.Function("b"), sp.Function("s")
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

    def chance(gate):
        return p**gate * (1 - p) ** (1 - gate)

    derivation.define(
        "one gate",
        Eq(single(first), chance(first) * first * q),
        "product of two activities in one task, times its probability",
    )
    derivation.sum("open or shut", p * q, (first, 0, 1), "mean over the gate")
    derivation.define(
        "mean within", Eq(within, sp.Sum(single(first), (first, 0, 1))), "name of that mean"
    )
    derivation.substitute("within a task", Eq(within, p * q), "open or shut", "one gate")
    derivation.solve("one product", Eq(q, within / p), q, "of two activities")
    derivation.define(
        "both gates",
        Eq(both(first, second), chance(first) * chance(second) * first * second * q),
        "product between two tasks, times its probability",
    )
    derivation.sum("first gate", p * chance(second) * second * q, (first, 0, 1), "shut or open")
    derivation.sum("between tasks", p**2 * q, (second, 0, 1), "mean product of two tasks")
    derivation.substitute(
        "interference",
        p * within,
        "one product",
        "what is learned for one task acts on another with strength p",
    )
    return derivation
