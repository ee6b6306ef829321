"""Derivations for the beaker chain: heat equation, exponent of general chains, why one half."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, y, D, N = sp.symbols("t y D N", positive=True)
SOURCE = "derived here for the model of Benna and Fusi 2016"


def heat_equation() -> Derivation:
    """From beakers to the heat equation, and its answer to one event."""
    n, rate, k = sp.symbols("n alpha k", positive=True)
    level, spacing, flow = sp.Function("u"), sp.Function("Delta"), sp.Function("g")
    derivation = Derivation(
        "From beakers to the heat equation",
        source=SOURCE,
        symbols={
            n: "ratio of neighbouring areas",
            rate: "flow through the first tube is alpha/n per step",
            y: "volume: area of all beakers in front, the coordinate along the chain",
            D: "diffusion constant, volume squared per step",
        },
    )
    derivation.define(
        "spacing",
        Eq(spacing(k), (n ** (k - 1) + n**k) / 2),
        "volume between the centres k and k + 1",
    )
    derivation.define("flow", Eq(flow(k), rate * n**-k), "of the tube between them")
    derivation.assume("diffusion", Eq(D, flow(k) * spacing(k)), "flow per slope of the level")
    derivation.substitute(
        "constant",
        Eq(D, rate * (1 + n) / (2 * n)),
        ["flow", "spacing"],
        "the same everywhere: a uniform rod",
    )
    derivation.assume(
        "heat equation",
        Eq(sp.Derivative(level(y, t), t), D * sp.Derivative(level(y, t), (y, 2))),
        "many beakers as one rod: the level changes by the difference of flows",
    )
    derivation.solve(
        "kernel",
        Eq(level(y, t), sp.exp(-(y**2) / (4 * D * t)) / sp.sqrt(sp.pi * D * t)),
        level(y, t),
        "that of a unit of liquid put in at y = 0, as the next two steps show",
        unique=False,
    )
    derivation.integrate("conserved", sp.S.One, (y, 0, sp.oo), "one unit at all times")
    derivation.limit(
        "at the start", sp.S.Zero, t, 0, "and at first none of it away from y = 0", of="kernel"
    )
    derivation.limit(
        "visible",
        1 / sp.sqrt(sp.pi * D * t),
        y,
        0,
        "what the visible variable still shows after a time t: an inverse square root",
        of="kernel",
    )
    return derivation


def general_exponent() -> Derivation:
    """Response of a chain with areas a^k and flows b^-k."""
    a, b, k = sp.symbols("a b k", positive=True)
    time, level = (sp.Function(name, positive=True) for name in ("t", "G"))
    slope = sp.Function("beta")
    derivation = Derivation(
        "The exponent of a general chain",
        source=SOURCE,
        symbols={
            a: "ratio of neighbouring areas, above one",
            b: "ratio of neighbouring flows, above one",
            k: "beakers filled so far",
            time(k): "time until then, in units of the first beaker",
            level(k): "what the visible variable then shows",
        },
        domain={a: (1, sp.oo), b: (1, sp.oo)},
    )
    derivation.define("filling", Eq(time(k), a**k / b**-k), "area of beaker k over its flow")
    derivation.define(
        "diluted", Eq(level(k), a**-k), "one unit of liquid in k beakers, up to a factor"
    )
    derivation.apply(
        "log time",
        Eq(sp.log(time(k)), k * (sp.log(a) + sp.log(b))),
        sp.log,
        "grows evenly with k",
        of="filling",
    )
    derivation.apply(
        "log level",
        Eq(sp.log(level(k)), -k * sp.log(a)),
        sp.log,
        "falls evenly with k",
        of="diluted",
    )
    derivation.define(
        "ratio",
        Eq(slope(k), sp.log(level(k)) / sp.log(time(k))),
        "slope in the double logarithmic plane",
    )
    derivation.substitute(
        "exponent",
        Eq(slope(k), -sp.log(a) / (sp.log(a) + sp.log(b))),
        ["log level", "log time"],
        "any power between 0 and 1",
    )
    derivation.substitute(
        "benna fusi",
        Eq(slope(k), -sp.Rational(1, 2)),
        {b: a},
        "areas and flows with one ratio: one half",
    )
    return derivation


def why_one_half() -> Derivation:
    """Among power laws the inverse square root keeps memories longest at a given start."""
    p, s, T, L = sp.symbols("b s T L", positive=True)
    share, noisy = sp.Function("c"), sp.Function("R")
    derivation = Derivation(
        "Why the exponent one half",
        source="derived here; argument of Benna and Fusi 2016",
        symbols={
            p: "exponent: a memory of age t contributes t^(-b) to the weight",
            T: "age beyond which nothing is left, events",
            share(s, p): "squared contribution of a memory of age s",
            L: "lifetime in events: the age T at which the signal meets the noise",
        },
        domain={p: (0, sp.Rational(1, 2)), T: (1, sp.oo), L: (1, sp.oo)},
    )
    half = sp.Rational(1, 2)
    derivation.define("squared", Eq(share(s, p), s ** (-2 * p)), "by age and exponent")
    noise = (T ** (1 - 2 * p) - 1) / (1 - 2 * p)
    variance = sp.Integral(share(s, p), (s, 1, T))
    derivation.integrate("noise", noise, (s, 1, T), "variance from all older memories")
    derivation.limit("one half", sp.log(T), p, half, "only a logarithm", direction="-")
    derivation.define(
        "noise over start", Eq(noisy(p), variance / N), "inverse squared signal to noise at first"
    )
    derivation.substitute(
        "initial",
        Eq(noisy(p), (T ** (1 - 2 * p) - 1) / ((1 - 2 * p) * N)),
        "noise",
        "slower decay, b < 1/2: the noise is a power of T and eats the initial signal",
    )
    derivation.assume(
        "threshold at one half",
        Eq(N / L, sp.log(L)),
        "squared signal N/L of a memory of age L meets the noise ln L",
    )
    derivation.rewrite("logarithm first", Eq(sp.log(L) * sp.exp(sp.log(L)), N), "L is exp(ln L)")
    derivation.solve(
        "capacity",
        Eq(L, sp.exp(sp.LambertW(N))),
        L,
        "L ln L = N, so L is N/ln N up to smaller logarithms",
    )
    return derivation
