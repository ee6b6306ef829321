"""Best lifetimes: against the general code, brute search, and their laws."""

import itertools

import numpy as np
import pytest

from theory.consolidation import (
    BeakerChain,
    Capacity,
    capacity,
    cascade,
    chain_lifetime,
    leaky_signal_to_noise,
    lifetime_of_modes,
    pool_signal_to_noise,
    serial_chain,
    two_state,
    uniform_chain_modes,
)
from theory.consolidation.storage_capacity import MODELS


@pytest.mark.parametrize("states", [2, 4, 10, 26])
def test_modes_of_the_uniform_chain_in_closed_form(states):
    rates, weights = uniform_chain_modes(states)
    times = np.array([0.0, 0.5, 3.0, 40.0])
    signal = np.exp(-np.outer(times, rates)) @ weights
    np.testing.assert_allclose(signal, serial_chain(states).signal_to_noise(times), atol=1e-13)


def test_a_lifetime_from_modes_is_that_of_the_synapse():
    synapse = cascade(6)
    rates, weights = (part.real for part in synapse.modes)
    for size in (1e2, 1e5, 1e9):
        found = lifetime_of_modes(rates, weights, size)
        assert found == pytest.approx(synapse.lifetime(size), rel=1e-9)
    assert lifetime_of_modes(rates, weights, 1.0) == 0


@pytest.mark.parametrize("model", MODELS)
def test_the_best_size_beats_its_neighbours(model):
    size = 1e6
    best = capacity(model, size)
    assert isinstance(best, Capacity)
    lifetime = {
        "fast": lambda s: two_state(0.5).lifetime(size),
        "two_state": lambda s: two_state(s).lifetime(size),
        "pool": lambda s: _pool_lifetime(s, size),
        "cascade": lambda s: cascade(s).lifetime(size),
        "chain": lambda s: lifetime_of_modes(*uniform_chain_modes(s), size),
        "beakers": lambda s: chain_lifetime(BeakerChain.geometric(s), size),
        "leaky": lambda s: _leaky_lifetime(s, size),
    }[model]
    assert lifetime(best.size) == pytest.approx(best.lifetime, rel=1e-6)
    if model == "fast":
        return
    step = {"chain": 2}.get(model, 1)
    steps = (-step, step) if best.size >= 1 else (-0.05 * best.size, 0.05 * best.size)
    for move in steps:
        assert lifetime(best.size + move) < best.lifetime


def _pool_lifetime(kinds, size):
    q = 2.0 ** -np.arange(kinds)
    life = lifetime_of_modes(q, q / kinds, size)
    assert pool_signal_to_noise(life, kinds, size) == pytest.approx(1, rel=1e-9)
    return life


def _leaky_lifetime(leak, size):
    return np.log(leaky_signal_to_noise(0.0, leak, size)) / -np.log1p(-leak)


def test_initial_signals():
    assert capacity("cascade", 1e6).initial == pytest.approx(2e3 / capacity("cascade", 1e6).size)
    best = capacity("chain", 1e4)
    assert best.initial == pytest.approx(100 * 2 / best.size)
    assert capacity("leaky", 1e8).initial == pytest.approx(np.exp(0.5), rel=1e-6)
    assert capacity("beakers", 1e6).initial > 50 * capacity("two_state", 1e6).initial


def test_laws_for_many_synapses():
    n = np.array([1e6, 1e8, 1e10])
    life = {m: np.array([capacity(m, s).lifetime for s in n]) for m in MODELS}
    np.testing.assert_allclose(np.diff(life["fast"]), np.log(100), rtol=1e-12)
    np.testing.assert_allclose(life["two_state"] * np.e, np.sqrt(n), rtol=1e-12)
    np.testing.assert_allclose(life["leaky"] * np.e / n, 1, rtol=1e-5)
    # The leading mode alone gives N/pi^2 ... e: M = 8 sqrt(N)/(pi sqrt(e)), t = M^2/pi^2.
    leading = 64 / np.pi**4 / np.e
    np.testing.assert_allclose(life["chain"] / n, leading, rtol=0.02)
    assert np.ptp(life["beakers"] * np.log(n) / n) < 0.05
    order = ("fast", "pool", "two_state", "cascade", "beakers", "chain", "leaky")
    for shorter, longer in itertools.pairwise(order):
        assert life[shorter][-1] < life[longer][-1]


def test_bad_input():
    with pytest.raises(ValueError, match=r"model.*cascade"):
        capacity("cascades", 100)
    with pytest.raises(ValueError, match="synapses"):
        capacity("beakers", 3)
    with pytest.raises(ValueError, match="even number"):
        uniform_chain_modes(5)


@pytest.mark.parametrize("size", [1e16, 1e18, 1e20, 1e24])
def test_beakers_hold_n_over_log_n_however_many_synapses(size):
    """The constant of the law keeps its value; the slowest rates are of the order 1e-23."""
    assert 1.0 < capacity("beakers", size).lifetime * np.log(size) / size < 1.1


def test_cascades_gain_slowly_over_two_states_however_many_synapses():
    gains = [capacity("cascade", n).lifetime * np.e / np.sqrt(n) for n in (1e8, 1e12, 1e16)]
    assert np.all(np.diff(gains) > 0) and gains[0] == pytest.approx(3.156, rel=0.01)


def test_sizes_beyond_double_precision_are_refused():
    with pytest.raises(ValueError, match="synapses must"):
        capacity("beakers", 1e25)
