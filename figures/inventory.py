"""The inventory of every figure and table of every work, read from `inventory.toml`."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INVENTORY = ROOT / "figures" / "inventory.toml"

PAPERS = ("metaplasticity", "ep", "holo_ep", "ssl", "rram", "consolidation")
CLASSES = {
    "A": "same equations, parameters and durations as the paper",
    "B": "the paper's experiment at laptop size on embedded data",
    "C": "a drawing, made by code",
    "D": "measured device data, regenerated from the published model",
    "X": "of this suite: computed here",
}
CERTAINTIES = {
    "confirmed": "label confirmed by a public page or the released code",
    "recalled": "label recalled, not confirmed",
    "sheet": "our own label: the paper's numbering could not be confirmed",
    "own": "a figure of this suite, in no paper",
}
STATUSES = ("planned", "done")


@dataclass(frozen=True)
class Entry:
    """One figure or table: what it is called, what it shows and how it differs from the paper.

    `status` is "done" once `notebook` (a path below `notebooks/`, without suffix) records it.
    """

    id: str
    label: str
    label_certainty: str
    figure_class: str
    status: str
    notebook: str
    shows: str
    departures: str

    @property
    def paper(self) -> str:
        return self.id.split("/")[0]

    @property
    def done(self) -> bool:
        return self.status == "done"

    def path(self, suffix: str) -> Path:
        """Where the figure's file with this suffix (".py", ".png", ".svg", ".csv", ...) lies."""
        return ROOT / "figures" / f"{self.id}{suffix}"


@dataclass(frozen=True)
class Unknown:
    """A figure that is known to exist and whose contents are not known."""

    paper: str
    label: str
    why: str


class InventoryError(ValueError):
    """The inventory contradicts itself, or a figure id is not in it."""


def load_inventory(path: Path = INVENTORY) -> dict[str, Entry]:
    """Return the inventory as a dictionary id -> `Entry`, in the order of the file.

    Raises `InventoryError` with one sentence for the first entry that is not as documented.
    """
    entries: dict[str, Entry] = {}
    for row in _read(path).get("figure", []):
        row = {"figure_class" if key == "class" else key: value for key, value in row.items()}
        wanted = {field.name for field in fields(Entry)}
        where = f"{path.name}, figure {row.get('id', '(without id)')!r}"
        if set(row) != wanted:
            raise InventoryError(f"{where}: the keys differ by {sorted(set(row) ^ wanted)}")
        wrong = [key for key, value in row.items() if not isinstance(value, str)]
        if wrong:
            raise InventoryError(f"{where}: {wrong[0]} must be text in quotes, got {row[wrong[0]]}")
        entry = Entry(**row)
        for value, accepted, name in (
            (entry.paper, PAPERS, "paper"),
            (entry.figure_class, CLASSES, "class"),
            (entry.label_certainty, CERTAINTIES, "label_certainty"),
            (entry.status, STATUSES, "status"),
        ):
            if value not in accepted:
                raise InventoryError(f"{where}: {name} is {value!r}, not one of {list(accepted)}")
        if entry.done != bool(entry.notebook):
            raise InventoryError(f"{where}: a figure is done exactly when it names a notebook")
        if entry.id in entries:
            raise InventoryError(f"{where}: the id stands twice")
        entries[entry.id] = entry
    return entries


def load_unknown(path: Path = INVENTORY) -> list[Unknown]:
    """Return the figures known to exist whose contents are not known."""
    return [Unknown(**row) for row in _read(path).get("unknown", [])]


def _read(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InventoryError(f"{path.name} is not valid TOML: {error}") from None


def find_entry(inventory: dict[str, Entry], id: str) -> Entry:
    """Return the entry of a figure, or raise `InventoryError` naming the closest id."""
    if id in inventory:
        return inventory[id]
    close = difflib.get_close_matches(id, inventory, cutoff=0.3)
    hint = f"; the closest is {close[0]!r}" if close else ""
    raise InventoryError(f"there is no figure {id!r} in figures/inventory.toml{hint}")


def notebook_figures(inventory: dict[str, Entry]) -> dict[str, list[Entry]]:
    """Return notebook -> its done figures, in the order of the inventory."""
    grouped: dict[str, list[Entry]] = {}
    for entry in inventory.values():
        if entry.done:
            grouped.setdefault(entry.notebook, []).append(entry)
    return grouped


def stored_runs(entry: Entry) -> dict:
    """Return what was run of a figure at full size, by entry of the catalogue; {} if nothing."""
    table = entry.path(".full.csv")
    if not table.exists():
        return {}
    from theory.full_size import tables

    return tables.read(entry.id, table.parents[1])
