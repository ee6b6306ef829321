"""Tasks, laws and mistakes of the reader's own: what an experiment takes and what it refuses."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from theory import sweep
from theory.bnn import Adam
from theory.continual import TaskSequence, feature_task
from theory.continual.binarized.checkpointing import CheckpointUnusable
from theory.continual.binarized.ensemble import Ensemble
from theory.continual.binarized.experiments import Experiment, prepare, run_experiment, train
from theory.metaplasticity import HardThreshold, PowerTail

LABELS = np.arange(240) % 3


def table(seed):
    """Rows around three centres, far outside [0, 1]."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 30, (3, 8))[LABELS] + rng.normal(0, 3, (240, 8)) - 100


def experiment(**changes):
    pairs = [(table(seed), LABELS) for seed in (0, 1)]
    base = Experiment(pairs, hidden=(16,), epochs=3, batch=20, metaplasticity=20.0)
    return replace(base, **changes)


def test_own_arrays_are_learned_held_out_and_repeated():
    measured = run_experiment(experiment(), 0)
    assert np.diag(measured["matrix"]).min() > 0.9
    assert np.array_equal(run_experiment(experiment(), 0)["matrix"], measured["matrix"])
    learner, tasks, tests, _ = prepare(experiment(), 0)
    assert learner.network.inputs == 8 and learner.network.classes == 3
    for task, seed in zip(tasks, (0, 1), strict=True):
        rows = np.concatenate([task.train_images, task.test_images])
        wanted = table(seed).astype(np.float32)
        assert np.array_equal(np.sort(rows, axis=0), np.sort(wanted, axis=0))
        assert len(task.test_labels) == 48 and tests[0] is tasks[0]


def test_own_tasks_sweep_stack_and_resume(tmp_path):
    runs = [
        (experiment(metaplasticity=m), seed) for m in (0.0, PowerTail(20.0, 2.0)) for seed in (0, 1)
    ]
    alone = [run_experiment(*one)["matrix"] for one in runs]
    points = [{"experiment": e, "seed": seed} for e, seed in runs]
    swept = sweep.map(run_experiment, points, backend="serial", checkpoint=tmp_path / "sweep")
    stacked = Ensemble([(replace(e, tasks=runs[0][0].tasks), s) for e, s in runs]).train()
    for one, two, three in zip(alone, swept.values, stacked, strict=True):
        assert np.array_equal(one, two["matrix"]) and np.array_equal(one, three["matrix"])
    file = tmp_path / "run.npz"
    first = train(experiment(), 0, checkpoint=file)[1]
    assert np.array_equal(first["matrix"], train(experiment(), 0, checkpoint=file)[1]["matrix"])
    # The same words, other numbers: not the same run.
    other = experiment(tasks=[(table(5), LABELS), (table(6), LABELS)])
    assert repr(other) == repr(experiment())
    with pytest.raises(CheckpointUnusable, match="belongs to another run"):
        train(other, 0, checkpoint=file)


@dataclass(frozen=True)
class Halving:
    """A law from outside the project: nothing but a factor."""

    scale: float

    def factor(self, hidden):
        return 0.5 ** (np.abs(hidden) / self.scale)


def half(size):
    return 0.5 ** (size / 0.1)


def test_a_law_of_ones_own_from_the_experiment_to_the_step():
    runs = [run_experiment(experiment(metaplasticity=law), 0) for law in (Halving(0.1), half)]
    # A law sees single precision, a function double.
    assert np.allclose(runs[0]["losses"], runs[1]["losses"], rtol=0.05)
    weights = prepare(experiment(metaplasticity=(0.0, Halving(0.1))), 0)[0].network.weights
    start = [w.value.copy() for w in weights]
    for weight in weights:
        weight.gradient[:] = weight.used  # inward
    Adam(weights, 0.01, metaplasticity=(0.0, Halving(0.1))).update()
    moved = [np.abs(w.value - s) for w, s in zip(weights, start, strict=True)]
    assert np.allclose(moved[0], 0.01, rtol=1e-4)
    assert np.allclose(moved[1], 0.01 * half(np.abs(start[1])), rtol=1e-3, atol=1e-8)


def test_beyond_a_hard_threshold_no_sign_is_lost():
    law = HardThreshold(0.08)
    learner, tasks, _, rng = prepare(experiment(metaplasticity=law, weight_decay=0.0), 0)
    signs = [np.zeros_like(w.value) for w in learner.network.weights]
    for step in range(200):
        rows = rng.integers(0, 192, 20)
        task = tasks[step // 100]
        learner.step(task.train_images[rows], task.train_labels[rows])
        for held, weight in zip(signs, learner.network.weights, strict=True):
            assert np.all((held == 0) | (held == weight.used))
            held[np.abs(weight.value) > 0.08] = weight.used[np.abs(weight.value) > 0.08]
    assert sum(np.count_nonzero(held) for held in signs) > 20


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tasks": []}, "tasks is empty"),
        ({"tasks": 3}, "tasks must be a TaskSequence, or a list"),
        ({"tasks": [3]}, r"tasks\[0\] must be a task or a pair"),
        (
            {"tasks": [(np.full((6, 2), np.nan), LABELS[:6])]},
            r"tasks\[0\]: features must be finite",
        ),
        ({"tasks": [(table(0), LABELS[:9])]}, r"tasks\[0\]: labels must be 240 whole numbers"),
        ({"tasks": [(table(0), LABELS), (table(0)[:, :5], LABELS)]}, "5 or 8 features"),
        ({"tasks": [(table(0), LABELS), (table(0), LABELS % 2)]}, "2 or 3 classes"),
        ({"hidden": 16}, "hidden must be a tuple of whole numbers"),
        ({"hidden": (16, 0)}, "hidden must be an integer, 1 or above"),
        ({"channels": (1.5,)}, "channels must be an integer, 1 or above"),
        ({"side": 0}, "side must be an integer"),
        ({"pool": "max"}, "pool must be one of 'average', 'maximum'"),
        ({"optimizer": "rmsprop"}, "optimizer must be one of 'adam', 'sgd'"),
        ({"learning_rate": 0.0}, "learning_rate must be a finite number above 0"),
        ({"weight_decay": -1e-7}, "weight_decay must be a finite number, 0 or above"),
        ({"strength": np.nan}, "strength must be a finite number, 0 or above"),
        ({"fresh_optimizer": "no"}, "fresh_optimizer must be True or False"),
        ({"binary": 1}, "binary must be True or False"),
        ({"normalisation": "layer"}, "normalisation must be one of"),
        ({"scale": "two"}, "scale must be one of"),
        ({"metaplasticity": (1.0, 2.0, 3.0)}, "metaplasticity has 3 values; .* 2 weight arrays"),
        ({"only": 2}, "only is 2, but the tasks are 0 to 1"),
        ({"only": -1}, "only must be an integer, 0 or above"),
        ({"measure_every": 0}, "measure_every must be an integer, 1 or above"),
        ({"histogram": 2}, "histogram must be None or a pair"),
        ({"histogram": (0.0, 8)}, "histogram: largest hidden weight must be .* above 0"),
        ({"histogram": (1.0, 8.0)}, "histogram: number of bins must be an integer"),
        ({"only": 0, "interleaved": True}, "interleaved trains on all tasks and only on one"),
        ({"batch": 1}, "batch is 1, but statistics of a batch"),
        ({"accelerated": True, "optimizer": "sgd"}, "accelerated compiles the update of"),
        ({"channels": (2,), "method": "ewc"}, "gradients of single samples"),
        ({"channels": (2,), "normalisation": "instance"}, "is for dense networks"),
    ],
    ids=str,
)
def test_every_field_is_checked_before_any_work(changes, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        experiment(**changes)


@pytest.mark.parametrize("seed", [None, -1, 0.5])
def test_a_run_needs_a_seed_that_can_be_repeated(seed):
    with pytest.raises((TypeError, ValueError), match="seed must be an integer, 0 or above"):
        run_experiment(experiment(), seed)


def test_what_has_no_lasting_name_is_refused_where_it_would_be_stored(tmp_path):
    nameless = experiment(metaplasticity=lambda size: 1 / (1 + size))
    run_experiment(nameless, 0)
    with pytest.raises(TypeError, match=r"no lasting name; use .* functions defined in a module"):
        train(nameless, 0, checkpoint=tmp_path / "run.npz")
    with pytest.raises(ValueError, match="law without a strength m"):
        nameless.group(100)


def test_named_sequences_and_lists_of_tasks_are_kept_as_they_are():
    sequence = TaskSequence("permuted", ("digits",), 3)
    assert Experiment(sequence, only=2, hidden=[8]).hidden == (8,)
    assert Experiment(sequence).tasks is sequence
    task = feature_task(table(0), LABELS)
    assert Experiment([task]).tasks.build(0)[0] is task
    assert "own data" in repr(Experiment([task]).tasks)
