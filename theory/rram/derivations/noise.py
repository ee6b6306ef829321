"""Derivations for the noises: the two-state chain, its spectrum, the fractional filter."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

n, k = sp.symbols("n k", integer=True, nonnegative=True)
rise, fall = sp.symbols("P_h P_l", positive=True)
SOURCE = "released code; derived here"
UNIT = {rise: (0, sp.Rational(1, 2)), fall: (0, sp.Rational(1, 2))}


def _after(steps):
    """Transition matrix of the chain over so many pulses, in closed form."""
    total = rise + fall
    left = (1 - total) ** steps
    return sp.ImmutableMatrix(
        [
            [(fall + rise * left) / total, rise * (1 - left) / total],
            [fall * (1 - left) / total, (rise + fall * left) / total],
        ]
    )


def telegraph_chain() -> Derivation:
    """Transition probabilities over n pulses, by induction, and Chapman-Kolmogorov."""
    one = sp.ImmutableMatrix([[1 - rise, rise], [fall, 1 - fall]])
    d = Derivation(
        "The telegraph chain over many pulses",
        source=SOURCE,
        symbols={
            rise: "probability of low to high, per pulse",
            fall: "probability of high to low, per pulse",
            n: "pulses",
            k: "further pulses",
        },
        domain=UNIT,
    )
    d.given("one pulse", one, "rows: from low, from high; columns: to low, to high")
    d.given("claim", _after(n), "over n pulses; to be shown by induction")
    d.substitute("no pulse", sp.eye(2).as_immutable(), {n: 0}, "start of the induction")
    d.identity("next pulse", Eq(_after(n) * one, _after(n + 1)), "one pulse more")
    d.identity(
        "Chapman-Kolmogorov",
        Eq(_after(n) * _after(k), _after(n + k)),
        "n pulses and then k are n + k pulses: splitting a burst changes nothing",
    )
    stay = sp.ImmutableMatrix([[fall / (rise + fall), rise / (rise + fall)]])
    d.identity("stationary", Eq(stay * one, stay), "the law that a pulse leaves as it is")
    return d


def telegraph_spectrum() -> Derivation:
    """Covariances that fall like powers give a Lorentzian."""
    memory, omega, r = sp.symbols("lambda omega r", positive=True)
    z, zbar = sp.symbols("z zbar")
    d = Derivation(
        "The telegraph's spectrum",
        source=SOURCE,
        symbols={
            memory: "correlation from one pulse to the next, 1 - P_h - P_l",
            omega: "angular frequency per pulse",
            z: "lambda exp(i omega), and its conjugate",
            r: "rate of forgetting, 1 - lambda",
        },
        domain={memory: (0, 1), r: (0, sp.Rational(1, 2)), omega: (0, sp.Rational(1, 2))},
    )
    later = sp.Symbol("G")
    d.given("later lags", Eq(later, z + z * later), "z + z^2 + z^3 + ..., one lag taken out")
    d.solve("their sum", Eq(later, z / (1 - z)), later, "it converges, since |z| < 1")
    d.given("all lags", 1 + z / (1 - z) + zbar / (1 - zbar), "later, earlier and equal times")
    d.rewrite("product", (1 - z * zbar) / ((1 - z) * (1 - zbar)), "over one denominator")
    spectrum = (1 - memory**2) / (1 - 2 * memory * sp.cos(omega) + memory**2)
    d.substitute(
        "spectrum",
        spectrum,
        {z: memory * sp.exp(sp.I * omega), zbar: memory * sp.exp(-sp.I * omega)},
        "density over variance",
    )
    small = sp.Symbol("h", positive=True)
    d.substitute(
        "slow",
        spectrum.subs({memory: 1 - small * r, omega: small * omega}, simultaneous=True),
        {memory: 1 - small * r, omega: small * omega},
        "slow forgetting and low frequency: both small with h",
        where=[small * r < 1, 2 * small * omega < 1],
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
    h = sp.Function("h")
    x, f = sp.symbols("x f", positive=True)
    tap = sp.binomial(2 * k, k) / 4**k
    d = Derivation(
        "The pink filter",
        source="Kasdin 1995; released code; derived here",
        symbols={k: "lag in pulses", h(k): "tap", f: "cycles per pulse"},
        domain={f: (0, sp.Rational(1, 2))},
    )
    d.given("filter", (1 - x) ** sp.Rational(-1, 2), "half an integration; x delays by one pulse")
    d.expand(
        "taps", 1 + x / 2 + 3 * x**2 / 8 + 5 * x**3 / 16, x, 0, 3, "coefficients of the delays"
    )
    d.identity(
        "recursion",
        Eq(
            sp.gamma(k + sp.Rational(3, 2)) / (sp.sqrt(sp.pi) * sp.gamma(k + 2)),
            sp.gamma(k + sp.Rational(1, 2)) / (sp.sqrt(sp.pi) * sp.gamma(k + 1))
            * (k + sp.Rational(1, 2)) / (k + 1),
        ),
        "the taps Gamma(k + 1/2) / (Gamma(1/2) k!) obey h(k+1) = h(k) (k + 1/2) / (k + 1)",
    )  # fmt: skip
    d.given("tap", tap, "the same tap as a binomial")
    d.sum(
        "sum of the taps",
        (2 * n + 1) * sp.binomial(2 * n, n) / 4**n,
        (k, 0, n),
        "it grows like the root of n: a filter of more taps has a larger mean and no limit",
    )
    power = 1 / (2 * sp.sin(sp.pi * f))
    turn = sp.exp(-2 * sp.pi * sp.I * f)
    d.identity(
        "unit circle", Eq((1 - turn) * (1 - 1 / turn), 4 * sp.sin(sp.pi * f) ** 2), "squared sine"
    )
    size = sp.Symbol("m", positive=True)
    d.given("squared modulus", 1 / sp.sqrt(size), "|H|^2, all taps, m being |1 - x|^2")
    d.substitute("spectrum", power, {size: 4 * sp.sin(sp.pi * f) ** 2}, "on the unit circle")
    d.asymptotic("one over f", 1 / (2 * sp.pi * f), f, 0, "pink at low frequency")
    return d


def telegraph_moments() -> Derivation:
    """Mean and mean square of the contribution of a device in the high state."""
    first, second, a, top = sp.symbols("u_1 u_2 a a_0", positive=True)
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
        d.given(name, (first * second * a) ** power, f"power {power} of the contribution")
        d.integrate(
            f"{name}, one", (second * a) ** power / values[0], (first, 0, 1), "first number"
        )
        d.integrate(f"{name}, two", a**power / values[1], (second, 0, 1), "second number")
        d.integrate(
            f"{name}, all", top ** (power + 1) / values[2], (a, 0, top), "all amplitudes, times a_0"
        )
    return d
