"""Telegraph and pink noise: closed forms against each other and against simulated devices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.rram import (
    DeviceArray,
    Telegraph,
    octave_means,
    periodogram,
    pink_covariance,
    pink_spectrum,
    pink_stream,
    pink_taps,
    pink_variance,
    record_traces,
)
from theory.rram.pink_noise import RELEASED_TAPS
from theory.rram.pink_stream import PinkStream

ERRORS = 5  # standard errors
PROBABILITY = st.floats(0.001, 0.49)


def matrix(chain, pulses):
    rise, fall = chain.switching(pulses)
    return np.array([[1 - rise, rise], [fall, 1 - fall]])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PROBABILITY, PROBABILITY, st.integers(0, 60), st.integers(0, 60))
def test_chapman_kolmogorov_and_powers(rise, fall, first, second):
    chain = Telegraph(rise, fall)
    both = matrix(chain, first) @ matrix(chain, second)
    assert np.allclose(both, matrix(chain, first + second), atol=1e-12)
    assert np.allclose(matrix(chain, first), np.linalg.matrix_power(matrix(chain, 1), first))
    share = np.array([1 - chain.stationary, chain.stationary])
    assert np.allclose(share @ matrix(chain, second), share)


def test_released_rates():
    chain = Telegraph()
    assert chain.stationary == pytest.approx(2 / 7)
    assert matrix(chain, 1)[0, 1] == pytest.approx(0.0008) and chain.memory == pytest.approx(0.9972)


def test_the_simulated_chain_has_the_stationary_law_and_the_transient():
    count = 20_000
    array = DeviceArray(count, 0, imperfections=("telegraph",))
    seen = 0
    for burst in (14, 100, 886, 4000):
        array.pulse(burst if burst < 1000 else np.full(count, burst))
        seen += burst
        share = Telegraph().high_after(seen)
        error = np.sqrt(share * (1 - share) / count)
        assert abs(array.noise.high.mean() - share) < ERRORS * error


def test_the_simulated_chain_forgets_like_a_power():
    count = 40_000
    chain = Telegraph(0.02, 0.05)
    array = DeviceArray(count, 1, imperfections=("telegraph",), telegraph=chain)
    array.pulse(300)
    start = array.noise.high.astype(float)
    for lag in (5, 10, 20):
        array.pulse(5 if lag < 20 else 10)
        correlation = np.corrcoef(start, array.noise.high)[0, 1]
        assert abs(correlation - chain.memory**lag) < ERRORS / np.sqrt(count)


def test_moments_of_the_contribution():
    count = 100_000
    array = DeviceArray(count, 2, imperfections=("telegraph",), dtype=float)
    array.pulse(6000)
    x, chain = array.telegraph, Telegraph()
    assert abs(x.mean() - chain.mean()) < ERRORS * x.std() / np.sqrt(count)
    kurtosis = np.mean((x - x.mean()) ** 4) / x.var() ** 2
    assert abs(x.var() / chain.variance() - 1) < ERRORS * np.sqrt((kurtosis - 1) / count)
    assert chain.mean() == pytest.approx(1 / 56) and x.max() < 0.5 and x.min() >= 0


@settings(max_examples=20, deadline=None, derandomize=True)
@given(PROBABILITY, PROBABILITY, st.floats(0.1, 2))
def test_the_telegraph_spectrum_is_the_transform_of_its_covariance(rise, fall, amplitude):
    chain = Telegraph(rise, fall)
    lags = np.arange(0, 20_000)  # memory below 0.998: what is left is below 1e-17
    covariance = chain.covariance(lags, amplitude)
    for f in (0.0, 0.013, 0.21, 0.5):
        total = covariance[0] + 2 * np.sum(covariance[1:] * np.cos(2 * np.pi * f * lags[1:]))
        assert total == pytest.approx(float(chain.spectrum(f, amplitude)), rel=1e-9)
    f = np.linspace(-0.5, 0.5, 40_001)
    mean = np.trapezoid(chain.spectrum(f, amplitude), f)
    assert mean == pytest.approx(covariance[0], rel=1e-4)


def test_every_second_read_sees_the_chain_of_two_pulses():
    chain = Telegraph(0.01, 0.03)
    twice = Telegraph(*chain.switching(2))
    f = np.linspace(0, 0.5, 11)
    assert np.allclose(chain.spectrum(f, updates_every=2), twice.spectrum(f))


def test_the_corner_is_where_the_slow_part_has_halved():
    chain = Telegraph()
    floor = chain.stationary * (1 / 9 - 1 / 16)
    ratio = (chain.spectrum(chain.corner) - floor) / (chain.spectrum(0.0) - floor)
    assert ratio == pytest.approx(0.5, abs=1e-3)


def test_simulated_telegraph_spectrum():
    chain = Telegraph(0.02, 0.05)  # fast enough for a short run
    array = DeviceArray(300, 3, imperfections=("telegraph",), telegraph=chain, dtype=float)
    array.pulse(500)
    f, density = periodogram(record_traces(array, 2047).telegraph / array.noise.amplitude)
    x, y, lines = octave_means(f, density, parts=1)
    theory = octave_means(f, chain.spectrum(f), parts=1)[1]
    good = x > 8 / 2048  # below, the mean that was removed and leakage matter
    error = 1 / np.sqrt(300 * lines[good])
    # Lines are nearly exponential; 1 % is allowed for leakage.
    assert np.all(np.abs(np.log(y / theory)[good]) < ERRORS * error + 0.01)


def test_pink_taps_are_binomials():
    from math import comb

    assert np.allclose(pink_taps(40), [comb(2 * k, k) / 4**k for k in range(40)], rtol=1e-13)
    n = 29
    assert pink_taps(n + 1).sum() == pytest.approx((2 * n + 1) * comb(2 * n, n) / 4**n)
    assert pink_taps(15).sum() == pytest.approx(4.3339, abs=5e-5)


@pytest.mark.parametrize("taps", [1, 15, 126])
def test_the_pink_spectrum_is_the_transform_of_its_covariance(taps):
    lags = np.arange(1, taps + 2)
    for f in (0.0, 0.02, 0.31):
        later = pink_covariance(lags, taps) * np.cos(2 * np.pi * f * lags)
        total = pink_covariance(0, taps) + 2 * later.sum()
        assert total == pytest.approx(float(pink_spectrum(np.array(f), taps)), rel=1e-10)
    assert pink_covariance(0, taps) == pytest.approx(float(pink_variance(taps, taps)))
    assert pink_covariance(taps, taps) == 0


def test_more_taps_approach_one_over_f():
    f = np.geomspace(0.02, 0.3, 30)
    infinite = pink_spectrum(f, None)
    gaps = [np.sqrt(np.mean((pink_spectrum(f, k) / infinite - 1) ** 2)) for k in (15, 126, 1000)]
    # The cut is worth about one over the root of f K.
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    low = pink_spectrum(np.array([1e-6, 2e-6]), None)
    assert low[0] / low[1] == pytest.approx(2, rel=1e-9)


@pytest.mark.parametrize(("taps", "low", "high"), [(15, 1 / 15, 0.3), (126, 1 / 126, 0.1)])
def test_pink_slope_of_simulated_devices(taps, low, high):
    array = DeviceArray(150, taps, imperfections=("pink",), taps=taps, dtype=float)
    array.pulse(200)
    f, density = periodogram(record_traces(array, 2047).pink)
    inside = (f >= low) & (f <= high)
    weight = f[inside] ** -0.5  # every octave counts alike

    def slope(values):
        return np.polyfit(np.log(f[inside]), np.log(values[inside]), 1, w=weight)[0]

    # Lines have a relative error of one over the root of 150; a fit goes through hundreds of them.
    assert slope(density) == pytest.approx(slope(pink_spectrum(f, taps)), abs=0.03)
    assert slope(density) == pytest.approx(-1, abs=0.1)


def test_white_noise_has_a_flat_spectrum_that_sums_to_its_variance():
    x = np.random.default_rng(0).standard_normal((512, 40))
    f, density = periodogram(x)
    assert 2 * density[:-1].sum() / 512 + density[-1] / 512 == pytest.approx(x.var(axis=0).mean())
    assert len(f) == 256 and f[-1] == 0.5


def test_parts_of_an_octave_hold_the_lines_that_one_counts_by_hand():
    f = np.arange(1, 17) / 32
    x, y, lines = octave_means(f, f**2, parts=2)  # 1, 2, 3, 4-5, 6-7, 8-11, 12-15, 16
    assert lines.tolist() == [1, 1, 1, 2, 2, 4, 4, 1]
    assert 32 * x == pytest.approx([1, 2, 3, 4.5, 6.5, 9.5, 13.5, 16])
    assert 32**2 * y[3] == pytest.approx((16 + 25) / 2)
    assert octave_means(f, f, parts=1)[2].tolist() == [1, 2, 4, 8, 1]


def reference_slip(arrays, counts, rng, amplitude):
    """The released layout, one device at a time, with T^n by matrix powers."""
    taps = pink_taps(15) * 0.025
    one = np.array([[1 - 0.0008, 0.0008], [0.002, 1 - 0.002]])
    for state, count, a in zip(arrays, counts, amplitude, strict=True):
        register, seen = state[:15], state[15]
        power = np.linalg.matrix_power(one, int(count))
        bit = int(np.ceil(seen))
        bit = int(rng.random() < power[bit, 1])
        jump = bit * rng.random() * rng.random() * a
        register = np.concatenate([rng.random(count), register])[:15]
        state[:] = np.concatenate([[jump], register])
        yield jump + taps @ register


def test_the_layout_slip_has_the_law_of_a_plain_reference():
    count, updates = 3000, 25
    rng = np.random.default_rng(0)
    array = DeviceArray(count, 1, imperfections="noise", as_coded=True, dtype=float)
    states, share = np.zeros((count, 16)), {}
    for update in range(1, updates + 1):
        counts = 14 * rng.integers(0, 2, count)
        array.pulse(counts)
        plain = np.array(list(reference_slip(states, counts, rng, array.noise.amplitude)))
        share[update] = array.noise.high.mean()
    ours = array.log_ratio - array.mean
    error = np.sqrt((ours.var() + plain.var()) / count)
    assert abs(ours.mean() - plain.mean()) < ERRORS * error
    assert abs(ours.std() / plain.std() - 1) < ERRORS * np.sqrt(3 / count)
    # Once the register is full the trap is read as full nearly always: 2/7 would be intended.
    assert share[1] < 0.02 and share[25] > 0.95


def test_the_slip_moves_the_register_of_idle_devices():
    array = DeviceArray(50, 2, imperfections="noise", as_coded=True)
    array.pulse(30)
    before = array.pink.copy()
    array.pulse(np.zeros(50, int))
    assert np.all(array.pink != before)
    intended = DeviceArray(50, 2, imperfections="noise")
    intended.pulse(30)
    before = intended.pink.copy()
    intended.pulse(np.zeros(50, int))
    assert np.array_equal(intended.pink, before)


def test_the_compiled_read_of_pink_noise_agrees_with_numpy(monkeypatch):
    pytest.importorskip("numba")

    def values():
        rng = np.random.default_rng(4)
        stream = PinkStream(3000, rng, RELEASED_TAPS, 0.01, np.float32)
        for _ in range(6):  # first with filters that are not full
            which = np.flatnonzero(rng.random(3000) < 0.6)
            stream.advance(which, rng.integers(1, 9, len(which)))
            stream.forget(rng.choice(3000, 100, replace=False))
        return stream.values

    found = values()
    monkeypatch.setattr(pink_stream, "compiled", lambda: None)
    wanted = values()
    # Both sum up to 20 numbers of the size of the largest.
    assert np.abs(found - wanted).max() < 20 * np.finfo(np.float32).eps * np.abs(wanted).max()
    assert np.abs(wanted).max() > 0.01
