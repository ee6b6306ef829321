"""The released dense network at its own size: what the catalogue of full-size runs trains.

784-3000-10 on the 60 000 images of MNIST, 20 epochs at the learning rate of 100: two to five CPU
minutes a run, so no lesson trains it. Its accuracies stand in ``figures/rram/a7.full.csv``, what
was run in ``a7.full.json``; `theory.full_size.tables.read` reads both.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from theory.door import door
from theory.rram.experiment import DeviceExperiment, run_devices
from theory.rram.settings import CONDITIONS, condition, dense


@door(conditions="list", seeds="wholes 1d >= 0")
def full_size_runs(
    conditions: Sequence[str] = tuple(CONDITIONS), seeds: Sequence[int] = (0,), **changes
) -> list[tuple[str, DeviceExperiment, int]]:
    """Return condition, settings and seed of every run of the released dense network.

    Parameters
    ----------
    conditions : sequence of str
        Of `theory.rram.settings.CONDITIONS`.
    seeds : sequence of int
    **changes
        Of the settings, see `dense`; a stand-in for trying out takes fewer units and epochs.
    """
    base = dense(scale="paper", **changes)
    return [(name, condition(base, name), int(s)) for s in seeds for name in conditions]


def train_one(setting: DeviceExperiment, seed: int) -> dict:
    """Return the accuracy by epoch, ``epochs`` and ``curves``, and the facts of the run.

    Facts are ``cpu_seconds`` and, of devices, ``pulses`` per device and the share ``past_kink`` of
    devices behind their kinks at the end.
    """
    started = time.process_time()
    measured = run_devices(setting, seed)
    accuracy = measured["accuracy"]
    facts = {key: measured[key][-1] for key in ("pulses", "past_kink") if key in measured}
    return {
        "epochs": np.arange(len(accuracy)),
        "curves": accuracy[:, None],
        "cpu_seconds": time.process_time() - started,
    } | facts
