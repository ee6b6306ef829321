"""The index of all figures, `figures/INDEX.md`: made from the inventory and the records."""

from __future__ import annotations

from figures.files import write_atomic
from figures.inventory import (
    CERTAINTIES,
    CLASSES,
    PAPERS,
    ROOT,
    Entry,
    load_inventory,
    load_unknown,
    stored_runs,
)
from figures.record import read_record

INDEX = ROOT / "figures" / "INDEX.md"


def write_index() -> bool:
    """Bring the index up to date; return whether it changed."""
    if index_is_current():
        return False
    write_atomic(INDEX, _index().encode())
    return True


def index_is_current() -> bool:
    """Return whether the index is the one that the inventory and the records give."""
    return INDEX.is_file() and INDEX.read_text(encoding="utf-8") == _index()


def _index() -> str:
    inventory = load_inventory()
    done = sum(entry.done for entry in inventory.values())
    lines = [
        "# Index of figures",
        "",
        f"{done} of {len(inventory)} figures are done. Classes: "
        + "; ".join(f"**{key}** {meaning}" for key, meaning in CLASSES.items())
        + ". Beside each picture lie its drawing (`.py`), its numbers (`.csv`, `.npz`) and its "
        "record with the claims (`.json`). *Full size* says which runs of the paper's own size are "
        "stored beside it (`.full.csv`); `make full LIST=1` tells what all of them cost.",
        "",
        "Labels: " + "; ".join(f"*{key}*: {meaning}" for key, meaning in CERTAINTIES.items()) + ".",
    ]
    for paper in PAPERS:
        entries = [entry for entry in inventory.values() if entry.paper == paper]
        made = [entry for entry in entries if entry.done]
        lines += ["", f"## {paper}: {len(made)} of {len(entries)}"]
        if made:
            lines += ["", "| figure | label | class | shows | lesson | claims | full size |"]
            lines += ["|---|---|---|---|---|---|---|"]
            lines += [_row(entry) for entry in made]
        lines += _folded("Still missing", [_missing(e) for e in entries if not e.done])
        unknown = [f"* {u.label}: {u.why}" for u in load_unknown() if u.paper == paper]
        lines += _folded("Not known", unknown)
    return "\n".join(lines) + "\n"


def _row(entry: Entry) -> str:
    try:
        facts = read_record(entry.path(".json").read_bytes())
        held = f"{sum(claim.held for claim in facts['read'])}/{len(facts['read'])}"
        alt = facts["alt"]
    except (OSError, ValueError):
        held, alt = "not built", ""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        alt = alt.replace(character, name)
    picture = f'<a href="{entry.id}.py"><img src="{entry.id}.png" width="180" alt="{alt}"></a>'
    cells = (
        f"{picture}<br>`{entry.id}`",
        f"{entry.label} (*{entry.label_certainty}*)",
        entry.figure_class,
        entry.shows,
        f"[{entry.notebook}](../notebooks/{entry.notebook}.ipynb)",
        held,
        full_size_of(entry),
    )
    return "| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |"


def full_size_of(entry: Entry) -> str:
    """Return which runs of a figure at full size are stored, and how far they went."""
    stored = stored_runs(entry)
    if not stored:
        return "not run" if entry.figure_class == "B" else ""
    told = (f"`{run.name}`" + ("" if run.whole else f" ({run.state})") for run in stored.values())
    return "run: " + ", ".join(told)


def _missing(entry: Entry) -> str:
    return f"* `{entry.id}` {entry.label} (class {entry.figure_class}): {entry.shows}"


def _folded(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    return ["", f"<details><summary>{title} ({len(items)})</summary>", "", *items, "", "</details>"]
