"""Derivations: Euclidean solutions, recruitment times, weight decay, averaged targets."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here from Theorem 1 of Halvagal, Laborieux, Zenke 2023"
T = sp.Symbol("t", nonnegative=True)
ALPHA = sp.Symbol("alpha", positive=True)
START = sp.Symbol("lambda_0", positive=True)
MEANING = {
    T: "learning rate times iterations",
    ALPHA: "exponent of the predictor",
    START: "predictor eigenvalue at the start",
}


EIGENVALUE = sp.Function("lambda", positive=True)


def _speed(derivation, pull, claimed, reason):
    """Add the steps from a singular value's velocity to the predictor eigenvalue's."""
    s, p = sp.Function("s", positive=True)(T), EIGENVALUE(T)
    derivation.define("eigenvalue", Eq(p, s ** (2 * ALPHA)), "predictor eigenvalue")
    derivation.assume("flow", Eq(sp.Derivative(s, T), s * pull(p)), "Theorem 1, in the mean")
    derivation.differentiate(
        "chain rule",
        Eq(sp.Derivative(p, T), 2 * ALPHA * s ** (2 * ALPHA - 1) * sp.Derivative(s, T)),
        T,
        "of a power",
        of="eigenvalue",
    )
    derivation.substitute(
        "with the flow",
        Eq(sp.Derivative(p, T), 2 * ALPHA * s ** (2 * ALPHA) * pull(p)),
        "flow",
        "put in",
    )
    derivation.rewrite("power", Eq(s ** (2 * ALPHA), p), "read from right to left", of="eigenvalue")
    return derivation.substitute(
        "speed", Eq(sp.Derivative(p, T), claimed(p)), "power", reason, of="with the flow"
    )


def _half_way(derivation, waiting):
    """Add the steps that state that the eigenvalue is one half at a time."""
    value = derivation["candidate"].rhs.subs(T, waiting)
    derivation.substitute(
        "at a time", Eq(EIGENVALUE(waiting), value), {T: waiting}, "then", of="candidate"
    )
    derivation.assume("one half", Eq(EIGENVALUE(waiting), sp.Rational(1, 2)), "recruited")
    derivation.substitute(
        "half way", Eq(value, sp.Rational(1, 2)), "at a time", "put in", of="one half"
    )


def standard() -> Derivation:
    """The Euclidean loss: Lambert's function, and a recruitment time that is algebraic."""
    u0, c = sp.symbols("u_0 c", positive=True)
    derivation = Derivation(
        "A mode under the Euclidean loss",
        source=SOURCE,
        symbols=MEANING | {START: "predictor eigenvalue at the start, below 1"},
    )
    _speed(
        derivation,
        lambda p: p * (1 - p),
        lambda p: 2 * ALPHA * p**2 * (1 - p),
        "the mode's own size multiplies its learning rate twice",
    )
    derivation.define(
        "start", Eq(u0, sp.LambertW(c)), "1/lambda_0 - 1, as a value of Lambert's function W"
    )
    derivation.apply(
        "product",
        Eq(u0 * sp.exp(u0), sp.LambertW(c) * sp.exp(sp.LambertW(c))),
        lambda side: side * sp.exp(side),
        "as W is defined by",
    )
    derivation.quote(
        "Lambert's function",
        Eq(sp.LambertW(c) * sp.exp(sp.LambertW(c)), c),
        "definition of W",
        source="Corless et al. 1996, the definition of W",
    )
    derivation.substitute(
        "inverse of Lambert's function",
        Eq(u0 * sp.exp(u0), c),
        "Lambert's function",
        "put in",
        of="product",
    )
    derivation.rewrite("constant", Eq(c, u0 * sp.exp(u0)), "read from right to left")
    derivation.solve(
        "solution",
        Eq(EIGENVALUE(T), 1 / (1 + sp.LambertW(c * sp.exp(-2 * ALPHA * T)))),
        EIGENVALUE(T),
        "it satisfies the differential equation and starts at 1/(1 + W(c)), that is 1/(1 + u_0)",
        of="speed",
        initial={EIGENVALUE(0): 1 / (1 + sp.LambertW(c))},
    )
    derivation.substitute(
        "candidate",
        Eq(EIGENVALUE(T), 1 / (1 + sp.LambertW(u0 * sp.exp(u0 - 2 * ALPHA * T)))),
        "constant",
        "in terms of the start",
    )
    waiting = sp.Symbol("t_{1/2}", nonnegative=True)
    _half_way(derivation, waiting)
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
    derivation.solve(
        "candidate",
        Eq(EIGENVALUE(T), 1 / (1 + (1 / START - 1) * sp.exp(-2 * ALPHA * T))),
        EIGENVALUE(T),
        "the logistic curve, from any start",
        initial={EIGENVALUE(0): START},
    )
    waiting = sp.Symbol("t_{1/2}", nonnegative=True)
    _half_way(derivation, waiting)
    derivation.solve(
        "recruitment time",
        Eq(waiting, sp.log(1 / START - 1) / (2 * ALPHA)),
        waiting,
        "logarithmic in one over the initial eigenvalue",
        where=[START < 1],
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
    derivation.assume("standard", Eq(p * (1 - c * p) - rho, 0), "the relative rate vanishes")
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
    gap = sp.Function("g")
    derivation.define(
        "gap", Eq(gap(rho), (1 + root) / (2 * c) - (1 - root) / (2 * c)), "distance of the two"
    )
    derivation.apply(
        "squared gap",
        Eq(gap(rho) ** 2, (1 - 4 * c * rho) / c**2),
        lambda side: side**2,
        "its square",
    )
    derivation.substitute(
        "saddle-node",
        Eq(gap(1 / (4 * c)) ** 2, 0),
        {rho: 1 / (4 * c)},
        "the two meet and vanish: beyond it every mode dies",
    )
    derivation.assume("threshold", Eq(4 * rho * c, 1), "where that happens")
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
    derivation.assume("isotropic", Eq(1 - c * p - rho, 0), "the isotropic loss")
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
    online, follower = sp.Function("f"), sp.Function("h")
    jacobian, rate = sp.MatrixSymbol("J", 2, 2), sp.Symbol("r", real=True)
    velocity = s ** (2 * ALPHA) * (target - s ** (2 * ALPHA) * s)
    derivation.define("online", Eq(online(s, target), velocity), "velocity of the online network")
    derivation.define(
        "target", Eq(follower(s, target), beta * (s - target)), "the target follows by averaging"
    )
    derivation.differentiate(
        "own slope",
        Eq(
            sp.Derivative(online(s, target), s),
            2 * ALPHA * s ** (2 * ALPHA - 1) * target - (4 * ALPHA + 1) * s ** (4 * ALPHA),
        ),
        s,
        "response to its own singular value",
        of="online",
    )
    slopes = [[sp.Derivative(f(s, target), x) for x in (s, target)] for f in (online, follower)]
    derivation.define("slopes", Eq(jacobian, sp.ImmutableMatrix(slopes)), "of both velocities")
    at_one = sp.ImmutableMatrix([[-(1 + 2 * ALPHA), 1], [beta, -beta]])
    derivation.substitute(
        "Jacobian",
        Eq(jacobian, at_one),
        ["online", "target", {s: 1, target: 1}],
        "at the fixed point, where both networks have reached 1",
    )
    derivation.identity(
        "determinant",
        Eq(sp.Determinant(at_one), 2 * ALPHA * beta),
        "positive",
    )
    trace = 1 + 2 * ALPHA + beta
    derivation.identity("trace", Eq(sp.Trace(at_one), -trace), "negative")
    derivation.identity(
        "discriminant",
        Eq(trace**2 - 8 * ALPHA * beta, (1 + 2 * ALPHA - beta) ** 2 + 4 * beta),
        "positive: two real negative rates, no oscillation",
    )
    derivation.assume(
        "rates",
        Eq(rate**2 + trace * rate + 2 * ALPHA * beta, 0),
        "an eigenvalue of the Jacobian, by its trace and determinant",
    )
    root = sp.sqrt(trace**2 - 8 * ALPHA * beta)
    derivation.solve("larger rate", Eq(rate, (root - trace) / 2), rate, "one of two", unique=False)
    slow = sp.Function("r_s")
    derivation.define(
        "slow rate", Eq(slow(beta), (root - trace) / 2), "as a function of the averaging rate"
    )
    derivation.expand(
        "slow averaging",
        -2 * ALPHA * beta / (1 + 2 * ALPHA),
        beta,
        0,
        1,
        "a slow target sets the pace",
    )
    return derivation
