"""Derivations: Euclidean solutions, recruitment times, weight decay, averaged targets."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here from Theorem 1 of Halvagal, Laborieux, Zenke 2023"
T = sp.Symbol("t", positive=True)
ALPHA = sp.Symbol("alpha", positive=True)
START = sp.Symbol("lambda_0", positive=True)
MEANING = {
    T: "learning rate times iterations",
    ALPHA: "exponent of the predictor",
    START: "predictor eigenvalue at the start",
}


def _speed(derivation, pull, claimed, reason):
    """Add the steps from a singular value's velocity to the predictor eigenvalue's."""
    s, p = (sp.Function(name, positive=True)(T) for name in ("s", "lambda"))
    derivation.given("eigenvalue", Eq(p, s ** (2 * ALPHA)), "predictor eigenvalue")
    derivation.differentiate(
        "chain rule",
        Eq(sp.Derivative(p, T), 2 * ALPHA * s ** (2 * ALPHA - 1) * sp.Derivative(s, T)),
        T,
        "of a power",
    )
    return derivation.substitute(
        "speed",
        Eq(sp.Derivative(p, T), claimed(p)),
        [{sp.Derivative(s, T): s * pull(p)}, {s: p ** (1 / (2 * ALPHA))}],
        reason,
    )


def standard() -> Derivation:
    """The Euclidean loss: Lambert's function, and a recruitment time that is algebraic."""
    u0 = sp.Symbol("u_0", positive=True)
    derivation = Derivation(
        "A mode under the Euclidean loss", source=SOURCE, symbols=MEANING | {u0: "1/lambda_0 - 1"}
    )
    _speed(
        derivation,
        lambda p: p * (1 - p),
        lambda p: 2 * ALPHA * p**2 * (1 - p),
        "the mode's own size multiplies its learning rate twice",
    )
    solution = sp.Function("mu", positive=True)(T)
    value = 1 / (1 + sp.LambertW(u0 * sp.exp(u0 - 2 * ALPHA * T)))
    derivation.given("candidate", Eq(solution, value), "Lambert's function W, W e^W = x")
    derivation.differentiate(
        "solution",
        Eq(sp.Derivative(solution, T), 2 * ALPHA * value**2 * (1 - value)),
        T,
        "it satisfies the differential equation",
    )
    waiting = sp.Symbol("t_{1/2}", real=True)
    w = sp.Symbol("w", positive=True)
    derivation.given(
        "half way",
        Eq(sp.log(w) + w, sp.log(u0) + u0 - 2 * ALPHA * waiting),
        "logarithm of w e^w, with w = 1/lambda - 1",
    )
    derivation.substitute(
        "at one half", Eq(1, sp.log(u0) + u0 - 2 * ALPHA * waiting), {w: 1}, "lambda = 1/2"
    )
    derivation.solve(
        "recruitment time",
        Eq(waiting, (u0 + sp.log(u0) - 1) / (2 * ALPHA)),
        waiting,
        "algebraic in one over the initial eigenvalue",
    )
    return derivation


def isotropic() -> Derivation:
    """The isotropic Euclidean loss: a logistic curve and a logarithmic recruitment time."""
    derivation = Derivation("A mode under the isotropic loss", source=SOURCE, symbols=MEANING)
    _speed(
        derivation,
        lambda p: 1 - p,
        lambda p: 2 * ALPHA * p * (1 - p),
        "one factor less: growth is exponential from any size",
    )
    solution = sp.Function("mu", positive=True)(T)
    value = 1 / (1 + (1 / START - 1) * sp.exp(-2 * ALPHA * T))
    derivation.given("candidate", Eq(solution, value), "the logistic curve")
    derivation.differentiate(
        "solution",
        Eq(sp.Derivative(solution, T), 2 * ALPHA * value * (1 - value)),
        T,
        "it satisfies the differential equation",
    )
    u0 = sp.Symbol("u_0", positive=True)
    waiting = sp.Symbol("t_{1/2}", real=True)
    derivation.given("half way", Eq(u0 * sp.exp(-2 * ALPHA * waiting), 1), "lambda = 1/2")
    derivation.solve(
        "recruitment time",
        Eq(waiting, sp.log(u0) / (2 * ALPHA)),
        waiting,
        "logarithmic in one over the initial eigenvalue, u_0 = 1/lambda_0 - 1",
    )
    return derivation


def weight_decay() -> Derivation:
    """Weight decay: a saddle-node for the Euclidean loss, none for the isotropic one."""
    p, c, rho = sp.symbols("lambda c_1 rho", positive=True)
    noise = sp.Symbol("sigma", positive=True)
    derivation = Derivation(
        "Fixed points under weight decay",
        source=SOURCE,
        symbols={
            p: "predictor eigenvalue of a living mode",
            c: "second moment of the online view, 1 + sigma^2",
            rho: "weight decay",
        },
    )
    derivation.given("standard", Eq(p * (1 - c * p) - rho, 0), "the relative rate vanishes")
    root, alive = sp.sqrt(1 - 4 * c * rho), [4 * c * rho <= 1]
    derivation.solve("upper", Eq(p, (1 + root) / (2 * c)), p, "stable", unique=False, where=alive)
    derivation.solve(
        "lower",
        Eq(p, (1 - root) / (2 * c)),
        p,
        "unstable: modes that start below it die",
        of=["standard"],
        unique=False,
        where=alive,
    )
    gap = sp.Symbol("g", real=True)
    derivation.given("gap", Eq(gap**2, (1 - 4 * c * rho) / c**2), "square of their distance")
    derivation.substitute(
        "saddle-node",
        Eq(gap**2, 0),
        {rho: 1 / (4 * c)},
        "the two meet and vanish: beyond it every mode dies",
    )
    derivation.given("threshold", Eq(4 * rho * c, 1), "where that happens")
    derivation.substitute(
        "noise", Eq(4 * rho * (1 + noise**2), 1), {c: 1 + noise**2}, "by the feature's noise"
    )
    derivation.solve(
        "noisy features",
        Eq(noise, sp.sqrt(1 / (4 * rho) - 1)),
        noise,
        "features that vary more than this under augmentation are discarded, the stable ones kept",
        unique=False,
    )
    derivation.given("isotropic", Eq(1 - c * p - rho, 0), "the isotropic loss")
    derivation.solve(
        "isotropic fixed point", Eq(p, (1 - rho) / c), p, "no threshold below a weight decay of 1"
    )
    return derivation


def averaged_target() -> Derivation:
    """A target that averages the online network: stable at every rate, slow at small ones."""
    s, target = sp.symbols("s s_a", positive=True)
    beta = sp.Symbol("beta", positive=True)
    derivation = Derivation(
        "Stability with an averaged target",
        source=SOURCE,
        symbols={
            s: "singular value of the online network",
            target: "of the target network",
            beta: "averaging rate in units of the learning rate",
            ALPHA: "exponent of the predictor",
        },
    )
    online = sp.Function("f")(s, target)
    velocity = s ** (2 * ALPHA) * (target - s ** (2 * ALPHA) * s)
    jacobian = sp.ImmutableMatrix([[-(1 + 2 * ALPHA), 1], [beta, -beta]])
    derivation.given("online", Eq(online, velocity), "velocity of the online network")
    derivation.differentiate(
        "own slope",
        Eq(
            sp.Derivative(online, s),
            2 * ALPHA * s ** (2 * ALPHA - 1) * target - (4 * ALPHA + 1) * s ** (4 * ALPHA),
        ),
        s,
        "response to its own singular value",
    )
    derivation.given("slope at 1", sp.diff(velocity, s), "the same, where both networks reach 1")
    derivation.substitute(
        "upper left entry", -(1 + 2 * ALPHA), [{target: 1}, {s: 1}], "of the Jacobian"
    )
    derivation.given("other slope", sp.diff(velocity, target), "response to the target network")
    derivation.substitute("upper right entry", sp.S.One, {s: 1}, "of the Jacobian")
    derivation.given("Jacobian", jacobian, "with the averaging of the target in its second row")
    derivation.identity(
        "determinant",
        Eq((1 + 2 * ALPHA) * beta - beta, 2 * ALPHA * beta),
        "positive, while the trace is negative",
    )
    root = sp.sqrt((1 + 2 * ALPHA + beta) ** 2 - 8 * ALPHA * beta)
    derivation.identity(
        "discriminant",
        Eq((1 + 2 * ALPHA + beta) ** 2 - 8 * ALPHA * beta, (1 + 2 * ALPHA - beta) ** 2 + 4 * beta),
        "positive: two real negative rates, no oscillation",
    )
    derivation.given("slow rate", (root - (1 + 2 * ALPHA + beta)) / 2, "the larger eigenvalue")
    derivation.expand(
        "slow averaging",
        -2 * ALPHA * beta / (1 + 2 * ALPHA),
        beta,
        0,
        1,
        "a slow target sets the pace",
    )
    return derivation
