"""The two halves of a lesson: which cells they hold, and whether one was changed elsewhere."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

from figures.files import write_atomic

ASIDE = ".edited"  # suffix of the name under which an edited notebook is kept


def cells(notebook) -> list[tuple]:
    """Return type, source and tags of every cell: what of a notebook its `.py` holds."""
    return [
        (cell["cell_type"], _text(cell["source"]), tuple(cell["metadata"].get("tags", ())))
        for cell in notebook["cells"]
    ]


def cell_id(number: int, source: str) -> str:
    """Return the id that a cell has in a notebook written by this project.

    A cell whose id is another one was changed by another program.
    """
    return hashlib.sha256(f"{number} {source}".encode()).hexdigest()[:8]


def edited_elsewhere(notebook) -> bool:
    """Whether a cell was changed, added or moved since this project wrote the notebook."""
    return any(
        cell.get("id") != cell_id(number, _text(cell["source"]))
        for number, cell in enumerate(notebook["cells"])
    )


def two_versions(source: Path) -> bool:
    """Whether the `.ipynb` beside a lesson's `.py` was edited elsewhere and holds other cells."""
    import jupytext

    pair = source.with_suffix(".ipynb")
    try:
        notebook = json.loads(pair.read_bytes())
        return edited_elsewhere(notebook) and cells(notebook) != cells(jupytext.read(source))
    except (OSError, ValueError, KeyError, TypeError):
        return False  # missing or damaged: `make check` says so


def keep_aside(notebook: Path) -> Path:
    """Copy an edited notebook to `<name>.edited.ipynb` and return that path.

    An older copy with other contents is left alone: then the name gets a number.
    """
    content = notebook.read_bytes()
    for number in itertools.count(1):
        suffix = ASIDE if number == 1 else f"{ASIDE}-{number}"
        copy = notebook.with_name(f"{notebook.stem}{suffix}.ipynb")
        if not copy.exists():
            write_atomic(copy, content)
        if copy.read_bytes() == content:
            return copy
    raise AssertionError("the loop has no end")


def _text(source) -> str:
    return source if isinstance(source, str) else "".join(source)
