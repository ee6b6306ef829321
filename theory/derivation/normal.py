"""Symbolic tests whether an expression is 0, and the forms that make them decide more."""

import itertools

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction
from sympy.polys.polyerrors import BasePolynomialError

from theory.derivation.budget import Late, within
from theory.derivation.noncommuting import derivative, mixes

SECONDS = 4
SYMPY_ERRORS = (
    *(NotImplementedError, TypeError, ValueError, AttributeError, RecursionError),
    *(ArithmeticError, KeyError, IndexError, BasePolynomialError, sp.PoleError),
)


def evaluate_derivatives(expression):
    """Carry out derivatives and postponed substitutions, leaving integrals and sums as they are."""
    return expression.replace(
        lambda part: isinstance(part, sp.Derivative | sp.Subs),
        _carried_out,
    )


def _carried_out(part):
    if not mixes(part):
        return part.doit(integrals=False)
    if isinstance(part, sp.Derivative):
        value = part.expr
        for variable in part.variables:
            value = derivative(value, variable)
        return value
    if any(map(mixes, (*part.variables, *part.point))) or part.expr.has(sp.Integral, sp.Sum):
        return part
    return part.doit(integrals=False)


def decides_rationally(expression):
    """True or False for a rational function of its symbols with exact coefficients, else None."""
    if expression.is_Rational:
        return expression.is_zero
    try:
        if not expression.is_rational_function(*expression.free_symbols):
            return None
        if any(not number.is_Rational for number in expression.atoms(sp.Number)):
            return None
        if expression.atoms(sp.NumberSymbol, sp.Function):
            return None
        numerator = sp.fraction(sp.together(expression))[0]
        return bool(sp.expand(numerator).is_zero)
    except SYMPY_ERRORS:
        return None


def is_plainly_zero(expression, region):
    """Whether an expanded or exponential normal form is 0, without SymPy's heuristics."""
    try:
        return within(1, _is_zero, expression, region, 0)
    except (Late, *SYMPY_ERRORS):
        return False


def is_zero(expression, region, effort=150):
    """Whether an expression is brought to 0 by methods of bounded cost, cheapest first.

    Parameters
    ----------
    expression : sympy expression
    region : Region
    effort : int
        Largest number of operations for which ``simplify`` is tried; rational and exponential
        normal forms are tried up to four times that.
    """
    try:
        return within(SECONDS, _is_zero, expression, region, effort)
    except (Late, *SYMPY_ERRORS):
        return False


def is_one(left, right, region, effort=150):
    """Whether the quotient of two products with powers or factorials simplifies to 1."""
    products = (sp.Pow, sp.gamma, sp.factorial, sp.binomial)
    if not (left.has(*products) and right.is_zero is False) or sp.count_ops(left / right) > effort:
        return False
    try:
        return within(SECONDS, sp.simplify, left / right) == 1
    except (Late, *SYMPY_ERRORS):
        return False


def _is_zero(expression, region, effort):
    largest = 4 * effort or 200
    for form in _forms(expression, region):
        operations = sp.count_ops(form)
        if operations > largest and not form.is_polynomial():
            if form.is_zero:
                return True
            continue
        if form.is_zero or sp.expand(form).is_zero:
            return True
        if operations > largest:
            continue
        numerator = sp.fraction(sp.together(form))[0]
        if sp.expand(numerator).is_zero:
            return True
        if form.has(TrigonometricFunction, HyperbolicFunction):
            exponential = sp.fraction(sp.together(sp.expand(form.rewrite(sp.exp), trig=False)))[0]
            if sp.powsimp(sp.expand(exponential)).is_zero:
                return True
        if operations <= effort:
            simple = sp.simplify(form)
            if simple.is_zero or refined(simple, region).is_zero:
                return True
            if form.has(sp.log) and sp.expand_log(sp.logcombine(sp.expand(form))).is_zero:
                return True
            if form.has(sp.gamma, sp.factorial, sp.binomial):
                if sp.gammasimp(sp.combsimp(form)).is_zero:
                    return True
    return False


def _forms(expression, region):
    (strong,), back = region.strengthened([expression])
    yield strong
    clear = refined(strong.xreplace(back), region)
    if clear != expression:
        yield region.strengthened([clear])[0][0]
    for form in _without_lambert(clear, region):
        yield region.strengthened([form])[0][0]


def _without_lambert(expression, region):
    """By the definition of ``w = LambertW(u)``, with ``w e^w`` in the place of a symbol u."""
    if expression.has(sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Derivative, sp.Subs):
        return  # a bound variable is no value
    found = expression.atoms(sp.LambertW)
    arguments = [part.args[0] for part in found]
    names = {}
    for part in found:
        u = part.args[0]
        # Two branches at one u are two values w.
        if isinstance(u, sp.Symbol) and arguments.count(u) == 1:
            principal = len(part.args) == 1 and region.positive(u)
            w = sp.Dummy("w", **({"positive": True} if principal else {}))
            expression = expression.xreplace({part: w})
            names[u] = w * sp.exp(w)
    if names:
        yield expression.xreplace(names)


def refined(expression, region):
    """Absolute values, signs, cases and roots of squares, resolved where the region decides."""

    def resolve(part):
        u = part.args[0]
        if isinstance(part, sp.Piecewise):
            return _case(part, region)
        if isinstance(part, sp.Max | sp.Min):
            for candidate in part.args:
                others = [other for other in part.args if other != candidate]
                larger = sp.Ge if isinstance(part, sp.Max) else sp.Le
                if all(region.holds(larger(candidate, other)) for other in others):
                    return candidate
            return part
        if part.is_Pow:
            return _root(part, region)
        if isinstance(part, sp.KroneckerDelta):
            return sp.S.Zero if region.holds(sp.Ne(*part.args)) else part
        if not region.real(u):
            return part
        sign = 1 if region.nonnegative(u) else -1 if region.nonnegative(-u) else 0
        if isinstance(part, sp.Abs):
            return sign * u if sign else part
        if sign and region.nonzero(u):
            return sp.S(sign) if isinstance(part, sp.sign) else sp.S((sign + 1) // 2)
        return part

    kinds = (sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise, sp.KroneckerDelta)
    return expression.replace(
        lambda part: (
            isinstance(part, kinds)
            or (part.is_Pow and part.exp.is_Rational and not part.exp.is_Integer)
        ),
        resolve,
    )


def _case(part, region):
    kept = []
    for value, condition in part.args:
        if condition != sp.true and region.holds(sp.Not(condition)):
            continue
        if region.holds(condition):
            condition = sp.true
        kept.append((value, condition))
        if condition == sp.true:
            break
    return sp.Piecewise(*kept) if kept else part


def _root(part, region):
    """``sqrt(u**2)`` is u or -u where the sign of u is known."""
    if part.exp.q != 2 or sp.count_ops(part.base) > 40:
        return part
    outside, inside = sp.S.One, sp.S.One
    for factor in sp.Mul.make_args(sp.factor(part.base)):
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and exponent % 2 == 0 and region.real(base):
            if region.nonnegative(base):
                outside *= base ** (exponent / 2)
                continue
            if region.nonnegative(-base):
                outside *= (-base) ** (exponent / 2)
                continue
        inside *= factor
    if outside is sp.S.One:
        return part
    return outside**part.exp.p * sp.Pow(inside, part.exp)


def without_functions(pairs):
    """Replace undefined functions, highest derivative first, and integrals over them by symbols."""
    flat = [side for pair in pairs for side in pair]

    def opaque(kinds):
        found = set().union(*(side.atoms(*kinds) for side in flat))
        return [part for part in found if part.has(AppliedUndef)]

    # An integral or a sum binds the argument of the function: only the whole is a quantity.
    for kinds in ((sp.Integral, sp.Sum, sp.Limit, sp.Subs), (sp.Derivative,), (AppliedUndef,)):
        found = sorted(opaque(kinds), key=lambda part: (-sp.count_ops(part), str(part)))
        names = {}
        for part in found:
            assumptions = {
                name: True
                for name in ("positive", "negative", "nonzero", "nonnegative", "real", "integer")
                if getattr(part, f"is_{name}", None)
            }
            names.setdefault(part.as_dummy(), sp.Dummy(str(part), **assumptions))
        for part in found:
            flat = [side.xreplace({part: names[part.as_dummy()]}) for side in flat]
    return list(zip(flat[::2], flat[1::2], strict=True))


def split_sums(expression):
    """Finite sums over undefined functions, split into terms, with constants in front."""

    def split(part):
        if len(part.limits) != 1 or any(end.is_infinite for end in part.limits[0][1:]):
            return part
        total = []
        for term in sp.Add.make_args(sp.expand(part.function)):
            constant, rest = term.as_independent(part.limits[0][0], as_Add=False)
            total.append(constant * sp.Sum(rest, *part.limits))
        return sp.Add(*total)

    return expression.replace(
        lambda part: isinstance(part, sp.Sum) and part.has(AppliedUndef) and not mixes(part), split
    )


def are_independent(expressions):
    """Whether undefined functions in expressions are quantities free of each other.

    Not so where an integral, a sum or a limit of them occurs, nor one function of two arguments
    that may be the same in other words.
    """
    expressions = list(expressions)
    calls = set().union(*(e.atoms(AppliedUndef) for e in expressions))
    for e in expressions:
        kinds = (sp.Integral, sp.Sum, sp.Product, sp.Limit)
        if any(part.has(AppliedUndef) for part in e.atoms(*kinds)):
            return False
    for one, other in itertools.combinations(calls, 2):
        if one.func == other.func and all(
            sp.simplify(p - q).is_zero for p, q in zip(one.args, other.args, strict=False)
        ):
            return False
    return True
