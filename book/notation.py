"""The table of symbols, from the derivations and from the tables that open the lessons."""

from __future__ import annotations

import re

from book.equations import Equations
from book.symbols import meanings, words
from figures.inventory import ROOT

_ROW = re.compile(r"^# \| (\$.+?) \| (.*?) \| (.*?) \|$", flags=re.MULTILINE)
SHARED = {"continual": "Continual learning, shared by the works"}


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
    """Return the notation of all subjects as Markdown, two tables a subject.

    The first holds the symbols of the derivations, a row for each meaning with the first equation in
    which it stands; the second those of the lessons with their names in the code.
    """
    lines = [
        "---",
        "html_theme.sidebar_secondary.remove: true",
        "---",
        "",
        "# Notation",
        "",
        "Symbols as the derivations and the lessons use them. Within a subject a symbol has one meaning; "
        "where a letter is used again, each meaning has a row, and the reason stands below the table. Letters of the papers "
        "are given where a public page or the released code tells them. "
        "Without a shape it is a number; numbers are complex where no range is given, as in SymPy.",
        "",
        '<input class="filter" data-filter="tbody tr" type="search" aria-label="Search the symbols" '
        'placeholder="Search by symbol, name or meaning"><p class="found" aria-live="polite"></p>',
    ]
    for subject, title in (subjects | SHARED).items():
        lines += ["", f"## {title}", ""]
        lines += _derived(every, subject)
        rows = lesson_rows(subject)
        if rows:
            lines += ["", "**In the lessons**", ""]
            lines += ["| symbol | name in the code | meaning | lesson |", "|---|---|---|---|"]
        for lesson, symbol, name, meaning in rows:
            number = lesson.split("/")[1].split("_")[0]
            link = f'<a href="lessons/{lesson}.html">{number}</a>'
            lines.append(f"| {symbol} | {name} | {meaning} | {link} |")
    return "\n".join(lines) + "\n"


def _derived(every, subject) -> list[str]:
    found, told = meanings(every, subject), words().get(subject, {})
    papers = told.get("papers", {})
    lines = [
        "| symbol | meaning | name | shape, range | in the paper | first in |",
        "|---|---|---|---|---|---|",
    ]
    for latex, texts in found.items():
        if latex in told.get("one", {}):
            texts = {told["one"][latex][1]: [e for row in texts.values() for e in row]}
        for text, where in texts.items():
            first = where[0]
            shape, extent, step = first.facts[latex]
            anchor = f"#step-{step}" if step else ""
            link = f'<a href="{first.page}.html{anchor}">{first.title}</a>'
            # Only a letter with one meaning can be told from the paper's.
            paper = papers.get(latex, "") if len(texts) == 1 else ""
            values = "" if extent == "complex" else extent
            kind = (
                values if shape == "number" else ", ".join(part for part in (shape, values) if part)
            )
            name = f"`{first.names[latex]}`"
            cells = (f"${latex}$", _cell(text), name, kind, _cell(paper), link)
            lines.append("| " + " | ".join(cells) + " |")
    reused = told.get("reused", {})
    if reused:
        by_reason: dict[str, list[str]] = {}
        for latex, (_, why) in reused.items():
            by_reason.setdefault(why, []).append(f"${latex}$")
        lines += ["", ":::{dropdown} " + f"{len(reused)} letters with more than one meaning", ""]
        lines += [f"* {', '.join(letters)}: {_cell(why)}" for why, letters in by_reason.items()]
        lines += [":::"]
    return lines


def _cell(text: str) -> str:
    parts = re.split(r"(\$[^$]+\$)", text)
    parts[::2] = [re.sub(r"([*_|<])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)
