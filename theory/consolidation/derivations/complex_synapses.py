"""Derivations for complex synapses: area of a chain, envelope of all models, law of the cascade."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, N, M = sp.symbols("t N M", positive=True)


def chain_area() -> Derivation:
    """Area under the signal of a uniform chain with a sign readout."""
    i, half = sp.symbols("i L", integer=True, positive=True)
    area, d = sp.Function("A"), sp.Function("d")
    derivation = Derivation(
        "Area under the signal of a chain",
        source="derived here; bound by Lahiri and Ganguli 2013",
        symbols={
            half: "states of each sign, half of all M",
            i: "step of the chain counted from its end",
            d(i): "difference of the time integrals of the weight seen from neighbouring states",
        },
    )
    derivation.given(
        "balance",
        Eq(d(i - 1) / 2 - d(i) / 2, -1),
        "the integral X of the weight solves: mean change of X at an event = - weight",
    )
    derivation.solve("step", Eq(d(i), d(i - 1) + 2), d(i), "every step is larger by two")
    derivation.given("start", Eq(d(0), 0), "reflection at the end")
    derivation.given(
        "one flank", 2 * i, "hence d(i) = 2 i; the steps rise to the middle, then fall"
    )
    derivation.sum("flank", half * (half - 1), (i, 1, half - 1), "all steps of one flank")
    derivation.given(
        "area",
        Eq(area(half), (2 * half * (half - 1) + 2 * half) / (2 * half)),
        "two flanks and the middle step 2 L; an event moves a share 1/M of synapses at each end",
    )
    derivation.rewrite(
        "result", Eq(area(half), half), "the area is M/2 for one synapse: half of the bound M - 1"
    )
    return derivation


def envelope() -> Derivation:
    """The best single exponential under a bounded area is the bound at late times."""
    q, A = sp.symbols("q A", positive=True)
    derivation = Derivation(
        "The envelope",
        source="Lahiri and Ganguli 2013",
        symbols={
            q: "decay rate of a mode, per event",
            A: "largest area for one synapse, M - 1",
            t: "time at which the memory is wanted, events",
        },
    )
    derivation.given("one mode", sp.sqrt(N) * A * q * sp.exp(-q * t), "all of the area in one mode")
    derivation.differentiate(
        "slope", sp.sqrt(N) * A * (1 - q * t) * sp.exp(-q * t), q, "which rate serves time t best"
    )
    derivation.given("maximum", Eq(1 - q * t, 0), "the only zero of the slope")
    derivation.solve("rate", Eq(q, 1 / t), q, "a mode that lives as long as it is wanted")
    derivation.substitute(
        "envelope",
        sp.sqrt(N) * A / (sp.E * t),
        "rate",
        "a mixture of modes is a mean of such values and cannot beat the best one",
        of="one mode",
    )
    derivation.given(
        "initial", Eq(sp.sqrt(N) * A / t, sp.sqrt(N)), "initial signal of that mode at its bound"
    )
    derivation.solve(
        "from when on", Eq(t, A), t, "earlier the initial signal limits: sqrt(N) exp(-t/(M - 1))"
    )
    return derivation


def cascade_law() -> Derivation:
    """Why the cascade forgets like log t over t."""
    x, n, T = sp.symbols("x n T", positive=True)
    k, u = sp.symbols("k u", positive=True)
    L = sp.Symbol("Lambda", positive=True)
    derivation = Derivation(
        "The cascade forgets like (ln t)/t",
        source="derived here for the model of Fusi, Drew and Abbott 2005",
        symbols={
            x: "ratio of the rates of neighbouring levels",
            L: "ln(1/x)",
            k: "depth, taken as continuous: the sum's log-periodic ripple is averaged",
            n: "number of levels",
            T: "t/(2 (1 - x)): time in mean dwell times of the first level",
        },
        domain={x: (0, sp.Rational(1, 2))},
    )
    flip, deepen = x ** (k - 1) / 2, x**k / (2 * (1 - x))
    derivation.given("leaving", flip + deepen, "rate of leaving level k, half of all events a way")
    derivation.rewrite("rate", x ** (k - 1) / (2 * (1 - x)), "falls by x from level to level")
    derivation.identity(
        "passing on",
        Eq(deepen / (flip + deepen), x),
        "probability that a synapse leaves a level for the next one and not by a flip",
    )
    derivation.given(
        "share",
        k * sp.exp(-L * k) * sp.exp(-T * sp.exp(-L * k)),
        "k starting levels, each reaching depth k with weight x^k, and staying there for 1/rate",
    )
    derivation.substitute(
        "in dwell times",
        sp.log(T / u) / L * u / T * sp.exp(-u),
        {k: sp.log(T / u) / L},
        "u: time in dwell times of level k",
        where=[T > u],
    )
    derivation.given(
        "measure", sp.log(T / u) * sp.exp(-u) / (L**2 * T), "with dk = - du/(Lambda u)"
    )
    derivation.given("spread", -sp.log(u) * sp.exp(-u), "the part of ln(T/u) that depends on u")
    derivation.integrate("constant", sp.EulerGamma, (u, 0, sp.oo), "from 0 to T up to exp(-T)")
    derivation.given("all depths", (sp.log(T) + sp.EulerGamma) / (L**2 * T), "both parts together")
    derivation.substitute(
        "in events",
        2 * (1 - x) / (sp.log(1 / x) ** 2) * (sp.log(t / (2 * (1 - x))) + sp.EulerGamma) / t,
        {T: t / (2 * (1 - x)), L: sp.log(1 / x)},
        "times sqrt(N)/n: the signal. The constant beside ln t is not reliable, its factor is",
    )
    c = sp.Symbol("c", positive=True)
    derivation.given("law", (sp.log(t) + c) / t, "shape of the signal, c a constant")
    derivation.given("logarithm", sp.log(sp.log(t) + c) - sp.log(t), "for the running slope")
    derivation.differentiate(
        "times t", 1 / (t * (sp.log(t) + c)) - 1 / t, t, "slope d ln SNR/d ln t is t times this"
    )
    derivation.given("slope", t * (1 / (t * (sp.log(t) + c)) - 1 / t), "running slope")
    derivation.rewrite(
        "running slope", -1 + 1 / (sp.log(t) + c), "slowly to -1, never -3/4 for long"
    )
    derivation.limit("final", sp.S.NegativeOne, t, sp.oo, "until the last level is reached")
    return derivation
