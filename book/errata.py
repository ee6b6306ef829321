"""Where a paper, its released code and this suite differ, and what is not known."""

from __future__ import annotations

import re

from book.gallery import _plain
from figures.inventory import Entry, Unknown
from figures.record import read_record


def errata_page(entries: list[Entry], unknown: list[Unknown], subjects: dict[str, str]) -> str:
    """Return the page as Markdown: claims against the paper's values, departures, the unknown."""
    lines = [
        "# Errata and open questions",
        "",
        "Every place where what was computed here differs from what a paper or its released code says, "
        "with the figure that shows the evidence; then what could not be known. Results of class B are "
        "of laptop size: what does not reproduce there may hold at the paper's.",
    ]
    for subject, title in subjects.items():
        lines += ["", f"## {title}", ""]
        lines += _differences([e for e in entries if e.paper == subject])
        missing = [u for u in unknown if u.paper == subject]
        said = [e for e in entries if e.paper == subject and "UNKNOWN" in e.departures]
        if missing or said:
            lines += ["", "**Not known**", ""]
            lines += [f"* {_plain(u.label)}: {_plain(u.why)}" for u in missing]
            lines += [
                f"* {_figure(e)}: {_plain(_sentence_with_unknown(e.departures))}" for e in said
            ]
    return "\n".join(lines) + "\n"


def _differences(entries: list[Entry]) -> list[str]:
    rows = []
    for entry in entries:
        for c in read_record(entry.path(".json").read_bytes())["read"]:
            if c.paper is not None and c.differs:
                value, paper = f"{c.value:.4g}", f"{c.paper:.4g}"
                rows.append(
                    f"| {_figure(entry)} | {_plain(c.text)} | {paper} | {value} | {_plain(c.differs)} |"
                )
    if not rows:
        return ["No published number that could be compared lies outside its claim's bound."]
    return ["| figure | what | paper | here | why |", "|---|---|---|---|---|", *rows]


def _figure(entry: Entry) -> str:
    return f'<a href="figures/{entry.id}.html">{_plain(entry.label)}</a>'


def _sentence_with_unknown(text: str) -> str:
    sentences = re.split(r"(?<=\.) ", text)
    return " ".join(s for s in sentences if "UNKNOWN" in s)
