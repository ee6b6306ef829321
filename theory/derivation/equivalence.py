"""Proof that two equations, or two inequalities, say the same."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.equality import (
    ZERO,
    evaluate_derivatives,
    prove_equal,
    simplifies_to_zero,
)
from theory.derivation.evidence import Refuted


def prove_equivalent(old, new, factor=None, nonzero=(), **options):
    """Prove that two equations (or inequalities) say the same.

    Parameters
    ----------
    old, new : sympy relations of the same kind
    factor : expression, optional
        ``new.lhs - new.rhs = factor * (old.lhs - old.rhs)``; found by division where not given.
    nonzero : sequence of expressions
        Declared to be nonzero.

    Returns
    -------
    proof : str
    factor : expression or None
        None where the sides are equal one by one.
    """
    if type(old) is not type(new):
        raise Refuted("an equation cannot become an inequality, nor the reverse")
    try:
        proofs = [prove_equal(*pair, **options) for pair in zip(old.args, new.args, strict=True)]
        return "side by side: " + next((proof for proof in proofs if proof != ZERO), ZERO), None
    except Refuted as problem:
        by_sides = problem
    before, after = (evaluate_derivatives(r.lhs - r.rhs) for r in (old, new))
    if isinstance(before, sp.MatrixBase | sp.MatrixExpr):
        raise Refuted(str(by_sides))
    if factor is None:
        factor = _ratio_of_sides(old, new, nonzero, options)
    if factor is None:
        factor = _factor_between(before, after, by_sides)
    factor = sp.sympify(factor)
    if isinstance(new, sp.Equality):
        if factor.is_zero or not provably_nonzero(factor, nonzero):
            raise Refuted(
                f"left minus right is multiplied by {factor}, which is not known to be nonzero and "
                "finite: declare the symbols or state nonzero=[...]"
            )
    elif not factor.is_positive:
        raise Refuted(f"an inequality is multiplied by {factor}, which is not known positive")
    proof = prove_equal(factor * before, after, **options)
    return proof, factor


def _ratio_of_sides(old, new, nonzero, options):
    """The nonzero factor by which both sides were visibly multiplied, or None."""
    before, after = old.lhs - old.rhs, new.lhs - new.rhs
    for left, right in zip(old.args, new.args, strict=True):
        if left.is_zero or right.is_zero:
            continue
        factor = sp.cancel(sp.together(right / left))
        if not (factor.free_symbols <= before.free_symbols and provably_nonzero(factor, nonzero)):
            continue
        try:
            prove_equal(factor * before, after, **options)
        except Refuted:
            continue
        return factor
    return None


def _factor_between(before, after, by_sides):
    """The quotient of two residuals in a form whose zeros can be read off."""
    if simplifies_to_zero(after):
        raise Refuted("the claim is true by itself: the factor between the equations is 0")
    quotient = sp.cancel(sp.together(after / before))
    if sp.count_ops(quotient) > 20:
        quotient = sp.simplify(quotient)
    if quotient.free_symbols - before.free_symbols or quotient.has(AppliedUndef, sp.Derivative):
        if not quotient.free_symbols <= before.free_symbols:
            raise Refuted(
                f"the claim is neither equal side by side ({by_sides}) nor a multiple by a factor "
                "without new symbols; state factor=... where the new symbol is wanted"
            )
    if not provably_nonzero(quotient) and sp.count_ops(quotient) > 30:
        raise Refuted(f"the claim does not follow; side by side {by_sides}")
    return quotient


def provably_nonzero(factor, stated=()):
    """Whether all factors of an expression are nonzero and finite by assumption or by statement.

    Parameters
    ----------
    factor : sympy expression
    stated : sequence of sympy expressions
        Expressions that the text of the step declares to be nonzero.
    """
    numerator, denominator = sp.fraction(sp.together(factor))
    parts = [*sp.Mul.make_args(sp.factor(numerator)), *sp.Mul.make_args(sp.factor(denominator))]
    bases = [part.as_base_exp()[0] for part in parts]
    return all(
        base.is_zero is False or any(sp.cancel(base / known).is_number for known in stated)
        for base in bases
    )
