"""The experiment: what runs share, what each rule changes, and that forgetting is seen."""

import numpy as np
import pytest

from theory.continual import RULES, ContinualExperiment, beaker_rule, permuted_tasks, run_continual

SHORT = {"tasks": 2, "hidden": 60, "epochs": 4}


def test_tasks_are_permutations_of_one_set_by_seed():
    first, second, third = permuted_tasks(3, seed=4)
    assert first.permutation is None
    for task in (second, third):
        assert np.array_equal(task.train_images, first.train_images[:, task.permutation])
    assert not np.array_equal(second.permutation, third.permutation)
    assert np.array_equal(permuted_tasks(2, seed=4)[1].permutation, second.permutation)
    assert not np.array_equal(permuted_tasks(2, seed=5)[1].permutation, second.permutation)


def test_runs_with_one_seed_are_one_run_until_a_rule_acts():
    plain = run_continual(ContinualExperiment(**SHORT), seed=0)
    again = run_continual(ContinualExperiment(**SHORT), seed=0)
    assert np.array_equal(plain.matrix, again.matrix) and plain.losses == again.losses
    for rule in ("uniform", "ewc", "ewc_each", "ewc_online", "si", "mas"):
        same = run_continual(ContinualExperiment(rule=rule, **SHORT), seed=0)
        assert same.losses == plain.losses, f"{rule} of strength 0"
    strong = run_continual(ContinualExperiment(rule="ewc", strength=100.0, **SHORT), seed=0)
    assert strong.losses[:4] == plain.losses[:4] and strong.losses[4:] != plain.losses[4:]
    assert run_continual(ContinualExperiment(**SHORT), seed=1).losses != plain.losses


@pytest.mark.parametrize("rule", [*RULES, beaker_rule])
def test_every_rule_learns_and_reports_a_matrix(rule):
    strength = {"gating": 0.5, "uncertain": 300.0, beaker_rule: 0.01}.get(rule, 0.01)
    setting = ContinualExperiment(
        rule=rule, strength=strength, replay=50 if rule == "store" else 0, **SHORT
    )
    run = run_continual(setting, seed=0)
    assert run.matrix.shape == ((1, 2) if rule in ("joint", "store") else (2, 2))
    assert run.matrix[0, 0] > 0.4  # chance is 0.1
    assert run.losses[-1] < run.losses[0]


def test_plain_learning_forgets_and_joint_learning_does_not():
    settings = {"tasks": 3, "hidden": 60, "epochs": 8}
    plain = run_continual(ContinualExperiment(**settings), seed=0)
    joint = run_continual(ContinualExperiment(rule="joint", **settings), seed=0)
    assert plain.matrix[0, 0] - plain.final[0] > 0.2
    assert joint.final.min() > 0.85


def test_all_gates_open_is_no_gating():
    plain = run_continual(ContinualExperiment(**SHORT), seed=0)
    opened = run_continual(ContinualExperiment(rule="gating", strength=1.0, **SHORT), seed=0)
    assert np.array_equal(opened.matrix, plain.matrix)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rule": "sleep"}, "rule must be"),
        ({"rule": "gating", "strength": 0.0}, "strength must"),
        ({"rule": "gating", "strength": 1.5}, "strength must"),
        ({"rule": "ewc", "strength": -1.0}, "strength must"),
        ({"tasks": 0}, "tasks must be"),
        ({"learning_rate": 0.0}, "learning_rate must be"),
    ],
)
def test_bad_settings_get_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        ContinualExperiment(**options)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed must be"):
        run_continual(ContinualExperiment(**SHORT), seed=-1)
