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
g = sp.Function("g")


def _series(order, at):
    return sum(c[m] * at**m for m in range(order + 1))


def contour_theorem() -> Derivation:
    """The first Fourier coefficient of a finite oscillation is the gradient, at any radius."""
    k = sp.Symbol("k", integer=True, nonzero=True)
    end = sp.Symbol("phi_1", positive=True)
    harmonic, measured, product = (sp.Function(name) for name in ("h", "m", "p"))
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
    d.define(
        "harmonic",
        Eq(harmonic(phi), sp.exp(sp.I * k * phi) / (2 * sp.pi)),
        "one harmonic of the oscillation",
    )
    d.integrate(
        "part of a turn",
        (sp.exp(sp.I * k * end) - 1) / (2 * sp.pi * sp.I * k),
        (phi, 0, end),
        "up to the phase at the end",
    )
    d.substitute(
        "orthogonal",
        sp.S.Zero,
        {end: 2 * sp.pi},
        "a whole turn leaves nothing of it: of any power series one coefficient is left",
    )
    turning = r * sp.exp(sp.I * phi)
    d.define(
        "measured",
        Eq(measured(phi), sp.expand(_series(5, turning) / turning) / (2 * sp.pi)),
        "the product g of both ends of a weight as a power series in the nudge (here to order 5), "
        "divided by the nudge: harmonics from -1 on",
    )
    d.integrate(
        "first coefficient",
        c[1],
        (phi, 0, 2 * sp.pi),
        "all harmonics but one vanish: the gradient is left, and the radius drops out",
    )
    d.define(
        "mean", Eq(product(phi), _series(5, turning) / (2 * sp.pi)), "the product, not divided"
    )
    d.integrate(
        "mean value",
        c[0],
        (phi, 0, 2 * sp.pi),
        "its mean over the oscillation is the product at rest: no free phase is needed",
    )
    return d


def aliasing() -> Derivation:
    """N points see the first coefficient, and with it every N-th one after it."""
    q, w = sp.symbols("q w")
    j = sp.Symbol("j", integer=True, nonnegative=True)
    n = sp.Symbol("N", integer=True, positive=True)
    m, multiple = sp.symbols("m l", integer=True)
    turn, whole = sp.Function("t"), sp.Function("e")
    one, two, three = (sp.Function(f"g_{count}") for count in (1, 2, 3))
    d = Derivation(
        "What N points on the circle alias",
        source=SOURCE,
        symbols={
            n: "number of points",
            m: "order of a coefficient, minus one",
            q: "ratio of neighbouring terms, not 1",
            r: "radius of the circle",
            multiple: "any integer",
        },
    )
    d.define(
        "turns", Eq(turn(j), q**j), "point j multiplies the term of order m + 1 by a power of q"
    )
    d.sum("geometric", (1 - q**n) / (1 - q), (j, 0, n - 1), "summed over the points")
    d.substitute(
        "cancels",
        sp.S.Zero,
        {q: sp.exp(2 * sp.pi * sp.I * m / n)},
        "after N points the phase is back: the coefficient drops out, unless q is 1",
    )
    d.define(
        "phase", Eq(whole(m), sp.exp(2 * sp.pi * sp.I * m * j / n)), "of that power of q at point j"
    )
    d.substitute(
        "kept", sp.S.One, {m: n * multiple}, "every N-th order comes back at all points: it stays"
    )
    d.define("product", Eq(g(beta), _series(7, beta)), "for instance with eight coefficients")
    d.define(
        "three points",
        Eq(three(r, w), (g(r) / r + g(w * r) / (w * r) + g(r / w) * w / r) / 3),
        "N = 3, w being a third of a turn",
    )
    d.substitute(
        "aliased",
        c[1] + c[4] * r**3 + c[7] * r**6,
        ["product", {w: sp.Rational(-1, 2) + sp.sqrt(3) * sp.I / 2}],
        "an error of third order",
    )
    d.define("two points", Eq(two(r), (g(r) - g(-r)) / (2 * r)), "N = 2")
    d.substitute(
        "symmetric",
        c[1] + c[3] * r**2 + c[5] * r**4 + c[7] * r**6,
        "product",
        "the symmetric estimate, second order",
    )
    d.define("one point", Eq(one(r), (g(r) - g(0)) / r), "N = 1 with the free product taken off")
    d.substitute(
        "one-sided",
        sum(c[k] * r ** (k - 1) for k in range(1, 8)),
        "product",
        "the one-sided estimate, first order",
    )
    return d


def aliasing_bound() -> Derivation:
    """Cauchy's estimate on a larger circle bounds what N points alias."""
    n, last = (sp.Symbol(name, integer=True, positive=True) for name in ("N", "J"))
    j = sp.Symbol("j", integer=True, positive=True)
    m = sp.Symbol("m", integer=True, positive=True)
    largest, circle, a = sp.symbols("M R a", positive=True)
    coefficient, alias = sp.Function("c"), sp.Function("b")
    d = Derivation(
        "A bound of the aliasing error",
        source="Cauchy's estimate; worked out here",
        symbols={
            circle: "radius of a larger circle, below the radius of convergence",
            largest: "largest norm of g on it",
            a: "decay from one alias to the next",
        },
    )
    d.quote(
        "coefficients",
        sp.Le(sp.Abs(coefficient(m)), largest / circle**m),
        "no coefficient is larger",
        source="Cauchy's estimate, Ahlfors, Complex Analysis, section 4.2.3",
    )
    d.substitute(
        "aliases",
        sp.Le(sp.Abs(coefficient(1 + j * n)), largest / circle ** (1 + j * n)),
        {m: 1 + j * n},
        "those that N points take for the first one",
    )
    d.rewrite(
        "nudged",
        sp.Le(
            sp.Abs(coefficient(1 + j * n)) * r ** (j * n),
            largest / circle ** (1 + j * n) * r ** (j * n),
        ),
        "times the power of the nudge",
        factor=r ** (j * n),
    )
    d.define(
        "one alias",
        Eq(alias(j, r), largest / circle ** (1 + j * n) * r ** (j * n)),
        "the largest error that it can make",
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
    k, m = sp.symbols("k m", integer=True)
    size = sp.Symbol("c_m", real=True)
    share, pair = sp.Function("p"), sp.Function("s")
    d = Derivation(
        "Half of the circle is enough",
        source=SOURCE,
        symbols={size: "coefficient of any order m of a real network: a real number"},
    )
    turn = 2 * sp.pi * k * (m - 1) / n
    d.define(
        "point",
        Eq(share(k), size * r ** (m - 1) * sp.exp(sp.I * turn)),
        "contribution of point k, in order m",
    )
    d.substitute(
        "conjugate",
        size * r ** (m - 1) * sp.exp(-sp.I * turn),
        {k: n - k},
        "the phase of point N - k runs backwards: it is the conjugate of the first",
    )
    d.define("pair", Eq(pair(k), share(k) + share(n - k)), "the two together")
    d.substitute(
        "real part",
        2 * size * r ** (m - 1) * sp.cos(turn),
        "point",
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
    d.define(
        "product",
        Eq(g(beta), (i0 + i1 * beta + i2 * beta**2) * (j0 + j1 * beta + j2 * beta**2)),
        "activities of both ends as series in the nudge, here to second order",
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
