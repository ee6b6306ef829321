"""Random test points for symbolic statements, drawn inside the assumptions of their symbols."""

import random

import sympy as sp
from mpmath import mp

SEED = 20240229


class SamplingError(ValueError):
    """Raised when no value can be drawn for a symbol; the message names symbol and remedy."""


class PointSource:
    """Draw values for symbols, always the same ones for the same statement.

    The first point is positive and the second negative wherever the assumptions allow both, so that
    an identity such as ``sqrt(x**2) = x`` meets a negative value; later points have random signs.

    Parameters
    ----------
    domain : dict, optional
        ``{symbol: (low, high)}``, open intervals of the real line; a bound may be infinite or may
        be an expression in other symbols, for example ``{b: (-a, a)}``.
    """

    def __init__(self, domain=None):
        self.domain = {
            symbol: tuple(sp.sympify(bound) for bound in bounds)
            for symbol, bounds in (domain or {}).items()
        }

    def points(self, symbols, wide=False):
        """Yield endless points ``{symbol: mpf or mpc}`` for the given set of symbols.

        Sizes lie between 0.2 and 4.5, with ``wide`` every other point between 0.001 and 1000.
        """
        rng = random.Random(SEED)
        ordered = self._in_drawing_order(symbols)
        number = 0
        while True:
            point = {}
            spread = 7 if wide and number % 2 else 1.5
            for symbol in ordered:
                sign = {0: 1, 1: -1}.get(number, rng.choice((1, -1)))
                point[symbol] = self._draw(symbol, point, sign, spread, rng)
            yield {symbol: point[symbol] for symbol in symbols}
            number += 1

    def _in_drawing_order(self, symbols):
        """Symbols sorted by name, each after those that its bounds are made of."""
        ordered = []

        def place(symbol, waiting=()):
            if symbol in ordered:
                return
            if symbol in waiting:
                raise SamplingError(f"the domains of {symbol} and {waiting[-1]} need each other")
            for bound in self.domain.get(symbol, ()):
                for other in sorted(bound.free_symbols, key=str):
                    place(other, (*waiting, symbol))
            ordered.append(symbol)

        for symbol in sorted(symbols, key=lambda s: (s.name, s.sort_key())):
            place(symbol)
        return ordered

    def _draw(self, symbol, point, sign, spread, rng):
        for _ in range(200):
            if symbol in self.domain:
                value = _inside(*(_number(b, point) for b in self.domain[symbol]), rng)
                if symbol.is_integer:
                    value = mp.floor(value) + 1
                    if not value < _number(self.domain[symbol][1], point):
                        continue
            else:
                value = _by_assumption(symbol, sign, spread, rng)
            if _allowed(symbol, value):
                return value
        raise SamplingError(
            f"no value found for {symbol} inside its assumptions and domain; state another domain"
        )


def _number(bound, point):
    if bound.is_infinite:
        return mp.inf if bound.is_extended_positive else -mp.inf
    value = bound.subs({s: sp.Float(point[s], mp.dps) for s in bound.free_symbols})
    return mp.mpmathify(value.evalf(mp.dps))


def _inside(low, high, rng):
    """A number strictly between two bounds; unbounded sides get a log-uniform distance."""
    distance = mp.exp(mp.mpf(rng.uniform(-1.5, 1.5)))
    if mp.isinf(low) and mp.isinf(high):
        return distance * rng.choice((1, -1))
    if mp.isinf(high):
        return low + distance
    if mp.isinf(low):
        return high - distance
    if not low < high:
        raise SamplingError(f"the interval from {low} to {high} is empty")
    return low + (high - low) * mp.mpf(rng.uniform(0.02, 0.98))


def _by_assumption(symbol, sign, spread, rng):
    """A value of moderate size with the declared type and sign."""
    if symbol.is_nonnegative:
        sign = 1
    elif symbol.is_nonpositive:
        sign = -1
    if symbol.is_integer:
        return mp.mpf(sign * rng.randint(0, 9))
    size = mp.exp(mp.mpf(rng.uniform(-spread, spread)))
    if symbol.is_extended_real:
        return sign * size
    if symbol.is_imaginary:
        return mp.mpc(0, sign * size)
    return size * mp.expjpi(mp.mpf(rng.uniform(-1, 1)))


def _allowed(symbol, value):
    if symbol.is_zero is False and value == 0:
        return False
    if not isinstance(value, mp.mpf):
        return True
    if (symbol.is_positive and not value > 0) or (symbol.is_negative and not value < 0):
        return False
    if (symbol.is_nonnegative and value < 0) or (symbol.is_nonpositive and value > 0):
        return False
    if symbol.is_integer:
        integer = sp.Integer(int(value))
        tests = ("even", "odd", "prime", "composite")
        return all(
            getattr(symbol, f"is_{test}") is not True or getattr(integer, f"is_{test}")
            for test in tests
        )
    return True
