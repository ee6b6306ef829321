"""Derivations for Hopfield networks: the equation of the blackout, the noise of a palimpsest."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

C = sp.Symbol("C", positive=True)
mu = sp.Symbol("mu", real=True, nonzero=True)
chance = sp.Symbol("mu_0", real=True, nonzero=True)


def blackout() -> Derivation:
    """One equation for the retrieval state of a network that stores all patterns alike."""
    load, r, m, y, s, top = sp.symbols("alpha r m y s X", positive=True)
    h, x = sp.symbols("h x", real=True)
    density, state, answer = sp.Function("p"), sp.Function("M"), sp.Function("chi")
    derivation = Derivation(
        "Blackout: one equation",
        source="Amit, Gutfreund and Sompolinsky 1985, zero temperature; noise derived here",
        symbols={
            h: "signal in the field of a neuron",
            x: "field: signal and Gaussian noise of deviation s",
            load: "stored patterns over neurons",
            m: "overlap with the pattern to be retrieved",
            chance: "overlap with another pattern by chance; mu: with the network's response",
            r: "noise of the other patterns, in units of the load; its root is mu over mu_0",
            C: "susceptibility: change of the mean state with the signal",
            y: "signal over noise, m over the square root of 2 alpha r",
        },
    )
    derivation.define(
        "field",
        Eq(density(x, h), sp.exp(-((x - h) ** 2) / (2 * s**2)) / (sp.sqrt(2 * sp.pi) * s)),
        "density of the fields",
    )
    derivation.integrate(
        "active up to X",
        (sp.erf((top - h) / (sp.sqrt(2) * s)) + sp.erf(h / (sp.sqrt(2) * s))) / 2,
        (x, 0, top),
        "share of fields between 0 and X",
    )
    active = sp.Limit(sp.Integral(density(x, h), (x, 0, top)), top, sp.oo)
    derivation.limit(
        "active", (1 + sp.erf(h / (sp.sqrt(2) * s))) / 2, top, sp.oo, "share of positive fields"
    )
    derivation.define("mean sign", Eq(state(h), 2 * active - 1), "positive minus negative")
    derivation.substitute(
        "mean state", Eq(state(h), sp.erf(h / (sp.sqrt(2) * s))), "active", "its value"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(state(h), h), sp.sqrt(2 / sp.pi) * sp.exp(-(h**2) / (2 * s**2)) / s),
        h,
        "twice the density of neurons at the edge of flipping",
    )
    derivation.define("answer", Eq(answer(h), sp.Derivative(state(h), h)), "to a small field")
    derivation.assume("overlap", Eq(m, state(m)), "mean state of the neurons, signal m")
    derivation.substitute(
        "overlap, Gaussian noise",
        Eq(m, sp.erf(m / sp.sqrt(2 * load * r))),
        ["mean state", {s: sp.sqrt(load * r)}],
        "mean sign under Gaussian noise of variance alpha r",
    )
    derivation.assume("susceptibility", Eq(C, answer(m)), "the same neurons answer to other fields")
    derivation.substitute(
        "answer anywhere",
        Eq(answer(h), sp.sqrt(2 / sp.pi) * sp.exp(-(h**2) / (2 * s**2)) / s),
        "slope",
        "for any signal",
        of="answer",
    )
    derivation.substitute(
        "susceptibility, Gaussian noise",
        Eq(C, sp.sqrt(2 / (sp.pi * load * r)) * sp.exp(-(m**2) / (2 * load * r))),
        ["answer anywhere", {s: sp.sqrt(load * r)}],
        "the same noise",
        of="susceptibility",
    )
    derivation.assume(
        "feedback",
        Eq(mu, chance + C * mu),
        "every overlap is a field, to which the states answer with C times as much overlap",
    )
    derivation.assume("stable", sp.Lt(C, 1), "or the answer would grow without end")
    derivation.solve("amplified", Eq(mu, chance / (1 - C)), mu, "each pattern", of="feedback")
    derivation.assume("noise in units", Eq(sp.sqrt(r), mu / chance), "of all patterns alike")
    derivation.substitute(
        "noise", Eq(sp.sqrt(r), 1 / (1 - C)), "amplified", "the network amplifies its own noise"
    )
    derivation.rewrite(
        "noise and answer", Eq(sp.sqrt(r), 1 + C * sp.sqrt(r)), "times 1 - C", factor=1 - C
    )
    derivation.define("ratio", Eq(y, m / sp.sqrt(2 * load * r)), "signal over noise")
    derivation.solve("signal", Eq(m, y * sp.sqrt(2 * load * r)), m, "by its ratio to the noise")
    derivation.substitute(
        "noise without C",
        Eq(sp.sqrt(r), 1 + sp.sqrt(2 / (sp.pi * load)) * sp.exp(-(y**2))),
        ["susceptibility, Gaussian noise", "signal"],
        "the susceptibility is used up",
        of="noise and answer",
    )
    derivation.substitute(
        "overlap by the ratio",
        Eq(y * sp.sqrt(2 * load * r), sp.erf(y)),
        "signal",
        "by its ratio to the noise",
        of="overlap, Gaussian noise",
    )
    derivation.substitute(
        "equation",
        Eq(y * (sp.sqrt(2 * load) + 2 * sp.exp(-(y**2)) / sp.sqrt(sp.pi)), sp.erf(y)),
        "noise without C",
        "for larger loads than 0.138 only y = 0 solves it: everything is forgotten at once",
    )
    return derivation


def palimpsest_noise() -> Derivation:
    """Noise of all other memories when each fades with age."""
    age, strength = sp.symbols("U epsilon", positive=True)
    u = sp.Symbol("u", nonnegative=True)
    c, oldest = C * strength, strength * sp.exp(-(strength**2) * age / 2)
    faded = strength * sp.exp(-(strength**2) * u / 2)
    z, noise, overlap = sp.Function("z", positive=True), sp.Function("rho"), sp.Function("mu")
    derivation = Derivation(
        "Noise of a palimpsest",
        source="Mezard, Nadal and Toulouse 1986; closed form derived here",
        symbols={
            strength: "strength of the newest memory",
            u: "age: patterns stored since, over the number of neurons; U: of the oldest memory",
            z(u): "strength of a memory of age u",
            C: "susceptibility, below 1/epsilon",
            chance: "overlap with a pattern by chance; mu: with the network's response",
            noise(u, C): "what memories of age u add to the noise r",
        },
        domain={C: (0, 1 / strength)},
    )
    derivation.define("strength", Eq(z(u), faded), "each memory fades")
    derivation.apply(
        "squared",
        Eq(z(u) ** 2, strength**2 * sp.exp(-(strength**2) * u)),
        lambda side: side**2,
        "contribution of a memory of age u to the variance",
    )
    derivation.integrate("normalised", sp.S.One, (u, 0, sp.oo), "the coupling has unit variance")
    derivation.assume(
        "feedback",
        Eq(overlap(u, C), chance + C * z(u) * overlap(u, C)),
        "an overlap acts through the strength of its memory, and the states answer",
    )
    derivation.substitute(
        "feedback by age",
        Eq(overlap(u, C), chance + C * faded * overlap(u, C)),
        "strength",
        "with its age",
    )
    derivation.solve(
        "amplified",
        Eq(overlap(u, C), chance / (1 - C * faded)),
        overlap(u, C),
        "strong memories are amplified most",
    )
    derivation.define(
        "noise by age", Eq(noise(u, C), (z(u) * overlap(u, C) / chance) ** 2), "squared"
    )
    derivation.substitute(
        "amplified noise",
        Eq(noise(u, C), faded**2 / (1 - C * faded) ** 2),
        ["strength", "amplified"],
        "of age u",
    )
    derivation.integrate(
        "up to an age",
        2 * (1 / (1 - c) - 1 / (1 - C * oldest) + sp.log((1 - c) / (1 - C * oldest))) / c**2,
        (u, 0, age),
        "in closed form",
    )
    derivation.limit(
        "noise", 2 * (c / (1 - c) + sp.log(1 - c)) / c**2, age, sp.oo, "all memories: r"
    )
    derivation.limit("without response", sp.S.One, C, 0, "the normalisation again")
    return derivation
