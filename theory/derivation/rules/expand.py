"""Rule: series."""

import itertools

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef

from theory.derivation.budget import Late, within
from theory.derivation.evidence import EVALUATION_ERRORS, compiled, located
from theory.derivation.noncommuting import contains, mixes, words
from theory.derivation.normal import SYMPY_ERRORS, evaluate_derivatives
from theory.derivation.points import points
from theory.derivation.rules.entrywise import entrywise
from theory.derivation.rules.found import compared_with_found
from theory.derivation.rules.limit import approach
from theory.derivation.step import equation, sides
from theory.derivation.verdict import CHECKED, UNDECIDED, Counterexample, Proof, Refused, together

SECONDS = 6
REMAINDER_POINTS = 8


def expand(record, name, claimed, x, x0, order, reason, of=None, where=()):
    """Expand in powers of ``x - x0`` through ``order``; in powers of ``1/x`` at infinity.

    The claim holds all terms through that order and none beyond; negative powers and logarithms
    are allowed. It has to hold on every side from which x may come to x0.
    """
    step = record.step(of)
    x, x0 = sp.sympify(x), sp.sympify(x0)

    def prove(claimed, region):
        if sides(claimed):
            raise Refused("claim the truncated series itself, not an equation")
        record.check_runs(step, x, every=False)
        side_of = approach(x, x0, None, region)
        inner = region.under([c for c in region.facts if not c.has(x)])

        @entrywise
        def verify(side, claimed_side):
            claimed_side = sp.sympify(claimed_side)
            return verify_series(record, side, claimed_side, x, x0, order, side_of, inner)

        fields = record.carried(step, claimed, lambda side: side, verify, equations_only=True)
        power = x**-order if x0.is_infinite else (x - x0) ** order
        left = fields.get("shown", claimed)
        if not sides(left) and not isinstance(left, sp.MatrixBase):
            fields["shown"] = equation(step.statement, claimed)
        return fields | {
            "relation": r"\approx",
            "statement": claimed,
            "operation": (
                f"({step.number}) expanded around ",
                equation(x, x0),
                " with an error smaller than ",
                power,
            ),
            "fixed": {},
            "conditions": tuple(c for c in step.conditions if not c.has(x)),
        }

    return record.add(name, "expand", claimed, reason, prove, [step], where)


def verify_series(record, expression, claimed, x, x0, order, direction, region):
    """Prove that a claim is the series of an expression through ``(x - x0)**order``.

    Where symbols do not commute the coefficient of every word is expanded on its own.
    """
    if mixes(expression) or mixes(claimed):
        series, claims = (words(evaluate_derivatives(e)) for e in (expression, claimed))
        both = dict.fromkeys((*series, *claims))
        if any(contains({word: sp.S.One}, x) for word in both):
            raise Refused(f"{UNDECIDED}: a factor that does not commute depends on {x}")
        values = [tuple(p.get(w, sp.S.Zero) for p in (series, claims)) for w in both]
        return together(
            [verify_series(record, *pair, x, x0, order, direction, region) for pair in values]
        )
    u = sp.Dummy("h", positive=True)

    def shifted(value, step):
        inside = {sp.oo: 1 / step, -sp.oo: -1 / step}.get(x0, x0 + step)
        return evaluate_derivatives(sp.sympify(value)).subs(x, inside)

    sign = -1 if direction == "-" and x0.is_finite else 1
    local = sp.expand(shifted(claimed, sign * u))
    for term in sp.Add.make_args(local):
        if _beyond(term, u, order):
            raise Refused(f"the claim contains a term beyond order {order}: {term}")
    step = sp.Dummy("h", real=True) if direction == "+-" else sign * u
    seen = _remainder_vanishes(
        shifted(expression, step) - shifted(claimed, step), step, order, region
    )
    (strong,), back = region.strengthened([shifted(expression, sign * u)])
    computed = _truncated_series(strong, u, order)
    if computed is not None:
        computed = computed.xreplace(back)
        proof = compared_with_found(record, "series", computed, local, region)
        numbers = f", and the remainder followed at {seen} points" if seen else ""
        return proof.said(f"expanded again through order {order}{numbers}: {{}}")
    if not seen:
        raise Refused(f"{UNDECIDED}: its series is not found")
    return Proof(
        f"the remainder falls faster than power {order}, measured at {seen} points", CHECKED
    )


def _beyond(term, u, order):
    """Whether a term is smaller than ``u**order`` as u goes to 0."""
    term = term.xreplace(_constants(term, u))
    coefficient, power = term.as_coeff_exponent(u)
    if u in coefficient.free_symbols:
        return sp.limit(term / u**order, u, 0, "+") == 0
    return bool(power > order)


def _truncated_series(expression, u, order):
    """Series through ``u**order``, or None where SymPy has none."""
    try:
        return within(SECONDS, _series, expression, u, order)
    except (Late, *SYMPY_ERRORS):
        return None


def _series(expression, u, order):
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
    for extra in range(1, 12, 2):
        series = sp.series(expression, u, 0, order + extra)
        reached = series.getO()
        if reached is None or _beyond(reached.expr, u, order):
            terms = sp.Add.make_args(sp.expand(series.removeO()))
            kept = sp.Add(*(term for term in terms if not _beyond(term, u, order)))
            values = {dummy: part for part, dummy in constants.items()}
            return None if kept.has(*rests) else kept.xreplace(values)
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


def _remainder_vanishes(remainder, step, order, region):
    """Number of points at which remainder / step**order falls with it; raises where it does not."""
    if remainder.has(AppliedUndef, sp.Derivative, sp.Subs):
        return 0
    u = next(iter(step.free_symbols))
    symbols = sorted(remainder.free_symbols - {u}, key=str)
    signs = (1,) if u.is_positive else (1, -1)
    found = 0
    with mp.workdps(60 + 40 * (order + 2)):
        function = compiled([remainder / step**order], [u, *symbols])
        candidates = points(set(symbols), region) if symbols else iter([{}])
        for point in itertools.islice(candidates, 20):
            try:
                near, nearer = (
                    max(
                        abs(within(2, function, s * mp.mpf(10) ** -k, *point.values())[0])
                        for s in signs
                    )
                    for k in (12, 24)
                )
            except EVALUATION_ERRORS:
                continue
            if not mp.isfinite(near + nearer):
                continue
            # Below 1e-30 only rounding is left of a remainder that vanishes exactly.
            if nearer > max(near * mp.mpf(10) ** -4, mp.mpf(10) ** -30):
                raise Counterexample(
                    f"{located(point)}the remainder does not vanish faster "
                    f"than power {order}: divided by it, {mp.nstr(nearer, 8)} is left"
                )
            found += 1
            if found == REMAINDER_POINTS or not symbols:
                break
    return found
