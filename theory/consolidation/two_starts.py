"""How a two-state synapse forgets which of its states it was in: steps that derivations share."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

q, f, N = sp.symbols("q f N", positive=True)
t = sp.Symbol("t", nonnegative=True)
low, high, apart = (sp.Function(name) for name in ("d", "u", "y"))
signal, sigma = sp.Function("S"), sp.Function("sigma", positive=True)


def from_events_to_observer(
    derivation, generator, equilibrium, noise, deviation, reasons, decay=sp.S.Zero
) -> None:
    """Record the steps from the matrices of the events to the ideal observer's formula.

    Derivations give their generator (2, 2), equilibrium (1, 2), `sigma` of what it depends on and
    what it comes to, the reasons of the steps where they differ, and the rate of falling back.
    """
    up, down = sp.Matrix([[1 - q, q], [0, 1]]), sp.Matrix([[1, 0], [q, 1 - q]])
    passive = sp.Matrix([[0, 0], [decay, -decay]])
    weights, fall, rate = sp.Matrix([-1, 1]), generator[1, 0], q + decay
    derivation.identity(
        "generator",
        Eq(f * up + (1 - f) * down - sp.eye(2) + passive, generator),
        reasons["generator"],
    )
    derivation.identity(
        "equilibrium", Eq(equilibrium * generator, sp.zeros(1, 2)), "it stays as it is"
    )
    derivation.identity(
        "written", Eq(equilibrium * (up - down), sp.Matrix([[-q, q]])), "what one event changes"
    )
    spread = (equilibrium * weights.applyfunc(lambda w: w**2))[0] - (equilibrium * weights)[0] ** 2
    derivation.define("noise", Eq(noise, sp.sqrt(spread)), "root of the variance of the weight")
    derivation.rewrite("deviation", Eq(noise, deviation), reasons["deviation"])
    derivation.assume(
        "from below",
        Eq(sp.Derivative(low(t), t), f * q * (high(t) - low(t))),
        reasons["from below"],
    )
    derivation.assume(
        "from above", Eq(sp.Derivative(high(t), t), fall * (low(t) - high(t))), "second row"
    )
    derivation.define("difference", Eq(apart(t), high(t) - low(t)), "between the two starts")
    derivation.differentiate(
        "its change",
        Eq(sp.Derivative(apart(t), t), sp.Derivative(high(t), t) - sp.Derivative(low(t), t)),
        t,
        "term by term",
    )
    derivation.substitute(
        "its rate",
        Eq(sp.Derivative(apart(t), t), -rate * (high(t) - low(t))),
        ["from above", "from below"],
        reasons["its rate"],
    )
    derivation.solve("upper", Eq(high(t), low(t) + apart(t)), high(t), "back", of="difference")
    derivation.substitute(
        "relaxation", Eq(sp.Derivative(apart(t), t), -rate * apart(t)), "upper",
        "a closed equation", of="its rate",
    )  # fmt: skip
    derivation.solve(
        "memory",
        Eq(apart(t), 2 * sp.exp(-rate * t)),
        apart(t),
        reasons["memory"],
        initial={apart(0): 2},
    )
    derivation.define(
        "observer",
        Eq(signal(t), sp.sqrt(N) * sp.sqrt(f * (1 - f)) / noise * q * apart(t)),
        reasons["observer"],
    )
