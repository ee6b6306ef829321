"""Verification of claimed series and limits; each returns its proof as a sentence."""

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef

from theory.derivation.equality import evaluate_derivatives, prove_equal
from theory.derivation.evidence import EVALUATION_ERRORS, Refuted, compiled, located
from theory.derivation.sampling import SamplingError

REMAINDER_POINTS = 5


def verify_series(expression, claimed, x, x0, order, source, **options):
    """Prove that a claim is the series of an expression through ``(x - x0)**order``.

    At infinity the order counts powers of ``1/x``. Logarithms and negative powers are allowed.

    Returns
    -------
    str
    """
    x0 = sp.sympify(x0)
    one_sided = (x.is_nonnegative and x0 == 0) or x0.is_infinite
    u = sp.Dummy("h", positive=True)

    def shifted(value, step):
        inside = {sp.oo: 1 / step, -sp.oo: -1 / step}.get(x0, x0 + step)
        return evaluate_derivatives(sp.sympify(value)).subs(x, inside)

    local = sp.expand(shifted(claimed, u))
    for term in sp.Add.make_args(local):
        if _beyond(term, u, order):
            raise Refuted(f"the claim contains a term beyond order {order}: {term}")
    step = u if one_sided else sp.Dummy("h", real=True)
    vanishing = _remainder_vanishes(
        shifted(expression, step) - shifted(claimed, step), step, order, source
    )
    computed = _truncated_series(shifted(expression, u), u, order)
    if computed is not None:
        proof = prove_equal(computed, local, source=source, **options)
        return f"expanded again through order {order}: {proof}"
    if not vanishing:
        raise Refuted("SymPy does not expand it, and no point could be evaluated near it")
    return f"the remainder falls faster than power {order}, measured at {vanishing} random points"


def _beyond(term, u, order):
    """Whether a term is smaller than ``u**order`` as u goes to 0."""
    term = term.xreplace(_constants(term, u))
    coefficient, power = term.as_coeff_exponent(u)
    if u in coefficient.free_symbols:
        return sp.limit(term / u**order, u, 0, "+") == 0
    return bool(power > order)


def _truncated_series(expression, u, order):
    """Series through ``u**order``, or None where SymPy has none."""
    # SymPy's series knows no undefined functions: Taylor's formula stands in for them, with a rest
    # that is followed through. It starts late enough for poles up to order 3.
    rests = []
    for part in sorted(expression.atoms(AppliedUndef), key=sp.count_ops, reverse=True):
        if part.has(u):
            rests.append(sp.Dummy("rest"))
            taylor = _taylor_polynomial(part, u, order + 3) + rests[-1] * u ** (order + 4)
            expression = expression.xreplace({part: taylor})
    expression = evaluate_derivatives(expression)
    constants = _constants(expression, u)
    expression = expression.xreplace(constants)
    try:
        for extra in range(1, 12, 2):
            series = sp.series(expression, u, 0, order + extra)
            reached = series.getO()
            if reached is None or _beyond(reached.expr, u, order):
                terms = sp.Add.make_args(sp.expand(series.removeO()))
                kept = sp.Add(*(term for term in terms if not _beyond(term, u, order)))
                values = {dummy: part for part, dummy in constants.items()}
                return None if kept.has(*rests) else kept.xreplace(values)
    except (NotImplementedError, ValueError, TypeError, AttributeError, sp.PoleError):
        return None
    return None


def _constants(expression, u):
    """Dummies for postponed substitutions such as w'(0), whose bound variable may be u itself."""
    values = (part for part in expression.atoms(sp.Subs) if u not in part.free_symbols)
    return {part: sp.Dummy() for part in values}


def _taylor_polynomial(part, u, order):
    polynomial, derivative = [], part
    for k in range(order + 1):
        polynomial.append(derivative.subs(u, 0) * u**k / sp.factorial(k))
        derivative = evaluate_derivatives(sp.diff(derivative, u))
    return sp.Add(*polynomial)


def _remainder_vanishes(remainder, u, order, source):
    """Number of points at which remainder / u**order falls with u; raises where it does not.

    A step that is not declared positive approaches from both sides.
    """
    if remainder.has(AppliedUndef, sp.Derivative, sp.Subs):
        return 0
    symbols = sorted(remainder.free_symbols - {u}, key=str)
    signs = (1,) if u.is_positive else (1, -1)
    found = 0
    with mp.workdps(60 + 40 * (order + 2)):
        function = compiled([remainder / u**order], [u, *symbols])
        try:
            candidates = source.points(symbols)
            for _ in range(20):
                point = next(candidates)
                try:
                    near, nearer = (
                        max(abs(function(s * mp.mpf(10) ** -k, *point.values())[0]) for s in signs)
                        for k in (12, 24)
                    )
                except EVALUATION_ERRORS:
                    continue
                if not mp.isfinite(near + nearer):
                    continue
                # Below 1e-30 only rounding is left of a remainder that vanishes exactly.
                if nearer > max(near * mp.mpf(10) ** -4, mp.mpf(10) ** -30):
                    raise Refuted(
                        f"{located(point)}the remainder does not vanish faster "
                        f"than power {order}: divided by it, {mp.nstr(nearer, 8)} is left"
                    )
                found += 1
                if found == REMAINDER_POINTS or not symbols:
                    return found
        except SamplingError as error:
            raise Refuted(str(error)) from None
    return found


def verify_limit(expression, claimed, x, x0, direction, source, **options):
    """Take the limit again and compare.

    Parameters
    ----------
    direction : {"+", "-", "+-"}
        Side from which a finite point is approached.
    """
    try:
        limit = sp.limit(evaluate_derivatives(sp.sympify(expression)), x, x0, direction)
    except (NotImplementedError, ValueError) as error:
        raise Refuted(f"SymPy cannot take the limit ({error})") from None
    if limit.has(sp.Limit):
        raise Refuted("SymPy cannot take the limit; declare the signs of its symbols")
    if isinstance(limit, sp.AccumBounds):
        raise Refuted(f"the expression keeps oscillating: it has no limit, only {limit}")
    claimed = sp.sympify(claimed)
    if limit.is_infinite or claimed.is_infinite:
        if limit != claimed:
            raise Refuted(f"the limit is {limit}")
        return "the limit was taken again"
    return f"the limit was taken again: {prove_equal(limit, claimed, source=source, **options)}"
