"""The numbered list of steps: names, order, printing and the error that a bad step raises."""

import sympy as sp

from theory.derivation import rendering
from theory.derivation.equality import prove_equal
from theory.derivation.evidence import Refuted
from theory.derivation.sampling import PointSource
from theory.derivation.step import Step, check_statement, equation, sides


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
        self._options = {"source": PointSource(self.domain), "dimensions": self.dimensions}
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

    def _add(self, name, kind, claimed, reason, prove):
        """Prove a claim with ``prove(claimed) -> dict of Step fields`` and append the step."""
        if name in self._steps:
            raise DerivationError(f"{self.title}: there are two steps named {name!r}")
        try:
            if not reason:
                raise Refuted("a step needs its reason")
            statement = check_statement(claimed)
            symbols = self._check_symbols(statement)
            fields = {"statement": statement, "shown": statement, **prove(statement)}
            fields["statement"] = check_statement(fields["statement"])
        except (Refuted, NotImplementedError, RecursionError) as problem:
            shown = claimed if isinstance(claimed, bool) else sp.sympify(claimed)
            raise DerivationError(
                f"{self.title}, step {len(self) + 1} {name!r} ({kind}), claimed {shown}: "
                + (str(problem) if isinstance(problem, Refuted) else f"SymPy gave up ({problem})")
            ) from None
        self._steps[name] = Step(
            number=len(self) + 1, name=name, kind=kind, reason=reason, **fields
        )
        self._symbols = symbols
        return self

    def _check_symbols(self, statement):
        """Two symbols of one name but different assumptions are different and never cancel."""
        symbols = dict(self._symbols)
        for symbol in statement.free_symbols:
            if symbols.setdefault(symbol.name, symbol) != symbol:
                raise Refuted(
                    f"{symbol.name} has other assumptions here than in the steps before, so that "
                    "SymPy takes it for another symbol"
                )
        return symbols

    def _equal(self, derived, claimed):
        return prove_equal(derived, claimed, **self._options)

    def _carried(self, step, claimed, operation, verify, equations_only=False):
        """Verify a claim against a statement side by side; return the fields of the new step."""
        old, new = sides(step.statement), sides(claimed)
        if old and equations_only and not isinstance(step.statement, sp.Equality):
            raise Refuted("this operation is not allowed on an inequality")
        if old and new:
            if type(step.statement) is not type(claimed):
                raise Refuted("an equation cannot become an inequality, nor the reverse")
            proofs = [verify(*pair) for pair in zip(old, new, strict=True)]
            # The side that was harder to prove is the one to report.
            return {"proof": max(proofs, key=lambda proof: "digits" in proof)}
        if old:
            proof = verify(old[1], claimed)
            left = operation(old[0])
            statement = check_statement(step.statement.func(left, claimed, evaluate=False))
            return {"proof": proof, "statement": statement, "shown": statement}
        if new:
            proofs = [verify(step.statement, side) for side in new]
            return {"proof": max(proofs, key=lambda proof: "digits" in proof)}
        proof = verify(step.statement, claimed)
        before = operation(step.statement)
        shown = claimed if before == claimed else equation(before, claimed)
        return {"proof": proof, "shown": shown}
