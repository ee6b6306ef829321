"""Derivations for tagging and capture: how long a tag lasts, and what proteins make of it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

tau = sp.Symbol("tau", positive=True)
t = sp.Symbol("t", nonnegative=True)


def tag_lifetime() -> Derivation:
    """The tag of a synapse outlives its trigger of proteins."""
    size, threshold, rest, end = sp.symbols("Delta theta h_0 t_e", positive=True)
    change = sp.Function("d")
    derivation = Derivation(
        "How long a tag lasts",
        source="derived here for the model of Luboeinski and Tetzlaff 2021",
        symbols={
            change(t): "change of the early weight, a time t after the stimulus, mV",
            size: "change of the early weight at the end of the stimulus, mV",
            threshold: "change above which a synapse is tagged, mV",
            tau: "decay time of the early weight, s",
            rest: "early weight at rest, mV",
            end: "time after the stimulus at which the tag is lost, s",
        },
    )
    derivation.assume("tagged", sp.Lt(threshold, size), "at the end of the stimulus")
    derivation.assume(
        "decay",
        Eq(sp.Derivative(change(t), t), -change(t) / tau),
        "the early weight falls back to rest",
    )
    derivation.solve(
        "early weight",
        Eq(change(t), size * sp.exp(-t / tau)),
        change(t),
        "after the stimulus",
        initial={change(0): size},
    )
    derivation.assume("end", Eq(change(end), threshold), "the tag is lost")
    derivation.substitute(
        "end of the tag", Eq(size * sp.exp(-end / tau), threshold), "early weight", "at that time"
    )
    derivation.solve(
        "duration", Eq(end, tau * sp.log(size / threshold)), end, "a logarithm of the change"
    )
    derivation.substitute(
        "saturated",
        Eq(end, tau * sp.log(5)),
        {size: rest, threshold: rest / 5},
        "the largest change is h_0, the tag threshold a fifth of it",
    )
    derivation.substitute(
        "proteins",
        Eq(end, tau * sp.log(2)),
        {size: rest, threshold: rest / 2},
        "one synapse triggers proteins for a shorter time: above half of h_0",
        of="duration",
    )
    return derivation


def capture() -> Derivation:
    """Late weight of a tagged synapse while proteins are made."""
    s = sp.Symbol("s", nonnegative=True)
    slow = sp.Symbol("tau_z", positive=True)
    protein, late = sp.Function("p"), sp.Function("z")
    derivation = Derivation(
        "Capture",
        source="derived here for the model of Luboeinski and Tetzlaff 2021",
        symbols={
            t: "time since proteins are made, s",
            tau: "time constant of the proteins, s",
            slow: "time constant of the late weight, s",
            protein(t): "protein, 1 in the long run",
            late(t): "late weight of a synapse with a positive tag",
        },
    )
    derivation.assume(
        "synthesis", Eq(tau * sp.Derivative(protein(t), t), 1 - protein(t)), "from the time 0 on"
    )
    derivation.solve(
        "protein",
        Eq(protein(t), 1 - sp.exp(-t / tau)),
        protein(t),
        "a rise to 1",
        initial={protein(0): 0},
    )
    derivation.assume(
        "it is the model",
        Eq(slow * sp.Derivative(late(t), t), protein(t) * (1 - late(t))),
        "protein times distance from the goal",
    )
    derivation.substitute(
        "law",
        Eq(slow * sp.Derivative(late(t), t), (1 - sp.exp(-t / tau)) * (1 - late(t))),
        "protein",
        "with the protein there is",
    )
    rise = 1 - sp.exp(-(t - tau * (1 - sp.exp(-t / tau))) / slow)
    derivation.solve(
        "late weight",
        Eq(late(t), rise),
        late(t),
        "it depends on the protein supplied so far",
        initial={late(0): 0},
    )
    derivation.substitute(
        "protein at s", Eq(protein(s), 1 - sp.exp(-s / tau)), {t: s}, "a time before", of="protein"
    )
    derivation.integrate(
        "supply",
        t - tau * (1 - sp.exp(-t / tau)),
        (s, 0, t),
        "that is the integral in the exponent",
    )
    derivation.expand("early", t**2 / (2 * tau * slow), t, 0, 2, "slow at first", of="late weight")
    return derivation
