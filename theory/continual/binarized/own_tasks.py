"""Tasks of the reader's own, where an experiment otherwise names a sequence of image tasks.

>>> import numpy as np
>>> from theory.continual.binarized import Experiment, run_experiment
>>> rng = np.random.default_rng(0)
>>> centres = rng.standard_normal((2, 3, 8))  # two tasks, three classes, eight features
>>> labels = np.arange(300) % 3
>>> pairs = [(c[labels] + 0.1 * rng.standard_normal((300, 8)), labels) for c in centres]
>>> experiment = Experiment(tasks=pairs, hidden=(32,), epochs=5, batch=20, metaplasticity=20.0)
>>> bool(run_experiment(experiment, seed=1)["matrix"][0, 0] > 0.9)
True
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.continual.tasks import feature_task
from theory.data import ImageTask
from theory.door import door

KIND = "own"


@dataclass(frozen=True, repr=False)
class OwnTasks:
    """Stands for `TaskSequence` where the tasks are there already.

    Parameters
    ----------
    tasks : sequence
        Of `ImageTask` or `FeatureTask`, or of pairs (features, labels) of which a fifth of each
        class is held out. All have as many features and classes.
    """

    tasks: tuple[ImageTask, ...]
    kind = KIND

    def __post_init__(self):
        if isinstance(self.tasks, str) or not np.iterable(self.tasks):
            raise TypeError(
                f"tasks must be a TaskSequence, or a list of tasks or of pairs (features, labels), "
                f"not {self.tasks!r}"
            )
        tasks = tuple(_task(number, task) for number, task in enumerate(self.tasks))
        if not tasks:
            raise ValueError("tasks is empty; an experiment needs at least one task")
        for what, sizes in (
            ("features", {task.pixels for task in tasks}),
            ("classes", {len(task.classes) for task in tasks}),
        ):
            if len(sizes) > 1:
                raise ValueError(
                    f"tasks have {' or '.join(map(str, sorted(sizes)))} {what}; one network needs "
                    "the same number in all"
                )
        object.__setattr__(self, "tasks", tasks)

    @property
    def count(self) -> int:
        return len(self.tasks)

    @door
    def build(self, rng) -> tuple[ImageTask, ...]:
        """Return the tasks; nothing is drawn."""
        return self.tasks

    def __repr__(self):
        return f"OwnTasks({', '.join(repr(task.name) for task in self.tasks)})"


def _task(number, task):
    if isinstance(task, ImageTask):
        return task
    if not isinstance(task, tuple | list) or len(task) != 2:
        raise TypeError(
            f"tasks[{number}] must be a task or a pair (features, labels), not a "
            f"{type(task).__name__}"
        )
    try:
        return feature_task(*task, name=f"task {number + 1}")
    except (TypeError, ValueError) as error:
        raise type(error)(f"tasks[{number}]: {error}") from error
