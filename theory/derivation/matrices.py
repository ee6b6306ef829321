"""Statements on matrix symbols, proved for any size by their words.

Products of matrices are words in letters that do not commute: a letter for each symbol, for its
transpose and for its inverse; a trace is a word up to cyclic exchange. Two expressions with the
same sum of words are equal whatever the sizes. No numbers are put in for such symbols.
"""

import sympy as sp

from theory.derivation.verdict import Proof

ANY_SIZE = "expanded into products of matrices, term by term the same, for any size"


class NoWord(Exception):
    """A part has no form as a sum of words."""


def same_words(left, right):
    """Proof that two matrix expressions have the same words, or None."""
    try:
        words = _Words()
        difference = sp.expand(words.of(sp.sympify(left)) - words.of(sp.sympify(right)))
        if words.reduced(difference).is_zero:
            return Proof(ANY_SIZE)
    except (NoWord, TypeError, AttributeError, NotImplementedError):
        return None
    return None


class _Words:
    """Translates matrix expressions to polynomials in non-commuting letters."""

    def __init__(self):
        self._letters = {}
        self._traces = {}

    def letter(self, matrix, inverse, transposed):
        if matrix.is_Identity:
            return sp.S.One
        key = (matrix, inverse, transposed and matrix not in _SYMMETRIC)
        if key not in self._letters:
            name = f"{matrix}{'i' if inverse else ''}{'t' if transposed else ''}"
            self._letters[key] = sp.Dummy(name, commutative=False)
        return self._letters[key]

    def of(self, e, transposed=False, inverse=False):
        """The words of an expression, or of its transpose or inverse."""
        if isinstance(e, sp.MatrixSymbol) or getattr(e, "is_Identity", False):
            return self.letter(e, inverse, transposed)
        if isinstance(e, sp.ZeroMatrix):
            return sp.S.Zero
        if isinstance(e, sp.Transpose):
            return self.of(e.arg, not transposed, inverse)
        if isinstance(e, sp.Inverse):
            return self.of(e.arg, transposed, not inverse)
        if isinstance(e, sp.MatAdd):
            if inverse:
                return self._inverse_of_sum(e, transposed)
            return sp.Add(*(self.of(part, transposed) for part in e.args))
        if isinstance(e, sp.MatMul):
            if inverse and any(part.is_Matrix and not _square(part) for part in e.args):
                raise NoWord(e)
            factors = [
                self.of(part, transposed, inverse)
                if part.is_Matrix
                else (1 / self.of(part) if inverse else self.of(part))
                for part in e.args
            ]
            return sp.Mul(*(factors[::-1] if transposed != inverse else factors))
        if isinstance(e, sp.MatPow) and e.exp.is_Integer:
            power = int(e.exp)
            return self.of(e.base, transposed, inverse != (power < 0)) ** abs(power)
        if isinstance(e, sp.Trace):
            return self._trace(e.arg)
        if isinstance(e, sp.MatrixBase | sp.MatrixExpr) or inverse or transposed:
            raise NoWord(e)
        if e.has(sp.MatrixExpr):
            if e.is_Add or e.is_Mul:
                return e.func(*(self.of(part) for part in e.args))
            raise NoWord(e)
        return e

    def reduced(self, polynomial):
        """Cancel every letter with its inverse where they meet."""
        pairs = {}
        for (matrix, inverse, transposed), letter in list(self._letters.items()):
            if inverse:
                plain = self.letter(matrix, False, transposed)
                pairs[letter] = plain
                pairs[plain] = letter
        return sp.expand(sp.Add(*(_cancelled(t, pairs) for t in sp.Add.make_args(polynomial))))

    def _inverse_of_sum(self, e, transposed):
        """The inverse of a sum is a letter of its own; the sum is then known by it."""
        return self.letter(_Sum(sp.expand(e.doit())), True, transposed)

    def _trace(self, inner):
        polynomial = self.reduced(sp.expand(self.of(inner)))
        total = sp.S.Zero
        for term in sp.Add.make_args(polynomial):
            scalars, word = term.args_cnc()
            letters = [x for part in word for x in _spelled(part)]
            if not letters:
                total += sp.Mul(*scalars) * sp.Symbol("trace of 1")
                continue
            # The trace of a transpose is the trace: take the least of all turns of both readings.
            turned = [self._flipped(x) for x in reversed(letters)]
            turns = [
                tuple(reading[i:] + reading[:i])
                for reading in (letters, turned)
                for i in range(len(reading))
            ]
            key = min(turns, key=lambda turn: [str(x) + str(x.dummy_index) for x in turn])
            total += sp.Mul(*scalars) * self._traces.setdefault(key, sp.Dummy("trace"))
        return total

    def _flipped(self, letter):
        for (matrix, inverse, transposed), known in self._letters.items():
            if known == letter:
                return self.letter(matrix, inverse, not transposed)
        raise NoWord(letter)


class _Sum:
    """A sum of matrices as a letter: equal sums are one letter."""

    is_Identity = False

    def __init__(self, terms):
        self.terms = terms

    def __eq__(self, other):
        return isinstance(other, _Sum) and self.terms == other.terms

    def __hash__(self):
        return hash(self.terms)

    def __str__(self):
        return "sum"


_SYMMETRIC = frozenset()


def _square(matrix):
    return matrix.shape[0] == matrix.shape[1]


def _spelled(part):
    base, exponent = part.as_base_exp()
    if not exponent.is_Integer or exponent < 0:
        raise NoWord(part)
    return [base] * int(exponent)


def _cancelled(term, pairs):
    scalars, word = term.args_cnc()
    kept = []
    for letter in (x for part in word for x in _spelled(part)):
        if kept and pairs.get(letter) is not None and kept[-1] == pairs[letter]:
            kept.pop()
        else:
            kept.append(letter)
    return sp.Mul(*scalars) * sp.Mul(*kept)
