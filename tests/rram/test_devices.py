"""Device arrays: mean response, bookkeeping of pulses, noise states, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("taps", [1, 15, 126])
def test_the_pink_register_holds_the_last_samples_in_order(taps):
    """Replace the random numbers by a known sequence: the filter is then an explicit sum."""

    class Ramp:
        def __init__(self):
            self.count = 0

        def random(self, size=None, dtype=float, out=None):
            self.count += 1
            if out is None:
                return np.full(size, self.count / 1000, dtype)
            out[:] = self.count / 1000

    array = DeviceArray(3, 0, imperfections=("pink",), taps=taps, dtype=float)
    array.noise.rng = Ramp()
    drawn = 0
    rng = np.random.default_rng(1)
    for step in range(40):
        count = int(rng.integers(0, 6))
        if step % 2:
            array.pulse(count)  # all together
        elif count:
            array.pulse(np.array([count, count, count]))  # one by one
        drawn += count
        newest = np.arange(drawn, max(drawn - taps, 0), -1) / 1000 if drawn else np.zeros(0)
        if count <= taps:
            wanted = 0.025 * np.sum(pink_taps(taps)[: len(newest)] * newest)
            assert np.allclose(array.pink, wanted)
        else:
            drawn = array.noise.rng.count = 1000 * step  # a longer burst draws only what is kept
            array.pulse(taps)
            drawn += taps


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
        (lambda a: DeviceArray(3, 0, imperfections="drift"), ValueError, "imperfections must be"),
        (lambda a: DeviceArray(3, "0"), TypeError, "rng must be"),
        (lambda a: Telegraph(rise=0.0), ValueError, r"rise must be a number in \(0, 1\)"),
        (lambda a: Telegraph(fall=1.0), ValueError, r"fall must be a number in \(0, 1\)"),
    ],
)
def test_bad_input_gets_a_sentence(act, error, sentence):
    with pytest.raises(error, match=sentence):
        act(DeviceArray(3, 0))
