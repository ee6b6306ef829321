"""Rule: inequalities."""

import sympy as sp
from sympy.core.relational import Relational

from theory.derivation.evidence import located, violated
from theory.derivation.normal import evaluate_derivatives, is_zero, without_functions
from theory.derivation.verdict import UNDECIDED, Counterexample, Proof, Refused


def nonnegative(record, name, claimed, reason, terms=None, using=(), where=()):
    """State that an expression is at least 0, or an inequality between two expressions.

    Parameters
    ----------
    claimed : expression or inequality
    terms : sequence of expressions, optional
        Their sum equals the larger side minus the smaller; each is nonnegative by assumptions,
        domain and conditions. Default: the whole at once, decided by signs, by the solver of real
        arithmetic, or by enclosures.
    using : sequence of str
        Names of inequalities among the steps whose ``larger - smaller`` may occur as a factor.
    """
    used = [record.step(one) for one in using]

    def prove(claimed, region):
        known = []
        for one in used:
            if not isinstance(one.statement, sp.GreaterThan | sp.LessThan):
                raise Refused(f"step {one.name!r} is no inequality that could be used")
            known.append(one.statement.gts - one.statement.lts)
        if isinstance(claimed, sp.Equality | sp.Unequality):
            raise Refused("claim an expression, or an inequality with >=, <=, > or <")
        if isinstance(claimed, Relational):
            statement, expression = claimed, claimed.gts - claimed.lts
        else:
            statement, expression = sp.Ge(claimed, 0, evaluate=False), claimed
        strict = isinstance(statement, sp.StrictGreaterThan | sp.StrictLessThan)
        proof = prove_nonnegative(record, expression, terms, known, strict, region)
        numbers = ", ".join(f"({one.number})" for one in used)
        return {
            "statement": statement,
            "shown": statement,
            "proof": proof,
            "operation": (f"from {numbers}",) if used else (),
        }

    return record.add(name, "nonnegative", claimed, reason, prove, used, where)


def prove_nonnegative(record, expression, terms, known, strict, region):
    """Proof of ``expression >= 0``, or of ``> 0`` where it is strict."""
    pairs = [(evaluate_derivatives(sp.sympify(e)), sp.S.Zero) for e in (expression, *known)]
    (plain, _), *rest = without_functions(pairs)
    knowing = region.under([sp.Ge(part, 0) for part, _ in rest])
    wanted = sp.Gt(plain, 0, evaluate=False) if strict else sp.Ge(plain, 0, evaluate=False)
    point = violated(wanted, knowing)
    if point:
        raise Counterexample(f"{located(point)}its value is negative" + " or 0" * strict)
    if terms is None:
        if knowing.holds(wanted):
            return Proof("its sign is decided by those of its parts")
        raise Refused(f"{UNDECIDED}: it is not known to be nonnegative; name its terms=[...]")
    if strict:
        raise Refused("terms=[...] prove that a sum is at least 0, not that it is positive")
    terms = [sp.sympify(term) for term in terms]
    proof = record.equal(expression, sp.Add(*terms), region)
    for term in terms:
        if not _is_nonnegative(term, known, region):
            raise Refused(f"{UNDECIDED}: the term {term} is not known to be nonnegative")
    number = "one term" if len(terms) == 1 else f"{len(terms)} terms"
    return proof.said(f"equal to {number}, each of which is nonnegative ({{}})")


def _is_nonnegative(term, known, region):
    """Whether a term is nonnegative, or its nonpositive factors come in pairs."""
    ((plain, _),) = without_functions([(evaluate_derivatives(term), sp.S.Zero)])
    if region.nonnegative(plain):
        return True
    sign = 1
    for factor in sp.Mul.make_args(term):
        ((plain, _),) = without_functions([(evaluate_derivatives(factor), sp.S.Zero)])
        if region.nonnegative(plain) or any(is_zero(factor - part, region) for part in known):
            continue
        if region.nonnegative(-plain) or any(is_zero(factor + part, region) for part in known):
            sign = -sign
        else:
            return False
    return sign == 1
