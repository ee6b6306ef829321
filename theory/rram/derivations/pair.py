"""Derivations for pairs of unlike devices: asymmetry, flips, freezing."""

from __future__ import annotations

import sympy as sp

from theory.derivation import Derivation

u = sp.Symbol("u", positive=True)
SOURCE = "derived here"


def asymmetry() -> Derivation:
    """The asymmetry of a pair with exponential slopes: uniform, but for the smallest slope."""
    a, eps, s, low = sp.symbols("a epsilon s s_0", positive=True)
    half = sp.Rational(1, 2)
    d = Derivation(
        "How unlike the two devices of a synapse are",
        source=SOURCE,
        symbols={
            a: "asymmetry A = (m - m') / (m + m'), its upper half",
            eps: "smallest slope in units of the scale of the exponential law",
            s: "sum of the two slopes above the smallest, same units: density s exp(-s)",
            low: "sum below which A cannot exceed a",
        },
        domain={a: (0, 1), eps: (0, 1)},
    )
    d.given(
        "given the sum",
        half - a * (s + 2 * eps) / (2 * s),
        "P(A > a | s): the difference is uniform in (-s, s), A is that over s + 2 epsilon",
    )
    d.given("condition", sp.Eq(half - a * (low + 2 * eps) / (2 * low), 0), "where it reaches 0")
    d.solve("smallest sum", sp.Eq(low, 2 * eps * a / (1 - a)), low, "only above it A can exceed a")
    d.given(
        "integrand", (s * (1 - a) - 2 * eps * a) * sp.exp(-s) / 2, "times the density s exp(-s)"
    )
    d.integrate(
        "from any sum on",
        ((1 - a) * (low + 1) - 2 * eps * a) * sp.exp(-low) / 2,
        (s, low, sp.oo),
        "over all sums above s0",
    )
    survival = (1 - a) / 2 * sp.exp(-2 * eps * a / (1 - a))
    d.substitute(
        "survival", survival, {low: 2 * eps * a / (1 - a)}, "P(A > a), the law of the asymmetry"
    )
    d.differentiate(
        "minus the density",
        -(half + eps / (1 - a)) * sp.exp(-2 * eps * a / (1 - a)),
        a,
        "its slope",
    )
    d.limit("uniform", (1 - a) / 2, eps, 0, "purely exponential slopes: uniform", of="survival")
    return d


def flips() -> Derivation:
    """A uniform law of drifts turns the flip rate of a walk into one over the time."""
    drift = sp.Symbol("A", positive=True)
    d = Derivation(
        "How often a synapse under random updates still flips",
        source=SOURCE,
        symbols={
            u: "updates so far",
            drift: "drift of the walk in units of its step: the asymmetry",
        },
    )
    d.given(
        "near zero",
        sp.exp(-(drift**2) * u / 2) / sp.sqrt(2 * sp.pi * u),
        "density at 0 of a walk from 0 with drift A: an update crosses 0 from within one step",
    )
    rate = sp.erf(sp.sqrt(u / 2)) / (2 * u)
    d.integrate("flip rate", rate, (drift, 0, 1), "over A uniform in (-1, 1), by symmetry (0, 1)")
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
    drift, s = sp.symbols("A s", positive=True)
    d = Derivation(
        "How many synapses are frozen",
        source="derived here; law of the last zero of Brownian motion with drift",
        symbols={
            s: "time of the last change of sign, updates",
            drift: "drift of the walk in units of its step",
        },
    )
    d.given(
        "last zero",
        drift * sp.exp(-(drift**2) * s / 2) / sp.sqrt(2 * sp.pi * s),
        "its density: at 0 at time s, and away from there for good with the chance of the drift",
    )
    d.integrate(
        "over drifts",
        (1 - sp.exp(-s / 2)) / (sp.sqrt(2 * sp.pi) * s ** sp.Rational(3, 2)),
        (drift, 0, 1),
        "uniform asymmetry",
    )
    share = sp.erf(sp.sqrt(u / 2)) - sp.sqrt(2 / (sp.pi * u)) * (1 - sp.exp(-u / 2))
    d.given("frozen share", share, "claimed: the last zero lies before u")
    d.differentiate(
        "its slope",
        (1 - sp.exp(-u / 2)) / (sp.sqrt(2 * sp.pi) * u ** sp.Rational(3, 2)),
        u,
        "the density found above, at u",
    )
    d.limit("its start", sp.S.Zero, u, 0, "and nothing is frozen at first", of="frozen share")
    return d


def effort_to_flip() -> Derivation:
    """What it takes to flip a metaplastic hidden weight, and a synapse of two equal devices."""
    m, eta, size, w, n = sp.symbols("m eta W w n", positive=True)
    device = sp.Function("g")
    back = sp.Symbol("k", positive=True)
    d = Derivation(
        "The effort to undo n updates",
        source="derived here; f of Laborieux et al. 2021",
        symbols={
            m: "metaplasticity",
            eta: "size of an update",
            size: "hidden weight after n outward updates",
            device(n): "mean response of a device to n pulses, rising",
            back: "pulses on the other device",
        },
    )
    d.given("inward updates", sp.cosh(m * w) ** 2 / eta, "per unit of hidden weight: 1 / (eta f)")
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
    d.given("two devices", sp.Eq(device(back), device(n)), "equal devices: where the sign changes")
    d.solve(
        "the same effort",
        sp.Eq(back, n),
        back,
        "whatever the kink: inward pulses meet a device as fresh as the first one was",
    )
    return d
