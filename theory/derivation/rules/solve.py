"""Rule: a solution, put back into its equations, and whether it is the only one."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.definedness import continuous, open_conditions
from theory.derivation.noncommuting import contains, mixes, words, written
from theory.derivation.normal import SYMPY_ERRORS, evaluate_derivatives, is_zero
from theory.derivation.region import Region
from theory.derivation.substitution import check_promises, replaced
from theory.derivation.verdict import PROVED, Refused, together


def solve(
    record, name, claimed, x, reason, of=None, unique=None, initial=None, nonzero=(), where=()
):
    """Solve an equation, or several at once; the solution is put back into all of them.

    The step says "the only solution" where that is proved (a linear equation with a nonzero or,
    where symbols do not commute, invertible coefficient, a monotone one, a factor without further
    zeros, a differential equation with its initial values), else "a solution".

    Parameters
    ----------
    claimed : equation
        ``Eq(x, solution)``; for several unknowns an equation of two column matrices.
    x : symbol, undefined function, derivative, or column matrix of these
    of : str or list of str, optional
    unique : bool, optional
        True: refuse unless it is proved to be the only solution. False: one solution is enough.
    initial : dict, optional
        ``{w(0): value}``, also of derivatives ``{w'(t).subs(t, 0): value}``: the values that
        belong to the solution of a differential equation. Without them a differential equation
        has many solutions, and ``unique=False`` has to be said.
    nonzero, where : sequences, optional
        Conditions, printed with the step.
    """
    steps = [record.step(one) for one in (of if isinstance(of, list | tuple) else [of])]
    stated = (*(sp.Ne(sp.sympify(part), 0) for part in nonzero), *where)

    def prove(claimed, region):
        unknowns, solution = _read(claimed, x)
        residuals, put_back = _put_back(record, steps, solution, region)
        _check_value(solution, region)
        differential = any(
            isinstance(u, AppliedUndef) and r.has(sp.Derivative)
            for u in unknowns
            for r in residuals
        )
        if differential:
            why = _from_initial(record, unknowns, solution, residuals, initial, unique, region)
        else:
            why = _only(unknowns, solution, residuals, claimed, unique, region)
        if unique and not why:
            raise Refused(
                "it is a solution, but not proved to be the only one: state nonzero=[...], or "
                "declare the symbols so that others are excluded"
            )
        numbers = ", ".join(f"({step.number})" for step in steps)
        said = f"put back: {{}}; the only solution, {why}" if why else "put back: {}; a solution"
        fields = {"proof": put_back.said(said), "operation": (f"{numbers} solved for ", x)}
        if initial:
            pairs = [sp.Eq(old, new, evaluate=False) for old, new in initial.items()]
            told = [part for pair in pairs for part in (", ", pair)]
            fields["operation"] += (" with ", *told[1:])
        if not why:
            fields["choices"] = {u: name for u in unknowns}
        return fields

    return record.add(name, "solve", claimed, reason, prove, steps, stated)


def _read(claimed, x):
    """The unknowns and ``{unknown: value}``."""
    if not isinstance(claimed, sp.Equality):
        raise Refused("a solution is an equation Eq(unknown, value)")
    x = sp.ImmutableMatrix(x) if isinstance(x, sp.MatrixBase | list | tuple) else sp.sympify(x)
    if claimed.lhs != x:
        raise Refused(f"the left side of a solution is the unknown {x}")
    unknowns = list(x) if isinstance(x, sp.MatrixBase) else [x]
    values = list(claimed.rhs) if isinstance(x, sp.MatrixBase) else [claimed.rhs]
    if any(value.has(*unknowns) for value in values):
        raise Refused(f"the solution still contains {x}")
    return unknowns, dict(zip(unknowns, values, strict=True))


def _put_back(record, steps, solution, region):
    """What has to vanish, and the proof that it does."""
    residuals, proofs = [], []
    for step in steps:
        statement = step.statement
        if isinstance(statement, sp.core.relational.Relational) and not isinstance(
            statement, sp.Equality
        ):
            raise Refused(f"({step.number}) is an inequality, which has no solution of this kind")
        left, right = statement.args if isinstance(statement, sp.Equality) else (statement, 0)
        pair = [sp.sympify(left), sp.sympify(right)]
        residual = pair[0] - pair[1] if right != 0 else pair[0]
        residuals += list(residual) if isinstance(residual, sp.MatrixBase) else [residual]
        left_after, right_after = replaced(pair, solution)
        if right == 0 and isinstance(left_after, sp.MatrixBase):
            right_after = sp.zeros(*left_after.shape)
        proofs.append(record.equal(left_after, right_after, region))
    return residuals, together(proofs)


def _check_value(solution, region):
    """A value that is known to contradict what the unknown promises is no solution."""
    for unknown, value in solution.items():
        for name in ("real", "integer", "positive", "negative", "nonnegative", "nonzero"):
            if getattr(unknown, f"is_{name}", None) and getattr(value, f"is_{name}", None) is False:
                raise Refused(f"{value} is no value of {unknown}, which is {name}")


def _promised(solution, region):
    """Whether every value is proved to have what its unknown promises."""
    try:
        check_promises(solution, region)
    except Refused:
        return False
    return True


def _only(unknowns, solution, residuals, claimed, unique, region):
    """Why there is no other solution; empty where that is open."""
    facts = [] if unique else [c for v in solution.values() for c in open_conditions(v, region)]
    region = region.under(facts)
    if any(isinstance(part, sp.MatrixExpr) for part in (*unknowns, *residuals)):
        return ""
    if any(map(mixes, (*unknowns, *residuals))):
        return _only_ordered(unknowns, residuals, region)
    stand = {u: sp.Dummy(str(u), **_kind(u)) for u in unknowns}
    plain = [r.xreplace(stand) for r in residuals]
    names = list(stand.values())
    try:
        matrix = sp.Matrix(plain).jacobian(names)
        if not matrix.has(*names) and matrix.rows >= matrix.cols:
            square = matrix[: matrix.cols, :]
            if region.nonzero(square.det()):
                return "since it is linear with a nonzero " + (
                    "coefficient" if len(names) == 1 else "determinant"
                )
            return ""
    except SYMPY_ERRORS:
        return ""
    if len(names) != 1 or len(plain) != 1:
        return ""
    return _only_zero(plain[0], names[0], solution[unknowns[0]], unknowns[0], region)


def _only_ordered(unknowns, residuals, region):
    """Linear with the unknown at one end of all its words, between them an invertible factor."""
    if len(unknowns) != 1 or len(residuals) != 1:
        return ""
    (x,) = unknowns
    found = {w: value for w, value in words(residuals[0]).items() if contains({w: value}, x)}
    for end, rest in ((-1, slice(None, -1)), (0, slice(1, None))):
        if not found or any(not w or w[end] != (x, 1) for w in found):
            continue
        rests = {w[rest]: value for w, value in found.items()}
        factor = written(rests)
        if not contains(rests, x) and (region.nonzero(factor) or region.nonzero(-factor)):
            return f"since it is linear with the invertible coefficient {factor}"
    return ""


def _only_zero(residual, name, value, unknown, region):
    if unknown in region.domain:
        region = region.under(domain={name: region.domain[unknown]})
    region = region.under([f.subs(unknown, name) for f in region.facts if f.has(unknown)])
    numerator = sp.fraction(sp.together(residual))[0]
    # A pole cuts the line in pieces: only inequalities keep it connected.
    unbroken = Region(region.domain, [f for f in region.facts if not isinstance(f, sp.Ne)])
    try:
        for form in (residual, numerator):
            slope = sp.diff(form, name)
            if name.is_real and (region.positive(slope) or region.positive(-slope)):
                if continuous(form, unbroken):
                    return "since it is monotone in the unknown"
        polynomial = sp.Poly(numerator, name)
        factor = sp.Poly(name - value, name)
        rest, remainder = sp.div(polynomial, factor)
        while is_zero(remainder.as_expr(), region):
            if region.nonzero(rest.as_expr()):
                return "since no other factor vanishes"
            if rest.degree() < 1 or not is_zero(rest.as_expr().subs(name, value), region):
                break
            rest, remainder = sp.div(rest, factor)
    except SYMPY_ERRORS:
        return ""
    return ""


def _kind(unknown):
    names = ("positive", "negative", "nonnegative", "nonzero", "real", "integer")
    return {name: True for name in names if getattr(unknown, f"is_{name}", None)}


def _from_initial(record, unknowns, solution, residuals, initial, unique, region):
    """The initial values, and that the equation is smooth: then there is one solution."""
    if len(unknowns) != 1 or len(residuals) != 1:
        if unique is False:
            return ""
        raise Refused("one differential equation for one function is solved at a time")
    w, residual = unknowns[0], residuals[0]
    order = max((len(d.variables) for d in residual.atoms(sp.Derivative) if d.expr == w), default=0)
    if not initial:
        if unique is False:
            return ""
        raise Refused(
            f"a differential equation of order {order} has many solutions: state its initial "
            "values, initial={w(0): ...}, or say unique=False for a particular one"
        )
    place = _check_initial(record, w, solution[w], initial, region)
    if len(initial) < order or len(w.args) != 1 or mixes(w) or mixes(residual):
        return ""
    t = w.args[0]
    slopes = [sp.Dummy(f"w{k}", real=True) for k in range(1, order + 1)]
    stand = [sp.Dummy("w0", **_kind(w)), *slopes]
    plain = residual
    for k in range(order, 0, -1):
        plain = plain.xreplace({sp.Derivative(w, (t, k)): stand[k]})
    plain = plain.xreplace({w: stand[0]})
    if plain.has(AppliedUndef):
        return ""
    slope = sp.diff(plain, stand[order])
    if slope.has(stand[order]) or not region.nonzero(slope):
        return ""
    right = sp.expand((slope * stand[order] - plain) / slope)
    if not all(continuous(sp.diff(right, s), region) for s in stand[:order]):
        return ""
    return f"since the equation is smooth and starts at {t} = {place}"


def _check_initial(record, w, value, initial, region):
    places = set()
    for old, given in initial.items():
        old, given = sp.sympify(old), sp.sympify(given)
        at, of_value = _at(old, w, value)
        places.add(at)
        proof = record.equal(evaluate_derivatives(of_value), given, region)
        if proof.status != PROVED:
            raise Refused(f"the initial value {old} = {given} is not proved")
    if len(places) != 1:
        raise Refused("initial values belong to one place")
    return places.pop()


def _at(old, w, value):
    """Place and value there of ``w(0)`` or of a derivative at 0."""
    t = w.args[0]
    if isinstance(old, AppliedUndef) and old.func == w.func and len(old.args) == 1:
        return old.args[0], value.subs(t, old.args[0])
    if isinstance(old, sp.Subs) and isinstance(old.expr, sp.Derivative):
        order = len(old.expr.variables)
        place = old.point[0]
        return place, sp.diff(value, t, order).subs(t, place)
    raise Refused(f"{old} is no initial value of {w}")
