"""Closed forms of the ensemble against simulated arrays, quadrature and limits."""

import numpy as np
import pytest
from scipy import integrate, stats

from theory.rram import (
    DeviceArray,
    DeviceLaws,
    TruncatedExponential,
    TruncatedLognormal,
    fresh_pulse_bounds,
    log_moment,
    log_ratio_distribution,
    mean_growth,
    mean_log_ratio_over_devices,
    pink_mean,
    pink_variance,
    pulse_split,
    tail_exponent,
    untruncated_pulses_before,
    variance_over_devices,
)
from theory.rram.derivations import shapes
from theory.rram.responses import RESPONSES

LAWS = DeviceLaws()
ERRORS = 5  # standard errors


def variance_error(x):
    return np.sqrt((np.mean((x - x.mean()) ** 4) - x.var() ** 2) / len(x))


@pytest.mark.parametrize("pulses", [0, 30, 300, 1000, 3000])
def test_mean_and_variance_of_simulated_devices(pulses):
    count = 40_000
    array = DeviceArray(count, pulses, imperfections="spread", dtype=float)
    array.pulse(pulses)
    w = array.log_ratio
    assert abs(w.mean() - mean_log_ratio_over_devices(pulses)) < ERRORS * w.std() / np.sqrt(count)
    assert abs(w.var() - variance_over_devices(pulses)) < ERRORS * variance_error(w)


def test_noises_add_their_means_and_variances():
    from theory.rram import Telegraph

    count, pulses = 60_000, 700
    array = DeviceArray(count, 1, dtype=float)
    array.pulse(pulses)
    chain, w = Telegraph(), array.log_ratio
    share = chain.high_after(pulses)
    mean = mean_log_ratio_over_devices(pulses) + pink_mean(pulses) + share / 16
    variance = variance_over_devices(pulses) + pink_variance(pulses)
    variance += share * 0.25 / 27 - (share / 16) ** 2
    assert abs(w.mean() - mean) < ERRORS * w.std() / np.sqrt(count)
    assert abs(w.var() - variance) < ERRORS * variance_error(w)


@pytest.mark.parametrize("pulses", [0.0, 20.0, 41.0, 500.0, 2000.0, 5000.0])
def test_the_split_of_pulses_is_an_average_over_kinks(pulses):
    law = LAWS.kink
    found = pulse_split(pulses, law)
    parts = {
        "before": lambda k: min(pulses, k),
        "after": lambda k: max(pulses - k, 0),
        "before_square": lambda k: min(pulses, k) ** 2,
        "after_square": lambda k: max(pulses - k, 0) ** 2,
        "product": lambda k: min(pulses, k) * max(pulses - k, 0),
    }
    for name, part in parts.items():
        wanted = integrate.quad(
            lambda k, part=part: part(k) * law.density(k),
            41,
            2000,
            points=[min(max(pulses, 41), 2000)],
        )[0]
        assert getattr(found, name) == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    assert found.before + found.after == pytest.approx(pulses)


def test_the_untruncated_formula_is_the_limit_of_a_wide_window():
    law = LAWS.kink
    wide = TruncatedLognormal(low=0.0, high=1e9, mu=law.mu, sigma=law.sigma)
    t = np.array([10.0, 300.0, 2000.0])
    assert np.allclose(pulse_split(t, wide).before, untruncated_pulses_before(t, law), rtol=1e-9)
    excess = untruncated_pulses_before(2000.0, law) / pulse_split(2000.0, law).before
    assert 1.05 < excess < 1.2


def test_limits_of_the_mean():
    assert mean_log_ratio_over_devices(0) == pytest.approx(LAWS.offset.mean)
    assert variance_over_devices(0) == pytest.approx(LAWS.offset.variance)
    # Before the first kink the mean is a straight line; behind the last one too.
    early = np.diff(mean_log_ratio_over_devices(np.array([0, 20, 40])))
    assert np.allclose(early, 20 * LAWS.fast_slope.mean)
    late = np.diff(mean_log_ratio_over_devices(np.array([2000, 2100, 2200])))
    assert np.allclose(late, 100 * LAWS.slow_slope.mean)


@pytest.mark.parametrize("with_initial", [False, True])
@pytest.mark.parametrize("pulses", [0, 100, 1200])
def test_the_predicted_distribution_is_that_of_simulated_devices(pulses, with_initial):
    count = 40_000
    array = DeviceArray(count, 11, imperfections="spread", dtype=float)
    array.pulse(pulses)
    values = array.log_resistance if with_initial else array.log_ratio
    x, probability = log_ratio_distribution(pulses, with_initial_resistance=with_initial)
    # The grid is a few thousandths of the range: allow it beside the sampling error.
    statistic = stats.kstest(values, lambda v: np.interp(v, x, probability)).statistic
    assert statistic < 2.5 / np.sqrt(count) + 0.004
    assert probability[-1] == pytest.approx(1, abs=1e-9) and np.all(np.diff(probability) > -1e-12)


def test_the_predicted_distribution_has_the_closed_moments():
    for pulses in (100, 1200):
        x, probability = log_ratio_distribution(pulses)
        weight = np.diff(probability, prepend=0)
        middle = x - (x[1] - x[0]) / 2
        mean = np.sum(weight * middle)
        assert mean == pytest.approx(mean_log_ratio_over_devices(pulses), abs=2e-3)
        spread = np.sum(weight * (middle - mean) ** 2)
        assert spread == pytest.approx(variance_over_devices(pulses), rel=0.01)


def test_growth_is_the_exponential_moment_of_the_cut_law():
    law = LAWS.fast_slope
    for t in (0.0, 100.0, 1 / law.scale, 1600.0, 3000.0):
        wanted = integrate.quad(
            lambda m, t=t: np.exp(m * t) * law.density(m),
            *law.support(),
            epsrel=1e-11,
        )[0]
        assert mean_growth(t, law) == pytest.approx(wanted, rel=1e-8)


def test_without_the_cut_growth_is_the_textbook_one():
    theta = 6.5e-4
    law = TruncatedExponential(low=0.0, high=1.0, location=0.0, scale=theta)
    for t in (10.0, 500.0, 1200.0):
        assert mean_growth(t, law) == pytest.approx(1 / (1 - theta * t), rel=1e-6)


def test_the_tail_is_a_power_law():
    law, t = LAWS.fast_slope, 800
    r = np.array([2.0, 4.0, 8.0])
    survival = 1 - law.cdf(np.log(r) / t)
    slopes = np.diff(np.log(survival)) / np.diff(np.log(r))
    # The cut at the top bends the law by its mass of 1e-5 only.
    assert np.allclose(slopes, -tail_exponent(t, law), rtol=1e-3)
    assert tail_exponent(1 / law.scale, law) == pytest.approx(1)


def test_negative_pulses_are_refused():
    with pytest.raises(ValueError, match="pulses must be a finite number, 0 or above"):
        log_ratio_distribution(-1)


@pytest.mark.parametrize("name", ["soft bound", "exponential step"])
def test_closed_bounds_enclose_an_independent_average(name):
    """Midpoints of 200 000 quantiles: their error falls with the square of the spacing."""
    law, shape = LAWS.kink, RESPONSES[name]
    x = law.quantile((np.arange(200_000) + 0.5) / 200_000)
    t = np.array([0.0, 1.0, 10.0, 41.0, 90.0, 400.0, 2000.0, 6000.0, 3e4, 1e5])
    fresh = np.array([shape.fresh_pulses(one, x) for one in t])
    bounds = fresh_pulse_bounds(t, law, name)
    for power, (low, high) in ((1, bounds.mean), (2, bounds.square)):
        average = np.mean(fresh**power, axis=1)
        assert np.all(low <= average * (1 + 1e-7)) and np.all(average <= high * (1 + 1e-7))
        assert np.all(high >= low)
        # They pinch at both ends: one order of t/X more at the start, X/t more at the end.
        share = (high - low)[[1, 2, -1]] / average[[1, 2, -1]]
        assert share[0] < 1.5e-5 and share[1] < 1.5e-3 and share[2] < 6e-3
    pulses = pulse_split(t, law, name)
    np.testing.assert_allclose(pulses.before, np.mean(fresh, axis=1), rtol=1e-7)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("power", [-2, 1, 3])
def test_moments_with_logarithms(power, order, value):
    law = LAWS.kink
    found = log_moment(law, power, order)
    direct = integrate.quad(
        lambda x: x**power * np.log(x) ** order * law.density(x), law.low, law.high, epsabs=0
    )[0]
    assert found == pytest.approx(direct, rel=1e-9)
    if order == 1:
        ends = {
            f"z_{end}": (np.log(x) - law.mu) / law.sigma
            for end, x in (("a", law.low), ("b", law.high))
        }
        slope = shapes.moments_with_logarithms()["with a logarithm"].rhs
        named = {"p": power, "mu": law.mu, "sigma": law.sigma} | ends
        assert found == pytest.approx(float(value(slope, **named)) / law.mass, rel=1e-9)


def test_the_linear_device_is_closed():
    split = pulse_split([0.0, 700.0], LAWS.kink, "linear")
    assert split.before.tolist() == [0, 700] and split.before_square.tolist() == [0, 490_000]
    assert not split.after.any() and not split.after_square.any() and not split.product.any()


def test_bounds_say_what_they_know():
    with pytest.raises(TypeError, match="response must be the soft bound or the exponential step"):
        fresh_pulse_bounds(1.0, LAWS.kink, "linear")
    with pytest.raises(TypeError, match="law must be a TruncatedLognormal with low > 0"):
        fresh_pulse_bounds(1.0, LAWS.fast_slope, "soft bound")
    with pytest.raises(ValueError, match="pulses must be 0 or above"):
        fresh_pulse_bounds(-1.0, LAWS.kink, "soft bound")
    with pytest.raises(TypeError, match="law must be a TruncatedLognormal with low > 0"):
        log_moment(LAWS.offset, 1)
    with pytest.raises(ValueError, match="order must be 0, 1 or 2, not 3"):
        log_moment(LAWS.kink, 1, 3)
