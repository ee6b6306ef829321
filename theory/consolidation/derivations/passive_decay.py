"""Derivation for a synapse that also forgets between events."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

q, f, t, N, d = sp.symbols("q f t N delta", positive=True)


def decaying_synapse() -> Derivation:
    """Signal to noise of a two-state synapse whose strong state falls back by itself."""
    up, down = sp.Matrix([[1 - q, q], [0, 1]]), sp.Matrix([[1, 0], [q, 1 - q]])
    passive = sp.Matrix([[0, 0], [d, -d]])
    fall = (1 - f) * q + d
    generator = sp.Matrix([[-f * q, f * q], [fall, -fall]])
    weights, equilibrium = sp.Matrix([-1, 1]), sp.Matrix([[fall, f * q]]) / (q + d)
    t = sp.Symbol("t", nonnegative=True)
    low, high, apart = (sp.Function(name) for name in ("d", "u", "y"))
    signal, sigma = sp.Function("S"), sp.Function("sigma", positive=True)
    time, initial = sp.Symbol("T", real=True), sp.Symbol("A", positive=True)
    derivation = Derivation(
        "Decay between events",
        source="derived here",
        symbols={
            q: "probability of following an event",
            f: "fraction of potentiating events",
            d: "rate of falling back to the weak state, in units of the rate of events",
            t: "time since the memory was stored, in mean intervals between events",
            N: "number of synapses",
            low(t): "mean weight at t of a synapse that was at -1; u(t): at +1",
            sigma(f, d): "deviation of the weight in equilibrium",
            initial: "signal to noise of one synapse right after storage",
            time: "lifetime",
        },
        domain={q: (0, 1), f: (0, 1)},
    )
    derivation.identity(
        "generator",
        Eq(f * up + (1 - f) * down - sp.eye(2) + passive, generator),
        "rates of events and of falling back add up",
    )
    derivation.identity(
        "equilibrium", Eq(equilibrium * generator, sp.zeros(1, 2)), "it stays as it is"
    )
    derivation.identity(
        "written", Eq(equilibrium * (up - down), sp.Matrix([[-q, q]])), "what one event changes"
    )
    spread = (equilibrium * weights.applyfunc(lambda w: w**2))[0] - (equilibrium * weights)[0] ** 2
    derivation.define(
        "noise", Eq(sigma(f, d), sp.sqrt(spread)), "root of the variance of the weight"
    )
    derivation.rewrite(
        "deviation",
        Eq(sigma(f, d), 2 * sp.sqrt(f * q * fall) / (q + d)),
        "few synapses are strong, so there is little noise",
    )
    derivation.assume(
        "from below",
        Eq(sp.Derivative(low(t), t), f * q * (high(t) - low(t))),
        "first row of the generator",
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
        Eq(sp.Derivative(apart(t), t), -(q + d) * (high(t) - low(t))),
        ["from above", "from below"],
        "events and decay forget side by side",
    )
    derivation.solve("upper", Eq(high(t), low(t) + apart(t)), high(t), "back", of="difference")
    derivation.substitute(
        "relaxation", Eq(sp.Derivative(apart(t), t), -(q + d) * apart(t)), "upper",
        "a closed equation", of="its rate",
    )  # fmt: skip
    derivation.solve(
        "memory",
        Eq(apart(t), 2 * sp.exp(-(q + d) * t)),
        apart(t),
        "the two starts come together",
        initial={apart(0): 2},
    )
    derivation.define(
        "observer",
        Eq(signal(t), sp.sqrt(N) * sp.sqrt(f * (1 - f)) / sigma(f, d) * q * apart(t)),
        "root N times the correlation with the pattern",
    )
    derivation.substitute(
        "signal to noise",
        Eq(
            signal(t),
            sp.sqrt(N) * (q + d) * sp.sqrt((1 - f) * q / fall) * sp.exp(-(q + d) * t),
        ),
        ["memory", "deviation"],
        "the decay is a second exponential rate, and a smaller share of strong synapses",
    )
    derivation.substitute(
        "balanced",
        Eq(
            signal(t),
            sp.sqrt(N) * (q + d) * sp.sqrt(q / (q + 2 * d)) * sp.exp(-(q + d) * t),
        ),
        {f: sp.Rational(1, 2)},
        "as many events up as down",
    )
    derivation.assume(
        "threshold", Eq(sp.sqrt(N) * initial * sp.exp(-(q + d) * time), 1), "signal meets noise"
    )
    derivation.solve(
        "lifetime",
        Eq(time, sp.log(initial * sp.sqrt(N)) / (q + d)),
        time,
        "however slowly the synapse learns, a logarithm over the rate of decay",
    )
    return derivation
