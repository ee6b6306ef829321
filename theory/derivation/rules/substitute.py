"""Rule: a value, or the right side of an equation, in the place of a symbol."""

from collections.abc import Mapping

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.normal import evaluate_derivatives
from theory.derivation.rules.rewrite import check_content
from theory.derivation.step import equation, sides
from theory.derivation.substitution import moved_bounds, substituted
from theory.derivation.verdict import Refused


def substitute(record, name, claimed, values, reason, of=None, where=()):
    """Substitute into a statement; the substitution is redone and compared with the claim.

    A new value must be known to have all that the old symbol promises by its assumptions and its
    domain. No bound variable is captured. The value of a derivative, or of a function of which
    premises speak, is an assumption made on the way; it is printed and counted as one.

    Parameters
    ----------
    values : dict, str or list of these
        ``{old: new}``, or the name of an equation whose left side is replaced by its right
        side. A derivative of one order is replaced without touching other orders, and before
        its function is. Those of a list are done one after the other.
    where : sequence of relations, optional
        Conditions, printed with the step.
    """
    step = record.step(of)
    items = values if isinstance(values, list | tuple) else [values]
    rules = [item if isinstance(item, Mapping) else record.step(item) for item in items]
    used = [rule for rule in rules if not isinstance(rule, Mapping)]

    def prove(claimed, region):
        before = after = list(sides(step.statement) or [step.statement])
        told, assumes = [], []
        fixed, conditions = _start(step, used)
        for rule in rules:
            if isinstance(rule, Mapping):
                pairs = {sp.sympify(old): sp.sympify(new) for old, new in rule.items()}
                told += [part for pair in pairs.items() for part in (equation(*pair), ", ")]
                assumes += _assumed(record, pairs)
                bounds = moved_bounds(pairs, after, region)
                after = substituted(after, pairs, region)
                plain = {o: n for o, n in pairs.items() if isinstance(o, sp.Symbol)}
                fixed = {s: v.subs(plain, simultaneous=True) for s, v in fixed.items()}
                conditions = [*_conditions(record, conditions, plain, region), *bounds]
            else:
                told.append(f"({rule.number}), ")
                if not isinstance(rule.statement, sp.Equality):
                    raise Refused(f"step {rule.name!r} is no equation that could be substituted")
                after = substituted(after, rule.statement, region)
        result = dict(zip(before, after, strict=True))

        def verify(side, claimed_side):
            return record.equal(result[side], claimed_side, region)

        fields = record.carried(step, claimed, result.get, verify)
        check_content(record, step, fields.get("statement", claimed), region)
        told[-1] = told[-1].removesuffix(", ")
        return fields | {
            "operation": (*told, f" put into ({step.number})"),
            "fixed": fixed,
            "conditions": tuple(conditions),
            "assumes": tuple(assumes),
        }

    return record.add(name, "substitute", claimed, reason, prove, [step, *used], where)


def _start(step, used):
    fixed = dict(step.fixed)
    for one in used:
        fixed |= one.fixed
    return fixed, list(dict.fromkeys(c for one in (step, *used) for c in one.conditions))


def _conditions(record, conditions, pairs, region):
    """Conditions and assumed inequalities at the new values; one that fails there is an error."""
    assumed = [f for f in region.facts if f not in conditions and f.free_symbols & set(pairs)]
    kept = []
    for condition in (*conditions, *assumed):
        new = condition.subs(pairs, simultaneous=True)
        if new == condition:
            if condition in conditions:
                kept.append(condition)
            continue
        if new == sp.false:
            raise Refused(f"the condition {condition} does not hold there")
        if new == sp.true or region.holds(new):
            continue
        kept.append(new)
    return kept


def _assumed(record, pairs):
    """Equations that a dictionary of values takes for granted."""
    found = []
    for old, new in pairs.items():
        if isinstance(old, sp.Symbol | sp.MatrixSymbol):
            continue
        free = isinstance(old, AppliedUndef) and not any(
            other.statement.has(old.func) and other.is_premise and sides(other.statement)
            for other in record
        )
        if not free:
            found.append(equation(old, new))
    _check_orders(pairs)
    return found


def _check_orders(pairs):
    """The value of w' implies that of w'': two values must not contradict each other."""
    derivatives = [old for old in pairs if isinstance(old, sp.Derivative)]
    for low in derivatives:
        for high in derivatives:
            missing = list(high.variables)
            for variable in low.variables:
                if variable in missing:
                    missing.remove(variable)
            if low.expr != high.expr or len(missing) != 1 or low == high:
                continue
            implied = evaluate_derivatives(sp.diff(pairs[low], missing[0])).subs(low, pairs[low])
            gap = sp.simplify(implied - pairs[high])
            if gap.is_zero or gap.has(sp.Derivative):
                continue
            raise Refused(
                f"the values of {low} and {high} contradict each other: the first gives "
                f"{implied} for the second"
            )
