"""Derivations for the estimators: the theorem, the bias coefficients, random signs, noise."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

SOURCE = "derived here; statements as in Laborieux et al. 2021 and Scellier and Bengio 2017"
b, tau = sp.symbols("beta tau", positive=True)
th = sp.Symbol("theta", real=True)


def ep_theorem() -> Derivation:
    """The gradient of the loss is a derivative with respect to the nudge: mixed derivatives."""
    nudge = sp.Symbol("beta", real=True)
    cost, e_s, c_s, e_th = sp.symbols("C E_s C_s E_theta", real=True)
    s_b, s_th = sp.symbols("s_beta s_theta", real=True)
    value, along, hebb = (sp.Function(n) for n in ("F", "C", "P"))
    total_b, total_th = sp.symbols("dF/dbeta dF/dtheta", real=True)
    d = Derivation(
        "The theorem of equilibrium propagation",
        source="Scellier and Bengio 2017, in the notation E + beta C",
        symbols={
            nudge: "nudging strength",
            th: "a parameter",
            e_s: "slope of the energy in the state",
            c_s: "slope of the loss in the state",
            e_th: "slope of the energy in the parameter, written P at the equilibrium",
            s_b: "how the equilibrium moves with the nudge",
            s_th: "how the equilibrium moves with the parameter",
        },
    )
    d.given("stationarity", Eq(e_s, -nudge * c_s), "the equilibrium of E + beta C")
    d.given(
        "in nudge", Eq(total_b, cost + (e_s + nudge * c_s) * s_b), "chain rule along the branch"
    )
    d.substitute("envelope in nudge", Eq(total_b, cost), "stationarity", "the state drops out")
    d.given("in parameter", Eq(total_th, e_th + (e_s + nudge * c_s) * s_th), "the same for theta")
    d.substitute("envelope in parameter", Eq(total_th, e_th), "stationarity", "and again")
    d.given(
        "first slope",
        Eq(Derivative(value(th, nudge), nudge), along(th, nudge)),
        "as functions: the value at the equilibrium has the loss as its slope in the nudge",
    )
    d.given(
        "second slope",
        Eq(Derivative(value(th, nudge), th), hebb(th, nudge)),
        "and the local product P as its slope in the parameter",
    )
    mixed = Derivative(value(th, nudge), th, nudge)
    d.differentiate(
        "one order",
        Eq(mixed, Derivative(along(th, nudge), th)),
        th,
        "differentiate the first by the parameter",
        of="first slope",
    )
    d.differentiate(
        "other order",
        Eq(mixed, Derivative(hebb(th, nudge), nudge)),
        nudge,
        "and the second by the nudge",
        of="second slope",
    )
    d.substitute(
        "theorem",
        Eq(Derivative(along(th, nudge), th), Derivative(hebb(th, nudge), nudge)),
        "one order",
        "both are the mixed derivative; at nudge 0 the left side is the gradient of the loss",
    )
    return d


def fixed_point_derivatives() -> Derivation:
    """Derivatives of the equilibrium in the nudge to third order, in one state."""
    a = sp.Symbol("A", positive=True)
    e3, e4, c1, c2, c3 = sp.symbols("E_3 E_4 C_1 C_2 C_3", real=True)
    s1, s2, s3 = sp.symbols("s_1 s_2 s_3", real=True)
    nudge = sp.Symbol("beta", real=True)
    x = s1 * nudge + s2 * nudge**2 / 2 + s3 * nudge**3 / 6
    d = Derivation(
        "How the equilibrium moves with the nudge",
        source=SOURCE,
        symbols={
            a: "second derivative of the energy at the free equilibrium",
            e3: "third derivative of the energy",
            c1: "slope of the loss",
            c2: "its curvature",
            s1: "first derivative of the equilibrium in the nudge",
        },
    )
    d.given(
        "residual",
        a * x + e3 * x**2 / 2 + e4 * x**3 / 6 + nudge * (c1 + c2 * x + c3 * x**2 / 2),
        "slope of E + beta C at the nudged state; zero at every order of the nudge",
    )
    first = a * s1 + c1
    second = a * s2 / 2 + e3 * s1**2 / 2 + c2 * s1
    third = a * s3 / 6 + e3 * s1 * s2 / 2 + e4 * s1**3 / 6 + c2 * s2 / 2 + c3 * s1**2 / 2
    d.expand(
        "orders",
        first * nudge + second * nudge**2 + third * nudge**3,
        nudge,
        0,
        3,
        "sorted by powers of the nudge",
    )
    d.given("first order", Eq(first, 0), "coefficient of beta")
    d.solve("first", Eq(s1, -c1 / a), s1, "one linear equation")
    d.given("second order", Eq(second, 0), "coefficient of the square")
    d.solve("second", Eq(s2, -(e3 * s1**2 + 2 * c2 * s1) / a), s2, "the same matrix A again")
    d.given("third order", Eq(third, 0), "coefficient of the cube")
    d.solve(
        "third",
        Eq(s3, -(e4 * s1**3 + 3 * e3 * s1 * s2 + 3 * c2 * s2 + 3 * c3 * s1**2) / a),
        s3,
        "and again: every order costs one solution with A",
    )
    return d


def bias_coefficients() -> Derivation:
    """Bias of the one-sided and of the symmetric estimate from derivatives of P."""
    nudge = sp.Symbol("beta", real=True)
    p = sp.symbols("P_1:4", real=True)
    s = sp.symbols("s_1:4", real=True)
    x = sum(s[k] * nudge ** (k + 1) / sp.factorial(k + 1) for k in range(3))
    hebb = sum(p[k] * x ** (k + 1) / sp.factorial(k + 1) for k in range(3))
    c1 = (p[1] * s[0] ** 2 + p[0] * s[1]) / 2
    c2 = (p[2] * s[0] ** 3 + 3 * p[1] * s[0] * s[1] + p[0] * s[2]) / 6
    d = Derivation(
        "Bias of the estimates",
        source=SOURCE,
        symbols={
            p[0]: "slope of P in the state; P_2, P_3 its higher derivatives",
            s[0]: "derivatives s_1, s_2, s_3 of the equilibrium in the nudge",
        },
    )
    d.given("one-sided", hebb / nudge, "difference of P to its free value, over the nudge")
    d.expand(
        "one-sided series",
        p[0] * s[0] + c1 * nudge + c2 * nudge**2,
        nudge,
        0,
        2,
        "gradient, first-order bias, second-order bias",
    )
    d.given(
        "symmetric",
        (hebb - hebb.subs(nudge, -nudge)) / (2 * nudge),
        "difference of P at the two nudges, over twice the nudge",
    )
    d.expand(
        "symmetric series",
        p[0] * s[0] + c2 * nudge**2,
        nudge,
        0,
        3,
        "even in the nudge: no first and no third order",
    )
    return d


def bias_is_a_gradient() -> Derivation:
    """The first-order bias is minus half the gradient of the output compliance."""
    a, c1 = sp.Function("A"), sp.Function("C_1")
    c2, e3, p1, p2, motion = sp.symbols("C_2 E_3 P_1 P_2 s_theta", real=True)
    s1, s2, bias = sp.symbols("s_1 s_2 c_1", real=True)
    big = sp.Symbol("A_0", positive=True)
    slope = sp.Symbol("C_0", real=True)
    compliance = sp.Function("R")
    d = Derivation(
        "The first-order bias is itself a gradient",
        source="derived here",
        symbols={
            compliance(th): "compliance: slope of the loss, squared, over the stiffness A",
            motion: "how the free equilibrium moves with the parameter",
            big: "value of the stiffness",
            slope: "value of the slope of the loss",
        },
    )
    d.given("compliance", Eq(compliance(th), c1(th) ** 2 / a(th)), "how far the loss yields")
    d.differentiate(
        "slope",
        Eq(
            Derivative(compliance(th), th),
            2 * c1(th) * Derivative(c1(th), th) / a(th)
            - c1(th) ** 2 * Derivative(a(th), th) / a(th) ** 2,
        ),
        th,
        "quotient rule along the free equilibrium",
    )
    total = 2 * slope * c2 * motion / big - slope**2 * (p2 + e3 * motion) / big**2
    d.substitute(
        "chain rule",
        Eq(Derivative(compliance(th), th), total),
        [
            {Derivative(c1(th), th): c2 * motion, Derivative(a(th), th): p2 + e3 * motion},
            {c1(th): slope, a(th): big},
        ],
        "the loss moves with the state; the stiffness with the state and the parameter",
    )
    d.substitute(
        "gradient of the compliance",
        Eq(
            Derivative(compliance(th), th),
            -2 * slope * c2 * p1 / big**2 - slope**2 * (p2 - e3 * p1 / big) / big**2,
        ),
        {motion: -p1 / big},
        "the equilibrium moves by minus P_1 over the stiffness",
    )
    d.given("bias", Eq(bias, (p2 * s1**2 + p1 * s2) / 2), "first coefficient of the bias")
    d.substitute(
        "bias at the fixed point",
        Eq(bias, slope * c2 * p1 / big**2 + slope**2 * (p2 - e3 * p1 / big) / (2 * big**2)),
        [{s2: -(e3 * s1**2 + 2 * c2 * s1) / big}, {s1: -slope / big}],
        "derivatives of the equilibrium put in",
    )
    d.solve(
        "half",
        Eq(p2, (-Derivative(compliance(th), th) * big**2 - 2 * slope * c2 * p1) / slope**2
           + e3 * p1 / big),
        p2,
        "the slope of the compliance solved for P_2",
        of="gradient of the compliance",
    )  # fmt: skip
    d.substitute(
        "result",
        Eq(bias, -Derivative(compliance(th), th) / 2),
        "half",
        "minus half the gradient of the compliance",
        of="bias at the fixed point",
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
    d.given("one-sided", Eq(one(nudge), series), "series of the one-sided estimate")
    d.given("mean", (one(nudge) + one(-nudge)) / 2, "both signs with probability one half")
    d.substitute("mean series", g + c2 * nudge**2, "one-sided", "the symmetric estimate")
    d.given("variance", ((one(nudge) - one(-nudge)) / 2) ** 2, "squared half difference")
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
    d.given("error", c**2 * b ** (2 * q) + gain * tau**2 / b**2, "squared bias plus variance")
    slope = 2 * q * c**2 * b ** (2 * q - 1) - 2 * gain * tau**2 / b**3
    d.differentiate("slope", slope, b, "in the nudge")
    d.substitute(
        "balance",
        sp.S.Zero,
        {b: (gain * tau**2 / (q * c**2)) ** (1 / (2 * q + 2))},
        "zero at the best nudge",
    )
    d.given("best", Eq(best, (gain * tau**2 / (q * c**2)) ** (1 / (2 * q + 2))), "the best nudge")
    d.substitute(
        "least error",
        c**2 * (1 + q) * (gain * tau**2 / (q * c**2)) ** (q / (q + 1)),
        {b: (gain * tau**2 / (q * c**2)) ** (1 / (2 * q + 2))},
        "the error left falls as the power 2q/(q+1) of the noise",
        of="error",
    )
    return d
