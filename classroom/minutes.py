"""How long each section of a lesson takes: the minutes that the lesson states, shared out.

A section weighs what its prose, its figures, its derivations and its code ask for; the shares are
whole minutes and add up to what the lesson says. Exercises have minutes of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom.exercises import read_cells
from figures.lab.start_page import read_lesson

WORDS_A_MINUTE = 130
FIGURE, DERIVATION = 2.0, 1.5  # minutes that a figure and a printed derivation ask for
LINES_A_MINUTE = 25  # of code, read and not written
UNTIMED = ("Exercises", "References")
OPENING = "Opening"


@dataclass(frozen=True)
class Section:
    """A section of a lesson: its heading, its share of the lesson's minutes, its figures."""

    heading: str
    minutes: int
    figures: tuple[str, ...]


@cache
def sections(source: Path) -> tuple[Section, ...]:
    """Return the sections of a lesson with their minutes; the first is its opening."""
    weights: dict[str, float] = {OPENING: 0.0}
    figures: dict[str, list[str]] = {OPENING: []}
    heading = OPENING
    for cell in read_cells(source):
        if cell.role:
            continue
        if cell.kind == "code":
            shown = re.findall(r'record\(\s*"([^"]+)"', cell.text)
            figures[heading] += shown
            weights[heading] += FIGURE * len(shown) + cell.text.count("\n") / LINES_A_MINUTE
            weights[heading] += DERIVATION * _prints_derivation(cell.text)
            continue
        for k, part in enumerate(re.split(r"^## (.+)$", cell.text, flags=re.MULTILINE)):
            if k % 2:
                heading = part.strip()
                weights.setdefault(heading, 0.0)
                figures.setdefault(heading, [])
            else:
                weights[heading] += len(part.split()) / WORDS_A_MINUTE
    for untimed in UNTIMED:
        weights.pop(untimed, None)
    shares = _whole(list(weights.values()), int(read_lesson(source).minutes))
    return tuple(
        Section(name, share, tuple(figures[name]))
        for name, share in zip(weights, shares, strict=True)
    )


def _prints_derivation(text: str) -> bool:
    last = text.strip().splitlines()[-1] if text.strip() else ""
    return bool(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?\(.*\)", last)) and "(" not in last[:3]


def _whole(weights: list[float], total: int) -> list[int]:
    """Return whole shares of a total: one each, the rest in proportion, largest remainders first."""
    rest = total - len(weights)
    exact = [rest * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda k: shares[k] - exact[k])
    for k in by_remainder[: rest - sum(shares)]:
        shares[k] += 1
    return [1 + share for share in shares]
