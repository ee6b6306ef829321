"""The values that the symbols of a statement may take, and what holds for all of them."""

import sympy as sp
from sympy.core.relational import Relational

from theory.derivation import balls, smt
from theory.derivation.budget import Late, within
from theory.derivation.noncommuting import mixes

SECONDS = 3
_ORDERS = (sp.Gt, sp.Ge, sp.Lt, sp.Le)
UNKNOWN_SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")


class Region:
    """Assumptions of symbols, domains and stated conditions, with a procedure that uses them.

    Parameters
    ----------
    domain : dict, optional
        ``{symbol: (low, high)}``, open intervals; bounds may contain other symbols.
    facts : sequence of relations, optional
        Conditions under which the statements are claimed.

    Attributes
    ----------
    missing : set of str
        Packages that a decision would have needed; it rests on sampled points instead.
    """

    def __init__(self, domain=None, facts=(), missing=None):
        self.domain = {
            symbol: tuple(sp.sympify(bound) for bound in bounds)
            for symbol, bounds in (domain or {}).items()
        }
        self.facts = tuple(fact for fact in facts if fact not in (True, sp.true))
        self.missing = set() if missing is None else missing
        orders = [fact for fact in self.facts if isinstance(fact, _ORDERS)]
        self._ordered = {side for fact in orders for side in fact.args if side.is_Symbol}
        self._known = {}

    def under(self, facts=(), domain=None):
        """The same region under further conditions."""
        facts = [fact for fact in facts if fact not in self.facts]
        if not facts and not domain:
            return self
        return Region(self.domain | (domain or {}), (*self.facts, *facts), self.missing)

    def bounds(self, symbol):
        """Open interval of a real symbol, as wide as domain and assumptions allow."""
        if symbol in self.domain:
            low, high = self.domain[symbol]
        else:
            low, high = -sp.oo, sp.oo
        if symbol.is_nonnegative and low == -sp.oo:
            low = sp.S.Zero
        if symbol.is_nonpositive and high == sp.oo:
            high = sp.S.Zero
        return low, high

    def limits(self, symbols):
        """The domain as relations between symbols."""
        for symbol in symbols:
            low, high = self.domain.get(symbol, (-sp.oo, sp.oo))
            if low != -sp.oo:
                yield sp.Gt(symbol, low)
            if high != sp.oo:
                yield sp.Lt(symbol, high)

    def holds(self, relation):
        """Whether a relation (or a logical combination of relations) is proved for all values."""
        relation = sp.sympify(relation)
        if relation in (sp.true, sp.false):
            return relation == sp.true
        if relation not in self._known:
            try:
                self._known[relation] = within(SECONDS, self._decide, relation)
            except Late:
                self._known[relation] = False
        return self._known[relation]

    def contradictory(self):
        """Whether no values satisfy all facts, so that anything would follow."""
        if sp.false in self.facts:
            return True
        symbols = set().union(*(fact.free_symbols for fact in self.facts))
        parts, _ = self.strengthened([*self.limits(symbols), *self.facts])
        return smt.unsatisfiable(parts, self.real)

    def positive(self, expression):
        return self.holds(sp.Gt(expression, 0))

    def nonnegative(self, expression):
        return self.holds(sp.Ge(expression, 0))

    def nonzero(self, expression):
        return self.holds(sp.Ne(expression, 0))

    def real(self, expression):
        """Whether an expression is known to be real and finite wherever it is defined.

        A symbol is, too, where it has a domain or is a side of a condition that orders it.
        """
        if expression.is_real or expression in self.domain or expression in self._ordered:
            return True
        if expression.is_real is False or not expression.args:
            return bool(expression.is_extended_real and expression.is_Symbol)
        if isinstance(expression, sp.Derivative):
            return all(self.real(part) for part in (expression.expr, *expression.variables))
        if isinstance(expression, sp.log | sp.loggamma):
            return self.positive(expression.args[0])
        if isinstance(expression, sp.LambertW) and len(expression.args) == 1:
            return self.nonnegative(expression.args[0])
        if isinstance(expression, sp.asin | sp.acos | sp.atanh):
            return self.holds(sp.Lt(expression.args[0] ** 2, 1))
        if expression.is_Pow and not expression.exp.is_integer:
            return self.real(expression.exp) and self.nonnegative(expression.base)
        everywhere = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh)
        bounded = (sp.tanh, sp.atan, sp.asinh, sp.erf, sp.erfc, sp.sech, sp.sec, sp.coth)
        if isinstance(expression, (*everywhere, *bounded, sp.Abs, sp.sign, sp.Max, sp.Min)):
            return all(self.real(part) for part in expression.args)
        return False

    def strengthened(self, expressions):
        """Expressions whose symbols carry what the domain says of them, and the way back."""
        names = {}
        for symbol in set().union(*(e.free_symbols for e in expressions)) & set(self.domain):
            low, high = self.domain[symbol]
            signs = {}
            if low.is_nonnegative:
                signs["positive"] = True
            elif high.is_nonpositive:
                signs["negative"] = True
            # A bound that is a symbol may be no number at all: only numbers and signs are used.
            told = {k: v for k, v in symbol.assumptions0.items() if k not in UNKNOWN_SIGNS}
            kept = {"integer": True} if told.get("integer") else {"real": True}
            signs |= {k: True for k in UNKNOWN_SIGNS if symbol.assumptions0.get(k)}
            names[symbol] = sp.Dummy(symbol.name, **kept, **signs)
        back = {dummy: symbol for symbol, dummy in names.items()}
        return [e.xreplace(names) for e in expressions], back

    def _decide(self, relation):
        if isinstance(relation, sp.And):
            return all(self.holds(part) for part in relation.args)
        if isinstance(relation, sp.Or) and any(self.holds(part) for part in relation.args):
            return True
        if isinstance(relation, Relational):
            if relation in self.facts or relation.reversed in self.facts:
                return True
            if mixes(relation) or isinstance(relation.lhs, sp.MatrixExpr):
                return isinstance(relation, sp.Ne) and self._invertible(relation)
            if self._by_signs(relation):
                return True
        elif not isinstance(relation, sp.Or | sp.Not):
            return False
        if self._by_solver(relation):
            return True
        return isinstance(relation, Relational) and self._by_enclosure(relation)

    def _by_signs(self, relation):
        """Signs that follow from those of the factors."""
        difference = sp.sympify(relation.lhs - relation.rhs)
        (plain,), back = self.strengthened([difference])
        for form in (plain, sp.factor_terms(plain), _factored(plain)):
            if isinstance(relation, sp.Ne):
                if form.is_zero is False:
                    return True
                factors = sp.Mul.make_args(form)
                if len(factors) > 1:
                    return all(self.nonzero(_base(factor).xreplace(back)) for factor in factors)
                if form.is_Pow:
                    return self.nonzero(_base(form).xreplace(back))
            else:
                name = {">": "positive", ">=": "nonnegative", "<": "negative",
                        "<=": "nonpositive", "==": "zero"}[relation.rel_op]  # fmt: skip
                if getattr(form, f"is_{name}"):
                    return True
        return isinstance(relation, sp.Ne) and self._complex_nonzero(difference)

    def _invertible(self, relation):
        """``A B != 0`` for factors that do not commute is read as: each of them has an inverse."""
        if relation.rhs != 0:
            return False
        factors = [_base(factor) for factor in sp.Mul.make_args(relation.lhs)]
        return factors != [relation.lhs] and all(self.nonzero(factor) for factor in factors)

    def _complex_nonzero(self, expression):
        if not expression.has(sp.I) or not all(s.is_real for s in expression.free_symbols):
            return False
        if sp.count_ops(expression) > 60:
            return False
        real, imaginary = expression.as_real_imag()
        return self.nonzero(real) or self.nonzero(imaginary)

    def _by_solver(self, relation):
        symbols = self._reached(relation)
        given = [fact for fact in self.facts if fact.free_symbols and fact.free_symbols <= symbols]
        parts = [*self.limits(symbols), *given, sp.Not(relation)]
        parts, _ = self.strengthened(parts)
        if smt.z3 is None:
            return self._by_points(relation, smt.NEEDED)
        return smt.unsatisfiable(parts, self.real)

    def _reached(self, relation):
        """Symbols of a relation and of the bounds and facts that speak of them."""
        symbols = set(relation.free_symbols)
        for _ in range(3):
            for symbol in tuple(symbols):
                for bound in self.domain.get(symbol, ()):
                    symbols |= bound.free_symbols
            for fact in self.facts:
                if fact.free_symbols & symbols and len(self.facts) < 12:
                    symbols |= fact.free_symbols
        return symbols

    def _by_enclosure(self, relation):
        expression = relation.lhs - relation.rhs
        box = {symbol: self.bounds(symbol) for symbol in expression.free_symbols}
        if not box or any(s.is_integer or not _rational(*box[s]) for s in box):
            return False
        if balls.flint is None:
            return self._by_points(relation, balls.NEEDED)
        sign = balls.sign_on_box(expression, box)
        wanted = {">": (1,), ">=": (1,), "<": (-1,), "<=": (-1,), "!=": (1, -1)}
        return sign in wanted.get(relation.rel_op, ())

    def _by_points(self, relation, package):
        """Without the package: no violation at the points tried, which is not a proof."""
        from theory.derivation.evidence import violated

        if isinstance(relation, sp.Ne):
            # Single points never meet a zero: only a constant sign tells something.
            difference = relation.lhs - relation.rhs
            if not self.real(difference):
                return False
            signs = [kind(difference, 0) for kind in (sp.Gt, sp.Lt)]
            return any(self._by_points(sign, package) for sign in signs)
        known = isinstance(relation, sp.core.relational.Relational)
        if not known or isinstance(relation, sp.Eq) or violated(relation, self) is not False:
            return False
        self.missing.add(package)
        return True


def _rational(low, high):
    return low.is_Rational and high.is_Rational


def _base(factor):
    return factor.base if factor.is_Pow else factor


def _factored(expression):
    if sp.count_ops(expression) > 120:
        return expression
    try:
        return sp.factor(sp.together(expression))
    except (sp.PolynomialError, AttributeError, NotImplementedError, TypeError):
        return expression
