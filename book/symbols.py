"""What is known of the symbols of derivations: shape, range, meanings, and letters of the papers.

The words that code cannot know stand in `book/notation.toml`.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import sympy as sp
from sympy.core.function import AppliedUndef

WORDS = Path(__file__).with_name("notation.toml")


def facts(derivation) -> dict[str, tuple[str, str, int]]:
    """Return LaTeX of every listed symbol -> (shape, range, number of the first step with it)."""
    return {
        sp.latex(symbol, ln_notation=True): (
            shape(symbol),
            extent(symbol, derivation.domain.get(symbol)),
            _first(derivation, symbol),
        )
        for symbol in derivation.symbols
    }


def shape(symbol) -> str:
    """Return what kind of object a symbol stands for."""
    if getattr(symbol, "is_Matrix", False):
        return " by ".join(str(n) for n in symbol.shape)
    if isinstance(symbol, AppliedUndef):
        return f"function of {', '.join(map(str, symbol.args))}"
    if symbol.is_commutative is False:
        return "matrix of any size"
    return "number"


def extent(symbol, domain=None) -> str:
    """Return the range of a symbol: its domain in a derivation, or what its assumptions say."""
    if domain:
        low, high = domain
        return f"above {low}" if high == sp.oo else f"{low} to {high}"
    if getattr(symbol, "is_Matrix", False) or symbol.is_commutative is False:
        return ""
    if symbol.is_integer:
        return (
            "1, 2, ..." if symbol.is_positive else "0, 1, ..." if symbol.is_nonnegative else "whole"
        )
    for name, words in (("positive", "above 0"), ("negative", "below 0"),
                        ("nonnegative", "0 or above"), ("real", "real")):  # fmt: skip
        if getattr(symbol, f"is_{name}"):
            return words
    return "complex"


def _first(derivation, symbol) -> int:
    for step in derivation:
        statement = step.statement
        if symbol in statement.free_symbols or statement.has(symbol):
            return step.number
    return 0


def meanings(every, subject: str) -> dict[str, dict[str, list]]:
    """Return LaTeX -> text of a meaning -> the derivations of a subject that give it, sorted."""
    found: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for equations in every:
        if equations.subject == subject:
            for latex, meaning in equations.symbols.items():
                found[latex][meaning].append(equations)
    return {
        key: dict(found[key]) for key in sorted(found, key=lambda k: (k.lower().lstrip("\\"), k))
    }


@cache
def words() -> dict[str, dict]:
    """Return the tables of `notation.toml`: subject -> "one", "reused", "papers"."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def problems(subject: str, found: dict[str, dict]) -> list[str]:
    """Return one line for every letter of a subject whose meanings are not accounted for.

    Parameters
    ----------
    found : dict
        As `meanings` gives it.
    """
    told = words().get(subject, {})
    listed = told.get("one", {}) | told.get("reused", {})
    lines = []
    for letter, texts in found.items():
        if len(texts) > 1 and letter not in listed:
            lines.append(
                f"{subject}: {letter} means {' | '.join(texts)}: rename it, or list it in "
                "book/notation.toml"
            )
        elif len(texts) > 1 and listed[letter][0] != len(texts):
            lines.append(
                f"{subject}: {letter} has {len(texts)} texts, not {listed[letter][0]}: "
                f"{' | '.join(texts)}; is what book/notation.toml says of it still true?"
            )
    lines += [f"{subject}: {letter} has one text and need not be listed in book/notation.toml"
              for letter in listed if len(found.get(letter, ())) < 2]  # fmt: skip
    both = set(told.get("one", {})) & set(told.get("reused", {}))
    lines += [f"{subject}: {letter} is listed as one and as reused" for letter in sorted(both)]
    lines += [f"{subject}: {letter} is no symbol of a derivation"
              for letter in told.get("papers", {}) if letter not in found]  # fmt: skip
    return lines
