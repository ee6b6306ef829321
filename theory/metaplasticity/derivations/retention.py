"""Derivations for two tasks in turn: kept synapses, linear and logarithmic forgetting."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def kept_fraction() -> Derivation:
    """Which synapses of the first task survive a pull, without and with metaplasticity."""
    speed, excess, first, time, u, m = sp.symbols("h e T t u m", positive=True)
    largest, front = sp.symbols("W_max W_c", positive=True)
    kept, after = sp.Symbol("k"), sp.Function("k")
    derivation = Derivation(
        "Which synapses keep the first task",
        source=SOURCE,
        symbols={
            speed: "learning rate times curvature",
            excess: "largest excess of an optimum over the box, optimum range minus 1",
            first: "steps on the first task",
            time: "steps on the second task",
            u: "disagreement: one minus sign of the first optimum times the second optimum",
            front: "front: smaller hidden weights have flipped",
        },
    )
    derivation.given(
        "largest",
        Eq(largest, speed * excess * first),
        "hidden weights after the first task are uniform up to this",
    )
    derivation.given("kept", Eq(kept, 1 - front / largest), "the part beyond the front")
    derivation.substitute(
        "plain",
        Eq(kept, 1 - u * time / (excess * first)),
        [{front: speed * u * time}, "largest"],
        "m = 0: forgetting is linear and complete after about as many steps as were learned",
    )
    logarithmic = 1 - sp.log(8 * m * speed * u * time) / (2 * m * speed * excess * first)
    derivation.substitute(
        "metaplastic",
        Eq(kept, logarithmic),
        [{front: sp.log(8 * m * speed * u * time) / (2 * m)}, "largest"],
        "m > 0, late: forgetting is logarithmic, and the group m h T sets its pace",
        of="kept",
        where=[8 * m * speed * u * time > 1],
    )
    derivation.given("in time", Eq(after(time), logarithmic), "as a function of the time")
    derivation.given("doubling", after(time) - after(2 * time), "what doubling the time costs")
    derivation.substitute(
        "cost of doubling",
        sp.log(2) / (2 * m * speed * excess * first),
        "in time",
        "a constant: equal for every disagreement and every time",
    )
    return derivation


def free_agreement() -> Derivation:
    """A flipped synapse that is free in the second task agrees with the first by chance."""
    a = sp.Symbol("s", real=True)
    b, u = sp.symbols("b u", real=True)
    agree = sp.Function("p")
    derivation = Derivation(
        "Chance agreement of free synapses",
        source=SOURCE,
        symbols={a: "sign of the first optimum", b: "second optimum, inside the box"},
    )
    derivation.given("rotation", Eq(agree(a * b), (1 + a * b) / 2), "the mean sign is b")
    derivation.substitute(
        "disagreement", Eq(agree(1 - u), 1 - u / 2), {b: (1 - u) / a}, "u = 1 - s b"
    )
    derivation.given("overlap", 1 - u / 2, "for disagreements between 0 and 2")
    derivation.integrate(
        "mean", sp.S.One, (u, 0, 2), "half of them agree, spread over a length of 2"
    )
    return derivation
