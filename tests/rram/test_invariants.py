"""Symmetries, limits and monotonicities of devices, laws and pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from theory.rram import (
    DeviceArray,
    DeviceExperiment,
    DeviceLaws,
    Devices,
    DifferentialSynapses,
    Telegraph,
    TruncatedExponential,
    TruncatedLognormal,
    TruncatedNormal,
    adapted,
    asymmetry_survival,
    dead_share,
    device_factor,
    drive_at_random,
    expected_log_ratio,
    flip_probability,
    log_ratio_distribution,
    mean_log_ratio,
    mean_log_ratio_over_devices,
    mean_pulses,
    pink_covariance,
    pink_mean,
    pink_spectrum,
    pink_variance,
    pulse_split,
    pulses_to_flip,
    sample_devices,
    saturated_share,
    train,
    updates_to_flip_hidden,
    variance_over_devices,
    walk_flip_rate,
    walk_frozen_share,
)
from theory.rram.device_laws import SPREADS
from theory.rram.pair_laws import log_moments

LAWS = DeviceLaws()
bounded = settings(max_examples=30, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", SPREADS)
def test_a_law_fills_its_window_and_nothing_else(name):
    law = getattr(LAWS, name)
    low, high = law.support()
    assert law.quantile(0.0) == pytest.approx(low) and law.quantile(1.0) == pytest.approx(high)
    outside = np.array([low - 0.1 * (high - low), high + 0.1 * (high - low)])
    assert np.all(law.density(outside) == 0)
    assert law.cdf(outside).tolist() == [0, 1]
    x = np.linspace(low, high, 50)
    assert np.all(np.diff(law.cdf(x)) > 0)


@bounded
@given(st.floats(0.1, 3), st.floats(0.2, 2), st.floats(0.1, 0.9))
def test_laws_scale_with_their_unit(scale, sigma, cut):
    """Measuring in other units changes moments by powers of the unit only."""
    one = TruncatedExponential(low=0.0, high=5 * scale, location=0.0, scale=scale)
    unit = TruncatedExponential(low=0.0, high=5.0, location=0.0, scale=1.0)
    assert one.mean == pytest.approx(scale * unit.mean)
    assert one.variance == pytest.approx(scale**2 * unit.variance)
    first = TruncatedLognormal(low=cut, high=9.0, mu=0.0, sigma=sigma)
    second = TruncatedLognormal(low=cut * scale, high=9 * scale, mu=np.log(scale), sigma=sigma)
    assert second.mean == pytest.approx(scale * first.mean)
    left = TruncatedNormal(low=-cut, high=2.0, centre=0.3, deviation=sigma)
    right = TruncatedNormal(low=-2.0, high=cut, centre=-0.3, deviation=sigma)
    assert left.mean == pytest.approx(-right.mean)
    assert left.variance == pytest.approx(right.variance)


def test_a_wide_window_is_no_window():
    law = TruncatedNormal(low=-40.0, high=40.0, centre=0.7, deviation=1.3)
    assert law.mass == pytest.approx(1) and law.mean == pytest.approx(0.7)
    assert law.variance == pytest.approx(1.69)
    law = TruncatedLognormal(low=0.0, high=1e12, mu=0.2, sigma=0.5)
    assert law.mean == pytest.approx(np.exp(0.2 + 0.125))
    law = TruncatedExponential(low=0.0, high=1e3, location=0.5, scale=2.0)
    assert (law.mean, law.variance) == (pytest.approx(2.5), pytest.approx(4.0))


@bounded
@given(st.integers(0, 2500), st.integers(1, 500), st.integers(0, 10))
def test_more_pulses_more_resistance(pulses, more, seed):
    devices = sample_devices(30, seed)
    gain = mean_log_ratio(pulses + more, devices) - mean_log_ratio(pulses, devices)
    slopes = np.stack([devices.fast_slope, devices.slow_slope])
    assert np.all(gain >= more * slopes.min(axis=0) * (1 - 1e-9))
    assert np.all(gain <= more * slopes.max(axis=0) * (1 + 1e-9) + 1e-12)


@pytest.mark.parametrize("shape", [(), 5, (2, 3), (4, 1, 2)])
def test_arrays_of_any_shape(shape):
    array = DeviceArray(shape, 0)
    array.pulse(3)
    wanted = (shape,) if isinstance(shape, int) else shape
    for values in (array.resistance, array.log_ratio, array.pulses, array.past_kink, array.spent):
        assert np.shape(values) == wanted
    assert np.all(array.pulses == 3)


def test_counts_broadcast_to_the_shape():
    array = DeviceArray((3, 4), 0, imperfections="spread", dtype=float)
    array.pulse(np.array([[1], [0], [5]]))
    assert np.array_equal(array.pulses, np.array([[1], [0], [5]]) * np.ones((1, 4), int))
    array.pulse(np.array([0, 0, 2, 0]))
    assert array.pulses[:, 2].tolist() == [3, 2, 7]
    assert np.allclose(array.log_ratio, mean_log_ratio(array.pulses, array.devices))


def test_zero_pulses_do_nothing_to_a_silent_device():
    array = DeviceArray(20, 1, imperfections=("fast_slope", "pink"))
    array.pulse(9)
    before = array.log_ratio.copy()
    array.pulse(0)
    array.pulse(np.zeros(20, int))
    assert np.array_equal(array.log_ratio, before)


def test_single_and_double_precision_agree():
    double = DeviceArray(200, 2, imperfections="spread", dtype=float)
    single = DeviceArray(200, 2, imperfections="spread")
    for array in (double, single):
        array.pulse(1500)
    assert single.log_ratio.dtype == np.float32
    # Sums of numbers up to about 10, seven digits each.
    assert np.allclose(single.log_ratio, double.log_ratio, rtol=1e-5, atol=1e-5)


@bounded
@given(st.floats(0, 3000), st.floats(0, 3000))
def test_the_ensemble_is_monotone_and_the_split_adds_up(first, second):
    low, high = sorted((first, second))
    gain = mean_log_ratio_over_devices(high) - mean_log_ratio_over_devices(low)
    assert gain >= LAWS.slow_slope.mean * (high - low) * (1 - 1e-9) - 1e-12
    assert variance_over_devices(high) >= variance_over_devices(low) - 1e-12
    split = pulse_split(high, LAWS.kink)
    assert split.before + split.after == pytest.approx(high, abs=1e-9)
    total = split.before_square + split.after_square + 2 * split.product
    assert total == pytest.approx(high**2, rel=1e-9, abs=1e-6)


def test_the_plasticity_is_the_derivative_of_the_mean():
    for t in (100.0, 600.0, 1700.0):
        step = 1e-3
        slope = (mean_log_ratio_over_devices(t + step) - mean_log_ratio_over_devices(t - step)) / (
            2 * step
        )
        assert slope / LAWS.fast_slope.mean == pytest.approx(device_factor(t), rel=1e-6)


def test_the_distribution_converges_with_its_grid():
    levels = (0.1, 0.5, 0.9, 0.99)

    def quantiles(**grid):
        x, probability = log_ratio_distribution(700, **grid)
        return np.interp(levels, probability, x)

    fine = quantiles(kinks=600, points=2**15)
    errors = [np.abs(quantiles(kinks=600, points=n) - fine).max() for n in (2**10, 2**12)]
    # A finer grid by four: the error falls at least to half.
    assert errors[1] < errors[0] / 2 and errors[1] < 1e-3
    kinks = [np.abs(quantiles(kinks=n, points=2**15) - fine).max() for n in (10, 60)]
    assert kinks[1] < kinks[0]


def test_the_logarithm_of_the_initial_resistance():
    law = LAWS.initial_resistance
    mean, variance = log_moments(law)
    wanted = integrate.quad(lambda r: np.log(r) * law.density(r), law.low, law.high)[0]
    assert mean == pytest.approx(wanted, rel=1e-9)
    # The law is narrow: the delta method is right to a per cent or two.
    assert variance == pytest.approx(law.variance / law.mean**2, rel=0.03)


@bounded
@given(st.floats(-0.999, 0.999), st.floats(0, 2))
def test_the_asymmetry_law_is_a_symmetric_distribution(a, epsilon):
    survival = asymmetry_survival(a, epsilon)
    assert 0 <= survival <= 1
    assert survival + asymmetry_survival(-a, epsilon) == pytest.approx(1)
    # A larger smallest slope makes the devices more alike.
    if a > 0:
        assert asymmetry_survival(a, epsilon + 0.1) <= survival + 1e-12
    assert asymmetry_survival(-1.0, epsilon) == 1 and asymmetry_survival(1.0, epsilon) == 0


@bounded
@given(st.integers(0, 200), st.integers(1, 20), st.integers(0, 5))
def test_flips_do_not_care_which_device_is_called_raising(update, pulses, seed):
    first, second = sample_devices(40, seed), sample_devices(40, seed + 50)
    one = flip_probability(update, first, second, pulses)
    other = flip_probability(update, second, first, pulses)
    assert np.allclose(one, other, atol=1e-12)
    assert np.all((one >= 0) & (one <= 0.5))


def test_pulses_and_slopes_enter_flips_as_their_product():
    first, second = sample_devices(50, 1), sample_devices(50, 2)

    def scaled(d):
        return Devices(
            d.fast_slope / 2, 2 * d.kink, d.offset, d.slow_slope / 2, d.initial_resistance
        )

    for update in (0, 7, 90):
        one = flip_probability(update, first, second, 7)
        two = flip_probability(update, scaled(first), scaled(second), 14)
        assert np.allclose(one, two, atol=1e-12)


def test_identical_pairs_flip_like_a_coin_walk():
    """Without any spread the sign is that of a simple walk: ties go to the minus side here."""
    d = sample_devices(1, 0, imperfections="none")
    from math import comb

    for update in (1, 2, 5, 8):
        # From k to k + 1 ups across the middle, or back: only from or to the middle of even walks.
        wanted = comb(update, update // 2) / 2**update / 2
        assert flip_probability(update, d, d, 14)[0] == pytest.approx(wanted)


@pytest.mark.parametrize("u", [1e-3, 1e5])
def test_limits_of_the_walk_laws(u):
    if u < 1:
        assert walk_flip_rate(u) == pytest.approx(1 / np.sqrt(2 * np.pi * u), rel=1e-3)
        assert walk_frozen_share(u) == pytest.approx(np.sqrt(u / (2 * np.pi)), rel=1e-3)
    else:
        assert walk_flip_rate(u) == pytest.approx(1 / (2 * u))
        assert 1 - walk_frozen_share(u) == pytest.approx(np.sqrt(2 / (np.pi * u)))
    assert walk_flip_rate(u, 0.0) >= walk_flip_rate(u)
    assert np.all(np.diff(walk_frozen_share(np.geomspace(0.01, 1e4, 50))) > 0)


@bounded
@given(st.integers(0, 1200), st.integers(1, 400), st.integers(0, 8))
def test_more_investment_needs_more_to_flip(invested, more, seed):
    first, second = sample_devices(20, seed), sample_devices(20, seed + 9)
    assert np.all(pulses_to_flip(invested + more, first, second)
                  >= pulses_to_flip(invested, first, second))  # fmt: skip
    same = pulses_to_flip(invested, first, first)
    assert np.allclose(same, invested, rtol=1e-9, atol=1e-6)
    hidden = updates_to_flip_hidden(np.array([invested, invested + more]), 0.001)
    assert hidden[1] - hidden[0] >= more  # never easier than without metaplasticity


@bounded
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_expected_log_ratios_are_odd(up, down):
    found = expected_log_ratio(up, down)
    assert found == pytest.approx(-expected_log_ratio(down, up), abs=1e-12)
    assert np.sign(found) == np.sign(up - down)


@bounded
@given(st.floats(0.3, 300), st.integers(1, 130))
def test_shares_of_pulses_are_consistent(rate, largest):
    assert 0 <= dead_share(rate) <= 1 and 0 <= saturated_share(rate, largest) <= 1
    spent = mean_pulses(rate, largest)
    assert largest * saturated_share(rate, largest) - 1e-12 <= spent
    assert spent <= largest * (1 - dead_share(rate)) + 1e-9
    assert mean_pulses(1.1 * rate, largest) > spent
    assert mean_pulses(rate, largest + 1) >= spent


@bounded
@given(st.integers(1, 60))
def test_moments_of_the_pink_register(taps):
    assert pink_mean(taps, taps) == pink_mean(10 * taps, taps)
    assert np.all(np.diff(pink_mean(np.arange(taps + 1), taps)) > 0)
    assert pink_covariance(0, taps) == pytest.approx(float(pink_variance(taps, taps)))
    covariance = pink_covariance(np.arange(taps + 3), taps)
    assert np.all(np.diff(covariance) <= 1e-18) and np.all(covariance[taps:] == 0)
    f = np.linspace(0, 1, 4 * taps, endpoint=False)
    # The density averages to the variance over all frequencies.
    assert pink_spectrum(f, taps).mean() == pytest.approx(float(pink_variance(taps, taps)))


def test_fast_chains_are_white_and_frozen_ones_a_line():
    # rise + fall = 1: no memory, the spectrum is flat.
    chain = Telegraph(0.3, 0.7)
    f = np.linspace(0, 0.5, 9)
    assert np.allclose(chain.spectrum(f), chain.spectrum(0.0))
    assert np.allclose(chain.switching(1), chain.switching(50))
    slow = Telegraph(1e-6, 1e-6)
    assert slow.switching(10)[0] == pytest.approx(1e-5, rel=1e-4)


def test_mirrored_updates_mirror_the_weights():
    """Exchanging the two devices and the direction of every pulse changes all signs."""
    pulses = np.random.default_rng(0).integers(-14, 15, (40, 100))
    one = DifferentialSynapses(100, 3, imperfections="spread", dtype=float)
    other = DifferentialSynapses(100, 3, imperfections="spread", dtype=float)
    other.raising, other.lowering = other.lowering, other.raising
    for step in pulses:
        one.update(step)
        other.update(-step)
    assert np.array_equal(one.log_ratio, -other.log_ratio)
    assert np.array_equal(one.weights, -other.weights)


def test_random_drives_end_where_their_pulses_say():
    run = drive_at_random(300, 50, 4, pulses=5, imperfections="spread", dtype=float)
    pairs = run.synapses
    assert np.all(pairs.spent == 250)
    assert np.allclose(run.log_ratio, pairs.log_ratio)
    assert run.flips.shape == (50,) and run.last_flip.max() <= 50
    never = run.last_flip == 0
    start = DifferentialSynapses(300, 4, imperfections="spread", dtype=float).weights
    assert np.array_equal(pairs.weights[never], start[never])
    for bad in ({"synapses": 0}, {"updates": 0}, {"pulses": 0}):
        with pytest.raises(ValueError, match="1 or above"):
            drive_at_random(**({"synapses": 2, "updates": 2, "rng": 0} | bad))


def test_a_setting_changes_only_what_it_names():
    """Runs that share a seed share the task, the first signs, the devices and the order."""
    base = DeviceExperiment(hidden=(8,), epochs=1, test_share=0.9)
    runs = [
        train(adapted(base, **change), 3)[0]
        for change in ({}, {"learning_rate": 3.0}, {"imperfections": ("spread",)}, {"taps": 30})
    ]
    kept = [run.optimizer.synapses[0].raising.devices.fast_slope for run in runs]
    assert np.array_equal(kept[0], kept[1]) and np.array_equal(kept[0], kept[2])
    assert runs[3].optimizer.largest == 29 and runs[0].optimizer.largest == 14
