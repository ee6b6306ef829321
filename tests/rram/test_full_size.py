"""Full-size runs: a stand-in is trained and kept; what is stored is the released setting."""

import numpy as np
import pytest

from theory.data import ImageTask
from theory.full_size import tables
from theory.full_size.others import OTHERS
from theory.full_size.run import results_of, run_entry
from theory.rram import full_size, run_devices
from theory.rram.full_size import full_size_runs

(ENTRY,) = (other for other in OTHERS if other.name == "rram_dense")


def stand_in(count=60, seed=0):
    """Three classes of blurred patterns at the size of MNIST images."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = 0.7 * rng.random((3, 784))[labels] + 0.3 * rng.random((count, 784))
    images = images.astype(np.float32)
    return ImageTask(images, labels, images[:20], labels[:20], (28, 28), tuple("abc"), "tiny", "")


def test_runs_are_kept_as_they_were_measured(tmp_path, monkeypatch):
    runs = full_size_runs(("ideal devices", "software"), (0, 1), images=stand_in(), hidden=(8,),
                          epochs=2, batch=20)  # fmt: skip
    monkeypatch.setattr(full_size, "full_size_runs", lambda: runs)
    file = run_entry(ENTRY, tmp_path / "runs", tmp_path)
    assert file == tmp_path / "rram" / "a7.full.csv"
    stored = tables.read("rram/a7", tmp_path)["rram_dense"]
    assert stored.whole and [run.seed for run in stored.runs] == [0, 0, 1, 1]
    for (condition, experiment, seed), run in zip(runs, stored.runs, strict=True):
        measured = run_devices(experiment, seed)
        assert run.condition == condition and run.epochs.tolist() == [0, 1, 2]
        np.testing.assert_allclose(run.curves[:, 0], measured["accuracy"], atol=5e-5)
    facts = stored.facts
    pulses = run_devices(runs[0][1], 0)["pulses"][-1]
    assert facts["pulses"][0] == pytest.approx(pulses, abs=5e-5)
    assert facts["pulses"][1] is None  # software weights receive none
    assert facts["seconds"] >= 0 and len(facts["cpu_seconds"]) == 4
    # Finished runs are read back, not trained again.
    monkeypatch.setattr(full_size, "run_devices", lambda *a: pytest.fail("trained again"))
    assert len(results_of(ENTRY, tmp_path / "runs", "serial")) == 4
    run_entry(ENTRY, tmp_path / "runs", tmp_path)
    read_back = tables.read("rram/a7", tmp_path)["rram_dense"].facts
    assert read_back["seconds"] is None  # of what was there already nobody knows
    assert read_back["cpu_seconds"] == facts["cpu_seconds"]


def test_the_settings_are_the_released_ones():
    runs = full_size_runs()
    assert [name for name, _, _ in runs][-1] == "all" and ENTRY.epochs == 20
    for _, experiment, _ in runs:
        assert (experiment.images, experiment.scale) == ("mnist", "paper")
        assert (experiment.hidden, experiment.batch) == ((3000,), 1000)
        assert (experiment.decay_every, experiment.decay_factor) == (7, 0.5)
    assert runs[-1][1].learning_rate == 100


@pytest.mark.parametrize("conditions", ["all", None, ("alll",)])
def test_conditions_are_a_list_of_known_ones(conditions):
    told = r"^conditions must be a list|^name must be one of"
    with pytest.raises((TypeError, ValueError), match=told):
        full_size_runs(conditions)


def test_what_is_stored_was_trained_with_the_settings_of_today():
    stored = tables.read("rram/a7")["rram_dense"]
    wanted = {name: repr(experiment) for name, experiment, _ in full_size_runs()}
    assert stored.facts["settings"] == wanted and {run.seed for run in stored.runs} == {0}
    assert stored.whole
    (everything,) = stored.of("all")
    assert everything.epochs.tolist() == list(range(21))
    # Before training the signs are random and all answers chance; MNIST has ten classes.
    assert everything.curves[0, 0] < 0.3 < 0.9 < everything.curves[-1, 0] < 1
