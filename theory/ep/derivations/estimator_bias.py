"""Derivations for the estimators: the theorem, the bias coefficients, random signs, noise."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq, Subs

from theory.derivation import Derivation

SOURCE = "derived here; statements as in Laborieux et al. 2021 and Scellier and Bengio 2017"
b, tau = sp.symbols("beta tau", positive=True)
th = sp.Symbol("theta", real=True)
MEANING = {
    sp.Symbol("beta", real=True): "nudging strength",
    th: "a parameter, one of any number",
    sp.Function("C")(th, sp.Symbol("beta", real=True)): "loss at the nudged equilibrium",
    sp.Function("P")(th, sp.Symbol("beta", real=True)): "local product there",
}


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
