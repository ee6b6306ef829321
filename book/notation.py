"""The table of symbols, from the derivations and from the tables that open the lessons."""

from __future__ import annotations

import re
from collections import defaultdict

from book.equations import Equations
from figures.inventory import ROOT

_ROW = re.compile(r"^# \| (\$.+?) \| (.*?) \| (.*?) \|$", flags=re.MULTILINE)


def lesson_rows(subject: str) -> list[tuple[str, str, str, str]]:
    """Return (lesson, symbol, name in the code, meaning) of the tables of a subject's lessons."""
    found = []
    for path in sorted((ROOT / "notebooks" / subject).glob("*.py")):
        head = path.read_text(encoding="utf-8").split("# %%", 2)[1]
        if "| symbol |" in head:
            for symbol, name, meaning in _ROW.findall(head):
                found.append((f"{subject}/{path.stem}", symbol, name, meaning))
    return found


def notation_page(every: list[Equations], subjects: dict[str, str]) -> str:
    """Return the notation of all subjects as Markdown, one table a subject.

    The first table holds the symbols of the lessons with their names in the code; the second all
    symbols of the derivations, each meaning with the first derivation that gives it.
    """
    lines = [
        "# Notation",
        "",
        "Symbols as the lessons and the derivations use them. Where a letter means different things "
        "in different derivations, each meaning has a row.",
        "",
        '<input class="filter" data-filter="tbody tr" type="search" aria-label="Search the symbols" '
        'placeholder="Search by symbol, name or meaning"><p class="found" aria-live="polite"></p>',
    ]
    for subject, title in subjects.items():
        lines += ["", f"## {title}", "", "| symbol | name in the code | meaning | lesson |"]
        lines += ["|---|---|---|---|"]
        for lesson, symbol, name, meaning in lesson_rows(subject):
            number = lesson.split("/")[1].split("_")[0]
            link = f'<a href="lessons/{lesson}.html">{number}</a>'
            lines.append(f"| {symbol} | {name} | {meaning} | {link} |")
        lines += ["", "| symbol | meaning in the derivations | first in |", "|---|---|---|"]
        for latex, meanings in _meanings(every, subject).items():
            for meaning, equations in meanings.items():
                lines.append(f"| ${latex}$ | {_cell(meaning)} | {_link(equations)} |")
    return "\n".join(lines) + "\n"


def _meanings(every, subject) -> dict[str, dict[str, Equations]]:
    found: dict[str, dict[str, Equations]] = defaultdict(dict)
    for equations in every:
        if equations.subject == subject:
            for latex, meaning in equations.symbols.items():
                found[latex].setdefault(meaning, equations)
    return dict(sorted(found.items(), key=lambda row: row[0].lower().lstrip("\\")))


def _cell(text: str) -> str:
    return re.sub(r"([*_|<])", r"\\\1", text)


def _link(equations: Equations) -> str:
    return f'<a href="{equations.page}.html">{equations.title}</a>'
