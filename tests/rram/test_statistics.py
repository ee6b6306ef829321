"""Distributions, covariances, independence of what is simulated; oracles for trained networks."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from theory.rram import (
    DeviceArray,
    DeviceExperiment,
    DeviceLaws,
    DifferentialSynapses,
    Telegraph,
    asymmetry_survival,
    compare,
    dense,
    log_ratio_distribution,
    mean_pulses,
    pink_covariance,
    pink_mean,
    record_traces,
    sample_devices,
    train,
)
from theory.rram.device_laws import SPREADS

LAWS = DeviceLaws()
ERRORS = 5  # standard errors: one false alarm in a million for a comparison
RARE = 1e-6  # smallest p-value that is believed


def test_the_parameters_of_a_device_are_independent():
    count = 40_000
    first, second = sample_devices(count, 0), sample_devices(count, 1)
    ranks = [stats.rankdata(getattr(first, name)) for name in SPREADS]
    ranks += [stats.rankdata(getattr(second, name)) for name in SPREADS]
    correlation = np.corrcoef(ranks)
    assert np.abs(correlation - np.eye(10)).max() < ERRORS / np.sqrt(count)


def test_the_two_devices_of_a_pair_are_independent_and_alike():
    count = 30_000
    pairs = DifferentialSynapses(count, 2)
    one, other = pairs.raising.devices, pairs.lowering.devices
    for name in SPREADS:
        a, b = getattr(one, name), getattr(other, name)
        assert abs(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1]) < ERRORS / np.sqrt(
            count
        )
        assert stats.ks_2samp(a, b).pvalue > RARE
    amplitudes = pairs.raising.noise.amplitude, pairs.lowering.noise.amplitude
    assert abs(np.corrcoef(*amplitudes)[0, 1]) < ERRORS / np.sqrt(count)
    assert stats.kstest(2 * amplitudes[0], "uniform").pvalue > RARE


def test_the_asymmetry_of_the_fitted_slopes():
    count = 60_000
    pairs = DifferentialSynapses(count, 3, imperfections="spread", dtype=float)
    m, other = pairs.raising.devices.fast_slope, pairs.lowering.devices.fast_slope
    law = LAWS.fast_slope
    statistic = stats.kstest(
        (m - other) / (m + other), lambda a: 1 - asymmetry_survival(a, law.location / law.scale)
    ).statistic
    # The cut at the top holds back 1e-5 of the devices.
    assert statistic < 2.6 / np.sqrt(count) + 2e-5
    asymmetric = pairs.weights.mean()
    assert abs(asymmetric) < ERRORS / np.sqrt(count)  # neither sign is preferred at first


@pytest.mark.parametrize("burst", [1, 14, 200])
@pytest.mark.parametrize("together", [True, False])
def test_transition_counts(burst, together):
    """From either state, for rare and for frequent switching and both ways of pulsing."""
    count, chain = 20_000, Telegraph(0.004, 0.006)
    array = DeviceArray(count, burst, imperfections=("telegraph",), telegraph=chain)
    array.noise.high = np.arange(count) % 2 == 0
    before = array.noise.high.copy()
    array.pulse(burst if together else np.full(count, burst))
    rise, fall = chain.switching(burst)
    for chance, start in ((rise, False), (fall, True)):
        group = before == start
        switched = int(np.sum(array.noise.high[group] != start))
        assert stats.binomtest(switched, int(group.sum()), chance).pvalue > RARE


def test_mixed_counts_switch_each_device_by_its_own_pulses():
    count, chain = 60_000, Telegraph(0.01, 0.02)
    array = DeviceArray(count, 4, imperfections=("telegraph",), telegraph=chain)
    pulses = np.arange(count) % 15
    array.pulse(pulses)
    for n in (0, 1, 7, 14):
        group = array.noise.high[pulses == n]
        assert stats.binomtest(int(group.sum()), len(group), chain.high_after(n)).pvalue > RARE


def test_sojourns_are_geometric():
    chain = Telegraph(0.02, 0.05)
    array = DeviceArray(60, 5, imperfections=("telegraph",), telegraph=chain)
    array.pulse(200)
    states = record_traces(array, 4000).telegraph > 0
    for high, chance in ((True, chain.fall), (False, chain.rise)):
        lengths = []
        for column in states.T:
            edges = np.flatnonzero(np.diff(column.astype(int))) + 1
            starts, ends = edges[:-1], edges[1:]
            inside = column[starts] == high
            lengths.append((ends - starts)[inside])
        lengths = np.concatenate(lengths)
        # Sojourns cut by the ends of the record are left out, which shortens long ones slightly.
        error = (1 / chance) / np.sqrt(len(lengths))
        assert abs(lengths.mean() - 1 / chance) < ERRORS * error + 0.03 / chance
        assert lengths.std() == pytest.approx(1 / chance, rel=0.15)


def test_covariance_of_simulated_pink_noise():
    array = DeviceArray(3000, 6, imperfections=("pink",), dtype=float)
    array.pulse(20)
    trace = record_traces(array, 40).pink
    start = trace[0] - trace[0].mean()
    variance = pink_covariance(0)
    for lag in (1, 4, 10, 14, 15, 30):
        found = np.mean(start * (trace[lag] - trace[lag].mean()))
        assert abs(found - pink_covariance(lag)) < ERRORS * variance * np.sqrt(2 / 3000)
    assert abs(trace.mean() - pink_mean(15)) < ERRORS * np.sqrt(variance / 3000)


def test_covariance_of_simulated_telegraph_noise():
    count, chain = 40_000, Telegraph(0.03, 0.05)
    array = DeviceArray(count, 7, imperfections=("telegraph",), telegraph=chain, dtype=float)
    array.pulse(200)
    start = array.telegraph / array.noise.amplitude
    seen = 0
    for step in (1, 4, 10):
        array.pulse(step)
        seen += step
        later = array.telegraph / array.noise.amplitude
        found = np.mean(start * later) - start.mean() * later.mean()
        scatter = np.std(start * later) / np.sqrt(count)
        assert abs(found - chain.covariance(seen)) < ERRORS * scatter


def test_reads_of_a_full_trap_are_products_of_uniform_numbers():
    array = DeviceArray(50_000, 8, imperfections=("telegraph",), dtype=float)
    array.noise.high[:] = True
    array.pulse(0)
    shares = array.telegraph / array.noise.amplitude

    def product(x):  # P(U1 U2 <= x) = x (1 - ln x)
        x = np.clip(x, 1e-300, 1)
        return x * (1 - np.log(x))

    assert stats.kstest(shares, product).pvalue > RARE


def test_noise_is_independent_between_devices_and_sources():
    array = DeviceArray(400, 9, dtype=float)
    array.pulse(1500)
    traces = record_traces(array, 300)
    pink = traces.pink - traces.pink.mean(axis=0)
    pink /= pink.std(axis=0)
    # About 300 over the correlation time of four pulses: 75 independent samples a device.
    products = np.mean(pink[:, :-1] * pink[:, 1:], axis=0)
    assert abs(products.mean()) < ERRORS * products.std() / np.sqrt(399)
    together = np.mean(pink * (traces.telegraph - traces.telegraph.mean(axis=0)), axis=0)
    assert abs(together.mean()) < ERRORS * together.std() / np.sqrt(400)


def test_quantiles_of_resistance_with_all_imperfections_but_noise():
    count = 30_000
    array = DeviceArray(count, 10, imperfections="spread", dtype=float)
    rng = np.random.default_rng(0)
    for _ in range(6):  # the same total for all, in bursts of different order
        order = rng.permutation(count)
        counts = np.where(order < count // 2, 150, 50)
        array.pulse(counts)
        array.pulse(200 - counts)
    x, probability = log_ratio_distribution(1200, with_initial_resistance=True)
    assert np.all(array.pulses == 1200)
    for level in (0.05, 0.25, 0.5, 0.75, 0.95):
        wanted = np.exp(np.interp(level, probability, x))
        below = int(np.sum(array.resistance <= wanted))
        # The grid of the prediction is worth a share of a few thousandths.
        error = np.sqrt(level * (1 - level) / count)
        assert abs(below / count - level) < ERRORS * error + 0.003


def test_a_set_keeps_what_the_trap_holds():
    array = DeviceArray(2000, 11, dtype=float)
    array.pulse(3000)
    held = array.noise.high.copy()
    array.set(np.ones(2000, bool))
    assert np.array_equal(array.noise.high, held) and 0.2 < held.mean() < 0.4
    r0 = array.devices.initial_resistance
    assert stats.kstest(r0, LAWS.initial_resistance.cdf).pvalue > RARE
    same = DeviceArray(50, 12, imperfections="none")
    same.pulse(100)
    same.set(np.ones(50, bool))
    assert np.all(same.devices.initial_resistance == same.devices.initial_resistance[0])


@pytest.mark.parametrize("on", ["pink", "telegraph"])
def test_the_layout_slip_with_one_noise(on):
    array = DeviceArray(3000, 13, imperfections=(on,), as_coded=True, dtype=float)
    for _ in range(40):
        array.pulse(7)  # 14 would make the slipped amplitude the oldest sample at the next update
    noise = array.log_ratio - array.mean
    assert noise.shape == (3000,) and noise.min() >= 0
    if on == "pink":
        # The amplitude that slips into the register is zero here: fourteen of fifteen samples.
        assert noise.mean() < pink_mean(15)
        assert array.noise.high.mean() > 0.9
    else:
        assert noise.max() < 0.5


def test_ideal_devices_are_counters():
    """With equal devices the weight is the sign of the net pulses, whatever the resistances."""
    base = DeviceExperiment(hidden=(24,), epochs=2, imperfections=("none",), test_share=0.5)
    learner = train(base, 0)[0]
    for parameter, pair in zip(learner.network.weights, learner.optimizer.synapses, strict=True):
        net = pair.raising.pulses.astype(int) - pair.lowering.pulses
        assert np.array_equal(parameter.used, np.sign(net))
        assert (net == 0).any() or net.size < 1000  # dark pixels get no pulse: ties stay


def test_dark_pixels_get_no_pulses():
    base = DeviceExperiment(hidden=(16,), epochs=2, test_share=0.5)
    learner = train(base, 0)[0]
    first = learner.optimizer.synapses[0]
    from theory.data import load_images

    # The first corner pixel of the digits is dark in all images.
    dark = np.flatnonzero(load_images("digits").train_images.max(axis=0) == 0)
    assert len(dark) >= 1
    assert np.all(first.spent[dark] == 0) and first.spent.max() > 20


def test_spending_is_bounded_by_the_rule():
    base = DeviceExperiment(hidden=(16,), epochs=3, learning_rate=1000.0, test_share=0.5)
    learner, measured = train(base, 1)
    steps = 3 * (898 // base.batch)
    assert learner.spent().max() <= 14 * steps
    pairs = sum(s.raising.pulses.size for s in learner.optimizer.synapses)
    both = measured["pulses"][-1] * 2 * pairs
    assert both <= 14 * steps * pairs
    assert train(replace(base, learning_rate=1e-3), 1)[1]["pulses"][-1] == 0
    assert mean_pulses(1e-3) == 0


def test_no_pulses_no_learning_but_noise_still_reads():
    base = DeviceExperiment(hidden=(16,), epochs=2, learning_rate=1e-3, test_share=0.5)
    quiet = train(replace(base, imperfections=("spread",)), 2)[1]
    assert quiet["flips"][-1] == 0 and quiet["pulses"][-1] == 0
    # Traps start empty and only pulses move them: without pulses there is nothing to read either.
    noisy = train(base, 2)[1]
    assert noisy["flips"][-1] == 0


def test_processes_and_this_one_agree():
    base = dense(epochs=1, hidden=(8,), test_share=0.9)
    options = {"progress": False}
    here = compare({"a": base}, (0, 1), backend="serial", **options)
    there = compare({"a": base}, (0, 1), backend="processes", workers=2, **options)
    for key in here["a"]:
        assert np.array_equal(here["a"][key], there["a"][key])


def test_settings_and_arrays_travel_to_other_processes():
    base = dense(widths=(("kink", 0.5),))
    assert pickle.loads(pickle.dumps(base)) == base
    array = DeviceArray(20, 14)
    array.pulse(30)
    copy = pickle.loads(pickle.dumps(array))
    for one in (array, copy):
        one.pulse(5)
    assert np.array_equal(array.log_ratio, copy.log_ratio)


def test_more_taps_make_a_larger_common_offset_that_cancels_in_pairs():
    count = 4000
    pairs = [
        DifferentialSynapses(count, 15, imperfections="pink", taps=taps, dtype=float)
        for taps in (15, 126)
    ]
    for pair in pairs:
        for _ in range(12):
            pair.raising.pulse(14)
            pair.lowering.pulse(14)
    common = [pair.raising.pink.mean() for pair in pairs]
    assert common[1] - common[0] == pytest.approx(
        float(pink_mean(126, 126) - pink_mean(15)), rel=0.01
    )
    for pair in pairs:
        gap = pair.log_ratio
        assert abs(gap.mean()) < ERRORS * gap.std() / np.sqrt(count)
        assert abs(np.mean(pair.weights)) < ERRORS / np.sqrt(count)
