"""Deep chains in single precision, and fast complex functions against the usual ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import activation_poles, find_activation, soft_clip
from theory.ep.activations import activity, logistic, soft_clip_slope, softmax
from theory.holo_ep import (
    Contour,
    contour_estimate,
    deep_chain,
    layer_cosines,
    layer_slices,
)

CHAIN = deep_chain(5, 24, 0, scale=0.75)
complex_numbers = st.complex_numbers(max_magnitude=60, allow_nan=False, allow_infinity=False)


def single_precision_estimate(clamped, points, radius, steps):
    nodes, weights = Contour.circle(points, radius).half()
    states, _ = clamped.relaxed_states(nodes, steps, single=True)
    assert states.dtype in (np.complex64, np.float32)
    return np.real(weights @ clamped.products(states, nodes))


def log_gap(clamped, estimate):
    return -np.log10(max(1 - layer_cosines(clamped, estimate)["total"], 1e-12))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(z=complex_numbers)
def test_the_fast_functions_are_the_usual_ones(z):
    pole = min(abs(z - p) for k in range(-12, 12) for p in [1j * np.pi * (2 * k + 1)])
    if pole > 1e-3:  # at a pole both are rounding
        expected = 1 / (1 + np.exp(-z)) if z.real > 0 else np.exp(z) / (1 + np.exp(z))
        found = logistic(np.array(z))
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-15)
    logits = np.array([[z, 0.3 - 1j, 2.0]])
    value = softmax(logits)
    if abs(np.sum(np.exp(logits - z.real))) > 1e-3:
        assert value.sum() == pytest.approx(1)
        assert value[0, 1] / value[0, 2] == pytest.approx(np.exp(-1.7 - 1j))


def test_the_activations_of_training_are_those_of_the_networks():
    u = np.linspace(-4, 4, 81)
    for name in ("shifted_sigmoid", "wide_hard_sigmoid", "tanh"):
        usual = find_activation(name).function(u)
        np.testing.assert_allclose(activity(name, u), usual, atol=1e-14)
    z = u + 0.4j
    np.testing.assert_allclose(activity("soft_clip", z), soft_clip(z), atol=1e-14)
    assert logistic(np.float32([0.5])).dtype == np.float32
    assert softmax(np.complex64([[0.5, 1j]])).dtype == np.complex64


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
    assert np.isnan(
        soft.radius_estimates
    ).all()  # no recursion for its series, so no warning rests on it
    contour_estimate(soft, 3, 5.0, steps=1, warn=False)


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


def test_a_deep_chain_rests_in_the_middle_of_its_clip():
    chain = deep_chain(6, 30, 3, scale=0.75)
    means = [chain.free[:, part].mean() for part in chain.network.slices]
    assert np.abs(np.array(means) - 0.5).max() < 0.1
    again = deep_chain(6, 30, 3, scale=0.75)
    np.testing.assert_array_equal(chain.inputs, again.inputs)
    sizes = [np.linalg.norm(chain.gradient[p]) for p in layer_slices(chain).values()]
    assert sizes[0] < sizes[2] < sizes[4]  # the gradient fades towards the input


def test_an_estimate_that_diverged_counts_as_wrong_and_not_as_nan():
    chain = deep_chain(3, 10, 0, scale=0.75)
    broken = np.full(len(chain.gradient), np.nan)
    assert set(layer_cosines(chain, broken).values()) == {0.0}
    half = single_precision_estimate(chain, 3, 0.1, 40)
    part = layer_slices(chain)["layer 1"]
    half[part] = np.inf
    cosines = layer_cosines(chain, half)
    assert cosines["layer 1"] == 0 and cosines["layer 3"] > 0.99
