"""The search for counterexamples: values of expressions at chosen points, to 70 digits and more."""

import itertools

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef

from theory.derivation import balls
from theory.derivation.budget import Late, within
from theory.derivation.points import extent, points
from theory.derivation.verdict import Counterexample

DIGITS = 40
WORKING_DIGITS = 70  # a second look at twice as many tells rounding from a real difference
CONFIRMED = 250  # digits at which agreement is confirmed before it is called checked
ENOUGH_POINTS = 5
MOST_POINTS = 70
SECONDS_A_POINT = 2
STEEP = (
    *(sp.tanh, sp.erf, sp.erfc, sp.exp, sp.sech, sp.csch, sp.coth, sp.atan, sp.sin, sp.cos),
    *(sp.sinh, sp.cosh, sp.log, sp.LambertW, sp.gamma, sp.asinh, sp.acosh, sp.atanh),
)
EVALUATION_ERRORS = (
    *(ArithmeticError, TypeError, ValueError, NameError, AttributeError, KeyError),
    *(mp.NoConvergence, NotImplementedError, Late),
)


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


def steep_places(expressions):
    """Expressions near whose zeros a statement may change: kinks, poles, steep flanks."""
    found = set()
    for e in expressions:
        for part in e.atoms(sp.Abs, sp.sign, sp.Heaviside):
            found.add(part.args[0])
        for part in e.atoms(sp.Max, sp.Min):
            found |= {p - q for p in part.args for q in part.args if p != q}
        for part in e.atoms(sp.core.relational.Relational):
            found.add(part.lhs - part.rhs)
        for part in e.atoms(sp.KroneckerDelta):
            found.add(part.args[0] - part.args[1])
        for part in e.atoms(sp.floor, sp.ceiling, sp.Mod):
            found |= {part.args[0] - 1, part.args[-1] - part.args[0], part.args[0] + 1}
        for part in e.atoms(sp.Pow):
            if (part.exp.is_Rational and not part.exp.is_nonnegative) or not part.exp.is_Integer:
                found.add(part.base)
        for part in e.atoms(*STEEP):
            found |= {part.args[0], part.args[0] - 1}
    return sorted((part for part in found if part.free_symbols), key=str)[:16]


@mp.workdps(WORKING_DIGITS)
def search_counterexample(pairs, region, most=None):
    """Compare pairs of scalars at points of every kind.

    Returns
    -------
    int
        Number of points at which all pairs agree, 0 where too few points could be evaluated.

    Raises
    ------
    Counterexample
        At the first point where a pair differs in its first 40 digits, or is infinite on one side.
    """
    symbols = sorted(set().union(*(side.free_symbols for pair in pairs for side in pair)), key=str)
    # Terms that both sides share cancel here, so that they cannot hide a small difference.
    terms = [sp.Add.make_args(left - right) for left, right in pairs]
    flat = [term for part in terms for term in part]
    hard = any(term.has(sp.Integral) for term in flat)
    agreeing = []
    for point, values in evaluations(flat, symbols, region, hard, most or MOST_POINTS):
        if any(mp.isnan(value) for value in values):
            continue
        if not all(map(mp.isfinite, values)):
            _compare_infinite(pairs, symbols, point, region)
            continue
        if not all(_cancel(values, terms, hard)):
            answer = _second_look(flat, terms, symbols, point, hard)
            if answer is not None and answer < len(pairs):
                raise Counterexample(_told(point, pairs[answer], symbols))
            if answer is None:
                continue
        agreeing.append(point)
    enough = len(agreeing) >= (ENOUGH_POINTS if symbols else 1)
    return len(agreeing) if enough else 0


def _second_look(flat, terms, symbols, point, hard):
    """Index of a pair that certainly differs at a point, their number if none does, else None.

    A sum of rounding errors shrinks by as many digits as are added; a difference stays. It has to
    stay clear of zero in ball arithmetic, or (where that knows a function not) to be no smaller
    than 50 digits below everything that was added up on the way.
    """
    looks = []
    for digits in (2 * WORKING_DIGITS, 5 * WORKING_DIGITS):
        with mp.workdps(digits):
            values = values_at(flat, symbols, point)
            if values is None or not all(map(mp.isfinite, values)):
                return None
            looks.append(_differences(values, terms))
    unclear = False
    for index, ((first, scale), (second, _)) in enumerate(zip(*looks, strict=True)):
        if abs(second) <= scale * mp.mpf(10) ** -(DIGITS if hard else 3 * WORKING_DIGITS):
            continue
        if not hard and abs(first - second) > abs(second) * mp.mpf(10) ** -8:
            unclear |= abs(second) > abs(first) * mp.mpf(10) ** -DIGITS
            continue
        difference = sp.Add(*terms[index])
        clear = balls.apart(difference, point)
        if clear is None:
            clear = abs(second) > mp.mpf(10) ** -50 * _largest_summand(difference, symbols, point)
        if clear:
            return index
        unclear = True
    return None if unclear else len(looks[0])


def _largest_summand(expression, symbols, point):
    """The largest modulus of anything that is added up inside an expression."""
    parts = [part for total in expression.atoms(sp.Add) for part in total.args]
    parts = [part for part in parts if part.free_symbols <= set(symbols)]
    values = values_at(parts, symbols, point) if parts else []
    finite = [abs(value) for value in values or [] if mp.isfinite(value)]
    return max(finite, default=mp.zero)


def confirmed(pairs, region):
    """Whether ordinary points agree at many more digits, so that no tail below 70 is hidden."""
    symbols = sorted(set().union(*(side.free_symbols for pair in pairs for side in pair)), key=str)
    terms = [sp.Add.make_args(left - right) for left, right in pairs]
    flat = [term for part in terms for term in part]
    if any(term.has(sp.Integral) for term in flat):
        return True
    with mp.workdps(CONFIRMED):
        for count, (_, values) in enumerate(evaluations(flat, symbols, region, True)):
            if all(map(mp.isfinite, values)) and not all(_cancel(values, terms, False)):
                return False
            if count == 5:
                break
    return True


def violated(relation, region, most=40):
    """A point at which a relation fails, False where none was found, None where none could be."""
    difference = relation.lhs - relation.rhs
    symbols = sorted(difference.free_symbols, key=str)
    tests = {
        ">": lambda v: v > 0, ">=": lambda v: v >= -mp.mpf(10) ** -DIGITS,
        "<": lambda v: v < 0, "<=": lambda v: v <= mp.mpf(10) ** -DIGITS,
        "!=": lambda v: v != 0, "==": lambda v: abs(v) < mp.mpf(10) ** -DIGITS,
    }  # fmt: skip
    seen = 0
    with mp.workdps(WORKING_DIGITS):
        for point, (value,) in evaluations([difference], symbols, region, False, most):
            if mp.isnan(value) or not mp.isfinite(value):
                continue
            if abs(mp.im(value)) > mp.mpf(10) ** -DIGITS:
                if relation.rel_op in ("!=",):
                    seen += 1
                    continue
                return point
            if not tests[relation.rel_op](mp.re(value)):
                return point
            seen += 1
    return False if seen else None


def evaluations(expressions, symbols, region, few=False, most=MOST_POINTS):
    """Yield points of the region that satisfy its facts, and the values there."""
    if not symbols:
        values = values_at(expressions, symbols, {})
        if values is not None:
            yield {}, values
        return
    steep = [] if few else steep_places([*expressions, *region.facts])
    try:
        function = within(SECONDS_A_POINT, compiled, expressions, symbols)
    except EVALUATION_ERRORS:
        return
    facts = [fact for fact in region.facts if fact.free_symbols & set(symbols)]
    reached = set(symbols).union(*(fact.free_symbols for fact in facts))
    wanted = min(12, most) if few else min(most, extent(symbols, region, steep))
    tests = [_test(fact) for fact in facts]
    slow, tried = 0, itertools.islice(points(reached, region, steep), 4 * wanted)
    for point in tried:
        if wanted == 0 or slow == 3:
            return
        if not all(satisfied(point) for satisfied in tests):
            continue
        wanted -= 1
        point = {symbol: point[symbol] for symbol in symbols}
        try:
            values = within(SECONDS_A_POINT, values_at, expressions, symbols, point, function)
        except Late:
            slow += 1
            continue
        if values is not None:
            yield point, values


def values_at(expressions, symbols, point, function=None):
    """Values at one point as mpmath numbers (infinite ones too), None where they are undefined."""
    try:
        if any(term.has(sp.Sum, sp.Product) for term in expressions):
            # Bounds have to be integers before a finite sum can be written out.
            if any(s.is_integer and point[s] > 60 for s in symbols):
                return None
            whole = {s: sp.Integer(int(point[s])) for s in symbols if s.is_integer}
            expressions = [term.subs(whole).doit() for term in expressions]
            function = None
        function = function or compiled(expressions, symbols)
        return [mp.mpmathify(value) for value in function(*(point[s] for s in symbols))]
    except Late:
        raise
    except EVALUATION_ERRORS:
        return None


def _test(fact):
    """Function of a point: whether a condition holds there."""
    symbols = sorted(fact.free_symbols, key=str)
    if not isinstance(fact, sp.core.relational.Relational) or fact.has(AppliedUndef):
        return lambda point: True
    function = compiled([fact.lhs - fact.rhs], symbols)

    def satisfied(point):
        values = values_at([], symbols, point, function)
        if values is None or mp.im(values[0]) != 0:
            return fact.rel_op == "!=" and values is not None
        value = mp.re(values[0])
        return {">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0,
                "!=": value != 0, "==": value == 0}[fact.rel_op]  # fmt: skip

    return satisfied


def _compare_infinite(pairs, symbols, point, region):
    for pair in pairs:
        both = [values_at([side], symbols, point) for side in pair]
        if None in both:
            continue
        (left,), (right,) = both
        if mp.isfinite(left) != mp.isfinite(right):
            raise Counterexample(
                f"{located(point)}the claim gives {mp.nstr(right, 8)} where {mp.nstr(left, 8)} "
                "is right"
            )


def _differences(values, terms):
    """``(sum, sum of moduli)`` of every group of terms."""
    found, position = [], 0
    for part in terms:
        span = values[position : position + len(part)]
        position += len(part)
        found.append((mp.fsum(span), mp.fsum(abs(value) for value in span)))
    return found


def _cancel(values, terms, integrals):
    """For each sum of terms whether it is zero, in view of the rounding of its terms."""
    # Quadrature does not reach all working digits.
    tolerance = mp.mpf(10) ** -(DIGITS if integrals else mp.dps - 10)
    for difference, scale in _differences(values, terms):
        yield abs(difference) <= tolerance * scale


def _told(point, pair, symbols):
    values = values_at([*pair, pair[0] - pair[1]], symbols, point)
    if values is None:
        return f"{located(point)}the two sides differ"
    gap = mp.nstr(abs(values[2]), 3)
    return (
        f"{located(point)}the claim gives {mp.nstr(values[1], 8)} where {mp.nstr(values[0], 8)} "
        f"is right (difference {gap})"
    )
