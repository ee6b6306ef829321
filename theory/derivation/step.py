"""One step of a derivation and the checks that every statement passes before it is proved."""

from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from theory.derivation.verdict import CHECKED, PROVED, Refused

DEFINITION, ASSUMPTION, QUOTED, START = "definition", "assumption", "quoted", "start"
PUT_IN = (DEFINITION, ASSUMPTION, QUOTED, START)


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
        The rule that made it: ``define``, ``rewrite``, ``integrate``, ...
    statement : sympy equation, inequality, expression or matrix
        What later steps compute with.
    shown : sympy object
        What is printed; for an expression that was claimed of another, the equation of the two.
    reason : str
        Why the step is taken.
    status : str
        ``proved``, ``checked``, ``definition``, ``assumption``, ``quoted`` or, for an expression
        with which a text begins and that states nothing, ``start``.
    proof : str
        How it was proved or checked; for a quoted result its source; else empty.
    operation : tuple of str and sympy objects
        What was done to which earlier steps, for instance ``("derivative of (1) in ", t)``.
    relation : str
        LaTeX sign that takes the place of ``=`` in print, for instance ``\\sim``.
    conditions : tuple of relations
        Under which alone it holds, those of the steps it rests on included.
    new_conditions : tuple of relations
        Those of them that are printed here because no earlier step has them.
    assumes : tuple of equations
        Assumptions that the step makes on its way, for instance the value of a derivative.
    fixed : dict
        ``{symbol: value}`` of the quantities that its premises speak of.
    choices : dict
        ``{unknown: step}`` where one solution of several was chosen.
    """

    number: int
    name: str
    kind: str
    statement: object
    shown: object
    reason: str
    status: str = PROVED
    proof: str = ""
    operation: tuple = ()
    relation: str = ""
    conditions: tuple = ()
    new_conditions: tuple = ()
    assumes: tuple = ()
    fixed: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)

    @property
    def is_premise(self):
        """Whether the step was put in and not derived."""
        return self.status not in (PROVED, CHECKED)


def sides(statement):
    """The two sides of an equation or inequality, or None for an expression."""
    return (statement.lhs, statement.rhs) if isinstance(statement, Relational) else None


def equation(left, right):
    """An equation that SymPy leaves as it stands."""
    return sp.Eq(left, right, evaluate=False)


def running(statement):
    """Symbols for all of whose values a statement is made: arguments of its functions."""
    return set().union(*(part.free_symbols for part in statement.atoms(AppliedUndef)))


def spoken_of(statement):
    """``{symbol: symbol}`` for the single quantities that a premise connects with each other."""
    if not isinstance(statement, Relational):
        return {}
    return {s: s for s in statement.free_symbols - running(statement)}


def agreeing(steps):
    """The fixed quantities and choices of several steps together.

    Raises
    ------
    Refused
        If a quantity has one value in one step and another one in another.
    """
    joined = []
    for which in ("fixed", "choices"):
        whole, seen = {}, {}
        for step in steps:
            for key, value in getattr(step, which).items():
                if whole.setdefault(key, value) != value:
                    a, b = seen[key], step
                    raise Refused(
                        f"({a.number}) and ({b.number}) do not speak of the same {key}: "
                        + (
                            f"it is {whole[key]} in the one and {value} in the other"
                            if which == "fixed"
                            else "each takes another solution"
                        )
                    )
                seen.setdefault(key, step)
        joined.append(whole)
    return joined


def check_statement(claimed):
    """Return a claim as a SymPy object, or raise `Refused` if it says nothing or is not exact."""
    if isinstance(claimed, str):
        raise Refused("a statement is a SymPy object, not a string")
    if isinstance(claimed, list | tuple):
        claimed = sp.ImmutableMatrix(claimed)
    claimed = sp.sympify(claimed)
    if isinstance(claimed, sp.MatrixBase):
        claimed = sp.ImmutableMatrix(claimed)
    if claimed in (sp.true, sp.false):
        raise Refused(
            f"SymPy evaluated the claim to {claimed} before it could be proved, so nothing is left "
            "to state; its two sides are trivially equal or different"
        )
    if isinstance(claimed, sp.logic.boolalg.BooleanFunction):
        raise Refused("a statement is one equation or inequality, not several joined together")
    if claimed.has(sp.nan, sp.zoo):
        raise Refused("the claim contains nan or an undirected infinity")
    floats = claimed.atoms(sp.Float)
    if floats:
        raise Refused(
            f"the claim contains the rounded number {min(floats)}: write it exactly, for example "
            f"Rational('{sp.nsimplify(min(floats), rational=True)}')"
        )
    both = sides(claimed)
    if both and both[0] == both[1]:
        raise Refused("both sides of the claim are identical: it says nothing")
    return claimed
