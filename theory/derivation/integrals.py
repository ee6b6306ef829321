"""Values of definite integrals by antiderivatives without jumps.

An antiderivative counts only if its derivative is the integrand and it is continuous all over the
open interval; its limits at both ends are taken one by one, so that an improper integral has to
converge at each end on its own.
"""

import itertools

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.integrals.manualintegrate import manualintegrate
from sympy.simplify.fu import TR8

from theory.derivation.budget import Late, within
from theory.derivation.definedness import continuous, requirements
from theory.derivation.normal import (
    SYMPY_ERRORS,
    decides_rationally,
    evaluate_derivatives,
    is_zero,
    refined,
    without_functions,
)
from theory.derivation.verdict import Proof, Refused

SECONDS = 5


class Diverges(Refused):
    """An integral has no finite value."""


def vanishes(expression, region):
    """Whether an expression is proved to be 0, undefined functions being independent quantities."""
    ((plain, _),) = without_functions([(evaluate_derivatives(expression), sp.S.Zero)])
    answer = decides_rationally(plain)
    return is_zero(plain, region) if answer is None else answer


def along(x, lower, upper, region, signed=True):
    """A bound variable that knows its interval, with the region in which it runs there."""
    sign = {}
    if not signed:
        pass
    elif region.holds(sp.Ge(lower, 0)):
        sign["positive"] = True
    elif region.holds(sp.Le(upper, 0)):
        sign["negative"] = True
    inside = sp.Dummy(x.name, real=True, **sign)
    return inside, region.under(domain={inside: (lower, upper)})


def value_of(integrand, limits, region):
    """Closed form of a convergent integral that is proved by an antiderivative, or None.

    Raises
    ------
    Diverges
        Where the antiderivative has no finite limit at one of the ends.
    """
    x, lower, upper = limits
    if not all(region.real(end) or end.is_infinite for end in (lower, upper)):
        return None
    if not (lower == -sp.oo or upper == sp.oo or region.holds(sp.Le(lower, upper))):
        return None
    t, inner = along(x, lower, upper, region)
    function = refined(integrand.xreplace({x: t}), inner)
    forms = (function, sp.expand(function), TR8(function), _with_quadratic_exponents(function, t))
    for form in dict.fromkeys(forms):
        found = _by_antiderivative(form, t, lower, upper, region, inner)
        if found is not None:
            return found
    if not any(p.exp.is_Rational and not p.exp.is_Integer for p in integrand.atoms(sp.Pow)):
        return None
    # A variable without a sign keeps the root of a product together.
    t, inner = along(x, lower, upper, region, signed=False)
    whole = integrand.xreplace({x: t}).replace(
        lambda part: part.is_Pow and part.base.is_Mul, lambda part: sp.expand(part.base) ** part.exp
    )
    return _by_antiderivative(whole, t, lower, upper, region, inner)


def _with_quadratic_exponents(function, t):
    """Every exponential with its exponent in powers of t, the form of Gaussians in tables."""
    return function.replace(
        lambda part: isinstance(part, sp.exp) and part.has(t),
        lambda part: sp.exp(sp.collect(sp.expand(part.args[0]), t)),
    )


def _by_antiderivative(function, t, lower, upper, region, inner):
    (strong,), back = region.strengthened([function])
    try:
        primitive = within(SECONDS, manualintegrate, strong, t).xreplace(back)
    except (Late, *SYMPY_ERRORS):
        return None
    if primitive.has(sp.Integral) and not primitive.has(sp.Piecewise):
        return None
    primitive = refined(primitive, inner)  # of several cases the region may leave one
    if primitive.has(sp.Integral, sp.Piecewise):
        return None
    if not vanishes(primitive.diff(t) - function, inner) or not continuous(primitive, inner):
        return None
    ends = [_end(primitive, t, upper, "-", region), _end(primitive, t, lower, "+", region)]
    return None if None in ends else ends[0] - ends[1]


def _end(primitive, t, end, side, region):
    if end.is_finite:
        value = primitive.subs(t, end)
        broken = value.has(sp.nan, sp.zoo, sp.oo, -sp.oo)
        needs = [relation for relation, _, _ in requirements(value)]
        if not broken and all(r == sp.true or (r != sp.false and _safe(region, r)) for r in needs):
            return value
    (strong, place), back = region.strengthened([primitive, sp.sympify(end)])
    try:
        value = within(SECONDS, sp.limit, strong, t, place, side)
    except (Late, *SYMPY_ERRORS):
        return None
    if isinstance(value, sp.AccumBounds) or value.is_infinite or value.has(sp.AccumBounds):
        raise Diverges(
            f"the integral diverges at {end}: SymPy's limit of its antiderivative is {value}"
        )
    if value.has(sp.Limit, sp.oo, -sp.oo, sp.zoo, sp.nan, t):
        return None
    return value.xreplace(back)


def _safe(region, relation):
    try:
        return region.holds(relation)
    except TypeError:
        return False


def case_symbols(integrand, x):
    """Pairs of integer symbols whose equality is a case of its own, as in cos mx cos nx."""
    whole = sorted((s for s in integrand.free_symbols - {x} if s.is_integer), key=str)
    return list(itertools.combinations(whole, 2))


def carried_out(pairs, region):
    """Integrals and sums in pairs of expressions, replaced by proved values where there are any."""
    values = {}
    said = Proof("")
    for side in (side for pair in pairs for side in pair):
        for part in side.atoms(sp.Integral):
            if part not in values and len(part.limits) == 1 and len(part.limits[0]) == 3:
                if part.has(AppliedUndef):
                    values[part] = _in_own_variable(part)
                    continue
                value = value_of(part.function, part.limits[0], region)
                if value is not None:
                    values[part] = value
    values = {old: new for old, new in values.items() if old != new}
    pairs = [tuple(side.xreplace(values) for side in pair) for pair in pairs]
    pairs = [_by_parameter(*pair, region) for pair in pairs]
    return pairs, said


def _in_own_variable(part):
    """``Integral(g(2*x), ...)`` with the argument of the undefined function as variable."""
    x, lower, upper = part.limits[0]
    for function in part.function.atoms(AppliedUndef):
        argument = function.args[0]
        if len(function.args) == 1 and argument != x and argument.has(x):
            slope = sp.diff(argument, x)
            if slope.has(x) or slope.is_zero is not False:
                continue
            u = sp.Dummy(x.name, real=True)
            inverse = sp.solve(argument - u, x)
            if len(inverse) == 1:
                ends = [argument.subs(x, end) for end in (lower, upper)]
                body = part.function.subs(x, inverse[0]) / slope
                factor, rest = sp.simplify(body).as_independent(u, as_Add=False)
                return factor * sp.Integral(rest, (u, *ends))
    return part


def _by_parameter(left, right, region):
    """An identity of integrals over undefined functions: the same slope and the same start.

    If the difference has derivative 0 in an upper limit, and is 0 where the limits meet, it is 0.
    """
    difference = left - right
    integrals = [p for p in difference.atoms(sp.Integral) if p.has(AppliedUndef)]
    ends = {
        p.limits[0][2] for p in integrals if len(p.limits) == 1 and len(p.limits[0]) == 3
    } & difference.free_symbols  # fmt: skip
    for end in sorted((e for e in ends if isinstance(e, sp.Symbol) and e.is_real), key=str):
        starts = {p.limits[0][1] for p in integrals if p.limits[0][2] == end}
        if len(starts) != 1 or any(p.has(end) and p.limits[0][2] != end for p in integrals):
            continue
        start = starts.pop()
        meeting = difference.subs(end, start)
        try:
            slope = sp.diff(difference, end).doit(integrals=False)
        except SYMPY_ERRORS:
            continue
        if vanishes(slope, region) and vanishes(meeting.doit(integrals=True), region):
            return sp.S.Zero, sp.S.Zero
    return left, right
