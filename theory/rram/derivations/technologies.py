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
    q, n, number, variance = sp.symbols("q n N v", positive=True)
    elapsed = sp.Symbol("t", nonnegative=True)
    w, e, s = sp.symbols("w e s", real=True)
    one, spread, mean, rest, square, after, signal = map(sp.Function, "EuMKBaS")
    kept = sp.Function("D", real=True)
    d = Derivation(
        "Memory with soft bounds",
        source=SOURCE,
        symbols={
            q: "share of the way, chance that an element is set",
            n: "elements of a synapse, each +1 or -1; the weight w is their mean",
            s: "sign of an event",
            one(e, s): "mean of an element e after an event, u its variance",
            mean(w, s): "mean weight after an event, K its variance at given w",
            square(w): "mean square of the weight after an event of either sign",
            variance: "variance of the weight in equilibrium, a after one event more",
            elapsed: "time since the memory, events at rate one",
            kept(elapsed): "mean weight in the direction of the memory",
            number: "synapses",
            signal(elapsed): "signal over noise",
        },
        domain={q: (0, 1), n: (1, sp.oo)},
    )
    d.define("an element", Eq(one(e, s), e + q * (s - e)), "set to the event's sign with chance q")
    d.define("its variance", Eq(spread(e, s), 1 - one(e, s) ** 2), "its square is always 1")
    d.substitute(
        "one that disagrees", Eq(spread(-1, 1), 4 * q * (1 - q)), ["an element", {e: -1, s: 1}],
        "may be set or not", of="its variance",
    )  # fmt: skip
    d.substitute("one that agrees", Eq(spread(1, 1), 0), ["an element", {e: 1, s: 1}], "stays",
                 of="its variance")  # fmt: skip
    d.define("the weight", Eq(mean(w, s), w + q * (s - w)), "moves as its elements do")
    d.define(
        "variance of the weight",
        Eq(rest(w, s), n * (1 - s * w) / 2 * spread(-1, 1) / n**2),
        "of the n elements n (1 - s w) / 2 disagree, each by itself; the weight is their mean",
    )
    d.substitute(
        "in elements", Eq(rest(w, s), 2 * q * (1 - q) * (1 - s * w) / n), "one that disagrees",
        "put in",
    )  # fmt: skip
    both = sum((mean(w, sign) ** 2 + rest(w, sign)) / 2 for sign in (1, -1))
    d.define("mean square", Eq(square(w), both), "events up and down alike")
    d.substitute(
        "one event more, at a weight",
        Eq(square(w), (1 - q) ** 2 * w**2 + q**2 + 2 * q * (1 - q) / n),
        ["the weight", "in elements"],
        "old weights shrink, the event adds its sign, elements are set at random",
    )
    d.define(
        "over weights", Eq(after(variance), square(sp.sqrt(variance))), "their square averaged"
    )
    grown = (1 - q) ** 2 * variance + q**2 + 2 * q * (1 - q) / n
    d.substitute(
        "one event more", Eq(after(variance), grown), "one event more, at a weight",
        "linear in the mean square",
    )  # fmt: skip
    d.assume("at rest", Eq(after(variance), variance), "a variance that stays as it is")
    d.substitute("balance", Eq(grown, variance), "one event more", "put in")
    level = (q + 2 * (1 - q) / n) / (2 - q)
    d.solve("equilibrium", Eq(variance, level), variance, "noise of one synapse", unique=True)
    d.substitute("stored", Eq(mean(0, 1), q), {w: 0, s: 1}, "weights are 0 in the mean before",
                 of="the weight")  # fmt: skip
    d.assume(
        "later events",
        Eq(kept(elapsed).diff(elapsed),
           (mean(kept(elapsed), 1) + mean(kept(elapsed), -1)) / 2 - kept(elapsed)),
        "come at rate one, up and down alike, whatever the memory was",
    )  # fmt: skip
    d.substitute(
        "forgetting", Eq(kept(elapsed).diff(elapsed), -q * kept(elapsed)), "the weight",
        "each takes the share q away",
    )  # fmt: skip
    d.solve(
        "mean", Eq(kept(elapsed), q * sp.exp(-q * elapsed)), kept(elapsed), "one time constant",
        initial={kept(0): q},
    )  # fmt: skip
    d.define(
        "sum over synapses",
        Eq(signal(elapsed), number * kept(elapsed) / sp.sqrt(number * variance)),
        "means add, and so do variances",
    )
    d.substitute(
        "signal",
        Eq(signal(elapsed), sp.sqrt(number / level) * q * sp.exp(-q * elapsed)),
        ["mean", "equilibrium"],
        "put in",
    )
    return d
