"""Running entries: tables, checkpoints, budgets, and what survives an error."""

import csv
import json
import time
from dataclasses import replace

import numpy as np
import pytest

from theory.continual.binarized import resumable
from theory.continual.binarized.checkpointing import TrainingCheckpoint
from theory.continual.binarized.experiments import run_experiment
from theory.full_size import gpu_check, run, tables
from theory.full_size.catalogue import chosen, shrunk

(STREAM,) = chosen("stream_60")
SMALL = replace(shrunk(STREAM, width=8), runs=shrunk(STREAM, width=8).runs[:2])


def table_of(file):
    with open(file, newline="") as lines:
        return list(csv.DictReader(lines))


def test_an_entry_is_run_and_kept(tmp_path):
    file = run.run_entry(SMALL, tmp_path / "runs", tmp_path)
    assert file == tmp_path / "metaplasticity" / "stream_a.full.csv"
    wanted = [run_experiment(experiment, seed) for _, experiment, seed in SMALL.runs]
    found = table_of(file)
    assert [float(row["accuracy"]) for row in found] == [
        round(float(x), 4) for one in wanted for row in one["curves"] for x in row
    ]
    assert {row["condition"] for row in found} == {"m = 0", "m = 2"}
    facts = json.loads(file.with_suffix(".json").read_text())["stream_60"]
    assert facts["device"] == "cpu" and facts["versions"]["numpy"] == np.__version__
    assert [one["seed"] for one in facts["runs"]] == [0, 0]


def test_a_second_entry_joins_the_table_and_a_repeated_one_replaces_its_rows(tmp_path):
    results = [{"epochs": [0, 1], "curves": [[0.1], [0.5]]}] * 2
    other = replace(SMALL, name="stream_1")
    for entry in (SMALL, other, SMALL):
        file = tables.keep(entry, results, {"device": "cpu"}, tmp_path)
    rows = table_of(file)
    assert [row["entry"] for row in rows] == ["stream_1"] * 4 + ["stream_60"] * 4
    assert set(json.loads(file.with_suffix(".json").read_text())) == {"stream_1", "stream_60"}


def test_conditions_with_commas_survive(tmp_path):
    runs = (("m = 1, shuffled", *SMALL.runs[0][1:]),)
    results = [{"epochs": [0], "curves": [[0.25]]}]
    file = tables.keep(replace(SMALL, runs=runs), results, {}, tmp_path)
    tables.keep(replace(SMALL, name="other", runs=runs), results, {}, tmp_path)
    assert {row["condition"] for row in table_of(file)} == {"m = 1, shuffled"}


def test_an_error_in_one_entry_leaves_the_others(tmp_path):
    broken = replace(SMALL, name="broken", runs=(("x", replace(SMALL.runs[0][1], epochs=3), 0),
                                                 SMALL.runs[1]))  # fmt: skip
    said = []
    results = run.Results(tmp_path / "worker")
    run.work_off([broken, SMALL], "cpu", results, time.time() + 60,
                 say=lambda text, flush: said.append(text))  # fmt: skip
    facts = json.loads((tmp_path / "worker.json").read_text())
    assert "differ in more than" in facts["broken"]["error"] and "broken failed" in said[0]
    assert facts["stream_60"]["epochs_done"] == facts["stream_60"]["epochs"] == 3
    with np.load(tmp_path / "worker.npz") as kept:
        for member, (_, experiment, seed) in enumerate(SMALL.runs):
            wanted = run_experiment(experiment, seed)["curves"]
            assert np.array_equal(kept[f"stream_60/curves.{member}"], wanted)
        assert kept["stream_60/hidden"].shape == (3, 2, 3, 10)


def test_a_budget_that_is_spent_keeps_what_was_measured(tmp_path, monkeypatch):
    results = run.Results(tmp_path / "worker")
    clock = iter(range(1000))
    monkeypatch.setattr(run.time, "time", lambda: next(clock))
    run.work_off([SMALL, replace(SMALL, name="later")], "cpu", results, 6, say=lambda *a, **k: None)
    assert 0 < results.facts["stream_60"]["epochs_done"] < 3
    assert "later" not in results.facts
    assert len(results.arrays["stream_60/losses.0"]) == results.facts["stream_60"]["epochs_done"]


def test_an_entry_ended_before_its_first_measurement_is_kept_too(tmp_path):
    results = run.Results(tmp_path / "worker")
    longer = replace(SMALL, runs=shrunk(STREAM, width=8, epochs=2).runs[:2])
    run.work_off([longer], "cpu", results, time.time() + 1e-3, say=lambda *a, **k: None)
    assert "error" not in results.facts["stream_60"]
    assert results.arrays["stream_60/losses.1"].shape == (1,)
    assert results.arrays["stream_60/matrix.1"].shape == (0, 1)


def test_flips_are_measured_for_every_member_and_layer(tmp_path):
    entry = shrunk(chosen("flips_4096")[0])
    results = run.Results(tmp_path / "worker")
    run.work_off([entry], "cpu", results, time.time() + 60, say=lambda *a, **k: None)
    assert "error" not in results.facts["flips_4096"]
    costs = [results.arrays[f"flips_4096/flips.{m}.{k}.cost"] for m in (0, 1) for k in (0, 1, 2)]
    assert all(cost.shape[1] == 10 and np.isfinite(cost).all() for cost in costs)


def test_costs_of_flips_are_kept_however_an_entry_is_run(tmp_path, monkeypatch):
    entry = shrunk(chosen("flips_4096")[0])
    run.run_entry(entry, tmp_path / "runs", tmp_path)
    (alone,) = tables.read(entry.figure, tmp_path).values()
    results = run.Results(tmp_path / "worker")
    run.work_off([entry], "cpu", results, time.time() + 60, say=lambda *a, **k: None)
    monkeypatch.setattr(run, "chosen", lambda name: [entry])
    run.collect(tmp_path, tmp_path / "collected")
    (together,) = tables.read(entry.figure, tmp_path / "collected").values()
    for one, other in zip(alone.runs, together.runs, strict=True):
        assert len(one.flips) == 3
        for layer, (found, wanted) in enumerate(zip(one.flips, other.flips, strict=True)):
            raw = results.arrays[f"flips_4096/flips.{alone.runs.index(one)}.{layer}.cost"]
            assert found[1] == pytest.approx(raw.mean(axis=1), rel=1e-3)
            assert found == pytest.approx(wanted, rel=1e-3)
            assert np.all(np.diff(found[0]) > 0) and np.all(found[2] > 0)


def test_small_networks_trained_together_are_those_trained_alone(tmp_path):
    (entry,) = chosen("controls_64_5")
    entry = replace(shrunk(entry), runs=shrunk(entry).runs[::9])
    alone = run.results_of(entry, tmp_path, backend="serial")
    together = run.results_of(entry, tmp_path)
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one["curves"], other["curves"])
        assert other["hidden"].shape == (3, 3) and other["hidden"].min() > 0
    # Finished, it is read back; what was measured on the way is not made up.
    again = run.results_of(entry, tmp_path)
    assert all("hidden" not in result for result in again)
    assert np.array_equal(again[0]["curves"], together[0]["curves"])


def test_the_check_of_a_device_passes_on_the_host_and_finds_a_planted_error(monkeypatch):
    assert all(found <= bound for found, bound in gpu_check.largest_deviations("cpu").values())
    real = gpu_check.Adam.update
    turn = iter(range(1000))

    def slightly_off(self):
        real(self)
        if next(turn) % 6 >= 3:
            for parameter in self.parameters:
                parameter.value *= np.float32(1.001)

    monkeypatch.setattr(gpu_check.Adam, "update", slightly_off)
    found, bound = gpu_check.largest_deviations("cpu")["update"]
    assert found > bound


def test_processes_work_off_a_list_within_a_budget(tmp_path, capfd):
    run.main([
        "--cpu-trial", "--tiny", "--workers", "1", "--budget", "60", "--out", str(tmp_path),
        "--entries", "stream_60",
    ])  # fmt: skip
    assert "error" not in json.loads((tmp_path / "check.json").read_text())
    assert json.loads((tmp_path / "worker0.json").read_text())["stream_60"]["epochs_done"] == 3
    assert "done after" in capfd.readouterr().out


def test_the_catalogue_is_printed_without_running_anything(capsys, monkeypatch):
    monkeypatch.setattr(run, "run_entry", lambda *a: pytest.fail("ran"))
    run.main(["--list", "--figure", "metaplasticity/stream_a"])
    assert capsys.readouterr().out.count("\n") == 3


def test_tables_give_back_what_was_kept(tmp_path):
    curves = np.round(np.random.default_rng(0).random((2, 4, 1)), 4)
    hidden = [[[0.5, 1.25]], [[2.0, 3.5]]]
    results = [
        {"epochs": [0, 1, 2, 3], "curves": c, "hidden": h}
        for c, h in zip(curves, hidden, strict=True)
    ]
    tables.keep(SMALL, results, {"device": "cpu"}, tmp_path)
    stored = tables.read(SMALL.figure, tmp_path)[SMALL.name]
    assert stored.whole and stored.state == "run" and stored.whole_tasks == 3
    for k, condition in enumerate(("m = 0", "m = 2")):
        (run_,) = stored.of(condition)
        assert np.array_equal(run_.curves, curves[k]) and np.array_equal(run_.hidden, hidden[k])
        assert np.array_equal(stored.after(2, condition), curves[k][2][None])
    with pytest.raises(ValueError, match="no condition 'm = 9'; it has 'm = 0', 'm = 2'"):
        stored.of("m = 9")
    assert tables.read("metaplasticity/none", tmp_path) == {}


def test_a_partial_run_is_never_read_as_a_whole_one(tmp_path):
    results = [{"epochs": [0, 1], "curves": [[0.1], [0.5]]}] * 2
    tables.keep(SMALL, results, {"epochs_done": 1}, tmp_path)
    stored = tables.read(SMALL.figure, tmp_path)[SMALL.name]
    assert not stored.whole and stored.state == "1 of 3 epochs" and stored.whole_tasks == 1
    with pytest.raises(ValueError, match="run for 1 whole tasks; 2 were asked for"):
        stored.after(2, "m = 0")


def test_results_of_a_device_are_collected_and_others_refused(tmp_path, monkeypatch):
    results = run.Results(tmp_path / "worker0")
    run.work_off([SMALL], "cpu", results, time.time() + 60, say=lambda *a, **k: None)
    monkeypatch.setattr(run, "chosen", lambda name: [SMALL])
    run.main(["--collect", str(tmp_path), "--figures", str(tmp_path / "figures")])
    (stored,) = tables.read(SMALL.figure, tmp_path / "figures").values()
    wanted = [run_experiment(experiment, seed) for _, experiment, seed in SMALL.runs]
    for one, two in zip(stored.runs, wanted, strict=True):
        assert np.array_equal(one.curves, np.round(two["curves"], 4))
        assert one.hidden.shape == (3, 3) and np.all(one.hidden > 0)
    assert stored.whole and stored.facts["device"] == "cpu"
    other = replace(SMALL, runs=SMALL.runs[::-1])
    monkeypatch.setattr(run, "chosen", lambda name: [other])
    with pytest.raises(ValueError, match="stream_60 was run with other settings or seeds"):
        run.collect(tmp_path, tmp_path / "figures")


# On a cluster


@pytest.fixture(scope="module")
def serially(tmp_path_factory):
    return run.results_of(SMALL, tmp_path_factory.mktemp("serial"), "serial")


def same(one, other):
    for ours, theirs in zip(one, other, strict=True):
        assert ours.keys() == theirs.keys()
        for name, array in ours.items():
            assert np.asarray(array).tobytes() == np.asarray(theirs[name]).tobytes(), name


def test_two_workers_of_a_cluster_and_one_process_give_the_same_bits(
    tmp_path, monkeypatch, serially
):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER", cluster.scheduler_address)
        same(run.results_of(SMALL, tmp_path), serially)


def test_a_killed_entry_goes_on_where_it_was(tmp_path, monkeypatch, serially):
    """Killed in its second run, after an epoch: the first run is read, the second one resumed."""
    trained, real = [], resumable.train

    def save_and_die(self, *state, kept=TrainingCheckpoint.save):
        kept(self, *state)
        raise KeyboardInterrupt

    def noted(experiment, seed, **options):
        trained.append(experiment.metaplasticity)
        with monkeypatch.context() as patch:
            if len(trained) == 2:
                patch.setattr(TrainingCheckpoint, "save", save_and_die)
            return real(experiment, seed, **options)

    monkeypatch.setattr(resumable, "train", noted)
    with pytest.raises(KeyboardInterrupt):
        run.results_of(SMALL, tmp_path, "serial")
    left = resumable.checkpoint_file(*SMALL.runs[1][1:], tmp_path)
    with np.load(left) as state:
        assert len(state.files) > 0
    same(run.results_of(SMALL, tmp_path, "serial"), serially)
    assert trained == [0.0, 2.0, 2.0]
