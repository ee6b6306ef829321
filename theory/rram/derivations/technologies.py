"""Derivations for other technologies: soft bound, exponential step, drift, and their memory."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, scale, slope = sp.symbols("t t_k m_1", positive=True)
SOURCE = "derived here"


def soft_bound() -> Derivation:
    """A pulse covers the same share of the way that is left."""
    w, pull, step = sp.Function("w"), sp.Function("p"), sp.Function("s")
    d = Derivation(
        "A soft bound",
        source=SOURCE,
        symbols={
            t: "pulses received",
            scale: "scale t*, pulses",
            slope: "slope of a fresh device, per pulse",
            w(t): "ln(R/R0) without offset",
            pull(t): "slope that a bound W = m1 t* asks for",
            step(t): "what the next whole pulse adds",
        },
    )
    bound = slope * scale
    d.define("response", Eq(w(t), bound * (1 - sp.exp(-t / scale))), "towards m1 t*")
    d.differentiate("slope", Eq(sp.Derivative(w(t), t), slope * sp.exp(-t / scale)), t, "falls")
    d.define("pull", Eq(pull(t), slope * (1 - w(t) / bound)), "in proportion to the way left")
    d.substitute(
        "the same", Eq(pull(t), slope * sp.exp(-t / scale)), "response", "which is the slope above"
    )
    d.define("whole pulse", Eq(step(t), w(t + 1) - w(t)), "not a small one")
    d.substitute(
        "share of a pulse",
        Eq(step(t), (1 - sp.exp(-1 / scale)) * bound * sp.exp(-t / scale)),
        "response",
        "the share 1 - exp(-1/t*) of what is left, at every pulse",
    )
    return d


def exponential_step() -> Derivation:
    """A step that falls exponentially with what has been reached makes a logarithm."""
    w, pull = sp.Function("w"), sp.Function("p")
    d = Derivation(
        "An exponential step",
        source=SOURCE,
        symbols={
            t: "pulses received",
            scale: "scale t*, pulses",
            slope: "slope of a fresh device, per pulse",
            w(t): "ln(R/R0) without offset",
            pull(t): "slope of a step that falls by e over W = m1 t*",
        },
    )
    bound = slope * scale
    d.define("response", Eq(w(t), bound * sp.log(1 + t / scale)), "without a bound")
    d.differentiate("slope", Eq(sp.Derivative(w(t), t), slope / (1 + t / scale)), t, "falls")
    d.define("pull", Eq(pull(t), slope * sp.exp(-w(t) / bound)), "exponential in the state")
    d.substitute(
        "the same", Eq(pull(t), slope / (1 + t / scale)), "response", "which is the slope above"
    )
    return d


def drift_of_a_pair() -> Derivation:
    """Unlike exponents spread the log-ratio of a pair that is left alone."""
    tau, unit = sp.symbols("tau tau_0", positive=True)
    first, second, start, spread, x = sp.symbols("nu_1 nu_2 L_0 V x", real=True)
    level, conductance, gap = sp.Function("L"), sp.Function("G"), sp.Function("D")
    d = Derivation(
        "Drift of a pair",
        source="power law of the drift: standard for phase-change memories; derived here",
        symbols={
            tau: "time since the last pulse",
            unit: "unit of the drift",
            first: "exponent of one device, nu_2 of the other",
            level(tau): "log-ratio of the pair, L_0 at the start",
            gap(x, tau): "square of what it has lost, for a difference x of the exponents",
            spread: "variance of the exponents; that of their difference is 2 V",
        },
        domain={spread: (0, sp.oo)},
    )
    d.define(
        "drift", Eq(conductance(x, tau), (1 + tau / unit) ** (-x)), "conductance, 1 at the start"
    )
    d.define(
        "pair",
        Eq(level(tau), start + sp.log(conductance(first, tau)) - sp.log(conductance(second, tau))),
        "both devices drift",
    )
    d.substitute(
        "log-ratio",
        Eq(level(tau), start - (first - second) * sp.log(1 + tau / unit)),
        "drift",
        "a straight line in the logarithm of time, downwards or upwards",
    )
    d.define("square", Eq(gap(x, tau), x**2 * sp.log(1 + tau / unit) ** 2), "of the loss")
    d.substitute(
        "spread",
        Eq(gap(sp.sqrt(2 * spread), tau), 2 * spread * sp.log(1 + tau / unit) ** 2),
        {x: sp.sqrt(2 * spread)},
        "at one standard deviation of the difference: the variance that drift adds",
    )
    return d


def soft_bound_synapse() -> Derivation:
    """Signal and noise of a synapse whose weight moves a share of the way to its bound."""
    q, n, number, variance, elapsed = sp.symbols("q n N v t", positive=True)
    after, signal = sp.Function("a"), sp.Function("S")
    d = Derivation(
        "Memory with soft bounds",
        source=SOURCE,
        symbols={
            q: "share of the way, chance that an element is set",
            n: "elements of a synapse, each +1 or -1; the weight is their mean",
            number: "synapses",
            variance: "variance of the weight in equilibrium",
            elapsed: "time since the memory, events at rate one",
            after(variance): "variance of the weight after one more event",
            signal(elapsed): "signal over noise",
        },
        domain={q: (0, 1), n: (1, sp.oo)},
    )
    d.define(
        "one event more",
        Eq(after(variance), (1 - q) ** 2 * variance + q**2 + 2 * q * (1 - q) / n),
        "old weights shrink, the event adds its sign, elements are set at random",
    )
    rest = (q + 2 * (1 - q) / n) / (2 - q)
    d.substitute(
        "equilibrium",
        Eq(after(rest), rest),
        {variance: rest},
        "this variance stays as it is",
    )
    d.define(
        "signal",
        Eq(signal(elapsed), sp.sqrt(number / rest) * q * sp.exp(-q * elapsed)),
        "the event moved each weight by q, and later ones take the share q away",
    )
    return d
