"""The released dense network at its own size: trained once, kept beside figure A7.

784-3000-10 on the 60 000 images of MNIST, 20 epochs at the learning rate of 100: about five CPU
minutes a run, so no lesson trains it. Its accuracies stand in ``figures/rram/a7.full.csv``, what
was run in ``a7.full.json``; `theory.full_size.tables.read` reads both.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theory import sweep
from theory.full_size import tables
from theory.rram.experiment import DeviceExperiment, run_devices
from theory.rram.settings import CONDITIONS, condition, dense

NAME, FIGURE = "rram_dense", "rram/a7"


@dataclass(frozen=True)
class FullSizeRuns:
    """Runs of one experiment that one table keeps, for `theory.full_size.tables.keep`."""

    runs: tuple[tuple[str, DeviceExperiment, int], ...]
    name: str = NAME
    figure: str = FIGURE

    @property
    def epochs(self) -> int:
        return self.runs[0][1].epochs

    @property
    def what(self) -> str:
        hidden = "-".join(map(str, self.runs[0][1].hidden))
        return f"784-{hidden}-10 of devices on MNIST, released settings, {self.epochs} epochs"


def full_size_runs(
    conditions: Sequence[str] = tuple(CONDITIONS), seeds: Sequence[int] = (0,), **changes
) -> FullSizeRuns:
    """Return the runs of the released dense network under some conditions.

    Parameters
    ----------
    conditions : sequence of str
        Of `CONDITIONS`.
    seeds : sequence of int
    **changes
        Of the settings, see `dense`; a stand-in for trying out takes fewer units and epochs.
    """
    base = dense(scale="paper", **changes)
    return FullSizeRuns(
        tuple((name, condition(base, name), int(s)) for s in seeds for name in conditions)
    )


def timed_run(experiment: DeviceExperiment, seed: int) -> dict:
    """Return what a run measures, and the CPU seconds that it took: for `theory.sweep`."""
    started = time.process_time()
    return run_devices(experiment, seed) | {"cpu_seconds": time.process_time() - started}


def keep_full_size(runs: FullSizeRuns, folder=tables.FIGURES, **options) -> Path:
    """Train the runs one after the other and write their table.

    Parameters
    ----------
    runs : FullSizeRuns
    folder : path-like
        The folder ``figures``.
    **options
        Of `theory.sweep.map`; with a ``checkpoint`` folder finished runs are not trained again.

    Returns
    -------
    Path
        Of the table. Its facts hold, beside settings and versions, the CPU seconds, the pulses per
        device and the share of devices behind their kinks at the end of every run.
    """
    points = [{"experiment": experiment, "seed": seed} for _, experiment, seed in runs.runs]
    measured = sweep.map(timed_run, points, **{"backend": "serial"} | options).values
    results = [
        {"epochs": np.arange(len(m["accuracy"])), "curves": m["accuracy"][:, None]}
        for m in measured
    ]
    seconds = [round(float(m["cpu_seconds"]), 1) for m in measured]
    facts = {
        "device": "cpu",
        "seconds": round(sum(seconds), 1),
        "cpu_seconds": seconds,
        "versions": tables.versions(),
    }
    for key in ("pulses", "past_kink"):
        facts[key] = [round(float(m[key][-1]), 4) if key in m else None for m in measured]
    return tables.keep(runs, results, facts, folder)
