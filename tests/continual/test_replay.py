"""Replay memories, scenarios and a reader's own data: what is kept, told and refused."""

import numpy as np
import pytest

from theory.bnn.architectures import dense_network
from theory.continual import (
    ContinualExperiment,
    ContinualLearner,
    Protection,
    Replay,
    ReplayMemory,
    feature_task,
    run_continual,
    run_sequence,
    split_tasks,
)
from theory.continual.binarized.learner import NetworkLearner
from theory.data import permuted
from theory.mlp import multilayer_perceptron


def test_a_reservoir_keeps_every_sample_with_one_probability():
    size, count, runs = 5, 20, 4000
    kept = np.zeros(count)
    rng = np.random.default_rng(0)
    for _ in range(runs):
        memory = ReplayMemory(size=size, rng=rng)
        for part in (np.arange(0, 8), np.arange(8, 20)):  # two tasks of 8 and 12 samples
            memory.add(part[:, None].astype(float), part)
        kept[memory.labels] += 1
    # Binomial counts: the largest of twenty standardised deviations, one false alarm in 1000.
    deviation = (kept - runs * size / count) / np.sqrt(runs * size / count * (1 - size / count))
    assert np.abs(deviation).max() < 4.06
    assert memory.seen == count and len(memory) == size


def test_a_memory_by_task_keeps_as_many_of_each_and_draws_without_repetition():
    memory = ReplayMemory(per_task=3, rng=0)
    for number in range(4):
        memory.add(np.full((10, 2), number, float), np.full(10, number))
    assert np.bincount(memory.labels).tolist() == [3, 3, 3, 3]
    images, labels = memory.draw(12)
    assert np.array_equal(np.sort(labels), np.sort(memory.labels))
    assert np.array_equal(images[:, 0].astype(int), labels)


class Counting:
    """A learner that keeps the batches it is given."""

    def __init__(self):
        self.batches = []

    def begin_task(self, number, task): ...

    def end_task(self, number, task): ...

    def step(self, images, labels):
        self.batches.append(labels.copy())
        return 1.0

    def accuracy(self, number, images, labels):
        return 0.0


def clusters(seed=0, classes=4, samples=80, features=6):
    """Gaussian clusters, also of negative values: features that are no images."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), samples // classes)
    centres = 2 * rng.standard_normal((classes, features))
    return centres[labels] + 0.5 * rng.standard_normal((samples, features)), labels


def test_replayed_samples_join_every_batch_from_the_second_task_on():
    scenario = split_tasks(feature_task(*clusters()), 2, "class")
    learner = Counting()
    replay = Replay(learner, per_task=5, rng=0, share=0.5)
    run_sequence(replay, scenario.tasks, epochs=1, batch=8, rng=0)
    first, second = learner.batches[:4], learner.batches[4:]
    assert all(len(labels) == 8 and set(labels) <= {0, 1} for labels in first)
    assert all(len(labels) == 12 and set(labels[:8]) <= {2, 3} for labels in second)
    assert all(set(labels[8:]) <= {0, 1} for labels in second)


def test_ten_lines_for_own_data_method_and_scenario():
    features, labels = clusters(samples=200)

    class Shrinking(Protection):
        def before_update(self, gradients):
            for values, gradient in zip(self.parameters, gradients, strict=True):
                gradient += 1e-4 * values

    tasks = split_tasks(feature_task(features, labels), 2, "class").tasks
    found = {}
    for per_task in (0, 20):
        network = multilayer_perceptron((6, 20, 4), rng=0, normalize=False)
        learner = ContinualLearner(network, Shrinking(), 1e-2)
        learner = Replay(learner, per_task=per_task, rng=1) if per_task else learner
        run = run_sequence(learner, tasks, epochs=40, batch=16, rng=2)
        found[per_task] = run.forgetting("diagonal")
    assert found[20] < 0.05 < found[0]


def test_a_binarized_network_is_wrapped_like_any_other():
    tasks = split_tasks(feature_task(*clusters(samples=240)), 2, "class").tasks
    final = {}
    for per_task in (0, 30):
        learner = NetworkLearner(dense_network((6, 64, 4), 0), task_normalisation=False)
        if per_task:
            learner = Replay(learner, per_task=per_task, rng=1)
        final[per_task] = run_sequence(learner, tasks, epochs=15, batch=24, rng=2).final
    assert final[30][0] > final[0][0] + 0.3


def test_heads_domains_and_classes():
    task = feature_task(*clusters(classes=6, samples=120))
    by_task = split_tasks(task, 3, "task")
    assert by_task.heads.tolist() == [0, 0, 1, 1, 2, 2] and by_task.outputs == 6
    by_domain = split_tasks(task, 3, "domain")
    assert by_domain.outputs == 2 and by_domain.heads is None
    assert all(set(t.train_labels) == {0, 1} for t in by_domain.tasks)
    by_class = split_tasks(task, 3, "class", seed=4)
    assert sorted(c for t in by_class.tasks for c in set(t.train_labels)) == list(range(6))
    assert [set(t.train_labels) for t in by_class.tasks] != [{0, 1}, {2, 3}, {4, 5}]
    with pytest.raises(ValueError, match="do not divide"):
        split_tasks(task, 4, "domain")
    with pytest.raises(ValueError, match="has 6 classes"):
        split_tasks(task, 7, "class")


def test_a_head_is_learned_and_asked_alone():
    """Outputs of another head neither answer nor change, however large they are."""
    heads = np.array([0, 0, 1, 1])
    network = multilayer_perceptron((6, 4), rng=0, normalize=False)
    network.parameters[1][:] = [0, 0, 50, 0]
    learner = ContinualLearner(network, Protection(), 0.01, heads=heads)
    features, labels = clusters(samples=80)
    first = labels < 2
    learner.begin_task(0, None)
    for _ in range(300):
        learner.step(features[first], labels[first])
    assert network.parameters[1][2] == 50 and network.parameters[1][3] == 0
    assert learner.accuracy(0, features[first], labels[first]) > 0.95


def test_features_pass_through_what_images_pass_through():
    task = feature_task(*clusters())
    assert task.train_images.min() < 0 and len(task.test_labels) == 16
    turned = permuted(task, permutation=[5, 4, 3, 2, 1, 0])
    assert np.array_equal(turned.train_images, task.train_images[:, ::-1])
    assert type(turned) is type(task)
    run = run_continual(ContinualExperiment(images=task, tasks=2, epochs=3, batch=16), seed=0)
    assert run.matrix.shape == (2, 2)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ReplayMemory(rng=0), "size or per_task"),
        (lambda: ReplayMemory(size=3, per_task=3, rng=0), "size or per_task"),
        (lambda: Replay(Counting(), per_task=0, rng=0), "per_task must be"),
        (lambda: Replay(Counting(), per_task=1, rng=0, share=0), "share must be"),
        (lambda: feature_task([[0.0, np.nan]], [0]), "features"),
        (lambda: feature_task(np.ones((3, 2)), [0, 1]), "labels must be"),
        (lambda: feature_task(np.ones((3, 2)), [0, 1, -1]), "labels must be"),
        (lambda: ContinualExperiment(rule="store"), "replay is 0"),
        (lambda: ContinualExperiment(rule="gating", strength=0.5, replay=5), "replay: gates"),
        (lambda: ContinualExperiment(scenario="online"), "scenario must be"),
        (lambda: ContinualExperiment(rule="EWC"), "did you mean 'ewc'"),
        (lambda: split_tasks("digits", 2, "permuted"), "scenario must be"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
