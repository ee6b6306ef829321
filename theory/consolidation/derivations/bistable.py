"""Derivations for bistable synapses: the drive that flips them, and who may give it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def consolidation_threshold() -> Derivation:
    """Proteins above a critical amount leave a tagged synapse no choice."""
    z = sp.Symbol("z", real=True)
    gain, p = sp.symbols("gamma p", positive=True)
    speed = sp.Function("v")
    half, root = sp.Rational(1, 2), sp.sqrt(3)
    derivation = Derivation(
        "How much protein flips a tagged synapse",
        source="derived here for the equation of TagTriC (Clopath et al. 2008)",
        symbols={
            z: "consolidated weight: 0 and 1 are stable, 1/2 divides them",
            gain: "strength with which protein acts on a tagged synapse",
            p: "protein",
        },
        domain={z: (0, 1)},
    )
    derivation.define(
        "speed", Eq(speed(z), z * (1 - z) * (z - half)), "time constant times dz/dt without protein"
    )
    derivation.differentiate(
        "slope", Eq(sp.Derivative(speed(z), z), -3 * z**2 + 3 * z - half), z, "of the speed"
    )
    lowest = half - root / 6
    derivation.substitute(
        "strongest pull back",
        Eq(speed(lowest), -root / 36),
        {z: lowest},
        "where the slope is 0, between 0 and 1/2",
        of="speed",
    )
    derivation.nonnegative(
        "no stronger one",
        sp.Ge(z * (1 - z) * (z - half), -root / 36),
        "the speed is lowest there",
        terms=[(z - lowest) ** 2 * (half + root / 3 - z)],
    )
    derivation.assume(
        "balance", Eq(gain * p + speed(lowest), 0), "protein just overcomes the strongest pull"
    )
    derivation.substitute(
        "balance of numbers", Eq(gain * p - root / 36, 0), "strongest pull back", "its value"
    )
    derivation.solve(
        "critical protein",
        Eq(p, root / (36 * gain)),
        p,
        "above it the lower state no longer exists",
    )
    return derivation


def production_time() -> Derivation:
    """Decaying tags call for proteins for a time that is logarithmic in their number."""
    count, needed, tau, end = sp.symbols("n N_p tau_h t_e", positive=True)
    t = sp.Symbol("t", nonnegative=True)
    rest = sp.Function("m")
    derivation = Derivation(
        "How long a neuron makes proteins",
        source="derived here; mean number of tags, exact for many synapses",
        symbols={
            count: "tags set by the stimulus",
            rest(t): "mean number of tags left",
            needed: "number of tags above which proteins are made",
            tau: "mean lifetime of a tag",
            end: "time at which too few are left",
        },
    )
    derivation.assume("enough", sp.Lt(needed, count), "for any proteins to be made")
    derivation.assume(
        "decay", Eq(sp.Derivative(rest(t), t), -rest(t) / tau), "each dies at random, at rate 1/tau"
    )
    derivation.solve(
        "tags",
        Eq(rest(t), count * sp.exp(-t / tau)),
        rest(t),
        "an exponential",
        initial={rest(0): count},
    )
    derivation.assume("end", Eq(rest(end), needed), "too few are left")
    derivation.substitute(
        "end of the tags",
        Eq(count * sp.exp(-end / tau), needed),
        "tags",
        "their number at that time",
    )
    derivation.solve("duration", Eq(end, tau * sp.log(count / needed)), end, "of the production")
    derivation.substitute(
        "twice the number", Eq(end, tau * sp.log(2)), {count: 2 * needed}, "of tags that is needed"
    )
    return derivation


def gated_capture() -> Derivation:
    """Share of tagged synapses that a window of protein takes to the late state."""
    a, b, decay, rate = sp.symbols("a b delta kappa", positive=True)
    s = sp.Symbol("s", nonnegative=True)
    early, flow = sp.Function("e"), sp.Function("j")
    derivation = Derivation(
        "Capture through a gate",
        source="derived here",
        symbols={
            decay: "rate at which a tagged early state falls back",
            rate: "rate of the step to the late state while proteins are there",
            a: "time from the stimulus to the proteins",
            b: "time for which the proteins stay",
            s: "time since the proteins came",
            early(s): "share that is still early",
        },
    )
    derivation.assume(
        "loss",
        Eq(sp.Derivative(early(s), s), -(decay + rate) * early(s)),
        "an early state falls back or is captured",
    )
    derivation.solve(
        "still early",
        Eq(early(s), sp.exp(-decay * a) * sp.exp(-(decay + rate) * s)),
        early(s),
        "what the wait has left decays faster while proteins are there",
        initial={early(0): sp.exp(-decay * a)},
    )
    derivation.define("flow", Eq(flow(s), rate * early(s)), "into the late state")
    derivation.substitute(
        "flow in time",
        Eq(flow(s), rate * sp.exp(-decay * a) * sp.exp(-(decay + rate) * s)),
        "still early",
        "as the early share",
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
    speed, potential = sp.Function("v"), sp.Function("V")
    derivation = Derivation(
        "The drive that flips a bistable variable",
        source="derived here for coupled bistable variables",
        symbols={x: "one variable, stable at -1 and 1", drive: "input from its neighbour"},
        domain={x: (-1, 1)},
    )
    derivation.define("speed", Eq(speed(x), x - x**3), "without input")
    derivation.differentiate(
        "slope", Eq(sp.Derivative(speed(x), x), 1 - 3 * x**2), x, "of the speed"
    )
    lowest, pull = -1 / sp.sqrt(3), 2 * sp.sqrt(3) / 9
    derivation.substitute(
        "strongest pull back",
        Eq(speed(lowest), -pull),
        {x: lowest},
        "where the slope is 0",
        of="speed",
    )
    derivation.nonnegative(
        "no stronger one",
        sp.Ge(x - x**3, -pull),
        "the speed is lowest there",
        terms=[(x - lowest) ** 2 * (2 / sp.sqrt(3) - x)],
    )
    derivation.assume("balance", Eq(drive + speed(lowest), 0), "input just overcomes it")
    derivation.substitute(
        "balance of numbers", Eq(drive - pull, 0), "strongest pull back", "its value"
    )
    derivation.solve("critical drive", Eq(drive, pull), drive, "0.385: a shut gate passes less")
    derivation.define(
        "potential",
        Eq(potential(x, drive), x**4 / 4 - x**2 / 2 - drive * x),
        "minus the integral of the speed with its input",
    )
    derivation.differentiate(
        "force",
        Eq(sp.Derivative(potential(x, drive), x), -(x - x**3 + drive)),
        x,
        "its slope is minus the speed",
    )
    return derivation
