"""Derivations for noise: the ratchet, Adam, weight decay and path-integral importance."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation
from theory.metaplasticity.derivations.mean_field import consolidated_flip_cost, mean_cost
from theory.metaplasticity.derivations.mean_field import speed as size
from theory.metaplasticity.derivations.quadratic_task import H_ii

SOURCE = "derived here"


def ratchet() -> Derivation:
    """Zero-mean updates drive a metaplastic hidden weight outward."""
    g, m = sp.symbols("g m", positive=True)
    W = sp.Symbol("W", real=True)
    f, drift, second = map(sp.Function, ("f", "mu", "D"))
    derivation = Derivation(
        "The metaplastic ratchet",
        source=SOURCE,
        symbols={
            g: "size of the random updates",
            drift(W): "mean outward change in one step",
            second(W): "mean squared step",
        },
    )
    derivation.define("factor", Eq(f(W), sp.sech(m * W) ** 2), "the metaplastic factor")
    derivation.define(
        "drift", Eq(drift(W), g / 2 - g * f(W) / 2), "outward g, inward g f, half each"
    )
    derivation.substitute(
        "ratchet",
        Eq(drift(W), g * sp.tanh(m * W) ** 2 / 2),
        "factor",
        "noise alone consolidates, at half its size per step in the end",
    )
    derivation.nonnegative("outward", g * sp.tanh(m * W) ** 2 / 2, "never inward")
    derivation.define(
        "variance", Eq(second(W), g**2 / 2 + g**2 * f(W) ** 2 / 2), "both steps squared"
    )
    derivation.substitute(
        "spreading",
        Eq(second(W), g**2 * (1 + sp.sech(m * W) ** 4) / 2),
        "factor",
        "from g squared near zero to half of it far out",
    )
    return derivation


def adam() -> Derivation:
    """Hidden weights under Adam measure a signal-to-noise ratio; the flip cost read off it."""
    sigma = sp.Symbol("sigma", positive=True)
    rho = sp.Symbol("rho", positive=True)
    cost, speed = sp.Function("c"), sp.Function("v", positive=True)
    derivation = Derivation(
        "Importance under Adam",
        source=SOURCE,
        symbols={
            sigma: "standard deviation of a gradient component",
            speed(rho): "size of its mean, the multiplier, of a weight with this rho",
            rho: "hidden weight divided by learning rate and number of steps",
            cost(rho): "flip cost of a consolidated weight",
        },
        domain={rho: (0, 1)},
    )
    derivation.assume(
        "normalised",
        Eq(rho**2, speed(rho) ** 2 / (speed(rho) ** 2 + sigma**2)),
        "Adam moves by the mean gradient over its root mean square",
    )
    derivation.solve(
        "multiplier",
        Eq(speed(rho), sigma * rho / sp.sqrt(1 - rho**2)),
        speed(rho),
        "read backwards",
    )
    derivation.quote(
        "cost",
        consolidated_flip_cost()["sign"],
        "twice the curvature and twice the multiplier",
        source="the derivation of what a consolidated weight would cost to flip",
    )
    derivation.substitute(
        "of rho",
        Eq(cost(rho), 2 * H_ii + 2 * speed(rho)),
        {mean_cost: cost(rho), size: speed(rho)},
        "for every weight",
    )
    derivation.substitute(
        "read off",
        Eq(cost(rho), 2 * H_ii + 2 * sigma * rho / sp.sqrt(1 - rho**2)),
        "multiplier",
        "without noise rho is 1 for all and says nothing; noise makes the size informative",
    )
    slope = 2 * sigma / (1 - rho**2) ** sp.Rational(3, 2)
    bend = 6 * sigma * rho / (1 - rho**2) ** sp.Rational(5, 2)
    derivation.differentiate(
        "slope", Eq(sp.Derivative(cost(rho), rho), slope), rho, "how the cost grows with the size"
    )
    derivation.nonnegative(
        "order", sp.Gt(slope, 0, evaluate=False), "positive: the order of the weights is kept"
    )
    derivation.differentiate(
        "bend",
        Eq(sp.Derivative(cost(rho), (rho, 2)), bend),
        rho,
        "and how that grows",
        of="slope",
    )
    derivation.nonnegative(
        "upward",
        sp.Gt(bend, 0, evaluate=False),
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
        symbols={
            decay: "decay coefficient, part of the gradient",
            hidden: "component of the hidden weights along eigenvector k of the Hessian",
            curvature: "its eigenvalue",
            mean: "component of the mean binary weights",
            w: "component of the optimum",
            multiplier: "component of the multipliers v = H (W* - sbar)",
        },
    )
    derivation.assume(
        "stationary", Eq(curvature * (mean - w) + decay * hidden, 0), "no mean drift in any mode"
    )
    derivation.define("multiplier", Eq(multiplier, curvature * (w - mean)), "minus the gradient")
    derivation.solve("optimum", Eq(w, mean + multiplier / curvature), w, "read backwards")
    derivation.substitute(
        "box", Eq(decay * hidden - multiplier, 0), "optimum", "insert it", of="stationary"
    )
    derivation.solve(
        "size",
        Eq(hidden, multiplier / decay),
        hidden,
        "in every mode, so for every synapse: d W has the sign of the mean binary weight where "
        "that is +1 or -1 and vanishes inside, the optimality conditions of the same box",
    )
    return derivation


def importance_turns() -> Derivation:
    """Synaptic intelligence with gradient noise: where the ranking turns round."""
    travelled, sigma, damping, size, speed = sp.symbols("L sigma xi q y", positive=True)
    share = sp.Symbol("a", positive=True)
    importance, adam = sp.Function("Omega"), sp.Function("A")
    derivation = Derivation(
        "Where the normalised path integral ranks in reverse",
        source=SOURCE,
        symbols={
            travelled: "learning rate times steps",
            sigma: "standard deviation of the gradient",
            size: "squared multiplier v^2; the hidden weight is L v",
            damping: "damping of the importance",
            speed: "squared relative speed rho^2 under Adam",
            share: "share of the newest gradient in Adam's average, 1 - beta_1",
        },
        domain={speed: (0, 1), share: (0, 1)},
    )
    derivation.define(
        "with noise",
        Eq(
            importance(size),
            travelled * (size + sigma**2) / (travelled**2 * size + damping),
        ),
        "under plain descent the sum of gradient times change collects the squared noise, too; the "
        "distance hardly does",
    )
    slope = travelled * (damping - travelled**2 * sigma**2) / (travelled**2 * size + damping) ** 2
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(importance(size), size), slope),
        size,
        "one sign for all sizes: rising while L < sqrt(xi)/sigma, falling beyond",
    )
    derivation.define(
        "Adam",
        Eq(adam(speed), sp.log((share + (1 - share) * speed) / (speed * sp.sqrt(1 - speed)))),
        "logarithm of the undamped importance under Adam, less a constant: gradient times step "
        "over squared distance",
    )
    turning = ((1 - share) * speed**2 + 3 * share * speed - 2 * share) / (
        2 * speed * (1 - speed) * (share + (1 - share) * speed)
    )
    derivation.differentiate(
        "slope under Adam",
        Eq(sp.Derivative(adam(speed), speed), turning),
        speed,
        "negative for slow weights, positive for fast ones: the sign is that of a quadratic",
    )
    root = (sp.sqrt(share**2 + 8 * share) - 3 * share) / (2 * (1 - share))
    derivation.identity(
        "turning point",
        Eq((1 - share) * root**2 + 3 * share * root - 2 * share, 0),
        "its positive root; with beta_1 = 0.9, hence a = 0.1, it is 1/3",
    )
    return derivation


def path_importance() -> Derivation:
    """Synaptic intelligence on the quadratic task under plain descent."""
    rate, speed, damping = sp.symbols("eta v xi", positive=True)
    total, k = sp.symbols("T k", integer=True, positive=True)
    hidden, path, normal = sp.symbols("W omega Omega", positive=True)
    change = sp.Symbol("delta", positive=True)
    derivation = Derivation(
        "The path integral of a consolidated weight",
        source="importance of Zenke, Poole and Ganguli 2017; evaluated here",
        symbols={
            speed: "multiplier: minus the gradient of a settled weight",
            change: "change of the hidden weight in one step",
            hidden: "hidden weight after T steps, from zero",
            path: "sum of minus gradient times change of the hidden weight",
            normal: "importance: the path integral per squared distance",
            damping: "damping of the importance",
        },
    )
    derivation.define("change", Eq(change, rate * speed), "one step of descent")
    derivation.define(
        "path", Eq(path, sp.Sum(speed * change, (k, 1, total))), "T equal steps along the gradient"
    )
    derivation.substitute("sum", Eq(path, rate * speed**2 * total), "change", "add them")
    derivation.define("grown", Eq(hidden, rate * speed * total), "the hidden weight has grown to")
    derivation.solve("speed", Eq(speed, hidden / (rate * total)), speed, "read backwards")
    derivation.substitute(
        "in hidden weights",
        Eq(path, hidden**2 / (rate * total)),
        "speed",
        "the path integral knows the hidden weight alone",
        of="sum",
    )
    derivation.define(
        "normalised", Eq(normal, path / (hidden**2 + damping)), "per squared distance"
    )
    derivation.substitute(
        "importance",
        Eq(normal, hidden**2 / (rate * total * (hidden**2 + damping))),
        "in hidden weights",
        "the same for all weights far above the root of the damping",
    )
    return derivation
