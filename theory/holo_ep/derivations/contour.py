"""Derivations: the gradient as a contour integral, what N points alias, and real networks."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "Laborieux and Zenke 2022; worked out here"
r = sp.Symbol("r", positive=True)
phi = sp.Symbol("phi", real=True)
beta = sp.Symbol("beta")
c = sp.symbols("c_0:8", real=True)


def _series(order, at):
    return sum(c[m] * at**m for m in range(order + 1))


def contour_theorem() -> Derivation:
    """The first Fourier coefficient of a finite oscillation is the gradient, at any radius."""
    k = sp.Symbol("k", integer=True, nonzero=True)
    d = Derivation(
        "The gradient from a finite oscillation",
        source=SOURCE,
        symbols={
            r: "modulus of the nudge, inside the radius of convergence",
            phi: "its phase, from 0 to a full turn while the teacher oscillates once",
            c[1]: "gradient of the loss, by the theorem of equilibrium propagation",
            k: "any integer but 0",
        },
    )
    end = sp.Symbol("phi_1", positive=True)
    d.given("harmonic", sp.exp(sp.I * k * phi) / (2 * sp.pi), "one harmonic of the oscillation")
    d.integrate(
        "part of a turn",
        (sp.exp(sp.I * k * end) - 1) / (2 * sp.pi * sp.I * k),
        (phi, 0, end),
        "up to the phase at the end",
    )
    d.substitute("orthogonal", sp.S.Zero, {end: 2 * sp.pi}, "a whole turn leaves nothing of it")
    turning = r * sp.exp(sp.I * phi)
    d.given(
        "measured",
        sp.expand(_series(5, turning) / turning) / (2 * sp.pi),
        "the product g of both ends of a weight as a power series in the nudge (here to order 5), "
        "divided by the nudge: harmonics from -1 on",
    )
    d.integrate(
        "first coefficient",
        c[1],
        (phi, 0, 2 * sp.pi),
        "all harmonics but one vanish: the gradient is left, and the radius drops out",
    )
    d.given("mean", _series(5, turning) / (2 * sp.pi), "the product itself, not divided")
    d.integrate(
        "mean value",
        c[0],
        (phi, 0, 2 * sp.pi),
        "its mean over the oscillation is the product at rest: no free phase is needed",
    )
    return d


def aliasing() -> Derivation:
    """N points see the first coefficient, and with it every N-th one after it."""
    q, j = sp.Symbol("q"), sp.Symbol("j", integer=True, nonnegative=True)
    n = sp.Symbol("N", integer=True, positive=True)
    m = sp.Symbol("m", integer=True)
    d = Derivation(
        "What N points on the circle alias",
        source=SOURCE,
        symbols={
            n: "number of points",
            m: "order of a coefficient, minus one, no multiple of N",
            q: "ratio of neighbouring terms, not 1",
            r: "radius of the circle",
        },
    )
    d.given("turns", q**j, "the points on the circle multiply coefficient m + 1 by powers of q")
    d.sum("geometric", (1 - q**n) / (1 - q), (j, 0, n - 1), "summed over the points")
    d.substitute(
        "cancels",
        sp.S.Zero,
        {q: sp.exp(2 * sp.pi * sp.I * m / n)},
        "after N points the phase is back: the coefficient drops out, unless q is 1",
    )
    three = [r * sp.exp(2 * sp.pi * sp.I * k / 3) for k in range(3)]
    d.given(
        "three points",
        sum(_series(7, at) / at for at in three) / 3,
        "for instance N = 3, with eight coefficients",
    )
    d.rewrite("aliased", c[1] + c[4] * r**3 + c[7] * r**6, "an error of third order")
    d.given("two points", (_series(6, r) - _series(6, -r)) / (2 * r), "N = 2")
    d.rewrite("symmetric", c[1] + c[3] * r**2 + c[5] * r**4, "the symmetric estimate, second order")
    d.given("one point", (_series(4, r) - c[0]) / r, "N = 1 with the free product taken off")
    d.rewrite(
        "one-sided",
        c[1] + c[2] * r + c[3] * r**2 + c[4] * r**3,
        "the one-sided estimate, first order",
    )
    return d


def aliasing_bound() -> Derivation:
    """Cauchy's estimate on a larger circle bounds what N points alias."""
    n, last = (sp.Symbol(name, integer=True, positive=True) for name in ("N", "J"))
    j = sp.Symbol("j", integer=True, positive=True)
    largest, circle, a = sp.symbols("M R a", positive=True)
    d = Derivation(
        "A bound of the aliasing error",
        source="Cauchy's estimate; worked out here",
        symbols={
            circle: "radius of a larger circle, below the radius of convergence",
            largest: "largest norm of g on it, so that |c_m| is at most M / R^m",
            a: "decay from one alias to the next",
        },
    )
    d.given(
        "one alias",
        largest / circle ** (1 + j * n) * r ** (j * n),
        "Cauchy's estimate of the coefficient of order 1 + jN, times the nudge",
    )
    d.substitute(
        "decay",
        largest / circle * sp.exp(-a * j),
        {r: circle * sp.exp(-a / n)},
        "geometric in j, with a = N log(R/r)",
    )
    d.sum(
        "some",
        largest / circle * (1 - sp.exp(-a * last)) / (sp.exp(a) - 1),
        (j, 1, last),
        "the first aliases",
    )
    d.limit("all", largest / circle / (sp.exp(a) - 1), last, sp.oo, "all of them")
    d.substitute(
        "bound",
        largest / circle * (r / circle) ** n / (1 - (r / circle) ** n),
        {a: n * sp.log(circle / r)},
        "an error that falls geometrically with the number of points",
        where=[circle > r],
    )
    return d


def real_network() -> Derivation:
    """A real network answers conjugate nudges with conjugate products: half the work."""
    n = sp.Symbol("N", integer=True, positive=True)
    k = sp.Symbol("k", integer=True)
    d = Derivation(
        "Half of the circle is enough",
        source=SOURCE,
        symbols={c[0]: "coefficients c_0, c_1 ... of a real network: real numbers"},
    )
    at = r * sp.exp(2 * sp.pi * sp.I * k / n)
    d.given("point", _series(3, at) / at, "contribution of point k")
    d.given("mirrored", (_series(3, at) / at).subs(k, n - k), "contribution of point N - k")
    d.rewrite(
        "conjugate",
        sum(c[m] * r ** (m - 1) * sp.exp(-2 * sp.pi * sp.I * k * (m - 1) / n) for m in range(4)),
        "its phases run backwards: it is the conjugate of the first",
    )
    d.given(
        "pair",
        _series(3, at) / at + (_series(3, at) / at).subs(k, n - k),
        "the two together",
    )
    d.rewrite(
        "real part",
        2 * sum(c[m] * r ** (m - 1) * sp.cos(2 * sp.pi * k * (m - 1) / n) for m in range(4)),
        "twice the real part of one: only points up to N/2 have to be relaxed",
    )
    return d


def local_rule() -> Derivation:
    """The first harmonic of a product is made of mean activities and first harmonics."""
    i0, j0, i1, j1 = sp.symbols("i_0 j_0 i_1 j_1", real=True)
    i2, j2 = sp.symbols("i_2 j_2", real=True)
    d = Derivation(
        "What a synapse has to know",
        source=SOURCE,
        symbols={
            i0: "mean activity of the neuron on one side, j_0 on the other",
            i1: "first coefficient of its oscillation, j_1 on the other side",
        },
    )
    d.given(
        "product",
        (i0 + i1 * beta + i2 * beta**2) * (j0 + j1 * beta + j2 * beta**2),
        "activities of both ends as series in the nudge",
    )
    d.expand(
        "first order",
        i0 * j0 + (i0 * j1 + j0 * i1) * beta,
        beta,
        0,
        1,
        "its first harmonic: each side's mean activity times the other's first harmonic",
    )
    return d


def square_root_branch() -> Derivation:
    """At a branch point two fixed points meet like the two square roots of a number."""
    x, a, b, rho = sp.Symbol("x"), *sp.symbols("a b rho", positive=True)
    k = sp.Symbol("k", integer=True, positive=True)
    d = Derivation(
        "Why the power series has a radius",
        source="Newton's polygon at a fold; worked out here",
        symbols={
            x: "state along the null vector, from the branch point",
            a: "slope of the fixed-point equation in the nudge",
            b: "half its curvature in the state",
            rho: "distance of the branch point from nudge 0",
        },
        domain={beta: (0, rho)},
    )
    d.given("fold", Eq(b * x**2, a * (rho - beta)), "the equation where its Jacobian vanishes")
    root = sp.sqrt(a * (rho - beta) / b)
    d.solve("two branches", Eq(x, root), x, "and the same with the other sign: the two exchange "
            "when the nudge goes once round")  # fmt: skip
    d.given("coefficient", sp.binomial(sp.Rational(1, 2), k) * (-1 / rho) ** k, "of the root's "
            "power series at nudge 0")  # fmt: skip
    ratio = (2 * k - 1) / (2 * (k + 1) * rho)
    d.given(
        "quotient",
        sp.binomial(sp.Rational(1, 2), k + 1) * (-1 / rho) ** (k + 1)
        / (sp.binomial(sp.Rational(1, 2), k) * (-1 / rho) ** k),
        "of neighbouring coefficients",
    )  # fmt: skip
    d.rewrite("ratio", ratio, "rational in the order")
    d.limit("radius", 1 / rho, k, sp.oo, "the series converges up to the branch point, no further")
    return d
