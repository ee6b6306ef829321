"""Run any learner through a sequence of tasks and keep its accuracy on each of them.

One runner for every continual-learning figure: it shuffles, cuts batches, asks for accuracies and
keeps them. What learns, and how old tasks are protected, is the learner's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from theory import checks
from theory.continual import metrics
from theory.data import ImageTask
from theory.door import door


class TrainingDiverged(FloatingPointError):
    """The loss is no longer a finite number; the message says where."""


class Learner(Protocol):
    """What the runner needs of a learner."""

    def begin_task(self, number: int, task: ImageTask) -> None: ...

    def step(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Learn from one batch; return its loss."""

    def end_task(self, number: int, task: ImageTask) -> None: ...

    def accuracy(self, number: int, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the share of right answers on the test part of a task, learned or not."""


@dataclass
class SequenceRun:
    """Where a run stands and what was measured; grows while it runs.

    Attributes
    ----------
    epochs : list of int
        Epochs done, over all tasks, at each measurement.
    accuracies : list of list of float
        At each measurement, the test accuracy on every task, learned or not.
    after_task : list of int
        The number of the measurement taken at the end of each finished task.
    steps : list of int
        Steps done at each measurement.
    losses : list of float
        Mean training loss of each epoch.
    task, epoch, step : int
        Position: the task under way, its epochs done, steps done in all.
    """

    epochs: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)
    after_task: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    losses: list = field(default_factory=list)
    task: int = 0
    epoch: int = 0
    step: int = 0

    @property
    def curves(self) -> np.ndarray:
        """Accuracies, shape (measurements, tasks)."""
        return np.array(self.accuracies)

    @property
    def matrix(self) -> np.ndarray:
        """Accuracy matrix R, shape (tasks, tasks): R[i, j] on task j when task i was finished."""
        return self.curves[self.after_task]

    @property
    def final(self) -> np.ndarray:
        """Accuracy on each task at the end, shape (tasks,)."""
        return self.matrix[-1]

    @property
    def seen_average(self) -> np.ndarray:
        """Mean accuracy over the tasks learned so far, at the end of each task, shape (tasks,)."""
        matrix = self.matrix
        return np.array([matrix[i, : i + 1].mean() for i in range(len(matrix))])

    @property
    def learning_accuracy(self) -> float:
        """Mean accuracy on each task just after it was learned: plasticity."""
        return metrics.learning_accuracy(self.matrix)

    @property
    def backward_transfer(self) -> float:
        """Mean change of the earlier tasks since they were learned, negative for forgetting."""
        return metrics.backward_transfer(self.matrix)

    def forgetting(self, reference: str = "maximum") -> float:
        """Mean loss of the earlier tasks, see `metrics.forgetting` for the two references."""
        return metrics.forgetting(self.matrix, reference)

    def forward_transfer(self) -> float:
        """Accuracy just before a task's turn above that before all training, which is measured
        where the run measures more than the ends of tasks."""
        if not self.steps or self.steps[0]:
            raise ValueError(
                "the untrained network was not measured; run with measure_every or measure_steps"
            )
        return metrics.forward_transfer(self.matrix, self.curves[0])


@door(_nan=True, epochs=">= 1", batch=">= 1", measure_every=">= 1", measure_steps=">= 1")
def run_sequence(
    learner: Learner,
    tasks: Sequence[ImageTask],
    *,
    epochs: int,
    batch: int,
    rng: np.random.Generator | int,
    measure_every: int | None = 1,
    measure_steps: int | None = None,
    evaluated: Sequence[ImageTask] | None = None,
    run: SequenceRun | None = None,
    after_epoch: Callable[[SequenceRun, np.random.Generator], None] | None = None,
) -> SequenceRun:
    """Learn the tasks one after the other.

    Parameters
    ----------
    learner : Learner
        Changed in place.
    tasks : sequence of ImageTask
        One with a method ``batches(batch, rng)`` says itself which rows make up the batches of an
        epoch.
    epochs : int
        Passes over the training part of each task; every pass is shuffled anew.
    batch : int
        Samples a step. Images that do not fill the last batch of an epoch are left out of it.
    rng : Generator or int
        Draws the order of the samples.
    measure_every : int or None
        Epochs between two measurements; the end of a task is always measured, and the start of the
        run. None measures at the ends of tasks only.
    measure_steps : int, optional
        Measure after so many steps as well: what happens within an epoch, such as the fall and
        recovery of an old task at the start of a new one.
    evaluated : sequence of ImageTask, optional
        Where accuracy is measured; by default on `tasks`.
    run : SequenceRun, optional
        A run to go on with, `learner` and `rng` in the state they had then.
    after_epoch : callable, optional
        Called as ``after_epoch(run, rng)`` at the end of each epoch: progress, checkpoints.

    Returns
    -------
    SequenceRun

    Raises
    ------
    ValueError
        For an empty sequence or a batch larger than the data.
    TrainingDiverged
        If the loss is NaN or infinite, naming task, epoch and step.
    """
    tasks = tuple(tasks)
    if not tasks:
        raise ValueError("tasks is empty; a sequence needs at least one task")
    for task in tasks:
        if batch > len(task.train_labels):
            raise ValueError(
                f"batch is {batch}, but task {task.name!r} has {len(task.train_labels)} training "
                "images; take a batch that is no larger"
            )
    rng = checks.as_rng(rng)
    evaluated = tasks if evaluated is None else tuple(evaluated)
    run = SequenceRun() if run is None else run

    if not (measure_every is None and measure_steps is None) and not run.epochs:
        _measure(run, learner, evaluated, epochs)

    def within_epoch():
        if measure_steps is not None and run.step % measure_steps == 0:
            _measure(run, learner, evaluated, epochs)

    for number in range(run.task, len(tasks)):
        task = tasks[number]
        if run.epoch == 0:
            learner.begin_task(number, task)
        while run.epoch < epochs:
            run.losses.append(_one_epoch(run, learner, task, number, batch, rng, within_epoch))
            run.epoch += 1
            if run.epoch < epochs:
                if measure_every is not None and run.epoch % measure_every == 0:
                    _measure(run, learner, evaluated, epochs)
            else:
                learner.end_task(number, task)
                run.after_task.append(len(run.epochs))
                _measure(run, learner, evaluated, epochs)
                run.task, run.epoch = number + 1, 0
            if after_epoch is not None:
                after_epoch(run, rng)
            if run.epoch == 0:
                break
    return run


def rows_of_epoch(task, batch: int, rng: np.random.Generator) -> np.ndarray:
    """Return the rows of every batch of an epoch, shape (steps, batch).

    Shuffled, without what does not fill a batch; a task with a method ``batches`` says its own.
    """
    if hasattr(task, "batches"):
        return np.asarray(task.batches(batch, rng))
    order = rng.permutation(len(task.train_labels))
    return order[: len(order) // batch * batch].reshape(-1, batch)


def _one_epoch(run, learner, task, number, batch, rng, after_step):
    losses = []
    for rows in rows_of_epoch(task, batch, rng):
        loss = learner.step(task.train_images[rows], task.train_labels[rows])
        if not np.isfinite(loss):
            raise TrainingDiverged(
                f"the loss became {loss} at step {run.step + 1} (task {number + 1}, epoch "
                f"{run.epoch + 1}); lower the learning rate or look at the inputs"
            )
        losses.append(loss)
        run.step += 1
        after_step()
    return float(np.mean(losses))


def _measure(run, learner, evaluated, epochs):
    run.epochs.append(run.task * epochs + run.epoch)
    run.steps.append(run.step)
    run.accuracies.append(
        [
            float(learner.accuracy(number, task.test_images, task.test_labels))
            for number, task in enumerate(evaluated)
        ]
    )
