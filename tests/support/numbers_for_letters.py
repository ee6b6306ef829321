"""Values of expressions in which matrices of numbers stand for what does not commute."""

import sympy as sp


def in_matrices(expressions, rng, size=3, letters=None, scalars=None):
    """Exact values of expressions; a letter that is not given is a random matrix of integers.

    Returns None where one of them is a function of letters or has no inverse.
    """
    letters = {} if letters is None else letters
    scalars = {} if scalars is None else scalars

    def number(e):
        for symbol in sorted(e.free_symbols, key=str):
            scalars.setdefault(symbol, sp.Rational(rng.randint(1, 30), rng.randint(31, 40)))
        return e.xreplace(scalars)

    def value(e):
        if e.is_commutative:
            side = next(iter(letters.values())).rows if letters else size
            return number(e) * sp.eye(side)
        if e.is_Add:
            return sum((value(part) for part in e.args[1:]), value(e.args[0]))
        if e.is_Mul:
            product = value(e.args[0])
            for part in e.args[1:]:
                product = product * value(part)
            return product
        if e.is_Pow and e.exp.is_Integer:
            return value(e.base) ** e.exp
        if not (e.is_Symbol or isinstance(e, sp.core.function.AppliedUndef | sp.Derivative)):
            raise ValueError(e)
        if e not in letters:
            letters[e] = sp.Matrix(size, size, lambda i, j: rng.randint(-9, 9))
        return letters[e]

    try:
        return [value(sp.sympify(e)) for e in expressions]
    except (ValueError, sp.matrices.exceptions.NonInvertibleMatrixError):
        return None
