"""Verification of a claimed solution by putting it back into the equations."""

import sympy as sp

from theory.derivation.equality import prove_equal
from theory.derivation.evidence import Refuted
from theory.derivation.substitution import substituted


def verify_solution(statements, claimed, x, unique, source, dimensions=None):
    """Put a solution back into its equations and say how they were found to hold.

    Parameters
    ----------
    statements : list of equations, or of expressions that are set to 0
    claimed : equation ``x = solution``
    x : symbol, undefined function, derivative, or column matrix of these
    unique : bool
        Whether SymPy has to find no other solution (one unknown, or a linear system).
    source : PointSource
    dimensions : dict, optional

    Returns
    -------
    str
    """
    if not isinstance(claimed, sp.Equality):
        raise Refuted("a solution is an equation Eq(unknown, value)")
    x = sp.ImmutableMatrix(x) if isinstance(x, sp.MatrixBase | list | tuple) else sp.sympify(x)
    if claimed.lhs != x:
        raise Refuted(f"the left side of a solution is the unknown {x}")
    unknowns = list(x) if isinstance(x, sp.MatrixBase) else [x]
    values = list(claimed.rhs) if isinstance(x, sp.MatrixBase) else [claimed.rhs]
    if any(value.has(*unknowns) for value in values):
        raise Refuted(f"the solution still contains {x}")
    solution = dict(zip(unknowns, values, strict=True))
    residuals = []
    for statement in statements:
        left, right = statement.args if isinstance(statement, sp.Equality) else (statement, 0)
        pair = [sp.sympify(left), sp.sympify(right)]
        residuals.append(pair[0] - pair[1] if right != 0 else pair[0])
        left_after, right_after = substituted(pair, solution)
        if right == 0 and isinstance(left_after, sp.MatrixBase):
            right_after = sp.zeros(*left_after.shape)
        proof = prove_equal(left_after, right_after, source=source, dimensions=dimensions)
    sentence = f"put back: {proof}"
    if unique:
        equations = [e for r in residuals for e in (r if isinstance(r, sp.MatrixBase) else [r])]
        found = sp.solve(equations, unknowns, dict=True)
        if len(found) != 1 or len(found[0]) != len(unknowns):
            raise Refuted(f"the solution is not the only one SymPy finds: {found}")
        for unknown, value in solution.items():
            prove_equal(found[0][unknown], value, source=source)
        sentence += "; no other solution found"
    return sentence
