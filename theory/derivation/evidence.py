"""Numerical evidence: the values of expressions at random points, at 70 digits and more."""

import sympy as sp
from mpmath import mp

from theory.derivation.sampling import SamplingError

POINTS = 8
POINTS_WITH_BRANCHES = 40
BRANCHING = (
    *(sp.Piecewise, sp.Abs, sp.sign, sp.Max, sp.Min, sp.floor, sp.ceiling, sp.Heaviside),
    *(sp.log, sp.atan, sp.asin, sp.acos, sp.acosh, sp.atanh, sp.arg, sp.re, sp.im),
)
ENOUGH_POINTS = 5
ATTEMPTS = 60
DIGITS = 40
WORKING_DIGITS = 70  # a second look at twice as many tells rounding from a real difference
EVALUATION_ERRORS = (
    ArithmeticError,
    TypeError,
    ValueError,
    NameError,
    AttributeError,
    KeyError,
    mp.NoConvergence,
    NotImplementedError,
)


class Refuted(Exception):
    """A claim is false, vacuous or undecided; the message is the sentence that says why."""


def located(point):
    """A point as ``at x = 1.2, y = 3.4`` with a blank behind it, empty without symbols."""
    values = ", ".join(f"{symbol.name} = {mp.nstr(value, 5)}" for symbol, value in point.items())
    return f"at {values} " if values else ""


def compiled(expressions, symbols):
    """Function of mpmath numbers that returns the list of values of the expressions."""
    # Common subexpressions must not be pulled out of a bound variable's scope or out of the branch
    # that protects them from a division by zero.
    scoped = any(e.has(sp.Integral, sp.Sum, sp.Product, sp.Piecewise) for e in expressions)
    return sp.lambdify(symbols, list(expressions), modules="mpmath", cse=not scoped, dummify=True)


@mp.workdps(WORKING_DIGITS)
def search_counterexample(pairs, source):
    """Compare pairs of scalars at random points.

    Returns
    -------
    int
        Number of points at which all pairs agree, 0 where too few points could be evaluated.

    Raises
    ------
    Refuted
        At the first point where a pair differs in its first 40 digits.
    """
    symbols = sorted(set().union(*(side.free_symbols for pair in pairs for side in pair)), key=str)
    # Terms that both sides share cancel here, so that they cannot hide a small difference.
    terms = [sp.Add.make_args(left - right) for left, right in pairs]
    flat = [term for part in terms for term in part]
    integrals = any(term.has(sp.Integral) for term in flat)
    # A function with branches may agree on one of them and differ far away.
    branches = any(_has_branches(term) for term in flat)
    wanted = (POINTS_WITH_BRANCHES if branches else POINTS) if symbols else 1
    attempts = wanted + ATTEMPTS if symbols else 1
    agreeing = 0
    for point, values in _evaluations(flat, symbols, source, attempts, branches):
        if not all(_cancel(values, terms, integrals)):
            # A second look tells a real difference from terms that nearly cancel.
            with mp.workdps(2 * WORKING_DIGITS):
                finer = _values(flat, symbols, point)
                if finer is None:
                    continue
                unequal = [
                    index
                    for index, zero in enumerate(_cancel(finer, terms, integrals, values))
                    if not zero
                ]
            if unequal:
                raise Refuted(_counterexample(point, pairs[unequal[0]], symbols))
        agreeing += 1
        if agreeing == wanted:
            return agreeing
    return agreeing if agreeing >= ENOUGH_POINTS else 0


@mp.workdps(WORKING_DIGITS)
def search_negative(expression, source, known=()):
    """Raise `Refuted` at the first random point at which a real expression is negative.

    Points at which a known expression is negative are no counterexamples and are passed over.
    """
    symbols = sorted(set().union(*(e.free_symbols for e in (expression, *known))), key=str)
    for point, values in _evaluations([expression, *known], symbols, source, 5 * POINTS):
        if any(mp.im(value) != 0 or mp.re(value) < 0 for value in values[1:]):
            continue
        # Zero may come out as a rounding error of either sign.
        if abs(mp.im(values[0])) > mp.mpf(10) ** (-DIGITS) or mp.re(values[0]) < -(
            mp.mpf(10) ** (-DIGITS)
        ):
            raise Refuted(f"{located(point)}its value is {mp.nstr(values[0], 8)}")


def _has_branches(term):
    """Whether a root, a logarithm, a case or the like is taken of something that varies."""
    roots = (p for p in term.atoms(sp.Pow) if p.exp.is_Rational and not p.exp.is_Integer)
    return any(part.free_symbols for part in (*term.atoms(*BRANCHING), *roots))


def _evaluations(expressions, symbols, source, attempts, wide=False):
    """Yield random points and the values there, where all are finite."""
    try:
        function = compiled(expressions, symbols)
    except EVALUATION_ERRORS:
        return
    candidates = source.points(symbols, wide)
    for _ in range(attempts):
        try:
            point = next(candidates)
        except SamplingError as error:
            raise Refuted(str(error)) from None
        values = _values(expressions, symbols, point, function)
        if values is not None:
            yield point, values


def _cancel(values, terms, integrals, coarser=None):
    """For each sum of terms whether it is zero, in view of the rounding of its terms.

    ``coarser`` are the values at half the number of digits: a sum of rounding errors shrinks by as
    many digits as were added, a real difference stays.
    """
    # Quadrature does not reach all working digits.
    tolerance = mp.mpf(10) ** -(DIGITS if integrals else mp.dps - 10)
    position = 0
    for part in terms:
        span = slice(position, position + len(part))
        position += len(part)
        difference = abs(mp.fsum(values[span]))
        zero = difference <= tolerance * mp.fsum(abs(value) for value in values[span])
        if not zero and coarser is not None:
            zero = difference <= abs(mp.fsum(coarser[span])) * mp.mpf(10) ** -DIGITS
        yield zero


def _values(expressions, symbols, point, function=None):
    """Values at one point as mpmath numbers, or None where one of them is not finite."""
    try:
        if any(term.has(sp.Sum, sp.Product) for term in expressions):
            # Bounds have to be integers before a finite sum can be written out.
            whole = {s: sp.Integer(int(point[s])) for s in symbols if s.is_integer}
            expressions = [term.subs(whole).doit() for term in expressions]
            function = None
        function = function or compiled(expressions, symbols)
        values = [mp.mpmathify(value) for value in function(*(point[s] for s in symbols))]
    except EVALUATION_ERRORS:
        return None
    return values if all(mp.isfinite(value) for value in values) else None


def _counterexample(point, pair, symbols):
    values = _values([*pair, pair[0] - pair[1]], symbols, point)
    if values is None:
        return f"{located(point)}the two sides differ"
    gap = mp.nstr(abs(values[2]), 3)
    return (
        f"{located(point)}the claim gives {mp.nstr(values[1], 8)} where {mp.nstr(values[0], 8)} "
        f"is right (difference {gap})"
    )
