"""Proof that two expressions are equal.

A rational identity is decided exactly. Otherwise a counterexample is searched first; then the
difference is simplified under assumptions and domain, then the solver of real arithmetic is asked
(for absolute values and cases). What remains open is *checked* where both sides are analytic all
over the region, so that agreement at scattered points cannot end at a kink; else it is refused.
"""

import sympy as sp

from theory.derivation import smt
from theory.derivation.definedness import analytic
from theory.derivation.evidence import (
    DIGITS,
    confirmed,
    search_counterexample,
    steep_places,
    violated,
)
from theory.derivation.integrals import carried_out
from theory.derivation.matrices import same_words
from theory.derivation.noncommuting import ORDERED, commutes, difference
from theory.derivation.normal import (
    are_independent,
    decides_rationally,
    evaluate_derivatives,
    is_one,
    is_plainly_zero,
    is_zero,
    split_sums,
    without_functions,
)
from theory.derivation.verdict import CHECKED, UNDECIDED, Counterexample, Proof, Refused, together

ZERO = "the difference simplifies to 0"


def prove_equal(left, right, region, dimensions=None):
    """Prove that two scalars or matrices are equal and say how.

    Parameters
    ----------
    left, right : sympy expression or matrix
        Undefined functions, their derivatives, and integrals or sums over them are treated as
        independent quantities; derivatives that can be evaluated are evaluated first.
    region : Region
    dimensions : dict, optional
        ``{symbol: sizes}`` for matrix symbols of symbolic size that are not proved for any size.

    Returns
    -------
    Proof

    Raises
    ------
    Refused
        With the counterexample, or with the reason why nothing could be decided.
    """
    left, right = sp.sympify(left), sp.sympify(right)
    if left == right:
        return Proof(ZERO)
    shapes = [getattr(side, "shape", ()) for side in (left, right)]
    if bool(shapes[0]) != bool(shapes[1]):
        raise Refused("one of the two sides is a matrix, the other is none")
    if left.atoms(sp.MatrixSymbol) | right.atoms(sp.MatrixSymbol):
        proof = same_words(left, right)
        if proof:
            return proof
    cases = _explicit_cases(left, right, dimensions or {})
    proof = together([_prove_pairs(pairs, region) for pairs in cases.values()])
    note = " and ".join(str(size) for size in cases if size is not None)
    return proof.said(f"{{}}, for size {note} only") if note else proof


def _explicit_cases(left, right, dimensions):
    """``{size: [(left entry, right entry), ...]}``; the size is None where none was chosen."""
    # The sizes of a matrix symbol are not among its free symbols.
    matrices = left.atoms(sp.MatrixSymbol) | right.atoms(sp.MatrixSymbol)
    seen = (left.free_symbols | right.free_symbols).union(
        *(size.free_symbols for matrix in matrices for size in matrix.shape)
    )
    free = {symbol for symbol in dimensions if symbol in seen}
    if not free:
        return {None: _entries(left, right)}
    sizes = sorted(set().union(*(dimensions[symbol] for symbol in free)))
    if max(sizes) < 2:
        raise Refused("matrices of size 1 commute: state a larger size, for example {n: (2, 3)}")
    cases = {}
    for size in sizes:
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
        raise Refused(f"the two sides have shapes {shapes[0]} and {shapes[1]}")
    return list(zip(*(side.flat() for side in sides), strict=True))


def _explicit(side):
    """The same object with every matrix symbol written out entry by entry."""
    symbols = side.atoms(sp.MatrixSymbol)
    if any(not size.is_Integer for symbol in symbols for size in symbol.shape):
        names = ", ".join(sorted(str(symbol) for symbol in symbols))
        raise Refused(
            f"not the same products of matrices; to prove it for some sizes of {names} state "
            "dimensions={n: (2, 3)}"
        )
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


def _prove_pairs(pairs, region):
    pairs = [tuple(evaluate_derivatives(side) for side in pair) for pair in pairs]
    ordered = [pair for pair in pairs if not all(commutes(side) for side in pair)]
    scalars = [pair for pair in pairs if all(commutes(side) for side in pair)]
    proofs = [_prove_ordered(*pair, region) for pair in ordered]
    if scalars:
        proofs.append(_prove_scalars(scalars, region))
    return together(proofs)


def _prove_ordered(left, right, region):
    """Equality of expressions in factors that do not commute, word by word."""
    rest = difference(left, right)
    if not rest:
        return Proof(ORDERED)
    try:
        if any(value.has(sp.Limit) for value in rest.values()):
            raise Refused("a limit is left")
        proof = _prove_scalars([(value, sp.S.Zero) for value in rest.values()], region)
        return Proof(ORDERED, proof.status, proof.needs)
    except Refused:
        raise Refused(
            f"the symbols do not commute, and the difference {sp.expand(left - right)} is not 0"
        ) from None


def _prove_scalars(pairs, region):
    if any(side.has(sp.oo, -sp.oo, sp.zoo, sp.nan) for pair in pairs for side in pair if not
           side.has(sp.Integral, sp.Sum, sp.Limit)):  # fmt: skip
        if all(left == right for left, right in pairs):
            return Proof(ZERO)
        raise Refused("one of the two sides is infinite")
    independent = are_independent(side for pair in pairs for side in pair)
    pairs = [tuple(split_sums(side) for side in pair) for pair in pairs]
    written = without_functions(pairs)
    pairs, evaluated = carried_out(pairs, region)
    pairs = without_functions(pairs)
    answers = [decides_rationally(left - right) for left, right in pairs]
    answers = [
        answer if answer is not None else is_plainly_zero(left - right, region) or None
        for (left, right), answer in zip(pairs, answers, strict=True)
    ]
    if all(answers):
        return Proof(ZERO).along(evaluated)
    try:
        points = search_counterexample(pairs, region)
    except Counterexample:
        if not independent:
            raise Refused(
                f"{UNDECIDED}: the sums, integrals or limits in it are not carried out, and "
                "values for them would be invented"
            ) from None
        # The limits in the value of an integral are SymPy's: only quadrature refutes the claim.
        search_counterexample(written, region)
        if written == pairs:
            raise
        raise Refused(f"{UNDECIDED}: an integral found by SymPy differs from the claim") from None
    symbols = set().union(*(side.free_symbols for pair in pairs for side in pair))
    plain = not any(s.is_integer or s in region.domain or region.facts for s in symbols)
    if False in answers and independent and plain:
        raise Refused("the two sides are different rational functions")
    # With numbers in hand the symbolic proof only improves the sentence: bound its cost in total.
    effort = (150 if points else 600) // min(len(pairs), 4)
    open_pairs = [
        pair
        for pair, answer in zip(pairs, answers, strict=True)
        if not answer
        and not is_zero(pair[0] - pair[1], region, effort)
        and not is_one(*pair, region, effort)
    ]
    if not open_pairs:
        return Proof(ZERO).along(evaluated)
    if all(_equal_for_solver(left - right, region) for left, right in open_pairs):
        return Proof("decided by the solver of real arithmetic").along(evaluated)
    return _checked(open_pairs, points, region).along(evaluated)


def _equal_for_solver(difference, region):
    kinked = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Pow, sp.Heaviside)
    if not difference.has(*kinked) or sp.count_ops(difference) > 200:
        return False
    if smt.z3 is None:
        if region.real(difference) and violated(sp.Eq(difference, 0, evaluate=False), region):
            return False
        return False
    return region.holds(sp.Eq(difference, 0, evaluate=False))


def _checked(pairs, points, region):
    sides = [side for pair in pairs for side in pair]
    symbols = set().union(*(side.free_symbols for side in sides))
    if not points:
        raise Refused(
            f"{UNDECIDED}: it does not simplify, and too few points gave finite values; declare "
            "symbols real or positive, or state a domain"
        )
    rough = [side for side in sides if not analytic(side, region)]
    numbers = [side for side in sides if side.has(sp.Integral)]
    if symbols and rough and not all(side in numbers for side in rough):
        raise Refused(
            f"{UNDECIDED}: it does not simplify, and agreement at {points} points tells nothing "
            f"of the rest, since {rough[0]} is not known to be smooth"
        )
    if symbols and not confirmed(pairs, region):
        raise Refused(f"the sides differ beyond the first {DIGITS} digits")
    if not symbols:
        return Proof(f"agreement to {DIGITS} digits", CHECKED)
    steep = steep_places(sides)
    where = " and near every zero of an argument" if steep else ""
    return Proof(f"agreement to {DIGITS} digits at {points} points{where}", CHECKED)


def differ(left, right, region):
    """Whether two scalars, or matrices of numbers, certainly differ at an ordinary point."""
    try:
        pairs = _entries(sp.sympify(left), sp.sympify(right))
        pairs = [tuple(evaluate_derivatives(side) for side in pair) for pair in pairs]
        if not all(commutes(side) for pair in pairs for side in pair):
            return False
        search_counterexample(without_functions(pairs), region, most=4)
    except Counterexample:
        return True
    except Refused:
        return False
    return False
