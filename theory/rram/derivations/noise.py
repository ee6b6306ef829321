"""Derivations for the noises: the two-state chain, its spectrum, the fractional filter."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

n, k = sp.symbols("n k", integer=True, nonnegative=True)
rise, fall = sp.symbols("P_h P_l", positive=True)
SOURCE = "released code; derived here"


def telegraph_chain() -> Derivation:
    """Transition probabilities over n pulses, by induction, and Chapman-Kolmogorov."""
    up, down, longer, joined = (sp.Function(name) for name in ("u", "d", "v", "c"))
    total = rise + fall
    d = Derivation(
        "The telegraph chain over many pulses",
        source=SOURCE,
        symbols={
            rise: "probability of low to high, per pulse",
            fall: "probability of high to low, per pulse",
            n: "pulses",
            k: "further pulses",
            up(n): "probability of low to high, over n pulses; d(n): of high to low",
        },
        domain={rise: (0, sp.Rational(1, 2)), fall: (0, sp.Rational(1, 2))},
    )
    d.define(
        "claim",
        Eq(up(n), rise * (1 - (1 - total) ** n) / total),
        "over n pulses; to be shown by induction",
    )
    d.substitute("no pulse", Eq(up(0), 0), {n: 0}, "start of the induction")
    d.define(
        "one pulse more",
        Eq(longer(n), up(n) * (1 - fall) + (1 - up(n)) * rise),
        "high already and not falling, or still low and rising",
    )
    d.substitute(
        "next pulse",
        Eq(longer(n), rise * (1 - (1 - total) ** (n + 1)) / total),
        "claim",
        "the claim for n + 1 pulses",
    )
    d.define(
        "the other way",
        Eq(down(n), fall * (1 - (1 - total) ** n) / total),
        "high to low: the same with both probabilities exchanged",
    )
    d.define(
        "two bursts",
        Eq(joined(n, k), up(n) * (1 - down(k)) + (1 - up(n)) * up(k)),
        "n pulses and then k, low to high through either state",
    )
    d.substitute(
        "Chapman-Kolmogorov",
        Eq(joined(n, k), rise * (1 - (1 - total) ** (n + k)) / total),
        ["claim", "the other way"],
        "as n + k pulses: splitting a burst changes nothing",
    )
    d.identity(
        "stationary",
        Eq(rise / total * (1 - fall) + fall / total * rise, rise / total),
        "the share P_h / (P_h + P_l) of high devices, which a pulse leaves as it is",
    )
    return d


def telegraph_spectrum() -> Derivation:
    """Covariances that fall like powers give a Lorentzian."""
    memory, omega, r, small, decay = sp.symbols("lambda omega r h gamma", positive=True)
    lag, power = sp.Function("c"), sp.Function("S")
    d = Derivation(
        "The telegraph's spectrum",
        source=SOURCE,
        symbols={
            memory: "correlation from one pulse to the next, 1 - P_h - P_l",
            omega: "angular frequency per pulse",
            decay: "rate at which correlations fall, ln(1/lambda)",
            power(omega, memory): "spectral density over variance",
            r: "rate of forgetting, 1 - lambda, and omega, both in units of a small h",
        },
        domain={memory: (0, 1)},
    )
    whole = 1 - 2 * memory * sp.cos(omega) + memory**2
    rest = memory ** (n + 1) * sp.cos((n + 1) * omega) - memory ** (n + 2) * sp.cos(n * omega)
    n_lags = (1 - memory * sp.cos(omega) - rest) / whole
    all_lags = (1 - memory * sp.cos(omega)) / whole
    decaying = {memory: sp.exp(-decay)}
    d.define("one lag", Eq(lag(k), memory**k * sp.cos(omega * k)), "correlation and cosine")
    d.sum("n lags", n_lags, (k, 0, n), "the first ones")
    d.substitute(
        "n lags, decay", n_lags.subs(decaying), decaying, "correlations fall at a rate gamma"
    )
    d.limit("all lags, decay", all_lags.subs(decaying), n, sp.oo, "they fade")
    d.substitute("later lags", all_lags, {decay: sp.log(1 / memory)}, "by lambda again")
    total = sp.Limit(sp.Sum(lag(k), (k, 0, n)), n, sp.oo)
    d.define(
        "all lags",
        Eq(power(omega, memory), 2 * total - 1),
        "earlier lags are the same; equal times are counted once",
    )
    spectrum = (1 - memory**2) / (1 - 2 * memory * sp.cos(omega) + memory**2)
    d.substitute("spectrum", Eq(power(omega, memory), spectrum), "later lags", "together")
    slow = {memory: 1 - small * r, omega: small * omega}
    d.substitute(
        "slow",
        Eq(power(small * omega, 1 - small * r), spectrum.subs(slow, simultaneous=True)),
        slow,
        "slow forgetting and low frequency: both small with h",
        where=[small * r < 1],
    )
    d.asymptotic(
        "Lorentzian",
        2 * r / (small * (r**2 + omega**2)),
        small,
        0,
        "half of it at omega = r: the corner lies at (P_h + P_l) / 2 pi",
    )
    return d


def pink_filter() -> Derivation:
    """Taps, sums and spectrum of the fractional integrator."""
    h, transfer, power = sp.Function("h"), sp.Function("H"), sp.Function("G")
    x, f, m = sp.symbols("x f m", positive=True)
    d = Derivation(
        "The pink filter",
        source="Kasdin 1995; released code; derived here",
        symbols={
            x: "delay by one pulse",
            k: "lag in pulses",
            h(k): "tap",
            f: "cycles per pulse",
            power(m): "squared modulus of the filter where that of 1 - x is m",
        },
        domain={f: (0, sp.Rational(1, 2)), x: (0, 1)},
    )
    d.define("filter", Eq(transfer(x), (1 - x) ** sp.Rational(-1, 2)), "half an integration")
    d.expand(
        "taps", 1 + x / 2 + 3 * x**2 / 8 + 5 * x**3 / 16, x, 0, 3, "coefficients of the delays"
    )
    d.define("tap", Eq(h(k), sp.binomial(2 * k, k) / 4**k), "as a binomial")
    d.substitute(
        "recursion",
        Eq(h(k + 1), (k + sp.Rational(1, 2)) / (k + 1) * sp.binomial(2 * k, k) / 4**k),
        {k: k + 1},
        "from one tap to the next: the factor (k + 1/2) / (k + 1)",
    )
    d.sum(
        "sum of the taps",
        (2 * n + 1) * sp.binomial(2 * n, n) / 4**n,
        (k, 0, n),
        "it grows like the root of n: a filter of more taps has a larger mean and no limit",
        of="tap",
    )
    turn = sp.exp(-2 * sp.pi * sp.I * f)
    d.identity(
        "unit circle", Eq((1 - turn) * (1 - 1 / turn), 4 * sp.sin(sp.pi * f) ** 2), "squared sine"
    )
    d.define("squared modulus", Eq(power(m), 1 / sp.sqrt(m)), "|H|^2, all taps")
    d.substitute(
        "spectrum",
        Eq(power(4 * sp.sin(sp.pi * f) ** 2), 1 / (2 * sp.sin(sp.pi * f))),
        {m: 4 * sp.sin(sp.pi * f) ** 2},
        "on the unit circle",
    )
    d.asymptotic("one over f", 1 / (2 * sp.pi * f), f, 0, "pink at low frequency")
    return d


def telegraph_moments() -> Derivation:
    """Mean and mean square of the contribution of a device in the high state."""
    first, second, a = sp.symbols("u_1 u_2 a", nonnegative=True)
    top = sp.Symbol("a_0", positive=True)
    d = Derivation(
        "What a device in the high state adds",
        source=SOURCE,
        symbols={
            first: "uniform number, drawn anew at every update",
            second: "another one",
            a: "amplitude of the device, uniform in (0, a_0)",
        },
    )
    for power, values in ((1, (2, 4, 8)), (2, (3, 9, 27))):
        name = {1: "mean", 2: "mean square"}[power]
        part = sp.Function({1: "b", 2: "s"}[power])
        d.define(
            name,
            Eq(part(first, second, a), (first * second * a) ** power / top),
            f"power {power} of the contribution, times the density of the amplitudes",
        )
        d.integrate(
            f"{name}, one", (second * a) ** power / values[0] / top, (first, 0, 1), "first number"
        )
        d.integrate(f"{name}, two", a**power / values[1] / top, (second, 0, 1), "second number")
        d.integrate(f"{name}, all", top**power / values[2], (a, 0, top), "all amplitudes")
    return d
