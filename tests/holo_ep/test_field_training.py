"""Training of vector-field networks: what every rule does, and what is counted."""

import numpy as np
import pytest

from theory.data import load_images
from theory.holo_ep import FieldNetworks, FieldSettings, train_fields, train_pooling
from theory.holo_ep.asymmetric_full_size import PUBLISHED_RUNS, train_published
from theory.holo_ep.field_training import RULES, task_gradient
from theory.holo_ep.published_asymmetric import CONVOLUTIONAL_ACCURACIES, FASHION_ERRORS

SHORT = {"sizes": (10, 8, 6), "epochs": 2, "free_steps": 60, "nudged_steps": 30}


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


def batch(task, rows=slice(0, 20)):
    targets = np.eye(10, dtype=np.float32)[task.train_labels[rows]]
    return task.train_images[None, rows], targets[None]


def test_all_nudged_rules_estimate_the_same_gradient_and_symmetry_makes_it_the_true_one(digits):
    inputs, targets = batch(digits)
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=0)
    nets.recurrent *= 0.3  # so that the contour below lies inside the radius for every sample
    found = {}
    for rule in RULES:
        settings = FieldSettings(
            rule=rule, sizes=(10, 8, 6), points=6, radius=0.1, free_steps=300, nudged_steps=150,
            turns=3, tolerance=1e-5,
        )  # fmt: skip
        gradient, _, _ = task_gradient(nets, settings, inputs, targets)
        found[rule] = np.concatenate([array.ravel() for array in gradient])
    scale = np.linalg.norm(found["backpropagation"])
    for rule in RULES:
        # Single precision over the radius, and aliasing of sixth order.
        assert np.linalg.norm(found[rule] - found["backpropagation"]) < 2e-3 * scale, rule


def test_without_symmetry_the_rules_part(digits):
    inputs, targets = batch(digits)
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=90)
    both = [
        task_gradient(nets, FieldSettings(rule=rule, sizes=(10, 8, 6)), inputs, targets)[0][1]
        for rule in ("derivative", "backpropagation")
    ]
    assert np.linalg.norm(both[0] - both[1]) > 0.3 * np.linalg.norm(both[1])


@pytest.mark.parametrize("topology", ["reciprocal", "loop", "feedforward"])
def test_runs_at_once_are_runs_alone(digits, topology):
    settings = FieldSettings(topology=topology, **(SHORT | {"epochs": 1}))
    together = train_fields(settings, digits, (0, 5), degrees=30, homeostasis=(0.0, 0.5))
    for run, (seed, coefficient) in enumerate(((0, 0.0), (5, 0.5))):
        alone = train_fields(settings, digits, (seed,), degrees=30, homeostasis=coefficient)
        # The same numbers; sums run in another order, and training amplifies that a little.
        np.testing.assert_allclose(together.symmetry[run], alone.symmetry[0], atol=1e-4)
        assert abs(together.test_error[run, -1] - alone.test_error[0, -1]) < 0.05
    assert np.all(together.networks.recurrent[:, ~together.networks.linked] == 0)


@pytest.mark.parametrize("rule", ["backpropagation", "derivative", "contour"])
def test_every_rule_learns(digits, rule):
    settings = FieldSettings(
        rule=rule, radius=0.2, learning_rate=5e-3,
        **(SHORT | {"epochs": 4, "sizes": (20, 16, 10)}),
    )  # fmt: skip
    run = train_fields(settings, digits, (1,), homeostasis=1.0)
    assert run.test_error[0, 0] > 0.8 and run.test_error[0].min() < 0.5
    assert run.test_error.shape == run.unsettled.shape == run.angle.shape == (1, 5)
    assert run.alignment.shape == (1, 5, 3) and run.unsettled_in_training.shape == (1, 4)


def test_homeostasis_makes_symmetric_in_reciprocal_and_not_in_loop_networks(digits):
    ends = {}
    for topology in ("reciprocal", "loop"):
        settings = FieldSettings(topology=topology, learning_rate=5e-3, **SHORT)
        run = train_fields(settings, digits, (0, 0), homeostasis=(0.0, 5.0))
        ends[topology] = run.symmetry[:, -1]
        norm = np.linalg.norm(run.networks.recurrent, axis=(1, 2))
        assert norm[1] < 0.95 * norm[0]
    assert ends["reciprocal"][1] > ends["reciprocal"][0] + 0.1
    assert ends["loop"][0] < ends["loop"][1] < ends["reciprocal"][1]


def test_unsettled_samples_are_counted_in_training_and_testing(digits):
    settings = FieldSettings(**(SHORT | {"epochs": 1, "free_steps": 2}))
    run = train_fields(settings, digits, (0,))
    assert run.unsettled_in_training[0, 0] == 1  # two steps are never enough
    patient = train_fields(FieldSettings(**(SHORT | {"epochs": 1})), digits, (0,))
    assert patient.unsettled_in_training[0, 0] < 0.2 and patient.unsettled[0, 0] < 0.2


def test_soft_pooling_networks_train_and_tied_ones_stay_symmetric(digits):
    settings = FieldSettings(
        rule="derivative", learning_rate=5e-3, free_steps=30, nudged_steps=15, epochs=1, draws=1
    )
    free = train_pooling(settings, digits, (0, 0), channels=(3, 4), homeostasis=(0.0, 5.0))
    tied = train_pooling(settings, digits, (0,), channels=(3, 4), tied=True)
    assert free.angle[0, -1] > 2 and free.angle[1, -1] < 0.7 * free.angle[0, -1]
    assert tied.angle[0, -1] < 1e-2 and tied.symmetry[0, -1] == pytest.approx(1, abs=1e-5)


def test_bad_settings_are_refused():
    for name, bad in (
        ("rule", "BP"), ("topology", "ring"), ("optimizer", "rmsprop"), ("learning_rate", 0.0),
        ("damping", 1.5), ("points", 0), ("draws", 0), ("momentum", 1.0), ("tolerance", -1.0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=name):
            FieldSettings(**{name: bad})


def test_a_negative_coefficient_is_refused(digits):
    with pytest.raises(ValueError, match="homeostasis: a coefficient is below zero"):
        train_fields(FieldSettings(**SHORT), digits, (0,), homeostasis=-1.0)


def test_published_numbers_are_few_and_unknown_ones_none():
    assert FASHION_ERRORS[1, 0.5] == 38.4 and (2, 0.5) not in FASHION_ERRORS
    by_rule = {row.rule: row for row in CONVOLUTIONAL_ACCURACIES}
    assert by_rule["back-propagation, homeostasis"].cifar100 is None
    assert by_rule["derivative, homeostasis"].cifar10 > by_rule["N = 2, homeostasis"].cifar10


def test_published_runs_have_the_published_settings():
    table = PUBLISHED_RUNS["table 1, N = 6, radius 0.5"].settings
    assert (table.sizes, table.points, table.radius) == ((256, 256, 10), 6, 0.5)
    assert (table.learning_rate, table.momentum, table.epochs) == (0.01, 0.9, 50)
    # 1200 steps of the oscillation: 20 values of the nudge, 60 steps each, none left out.
    online = PUBLISHED_RUNS["table 1, continuous"].settings
    assert online.points * online.turns * online.nudged_steps == 1200 and not online.skipped_turns
    assert PUBLISHED_RUNS["fig. 4a-d"].homeostasis == (0.0, 1.0)
    assert PUBLISHED_RUNS["fig. 4e-h"].homeostasis == (0.0, 0.1)
    assert len(PUBLISHED_RUNS["fig. 3, derivative"].degrees) == 7


@pytest.mark.parametrize("name", ["fig. 4a-d", "fig. 4e-h", "table 1, continuous"])
def test_published_runs_also_run_on_a_stand_in(digits, name):
    small = {
        "sizes": (6, 5, 4),
        "epochs": 1,
        "free_steps": 10,
        "nudged_steps": 3,
        "batch_size": 400,
    }
    found = train_published(name, digits, (0, 1), **small)
    run = PUBLISHED_RUNS[name]
    assert set(found) == {(a, c) for a in run.degrees for c in run.homeostasis}
    for result in found.values():
        assert result.test_error.shape == (2, 2) and np.isfinite(result.symmetry).all()
    with pytest.raises(ValueError, match="name must be one of"):
        train_published("fig. 5", digits)
