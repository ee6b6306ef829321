"""Fits of measured traces: generated truth comes back within the stated errors."""

import io

import numpy as np
import pytest
from scipy.stats import expon, norm

from theory.rram import (
    DeviceArray,
    DeviceLaws,
    MeasuredTraces,
    Telegraph,
    TruncatedExponential,
    choose_response,
    chosen_laws,
    coverage,
    fit_device,
    fit_law,
    fit_laws,
    fit_pink,
    fit_response,
    fit_telegraph,
    fit_two_slopes,
    misfit_probability,
    pink_covariance,
    pink_mean,
    preset,
    record_traces,
    sample_traces,
)
from theory.rram.device_laws import SPREADS
from theory.rram.telegraph_fit import _full_density, _smooth, _table, log_likelihoods

PULSES = np.arange(1, 2001)
# Scores (estimate - truth) / error have mean 0 and deviation 1 if the errors hold. Their means over
# n devices are known to 1 / sqrt(n); errors are asymptotic, and allowed to be a half too small.
SPREAD = 1.5


@pytest.fixture(scope="module")
def quiet():
    """Forty devices with spread and pink noise."""
    array = DeviceArray(40, 5, imperfections=("spread", "pink"), dtype=float)
    return array, record_traces(array, 2000).log_ratio[1:]


def test_akaikes_criterion_of_a_normal_law_is_known():
    x = np.random.default_rng(3).normal(2.0, 0.5, 200)
    likelihood = norm.logpdf(x, x.mean(), x.std()).sum()  # its largest value, in closed form
    fitted = fit_law(x, "normal", window=(-40, 40))  # so wide that nothing is cut
    assert fitted.criterion == pytest.approx(2 * 2 - 2 * likelihood, rel=1e-8)
    # Errors by Fisher's information at the estimate, from second differences of step 1e-3.
    errors = x.std() / np.sqrt(200), x.std() / np.sqrt(400)
    np.testing.assert_allclose(list(fitted.errors.values()), errors, rtol=1e-5)
    fitted = fit_law(np.exp(x), "lognormal", window=(0, 1e30))
    np.testing.assert_allclose(list(fitted.errors.values()), errors, rtol=1e-5)
    waits = np.random.default_rng(4).exponential(3.0, 200)
    fitted = fit_law(waits, "exponential", window=(0, 1e5))
    np.testing.assert_allclose([*fitted.errors.values()], waits.mean() / np.sqrt(200), rtol=1e-5)


def test_two_slopes_come_back_within_their_errors(quiet):
    array, w = quiet
    fits = [fit_two_slopes(PULSES, column) for column in w.T]
    seen = np.array([fit.kink_seen for fit in fits])
    assert seen.mean() > 0.8
    lift = {"offset": pink_mean(15)}
    for name in ("offset", "fast_slope", "slow_slope", "kink"):
        truth = getattr(array.devices, name)[seen] + lift.get(name, 0)
        found, error = (np.array([getattr(f, part)[name] for f in fits])[seen]
                        for part in ("values", "errors"))  # fmt: skip
        mean, deviation = coverage(found, error, truth)
        assert abs(mean) < 4 * SPREAD / np.sqrt(seen.sum()) and 0.6 < deviation < SPREAD, name
    # A filter makes the variance of a mean larger by the square of the sum of taps over that of
    # squares.
    assert np.mean([f.inflation for f in fits]) == pytest.approx(4.3339**2 / 1.92301, rel=0.2)


def test_reads_that_are_skipped_count_for_nothing(quiet):
    w = quiet[1][:, 0]
    spoilt, late = np.where(PULSES <= 60, w + 3.0, w), PULSES > 60
    for fit in (fit_two_slopes, lambda *data, skip: fit_response(*data, "soft bound", skip=skip)):
        skipped, alone = fit(PULSES, spoilt, skip=60), fit(PULSES[late], w[late], skip=60)
        assert skipped.values == pytest.approx(alone.values, rel=1e-9)
        assert skipped.errors == pytest.approx(alone.errors, rel=1e-7)
        assert not skipped.used[:60].any()
        assert fit(PULSES, w, skip=15).values != skipped.values


def test_the_fit_without_noise_is_exact():
    devices = DeviceArray(5, 2, imperfections="spread", dtype=float).devices
    for k in range(5):
        fresh = np.minimum(PULSES, devices.kink[k])
        w = 0.01 + devices.fast_slope[k] * fresh + devices.slow_slope[k] * (PULSES - fresh)
        values = fit_two_slopes(PULSES, w, used=np.ones(2000, bool)).values
        assert values["kink"] == pytest.approx(devices.kink[k], rel=1e-3)
        assert values["fast_slope"] == pytest.approx(devices.fast_slope[k], rel=1e-3)


@pytest.mark.parametrize("truth", ["published", "soft bound", "exponential step", "linear"])
def test_the_shape_of_the_response_is_recognised(truth):
    """And a wrong shape shows: its criterion is worse by far more than chance would make it.

    A logarithm and a soft bound with a second slope are too much alike for six traces.
    """
    traces = sample_traces(preset(truth), 6, 2000, 3, imperfections=("spread", "pink"))
    series = [traces.log_ratio(k) for k in range(6)]
    scores = choose_response(*zip(*series, strict=True))
    wanted = "two slopes" if truth == "published" else truth
    ranked = sorted(scores, key=scores.get)
    if truth == "linear":  # the others contain it, at the price of two parameters a device
        assert scores["linear"] < min(scores.values()) + 4 * 6
    else:
        alike = {"soft bound", "exponential step"} if truth == "exponential step" else {wanted}
        assert ranked[0] in alike and scores[ranked[len(alike)]] > scores[wanted] + 10
        assert scores["linear"] > scores[wanted] + 100


def enumerated(emission, chain, start):
    """Likelihood of one series as a sum over all paths of the two states."""
    reads = emission.shape[1]
    total = 0.0
    for path in range(2**reads):
        states = [(path >> k) & 1 for k in range(reads)]
        weight, before = 1.0, None
        for k, state in enumerate(states):
            move = start @ chain if before is None else chain[before]
            weight *= move[state] * np.exp(emission[state, k])
            before = state
        total += weight
    return total


def test_the_likelihood_is_the_sum_over_all_paths():
    rng = np.random.default_rng(0)
    emission = rng.normal(size=(2, 9, 3))
    up, down = 0.1, 0.3
    chain = np.array([[1 - up, up], [down, 1 - down]])
    found = log_likelihoods(emission, np.log([up, down]), 1, True)
    for device in range(3):
        whole = enumerated(emission[:, :, device], chain, np.array([1.0, 0.0]))
        assert found[device] == pytest.approx(np.log(whole), rel=1e-12)
    # The chance of the full state at a read is the share of the paths through it.
    high, moves = _smooth(emission, up, down, True)
    blocked = emission.copy()
    blocked[0, 4] = -np.inf
    through = log_likelihoods(np.maximum(blocked, -700), np.log([up, down]), 1, True)
    assert np.allclose(high[4], np.exp(through - found))
    assert moves.sum() == pytest.approx(8 * 3)


@pytest.mark.parametrize("seed", [0, 1])
def test_telegraph_noise_comes_back_within_its_errors(seed):
    array = DeviceArray(24, seed, imperfections="noise", dtype=float)
    traces = record_traces(array, 2000)
    r = (traces.pink + traces.telegraph)[1:]
    r[:15] = np.nan
    fit = fit_telegraph(r)
    assert abs(fit.rise - 0.0008) < 4 * fit.rise_error < 0.004
    assert abs(fit.fall - 0.002) < 4 * fit.fall_error < 0.01
    told = np.isfinite(fit.amplitude_error)
    assert told.sum() > 10
    mean, deviation = coverage(
        fit.amplitude[told], fit.amplitude_error[told], array.noise.amplitude[told]
    )
    assert abs(mean) < 4 * SPREAD / np.sqrt(told.sum()) and deviation < 1.6 * SPREAD
    # The level is the mean of the pink noise, which a few missed bursts may raise.
    assert fit.level == pytest.approx(pink_mean(15), abs=0.002)
    full = traces.telegraph[16:] > 3 * 0.01
    assert np.mean(fit.high[15:][full] > 0.5) > 0.95


def test_faster_switches_are_told_from_slower_ones_and_sparse_reads_allowed():
    chain = Telegraph(0.004, 0.02)
    array = DeviceArray(20, 3, imperfections="noise", telegraph=chain, dtype=float)
    array.pulse(60)
    r = []
    for _ in range(600):
        array.pulse(5)  # a read after every fifth pulse
        r.append(array.log_ratio - array.mean)
    fit = fit_telegraph(np.array(r), every=5, thin=3, start="stationary")
    assert abs(fit.rise - 0.004) < 4 * fit.rise_error
    assert abs(fit.fall - 0.02) < 4 * fit.fall_error


@pytest.mark.parametrize(("taps", "strength"), [(15, 0.025), (40, 0.1), (1, 0.02)])
def test_pink_noise_comes_back_within_its_error(taps, strength):
    array = DeviceArray(
        12, taps, imperfections=("pink",), taps=taps, strength=strength, dtype=float
    )
    array.pulse(200)
    series = record_traces(array, 2048).pink[1:]
    fit = fit_pink(list(series.T))
    assert abs(fit.strength - strength) < 4 * fit.error < 0.1 * strength
    # As likely as the best within a factor of exp(-WITHIN / 2): a few neighbours.
    assert 0.6 * taps <= fit.taps_range[0] <= taps <= fit.taps_range[1] <= 1.7 * taps
    assert fit.stretches == 12 * 8


@pytest.mark.parametrize("seed", range(4))
def test_the_taps_that_are_kept_are_as_likely_as_said(seed):
    """Against densities of exponential variables: lines of a periodogram are such."""
    length, candidates = 32, range(4, 24)
    array = DeviceArray(8, seed, imperfections=("pink",), taps=11, dtype=float)
    array.pulse(100)
    series = record_traces(array, length).pink[1:].T
    fit = fit_pink(list(series), taps=candidates, length=length)
    power = np.abs(np.fft.fft(series, axis=1))[:, 1 : length // 2] ** 2 / length
    worse = []
    for taps in candidates:
        covariance = pink_covariance(np.abs(np.subtract.outer(range(length), range(length))), taps)
        waves = np.exp(2j * np.pi * np.outer(range(1, length // 2), range(length)) / length)
        expected = np.real(np.einsum("ki,ij,kj->k", waves, covariance, waves.conj())) / length
        scale = np.mean(power / expected)
        worse.append(-expon.logpdf(power, scale=scale * expected).sum())
    likely = [t for t, one in zip(candidates, worse, strict=True) if one <= min(worse) + 1.92]
    assert fit.taps == candidates[int(np.argmin(worse))]
    assert fit.taps_range == (likely[0], likely[-1]) and 1 < len(likely) < len(candidates)


@pytest.mark.parametrize("name", SPREADS)
def test_published_laws_come_back_within_their_errors(name):
    law = getattr(DeviceLaws(), name)
    family = {"fast_slope": "exponential", "slow_slope": "exponential", "kink": "lognormal"}.get(
        name, "normal"
    )
    fit = fit_law(law.sample(800, 7), family, law.support())
    for parameter, error in fit.errors.items():
        assert abs(getattr(fit.law, parameter) - getattr(law, parameter)) < 4 * error, parameter
    assert fit.distance < 2.2 / np.sqrt(800)


def test_the_family_is_chosen_by_its_criterion():
    laws, sample = DeviceLaws(), {}
    for name in ("fast_slope", "kink", "offset"):
        sample[name] = getattr(laws, name).sample(600, 8)
    windows = {name: getattr(laws, name).support() for name in sample}
    fits = fit_laws(sample, windows)
    assert [next(iter(fits[name])) for name in sample] == ["exponential", "lognormal", "normal"]
    chosen = chosen_laws(fits)
    assert chosen.initial_resistance == laws.initial_resistance  # was not fitted
    assert chosen.kink.mean == pytest.approx(laws.kink.mean, rel=0.1)


def test_a_wrong_family_is_found_out():
    """Slopes of a gamma law of shape 4, fitted by an exponential one."""
    rng = np.random.default_rng(9)
    slopes = rng.gamma(4, 1e-4, 150)
    fit = fit_law(slopes, "exponential")
    assert misfit_probability(slopes, fit, "exponential", 0, 39) == 1 / 40
    right = TruncatedExponential(0.0, 0.01, location=0.0, scale=4e-4).sample(150, rng)
    good = fit_law(right, "exponential", (0.0, 0.01))
    assert misfit_probability(right, good, "exponential", 0, 39) > 0.02


def test_a_file_is_read_as_it_was_written():
    traces = sample_traces(devices=3, pulses=120, rng=1)
    text = traces.csv_text()
    assert text.startswith("device,pulse,resistance\nd0,0,")
    again = MeasuredTraces.from_csv(io.StringIO(text))
    assert again.names == traces.names
    for old, new in zip(traces.resistance, again.resistance, strict=True):
        assert np.allclose(old, new, rtol=1e-8)
    t, w = again.log_ratio(2)
    assert t[0] == 1 and w[0] == pytest.approx(
        np.log(traces.resistance[2][1:] / traces.resistance[2][0])[0]
    )


def test_rows_in_any_order_and_devices_of_any_length(tmp_path):
    rows = ["pulse, device, resistance, note"]
    rows += [f"{n},b,{7000 + n},x" for n in range(6, -1, -1)] + [
        f"{n},a,{6900 + n}," for n in range(4)
    ]
    file = tmp_path / "traces.csv"
    file.write_text("\n".join(rows))
    traces = MeasuredTraces.from_csv(file)
    assert traces.names == ("b", "a") and [len(t) for t in traces.pulses] == [7, 4]
    assert traces.initial_resistance.tolist() == [7000, 6900]


def test_a_device_comes_back_from_its_traces():
    truth = preset("published")
    traces = sample_traces(truth, 24, 2000, 3)
    fit = fit_device(traces)
    assert fit.device.taps == 15 and fit.device.response == truth.response
    assert abs(fit.pink.strength - 0.025) < 4 * fit.pink.error
    assert abs(fit.device.telegraph.rise - 0.0008) < 4 * fit.telegraph.rise_error
    assert abs(fit.device.telegraph.fall - 0.002) < 4 * fit.telegraph.fall_error
    # The median of n uniform values is known to half of their range over the root of n.
    told = np.isfinite(fit.telegraph.amplitude_error).sum()
    assert abs(fit.device.amplitude - 0.5) < 4 * 0.5 / np.sqrt(told)
    t = np.array([200.0, 1000.0])
    # The mean over 24 devices is known to their deviation over the root of 24, flat ones left out.
    assert np.all(np.abs(fit.device.mean(t) - truth.mean(t)) < 4 * truth.deviation(t) / 24**0.5)
    array = DeviceArray(10, 0, device=fit.device)
    array.pulse(20)
    assert np.isfinite(array.resistance).all()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda: MeasuredTraces.from_csv(io.StringIO("device,pulse\n")), "resistance is missing"),
        (lambda: MeasuredTraces.from_csv(io.StringIO("device,pulse,resistance\na,x,1\n")),
         "line 2: pulse must be a whole number"),
        (lambda: MeasuredTraces(("a",), (np.arange(1, 5),), (np.ones(4),)), "pulse of device 'a'"),
        (lambda: MeasuredTraces(("a",), (np.arange(4),), (np.array([1, 1, 0, 1]),)), "above 0"),
        (lambda: MeasuredTraces((), (), ()), "names is empty"),
        (lambda: fit_two_slopes(np.arange(20), np.zeros(20)), "a fit needs 50"),
        (lambda: fit_response(np.arange(99), np.zeros(98)), "same length"),
        (lambda: fit_telegraph(np.zeros((10, 2))), "residual must have shape"),
        (lambda: fit_telegraph(np.full((200, 2), np.nan)), "residual must be finite"),
        (lambda: fit_pink([np.zeros(100)]), "a fit needs 8"),
        (lambda: fit_law(np.ones(5), "normal"), "needs ten or more"),
        (lambda: fit_law(np.arange(20.0), "gamma"), "family must be one of"),
        (lambda: fit_law(np.arange(20.0), "normal", (-1, 18.5)), "window must be"),
        (lambda: fit_law(np.arange(20.0), "normal", (0.5, 20)), "window must be"),
        (lambda: fit_law(np.ones(20), "normal"), "window must be"),
        (lambda: fit_law(np.arange(20.0) - 5, "exponential"), "needs values of 0 or above"),
        (lambda: fit_law(np.arange(20.0), "lognormal"), "needs values above 0"),
    ],
)  # fmt: skip
def test_bad_measurements_get_a_sentence(act, sentence):
    with pytest.raises(ValueError, match=sentence):
        act()


@pytest.mark.parametrize("amplitude", [3.0, 12.0, 20.0, 150.0])
def test_the_density_of_the_full_state_is_that_of_a_random_share_of_the_amplitude(amplitude):
    """Interpolated on a grid: 4 per cent where it bends most, at its far end."""
    x = np.linspace(-7.9, min(amplitude, 60.0), 150)
    found = _full_density(x, np.full_like(x, amplitude))
    share = (np.arange(1500) + 0.5) / 1500
    rise = norm.cdf(x[:, None]) - norm.cdf(x[:, None] - amplitude * share)
    wanted = np.log(np.mean(rise / (amplitude * share), axis=1))
    assert np.abs(found - wanted).max() < 0.04
    assert np.abs(found - wanted)[x < 0.8 * amplitude].max() < 4e-3
    assert all(np.all(np.diff(axis) > 0) for axis in _table()[:2])


@pytest.mark.parametrize(
    ("shift", "families"),
    [(0.5, {"exponential", "lognormal", "normal"}), (0.0, {"exponential", "normal"}),
     (-0.5, {"normal"})],
)  # fmt: skip
def test_a_law_is_fitted_where_it_can_hold_the_least_value(shift, families):
    sample = shift + np.append(0.0, np.random.default_rng(0).exponential(0.2, 40))
    assert set(fit_laws({"kink": sample})["kink"]) == families


def test_each_rate_of_a_telegraph_fit_has_its_own_error(monkeypatch):
    from theory.rram import telegraph_fit

    told = (0.1, 0.2), 0.3, -5.0
    monkeypatch.setattr(telegraph_fit, "_curvature", lambda *_: told)
    array = DeviceArray(5, 3, imperfections="noise", telegraph=Telegraph(0.05, 0.1), dtype=float)
    array.pulse(60)
    r = []
    for _ in range(200):
        array.pulse(1)
        r.append(array.log_ratio - array.mean)
    fit = fit_telegraph(np.array(r), thin=1, start="stationary")
    assert (fit.rise_error / fit.rise, fit.fall_error / fit.fall) == pytest.approx(told[0])
