"""Observers off balance, sparse patterns, and the best synapse for one time."""

import numpy as np
import pytest

from theory.consolidation import (
    best_synapse_at,
    deviation_bound,
    envelope,
    observe_memory,
    observe_sparse,
    random_synapse,
    serial_chain,
    sparse_lifetime,
    sparse_signal_to_noise,
    two_state,
)
from theory.consolidation.best_synapse import _signal

REPEATS = 40


@pytest.mark.parametrize("observer", ["covariance", "signs"])
@pytest.mark.parametrize("fraction", [0.5, 0.2, 0.05])
def test_measured_noise_gives_the_predicted_ratio(observer, fraction):
    """Signal and noise both from the simulation; the covariance observer never reads less."""
    synapse = two_state(0.3, fraction)
    signal, error = observe_memory(
        synapse, 4, synapses=3000, repeats=REPEATS, rng=11, observer=observer
    )
    expected = synapse.signal_to_noise(np.arange(5.0), clock="discrete", observer=observer)
    bound = deviation_bound(5, REPEATS)
    # The measured noise errs by 1/sqrt(2 * 5 * 120 000) relative: far below the signal's error.
    assert np.abs((signal - expected) / error).max() < bound
    assert synapse.observer_share("covariance") == 1
    assert synapse.observer_share("signs") == pytest.approx(2 * np.sqrt(fraction * (1 - fraction)))


def test_the_covariance_observer_reads_the_correlation():
    """By brute force over states and kinds: correlation of the last event with the weight."""
    synapse = random_synapse(6, 3)
    f, pi, w = synapse.potentiation_fraction, synapse.equilibrium, synapse.weights
    joint = [(f, 1.0, pi @ synapse.potentiation), (1 - f, -1.0, pi @ synapse.depression)]
    mean_event = sum(p * x for p, x, _ in joint)
    mean = sum(p * (after @ w) for p, _, after in joint)
    covariance = sum(p * x * (after @ w) for p, x, after in joint) - mean_event * mean
    deviation = np.sqrt(sum(p * (after @ w**2) for p, _, after in joint) - mean**2)
    event_deviation = np.sqrt(1 - mean_event**2)
    assert synapse.initial == pytest.approx(covariance / (deviation * event_deviation), rel=1e-12)
    assert synapse.initial <= 1


@pytest.mark.parametrize("coding", [0.5, 0.2, 0.08])
def test_sparse_patterns_are_kept_as_long_as_derived(coding):
    flip = 0.2 if coding == 0.5 else 1.0
    ages = np.array([0, 3, 12, 40])
    signal, error = observe_sparse(coding, flip, ages, synapses=3000, repeats=REPEATS, rng=5)
    expected = sparse_signal_to_noise(ages, coding, flip, 1.0, clock="discrete")
    assert np.abs((signal - expected) / error).max() < deviation_bound(4, REPEATS)


def test_sparse_lifetimes_grow_like_one_over_f_squared():
    lives = [sparse_lifetime(f, 1.0, 1e8) for f in (0.1, 0.05)]
    starts = [np.log(f * np.sqrt(1e8 / (1 - f))) for f in (0.1, 0.05)]
    assert lives[1] / lives[0] == pytest.approx(4 * starts[1] / starts[0], rel=1e-12)
    assert sparse_lifetime(0.01, 0.5, 100.0) == 0
    life = sparse_lifetime(0.1, 0.5, 1e6)
    assert sparse_signal_to_noise([life], 0.1, 0.5, 1e6)[0] == pytest.approx(1, rel=1e-12)


def test_the_gradient_of_the_signal_is_its_difference():
    rng = np.random.default_rng(0)
    weights, roots, step = np.repeat([-1.0, 1.0], 3), rng.random((6, 6)), 1e-6
    _, gradient = _signal(roots, weights, 2.0)
    for place in [(0, 1), (2, 5), (4, 4)]:
        moved = np.zeros_like(roots)
        moved[place] = step
        ends = [_signal(roots + sign * moved, weights, 2.0)[0] for sign in (1, -1)]
        assert gradient[place] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("time", [0.4, 1.0, 3.0, 20.0])
def test_two_states_attain_the_envelope(time):
    _, found = best_synapse_at(time, 2, rng=0)
    assert found == pytest.approx(envelope([time], 2)[0], rel=1e-6)


@pytest.mark.parametrize(
    ("states", "time", "least"), [(4, 2.0, 0.69), (6, 2.0, 0.529), (4, 5.0, 0.76)]
)
def test_the_best_synapse_lies_between_chains_and_the_envelope(states, time, least):
    synapse, found = best_synapse_at(time, states, rng=1, draws=8)
    family = [serial_chain(m, leaving_probability=e) for m in range(2, states + 1, 2)
              for e in np.geomspace(1e-3, 1, 15)]  # fmt: skip
    chain = max(s.weight_deviation * s.signal_to_noise([time])[0] for s in family)
    ceiling = envelope([time], states)[0]
    assert chain * (1 - 1e-6) <= found <= ceiling
    assert found / ceiling > least  # what free ascent over all probabilities is known to reach
    attained = synapse.weight_deviation * synapse.signal_to_noise([time])[0]
    assert attained == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: best_synapse_at(1.0, 5, 0), "even number"),
        (lambda: best_synapse_at(-1.0, 4, 0), "time must be"),
        (lambda: best_synapse_at(1.0, 4, 0, starts=[two_state(0.5)]), "starts: one has 2 states"),
        (lambda: observe_memory(two_state(0.1), 3, rng=0, observer="best"), "observer must be"),
        (lambda: observe_sparse(0.7, 0.1, [0], rng=0), "coding must be"),
        (lambda: observe_sparse(0.1, 0.1, [3, 1], rng=0), "ages must be"),
        (lambda: sparse_signal_to_noise([-1.0], 0.1, 0.1, 10.0), "before the memory"),
        (lambda: envelope([-5.0], 10), "times: -5 is before"),
        (lambda: two_state(0.0), "flip_probability must be"),
        (lambda: serial_chain(4, leaving_probability=0.0), "leaving_probability must be"),
    ],
)
def test_bad_arguments_get_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
