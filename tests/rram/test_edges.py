"""Edge cases: ties that are no flips, no pulses, single taps, tones, vectors of amplitudes."""

import numpy as np
import pytest

from theory.rram import (
    DeviceArray,
    DeviceLaws,
    DifferentialSynapses,
    Telegraph,
    asymmetry_survival,
    drive_at_random,
    flip_probability,
    log_ratio_distribution,
    mean_growth,
    octave_means,
    periodogram,
    pink_spectrum,
    pink_taps,
    plasticity,
    pulses_to_flip,
    record_traces,
    sample_devices,
    slope_ratio,
    tail_exponent,
)

LAWS = DeviceLaws()


def test_leaving_a_tie_is_no_flip():
    run = drive_at_random(500, 3, 0, imperfections="none", dtype=float)
    # Update 1 leaves the tie, update 2 goes on or back to it, update 3 leaves it or goes on.
    assert run.flips.tolist() == [0, 0, 0] and np.all(run.last_flip == 0)
    assert set(np.unique(run.synapses.weights)) == {-1, 1}
    back = drive_at_random(500, 2, 0, imperfections="none", dtype=float)
    assert np.any(back.synapses.weights == 0)


def test_without_pulses_the_law_is_that_of_the_offset():
    x, probability = log_ratio_distribution(0.0)
    step = x[1] - x[0]
    # Binned laws lie within a bin or two of the exact ones.
    assert np.all(LAWS.offset.cdf(x - 2 * step) <= probability + 1e-9)
    assert np.all(probability <= LAWS.offset.cdf(x + 2 * step) + 1e-9)


def test_a_filter_of_one_tap_is_white():
    assert pink_taps(1).tolist() == [1]
    f = np.linspace(0, 0.5, 5)
    assert np.allclose(pink_spectrum(f, 1), 0.025**2 / 12)
    array = DeviceArray(2000, 1, imperfections=("pink",), taps=1, dtype=float)
    trace = record_traces(array, 30).pink[1:]
    assert np.all((trace >= 0) & (trace < 0.025))
    later = np.corrcoef(trace[10], trace[11])[0, 1]
    assert abs(later) < 5 / np.sqrt(2000)


def test_a_tone_shows_at_its_frequency():
    t = np.arange(256)
    tone = np.cos(2 * np.pi * 32 * t / 256)[:, None]
    f, density = periodogram(tone + 3.0)
    assert f[np.argmax(density)] == 0.125
    assert 2 * density.sum() / 256 == pytest.approx(tone.var())
    x, y, lines = octave_means(f, density)
    assert lines.sum() == len(f) and np.sum(y * lines) == pytest.approx(density.sum())
    assert np.all(np.diff(x) > 0)


def test_amplitudes_enter_squared():
    chain, amplitude = Telegraph(), np.array([0.1, 0.2, 0.4])
    f = np.array([0.0, 0.1])[:, None]
    assert np.allclose(chain.spectrum(f, amplitude), chain.spectrum(f) * amplitude**2)
    assert np.allclose(chain.covariance(0, amplitude), chain.covariance(0) * amplitude**2)
    # At lag 0 the redrawn factor is there, at lag 1 no longer.
    drop = chain.covariance(0) - chain.covariance(1)
    assert drop == pytest.approx(chain.stationary * 7 / 144, rel=0.01)


def test_the_first_update_flips_who_starts_near_zero():
    """From zero updates on: a pair flips if one burst on its weaker side passes the other."""
    first, second = sample_devices(4000, 2), sample_devices(4000, 3)
    start = (
        np.log(first.initial_resistance / second.initial_resistance) + first.offset - second.offset
    )
    gain = 14 * np.where(start > 0, second.fast_slope, first.fast_slope)
    within = np.abs(start) < gain  # no kink lies within 14 pulses
    assert within.sum() > 20
    assert np.array_equal(flip_probability(0, first, second, 14), np.where(within, 0.5, 0.0))


def test_numbers_of_the_fitted_laws_that_the_lessons_quote():
    assert slope_ratio() == pytest.approx(LAWS.fast_slope.mean / LAWS.slow_slope.mean)
    assert 25 < slope_ratio() < 26
    epsilon = LAWS.fast_slope.location / LAWS.fast_slope.scale
    grid = np.linspace(-1, 1, 4001)
    distance = np.abs(1 - asymmetry_survival(grid, epsilon) - (1 + grid) / 2).max()
    assert 0.035 < distance < 0.04
    assert tail_exponent(1523.3, LAWS.fast_slope) == pytest.approx(1, rel=1e-4)
    growth = np.log(mean_growth(np.linspace(0, 2000, 9), LAWS.fast_slope))
    assert np.all(np.diff(growth, 2) > 0)  # the logarithm of an exponential moment is convex


def test_nothing_invested_nothing_needed_where_the_weight_is_negative():
    first, second = sample_devices(500, 4), sample_devices(500, 5)
    needed = pulses_to_flip(0, first, second)
    pairs = np.log(first.initial_resistance) + first.offset
    pairs = pairs - np.log(second.initial_resistance) - second.offset
    assert np.array_equal(needed > 0, pairs > 0)
    with pytest.raises(ValueError, match="pulses must be finite"):
        plasticity(np.nan, first)


def test_programming_ends_after_its_bursts():
    """A pair that cannot be brought to its sign is left after 255 pulses, not pulsed for ever."""
    pairs = DifferentialSynapses(200, 6, imperfections="spread", refresh="program and verify")
    before = pairs.weights
    for _ in range(30):
        pairs.update(-14 * before.astype(int))
    sides = pairs.raising, pairs.lowering
    refreshed = sides[0].sets > 0
    assert refreshed.any()
    most = max(int(side.pulses[refreshed].max()) for side in sides)
    assert most <= 255 + 14 * 30
