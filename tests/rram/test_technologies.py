"""Devices as objects: presets, shapes, drift, own laws and responses, Markov synapses."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import stats

from theory.rram import (
    PRESETS,
    Device,
    DeviceArray,
    DeviceExperiment,
    DeviceLaws,
    DifferentialSynapses,
    Drift,
    Fixed,
    Response,
    Telegraph,
    TruncatedExponential,
    TruncatedLaw,
    TruncatedLognormal,
    TruncatedNormal,
    adapted,
    asymmetry_survival,
    dense,
    device_factor,
    flip_probability,
    log_ratio_distribution,
    mean_growth,
    mean_log_ratio,
    plasticity,
    preset,
    pulses_to_flip,
    repair_gains,
    run_devices,
    sample_devices,
    share_of_a_pulse,
    soft_bound_signal,
    soft_bound_synapse,
    tail_exponent,
    train,
    untruncated_pulses_before,
    weakened,
)
from theory.rram.derivations import technologies
from theory.rram.derivations.shapes import ends_of_the_shapes
from theory.rram.experiment import most_pulses
from theory.rram.repair import EPOCHS
from theory.rram.responses import RESPONSES

ERRORS = 5  # standard errors: one false alarm in a million
DRAWS = 40_000
GRID = np.array([0.0, 30.0, 300.0, 1500.0])


@pytest.mark.parametrize("name", PRESETS)
def test_mean_spread_and_plasticity_of_every_technology(name):
    device = preset(name)
    devices = device.sample(DRAWS, 3)
    for t in GRID:
        w = mean_log_ratio(int(t), devices)
        error = w.std() / np.sqrt(DRAWS)
        assert abs(w.mean() - device.mean(t)) < ERRORS * error
        fourth = np.mean((w - w.mean()) ** 4)
        variance_error = np.sqrt((fourth - w.var() ** 2) / DRAWS)
        assert abs(w.var() - device.deviation(t) ** 2) < ERRORS * variance_error
        slope = plasticity(t, devices)
        expected = device.factor(t) * device.laws.fast_slope.mean
        assert abs(slope.mean() - expected) < ERRORS * max(slope.std(), 1e-9) / np.sqrt(DRAWS)


@pytest.mark.parametrize("name", PRESETS)
def test_the_factor_is_the_slope_of_the_mean(name):
    device = preset(name)
    for t in (50.0, 700.0):
        step = 0.5
        slope = (device.mean(t + step) - device.mean(t - step)) / (2 * step)
        assert slope == pytest.approx(device.factor(t) * device.laws.fast_slope.mean, rel=1e-3)


@pytest.mark.parametrize("name", RESPONSES)
def test_the_distribution_and_the_exact_flips_know_the_shape(name):
    device = preset("published", response=name)
    devices = device.sample(DRAWS, 4)
    x, probability = log_ratio_distribution(600.0, device.laws, response=name)
    w = np.sort(mean_log_ratio(600, devices))
    # Binned laws lie within two bins; 2.5 over the root of the draws is passed once in 10^5.
    step, empirical = x[1] - x[0], np.arange(1, DRAWS + 1) / DRAWS
    for shift in (-2 * step, 2 * step):
        inside = np.interp(w + shift, x, probability)
        assert np.all(np.sign(shift) * (inside - empirical) > -2.5 / np.sqrt(DRAWS))
    pairs = DifferentialSynapses(3000, 6, imperfections="spread", device=device, dtype=float)
    sides = pairs.raising.devices, pairs.lowering.devices
    needed = pulses_to_flip(200, *sides)
    finite = np.isfinite(needed) & (needed > 0)
    t = needed[finite]

    def level(side, pulses):
        d = type(side)(
            *(
                getattr(side, f)[finite]
                for f in ("fast_slope", "kink", "offset", "slow_slope", "initial_resistance")
            ),
            side.response,
        )
        fresh = d.response.fresh_pulses(pulses, d.kink)
        return (np.log(d.initial_resistance) + d.offset + d.fast_slope * fresh
                + d.slow_slope * (pulses - fresh))  # fmt: skip

    assert np.allclose(level(sides[0], np.full(len(t), 200.0)), level(sides[1], t), atol=1e-9)
    assert finite.mean() > 0.5 and flip_probability(3, *sides, 14).max() <= 0.5


def test_the_steps_of_each_shape_are_those_of_its_name():
    """Soft bound: a share of what is left. Exponential step: slower by what has been reached."""
    devices = sample_devices(50, 0, laws=preset("soft bound").laws)
    t = np.arange(0, 900, 30)[:, None]
    bound = devices.fast_slope * devices.kink
    for name, wanted in (
        ("soft bound", lambda w: (bound - w) * share_of_a_pulse(devices.kink)),
        ("linear", lambda w: devices.fast_slope + 0 * w),
    ):
        mine = replace(devices, response=RESPONSES[name])
        w = mean_log_ratio(t, mine) - devices.offset
        assert np.allclose(mean_log_ratio(t + 1, mine) - devices.offset - w, wanted(w), atol=1e-13)
    logarithmic = replace(devices, response=RESPONSES["exponential step"])
    w = mean_log_ratio(t, logarithmic) - devices.offset
    slope = plasticity(t.astype(float), logarithmic)
    assert np.allclose(slope, devices.fast_slope * np.exp(-w / bound), rtol=1e-12)


def test_derivations_of_the_shapes(value):
    t, scale, slope = 130.0, 400.0, 7e-4
    for name in ("soft bound", "exponential step"):
        derivation = technologies.soft_bound() if name == "soft bound" else (
            technologies.exponential_step())  # fmt: skip
        shape = RESPONSES[name]
        named = {"t": t, "t_k": scale, "m_1": slope}
        assert value(derivation["response"].rhs, **named) == pytest.approx(
            slope * shape.fresh_pulses(t, scale)
        )
        assert value(derivation["slope"].rhs, **named) == pytest.approx(
            slope * float(shape.freshness(t, scale))
        )
    ends = ends_of_the_shapes()
    for short, name in (("soft", "soft bound"), ("step", "exponential step")):
        shape = RESPONSES[name]
        assert value(ends[name].rhs, t=t, X=scale) == pytest.approx(shape.fresh_pulses(t, scale))
        # The next terms are -t^4/24X^3 and -t^4/4X^3; both series alternate.
        few, error = value(ends[f"{short}, few pulses"], t=9.0, X=scale), 9.0**4 / scale**3
        assert -error / 4 < shape.fresh_pulses(9.0, scale) - few < -error / 25
    assert value(ends["soft, many pulses"].rhs, X=scale) == pytest.approx(
        RESPONSES["soft bound"].fresh_pulses(40 * scale, scale), rel=2 * np.exp(-40)
    )
    many = 1e7
    beyond = RESPONSES["exponential step"].fresh_pulses(many, scale) - scale * np.log(many / scale)
    assert value(ends["past the scale"].rhs.subs(
        ends["exponential step"].lhs, ends["exponential step"].rhs), t=many, X=scale
    ) == pytest.approx(beyond, rel=1e-9)  # fmt: skip
    assert value(ends["in a small number"].rhs, t=many, X=scale) == pytest.approx(beyond, rel=1e-9)
    assert float(ends["step, many pulses"].rhs) == pytest.approx(beyond, abs=scale**2 / many)
    lost = technologies.drift_of_a_pair()["spread"].rhs
    drift = Drift()
    assert value(lost, tau=50.0, tau_0=1.0, V=drift.exponent.variance) == pytest.approx(
        float(drift.pair_deviation(50.0)) ** 2
    )
    memory = technologies.soft_bound_synapse()
    # The signal is derived: what is put in are events, and that means and variances add.
    assert [step.name for step in memory if step.is_premise] == [
        "an element", "its variance", "the weight", "variance of the weight", "mean square",
        "over weights", "at rest", "later events", "sum over synapses",
    ]  # fmt: skip
    synapse = soft_bound_synapse(3, 0.2)
    resting = np.linalg.matrix_power((synapse.potentiation + synapse.depression) / 2, 400)[0]
    assert value(memory["equilibrium"].rhs, q=0.2, n=3.0) == pytest.approx(
        resting @ synapse.weights**2, rel=1e-9
    )
    gained = memory["signal"].rhs
    assert value(gained, N=9.0, q=0.2, n=3.0, t=4.0) == pytest.approx(
        float(soft_bound_signal(4.0, 0.2, 3, 9.0))
    )


@pytest.mark.parametrize(
    "law",
    [
        DeviceLaws().fast_slope,
        TruncatedLognormal(low=1e-5, high=5e-3, mu=-7.5, sigma=0.6),
        TruncatedNormal(low=1e-4, high=1e-3, centre=5e-4, deviation=2e-4),
    ],
)
def test_the_asymmetry_of_any_law(law):
    device = Device(laws=replace(DeviceLaws(), fast_slope=law))
    m, other = law.sample((2, DRAWS), 8)
    a = (m - other) / (m + other)
    for at in (-0.5, 0.0, 0.3, 0.8):
        found = device.asymmetry_survival(at)
        assert abs(np.mean(a > at) - found) < ERRORS * np.sqrt(0.25 / DRAWS)
    assert device.asymmetry_survival(1.0) == 0 and device.asymmetry_survival(-1.0) == 1
    if isinstance(law, TruncatedExponential):
        # The closed form leaves the upper cut out, which holds back a share of 1e-5.
        epsilon = law.location / law.scale
        assert device.asymmetry_survival(0.3) == pytest.approx(
            float(asymmetry_survival(0.3, epsilon)), abs=3e-5
        )


def test_drift_lowers_what_is_left_alone_and_pulses_bring_it_back():
    array = DeviceArray(
        4000, 1, device=preset("phase change"), imperfections=("drift",), dtype=float
    )
    array.pulse(50)
    before, nu = array.log_ratio.copy(), array.devices.drift_exponent
    assert np.all(array.drift == 0)
    never = DeviceArray(5, 1, device=preset("phase change"), imperfections=("drift",), dtype=float)
    for _ in range(3):
        never.pulse(0)  # devices drift from the start on, pulsed or not
    assert np.allclose(never.drift, never.devices.drift_exponent * np.log(4))
    idle = np.zeros(4000, int)
    for _ in range(30):
        array.pulse(idle)
    assert np.allclose(before - array.log_ratio, nu * np.log(31))
    mean = array.device.drift.mean_loss(30)
    assert abs(array.drift.mean() - mean) < ERRORS * array.drift.std() / np.sqrt(4000)
    some = idle.copy()
    some[:7] = 2
    array.pulse(some)
    assert np.all(array.drift[:7] == 0) and np.all(array.drift[7:] > 0)
    reset, drifted = np.arange(4000) >= 3990, array.drift.copy()
    array.set(reset)
    assert np.all(array.drift[reset] == 0)
    np.testing.assert_array_equal(array.drift[~reset], drifted[~reset])
    array.pulse(idle)
    assert np.allclose(array.drift[reset], nu[reset] * np.log(2))
    without = DeviceArray(5, 1, device=preset("phase change"), imperfections="noise")
    without.pulse(3)
    assert np.all(without.drift == 0)


def test_drift_takes_signs_at_the_rate_of_its_law():
    wide = TruncatedNormal(low=-0.5, high=0.6, centre=0.05, deviation=0.02)
    device = preset("phase change", drift=Drift(exponent=wide, unit=2.0))
    pairs = DifferentialSynapses(20_000, 2, imperfections=("drift",), device=device, dtype=float)
    pairs.raising.pulse(40)
    pairs.lowering.pulse(10)
    start = pairs.log_ratio.copy()
    for _ in range(200):
        pairs.update(np.zeros(20_000, int))
    lost = np.mean(np.sign(pairs.log_ratio) != np.sign(start))
    expected = device.drift.sign_loss(start, 200.0).mean()
    assert 0.05 < expected and abs(lost - expected) < ERRORS * np.sqrt(0.25 / 20_000)


@pytest.mark.parametrize("elements", [1, 2, 7, 40])
def test_the_soft_bound_is_a_markov_synapse_with_one_time_constant(elements):
    q, times = 0.13, np.array([0.0, 1.0, 7.0, 30.0])
    synapse = soft_bound_synapse(elements, q)
    found = synapse.signal_to_noise(times, synapses=50.0)
    assert np.allclose(found, soft_bound_signal(times, q, elements, 50.0), rtol=1e-9)
    # Potentiation alone: the mean weight goes the way of a device that is pulsed.
    scale = -1 / np.log1p(-q)
    state = np.eye(elements + 1)[0]
    for t in range(1, 6):
        state = state @ synapse.potentiation
        risen = RESPONSES["soft bound"].fresh_pulses(float(t), scale) / scale
        assert (state @ synapse.weights + 1) / 2 == pytest.approx(risen, rel=1e-12)
    assert share_of_a_pulse(scale) == pytest.approx(q)


def test_infinitely_many_elements_are_the_analog_weight():
    rng, q, size = np.random.default_rng(0), 0.1, 40_000
    w = np.zeros(size)
    for _ in range(150):
        w += q * (rng.choice([-1.0, 1.0], size) - w)
    deviation = np.sqrt(q / (2 - q))
    assert abs(w.std() / deviation - 1) < ERRORS * np.sqrt(0.5 / size)
    assert soft_bound_signal(0.0, q) == pytest.approx(q / deviation)


@dataclass(frozen=True)
class Rayleigh(TruncatedLaw):
    """A law of one's own: three methods."""

    width: float

    def uncut_cdf(self, x):
        return -np.expm1(-(np.asarray(x, float) ** 2) / (2 * self.width**2))

    def uncut_quantile(self, probability):
        return self.width * np.sqrt(-2 * np.log1p(-probability))

    def uncut_density(self, x):
        return x / self.width**2 * np.exp(-(x**2) / (2 * self.width**2))


@dataclass(frozen=True)
class SquareRoot(Response):
    """A response of one's own: two methods."""

    def fresh_pulses(self, pulses, scale):
        return scale * (np.sqrt(1 + 2 * pulses / scale) - 1)

    def freshness(self, pulses, scale):
        return 1 / np.sqrt(1 + 2 * np.asarray(pulses) / scale)


def test_own_laws_and_responses_can_be_predicted_and_trained_with():
    law = Rayleigh(low=0.0, high=4e-3, width=6e-4)
    wanted = stats.rayleigh(scale=6e-4)
    assert law.mean == pytest.approx(wanted.mean(), rel=1e-6)
    assert law.variance == pytest.approx(wanted.var(), rel=1e-4)
    wide = law.widened(law.quantile((np.arange(200_000) + 0.5) / 200_000), 1.5)
    assert wide.std() == pytest.approx(1.5 * np.sqrt(law.variance), rel=1e-3)
    assert mean_growth(500.0, law) == pytest.approx(
        np.mean(np.exp(500 * law.quantile((np.arange(400_000) + 0.5) / 400_000))), rel=1e-5
    )
    mine = Device(laws=replace(DeviceLaws(), fast_slope=law), response=SquareRoot(), name="mine")
    devices = mine.sample(DRAWS, 1)
    w = mean_log_ratio(400, devices)
    assert abs(w.mean() - mine.mean(400.0)) < ERRORS * w.std() / np.sqrt(DRAWS)
    experiment = dense(device=mine, epochs=1, hidden=(8,), test_share=0.9)
    learner, measured = train(experiment, 0)
    assert learner.optimizer.synapses[0].raising.devices.response == SquareRoot()
    assert measured["pulses"][-1] > 0


def test_what_knows_one_law_only_says_so():
    law = Rayleigh(low=0.0, high=4e-3, width=6e-4)
    with pytest.raises(TypeError, match="law must be a TruncatedExponential, not Rayleigh"):
        tail_exponent(100.0, law)
    with pytest.raises(TypeError, match="law must be a TruncatedLognormal, not Rayleigh"):
        untruncated_pulses_before(100.0, law)

    @dataclass(frozen=True)
    class Half(TruncatedLaw):
        def uncut_cdf(self, x):
            return np.asarray(x, float)

    with pytest.raises(
        NotImplementedError, match=r"Half must define uncut_quantile\(probability\)"
    ):
        Half(0.0, 1.0).quantile(0.5)
    with pytest.raises(NotImplementedError, match="must define fresh_pulses"):
        Response().fresh_pulses(1.0, 2.0)


def test_own_images_and_devices_reach_a_run():
    from theory.data import load_images

    task = load_images("digits", test_share=0.8)
    base = dense(images=task, epochs=1, hidden=(8,))
    assert np.array_equal(
        run_devices(base, 1)["accuracy"],
        train(dense(epochs=1, hidden=(8,)), 1, task=task)[1]["accuracy"],
    )
    loud = adapted(base, telegraph=Telegraph(0.3, 0.3), amplitude=3.0, strength=0.5)
    learner = train(loud, 1)[0]
    side = learner.optimizer.synapses[0].raising
    assert side.device.strength == 0.5 and side.noise.amplitude.max() > 2.5
    assert side.noise.telegraph == Telegraph(0.3, 0.3)
    assert most_pulses(adapted(base, taps=30)) == 29 and most_pulses(replace(base, largest=3)) == 3


def test_repairs_are_ranked_by_paired_differences():
    base = dense(epochs=1, hidden=(8,), test_share=0.9)
    gains = repair_gains(base, (0, 1, 2), step=1.0, backend="serial", progress=False)
    assert "drift" not in gains and len(gains) == 7
    values = [gain for gain, _ in gains.values()]
    assert values == sorted(values, reverse=True)
    # By hand: runs without the spread of the slope against runs with it.
    runs = [
        [100 * run_devices(e, seed)["accuracy"].mean() for seed in (0, 1, 2)]
        for e in (weakened(base, "fast_slope", 0.0), base)
    ]
    gap = np.subtract(*runs)
    mean, error = gains["fast_slope"]
    assert mean == pytest.approx(gap.mean()) and error == pytest.approx(gap.std(ddof=1) / 3**0.5)


def test_weakening_scales_what_it_names():
    device = preset("phase change")
    base = DeviceExperiment(device=device, widths={"kink": 0.8})
    assert dict(weakened(base, "kink", 0.5).widths) == {"kink": 0.4}
    assert weakened(base, "pink", 0.5).device.strength == 0.0125
    assert weakened(base, "telegraph", 0.0).device.amplitude == 0
    assert weakened(base, "drift", 0.5).device.drift.strength == 0.5
    assert Device().scaled("drift", 0.0) == Device()
    silent = DeviceArray(100, 0, device=device.scaled("pink", 0).scaled("telegraph", 0))
    silent.pulse(500)
    assert np.all(silent.pink == 0) and np.all(silent.telegraph == 0)


def test_a_fixed_law_has_one_value():
    law = Fixed(3.0)
    assert law.mean == 3 and law.variance == 0 and law.sample(4, 0).tolist() == [3] * 4
    assert law.cdf(2.9) == 0 and law.cdf(3.0) == 1 and law.widened(3.0, 2.0) == 3
    with pytest.raises(ValueError, match="has no density"):
        law.density(3.0)
    with pytest.raises(ValueError, match="high must be left out"):
        Fixed(3.0, 4.0)


def test_a_wide_law_of_the_start_stays_positive():
    widened = sample_devices(2000, 0, widths={"initial_resistance": 4.0})
    assert widened.initial_resistance.min() > 0


@pytest.mark.parametrize(
    ("act", "error", "sentence"),
    [
        (lambda: Device(laws=3), TypeError, "laws must be a DeviceLaws"),
        (lambda: Device(response="bent"), ValueError, "response must be one of 'two slopes'"),
        (lambda: Device(response=3), TypeError, "response must be a Response or text"),
        (lambda: Device(drift=0.1), TypeError, "drift must be a Drift or None"),
        (lambda: Device(strength=-1.0), ValueError, "strength must be"),
        (lambda: Device(taps=0), ValueError, "taps must be"),
        (lambda: preset("magnetic"), ValueError, "name must be one of 'published'"),
        (lambda: Device().scaled("kink", 1.0), ValueError, "imperfection must be one of"),
        (lambda: Drift(unit=0.0), ValueError, "unit must be"),
        (lambda: Drift(exponent=0.05), TypeError, "exponent must be a TruncatedLaw"),
        (lambda: DeviceArray(3, 0, device="published"), TypeError, "device must be a Device"),
        (lambda: DeviceExperiment(hidden=256), TypeError, "hidden must be a list or tuple"),
        (lambda: DeviceExperiment(hidden=(0,)), ValueError, "hidden must be an integer, 1 or"),
        (lambda: DeviceExperiment(largest=0), ValueError, "largest must be an integer, 1 or"),
        (lambda: DeviceExperiment(side=0), ValueError, "side must be"),
        (lambda: DeviceExperiment(refresh_after=-1), ValueError, "refresh_after must be"),
        (lambda: DeviceExperiment(test_share=1.5), ValueError, "test_share must be"),
        (lambda: DeviceExperiment(images="numbers"), ValueError, "images must be one of"),
        (
            lambda: DeviceExperiment(images=np.ones(3)),
            TypeError,
            "images must be text or an ImageTask",
        ),
        (lambda: DeviceExperiment(scale="huge"), ValueError, "scale must be one of"),
        (lambda: DeviceExperiment(device="mine"), TypeError, "device must be a Device"),
        (lambda: DeviceExperiment(augmented=1), TypeError, "augmented must be True or False"),
        (lambda: DeviceLaws().kink.quantile(50), ValueError, "probability must lie in"),
        (lambda: device_factor(-100.0), ValueError, "pulses must be 0 or above"),
        (lambda: repair_gains(dense(), (0,)), ValueError, "seeds holds 1"),
        (lambda: repair_gains(dense(), (0, 1), step=0.0), ValueError, "step must be"),
        (lambda: soft_bound_signal(-1.0, 0.5), ValueError, "times must be 0 or above"),
        (lambda: share_of_a_pulse([3.0, 0.0]), ValueError, "scale must be above 0"),
    ],
)
def test_bad_devices_get_a_sentence(act, error, sentence):
    with pytest.raises(error, match=sentence):
        act()
    assert EPOCHS == ("last", "best")
