"""The two halves of a lesson: the cells they hold, and how a change of them is written."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat

from figures.executed import Damaged, is_sealed, keep_edited, normal_form, read_executed
from figures.files import write_atomic
from figures.provenance import without_header

CHANGED = "the lesson was changed in JupyterLab"  # the stamp of no source: the lesson is stale
FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,slideshow,-all"}
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""


def cells(notebook) -> list[tuple]:
    """Return type, source and tags of every cell: what of a notebook its `.py` holds."""
    return [(c.cell_type, c.source, c.metadata.get("tags", [])) for c in notebook.cells]


def two_versions(source: Path) -> bool:
    """Whether the `.ipynb` beside a lesson's `.py` was changed elsewhere and holds other cells."""
    pair = source.with_suffix(".ipynb")
    try:
        if not pair.is_file() or is_sealed(read_executed(pair)):
            return False  # the build or JupyterLab wrote it: a newer .py loses nothing
    except Damaged:
        pass
    try:
        return cells(nbformat.read(pair, as_version=4)) != cells(jupytext.read(source))
    except Exception:  # no notebook at all: nbformat does not say which errors it raises
        return False


def write_pair(source: Path, notebook) -> None:
    """Write the changed cells of a notebook to both halves of a lesson, each whole at any moment.

    The header of the `.py` stays byte for byte. The `.ipynb` is sealed, and stale until it is
    built. A version that another program wrote is kept aside. Raises `WriteFailed`.
    """
    pair = source.with_suffix(".ipynb")
    stamps = {"computed": CHANGED, "drawn": {}, "records": {}}
    header = HEADER
    if source.is_file():
        text = source.read_text(encoding="utf-8")
        header = text.removesuffix(without_header(text))
        if two_versions(source):
            keep_edited(pair)
    try:
        stamps = {**read_executed(pair)["metadata"]["figures"], "computed": CHANGED}
    except Damaged:
        pass
    notebook = nbformat.v4.new_notebook(cells=notebook.cells, metadata={"jupytext": FILTERS})
    body = jupytext.writes(notebook, fmt="py:percent")
    del notebook.metadata["jupytext"]
    write_atomic(source, (header + body.lstrip()).encode())
    write_atomic(pair, normal_form(notebook, stamps))
