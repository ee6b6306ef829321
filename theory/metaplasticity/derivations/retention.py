"""Derivations for two tasks in turn: kept synapses, linear and logarithmic forgetting."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def kept_fraction() -> Derivation:
    """Which synapses of the first task survive a pull, without and with metaplasticity."""
    speed, excess, first, time, u, m = sp.symbols("h e T t u m", positive=True)
    largest, front, hidden, density = sp.symbols("W_max W_c W rho", positive=True)
    kept, after, loss = map(sp.Function, ("K", "k", "D"))
    derivation = Derivation(
        "Which synapses keep the first task",
        source=SOURCE,
        symbols={
            speed: "learning rate times curvature",
            excess: "largest excess of an optimum over the box, optimum range minus 1",
            first: "steps on the first task",
            time: "steps on the second task",
            u: "disagreement: one minus sign of the first optimum times the second optimum",
            kept(front): "share beyond the front W_c: smaller hidden weights have flipped",
            after(time): "share kept after the time t, m > 0",
            loss(time): "what doubling the time costs",
        },
    )
    derivation.define(
        "largest",
        Eq(largest, speed * excess * first),
        "the largest hidden weight of the first task",
    )
    derivation.define(
        "density", Eq(density, 1 / largest), "the optima are uniform, and so the hidden weights"
    )
    derivation.define(
        "beyond",
        Eq(kept(front), sp.Integral(density, (hidden, front, largest))),
        "the part beyond the front",
    )
    derivation.substitute("kept", Eq(kept(front), 1 - front / largest), "density", "integrate")
    derivation.substitute(
        "spread",
        Eq(kept(front), 1 - front / (speed * excess * first)),
        "largest",
        "insert the largest hidden weight",
    )
    derivation.substitute(
        "plain",
        Eq(kept(speed * u * time), 1 - u * time / (excess * first)),
        {front: speed * u * time},
        "m = 0, the front moves at the speed of the pull: forgetting is linear and complete after "
        "about as many steps as were learned",
    )
    moved = sp.log(8 * m * speed * u * time) / (2 * m)
    derivation.substitute(
        "metaplastic",
        Eq(kept(moved), 1 - moved / (speed * excess * first)),
        {front: moved},
        "m > 0, late, with the logarithmic front: the group m h T sets the pace",
        of="spread",
        where=[8 * m * speed * u * time > 1],
    )
    derivation.define("at the front", Eq(after(time), kept(moved)), "as a function of time")
    derivation.substitute(
        "in time",
        Eq(after(time), 1 - moved / (speed * excess * first)),
        "metaplastic",
        "insert the front",
    )
    derivation.define(
        "doubling", Eq(loss(time), after(time) - after(2 * time)), "what doubling the time costs"
    )
    derivation.substitute(
        "cost of doubling",
        Eq(loss(time), sp.log(2) / (2 * m * speed * excess * first)),
        "in time",
        "a constant: equal for every disagreement and every time",
    )
    return derivation


def free_agreement() -> Derivation:
    """A flipped synapse that is free in the second task agrees with the first by chance."""
    a, b = sp.symbols("s b", real=True)
    u = sp.Symbol("u", nonnegative=True)
    by_u, share = sp.Function("p", real=True), sp.Function("q", real=True)
    derivation = Derivation(
        "Chance agreement of free synapses",
        source=SOURCE,
        symbols={
            a: "sign of the first optimum",
            b: "second optimum, inside the box",
            by_u(u): "probability that the synapse has the sign s",
            u: "disagreement 1 - s b, between 0 and 2",
        },
    )
    derivation.assume(
        "rotation",
        Eq(by_u(u) - (1 - by_u(u)), 1 - u),
        "the mean sign is b, so that the mean of s times the sign is s b = 1 - u",
    )
    derivation.solve("disagreement", Eq(by_u(u), 1 - u / 2), by_u(u), "one half where s b = 0")
    derivation.define(
        "share", Eq(share(u), by_u(u) / 2), "disagreements are uniform over a length of 2"
    )
    derivation.substitute("density", Eq(share(u), (1 - u / 2) / 2), "disagreement", "insert p")
    derivation.integrate("mean", sp.Rational(1, 2), (u, 0, 2), "half of them agree")
    return derivation
