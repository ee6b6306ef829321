"""Protection at full size: a stand-in is trained and kept; what is stored has today's settings."""

import numpy as np
import pytest

from theory.continual import full_size, run_continual
from theory.continual.full_size import CONDITIONS, full_size_runs, train_one
from theory.full_size import tables
from theory.full_size.others import OTHERS
from theory.full_size.run import run_entry

(ENTRY,) = (other for other in OTHERS if other.name == "protection")


def test_the_runs_differ_in_rule_and_seed_only():
    runs = full_size_runs()
    assert len(runs) == ENTRY.count == 3 * len(CONDITIONS) and ENTRY.epochs == 120
    for name, setting, _ in runs:
        shared = (setting.images, setting.tasks, setting.hidden, setting.epochs, setting.batch)
        assert shared == ("mnist", 10, 100, 12, 64)
        number = setting.replay or setting.strength
        assert name == "no protection" or f"{number:g}" in name


def test_a_stand_in_is_kept_as_it_was_measured(tmp_path, monkeypatch):
    runs = full_size_runs((0,), images="digits", tasks=2, epochs=1, hidden=8)[:2]
    monkeypatch.setattr(full_size, "full_size_runs", lambda: runs)
    monkeypatch.setattr(full_size, "load_images", lambda name, scale: name)  # the embedded ones
    run_entry(ENTRY, tmp_path / "runs", tmp_path)
    stored = tables.read(ENTRY.figure, tmp_path)[ENTRY.name]
    assert stored.whole and len(stored.facts["cpu_seconds"]) == 2
    for (name, setting, seed), run in zip(runs, stored.runs, strict=True):
        assert run.condition == name and run.epochs.tolist() == [1, 2]
        assert run.curves == pytest.approx(run_continual(setting, seed).matrix, abs=5e-5)


def test_the_scale_is_passed_on(monkeypatch):
    asked = []
    monkeypatch.setattr(full_size, "load_images", lambda name, scale: asked.append(scale) or name)
    ((_, setting, seed), *_) = full_size_runs(images="digits", tasks=1, epochs=1, hidden=4)
    assert np.shape(train_one(setting, seed)["curves"]) == (1, 1) and asked == ["paper"]
