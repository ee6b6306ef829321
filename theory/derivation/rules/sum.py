"""Rule: sums, finite and infinite."""

import sympy as sp
from sympy.concrete.gosper import gosper_term

from theory.derivation.budget import Late, within
from theory.derivation.definedness import open_conditions
from theory.derivation.normal import SYMPY_ERRORS, is_zero
from theory.derivation.rules.entrywise import entrywise
from theory.derivation.rules.found import compared_with_found
from theory.derivation.rules.limit import at_infinity
from theory.derivation.verdict import UNDECIDED, Proof, Refused

SECONDS = 5


def sum(record, name, claimed, limits, reason, of=None, where=()):
    """Sum an expression over ``(k, lower, upper)``.

    The upper limit may be an integer symbol plus a constant: then the claim is proved by induction,
    or, where the summand depends on that symbol, by a certificate of Wilf and Zeilberger. Sums
    between numbers or to infinity are done by SymPy, and the condition of convergence must follow
    from assumptions and domain, or be stated by ``where=[...]``.
    """
    step = record.step(of)
    k = sp.sympify(limits[0])
    spec = tuple(map(sp.sympify, limits))

    def prove(claimed, region):
        _check_index(record, step, spec, region)
        inner = region.under([c for c in region.facts if not c.has(k)])

        @entrywise
        def verify(side, claimed_side):
            return verify_sum(record, side, sp.sympify(claimed_side), spec, inner)

        fields = record.carried(
            step, claimed, lambda side: sp.Sum(side, spec), verify, equations_only=True
        )
        kept = [c for c in step.conditions if not c.has(k)]
        return fields | {
            "operation": (f"sum of ({step.number}) over ", k),
            "conditions": tuple(kept),
        }

    return record.add(name, "sum", claimed, reason, prove, [step], where)


def _check_index(record, step, spec, region):
    k, lower, upper = spec
    record.check_runs(step, k)
    for end in (lower, upper):
        if end.is_infinite:
            continue
        if not end.is_integer:
            raise Refused(f"{end}, a limit of the sum, is not known to be an integer")
    if k.is_integer is False:
        raise Refused(f"{k} runs over integers but is not one")
    low, high = region.bounds(k)
    for relation in (sp.Ge(lower, low), sp.Le(upper, high)):
        if relation.has(sp.oo) or relation == sp.true:
            continue
        smallest = sp.Gt(lower, low) if k.is_positive and low == 0 else relation
        if smallest == sp.false or (smallest != sp.true and not region.holds(smallest)):
            raise Refused(f"the sum from {lower} to {upper} leaves the values of {k}")
    if k.is_positive and lower.is_positive is not True:
        raise Refused(f"{k} is positive, so that the sum cannot begin at {lower}")


def verify_sum(record, term, claimed, limits, region):
    """Proof of a sum, see `sum`."""
    k, lower, upper = limits
    if claimed.has(k):
        raise Refused(f"the claim still contains {k}, over which is summed")
    if upper.is_number or upper.is_infinite:
        return _by_sympy(record, term, claimed, limits, region)
    steps = [
        n for n in sorted(upper.free_symbols, key=str) if sp.diff(upper, n) == 1 and n.is_integer
    ]
    if not steps:
        raise Refused(f"the upper limit {upper} is not an integer symbol plus a constant")
    n = steps[0]
    if term.has(n):
        return _by_certificate(record, term, claimed, limits, n, region)
    first_n = n - upper + lower
    _check_empty(claimed, n, first_n, region)
    first = record.equal(term.subs(k, lower), claimed.subs(n, first_n), region)
    increment = claimed.subs(n, n + 1) - claimed
    proof = record.equal(term.subs(k, upper + 1), increment, region).along(first)
    return proof.said(
        "by induction: true for one term, and each further term is the increment ({})"
    )


def _check_empty(claimed, n, first, region):
    """The claim must also hold for those upper limits for which there is no term."""
    low, _ = region.bounds(n)
    least = 1 if n.is_positive and low == 0 else low
    while least != -sp.oo and sp.Lt(least, first) == sp.true:
        if first - least > 1 or not is_zero(claimed.subs(n, first - 1), region):
            raise Refused(
                f"for {n} = {least} there is no term, but the claim is not 0: declare {n}"
            )
        return
    if least == -sp.oo or not region.holds(sp.Ge(least, first)):
        if least == -sp.oo or sp.Ge(least, first) != sp.true:
            raise Refused(f"{n} may be smaller than {first}, where there is no term: declare {n}")


def _by_sympy(record, term, claimed, limits, region):
    k, lower, upper = limits
    _check_terms(term, limits, region)
    (strong, low, high), back = region.strengthened([term, lower, upper])
    try:
        total = within(SECONDS, sp.Sum(strong, (k, low, high)).doit).xreplace(back)
    except (Late, *SYMPY_ERRORS):
        raise Refused(f"{UNDECIDED}: no closed form is found to compare with") from None
    for part in total.atoms(sp.Piecewise):
        # The first branch is the convergent one.
        value, condition = part.args[0]
        if not region.holds(condition):
            raise Refused(f"it converges only where {condition}: declare it, or where=[...]")
        total = total.xreplace({part: value})
    if total.has(sp.Sum, sp.Piecewise, sp.AccumBounds):
        raise Refused(f"{UNDECIDED}: no closed form is found to compare with")
    if total.is_infinite or total.has(sp.oo, -sp.oo, sp.zoo, sp.nan):
        raise Refused(f"{UNDECIDED}: the sum that SymPy finds is {total}")
    return compared_with_found(record, "sum", total, claimed, region).said("summed: {}")


def _check_terms(term, limits, region):
    """An infinite sum of terms that do not tend to 0 has no value."""
    k, _, upper = limits
    if upper != sp.oo:
        return
    try:
        tail = at_infinity(sp.Abs(term), k, 1, region)
    except Refused:
        return
    if tail.is_number and tail.is_zero is False:
        raise Refused(
            f"the terms do not tend to 0, so that the sum diverges: SymPy's limit is {tail}"
        )


def _by_certificate(record, term, claimed, limits, n, region):
    """Wilf and Zeilberger: F(n+1, k) - r(n) F(n, k) is a difference in k, r(n) = claim's ratio."""
    k, lower, upper = limits
    if lower != 0 or upper != n:
        raise Refused(f"the summand depends on {n}: name that quantity by a symbol of its own")
    if not (n.is_nonnegative and n.is_integer):
        raise Refused(f"{n} has to be a nonnegative integer")
    index = sp.Dummy(k.name, integer=True, nonnegative=True)
    growth = sp.simplify(sp.combsimp(claimed.subs(n, n + 1) / claimed))
    term_at = term.subs(k, index)
    step = sp.combsimp(term_at.subs(n, n + 1) - growth * term_at)
    if open_conditions(growth, region):
        raise Refused(f"{UNDECIDED}: the claim may vanish for some {n}")
    try:
        ratio = within(SECONDS, gosper_term, step, index)
        if ratio is None:
            raise Refused(f"{UNDECIDED}: no certificate of the sum is found")
        certificate = sp.gammasimp(sp.combsimp(ratio * step))
        start = certificate.subs(index, 0)
        # All terms beyond n + 1 vanish, so the sum of the differences is minus the first one.
        end = sp.limit(certificate, index, n + 2)
        if not (is_zero(start, region) and is_zero(end, region)):
            raise Refused(f"{UNDECIDED}: the certificate does not vanish at both ends")
    except (Late, *SYMPY_ERRORS):
        raise Refused(f"{UNDECIDED}: no certificate of the sum is found") from None
    first = record.equal(term.subs({k: 0, n: 0}), claimed.subs(n, 0), region)
    return Proof("by a certificate of Wilf and Zeilberger, and true for n = 0").along(first)
