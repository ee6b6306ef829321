"""Few levels, stages, spacing, sliding threshold, recall: predictions against simulations."""

import numpy as np
import pytest
import sympy as sp
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.special import erf

from theory.consolidation import (
    BeakerChain,
    QuantisedChain,
    RecallGate,
    SlidingThreshold,
    best_gap,
    chain_lifetime,
    deviation_bound,
    growth_rate,
    ideal_age,
    impulse_response,
    noise_variance,
    observe_quantised,
    observe_stages,
    predicted_recall,
    quantised_lifetime,
    quantised_signal_to_noise,
    recalled_overlaps,
    repeat_in_chain,
    retained_after_two,
    simulate_recall,
    simulate_recall_gate,
    simulate_sliding_threshold,
    stage_lifetime,
    stage_signals,
)
from theory.consolidation.derivations import bcm, recall, rounding, spacing, stages
from theory.consolidation.hopfield import relaxed_overlaps
from theory.numerics import NotConverged

REPEATS = 30


@pytest.mark.parametrize("levels", [48, 96])
def test_rounded_beakers_have_the_predicted_signal_and_noise(levels):
    synapse, ages = QuantisedChain(BeakerChain.geometric(4), levels), np.array([0, 3, 10, 30])
    signal, error = observe_quantised(
        synapse, ages, synapses=1500, repeats=REPEATS, rng=2, burn=300
    )
    expected = quantised_signal_to_noise(synapse, ages)
    assert np.abs((signal - expected) / error).max() < deviation_bound(4, REPEATS)


def test_rounding_vanishes_with_many_levels_and_bounds_limit_its_noise_with_few():
    chain, ages = BeakerChain.geometric(4), np.array([0.0, 5.0])
    fine = QuantisedChain(chain, 100_000)
    flow = fine.flow
    analog = [np.linalg.matrix_power(flow, int(t))[0, 0] for t in ages]
    analog = np.array(analog) / np.sqrt(fine.covariance(np.zeros(4))[0, 0])
    np.testing.assert_allclose(quantised_signal_to_noise(fine, ages), analog, rtol=1e-3)
    coarse = QuantisedChain(chain, 6)
    signal, error = observe_quantised(coarse, [0], synapses=1500, repeats=REPEATS, rng=3)
    assert signal[0] > quantised_signal_to_noise(coarse, np.array([0.0]))[0] + 4 * error[0]


def test_slow_variables_are_given_little_noise():
    synapse = QuantisedChain(BeakerChain.geometric(6), 12)
    assert np.all(np.diff(synapse.rounding) < 0)
    # At most the mean displacement times the spacing, as derived.
    covariance = synapse.covariance(synapse.rounding)
    step = synapse.flow - np.eye(6)
    displaced = np.sqrt(np.diag(step @ covariance @ step.T) * 2 / np.pi)
    assert np.all(synapse.rounding[1:] <= displaced[1:] * synapse.spacings[1:] * (1 + 1e-6))


@pytest.mark.parametrize(("beakers", "size"), [(4, 1e4), (6, 1e5), (8, 1e6)])
def test_few_levels_hold_more_than_two_states_and_many_hold_all(beakers, size):
    chain = BeakerChain.geometric(beakers)
    lives = [quantised_lifetime(QuantisedChain(chain, n), size) for n in (4, 8, 16, 64, 4096)]
    assert np.all(np.diff(lives) > 0)
    assert lives[0] > 2 * np.sqrt(size) / np.e and lives[2] > 15 * np.sqrt(size) / np.e
    assert lives[3] > 0.8 * lives[4]
    # Without a grid the chain has the lifetime of its modes, but for the Euler step of one event.
    assert lives[4] == pytest.approx(chain_lifetime(chain, size), rel=0.05)


@pytest.mark.parametrize("levels", [8, 64])
def test_at_the_end_of_its_life_a_memory_is_as_large_as_the_noise(levels):
    synapse = QuantisedChain(BeakerChain.geometric(5), levels)
    life = quantised_lifetime(synapse, 1e5)
    # Linear in the logarithm between 4000 ages: the curvature over a step of 0.3 %, squared.
    left = np.sqrt(1e5) * quantised_signal_to_noise(synapse, np.array([life]))
    assert left == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("clock", ["poisson", "discrete"])
def test_stage_signals_solve_their_equations(clock):
    q, n, times = 0.3, 5, np.arange(0.0, 20.0)
    matrix = q * (np.eye(n, k=-1) - np.eye(n))
    start = q * np.eye(n)[0]
    if clock == "discrete":
        wanted = [np.linalg.matrix_power(np.eye(n) + matrix, int(t)) @ start for t in times]
    else:
        from scipy.linalg import expm

        wanted = [expm(t * matrix) @ start for t in times]
    np.testing.assert_allclose(stage_signals(times, q, n, clock=clock), wanted, atol=1e-12)


def test_synapses_that_copy_carry_the_predicted_signal():
    signal, error = observe_stages(0.1, 4, 60, synapses=1500, repeats=REPEATS, rng=1)
    expected = stage_signals(np.arange(61.0), 0.1, 4, clock="discrete")
    assert np.abs((signal - expected) / error).max() < deviation_bound(61 * 4, REPEATS)
    # Derived height of the peak of the third stage, two copies after storage.
    law = stages.travelling_signal()["peak"].rhs
    named = {str(symbol): symbol for symbol in law.free_symbols}
    height = float(law.subs({named["q"]: 0.1, named["k"]: 2}))
    assert stage_signals(20.0, 0.1, 3)[-1] == pytest.approx(height, rel=1e-12)
    life = stage_lifetime(0.05, 4, 1e6)
    assert 1e3 / 2 * stage_signals(life, 0.05, 4)[-1] == pytest.approx(1, rel=1e-9)
    assert stage_lifetime(0.05, 4, 100.0) == 0


def test_spacing_does_nothing_for_one_time_constant_and_helps_a_power_law(value):
    gaps = np.geomspace(0.1, 100, 20)
    flat = retained_after_two(lambda x: np.exp(-0.2 * x), gaps, 5.0)
    np.testing.assert_allclose(flat, np.exp(-1), rtol=1e-12)
    retained = spacing.spacing_effect()["retained"].rhs  # for any response, here a power law
    retained = retained.replace(sp.Function("G"), lambda x: 1 / sp.sqrt(1 + x))
    found = retained_after_two(lambda x: 1 / np.sqrt(1 + x), np.array(3.0), np.array(5.0))
    assert value(retained, g=3.0, T=5.0) == pytest.approx(found)
    law = spacing.spacing_of_power_law()["best gap"].rhs
    (symbol,) = law.free_symbols
    for delay in (3.0, 40.0):
        found = best_gap(lambda x: 1 / np.sqrt(1 + x), delay)
        assert found == pytest.approx(float(law.subs(symbol, delay)), rel=1e-4)


def test_a_stepped_chain_with_a_bound_retains_what_the_formula_says():
    chain = BeakerChain.geometric(5)
    flow = np.eye(5) + chain.matrix()
    response = lambda x: np.array(  # noqa: E731
        [np.linalg.matrix_power(flow, int(t))[0, 0] for t in np.atleast_1d(x)]
    )
    for gap, delay in ((0, 40), (7, 40), (60, 200)):
        course = repeat_in_chain(chain, [0, gap] if gap else [0], gap + delay)
        wanted = retained_after_two(response, np.array([gap]), np.array([delay]))[0]
        assert course[-1] == pytest.approx(wanted, rel=1e-10)
    unbounded = repeat_in_chain(chain, [0, 7], 47, bound=10.0)
    assert unbounded[-1] == pytest.approx(response(47)[0] + response(40)[0], rel=1e-10)


@pytest.mark.parametrize("tau", [2.0, 6.0, 9.0, 12.0, 20.0])
def test_deviations_grow_and_shrink_as_the_eigenvalue_says(tau):
    setting = SlidingThreshold(0.1, tau, patterns=3)
    rate = growth_rate(setting)
    assert setting.is_stable == (rate.real < 0) == (0.1 * tau < 1)
    ends = []
    for step in (0.02, 0.01):  # Euler: first order in the step
        times, course, slid = simulate_sliding_threshold(
            setting, [3 + 1e-6, 0.0, 0.0], 3.0, time=30.0, step=step
        )
        matrix = np.array([[0.1, -0.1], [2 / tau, -1 / tau]])
        from scipy.linalg import expm

        wanted = expm(times[-1] * matrix) @ [1e-6, 0.0]
        ends.append(np.abs([course[-1, 0] - 3, slid[-1] - 3] - wanted).max())
    assert ends[1] < 0.6 * ends[0] and ends[1] < 0.02e-6


def test_the_derived_slopes_are_those_of_the_simulated_neuron(value):
    derived, setting = bcm.sliding_threshold(), SlidingThreshold(0.1, 2.0, patterns=3)
    alone = simulate_sliding_threshold(setting, [2.0, 0.0, 0.0], 1.3, time=1.0, step=1.0)
    both = simulate_sliding_threshold(setting, [2.0, 0.5, 0.0], 1.3, time=1.0, step=1.0)
    named = {"eta": 0.1, "p": 3, "theta": 1.3}
    slopes = [
        value(derived["winner"].rhs, y=2.0, **named),
        value(derived["loser"].rhs, z=0.5, **named),
    ]
    assert np.diff(both[1], axis=0)[0] == pytest.approx([*slopes, 0])
    slope = value(derived["threshold"].rhs, y=2.0, tau=2.0, p=3, theta=1.3)
    assert np.diff(alone[2])[0] == pytest.approx(slope)
    slow = growth_rate(setting)  # two eigenvalues make up trace and determinant
    fast = value(derived["trace"].rhs, eta=0.1, tau=2.0) - slow
    assert slow * fast == pytest.approx(value(derived["determinant"].rhs, eta=0.1, tau=2.0))
    assert slow.real >= fast.real


def test_one_pattern_wins():
    setting = SlidingThreshold(0.1, 2.0, patterns=3)
    _, course, _ = simulate_sliding_threshold(
        setting, [1.1, 1.0, 0.9], 1.0, time=600.0, step=0.05, rng=0
    )
    assert np.abs(course[-1] - [3, 0, 0]).max() < 0.5


def test_a_gate_of_recall_passes_and_keeps_what_is_predicted():
    setting = RecallGate(synapses=3000, interval=20, fast=0.05, slow=0.1, threshold=2.0)
    runs = [simulate_recall_gate(setting, 60, rng, burn=60) for rng in range(8)]
    predicted = predicted_recall(setting)
    for name in ("novel", "reliable", "memory"):
        values = np.array([np.mean(run[name]) for run in runs])
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean() - predicted[name]) < deviation_bound(3, len(values)) * error
    law = recall.recall_gate()["share"].rhs
    named = {str(symbol): symbol for symbol in law.free_symbols}
    slow = RecallGate(synapses=3000, interval=20, fast=0.05, slow=1e-5, threshold=2.0)
    share = law.subs({named["rho"]: predicted["reliable"], named["epsilon"]: predicted["novel"],
                      named["T"]: 20})  # fmt: skip
    assert predicted_recall(slow)["memory"] == pytest.approx(float(share), rel=1e-3)


def test_couplings_made_of_beakers_recall_recent_patterns():
    chain, neurons, patterns = BeakerChain.geometric(5), 250, 250
    flow = np.eye(5) + chain.matrix()
    strengths = [np.linalg.matrix_power(flow, k)[0, 0] for k in range(patterns)]
    probes = np.array([0, 1, 30, 60, 120])
    predicted = recalled_overlaps(strengths, probes, neurons)
    found = np.mean(
        [simulate_recall(chain, neurons, patterns, rng, probes=probes) for rng in range(4)], axis=0
    )
    assert predicted[:2].min() > 0.95 and predicted[2:].max() == 0
    assert found[:2].min() > 0.9 and found[2:].max() < 0.5
    seen = ideal_age(lambda t: impulse_response(chain, t), noise_variance(chain), neurons**2)
    assert seen > 50 * 10


def test_couplings_of_a_recalled_network_hold_every_pattern_at_the_strength_of_its_age():
    """Far beyond its capacity, where what is recalled depends on all of a coupling."""
    chain, neurons, patterns = BeakerChain.geometric(3), 25, 40
    found = simulate_recall(chain, neurons, patterns, 5, probes=np.arange(patterns))
    rng = np.random.default_rng(5)
    stored = rng.choice(np.array([-1, 1], np.float32), size=(patterns, neurons))
    flow = np.eye(3) + chain.matrix()
    coupling = sum(
        np.linalg.matrix_power(flow, age)[0, 0] * np.outer(pattern, pattern)
        for age, pattern in enumerate(stored[::-1])
    )
    np.fill_diagonal(coupling, 0)
    wanted = relaxed_overlaps(coupling.astype(np.float32), stored[::-1].T, 20, rng)
    np.testing.assert_array_equal(found, wanted)
    assert found.mean() < 0.8


def test_a_network_of_one_pattern_is_without_noise():
    assert recalled_overlaps([1.0], np.array([0]), 50)[0] == pytest.approx(1)


def test_recalled_overlaps_solve_their_equations_or_say_that_they_do_not():
    patterns, neurons = 56, 400  # one pattern more and nothing is recalled
    (m,) = recalled_overlaps(np.ones(patterns), np.array([0]), neurons)

    def remainder(logarithm):
        r = np.exp(logarithm)
        susceptibility = np.sqrt(2 / (np.pi * r)) * np.exp(-(m**2) / (2 * r))
        return r - (patterns - 1) / neurons / (1 - susceptibility) ** 2

    r = np.exp(brentq(remainder, np.log(0.15), np.log(0.5)))
    assert m == pytest.approx(erf(m / np.sqrt(2 * r)), abs=1e-8) and m > 0.9
    with pytest.raises(NotConverged, match=r"memory 0 is at the edge.*after 30 iterations"):
        recalled_overlaps(np.ones(patterns), np.array([0]), neurons, iterations=30)


def test_derivations_name_their_results():
    assert "unbiased" in [step.name for step in rounding.random_rounding()]
    assert "gap" in [step.name for step in recall.network_and_observer()]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: QuantisedChain(BeakerChain.geometric(3, leak=False), 8), "chain with a leak"),
        (lambda: QuantisedChain(BeakerChain.geometric(3), 1), "levels must be"),
        (lambda: observe_quantised(QuantisedChain(BeakerChain.geometric(3), 8), [], rng=0), "ages"),
        (lambda: stage_signals(-1.0, 0.1, 2), "before the memory"),
        (lambda: stage_signals(1.0, 0.0, 2), "rate must be"),
        (lambda: retained_after_two(np.exp, np.array([2.0, -1.0]), np.ones(2)), "gap and delay"),
        (lambda: retained_after_two(np.exp, np.ones(2), np.array([2.0, -1.0])), "gap and delay"),
        (lambda: SlidingThreshold(0.0, 1.0), "learning_rate must be"),
        (lambda: RecallGate(interval=1), "interval must be"),
        (lambda: recalled_overlaps([1.0, 0.5], np.array([2]), 10), "ages must lie"),
        (lambda: simulate_recall(BeakerChain.geometric(2), 10, 5, 0, probes=[7]), "probes must"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("copies", [1, 3])
def test_the_stages_of_the_induction_solve_the_chain(copies, value):
    rate, time = 0.4, 3.7
    claimed = stages.travelling_signal()
    chain = rate * (np.eye(5, k=-1) - np.eye(5))
    signals = expm(chain * time)[:, 0] * rate  # one synapse's worth in the first stage
    named = {"q": rate, "t": time, "k": copies}
    assert value(claimed["this stage"].rhs, **named) == pytest.approx(signals[copies], rel=1e-12)
    assert value(claimed["earlier stage"].rhs, **named) == pytest.approx(
        signals[copies - 1], rel=1e-12
    )
