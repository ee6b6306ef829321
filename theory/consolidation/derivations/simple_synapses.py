"""Derivations for simple synapses: two states, many levels, a leak, and their best parameters."""

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

OBSERVER = "Fusi, Drew and Abbott 2005; Lahiri and Ganguli 2013"


def two_state() -> Derivation:
    """Signal to noise of a two-state synapse by the ideal observer's formula, any balance."""
    derivation = Derivation(
        "A two-state synapse before the ideal observer",
        source=OBSERVER,
        symbols={
            q: "probability of following an event",
            f: "fraction of potentiating events",
            t: "events since the memory was stored, Poisson clock",
            N: "number of synapses",
            low(t): "mean weight at t of a synapse that was at -1; u(t): at +1",
            sigma(f): "deviation of the weight in equilibrium",
        },
        domain={q: (0, 1), f: (0, 1)},
    )
    from_events_to_observer(
        derivation,
        sp.Matrix([[-f * q, f * q], [(1 - f) * q, -(1 - f) * q]]),
        sp.Matrix([[1 - f, f]]),
        sigma(f),
        2 * sp.sqrt(f * (1 - f)),
        {
            "generator": "rates of change, rows of the two event matrices weighted by their "
            "frequency",
            "deviation": "in equilibrium",
            "from below": "first row of the generator: a first event that is followed takes the "
            "synapse up",
            "its rate": "one rate, q, whatever the balance",
            "memory": "the states -1 and 1 forget which of them they were",
            "observer": "root N times the correlation with the pattern: what the stored event "
            "changed, q to the upper state, as the weights show it, over their deviation",
        },
    )
    derivation.substitute(
        "signal to noise",
        Eq(signal(t), sp.sqrt(N) * q * sp.exp(-q * t)),
        ["memory", "deviation"],
        "one exponential, whatever the balance: fast writing and long retention exclude each "
        "other, both depend on q alone",
    )
    return derivation


def best_flip_probability() -> Derivation:
    """The flip probability with the longest lifetime, and what it costs."""
    time, start = sp.Function("T", real=True), sp.Function("S")
    y = sp.Symbol("y", real=True)
    best = sp.E / sp.sqrt(N)
    derivation = Derivation(
        "The best flip probability",
        source="derived here; scaling of Amit and Fusi 1994, Fusi and Abbott 2007",
        symbols={q: "flip probability", N: "number of synapses", time(q): "lifetime in events"},
    )
    derivation.assume(
        "threshold", Eq(sp.sqrt(N) * q * sp.exp(-q * time(q)), 1), "the signal meets the noise"
    )
    derivation.solve(
        "lifetime", Eq(time(q), sp.log(q * sp.sqrt(N)) / q), time(q), "for a given q: a logarithm"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(time(q), q), (1 - sp.log(q * sp.sqrt(N))) / q**2),
        q,
        "positive for q below e over the root of N, negative above",
    )
    derivation.substitute(
        "longest",
        Eq(time(best), sp.sqrt(N) / sp.E),
        {q: best},
        "slow learning: a power of N instead of a logarithm",
        of="lifetime",
    )
    derivation.nonnegative("tangent", sp.Ge(sp.exp(y - 1), y), "of the exponential at y = 1")
    derivation.substitute(
        "logarithm",
        sp.Ge(q * sp.sqrt(N) / sp.E, sp.log(q * sp.sqrt(N))),
        {y: sp.log(q * sp.sqrt(N))},
        "below its tangent",
    )
    derivation.rewrite(
        "best",
        sp.Ge(sp.sqrt(N) / sp.E, sp.log(q * sp.sqrt(N)) / q),
        "no other q lives longer",
        factor=1 / q,
    )
    derivation.define("initial", Eq(start(q), sp.sqrt(N) * q), "signal to noise after storage")
    derivation.substitute(
        "price",
        Eq(start(best), sp.E),
        {q: best},
        "just above the noise, however many synapses there are",
    )
    return derivation


def leaky_synapse() -> Derivation:
    """An unbounded analog synapse that leaks: its noise, its memory and its best leak."""
    leak, x = sp.symbols("e x", positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    y = sp.Symbol("y", real=True)
    share, time, scaled = sp.Function("m"), sp.Function("T", real=True), sp.Function("g")
    derivation = Derivation(
        "An analog synapse that leaks",
        source="derived here",
        symbols={
            leak: "share of the weight lost at each event",
            k: "age of a memory, events",
            time(leak, N): "lifetime in events",
            x: "leak times the number of synapses",
        },
        domain={leak: (0, 1)},
    )
    variance = 1 / (2 * leak - leak**2)
    derivation.define(
        "memory", Eq(share(k), (1 - leak) ** (2 * k)), "squared contribution of a memory of age k"
    )
    derivation.sum(
        "variance", variance, (k, 0, sp.oo), "patterns are independent: variances of a weight add"
    )
    derivation.assume(
        "threshold",
        Eq(N * (1 - leak) ** (2 * time(leak, N)), variance),
        "squared signal of a memory of age T meets that variance",
    )
    derivation.solve(
        "lifetime",
        Eq(time(leak, N), sp.log(N * (2 * leak - leak**2)) / (-2 * sp.log(1 - leak))),
        time(leak, N),
        "for a given leak",
    )
    derivation.substitute(
        "small leak",
        Eq(
            time(x / N, N),
            sp.log(N * (2 * x / N - x**2 / N**2)) / (-2 * sp.log(1 - x / N)),
        ),
        {leak: x / N},
        "in units of 1/N",
        where=[N > x],
    )
    derivation.apply(
        "per synapse",
        Eq(
            time(x / N, N) / N,
            sp.log(N * (2 * x / N - x**2 / N**2)) / (-2 * N * sp.log(1 - x / N)),
        ),
        lambda side: side / N,
        "lifetime over N",
    )
    derivation.limit("many synapses", sp.log(2 * x) / (2 * x), N, sp.oo, "a function of x alone")
    derivation.define(
        "scaled", Eq(scaled(x), sp.Limit(time(x / N, N) / N, N, sp.oo)), "lifetime per synapse"
    )
    derivation.substitute(
        "scaled lifetime", Eq(scaled(x), sp.log(2 * x) / (2 * x)), "many synapses", "its value"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(scaled(x), x), (1 - sp.log(2 * x)) / (2 * x**2)),
        x,
        "positive for x below e/2, negative above: the best leak is 1.36/N",
    )
    derivation.substitute(
        "longest",
        Eq(scaled(sp.E / 2), 1 / sp.E),
        {x: sp.E / 2},
        "lifetime N/e: linear in N",
        of="scaled lifetime",
    )
    derivation.nonnegative("tangent", sp.Ge(sp.exp(y - 1), y), "of the exponential at y = 1")
    derivation.substitute(
        "logarithm",
        sp.Ge(2 * x / sp.E, sp.log(2 * x)),
        {y: sp.log(2 * x)},
        "below its tangent",
    )
    derivation.rewrite(
        "best leak",
        sp.Ge(1 / sp.E, sp.log(2 * x) / (2 * x)),
        "no other leak lives longer",
        factor=1 / (2 * x),
    )
    return derivation
