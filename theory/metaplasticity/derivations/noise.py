"""Derivations for noise: the ratchet, Adam, weight decay and path-integral importance."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def ratchet() -> Derivation:
    """Zero-mean updates drive a metaplastic hidden weight outward."""
    g, m = sp.symbols("g m", positive=True)
    W, drift, second = sp.symbols("W mu D", real=True)
    f = sp.Function("f")
    derivation = Derivation(
        "The metaplastic ratchet",
        source=SOURCE,
        symbols={g: "size of the random updates", drift: "mean outward change in one step"},
    )
    derivation.given("drift", Eq(drift, g / 2 - g * f(W) / 2), "outward g, inward g f, half each")
    derivation.given("factor", Eq(f(W), sp.sech(m * W) ** 2), "the metaplastic factor")
    derivation.substitute(
        "ratchet",
        Eq(drift, g * sp.tanh(m * W) ** 2 / 2),
        "factor",
        "never inward: noise alone consolidates, at half its size per step in the end",
        of="drift",
    )
    derivation.given("variance", Eq(second, g**2 / 2 + g**2 * f(W) ** 2 / 2), "mean squared step")
    derivation.substitute(
        "spreading",
        Eq(second, g**2 * (1 + sp.sech(m * W) ** 4) / 2),
        "factor",
        "from g squared near zero to half of it far out",
    )
    return derivation


def adam() -> Derivation:
    """Hidden weights under Adam measure a signal-to-noise ratio; the flip cost read off it."""
    sigma, speed, curvature = sp.symbols("sigma v H_ii", positive=True)
    rho = sp.Symbol("rho", positive=True)
    cost = sp.Function("c")
    derivation = Derivation(
        "Importance under Adam",
        source=SOURCE,
        symbols={
            sigma: "standard deviation of a gradient component",
            speed: "size of its mean, the multiplier",
            rho: "hidden weight divided by learning rate and number of steps",
        },
        domain={rho: (0, 1)},
    )
    derivation.given(
        "normalised",
        Eq(rho**2, speed**2 / (speed**2 + sigma**2)),
        "mean gradient over its root mean square",
    )
    derivation.solve(
        "multiplier", Eq(speed, sigma * rho / sp.sqrt(1 - rho**2)), speed, "read backwards"
    )
    derivation.given("cost", 2 * curvature + 2 * speed, "flip cost of a consolidated weight")
    derivation.substitute(
        "read off",
        2 * curvature + 2 * sigma * rho / sp.sqrt(1 - rho**2),
        "multiplier",
        "without noise rho is 1 for all and says nothing; noise makes the size informative",
    )
    derivation.given("curve", Eq(cost(rho), derivation["read off"]), "as a function of rho")
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(cost(rho), rho), 2 * sigma / (1 - rho**2) ** sp.Rational(3, 2)),
        rho,
        "positive: the order of the weights is kept",
    )
    derivation.differentiate(
        "bend",
        Eq(
            sp.Derivative(cost(rho), (rho, 2)),
            6 * sigma * rho / (1 - rho**2) ** sp.Rational(5, 2),
        ),
        rho,
        "positive too: the curve bends upward, where it is a straight line under plain descent",
    )
    return derivation


def weight_decay() -> Derivation:
    """With weight decay the hidden weights settle at the multipliers over the decay."""
    decay, curvature = sp.symbols("d lambda_k", positive=True)
    hidden, mean, w, multiplier = sp.symbols(r"W_k \bar{s}_k w_k v_k", real=True)
    derivation = Derivation(
        "Weight decay turns speeds into sizes",
        source=SOURCE,
        symbols={decay: "decay coefficient, part of the gradient"},
    )
    derivation.given(
        "stationary", Eq(curvature * (mean - w) + decay * hidden, 0), "no mean drift in any mode"
    )
    derivation.substitute(
        "box",
        Eq(decay * hidden - multiplier, 0),
        {w: mean + multiplier / curvature},
        "with the multiplier v = lambda (w - sbar)",
    )
    derivation.solve(
        "size",
        Eq(hidden, multiplier / decay),
        hidden,
        "d W has the sign of the mean binary weight where that is +1 or -1 and vanishes inside: "
        "the "
        "optimality conditions of the same box",
    )
    return derivation


def path_importance() -> Derivation:
    """Synaptic intelligence on the quadratic task under plain descent."""
    rate, speed, damping = sp.symbols("eta v xi", positive=True)
    total = sp.Symbol("T", integer=True, positive=True)
    hidden, path = sp.symbols("W omega", positive=True)
    derivation = Derivation(
        "The path integral of a consolidated weight",
        source="importance of Zenke, Poole and Ganguli 2017; evaluated here",
        symbols={path: "sum of minus gradient times change of the hidden weight"},
    )
    derivation.given("one step", rate * speed**2, "gradient -v, change eta v")
    derivation.given("sum", Eq(path, rate * speed**2 * total), "T equal steps")
    derivation.substitute(
        "in hidden weights",
        Eq(path, hidden**2 / (rate * total)),
        {speed: hidden / (rate * total)},
        "the hidden weight has grown to eta v T",
    )
    normal = sp.Symbol("Omega", positive=True)
    derivation.given("normalised", Eq(normal, path / (hidden**2 + damping)), "per squared distance")
    derivation.substitute(
        "importance",
        Eq(normal, hidden**2 / (rate * total * (hidden**2 + damping))),
        "in hidden weights",
        "the same for all weights far above the root of the damping",
    )
    return derivation
