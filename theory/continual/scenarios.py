"""Scenarios: the same classes in turn, told apart by what is known of the task.

=================== ==========================  ==========================================
scenario            outputs                     what is told at test
=================== ==========================  ==========================================
task-incremental    one head a task             the task: only its head may answer
domain-incremental  one head for all            nothing; class k of every task is answer k
class-incremental   all classes, one head       nothing; classes of other tasks compete
=================== ==========================  ==========================================

The names are those of van de Ven and Tolias (2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from theory import checks
from theory.data import ImageTask, class_subset, load_images, permuted
from theory.data.loading import LAPTOP_SETS
from theory.door import door

SCENARIOS = ("permuted", "task", "domain", "class")


@dataclass(frozen=True, eq=False)
class Scenario:
    """A sequence of tasks and what a network for it needs.

    Attributes
    ----------
    tasks : tuple of ImageTask
    outputs : int
        Output units.
    heads : ndarray of int, shape (outputs,), or None
        The head of each output where every task has its own; None for a single head.
    name : str
    """

    tasks: tuple[ImageTask, ...]
    outputs: int
    heads: np.ndarray | None
    name: str


@door(count=">= 1")
def permuted_tasks(count: int, seed: int, images: ImageTask | str = "digits") -> list[ImageTask]:
    """Return `count` permutations of a data set, the first as it is, the rest by `seed`.

    Parameters
    ----------
    count : int
    seed : int
    images : ImageTask or str
        A task, or a name for `theory.data.load_images`.
    """
    base = _base(images)
    orders = np.random.SeedSequence([seed, 1]).spawn(count)
    return [base] + [permuted(base, np.random.default_rng(order)) for order in orders[1:]]


@door(count=">= 1")
def split_tasks(
    images: ImageTask | str, count: int, scenario: str, *, seed: int | None = None
) -> Scenario:
    """Divide the classes of a data set among tasks.

    Parameters
    ----------
    images : ImageTask or str
    count : int
        Tasks; the classes must divide evenly among them for ``domain``.
    scenario : {"task", "domain", "class"}
    seed : int, optional
        Draws which classes belong together; by default they follow their numbers.
    """
    checks.one_of("scenario", scenario, SCENARIOS[1:])
    base = _base(images)
    classes = np.arange(len(base.classes))
    if count > len(classes):
        raise ValueError(f"count is {count}, but {base.name} has {len(classes)} classes")
    if seed is not None:
        classes = np.random.default_rng([seed, 5]).permutation(classes)
    groups = np.array_split(classes, count)
    if scenario == "domain" and len(classes) % count:
        raise ValueError(
            f"count: {len(classes)} classes do not divide into {count} tasks of as many each, "
            "which one shared head needs"
        )
    tasks = tuple(class_subset(base, group, relabel=scenario == "domain") for group in groups)
    heads = None
    if scenario == "task":
        heads = np.empty(len(classes), int)
        for number, group in enumerate(groups):
            heads[group] = number
    outputs = len(groups[0]) if scenario == "domain" else len(classes)
    return Scenario(tasks, outputs, heads, scenario)


@door
def all_at_once(tasks: Sequence[ImageTask]) -> ImageTask:
    """Return one task with the training samples of all: learning jointly, the upper bound."""
    tasks = tuple(tasks)
    if not tasks:
        raise ValueError("tasks is empty; one or more are needed")
    return replace(
        tasks[0],
        train_images=np.concatenate([task.train_images for task in tasks]),
        train_labels=np.concatenate([task.train_labels for task in tasks]),
        name="all tasks together",
        permutation=None,
    )


def _base(images):
    if isinstance(images, str):
        return load_images(checks.one_of("images", images, LAPTOP_SETS))
    return images
