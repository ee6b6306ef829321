"""Derivatives of an equilibrium along its branch of nudges, and the bias of the estimates."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq, Subs

from theory.derivation import Derivation

SOURCE = "derived here; statements as in Laborieux et al. 2021 and Scellier and Bengio 2017"


def _along(nudge, *names):
    """Functions of the nudge that do not commute: columns, matrices and tensors of any size."""
    return [sp.Function(name, commutative=False)(nudge) for name in names]


def fixed_point_derivatives() -> Derivation:
    """Derivatives of the equilibrium in the nudge to third order, for any number of states."""
    nudge = sp.Symbol("beta", real=True)
    s1, s2, s3 = _along(nudge, "s_1", "s_2", "s_3")
    force, c1, c2, c3 = _along(nudge, "E_1", "C_1", "C_2", "C_3")
    a, e3, e4 = _along(nudge, "A", "E_3", "E_4")
    d = Derivation(
        "How the equilibrium moves with the nudge",
        source=SOURCE,
        symbols={
            force: "gradient of the energy in the states along the branch of equilibria, a column",
            a: "its second derivatives, an invertible matrix; factors do not commute",
            e3: "its third derivatives: E_3 s s is a column, linear in each of the two factors",
            e4: "its fourth derivatives",
            c1: "gradient of the loss in the states, a column; C_2 its matrix of second "
            "derivatives, C_3 its third",
            s1: "first derivative of the equilibrium in the nudge, a column; s_2, s_3 the next",
        },
    )
    d.assume("stationarity", Eq(force + nudge * c1, 0), "the equilibrium of E + beta C")
    for name, old, new in (
        ("velocity", s1, s2),
        ("acceleration", s2, s3),
        ("force", force, a * s1),
        ("stiffness", a, e3 * s1),
        ("third derivatives", e3, e4 * s1),
        ("slope of the loss", c1, c2 * s1),
        ("curvature of the loss", c2, c3 * s1),
    ):
        reason = "by definition" if old in (s1, s2) else "chain rule along the branch"
        d.assume(name, Eq(Derivative(old, nudge), new), reason)
    d.assume("symmetry", Eq(e3 * s2 * s1, e3 * s1 * s2), "derivatives may be taken in any order")
    d.differentiate(
        "slope",
        Eq(Derivative(force, nudge) + c1 + nudge * Derivative(c1, nudge), 0),
        nudge,
        "stationary at every nudge",
        of="stationarity",
    )
    pull, stiffer = Derivative(c1, nudge), Derivative(a, nudge)
    d.substitute("once", Eq(a * s1 + c1 + nudge * pull, 0), "force", "chain rule")
    pull_twice, stiffer_twice = Derivative(c1, (nudge, 2)), Derivative(a, (nudge, 2))
    d.differentiate(
        "second slope",
        Eq(stiffer * s1 + a * Derivative(s1, nudge) + 2 * pull + nudge * pull_twice, 0),
        nudge,
        "product rule",
    )
    d.substitute(
        "twice",
        Eq(stiffer * s1 + a * s2 + 2 * pull + nudge * pull_twice, 0),
        "velocity",
        "put in",
    )
    d.differentiate(
        "third slope",
        Eq(
            stiffer_twice * s1
            + stiffer * Derivative(s1, nudge)
            + stiffer * s2
            + a * Derivative(s2, nudge)
            + 3 * pull_twice
            + nudge * Derivative(c1, (nudge, 3)),
            0,
        ),
        nudge,
        "product rule",
    )
    d.substitute(
        "thrice",
        Eq(
            stiffer_twice * s1
            + 2 * stiffer * s2
            + a * s3
            + 3 * pull_twice
            + nudge * Derivative(c1, (nudge, 3)),
            0,
        ),
        ["velocity", "acceleration"],
        "put in",
    )
    for name, of, matrix, put_in in (
        ("stiffness twice", "stiffness", e3, ["third derivatives", "velocity"]),
        ("loss twice", "slope of the loss", c2, ["curvature of the loss", "velocity"]),
    ):
        twice = Derivative(d[of].lhs, nudge)
        d.differentiate(
            name,
            Eq(twice, Derivative(matrix, nudge) * s1 + matrix * Derivative(s1, nudge)),
            nudge,
            "product rule",
            of=of,
        )
        higher = {e3: e4, c2: c3}[matrix]
        d.substitute(
            f"{name}, in full", Eq(twice, higher * s1 * s1 + matrix * s2), put_in, "chain rule"
        )
    at0 = {nudge: 0}
    start = {f: f.subs(at0) for f in (a, e3, e4, c1, c2, c3, s1, s2, s3)}
    start |= {f: Subs(f, nudge, 0) for f in (stiffer, stiffer_twice, pull, pull_twice)}

    def free(expression):
        return expression.xreplace(start)

    for name, of in (
        ("free stiffness", "stiffness"),
        ("free slope of the loss", "slope of the loss"),
        ("free stiffness twice", "stiffness twice, in full"),
        ("free loss twice", "loss twice, in full"),
        ("free symmetry", "symmetry"),
    ):
        d.substitute(name, Eq(*map(free, d[of].args)), at0, "no nudge", of=of)
    d.substitute("first order", Eq(free(a * s1 + c1), 0), at0, "no nudge", of="once")
    d.solve("first", Eq(free(s1), free(-(a**-1) * c1)), free(s1), "one linear system")
    second = stiffer * s1 + a * s2 + 2 * pull
    d.substitute("free and twice", Eq(free(second), 0), at0, "no nudge", of="twice")
    second = e3 * s1 * s1 + a * s2 + 2 * c2 * s1
    d.substitute(
        "second order", Eq(free(second), 0), ["free stiffness", "free slope of the loss"], "put in"
    )
    d.solve(
        "second",
        Eq(free(s2), free(-(a**-1) * (e3 * s1**2 + 2 * c2 * s1))),
        free(s2),
        "the same matrix A again",
    )
    third = stiffer_twice * s1 + 2 * stiffer * s2 + a * s3 + 3 * pull_twice
    d.substitute("free and thrice", Eq(free(third), 0), at0, "no nudge", of="thrice")
    third = a * s3 + e4 * s1**3 + 2 * e3 * s1 * s2 + e3 * s2 * s1 + 3 * c3 * s1**2 + 3 * c2 * s2
    d.substitute(
        "sorted",
        Eq(free(third), 0),
        ["free stiffness twice", "free stiffness", "free loss twice"],
        "put in",
    )
    d.substitute(
        "third order",
        Eq(free(third + e3 * s1 * s2 - e3 * s2 * s1), 0),
        "free symmetry",
        "three equal terms",
    )
    d.solve(
        "third",
        Eq(free(s3), free(-(a**-1) * (e4 * s1**3 + 3 * e3 * s1 * s2 + 3 * c2 * s2
                                      + 3 * c3 * s1**2))),
        free(s3),
        "and again: every order costs one solution with A",
    )  # fmt: skip
    return d


def bias_coefficients() -> Derivation:
    """Bias of the one-sided and of the symmetric estimate, for any number of states."""
    nudge = sp.Symbol("beta", real=True)
    p1, p2, p3 = _along(nudge, "P_1", "P_2", "P_3")
    s1, s2, s3 = _along(nudge, "s_1", "s_2", "s_3")
    hebb, one, two = (sp.Function(n) for n in ("P", "g_+", "g_s"))
    d = Derivation(
        "Bias of the estimates",
        source=SOURCE,
        symbols={
            hebb(nudge): "local product P at the nudged equilibrium",
            p1: "gradient of P in the states, a row; P_2 s s and P_3 s s s its higher derivatives, "
            "linear in every factor; factors do not commute",
            s1: "derivatives s_1, s_2, s_3 of the equilibrium in the nudge, columns",
        },
    )
    d.assume("slope", Eq(Derivative(hebb(nudge), nudge), p1 * s1), "chain rule along the branch")
    for name, old, new in (
        ("velocity", s1, s2),
        ("acceleration", s2, s3),
        ("first derivatives", p1, p2 * s1),
        ("second derivatives", p2, p3 * s1),
    ):
        reason = "by definition" if old in (s1, s2) else "chain rule along the branch"
        d.assume(name, Eq(Derivative(old, nudge), new), reason)
    d.assume("symmetry", Eq(p2 * s2 * s1, p2 * s1 * s2), "derivatives may be taken in any order")
    second = p2 * s1 * s1 + p1 * s2
    d.differentiate(
        "slope of the slope",
        Eq(Derivative(hebb(nudge), (nudge, 2)), sp.diff(p1 * s1, nudge)),
        nudge,
        "product rule",
        of="slope",
    )
    d.substitute(
        "second slope",
        Eq(Derivative(hebb(nudge), (nudge, 2)), second),
        ["first derivatives", "velocity"],
        "chain rule",
    )
    turning = Derivative(p1, nudge)
    d.differentiate(
        "once more",
        Eq(
            Derivative(hebb(nudge), (nudge, 3)),
            Derivative(p1, (nudge, 2)) * s1
            + 2 * turning * Derivative(s1, nudge)
            + p1 * Derivative(s1, (nudge, 2)),
        ),
        nudge,
        "product rule",
        of="slope of the slope",
    )
    d.differentiate(
        "velocity twice",
        Eq(Derivative(s1, (nudge, 2)), Derivative(s2, nudge)),
        nudge,
        "of the states",
        of="velocity",
    )
    d.differentiate(
        "first derivatives twice",
        Eq(Derivative(p1, (nudge, 2)), sp.diff(p2 * s1, nudge)),
        nudge,
        "product rule",
        of="first derivatives",
    )
    d.substitute(
        "chain rule",
        Eq(
            Derivative(hebb(nudge), (nudge, 3)),
            p3 * s1**3 + p2 * s2 * s1 + 2 * p2 * s1 * s2 + p1 * s3,
        ),
        ["velocity twice", "first derivatives twice", "first derivatives", "second derivatives",
         "velocity", "acceleration"],
        "everything put in",
        of="once more",
    )  # fmt: skip
    d.substitute(
        "third slope",
        Eq(Derivative(hebb(nudge), (nudge, 3)), p3 * s1**3 + 3 * p2 * s1 * s2 + p1 * s3),
        "symmetry",
        "three equal terms",
    )
    one_at_0, two_at_0, three_at_0 = (
        Subs(Derivative(hebb(nudge), (nudge, k)), nudge, 0) for k in (1, 2, 3)
    )
    d.define(
        "one-sided",
        Eq(one(nudge), (hebb(nudge) - hebb(0)) / nudge),
        "difference of P to its free value, over the nudge",
    )
    d.expand(
        "one-sided series",
        one_at_0 + two_at_0 * nudge / 2 + three_at_0 * nudge**2 / 6,
        nudge,
        0,
        2,
        "gradient, first-order bias c_1, second-order bias c_2",
    )
    d.define(
        "symmetric",
        Eq(two(nudge), (hebb(nudge) - hebb(-nudge)) / (2 * nudge)),
        "difference of P at the two nudges, over twice the nudge",
    )
    d.expand(
        "symmetric series",
        one_at_0 + three_at_0 * nudge**2 / 6,
        nudge,
        0,
        3,
        "even in the nudge: no first and no third order",
    )
    first_bias, second_bias = sp.symbols("c_1 c_2")
    start = {f: f.subs(nudge, 0) for f in (p1, p2, p3, s1, s2, s3)}
    d.define("first bias", Eq(first_bias, two_at_0 / 2), "coefficient of the nudge")
    d.substitute("second slope at rest", Eq(two_at_0, second.xreplace(start)), {nudge: 0},
                 "no nudge", of="second slope")  # fmt: skip
    d.substitute(
        "c_1", Eq(first_bias, second.xreplace(start) / 2), "second slope at rest", "put in",
        of="first bias",
    )  # fmt: skip
    d.define("second bias", Eq(second_bias, three_at_0 / 6), "coefficient of its square")
    third = d["third slope"].rhs.xreplace(start)
    d.substitute("third slope at rest", Eq(three_at_0, third), {nudge: 0}, "no nudge",
                 of="third slope")  # fmt: skip
    d.substitute(
        "c_2", Eq(second_bias, third / 6), "third slope at rest", "put in", of="second bias"
    )
    return d
