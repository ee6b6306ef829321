"""Derivations for the estimators: the theorem, the bias coefficients, random signs, noise."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq, Subs

from theory.derivation import Derivation

SOURCE = "derived here; statements as in Laborieux et al. 2021 and Scellier and Bengio 2017"
b, tau = sp.symbols("beta tau", positive=True)
th = sp.Symbol("theta", real=True)


def _value_at_equilibrium(derivation, nudge, parameter):
    """Add the steps from the value of the nudged equilibrium to its slopes, and return them.

    The state may have any number of components and there may be any number of parameters: the
    state is written as the equilibrium that belongs to a nudge and a parameter, and moved along
    the branch of equilibria only.

    Parameters
    ----------
    derivation : Derivation
    nudge, parameter : symbol

    Returns
    -------
    tuple of sympy expression
        Value F, loss C and local product P as functions of parameter and nudge.
    """
    energy, loss, value, hebb = (sp.Function(name) for name in "ECFP")
    moved, inner = sp.symbols("u v", real=True)
    at = (parameter, nudge)
    motion = Derivative(energy(parameter, nudge, parameter), nudge)
    drift = Subs(Derivative(energy(moved, nudge, parameter), moved), moved, parameter)
    local = Subs(Derivative(energy(parameter, nudge, inner), inner), inner, parameter)
    d = derivation
    d.define(
        "value",
        Eq(value(*at), energy(parameter, nudge, parameter) + nudge * loss(*at)),
        "E + beta C at the nudged equilibrium; the first two arguments of E say of which parameter "
        "and nudge the state is the equilibrium, the third is the parameter of the energy itself",
    )
    d.assume(
        "stationarity in the nudge",
        Eq(motion, -nudge * Derivative(loss(*at), nudge)),
        "at the equilibrium E + beta C does not change with the state: not where the nudge moves "
        "it along a smooth branch",
    )
    d.assume(
        "stationarity in the parameter",
        Eq(drift, -nudge * Derivative(loss(*at), parameter)),
        "nor where the parameter moves it",
    )
    d.define("local product", Eq(hebb(*at), local), "slope of the energy at a fixed state")
    d.differentiate(
        "in nudge",
        Eq(
            Derivative(value(*at), nudge),
            motion + loss(*at) + nudge * Derivative(loss(*at), nudge),
        ),
        nudge,
        "chain rule along the branch",
        of="value",
    )
    d.substitute(
        "envelope in nudge",
        Eq(Derivative(value(*at), nudge), loss(*at)),
        "stationarity in the nudge",
        "the state drops out",
    )
    d.differentiate(
        "in parameter",
        Eq(
            Derivative(value(*at), parameter),
            drift + local + nudge * Derivative(loss(*at), parameter),
        ),
        parameter,
        "the same for the parameter",
        of="value",
    )
    d.substitute(
        "state drops out",
        Eq(Derivative(value(*at), parameter), local),
        "stationarity in the parameter",
        "and again",
    )
    d.rewrite("slope", Eq(local, Derivative(value(*at), parameter)), "read from right to left")
    d.substitute(
        "envelope in parameter",
        Eq(hebb(*at), Derivative(value(*at), parameter)),
        "slope",
        "the local product is the slope of the value in the parameter",
        of="local product",
    )
    return value(*at), loss(*at), hebb(*at)


MEANING = {
    sp.Symbol("beta", real=True): "nudging strength",
    th: "a parameter, one of any number",
    sp.Function("C")(th, sp.Symbol("beta", real=True)): "loss at the nudged equilibrium",
    sp.Function("P")(th, sp.Symbol("beta", real=True)): "local product there",
}


def _theorem(d, nudge):
    """Add the steps to the theorem; return loss and local product."""
    value, along, hebb = _value_at_equilibrium(d, nudge, th)
    mixed = Derivative(value, th, nudge)
    d.differentiate(
        "one order",
        Eq(mixed, Derivative(along, th)),
        th,
        "differentiate the one slope by the parameter",
        of="envelope in nudge",
    )
    d.differentiate(
        "other order",
        Eq(Derivative(hebb, nudge), mixed),
        nudge,
        "and the other by the nudge",
        of="envelope in parameter",
    )
    d.substitute(
        "theorem",
        Eq(Derivative(hebb, nudge), Derivative(along, th)),
        "one order",
        "both are the mixed derivative; at nudge 0 the right side is the gradient of the loss",
    )
    return along, hebb


def ep_theorem() -> Derivation:
    """The gradient of the loss is a derivative with respect to the nudge: mixed derivatives."""
    d = Derivation(
        "The theorem of equilibrium propagation",
        source="Scellier and Bengio 2017, in the notation E + beta C",
        symbols=MEANING,
    )
    _theorem(d, sp.Symbol("beta", real=True))
    return d


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


def bias_is_a_gradient() -> Derivation:
    """The first-order bias is minus half the gradient of the output compliance."""
    nudge = sp.Symbol("beta", real=True)
    compliance, bias = sp.Function("R"), sp.Function("c_1")
    stiffness, slope, row, motion = (
        sp.Function(name, commutative=False)(th) for name in ("A", "C_1", "C_1^T", "s_1")
    )
    d = Derivation(
        "The first-order bias is itself a gradient",
        source="derived here",
        symbols=MEANING
        | {
            compliance(th): "compliance: how fast the loss yields to the nudge",
            bias(th): "first coefficient of the one-sided bias",
            stiffness: "matrix of second derivatives of the energy at the free equilibrium",
            slope: "gradient of the loss in the states, a column; the row is its transpose",
            motion: "first derivative of the equilibrium in the nudge, a column",
        },
    )
    along, hebb = _theorem(d, nudge)
    d.differentiate(
        "one more",
        Eq(Derivative(hebb, (nudge, 2)), Derivative(along, th, nudge)),
        nudge,
        "the theorem holds at every nudge",
    )
    d.define(
        "bias",
        Eq(bias(th), Subs(Derivative(hebb, (nudge, 2)), nudge, 0) / 2),
        "the difference quotient of P is its first derivative plus the nudge times half the second",
    )
    d.substitute(
        "bias as a mixed derivative",
        Eq(bias(th), Subs(Derivative(along, th, nudge), nudge, 0) / 2),
        "one more",
        "put in",
    )
    d.define(
        "compliance",
        Eq(compliance(th), -Subs(Derivative(along, nudge), nudge, 0)),
        "the loss falls along the nudge",
    )
    d.differentiate(
        "gradient of the compliance",
        Eq(Derivative(compliance(th), th), -Subs(Derivative(along, th, nudge), nudge, 0)),
        th,
        "at nudge 0",
    )
    d.rewrite(
        "read backwards",
        Eq(Subs(Derivative(along, th, nudge), nudge, 0), -Derivative(compliance(th), th)),
        "solved for the mixed derivative",
    )
    d.substitute(
        "result",
        Eq(bias(th), -Derivative(compliance(th), th) / 2),
        "read backwards",
        "minus half the gradient of the compliance, for any number of states and parameters",
        of="bias as a mixed derivative",
    )
    d.assume(
        "chain rule",
        Eq(Subs(Derivative(along, nudge), nudge, 0), row * motion),
        "the loss changes by its gradient times the motion of the states",
    )
    d.assume(
        "balance of forces",
        Eq(stiffness * motion + slope, 0),
        "stationarity to first order in the nudge",
    )
    d.solve("motion", Eq(motion, -(stiffness**-1) * slope), motion, "one linear system")
    d.substitute(
        "output compliance",
        Eq(compliance(th), row * stiffness**-1 * slope),
        ["chain rule", "motion"],
        "gradient of the loss on both sides of the inverse stiffness",
        of="compliance",
    )
    return d


def random_sign() -> Derivation:
    """A random sign has the symmetric mean and a variance of first order in the bias."""
    g, c1, c2, c3 = sp.symbols("g c_1 c_2 c_3", real=True)
    nudge = sp.Symbol("beta", real=True)
    one = sp.Function("g_1")
    d = Derivation(
        "Random sign of the nudge",
        source=SOURCE,
        symbols={one(nudge): "one-sided estimate", g: "gradient", c1: "first bias coefficient"},
    )
    series = g + c1 * nudge + c2 * nudge**2 + c3 * nudge**3
    mean, variance = sp.Function("m")(nudge), sp.Function("V")(nudge)
    d.define("one-sided", Eq(one(nudge), series), "series of the one-sided estimate")
    d.define(
        "mean", Eq(mean, (one(nudge) + one(-nudge)) / 2), "both signs with probability one half"
    )
    d.substitute("mean series", g + c2 * nudge**2, "one-sided", "the symmetric estimate")
    d.define(
        "variance", Eq(variance, ((one(nudge) - one(-nudge)) / 2) ** 2), "squared half difference"
    )
    d.substitute("exact variance", (c1 * nudge + c3 * nudge**3) ** 2, "one-sided", "the odd orders")
    d.expand("leading variance", c1**2 * nudge**2, nudge, 0, 3, "price of a single nudged phase")
    return d


def bias_against_noise() -> Derivation:
    """The nudge that balances squared bias and variance, for differences of any order."""
    q = sp.Symbol("q", positive=True)
    c, gain = sp.symbols("c G", positive=True)
    best = sp.Symbol("beta_*", positive=True)
    d = Derivation(
        "Bias against noise",
        source="derived here",
        symbols={
            q: "order of the estimate: 1 one-sided, 2 symmetric, N a contour of N points",
            c: "size of its leading bias coefficient",
            tau: "standard deviation of the noise on every measured P",
            gain: "noise gain at nudge 1: 2 one-sided, 1/2 symmetric, 1/N contour",
        },
    )
    error = sp.Function("e")
    d.define(
        "error",
        Eq(error(b), c**2 * b ** (2 * q) + gain * tau**2 / b**2),
        "mean squared error: squared bias plus variance",
    )
    slope = 2 * q * c**2 * b ** (2 * q - 1) - 2 * gain * tau**2 / b**3
    d.differentiate("slope", slope, b, "in the nudge")
    d.assume("stationary", Eq(slope, 0), "the slope vanishes at the least error")
    ratio = gain * tau**2 / (q * c**2)
    d.solve("balance", Eq(b, ratio ** (1 / (2 * q + 2))), b, "the only such nudge")
    d.define("best", Eq(best, ratio ** (1 / (2 * q + 2))), "its name")
    d.substitute(
        "least error",
        Eq(error(ratio ** (1 / (2 * q + 2))), c**2 * (1 + q) * ratio ** (q / (q + 1))),
        {b: ratio ** (1 / (2 * q + 2))},
        "the error left falls as the power 2q/(q+1) of the noise",
        of="error",
    )
    return d
