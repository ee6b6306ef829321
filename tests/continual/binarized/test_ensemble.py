"""Members of an ensemble end with the bits of their own runs, killed in between or not."""

from dataclasses import replace

import numpy as np
import pytest

from theory.continual.binarized import settings
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


def test_streams_and_sets_in_two_orders():
    stream = replace(settings.data_stream(2.0, 3), hidden=(8,), epochs=1)
    same(
        Ensemble([(stream, 0), (replace(stream, metaplasticity=0.0), 1)]).train(),
        [run_experiment(stream, 0), run_experiment(replace(stream, metaplasticity=0.0), 1)],
    )


def test_what_cannot_be_stacked_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Ensemble([])
    with pytest.raises(ValueError, match="differ in more than"):
        Ensemble([(BASE, 0), (replace(BASE, epochs=3), 0)])
    with pytest.raises(ValueError, match="different numbers or sizes"):
        Ensemble([(BASE, 0), (replace(BASE, tasks=replace(BASE.tasks, count=3)), 0)])
    with pytest.raises(ValueError, match="Reshape layer cannot be stacked"):
        Ensemble([(settings.digit_sets((3, 4, 5)), 0)])


def test_a_member_that_diverges_is_named():
    runs = [(replace(BASE, learning_rate=1e38), seed) for seed in (0, 1)]
    with pytest.raises(TrainingDiverged, match="member 0 diverged in task 1, epoch 1"):
        Ensemble(runs).train()
