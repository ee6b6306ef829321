"""Rule: an expression in another form, or an equation as an equivalent one."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.definedness import open_conditions
from theory.derivation.equality import differ
from theory.derivation.noncommuting import difference, mixes, words
from theory.derivation.normal import evaluate_derivatives, is_zero
from theory.derivation.region import Region
from theory.derivation.step import sides
from theory.derivation.verdict import UNDECIDED, Counterexample, Refused, together

_REVERSED = {sp.Ge: sp.Le, sp.Le: sp.Ge, sp.Gt: sp.Lt, sp.Lt: sp.Gt}


def rewrite(record, name, claimed, reason, of=None, factor=None, nonzero=(), where=()):
    """Write an expression differently, or an equation as an equivalent one.

    Two equations are equivalent if their sides are equal, or if left minus right of one is left
    minus right of the other times a nonzero factor; two inequalities, if the factor is positive.
    Where symbols do not commute the factor stands on the left and has to be invertible.

    Parameters
    ----------
    factor : expression, optional
        The factor, where it is not found by itself or brings in a new symbol.
    nonzero : sequence of expressions, optional
        What is taken to be nonzero although the assumptions of the symbols do not say so;
        printed with the step.
    where : sequence of relations, optional
        Other conditions, printed with the step.
    """
    step = record.step(of)
    stated = (*(sp.Ne(sp.sympify(part), 0) for part in nonzero), *where)

    def prove(claimed, region):
        if claimed == step.statement:
            raise Refused("the claim repeats the statement word by word")
        multiplier = None
        if sides(claimed) and sides(step.statement):
            proof, multiplier = equivalent(record, step.statement, claimed, region, factor)
            check_content(record, step, claimed, region)
            fields = {"proof": proof}
        else:
            fields = record.carried(
                step, claimed, lambda side: side, lambda *pair: record.equal(*pair, region)
            )
        told = [f"({step.number}) rewritten"]
        if multiplier is not None:
            told += [", left minus right multiplied by ", multiplier]
        return fields | {"operation": tuple(told)}

    return record.add(name, "rewrite", claimed, reason, prove, [step], stated)


def equivalent(record, old, new, region, factor=None):
    """Proof that two equations, or two inequalities, say the same, and the factor between them."""
    if not isinstance(old, sp.Equality) and type(new) is _REVERSED.get(type(old)):
        new = new.reversed
    if type(old) is not type(new):
        raise Refused("an equation cannot become an inequality, nor the reverse")
    try:
        pairs = zip(old.args, new.args, strict=True)
        proof = together([record.equal(*pair, region) for pair in pairs])
        return proof.said("side by side: {}"), None
    except Refused as problem:
        by_sides = problem
    before, after = (evaluate_derivatives(r.lhs - r.rhs) for r in (old, new))
    if isinstance(before, sp.MatrixBase | sp.MatrixExpr):
        raise type(by_sides)(str(by_sides))
    if factor is None and (mixes(before) or mixes(after)):
        factor = _number_between(before, after, by_sides)
    if factor is None:
        factor = _ratio_of_sides(record, old, new, region)
    if factor is None:
        factor = _factor_between(before, after, by_sides, region)
    factor = sp.sympify(factor)
    if isinstance(new, sp.Equality):
        if not region.nonzero(factor) or not _finite(factor, region):
            raise Refused(
                f"left minus right is multiplied by {factor}, which is not known to be nonzero and "
                "finite: declare the symbols or state nonzero=[...]"
            )
    elif not region.positive(factor):
        raise Refused(f"an inequality is multiplied by {factor}, which is not known positive")
    return record.equal(factor * before, after, region), factor


def _number_between(before, after, by_sides):
    """The commuting factor between two sums of words, read off their first word."""
    first, second = words(before), words(after)
    word = min(first, key=str, default=None)
    factor = sp.cancel(second.get(word, 0) / first[word]) if first else sp.S.Zero
    new = factor.free_symbols - before.free_symbols
    if factor == 0 or new or difference(factor * before, after):
        raise Refused(
            f"the claim is neither equal side by side ({by_sides}) nor a multiple by a factor "
            "that commutes; state factor=... and that it is invertible, nonzero=[...]"
        )
    return factor


def _finite(factor, region):
    if mixes(factor):
        return all(region.holds(c) for c in open_conditions(factor, Region()))
    denominator = sp.fraction(sp.together(factor))[1]
    return region.nonzero(denominator)


def _ratio_of_sides(record, old, new, region):
    """The nonzero factor by which both sides were visibly multiplied, or None."""
    before, after = old.lhs - old.rhs, new.lhs - new.rhs
    for left, right in zip(old.args, new.args, strict=True):
        if left.is_zero or right.is_zero:
            continue
        factor = sp.cancel(sp.together(right / left))
        if not (factor.free_symbols <= before.free_symbols and region.nonzero(factor)):
            continue
        try:
            record.equal(factor * before, after, region)
        except Refused:
            continue
        return factor
    return None


def _factor_between(before, after, by_sides, region):
    """The quotient of two residuals in a form whose zeros can be read off."""
    if is_zero(after, region):
        raise Refused("the claim is true by itself: the factor between the equations is 0")
    quotient = sp.cancel(sp.together(after / before))
    if sp.count_ops(quotient) > 20:
        quotient = sp.simplify(quotient)
    if not quotient.free_symbols <= before.free_symbols and (
        quotient.free_symbols - before.free_symbols or quotient.has(AppliedUndef, sp.Derivative)
    ):
        raise Refused(
            f"the claim is neither equal side by side ({by_sides}) nor a multiple by a factor "
            "without new symbols; state factor=... where the new symbol is wanted"
        )
    if sp.count_ops(quotient) > 30 and not region.nonzero(quotient):
        told = by_sides if isinstance(by_sides, Counterexample) else UNDECIDED
        raise Refused(f"the claim does not follow; side by side {told}")
    return quotient


def check_content(record, step, claimed, region):
    """Raise if an equation with content has become one that is true by itself."""

    def is_identity(statement):
        if differ(*sides(statement), region):
            return False
        try:
            record.equal(*sides(statement), region)
        except Refused:
            return False
        return True

    if not isinstance(claimed, sp.Equality):
        return
    if is_identity(claimed) and not is_identity(step.statement):
        raise Refused("the claim is true by itself: nothing of the earlier equation is left")
