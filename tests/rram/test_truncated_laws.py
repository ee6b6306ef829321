"""Truncated laws: closed forms against quadrature and against samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from theory.rram import (
    DeviceLaws,
    TruncatedExponential,
    TruncatedLognormal,
    TruncatedNormal,
    sample_devices,
    spread_factors,
    switched_on,
)
from theory.rram.device_laws import IMPERFECTIONS, SPREADS

LAWS = DeviceLaws()
EXAMPLES = {
    "exponential": TruncatedExponential(low=0.1, high=3.0, location=0.3, scale=0.8),
    "lognormal": TruncatedLognormal(low=0.2, high=4.0, mu=0.1, sigma=0.7),
    "normal": TruncatedNormal(low=-1.0, high=2.0, centre=0.4, deviation=0.9),
} | {name: getattr(LAWS, name) for name in SPREADS}
SCIPY = {
    "fast_slope": stats.expon(3.7415768289771944e-05, 0.0006564678011593196),
    "kink": stats.lognorm(0.8033817700570505, 0, 542.5385224079308),
    "offset": stats.norm(0.005293141020227579, 0.05320804175540371),
    "slow_slope": stats.expon(1.644496812189661e-34, 2.8890516951651312e-05),
    "initial_resistance": stats.norm(6988, 381.7),
}
DRAWS = 40_000
# Five standard errors: one false alarm in a million for each comparison.
ERRORS = 5


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("power", [0, 1, 2])
def test_partial_moments_are_the_integrals_of_the_density(name, power):
    law = EXAMPLES[name]
    low, high = law.support()
    for share in (0.3, 1.0):
        upto = low + share * (high - low)
        wanted, error = integrate.quad(
            lambda x: x**power * law.density(x), low, upto, epsabs=0, epsrel=1e-11, limit=200
        )
        assert law.partial_moment(power, upto=upto) == pytest.approx(wanted, rel=1e-9, abs=error)
    assert law.partial_moment(power, upto=low - 1) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("name", ["exponential", "lognormal", "fast_slope", "kink"])
def test_moments_of_any_power(name):
    law = EXAMPLES[name]
    low, high = law.support()
    for power in (0.5, 3.3):
        wanted = integrate.quad(lambda x: x**power * law.density(x), low, high, epsrel=1e-10)[0]  # noqa: B023
        assert law.partial_moment(power) == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("name", EXAMPLES)
def test_samples_have_the_closed_moments_and_the_distribution(name):
    law = EXAMPLES[name]
    x = law.sample(DRAWS, 5)
    low, high = law.support()
    assert x.min() >= low and x.max() <= high
    assert abs(x.mean() - law.mean) < ERRORS * np.sqrt(law.variance / DRAWS)
    fourth = np.mean((x - x.mean()) ** 4)
    variance_error = np.sqrt((fourth - law.variance**2) / DRAWS)
    assert abs(x.var() - law.variance) < ERRORS * variance_error
    # A false alarm in a million: the p-value is uniform under the law.
    assert stats.kstest(x, law.cdf).pvalue > 1e-6


@pytest.mark.parametrize("name", SPREADS)
def test_the_fitted_laws_are_those_of_the_released_parametrisation(name):
    law, uncut = getattr(LAWS, name), SCIPY[name]
    low, high = law.support()
    assert law.mass == pytest.approx(uncut.cdf(high) - uncut.cdf(low), rel=1e-12)
    x = np.linspace(low, high, 7)[1:-1]
    assert np.allclose(law.density(x), uncut.pdf(x) / law.mass, rtol=1e-10)
    assert np.allclose(law.cdf(x), (uncut.cdf(x) - uncut.cdf(low)) / law.mass, atol=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(EXAMPLES)), st.floats(0, 1))
def test_the_quantile_inverts_the_distribution_function(name, probability):
    law = EXAMPLES[name]
    assert law.cdf(law.quantile(probability)) == pytest.approx(probability, abs=1e-9)


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 2.0])
def test_a_widened_law_keeps_its_mean_and_multiplies_its_deviation(name, factor):
    law = getattr(LAWS, name)
    # Midpoints in probability: a quadrature, so that heavy tails cause no sampling error.
    x = law.widened(law.quantile((np.arange(400_000) + 0.5) / 400_000), factor)
    assert x.mean() == pytest.approx(law.mean, rel=1e-3, abs=1e-9)
    assert x.std() == pytest.approx(
        factor * np.sqrt(law.variance), rel=3e-3, abs=1e-6 * abs(law.mean)
    )
    if name != "offset":
        assert x.min() >= 0


def test_one_seed_gives_the_same_devices_whatever_else_is_switched():
    both = [
        sample_devices(50, 3, imperfections=on) for on in ("all", ("kink", "fast_slope"), "none")
    ]
    assert np.array_equal(both[0].kink, both[1].kink)
    assert np.array_equal(both[0].fast_slope, both[1].fast_slope)
    for name in SPREADS:
        values = getattr(both[2], name)
        assert np.all(values == values[0]) and values[0] == pytest.approx(getattr(LAWS, name).mean)


def test_switches_are_named_and_groups_are_unions():
    assert switched_on("all") == set(IMPERFECTIONS) == switched_on(("spread", "noise", "drift"))
    assert switched_on("D2D") == set(SPREADS) and switched_on("RTN") == {"telegraph"}
    assert switched_on("none") == set()
    assert spread_factors("spread", {"kink": 2.0})["kink"] == 2.0
    assert spread_factors("noise") == dict.fromkeys(SPREADS, 0.0)
    with pytest.raises(ValueError, match=r"imperfections must be one of .*did you mean 'kink'"):
        switched_on("kinks")
    with pytest.raises(ValueError, match=r"widths must be one of .*'kink'.* not 'pink'"):
        spread_factors("all", {"pink": 2.0})
    for factor in (-1.0, 4.1):
        with pytest.raises(ValueError, match=r"widths\['kink'\] must be a number in \[0, 4\]"):
            spread_factors("all", {"kink": factor})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: TruncatedNormal(1.0, 1.0, centre=0.0, deviation=1.0), "is empty"),
        (lambda: TruncatedNormal(50.0, 51.0, centre=0.0, deviation=1.0), "is empty"),
        (lambda: TruncatedExponential(0.0, 0.5, location=1.0, scale=1.0), "is empty"),
        (lambda: TruncatedLognormal(3.0, 2.0, mu=0.0, sigma=1.0), "is empty"),
        (lambda: TruncatedLognormal(-3.0, -2.0, mu=0.0, sigma=1.0), "is empty"),
        (lambda: TruncatedExponential(0.0, 1.0, location=0.0, scale=-1.0), "scale must be"),
        (lambda: TruncatedNormal(0.0, 1.0, centre=0.0, deviation=0.0), "deviation must be"),
        (lambda: TruncatedNormal(np.nan, 1.0, centre=0.0, deviation=1.0), "low must be"),
        (lambda: LAWS.kink.widened(1.0, 9.0), r"factor must be a number in \[0, 4\]"),
        (lambda: LAWS.offset.partial_moment(3), "power must be one of 0, 1, 2"),
    ],
)
def test_laws_without_room_are_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_a_law_must_be_a_law():
    with pytest.raises(TypeError, match="kink must be a TruncatedLaw"):
        DeviceLaws(kink=3.0)


# Published: window, and parameters of the uncut law, as on the facts sheet of the work.
PUBLISHED = {
    "fast_slope": (3.74e-5, 0.0076, {"location": 3.7415768289771944e-05,
                                     "scale": 0.0006564678011593196}),
    "kink": (41, 2000, {"mu": np.log(542.5385224079308), "sigma": 0.8033817700570505}),
    "offset": (-0.15, 0.15, {"centre": 0.005293141020227579, "deviation": 0.05320804175540371}),
    "slow_slope": (0, 0.00013, {"location": 1.644496812189661e-34,
                                "scale": 2.8890516951651312e-05}),
    "initial_resistance": (6252, 7897, {"centre": 6988, "deviation": 381.7}),
}  # fmt: skip
KEPT = (0.99999, 0.9472, 0.9950, 0.9889, 0.9645)  # probability of each window, on the sheet


@pytest.mark.parametrize(("name", "kept"), list(zip(SPREADS, KEPT, strict=True)))
def test_published_windows_and_constants(name, kept):
    low, high, parameters = PUBLISHED[name]
    law = getattr(LAWS, name)
    assert (law.low, law.high) == (low, high)
    assert {key: getattr(law, key) for key in parameters} == pytest.approx(parameters, rel=1e-15)
    assert law.mass == pytest.approx(kept, abs=6e-5)
    drawn = law.sample(20_000, 1)
    edge = (high - low) * 0.05
    assert drawn.min() >= low and drawn.max() <= high
    if name in ("kink", "offset", "initial_resistance"):  # these laws reach both ends
        assert drawn.min() < low + edge and drawn.max() > high - edge


def test_published_noise():
    from theory.rram import Device

    device = Device()
    assert (device.telegraph.rise, device.telegraph.fall) == (0.0008, 0.002)
    assert (device.amplitude, device.strength, device.taps) == (0.5, 0.025, 15)
    assert device.drift is None and device.response.name == "TwoSlopes"


@pytest.mark.parametrize("width", [0.0, 0.5, 1.0, 2.0])
def test_a_width_stretches_the_offset_of_each_device_around_the_mean(width):
    mean = DeviceLaws().offset.mean
    usual, widened = (sample_devices(50, 0, widths=w).offset for w in (None, {"offset": width}))
    np.testing.assert_allclose(widened - mean, width * (usual - mean), atol=1e-15)
