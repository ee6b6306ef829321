"""Lifetimes and modes of structured chains: resets, one way, growing times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.optimize import brentq

from theory.consolidation import (
    MarkovSynapse,
    cascade,
    last_crossing,
    lifetime,
    lifetime_of_modes,
    serial_chain,
    soft_bound,
    two_state,
)


def reset_chain(states, fraction=0.5):
    """An event up moves one step, an event down resets: a defective generator."""
    up, down = np.diag(np.ones(states - 1), 1), np.zeros((states, states))
    up[-1, -1], down[:, 0] = 1, 1
    return MarkovSynapse(up, down, np.repeat([-1.0, 1.0], states // 2), fraction)


def one_way_chain(states, fraction=0.5):
    """Up one step, never down but from the last state to the first."""
    up = np.diag(np.ones(states - 1), 1)
    up[-1, -1] = 1
    down = np.eye(states)
    down[-1] = np.eye(states)[0]
    return MarkovSynapse(up, down, np.repeat([-1.0, 1.0], states // 2), fraction)


def growing_chain(states, fraction=0.5):
    """Rates that halve from state to state."""
    rates = 0.5 ** np.arange(states - 1)
    up = np.diag(np.append(1 - rates, 1.0)) + np.diag(rates, 1)
    down = np.diag(np.append(1.0, 1 - rates)) + np.diag(rates, -1)
    return MarkovSynapse(up, down, np.linspace(-1, 1, states), fraction)


KINDS = [reset_chain, one_way_chain, growing_chain]


def by_bisection(synapse, size):
    """Last root of the signal by the matrix exponential at every time of a fine grid."""
    at = lambda t: float(synapse.signal_to_noise([t], synapses=size)[0]) - 1  # noqa: E731
    grid = np.geomspace(1e-3, 40 / abs(np.sort(np.linalg.eigvals(synapse.generator).real)[-2]), 400)
    above = [k for k, t in enumerate(grid) if at(t) > 0]
    return brentq(at, grid[above[-1]], grid[above[-1] + 1], rtol=1e-13) if above else 0.0


@pytest.mark.parametrize("states", [4, 6, 8, 10, 12, 14, 16, 20, 30])
def test_a_chain_that_resets_lives_as_long_as_its_exponential_says(states):
    synapse = reset_chain(states)
    assert synapse.lifetime(1e4) == pytest.approx(by_bisection(synapse, 1e4), rel=1e-8)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(KINDS),
    half=st.integers(1, 6),
    fraction=st.floats(0.15, 0.85),
    size=st.floats(10, 1e9),
)
def test_structured_chains_by_two_roads(kind, half, fraction, size):
    synapse = kind(2 * half, fraction)
    # The marching search resolves crossings on its own grid, the other on 400 points.
    assert synapse.lifetime(size) == pytest.approx(by_bisection(synapse, size), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("states", [4, 8, 14, 20, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_modes_add_up_to_the_signal_or_are_refused(kind, states):
    synapse = kind(states)
    try:
        rates, weights = synapse.modes
    except ValueError as refused:
        assert "defective" in str(refused)
        return
    times = np.geomspace(0.1, 300, 12)
    found = np.exp(-np.outer(times, rates)) @ weights
    scale = np.abs(synapse.equilibrium @ (synapse.potentiation - synapse.depression)).sum()
    np.testing.assert_allclose(
        found, synapse.signal_to_noise(times), atol=3e-6 * scale / synapse.weight_deviation
    )


def test_some_generator_is_refused_and_ordinary_ones_are_not():
    with pytest.raises(ValueError, match="modes: the generator is defective"):
        for states in range(4, 40, 2):
            reset_chain(states).modes  # noqa: B018
    for synapse in (cascade(40), serial_chain(20), soft_bound(9, 0.3), two_state(0.2)):
        assert synapse.modes[1].sum() == pytest.approx(synapse.initial, rel=1e-9)


def test_rates_below_rounding_keep_their_digits():
    """A chain of two states with a rate of 2^-60, where 1 - 2^-60 is 1 in double precision."""
    rate = 2.0**-60
    up, down = np.array([[1 - rate, rate], [0, 1]]), np.array([[1, 0], [rate, 1 - rate]])
    slow = MarkovSynapse(up, down, [-1, 1])
    # Too many synapses to ask for at once; a share of the initial signal is as good a threshold.
    assert slow.initial == rate
    assert slow.lifetime(1.0, threshold=rate / 4) == pytest.approx(np.log(4) / rate, rel=1e-9)
    assert cascade(200).lifetime(1e10) == pytest.approx(
        by_few_levels(cascade(60), 1e10, share=60 / 200), rel=2e-3
    )


def by_few_levels(synapse, size, share):
    """The deepest levels of a cascade are full, but their signal never arrives in this time."""
    return synapse.lifetime(size * share**2)


def test_turning_modes_are_followed_to_their_last_crossing():
    """A ring that is nearly followed round and round: the signal swings while it falls."""
    states = 12
    ring = np.roll(np.eye(states), 1, axis=1)
    synapse = MarkovSynapse(
        ring, 0.9 * ring + 0.1 * np.eye(states), np.cos(np.arange(12) * np.pi / 6)
    )
    rates, weights = synapse.modes
    for size in (1e5, 1e7, 1e9):
        wanted = lifetime_of_modes(rates, weights, size, points=20_000)
        assert synapse.lifetime(size) == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("levels", [4, 8, 16, 32])
def test_whole_steps_between_hard_bounds(levels):
    chain = serial_chain(levels, readout="linear")
    life = chain.lifetime(1e4, clock="discrete")
    power = [
        np.linalg.matrix_power(np.eye(levels) + chain.generator, int(life) + k) for k in (0, 1)
    ]
    f = chain.potentiation_fraction
    row = chain.equilibrium @ (chain.potentiation - chain.depression)
    signal = [100 * np.sqrt(f * (1 - f)) * row @ p @ chain.weights / chain.weight_deviation
              for p in power]  # fmt: skip
    assert signal[0] >= 1 > signal[1]
    assert (
        int(life) == {4: 12, 8: 44, 16: 147, 32: 449}[levels]
    )  # the step after is 13, 45, 148, 450


def test_the_observer_of_signs_lives_shorter_off_balance():
    synapse = two_state(0.1, 0.05)
    share = 2 * np.sqrt(0.05 * 0.95)
    assert synapse.lifetime(1e6, observer="signs") == pytest.approx(
        np.log(0.1 * 1e3 * share) / 0.1, rel=1e-9
    )
    assert synapse.lifetime(1e6) == pytest.approx(np.log(0.1 * 1e3) / 0.1, rel=1e-9)


def test_soft_bounds_forget_with_one_time_constant_whatever_the_balance():
    for fraction in (0.5, 0.2):
        synapse = soft_bound(11, fraction)
        times = np.array([0.0, 3.0, 30.0])
        expected = synapse.initial * np.exp(-times / 10)
        np.testing.assert_allclose(synapse.signal_to_noise(times), expected, rtol=1e-10)
        # Binomial equilibrium: mean 2 f - 1, variance 4 f (1 - f) / (M - 1).
        assert synapse.equilibrium @ synapse.weights == pytest.approx(2 * fraction - 1)
        assert synapse.weight_deviation**2 == pytest.approx(4 * fraction * (1 - fraction) / 10)


def test_a_level_within_rounding_is_refused():
    with pytest.raises(ValueError, match="within rounding"):
        cascade(4).lifetime(1e30)
    generator = np.array([[-1.0, 1.0], [1.0, -1.0]])
    crossing = last_crossing(np.array([-1.0, 1.0]), generator, np.array([-1.0, 1.0]), 0.5)
    assert crossing == pytest.approx(np.log(4) / 2, rel=1e-11)
    assert np.allclose(expm(generator * crossing)[0, 0] * 2 - 1, 0.25)


def test_times_at_which_a_lifetime_is_looked_for_are_a_geometric_row():
    generator = np.array([[-0.5, 0.5], [0.2, -0.2]])
    march = lifetime._march(np.array([1.0, -1.0]), generator, np.zeros(0, complex))
    rows = [next(march)[:2] for _ in range(40)]
    times = np.array([time for time, _ in rows])
    np.testing.assert_allclose(times[4:] / times[:-4], 2, rtol=1e-12)  # four steps a doubling
    for time, row in rows[::13]:
        np.testing.assert_allclose(row, [1.0, -1.0] @ expm(generator * time), atol=1e-9)
