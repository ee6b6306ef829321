"""Derivations for bistable synapses: the drive that flips them, and who may give it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t = sp.Symbol("t", positive=True)


def consolidation_threshold() -> Derivation:
    """Proteins above a critical amount leave a tagged synapse no choice."""
    z = sp.Symbol("z", real=True)
    gain = sp.Symbol("gamma", positive=True)
    speed = z * (1 - z) * (z - sp.Rational(1, 2))
    derivation = Derivation(
        "How much protein flips a tagged synapse",
        source="derived here for the equation of TagTriC (Clopath et al. 2008)",
        symbols={
            z: "consolidated weight: 0 and 1 are stable, 1/2 divides them",
            gain: "strength with which protein acts on a tagged synapse",
        },
    )
    derivation.given("speed", speed, "time constant times dz/dt without protein")
    derivation.differentiate("slope", -3 * z**2 + 3 * z - sp.Rational(1, 2), z, "of the speed")
    lowest = sp.Rational(1, 2) - sp.sqrt(3) / 6
    derivation.substitute(
        "a stationary point",
        0,
        {z: lowest},
        "the speed is lowest here, between 0 and 1/2",
    )
    derivation.substitute(
        "strongest pull back", -sp.sqrt(3) / 36, {z: lowest}, "its value", of="speed"
    )
    p = sp.Symbol("p", positive=True)
    derivation.given("balance", Eq(gain * p - sp.sqrt(3) / 36, 0), "protein just overcomes it")
    derivation.solve(
        "critical protein",
        Eq(p, sp.sqrt(3) / (36 * gain)),
        p,
        "above it the lower state no longer exists",
    )
    return derivation


def production_time() -> Derivation:
    """Decaying tags call for proteins for a time that is logarithmic in their number."""
    count, needed, tau = sp.symbols("n N_p tau_h", positive=True)
    derivation = Derivation(
        "How long a neuron makes proteins",
        source="derived here; mean number of tags, exact for many synapses",
        symbols={
            count: "tags set by the stimulus",
            needed: "number of tags above which proteins are made",
            tau: "mean lifetime of a tag",
        },
    )
    rest = sp.Function("m")
    derivation.given("tags", Eq(rest(t), count * sp.exp(-t / tau)), "each dies at random")
    derivation.differentiate(
        "decay", Eq(sp.Derivative(rest(t), t), -count / tau * sp.exp(-t / tau)), t, "at rate 1/tau"
    )
    derivation.given("end", Eq(count * sp.exp(-t / tau), needed), "too few are left")
    derivation.solve("duration", Eq(t, tau * sp.log(count / needed)), t, "of the production")
    derivation.substitute(
        "twice the number", Eq(t, tau * sp.log(2)), {count: 2 * needed}, "of tags that is needed"
    )
    return derivation


def gated_capture() -> Derivation:
    """Share of tagged synapses that a window of protein takes to the late state."""
    s, a, b = sp.symbols("s a b", positive=True)
    decay, rate = sp.symbols("delta kappa", positive=True)
    derivation = Derivation(
        "Capture through a gate",
        source="derived here",
        symbols={
            decay: "rate at which a tagged early state falls back",
            rate: "rate of the step to the late state while proteins are there",
            a: "time from the stimulus to the proteins; they stay until b",
            s: "time since the proteins came",
        },
    )
    derivation.given(
        "flow",
        rate * sp.exp(-decay * a) * sp.exp(-(decay + rate) * s),
        "share still early, times the rate of capture",
    )
    derivation.integrate(
        "captured",
        rate / (decay + rate) * sp.exp(-decay * a) * (1 - sp.exp(-(decay + rate) * b)),
        (s, 0, b),
        "while the proteins last, a time b",
    )
    derivation.limit(
        "proteins for ever",
        rate / (decay + rate) * sp.exp(-decay * a),
        b,
        sp.oo,
        "what the wait has left, and the race of capture against decay",
    )
    return derivation


def write_protection() -> Derivation:
    """The drive that a gate must pass to flip the next bistable variable."""
    x, drive = sp.symbols("x d", real=True)
    derivation = Derivation(
        "The drive that flips a bistable variable",
        source="derived here for coupled bistable variables",
        symbols={x: "one variable, stable at -1 and 1", drive: "input from its neighbour"},
    )
    derivation.given("speed", x - x**3, "without input")
    derivation.differentiate("slope", 1 - 3 * x**2, x, "of the speed")
    derivation.substitute("turning point", 0, {x: -1 / sp.sqrt(3)}, "the speed is lowest here")
    derivation.substitute(
        "strongest pull back", -2 * sp.sqrt(3) / 9, {x: -1 / sp.sqrt(3)}, "value", of="speed"
    )
    derivation.given("balance", Eq(drive - 2 * sp.sqrt(3) / 9, 0), "input just overcomes it")
    derivation.solve(
        "critical drive", Eq(drive, 2 * sp.sqrt(3) / 9), drive, "0.385: a shut gate passes less"
    )
    derivation.given(
        "potential", x**4 / 4 - x**2 / 2 - drive * x, "minus the integral of the speed"
    )
    derivation.differentiate("force", x**3 - x - drive, x, "its slope is minus the speed")
    return derivation
