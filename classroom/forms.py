"""What an answer is made of: a kind, a shape, and leaves that can be compared one by one.

Numbers, arrays, truth values, words, SymPy expressions (by their values at stored points) and
functions (by their values at given arguments) all become a `Form`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

POINTS = 3  # at which an expression is compared
MOST_LEAVES = 32  # of a larger array, so many entries are compared, spread evenly
NAMES = {
    "number": "a number", "truth": "a truth value, True or False", "word": "a word in quotes",
    "expression": "a SymPy expression", "function": "a function",
}  # fmt: skip


class NotAnswered(ValueError):
    """The answer is still the stub's `...` or None."""


class Unreadable(ValueError):
    """The answer is of a kind that cannot be compared; the message says which are."""


@dataclass(frozen=True)
class Form:
    """An answer as leaves.

    `shape` is that of the array ((): a single value); `leaves` are floats, complex numbers, truth
    values or words, `POINTS` for each entry of an expression. `symbols` are the names that an
    expression contains.
    """

    kind: str
    shape: tuple[int, ...]
    leaves: tuple
    symbols: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """What the form is, in words."""
        if not self.shape or self.kind == "function":
            return NAMES[self.kind]
        return f"{NAMES[self.kind].split(',')[0].removeprefix('a ')}s of shape {self.shape}"


def form_of(answer, at=None) -> Form:
    """Return the form of an answer.

    Parameters
    ----------
    answer : number, bool, str, array, sequence of these, SymPy expression or matrix, or callable
        `...` and None stand for no answer.
    at : sequence or mapping, optional
        For a function the arguments at which it is called, a tuple for several arguments; for an
        expression name of a symbol -> its `POINTS` values.

    Raises
    ------
    NotAnswered
        For `...` or None, alone, in an array or returned by a function.
    Unreadable
        For anything else.
    """
    if answer is None or answer is ... or answer is NotImplemented:
        raise NotAnswered
    if isinstance(answer, str):
        return Form("word", (), (_word(answer),))
    if _is_symbolic(answer):
        return _expressions([answer], (), at or {})
    if callable(answer):
        return _function(answer, at)
    if hasattr(answer, "shape") and hasattr(answer, "free_symbols"):  # a SymPy matrix
        return _array(list(answer), tuple(answer.shape), at or {})
    try:
        array = np.asarray(answer)
    except ValueError:
        raise Unreadable("its rows have different lengths") from None
    if array.dtype == object or array.dtype.kind in "US":
        array = np.array(answer, dtype=object)
    return _array(list(array.ravel()), array.shape, at or {})


def _array(entries: list, shape: tuple[int, ...], at: Mapping) -> Form:
    if any(entry is None or entry is ... for entry in entries):
        raise NotAnswered
    if not entries:
        return Form("number", shape, ())
    if any(_is_symbolic(entry) for entry in entries):
        return _expressions(entries, shape, at)
    if all(isinstance(entry, bool | np.bool_) for entry in entries):
        return Form("truth", shape, tuple(bool(entry) for entry in entries))
    if all(isinstance(entry, str) for entry in entries):
        return Form("word", shape, tuple(_word(entry) for entry in entries))
    try:
        return Form("number", shape, tuple(_number(entry) for entry in entries))
    except (TypeError, ValueError):
        kind = type(entries[0]).__name__
        raise Unreadable(
            f"it holds {kind}; numbers, truth values, words, SymPy expressions and arrays of one "
            "of these can be checked"
        ) from None


def _word(text: str) -> str:
    return " ".join(text.casefold().split()).strip(".")


def _number(value) -> complex | float:
    number = complex(value)
    return number.real if number.imag == 0 else number


def _is_symbolic(value) -> bool:
    sympy = sys.modules.get("sympy")  # without it there are no expressions
    return sympy is not None and isinstance(value, sympy.Basic) and not value.is_number


def _expressions(entries: list, shape: tuple[int, ...], at: Mapping) -> Form:
    import sympy

    entries = [sympy.sympify(entry) for entry in entries]
    for entry in entries:
        if not isinstance(entry, sympy.Expr):
            kind = type(entry).__name__
            raise Unreadable(f"it is {kind}; give the expression alone, not an equation")
        if unknown := entry.atoms(sympy.core.function.AppliedUndef):
            raise Unreadable(f"it holds the function {next(iter(unknown))}; put a symbol for it")
    symbols = sorted({symbol for entry in entries for symbol in entry.free_symbols}, key=str)
    leaves = []
    for entry in entries:
        for k in range(POINTS):
            values = {
                symbol: sympy.Float(at.get(symbol.name, default_points(symbol))[k], 30)
                for symbol in symbols
            }
            value = sympy.N(entry.xreplace(values), 20)
            if not value.is_number:
                raise Unreadable(f"{entry} has no number as its value")
            leaves.append(_number(value))
    return Form("expression", shape, tuple(leaves), tuple(symbol.name for symbol in symbols))


def default_points(symbol) -> list[float]:
    """Return values at which expressions in this symbol are compared, the same for its name."""
    points = []
    for k in range(POINTS):
        share = int(hashlib.sha256(f"{symbol.name}{k}".encode()).hexdigest()[:8], 16) / 16**8
        value = float(2 + int(7 * share)) if symbol.is_integer else round(0.4 + 1.5 * share, 6)
        points.append(-value if symbol.is_negative else value)
    return points


def _function(function, at: Sequence | None) -> Form:
    if at is None or not len(at):
        raise Unreadable("it is a function; the check names no arguments for it")
    values = []
    for arguments in at:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        try:
            value = function(*given)
        except Exception as error:
            shown = ", ".join(map(str, given))
            raise Unreadable(
                f"the function stops at ({shown}) with {type(error).__name__}: {error}"
            ) from None
        form = form_of(value)
        if form.kind not in ("number", "truth"):
            raise Unreadable(f"the function returns {form.said}, not a number or an array")
        values.append(form)
    if len({form.shape for form in values}) > 1:
        raise Unreadable("the function returns arrays of different shapes")
    leaves = tuple(complex(leaf) if isinstance(leaf, complex) else float(leaf)
                   for form in values for leaf in form.leaves)  # fmt: skip
    return Form("function", (len(values), *values[0].shape), leaves)
