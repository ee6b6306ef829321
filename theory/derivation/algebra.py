"""Steps of algebra: premises, identities, rewriting, substitution, solutions, inequalities."""

from collections.abc import Mapping

import sympy as sp
from sympy.core.relational import Relational

from theory.derivation.equality import prove_equal
from theory.derivation.equivalence import prove_equivalent
from theory.derivation.evidence import Refuted
from theory.derivation.inequality import prove_nonnegative
from theory.derivation.record import Record
from theory.derivation.solution import verify_solution
from theory.derivation.step import equation, sides
from theory.derivation.substitution import substituted


class AlgebraicSteps(Record):
    """The methods of `Derivation` that need no calculus."""

    def given(self, name, statement, reason):
        """Add a premise or a definition, which is not proved and is printed as such.

        An equation ``f(x) = ...`` with an undefined function of symbols on the left defines the
        function: when it is substituted by name, every ``f(argument)`` is replaced.
        """
        return self._add(name, "given", statement, reason, lambda claimed: {})

    def identity(self, name, claimed, reason):
        """Add an equation of two expressions or matrices that holds without any premise."""

        def prove(claimed):
            if not isinstance(claimed, sp.Equality):
                raise Refuted("an identity is an equation Eq(left, right)")
            return {"proof": prove_equal(*claimed.args, **self._options)}

        return self._add(name, "identity", claimed, reason, prove)

    def rewrite(self, name, claimed, reason, of=None, factor=None, nonzero=()):
        """Write an expression differently, or an equation as an equivalent one.

        Two equations are equivalent if their sides are equal, or if left minus right of one is left
        minus right of the other times a nonzero factor.

        Parameters
        ----------
        factor : expression, optional
            The factor, where it is not found by itself or brings in a new symbol.
        nonzero : sequence of expressions, optional
            What is taken to be nonzero although the assumptions of the symbols do not say so;
            printed with the step.
        """
        step = self.step(of)

        def prove(claimed):
            if claimed == step.statement:
                raise Refuted("the claim repeats the statement word by word")
            if sides(claimed) and sides(step.statement):
                proof, multiplier = prove_equivalent(
                    step.statement, claimed, factor=factor, nonzero=nonzero, **self._options
                )
                self._check_content(step, claimed)
                fields = {"proof": proof}
            else:
                multiplier = None
                fields = self._carried(step, claimed, lambda side: side, self._equal)
            told = [f"({step.number}) rewritten"]
            if multiplier is not None:
                told += [", left minus right multiplied by ", multiplier]
            for part in nonzero:
                told += [", where ", sp.Ne(part, 0)]
            return fields | {"operation": tuple(told)}

        return self._add(name, "rewrite", claimed, reason, prove)

    def apply(self, name, claimed, function, reason, of=None):
        """Apply the same function to both sides of an equation (or to an expression).

        Parameters
        ----------
        function : callable
            Takes a SymPy object and returns one, for example ``sympy.log``.
        """
        step = self.step(of)

        def prove(claimed):
            def verify(side, claimed_side):
                return self._equal(function(side), claimed_side)

            fields = self._carried(step, claimed, function, verify, equations_only=True)
            return fields | {"operation": (f"function applied to ({step.number})",)}

        return self._add(name, "apply", claimed, reason, prove)

    def substitute(self, name, claimed, values, reason, of=None):
        """Substitute into a statement; the substitution is redone and compared with the claim.

        Parameters
        ----------
        values : dict, str or list of these
            ``{old: new}``, or the name of an equation whose left side is replaced by its right
            side. A derivative of one order is replaced without touching other orders, and before
            its function is. Those of a list are done one after the other.
        """
        step = self.step(of)
        items = values if isinstance(values, list | tuple) else [values]

        def prove(claimed):
            before = after = list(sides(step.statement) or [step.statement])
            told = []
            for item in items:
                if isinstance(item, Mapping):
                    rule = item
                    for pair in item.items():
                        told += [equation(*pair), ", "]
                else:
                    rule = self[item]
                    told.append(f"({self.step(item).number}), ")
                    if not isinstance(rule, sp.Equality):
                        raise Refuted(f"step {item!r} is no equation that could be substituted")
                after = substituted(after, rule)
            result = dict(zip(before, after, strict=True))

            def verify(side, claimed_side):
                return self._equal(result[side], claimed_side)

            fields = self._carried(step, claimed, result.get, verify)
            self._check_content(step, fields.get("statement", claimed))
            told[-1] = told[-1].removesuffix(", ")
            return fields | {"operation": (*told, f" put into ({step.number})")}

        return self._add(name, "substitute", claimed, reason, prove)

    def solve(self, name, claimed, x, reason, of=None, unique=False):
        """Solve an equation, or several at once; the solution is put back into all of them.

        Parameters
        ----------
        claimed : equation
            ``Eq(x, solution)``; for several unknowns an equation of two column matrices.
        x : symbol, undefined function, derivative, or column matrix of these
        of : str or list of str, optional
        unique : bool
            Whether SymPy has to find that there is no other solution.
        """
        steps = [self.step(one) for one in (of if isinstance(of, list | tuple) else [of])]

        def prove(claimed):
            proof = verify_solution(
                [step.statement for step in steps], claimed, x, unique, **self._options
            )
            numbers = ", ".join(f"({step.number})" for step in steps)
            return {"proof": proof, "operation": (f"{numbers} solved for ", x)}

        return self._add(name, "solve", claimed, reason, prove)

    def nonnegative(self, name, claimed, reason, terms=None, using=()):
        """State that an expression is at least 0, or ``left >= right`` or ``left <= right``.

        Parameters
        ----------
        claimed : expression or inequality
        terms : sequence of expressions, optional
            Their sum equals the expression (or the larger side minus the smaller); each is
            nonnegative by the assumptions of its symbols. Default: the factored expression itself.
        using : sequence of str
            Names of inequalities among the steps whose ``larger - smaller`` may occur as a factor.
        """

        def prove(claimed):
            known = []
            for one in using:
                if not isinstance(self[one], sp.GreaterThan | sp.LessThan):
                    raise Refuted(f"step {one!r} is no inequality that could be used")
                known.append(self[one].gts - self[one].lts)
            if isinstance(claimed, sp.GreaterThan | sp.LessThan):
                statement, expression = claimed, claimed.gts - claimed.lts
            elif isinstance(claimed, Relational):
                raise Refuted("claim an expression, or an inequality with >= or <=")
            else:
                statement, expression = sp.Ge(claimed, 0, evaluate=False), claimed
            parts = [sp.factor(expression)] if terms is None else [sp.sympify(t) for t in terms]
            proof = prove_nonnegative(expression, parts, known=known, **self._options)
            numbers = ", ".join(f"({self.step(one).number})" for one in using)
            return {
                "statement": statement,
                "shown": statement,
                "proof": proof,
                "operation": (f"from {numbers}",) if using else (),
            }

        return self._add(name, "nonnegative", claimed, reason, prove)

    def _check_content(self, step, claimed):
        """Raise if an equation with content has become one that is true by itself."""

        def is_identity(statement):
            try:
                self._equal(*sides(statement))
            except Refuted:
                return False
            return True

        if not isinstance(claimed, sp.Equality):
            return
        if is_identity(claimed) and not is_identity(step.statement):
            raise Refuted("the claim is true by itself: nothing of the earlier equation is left")
