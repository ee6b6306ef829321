"""Derivation for a synapse that also forgets between events."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.consolidation.two_starts import (
    N,
    f,
    from_events_to_observer,
    low,
    q,
    sigma,
    signal,
    t,
)
from theory.derivation import Derivation

d = sp.Symbol("delta", positive=True)


def decaying_synapse() -> Derivation:
    """Signal to noise of a two-state synapse whose strong state falls back by itself."""
    fall = (1 - f) * q + d
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
    from_events_to_observer(
        derivation,
        sp.Matrix([[-f * q, f * q], [fall, -fall]]),
        sp.Matrix([[fall, f * q]]) / (q + d),
        sigma(f, d),
        2 * sp.sqrt(f * q * fall) / (q + d),
        {
            "generator": "rates of events and of falling back add up",
            "deviation": "few synapses are strong, so there is little noise",
            "from below": "first row of the generator",
            "its rate": "events and decay forget side by side",
            "memory": "the two starts come together",
            "observer": "root N times the correlation with the pattern",
        },
        decay=d,
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
