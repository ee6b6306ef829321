"""Sweeps of resumable runs, and the settings of every experiment at both sizes."""

from dataclasses import replace

import numpy as np
import pytest

from theory import sweep
from theory.continual.binarized import experiments, settings
from theory.continual.binarized.experiments import Experiment, run_experiment
from theory.continual.binarized.resumable import checkpoint_file, run_resumable
from theory.continual.task_sequence import TaskSequence

SMALL = Experiment(
    TaskSequence("permuted", ("digits",), 2, train_limit=100),
    hidden=(8,), epochs=2, batch=50, histogram=(1.0, 4),
)  # fmt: skip


def test_a_killed_sweep_goes_on_within_its_runs(tmp_path, monkeypatch):
    points = sweep.grid(
        experiment=[SMALL, replace(SMALL, metaplasticity=5.0)], seed=[0], folder=[tmp_path]
    )
    whole = [run_experiment(point["experiment"], 0) for point in points]

    class Killed(BaseException):
        pass

    def killing(self, *arguments, real=experiments.TrainingCheckpoint.save):
        real(self, *arguments)
        if len(arguments[1].losses) == 3 and arguments[0].optimizer.metaplasticity[0]:
            raise Killed

    options = {"checkpoint": tmp_path / "done", "backend": "serial", "progress": False}
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(experiments.TrainingCheckpoint, "save", killing)
        sweep.map(run_resumable, points, **options)
    steps = []
    real = experiments.NetworkLearner.step
    monkeypatch.setattr(experiments.NetworkLearner, "step", lambda *a: steps.append(1) or real(*a))
    results = sweep.map(run_resumable, points, **options).values
    # Of the second run one epoch of two batches was left, of the first nothing.
    assert len(steps) == 2
    for result, wanted in zip(results, whole, strict=True):
        assert "histograms" not in result
        assert all(np.array_equal(result[key], wanted[key]) for key in result)


def test_every_run_has_a_file_of_its_own(tmp_path):
    files = {
        checkpoint_file(experiment, seed, tmp_path)
        for experiment in (SMALL, replace(SMALL, metaplasticity=1.0))
        for seed in (0, 1)
    }
    assert len(files) == 4


LAPTOP = {
    "permuted": lambda: settings.permuted(6.0),
    "permuted_digits": lambda: settings.permuted_digits(6.0),
    "network_size": lambda: settings.network_size(16, method="ewc", strength=1.0),
    "image_sets": lambda: settings.image_sets("mnist", "fashion_mnist", 1.0),
    "digit_sets": lambda: settings.digit_sets((3, 4, 5), 1.0),
    "feature_classes": lambda: settings.feature_classes(1.0),
    "features_without_task_label": lambda: settings.features_without_task_label(1.0),
    "data_stream": lambda: settings.data_stream(1.0, 10),
    "convolutional_stream": lambda: settings.convolutional_stream(1.0, 5),
}


@pytest.mark.parametrize("name", LAPTOP)
def test_every_laptop_experiment_takes_a_step(name):
    experiment = LAPTOP[name]()
    limited = replace(experiment.tasks, train_limit=200)
    learner, tasks, evaluated, _ = experiments.prepare(replace(experiment, tasks=limited), 0)
    rows = slice(experiment.batch)
    first = learner.step(tasks[0].train_images[rows], tasks[0].train_labels[rows])
    losses = [
        learner.step(tasks[0].train_images[rows], tasks[0].train_labels[rows]) for _ in range(9)
    ]
    assert np.isfinite(first) and losses[-1] < first
    assert 0 <= learner.accuracy(0, evaluated[0].test_images, evaluated[0].test_labels) <= 1


def test_full_size_settings_are_those_of_the_paper():
    """Hyper-parameters of the released code: network, epochs, batch, rate, decay."""
    permuted = settings.permuted(1.35, scale="paper")
    sets = settings.image_sets("mnist", "fashion_mnist", 1.5, scale="paper")
    size = settings.network_size(512, metaplasticity=1.35, scale="paper")
    digits = settings.digit_sets((12, 20, 30), 1.2, scale="paper")
    stream = settings.data_stream(2.5, 60, scale="paper")
    for experiment in (permuted, sets, size, digits, stream):
        assert experiment.learning_rate == 0.005 and experiment.optimizer == "adam"
        assert experiment.tasks.scale == "paper"
    assert [e.epochs for e in (permuted, sets, size, digits, stream)] == [40, 50, 40, 240, 20]
    assert [e.batch for e in (permuted, sets, size, digits, stream)] == [100, 100, 100, 20, 100]
    assert [e.weight_decay for e in (permuted, sets, size, digits, stream)] == [
        1e-7, 1e-7, 1e-8, 1e-8, 1e-7
    ]  # fmt: skip
    assert permuted.hidden == sets.hidden == (4096, 4096) and stream.hidden == (1024, 1024)
    assert size.tasks.count == 10 and stream.tasks.count == 60
    assert not (stream.affine or stream.fresh_optimizer or digits.task_normalisation)
    # The group that acts is alike where the values of m are not.
    groups = [
        permuted.group(60_000),
        sets.group(60_000),
        digits.group(2000),
        60 * stream.group(1000),
    ]
    assert all(140 < group < 230 for group in groups)


def test_an_unknown_scale_gets_a_sentence():
    with pytest.raises(ValueError, match="scale must be one of 'laptop', 'paper', not 'big'"):
        settings.permuted(1.0, scale="big")
