"""Substitution that captures no bound variable and keeps what the old symbol promised."""

from collections.abc import Mapping

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.noncommuting import mixes
from theory.derivation.normal import evaluate_derivatives
from theory.derivation.step import equation
from theory.derivation.verdict import Refused

PROMISES = (
    *("integer", "rational", "positive", "negative", "nonnegative", "nonpositive"),
    *("nonzero", "real", "even", "odd", "prime", "imaginary"),
)
_SIGNS = {
    "positive": lambda e: sp.Gt(e, 0),
    "negative": lambda e: sp.Lt(e, 0),
    "nonnegative": lambda e: sp.Ge(e, 0),
    "nonpositive": lambda e: sp.Le(e, 0),
    "nonzero": lambda e: sp.Ne(e, 0),
}


def substituted(expressions, rule, region):
    """Apply one substitution to a list of expressions.

    Parameters
    ----------
    expressions : list of sympy expressions or matrices
    rule : dict or sympy equation
        ``{old: new}``, or an equation whose left side is replaced by its right side. A left side
        ``f(x)`` whose symbols all occur on the right defines f for every argument.
    region : Region
        What is known of the symbols of the new values.

    Returns
    -------
    list

    Raises
    ------
    Refused
        If nothing is replaced, or a value is not known to have what its symbol promises.
    """
    if isinstance(rule, Mapping):
        pairs = {sp.sympify(old): sp.sympify(new) for old, new in rule.items()}
        check_promises(pairs, region)
        return replaced(expressions, pairs)
    if defines_function(rule):
        return _instantiated(expressions, rule, region)
    return replaced(expressions, {rule.lhs: rule.rhs})


def replaced(expressions, pairs):
    """Expressions with ``{old: new}`` put in, without a look at what the old ones promise."""
    fresh = [_renamed(e, pairs) for e in expressions]
    changed = [_replace(e, pairs) for e in fresh]
    return _result(expressions, fresh, changed, pairs)


def _instantiated(expressions, rule, region):
    parameters = rule.lhs.args
    definition = sp.Lambda(parameters, rule.rhs)

    def instance(part):
        pairs = dict(zip(parameters, part.args, strict=True))
        check_promises(pairs, region)
        for bound in moved_bounds(pairs, [rule.rhs], region):
            raise Refused(f"the definition of {rule.lhs.func} needs {bound} at {part}")
        return definition(*part.args)

    fresh = [_renamed(e, {rule.lhs: rule.rhs}) for e in expressions]
    changed = [
        e.replace(
            lambda part: isinstance(part, AppliedUndef) and part.func == rule.lhs.func, instance
        )
        for e in fresh
    ]
    return _result(expressions, fresh, changed, rule)


def _result(before, fresh, changed, rule):
    if changed == fresh:
        raise Refused(f"nothing is replaced: {_told(rule)} does not occur")
    # A side that nothing was put into keeps its derivatives as they are written.
    return [
        old if new == renamed else evaluate_derivatives(new)
        for old, renamed, new in zip(before, fresh, changed, strict=True)
    ]


def check_promises(pairs, region):
    """Raise unless the new values have all that the symbols promise by assumption and domain.

    Parameters
    ----------
    pairs : dict
        ``{old: new}``, put in together: a bound of a domain is taken at the new values too.
    region : Region
    """
    for old, new in pairs.items():
        _check_assumptions(old, new, region)
        if old in region.domain:
            _check_domain(old, new, pairs, region)


def moved_bounds(pairs, expressions, region):
    """What the domain of symbols that stay says where its bounds are replaced, if it is news."""
    kept = set().union(*(e.free_symbols for e in expressions)) & set(region.domain) - set(pairs)
    found = []
    for symbol in sorted(kept, key=str):
        for relation in region.limits([symbol]):
            moved = relation.subs(pairs, simultaneous=True)
            if moved == sp.false:
                raise Refused(f"the domain of {symbol} is empty there")
            if moved not in (relation, sp.true) and not region.holds(moved):
                found.append(moved)
    return found


def _check_assumptions(old, new, region):
    if getattr(new, "is_Matrix", False) or getattr(old, "is_Matrix", False):
        if getattr(old, "shape", None) != getattr(new, "shape", None):
            raise Refused(f"{new} cannot be put in the place of {old}, which has another shape")
        return
    if mixes(new) and not mixes(old):
        raise Refused(f"{new} cannot be put in the place of {old}, which commutes with all factors")
    if new.is_infinite:
        raise Refused(f"{new} is no value of {old}: let it tend there by a limit")
    if new == old:
        return
    for name in PROMISES:
        if getattr(old, f"is_{name}", None) is not True or _implied(old, name):
            continue
        found = getattr(new, f"is_{name}", None)
        if found is False:
            raise Refused(f"{new} cannot be put in the place of {old}, which is {name}")
        if found or (name == "real" and region.real(new)):
            continue
        if name in _SIGNS and region.real(new) and region.holds(_SIGNS[name](new)):
            continue
        raise Refused(
            f"{new} is not known to be {name}, as {old} is, in whose place it is put: declare its "
            "symbols, state a domain, or say where=[...]"
        )


def _check_domain(old, new, pairs, region):
    low, high = (bound.subs(pairs, simultaneous=True) for bound in region.domain[old])
    if new == old and (low, high) == region.domain[old]:
        return
    inside = [sp.Gt(new, low)] * (low != -sp.oo) + [sp.Lt(new, high)] * (high != sp.oo)
    for relation in inside:
        if relation == sp.false:
            raise Refused(f"{new} is outside the domain of {old}, from {low} to {high}")
        if relation != sp.true and not region.holds(relation):
            raise Refused(
                f"{new} is not known to lie in the domain of {old}, from {low} to {high}: "
                "state a domain, or say where=[...]"
            )


def _implied(old, name):
    """Whether a stronger promise of the same symbol is checked anyway."""
    stronger = {
        "rational": ("integer",),
        "real": ("integer", "positive", "negative", "nonnegative", "nonpositive"),
        "nonnegative": ("positive",),
        "nonpositive": ("negative",),
        "nonzero": ("positive", "negative"),
    }
    return any(getattr(old, f"is_{one}") for one in stronger.get(name, ()))


def defines_function(rule):
    """Whether an equation reads ``f(x, ...) = expression in x, ...`` with symbols x."""
    return (
        isinstance(rule.lhs, AppliedUndef)
        and all(isinstance(argument, sp.Symbol) for argument in rule.lhs.args)
        and rule.lhs.free_symbols <= rule.rhs.free_symbols
        and not rule.rhs.has(rule.lhs.func)
    )


def _renamed(expression, pairs):
    """The expression with new names for those bound variables that the substitution mentions."""
    mentioned = set().union(*(p.free_symbols for pair in pairs.items() for p in pair))

    def rename(part):
        if isinstance(part, sp.Lambda):
            return part
        bound = {v for v in part.bound_symbols if v in mentioned}
        fresh = {v: sp.Dummy(v.name, **v._assumptions_orig) for v in bound}
        limits = []
        for position, (variable, *ends) in enumerate(part.limits):
            # The ends of an inner variable may contain the outer ones, which come later.
            outer = {v: fresh[v] for v, *_ in part.limits[position + 1 :] if v in fresh}
            ends = [end.xreplace(outer) for end in ends]
            limits.append((fresh.get(variable, variable), *ends))
        return part.func(part.function.xreplace(fresh), *limits)

    return expression.replace(
        lambda part: (
            isinstance(part, sp.Integral | sp.Sum | sp.Product)
            and any(v in mentioned for v in part.bound_symbols)
        ),
        rename,
    )


def _replace(expression, pairs):
    derivatives = {old: new for old, new in pairs.items() if isinstance(old, sp.Derivative)}
    # An exact exchange: replacing w' must not turn w'' into a derivative of the replacement.
    expression = expression.xreplace(derivatives)
    functions = [old for old in pairs if old.has(AppliedUndef) and old not in derivatives]
    for old in sorted(functions, key=lambda f: -sp.count_ops(f)):
        expression = expression.subs(old, pairs[old])
    rest = {old: pairs[old] for old in pairs if old not in derivatives and old not in functions}
    matrices = {
        old: sp.MatrixSymbol(sp.Dummy().name + str(position), *old.shape)
        for position, old in enumerate(rest)
        if isinstance(old, sp.MatrixSymbol)
    }
    scalars = {old: new for old, new in rest.items() if old not in matrices}
    # SymPy's subs puts no matrix into a sum. The matrices wait under names of their own.
    expression = expression.xreplace(matrices)
    if scalars:
        expression = expression.subs(scalars, simultaneous=True)
    waiting = {dummy.subs(scalars): rest[old] for old, dummy in matrices.items()}
    return expression.xreplace(waiting)


def _told(rule):
    pairs = rule.items() if isinstance(rule, Mapping) else [rule.args]
    return ", ".join(str(equation(*pair).lhs) for pair in pairs)
