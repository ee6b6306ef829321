"""Derivations for finite nudges: surrogate losses, their order, quadratic energies, collapse."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation
from theory.ep.derivations.estimator_bias import MEANING, _value_at_equilibrium

b, a = sp.symbols("beta a", positive=True)
th, y = sp.symbols("theta y", real=True)


def surrogate_losses() -> Derivation:
    """A finite-nudge estimate is the exact gradient of the loss averaged along the branch."""
    surrogate = sp.Function("L")
    nudge = sp.Symbol("beta", real=True)
    end = sp.Symbol("b", positive=True)
    d = Derivation(
        "What a finite nudge minimises",
        source="derived here",
        symbols=MEANING
        | {
            surrogate(th, nudge): "surrogate loss of the one-sided estimate",
            end: "a positive nudge",
        },
    )
    value, along, hebb = _value_at_equilibrium(d, nudge, th)
    free, resting = value.subs(nudge, 0), hebb.subs(nudge, 0)
    d.substitute(
        "at rest",
        Eq(resting, Derivative(free, th)),
        {nudge: 0},
        "without a nudge",
        of="envelope in parameter",
    )
    d.rewrite("slope at rest", Eq(Derivative(free, th), resting), "read from right to left")
    d.rewrite(
        "slope of the value",
        Eq(Derivative(value, th), hebb),
        "the same with a nudge",
        of="envelope in parameter",
    )
    d.define(
        "definition",
        Eq(surrogate(th, nudge), (value - free) / nudge),
        "finite difference of the value",
    )
    d.differentiate(
        "gradient",
        Eq(
            Derivative(surrogate(th, nudge), th),
            (Derivative(value, th) - Derivative(free, th)) / nudge,
        ),
        th,
        "in the parameter",
    )
    d.substitute(
        "estimate",
        Eq(Derivative(surrogate(th, nudge), th), (hebb - resting) / nudge),
        ["slope of the value", "slope at rest"],
        "exactly the one-sided estimate, for any nudge, any number of states and parameters",
    )
    d.rewrite("loss", Eq(along, Derivative(value, nudge)), "read from right to left",
              of="envelope in nudge")  # fmt: skip
    d.integrate(
        "area",
        value.subs(nudge, end) - free,
        (nudge, 0, end),
        "the value grows by the loss along the branch",
    )
    area = d["area"].lhs
    d.rewrite("growth", Eq(value.subs(nudge, end) - free, area), "read from right to left")
    d.substitute(
        "positive nudge",
        Eq(surrogate(th, end), (value.subs(nudge, end) - free) / end),
        {nudge: end},
        "the surrogate there",
        of="definition",
    )
    d.substitute(
        "average",
        Eq(surrogate(th, end), area / end),
        "growth",
        "the surrogate is the mean of the loss between nudge 0 and b",
    )
    return d


def ordering() -> Derivation:
    """The loss never rises along the nudge, where the equilibria are global minima."""
    first, second = sp.symbols("beta_1 beta_2", real=True)
    e1, e2, c1, c2 = sp.symbols("E_1 E_2 C_1 C_2", real=True)
    d = Derivation(
        "The loss falls along the nudge",
        source="derived here; compare Scellier et al. 2023",
        symbols={e1: "energy at the minimum for beta_1", c1: "loss there"},
    )
    d.assume(
        "minimum one",
        sp.Ge(e2 + first * c2, e1 + first * c1),
        "the state of beta_2 is no better at nudge beta_1",
    )
    d.assume(
        "minimum two",
        sp.Ge(e1 + second * c1, e2 + second * c2),
        "nor the other way round",
    )
    d.nonnegative(
        "falls",
        sp.Ge((second - first) * (c1 - c2), 0),
        "add the two: a larger nudge has a smaller loss",
        terms=[
            e2 + first * c2 - e1 - first * c1,
            e1 + second * c1 - e2 - second * c2,
        ],
        using=("minimum one", "minimum two"),
    )
    return d


def quadratic_energy() -> Derivation:
    """One quadratic unit: estimates relative to the gradient, and the pole of the negative side."""
    s = sp.Symbol("s", real=True)
    loss = sp.Function("C")
    nudge = sp.Symbol("beta", real=True)
    end, at = sp.symbols("b x", positive=True)
    d = Derivation(
        "A quadratic energy has poles",
        source="derived here",
        symbols={a: "stiffness", th: "input to the unit", y: "target", end: "a positive nudge"},
        domain={nudge: (-a, a)},
    )
    state, surrogate = sp.Function("s", real=True), sp.Function("L")
    ratio, mean = sp.Function("R"), sp.Function("M")
    d.assume("equilibrium", Eq(a * s - th + nudge * (s - y), 0), "slope of E + beta C")
    d.solve("state", Eq(s, (th + nudge * y) / (a + nudge)), s, "a pole at minus the stiffness")
    d.define("branch", Eq(state(at), (th + at * y) / (a + at)), "for a positive nudge x")
    d.define("loss", Eq(loss(at), (state(at) - y) ** 2 / 2), "squared error")
    d.substitute("along", (th - a * y) ** 2 / (2 * (a + at) ** 2), "branch", "along the branch")
    d.integrate(
        "area", (th - a * y) ** 2 * end / (2 * a * (a + end)), (at, 0, end), "up to the nudge"
    )
    d.apply(
        "surrogate of a positive nudge",
        Eq(d["area"].lhs / end, (th - a * y) ** 2 / (2 * a * (a + end))),
        lambda side: side / end,
        "mean of the loss up to the nudge",
    )
    d.define(
        "surrogate",
        Eq(surrogate(th), (th - a * y) ** 2 / (2 * a * (a + nudge))),
        "the same as a function of the parameter, for either sign of the nudge",
    )
    d.differentiate(
        "estimate",
        Eq(Derivative(surrogate(th), th), (th - a * y) / (a * (a + nudge))),
        th,
        "the one-sided estimate for either sign",
    )
    d.define("ratio", Eq(ratio(nudge), a / (a + nudge)), "over its value at nudge 0")
    d.define("both", Eq(mean(nudge), (ratio(nudge) + ratio(-nudge)) / 2), "mean of both signs")
    d.substitute(
        "symmetric",
        a**2 / (a**2 - nudge**2),
        "ratio",
        "too large by the square of beta over a",
    )
    return d


def two_units() -> Derivation:
    """Compliance of two coupled units, and where each surrogate drives the coupling."""
    w, delta = sp.symbols("w delta", positive=True)
    s1, s2, v = sp.symbols("s_1 s_2 v", real=True)
    left = sp.Symbol("L", positive=True)
    m = sp.Symbol("M", positive=True)
    loss, drive = sp.Function("L"), sp.Function("v")
    target = sp.Symbol("y", positive=True)
    d = Derivation(
        "Two units that learn to be soft",
        source="derived here",
        symbols={
            w: "coupling of the two units, below 1",
            v: "input to the first unit",
            target: "mean of the targets",
            delta: "half the difference of two contradictory targets",
            m: "compliance of the output",
        },
        domain={w: (0, 1)},
    )
    d.assume("first unit", Eq(s1 - w * s2 - v, 0), "slope of the energy")
    d.assume("second unit", Eq(s2 - w * s1, left), "a unit force on the output, scaled by L")
    d.solve(
        "states",
        Eq(sp.Matrix([s1, s2]), sp.Matrix([(v + w * left) / (1 - w**2),
                                           (w * v + left) / (1 - w**2)])),
        sp.Matrix([s1, s2]),
        "both stationary",
        of=["first unit", "second unit"],
    )  # fmt: skip
    response, wait, symmetric = sp.Function("r"), sp.Function("T"), sp.Function("L_s")
    d.define("response", Eq(response(left), (w * v + left) / (1 - w**2)), "the output")
    d.differentiate("compliance", 1 / (1 - w**2), left, "what a force moves: M")
    d.define(
        "one-sided", Eq(loss(w), delta**2 / (2 * (1 + b / (1 - w**2)))), "what no weight can fit"
    )
    slope = -b * delta**2 * w / (1 - w**2 + b) ** 2
    d.differentiate(
        "pull", Eq(Derivative(loss(w), w), slope), w, "negative: descent raises the coupling"
    )
    d.define(
        "fitted",
        Eq(drive(w), target * (1 - w**2) / w),
        "the fast direction: the drive keeps the output at the mean target",
    )
    d.differentiate(
        "along the fit",
        Eq(Derivative(drive(w), w), -target * (1 + w**2) / w**2),
        w,
        "how the drive has to follow the coupling",
    )
    d.define(
        "pace",
        Eq(
            wait(w),
            (1 + Derivative(drive(w), w) ** 2) / -Derivative(loss(w), w),
        ),
        "time per change of w: one plus the squared slope of the fit, over the pull",
    )
    d.substitute(
        "pace in full",
        (1 - w**2 + b) ** 2 / (b * delta**2 * w) * (1 + target**2 * (1 + w**2) ** 2 / w**4),
        ["along the fit", "pull"],
        "both put in",
    )
    d.limit(
        "at the boundary",
        b * (1 + 4 * target**2) / delta**2,
        w,
        1,
        "finite, so the boundary is reached in a finite time",
        direction="-",
    )
    d.define(
        "symmetric",
        Eq(symmetric(w), delta**2 / (2 * (1 - b**2 / (1 - w**2) ** 2))),
        "the symmetric surrogate of the same residual",
    )
    d.differentiate(
        "push",
        Eq(
            Derivative(symmetric(w), w),
            2 * b**2 * delta**2 * w * (1 - w**2) / ((1 - w**2) ** 2 - b**2) ** 2,
        ),
        w,
        "positive: descent lowers the coupling",
    )
    return d
