"""Derivations for single devices: the kink, the mean over devices, the heavy tail, the factor f."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

t, n, kink = sp.symbols("t n t_k", positive=True)
m1, m2 = sp.symbols("m_1 m_2", positive=True)
c1 = sp.Symbol("c_1", real=True)
SOURCE = "model of the weak RESET process, released code; derived here"


def two_slopes() -> Derivation:
    """The two pieces of the mean response meet at the kink, and bursts can be split."""
    fast, slow = sp.Function("w_f"), sp.Function("w_s")
    d = Derivation(
        "The mean response of a device",
        source=SOURCE,
        symbols={
            t: "pulses received",
            kink: "pulses at the kink",
            m1: "slope of ln(R/R0) before the kink, per pulse",
            m2: "slope behind it, per pulse",
            c1: "offset of ln(R/R0)",
        },
    )
    d.given("fast piece", Eq(fast(t), m1 * t + c1), "before the kink")
    d.given("slow piece", Eq(slow(t), m2 * t + kink * (m1 - m2) + c1), "behind it, as released")
    d.substitute(
        "at the kink", Eq(slow(kink), m1 * kink + c1), {t: kink}, "value of the slow piece"
    )
    d.substitute(
        "the same", Eq(fast(kink), m1 * kink + c1), {t: kink}, "no jump", of="fast piece"
    )  # fmt: skip
    d.rewrite(
        "pulses counted by piece",
        Eq(slow(t), c1 + m1 * kink + m2 * (t - kink)),
        "the pulses up to the kink with one slope, the rest with the other",
        of="slow piece",
    )
    d.given(
        "two bursts",
        (c1 + m1 * kink + m2 * (t + n - kink)) - (c1 + m1 * kink + m2 * (t - kink)),
        "what n more pulses add behind the kink",
    )
    d.rewrite("splitting", m2 * n, "the same in one burst or in many: only the total counts")
    return d


def ensemble_mean() -> Derivation:
    """E[min(t, t*)] from partial moments of the lognormal law."""
    z, y, p = sp.symbols("z y p", real=True)
    mu, s = sp.Symbol("mu", real=True), sp.Symbol("sigma", positive=True)
    moment, low, high = sp.Function("M"), *sp.symbols("z_a z_b", real=True)
    mass, split = sp.Symbol("Z", positive=True), sp.Symbol("z_t", real=True)
    d = Derivation(
        "Pulses before the kink, on average over devices",
        source=SOURCE,
        symbols={
            y: "standard normal variable, kink = exp(mu + sigma y)",
            low: "lower and",
            high: "upper end of the window, in units of y",
            split: "(ln t - mu) / sigma",
            mass: "probability of the window",
            p: "power",
        },
        domain={p: (-1, 3), z: (-2, 2), s: (sp.Rational(1, 2), sp.Rational(3, 2)), mu: (-1, 1)},
    )
    d.given(
        "weight of a kink",
        sp.exp(p * (mu + s * y)) * sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi),
        "kink to the power p, times the normal density",
    )
    phi = (1 + sp.erf((z - p * s) / sp.sqrt(2))) / 2
    d.integrate(
        "partial moment",
        sp.exp(p * mu + p**2 * s**2 / 2) * phi,
        (y, -sp.oo, z),
        "the power only shifts the normal law by p sigma",
    )
    d.substitute(
        "first moment",
        sp.exp(mu + s**2 / 2) * (1 + sp.erf((z - s) / sp.sqrt(2))) / 2,
        {p: 1},
        "M(1, z): the kinks below z",
    )
    d.substitute(
        "probability",
        (1 + sp.erf(z / sp.sqrt(2))) / 2,
        {p: 0},
        "M(0, z): their share",
        of="partial moment",
    )
    d.given(
        "fresh devices",
        Eq(
            sp.Function("A")(t),
            (moment(1, split) - moment(1, low)) / mass
            + t * (moment(0, high) - moment(0, split)) / mass,
        ),
        "min(t, t*): the kink itself where it lies below t, else t",
    )
    return d


def heavy_tail() -> Derivation:
    """An exponential law of slopes makes resistances Pareto distributed."""
    theta, r = sp.symbols("theta r", positive=True)
    m, x = sp.symbols("m x", positive=True)
    d = Derivation(
        "The heavy tail of the resistance",
        source=SOURCE,
        symbols={theta: "scale of the slopes' exponential law", r: "ratio R/R0, above 1"},
        domain={r: (1, 20), theta: (sp.Rational(1, 10), 1)},
    )
    d.given("slopes", sp.exp(-m / theta) / theta, "density of the slope on the fast piece")
    d.integrate("steeper than x", sp.exp(-x / theta), (m, x, sp.oo), "share of steeper devices")
    d.substitute(
        "tail",
        r ** (-1 / (theta * t)),
        {x: sp.log(r) / t},
        "R/R0 = e^(m t) exceeds r where m > ln(r)/t: a Pareto law of exponent 1/(theta t)",
    )
    gap = sp.Symbol("g", positive=True)
    d.given(
        "growth", sp.exp(-m * gap) / theta, "e^(m t) times the density, with g = 1/theta - t > 0"
    )
    d.integrate("mean", 1 / (theta * gap), (m, 0, sp.oo), "mean of R/R0, uncut law")
    d.substitute(
        "mean in pulses",
        1 / (1 - theta * t),
        {gap: 1 / theta - t},
        "finite while theta t < 1 only",
        where=[t < 1 / theta],
    )
    d.limit("divergence", sp.oo, t, 1 / theta, "no mean from t = 1/theta on", direction="-")
    return d


def device_factor() -> Derivation:
    """The effective f of a device is the share of devices that are still before their kink."""
    fresh = sp.Function("S")
    mean, f = sp.Function("W"), sp.Function("f")
    a, b, ratio = sp.symbols("E_1 E_2 rho", positive=True)
    x = sp.Symbol("x", positive=True)
    d = Derivation(
        "A device's own metaplasticity",
        source="derived here",
        symbols={
            fresh(t): "share of devices with a kink beyond t",
            a: "E[m1]",
            b: "E[m2]",
            ratio: "E[m1] / E[m2]",
        },
    )
    before = sp.Integral(fresh(x), (x, 0, t))
    d.given(
        "mean response",
        Eq(mean(t), c1 + a * before + b * (t - before)),
        "E[min(t, t*)] is the integral of the share of fresh devices",
    )
    d.differentiate(
        "plasticity",
        Eq(sp.Derivative(mean(t), t), a * fresh(t) + b * (1 - fresh(t))),
        t,
        "mean change of w per pulse",
    )
    d.given(
        "factor", Eq(f(t), (a * fresh(t) + b * (1 - fresh(t))) / a), "relative to fresh devices"
    )
    d.substitute(
        "in the ratio",
        Eq(f(t), fresh(t) + (1 - fresh(t)) / ratio),
        {a: ratio * b},
        "falls from 1 to 1/rho as the devices pass their kinks",
    )
    return d
