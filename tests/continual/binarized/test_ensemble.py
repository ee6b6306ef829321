"""Members of an ensemble end with the bits of their own runs, killed in between or not."""

from dataclasses import replace

import numpy as np
import pytest

from theory.continual.binarized import run_together, settings, together
from theory.continual.binarized.ensemble import Ensemble
from theory.continual.binarized.experiments import run_experiment
from theory.continual.sequence import TrainingDiverged

BASE = replace(settings.permuted_digits(5.0, width=16, count=2), epochs=2, measure_every=1)
RUNS = [
    (BASE, 0),
    (replace(BASE, metaplasticity=0.0), 1),
    (replace(BASE, metaplasticity=(1.0, 2.0, 3.0)), 0),
    (replace(BASE, method="ewc", strength=10.0), 0),
    (replace(BASE, method="random", strength=10.0), 2),
    (replace(BASE, method="si", strength=1.0), 0),
    (replace(BASE, method="beakers", strength=0.005), 0),
    (replace(BASE, shuffled=True), 0),
    (replace(BASE, shuffled=True, metaplasticity=(0.0, 5.0, 5.0)), 0),
    (replace(BASE, symmetric=True), 0),
    (replace(BASE, normalisation="running"), 0),
    (replace(BASE, fresh_optimizer=False, task_normalisation=False), 0),
]


@pytest.fixture(scope="module")
def alone():
    return [run_experiment(experiment, seed) for experiment, seed in RUNS]


def same(found, wanted):
    assert all(
        np.array_equal(one[key], other[key])
        for one, other in zip(found, wanted, strict=True)
        for key in ("epochs", "curves", "matrix")
    )
    for one, other in zip(found, wanted, strict=True):
        assert np.allclose(one["losses"], other["losses"], rtol=1e-6, atol=0)


def test_members_end_with_the_bits_of_their_own_runs(alone):
    same(Ensemble(RUNS).train(), alone)


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_killed_ensemble_goes_on_to_the_same_bits(alone, tmp_path, killed_after):
    file = tmp_path / "ensemble.npz"
    stopped = Ensemble(RUNS)
    stopped.train(checkpoint=file, after_epoch=lambda e: len(e.run.losses) == killed_after)
    again = Ensemble(RUNS)
    seen = []
    same(again.train(checkpoint=file, after_epoch=lambda e: seen.append(0)), alone)
    assert len(seen) == 4 - killed_after


@pytest.mark.parametrize(
    "base",
    [
        replace(settings.data_stream(2.0, 3), hidden=(8,), epochs=1),
        replace(settings.convolutional_stream(2.0, 2), channels=(2, 3), hidden=(8,), epochs=1),
        replace(settings.features_without_task_label(2.0), hidden=(8,), epochs=1),
    ],
    ids=["stream", "convolutional", "instance"],
)
def test_other_architectures_and_streams(base):
    runs = [(base, 0), (replace(base, metaplasticity=0.0), 1)]
    same(Ensemble(runs).train(), [run_experiment(*run) for run in runs])


def test_a_sweep_gives_what_its_runs_give_in_their_order(monkeypatch):
    monkeypatch.setattr(together, "MEMBERS", 3)
    experiments = [BASE, replace(BASE, hidden=(9,), histogram=(1.0, 4)), replace(BASE, epochs=1)]
    found = run_together(experiments, [4, 0], backend="serial")
    for experiment, row in zip(experiments, found, strict=True):
        alone = [run_experiment(experiment, seed) for seed in (4, 0)]
        same(row, alone)
        assert [set(run) for run in row] == [set(run) for run in alone]
        for one, other in zip(row, alone, strict=True):
            assert np.array_equal(one.get("histograms", 0), other.get("histograms", 0))


def test_what_cannot_be_stacked_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Ensemble([])
    with pytest.raises(ValueError, match="differ in more than"):
        Ensemble([(BASE, 0), (replace(BASE, epochs=3), 0)])
    with pytest.raises(ValueError, match="different numbers or sizes"):
        Ensemble([(BASE, 0), (replace(BASE, tasks=replace(BASE.tasks, count=3)), 0)])
    with pytest.raises(ValueError, match="of different architectures"):
        Ensemble([(BASE, 0), (replace(BASE, normalisation="instance"), 0)])


def test_a_parameter_that_is_no_weight_and_not_finite_is_noticed():
    ensemble = Ensemble([(replace(BASE, affine=True), seed) for seed in (0, 1)])
    ensemble._total = np.zeros(2)
    ensemble._check_finite()
    scale = next(p for p in ensemble.network.parameters if not p.is_weight)
    scale.value[1, 0, 0] = np.inf
    with pytest.raises(TrainingDiverged, match="member 1 diverged"):
        ensemble._check_finite()


def test_a_member_that_diverges_is_named():
    runs = [(replace(BASE, learning_rate=1e38), seed) for seed in (0, 1)]
    with pytest.raises(TrainingDiverged, match="member 0 diverged in task 1, epoch 1"):
        Ensemble(runs).train()


def test_runs_that_are_large_by_themselves_are_not_stacked(monkeypatch):
    runs = [(BASE, seed) for seed in range(3)]
    assert together._groups(runs) == [[0, 1, 2]]
    monkeypatch.setattr(together, "LARGEST", 0)
    assert together._groups(runs) == [[0], [1], [2]]
