"""Experiments end to end: seeds, processes, resume to the bit, the full-size path on a stand-in."""

from dataclasses import replace

import numpy as np
import pytest

from theory import sweep
from theory.continual.binarized import experiments
from theory.continual.binarized.checkpointing import CheckpointUnusable
from theory.continual.binarized.experiments import Experiment, run_experiment, train, variants
from theory.continual.task_sequence import TaskSequence
from theory.data import full_size

SMALL = Experiment(
    TaskSequence("permuted", ("digits",), 2, train_limit=200),
    hidden=(16,), epochs=2, batch=50, metaplasticity=5.0, measure_every=1, histogram=(0.5, 8),
)  # fmt: skip


def same(one, two):
    return set(one) == set(two) and all(np.array_equal(one[key], two[key]) for key in one)


def test_a_run_is_determined_by_settings_and_seed():
    assert same(run_experiment(SMALL, 3), run_experiment(SMALL, 3))
    assert not same(run_experiment(SMALL, 3), run_experiment(SMALL, 4))


def test_runs_that_differ_in_one_setting_share_tasks_and_initial_weights():
    learners, tasks, _, orders = zip(
        *(experiments.prepare(e, 1) for e in variants(SMALL, metaplasticity=[0.0, 9.0])),
        strict=True,
    )
    assert np.array_equal(tasks[0][1].permutation, tasks[1][1].permutation)
    values = [learner.network.weights[0].value for learner in learners]
    assert np.array_equal(*values)
    assert orders[0].random() == orders[1].random()


def test_processes_give_the_bits_of_one_process():
    points = [{"experiment": SMALL, "seed": seed} for seed in (0, 1)]
    runs = [
        sweep.map(run_experiment, points, backend=backend, progress=False).values
        for backend in ("serial", "processes")
    ]
    assert all(same(a, b) for a, b in zip(*runs, strict=True))


def test_what_is_measured_has_the_shapes_it_says():
    measured = run_experiment(SMALL, 0)
    assert measured["curves"].shape == (5, 2) and measured["matrix"].shape == (2, 2)
    assert measured["epochs"].tolist() == [0, 1, 2, 3, 4]
    assert measured["histograms"].shape == (2, 2, 8)
    np.testing.assert_allclose(measured["histograms"].sum(axis=2) / 8, 1, rtol=1e-6)
    assert np.all(np.diag(measured["matrix"]) > 0.3)  # chance is 0.1


def test_interleaved_and_single_task_runs_are_tested_on_every_task():
    together = run_experiment(replace(SMALL, interleaved=True, epochs=4, histogram=None), 0)
    assert together["matrix"].shape == (1, 2) and together["matrix"].min() > 0.3
    alone = run_experiment(replace(SMALL, only=1, epochs=4, histogram=None), 0)
    assert alone["matrix"].shape == (1, 2)
    assert alone["matrix"][0, 1] > 2 * alone["matrix"][0, 0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"method": "ewc", "strength": 100.0},
        {"method": "si", "strength": 1.0, "optimizer": "sgd"},
        {"binary": False, "normalisation": "running"},
        {
            "tasks": TaskSequence("stream", ("digits",), 2, train_limit=200),
            "fresh_optimizer": False,
        },
        {"channels": (3,), "hidden": (), "side": 3},
    ],
    ids=["metaplastic", "ewc", "si", "real", "stream", "convolution"],
)
@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_a_killed_run_ends_with_the_bits_of_one_that_was_not(
    tmp_path, monkeypatch, options, killed_at
):
    experiment = replace(SMALL, histogram=None, **options)
    learner, measured = train(experiment, 0)
    saves = []

    class Killed(BaseException):
        pass

    def save(self, *arguments, real=experiments.TrainingCheckpoint.save):
        real(self, *arguments)
        saves.append(1)
        if len(saves) == killed_at:
            raise Killed

    file = tmp_path / "run.npz"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(experiments.TrainingCheckpoint, "save", save)
        train(experiment, 0, checkpoint=file)
    resumed, again = train(experiment, 0, checkpoint=file)
    assert same(measured, again)
    one, two = learner.state(), resumed.state()
    assert same(one, two)
    # A finished run is not run again.
    monkeypatch.setattr(experiments, "run_sequence", lambda *a, run, **k: run)
    assert same(measured, train(experiment, 0, checkpoint=file)[1])


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    experiment = replace(SMALL, histogram=None, epochs=1)
    train(experiment, 0, checkpoint=file)
    with pytest.raises(
        CheckpointUnusable, match=r"belongs to another run .* delete it to start anew"
    ):
        train(experiment, 1, checkpoint=file)
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CheckpointUnusable, match=r"is damaged .* delete it to start anew"):
        train(experiment, 0, checkpoint=file)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_the_full_size_path_runs_on_a_stand_in_of_the_same_format(tmp_path, monkeypatch):
    """A few images in the file that the full-size loader keeps: loading, training, resuming."""
    known = replace(full_size.FULL_SIZE_SETS["mnist"], images=240, official_train=200)
    monkeypatch.setitem(full_size.FULL_SIZE_SETS, "mnist", known)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    rng = np.random.default_rng(0)
    labels = np.arange(240) % 10
    images = (rng.integers(0, 255, (10, 784))[labels] + rng.integers(0, 30, (240, 784))).clip(
        0, 255
    )
    file = full_size.cache_file("mnist")
    file.parent.mkdir(parents=True)
    np.savez_compressed(file, images=images.astype(np.uint8), labels=labels)
    from theory.continual import task_sequence as tasks
    from theory.continual.binarized import settings

    tasks._image_set.cache_clear()
    experiment = settings.permuted(1.35, scale="paper")
    assert experiment.hidden == (4096, 4096) and experiment.epochs == 40
    assert experiment.tasks.count == 6
    experiment = replace(experiment, hidden=(32, 32), epochs=3)
    whole = run_experiment(experiment, 0)
    assert whole["matrix"].shape == (6, 6) and np.diag(whole["matrix"]).min() > 0.3

    class Killed(BaseException):
        pass

    def killing(self, *arguments, real=experiments.TrainingCheckpoint.save):
        real(self, *arguments)
        if len(arguments[1].losses) == 8:
            raise Killed

    checkpoint = tmp_path / "checkpoints" / "run.npz"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(experiments.TrainingCheckpoint, "save", killing)
        train(experiment, 0, checkpoint=checkpoint)
    assert same(whole, train(experiment, 0, checkpoint=checkpoint)[1])
    tasks._image_set.cache_clear()


def test_the_consolidation_group_is_m_times_rate_times_steps():
    assert replace(SMALL, epochs=40, batch=100).group(60_000) == pytest.approx(5 * 0.005 * 24_000)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "ewcc"}, "did you mean 'ewc'"),
        ({"metaplasticity": -1.0}, "metaplasticity must be a finite number, 0 or above"),
        ({"metaplasticity": (1.0, -1.0)}, "metaplasticity must be a finite number, 0 or above"),
        ({"epochs": 0}, "epochs must be an integer, 1 or above"),
        ({"batch": 2.5}, "batch must be an integer, 1 or above"),
    ],
)
def test_bad_experiments_get_a_sentence_before_any_work(options, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        replace(SMALL, **options)


def test_a_batch_larger_than_the_data_gets_a_sentence():
    with pytest.raises(ValueError, match=r"batch is 500, but task .* has 200 training images"):
        run_experiment(replace(SMALL, batch=500), 0)


def test_one_metaplasticity_a_layer_counts_convolutions_and_the_output():
    from theory.continual.binarized import settings

    base = replace(settings.convolutional_stream(2.0, 2), channels=(2, 3), hidden=(8,))
    assert replace(base, metaplasticity=(1.0, 2.0, 3.0, 4.0)).metaplasticity[-1] == 4
    for wrong in ((1.0, 2.0), (1.0, 2.0, 3.0)):
        with pytest.raises(ValueError, match="metaplasticity"):
            replace(base, metaplasticity=wrong)
