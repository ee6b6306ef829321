"""Rules for what is put in: definitions, assumptions, quoted results, starting points."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.equality import prove_equal
from theory.derivation.step import (
    ASSUMPTION,
    DEFINITION,
    QUOTED,
    START,
    running,
    sides,
    spoken_of,
)
from theory.derivation.substitution import check_promises, defines_function, substituted
from theory.derivation.verdict import Counterexample, Proof, Refused


def define(record, name, statement, reason):
    """Give a name to an expression: ``Eq(symbol, expression)`` or ``Eq(f(x), expression)``.

    The left side must be new, so that no definition contradicts an earlier one, and the expression
    must have what the new name promises (a positive symbol needs a positive expression). Put in by
    name, ``f(x) = ...`` replaces f for every argument.
    """

    def prove(claimed, region):
        _check_definition(record, claimed, region)
        return {"status": DEFINITION, "fixed": spoken_of(claimed)}

    return record.add(name, "define", statement, reason, prove)


def assume(record, name, statement, reason):
    """State an assumption of the model: an equation or an inequality that is not derived."""

    def prove(claimed, region):
        if sides(claimed) is None:
            raise Refused("an assumption is an equation or an inequality")
        _check_consistent(record, claimed, region)
        return {"status": ASSUMPTION, "fixed": spoken_of(claimed)}

    return record.add(name, "assume", statement, reason, prove)


def quote(record, name, statement, reason, source):
    """State a result that is proved elsewhere, with its source."""

    def prove(claimed, region):
        if not source:
            raise Refused("a quoted result needs its source")
        if sides(claimed) is None:
            raise Refused("a quoted result is an equation or an inequality")
        _check_consistent(record, claimed, region)
        told = Proof("from " + source.removesuffix("."), QUOTED)
        return {"status": QUOTED, "proof": told, "fixed": spoken_of(claimed)}

    return record.add(name, "quote", statement, reason, prove)


def given(record, name, statement, reason):
    """Put in a statement: an expression to start from, a definition if it can be one, or else an
    assumption.

    An expression states nothing. An equation whose left side is new is a definition (see
    `define`); every other equation or inequality is an assumption (see `assume`).
    """

    def prove(claimed, region):
        if sides(claimed) is None:
            return {"status": START}
        try:
            _check_definition(record, claimed, region)
            status = DEFINITION
        except Refused:
            _check_consistent(record, claimed, region)
            status = ASSUMPTION
        return {"status": status, "fixed": spoken_of(claimed)}

    return record.add(name, "given", statement, reason, prove)


def _check_definition(record, claimed, region):
    if not isinstance(claimed, sp.Equality):
        raise Refused("a definition is an equation Eq(name, expression)")
    left, right = claimed.args
    earlier = [step.statement for step in record]
    if isinstance(left, sp.Symbol | sp.MatrixSymbol):
        known = any(left in statement.free_symbols for statement in earlier)
        inside = left in right.free_symbols
    elif isinstance(left, AppliedUndef) and len(set(left.args)) == len(left.args) and all(
        isinstance(argument, sp.Symbol) for argument in left.args
    ):  # fmt: skip
        known = any(statement.has(left.func) for statement in earlier)
        inside = right.has(left.func)
    else:
        raise Refused("the left side of a definition is a symbol, or a function of symbols")
    if known:
        raise Refused(f"{left} has been used before, so it cannot be defined now")
    if inside:
        raise Refused(f"{left} is defined by itself")
    check_promises({left: right}, region)


def _check_consistent(record, claimed, region):
    """Refuse an equation that contradicts a definition or an equation for the same function."""
    if not isinstance(claimed, sp.Equality) or getattr(claimed.lhs, "is_Matrix", False):
        return
    for step in record:
        rule = step.statement
        if not (step.is_premise and isinstance(rule, sp.Equality)):
            continue
        pair = None
        if defines_function(rule) and claimed.has(rule.lhs.func):
            try:
                pair = substituted(list(claimed.args), rule, region)
            except Refused:
                continue
        elif rule.lhs == claimed.lhs and rule.lhs.has(AppliedUndef):
            pair = [rule.rhs, claimed.rhs]
        if pair is None or any(side.has(AppliedUndef) for side in pair):
            continue
        # Only what is stated for all values is contradicted by a point; parameters may be fixed.
        left, right = pair
        if (left - right).free_symbols <= running(claimed) | running(rule):
            try:
                prove_equal(left, right, region, record.dimensions)
            except Counterexample as problem:
                raise Refused(f"it contradicts ({step.number}): {problem}") from None
            except Refused as problem:
                if "rational functions" in str(problem):
                    raise Refused(f"it contradicts ({step.number})") from None
