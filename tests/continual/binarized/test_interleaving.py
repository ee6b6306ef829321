"""Tasks learned at once, each with its own normalisation, against a slow network of plain loops."""

from dataclasses import replace

import numpy as np
import pytest
from reference import straight_through_gradients

from theory.bnn.architectures import dense_network
from theory.continual.binarized import settings
from theory.continual.binarized.ensemble import Ensemble
from theory.continual.binarized.experiments import run_experiment, train
from theory.continual.binarized.interleaving import InterleavedLearner, interleaved_by_task
from theory.continual.tasks import feature_task

RATE = 0.01


class PlainAdam:
    """The published algorithm for one array, m = 0."""

    def __init__(self):
        self.first = self.second = 0.0
        self.steps = 0

    def step(self, value, gradient):
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        size = RATE * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        return value - size * self.first / (np.sqrt(self.second) + 1e-8)


def test_weights_are_shared_and_scales_are_not():
    network = dense_network((6, 5, 3), rng=0, dtype=float)
    learner = InterleavedLearner(network, 2, learning_rate=RATE, weight_decay=0.0)
    weights = [w.value.copy() for w in network.weights]
    norms = [p for p in network.parameters if not p.is_weight]
    scales = [[p.value.copy() for p in norms[::2]] for _ in range(2)]
    shifts = [[p.value.copy() for p in norms[1::2]] for _ in range(2)]
    adams = {key: PlainAdam() for key in [("w", k) for k in (0, 1)]}
    adams |= {(n, t, k): PlainAdam() for n in ("scale", "shift") for t in (0, 1) for k in (0, 1)}
    rng = np.random.default_rng(1)
    for task in (0, 1, 1, 0, 1):
        images, labels = rng.normal(size=(8, 6)), rng.integers(0, 3, 8)
        learner.step(images, labels + 3 * task)
        _, gradients = straight_through_gradients(
            weights, scales[task], shifts[task], images, labels
        )
        for k in (0, 1):
            weights[k] = adams["w", k].step(weights[k], gradients["weights", k])
            for name, own in (("scale", scales), ("shift", shifts)):
                own[task][k] = adams[name, task, k].step(own[task][k], gradients[name, k])
    for parameter, value in zip(network.weights, weights, strict=True):
        np.testing.assert_allclose(parameter.value, value, atol=1e-10)
    for task in (0, 1):
        for k, state in enumerate(learner.task_states[task]):
            np.testing.assert_allclose(state["scale"], scales[task][k], atol=1e-10)
            np.testing.assert_allclose(state["shift"], shifts[task][k], atol=1e-10)
    assert not np.allclose(learner.task_states[0][0]["shift"], learner.task_states[1][0]["shift"])


def test_every_batch_is_of_one_task_and_an_epoch_sees_each_sample_once():
    rng = np.random.default_rng(0)
    tasks = [feature_task(rng.normal(size=(50, 4)), np.arange(50) % 2, rng=k) for k in range(3)]
    together = interleaved_by_task(tasks)
    batches = together.batches(8, rng)
    assert len(batches) == 3 * (40 // 8)
    seen = np.concatenate(batches)
    assert len(set(seen.tolist())) == len(seen) == 120
    of = [set((together.train_labels[rows] // 2).tolist()) for rows in batches]
    assert all(len(one) == 1 for one in of)
    assert of != sorted(of, key=min)  # in mixed order
    where = together.train_labels[batches[0]]
    task = tasks[where[0] // 2]
    rows = batches[0] - 40 * (where[0] // 2)
    assert np.array_equal(together.train_images[batches[0]], task.train_images[rows])
    assert np.array_equal(where % 2, task.train_labels[rows])
    with pytest.raises(ValueError, match="batch is 41, more than any of the tasks"):
        together.batches(41, rng)


SMALL = replace(settings.permuted_digits(0.0, count=4, width=48), epochs=6, interleaved=True)


def test_its_own_normalisation_makes_it_an_upper_bound():
    def accuracy(**changes):
        return np.mean([run_experiment(replace(SMALL, **changes), k)["matrix"][-1] for k in (0, 1)])

    by_task, mixed = accuracy(), accuracy(task_normalisation=False)
    assert by_task > mixed and by_task > accuracy(interleaved=False, metaplasticity=20.0) + 0.1


def test_killed_it_goes_on_to_the_same_bits(tmp_path):
    experiment = replace(SMALL, epochs=3)
    learner, measured = train(experiment, 0)
    saved = []

    class Killed(BaseException):
        pass

    from theory.continual.binarized import experiments

    def save(self, *arguments, real=experiments.TrainingCheckpoint.save):
        real(self, *arguments)
        saved.append(1)
        if len(saved) == 2:
            raise Killed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(experiments.TrainingCheckpoint, "save", save)
        train(experiment, 0, checkpoint=tmp_path / "run.npz")
    again, resumed = train(experiment, 0, checkpoint=tmp_path / "run.npz")
    assert np.array_equal(measured["curves"], resumed["curves"])
    one, two = learner.state(), again.state()
    assert set(one) == set(two) and all(np.array_equal(one[k], two[k]) for k in one)


def test_members_of_an_ensemble_end_with_the_bits_of_their_own_runs():
    runs = [(SMALL, 0), (replace(SMALL, metaplasticity=5.0), 1)]
    for found, run in zip(Ensemble(runs).train(), runs, strict=True):
        assert np.array_equal(found["curves"], run_experiment(*run)["curves"])
