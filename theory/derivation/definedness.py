"""Where an expression is finite, and where it is smooth: one table for all functions."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.noncommuting import mixes

DEFINED, SMOOTH = "defined", "smooth"
_ENTIRE = (
    *(sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.erf, sp.erfc, sp.erfi, sp.Si, sp.Shi),
    *(sp.besselj, sp.besseli, sp.fresnels, sp.fresnelc, sp.conjugate),
)
_KINKED = (sp.Abs, sp.Max, sp.Min)
_WHOLE = (sp.factorial, sp.binomial, sp.harmonic, sp.RisingFactorial, sp.FallingFactorial)


def requirements(expression):
    """Yield ``(relation, kind, function)`` for every place where an expression may break.

    Where all relations of kind ``DEFINED`` hold the expression is finite; where those of kind
    ``SMOOTH`` hold as well it is an analytic function of its symbols. A part that is in no table
    yields ``sympy.false``. Bound variables of integrals and sums are the business of the rules
    that evaluate these. Undefined functions are taken to be as smooth as is needed.
    """
    for part in sp.preorder_traversal(expression):
        if isinstance(part, sp.Integral | sp.Sum | sp.Product | sp.Piecewise | sp.Limit | sp.Subs):
            yield sp.false, SMOOTH, part
        elif part.is_Pow if isinstance(part, sp.Basic) else False:
            yield from _of_power(part)
        elif isinstance(part, sp.Function) and not isinstance(part, AppliedUndef):
            yield from _of_function(part)


def _of_power(part):
    base, exponent = part.args
    if base is sp.S.Exp1 or base.is_positive:
        return
    if exponent.is_integer and exponent.is_nonnegative:
        return
    if not exponent.is_nonnegative:
        yield sp.Ne(base, 0), DEFINED, part
    if not exponent.is_integer:
        yield _above(base), SMOOTH, part


def _of_function(part):
    u = part.args[0] if part.args else sp.S.Zero
    kind = part.func
    if kind is sp.log:
        yield sp.Ne(u, 0), DEFINED, part
        yield _above(u), SMOOTH, part
    elif kind in (sp.tan, sp.sec):
        yield sp.Ne(sp.cos(u), 0), DEFINED, part
    elif kind in (sp.cot, sp.csc):
        yield sp.Ne(sp.sin(u), 0), DEFINED, part
    elif kind in (sp.coth, sp.csch):
        yield sp.Ne(u, 0) if u.is_real else sp.Ne(sp.sinh(u), 0), DEFINED, part
    elif kind in (sp.tanh, sp.sech):
        yield (sp.true if u.is_real else sp.Ne(sp.cosh(u), 0)), DEFINED, part
    elif kind in (sp.gamma, sp.loggamma, sp.polygamma, sp.digamma):
        argument = part.args[-1]
        yield _above(argument), SMOOTH, part
    elif kind in (sp.asin, sp.acos, sp.atanh):
        if kind is sp.atanh:
            yield sp.Ne(u**2, 1), DEFINED, part
        yield _above(1 - u**2), SMOOTH, part
    elif kind is sp.acosh:
        yield _above(u - 1), SMOOTH, part
    elif kind in (sp.atan, sp.asinh):
        yield sp.Eq(sp.im(u), 0), SMOOTH, part
    elif kind is sp.LambertW:
        yield (_above(u) if len(part.args) == 1 else sp.false), SMOOTH, part
    elif kind in (sp.Ci, sp.Chi, sp.Ei, sp.expint, sp.besselk, sp.bessely, sp.uppergamma,
                  sp.lowergamma):  # fmt: skip
        yield _above(part.args[-1]), SMOOTH, part
    elif kind in (sp.Abs, sp.sign):
        yield sp.Ne(u, 0), SMOOTH, part
    elif kind not in _ENTIRE and not (kind in _WHOLE and all(a.is_integer for a in part.args)):
        yield sp.false, SMOOTH, part


def _above(expression):
    """``expression > 0``, false where it is no real number."""
    try:
        return sp.Gt(expression, 0)
    except TypeError:
        return sp.false


def open_conditions(expression, region):
    """Conditions under which an expression is finite and which the region does not ensure."""
    found = []
    for relation, kind, part in requirements(expression):
        if kind != DEFINED or relation in found or relation == sp.true:
            continue
        if any(symbol in _bound(expression) for symbol in part.free_symbols):
            continue
        if not region.holds(relation):
            found.append(_plain(relation))
    return tuple(dict.fromkeys(found))


def analytic(expression, region):
    """Whether an expression is an analytic function of its symbols all over the region."""
    return all(_ensured(relation, region) for relation, _, _ in requirements(expression))


def continuous(expression, region):
    """Whether an expression is continuous all over the region: kinks are allowed, jumps are not."""
    return all(
        isinstance(part, _KINKED)
        or (isinstance(part, sp.Pow) and kind == SMOOTH and region.nonnegative(part.base))
        or _ensured(relation, region)
        for relation, kind, part in requirements(expression)
    )


def _ensured(relation, region):
    if isinstance(relation, sp.Eq) and relation.lhs.func is sp.im:
        return region.real(relation.lhs.args[0])
    if relation in (sp.true, sp.false):
        return relation == sp.true
    try:
        return region.holds(relation)
    except TypeError:  # an order of complex numbers
        return False


def _bound(expression):
    bound = set()
    for part in expression.atoms(sp.Integral, sp.Sum, sp.Product, sp.Limit):
        if isinstance(part, sp.Limit):
            bound.add(part.args[1])
        else:
            bound |= set(part.variables)
    return bound


def _plain(relation):
    """``x != 0`` instead of ``2*x**3 != 0``; products stay one condition."""
    if not isinstance(relation, sp.Ne) or sp.count_ops(relation) > 60 or mixes(relation):
        return relation
    try:
        numerator = sp.fraction(sp.together(relation.lhs - relation.rhs))[0]
        _, factors = sp.factor_list(numerator)
    except (sp.PolynomialError, NotImplementedError):
        return relation
    bases = [base for base, _ in factors]
    return sp.Ne(sp.Mul(*bases), 0) if bases else relation
