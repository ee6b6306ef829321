"""Networks without symmetry on all images of Fashion-MNIST (Laborieux and Zenke 2024, Fig. 4a-d).

Network, optimizer, steps and images are the paper's, epochs fewer. At 0 and 90 degrees between
forward and backward weights, with and without homeostasis, errors are taken from one, two or four
points of a circle of radius 0.5. A run takes about five minutes on one core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from theory.data import ImageTask, load_images
from theory.door import door
from theory.holo_ep.published import PUBLISHED_RUNS, TrainingSettings
from theory.holo_ep.training import train

EPOCHS = 5  # of the published 50
RADIUS = 0.5


@door(degrees="in [0, 180]", homeostasis=">= 0")
@dataclass(frozen=True)
class AsymmetricRun:
    """One condition: the trainer's settings, the angle in degrees, the homeostatic coefficient.

    ``images`` is a task, or the name of a set that is loaded at full size.
    """

    settings: TrainingSettings
    degrees: float
    homeostasis: float
    images: str | ImageTask = "fashion_mnist"

    @property
    def epochs(self) -> int:
        return self.settings.epochs


@door(seeds="wholes 1d >= 0")
def full_size_runs(
    seeds=(0, 1), images: str | ImageTask = "fashion_mnist", **changes
) -> list[tuple[str, AsymmetricRun, int]]:
    """Return condition, settings and seed of every run, those of the paper's angle first.

    Parameters
    ----------
    seeds : sequence of int
    images : str or ImageTask
    **changes
        Of the settings; a stand-in for trying out takes fewer units and epochs.
    """
    published = PUBLISHED_RUNS["J24 fig. 4a-d"].settings
    settings = replace(published, rule="contour", radius=RADIUS, **{"epochs": EPOCHS} | changes)
    return [
        (
            f"{angle:.0f} degrees, N = {points}, homeostasis {coefficient:g}",
            AsymmetricRun(replace(settings, points=points), angle, coefficient, images),
            int(seed),
        )
        for points in (2, 1, 4)
        for angle in (90.0, 0.0)
        for coefficient in (1.0, 0.0)
        for seed in seeds
    ]


@door
def train_one(setting: AsymmetricRun, seed: int) -> dict:
    """Train one network; return its accuracy after every epoch.

    Parameters
    ----------
    setting : AsymmetricRun
    seed : int

    Returns
    -------
    dict
        ``epochs``, shape (epochs + 1,), ``curves``, shape (epochs + 1, 1), at the end the
        ``symmetry`` measure, the ``angle`` of the weights (degrees) and the share of test images
        that is ``unsettled``, and ``cpu_seconds``.
    """
    started = time.process_time()
    images = setting.images
    task = load_images(images, scale="paper") if isinstance(images, str) else images
    found = train(
        setting.settings, task, (seed,),
        degrees=setting.degrees, homeostasis=setting.homeostasis,
    )  # fmt: skip
    return {
        "epochs": np.arange(setting.epochs + 1),
        "curves": 1 - found.test_error.T,
        "symmetry": float(found.symmetry[0, -1]),
        "angle": float(found.angle[0, -1]),
        "unsettled": float(found.unsettled[0, -1]),
        "cpu_seconds": time.process_time() - started,
    }
