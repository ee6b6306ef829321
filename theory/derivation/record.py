"""The numbered list of steps: names, order, conditions, and the error that a bad step raises."""

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from theory.derivation import rendering
from theory.derivation.budget import Late, within
from theory.derivation.definedness import open_conditions
from theory.derivation.equality import prove_equal
from theory.derivation.evidence import violated
from theory.derivation.noncommuting import mixes
from theory.derivation.normal import SYMPY_ERRORS
from theory.derivation.region import Region
from theory.derivation.step import (
    ASSUMPTION,
    PUT_IN,
    Step,
    agreeing,
    check_statement,
    equation,
    sides,
    spoken_of,
)
from theory.derivation.verdict import CHECKED, UNDECIDED, Proof, Refused, together

SECONDS = 10
UNORDERED = ("integrate", "sum", "limit", "asymptotic", "nonnegative")


class DerivationError(ValueError):
    """A step is false, vacuous or undecided; the message names derivation, step, claim and why."""


class Record:
    """Ordered, named steps with a title; the reading and printing side of `Derivation`."""

    def __init__(self, title, source="", symbols=None, domain=None, dimensions=None):
        self.title = title
        self.source = source
        self.symbols = dict(symbols or {})
        self.domain = dict(domain or {})
        self.dimensions = dict(dimensions or {})
        self._steps = {}
        self._symbols = {}

    @property
    def steps(self):
        """All steps in order, a tuple of `Step`."""
        return tuple(self._steps.values())

    @property
    def result(self):
        """Statement of the last step."""
        return self.step().statement

    @property
    def conditions(self):
        """All conditions under which the steps hold, in the order in which they came up."""
        return tuple(dict.fromkeys(c for step in self for c in step.new_conditions))

    @property
    def counts(self):
        """``{status: number of steps}``; assumptions made on the way are counted as well."""
        found = {}
        for step in self:
            found[step.status] = found.get(step.status, 0) + 1
            if step.assumes:
                found[ASSUMPTION] = found.get(ASSUMPTION, 0) + len(step.assumes)
        return found

    def step(self, name=None):
        """Return the step with this name, or the last one.

        Raises
        ------
        DerivationError
            If there is no such step; the message lists the names there are.
        """
        if name is None and self._steps:
            return self.steps[-1]
        if name not in self._steps:
            wanted = "" if name is None else f" named {name!r}"
            known = ", ".join(map(repr, self._steps)) or "none"
            raise DerivationError(f"{self.title}: there is no step{wanted}; steps so far: {known}")
        return self._steps[name]

    def __getitem__(self, name):
        """Statement of the step with this name."""
        return self.step(name).statement

    def __iter__(self):
        return iter(self.steps)

    def __len__(self):
        return len(self._steps)

    def __str__(self):
        return rendering.text(self)

    def __repr__(self):
        return f"<Derivation {self.title!r}, {len(self)} steps>"

    def _repr_markdown_(self):
        return rendering.markdown(self)

    def latex(self):
        """LaTeX source of the steps as a numbered ``align`` environment."""
        return rendering.latex(self)

    def add(self, name, kind, claimed, reason, prove, parents=(), where=()):
        """Prove a claim and append the step; every rule ends here.

        Parameters
        ----------
        prove : callable
            Takes the claim and the `Region` in which it is made, returns a dict of fields of
            `Step`; ``proof`` is a `Proof`.
        parents : sequence of Step
            What the step rests on: it inherits their conditions.
        where : sequence of relations
            Conditions that the author states for this step.
        """
        if name in self._steps:
            raise DerivationError(f"{self.title}: there are two steps named {name!r}")
        try:
            if not reason:
                raise Refused("a step needs its reason")
            statement = check_statement(claimed)
            _check_ordered(kind, statement, *(step.statement for step in parents))
            symbols = self._check_symbols(statement)
            fixed, choices = agreeing(parents)
            inherited = dict.fromkeys(c for step in parents for c in step.conditions)
            stated = tuple(map(_condition, where))
            region = self._region((*inherited, *stated))
            fields = {
                "statement": statement,
                "shown": statement,
                "fixed": fixed,
                "choices": choices,
                "conditions": tuple(inherited),
                **within(SECONDS, prove, statement, region),
            }
            fields["statement"] = check_statement(fields["statement"])
            step = self._completed(name, kind, reason, fields, stated, region)
        except (Refused, Late, RecursionError, *SYMPY_ERRORS) as problem:
            shown = claimed if isinstance(claimed, bool) else sp.sympify(claimed)
            why = problem if isinstance(problem, Refused) else UNDECIDED
            raise DerivationError(
                f"{self.title}, step {len(self) + 1} {name!r} ({kind}), claimed {shown}: {why}"
            ) from None
        self._steps[name] = step
        self._symbols = symbols
        return self

    def _completed(self, name, kind, reason, fields, stated, region):
        proof = fields.pop("proof", None) or Proof("", fields.get("status", ""))
        fields.setdefault("status", proof.status)
        if fields["status"] in PUT_IN and not fields["fixed"]:
            fields["fixed"] = spoken_of(fields["statement"])
        how = proof.how
        if region.missing and fields["status"] not in PUT_IN:
            packages = " and ".join(sorted(region.missing))
            fields["status"] = CHECKED
            how += f"; a condition was only tried at points, its proof needs the package {packages}"
        own = (*stated, *proof.needs, *self._finite(fields["statement"], region))
        conditions = dict.fromkeys((*fields["conditions"], *own))
        known = self.conditions
        fields["conditions"] = tuple(conditions)
        fields["new_conditions"] = tuple(c for c in conditions if c not in known)
        return Step(number=len(self) + 1, name=name, kind=kind, reason=reason, proof=how, **fields)

    def _finite(self, statement, region):
        """What has to be nonzero for both sides to be finite, and is not known to be."""
        found = []
        for side in sides(statement) or [statement]:
            if isinstance(side, sp.MatrixExpr):
                continue
            parts = side.flat() if isinstance(side, sp.MatrixBase) else [side]
            for part in parts:
                found += open_conditions(part, region)
        return tuple(dict.fromkeys(found))

    def _region(self, facts):
        """Where the statements are claimed: domain, assumed inequalities, conditions."""
        assumed = [
            step.statement
            for step in self
            if step.status == ASSUMPTION
            and isinstance(step.statement, Relational)
            and not isinstance(step.statement, sp.Equality)
            and not step.statement.has(sp.Function)
        ]
        region = Region(self.domain, (*assumed, *facts))
        for symbol, (low, high) in region.domain.items():
            if (high - low).is_nonpositive:
                raise Refused(f"the interval from {low} to {high} of {symbol} is empty")
        if region.facts and region.contradictory():
            raise Refused("the conditions and assumptions contradict each other")
        return region

    def _check_symbols(self, statement):
        """Two symbols of one name but different assumptions are different and never cancel."""
        symbols = dict(self._symbols)
        for symbol in statement.free_symbols:
            if symbols.setdefault(symbol.name, symbol) != symbol:
                raise Refused(
                    f"{symbol.name} has other assumptions here than in the steps before, so that "
                    "SymPy takes it for another symbol"
                )
        return symbols

    def equal(self, left, right, region):
        """Proof that two sides are equal in a region of this derivation."""
        return prove_equal(left, right, region, self.dimensions)

    def carried(self, step, claimed, operation, verify, equations_only=False):
        """Verify a claim against a statement side by side; return the fields of the new step."""
        old, new = sides(step.statement), sides(claimed)
        if old and equations_only and not isinstance(step.statement, sp.Equality):
            raise Refused("this operation is not allowed on an inequality")
        if old and new:
            if type(step.statement) is not type(claimed):
                raise Refused("an equation cannot become an inequality, nor the reverse")
            return {"proof": together([verify(*pair) for pair in zip(old, new, strict=True)])}
        if old:
            proof = verify(old[1], claimed)
            statement = step.statement.func(operation(old[0]), claimed, evaluate=False)
            statement = check_statement(statement)
            return {"proof": proof, "statement": statement, "shown": statement}
        if new:
            return {"proof": together([verify(step.statement, side) for side in new])}
        proof = verify(step.statement, claimed)
        before = operation(step.statement)
        return {
            "proof": proof,
            "shown": claimed if before == claimed else equation(before, claimed),
        }

    def check_runs(self, step, x, every=True):
        """Raise unless a statement may be worked on as a function of x.

        Calculus in x on an equation needs one that holds for every x (unless ``every`` is False);
        and no other quantity in it may depend on x without saying so.
        """
        x = sp.sympify(x)
        statement = step.statement
        if not statement.has(x):
            raise Refused(f"step {step.name!r} does not depend on {x}")
        for other in self:
            link = other.statement
            if (
                isinstance(link, sp.Equality)
                and isinstance(link.lhs, sp.Symbol)
                and link.lhs in statement.free_symbols - {x}
                and x in link.rhs.free_symbols
                and other is not step
            ):
                raise Refused(
                    f"{link.lhs} depends on {x} by ({other.number}): write it as a function of "
                    f"{x}, or put it in first"
                )
        if not every or not sides(statement) or x not in step.fixed:
            return
        raise Refused(
            f"step {step.name!r} is an equation for {x}, not one that holds for all {x}: write "
            f"the quantity that depends on {x} as a function of it"
        )

    def check_range(self, x, lower, upper, region):
        """Raise unless x keeps its assumptions and its domain on an interval."""
        if x.is_integer:
            raise Refused(f"{x} is an integer, so that nothing is continuous in it")
        low, high = region.bounds(x)
        inside = [sp.Ge(lower, low)] * (low != -sp.oo) + [sp.Le(upper, high)] * (high != sp.oo)
        inside += [sp.Le(lower, high)] * (high != sp.oo) + [sp.Ge(upper, low)] * (low != -sp.oo)
        for relation in inside:
            if relation == sp.true or (relation != sp.false and region.holds(relation)):
                continue
            found = None if relation == sp.false else violated(relation, region)
            sure = "leaves" if relation == sp.false or found else "is not known to stay in"
            raise Refused(
                f"the interval from {lower} to {upper} {sure} the values of {x}, which are those "
                f"from {low} to {high}"
            )


def _check_ordered(kind, *statements):
    """Only some rules keep factors that do not commute in their places."""
    if kind in UNORDERED and any(map(mixes, statements)):
        raise Refused(f"{UNDECIDED}: {kind} is not done with factors that do not commute")
    for part in set().union(*(s.atoms(sp.Function, sp.Pow) for s in statements)):
        inner = part.args if isinstance(part, sp.Function) else [part.exp]
        if not isinstance(part, AppliedUndef) and any(map(mixes, inner)):
            raise Refused(f"{UNDECIDED}: {part} is a function of factors that do not commute")


def _condition(relation):
    relation = sp.sympify(relation)
    if relation == sp.true:
        return relation
    if not isinstance(relation, Relational):
        relation = sp.Ne(relation, 0)
    return relation
