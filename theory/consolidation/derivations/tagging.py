"""Derivations for tagging and capture: how long a tag lasts, and what proteins make of it."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, tau = sp.symbols("t tau", positive=True)


def tag_lifetime() -> Derivation:
    """The tag of a synapse outlives its trigger of proteins."""
    size, threshold, rest = sp.symbols("Delta theta h_0", positive=True)
    change = sp.Function("d")
    derivation = Derivation(
        "How long a tag lasts",
        source="derived here for the model of Luboeinski and Tetzlaff 2021",
        symbols={
            size: "change of the early weight at the end of the stimulus, mV",
            threshold: "change above which a synapse is tagged, mV",
            tau: "decay time of the early weight, s",
            rest: "early weight at rest, mV",
        },
    )
    derivation.given("decay", Eq(change(t), size * sp.exp(-t / tau)), "after the stimulus")
    derivation.given("end", Eq(size * sp.exp(-t / tau), threshold), "the tag is lost")
    derivation.solve(
        "duration", Eq(t, tau * sp.log(size / threshold)), t, "a logarithm of the change"
    )
    derivation.substitute(
        "saturated",
        Eq(t, tau * sp.log(5)),
        {size: rest, threshold: rest / 5},
        "the largest change is h_0, the tag threshold a fifth of it",
    )
    derivation.substitute(
        "proteins",
        Eq(t, tau * sp.log(2)),
        {size: rest, threshold: rest / 2},
        "one synapse triggers proteins for a shorter time: above half of h_0",
        of="duration",
    )
    return derivation


def capture() -> Derivation:
    """Late weight of a tagged synapse while proteins are made."""
    s, late = sp.Symbol("s", positive=True), sp.Function("z")
    slow, supply = sp.Symbol("tau_z", positive=True), sp.Symbol("P", positive=True)
    derivation = Derivation(
        "Capture",
        source="derived here for the model of Luboeinski and Tetzlaff 2021",
        symbols={
            tau: "time constant of the proteins, s",
            slow: "time constant of the late weight, s",
            supply: "protein integrated over the time with a tag, s",
            late(t): "late weight of a synapse with a positive tag",
        },
    )
    derivation.given("protein", 1 - sp.exp(-s / tau), "made from the time 0 on")
    derivation.integrate(
        "supply", t - tau * (1 - sp.exp(-t / tau)), (s, 0, t), "integral P of the protein"
    )
    rise = 1 - sp.exp(-(t - tau * (1 - sp.exp(-t / tau))) / slow)
    derivation.given("late weight", Eq(late(t), rise), "captured so far")
    derivation.differentiate(
        "law",
        Eq(sp.Derivative(late(t), t),
           (1 - sp.exp(-t / tau)) * sp.exp(-(t - tau * (1 - sp.exp(-t / tau))) / slow) / slow),
        t,
        "its slope",
    )  # fmt: skip
    derivation.rewrite(
        "it is the model",
        Eq(slow * sp.Derivative(late(t), t), (1 - sp.exp(-t / tau)) * (1 - rise)),
        "protein times distance from the goal",
        factor=slow,
    )
    derivation.expand("early", t**2 / (2 * tau * slow), t, 0, 2, "slow at first", of="late weight")
    return derivation
