"""Networks without symmetry at full size: the paper's settings, and a stand-in that is kept."""

from dataclasses import replace

import numpy as np
import pytest

from theory.data import load_images
from theory.full_size import asymmetric, tables
from theory.full_size.asymmetric import AsymmetricRun, full_size_runs
from theory.full_size.others import OTHERS
from theory.full_size.run import run_entry
from theory.holo_ep import train

(ENTRY,) = (other for other in OTHERS if other.name == "asymmetric")


def test_the_settings_are_the_papers_but_for_the_epochs():
    runs = full_size_runs()
    assert len(runs) == ENTRY.count == 24 and ENTRY.epochs == 5
    for name, run, seed in runs:
        s = run.settings
        assert (s.sizes, s.batch_size, s.free_steps, s.nudged_steps) == (
            (256, 256, 10),
            50,
            150,
            20,
        )
        assert (s.optimizer, s.learning_rate, s.radius, s.topology) == (
            "adam",
            1e-4,
            0.5,
            "reciprocal",
        )
        assert name == f"{run.degrees:.0f} degrees, N = {s.points}, homeostasis {run.homeostasis:g}"
        assert seed in (0, 1)
    with pytest.raises(ValueError, match=r"degrees must be a finite number in \[0, 180\]"):
        AsymmetricRun(runs[0][1].settings, 200.0, 0.0)


def test_a_stand_in_is_kept_as_it_was_measured(tmp_path, monkeypatch):
    digits = load_images("digits")
    few = replace(
        digits, train_images=digits.train_images[:400], train_labels=digits.train_labels[:400]
    )
    small = {"sizes": (6, 5, 4), "epochs": 1, "free_steps": 10, "nudged_steps": 3}
    runs = full_size_runs((3,), few, **small)[:2]
    monkeypatch.setattr(asymmetric, "full_size_runs", lambda: runs)
    run_entry(ENTRY, tmp_path / "runs", tmp_path)
    stored = tables.read(ENTRY.figure, tmp_path)[ENTRY.name]
    assert stored.whole and len(stored.facts["symmetry"]) == 2
    for (_, run, seed), kept in zip(runs, stored.runs, strict=True):
        found = train(run.settings, few, (seed,), degrees=run.degrees, homeostasis=run.homeostasis)
        assert kept.epochs.tolist() == [0, 1]
        np.testing.assert_allclose(kept.curves[:, 0], 1 - found.test_error[0], atol=5e-5)
