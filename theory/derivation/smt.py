"""Inequalities over the reals, decided by the solver z3 (nonlinear real arithmetic).

Polynomial and rational inequalities, absolute values, roots and case distinctions are decided
completely; of transcendental functions the solver knows the bounds listed in `_AXIOMS`. It earns
its place by speed and completeness: ``(a + b)**2 >= 4*a*b`` takes 3 ms, and no sampling is needed
for the sign of a denominator. z3 is told to stop after a fixed amount of work, not of time, so
that its answer is the same on every machine.
"""

import contextlib

import sympy as sp

try:
    import z3
except ImportError:  # the engine runs without; see Region.holds
    z3 = None

WORK = 3_000_000
NEEDED = "z3-solver"


class Untranslatable(Exception):
    """An expression has a part that is not real, or not known to be."""


def unsatisfiable(relations, real=lambda expression: bool(expression.is_real)):
    """Whether no real values of the symbols satisfy all relations; False where it is open.

    A relation with a part that is not known to be real is left out: fewer are asked for then.

    Parameters
    ----------
    relations : sequence of SymPy relations or booleans
    real : callable
        Whether an expression that the solver does not know is real.
    """
    if z3 is None:
        return False
    translator, goals = _Translator(real), []
    for relation in relations:
        with contextlib.suppress(Untranslatable, RecursionError):
            goals.append(translator.boolean(relation))
    if not goals:
        return False
    solver = z3.Solver()
    solver.set("rlimit", WORK)
    solver.set("timeout", 4000)
    solver.add(*goals, *translator.axioms())
    return solver.check() == z3.unsat


class _Translator:
    """SymPy to z3; every part that is not rational becomes a variable with known bounds."""

    def __init__(self, real):
        self._real = real
        self._variables = {}
        self._facts = []
        self._instances = []

    def axioms(self):
        """What is known of the variables, and that exp, log and the like are increasing."""
        # An axiom may bring in new variables: the list grows while it is read.
        facts = list(self._facts)
        for position, (kind, argument, value) in enumerate(self._instances):
            for other_kind, other, other_value in self._instances[:position]:
                if kind == other_kind and kind in _INCREASING and position < 6:
                    facts.append((argument < other) == (value < other_value))
        return facts

    def boolean(self, relation):
        if relation in (sp.true, sp.false):
            return z3.BoolVal(bool(relation))
        if isinstance(relation, sp.And | sp.Or):
            join = z3.And if isinstance(relation, sp.And) else z3.Or
            return join(*(self.boolean(part) for part in relation.args))
        if isinstance(relation, sp.Not):
            return z3.Not(self.boolean(relation.args[0]))
        if not isinstance(relation, sp.core.relational.Relational):
            raise Untranslatable(relation)
        left, right = (self.number(side) for side in relation.args)
        return {
            "==": lambda: left == right,
            "!=": lambda: left != right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
            "<": lambda: left < right,
            "<=": lambda: left <= right,
        }[relation.rel_op]()

    def number(self, e):
        if e.is_Rational:
            return z3.RealVal(f"{e.p}/{e.q}")
        if e in (sp.oo, -sp.oo, sp.zoo, sp.nan) or e.has(sp.I):
            raise Untranslatable(e)
        if e.is_Add:
            return z3.Sum([self.number(part) for part in e.args])
        if e.is_Mul:
            return z3.Product([self.number(part) for part in e.args])
        if e not in self._variables:
            self._variables[e] = self._new(e)
        return self._variables[e]

    def _new(self, e):
        if isinstance(e, sp.exp):
            return self._exponential(e)
        if e.is_Pow:
            return self._power(*e.args)
        if isinstance(e, sp.Abs) and e.args[0].is_extended_real:
            return z3.Abs(self.number(e.args[0]))
        if isinstance(e, sp.sign) and e.args[0].is_extended_real:
            u = self.number(e.args[0])
            return z3.If(u > 0, z3.RealVal(1), z3.If(u < 0, z3.RealVal(-1), z3.RealVal(0)))
        if isinstance(e, sp.Max | sp.Min):
            found, *rest = (self.number(part) for part in e.args)
            for part in rest:
                larger = found >= part
                found = z3.If(larger if isinstance(e, sp.Max) else z3.Not(larger), found, part)
            return found
        if isinstance(e, sp.Piecewise):
            found = z3.FreshReal("undefined")
            for value, condition in reversed(e.args):
                found = z3.If(self.boolean(condition), self.number(value), found)
            return found
        if not self._real(e):
            raise Untranslatable(e)
        v = z3.FreshReal(str(e))
        self._facts += self._known(e, v)
        return v

    def _known(self, e, v):
        facts = []
        least = 1 if e.is_integer else 0
        if e.is_positive:
            facts.append(v >= 1 if least else v > 0)
        elif e.is_nonnegative:
            facts.append(v >= 0)
        if e.is_negative:
            facts.append(v <= -1 if least else v < 0)
        elif e.is_nonpositive:
            facts.append(v <= 0)
        if e.is_zero is False:
            facts.append(v != 0)
        if e.is_number:
            low, high = _enclosure(e)
            return [*facts, v > low, v < high]
        if e.func in _AXIOMS and len(e.args) == 1 and self._real(e.args[0]):
            u = self.number(e.args[0])
            self._instances.append((e.func, u, v))
            facts += _AXIOMS[e.func](u, v)
            if e.func in (sp.sin, sp.cos):
                facts += _half_turn(e.func, u, v, self.number(sp.pi))
            if e.func in _PARTNERS:
                partner, law = _PARTNERS[e.func]
                facts.append(law(v, self.number(partner(e.args[0]))))
            if isinstance(e, sp.tanh):
                facts.append(v * self.number(sp.cosh(e.args[0])) == self.number(sp.sinh(e.args[0])))
        return facts

    def _exponential(self, e):
        """``exp`` of a sum of rational multiples as a product of powers, so that laws are seen."""
        product = z3.RealVal(1)
        for term in sp.Add.make_args(sp.expand(e.args[0])):
            coefficient, rest = term.as_coeff_Mul(rational=True)
            if rest == 1 or not self._real(rest):
                return self._base_exponential(e.args[0])
            power = abs(coefficient.p)
            if power > 8:
                return self._base_exponential(e.args[0])
            v = self._base_exponential(rest / coefficient.q)
            factor = z3.Product([v] * power)
            product = product * factor if coefficient > 0 else product * self._inverse(factor)
        return product

    def _base_exponential(self, u):
        key = ("exp", u)
        if key not in self._variables:
            if not self._real(u):
                raise Untranslatable(u)
            v, inside = z3.FreshReal("exp"), self.number(u)
            self._variables[key] = v
            self._instances.append((sp.exp, inside, v))
            self._facts += [
                v > 0,
                v >= 1 + inside,
                z3.Implies(inside > 0, v > 1 + inside),
                z3.Implies(inside < 0, v < 1),
                v * (1 - inside) <= 1,
            ]
        return self._variables[key]

    def _inverse(self, value):
        key = ("inverse", value.get_id())
        if key not in self._variables:
            inverse = z3.FreshReal("inverse")
            self._facts.append(inverse * value == 1)
            self._variables[key] = inverse
            self._variables[("kept", value.get_id())] = value  # an id is free when its term dies
        return self._variables[key]

    def _power(self, base, exponent):
        if exponent.is_Integer and abs(exponent) <= 12:
            v = z3.Product([self.number(base)] * abs(int(exponent)))
            return v if exponent > 0 else self._inverse(v)
        if exponent.is_Rational and exponent.q <= 6 and abs(exponent.p) <= 12:
            root = self._root(base, exponent.q)
            v = z3.Product([root] * abs(exponent.p))
            return v if exponent > 0 else self._inverse(v)
        power = base**exponent
        if not self._real(power):
            raise Untranslatable(power)
        v = z3.FreshReal("power")
        if power.is_positive:
            self._facts.append(v > 0)
        elif power.is_nonnegative:
            self._facts.append(v >= 0)
        return v

    def _root(self, base, order):
        key = ("root", base, order)
        if key not in self._variables:
            inside = self.number(base)
            root = z3.FreshReal("root")
            # A real root of a real number is meant; where the base is negative nothing follows.
            self._facts.append(
                z3.Implies(inside >= 0, z3.And(root >= 0, z3.Product([root] * order) == inside))
            )
            self._variables[key] = root
        return self._variables[key]


def _enclosure(number):
    value = sp.Rational(str(sp.N(number, 40)))
    margin = (abs(value) + 1) / sp.Integer(10) ** 30
    return tuple(z3.RealVal(f"{end.p}/{end.q}") for end in (value - margin, value + margin))


def _half_turn(kind, u, v, pi):
    """Where sine and cosine have which sign, around 0."""
    if kind is sp.cos:
        return [z3.Implies(z3.And(2 * u > -pi, 2 * u < pi), v > 0)]
    positive = z3.Implies(z3.And(u > 0, u < pi), v > 0)
    return [positive, z3.Implies(z3.And(u < 0, u > -pi), v < 0)]


def _odd_and_bounded(bound):
    def facts(u, v):
        same = [z3.Implies(u > 0, v > 0), z3.Implies(u < 0, v < 0), z3.Implies(u == 0, v == 0)]
        return [*same, v < bound, v > -bound]

    return facts


def _inside(u, v):
    return [z3.Implies(u >= 0, v <= u), z3.Implies(u <= 0, v >= u)]


def _outside(u, v):
    return [z3.Implies(u >= 0, v >= u), z3.Implies(u <= 0, v <= u)]


def _same_sign(u, v):
    return [z3.Implies(u > 0, v > 0), z3.Implies(u < 0, v < 0), z3.Implies(u == 0, v == 0)]


def _logarithm(u, v):
    # Only where u > 0 is a logarithm of a real number real.
    positive = [v <= u - 1, v * u >= u - 1, z3.Implies(u > 1, v > 0), z3.Implies(u < 1, v < 0)]
    return [z3.Implies(u > 0, z3.And(*positive, z3.Implies(u != 1, v < u - 1)))]


_AXIOMS = {
    sp.log: _logarithm,
    sp.sin: lambda u, v: [v <= 1, v >= -1, *_inside(u, v)],
    sp.cos: lambda u, v: [v <= 1, v >= -1, 2 * v >= 2 - u * u],
    sp.sinh: lambda u, v: [*_same_sign(u, v), *_outside(u, v)],
    sp.cosh: lambda u, v: [v >= 1, 2 * v >= 2 + u * u, z3.Implies(u != 0, v > 1)],
    sp.tanh: lambda u, v: [*_odd_and_bounded(1)(u, v), *_inside(u, v)],
    sp.atan: lambda u, v: [*_odd_and_bounded(z3.Q(11, 7))(u, v), *_inside(u, v)],
    sp.asinh: lambda u, v: [*_same_sign(u, v), *_inside(u, v)],
    sp.erf: _odd_and_bounded(1),
    sp.erfc: lambda u, v: [v > 0, v < 2, z3.Implies(u > 0, v < 1), z3.Implies(u < 0, v > 1)],
    sp.gamma: lambda u, v: [z3.Implies(u > 0, v > 0)],
    sp.LambertW: lambda u, v: [z3.Implies(u >= 0, z3.And(v >= 0, v <= u)),
                               z3.Implies(u > 0, z3.And(v > 0, v < u))],
    # Between 0 and 1 it falls to 0.8856; of an integer it is known to be a positive integer.
    sp.factorial: lambda u, v: [z3.Implies(u >= 1, v >= 1), z3.Implies(u > -1, v > z3.Q(22, 25))],
}  # fmt: skip
_PARTNERS = {
    sp.sin: (sp.cos, lambda s, c: s * s + c * c == 1),
    sp.cosh: (sp.sinh, lambda c, s: c * c - s * s == 1),
}
_INCREASING = {sp.exp, sp.log, sp.sinh, sp.tanh, sp.atan, sp.asinh, sp.erf}
