"""Replay: keep some samples of earlier tasks and learn them along with the new ones.

`Replay` wraps any learner, of a real-valued or a binarized network, in any scenario.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from theory import checks
from theory.door import door


@door(size=">= 1", per_task=">= 1")
class ReplayMemory:
    """Samples kept of everything seen, up to a number.

    Parameters
    ----------
    size : int, optional
        Of a reservoir over the whole stream: every sample seen so far is kept with one probability
        (Vitter 1985), so shares of early tasks shrink as new ones come.
    per_task : int, optional
        Instead of `size`: so many random samples of each task.
    rng : Generator or int
    """

    def __init__(
        self,
        *,
        size: int | None = None,
        per_task: int | None = None,
        rng: np.random.Generator | int,
    ):
        if (size is None) == (per_task is None):
            raise ValueError("size or per_task: give one of them, not both and not none")
        self.size, self.per_task = size, per_task
        self.rng, self.seen = checks.as_rng(rng), 0
        self.images: np.ndarray | None = None
        self.labels: np.ndarray | None = None

    def __len__(self):
        return 0 if self.labels is None else len(self.labels)

    @door(images="2d", labels="wholes 1d")
    def add(self, images: np.ndarray, labels: np.ndarray) -> None:
        """See the samples of one task, each once."""
        checks.same_length(images=images, labels=labels)
        order = self.rng.permutation(len(labels))
        if self.size is None:
            self._join(images, labels, order[: self.per_task])
            self.seen += len(labels)
            return
        free = self.size - len(self)
        self._join(images, labels, order[:free])
        self.seen += min(free, len(labels))
        kept, kept_labels = self.everything()
        for row in order[free:]:
            self.seen += 1
            place = self.rng.integers(self.seen)
            if place < self.size:
                kept[place], kept_labels[place] = images[row], labels[row]

    @door(count=">= 1")
    def draw(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return `count` stored samples at random, without repetition where there are enough."""
        rows = self.rng.choice(len(self), size=count, replace=count > len(self))
        images, labels = self.everything()
        return images[rows], labels[rows]

    def everything(self) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels of all stored samples."""
        if self.images is None or self.labels is None:
            raise ValueError("nothing is stored yet; add samples or end a task first")
        return self.images, self.labels

    def _join(self, images, labels, rows):
        if self.images is None or self.labels is None:
            self.images, self.labels = images[rows].copy(), labels[rows].copy()
        else:
            self.images = np.concatenate([self.images, images[rows]])
            self.labels = np.concatenate([self.labels, labels[rows]])


@door(learner="has step", share="> 0")
class Replay:
    """A learner that repeats stored samples of earlier tasks in every batch of a new one.

    Parameters
    ----------
    learner : Learner
        Any: what wraps it needs only its four methods. In a scenario with heads the label of a
        sample says its head; gates that the task chooses cannot be told for replayed samples.
    size, per_task : int
        Of the memory, see `ReplayMemory`; one of them.
    rng : Generator or int
    share : float
        Replayed samples over new ones in a batch, > 0.
    """

    def __init__(self, learner, *, size=None, per_task=None, rng, share: float = 1.0):
        self.learner = learner
        self.memory = ReplayMemory(size=size, per_task=per_task, rng=rng)
        self.share = float(share)

    def begin_task(self, number, task):
        self.learner.begin_task(number, task)

    def step(self, images, labels):
        if len(self.memory):
            old, old_labels = self.memory.draw(max(1, round(self.share * len(labels))))
            images, labels = np.concatenate([images, old]), np.concatenate([labels, old_labels])
        return self.learner.step(images, labels)

    def end_task(self, number, task):
        self.learner.end_task(number, task)
        self.memory.add(task.train_images, task.train_labels)

    @door(number="whole", images="array 2d", labels="wholes 1d")
    def accuracy(self, number, images, labels):
        return self.learner.accuracy(number, images, labels)

    @door(task="has train_images")
    def stored(self, task):
        """Return a task with the stored samples in place of the training part of `task`."""
        images, labels = self.memory.everything()
        return replace(task, train_images=images, train_labels=labels, name="stored")
