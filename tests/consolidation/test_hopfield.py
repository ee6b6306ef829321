"""Blackout and palimpsest: the mean-field equations, their limits and simulated networks."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from theory.consolidation import hopfield


@pytest.mark.parametrize("load", [0.02, 0.08, 0.12, 0.137])
def test_the_overlap_solves_the_equations_of_amit_gutfreund_and_sompolinsky(load):
    m = hopfield.overlap(load)
    r = 1.0
    for _ in range(4000):  # their own iteration in r and C, at the overlap found
        c = np.sqrt(2 / (np.pi * load * r)) * np.exp(-(m**2) / (2 * load * r))
        r += 0.2 * ((1 - c) ** -2 - r)
    assert m == pytest.approx(erf(m / np.sqrt(2 * load * r)), rel=1e-9)
    assert m > 0.9


def test_the_critical_load_is_where_the_overlap_ends():
    load, m = hopfield.critical_load()
    assert hopfield.overlap(load * (1 - 1e-9)) == pytest.approx(m, abs=1e-3)
    assert hopfield.overlap(load * (1 + 1e-9)) == 0
    # One-step crosstalk alone, erf(1 / sqrt(2 load)), is an upper bound that small loads reach.
    assert hopfield.overlap(0.02) == pytest.approx(erf(1 / np.sqrt(0.04)), abs=1e-9)


@pytest.mark.parametrize("c", [0.0, 1e-4, 2e-3, 0.1, 0.2])
def test_the_noise_of_the_palimpsest_is_its_integral(c):
    strength = 4.0
    integral = quad(lambda z: z / (1 - c * z) ** 2, 0, strength)[0] * 2 / strength**2
    assert hopfield._noise(np.array(c), strength) == pytest.approx(integral, rel=1e-6)


def test_the_palimpsest_has_a_threshold_and_a_best_strength():
    strengths = np.array([2.4, 2.6, 3.0, 3.8, 4.1, 4.4, 6.0])
    capacity = np.array([hopfield.palimpsest_capacity(s) for s in strengths])
    assert capacity[0] == 0 and np.all(capacity[1:] > 0)
    assert strengths[int(np.argmax(capacity))] == 4.1
    # The fading palimpsest pays for never failing: a third of the capacity of the blackout load.
    assert capacity.max() < 0.4 * hopfield.critical_load()[0]


def test_simulated_networks_have_the_predicted_overlaps():
    rng = np.random.default_rng(5)
    for load in (0.05, 0.1):
        found = hopfield.simulate_hopfield(1000, int(1000 * load), rng)
        # Finite size and incomplete relaxation; overlaps are one to a few parts in a thousand.
        assert found.mean() == pytest.approx(hopfield.overlap(load), abs=4e-3)
    assert hopfield.simulate_hopfield(1000, 220, rng).mean() < 0.6


def test_a_simulated_palimpsest_keeps_the_new_and_forgets_the_old():
    rng, size = np.random.default_rng(6), 1000
    probes = np.array([0, 10, 20, 120])
    found = np.mean(
        [hopfield.simulate_hopfield(size, 600, rng, strength=4.1, probes=probes) for _ in range(4)],
        axis=0,
    )
    theory = hopfield.palimpsest_overlaps(probes / size, 4.1)
    np.testing.assert_allclose(found[:3], theory[:3], atol=0.02)
    assert theory[3] == 0 and found[3] < 0.4


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: hopfield.overlap(0), "load"),
        (lambda: hopfield.palimpsest_capacity(-1), "strength"),
        (lambda: hopfield.simulate_hopfield(1, 3, 0), "neurons"),
    ],
)
def test_arguments_out_of_range_are_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_the_overlap_at_any_small_load_is_one():
    from theory.consolidation import overlap

    for load in (1e-2, 3.2e-4, 1e-4, 1e-8):
        assert 1 - 1e-3 < overlap(load) <= 1
