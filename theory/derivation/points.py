"""Test points for symbolic statements: ordinary, extreme, at equal arguments and near kinks.

Points serve to find counterexamples, and to count the points at which a claim was checked. A wrong
claim may be right in every comfortable range, so they go far out, close to zero, close to both ends
of a domain, and to the places where a kink, a pole or the steep part of a function lies.
"""

import itertools
import random

import sympy as sp
from mpmath import mp
from sympy.polys.polyerrors import BasePolynomialError

from theory.derivation.verdict import Refused

SEED = 20240229
ORDINARY = 8


def points(symbols, region, steep=()):
    """Yield points ``{symbol: mpf or mpc}``, always the same ones for the same statement.

    The first point is positive and the second negative wherever the assumptions allow both. Then
    come ordinary sizes (0.2 to 4.5), sizes between 0.001 and 1000, one symbol after the other tiny
    and huge, all symbols equal, and the neighbourhoods of the zeros of ``steep``; then all this
    at random again, without end.

    Parameters
    ----------
    symbols : set of Symbol
    region : Region
    steep : sequence of expressions
        Near a zero of one of these the statement may change.
    """
    rng = random.Random(SEED)
    ordered = _in_drawing_order(symbols, region)
    draw = _Drawing(ordered, region, rng)
    yield _only(draw(sign=1), symbols)
    yield _only(draw(sign=-1), symbols)
    for _ in range(ORDINARY - 2):
        yield _only(draw(), symbols)
    while True:
        for _ in range(6):
            yield _only(draw(spread=7), symbols)
        for symbol in ordered:
            for size in ("tiny", "huge", "low end", "high end"):
                yield _only(draw(special={symbol: size}), symbols)
        if len(ordered) > 1:
            yield _only(draw(equal=True), symbols)
        yield from (_only(point, symbols) for point in _near_zeros(steep, ordered, draw, region))


def extent(symbols, region, steep=()):
    """How many points one round of all the kinds takes."""
    return ORDINARY + 6 + 5 * len(symbols) + min(60, 12 * len(steep) * len(symbols))


def _only(point, symbols):
    return {symbol: point[symbol] for symbol in sorted(symbols, key=str)}


class _Drawing:
    """Draws one value after the other, each inside its assumptions and its domain."""

    def __init__(self, ordered, region, rng):
        self.ordered, self.region, self.rng = ordered, region, rng

    def __call__(self, sign=0, spread=1.5, special=None, equal=False):
        point = {}
        for symbol in self.ordered:
            if equal and point:
                value = next(iter(point.values()))
                if self.allows(symbol, value, point):
                    point[symbol] = value
                    continue
            point[symbol] = self._value(symbol, point, sign, spread, (special or {}).get(symbol))
        return point

    def _value(self, symbol, point, sign, spread, size):
        for attempt in range(200):
            if attempt == 20:
                size = None
            if symbol in self.region.domain:
                low, high = (number(bound, point) for bound in self.region.bounds(symbol))
                value = _inside(low, high, self.rng, spread, size)
                if symbol.is_integer:
                    value = mp.floor(value) + 1
            else:
                value = self._by_assumption(symbol, sign, spread, size)
            if self.allows(symbol, value, point):
                return value
            sign = 0
        raise Refused(
            f"no value found for {symbol} inside its assumptions and domain; state another domain"
        )

    def allows(self, symbol, value, point):
        """Whether a value has what assumptions and domain promise."""
        if symbol in self.region.domain:
            low, high = (number(bound, point) for bound in self.region.domain[symbol])
            if not (isinstance(value, mp.mpf) and low < value < high):
                return False
        return _allowed(symbol, value)

    def _by_assumption(self, symbol, sign, spread, size):
        sign = sign or self.rng.choice((1, -1))
        if symbol.is_nonnegative:
            sign = 1
        elif symbol.is_nonpositive:
            sign = -1
        if symbol.is_integer:
            return mp.mpf(sign * self._whole(spread, size))
        modulus = _size(self.rng, spread, size)
        if symbol.is_extended_real:
            return sign * modulus
        if symbol.is_imaginary:
            return mp.mpc(0, sign * modulus)
        return modulus * mp.expjpi(mp.mpf(self.rng.uniform(-1, 1)))

    def _whole(self, spread, size):
        if size == "huge":
            return self.rng.randint(10**4, 10**6)
        if size == "high end":
            return self.rng.randint(100, 5000)
        if size in ("tiny", "low end"):
            return self.rng.randint(0, 2)
        return self.rng.randint(0, 9) if spread < 2 else self.rng.randint(5, 99)


def _size(rng, spread, size):
    if size == "tiny":
        return mp.mpf(10) ** -rng.uniform(5, 12)
    if size == "low end":
        return mp.mpf(10) ** -rng.uniform(2, 4)
    if size == "huge":
        return mp.mpf(10) ** rng.uniform(4, 6)
    if size == "high end":
        return mp.mpf(10) ** rng.uniform(1.3, 2.3)
    return mp.exp(mp.mpf(rng.uniform(-spread, spread)))


def _inside(low, high, rng, spread, size):
    """A number strictly between two bounds; unbounded sides get a log-uniform distance."""
    distance = _size(rng, spread, size)
    if mp.isinf(low) and mp.isinf(high):
        return distance * rng.choice((1, -1))
    if mp.isinf(high):
        return low + distance
    if mp.isinf(low):
        return high - distance
    if not low < high:
        raise Refused(f"the interval from {low} to {high} is empty")
    share = mp.mpf(rng.uniform(0.02, 0.98))
    if size or spread > 2:
        share = min(mp.mpf(10) ** -rng.uniform(1, 9), mp.mpf(1) / 2)
        if size in ("huge", "high end") or (not size and rng.random() < 0.5):
            share = 1 - share
    return low + (high - low) * share


def _near_zeros(steep, ordered, draw, region):
    """Points on both sides of every zero of the steep parts, and between two zeros."""
    for symbol in ordered:
        if symbol.is_extended_real is not True:
            continue
        parts = [part for part in steep if symbol in part.free_symbols][:8]
        if not parts:
            continue
        base = draw()
        zeros = sorted(set().union(*(_zeros(part, symbol, base, region) for part in parts)))
        between = [(p + q) / 2 for p, q in itertools.pairwise(zeros)]
        near = []
        for zero in zeros[:12]:
            step = max(abs(zero), mp.mpf(10) ** -3) * mp.mpf(10) ** -3
            near += [zero - step, zero + step, zero / 2, 2 * zero, zero - 1, zero + 1]
            if symbol.is_integer:
                near += [mp.floor(zero), mp.floor(zero) + 1]
        for value in [*between[:12], *near]:
            value = mp.mpf(mp.nint(value)) if symbol.is_integer else value
            if draw.allows(symbol, value, base):
                yield base | {symbol: value}


def _zeros(part, symbol, base, region):
    """Real zeros of an expression in one symbol, the others having their values."""
    others = {s: _rational(base[s]) for s in part.free_symbols - {symbol} if s in base}
    try:
        numerator = sp.fraction(sp.together(part.subs(others)))[0]
        polynomial = sp.Poly(numerator, symbol)
        if 0 < polynomial.degree() <= 12:
            roots = [root for root in polynomial.nroots(n=20) if abs(sp.im(root)) < 1e-5]
            return {mp.mpf(str(sp.re(root))) for root in roots}
        return set()
    except (BasePolynomialError, TypeError, ValueError, ArithmeticError, mp.NoConvergence):
        pass
    found = set()
    try:
        function = sp.lambdify([symbol], part.subs(others), modules="mpmath")
        grid = [s * mp.mpf(10) ** k for s in (-1, 1) for k in range(-3, 4)]
        with mp.workdps(20):
            values = [mp.mpmathify(function(x)) for x in sorted(grid)]
            for (x, y), (p, q) in zip(
                (pair := list(zip(sorted(grid), values, strict=True))), pair[1:], strict=False
            ):
                if isinstance(y, mp.mpf) and isinstance(q, mp.mpf) and y * q < 0:
                    found.add(mp.findroot(function, (x, p), solver="anderson", verify=False))
    except Exception:  # whatever a numerical search may raise: it only adds points
        return found
    return found


def _rational(value):
    if isinstance(value, mp.mpf):
        return sp.Rational(mp.nstr(value, 15))
    return sp.Rational(mp.nstr(value.real, 15)) + sp.I * sp.Rational(mp.nstr(value.imag, 15))


def _in_drawing_order(symbols, region):
    """Symbols sorted by name, each after those that its bounds are made of."""
    ordered = []

    def place(symbol, waiting=()):
        if symbol in ordered:
            return
        if symbol in waiting:
            raise Refused(f"the domains of {symbol} and {waiting[-1]} need each other")
        for bound in region.domain.get(symbol, ()):
            for other in sorted(bound.free_symbols, key=str):
                place(other, (*waiting, symbol))
        ordered.append(symbol)

    for symbol in sorted(symbols, key=lambda s: (s.name, s.sort_key())):
        place(symbol)
    return ordered


def number(bound, point):
    """Value of a bound as mpf, infinite bounds included."""
    if bound.is_infinite:
        return mp.inf if bound.is_extended_positive else -mp.inf
    value = bound.subs({s: sp.Float(point[s], mp.dps) for s in bound.free_symbols})
    return mp.mpmathify(value.evalf(mp.dps))


def _allowed(symbol, value):
    if symbol.is_zero is False and value == 0:
        return False
    if not isinstance(value, mp.mpf):
        return not symbol.is_extended_real
    if (symbol.is_positive and not value > 0) or (symbol.is_negative and not value < 0):
        return False
    if (symbol.is_nonnegative and value < 0) or (symbol.is_nonpositive and value > 0):
        return False
    if symbol.is_integer:
        if value != mp.floor(value):
            return False
        integer = sp.Integer(int(value))
        tests = ("even", "odd", "prime", "composite")
        return all(
            getattr(symbol, f"is_{test}") is not True or getattr(integer, f"is_{test}")
            for test in tests
        )
    return True
