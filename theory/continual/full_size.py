"""Rules of protection on ten permuted MNIST tasks of 60 000 images each: what the catalogue runs.

The network and the training are those of the lesson on permuted digits (two hidden layers of 100,
12 epochs a task); tasks and images are more. A run takes a minute or two on one core.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from theory.continual.experiment import ContinualExperiment, run_continual
from theory.data import load_images
from theory.door import door

CONDITIONS: dict[str, dict[str, Any]] = {
    "no protection": {},
    "EWC, c = 100": {"rule": "ewc", "strength": 100.0},
    "EWC, c = 1000": {"rule": "ewc", "strength": 1000.0},
    "SI, c = 3": {"rule": "si", "strength": 3.0},
    "SI, c = 30": {"rule": "si", "strength": 30.0},
    "replay of 100": {"replay": 100},
}


@door(seeds="wholes 1d >= 0")
def full_size_runs(seeds=(0, 1, 2), **changes: Any) -> list[tuple[str, ContinualExperiment, int]]:
    """Return condition, settings and seed of every run.

    Parameters
    ----------
    seeds : sequence of int
    **changes
        Of the settings; a stand-in for trying out takes fewer tasks and epochs.
    """
    common: dict[str, Any] = {"images": "mnist", "tasks": 10} | changes
    return [
        (name, ContinualExperiment(**options, **common), int(seed))
        for seed in seeds
        for name, options in CONDITIONS.items()
    ]


@door
def train_one(setting: ContinualExperiment, seed: int, *, scale: str = "paper") -> dict:
    """Train on all images of a set; return the accuracies on all tasks after each of them.

    Parameters
    ----------
    setting : ContinualExperiment
        With a name for `theory.data.load_images` as its images.
    seed : int
    scale : {"paper", "laptop"}

    Returns
    -------
    dict
        ``epochs``, shape (tasks,), ``curves``, shape (tasks, tasks), and ``cpu_seconds``.
    """
    started = time.process_time()
    images = load_images(setting.images, scale=scale)
    matrix = run_continual(replace(setting, images=images), seed).matrix
    return {
        "epochs": setting.epochs * np.arange(1, len(matrix) + 1),
        "curves": matrix,
        "cpu_seconds": time.process_time() - started,
    }
