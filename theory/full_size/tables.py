"""Results of full-size runs as files: written by runs, read by lessons and drawings.

``figures/<paper>/<name>.full.csv`` holds one accuracy a row, ``.full.json`` beside it what was run:
settings, seeds, versions, device, seconds, how many epochs of how many, the mean size of the hidden
weights after every task, and what flips cost where that was measured.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

COLUMNS = ("entry", "condition", "seed", "epoch", "task", "accuracy")
FIGURES = Path(__file__).parents[2] / "figures"


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


def rows(entry, results) -> list[tuple]:
    """Return the accuracies of an entry as rows of `COLUMNS`; results are in the runs' order."""
    found = []
    for (condition, _, seed), result in zip(entry.runs, results, strict=True):
        for epoch, accuracies in zip(result["epochs"], result["curves"], strict=True):
            for task, accuracy in enumerate(accuracies, start=1):
                found.append((entry.name, condition, seed, int(epoch), task, f"{accuracy:.4f}"))
    return found


def keep(entry, results, facts: dict, folder=FIGURES) -> Path:
    """Write the results into ``<folder>/<figure>.full.csv`` and ``.full.json``.

    Rows and facts of other entries of the figure stay; those of this one are replaced. Each file is
    written whole or not at all.

    Parameters
    ----------
    entry : theory.full_size.catalogue.Entry
    results : sequence of dict
        One a run, with ``epochs`` and ``curves``, and optionally ``hidden``, mean size of the
        hidden weights by task and layer, and ``flips``, the fields of `theory.bnn.FlipCosts` by
        layer.
    facts : dict
        Device, seconds, ``epochs_done`` where the runs were ended early, and whatever else belongs
        to them; settings, seeds and the number of epochs are added.
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
        "epochs": entry.epochs,
        "epochs_a_task": entry.runs[0][1].epochs,
        "epochs_done": entry.epochs,
        **facts,
        "settings": {condition: repr(experiment) for condition, experiment, _ in entry.runs},
        "runs": [
            {"condition": condition, "seed": seed}
            | ({"mean_hidden_weight": _rounded(result["hidden"])} if "hidden" in result else {})
            | ({"flips": _costs(result["flips"])} if "flips" in result else {})
            for (condition, _, seed), result in zip(entry.runs, results, strict=True)
        ],
    }
    _write(table, "".join(",".join(map(str, _quoted(line))) + "\n" for line in lines))
    _write(beside, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return table


@dataclass(frozen=True, eq=False)
class StoredRun:
    """One run as it is stored.

    Attributes
    ----------
    condition : str
    seed : int
    epochs : ndarray, shape (n,)
        Since the start of the first task, when accuracies were measured.
    curves : ndarray, shape (n, tasks)
        Test accuracies, to four decimals.
    hidden : ndarray, shape (whole tasks, layers)
        Mean size of the hidden weights after each task; empty if it was not kept.
    flips : tuple of ndarray, each of shape (3, classes of size)
        By layer: mean size over the layer's largest, cost of a flip, and its standard error.
    """

    condition: str
    seed: int
    epochs: np.ndarray
    curves: np.ndarray
    hidden: np.ndarray
    flips: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Stored:
    """An entry of the catalogue as far as it was run.

    Attributes
    ----------
    name : str
    facts : dict
        Of the ``.full.json``.
    runs : tuple of StoredRun
    """

    name: str
    facts: dict
    runs: tuple[StoredRun, ...]

    @property
    def whole(self) -> bool:
        """Whether all epochs were run."""
        return self.facts["epochs_done"] >= self.facts["epochs"]

    @property
    def whole_tasks(self) -> int:
        """Tasks that were trained to their end."""
        return self.facts["epochs_done"] // self.facts["epochs_a_task"]

    @property
    def state(self) -> str:
        """One word for a whole run, else how far it went."""
        facts = self.facts
        return "run" if self.whole else f"{facts['epochs_done']} of {facts['epochs']} epochs"

    def of(self, condition: str) -> list[StoredRun]:
        """Return the runs of a condition, one a seed.

        Raises
        ------
        ValueError
            If there is none, naming the conditions.
        """
        found = [run for run in self.runs if run.condition == condition]
        if not found:
            known = ", ".join(repr(name) for name in dict.fromkeys(r.condition for r in self.runs))
            raise ValueError(f"{self.name} has no condition {condition!r}; it has {known}")
        return found

    def after(self, tasks: int, condition: str) -> np.ndarray:
        """Return the accuracies at the end of a task, shape (seeds, tasks of the sequence).

        Raises
        ------
        ValueError
            If that many tasks were not trained to their end.
        """
        if not 1 <= tasks <= self.whole_tasks:
            raise ValueError(
                f"{self.name} was run for {self.whole_tasks} whole tasks; {tasks} were asked for"
            )
        epoch = tasks * self.facts["epochs_a_task"]
        return np.array([run.curves[run.epochs == epoch][0] for run in self.of(condition)])


def read(figure: str, folder=FIGURES) -> dict[str, Stored]:
    """Return the stored entries of a figure by name; none if nothing was run.

    Parameters
    ----------
    figure : str
        For instance ``"metaplasticity/stream_a"``.
    folder : path-like
        The folder ``figures``.
    """
    table = Path(folder) / f"{figure}.full.csv"
    if not table.exists():
        return {}
    kept: dict[tuple, dict] = {}
    with open(table, newline="") as file:
        for row in csv.DictReader(file):
            run = kept.setdefault((row["entry"], row["condition"], int(row["seed"])), {})
            run.setdefault(int(row["epoch"]), []).append(float(row["accuracy"]))
    found = {}
    for name, facts in json.loads(table.with_suffix(".json").read_text()).items():
        runs = []
        for one in facts["runs"]:
            by_epoch = kept[name, one["condition"], one["seed"]]
            epochs, curves = np.array(list(by_epoch)), np.array(list(by_epoch.values()))
            hidden = np.array(one.get("mean_hidden_weight", []))
            flips = tuple(np.array(layer) for layer in one.get("flips", ()))
            runs.append(StoredRun(one["condition"], one["seed"], epochs, curves, hidden, flips))
        found[name] = Stored(name, facts, tuple(runs))
    return found


def _rounded(values):
    return [[float(f"{value:.4g}") for value in row] for row in np.asarray(values)]


def _costs(layers):
    """Return size, mean cost and its standard error of every class by layer."""
    found = []
    for layer in layers:
        cost = np.asarray(layer["cost"])
        error = cost.std(axis=1, ddof=1) / np.sqrt(cost.shape[1])
        found.append(_rounded([layer["size"], cost.mean(axis=1), error]))
    return found


def _quoted(line):
    return (f'"{cell}"' if "," in str(cell) else cell for cell in line)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)
