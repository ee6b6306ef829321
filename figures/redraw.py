"""Draw figures again from their stored numbers, no lesson executed: `python -m figures.redraw`.

Arguments are ids of figures, all of the same or of several lessons. The picture, alt text and
caption inside the executed lesson are replaced in place, and the lesson is sealed anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from figures.executed import Damaged, is_sealed, normal_form, read_executed, replace_figure
from figures.files import STAGING, WriteFailed, digest, fresh_folder, locked, publish, write_atomic
from figures.inventory import ROOT, Entry, InventoryError, find_entry, load_inventory
from figures.processes import end_with_driver
from figures.provenance import SourceError, drawn_stamp
from figures.record import outputs, read_record, redrawn

NUMBERS = (".csv", ".npz")


class RedrawFailed(ValueError):
    """A figure cannot be drawn from what is stored; the message is one line."""


def redraw_lesson(name: str, entries: Iterable[Entry]) -> None:
    """Draw these figures of one lesson again and publish them with the lesson, all or nothing."""
    import nbformat

    pair = ROOT / "notebooks" / f"{name}.ipynb"
    if not is_sealed(read_executed(pair)):
        raise RedrawFailed(f"{pair.name} was edited by hand; `make figures` builds it anew")
    notebook = nbformat.reads(pair.read_text(encoding="utf-8"), as_version=4)
    stamps = notebook.metadata.figures
    staging = fresh_folder(STAGING / ("redraw__" + name.replace("/", "__")))
    for entry in entries:
        stamp = drawn_stamp(entry)
        files, shown = redraw_figure(entry)
        for suffix, content in files.items():
            write_atomic(staging / "figures" / f"{entry.id}{suffix}", content)
        replace_figure(notebook, entry, [nbformat.from_dict(output) for output in shown])
        stamps.drawn[entry.id] = stamp
        stamps.records[entry.id] = digest(files[".json"])
    write_atomic(staging / "notebooks" / f"{name}.ipynb", normal_form(notebook, stamps))
    publish(staging)


def redraw_figure(entry: Entry) -> tuple[dict[str, bytes], list[dict]]:
    """Return a figure's drawn files by suffix, its record among them, and what a lesson shows."""
    from figures.room import columns_of, draw_room, load_room
    from figures.tables import decode

    facts = read_record(entry.path(".json").read_bytes())
    stored = {suffix: entry.path(suffix).read_bytes() for suffix in facts["computed"]}
    for suffix, content in stored.items():
        if digest(content) != facts["computed"][suffix]:
            raise RedrawFailed(f"{entry.id}{suffix} is not what its record names")
    numbers = decode(stored, facts["numbers"])
    room = load_room(entry)
    columns = columns_of(entry, room, numbers)
    picture = draw_room(entry, room, numbers)
    claims = facts.pop("read")
    record = redrawn(facts, columns, picture.alt, picture.files)
    shown = outputs(entry, picture.files[".png"], claims, picture.alt)
    return {**picture.files, ".json": record}, shown


def main(arguments: list[str]) -> int:
    """Redraw the figures named on the command line; return the exit status."""
    import matplotlib

    matplotlib.use("agg")
    end_with_driver()
    status = 0
    try:
        inventory = load_inventory()
        lessons: dict[str, list[Entry]] = {}
        for id in arguments:
            entry = find_entry(inventory, id)
            lessons.setdefault(entry.notebook, []).append(entry)
    except InventoryError as error:
        print(error)
        return 2
    for name, entries in lessons.items():
        names = ", ".join(entry.id for entry in entries)
        try:
            with locked(name):
                redraw_lesson(name, entries)
            print(f"  drawn   {names}", flush=True)
        except (RedrawFailed, Damaged, WriteFailed, SourceError, OSError, ValueError) as error:
            print(f"  FAILED  {names}: {' '.join(str(error).split())}", flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
