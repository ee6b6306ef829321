"""Many runs of one architecture as one array program: a stack of members, on either device.

Members may differ in seed, task sequence, metaplasticity, method, shuffled importance, what happens
at a task boundary and which statistics a test uses. Their arrays are the rows of stacked ones, so
that products and updates of all are single calls, while each member stays a `NetworkLearner` that
consolidates, saves and restores by itself. On the CPU a member ends with the bits of its own run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from theory.bnn.arrays import array_module, to_host
from theory.bnn.normalisation import BatchNorm
from theory.bnn.stacking import stack
from theory.continual.binarized.checkpointing import Generators, TrainingCheckpoint, run_identity
from theory.continual.binarized.experiments import Experiment, prepare, weight_histograms
from theory.continual.binarized.updates import MemberUpdates
from theory.continual.sequence import SequenceRun, TrainingDiverged, rows_of_epoch
from theory.door import door

FREE: dict[str, Any] = {
    "metaplasticity": 0.0, "method": "none", "strength": 0.0, "shuffled": False,
    "symmetric": False, "only": None, "fresh_optimizer": True, "task_normalisation": True,
    "normalisation": "batch", "interleaved": False, "histogram": None,
}  # fmt: skip
TEST_BATCH = 1000


@door
class Ensemble:
    """Runs that are trained side by side.

    Parameters
    ----------
    runs : sequence of (Experiment, int)
        Settings and seed of each member. They may differ in the fields of `FREE` and in their task
        sequences, if these have as many tasks and images.
    device : {"cpu", "gpu"}
    """

    def __init__(self, runs: Sequence[tuple[Experiment, int]], device="cpu"):
        self.runs = [(experiment, int(seed)) for experiment, seed in runs]
        if not self.runs:
            raise ValueError("runs is empty; an ensemble needs at least one member")
        self.module = array_module(device)
        self.common = self.runs[0][0]
        alike = {replace(e, **FREE, tasks=self.common.tasks) for e, _ in self.runs}
        if len(alike) > 1:
            raise ValueError(
                f"runs differ in more than tasks, seed and {', '.join(FREE)}; train those apart"
            )
        built, prepared = {}, []
        for experiment, seed in self.runs:
            key = (experiment.tasks, seed)
            prepared.append(prepare(experiment, seed, tasks=built.get(key)))
            stream = experiment.tasks.kind == "stream"
            built[key] = prepared[-1][1] if stream else prepared[-1][2]
        self.learners, self.trained, self.evaluated, rngs = zip(*prepared, strict=True)
        self.rngs = Generators(rngs)
        self.sizes = _common_sizes("trained", self.trained, "train_labels")
        _common_sizes("tested", self.evaluated, "test_labels")
        self.network = stack([learner.network for learner in self.learners], self.module)
        self._updates = MemberUpdates(self.learners, self.network, self.module)
        for learner in self.learners:
            learner.method.start(learner.network)
        self._kinds = np.array([experiment.normalisation for experiment, _ in self.runs])
        self._set_statistics(_training_statistics(self._kinds))
        self.run = SequenceRun()
        self._tests, self._histograms = {}, [[] for _ in self.runs]

    @door(checkpoint="text or has __fspath__")
    def train(self, *, checkpoint=None, after_epoch: Callable | None = None) -> list[dict]:
        """Train all members and return, one each, what `experiments.train` measures.

        Parameters
        ----------
        checkpoint : path-like, optional
            File of the newest state, written after every epoch; a killed run goes on from there.
        after_epoch : callable, optional
            Called as ``after_epoch(ensemble)``; a true answer ends the training there.

        Raises
        ------
        TrainingDiverged
            Naming member, task and epoch.
        """
        run, common = self.run, self.common
        store = None
        if checkpoint is not None:
            store = TrainingCheckpoint(checkpoint, run_identity(*self.runs))
            kept = store.load(self, self.rngs)
            run = self.run = self.run if kept is None else kept
        if common.measure_every is not None and not run.epochs:
            self._measure()
        for number in range(run.task, len(self.sizes)):
            if run.epoch == 0 and number:
                self._updates.forget()
            data = self._on_device([tasks[number] for tasks in self.trained], "train")
            while run.task == number:
                # A member that diverges is reported at the end of the epoch, not as warnings.
                with np.errstate(over="ignore", invalid="ignore"):
                    self._epoch(data)
                run.epoch += 1
                if run.epoch == common.epochs:
                    for learner, tasks in zip(self.learners, self.trained, strict=True):
                        learner.end_task(number, tasks[number])
                    self._keep_histograms()
                    run.after_task.append(len(run.epochs))
                    self._measure()
                    run.task, run.epoch = number + 1, 0
                elif common.measure_every and run.epoch % common.measure_every == 0:
                    self._measure()
                if store is not None:
                    store.save(self, run, self.rngs)
                if after_epoch is not None and after_epoch(self):
                    return self.measured()
        return self.measured()

    def measured(self) -> list[dict]:
        """Return the measurements so far of every member."""
        members, tasks = len(self.runs), len(self.evaluated[0])
        # A run that was ended early may have measured nothing yet.
        curves = np.array(self.run.accuracies).reshape(-1, members, tasks)
        ends, losses = np.array(self.run.after_task, int), np.array(self.run.losses)
        return [
            {
                "epochs": np.array(self.run.epochs),
                "curves": curves[:, member],
                "matrix": curves[ends][:, member],
                "losses": losses[:, member],
            }
            | ({"histograms": np.array(histograms)} if histograms else {})
            for member, histograms in enumerate(self._histograms)
        ]

    def state(self) -> dict:
        """Return the arrays of all members, by member and name."""
        return {
            f"{member}.{name}": array
            for member, learner in enumerate(self.learners)
            for name, array in learner.state().items()
        }

    def load(self, state: dict) -> None:
        for member, learner in enumerate(self.learners):
            start = f"{member}."
            mine = {k.removeprefix(start): v for k, v in state.items() if k.startswith(start)}
            learner.load(mine)

    def _on_device(self, tasks, part):
        """Return (images, labels, first row of each member) of one task of every member."""
        images = {id(getattr(t, f"{part}_images")): getattr(t, f"{part}_images") for t in tasks}
        labels = {id(getattr(t, f"{part}_images")): getattr(t, f"{part}_labels") for t in tasks}
        count, places = len(getattr(tasks[0], f"{part}_labels")), list(images)
        offsets = [places.index(id(getattr(t, f"{part}_images"))) * count for t in tasks]
        join = np.concatenate if len(images) > 1 else lambda arrays: arrays[0]
        dtype = self.network.weights[0].value.dtype
        return (
            self.module.asarray(join(list(images.values())), dtype=dtype),
            self.module.asarray(join(list(labels.values()))),
            np.array(offsets)[:, None],
        )

    def _epoch(self, data):
        images, labels, offsets = data
        module, batch, run = self.module, self.common.batch, self.run
        members = len(self.runs)
        rows = np.stack([
            rows_of_epoch(tasks[run.task], batch, rng)
            for tasks, rng in zip(self.trained, self.rngs, strict=True)
        ])  # fmt: skip
        steps = rows.shape[1]
        rows = module.asarray(rows + offsets[:, None])
        if run.step == 0 or not hasattr(self, "_inputs"):
            self._inputs = module.empty((members, batch, images.shape[1]), images.dtype)
            self._labels = module.empty((members, batch), labels.dtype)
            self._total = module.zeros(members)
        self._total[...] = 0
        self._updates.begin_epoch(steps)
        for step in range(steps):
            now = rows[:, step]
            module.take(images, now, axis=0, out=self._inputs)
            module.take(labels, now, axis=0, out=self._labels)
            for row, learner in zip(self._labels, self.learners, strict=True):
                told = learner.begin_step(row)
                if told is not row:
                    row[...] = told
            self._updates.begin_step(step)
            self._step()
        run.step += steps
        self._check_finite()
        run.losses.append((to_host(self._total) / steps).tolist())

    def _step(self):
        self._total += self.network.learn(self._inputs, self._labels)
        for learner in self.learners:
            learner.method.before_update()
        self._updates.update()
        for learner in self.learners:
            learner.end_step()

    def _check_finite(self):
        finite = np.isfinite(to_host(self._total))
        for parameter in self.network.parameters:
            if not parameter.is_weight:
                finite &= np.isfinite(to_host(parameter.value)).all(axis=(1, 2))
        if not finite.all():
            member = int(np.argmin(finite))
            raise TrainingDiverged(
                f"member {member} diverged in task {self.run.task + 1}, epoch "
                f"{self.run.epoch + 1}; lower the learning rate or look at the inputs"
            )

    def _keep_histograms(self):
        for (experiment, _), learner, kept in zip(
            self.runs, self.learners, self._histograms, strict=True
        ):
            if experiment.histogram:
                kept.append(weight_histograms(learner.network, *experiment.histogram))

    def _measure(self):
        run = self.run
        run.epochs.append(run.task * self.common.epochs + run.epoch)
        shares = [self._accuracy(number) for number in range(len(self.evaluated[0]))]
        run.accuracies.append(np.transpose(shares).tolist())

    def _accuracy(self, number):
        """Return the share of right answers of every member on one task, as `Network.accuracy`."""
        if number not in self._tests:
            self._tests[number] = self._on_device([t[number] for t in self.evaluated], "test")
        images, labels, offsets = self._tests[number]
        count = len(self.evaluated[0][number].test_labels)
        edges = [*range(0, max(count - 1, 1), TEST_BATCH), count]
        learners = self.learners
        present = {
            member: learner.network.normalisation_state()
            for member, learner in enumerate(learners)
            if number in learner.task_states
        }
        for member in present:
            learners[member].network.load_normalisation(learners[member].task_states[number])
        right = np.zeros(len(learners))
        for kind in sorted(set(self._kinds)):
            self._set_statistics(kind)
            found = 0
            for first, last in itertools.pairwise(edges):
                rows = self.module.asarray(np.arange(first, last) + offsets)
                answers = self.network.forward(images[rows], False).argmax(axis=-1)
                found = found + (answers == labels[rows]).sum(axis=-1)
            right = np.where(self._kinds == kind, to_host(found), right)
        self._set_statistics(_training_statistics(self._kinds))
        for member, state in present.items():
            learners[member].network.load_normalisation(state)
        return right / count

    def _set_statistics(self, kind):
        for layer in self.network.layers:
            if isinstance(layer, BatchNorm):
                layer.statistics = kind


def _training_statistics(kinds):
    """Running averages are kept if anybody needs them."""
    return "running" if "running" in kinds else "batch"


def _common_sizes(name, sequences, labels):
    sizes = {tuple(len(getattr(task, labels)) for task in tasks) for tasks in sequences}
    if len(sizes) > 1:
        raise ValueError(f"runs are {name} on tasks of different numbers or sizes: {sorted(sizes)}")
    return sizes.pop()
