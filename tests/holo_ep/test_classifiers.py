"""Classifiers: states, products and read-out against the single network in double precision."""

import numpy as np
import pytest

from theory.ep import hebbian
from theory.holo_ep import Classifiers, contour_estimate, deep_chain, layer_cosines
from theory.holo_ep.deep import single_precision_estimate

SIZES = (5, 6, 4, 3)
RNG = np.random.default_rng(0)
INPUTS = RNG.uniform(size=(7, 5)).astype(np.float32)
LABELS = RNG.integers(0, 3, 7)
TARGETS = np.eye(3, dtype=np.float32)[LABELS]


def drawn(activation="shifted_sigmoid", scale=0.6, seeds=(3, 4)):
    return Classifiers.random(SIZES, activation, seeds, scale)


def stacked(array):
    return np.stack([array, array])


@pytest.mark.parametrize("activation", ["shifted_sigmoid", "soft_clip", "hard_clip"])
def test_the_free_states_are_the_equilibria_of_each_network(activation):
    classifiers = drawn(activation)
    states = np.concatenate(classifiers.relax(stacked(INPUTS), 200), axis=2)
    for run in (0, 1):
        clamped = classifiers.clamped(run, INPUTS.astype(float), TARGETS.astype(float))
        # Single precision: 6e-8, amplified by the feedback.
        np.testing.assert_allclose(states[run], clamped.free, atol=2e-6)


def test_products_are_hebbian_sums():
    classifiers = drawn()
    states = classifiers.relax(stacked(INPUTS), 20)
    parts = classifiers.products(states, stacked(INPUTS))
    for run in (0, 1):
        clamped = classifiers.clamped(run, INPUTS.astype(float), TARGETS.astype(float))
        joined = np.concatenate([s[run] for s in states], axis=1)
        whole = hebbian(clamped.network, joined, clamped.inputs).flat() * len(INPUTS)
        found = np.concatenate([p[run].ravel() for p in parts])
        np.testing.assert_allclose(found, whole, atol=1e-5)


def test_the_slope_of_the_readout_is_that_of_the_loss():
    classifiers = drawn()
    states = classifiers.relax(stacked(INPUTS), 20)
    slope = classifiers.readout_slope(states, stacked(TARGETS))
    clamped = classifiers.clamped(0, INPUTS.astype(float), TARGETS.astype(float))
    output, loss = states[-1][0].astype(float), clamped.loss
    step = 1e-5

    def value(weights, biases):
        return type(loss)(weights, biases).value(output, clamped.targets).sum()

    for cell in ((0, 0), (2, 3)):
        moved = np.zeros_like(loss.weights)
        moved[cell] = step
        numeric = value(loss.weights + moved, loss.biases) - value(
            loss.weights - moved, loss.biases
        )
        # Single precision of a sum of seven terms.
        assert slope[0][0][cell] == pytest.approx(numeric / (2 * step), abs=2e-6)
    moved = step * np.eye(3)[1]
    numeric = value(loss.weights, loss.biases + moved) - value(loss.weights, loss.biases - moved)
    assert slope[1][0][1] == pytest.approx(numeric / (2 * step), abs=2e-6)


def test_weighted_rows_of_the_readout_add_up():
    classifiers = drawn()
    states = classifiers.relax(stacked(INPUTS), 10)
    factor = np.linspace(-1, 1, 7)[:, None].astype(np.float32)
    whole = classifiers.readout_slope(states, stacked(TARGETS), factor)
    rows = [
        classifiers.readout_slope([s[:, [i]] for s in states], stacked(TARGETS[[i]]))
        for i in range(7)
    ]
    for k in (0, 1):
        parts = sum(f * row[k] for f, row in zip(factor[:, 0], rows, strict=True))
        np.testing.assert_allclose(whole[k], parts, atol=1e-5)


def test_the_choice_is_the_largest_logit_and_needs_no_target():
    classifiers = drawn()
    choice = classifiers.predict(INPUTS, 100)
    for run in (0, 1):
        clamped = classifiers.clamped(run, INPUTS.astype(float), TARGETS.astype(float))
        output = clamped.free[:, clamped.network.slices[-1]]
        np.testing.assert_array_equal(
            choice[run], clamped.loss.probabilities(output).argmax(axis=1)
        )


def test_noise_is_repeatable_and_has_the_stated_size():
    classifiers = Classifiers(
        [np.zeros((1, 400, 5), np.float32), np.zeros((1, 3, 400), np.float32)],
        [np.full((1, 400), 0.5, np.float32), np.zeros((1, 3), np.float32)], "shifted_sigmoid",
    )  # fmt: skip
    runs = [
        classifiers.relax(INPUTS[None], 1, noise=0.01, rng=np.random.default_rng(7))[0]
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*runs)
    # Slope 1 at one half: the states fluctuate as the preactivations do; 2800 draws, four errors.
    assert runs[0].std() == pytest.approx(0.01, rel=4 / np.sqrt(2 * 2800))


def test_a_nudge_of_either_kind_moves_towards_the_target():
    classifiers = drawn()
    free = classifiers.relax(stacked(INPUTS), 60)
    losses = []
    for nudge in (0.0, 0.2, -0.2):
        moved = classifiers.relax(
            stacked(INPUTS), 40, states=free, targets=stacked(TARGETS), nudge=nudge
        )
        clamped = classifiers.clamped(0, INPUTS.astype(float), TARGETS.astype(float))
        losses.append(clamped.loss.value(moved[-1][0].astype(float), clamped.targets).mean())
    assert losses[1] < losses[0] < losses[2]
    per_row = np.full((7, 1), 0.2, np.float32)
    rows = classifiers.relax(
        stacked(INPUTS), 40, states=free, targets=stacked(TARGETS), nudge=per_row
    )
    one = classifiers.relax(stacked(INPUTS), 40, states=free, targets=stacked(TARGETS), nudge=0.2)
    np.testing.assert_allclose(rows[0], one[0], atol=1e-6)


def test_complex_states_carry_the_gradient_in_their_first_harmonic():
    """The estimate assembled by hand from classifiers' states, against the clamped network."""
    classifiers = drawn(scale=0.5)
    free = classifiers.relax(stacked(INPUTS), 100)
    total = 0
    nudges = 0.3 * np.exp(2j * np.pi * np.arange(6) / 6)
    for nudge in nudges:
        states = classifiers.relax(
            stacked(INPUTS), 60, states=free, targets=stacked(TARGETS), nudge=nudge
        )
        total = total - classifiers.products(states, stacked(INPUTS))[1][0] / nudge
    found = np.real(total) / 6 / len(INPUTS)
    clamped = classifiers.clamped(0, INPUTS.astype(float), TARGETS.astype(float))
    exact = contour_estimate(clamped, 6, 0.3, warn=False)[clamped.layer_slices()["layer 2"]]
    np.testing.assert_allclose(found.ravel(), exact, atol=2e-6)


def test_a_deep_chain_rests_in_the_middle_of_its_clip():
    chain = deep_chain(6, 30, 3, scale=0.75)
    means = [chain.free[:, part].mean() for part in chain.network.slices]
    assert np.abs(np.array(means) - 0.5).max() < 0.1
    again = deep_chain(6, 30, 3, scale=0.75)
    np.testing.assert_array_equal(chain.inputs, again.inputs)
    sizes = [np.linalg.norm(chain.gradient[p]) for p in chain.layer_slices().values()]
    assert sizes[0] < sizes[2] < sizes[4]  # the gradient fades towards the input


def test_an_estimate_that_diverged_counts_as_wrong_and_not_as_nan():
    chain = deep_chain(3, 10, 0, scale=0.75)
    broken = np.full(len(chain.gradient), np.nan)
    assert set(layer_cosines(chain, broken).values()) == {0.0}
    half = single_precision_estimate(chain, 3, 0.1, 40)
    part = chain.layer_slices()["layer 1"]
    half[part] = np.inf
    cosines = layer_cosines(chain, half)
    assert cosines["layer 1"] == 0 and cosines["layer 3"] > 0.99
