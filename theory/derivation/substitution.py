"""Substitution that keeps derivatives right and instantiates defined functions."""

from collections.abc import Mapping

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.equality import evaluate_derivatives
from theory.derivation.evidence import Refuted
from theory.derivation.step import equation


def substituted(expressions, rule):
    """Apply one substitution to a list of expressions.

    Parameters
    ----------
    expressions : list of sympy expressions or matrices
    rule : dict or sympy equation
        ``{old: new}``, or an equation whose left side is replaced by its right side. A left side
        ``f(x)`` whose symbols all occur on the right defines f for every argument.

    Returns
    -------
    list

    Raises
    ------
    Refuted
        If nothing is replaced, or a value contradicts the assumptions of its symbol.
    """
    if isinstance(rule, Mapping):
        pairs = {sp.sympify(old): sp.sympify(new) for old, new in rule.items()}
        _check_values(pairs)
        changed = [_replace(expression, pairs) for expression in expressions]
    elif defines_function(rule):
        definition = sp.Lambda(rule.lhs.args, rule.rhs)
        changed = [
            expression.replace(
                lambda part: isinstance(part, AppliedUndef) and part.func == rule.lhs.func,
                lambda part: definition(*part.args),
            )
            for expression in expressions
        ]
    else:
        changed = [_replace(expression, {rule.lhs: rule.rhs}) for expression in expressions]
    if list(changed) == list(expressions):
        raise Refuted(f"nothing is replaced: {_told(rule)} does not occur")
    # A side that nothing was put into keeps its derivatives as they are written.
    return [
        old if new == old else evaluate_derivatives(new)
        for old, new in zip(expressions, changed, strict=True)
    ]


def defines_function(rule):
    """Whether an equation reads ``f(x, ...) = expression in x, ...`` with symbols x."""
    return (
        isinstance(rule.lhs, AppliedUndef)
        and all(isinstance(argument, sp.Symbol) for argument in rule.lhs.args)
        and rule.lhs.free_symbols <= rule.rhs.free_symbols
        and not rule.rhs.has(rule.lhs.func)
    )


def _replace(expression, pairs):
    derivatives = {old: new for old, new in pairs.items() if isinstance(old, sp.Derivative)}
    # An exact exchange: replacing w' must not turn w'' into a derivative of the replacement.
    expression = expression.xreplace(derivatives)
    functions = [old for old in pairs if old.has(AppliedUndef) and old not in derivatives]
    for old in sorted(functions, key=lambda f: -sp.count_ops(f)):
        expression = expression.subs(old, pairs[old])
    rest = {old: pairs[old] for old in pairs if old not in derivatives and old not in functions}
    return expression.subs(rest, simultaneous=True) if rest else expression


def _check_values(pairs):
    for old, new in pairs.items():
        for name in ("real", "integer", "positive", "negative", "nonnegative", "nonzero"):
            wanted, found = getattr(old, f"is_{name}", None), getattr(new, f"is_{name}", None)
            if wanted is True and found is False and not (new.is_infinite and name != "integer"):
                raise Refuted(f"{new} cannot be put in the place of {old}, which is {name}")


def _told(rule):
    pairs = rule.items() if isinstance(rule, Mapping) else [rule.args]
    return ", ".join(str(equation(*pair).lhs) for pair in pairs)
