"""Derivations for complex synapses: area of a chain, envelope of all models, law of the cascade."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, N, M = sp.symbols("t N M", positive=True)


def chain_area() -> Derivation:
    """Area under the signal of a uniform chain with a sign readout."""
    i, half, n = sp.symbols("i L n", integer=True, positive=True)
    area, d = sp.Function("A"), sp.Function("d")
    derivation = Derivation(
        "Area under the signal of a chain",
        source="derived here; bound by Lahiri and Ganguli 2013",
        symbols={
            half: "states of each sign, half of all M",
            i: "state counted from the end of the chain",
            d(i): "difference of the time integrals of the weight seen from the states i + 1 and i",
        },
    )
    derivation.assume(
        "balance",
        Eq(d(i - 1) / 2 - d(i) / 2, -1),
        "the integral X of the weight solves: mean change of X at an event = - weight",
    )
    derivation.rewrite("step", Eq(d(i) - d(i - 1), 2), "every step is larger by two")
    derivation.sum("from the end on", Eq(d(n) - d(0), 2 * n), (i, 1, n), "differences add up")
    derivation.assume("start", Eq(d(0), 0), "reflection at the end")
    derivation.substitute(
        "one flank", Eq(d(n), 2 * n), "start", "the steps rise to the middle, then fall",
        of="from the end on",
    )  # fmt: skip
    flank = sp.Sum(d(i), (i, 1, half - 1))
    derivation.define(
        "area",
        Eq(area(half), (2 * flank + d(half)) / (2 * half)),
        "an event moves a share 1/M of the synapses over each step: two flanks and the middle one",
    )
    derivation.substitute("step i", Eq(d(i), 2 * i), {n: i}, "on a flank", of="one flank")
    derivation.sum("flank", half * (half - 1), (i, 1, half - 1), "all steps of one flank")
    derivation.substitute(
        "result",
        Eq(area(half), half),
        ["flank", "one flank"],
        "the area is M/2 for one synapse: half of the bound M - 1",
        of="area",
    )
    return derivation


def envelope() -> Derivation:
    """Modes of positive weight under a bounded area stay below one curve at late times."""
    q, A, a, s = sp.symbols("q A a s", positive=True)
    S = sp.Symbol("S", real=True)
    mode, signed = sp.Function("m"), sp.Function("D")
    derivation = Derivation(
        "The envelope",
        source="Lahiri and Ganguli 2013; induction over modes and signed modes derived here",
        symbols={
            q: "decay rate of a mode, per event",
            A: "area for one synapse; its largest value is M - 1",
            t: "time at which the memory is wanted, events",
            S: "signal of some modes at the time t, in units of the square root of N",
            a: "area of one more mode, whose weight a q is positive",
            s: "time since storage, events",
        },
    )
    derivation.define(
        "one mode", Eq(mode(q), sp.sqrt(N) * A * q * sp.exp(-q * t)), "all of the area in one mode"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(mode(q), q), sp.sqrt(N) * A * (1 - q * t) * sp.exp(-q * t)),
        q,
        "positive for q below 1/t, negative above: a mode that lives as long as it is wanted",
    )
    derivation.substitute(
        "envelope", sp.sqrt(N) * A / (sp.E * t), {q: 1 / t}, "its value there", of="one mode"
    )
    derivation.nonnegative(
        "no other rate",
        sp.Ge(1 / (sp.E * t), q * sp.exp(-q * t)),
        "signal of a mode of area one, whatever its rate",
        terms=[(sp.exp(q * t - 1) - q * t) * sp.exp(-q * t) / t],
    )
    derivation.assume(
        "modes so far",
        sp.Ge(A / (sp.E * t), S),
        "hypothesis of an induction over the modes; without any mode both sides are 0",
    )
    derivation.nonnegative(
        "one mode more",
        sp.Ge((A + a) / (sp.E * t), S + a * q * sp.exp(-q * t)),
        "areas add, signals add: no mixture of modes of positive weight beats the envelope",
        terms=[A / (sp.E * t) - S, a * (1 / (sp.E * t) - q * sp.exp(-q * t))],
        using=["modes so far", "no other rate"],
    )
    derivation.define(
        "weights of both signs",
        Eq(signed(s), 2 * A / t * (sp.exp(-s / t) - sp.exp(-2 * s / t))),
        "weight 2 A/t at the rate 1/t, and -2 A/t at the rate 2/t: the initial signal is 0",
    )
    derivation.integrate("their area", A, (s, 0, sp.oo), "the same as before")
    derivation.substitute(
        "their signal",
        Eq(signed(t), 2 * A / t * (sp.exp(-1) - sp.exp(-2))),
        {s: t},
        "when it is wanted",
        of="weights of both signs",
    )
    derivation.nonnegative(
        "why positive",
        sp.Gt(2 * A / t * (sp.exp(-1) - sp.exp(-2)), A / (sp.E * t)),
        "they exceed the envelope: for weights of both signs, as chains have, the two limits "
        "do not imply it",
    )
    derivation.assume(
        "initial", Eq(sp.sqrt(N) * A / t, sp.sqrt(N)), "initial signal of the mode q = 1/t at its "
        "bound",
    )  # fmt: skip
    derivation.solve(
        "from when on", Eq(t, A), t, "earlier the initial signal limits: sqrt(N) exp(-t/(M - 1))"
    )
    return derivation


def cascade_law() -> Derivation:
    """Why the cascade forgets like log t over t."""
    x, n, T, v, c = sp.symbols("x n T v c", positive=True)
    k = sp.Symbol("k", nonnegative=True)
    L = sp.Symbol("Lambda", positive=True)
    rate, share, signal = sp.Function("r"), sp.Function("s"), sp.Function("S")
    law, slope = sp.Function("g"), sp.Function("beta")
    derivation = Derivation(
        "The cascade forgets like (ln t)/t",
        source="derived here for the model of Fusi, Drew and Abbott 2005",
        symbols={
            x: "ratio of the rates of neighbouring levels",
            L: "ln(1/x)",
            k: "depth, taken as continuous: the sum's log-periodic ripple is averaged",
            n: "number of levels",
            T: "t/(2 (1 - x)): time in mean dwell times of the first level",
            v: "time in mean dwell times of the last level",
            c: "a constant",
        },
        domain={x: (0, sp.Rational(1, 2)), t: (1, sp.oo)},
    )
    flip, deepen = x ** (k - 1) / 2, x**k / (2 * (1 - x))
    derivation.define(
        "leaving", Eq(rate(k), flip + deepen), "rate of leaving level k, half of all events a way"
    )
    derivation.rewrite(
        "rate", Eq(rate(k), x ** (k - 1) / (2 * (1 - x))), "falls by x from level to level"
    )
    derivation.identity(
        "passing on",
        Eq(deepen / (flip + deepen), x),
        "probability that a synapse leaves a level for the next one and not by a flip",
    )
    derivation.define(
        "share",
        Eq(share(k), k * sp.exp(-L * k) * sp.exp(-T * sp.exp(-L * k))),
        "k starting levels, each reaching depth k with weight x^k, and staying there for 1/rate",
    )
    end = T * sp.exp(-L * n)
    derivation.integrate(
        "n levels",
        (sp.expint(1, T) + L * n * sp.exp(-end) - sp.expint(1, end)) / (L**2 * T),
        (k, 0, n),
        "sum over the levels as an integral; E_1 is the exponential integral",
    )
    derivation.define(
        "signal", Eq(signal(n), sp.Integral(share(k), (k, 0, n))), "in units of sqrt(N)/n"
    )
    derivation.substitute(
        "dwell times",
        Eq(
            signal(sp.log(T / v) / L),
            (sp.expint(1, T) + sp.log(T / v) * sp.exp(-v) - sp.expint(1, v)) / (L**2 * T),
        ),
        ["n levels", {n: sp.log(T / v) / L}],
        "v: the time in dwell times of the last level",
        where=[T > v],
    )
    derivation.limit(
        "all depths",
        (sp.log(T) + sp.EulerGamma + sp.expint(1, T)) / (L**2 * T),
        v,
        0,
        "many levels: the last one outlives the memory; E_1(T) is below exp(-T)/T",
    )
    derivation.substitute(
        "in events",
        2 * (1 - x) / (sp.log(1 / x) ** 2 * t)
        * (sp.log(t / (2 * (1 - x))) + sp.EulerGamma + sp.expint(1, t / (2 * (1 - x)))),
        {T: t / (2 * (1 - x)), L: sp.log(1 / x)},
        "times sqrt(N)/n: the signal. The constant beside ln t is not reliable, its factor is",
    )  # fmt: skip
    derivation.define("law", Eq(law(t), (sp.log(t) + c) / t), "shape of the signal")
    derivation.define(
        "slope",
        Eq(slope(t), t * sp.Derivative(law(t), t) / law(t)),
        "running slope d ln SNR/d ln t",
    )
    derivation.substitute(
        "running slope",
        Eq(slope(t), -1 + 1 / (sp.log(t) + c)),
        "law",
        "slowly to -1, never -3/4 for long",
    )
    derivation.limit("final", sp.S.NegativeOne, t, sp.oo, "until the last level is reached")
    return derivation
