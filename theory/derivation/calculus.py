"""Verification of claimed derivatives, integrals and sums; each returns its proof as a sentence."""

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef
from sympy.integrals.manualintegrate import manualintegrate

from theory.derivation.equality import evaluate_derivatives, prove_equal
from theory.derivation.evidence import (
    ATTEMPTS,
    DIGITS,
    EVALUATION_ERRORS,
    Refuted,
    compiled,
    located,
)
from theory.derivation.sampling import SamplingError

QUADRATURE_POINTS = 5


def verify_derivative(expression, claimed, x, **options):
    """Differentiate once more and compare."""
    return prove_equal(sp.diff(expression, x), claimed, **options)


def verify_antiderivative(expression, claimed, x, **options):
    """A claimed antiderivative is right if its derivative is the integrand."""
    proof = prove_equal(expression, sp.diff(claimed, x), **options)
    return f"differentiated back: {proof}"


def verify_definite_integral(expression, claimed, limits, source, **options):
    """Prove a definite integral by its upper limit, by SymPy or by quadrature, in this order.

    Parameters
    ----------
    expression, claimed : sympy expressions
    limits : (Symbol, lower, upper)
    source : PointSource

    Returns
    -------
    str
    """
    x, lower, upper = (sp.sympify(part) for part in limits)
    integrand = evaluate_derivatives(sp.sympify(expression))
    undefined = integrand.has(AppliedUndef) or sp.sympify(claimed).has(AppliedUndef)
    if not undefined:
        # A quick look first: it refutes a wrong claim and a divergent integral alike.
        _quadrature(integrand, claimed, (x, lower, upper), source, points=2, digits=10)
    moving = isinstance(upper, sp.Symbol) and not {upper} & (
        expression.free_symbols | lower.free_symbols
    )
    if moving and lower.is_finite is not False:
        at_upper = evaluate_derivatives(expression.xreplace({x: upper}))
        slope = prove_equal(at_upper, sp.diff(claimed, upper), source=source, **options)
        at_lower = evaluate_derivatives(sp.sympify(claimed)).subs(upper, lower)
        if not at_lower.has(sp.nan, sp.zoo, sp.oo):
            prove_equal(sp.S.Zero, at_lower, source=source, **options)
            return f"differentiated by the upper limit ({slope}), and 0 where the two limits meet"
    if undefined:
        raise Refuted("an integral over an undefined function needs a symbol as upper limit")
    # Only the rule-based integrator: the general algorithms can run for minutes.
    symbolic = manualintegrate(integrand, x)
    if not symbolic.has(sp.Integral, sp.Piecewise):
        try:
            value = sp.limit(symbolic, x, upper, "-") - sp.limit(symbolic, x, lower, "+")
            if value.is_finite is not False and not value.has(sp.Limit):
                proof = prove_equal(value, claimed, source=source, **options)
                return f"integrated by rules and evaluated at both limits: {proof}"
        except (Refuted, NotImplementedError, ValueError, TypeError, AttributeError):
            pass  # a jump of the antiderivative inside the interval: quadrature decides
    found = _quadrature(integrand, claimed, (x, lower, upper), source, QUADRATURE_POINTS, DIGITS)
    where = f" at {found} random points" if found > 1 else ""
    return f"quadrature agrees to {DIGITS} digits{where}"


def _quadrature(integrand, claimed, limits, source, points, digits):
    """Number of random points at which quadrature and claim agree; raises at a disagreement."""
    x, lower, upper = limits
    parts = [sp.sympify(claimed), lower, upper]
    symbols = set().union(*(part.free_symbols for part in parts)) | integrand.free_symbols - {x}
    symbols = sorted(symbols, key=str)
    wanted = points if symbols else 1
    found = 0
    with mp.workdps(digits + 15):
        function = compiled([integrand], [x, *symbols])
        outer = compiled(parts, symbols)
        candidates = source.points(symbols)
        for _ in range(ATTEMPTS if symbols else 1):
            try:
                point = next(candidates)
            except SamplingError as error:
                raise Refuted(str(error)) from None
            values = tuple(point.values())
            try:
                value, low, high = (mp.mpmathify(part) for part in outer(*values))
                # A break in the middle makes a jump or a pole in the interval show as an error.
                middle = [(2 * low + high) / 3] if mp.isfinite(low + high) else []
                integral, error, size = _integral(function, values, [low, *middle, high])
            except EVALUATION_ERRORS:
                continue
            scale = max(abs(value), abs(integral), size)
            if not mp.isfinite(scale) or error > scale * mp.mpf(10) ** -8:
                continue
            gap = abs(value - integral)
            if gap > scale * mp.mpf(10) ** -digits + 1000 * error:
                raise Refuted(
                    f"{located(point)}the claim gives {mp.nstr(value, 8)} "
                    f"where quadrature gives {mp.nstr(integral, 8)}"
                )
            if gap > scale * mp.mpf(10) ** -digits:
                continue  # the quadrature itself is not exact enough to tell
            found += 1
            if found == wanted:
                return found
    raise Refuted(
        f"quadrature reached {digits} digits at only {found} of {wanted} random points; the "
        "integral may diverge, or declare symbols positive, state a domain, split the integral"
    )


def _integral(function, values, breaks):
    """Integral, its error estimate, and the integral of the modulus where the first is 0."""
    integral, error = mp.quad(lambda t: function(t, *values)[0], breaks, error=True)
    if abs(integral) > 1000 * error:
        return integral, error, mp.zero
    return integral, error, mp.quad(lambda t: abs(function(t, *values)[0]), breaks)


def verify_sum(term, claimed, limits, source, **options):
    """Prove a sum by induction in its upper limit, or an infinite one by SymPy.

    Parameters
    ----------
    term, claimed : sympy expressions
    limits : (Symbol, lower, upper)
        The upper limit is a number, infinity, or an integer symbol plus a constant.
    """
    k, lower, upper = (sp.sympify(part) for part in limits)
    claimed = sp.sympify(claimed)
    options = {"source": source, **options}
    if upper.is_number:
        total = sp.Sum(term, (k, lower, upper)).doit()
        if total.has(sp.Sum):
            raise Refuted("SymPy finds no closed form to compare with")
        if isinstance(total, sp.Piecewise):
            # The first branch is the convergent one; its condition is the reader's premise.
            total, condition = total.args[0]
            proof = prove_equal(total, claimed, **options)
            return f"summed where {condition}: {proof}"
        return f"summed: {prove_equal(total, claimed, **options)}"
    steps = [n for n in sorted(upper.free_symbols, key=str) if sp.diff(upper, n) == 1]
    if not steps:
        raise Refuted(f"the upper limit {upper} is not an integer symbol plus a constant")
    n = steps[0]
    if term.has(n):
        raise Refuted(f"the summand depends on {n}: name that quantity by a symbol of its own")
    first = claimed.subs(n, n - upper + lower)
    prove_equal(term.subs(k, lower), first, **options)
    increment = claimed.subs(n, n + 1) - claimed
    proof = prove_equal(term.subs(k, upper + 1), increment, **options)
    return f"by induction: true for one term, and each further term is the increment ({proof})"
