"""The ratchet: drift, growth and probability of a flip under noise alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from theory.metaplasticity import (
    diffusion_flip_probability,
    flip_probability,
    ratchet_drift,
    simulate_ratchet,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)


@quick
@given(hidden=st.floats(0.2, 3), m=st.floats(0, 4), amplitude=st.floats(0.001, 0.1))
def test_the_drift_is_the_mean_of_one_step(hidden, m, amplitude):
    # The two outcomes of one step, from a generator that has given both.
    after, _ = simulate_ratchet(np.full(64, hidden), amplitude, m, 1, 5)
    outcomes = np.unique(after)
    assert len(outcomes) == (1 if amplitude == 0 else 2)
    assert outcomes.mean() - hidden == pytest.approx(ratchet_drift(hidden, amplitude, m), abs=1e-12)


def test_committed_weights_grow_at_half_the_amplitude():
    hidden, flipped = simulate_ratchet(np.full(3000, 3.0), 0.05, 4.0, 800, 1)
    # Each step is g or 0 with equal chance: standard error g/2 * sqrt(800/3000) of the mean.
    assert hidden.mean() - 3 == pytest.approx(800 * 0.025, abs=4.5 * 0.025 * np.sqrt(800 / 3000))
    assert not flipped.any()


def test_no_metaplasticity_is_a_plain_random_walk():
    hidden, _ = simulate_ratchet(np.zeros(4000), 0.1, 0.0, 100, 2)
    assert abs(hidden.mean()) < 4.5 * 1.0 / np.sqrt(4000)
    assert hidden.var() == pytest.approx(1.0, rel=4.5 * np.sqrt(2 / 4000))
    assert ratchet_drift(2.0, 0.1, 0.0) == 0


@pytest.mark.parametrize("strength", [0.1, 0.4, 1.5])
def test_flip_probability_against_simulation(strength):
    starts = np.array([0.1, 0.4, 0.9])
    walkers = 8000
    flipped = simulate_ratchet(np.repeat(starts, walkers), strength, 1.0, 300, 3)[1]
    measured = flipped.reshape(3, walkers).mean(axis=1)
    predicted = flip_probability(starts, strength)
    # 4.5 standard errors; the grid resolves the jumps to about 0.002.
    slack = 4.5 * np.sqrt(predicted * (1 - predicted) / walkers) + 2e-3
    assert np.all(np.abs(measured - predicted) < slack)


def test_the_grid_converges():
    starts = np.linspace(0.05, 1.2, 9)
    coarse, fine, finest = (flip_probability(starts, 0.2, cells=n) for n in (16, 64, 512))
    # First order in the cells, irregular where a start lies next to a jump; the finest, which is
    # half as far off as 256 cells, has lost less than 1e-5 of the median.
    assert np.abs(fine - finest).mean() < 0.5 * np.abs(coarse - finest).mean()
    assert np.median(np.abs(fine - finest)) < 1e-4
    chosen = flip_probability(starts, 0.2)
    assert np.median(np.abs(chosen - finest)) < 1e-4
    assert np.abs(chosen - finest).max() < 0.02  # at a jump, a share of its height


@pytest.mark.parametrize(("strength", "start"), [(1e-3, 0.1), (0.007, 0.2), (0.01, 0.3)])
def test_weak_noise_as_in_the_experiments_is_resolved(strength, start):
    """The settings of the paper make steps of kappa = m eta = 0.007; the default grid sees them."""
    finest = flip_probability(start, strength, cells=200)
    assert flip_probability(start, strength) == pytest.approx(finest, abs=3e-4)
    # A single step can cross zero from above: the diffusion limit is a bit high, by less than a
    # step on the scale kappa^(1/3) on which the probability falls.
    gap = diffusion_flip_probability(start, strength) - finest
    assert 0 < gap < strength ** (2 / 3)


def test_the_papers_noise_against_simulation():
    flipped = simulate_ratchet(np.full(4000, 0.2), 0.007, 1.0, 6000, 4)[1].mean()
    predicted = flip_probability(0.2, 0.007)
    assert abs(flipped - predicted) < 4.5 * np.sqrt(predicted * (1 - predicted) / 4000)


def test_weak_noise_approaches_the_diffusion_limit():
    gaps = []
    for strength in (0.2, 0.05, 0.0125):
        start = 1.2 * strength ** (1 / 3)  # the scale on which the probability falls
        exact = flip_probability(start, strength, cells=64)
        gaps.append(diffusion_flip_probability(start, strength) / exact - 1)
    assert np.all(np.array(gaps) > 0)
    # The barrier shifts by a part of a step, kappa, relative to the scale kappa^(1/3).
    slope = np.polyfit(np.log([0.2, 0.05, 0.0125]), np.log(gaps), 1)[0]
    assert slope == pytest.approx(2 / 3, abs=0.25)


@pytest.mark.parametrize("strength", [0.1, 0.8])
def test_the_diffusion_limit_is_its_integral(strength):
    """Scale function of a diffusion with drift g (1 - f)/2 and squared step g^2 (1 + f^2)/2."""

    def slope(y):
        def ratio(x):
            f = 1 / np.cosh(x) ** 2
            return (1 - f) / 2 / ((1 + f**2) / 4)

        return np.exp(-quad(ratio, 0, y)[0] / strength)

    far = 30 * strength + 4
    tail, total = (quad(slope, low, far, limit=200)[0] for low in (0.6, 0))
    # Trapezoidal rule with 20 000 points.
    assert diffusion_flip_probability(0.6, strength) == pytest.approx(tail / total, rel=1e-4)


@pytest.mark.parametrize("function", [flip_probability, diffusion_flip_probability])
def test_probabilities_fall_with_the_start(function):
    chances = function(np.linspace(0, 3, 60), 0.2)
    assert np.all((chances >= -1e-12) & (chances <= 1 + 1e-12))
    assert np.all(np.diff(chances) <= 1e-9)
    assert chances[-1] < 1e-6


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: flip_probability(0.1, 0.0), "strength must be"),
        (lambda: flip_probability(0.1, 0.1, cells=0), "cells must be"),
        (lambda: flip_probability(-1.0, 0.1), "start must be 0 or above"),
        (lambda: diffusion_flip_probability(-1.0, 0.1), "start must be 0 or above"),
        (lambda: simulate_ratchet([1.0], -1.0, 1.0, 10, 0), "amplitude must be"),
        (lambda: diffusion_flip_probability(0.1, -1.0), "strength must be"),
        (lambda: ratchet_drift(0.1, -1.0, 1.0), "amplitude must be"),
        (lambda: simulate_ratchet([np.inf], 0.1, 1.0, 10, 0), "initial must be finite"),
        (lambda: simulate_ratchet([0.0], 0.1, 1.0, 0, 0), "steps must be"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
