"""The catalogue: settings of the sheet, costs, choice by figure; small stand-ins of every entry."""

import numpy as np
import pytest

from figures.inventory import load_inventory
from theory.full_size import controls
from theory.full_size.catalogue import CATALOGUE, chosen, shrunk
from theory.full_size.entry import STEP_SECONDS
from theory.full_size.others import OTHERS, listing


def test_settings_are_the_papers():
    by_name = {entry.name: entry for entry in CATALOGUE}
    for width in (512, 1024, 2048, 4096):
        for condition, experiment, _ in by_name[f"permuted_{width}"].runs:
            assert experiment.hidden == (width, width)
            assert (experiment.epochs, experiment.batch, experiment.tasks.count) == (40, 100, 6)
            assert (experiment.learning_rate, experiment.weight_decay) == (0.005, 1e-7)
            assert experiment.task_normalisation != ("no boundaries" in condition)
            assert experiment.shuffled == ("shuffled" in condition)
            assert (experiment.normalisation == "running") == ("running" in condition)
    strengths = {e.strength for _, e, _ in by_name["permuted_1024"].runs if e.method != "none"}
    assert strengths == {5000.0}
    damped = {e.metaplasticity for _, e, _ in by_name["permuted_1024"].runs}
    assert damped == {0.0, 0.5, 1.0, 1.35}
    assert {e.metaplasticity for _, e, _ in by_name["sets_2048"].runs} == {0.0, 1.5}
    stream = by_name["stream_60"].runs[0][1]
    assert (stream.hidden, stream.epochs, stream.tasks.count) == ((1024, 1024), 20, 60)
    assert by_name["stream_60"].flips == () and by_name["flips_4096"].flips == (1000, 2000, 100)


def test_steps_and_costs_are_those_of_the_runs():
    by_name = {entry.name: entry for entry in CATALOGUE}
    assert by_name["permuted_512"].steps == 6 * 40 * 600
    assert by_name["sets_1024"].steps == 2 * 50 * 600
    assert by_name["stream_60"].steps == by_name["stream_1"].steps == 20 * 600
    assert by_name["convolutions"].steps == 2 * 240 * 100
    entry = by_name["permuted_4096"]
    assert entry.core_hours == pytest.approx(4 * 144_000 * STEP_SECONDS[4096] / 3600)
    weights = 784 * 4096 + 4096**2 + 4096 * 10
    images = 6 * 70_000 * 784 * 4
    assert entry.gigabytes == pytest.approx((weights * 20 + images) / 1e9)
    lines = listing(CATALOGUE).splitlines()
    assert len(lines) == len(CATALOGUE) + 1 and any("permuted_4096" in line for line in lines)


def test_controls_of_small_networks_cover_widths_lengths_and_seeds():
    entries = chosen(figure=controls.FIGURE)
    sizes = [(e.runs[0][1].hidden[0], e.runs[0][1].epochs) for e in entries]
    assert sizes == [(w, n) for w in (32, 64, 128) for n in (5, 15, 45)]
    for entry in entries:
        conditions = {name for name, _, _ in entry.runs}
        assert len(conditions) == 13 and len(entry.runs) == 13 * 5 and entry.together
        assert entry.steps == 4 * entry.runs[0][1].epochs * 28
        # What a condition is called is what it is run with: m eta T, and one change.
        for name, experiment, _ in entry.runs:
            assert f"group {experiment.group(1438):g}" == name.split(",")[0]
            assert experiment.task_normalisation == experiment.fresh_optimizer
            assert experiment.fresh_optimizer == ("no boundaries" not in name)
            assert experiment.shuffled == ("shuffled" in name)
            assert experiment.symmetric == ("symmetric" in name)
            assert (experiment.normalisation == "running") == ("running" in name)
    small, images = entries[3], 4 * 1797 * 64 * 4
    assert small.gigabytes == pytest.approx(((64 * 64 * 2 + 640) * 20 + images) / 1e9)


def test_costs_of_other_subjects_are_products_of_what_is_measured():
    by_name = {cost.name: cost for cost in OTHERS}
    rram = by_name["rram_dense"]
    assert rram.core_hours == pytest.approx(6 * 20 * 60 * rram.seconds / 3600)
    assert by_name["ssl_images"].core_hours is None
    assert all(cost.figure in load_inventory() for cost in OTHERS)
    for other in OTHERS:
        if other.runnable:  # what is said of the runs is what they are
            assert len(other.runs) == other.count
            assert len({(name, seed) for name, _, seed in other.runs}) == other.count


@pytest.mark.parametrize("seeds", [3, (), (0.5,), (-1,), None, (float("nan"),)])
def test_seeds_of_other_subjects_are_whole_numbers(seeds):
    for other in (one for one in OTHERS if one.runnable):
        with pytest.raises((TypeError, ValueError), match=r"^seeds must"):
            other.module.full_size_runs(seeds=seeds)


def test_the_list_tells_what_was_run_and_what_was_not():
    text = listing((*CATALOGUE, *OTHERS), {"stream_60": "run", "permuted_512": "132/240 epochs"})
    state = {line.split()[0]: line for line in text.splitlines()[1:]}
    assert " run  " in state["stream_60"] and "not run" not in state["stream_60"]
    assert "132/240 epochs" in state["permuted_512"]
    assert "not run" in state["rram_dense"] and "not measured" in state["ssl_images"]


def test_entries_are_chosen_by_name_figure_and_paper():
    assert [e.name for e in chosen(figure="metaplasticity/stream_a")] == ["stream_60", "stream_1"]
    assert len(chosen(paper="metaplasticity")) == len(CATALOGUE) == len({e.name for e in CATALOGUE})
    with pytest.raises(
        ValueError, match="no entry for 'metaplasticity/fig9'; it has permuted_1024"
    ):
        chosen(figure="metaplasticity/fig9")


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_a_stand_in_differs_in_size_only(entry):
    small = shrunk(entry)
    assert [name for name, _, _ in small.runs] == [name for name, _, _ in entry.runs]
    for (_, one, _), (_, other, _) in zip(small.runs, entry.runs, strict=True):
        for field in ("metaplasticity", "method", "strength", "shuffled", "normalisation",
                      "fresh_optimizer", "task_normalisation", "affine", "batch"):  # fmt: skip
            assert getattr(one, field) == getattr(other, field)
        assert np.max(one.hidden, initial=0) <= 16
