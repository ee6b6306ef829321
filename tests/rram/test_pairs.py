"""Pairs of devices: signs, ties, asymmetry, flips, freezing, effective metaplasticity, refresh."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from theory.metaplasticity import modulated_update
from theory.rram import (
    DeviceArray,
    DeviceLaws,
    Devices,
    DifferentialSynapses,
    TruncatedLognormal,
    asymmetry_density,
    asymmetry_survival,
    device_factor,
    drive_at_random,
    expected_log_ratio,
    flip_probability,
    initial_bias,
    pair_factors,
    plasticity,
    pulses_to_flip,
    sample_devices,
    slope_ratio,
    updates_to_flip_hidden,
    updates_to_overturn,
    walk_flip_rate,
    walk_frozen_share,
)

LAWS = DeviceLaws()
ERRORS = 5  # standard errors
# Without a kink within reach the log-ratio is a random walk.
NO_KINK = DeviceLaws(kink=TruncatedLognormal(low=1e6, high=1e7, mu=15.0, sigma=1.0))


def test_a_positive_pulse_raises_the_weight_and_a_negative_one_lowers_it():
    pairs = DifferentialSynapses(300, 0, imperfections="spread", dtype=float)
    before, resistances = pairs.log_ratio, (pairs.raising.resistance, pairs.lowering.resistance)
    signs = np.random.default_rng(1).integers(-14, 15, 300)
    pairs.update(signs)
    assert np.array_equal(np.sign(pairs.log_ratio - before), np.sign(signs))
    assert np.all((pairs.raising.resistance > resistances[0]) == (signs > 0))
    assert np.all((pairs.lowering.resistance > resistances[1]) == (signs < 0))
    larger = pairs.raising.resistance > pairs.lowering.resistance
    assert np.array_equal(pairs.weights, np.where(larger, 1.0, -1.0))
    assert np.array_equal(pairs.spent, np.abs(signs))


def test_identical_devices_tie_by_the_stated_rule():
    zero = DifferentialSynapses(6, 2, imperfections="none")
    plus = DifferentialSynapses(6, 2, imperfections="none", ties="plus")
    assert np.all(zero.weights == 0) and np.all(plus.weights == 1)
    pulses = np.array([1, -1, 0, 3, -3, 0])
    for pairs in (zero, plus):
        pairs.update(pulses)
    assert zero.weights.tolist() == [1, -1, 0, 1, -1, 0]
    assert plus.weights.tolist() == [1, -1, 1, 1, -1, 1]
    zero.update(-pulses)  # back to equal counts: equal resistances again
    assert np.all(zero.weights == 0)


def test_updates_must_be_whole_numbers():
    pairs = DifferentialSynapses(2, 0)
    with pytest.raises(TypeError, match=r"pulses must be whole numbers .*pulse_counts"):
        pairs.update(np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="refresh must be one of 'none', 'after flip'"):
        DifferentialSynapses(2, 0, refresh="always")
    with pytest.raises(ValueError, match="ties must be one of 'zero', 'plus'"):
        DifferentialSynapses(2, 0, ties="minus")


@pytest.mark.parametrize("epsilon", [0.0, 0.057, 0.6])
def test_the_asymmetry_of_exponential_slopes(epsilon):
    count = 100_000
    m = epsilon + np.random.default_rng(3).exponential(size=(2, count))
    a = (m[0] - m[1]) / (m[0] + m[1])
    assert stats.kstest(a, lambda x: 1 - asymmetry_survival(x, epsilon)).pvalue > 1e-6
    for low, high in ((-1, -0.4), (-0.4, 0.3), (0.3, 1)):
        area = integrate.quad(lambda x: asymmetry_density(x, epsilon), low, high)[0]
        difference = asymmetry_survival(low, epsilon) - asymmetry_survival(high, epsilon)
        assert area == pytest.approx(difference, abs=1e-7)


def test_the_asymmetry_is_odd_and_uniform_in_the_limit():
    a = np.linspace(-1, 1, 41)
    assert np.allclose(asymmetry_survival(a, 0.2) + asymmetry_survival(-a, 0.2), 1)
    assert np.allclose(asymmetry_survival(a, 0.0), (1 - a) / 2)
    with pytest.raises(ValueError, match="location_over_scale"):
        asymmetry_survival(0.1, -0.1)


def test_the_initial_bias_of_pairs():
    count = 60_000
    pairs = DifferentialSynapses(count, 4, imperfections="spread", dtype=float)
    # The relative error of a deviation is one over the root of twice the count.
    assert abs(pairs.log_ratio.std() / initial_bias() - 1) < ERRORS / np.sqrt(2 * count)
    assert abs(pairs.log_ratio.mean()) < ERRORS * initial_bias() / np.sqrt(count)
    ideal = DifferentialSynapses(1, 0, imperfections="none", dtype=float)
    needed = int(np.ceil(updates_to_overturn(initial_bias(), 14)))
    for _ in range(needed):
        ideal.update(np.array([14]))
    moved = ideal.log_ratio[0]
    assert initial_bias() <= moved < initial_bias() + 15 * LAWS.fast_slope.mean


def test_flip_probability_is_exact_for_given_pairs():
    """Enumerate all sequences of up and down for a few pairs and short histories."""
    raising, lowering = (sample_devices(30, seed) for seed in (5, 6))
    raising = Devices(**{**vars(raising), "kink": raising.kink / 20})  # kinks within the histories
    updates, pulses = 7, 14
    flips = np.zeros((updates, 30))
    for number in range(2**updates):
        ups = np.array([(number >> k) & 1 for k in range(updates)])
        counts = np.concatenate([[0], np.cumsum(ups)])
        signs = []
        for u, k in enumerate(counts):
            w = []
            for d, t in ((raising, pulses * k), (lowering, pulses * (u - k))):
                fast = np.minimum(t, d.kink)
                w.append(np.log(d.initial_resistance) + d.offset + d.fast_slope * fast
                         + d.slow_slope * (t - fast))  # fmt: skip
            signs.append(np.sign(w[0] - w[1]))
        flips += np.array([signs[u] != signs[u + 1] for u in range(updates)]) / 2**updates
    assert flips.sum() > 1
    for u in range(updates):
        assert np.allclose(flip_probability(u, raising, lowering, pulses), flips[u], atol=1e-12)


def test_simulated_flip_rates():
    synapses, updates = 8000, 300
    run = drive_at_random(synapses, updates, 7, imperfections="spread")
    d = run.synapses.raising.devices, run.synapses.lowering.devices
    for first, last in ((0, 20), (40, 80), (150, 300)):
        rate = np.mean([flip_probability(u, *d, 14).mean() for u in range(first, last)])
        expected = rate * synapses * (last - first)
        # Flips of a pair come in bursts: three times the Poisson error is their scatter.
        assert abs(run.flips[first:last].sum() * synapses - expected) < 3 * ERRORS * np.sqrt(
            expected
        )
    assert run.last_flip.max() <= updates and np.mean(run.last_flip == 0) > 0.2


@pytest.mark.parametrize("asymmetric", [True, False])
def test_flips_of_walks_without_kink_or_bias(asymmetric):
    """Equal offsets and R0: the walk starts at zero, and the closed laws hold."""
    synapses, updates = 10_000, 150
    on = ("fast_slope",) if asymmetric else ("offset",)
    run = drive_at_random(synapses, updates, 8, pulses=14, imperfections=on, laws=NO_KINK)
    u = np.arange(60, updates)
    law = walk_flip_rate(u, None if asymmetric else 0.0).mean()
    found = run.flips[60:].mean()
    if asymmetric:
        # The smallest slope narrows the asymmetry: a few per cent more synapses without drift.
        assert found == pytest.approx(law, rel=0.25)
        frozen = np.mean(run.last_flip <= 30)
        assert frozen == pytest.approx(walk_frozen_share(30) / walk_frozen_share(updates), abs=0.06)
    else:
        # The bias of the offsets, seven steps, still holds some synapses back.
        assert 0.6 * law < found < law


def test_the_walk_laws_agree_with_each_other():
    u = np.array([0.5, 4.0, 50.0])
    averaged = [
        integrate.quad(lambda a: walk_flip_rate(t, a), 0, 1)[0]  # noqa: B023
        for t in u
    ]
    assert np.allclose(averaged, walk_flip_rate(u))
    # Last zeros: density of the frozen share is the flip-rate density weighted with the drift.
    for t in u:
        density = integrate.quad(lambda a: a * walk_flip_rate(t, a), 0, 1)[0]  # noqa: B023
        step = 1e-4 * t
        slope = (walk_frozen_share(t + step) - walk_frozen_share(t - step)) / (2 * step)
        assert slope == pytest.approx(density, rel=1e-5)
    assert walk_frozen_share(1e8) == pytest.approx(1, abs=1e-4)


def test_the_device_factor_is_the_mean_plasticity():
    count = 60_000
    devices = sample_devices(count, 9)
    for t in (0.0, 200.0, 900.0, 2100.0):
        slopes = plasticity(t, devices) / LAWS.fast_slope.mean
        assert abs(slopes.mean() - device_factor(t)) < ERRORS * slopes.std() / np.sqrt(count)
    assert device_factor(0.0) == 1 and device_factor(5000.0) == pytest.approx(1 / slope_ratio())


def test_inward_pulses_meet_the_fresher_device():
    outward, inward = pair_factors(np.array([900, 100]), np.array([100, 900]))
    assert np.allclose(outward, device_factor(900)) and np.allclose(inward, device_factor(100))
    assert np.all(inward > outward)
    up = np.array([300, 500])
    assert np.allclose(expected_log_ratio(up, 0), -expected_log_ratio(0, up))
    count = 40_000
    pairs = DifferentialSynapses(count, 10, imperfections="spread", dtype=float)
    pairs.raising.pulse(500)
    pairs.lowering.pulse(200)
    gap = pairs.log_ratio.mean() - expected_log_ratio(500, 200)
    assert abs(gap) < ERRORS * pairs.log_ratio.std() / np.sqrt(count)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 1500), st.integers(0, 30))
def test_pulses_to_flip_solve_for_equal_resistance(invested, seed):
    raising, lowering = sample_devices(20, seed), sample_devices(20, seed + 100)
    needed = pulses_to_flip(invested, raising, lowering)
    array = DeviceArray(20, 0, imperfections="spread", dtype=float)
    array.devices = raising
    resistances = []
    for d, t in ((raising, np.full(20, float(invested))), (lowering, needed)):
        fast = np.minimum(t, d.kink)
        w = d.offset + d.fast_slope * fast + d.slow_slope * (t - fast)
        resistances.append(np.log(d.initial_resistance) + w)
    reached = needed > 0
    assert np.allclose(resistances[0][reached], resistances[1][reached], atol=1e-9)
    assert np.all(resistances[0][~reached] <= resistances[1][~reached] + 1e-12)


@pytest.mark.parametrize(("metaplasticity", "invested"), [(1.0, 2000), (3.0, 1000)])
def test_effort_to_flip_a_metaplastic_weight(metaplasticity, invested):
    size = 1e-3
    weight, count = np.array([invested * size]), 0
    while weight[0] > 0:
        weight += modulated_update(weight, np.array([-size]), metaplasticity)
        count += 1
    predicted = updates_to_flip_hidden(invested, metaplasticity * size)
    # A step of size eta makes a relative error of about m eta.
    assert count == pytest.approx(float(predicted), rel=4 * metaplasticity * size)
    assert updates_to_flip_hidden(50, 1e-7) == pytest.approx(50)


def test_refresh_after_a_flip_resets_both_devices_and_pulses_the_right_side():
    pairs = DifferentialSynapses(400, 11, imperfections="spread", refresh="after flip", dtype=float)
    before, direction = pairs.weights, np.zeros(400, int)
    while not np.any(pairs.raising.sets):
        direction = -14 * before.astype(int)
        pairs.update(direction)
    done = pairs.raising.sets > 0
    assert np.array_equal(pairs.lowering.sets > 0, done) and not done.all()
    assert np.all(pairs.raising.pulses[done] == (direction[done] > 0))
    assert np.all(pairs.lowering.pulses[done] == (direction[done] < 0))
    assert np.all(pairs.raising.sets[~done] == 0)


def test_program_and_verify_leaves_the_new_sign():
    pairs = DifferentialSynapses(
        300, 12, imperfections="spread", refresh="program and verify", dtype=float
    )
    before = pairs.weights
    for _ in range(60):
        pairs.update(-14 * before.astype(int))
    flipped = pairs.raising.sets > 0
    assert flipped.mean() > 0.5
    # Bursts of up to 128 pulses overturn all but the most stubborn pairs.
    assert np.mean(pairs.weights[flipped] == -before[flipped]) > 0.9
    spared = DifferentialSynapses(
        300, 12, imperfections="spread", refresh="program and verify", refresh_after=10**6
    )
    for _ in range(20):
        spared.update(-14 * before.astype(int))
    assert not spared.raising.sets.any()
