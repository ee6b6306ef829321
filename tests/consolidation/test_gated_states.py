"""Six states: jumps against exponentials, capture in closed form, what is conserved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.consolidation import GatedSynapse, predicted_shares, simulate_states, stimulate
from theory.consolidation.gated_states import STATES, STRONG

RATE = st.floats(0, 5)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(RATE, RATE, RATE, st.floats(0, 1), st.booleans())
def test_shares_stay_shares(decay, capture, turnover, probability, proteins):
    synapse = GatedSynapse(decay, capture, turnover)
    np.testing.assert_allclose(synapse.rates(proteins).sum(axis=1), 0, atol=1e-12)
    begin = stimulate(np.array([0.5, 0, 0, 0.5, 0, 0]), probability)
    shares = predicted_shares(synapse, begin, [(0.5, 1.5)] if proteins else [], np.arange(4.0))
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
    assert shares.min() > -1e-12
    assert shares[0] == pytest.approx(begin)


def test_without_proteins_every_tag_falls_back():
    begin = stimulate(np.eye(6)[0], 0.7)
    end = predicted_shares(GatedSynapse(), begin, [], np.array([100.0]))[0]
    np.testing.assert_allclose(end, np.eye(6)[0], atol=1e-12)
    early = predicted_shares(GatedSynapse(), begin, [], np.array([1.3]))[0, 1]
    assert early == pytest.approx(0.7 * np.exp(-0.7 * 1.3))


def test_capture_is_a_race_of_two_rates():
    synapse = GatedSynapse(decay=0.5, capture=1.5, turnover=0.0)
    shares = predicted_shares(synapse, np.eye(6)[1], [(1.0, 3.0)], np.array([0.0, 1.0, 3.0, 9.0]))
    expected = 1.5 / 2.0 * np.exp(-0.5) * (1 - np.exp(-4.0))
    assert shares[2, 2] == pytest.approx(expected, rel=1e-12)
    assert shares[3, 2] == shares[2, 2]


def test_late_states_turn_over_to_the_basal_state_of_their_strength():
    end = predicted_shares(GatedSynapse(turnover=1.0), np.eye(6)[2], [], np.array([50.0]))[0]
    assert STATES[int(np.argmax(end))] == "strong basal"
    assert np.diff(STRONG[[2, 3]]) == 0 and np.diff(STRONG[[5, 0]]) == 0


def test_depression_is_the_mirror_of_potentiation():
    mirror = [3, 4, 5, 0, 1, 2]
    times = np.linspace(0, 4, 5)
    up = predicted_shares(GatedSynapse(), stimulate(np.eye(6)[0], 0.4), [(0, 2)], times)
    down = predicted_shares(
        GatedSynapse(), stimulate(np.eye(6)[3], 0.4, potentiating=False), [(0, 2)], times
    )
    np.testing.assert_allclose(up, down[:, mirror], atol=1e-14)


def test_jumps_follow_the_exponentials():
    count, times = 20_000, np.array([0.0, 0.8, 2.0, 5.0])
    synapse = GatedSynapse(decay=0.6, capture=1.0, turnover=0.3)
    states = np.where(np.arange(count) < count // 2, 1, 3)
    jumps = simulate_states(synapse, states, [(0.5, 2.5)], times, rng=0)
    begin = np.array([0, 0.5, 0, 0.5, 0, 0])
    shares = predicted_shares(synapse, begin, [(0.5, 2.5)], times)
    found = np.stack([(jumps == k).mean(axis=1) for k in range(6)], axis=1)
    error = np.sqrt(np.maximum(shares * (1 - shares), 1e-4) / count)
    assert np.abs((found - shares) / error).max() < 4.5  # 24 comparisons
    assert np.array_equal(jumps[0], states)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: GatedSynapse(decay=-1), "decay must"),
        (lambda: stimulate(np.eye(6)[0], 1.1), "probability must"),
        (lambda: predicted_shares(GatedSynapse(), np.ones(6), [], np.ones(1)), "sum to one"),
        (
            lambda: predicted_shares(GatedSynapse(), np.eye(6)[0], [(2, 1)], np.ones(1)),
            "must have 0 <= start < end",
        ),
        (
            lambda: predicted_shares(GatedSynapse(), np.eye(6)[0], [], np.array([2.0, 1.0])),
            "times must increase",
        ),
        (
            lambda: simulate_states(GatedSynapse(), np.array([7]), [], np.ones(1), 0),
            "from 0 to 5",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
