"""Simulated synapses against the formulas, within computed errors."""

from dataclasses import replace

import numpy as np
import pytest

from theory.consolidation import (
    BeakerChain,
    cascade,
    deviation_bound,
    impulse_response,
    noise_variance,
    observe_at_random_times,
    observe_beakers,
    observe_memory,
    random_synapse,
    serial_chain,
    two_state,
)

# Four standard errors at one fixed seed: a right formula would fail once in 16 000 comparisons.
SIGMAS = 4


@pytest.mark.parametrize(
    "make", [lambda: cascade(3), lambda: serial_chain(6, potentiation_fraction=0.6),
             lambda: random_synapse(5, 4)]
)  # fmt: skip
def test_markov_synapses_do_what_the_discrete_clock_says(make):
    synapse = make()
    signal, error = observe_memory(synapse, 4, synapses=3000, repeats=40, rng=3)
    expected = synapse.signal_to_noise(np.arange(5.0), clock="discrete")
    assert np.all(np.abs(signal - expected) < SIGMAS * error)
    assert expected[0] > 10 * error[0]  # a vanished signal would be seen


def falling(synapse, rate):
    """The synapse with every state falling back to the first between events."""
    passive = np.zeros((synapse.states, synapse.states))
    passive[1:, 0] = rate
    return replace(synapse, passive=passive)


@pytest.mark.parametrize(
    "make",
    [lambda: two_state(0.3, 0.4, decay=0.2), lambda: falling(cascade(3), 0.1), lambda: cascade(3)],
)
def test_random_times_and_what_happens_between_them(make):
    synapse, ages = make(), np.array([0.0, 0.7, 2.0, 5.0])
    signal, error = observe_at_random_times(synapse, ages, synapses=3000, repeats=40, rng=11)
    expected = synapse.signal_to_noise(ages)
    assert np.all(np.abs(signal - expected) < SIGMAS * error)
    assert expected[0] > 10 * error[0]


def test_a_synapse_that_decays_by_itself_is_refused_where_time_does_not_pass():
    synapse = two_state(0.3, decay=0.2)
    with pytest.raises(ValueError, match="observe_at_random_times"):
        observe_memory(synapse, 3, rng=0)
    for call in (lambda: synapse.signal_to_noise([1.0], clock="discrete"),
                 lambda: synapse.lifetime(1e4, clock="discrete")):  # fmt: skip
        with pytest.raises(ValueError, match="take clock='poisson'"):
            call()
    with pytest.raises(ValueError, match="ages"):
        observe_at_random_times(synapse, [2.0, 1.0], rng=0)
    with pytest.raises(ValueError, match=r"passive: -0\.1 is no rate"):
        replace(synapse, passive=[[0, 0], [-0.1, 0]])
    with pytest.raises(ValueError, match="decay"):
        two_state(0.3, decay=-1)


def test_beakers_do_what_their_modes_say():
    chain = BeakerChain.geometric(3)
    signal, error = observe_beakers(chain, 30, burn=400, synapses=2000, repeats=30, rng=5)
    expected = impulse_response(chain, np.arange(31.0)) / np.sqrt(noise_variance(chain))
    assert np.all(np.abs(signal - expected) < SIGMAS * error)
    assert expected[0] > 20 * error[0]


def test_standard_errors_are_those_of_the_noise():
    """One synapse has noise one: the error of the mean is one over root of their number."""
    _, error = observe_memory(serial_chain(8), 3, synapses=500, repeats=200, rng=0)
    assert error[3] * np.sqrt(500 * 200) == pytest.approx(1, abs=0.2)


def test_one_seed_gives_one_run_and_bad_arguments_sentences():
    first, second = (observe_memory(cascade(2), 3, synapses=50, repeats=2, rng=7) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    with pytest.raises(ValueError, match="repeats"):
        observe_memory(cascade(2), 3, repeats=1, rng=0)
    with pytest.raises(ValueError, match="burn"):
        observe_beakers(BeakerChain.geometric(2), 3, burn=-1, rng=0)


def test_the_largest_of_several_deviations_passes_its_bound_as_rarely_as_promised():
    rng, repeats, count, alarm = np.random.default_rng(5), 6, 4, 0.05
    drawn = rng.standard_normal((40_000, count, repeats))
    mean, error = drawn.mean(axis=2), drawn.std(axis=2, ddof=1) / np.sqrt(repeats)
    largest = np.abs(mean / error).max(axis=1)
    share = np.mean(largest > deviation_bound(count, repeats, false_alarm=alarm))
    independent = 1 - (1 - alarm / count) ** count  # of independent deviations
    assert abs(share - independent) < SIGMAS * np.sqrt(alarm / len(drawn))
    assert share < alarm + SIGMAS * np.sqrt(alarm / len(drawn))
    for wrong in (0, 1, -0.1):
        with pytest.raises(ValueError, match="false_alarm"):
            deviation_bound(count, repeats, false_alarm=wrong)
