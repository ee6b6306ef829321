"""Training on several tasks at once, each with the scale and shift of its own normalisation.

Every batch holds samples of one task; tasks follow each other in random order, batch by batch. The
weights and their optimizer are shared. Each task has its own scales, shifts and running statistics,
with moments of their own, as it has in sequential training with task-wise normalisation: what
remains of the difference between the two is the order of the samples alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory.bnn.network import Network
from theory.continual.binarized.learner import NetworkLearner, below
from theory.continual.tasks import FeatureTask
from theory.data import ImageTask


@dataclass(frozen=True, eq=False, repr=False)
class InterleavedTask(FeatureTask):
    """Training parts of several tasks as one, whose label l is class ``l % c`` of task ``l // c``.

    Parameters
    ----------
    of_each : int
        c, classes of one task.
    """

    of_each: int = 1

    def batches(self, batch: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Return the rows of every batch of an epoch; what does not fill one is left out."""
        tasks = self.train_labels // self.of_each
        found = []
        for number in range(len(self.classes) // self.of_each):
            rows = rng.permutation(np.flatnonzero(tasks == number))
            found += list(rows[: len(rows) // batch * batch].reshape(-1, batch))
        if not found:
            raise ValueError(f"batch is {batch}, more than any of the tasks has training images")
        return [found[k] for k in rng.permutation(len(found))]


def interleaved_by_task(tasks: Sequence[ImageTask]) -> InterleavedTask:
    """Return one task with the training images of all and labels that tell them apart."""
    tasks = tuple(tasks)
    classes = len(tasks[0].classes)
    return InterleavedTask(
        train_images=np.concatenate([task.train_images for task in tasks]),
        train_labels=np.concatenate(
            [task.train_labels + classes * number for number, task in enumerate(tasks)]
        ),
        test_images=tasks[0].test_images,
        test_labels=tasks[0].test_labels,
        image_shape=tasks[0].image_shape,
        classes=tuple(
            f"task {n + 1}, {name}" for n, task in enumerate(tasks) for name in task.classes
        ),
        name=f"{len(tasks)} tasks at once",
        source="; ".join(task.source for task in tasks),
        of_each=classes,
    )


class InterleavedLearner(NetworkLearner):
    """Learns an `InterleavedTask`.

    Parameters
    ----------
    network : Network
    count : int
        Number of tasks.
    options
        As of `NetworkLearner`; the normalisation is always that of the task.
    """

    def __init__(self, network: Network, count: int, **options):
        super().__init__(network, **options)
        own = [p for p in network.parameters if not p.is_weight]
        self.optimizer = self._make_optimizer(network.weights)
        self._of_task = [self._make_optimizer(own, metaplasticity=0.0) for _ in range(count)]
        self.task_states = {number: network.normalisation_state() for number in range(count)}

    def begin_step(self, labels):
        """Take up the normalisation of the batch's task, which its labels tell."""
        self._present, labels = divmod(labels, self.network.classes)
        self._present = int(self._present[0])
        self.network.load_normalisation(self.task_states[self._present])
        return labels

    def end_step(self):
        super().end_step()
        self._of_task[self._present].update()
        self.task_states[self._present] = self.network.normalisation_state()

    def end_task(self, number, task):
        """Nothing follows that would have to be protected."""

    def state(self):
        kept = super().state()
        for number, optimizer in enumerate(self._of_task):
            kept |= {f"of_task.{number}.{k}": array for k, array in optimizer.state().items()}
        return kept

    def load(self, state):
        super().load(state)
        for number, optimizer in enumerate(self._of_task):
            optimizer.load(below(f"of_task.{number}.", state))
