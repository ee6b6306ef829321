"""Rules: limits, and leading behaviour."""

import itertools

import sympy as sp
from mpmath import mp
from sympy.core.function import AppliedUndef

from theory.derivation.budget import Late, within
from theory.derivation.evidence import EVALUATION_ERRORS, compiled, located
from theory.derivation.normal import SYMPY_ERRORS, evaluate_derivatives, refined
from theory.derivation.points import points
from theory.derivation.rules.entrywise import entrywise
from theory.derivation.rules.found import compared_with_found
from theory.derivation.step import equation, sides
from theory.derivation.verdict import UNDECIDED, Counterexample, Proof, Refused

SECONDS = 6
FOLLOWED_POINTS = 14


def limit(record, name, claimed, x, x0, reason, of=None, direction=None, where=()):
    """Let x tend to x0.

    Parameters
    ----------
    direction : {"+", "-", "+-"}, optional
        From above, from below or from both sides; by default from every side from which
        assumptions and domain let x come. Printed with the step.
    """
    step = record.step(of)
    x, x0 = sp.sympify(x), sp.sympify(x0)

    def prove(claimed, region):
        record.check_runs(step, x)
        side_of = approach(x, x0, direction, region)
        inner = region.under([c for c in region.facts if not c.has(x)])

        @entrywise
        def verify(side, claimed_side):
            return verify_limit(record, side, sp.sympify(claimed_side), x, x0, side_of, inner)

        fields = record.carried(
            step,
            claimed,
            lambda side: sp.Limit(side, x, x0, side_of if x0.is_finite else "+"),
            verify,
            equations_only=True,
        )
        return fields | {
            "operation": (f"limit of ({step.number})", _told(side_of, x0)),
            "conditions": tuple(c for c in step.conditions if not c.has(x)),
        }

    return record.add(name, "limit", claimed, reason, prove, [step], where)


def asymptotic(record, name, claimed, x, x0, reason, of=None, direction=None, where=()):
    """State the leading behaviour as x tends to x0: the ratio to the claim tends to 1."""
    step = record.step(of)
    x, x0 = sp.sympify(x), sp.sympify(x0)

    def prove(claimed, region):
        if sides(claimed):
            raise Refused("claim the leading term itself, not an equation")
        record.check_runs(step, x, every=False)
        side_of = approach(x, x0, direction, region)
        inner = region.under([c for c in region.facts if not c.has(x)])

        def verify(side, claimed_side):
            ratio = side / claimed_side
            proof = verify_limit(record, ratio, sp.S.One, x, x0, side_of, inner)
            return proof.said("ratio to the claim, {}")

        fields = record.carried(step, claimed, lambda side: side, verify, equations_only=True)
        left = fields.get("shown", claimed)
        shown = left if sides(left) else equation(step.statement, claimed)
        return fields | {
            "relation": r"\sim",
            "statement": claimed,
            "shown": shown,
            "operation": (
                f"leading behaviour of ({step.number}) as ",
                x,
                " tends to ",
                x0,
                _told(side_of, x0),
            ),
            "fixed": {},
            "conditions": tuple(c for c in step.conditions if not c.has(x)),
        }

    return record.add(name, "asymptotic", claimed, reason, prove, [step], where)


def _told(direction, x0):
    if x0.is_infinite:
        return ""
    return {"+": " from above", "-": " from below", "+-": " from both sides"}[direction]


def approach(x, x0, direction, region):
    """The sides from which x may come to x0; raises where it may not."""
    if x.is_integer and x0.is_finite:
        raise Refused(f"{x} is an integer and does not tend to {x0}")
    low, high = region.bounds(x)
    if x0.is_infinite:
        if (x0 == sp.oo and high != sp.oo) or (x0 == -sp.oo and low != -sp.oo):
            raise Refused(f"{x} lies between {low} and {high} and does not tend to {x0}")
        return "-" if x0 == sp.oo else "+"
    above = high == sp.oo or region.holds(sp.Gt(high, x0))
    below = low == -sp.oo or region.holds(sp.Lt(low, x0))
    within_reach = (low == -sp.oo or region.holds(sp.Le(low, x0))) and (
        high == sp.oo or region.holds(sp.Ge(high, x0))
    )
    if not within_reach or not (above or below):
        raise Refused(f"{x} lies between {low} and {high} and is not known to come near {x0}")
    if direction is None:
        return "+-" if above and below else "+" if above else "-"
    if ("+" in direction and not above) or ("-" in direction and not below):
        raise Refused(f"{x} does not come near {x0} from that side")
    return direction


def verify_limit(record, expression, claimed, x, x0, direction, region):
    """Take a limit again on every side, and follow it numerically for parameters of every size."""
    expression = evaluate_derivatives(expression)
    if claimed.has(x):
        raise Refused(f"the claim still contains {x}")
    sides_of = direction if x0.is_finite else "-" if x0 == sp.oo else "+"
    proofs = []
    for side in sides_of:
        seen = _follow(expression, claimed, x, x0, side, region)
        value = _taken_again(expression, x, x0, side, region)
        followed = f"followed at {seen} points" if seen else "without numbers"
        proof = _compare(record, value, claimed, region)
        proofs.append(proof.said(f"the limit was taken again, {followed}: {{}}"))
    first, *rest = proofs
    for proof in rest:
        first = first.along(proof)
    return first


def _taken_again(expression, x, x0, side, region):
    sign = 1 if side == "+" else -1
    near = sp.Dummy(x.name, positive=True)  # x = x0 ± near, or ± 1/near
    if x.is_integer or x0.is_infinite:
        return at_infinity(expression, x, 1 if x0 == sp.oo else -1, region)
    inside = region.under(domain={near: (0, sp.oo)})
    moved = refined(expression.subs(x, x0 + sign * near), inside)
    (strong,), back = region.strengthened([moved])
    return _computed(strong, near, sp.S.Zero, "+").xreplace(back)


def at_infinity(expression, x, sign, region):
    """SymPy's limit as ``sign * x`` grows beyond all bounds.

    A limit over the reals is one over the integers too, and SymPy's limits are right more often
    for a real symbol: that of an integer is taken only where there is none over the reals.
    """
    if x.is_integer:
        try:
            return _far(expression, sp.Dummy(x.name, positive=True), x, sign, region)
        except Refused:
            far = sp.Dummy(x.name, positive=True, integer=True)
            return _far(expression, far, x, sign, region)
    return _far(expression, sp.Dummy(x.name, positive=True), x, sign, region)


def _far(expression, far, x, sign, region):
    rest = sp.Dummy("r", real=True)
    moved = _leading_bessel(expression.subs(x, sign * far), far, rest)
    (strong,), back = region.strengthened([moved])
    value = _computed(strong, far, sp.oo, "-").xreplace(back)
    if value.has(rest):
        raise Refused(f"{UNDECIDED}: the limit depends on terms beyond the leading ones")
    return value


def _leading_bessel(expression, x, rest):
    """``I_n(x) = e^x (1 + r/x) / sqrt(2 pi x)`` with bounded r, unknown to SymPy's limits."""

    def leading(part):
        argument = part.args[1]
        if sp.limit(argument, x, sp.oo) != sp.oo:
            return part
        return sp.exp(argument) / sp.sqrt(2 * sp.pi * argument) * (1 + rest / argument)

    return expression.replace(
        lambda part: (
            isinstance(part, sp.besseli) and part.args[1].has(x) and not part.args[0].has(x)
        ),
        leading,
    )


def _computed(expression, x, x0, side):
    try:
        value = within(SECONDS, sp.limit, expression, x, x0, side)
    except (Late, *SYMPY_ERRORS):
        raise Refused(f"{UNDECIDED}: the limit is not found") from None
    if isinstance(value, sp.AccumBounds) or value.has(sp.AccumBounds):
        raise Refused(f"{UNDECIDED}: SymPy finds no limit, only values in {value}")
    if value.has(sp.Limit, x) or value is sp.nan:
        raise Refused(f"{UNDECIDED}: the limit is not found")
    return value


def _compare(record, value, claimed, region):
    """Proof that a claim is the limit SymPy finds, which is no more certain than SymPy is."""
    value = refined(value, region)
    if claimed.is_infinite or value.is_infinite or value.has(sp.oo, -sp.oo, sp.zoo):
        if value == claimed:
            return Proof("both are infinite")
        raise Refused(f"{UNDECIDED}: the limit that SymPy finds is {value}")
    return compared_with_found(record, "limit", value, claimed, region)


def _follow(expression, claimed, x, x0, side, region):
    """Number of points at which the expression was seen to come closer to the claim.

    Raises `Counterexample` where it does not: SymPy's limits may overlook a case of a parameter,
    such as b > 1 in the limit of ``b**T``.
    """
    if expression.has(AppliedUndef, sp.Derivative, sp.Subs, sp.Integral, sp.Sum, sp.MatrixSymbol):
        return 0
    if x0.free_symbols:
        return 0
    symbols = (expression.free_symbols | claimed.free_symbols) - {x}
    ordered = sorted(symbols, key=str)
    seen = 0
    sign = 1 if side == "+" else -1
    with mp.workdps(450):
        function = compiled([expression], [x, *ordered])
        claim = None if claimed.is_infinite else compiled([claimed], ordered)
        target = mp.inf if x0.is_infinite else mp.mpmathify(x0.evalf(450))
        candidates = points(symbols, region) if symbols else iter([{}])
        for point in itertools.islice(candidates, FOLLOWED_POINTS * 2):
            if seen == FOLLOWED_POINTS:
                break
            values = [point[s] for s in ordered]
            try:
                distances = within(
                    2, _distances, function, claim, values, target, sign, x.is_integer
                )
            except EVALUATION_ERRORS:
                continue
            if distances is None:
                continue
            scale, gaps = distances
            if not _approaches(gaps, scale):
                raise Counterexample(
                    f"{located(point)}it does not tend to the claim: it is still "
                    f"{mp.nstr(gaps[-1], 5)} away"
                )
            seen += 1
    return seen


def _distances(function, claim, values, target, sign, whole):
    goal = None if claim is None else mp.mpmathify(claim(*values)[0])
    gaps = []
    for power in (9, 30, 100):
        step = mp.mpf(10) ** power
        place = (-sign) * step if mp.isinf(target) else target + sign / step
        value = mp.mpmathify(function(mp.floor(place) if whole else place, *values)[0])
        if goal is None:
            gaps.append(mp.mpf(0) if mp.isinf(value) else 1 / abs(value) if value else mp.inf)
        else:
            gaps.append(abs(value - goal))
    if any(mp.isnan(gap) for gap in gaps):
        return None
    return (mp.mpf(1) if goal is None else abs(goal)), gaps


def _approaches(gaps, scale):
    if gaps[-1] <= max(scale, mp.mpf(10) ** -20) * mp.mpf(10) ** -20:
        return True
    return gaps[-1] < gaps[-2] * mp.mpf("0.97") and not mp.isinf(gaps[-1])
