"""Derivations for any Hessian: Lyapunov identity, convergence of averages, flip cost."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def _modes():
    rate, curvature = sp.symbols("eta lambda_k", positive=True)
    return rate, curvature, *sp.symbols("W_k s_k w_k", real=True)


def lyapunov() -> Derivation:
    """The energy of the hidden weights decreases when they are far out: boundedness."""
    rate, curvature, hidden, s, w = _modes()
    size, margin, slack = sp.symbols("|W_i| mu q_i", nonnegative=True)
    sign, optimum, change = sp.symbols(r"s_i W_i^* \Delta{V}_k", real=True)
    energy = sp.Function("V")
    derivation = Derivation(
        "An optimum inside the box keeps the hidden weights bounded",
        source=SOURCE,
        symbols={
            hidden: "component of the hidden weights along an eigenvector of the Hessian",
            curvature: "its eigenvalue",
            s: "component of the binary weights along the same eigenvector",
            w: "component of the optimum along it",
            margin: "distance of the optimum from the sides of the box",
        },
    )
    derivation.given(
        "energy", Eq(energy(hidden), hidden**2 / (2 * curvature)), "energy of one mode"
    )
    derivation.given(
        "change",
        Eq(change, energy(hidden - rate * curvature * (s - w)) - energy(hidden)),
        "what one step of descent changes",
    )
    derivation.substitute(
        "modes",
        Eq(change, -rate * hidden * (s - w) + rate**2 * curvature * (s - w) ** 2 / 2),
        "energy",
        "summed over the modes: minus the learning rate times W.(s - W*), plus the squared "
        "learning "
        "rate times the loss. Both sums are the same in every basis",
    )
    derivation.identity(
        "agreement",
        Eq(size * sign * (sign - optimum), size * (sign**2 - sign * optimum)),
        "a sign has square one: the share is |W| (1 - s W*)",
    )
    derivation.nonnegative(
        "inside",
        size * (margin + slack) - size * margin,
        "with 1 - s W* = mu + q, q at least 0: every synapse pulls the energy down by at least the "
        "learning rate times mu |W|, so that V falls wherever the sum of |W| exceeds eta L_max / "
        "mu",
        terms=[size * slack],
    )
    return derivation


def convergence() -> Derivation:
    """Time-averaged signs tend to the box minimiser, hidden weights move by its multipliers."""
    rate, curvature, _, s, w = _modes()
    mean, multiplier = sp.symbols(r"\bar{s}_k v_k", real=True)
    time = sp.Symbol("t", nonnegative=True)
    total = sp.Symbol("T", integer=True, positive=True)
    start, spread = sp.symbols("V_0 B", positive=True)
    new, change = sp.symbols(r"Z_k' \Delta{V}_k", real=True)
    shifted = sp.Symbol("Z_k", real=True)
    energy = sp.Function("V")
    derivation = Derivation(
        "The mean binary weights minimise the loss over the box",
        source=SOURCE,
        symbols={
            mean: "component of the box minimiser along an eigenvector",
            multiplier: "component of the multipliers, minus the gradient at the minimiser",
            shifted: "hidden weight minus the predicted motion",
            spread: "half the largest squared distance, in the norm of H, of a corner from it",
        },
    )
    derivation.given("multiplier", Eq(multiplier, curvature * (w - mean)), "minus the gradient")
    derivation.given(
        "step",
        Eq(new, shifted - rate * curvature * (s - w) - rate * multiplier),
        "one step of the hidden weight, minus one step of the predicted motion",
    )
    derivation.substitute(
        "deviation",
        Eq(new, shifted - rate * curvature * (s - mean)),
        "multiplier",
        "the deviation behaves as if the optimum were the box minimiser",
    )
    derivation.given(
        "energy", Eq(energy(shifted), shifted**2 / (2 * curvature)), "energy of a mode"
    )
    derivation.given("change", Eq(change, energy(new) - energy(shifted)), "its change in one step")
    derivation.substitute(
        "modes",
        Eq(change, -rate * shifted * (s - mean) + rate**2 * curvature * (s - mean) ** 2 / 2),
        ["energy", "deviation"],
        "summed over the modes: minus eta Z.(s - sbar), plus at most eta squared times B",
    )
    size, outward, disagree, gap = sp.symbols("|W_i| |v_i| a_i b_i", nonnegative=True)
    sign, held, force = sp.symbols(r"s_i \bar{s}_i v_i", real=True)
    derivation.given(
        "share",
        (sign * size - rate * time * force) * (sign - held),
        "one synapse's share of Z.(s - sbar), in the synapses' own basis, with W = s |W|",
    )
    derivation.rewrite(
        "two parts",
        size * (sign**2 - sign * held) + rate * time * force * (held - sign),
        "multiply out; a sign has square one",
    )
    derivation.nonnegative(
        "synapses",
        size * disagree + rate * time * outward * gap,
        "the share, with a = 1 - s sbar, at least 0 in the box, and b = sign(v) (sbar - s), at "
        "least "
        "0 since sbar is the sign of v wherever v is not 0: the first term of the energy's change "
        "is never positive",
    )
    derivation.given(
        "grown",
        (start + rate**2 * total * spread) / total**2,
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


def consolidated_flip_cost() -> Derivation:
    """Mean flip cost of a consolidated weight for any Hessian."""
    curvature, speed, rate = sp.symbols("H_ii |v_i| eta", positive=True)
    s, gradient = sp.symbols("s_i g_i", real=True)
    velocity = sp.Symbol(r"\tilde{W}_i", positive=True)
    cost = sp.Symbol(r"\langle\Delta_i{L}\rangle", real=True)
    derivation = Derivation(
        "What a consolidated weight would cost to flip, for any Hessian",
        source="derived here; for a diagonal Hessian, Laborieux et al. 2021",
        symbols={gradient: "time-averaged gradient component", velocity: "size of the velocity"},
    )
    derivation.given("cost", Eq(cost, 2 * curvature - 2 * s * gradient), "s is settled: average")
    derivation.substitute(
        "settled",
        Eq(cost, 2 * curvature + 2 * s**2 * speed),
        {gradient: -s * speed},
        "the mean gradient is minus the multiplier, which has the sign s",
    )
    derivation.substitute(
        "sign", Eq(cost, 2 * curvature + 2 * speed), {s**2: 1}, "a sign has square one"
    )
    derivation.substitute(
        "velocity",
        Eq(cost, 2 * curvature + 2 * velocity / rate),
        {speed: velocity / rate},
        "hidden weights grow by the learning rate times the multiplier",
    )
    return derivation
