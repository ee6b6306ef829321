"""Derivations for simple synapses: two states, many levels, a leak, and their best parameters."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

q, f, t, N = sp.symbols("q f t N", positive=True)
OBSERVER = "Fusi, Drew and Abbott 2005; Lahiri and Ganguli 2013"


def two_state() -> Derivation:
    """Signal to noise of a two-state synapse by the ideal observer's formula, any balance."""
    up, down = sp.Matrix([[1 - q, q], [0, 1]]), sp.Matrix([[1, 0], [q, 1 - q]])
    weights, equilibrium = sp.Matrix([-1, 1]), sp.Matrix([[1 - f, f]])
    generator = sp.Matrix([[-f * q, f * q], [(1 - f) * q, -(1 - f) * q]])
    relaxation = sp.Matrix([-f, 1 - f])
    signal = sp.Function("S")
    derivation = Derivation(
        "A two-state synapse before the ideal observer",
        source=OBSERVER,
        symbols={
            q: "probability of following an event",
            f: "fraction of potentiating events",
            t: "events since the memory was stored, Poisson clock",
            N: "number of synapses",
        },
        domain={q: (0, 1), f: (0, 1)},
    )
    derivation.identity(
        "generator",
        Eq(f * up + (1 - f) * down - sp.eye(2), generator),
        "rates of change, rows of the two event matrices weighted by their frequency",
    )
    derivation.identity(
        "equilibrium", Eq(equilibrium * generator, sp.zeros(1, 2)), "it stays as it is"
    )
    derivation.identity(
        "written", Eq(equilibrium * (up - down), sp.Matrix([[-q, q]])), "what one event changes"
    )
    derivation.identity(
        "relaxation",
        Eq(generator * relaxation, -q * relaxation),
        "the weights without their mean decay with one rate, q, whatever the balance",
    )
    derivation.identity(
        "variance",
        Eq((equilibrium * weights.applyfunc(lambda w: w**2))[0] - (equilibrium * weights)[0] ** 2,
           4 * f * (1 - f)),
        "of the weight in equilibrium: the noise",
    )  # fmt: skip
    readout, deviation = sp.symbols("R sigma", positive=True)
    derivation.given(
        "observer",
        Eq(signal(t), sp.sqrt(N) * 2 * f * (1 - f) / deviation * readout),
        "what the stored event changed, R, as the weights show it, over their deviation sigma",
    )
    derivation.substitute(
        "signal to noise",
        Eq(signal(t), 2 * sp.sqrt(N) * sp.sqrt(f * (1 - f)) * q * sp.exp(-q * t)),
        {readout: 2 * q * sp.exp(-q * t), deviation: sp.sqrt(4 * f * (1 - f))},
        "one exponential; largest for balanced events",
    )
    derivation.substitute(
        "balanced",
        Eq(signal(t), sp.sqrt(N) * q * sp.exp(-q * t)),
        {f: sp.Rational(1, 2)},
        "fast writing and long retention exclude each other: both depend on q alone",
    )
    return derivation


def best_flip_probability() -> Derivation:
    """The flip probability with the longest lifetime, and what it costs."""
    time = sp.Function("T")
    derivation = Derivation(
        "The best flip probability",
        source="derived here; scaling of Amit and Fusi 1994, Fusi and Abbott 2007",
        symbols={q: "flip probability", N: "number of synapses", time(q): "lifetime in events"},
    )
    derivation.given(
        "threshold", Eq(sp.sqrt(N) * q * sp.exp(-q * time(q)), 1), "the signal meets the noise"
    )
    derivation.solve(
        "lifetime", Eq(time(q), sp.log(q * sp.sqrt(N)) / q), time(q), "for a given q: a logarithm"
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(time(q), q), (1 - sp.log(q * sp.sqrt(N))) / q**2),
        q,
        "positive for small q, negative for large q",
    )
    derivation.given("stationary", Eq(1 - sp.log(q * sp.sqrt(N)), 0), "no slope: the maximum")
    derivation.solve("best", Eq(q, sp.E / sp.sqrt(N)), q, "slow learning")
    derivation.substitute(
        "longest",
        Eq(time(sp.E / sp.sqrt(N)), sp.sqrt(N) / sp.E),
        "best",
        "a power of N instead of a logarithm",
        of="lifetime",
    )
    derivation.given("initial", sp.sqrt(N) * q, "signal to noise right after storage")
    derivation.substitute(
        "price", sp.E, "best", "just above the noise, however many synapses there are"
    )
    return derivation


def leaky_synapse() -> Derivation:
    """An unbounded analog synapse that leaks: its noise, its memory and its best leak."""
    leak = sp.Symbol("e", positive=True)
    k, n = sp.symbols("k n", integer=True, nonnegative=True)
    time, small = sp.Function("T"), sp.Symbol("x", positive=True)
    derivation = Derivation(
        "An analog synapse that leaks",
        source="derived here",
        symbols={leak: "share of the weight lost at each event", k: "age of a memory, events"},
        domain={leak: (0, 1)},
    )
    derivation.given("memory", (1 - leak) ** (2 * k), "squared contribution of a memory of age k")
    derivation.sum(
        "of n memories",
        (1 - (1 - leak) ** (2 * n + 2)) / (1 - (1 - leak) ** 2),
        (k, 0, n),
        "patterns are independent: variances add",
    )
    variance = 1 / (2 * leak - leak**2)
    derivation.given("noise", 1 / (1 - (1 - leak) ** 2), "after many memories")
    derivation.rewrite("variance", variance, "of a weight")
    derivation.given(
        "threshold",
        Eq(N * (2 * leak - leak**2) * (1 - leak) ** (2 * time(leak)), 1),
        "squared signal to noise of a memory of age T is one",
    )
    derivation.solve(
        "lifetime",
        Eq(time(leak), sp.log(N * (2 * leak - leak**2)) / (-2 * sp.log(1 - leak))),
        time(leak),
        "for a given leak",
    )
    derivation.given("small leak", sp.log(2 * small) / (2 * small), "T/N for e = x/N and N large")
    derivation.differentiate(
        "slope", (1 - sp.log(2 * small)) / (2 * small**2), small, "zero where ln 2x = 1"
    )
    derivation.given("best", Eq(1 - sp.log(2 * small), 0), "the maximum")
    derivation.solve("best leak", Eq(small, sp.E / 2), small, "e = 1.36/N")
    derivation.substitute(
        "longest", 1 / sp.E, "best leak", "lifetime N/e: linear in N", of="small leak"
    )
    return derivation


def hard_bounds() -> Derivation:
    """Relaxation modes of a synapse with many levels and hard bounds."""
    m, angle = sp.symbols("m theta", positive=True)
    j = sp.Symbol("j", real=True)
    mode, rate = sp.Function("v"), sp.Function("lambda")
    derivation = Derivation(
        "Levels between hard bounds",
        source="derived here; Amit and Fusi 1994, Fusi and Abbott 2007",
        symbols={m: "number of levels", j: "level, from 0 to m - 1", angle: "pi k/m for mode k"},
    )
    derivation.given("mode", Eq(mode(j), sp.cos(angle * (j + sp.Rational(1, 2)))), "a cosine")
    derivation.identity(
        "inside",
        Eq((sp.cos(angle * (j - sp.Rational(1, 2))) + sp.cos(angle * (j + sp.Rational(3, 2)))) / 2,
           sp.cos(angle) * sp.cos(angle * (j + sp.Rational(1, 2)))),
        "one event averages the neighbours: an eigenvector with eigenvalue cos(theta)",
    )  # fmt: skip
    derivation.substitute(
        "lower bound",
        Eq(mode(-1), sp.cos(angle / 2)),
        {j: -1},
        "level -1 equals level 0, where half of the events change nothing; the same at the top",
        of="mode",
    )
    derivation.given("slowest", -1 / sp.log(sp.cos(sp.pi / m)), "theta = pi/m: time constant")
    derivation.asymptotic(
        "diffusion", 2 * m**2 / sp.pi**2, m, sp.oo, "m levels are crossed in about m^2 steps"
    )
    p = sp.Symbol("p", positive=True)
    derivation.given(
        "tilted",
        Eq(rate(p), 2 * sp.sqrt(p * (1 - p)) * sp.cos(sp.pi / m)),
        "potentiation with probability p: the tilt multiplies the slowest eigenvalue",
    )
    derivation.substitute(
        "balance",
        Eq(rate(sp.Rational(1, 2)), sp.cos(sp.pi / m)),
        {p: sp.Rational(1, 2)},
        "the largest value, and the one the m^2 needs",
    )
    return derivation
