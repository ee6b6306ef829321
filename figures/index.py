"""The figure index of the README: a table made from the inventory, between two markers."""

from __future__ import annotations

import json
from pathlib import Path

from figures.files import write_atomic
from figures.inventory import (
    CERTAINTIES,
    CLASSES,
    PAPERS,
    ROOT,
    Entry,
    load_inventory,
    load_unknown,
    notebook_figures,
)

README = ROOT / "README.md"
SECONDS = ROOT / "figures" / "seconds.json"
BEGIN, END = "<!-- figure index: begin (generated) -->", "<!-- figure index: end -->"


def write_index(measured: Path) -> bool:
    """Bring the README's figure index up to date; return whether it changed.

    `measured` is the folder of the seconds that notebooks took here, one JSON number a notebook.
    """
    _update_seconds(measured)
    text = README.read_text(encoding="utf-8")
    new = _with_index(text)
    if new != text:
        write_atomic(README, new.encode())
    return new != text


def index_is_current() -> bool:
    """Return whether the README holds the index that the inventory and the records give."""
    text = README.read_text(encoding="utf-8")
    return _with_index(text) == text


def _with_index(text: str) -> str:
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"README.md must hold the lines '{BEGIN}' and '{END}' once each")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{_index()}\n{END}{tail}"


def _index() -> str:
    inventory = load_inventory()
    seconds = stored_seconds()
    done = sum(entry.done for entry in inventory.values())
    lines = [
        f"{done} of {len(inventory)} figures are done. Classes: "
        + "; ".join(f"**{key}** {meaning}" for key, meaning in CLASSES.items())
        + ". Seconds are those of the whole notebook on two cores.",
    ]
    for paper in PAPERS:
        entries = [entry for entry in inventory.values() if entry.paper == paper]
        made = [entry for entry in entries if entry.done]
        lines += ["", f"### {paper}: {len(made)} of {len(entries)}"]
        if made:
            lines += ["", "| figure | paper's label | class | shows | notebook | claims | s |"]
            lines += ["|---|---|---|---|---|---|---|"]
            lines += [_row(entry, seconds) for entry in made]
        lines += _folded("Still missing", [_missing(e) for e in entries if not e.done])
        unknown = [f"* {u.label}: {u.why}" for u in load_unknown() if u.paper == paper]
        lines += _folded("Not known", unknown)
    return "\n".join(lines)


def _row(entry: Entry, seconds: dict[str, float]) -> str:
    try:
        facts = json.loads(entry.path(".json").read_bytes())
        held = f"{sum(row['held'] for row in facts['claims'])}/{len(facts['claims'])}"
        alt = facts["alt"].replace('"', "'").replace("|", "/").replace("\n", " ")
    except (FileNotFoundError, ValueError):
        held, alt = "not built", ""
    picture = f'<img src="figures/{entry.id}.png" width="180" alt="{alt}">'
    label = f"{entry.label} ({CERTAINTIES[entry.label_certainty]})"
    notebook = f"[{entry.notebook}](notebooks/{entry.notebook}.ipynb)"
    cells = (
        f"{picture}<br>`{entry.id}`",
        label,
        entry.figure_class,
        entry.shows,
        notebook,
        held,
        f"{seconds.get(entry.notebook, 0):g}",
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _missing(entry: Entry) -> str:
    return f"* `{entry.id}` {entry.label} (class {entry.figure_class}): {entry.shows}"


def _folded(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    return ["", f"<details><summary>{title} ({len(items)})</summary>", "", *items, "", "</details>"]


def stored_seconds() -> dict[str, float]:
    """Return notebook -> seconds that it took, as stored with the figures."""
    return json.loads(SECONDS.read_bytes()) if SECONDS.exists() else {}


def _update_seconds(measured: Path) -> None:
    """Keep a stored time that is right within a factor 2, so that a rebuild changes no file."""
    stored = stored_seconds()
    kept = {}
    for notebook in notebook_figures(load_inventory()):
        path = measured / f"{notebook}.json"
        old = stored.get(notebook)
        new = json.loads(path.read_bytes()) if path.exists() else old
        if new is not None:
            kept[notebook] = old if old and old / 2 <= new <= old * 2 else float(f"{new:.1g}")
    if kept != stored:
        write_atomic(SECONDS, (json.dumps(kept, indent=1) + "\n").encode())
