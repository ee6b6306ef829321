"""Derivations for finite nudges: surrogate losses, their order, quadratic energies, collapse."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation

b, a = sp.symbols("beta a", positive=True)
th, y = sp.symbols("theta y", real=True)


def surrogate_losses() -> Derivation:
    """A finite-nudge estimate is the exact gradient of the loss averaged along the branch."""
    value, hebb, along, surrogate = (sp.Function(n) for n in ("F", "P", "C", "L"))
    nudge = sp.Symbol("beta", real=True)
    d = Derivation(
        "What a finite nudge minimises",
        source="derived here",
        symbols={
            value(th, nudge): "E + beta C at the nudged equilibrium",
            along(th, nudge): "loss at the nudged equilibrium",
            hebb(th, nudge): "slope of the energy in the parameter there",
            surrogate(th, nudge): "surrogate loss of the one-sided estimate",
        },
    )
    d.given(
        "definition",
        Eq(surrogate(th, nudge), (value(th, nudge) - value(th, 0)) / nudge),
        "finite difference of the value",
    )
    d.differentiate(
        "gradient",
        Eq(
            Derivative(surrogate(th, nudge), th),
            (Derivative(value(th, nudge), th) - Derivative(value(th, 0), th)) / nudge,
        ),
        th,
        "in the parameter",
    )
    d.substitute(
        "estimate",
        Eq(Derivative(surrogate(th, nudge), th), (hebb(th, nudge) - hebb(th, 0)) / nudge),
        {
            Derivative(value(th, nudge), th): hebb(th, nudge),
            Derivative(value(th, 0), th): hebb(th, 0),
        },
        "the envelope theorem: exactly the one-sided estimate, for any nudge",
    )
    d.rewrite(
        "area",
        Eq(nudge * surrogate(th, nudge), value(th, nudge) - value(th, 0)),
        "definition times the nudge",
        of="definition",
        nonzero=(nudge,),
    )
    d.differentiate(
        "area grows",
        Eq(
            surrogate(th, nudge) + nudge * Derivative(surrogate(th, nudge), nudge),
            Derivative(value(th, nudge), nudge),
        ),
        nudge,
        "in the nudge",
    )
    d.substitute(
        "average",
        Eq(
            surrogate(th, nudge) + nudge * Derivative(surrogate(th, nudge), nudge),
            along(th, nudge),
        ),
        {Derivative(value(th, nudge), nudge): along(th, nudge)},
        "so the surrogate is the mean of the loss between nudge 0 and beta",
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
    d.given(
        "minimum one",
        sp.Ge(e2 + first * c2, e1 + first * c1),
        "the state of beta_2 is no better at nudge beta_1",
    )
    d.given(
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
        domain={nudge: (-a, 10 * a)},
    )
    d.given("equilibrium", Eq(a * s - th + nudge * (s - y), 0), "slope of E + beta C")
    d.solve("state", Eq(s, (th + nudge * y) / (a + nudge)), s, "a pole at minus the stiffness")
    d.given("loss", (s - y) ** 2 / 2, "squared error")
    d.substitute("along", (th - a * y) ** 2 / (2 * (a + nudge) ** 2), "state", "along the branch")
    d.given("integrand", (th - a * y) ** 2 / (2 * (a + at) ** 2), "for positive nudges")
    d.integrate(
        "area", (th - a * y) ** 2 * end / (2 * a * (a + end)), (at, 0, end), "up to the nudge"
    )
    d.given("surrogate", Eq(loss(th), (th - a * y) ** 2 / (2 * a * (a + nudge))), "divided by it")
    d.differentiate(
        "estimate",
        Eq(Derivative(loss(th), th), (th - a * y) / (a * (a + nudge))),
        th,
        "the one-sided estimate for either sign",
    )
    d.given(
        "relative", a**2 / (a * (a + nudge)), "over its value at nudge 0: one-sided or negative"
    )
    d.given("both", (a / (a + nudge) + a / (a - nudge)) / 2, "symmetric: the mean of both signs")
    d.rewrite("symmetric", a**2 / (a**2 - nudge**2), "too large by the square of beta over a")
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
    d.given("first unit", Eq(s1 - w * s2 - v, 0), "slope of the energy")
    d.given("second unit", Eq(s2 - w * s1, left), "a unit force on the output, scaled by L")
    d.solve(
        "states",
        Eq(sp.Matrix([s1, s2]), sp.Matrix([(v + w * left) / (1 - w**2),
                                           (w * v + left) / (1 - w**2)])),
        sp.Matrix([s1, s2]),
        "both stationary",
        of=["first unit", "second unit"],
    )  # fmt: skip
    d.given("response", (w * v + left) / (1 - w**2), "the output")
    d.differentiate("compliance", 1 / (1 - w**2), left, "what a force moves: M")
    d.given(
        "one-sided", Eq(loss(w), delta**2 / (2 * (1 + b / (1 - w**2)))), "what no weight can fit"
    )
    slope = -b * delta**2 * w / (1 - w**2 + b) ** 2
    d.differentiate(
        "pull", Eq(Derivative(loss(w), w), slope), w, "negative: descent raises the coupling"
    )
    d.given(
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
    d.given(
        "pace",
        (1 - w**2 + b) ** 2 / (b * delta**2 * w) * (1 + target**2 * (1 + w**2) ** 2 / w**4),
        "time per change of w: one plus the squared slope of the fit, over the pull",
    )
    d.limit(
        "at the boundary",
        b * (1 + 4 * target**2) / delta**2,
        w,
        1,
        "finite, so the boundary is reached in a finite time",
        direction="-",
    )
    d.given(
        "symmetric",
        Eq(loss(w), delta**2 / (2 * (1 - b**2 / (1 - w**2) ** 2))),
        "the symmetric surrogate of the same residual",
    )
    d.differentiate(
        "push",
        Eq(
            Derivative(loss(w), w),
            2 * b**2 * delta**2 * w * (1 - w**2) / ((1 - w**2) ** 2 - b**2) ** 2,
        ),
        w,
        "positive: descent lowers the coupling",
    )
    return d
