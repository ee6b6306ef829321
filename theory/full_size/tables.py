"""Results of full-size runs as files: tables that drawings and lessons read, facts beside them."""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import numpy as np

from theory.full_size.catalogue import Entry

COLUMNS = ("entry", "condition", "seed", "epoch", "task", "accuracy")


def versions() -> dict[str, str]:
    """Return what computed: versions of Python, NumPy and, where it is there, CuPy; the commit."""
    found = {"python": platform.python_version(), "numpy": np.__version__}
    try:
        import cupy

        found["cupy"] = cupy.__version__
    except ImportError:
        pass
    here = Path(__file__).parent
    found["commit"] = "unknown"
    if shutil.which("git"):
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False
        )
        found["commit"] = asked.stdout.strip() or "unknown"
    return found


def rows(entry: Entry, results) -> list[tuple]:
    """Return the accuracies of an entry as rows of `COLUMNS`; results are in the runs' order."""
    found = []
    for (condition, _, seed), result in zip(entry.runs, results, strict=True):
        for epoch, accuracies in zip(result["epochs"], result["curves"], strict=True):
            for task, accuracy in enumerate(accuracies, start=1):
                found.append((entry.name, condition, seed, int(epoch), task, f"{accuracy:.4f}"))
    return found


def keep(entry: Entry, results, facts: dict, folder) -> Path:
    """Write the results into ``<folder>/<figure>.full.csv`` and ``.full.json``.

    Rows and facts of other entries of the figure stay; those of this one are replaced. Both files
    are written whole or not at all.

    Parameters
    ----------
    entry : Entry
    results : sequence of dict
        One a run, with ``epochs`` and ``curves``.
    facts : dict
        Device, seconds and whatever else belongs to the runs; settings, seeds and versions are
        added.
    folder : path-like
        The folder ``figures``.

    Returns
    -------
    Path
        Of the table.
    """
    table = Path(folder) / f"{entry.figure}.full.csv"
    beside = table.with_suffix(".json")
    others, known = [], {}
    if table.exists():
        with open(table, newline="") as file:
            others = [tuple(row) for row in csv.reader(file)][1:]
        known = json.loads(beside.read_text())
    lines = [COLUMNS, *(row for row in others if row[0] != entry.name), *rows(entry, results)]
    known[entry.name] = {
        "what": entry.what,
        "runs": [
            {"condition": condition, "seed": seed, "settings": repr(experiment)}
            for condition, experiment, seed in entry.runs
        ],
        **facts,
    }
    _write(table, "".join(",".join(map(str, _quoted(line))) + "\n" for line in lines))
    _write(beside, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return table


def _quoted(line):
    return (f'"{cell}"' if "," in str(cell) else cell for cell in line)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)
