"""Device arrays: mean response, bookkeeping of pulses, noise states, bad input."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.rram import (
    DeviceArray,
    DeviceLaws,
    Telegraph,
    mean_log_ratio,
    pink_mean,
    pink_taps,
    pink_variance,
    plasticity,
    record_traces,
    sample_devices,
)

ERRORS = 5  # standard errors: one false alarm in a million


def test_the_mean_is_continuous_at_the_kink_and_has_two_slopes():
    devices = sample_devices(200, 0)
    t = np.arange(0, 2100)[:, None]
    w = mean_log_ratio(t, devices)
    steps = np.diff(w, axis=0)
    low = np.minimum(devices.fast_slope, devices.slow_slope)
    high = np.maximum(devices.fast_slope, devices.slow_slope)
    # A jump at the kink would be a step outside the two slopes.
    assert np.all(steps >= low - 1e-14) and np.all(steps <= high + 1e-14)
    for k in range(0, 200, 20):
        whole = np.floor(devices.kink[k])
        before = devices.offset[k] + devices.fast_slope[k] * whole
        assert w[int(whole), k] == pytest.approx(before, rel=1e-12)
    released = devices.slow_slope * 2099 + devices.kink * (
        devices.fast_slope - devices.slow_slope
    )  # the second piece as the released code writes it
    assert np.allclose(w[-1], released + devices.offset)


def test_plasticity_is_the_slope_of_the_mean():
    devices = sample_devices(300, 1)
    for t in (0, 100, 600, 1900):
        inside = np.abs(devices.kink - t) > 2
        slope = mean_log_ratio(t + 1, devices) - mean_log_ratio(t, devices)
        assert np.allclose(slope[inside], plasticity(float(t), devices)[inside], atol=1e-15)


def test_resistance_only_rises_without_noise():
    array = DeviceArray(300, 2, imperfections="spread", dtype=float)
    before = array.resistance
    rng = np.random.default_rng(0)
    for _ in range(60):
        counts = rng.integers(0, 40, 300)
        array.pulse(counts)
        after = array.resistance
        assert np.all(after >= before) and np.all((after > before) >= (counts > 0))
        assert np.array_equal(after[counts == 0], before[counts == 0])
        before = after
    assert array.past_kink.any() and not array.past_kink.all()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(0, 5))
def test_splitting_a_burst_changes_no_mean(bursts, seed):
    split = DeviceArray(20, seed, imperfections="spread", dtype=float)
    whole = DeviceArray(20, seed, imperfections="spread", dtype=float)
    for burst in bursts:
        split.pulse(np.full(20, burst))
    whole.pulse(sum(bursts))
    assert np.array_equal(split.pulses, whole.pulses)
    assert np.array_equal(split.log_ratio, whole.log_ratio)
    assert np.allclose(whole.log_ratio, mean_log_ratio(sum(bursts), whole.devices))


def test_only_pulsed_devices_change_but_for_the_read_of_the_trap():
    array = DeviceArray(400, 3)
    array.pulse(500)
    mean, pink, high = array.mean.copy(), array.pink.copy(), array.noise.high.copy()
    telegraph = array.telegraph.copy()
    counts = np.zeros(400, int)
    counts[:100] = 7
    array.pulse(counts)
    idle = slice(100, None)
    assert np.array_equal(array.mean[idle], mean[idle])
    assert np.array_equal(array.pink[idle], pink[idle])
    assert np.array_equal(array.noise.high[idle], high[idle])
    assert np.all(array.pink[:100] != pink[:100]) and np.all(array.mean[:100] > mean[:100])
    # The amplitude of a full trap is drawn anew at every read, also without a pulse.
    full = np.flatnonzero(high[idle]) + 100
    assert len(full) > 20 and np.all(array.telegraph[full] != telegraph[full])
    assert np.allclose(array.telegraph[idle][~high[idle]], 0, atol=1e-7)


def drawn_by(key, pulse):
    """The white number of a pulse, in Python's own whole numbers: a quarter of a mixed word."""
    z = (int(key) + (pulse // 4) * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    z ^= z >> 31
    return ((z >> 16 * (pulse % 4)) % 2**16 + 0.5) / 2**16


@pytest.mark.skipif(sys.byteorder != "little", reason="the quarters are in another order")
@pytest.mark.parametrize("taps", [1, 2, 15, 126])
def test_the_pink_noise_is_the_filtered_sum_of_the_last_samples(taps):
    """All together, one by one, mixed, and after a SET: against explicit sums."""
    array = DeviceArray(3, 0, imperfections=("pink",), taps=taps, dtype=float)
    keys, rng = array.noise.stream.keys, np.random.default_rng(1)
    drawn, begun = np.zeros(3, int), np.zeros(3, int)
    for step in range(70):
        count = int(rng.integers(0, 6)) if step % 7 else 40
        if step < 30 or step % 2:
            array.pulse(count)
            drawn += count
        else:
            each = rng.integers(0, 20, 3)
            array.pulse(each)
            drawn += each
        if step == 50:
            array.set(np.array([True, False, True]))
            begun[[0, 2]] = drawn[[0, 2]]
        for device in range(3):
            last = range(drawn[device] - 1, max(drawn[device] - taps, begun[device]) - 1, -1)
            samples = [drawn_by(keys[device], pulse) for pulse in last]
            wanted = 0.025 * np.sum(pink_taps(taps)[: len(samples)] * samples)
            assert array.pink[device] == pytest.approx(wanted, rel=1e-12, abs=1e-300)


def test_the_white_numbers_are_uniform_and_independent():
    """One tap shows them: frequencies, neighbours in time and between devices. Alarm 1e-6 each."""
    array = DeviceArray(400, 11, imperfections=("pink",), taps=1, strength=1.0, dtype=float)
    white = record_traces(array, 1000).pink[1:]
    counts = np.histogram(white, 64, (0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-6
    centred = white - 0.5
    for lag in (1, 2, 3, 4, 5, 8):
        product = centred[lag:] * centred[:-lag]
        assert abs(product.mean()) < ERRORS / 12 / np.sqrt(product.size)
    assert abs(np.mean(centred[:, 1:] * centred[:, :-1])) < ERRORS / 12 / np.sqrt(399_000)
    assert np.unique(white).size > 0.95 * 2**16


@pytest.mark.parametrize("pulses", [1, 5, 15, 40])
def test_pink_moments_while_the_register_fills(pulses):
    count = 20_000
    array = DeviceArray(count, 4, imperfections=("pink",), dtype=float)
    array.pulse(np.full(count, pulses))
    deviation = np.sqrt(pink_variance(pulses))
    assert abs(array.pink.mean() - pink_mean(pulses)) < ERRORS * deviation / np.sqrt(count)
    # Sums of uniform numbers have lighter tails than normal ones: their kurtosis is below 3.
    assert abs(array.pink.var() / deviation**2 - 1) < ERRORS * np.sqrt(2 / count)


def test_ways_of_pulsing_have_the_same_law():
    """All together or one by one, in one burst or many: mean and variance of w agree."""
    count = 30_000
    found = []
    for bursts, together in (([60], True), ([60], False), ([1] * 60, True), ([14, 20, 26], False)):
        array = DeviceArray(count, len(found), imperfections="noise", dtype=float)
        for burst in bursts:
            array.pulse(burst if together else np.full(count, burst))
        found.append(array.log_ratio)
    for other in found[1:]:
        error = np.sqrt((found[0].var() + other.var()) / count)
        assert abs(found[0].mean() - other.mean()) < ERRORS * error
        kurtosis = np.mean((other - other.mean()) ** 4) / other.var() ** 2
        assert abs(other.var() / found[0].var() - 1) < ERRORS * np.sqrt(2 * (kurtosis - 1) / count)


def test_ablations_switch_one_thing_each():
    for name in ("telegraph", "pink"):
        array = DeviceArray(500, 5, imperfections=(name,))
        array.pulse(800)
        assert (array.telegraph != 0).any() == (name == "telegraph")
        assert (array.pink != 0).any() == (name == "pink")
    quiet = DeviceArray(50, 6, imperfections="none", dtype=float)
    quiet.pulse(300)
    assert np.all(quiet.resistance == quiet.resistance[0])
    law = DeviceLaws()
    expected = law.initial_resistance.mean * np.exp(law.offset.mean + 300 * law.fast_slope.mean)
    assert quiet.resistance[0] == pytest.approx(expected, rel=1e-12)


def test_a_set_starts_the_device_anew_and_keeps_its_character():
    array = DeviceArray(200, 7)
    array.pulse(400)
    slope, kept = array.devices.fast_slope.copy(), array.devices.initial_resistance.copy()
    which = np.arange(200) < 80
    array.set(which)
    assert np.all(array.pulses[which] == 0) and np.all(array.pulses[~which] == 400)
    assert np.all(array.spent == 400) and np.array_equal(array.sets, which.astype(int))
    assert np.array_equal(array.devices.fast_slope, slope)
    assert np.all(array.devices.initial_resistance[which] != kept[which])
    assert np.array_equal(array.devices.initial_resistance[~which], kept[~which])
    assert np.all(array.pink[which] == 0) and np.allclose(
        array.mean[which], array.devices.offset[which]
    )
    assert np.allclose(np.exp(array.log_resistance), array.resistance, rtol=1e-5)
    array.pulse(1)
    assert np.all(array.pink[which] < 0.025) and np.all(array.spent == 401)


def test_a_seed_makes_the_same_array():
    runs = []
    for _ in range(2):
        array = DeviceArray((3, 4), 8)
        array.pulse(20)
        runs.append(array.log_ratio)
    assert runs[0].shape == (3, 4) and np.array_equal(*runs)


def test_traces_add_up():
    array = DeviceArray(4, 9, dtype=float)
    traces = record_traces(array, 50)
    assert traces.log_ratio.shape == (51, 4)
    assert np.allclose(traces.log_ratio[-1], array.log_ratio)
    assert np.allclose(traces.mean[10], mean_log_ratio(10, array.devices))


@pytest.mark.parametrize(
    ("act", "error", "sentence"),
    [
        (lambda a: a.pulse(-1), ValueError, "0 or above, not -1: .*pulse the other device"),
        (lambda a: a.pulse(np.array([1, -2, 0])), ValueError, "0 or above, not -2"),
        (lambda a: a.pulse(1.5), TypeError, "whole numbers of pulses"),
        (lambda a: a.pulse(np.ones(3)), TypeError, "not float64; round them first"),
        (lambda a: a.pulse(np.ones(4, int)), ValueError, r"shape \(4,\) do not fit .*\(3,\)"),
        (lambda a: a.pulse(True), TypeError, "not bool"),
        (lambda a: mean_log_ratio(-3, a.devices), ValueError, "pulses must be 0 or above"),
        (lambda a: record_traces(a, 0), ValueError, "pulses must be an integer, 1 or above"),
        (lambda a: DeviceArray(3, 0, taps=0), ValueError, "taps must be an integer, 1 or above"),
        (lambda a: DeviceArray(3, 0, imperfections="rust"), ValueError, "imperfections must be"),
        (lambda a: DeviceArray(3, 0, strength=-1.0), ValueError, "strength must be"),
        (lambda a: DeviceArray(3, 0, amplitude=np.nan), ValueError, "amplitude must be"),
        (lambda a: a.pulse(2**50), ValueError, "counts must be at most"),
        (lambda a: Telegraph(0.8, 0.9), ValueError, "rise and fall must add up to at most 1"),
        (lambda a: DeviceArray(3, "0"), TypeError, "rng must be"),
        (lambda a: Telegraph(rise=0.0), ValueError, r"rise must be a number in \(0, 1\)"),
        (lambda a: Telegraph(fall=1.0), ValueError, r"fall must be a number in \(0, 1\)"),
    ],
)
def test_bad_input_gets_a_sentence(act, error, sentence):
    with pytest.raises(error, match=sentence):
        act(DeviceArray(3, 0))
