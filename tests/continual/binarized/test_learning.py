"""Whole trainings on the 8 x 8 digits: what learns, what forgets, what keeps, what stops."""

from dataclasses import replace

import numpy as np
import pytest

from theory.bnn.architectures import convolutional_network, dense_network
from theory.continual import TrainingDiverged, run_sequence
from theory.continual.binarized import settings
from theory.continual.binarized.experiments import Experiment, run_experiment, train
from theory.continual.binarized.learner import NetworkLearner
from theory.continual.task_sequence import TaskSequence

SHORT = replace(settings.permuted_digits(0.0, count=2, width=64), epochs=6)
CHANCE = 0.1


def final(experiment, seed=0):
    return run_experiment(experiment, seed)["matrix"][-1]


@pytest.mark.parametrize(
    ("changes", "at_least"),
    [
        ({}, 0.85),
        ({"binary": False}, 0.9),
        ({"optimizer": "sgd", "learning_rate": 0.5}, 0.5),
        ({"normalisation": "running"}, 0.8),
        ({"normalisation": "instance"}, 0.8),
        ({"affine": False}, 0.85),
        ({"channels": (8,), "hidden": (32,), "side": 3, "scale": "one"}, 0.8),
    ],
    ids=["binary", "real", "descent", "running", "instance", "no scale", "convolution"],
)
def test_every_kind_of_network_learns_the_digits(changes, at_least):
    one = replace(SHORT, tasks=TaskSequence("permuted", ("digits",), 1), **changes)
    if changes.get("channels"):
        one = replace(one, tasks=TaskSequence("sets", ("digits",)))
    assert final(one)[0] > at_least


def test_a_second_task_overwrites_the_first_and_metaplasticity_holds_it():
    plain, held, rigid = (final(replace(SHORT, metaplasticity=m)) for m in (0.0, 30.0, 300.0))
    assert plain[0] < 0.6 and plain[1] > 0.85
    assert held[0] > plain[0] + 0.2
    # What the first task moved is frozen: it stays as it is, the second is learned badly.
    assert rigid[0] > held[0] - 0.2 and rigid[1] < plain[1] - 0.2


def test_metaplasticity_does_nothing_before_weights_have_grown():
    """At m eta T << 1 the factor is 1: the first steps agree with plain training to that order."""
    curves = []
    for m in (0.0, 0.01):
        learner, _ = train(replace(SHORT, metaplasticity=m, epochs=1), 0)
        curves.append(np.concatenate([w.value.ravel() for w in learner.network.weights]))
    # (m W)^2 is below 1e-5 of each step, but signs and with them gradients may flip later on.
    assert np.corrcoef(*curves)[0, 1] > 0.9


def test_a_penalty_of_no_strength_changes_no_bit_and_a_huge_one_holds_signs():
    plain, _ = train(SHORT, 0)
    for method in ("ewc", "random", "si", "mas"):
        other, _ = train(replace(SHORT, method=method, strength=0.0), 0)
        for a, b in zip(plain.network.parameters, other.network.parameters, strict=True):
            assert np.array_equal(a.value, b.value), method

    first, _ = train(replace(SHORT, only=0), 0)
    strong, _ = train(replace(SHORT, method="mas", strength=1e6), 0)
    weak = plain.network.weights[0].used
    before = first.network.weights[0].used
    kept = np.mean(strong.network.weights[0].used == before)
    assert kept > np.mean(weak == before) + 0.05


def test_old_and_new_tasks_share_the_outcome_between_seeds_but_not_the_numbers():
    runs = np.array([final(replace(SHORT, metaplasticity=15.0), seed) for seed in range(3)])
    assert np.all(runs > 3 * CHANCE) and np.ptp(runs, axis=0).min() > 0


def test_the_normalisation_of_a_task_is_worth_something():
    shared = replace(SHORT, metaplasticity=30.0, task_normalisation=False)
    apart = replace(shared, task_normalisation=True)
    assert final(apart)[0] > final(shared)[0]


def test_a_loss_that_is_no_number_stops_real_training_and_names_the_step():
    tasks = TaskSequence("permuted", ("digits",), 1).build(0)
    learner = NetworkLearner(dense_network((64, 16, 10), 0))
    real = learner.step

    def poisoned(images, labels):
        if learner.optimizer.steps == 5:
            learner.network.layers[1].scale.value[:] = np.nan
        return real(images, labels)

    learner.step = poisoned
    # The sign activation hides it from the loss.
    with pytest.raises(TrainingDiverged, match=r"nan at step 6 \(task 1, epoch 1\)"):
        run_sequence(learner, tasks, epochs=1, batch=50, rng=0)


def test_a_run_far_too_fast_ends_or_says_so():
    """Batch normalisation keeps real weights harmless: the loss stays finite at any rate."""
    hot = Experiment(
        TaskSequence("permuted", ("digits",), 1, train_limit=200),
        hidden=(16,), epochs=2, batch=50, learning_rate=1e3, optimizer="sgd", binary=False,
    )  # fmt: skip
    assert np.all(np.isfinite(run_experiment(hot, 0)["losses"]))


def test_elastic_consolidation_of_a_convolution_is_refused_in_words():
    network = convolutional_network((8, 8), (2,), 3, rng=0, side=3)
    with pytest.raises(NotImplementedError, match="dense layers only"):
        network.sample_importance(np.zeros((4, 64)), np.arange(4) % 3)


def test_a_stream_is_tested_once_a_measurement_on_the_whole_test_part():
    experiment = replace(settings.data_stream(5.0, 4), epochs=2)
    measured = run_experiment(experiment, 0)
    assert measured["matrix"].shape == (4, 1)
    # More subsets, more seen: the last is better than the first.
    assert measured["matrix"][-1, 0] > measured["matrix"][0, 0] > CHANCE
