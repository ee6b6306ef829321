"""Signal to noise by three roads, bounds over random models, closed forms of simple synapses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.consolidation.markov_synapse import MarkovSynapse
from theory.consolidation.memory_bounds import (
    area_by_first_passage,
    envelope,
    first_passage_times,
    leaky_signal_to_noise,
    pool_signal_to_noise,
    two_state_lifetime,
)
from theory.consolidation.synapse_models import cascade, random_synapse, serial_chain, two_state

quick = settings(max_examples=40, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
TIMES = np.array([0.0, 0.3, 1.0, 4.0, 20.0, 90.0])


def _random(seed):
    rng = np.random.default_rng(seed)
    return random_synapse(int(rng.integers(2, 9)), rng)


@quick
@given(seed=seeds)
def test_modes_and_exponential_give_the_same_signal(seed):
    synapse = _random(seed)
    rates, weights = synapse.modes
    by_modes = np.real(np.exp(-np.outer(TIMES, rates)) @ weights)
    exact = synapse.signal_to_noise(TIMES)
    # The eigenvectors of a random generator may be ill conditioned; the bound is generous.
    np.testing.assert_allclose(by_modes, exact, atol=1e-7)


def test_modes_are_complex_only_where_an_eigenvalue_is():
    """Reversible transitions relax without turning; three states in a ring turn."""
    assert [part.dtype for part in cascade(5).modes] == [float, float]
    ring = np.roll(np.eye(3), 1, axis=1)
    turning = MarkovSynapse(ring, 0.9 * ring + 0.1 * np.eye(3), [1.0, 0.0, -1.0])
    rates, _ = turning.modes
    assert rates.dtype == complex and np.all(rates.imag != 0)


def test_a_double_eigenvalue_that_comes_as_a_pair_is_real(monkeypatch):
    """As some processors give it: the vectors u + iv and u - iv, the values a rounding apart."""
    values, right = np.linalg.eig(cascade(5).generator)
    wanted, weights = cascade(5).modes
    a, b = np.argsort(np.abs(values + 0.125))[:2]  # the two that are .125
    assert np.abs(values[[a, b]] + 0.125).max() < 1e-14
    values, right = values + 0j, right + 0j
    values[[a, b]] += np.array([1e-16j, -1e-16j])
    right[:, a], right[:, b] = right[:, a] + 1j * right[:, b], right[:, a] - 1j * right[:, b]
    monkeypatch.setattr(np.linalg, "eig", lambda _: (values, right))
    rates, found = cascade(5).modes
    assert rates.dtype == found.dtype == float
    np.testing.assert_allclose(rates, wanted, rtol=1e-12)
    times = np.geomspace(0.1, 100, 20)
    sums = (np.exp(-np.outer(times, rates)) @ found, np.exp(-np.outer(times, wanted)) @ weights)
    np.testing.assert_allclose(*sums, rtol=1e-10)


def _unit_noise(synapse):
    """The bounds speak of a noise of one per synapse."""
    return synapse.weight_deviation


@quick
@given(seed=seeds)
def test_no_synapse_exceeds_the_bounds(seed):
    synapse = _random(seed)
    scale = _unit_noise(synapse)
    assert scale * synapse.initial <= 1 + 1e-12
    assert scale * synapse.area <= synapse.states - 1 + 1e-9
    times = np.geomspace(0.01, 1000, 25)
    signal = scale * synapse.signal_to_noise(times)
    assert np.all(signal <= envelope(times, synapse.states) + 1e-9)


@quick
@given(seed=seeds)
def test_the_area_is_that_of_the_first_passage_times(seed):
    synapse = _random(seed)
    assert area_by_first_passage(synapse) == pytest.approx(synapse.area, rel=1e-6, abs=1e-9)
    # Kemeny: the mean time to a state drawn from equilibrium does not depend on the start.
    constant = first_passage_times(synapse) @ synapse.equilibrium
    np.testing.assert_allclose(constant, constant[0], rtol=1e-6)


def test_first_passage_times_solve_their_equations():
    synapse = serial_chain(6, leaving_probability=0.4)
    times = first_passage_times(synapse)
    # From i to j: one event in expectation plus the time from where it leads; zero at the target.
    for j in range(6):
        residual = synapse.generator @ times[:, j] + 1
        np.testing.assert_allclose(np.delete(residual, j), 0, atol=1e-9)


@pytest.mark.parametrize("states", [4, 8, 14])
def test_the_uniform_chain_has_its_closed_forms(states):
    chain = serial_chain(states)
    assert chain.area == pytest.approx(states / 2, rel=1e-9)
    assert chain.initial == pytest.approx(2 / states, rel=1e-9)
    slowest = 1 / chain.modes[0][0].real
    assert slowest == pytest.approx(1 / (1 - np.cos(np.pi / states)), rel=1e-9)


def test_sticky_ends_approach_the_bound_of_the_area():
    areas = [serial_chain(12, leaving_probability=e).area for e in (1.0, 0.1, 0.01, 0.001)]
    assert areas[0] == pytest.approx(6, rel=1e-9)
    gaps = 11 - np.array(areas)
    # The gap closes in proportion to the leaving probability.
    assert np.all(gaps > 0) and gaps[2] / gaps[3] == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("q", [0.02, 0.3, 1.0])
def test_two_states_fall_exponentially(q):
    synapse = two_state(q)
    np.testing.assert_allclose(synapse.signal_to_noise(TIMES), q * np.exp(-q * TIMES), atol=1e-12)
    steps = np.arange(5.0)
    np.testing.assert_allclose(
        synapse.signal_to_noise(steps, clock="discrete"), q * (1 - q) ** steps, atol=1e-12
    )
    assert synapse.lifetime(1e6) == pytest.approx(two_state_lifetime(q, 1e6), rel=1e-9)


def test_slow_learning_trades_the_initial_signal_for_a_root_n_lifetime():
    """The best flip probability is e / sqrt(N): lifetime sqrt(N) / e, initial signal e."""
    size = 1e8
    q = np.geomspace(1e-4, 1, 4001)
    lifetimes = [two_state_lifetime(p, size) for p in q]
    best = q[int(np.argmax(lifetimes))]
    assert best == pytest.approx(np.e / np.sqrt(size), rel=2e-3)
    assert max(lifetimes) == pytest.approx(np.sqrt(size) / np.e, rel=1e-5)
    assert two_state(best).signal_to_noise([0.0], synapses=size)[0] == pytest.approx(np.e, rel=2e-3)


@pytest.mark.parametrize("levels", [4, 8, 16])
def test_hard_bounds_with_linear_weights(levels):
    synapse = serial_chain(levels, readout="linear")
    deviation = np.sqrt((levels + 1) / (3 * (levels - 1)))
    assert synapse.initial == pytest.approx(2 / levels / deviation, rel=1e-9)
    slowest = 1 - np.min(synapse.modes[0].real)
    assert slowest == pytest.approx(np.cos(np.pi / levels), rel=1e-9)


def test_rates_that_differ_by_ten_orders_keep_their_digits():
    """No subtraction in the elimination: also forty levels, rates down to 2^-40, are exact."""
    np.testing.assert_allclose(cascade(40).equilibrium, 1 / 80, rtol=1e-13)
    assert cascade(40).initial == pytest.approx(1 / 20, rel=1e-12)


@quick
@given(seed=seeds)
def test_the_equilibrium_is_stationary(seed):
    synapse = _random(seed)
    assert synapse.equilibrium.sum() == pytest.approx(1)
    np.testing.assert_allclose(synapse.equilibrium @ synapse.generator, 0, atol=1e-14)


def test_transient_states_are_empty_in_equilibrium_wherever_they_stand():
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        up = np.array([[0, 1, 0], [0, 0.3, 0.7], [0, 0, 1]])[np.ix_(order, order)]
        down = np.array([[0, 0, 1], [0, 1, 0], [0, 0.2, 0.8]])[np.ix_(order, order)]
        found = MarkovSynapse(up, down, [-1.0, 0.0, 1.0]).equilibrium[np.argsort(order)]
        np.testing.assert_allclose(found, [0, 2 / 9, 7 / 9], atol=1e-15)


@pytest.mark.parametrize("levels", [1, 2, 3, 6, 10])
@pytest.mark.parametrize("ratio", [0.5, 0.3])
def test_the_cascade_has_a_uniform_equilibrium_and_its_initial_signal(levels, ratio):
    synapse = cascade(levels, ratio)
    np.testing.assert_allclose(synapse.equilibrium, 1 / (2 * levels), rtol=1e-9)
    if levels > 1:
        assert synapse.initial == pytest.approx(1 / (levels * (1 - ratio)), rel=1e-9)
    if ratio == 0.5:
        assert synapse.area == pytest.approx((levels - 1) / 2 + 1 / levels, rel=1e-9)


def test_the_cascade_falls_like_log_t_over_t():
    """Times t, the signal is linear in log t with the derived coefficient 2 (1-x) / (n ln^2 x)."""
    levels, ratio = 40, 0.5
    rates, weights = cascade(levels, ratio).modes
    times = 4.0 ** np.arange(6, 12)  # whole periods of the log-periodic ripple
    signal = np.array([np.real(np.exp(-rates * t) @ weights) for t in times]) * times
    slope = np.polyfit(np.log(times), signal, 1)[0]
    assert slope == pytest.approx(2 * (1 - ratio) / (levels * np.log(ratio) ** 2), rel=2e-3)


def test_leaky_and_pooled_synapses_against_their_definitions():
    rng = np.random.default_rng(0)
    decay, size, runs = 0.05, 400, 600
    weights = np.zeros((runs, size))
    for _ in range(300):
        weights = (1 - decay) * weights + rng.choice([-1.0, 1.0], size=weights.shape)
    deviation = weights.std()
    assert deviation == pytest.approx(1 / np.sqrt(2 * decay - decay**2), rel=0.01)
    expected = np.sqrt(size) / deviation * (1 - decay) ** 7
    assert leaky_signal_to_noise(7, decay, size) == pytest.approx(expected, rel=0.01)
    pool = np.mean([two_state(2.0**-k).signal_to_noise(TIMES) for k in range(5)], axis=0)
    np.testing.assert_allclose(pool_signal_to_noise(TIMES, 5, 1.0), pool, atol=1e-12)


def test_a_lifetime_is_the_last_crossing_and_zero_without_one():
    synapse = cascade(8)
    life = synapse.lifetime(1e5)
    assert synapse.signal_to_noise([life], synapses=1e5)[0] == pytest.approx(1, rel=1e-9)
    later = synapse.signal_to_noise(life * np.array([1.01, 2.0, 10.0]), synapses=1e5)
    assert np.all(later < 1)
    assert synapse.lifetime(1.0) == 0
    whole = synapse.lifetime(1e5, clock="discrete")
    at = synapse.signal_to_noise([np.floor(whole), np.ceil(whole)], synapses=1e5, clock="discrete")
    assert at[0] >= 1 >= at[1]


@pytest.mark.filterwarnings("error")
def test_a_mode_that_one_event_wipes_out_ends_the_memory_within_a_step():
    for fraction in (0.5, 0.55):
        chain = serial_chain(2, readout="linear", potentiation_fraction=fraction)
        assert 0 < chain.lifetime(1e4, clock="discrete") < 1


UP, DOWN = [[0.5, 0.5], [0.0, 1.0]], [[1.0, 0.0], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([[0.5, 0.4], [0.0, 1.0]], DOWN, [-1, 1]), "potentiation: row 0 sums to 0.9"),
        (([[0.5, 0.5], [0.5, 1.0]], DOWN, [-1, 1]), "potentiation: row 1 sums to 1.5"),
        ((UP, [[1.5, -0.5], [0.5, 0.5]], [-1, 1]), "depression: -0.5 is no probability"),
        ((np.eye(2), np.eye(2), [-1, 1]), "2 equilibria"),
        ((UP, DOWN, [-1, 1], 1.0), "potentiation_fraction"),
        ((UP, DOWN, [1]), "at least two states"),
        ((UP, DOWN, [-1, 0, 1]), "potentiation.*shape"),
    ],
)
def test_a_synapse_that_is_none_is_refused(arguments, sentence):
    MarkovSynapse(UP, DOWN, [-1, 1])
    with pytest.raises(ValueError, match=sentence):
        MarkovSynapse(*arguments)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: cascade(0), "levels"),
        (lambda: cascade(3, 0.7), "ratio"),
        (lambda: serial_chain(5), "even number"),
        (lambda: serial_chain(1), "states"),
        (lambda: two_state(1.2), "flip_probability"),
        (lambda: two_state(0.5).signal_to_noise([-1.0]), "before the memory"),
        (lambda: two_state(0.5).signal_to_noise([0.5], clock="discrete"), "whole numbers"),
        (lambda: two_state(0.5).signal_to_noise([0.5], clock="wall"), "clock"),
        (lambda: two_state(0.5).lifetime(-1), "synapses"),
    ],
)
def test_arguments_out_of_range_are_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
