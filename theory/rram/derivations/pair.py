"""Derivations for pairs of unlike devices: asymmetry, flips, freezing."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

u, drift = sp.symbols("u A", positive=True)
SOURCE = "derived here"


def asymmetry() -> Derivation:
    """The asymmetry of a pair with exponential slopes: uniform, but for the smallest slope."""
    a, eps, s, first, second = sp.symbols("a epsilon s x y", positive=True)
    gap = sp.Symbol("delta", real=True)
    both, joint, law = sp.Function("q"), sp.Function("j"), sp.Function("P")
    d = Derivation(
        "How unlike the two devices of a synapse are",
        source=SOURCE,
        symbols={
            first: "slope of one device above the smallest slope, over the scale of its law; y: of "
            "the other",
            s: "sum x + y",
            gap: "difference x - y",
            eps: "smallest slope in the same units",
            a: "value of the asymmetry A = (m - m') / (m + m'), its upper half",
        },
        domain={a: (0, 1), gap: (-s, s)},
    )
    d.define(
        "slopes",
        Eq(both(first, second), sp.exp(-first) * sp.exp(-second)),
        "independent exponential laws",
    )
    d.define(
        "sum and difference",
        Eq(joint(s, gap), both((s + gap) / 2, (s - gap) / 2) / 2),
        "their joint density; dx dy is half of ds d delta",
    )
    d.substitute(
        "given the sum",
        Eq(joint(s, gap), sp.exp(-s) / 2),
        "slopes",
        "the same for all differences: given the sum, the difference is uniform in (-s, s)",
    )
    exceed = a * (s + 2 * eps)
    d.integrate(
        "integrand",
        (s * (1 - a) - 2 * eps * a) * sp.exp(-s) / 2,
        (gap, exceed, s),
        "A > a, at a given sum: A is the difference over s + 2 epsilon",
        where=[s * (1 - a) > 2 * eps * a],
    )
    least = 2 * eps * a / (1 - a)
    survival = (1 - a) / 2 * sp.exp(-least)
    d.integrate(
        "over all sums", survival, (s, least, sp.oo), "above the smallest for which A can exceed a"
    )
    inner = sp.Integral(joint(s, gap), (gap, exceed, s))
    d.define("law", Eq(law(a, eps), sp.Integral(inner, (s, least, sp.oo))), "P(A > a)")
    d.substitute("survival", Eq(law(a, eps), survival), "over all sums", "the law of the asymmetry")
    half = sp.Rational(1, 2)
    d.differentiate(
        "minus the density",
        Eq(sp.Derivative(law(a, eps), a), -(half + eps / (1 - a)) * sp.exp(-least)),
        a,
        "its slope",
    )
    d.limit("uniform", (1 - a) / 2, eps, 0, "purely exponential slopes: uniform", of="survival")
    return d


def _at_zero(d, time):
    """The first two steps of `flips` and `freezing`: a walk with drift, seen at 0."""
    x = sp.Symbol("x", real=True)
    density = sp.Function("p")
    d.define(
        "walk",
        Eq(
            density(x, time, drift),
            sp.exp(-((x - drift * time) ** 2) / (2 * time)) / sp.sqrt(2 * sp.pi * time),
        ),
        "density at x of a walk from 0 with drift A and steps of variance one, after many updates",
    )
    near = density(0, time, drift)
    at_zero = sp.exp(-(drift**2) * time / 2) / sp.sqrt(2 * sp.pi * time)
    d.substitute("near zero", Eq(near, at_zero), {x: 0}, "where the sign changes")
    return near, at_zero


def flips() -> Derivation:
    """A uniform law of drifts turns the flip rate of a walk into one over the time."""
    d = Derivation(
        "How often a synapse under random updates still flips",
        source=SOURCE,
        symbols={
            u: "updates so far",
            drift: "drift of the walk in units of its step: the asymmetry",
        },
    )
    _at_zero(d, u)
    d.integrate(
        "flip rate",
        sp.erf(sp.sqrt(u / 2)) / (2 * u),
        (drift, 0, 1),
        "an update crosses 0 from within one step; A uniform in (-1, 1), by symmetry (0, 1)",
    )
    d.asymptotic(
        "late", 1 / (2 * u), u, sp.oo, "flips accumulate like a logarithm only"
    )  # fmt: skip
    d.asymptotic(
        "early", 1 / sp.sqrt(2 * sp.pi * u), u, 0, "at first the drift does not matter",
        of="flip rate",
    )  # fmt: skip
    return d


def freezing() -> Derivation:
    """The share of synapses that have changed sign for the last time."""
    s = sp.Symbol("s", positive=True)
    chance = sp.Function("c", positive=True)(drift)
    last, frozen = sp.Function("g"), sp.Function("F")
    d = Derivation(
        "How many synapses are frozen",
        source="derived here; law of the last zero of Brownian motion with drift",
        symbols={
            s: "time of a change of sign, updates",
            drift: "drift of the walk in units of its step",
            chance: "chance to leave 0 for good, per density at 0",
            last(s, drift): "density of the time of the last change of sign",
            frozen(u): "share of synapses that do not change sign after u",
        },
    )
    near, at_zero = _at_zero(d, s)
    d.integrate("all visits", 1 / drift, (s, 0, sp.oo), "density at 0 at all times together")
    d.assume(
        "one last zero",
        Eq(chance * sp.Integral(near, (s, 0, sp.oo)), 1),
        "a walk at 0 begins anew, so that this chance is the same at all times; with a drift it "
        "leaves for good once",
    )
    d.substitute("one for all", Eq(chance / drift, 1), "all visits", "with their sum")
    d.solve("for good", Eq(chance, drift), chance, "the chance is the drift")
    d.define("leaving", Eq(last(s, drift), chance * near), "at 0, and away from there for good")
    d.substitute(
        "last zero", Eq(last(s, drift), drift * at_zero), ["for good", "near zero"], "its density"
    )
    d.integrate(
        "over drifts",
        (1 - sp.exp(-s / 2)) / (sp.sqrt(2 * sp.pi) * s ** sp.Rational(3, 2)),
        (drift, 0, 1),
        "uniform asymmetry",
    )
    share = sp.erf(sp.sqrt(u / 2)) - sp.sqrt(2 / (sp.pi * u)) * (1 - sp.exp(-u / 2))
    d.integrate("before u", share, (s, 0, u), "the last zero lies before u")
    whole = sp.Integral(last(s, drift), (drift, 0, 1), (s, 0, u))
    d.define("share", Eq(frozen(u), whole), "of all drifts")
    d.substitute("frozen share", Eq(frozen(u), share), "before u", "in closed form")
    d.limit("its start", sp.S.Zero, u, 0, "nothing is frozen at first")
    d.limit("its end", sp.S.One, u, sp.oo, "and everything at last", of="frozen share")
    return d


def effort_to_flip() -> Derivation:
    """What it takes to flip a metaplastic hidden weight, and a synapse of two equal devices."""
    m, eta, size, n, back = sp.symbols("m eta W n k", positive=True)
    w = sp.Symbol("w", nonnegative=True)
    device, effort = sp.Function("g"), sp.Function("e")
    d = Derivation(
        "The effort to undo n updates",
        source="derived here; f of Laborieux et al. 2021",
        symbols={
            m: "metaplasticity",
            eta: "size of an update",
            effort(w): "inward updates per unit of hidden weight",
            size: "hidden weight after n outward updates",
            device(n): "mean response of a device to n pulses, rising",
            back: "pulses on the other device",
        },
    )
    d.define("inward updates", Eq(effort(w), sp.cosh(m * w) ** 2 / eta), "1 / (eta f)")
    d.integrate(
        "to zero",
        (size / 2 + sp.sinh(2 * m * size) / (4 * m)) / eta,
        (w, 0, size),
        "until the sign changes",
    )
    d.substitute(
        "hidden weight",
        n / 2 + sp.sinh(2 * m * eta * n) / (4 * m * eta),
        {size: eta * n},
        "n outward updates of size eta: the effort grows like an exponential",
    )
    d.assume("two devices", Eq(device(back), device(n)), "equal devices: where the sign changes")
    d.solve(
        "the same effort",
        Eq(back, n),
        back,
        "whatever the kink: inward pulses meet a device as fresh as the first one was",
    )
    return d
