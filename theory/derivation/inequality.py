"""Proof of an inequality by a sum of terms that are nonnegative one by one."""

import sympy as sp

from theory.derivation.equality import (
    evaluate_derivatives,
    prove_equal,
    simplifies_to_zero,
    without_functions,
)
from theory.derivation.evidence import Refuted, search_negative


def prove_nonnegative(expression, terms, source, known=(), **options):
    """Prove ``expression >= 0``.

    Parameters
    ----------
    expression : sympy expression
    terms : sequence of sympy expressions
        Their sum is the expression; each is nonnegative by the assumptions of its symbols, or is a
        product of such factors and of known nonnegative expressions.
    source : PointSource
    known : sequence of sympy expressions
        What earlier steps of the derivation state to be nonnegative.

    Returns
    -------
    str

    Raises
    ------
    Refuted
        With a point at which the expression is negative, or with the term that may be.
    """
    ((plain, _),) = without_functions([(evaluate_derivatives(expression), sp.S.Zero)])
    search_negative(plain, source, known)
    proof = prove_equal(expression, sp.Add(*terms), source=source, **options)
    for term in terms:
        if not term_is_nonnegative(term, known):
            raise Refuted(f"the term {term} is not nonnegative by the assumptions of its symbols")
    number = "one term" if len(terms) == 1 else f"{len(terms)} terms"
    return f"equal to {number}, each of which is nonnegative ({proof})"


def term_is_nonnegative(term, known=()):
    """Whether all factors are nonnegative, or nonpositive ones come in pairs."""
    sign = 1
    for factor in sp.Mul.make_args(term):
        if factor.is_nonnegative or any(simplifies_to_zero(factor - part) for part in known):
            continue
        if factor.is_nonpositive or any(simplifies_to_zero(factor + part) for part in known):
            sign = -sign
        else:
            return False
    return sign == 1
