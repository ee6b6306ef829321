"""A page for every figure, and the gallery in which to find it."""

from __future__ import annotations

import html
import re

from figures.claims import KINDS, Claim
from figures.index import full_size_of
from figures.inventory import CERTAINTIES, CLASSES, Entry
from figures.record import read_record

MEANT = {
    "A": "as in the paper",
    "B": "laptop size",
    "C": "drawing",
    "D": "published device model",
    "X": "of this suite",
}


def figure_page(entry: Entry, works: dict[str, str], titles: dict[str, str]) -> str:
    """Return the page of a figure as Markdown.

    Parameters
    ----------
    works : dict
        Paper key -> title of the work.
    titles : dict
        Lesson "<paper>/<stem>" -> its title.
    """
    facts = read_record(entry.path(".json").read_bytes())
    id, alt = entry.id, html.escape(facts["alt"])
    lines = [
        f"# {_title(entry)}",
        "",
        f'<a class="figure" href="../../pictures/{id}.svg">'
        f'<img src="../../pictures/{id}.svg" alt="{alt}"></a>',
        "",
        _plain(entry.shows),
        "",
        "## In words",
        "",
        _plain(facts["alt"]),
        "",
        "## What it rests on",
        "",
        f"* Work: {works[entry.paper]}",
        f"* Label: {_plain(entry.label)} ({CERTAINTIES[entry.label_certainty]})",
        f"* Class {entry.figure_class}: {CLASSES[entry.figure_class]}",
        f"* Departures: {_plain(entry.departures)}",
        f'* Lesson: <a href="../../lessons/{entry.notebook}.html">{titles[entry.notebook]}</a>',
    ]
    if facts["read"]:
        lines += [
            "",
            "## Claims",
            "",
            "| claim | kind | value | bound | paper |",
            "|---|---|---|---|---|",
        ]
        lines += [_claim(c) for c in facts["read"]]
        kinds = "; ".join(f"*{kind}*: {meaning}" for kind, meaning in KINDS.items())
        lines += ["", f"Kinds: {kinds}. A claim that does not hold fails the build."]
    if facts["columns"]:
        files = " ".join(
            f'<a href="../../files/{id}{suffix}" download>{suffix[1:]}</a>'
            for suffix in (".csv", ".npz", ".json")
            if entry.path(suffix).is_file()
        )
        lines += [
            "",
            "## Numbers",
            "",
            f"Download: {files}",
            "",
            "| column | meaning |",
            "|---|---|",
        ]
        lines += [f"| `{name}` | {_plain(meaning)} |" for name, meaning in facts["columns"].items()]
    full = entry.path(".full.csv")
    if full.is_file():
        state = full_size_of(entry)
        lines += [
            "",
            f'Full size, {state}: <a href="../../files/{id}.full.csv" download>numbers</a>',
        ]
    source = entry.path(".py").read_text(encoding="utf-8")
    lines += [
        "",
        "## Drawing",
        "",
        "Drawn from the numbers above and nothing else:",
        "",
        ":::{dropdown} " + f"figures/{id}.py",
        "```python",
        source.rstrip(),
        "```",
        ":::",
        "",
        "## Make it again",
        "",
        f"```\nmake figures FIG={id} FORCE=1   # compute, check the claims, draw\n"
        f"make redraw FIG={id}            # only draw, from the stored numbers\n```",
        "",
        "## Cite it",
        "",
        f"Figure `{id}` of *Learning with complex synapses* (the suite's `CITATION.cff`), after: "
        f"{works[entry.paper]}.",
    ]
    return "\n".join(lines) + "\n"


def gallery(entries: list[Entry], works: dict[str, str], subjects: dict[str, str]) -> str:
    """Return the gallery: thumbnails to filter by work, class, kind of claim and words."""
    lines = [
        "# Figures",
        "",
        f"{len(entries)} figures, each drawn from recorded numbers and carrying its claims. Every one "
        "has a page of its own with a lasting address.",
        "",
        '<div class="filters">',
        _choice("work", "Work", {key: subjects[key] for key in works}),
        _choice("class", "Class", {key: f"{key}: {meant}" for key, meant in MEANT.items()}),
        _choice("kind", "Kind of claim", dict.fromkeys(KINDS, "")),
        '<label>Words <input class="filter" data-filter=".card-figure" type="search" '
        'placeholder="eigenvalue, drift, ..."></label>',
        "</div>",
        '<p class="found" aria-live="polite"></p>',
        '<div class="gallery">',
    ]
    for entry in entries:
        facts = read_record(entry.path(".json").read_bytes())
        kinds = " ".join(sorted({c.kind for c in facts["read"]}))
        words = html.escape(f"{entry.id} {entry.label} {entry.shows} {facts['alt']}")
        title = html.escape(_title(entry))
        lines.append(
            f'<a class="card-figure" href="{entry.id}.html" data-work="{entry.paper}" '
            f'data-class="{entry.figure_class}" data-kind="{kinds}" data-words="{words}">'
            f'<img src="../pictures/{entry.id}.png" alt="{html.escape(facts["alt"])}" loading="lazy">'
            f"<span>{title}</span></a>"
        )
    return "\n".join([*lines, "</div>", ""])


def _choice(name: str, label: str, values: dict[str, str]) -> str:
    options = "".join(
        f'<option value="{key}">{html.escape(text or key)}</option>' for key, text in values.items()
    )
    return (
        f'<label>{label} <select class="choice" data-key="{name}">'
        f'<option value="">all</option>{options}</select></label>'
    )


def _title(entry: Entry) -> str:
    shows = re.sub(r"^Laptop size: ", "", entry.shows).split(": ")[0].split("; ")[0].rstrip(".")
    return _plain(f"{entry.label}: {shows}")


def _claim(c: Claim) -> str:
    bounds = c.bound if c.comparison == "between" else (c.bound,)
    sign = {"between": "in", "==": "="}.get(c.comparison, c.comparison)
    value = "rounding" if c.is_rounding else f"{c.value:.4g}"
    paper = "" if c.paper is None else f"{c.paper:.4g}" + (f": {c.differs}" if c.differs else "")
    bound = f"{sign} " + " to ".join(f"{b:.4g}" for b in bounds)
    cells = (_plain(c.text), c.kind, value, _plain(bound), _plain(paper))
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """Escape what Markdown would read as markup, formulas between dollars excepted."""
    parts = re.split(r"(\$[^$]+\$|`[^`]+`)", text)
    for k in range(0, len(parts), 2):
        parts[k] = re.sub(r"([\\*_\[\]<|~#{}])", r"\\\1", parts[k])
    return "".join(parts).replace("\n", " ")


def figure_files(entry: Entry) -> dict[str, bytes]:
    """Return the figure's files as the site ships them: "pictures/<id>.svg", "files/<id>.csv", ..."""
    facts = read_record(entry.path(".json").read_bytes())
    found = {}
    for suffix in (".png", ".svg"):
        content = entry.path(suffix).read_bytes()
        if suffix == ".svg":
            content = titled(content, _title(entry), facts["alt"])
        found[f"pictures/{entry.id}{suffix}"] = content
    for suffix in (".csv", ".npz", ".json", ".full.csv", ".full.json"):
        if entry.path(suffix).is_file():
            found[f"files/{entry.id}{suffix}"] = entry.path(suffix).read_bytes()
    return found


def titled(svg: bytes, title: str, alt: str) -> bytes:
    """Return the graphic with a title and a description that a screen reader finds."""
    text = svg.decode()
    words = (
        f"<title>{html.escape(title.replace(chr(92), ''))}</title><desc>{html.escape(alt)}</desc>"
    )
    opening = re.search(r"<svg\b[^>]*>", text)
    return (text[: opening.end()] + words + text[opening.end() :]).encode()
