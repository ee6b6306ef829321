"""Algebra of quantities that do not commute: sums of words, and their derivatives.

SymPy's own derivative, series and simplification reorder the factors of powers. Here every
expression is a sum of words, a word being letters in their order with a coefficient that commutes;
a letter is a symbol, an undefined function, one of its derivatives, or the inverse of one of these
or of a sum. An inverse exists where that is printed as a condition.
"""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.verdict import UNDECIDED, Refused

MOST_WORDS, MOST_STEPS = 3000, 200
ORDERED = "expanded without exchanging factors, the difference is 0"


def commutes(expression):
    """Whether all symbols of a scalar expression commute."""
    return expression.is_commutative is not False


def mixes(expression):
    """Whether quantities that do not commute occur in an expression, matrices aside."""
    return any(
        part.is_commutative is False and isinstance(part, sp.Symbol | AppliedUndef)
        for part in sp.preorder_traversal(expression)
    )


def words(expression):
    """``{word: coefficient}`` of an expression; a word is a tuple of ``(letter, 1 or -1)``.

    Raises
    ------
    Refused
        For functions of letters, and powers that are no integers.
    """
    e = sp.sympify(expression)
    # SymPy says of a limit that it does not commute, whatever is in it.
    if commutes(e) or not (mixes(e) or e.has(sp.MatrixExpr)):
        return {(): e} if e != 0 else {}
    if e.is_Add:
        return _sum([words(part) for part in e.args])
    if e.is_Mul:
        found = {(): sp.S.One}
        for part in e.args:
            found = _product(found, words(part))
        return found
    if e.is_Pow and e.exp.is_Integer:
        base = words(e.base)
        base = base if e.exp > 0 else _inverse(base)
        found = {(): sp.S.One}
        for _ in range(abs(int(e.exp))):
            found = _product(found, base)
        return found
    if isinstance(e, sp.Symbol | AppliedUndef) or _is_letter(e):
        return {((e, 1),): sp.S.One}
    raise Refused(f"{UNDECIDED}: {e} is no sum of products of quantities that do not commute")


def _is_letter(e):
    return isinstance(e, sp.Derivative | sp.Subs) and isinstance(
        e.expr, AppliedUndef | sp.Derivative
    )


def _sum(parts):
    total = {}
    for part in parts:
        for word, coefficient in part.items():
            total[word] = total.get(word, sp.S.Zero) + coefficient
    total = {word: sp.expand(coefficient) for word, coefficient in total.items()}
    return {word: coefficient for word, coefficient in total.items() if coefficient != 0}


def _product(left, right):
    if len(left) * len(right) > MOST_WORDS:
        raise Refused(f"{UNDECIDED}: too many products of quantities that do not commute")
    return _sum([{_joined(p, q): a * b} for p, a in left.items() for q, b in right.items()])


def _joined(left, right):
    """Two words in one: a letter and its inverse cancel where they meet."""
    left, right = list(left), list(right)
    while left and right and left[-1][0] == right[0][0] and left[-1][1] == -right[0][1]:
        left.pop()
        right.pop(0)
    return (*left, *right)


def _inverse(polynomial):
    if not polynomial:
        raise Refused("it divides by 0")
    if len(polynomial) == 1:
        ((word, coefficient),) = polynomial.items()
        return {tuple((letter, -power) for letter, power in reversed(word)): 1 / coefficient}
    return {((frozenset(polynomial.items()), -1),): sp.S.One}


def _reduced(total):
    """Words in which no inverse of a sum stands next to the longest word of that sum."""
    for _ in range(MOST_STEPS):
        for word, coefficient in total.items():
            shorter = _shortened(word)
            if shorter is not None:
                rest = {w: value for w, value in total.items() if w != word}
                total = _sum([rest, _product({(): coefficient}, shorter)])
                break
        else:
            return total
    return total


def _shortened(word):
    """``S**-1 A = (1 - S**-1 R) / c`` where ``S = c A + R``, likewise on the other side."""
    for place, (letter, power) in enumerate(word):
        if not (isinstance(letter, frozenset) and power == -1):
            continue
        total = dict(letter)
        longest = max(total, key=lambda w: (len(w), str(w)))
        scale = total.pop(longest)
        if not scale.is_number:
            continue
        one, size = {((letter, -1),): -sp.S.One}, len(longest)
        before, after = word[:place], word[place + 1 :]
        if after[:size] == longest:
            middle = _sum([{(): sp.S.One}, _product(one, total)])
            after = after[size:]
        elif before[len(before) - size :] == longest:
            middle = _sum([{(): sp.S.One}, _product(total, one)])
            before = before[: len(before) - size]
        else:
            continue
        return _product(_product({before: 1 / scale}, middle), {after: sp.S.One})
    return None


def difference(left, right):
    """Words of ``left - right``, multiplied by the sums whose inverses they begin or end with.

    That multiplication changes nothing of the question whether the difference is 0.
    """
    total = _sum([words(left), {word: -coefficient for word, coefficient in words(right).items()}])
    for _ in range(8):
        total = _reduced(total)
        # Multiplied by the sum, the words with its inverse at that end lose it.
        ends = [(word[end], end) for word in total if word for end in (0, -1)]
        found = [(letter, end) for (letter, _), end in ends if isinstance(letter, frozenset)]
        if not found:
            break
        letter, end = found[0]
        plain, kept = dict(letter), []
        for word, coefficient in total.items():
            one = {word: coefficient}
            if word and word[end] == (letter, -1):
                kept.append({word[1:] if end == 0 else word[:-1]: coefficient})
            else:
                kept.append(_product(plain, one) if end == 0 else _product(one, plain))
        total = _sum(kept)
    return total


def contains(polynomial, x):
    """Whether a symbol or function occurs in ``{word: coefficient}``."""
    return any(
        coefficient.has(x)
        or any(
            contains(dict(letter), x) if isinstance(letter, frozenset) else letter.has(x)
            for letter, _ in word
        )
        for word, coefficient in polynomial.items()
    )


def written(polynomial):
    """The expression of ``{word: coefficient}``."""

    def spelled(letter):
        return written(dict(letter)) if isinstance(letter, frozenset) else letter

    return sp.Add(
        *(
            coefficient * sp.Mul(*(spelled(letter) ** power for letter, power in word))
            for word, coefficient in polynomial.items()
        )
    )


def derivative(expression, x):
    """Derivative in a symbol, by the product rule with every factor in its place."""
    e = sp.sympify(expression)
    if isinstance(e, sp.MatrixBase):
        return e.applyfunc(lambda entry: derivative(entry, x))
    if isinstance(e, sp.MatrixExpr) or (not mixes(e) and commutes(sp.sympify(x))):
        return sp.diff(e, x)
    if not (isinstance(x, sp.Symbol) and commutes(x)):
        raise Refused(f"{UNDECIDED}: {x} is no number in which one could differentiate")
    if e.is_Add:
        return sp.Add(*(derivative(part, x) for part in e.args))
    if e.is_Mul:
        return _of_product(e.args, x)
    if e.is_Pow and e.exp.is_Integer:
        if e.exp > 0:
            return _of_product([e.base] * int(e.exp), x)
        inverse = sp.Pow(e.base, -1)
        first = -inverse * derivative(e.base, x) * inverse
        count = -int(e.exp)
        return sp.Add(
            *(sp.Mul(inverse**k, first, inverse ** (count - 1 - k)) for k in range(count))
        )
    if isinstance(e, sp.Symbol):
        return sp.S.Zero
    if (isinstance(e, AppliedUndef) and not any(map(mixes, e.args))) or _is_letter(e):
        return sp.diff(e, x)
    raise Refused(f"{UNDECIDED}: the derivative of {e}, whose factors do not commute, is not known")


def _of_product(factors, x):
    return sp.Add(
        *(
            sp.Mul(*factors[:k], derivative(factor, x), *factors[k + 1 :])
            for k, factor in enumerate(factors)
        )
    )
