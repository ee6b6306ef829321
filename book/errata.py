"""Where a paper, its released code and this suite differ, and what is not known."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from book.gallery import _plain
from figures.inventory import Entry, Unknown
from figures.record import read_record

CODE = Path(__file__).with_name("errata.toml")
OTHER_SIZE = "other than at laptop size "  # how claims of full-size figures begin that contradict


def errata_page(entries: list[Entry], unknown: list[Unknown], subjects: dict[str, str]) -> str:
    """Return the page as Markdown.

    For every subject: published numbers that came out differently, where the released code differs
    from the paper, findings that did not come out, what changes with size, and what is not known.
    """
    code = tomllib.loads(CODE.read_text(encoding="utf-8"))
    lines = [
        "# Errata and open questions",
        "",
        "Every place where what was computed here differs from what a paper or its released code says, "
        "with the page that shows the evidence; then what could not be known. Results of class B are "
        "of laptop size: what does not reproduce there may hold at the paper's.",
    ]
    for subject, title in subjects.items():
        of = [entry for entry in entries if entry.paper == subject]
        missing = [u for u in unknown if u.paper == subject]
        if not of and not missing:
            continue
        lines += ["", f"## {title}", "", *_numbers(of), *_code(code.get(subject, []))]
        lines += [*_findings(of, code["not_reproduced"]), *_sizes(of), *_unknown(of, missing)]
    return "\n".join(lines) + "\n"


def _claims(entries):
    for entry in entries:
        for claim in read_record(entry.path(".json").read_bytes())["read"]:
            yield entry, claim


def _numbers(entries: list[Entry]) -> list[str]:
    compared = [(entry, c) for entry, c in _claims(entries) if c.paper is not None]
    if not compared:
        return ["No claim could be compared with a published number."]
    rows = [
        f"| {_figure(entry)} | {_plain(c.text)} | {c.paper:.4g} | {c.value:.4g} | {_plain(c.differs)} |"
        for entry, c in compared
        if c.differs
    ]
    agreed = len(compared) - len(rows)
    many = f"{agreed} published number{'s' * (agreed != 1)} lie{'s' * (agreed == 1)} within the bounds of the claims"
    if not rows:
        return [f"{many}; none lies outside."]
    table = ["", "| figure | what | paper | here | why |", "|---|---|---|---|---|", *rows]
    return [f"{many}; {len(rows)} {'differ' if len(rows) > 1 else 'differs'}:", *table]


def _code(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    lines = ["", "**The paper and its released code**", ""]
    lines += ["| paper | released code | here |", "|---|---|---|"]
    for row in rows:
        here = f'{_plain(row["here"])} <a href="{row["where"]}.html">Evidence</a>'
        lines.append(f"| {_plain(row['paper'])} | {_plain(row['code'])} | {here} |")
    return lines


def _findings(entries: list[Entry], rows: list[dict]) -> list[str]:
    by_page = {f"figures/{entry.id}": entry for entry in entries}
    lines = [
        f"* {_figure(by_page[row['where']])}"
        + " (laptop size)" * (by_page[row["where"]].figure_class == "B")
        + f": {_plain(row['found'])}"
        for row in rows
        if row["where"] in by_page
    ]
    return ["", "**Findings that did not come out here**", "", *lines] if lines else []


def _sizes(entries: list[Entry]) -> list[str]:
    rows = [
        f"* {_figure(entry)}: {_plain(c.text.removeprefix(OTHER_SIZE))} ({c.value:.3g})"
        for entry, c in _claims(entries)
        if c.text.startswith(OTHER_SIZE)
    ]
    return ["", "**Other at full size than at laptop size**", "", *rows] if rows else []


def _unknown(entries: list[Entry], missing: list[Unknown]) -> list[str]:
    said: dict[str, list[str]] = {}
    for entry in entries:
        if "UNKNOWN" in entry.departures:
            said.setdefault(sentence_with_unknown(entry.departures), []).append(_figure(entry))
    lines = [f"* {_plain(u.label)}: {_plain(u.why)}" for u in missing]
    lines += [f"* {', '.join(figures)}: {_plain(text)}" for text, figures in said.items()]
    return ["", "**Not known**", "", *lines] if lines else []


def _figure(entry: Entry) -> str:
    return f'<a href="figures/{entry.id}.html">{_plain(entry.label)}</a>'


def sentence_with_unknown(text: str) -> str:
    """Return the sentences that say what is unknown, without a clause that says nothing departs."""
    sentences = [s for s in re.split(r"(?<=\.) ", text) if "UNKNOWN" in s]
    told = re.sub(r"^None in the models?; ", "", " ".join(sentences))
    return told[0].upper() + told[1:]
