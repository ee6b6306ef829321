"""Rule: antiderivatives and definite integrals."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.budget import Late, within
from theory.derivation.definedness import continuous
from theory.derivation.integrals import (
    SECONDS,
    along,
    case_symbols,
    value_of,
    vanishes,
)
from theory.derivation.normal import SYMPY_ERRORS, evaluate_derivatives
from theory.derivation.quadrature import quadrature
from theory.derivation.rules.entrywise import entrywise
from theory.derivation.rules.found import compared_with_found
from theory.derivation.step import sides
from theory.derivation.verdict import UNDECIDED, Counterexample, Proof, Refused


def integrate(record, name, claimed, limits, reason, of=None, where=()):
    """Integrate, ``limits`` being a symbol or ``(x, lower, upper)``.

    A claimed antiderivative is differentiated back. A definite integral is proved by its
    derivative in an upper limit that is a symbol, or by an antiderivative that is continuous all
    over the interval and has limits at both ends. Else it is checked by quadrature at 40 digits,
    if the integral of the modulus converges. Equations need limits, since an antiderivative would
    lose their constant. The interval must lie within assumptions and domain of x.
    """
    step = record.step(of)
    definite = isinstance(limits, tuple | list | sp.Tuple)
    x = sp.sympify(limits[0] if definite else limits)
    spec = tuple(map(sp.sympify, limits)) if definite else limits

    def prove(claimed, region):
        record.check_runs(step, x)
        if definite:
            record.check_range(*spec, region)
            _check_conditions(step, spec, region)
            inner = region.under([c for c in region.facts if not c.has(x)])
        elif sides(step.statement):
            raise Refused("integrate an equation between limits, or its constant is lost")
        else:
            inner = region

        @entrywise
        def verify(side, claimed_side):
            if definite:
                return verify_definite(record, side, claimed_side, spec, inner)
            proof = record.equal(side, sp.diff(claimed_side, x), region)
            return proof.said("differentiated back: {}")

        fields = record.carried(
            step, claimed, lambda side: sp.Integral(side, spec), verify, equations_only=True
        )
        kept = [c for c in step.conditions if not (definite and c.has(x))]
        return fields | {
            "operation": (f"integral of ({step.number}) over ", x),
            "conditions": tuple(kept),
        }

    return record.add(name, "integrate", claimed, reason, prove, [step], where)


def _check_conditions(step, limits, region):
    """What the statement needs of x must hold on the interval, but for single points."""
    x, lower, upper = limits
    t, inner = along(x, lower, upper, region)
    for condition in step.conditions:
        if condition.has(x) and not isinstance(condition, sp.Ne):
            if not inner.holds(condition.xreplace({x: t})):
                raise Refused(f"({step.number}) holds for {condition} only")


def verify_definite(record, expression, claimed, limits, region):
    """Proof of a definite integral, see `integrate`."""
    x, lower, upper = limits
    integrand = evaluate_derivatives(sp.sympify(expression))
    claimed = sp.sympify(claimed)
    if claimed.has(x) and x not in (lower.free_symbols | upper.free_symbols):
        raise Refused(f"the claim still contains {x}, over which is integrated")
    undefined = integrand.has(AppliedUndef) or claimed.has(AppliedUndef)
    if not undefined:
        # A quick look first: it refutes a wrong claim.
        _quick_look(integrand, claimed, limits, region)
    moving = isinstance(upper, sp.Symbol) and not {upper} & (
        expression.free_symbols - {x} | lower.free_symbols
    )
    if moving and lower.is_finite is not False:
        proof = _by_upper_limit(record, integrand, claimed, limits, region, undefined)
        if proof:
            return proof
    if undefined:
        raise Refused(
            f"{UNDECIDED}: an integral over an undefined function needs a symbol as upper limit"
        )
    value = value_of(integrand, limits, region)
    if value is not None:
        proof = compared_with_found(record, "integral", value, claimed, region)
        return proof.said("by a continuous antiderivative, evaluated at both ends: {}")
    return (
        _by_cases(record, integrand, claimed, limits, region)
        or _by_symmetry(integrand, claimed, limits, region)
        or _by_tables(record, integrand, claimed, limits, region)
        or quadrature(integrand, claimed, limits, region)
    )


def _quick_look(integrand, claimed, limits, region):
    try:
        quadrature(integrand, claimed, limits, region, wanted=2, digits=10)
    except Counterexample:
        raise
    except Refused:
        return


def _by_upper_limit(record, integrand, claimed, limits, region, undefined):
    x, lower, upper = limits
    at_upper = evaluate_derivatives(integrand.xreplace({x: upper}))
    slope = sp.diff(claimed, upper)
    if undefined:
        proof = record.equal(at_upper, evaluate_derivatives(slope), region)
    elif vanishes(at_upper - slope, region) and continuous(claimed, region):
        proof = Proof("the difference simplifies to 0")
    else:
        return None
    start = evaluate_derivatives(claimed).subs(upper, lower)
    if start.has(sp.nan, sp.zoo, sp.oo):
        try:
            start = within(SECONDS, sp.limit, claimed, upper, lower, "+")
        except (Late, *SYMPY_ERRORS):
            return None
        if not vanishes(start, region):
            return None  # SymPy's limit may be wrong
    if not vanishes(start, region):
        if undefined or start.is_number:
            raise Refused(f"where both limits meet, the claim is {start} and not 0")
        return None
    return proof.said("differentiated by the upper limit ({}), and 0 where the two limits meet")


def _by_cases(record, integrand, claimed, limits, region):
    """Two integer parameters may be equal or not: both cases are proved."""
    for p, q in case_symbols(integrand, limits[0]):
        apart = region.under([sp.Ne(p, q)])
        value = value_of(integrand, limits, apart)
        equal = value_of(integrand.subs(p, q), limits, region)
        if value is None or equal is None:
            continue
        first = compared_with_found(record, "integral", value, claimed, apart)
        second = compared_with_found(record, "integral", equal, claimed.subs(p, q), region)
        return first.along(second).said(f"for {p} = {q} and for other values apart: {{}}")
    return None


def _by_symmetry(integrand, claimed, limits, region):
    x, lower, upper = limits
    if claimed != 0 or (lower + upper) != 0:
        if not (claimed == 0 and lower == -sp.oo and upper == sp.oo):
            return None
    t, inner = along(x, lower, upper, region)
    function = integrand.xreplace({x: t})
    if not vanishes(function + function.subs(t, -t), inner):
        return None
    if lower.is_finite and continuous(function, inner) and not function.subs(t, upper).has(
        sp.zoo, sp.nan, sp.oo
    ):  # fmt: skip
        return Proof("the integrand is odd and continuous, and the interval is symmetric")
    return None


def _by_tables(record, integrand, claimed, limits, region):
    """SymPy's integrals of special functions, if quadrature agrees."""
    x, lower, upper = limits
    t, _ = along(x, lower, upper, region)
    (strong, low, high), back = region.strengthened([integrand.xreplace({x: t}), lower, upper])
    try:
        value = within(3, sp.integrate, strong, (t, low, high), meijerg=True)
    except (Late, *SYMPY_ERRORS):
        return None
    if value.has(sp.Integral, sp.Piecewise, sp.oo, sp.nan, sp.zoo, sp.meijerg):
        return None
    try:
        proof = record.equal(value.xreplace(back), claimed, region)
        quadrature(integrand, claimed, limits, region, wanted=3, digits=20)
    except Refused:
        return None
    if proof.status != "proved":
        return None

    return proof.said("by SymPy's tables of integrals, confirmed by quadrature: {}")
