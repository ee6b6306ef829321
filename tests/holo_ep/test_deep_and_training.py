"""Deep chains in single precision, fast complex functions, classifiers and their training."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import find_activation
from theory.holo_ep import (
    Classifiers,
    ContourSettings,
    NotHolomorphic,
    SoftClipNetwork,
    activation_poles,
    complex_arrays,
    contour_estimate,
    cosine,
    deep_chain,
    layer_cosines,
    relaxation_rate,
    single_precision_estimate,
    soft_clip,
    train_classifiers,
)
from theory.holo_ep.activations import soft_clip_slope
from theory.holo_ep.backpropagation import train_feedforward
from theory.holo_ep.contour_training import estimated_gradient

CHAIN = deep_chain(5, 24, 0, scale=0.75)
complex_numbers = st.complex_numbers(max_magnitude=60, allow_nan=False, allow_infinity=False)


def log_gap(clamped, estimate):
    return -np.log10(max(1 - layer_cosines(clamped, estimate)["total"], 1e-12))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(z=complex_numbers)
def test_the_fast_functions_are_the_usual_ones(z):
    pole = min(abs(z - p) for k in range(-12, 12) for p in [1j * np.pi * (2 * k + 1)])
    if pole > 1e-3:  # at a pole both are rounding
        expected = 1 / (1 + np.exp(-z)) if z.real > 0 else np.exp(z) / (1 + np.exp(z))
        found = complex_arrays.logistic(np.array(z))
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-15)
    logits = np.array([[z, 0.3 - 1j, 2.0]])
    value = complex_arrays.softmax(logits)
    if abs(np.sum(np.exp(logits - z.real))) > 1e-3:
        assert value.sum() == pytest.approx(1)
        assert value[0, 1] / value[0, 2] == pytest.approx(np.exp(-1.7 - 1j))


def test_the_activations_of_training_are_those_of_the_networks():
    u = np.linspace(-4, 4, 81)
    pairs = {
        "shifted_sigmoid": complex_arrays.shifted_sigmoid,
        "wide_hard_sigmoid": complex_arrays.hard_clip,
    }
    for name, fast in pairs.items():
        np.testing.assert_allclose(fast(u), find_activation(name).function(u), atol=1e-14)
    z = u + 0.4j
    np.testing.assert_allclose(complex_arrays.soft_clip(z), soft_clip(z), atol=1e-14)
    assert complex_arrays.logistic(np.float32([0.5])).dtype == np.float32
    assert complex_arrays.softmax(np.complex64([[0.5, 1j]])).dtype == np.complex64


def test_the_soft_clip_is_a_holomorphic_stand_in_for_the_hard_one():
    u = np.linspace(-30, 30, 301)
    hard = np.clip(u / 2, 0, 1)
    assert (
        np.abs(soft_clip(u) - hard).max() < 0.12
        and np.abs(soft_clip(u[[0, -1]]) - [0, 1]).max() < 1e-11
    )
    np.testing.assert_allclose(soft_clip(1 + u) + soft_clip(1 - u), 1, atol=1e-12)
    z = 0.3 + 0.7j
    for direction in (1, 1j, (1 + 1j) / np.sqrt(2)):
        h = 1e-5 * direction
        numeric = (soft_clip(z + h) - soft_clip(z - h)) / (2 * h)
        assert numeric == pytest.approx(soft_clip_slope(z), abs=1e-9)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "shifted_sigmoid", "soft_clip"])
def test_activations_have_simple_poles_where_they_are_said_to(name):
    function = soft_clip if name == "soft_clip" else find_activation(name).function
    for pole in activation_poles(name, 2):
        near = [abs(function(pole + d)) * d for d in (1e-4, 1e-5)]
        assert near[0] == pytest.approx(near[1], rel=1e-2) and near[0] > 0.05
    ring = activation_poles(name)[0]
    inside = ring.real + 0.98j * ring.imag * np.linspace(0, 1, 40)
    assert np.isfinite(function(inside)).all()


def test_the_twin_differs_only_in_its_activation():
    hard, soft = (deep_chain(3, 10, 1, holomorphic=h) for h in (False, True))
    np.testing.assert_array_equal(hard.network.weights[1], soft.network.weights[1])
    np.testing.assert_array_equal(hard.targets, soft.targets)
    assert soft.network.sigma.smooth and not hard.network.sigma.smooth
    assert np.isnan(soft.radius)  # no recursion for its series, so no warning rests on it
    contour_estimate(soft, 3, 5.0, steps=1)
    with pytest.raises(ValueError, match="twin of 'wide_hard_sigmoid' only"):
        SoftClipNetwork.twin(Classifiers.random((3, 2, 2), "shifted_sigmoid", (0,)).clamped(
            0, np.ones((1, 3)), np.ones((1, 2))).network)  # fmt: skip


def test_rounding_spoils_small_nudges_and_aliasing_large_ones():
    """1 - cosine goes with the square of the error: slopes of -2 and 2N in the nudge."""
    radii = np.geomspace(1e-4, 1e-3, 5)
    left = [
        1e-12 + 10 ** -log_gap(CHAIN, single_precision_estimate(CHAIN, 2, r, 80)) for r in radii
    ]
    # Rounding errors scatter by a factor of two or so from one nudge to the next.
    assert np.polyfit(np.log(radii), np.log(left), 1)[0] == pytest.approx(-2, abs=0.7)
    for points in (1, 2):
        right = [
            10 ** -log_gap(CHAIN, contour_estimate(CHAIN, points, r, steps=300, warn=False))
            for r in (0.2, 0.4)
        ]
        assert np.log2(right[1] / right[0]) == pytest.approx(2 * points, abs=0.6)


def test_more_points_and_earlier_layers_allow_or_need_larger_nudges():
    best = {}
    for points in (1, 2, 4):
        radii = np.geomspace(3e-3, 0.5, 6)
        best[points] = max(
            log_gap(CHAIN, single_precision_estimate(CHAIN, points, r, 80)) for r in radii
        )
    assert best[1] + 1 < best[2] < best[4] + 0.5
    small = layer_cosines(CHAIN, single_precision_estimate(CHAIN, 2, 1e-3, 80))
    assert small["layer 1"] < small["layer 3"] < small["layer 5"]


def test_single_precision_is_close_to_double():
    found = single_precision_estimate(CHAIN, 4, 0.3, 80)
    exact = contour_estimate(CHAIN, 4, 0.3, steps=80, warn=False)
    gap = np.linalg.norm(found - exact) / np.linalg.norm(exact)
    assert 1e-10 < gap < 1e-5  # rounding of 6e-8 over the radius, and it does round


DATA = np.random.default_rng(5)
IMAGES = DATA.uniform(size=(12, 6)).astype(np.float32)
TARGETS = np.eye(3, dtype=np.float32)[DATA.integers(0, 3, 12)]
SIZES = (6, 8, 7, 3)
BASE = ContourSettings(sizes=SIZES, free_steps=60, nudged_steps=40)


def estimate_of(run, settings_, activation="shifted_sigmoid", scale=0.5):
    classifiers = Classifiers.random(SIZES, activation, (0, 1), scale)
    stacked = np.stack([IMAGES, IMAGES]), np.stack([TARGETS, TARGETS])
    parts = estimated_gradient(classifiers, settings_, *stacked, np.random.default_rng(0))
    assert [p.shape for p in parts] == [p.shape for p in classifiers.parameters]
    order = (0, 1, 3, 4, 2, 5)  # as in ClampedNetwork.products: the read-out comes last
    clamped = classifiers.clamped(run, IMAGES.astype(float), TARGETS.astype(float))
    return np.concatenate([parts[k][run].ravel() for k in order]), clamped


@pytest.mark.parametrize(
    ("change", "tolerance"),
    [
        ({}, 1e-4),
        ({"points": 2, "radius": 0.05}, 1e-2),
        ({"rule": "classic", "points": 1, "radius": 0.02}, 3e-2),
        ({"rule": "continuous", "periods": 1}, 1e-4),
        ({"noise": 1e-6}, 1e-4),
        ({"rule": "classic", "points": 1, "radius": 0.02, "noise": 1e-9}, 3e-2),
    ],
)
def test_every_rule_estimates_the_implicit_gradient(change, tolerance):
    for run in (0, 1):
        found, clamped = estimate_of(run, replace(BASE, **change))
        gap = np.linalg.norm(found - clamped.gradient) / np.linalg.norm(clamped.gradient)
        # Aliasing and single precision (6e-8 over the radius), by rule.
        assert gap < tolerance
        assert relaxation_rate(clamped) < 0.9  # so that the sweeps suffice


def test_the_hard_clip_takes_real_nudges_only():
    found, clamped = estimate_of(0, replace(BASE, points=2, radius=0.01, activation="hard_clip"),
                                 "hard_clip")  # fmt: skip
    assert cosine(found, clamped.gradient) > 0.9
    with pytest.raises(NotHolomorphic, match="the hard clip has kinks"):
        estimate_of(0, replace(BASE, activation="hard_clip"), "hard_clip")


def test_synchronous_and_alternating_sweeps_have_the_same_equilibria():
    classifiers = Classifiers.random(SIZES, "shifted_sigmoid", (0,), 0.5)
    plain = Classifiers(classifiers.weights, classifiers.biases, "shifted_sigmoid", False)
    for nudge in (None, 0.2 + 0.1j):
        states = [
            c.relax(IMAGES[None], 80, targets=TARGETS[None], nudge=nudge)
            for c in (classifiers, plain)
        ]
        for a, b in zip(*states, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


def task():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 150)
    centres = rng.uniform(size=(3, 6))
    return centres[labels] - 0.5 + 0.1 * rng.normal(size=(150, 6)), labels


@pytest.mark.parametrize("rule", ["classic", "contour", "continuous"])
def test_every_rule_learns_an_easy_task_and_repeats_exactly(rule):
    images, labels = task()
    made = replace(BASE, rule=rule, points=1 if rule == "classic" else 4, epochs=7,
                   learning_rates=(0.5, 0.05, 0.5), scale=1.0, free_steps=15, nudged_steps=6,
                   batch_size=10)  # fmt: skip
    first, second = (
        train_classifiers(made, images[:100], labels[:100], images[100:], labels[100:], (0, 1))
        for _ in range(2)
    )
    assert first.test_error.shape == (2, 8)
    assert first.test_error[:, -3:].min(axis=1).max() < 0.2 < first.test_error[:, 0].min()
    np.testing.assert_array_equal(first.train_error, second.train_error)
    alone = train_classifiers(made, images[:100], labels[:100], images[100:], labels[100:], (1,))
    # Seeds do not mix: only the last bits of the products differ.
    np.testing.assert_allclose(alone.test_error[0, :3], first.test_error[1, :3], atol=0.05)


def test_back_propagation_learns_the_same_task():
    images, labels = task()
    train, test = train_feedforward(
        replace(BASE, epochs=20, batch_size=10), images[:100], labels[:100], images[100:],
        labels[100:], (0, 1), 0.1,
    )  # fmt: skip
    assert train.shape == test.shape == (2, 21) and test[:, -1].max() < 0.15


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rule": "contuor"}, "rule must be one of.*did you mean 'contour'"),
        ({"points": 0}, "points must be an integer, 1 or above"),
        ({"rule": "classic", "points": 4}, "the classic rule nudges once, not 4 times"),
        ({"rule": "continuous", "points": 1}, "an oscillation needs at least two"),
        ({"learning_rates": (0.1,)}, "1 given for 3 layers"),
        ({"noise": -0.1}, "noise must be a finite number, 0 or above"),
        ({"radius": 0.0}, "radius must be a finite number above 0"),
    ],
)
def test_settings_that_do_not_fit_are_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(BASE, **change)


def test_classifiers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="activation must be one of"):
        Classifiers.random(SIZES, "relu", (0,))
    with pytest.raises(ValueError, match="input, a layer and classes are needed"):
        Classifiers.random((4, 3), "soft_clip", (0,))
    with pytest.raises(ValueError, match="name must be one of"):
        activation_poles("linear")


def test_every_layer_learns_at_its_own_rate():
    images, labels = task()
    for layer in range(3):
        rates = tuple(1e-9 if k == layer else 0.3 for k in range(3))
        made = replace(
            BASE, points=2, learning_rates=rates, epochs=1, free_steps=10, nudged_steps=5
        )
        run = train_classifiers(made, images, labels, images, labels, (4,))
        start = Classifiers.random(SIZES, made.activation, (4,), made.scale)
        pairs = zip(start.parameters, run.classifiers.parameters, strict=True)
        moved = [np.abs(b - a).max() for a, b in pairs]
        # Weights of the three layers, then their biases; a rate of 1e-9 moves nothing that shows.
        assert [m < 1e-6 for m in moved] == [k % 3 == layer for k in range(6)]
