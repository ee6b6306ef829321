"""Values of definite integrals: by antiderivatives without jumps, and by quadrature.

An antiderivative counts only if its derivative is the integrand and it is continuous all over the
open interval; its limits at both ends are taken one by one, so that an improper integral has to
converge at each end on its own.
"""

import itertools

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef
from sympy.integrals.manualintegrate import manualintegrate
from sympy.simplify.fu import TR8

from theory.derivation.budget import Late, within
from theory.derivation.definedness import analytic, continuous, requirements
from theory.derivation.evidence import (
    DIGITS,
    EVALUATION_ERRORS,
    compiled,
    located,
    steep_places,
)
from theory.derivation.normal import (
    SYMPY_ERRORS,
    decides_rationally,
    evaluate_derivatives,
    is_zero,
    refined,
    without_functions,
)
from theory.derivation.points import number, points
from theory.derivation.verdict import CHECKED, UNDECIDED, Counterexample, Proof, Refused

SECONDS = 5
QUADRATURE_POINTS = 5


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
    for form in dict.fromkeys((function, sp.expand(function), TR8(function))):
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


def _by_antiderivative(function, t, lower, upper, region, inner):
    (strong,), back = region.strengthened([function])
    try:
        primitive = within(SECONDS, manualintegrate, strong, t).xreplace(back)
    except (Late, *SYMPY_ERRORS):
        return None
    if primitive.has(sp.Integral):
        return None
    primitive = refined(primitive, inner)
    if primitive.has(sp.Piecewise):
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
        raise Diverges(f"the integral diverges at {end}: its antiderivative tends to {value}")
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


def quadrature(integrand, claimed, limits, region, wanted=QUADRATURE_POINTS, digits=DIGITS):
    """Compare a claimed integral with quadrature at several points.

    Returns
    -------
    Proof
        With status ``checked``.

    Raises
    ------
    Counterexample
        Where they differ by far more than the error of the quadrature.
    Refused
        Where quadrature does not reach the digits, or the integral of the modulus diverges.
    """
    x, lower, upper = limits
    parts = [sp.sympify(claimed), lower, upper]
    symbols = set().union(*(part.free_symbols for part in parts)) | integrand.free_symbols - {x}
    symbols = sorted(symbols, key=str)
    found, why = 0, "its error stays too large"
    smooth = not symbols or analytic(parts[0], region)
    with mp.workdps(digits + 15):
        function, claim = compiled([integrand], [x, *symbols]), compiled([parts[0]], symbols)
        candidates = points(set(symbols), region) if symbols else iter([{}])
        for point in itertools.islice(candidates, 4 * wanted):
            values = tuple(point.values())
            try:
                value = mp.mpmathify(claim(*values)[0])
                low, high = (number(end, point) for end in (lower, upper))
                breaks = _breaks(integrand, x, point, low, high)
                integral, error, size = within(
                    SECONDS, _integral, function, values, breaks, abs(value)
                )
            except EVALUATION_ERRORS:
                continue
            scale = max(abs(value), abs(integral), size)
            if not mp.isfinite(scale) or error > scale * mp.mpf(10) ** -8:
                continue
            gap = abs(value - integral)
            if not _absolutely(function, values, low, high):
                why = "the integral of the modulus does not converge at every end"
                continue
            if gap > scale * mp.mpf(10) ** -(digits // 2) + 1000 * error:
                raise Counterexample(
                    f"{located(point)}the claim gives {mp.nstr(value, 8)} "
                    f"where quadrature gives {mp.nstr(integral, 8)}"
                )
            if gap > scale * mp.mpf(10) ** -digits:
                continue  # the quadrature itself is not exact enough to tell
            found += 1
            if found == wanted:
                break
    if found < (wanted if symbols else 1):
        raise Refused(
            f"{UNDECIDED}: quadrature reached {digits} digits at only {found} of {wanted} points "
            f"({why}); declare symbols positive, state a domain, or split the integral"
        )
    if not smooth:
        raise Refused(
            f"{UNDECIDED}: agreement at {found} points tells nothing of the rest, since the claim "
            "is not known to be smooth"
        )
    where = f" at {found} points" if symbols else ""
    return Proof(f"quadrature agrees to {digits} digits{where}", CHECKED)


def _breaks(integrand, x, point, low, high):
    """Ends of the pieces for quadrature: a break at every place where the integrand is steep."""
    middle = [(2 * low + high) / 3] if mp.isfinite(low + high) else []
    exact = {s: sp.Rational(mp.nstr(v, 15)) for s, v in point.items() if isinstance(v, mp.mpf)}
    for part in steep_places([integrand]):
        try:
            polynomial = sp.Poly(sp.fraction(sp.together(part.subs(exact)))[0], x)
            if 0 < polynomial.degree() <= 8:
                roots = [root for root in polynomial.nroots(n=15) if root.is_real]
                middle += [mp.mpf(str(root)) for root in roots]
        except (*SYMPY_ERRORS, mp.NoConvergence):
            continue
    near = mp.mpf(10) ** -9  # a root of the integrand's pole at an end is the end itself
    inside = sorted(p for p in set(middle) if low + near < p < high - near)[:12]
    return [low, *inside, high]


def _integral(function, values, breaks, claim):
    """Integral, its error estimate, and the integral of the modulus where the first is small."""
    integral, error = mp.quad(lambda t: function(t, *values)[0], breaks, error=True)
    if abs(integral) > mp.mpf(10) ** -5 and abs(claim) > mp.mpf(10) ** -5:
        return integral, error, mp.zero
    return integral, error, mp.quad(lambda t: abs(function(t, *values)[0]), breaks)


def _absolutely(function, values, low, high):
    """Whether the modulus falls fast enough towards infinity, and grows slowly enough at an end."""

    def largest(place):
        return max(abs(function(place(mp.mpf(s)), *values)[0]) for s in (1, 1.17, 1.53, 1.81))

    def tail(end, sign, power):
        """The modulus times the distance: it must go to 0 for the integral to converge."""
        size = mp.mpf(10) ** (power if mp.isinf(end) else -power)
        start = mp.zero if mp.isinf(end) else end
        inward = -sign if mp.isinf(end) else sign
        return largest(lambda s: start + inward * s * size) * size

    try:
        ends = [
            [tail(end, sign, power) for power in (6, 14)] for end, sign in ((low, 1), (high, -1))
        ]
    except EVALUATION_ERRORS:
        return False
    return all(far <= near / 100 + mp.mpf(10) ** -30 for near, far in ends)
