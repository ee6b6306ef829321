"""Ensembles behind a soft read-out, dropout and continual learning, against the exact core."""

import numpy as np
import pytest

from theory.data import load_images
from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    Stencil,
    TrainingSettings,
    continual_update,
    descend_in_phase,
    equilibrium,
    estimate,
    gradient_estimate,
    implicit_gradient,
    readout_gradient,
    train,
    vector_field_estimate,
)
from theory.ep.ensemble import Ensemble


@pytest.fixture(scope="module")
def scene():
    """Two networks with read-outs, with symmetric and with backward weights of their own."""
    rng = np.random.default_rng(0)
    plain, own = (
        [LayeredNetwork.random((5, 6, 4), rng, scale=0.7, backward=kind) for _ in range(2)]
        for kind in (False, True)
    )
    readouts = [SoftReadout(rng.normal(size=(3, 4)), rng.normal(size=3)) for _ in range(2)]
    inputs = rng.uniform(size=(2, 7, 5))
    return plain, own, readouts, inputs, np.eye(3)[rng.integers(0, 3, (2, 7))]


def found_by(networks, readouts, rule, inputs, targets, nudge=0.1, steps=(400, 400), mask=None):
    ensemble = Ensemble.of(networks, np.float64, readouts)
    found = gradient_estimate(
        ensemble, rule, inputs, targets, nudging_strength=nudge, steps=steps,
        rng=np.random.default_rng(3), mask=mask,
    )  # fmt: skip
    assert [f.shape for f in found] == [p.shape for p in ensemble.parameters]
    return found


def of_run(arrays, run):
    return np.concatenate([array[run].ravel() for array in arrays])


@pytest.mark.parametrize("kind", [0, 1], ids=["symmetric", "own backward weights"])
def test_bptt_is_the_exact_gradient_of_the_cross_entropy(scene, kind):
    *kinds, readouts, inputs, targets = scene
    found = found_by(kinds[kind], readouts, "BPTT", inputs, targets)
    for run, network in enumerate(kinds[kind]):
        x, y, loss = inputs[run], targets[run], readouts[run]
        wanted = implicit_gradient(network, x, y, loss).flat()
        np.testing.assert_allclose(of_run(found[:-2], run), wanted, atol=1e-12)
        exact = readout_gradient(network, x, y, loss, (0.0,))
        np.testing.assert_allclose(found[-2][run], exact[:, :-1], atol=1e-12)
        np.testing.assert_allclose(found[-1][run], exact[:, -1], atol=1e-12)


@pytest.mark.parametrize(
    ("rule", "stencil", "nudges"),
    [
        ("one-sided", Stencil.one_sided(0.1), (0.1,)),
        ("negative", Stencil.one_sided(-0.1), (-0.1,)),
        ("symmetric", Stencil.symmetric(0.1), (0.1, -0.1)),
    ],
)
def test_the_rules_are_the_stencils_and_the_readout_learns_at_nudged_states(
    scene, rule, stencil, nudges
):
    plain, _, readouts, inputs, targets = scene
    found = found_by(plain, readouts, rule, inputs, targets)
    for run, network in enumerate(plain):
        x, y, loss = inputs[run], targets[run], readouts[run]
        wanted = estimate(network, x, y, stencil, loss).flat()
        # The equilibria of the stencil are good to 1e-9 of their own, over the nudge.
        np.testing.assert_allclose(of_run(found[:-2], run), wanted, atol=2e-8)
        exact = readout_gradient(network, x, y, loss, nudges)
        np.testing.assert_allclose(found[-2][run], exact[:, :-1], atol=1e-9)
        np.testing.assert_allclose(found[-1][run], exact[:, -1], atol=1e-9)


def test_different_updates_are_the_vector_field_estimate(scene):
    _, own, readouts, inputs, targets = scene
    found = found_by(own, readouts, "different updates", inputs, targets)
    for run, network in enumerate(own):
        wanted = vector_field_estimate(network, inputs[run], targets[run], 0.1, readouts[run])
        np.testing.assert_allclose(of_run(found[:-2], run), wanted.flat(), atol=1e-9)


def test_equal_updates_are_equal(scene):
    _, own, readouts, inputs, targets = scene
    found = found_by(own, readouts, "equal updates", inputs, targets)
    assert np.array_equal(found[1], found[4])  # weights of layer 2, and of the way down from it
    assert np.abs(found[1]).max() > 1e-3


def test_silenced_units_are_units_that_are_not_there(scene):
    plain, _, readouts, inputs, targets = scene
    kept = np.array([1.0, 0.0, 1.0, 1.0])
    mask = np.broadcast_to(kept, (2, 7, 4))
    found = found_by(plain, readouts, "symmetric", inputs, targets, mask=mask)
    alive = kept > 0
    smaller = [
        LayeredNetwork(
            (n.weights[0], n.weights[1][alive]), (n.biases[0], n.biases[1][alive]), n.activation
        )
        for n in plain
    ]
    less = [SoftReadout(r.weights[:, alive], r.biases) for r in readouts]
    wanted = found_by(smaller, less, "symmetric", inputs, targets)
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-12)
    np.testing.assert_allclose(found[1][:, alive], wanted[1], atol=1e-12)
    np.testing.assert_allclose(found[-2][:, :, alive], wanted[-2], atol=1e-12)
    assert not found[1][:, ~alive].any() and not found[-2][:, :, ~alive].any()


def test_bptt_of_a_network_with_dropout_is_the_gradient_of_its_loss(scene):
    plain, own, readouts, inputs, targets = scene
    mask = np.broadcast_to(np.array([1.5, 0.0, 1.5, 1.5]), (2, 7, 4))
    for networks in (plain, own):
        found = found_by(networks, readouts, "BPTT", inputs, targets, mask=mask)
        ensemble = Ensemble.of(networks, np.float64, readouts)
        for which, cell in ((0, (1, 2, 3)), (1, (0, 2, 1)), (2, (0, 4)), (-2, (1, 2, 0))):
            array, values = ensemble.parameters[which], []
            for sign in (1, -1):
                array[cell] += sign * 1e-5
                p = ensemble.outputs(ensemble.relax(inputs, 400, mask=mask))
                values.append(-np.mean(np.sum(targets * np.log(p), axis=2), axis=1)[cell[0]])
                array[cell] -= sign * 1e-5
            # Central differences: step^2 times third derivatives of order one.
            assert found[which][cell] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-8)


def test_probabilities_sum_to_one_and_outputs_without_a_readout_are_the_last_layer(scene):
    plain, _, readouts, inputs, _ = scene
    soft = Ensemble.of(plain, np.float64, readouts)
    states = soft.relax(inputs, 20)
    np.testing.assert_allclose(soft.outputs(states).sum(axis=2), 1, rtol=1e-14)
    np.testing.assert_allclose(
        soft.outputs(states)[1], readouts[1].probabilities(states[-1][1]), rtol=1e-13
    )
    hard = Ensemble.of(plain, np.float64)
    assert hard.outputs(states) is states[-1] and hard.readout_gradient(states, None) == []


def test_the_ensembles_continual_phase_is_that_of_each_network():
    rng = np.random.default_rng(5)
    networks = [LayeredNetwork.random((4, 5, 3), rng, scale=0.7) for _ in range(2)]
    inputs, targets = rng.uniform(size=(2, 6, 4)), np.eye(3)[rng.integers(0, 3, (2, 6))]
    ensemble = Ensemble.of(networks, np.float64)
    descend_in_phase(
        ensemble, inputs, targets, rates=[0.02] * 4, nudging_strength=0.1, steps=(600, 12)
    )
    for run, network in enumerate(networks):
        free = equilibrium(network, inputs[run], tolerance=1e-14).states
        moved = continual_update(network, inputs[run], targets[run], 0.1, 12, 0.02, free=free)
        for got, wanted in zip(ensemble.parameters, (*moved.weights, *moved.biases), strict=True):
            np.testing.assert_allclose(got[run], wanted, atol=1e-10)
    own = Ensemble.of([LayeredNetwork.random((4, 5, 3), rng, backward=True)], np.float64)
    with pytest.raises(ValueError, match="for symmetric weights and squared error"):
        descend_in_phase(own, inputs[:1], targets[:1], rates=[], nudging_strength=1, steps=(1, 1))


@pytest.mark.parametrize(
    ("rule", "kept"), [("symmetric", 1.0), ("symmetric", 0.8), ("equal updates", 1.0)]
)
def test_a_soft_readout_is_learned_with_the_rest(rule, kept):
    task = load_images("digits")
    settings = TrainingSettings(
        sizes=(64, 24, 16, 10), loss="cross-entropy", kept_share=kept, epochs=8,
        learning_rates=(0.4, 0.3, 0.2),
    )  # fmt: skip
    run = train(settings, rule, task.train_images[:600], task.train_labels[:600],
                task.test_images, task.test_labels, (0,), probed=2)  # fmt: skip
    assert run.test_error[0, -1] < 0.45 < run.test_error[0, 0]
    assert run.ensemble.readout[0].shape == (1, 10, 16)


def test_continual_learning_is_one_sided_learning_at_small_rates():
    task = load_images("digits")
    settings = TrainingSettings(
        sizes=(64, 16, 10), epochs=2, learning_rates=(0.002, 0.001), nudging_strength=0.5
    )
    images, labels = task.train_images[:320], task.train_labels[:320]
    ends = [
        train(settings, rule, images, labels, images, labels, (0,), probed=2).ensemble
        for rule in ("continual", "one-sided")
    ]
    start = LayeredNetwork.random(
        (64, 16, 10), np.random.default_rng(0), activation="shifted_sigmoid"
    )
    for number, old in enumerate(start.weights):
        moved = [end.weights[number][0] - old for end in ends]
        gap = np.linalg.norm(moved[0] - moved[1]) / np.linalg.norm(moved[1])
        assert gap < 0.05  # of the order of the rate over the nudge, times a few steps


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"loss": "hinge"}, "loss must be one of"),
        ({"kept_share": 0.5}, "dropout is for the layer below a read-out"),
        ({"loss": "cross-entropy", "kept_share": 0.0}, "kept_share must"),
        (
            {"loss": "cross-entropy", "sizes": (64, 10), "learning_rates": (0.1,)},
            "at least one layer has to relax",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        TrainingSettings(**change)


def test_continual_updates_know_no_momentum():
    images, labels = np.zeros((40, 64)), np.zeros(40, int)
    with pytest.raises(ValueError, match="continual updates are plain descent"):
        train(TrainingSettings(momentum=0.5), "continual", images, labels, images, labels, (0,))
