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
    level, spacing, flow = sp.Function("u"), sp.Symbol("Delta", positive=True), sp.Function("g")
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
    derivation.given(
        "spacing", Eq(spacing, (n ** (k - 1) + n**k) / 2), "volume between the centres k and k + 1"
    )
    derivation.given("flow", Eq(flow(k), rate * n**-k), "of the tube between them")
    derivation.given("diffusion", Eq(D, flow(k) * spacing), "flow per slope of the level")
    derivation.substitute(
        "constant",
        Eq(D, rate * (1 + n) / (2 * n)),
        ["flow", "spacing"],
        "the same everywhere: a uniform rod",
    )
    kernel = sp.exp(-(y**2) / (4 * D * t)) / sp.sqrt(sp.pi * D * t)
    derivation.given("kernel", Eq(level(y, t), kernel), "a unit of liquid put in at y = 0")
    derivation.identity(
        "heat equation",
        Eq(sp.Derivative(kernel, t), D * sp.Derivative(kernel, (y, 2))),
        "level changes by the difference of flows",
    )
    derivation.given("content", kernel, "liquid per volume")
    derivation.integrate("conserved", sp.S.One, (y, 0, sp.oo), "nothing is lost: reflecting end")
    derivation.limit(
        "visible",
        1 / sp.sqrt(sp.pi * D * t),
        y,
        0,
        "what the visible variable still shows after a time t: an inverse square root",
        of="content",
    )
    return derivation


def general_exponent() -> Derivation:
    """Response of a chain with areas a^k and flows b^-k."""
    a, b, k = sp.symbols("a b k", positive=True)
    time, level = sp.Function("t"), sp.Function("G")
    derivation = Derivation(
        "The exponent of a general chain",
        source=SOURCE,
        symbols={
            a: "ratio of neighbouring areas, above one",
            b: "ratio of neighbouring flows, above one",
            k: "beakers filled so far",
        },
        domain={a: (1, 10), b: (1, 10)},
    )
    derivation.given("filling", Eq(time(k), a**k / b**-k), "time of beaker k: area over flow")
    derivation.given(
        "diluted", Eq(level(k), a**-k), "one unit of liquid in k beakers, up to a factor"
    )
    log_time, log_level = sp.log(a * b) * k, -sp.log(a) * k
    derivation.apply(
        "log time",
        Eq(sp.log(time(k)), log_time),
        lambda side: sp.expand_log(sp.log(side), force=True),
        "grows evenly with k",
        of="filling",
    )
    derivation.apply(
        "log level",
        Eq(sp.log(level(k)), log_level),
        lambda side: sp.expand_log(sp.log(side), force=True),
        "falls evenly with k",
        of="diluted",
    )
    derivation.given("ratio", log_level / log_time, "slope in the double logarithmic plane")
    derivation.rewrite(
        "exponent", -sp.log(a) / (sp.log(a) + sp.log(b)), "any power between 0 and 1"
    )
    derivation.substitute(
        "benna fusi", -sp.Rational(1, 2), {b: a}, "areas and flows with one ratio: one half"
    )
    return derivation


def why_one_half() -> Derivation:
    """Among power laws the inverse square root keeps memories longest at a given start."""
    p, s, T = sp.symbols("b s T", positive=True)
    derivation = Derivation(
        "Why the exponent one half",
        source="derived here; argument of Benna and Fusi 2016",
        symbols={
            p: "exponent: a memory of age t contributes t^(-b) to the weight",
            T: "age beyond which nothing is left, events",
        },
        domain={p: (0, sp.Rational(1, 2)), T: (2, 100)},
    )
    derivation.given("squared", s ** (-2 * p), "squared contribution of a memory of age s")
    noise = (T ** (1 - 2 * p) - 1) / (1 - 2 * p)
    derivation.integrate("noise", noise, (s, 1, T), "variance from all older memories")
    derivation.limit("one half", sp.log(T), p, sp.Rational(1, 2), "only a logarithm", direction="-")
    start = sp.Function("S")
    derivation.given(
        "initial", Eq(start(p) ** 2, N * (1 - 2 * p) / (T ** (1 - 2 * p) - 1)),
        "slower decay, b < 1/2: the noise is a power of T and eats the initial signal",
    )  # fmt: skip
    life = sp.Function("L")
    derivation.given(
        "threshold at one half", Eq(N / (life(N) * sp.log(life(N))), 1), "signal meets noise at T"
    )
    derivation.solve(
        "capacity",
        Eq(life(N), sp.exp(sp.LambertW(N))),
        life(N),
        "L ln L = N, so L is N/ln N up to smaller logarithms",
    )
    return derivation
