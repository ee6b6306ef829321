"""One step of a derivation and the checks that every statement passes before it is proved."""

from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from theory.derivation.evidence import Refuted


@dataclass(frozen=True)
class Step:
    """One numbered statement of a derivation.

    Attributes
    ----------
    number : int
        Position in the derivation, from 1.
    name : str
        The name by which later steps refer to it.
    kind : str
        The method that made it: ``given``, ``rewrite``, ``integrate``, ...
    statement : sympy equation, inequality, expression or matrix
        What later steps compute with.
    shown : sympy object
        What is printed; for an expression that was claimed of another, the equation of the two.
    reason : str
        Why the step is taken.
    proof : str
        How it was proved, empty for a premise.
    operation : tuple of str and sympy objects
        What was done to which earlier steps, for instance ``("derivative of (1) in ", t)``.
    relation : str
        LaTeX sign that takes the place of ``=`` in print, for instance ``\\sim``.
    """

    number: int
    name: str
    kind: str
    statement: object
    shown: object
    reason: str
    proof: str = ""
    operation: tuple = ()
    relation: str = ""

    @property
    def is_premise(self):
        """Whether the step is a premise or definition, which is not proved."""
        return self.kind == "given"


def sides(statement):
    """The two sides of an equation or inequality, or None for an expression."""
    return (statement.lhs, statement.rhs) if isinstance(statement, Relational) else None


def equation(left, right):
    """An equation that SymPy leaves as it stands."""
    return sp.Eq(left, right, evaluate=False)


def check_statement(claimed):
    """Return a claim as a SymPy object, or raise `Refuted` if it says nothing or is not exact."""
    if isinstance(claimed, str):
        raise Refuted("a statement is a SymPy object, not a string")
    if isinstance(claimed, list | tuple):
        claimed = sp.ImmutableMatrix(claimed)
    claimed = sp.sympify(claimed)
    if isinstance(claimed, sp.MatrixBase):
        claimed = sp.ImmutableMatrix(claimed)
    if claimed in (sp.true, sp.false):
        raise Refuted(
            f"SymPy evaluated the claim to {claimed} before it could be proved, so nothing is left "
            "to state; its two sides are trivially equal or different"
        )
    if claimed.has(sp.nan, sp.zoo):
        raise Refuted("the claim contains nan or an undirected infinity")
    floats = claimed.atoms(sp.Float)
    if floats:
        raise Refuted(
            f"the claim contains the rounded number {min(floats)}: write it exactly, for example "
            f"Rational('{sp.nsimplify(min(floats), rational=True)}')"
        )
    both = sides(claimed)
    if both and both[0] == both[1]:
        raise Refuted("both sides of the claim are identical: it says nothing")
    return claimed
