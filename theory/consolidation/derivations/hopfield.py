"""Derivations for Hopfield networks: the equation of the blackout, the noise of a palimpsest."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def blackout() -> Derivation:
    """One equation for the retrieval state of a network that stores all patterns alike."""
    load, r, C, m, y = sp.symbols("alpha r C m y", positive=True)
    derivation = Derivation(
        "Blackout: one equation",
        source="Amit, Gutfreund and Sompolinsky 1985, zero temperature",
        symbols={
            load: "stored patterns over neurons",
            m: "overlap with the pattern to be retrieved",
            r: "noise of the other patterns, in units of the load",
            C: "susceptibility of the network to that noise",
            y: "signal over noise, m over the square root of 2 alpha r",
        },
    )
    derivation.given("overlap", Eq(m, sp.erf(y)), "mean sign under Gaussian noise")
    derivation.given(
        "susceptibility",
        Eq(C, sp.sqrt(2 / (sp.pi * load * r)) * sp.exp(-(y**2))),
        "density of neurons at the edge of flipping",
    )
    derivation.given("ratio", Eq(y, m / sp.sqrt(2 * load * r)), "definition of y")
    derivation.given("noise", Eq(sp.sqrt(r) * (1 - C), 1), "the network amplifies its own noise")
    derivation.substitute(
        "noise without C",
        Eq(sp.sqrt(r) * (1 - sp.sqrt(2 / (sp.pi * load * r)) * sp.exp(-(y**2))), 1),
        "susceptibility",
        "put in",
    )
    derivation.solve(
        "root of the noise",
        Eq(r, (1 + sp.sqrt(2 / (sp.pi * load)) * sp.exp(-(y**2))) ** 2),
        r,
        "square root first",
    )
    derivation.substitute(
        "signal over noise",
        Eq(y, sp.erf(y) / (sp.sqrt(2 * load)
                           * (1 + sp.sqrt(2 / (sp.pi * load)) * sp.exp(-(y**2))))),
        ["overlap", "root of the noise"],
        "one unknown is left",
        of="ratio",
    )  # fmt: skip
    derivation.rewrite(
        "equation",
        Eq(y * (sp.sqrt(2 * load) + 2 * sp.exp(-(y**2)) / sp.sqrt(sp.pi)), sp.erf(y)),
        "for larger loads than 0.138 only y = 0 solves it: everything is forgotten at once",
        factor=sp.sqrt(2 * load) + 2 * sp.exp(-(y**2)) / sp.sqrt(sp.pi),
    )
    return derivation


def palimpsest_noise() -> Derivation:
    """Noise of all other memories when each fades with age."""
    u, z, strength, C = sp.symbols("u z epsilon C", positive=True)
    faded = strength * sp.exp(-(strength**2) * u / 2)
    derivation = Derivation(
        "Noise of a palimpsest",
        source="Mezard, Nadal and Toulouse 1986",
        symbols={
            strength: "strength of the newest memory",
            u: "age: patterns stored since, over the number of neurons",
            C: "susceptibility, below 1/epsilon",
            z: "strength of a memory of age u",
        },
        domain={strength: (1, 4), C: (0, 1 / strength)},
    )
    derivation.given("squared", faded**2, "contribution of a memory of age u to the variance")
    derivation.integrate("normalised", sp.S.One, (u, 0, sp.oo), "the coupling has unit variance")
    derivation.given("amplified", faded**2 / (1 - C * faded) ** 2, "with the network's response")
    derivation.substitute(
        "by strength",
        z**2 / (1 - C * z) ** 2,
        {u: 2 * sp.log(strength / z) / strength**2},
        "an age for every strength; du = - 2 dz/(epsilon^2 z)",
        where=[strength > z],
    )
    derivation.given("measure", z / (1 - C * z) ** 2, "times 2/epsilon^2, hence")
    c = C * strength
    derivation.integrate(
        "all memories",
        (c / (1 - c) + sp.log(1 - c)) / C**2,
        (z, 0, strength),
        "in closed form",
    )
    derivation.given("noise", 2 * (c / (1 - c) + sp.log(1 - c)) / c**2, "with its factor: r")
    derivation.limit("without response", sp.S.One, C, 0, "the normalisation again")
    return derivation
