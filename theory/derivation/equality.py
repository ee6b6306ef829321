"""Proof that two expressions are equal: a search for a counterexample, then simplification.

A wrong claim fails fast at a random point, also where simplification would not decide. A true one
is reported with the stronger of two proofs: the difference simplifies to 0, or both sides agree to
40 digits at random points that respect the assumptions of the symbols.
"""

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from theory.derivation.evidence import ATTEMPTS, DIGITS, Refuted, search_counterexample
from theory.derivation.sampling import PointSource

ZERO = "the difference simplifies to 0"


def prove_equal(left, right, source=None, dimensions=None):
    """Prove that two scalars or matrices are equal and say how.

    Parameters
    ----------
    left, right : sympy expression or matrix
        Undefined functions, their derivatives, and integrals or sums over them are treated as
        independent quantities; derivatives that can be evaluated are evaluated first.
    source : PointSource, optional
        Where random points come from.
    dimensions : dict, optional
        ``{symbol: sizes}`` for matrix symbols of symbolic size; the statement is checked for each
        size only and the proof says so.

    Returns
    -------
    str
        The proof, a sentence without capital and full stop.

    Raises
    ------
    Refuted
        With the counterexample, or with the reason why nothing could be decided.
    """
    source = source or PointSource()
    cases = _explicit_cases(left, right, dimensions or {})
    proofs = [_prove_pairs(pairs, source) for pairs in cases.values()]
    weakest = next((proof for proof in proofs if proof != ZERO), ZERO)
    note = " and ".join(str(size) for size in cases if size is not None)
    return f"{weakest}, for dimension {note}" if note else weakest


def evaluate_derivatives(expression):
    """Carry out derivatives and postponed substitutions, leaving integrals and sums as they are."""
    return expression.replace(
        lambda part: isinstance(part, sp.Derivative | sp.Subs),
        lambda part: part.doit(integrals=False),
    )


def simplifies_to_zero(expression, effort=150):
    """Whether a scalar expression is brought to 0 by methods of bounded cost, cheapest first.

    Parameters
    ----------
    expression : sympy expression
    effort : int
        Largest number of operations for which ``simplify`` is tried; rational and exponential
        normal forms are tried up to four times that.
    """
    operations = sp.count_ops(expression)
    if operations > 4 * effort and not expression.is_polynomial():
        return bool(expression.is_zero)
    if expression.is_zero or sp.expand(expression).is_zero:
        return True
    if operations > 4 * effort:
        return False
    numerator = sp.fraction(sp.together(expression))[0]
    if sp.expand(numerator).is_zero:
        return True
    if expression.has(TrigonometricFunction, HyperbolicFunction):
        exponential = sp.fraction(sp.together(sp.expand(expression.rewrite(sp.exp), trig=False)))[0]
        if sp.powsimp(sp.expand(exponential)).is_zero:
            return True
    return operations <= effort and bool(sp.simplify(expression).is_zero)


def _explicit_cases(left, right, dimensions):
    """``{size: [(left entry, right entry), ...]}``; the size is None where none was chosen."""
    left, right = sp.sympify(left), sp.sympify(right)
    # The sizes of a matrix symbol are not among its free symbols.
    matrices = left.atoms(sp.MatrixSymbol) | right.atoms(sp.MatrixSymbol)
    seen = (left.free_symbols | right.free_symbols).union(
        *(size.free_symbols for matrix in matrices for size in matrix.shape)
    )
    free = {symbol for symbol in dimensions if symbol in seen}
    if not free:
        return {None: _entries(left, right)}
    cases = {}
    for size in sorted(set().union(*(dimensions[symbol] for symbol in free))):
        sized = {symbol: sp.Integer(size) for symbol in free if size in dimensions[symbol]}
        cases[size] = _entries(left.subs(sized), right.subs(sized))
    return cases


def _entries(left, right):
    sides = [_explicit(side) for side in (left, right)]
    matrices = [isinstance(side, sp.MatrixBase) for side in sides]
    if not any(matrices):
        return [tuple(sides)]
    if not all(matrices) or sides[0].shape != sides[1].shape:
        shapes = [getattr(side, "shape", "scalar") for side in sides]
        raise Refuted(f"the two sides have shapes {shapes[0]} and {shapes[1]}")
    return list(zip(*(side.flat() for side in sides), strict=True))


def _explicit(side):
    """The same object with every matrix symbol written out entry by entry."""
    symbols = side.atoms(sp.MatrixSymbol)
    if any(not size.is_Integer for symbol in symbols for size in symbol.shape):
        names = ", ".join(sorted(str(symbol) for symbol in symbols))
        raise Refuted(f"the sizes of {names} are symbolic: state dimensions={{n: (2, 3)}}")
    entries = {
        symbol: sp.ImmutableMatrix(*symbol.shape, lambda i, j, s=symbol: sp.Symbol(f"{s}_{i}{j}"))
        for symbol in symbols
    }
    if symbols:
        # A trace, a determinant or an inverse of a written-out matrix must be carried out too.
        side = side.xreplace(entries)
        # The adjugate is the quick way for the few rows that are meant here.
        side = side.replace(
            lambda part: isinstance(part, sp.Inverse),
            lambda part: part.arg.doit().as_explicit().inv(method="ADJ"),
        ).doit()
    return side.as_explicit() if isinstance(side, sp.MatrixExpr) else side


def _prove_pairs(pairs, source):
    pairs = [tuple(evaluate_derivatives(side) for side in pair) for pair in pairs]
    pairs = without_functions(pairs)
    points = search_counterexample(pairs, source)
    # With numbers in hand the symbolic proof only improves the sentence: bound its cost in total.
    effort = (150 if points else 600) // min(len(pairs), 4)
    if all(simplifies_to_zero(left - right, effort) for left, right in pairs):
        return ZERO
    if not points:
        raise Refuted(
            "neither simplification nor numbers decide it: fewer than 5 of "
            f"{ATTEMPTS} random points gave finite values; declare symbols real or positive, or "
            "state a domain"
        )
    if not any(side.free_symbols for pair in pairs for side in pair):
        return f"agreement to {DIGITS} digits"
    return f"agreement to {DIGITS} digits at {points} random points"


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
