"""Derivations for any Hessian: Lyapunov identity, convergence of averages, flip cost.

A Hessian of any size is written as A'A with a root A that has an inverse, which is any positive
definite matrix.
"""

from __future__ import annotations

import sympy as sp
from sympy import Eq, Ge, Le

from theory.derivation import Derivation
from theory.metaplasticity.derivations.quadratic_task import H_ii, flip, flip_cost, g_i, s_i

SOURCE = "derived here"

_size = sp.Symbol("d", integer=True, positive=True)
_root = sp.MatrixSymbol("A", _size, _size)
_hessian = _root.T * _root
_rate = sp.Symbol("eta", positive=True)
_change = sp.Symbol(r"\Delta{V}")
_symbols = {
    _root: "root of the Hessian H = A'A, of any size d",
    _change: "change in one step of the energy, which is half of W'H^{-1}W",
}


def _vector(name):
    return sp.MatrixSymbol(name, _size, 1)


def _energy_change(derivation, hidden, error, reason):
    """Add the steps for what one step of descent changes about the energy."""

    def energy(w):
        return sp.Trace(w.T * _hessian.I * w) / 2

    first = sp.Trace(hidden.T * error)
    second = sp.Trace(error.T * _hessian * error) / 2
    derivation.define(
        "change",
        Eq(_change, energy(hidden - _rate * _hessian * error) - energy(hidden)),
        reason,
    )
    derivation.rewrite(
        "two terms",
        Eq(_change, -_rate * first + _rate**2 * second),
        "multiply out: the Hessian cancels its inverse",
    )


def lyapunov() -> Derivation:
    """The energy of the hidden weights decreases when they are far out: boundedness."""
    hidden, error = _vector("W"), _vector("x")
    size, margin = sp.symbols(r"|{W_i}| mu", nonnegative=True)
    optimum, gain, total, loss, largest = sp.symbols(r"W_i^* P S L L_{\max}", real=True)
    derivation = Derivation(
        "An optimum inside the box keeps the hidden weights bounded",
        source=SOURCE,
        symbols={
            hidden: "hidden weights",
            error: "binary weights minus the optimum",
            **_symbols,
            margin: "distance of the optimum from the sides of the box",
            s_i: "binary weight of a synapse",
            gain: "W'x, the first trace: sum over the synapses of |W| s (s - W*), as W = s |W|",
            total: "sum of |W| over the synapses",
            loss: "loss, half of x'Hx, at most L_max, that of the worst corner",
        },
    )
    _energy_change(derivation, hidden, error, "the energy after one step of descent, less before")
    share = sp.Symbol("P_i")
    derivation.define("share", Eq(share, size * s_i * (s_i - optimum)), "share of one synapse")
    derivation.rewrite("squared", Eq(share, size * (s_i**2 - s_i * optimum)), "multiply out")
    derivation.assume("sign", Eq(s_i**2, 1), "a binary weight is a sign")
    derivation.substitute(
        "agreement", Eq(share, size * (1 - s_i * optimum)), "sign", "a sign has square one",
        of="squared",
    )  # fmt: skip
    derivation.assume("upper side", Le(optimum, 1 - margin), "the optimum lies inside the box")
    derivation.assume("lower side", Ge(optimum, margin - 1), "on the other side as well")
    derivation.nonnegative(
        "inside",
        Ge(size * (1 - s_i * optimum), margin * size),
        "every synapse has at least the share mu |W|",
        where=[Eq(s_i**2, 1)],
    )
    derivation.nonnegative(
        "falls",
        Le(-_rate * gain + _rate**2 * loss, -_rate * (margin * total - _rate * largest)),
        "add the shares: the energy falls wherever the sum of |W| exceeds eta L_max / mu",
        where=[Ge(gain, margin * total), Le(loss, largest)],
    )
    return derivation


def convergence() -> Derivation:
    """Time-averaged signs tend to the box minimiser, hidden weights move by its multipliers."""
    signs, optimum, mean = _vector("s"), _vector("W^*"), _vector(r"\bar{s}")
    shifted, new, error = _vector("Z"), _vector("Z_{+}"), _vector("x")
    total = sp.Symbol("T", integer=True, positive=True)
    start, spread = sp.symbols("V_0 B", positive=True)
    size = sp.Symbol(r"|{W_i}|", nonnegative=True)
    held, force, gain, loss = sp.symbols(r"\bar{s}_i v_i P L", real=True)
    derivation = Derivation(
        "The mean binary weights minimise the loss over the box",
        source=SOURCE,
        symbols={
            signs: "binary weights",
            mean: "box minimiser",
            force: "multiplier of a synapse, component of v = H (W* - sbar)",
            shifted: "hidden weights minus the predicted motion, eta v a step",
            error: "s - sbar",
            **_symbols,
            spread: "half of the largest squared distance, in the norm of H, of a corner from sbar",
        },
    )
    step = shifted - _rate * _hessian * (signs - optimum)
    derivation.define(
        "step",
        Eq(new, step + _rate * _hessian * (mean - optimum)),
        "one step of the hidden weights, minus one step of the predicted motion",
    )
    derivation.rewrite(
        "deviation",
        Eq(new, shifted - _rate * _hessian * (signs - mean)),
        "the deviation behaves as if the optimum were the box minimiser",
    )
    _energy_change(derivation, shifted, error, "its energy after the step, less before")
    share = sp.Symbol("P_i")
    derivation.define(
        "share",
        Eq(share, (s_i * size - _rate * total * force) * (s_i - held)),
        "share of one synapse in the first trace after T steps, with W = s |W|",
    )
    derivation.rewrite(
        "multiplied out",
        Eq(share, size * (s_i**2 - s_i * held) + _rate * total * force * (held - s_i)),
        "two parts",
    )
    derivation.assume("sign", Eq(s_i**2, 1), "a binary weight is a sign")
    derivation.substitute(
        "two parts",
        Eq(share, size * (1 - s_i * held) + _rate * total * force * (held - s_i)),
        "sign",
        "a sign has square one",
        of="multiplied out",
    )
    derivation.assume("upper side", Le(held, 1), "the minimiser lies in the box")
    derivation.assume("lower side", Ge(held, -1), "on the other side as well")
    derivation.assume(
        "minimal",
        Ge(force * (held - s_i), 0),
        "the slope -v at the minimum does not fall towards any corner of the box",
    )
    derivation.nonnegative(
        "synapses",
        size * (1 - s_i * held) + _rate * total * force * (held - s_i),
        "no share is negative",
        using=["minimal"],
        where=[Eq(s_i**2, 1)],
    )
    derivation.nonnegative(
        "rise",
        Le(-_rate * gain + _rate**2 * loss, _rate**2 * spread),
        "their sum P is not negative, and half of x'Hx is at most B: so much the energy rises",
        where=[Ge(gain, 0), Le(loss, spread)],
    )
    bound = sp.Function("b")
    derivation.define(
        "grown",
        Eq(bound(total), (start + _rate**2 * total * spread) / total**2),
        "the largest energy after T steps, divided by the square of T",
    )
    derivation.limit(
        "vanishes",
        sp.S.Zero,
        total,
        sp.oo,
        "the deviation grows at most as the root of T: divided by T, hidden weights tend to eta v "
        "and, since the deviation is minus eta H times the sum of s - sbar, mean signs to sbar",
    )
    return derivation


mean_cost = sp.Symbol(r"\langle\Delta_i{L}\rangle")
speed = sp.Symbol(r"|{v_i}|", positive=True)


def consolidated_flip_cost() -> Derivation:
    """Mean flip cost of a consolidated weight for any Hessian."""
    velocity = sp.Symbol(r"\tilde{W}_i", positive=True)
    mean = sp.Symbol(r"\bar{g}_i")
    total = sp.Symbol("T", integer=True, positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    cost, gradient, running, wander = map(sp.Function, ("c", "g_i", "C", "r"))
    derivation = Derivation(
        "What a consolidated weight would cost to flip, for any Hessian",
        source="derived here; for a diagonal Hessian, Laborieux et al. 2021",
        symbols={
            s_i: "binary weight, settled for good",
            gradient(k): "component of the gradient at step k",
            mean: "its time average",
            wander(k): "sum of gradient minus average over the steps before k",
            cost(k): "cost of a flip at step k",
            running(k): "sum of the costs before step k",
            speed: "size of the multiplier",
            velocity: "size of the velocity of the hidden weight",
        },
    )
    derivation.quote(
        "cost",
        flip_cost()["binary"],
        "the cost of a flip",
        source="the derivation of the cost of flipping one binary weight",
    )
    derivation.substitute(
        "each step",
        Eq(cost(k), 2 * H_ii - 2 * s_i * gradient(k)),
        {flip: cost(k), g_i: gradient(k)},
        "at every step",
    )
    derivation.assume(
        "wandering",
        Eq(gradient(k), mean + wander(k + 1) - wander(k)),
        "the gradient is its average and what sums up to r",
    )
    derivation.assume("running", Eq(running(k + 1) - running(k), cost(k)), "what C is")
    derivation.substitute(
        "differences",
        Eq(
            running(k + 1) - running(k),
            2 * H_ii - 2 * s_i * (mean + wander(k + 1) - wander(k)),
        ),
        ["each step", "wandering"],
        "insert both",
    )
    derivation.sum(
        "sum",
        Eq(
            running(total) - running(0),
            (2 * H_ii - 2 * s_i * mean) * total - 2 * s_i * (wander(total) - wander(0)),
        ),
        (k, 0, total - 1),
        "all steps",
    )
    derivation.assume("closed", Eq(wander(total), wander(0)), "the average is over these T steps")
    derivation.define(
        "over time", Eq(mean_cost, (running(total) - running(0)) / total), "mean cost of a flip"
    )
    derivation.solve("total", Eq(running(total), running(0) + total * mean_cost), running(total),
                     "read backwards")  # fmt: skip
    derivation.substitute(
        "average",
        Eq(total * mean_cost, total * (2 * H_ii - 2 * s_i * mean)),
        ["total", "closed"],
        "the cost is linear in the gradient",
        of="sum",
    )
    derivation.assume(
        "settled",
        Eq(mean, -s_i * speed),
        "the mean gradient is minus the multiplier, which has the sign of the settled weight",
    )
    derivation.assume("square", Eq(s_i**2, 1), "a binary weight is a sign")
    derivation.substitute(
        "inserted",
        Eq(total * mean_cost, total * (2 * H_ii + 2 * s_i**2 * speed)),
        "settled",
        "insert it",
        of="average",
    )
    derivation.substitute(
        "squared", Eq(total * mean_cost, total * (2 * H_ii + 2 * speed)), "square", "one"
    )
    derivation.solve("sign", Eq(mean_cost, 2 * H_ii + 2 * speed), mean_cost, "divide by the steps")
    derivation.define(
        "moves", Eq(velocity, _rate * speed), "hidden weights grow by eta times the multiplier"
    )
    derivation.solve("multiplier", Eq(speed, velocity / _rate), speed, "read backwards")
    derivation.substitute(
        "velocity",
        Eq(mean_cost, 2 * H_ii + 2 * velocity / _rate),
        "multiplier",
        "read off the speed of the hidden weight",
        of="sign",
    )
    return derivation
