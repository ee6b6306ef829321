"""The controls of metaplasticity on small networks: three widths, three lengths, five seeds.

Not the paper's size, but longer than a lesson: about ten minutes on one core. Every condition is
run with the same five permuted sequences of the embedded 8 x 8 digits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from theory.continual.binarized import settings
from theory.full_size.entry import Entry

WIDTHS, LENGTHS, SEEDS = (32, 64, 128), (5, 15, 45), range(5)
STEPS_AN_EPOCH = 28
FIGURE = "metaplasticity/x_controls"

# What is changed, and the values of m eta T that it is run at.
CHANGES: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "": ({}, (0, 10, 20, 40)),
    ", shuffled": ({"shuffled": True}, (10, 20, 40)),
    ", symmetric": ({"symmetric": True}, (20,)),
    ", no boundaries": ({"task_normalisation": False, "fresh_optimizer": False}, (0, 5, 20)),
    ", running statistics": ({"normalisation": "running"}, (0, 20)),
}


def condition(group: float, change: str = "") -> str:
    """Return the name of a condition in the table: m eta T, and what is changed."""
    return f"group {group:g}{change}"


def experiment_of(width: int, epochs: int, group: float, change: str = ""):
    """Return the settings of one condition.

    Parameters
    ----------
    width, epochs : int
        Units in each of two layers; epochs on each of four tasks.
    group : float
        m eta T.
    change : str
        A key of `CHANGES`.
    """
    base = replace(settings.permuted_digits(0.0, width=width), epochs=epochs)
    reach = base.learning_rate * epochs * STEPS_AN_EPOCH
    return replace(base, metaplasticity=group / reach, **CHANGES[change][0])


def best_accuracy(stored, groups, change: str = "") -> np.ndarray:
    """Return the mean accuracy of the four tasks at the end, at the best m eta T of each cell.

    Parameters
    ----------
    stored : dict
        Of `theory.full_size.tables.read`, with all entries whole.
    groups : sequence of float
        Values of m eta T; in each cell the one is taken whose mean over the seeds is largest.
    change : str
        A key of `CHANGES`.

    Returns
    -------
    ndarray, shape (widths, lengths, seeds)
    """
    names = [condition(group, change) for group in groups]
    cells = [[stored[f"controls_{w}_{n}"] for n in LENGTHS] for w in WIDTHS]
    found = np.array([[[e.after(4, n).mean(axis=1) for n in names] for e in row] for row in cells])
    best = found.mean(axis=-1).argmax(axis=-1)[..., None, None]
    return np.take_along_axis(found, best, axis=2)[:, :, 0]


def _entry(width, epochs):
    runs = tuple(
        (condition(group, change), experiment_of(width, epochs, group, change), seed)
        for change, (_, groups) in CHANGES.items()
        for group in groups
        for seed in SEEDS
    )
    what = f"four permuted tasks of digits, 64-{width}-{width}-10, {epochs} epochs each: controls"
    return Entry(f"controls_{width}_{epochs}", FIGURE, what, runs, together=True)


CONTROLS_OF_SMALL = tuple(_entry(width, epochs) for width in WIDTHS for epochs in LENGTHS)
