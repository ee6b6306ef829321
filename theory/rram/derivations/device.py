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
    fast, slow, burst = sp.Function("w_f"), sp.Function("w_s"), sp.Function("b")
    d = Derivation(
        "The mean response of a device",
        source=SOURCE,
        symbols={
            t: "pulses received",
            kink: "pulses at the kink",
            m1: "slope of ln(R/R0) before the kink, per pulse",
            m2: "slope behind it, per pulse",
            c1: "offset of ln(R/R0)",
            burst(t, n): "what n more pulses add behind the kink",
        },
    )
    d.define("fast piece", Eq(fast(t), m1 * t + c1), "before the kink")
    d.define("slow piece", Eq(slow(t), m2 * t + kink * (m1 - m2) + c1), "behind it, as released")
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
    d.define("two bursts", Eq(burst(t, n), slow(t + n) - slow(t)), "n pulses after t")
    d.substitute(
        "splitting",
        Eq(burst(t, n), m2 * n),
        "slow piece",
        "the same in one burst or in many: only the total counts",
    )
    return d


def ensemble_mean() -> Derivation:
    """E[min(t, t*)] from partial moments of the lognormal law."""
    z, y, p, mu, low, high = sp.symbols("z y p mu z_a z_b", real=True)
    s, mass = sp.symbols("sigma Z", positive=True)
    weight, fresh = sp.Function("w"), sp.Function("A")
    d = Derivation(
        "Pulses before the kink, on average over devices",
        source=SOURCE,
        symbols={
            y: "standard normal variable, kink t* = exp(mu + sigma y)",
            low: "lower and",
            high: "upper end of the window, in units of y",
            mass: "probability of the window",
            z: "(ln t - mu) / sigma, in the window",
            p: "power",
            fresh(z): "mean of min(t, t*), the pulses before the kink among t = exp(mu + sigma z)",
        },
    )
    d.define(
        "weight of a kink",
        Eq(weight(y, p), sp.exp(p * (mu + s * y)) * sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)),
        "kink to the power p, times the normal density",
    )

    def below(end, power):
        """Share of the weight below an end, before the window is normalised."""
        return (1 + sp.erf((end - power * s) / sp.sqrt(2))) / 2

    scale = sp.exp(p * mu + p**2 * s**2 / 2)
    d.integrate(
        "partial moment",
        scale * below(z, p),
        (y, -sp.oo, z),
        "the power only shifts the normal law by p sigma",
    )
    d.integrate(
        "in the window, below t",
        scale * (below(z, p) - below(low, p)),
        (y, low, z),
        "the difference of two of them",
        of="weight of a kink",
    )
    mean = sp.exp(mu + s**2 / 2)
    d.substitute("kinks below t", mean * (below(z, 1) - below(low, 1)), {p: 1}, "their mean")
    d.integrate(
        "in the window, above t",
        scale * (below(high, p) - below(z, p)),
        (y, z, high),
        "the rest",
        of="weight of a kink",
    )
    d.substitute("share above t", below(high, 0) - below(z, 0), {p: 0}, "share of later kinks")
    pulses = sp.exp(mu + s * z)
    d.define(
        "min(t, t*)",
        Eq(
            fresh(z),
            (
                sp.Integral(weight(y, 1), (y, low, z))
                + pulses * sp.Integral(weight(y, 0), (y, z, high))
            )
            / mass,
        ),
        "the kink itself where it lies below t, else t",
    )
    d.substitute(
        "fresh devices",
        Eq(
            fresh(z),
            (
                mean * (2 * below(z, 1) - 2 * below(low, 1))
                + pulses * (2 * below(high, 0) - 2 * below(z, 0))
            )
            / (2 * mass),
        ),
        ["kinks below t", "share above t"],
        "pulses of fresh devices, on average",
    )
    return d


def heavy_tail() -> Derivation:
    """An exponential law of slopes makes resistances Pareto distributed."""
    theta, r, m, x, gap = sp.symbols("theta r m x g", positive=True)
    density, growth = sp.Function("p"), sp.Function("G")
    d = Derivation(
        "The heavy tail of the resistance",
        source=SOURCE,
        symbols={
            theta: "scale of the slopes' exponential law",
            m: "slope on the fast piece",
            r: "ratio R/R0, above 1",
            gap: "1/theta - t, while that is positive",
        },
        domain={r: (1, sp.oo)},
    )
    d.define("slopes", Eq(density(m), sp.exp(-m / theta) / theta), "density on the fast piece")
    d.integrate("steeper than x", sp.exp(-x / theta), (m, x, sp.oo), "share of steeper devices")
    d.substitute(
        "tail",
        r ** (-1 / (theta * t)),
        {x: sp.log(r) / t},
        "R/R0 = e^(m t) exceeds r where m > ln(r)/t: a Pareto law of exponent 1/(theta t)",
    )
    d.define("growth", Eq(growth(m, t), sp.exp(m * t) * density(m)), "R/R0 times its density")
    d.substitute(
        "growth by the gap",
        Eq(growth(m, 1 / theta - gap), sp.exp(-m * gap) / theta),
        ["slopes", {t: 1 / theta - gap}],
        "it decays with the slope while t is below 1/theta",
        where=[gap < 1 / theta],
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
    share, density, before = sp.Function("S"), sp.Function("q"), sp.Function("A")
    mean, f = sp.Function("W"), sp.Function("f")
    a, b, ratio, x = sp.symbols("E_1 E_2 rho x", positive=True)
    d = Derivation(
        "A device's own metaplasticity",
        source="derived here",
        symbols={
            share(t): "share of fresh devices: those with a kink beyond t; its density is q",
            before(t): "mean of min(t, t*), the pulses before the kink among t",
            a: "E[m1]",
            b: "E[m2]",
            ratio: "E[m1] / E[m2]",
            mean(t): "mean of ln(R/R0) after t pulses",
        },
    )
    d.assume("kinks", Eq(sp.Derivative(share(t), t), -density(t)), "devices pass their kinks")
    d.define(
        "fresh pulses",
        Eq(before(t), sp.Integral(x * density(x), (x, 0, t)) + t * share(t)),
        "the kink itself where it lies below t, else t",
    )
    d.differentiate(
        "growth of fresh pulses",
        Eq(sp.Derivative(before(t), t), t * density(t) + share(t) + t * sp.Derivative(share(t), t)),
        t,
        "term by term",
    )
    d.substitute(
        "one pulse more",
        Eq(sp.Derivative(before(t), t), share(t)),
        "kinks",
        "counts for the fresh devices: E[min(t, t*)] is the integral of their share",
    )
    d.define(
        "mean response",
        Eq(mean(t), c1 + a * before(t) + b * (t - before(t))),
        "slopes independent of the kinks; the rest of the pulses falls behind them",
    )
    d.differentiate(
        "slope",
        Eq(
            sp.Derivative(mean(t), t),
            a * sp.Derivative(before(t), t) + b * (1 - sp.Derivative(before(t), t)),
        ),
        t,
        "of the mean",
    )
    d.substitute(
        "plasticity",
        Eq(sp.Derivative(mean(t), t), a * share(t) + b * (1 - share(t))),
        "one pulse more",
        "mean change of w per pulse",
    )
    d.define("factor", Eq(f(t), sp.Derivative(mean(t), t) / a), "relative to fresh devices")
    d.substitute(
        "factor of shares",
        Eq(f(t), (a * share(t) + b * (1 - share(t))) / a),
        "plasticity",
        "by the share of fresh devices",
    )
    d.substitute(
        "in the ratio",
        Eq(f(t), share(t) + (1 - share(t)) / ratio),
        {a: ratio * b},
        "falls from 1 to 1/rho as the devices pass their kinks",
    )
    return d
