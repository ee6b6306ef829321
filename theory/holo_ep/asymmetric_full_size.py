"""The dense-layer experiments of Laborieux and Zenke (2024) at full size: published settings.

784-256-256-10 on 60 000 Fashion-MNIST images takes hours to days a run on two cores, so the lessons
do not run it. The same code runs on any image task, for instance a tiny stand-in. What the released
scripts leave open (weight decay of AdamW) is left at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from theory import checks
from theory.data import ImageTask, load_images
from theory.holo_ep.field_training import FieldRun, FieldSettings, train_fields


@dataclass(frozen=True)
class PublishedRun:
    """One experiment of the paper.

    Attributes
    ----------
    settings : FieldSettings
        Steps are undamped, as published.
    degrees : tuple of float
        Initial angles of forward and backward weights; all are run.
    homeostasis : tuple of float
        Coefficients; all are run.
    seeds : tuple of int
    """

    settings: FieldSettings
    degrees: tuple[float, ...] = (0.0,)
    homeostasis: tuple[float, ...] = (0.0,)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)


_PLAIN = FieldSettings(
    sizes=(256, 256, 10), optimizer="sgd", learning_rate=0.01, momentum=0.9, batch_size=50,
    epochs=50, free_steps=150, nudged_steps=20, damping=1.0, draws=5,
)  # fmt: skip
ANGLES = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0)
PUBLISHED_RUNS = {
    **{
        f"table 1, N = {points}, radius {radius}": PublishedRun(
            replace(_PLAIN, rule="contour", points=points, radius=radius)
        )
        for radius in (0.05, 0.5)
        for points in (1, 2, 4, 6)
    },
    "table 1, derivative": PublishedRun(_PLAIN),
    "table 1, continuous": PublishedRun(
        replace(_PLAIN, rule="online", points=4, nudged_steps=60, turns=5, skipped_turns=0)
    ),
    "fig. 3, back-propagation": PublishedRun(
        replace(_PLAIN, rule="backpropagation"), degrees=ANGLES, seeds=(0, 1, 2)
    ),
    "fig. 3, derivative": PublishedRun(_PLAIN, degrees=ANGLES, seeds=(0, 1, 2)),
    "fig. 4a-d": PublishedRun(
        replace(_PLAIN, optimizer="adam", learning_rate=1e-4),
        degrees=(90.0,),
        homeostasis=(0.0, 1.0),
    ),
    "fig. 4e-h": PublishedRun(
        replace(_PLAIN, topology="loop"), degrees=(90.0,), homeostasis=(0.0, 0.1)
    ),
}


def train_published(
    name: str, task: ImageTask | None = None, seeds: Sequence[int] | None = None, **changes
) -> dict[tuple[float, float], FieldRun]:
    """Run one published experiment for every angle and coefficient.

    Parameters
    ----------
    name : str
        One of `PUBLISHED_RUNS`.
    task : ImageTask, optional
        By default ``load_images("fashion_mnist", scale="paper")``.
    seeds : sequence of int, optional
        By default the published number of them, all at once.
    **changes
        Fields of `FieldSettings` to replace, for instance ``sizes`` and ``epochs`` for a trial.

    Returns
    -------
    dict
        (degrees, coefficient) -> FieldRun.

    Raises
    ------
    theory.data.DataUnavailable
        Where Fashion-MNIST is neither stored nor can be downloaded.
    """
    run = PUBLISHED_RUNS[checks.one_of("name", name, tuple(PUBLISHED_RUNS))]
    settings = replace(run.settings, **changes)
    task = load_images("fashion_mnist", scale="paper") if task is None else task
    seeds = run.seeds if seeds is None else tuple(seeds)
    return {
        (angle, coefficient): train_fields(
            settings, task, seeds, degrees=angle, homeostasis=coefficient
        )
        for angle in run.degrees
        for coefficient in run.homeostasis
    }
