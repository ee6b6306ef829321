"""Sizes of hidden weights that are forgotten as a power of time."""

import numpy as np
import pytest

from theory.metaplasticity import (
    Exponential,
    PowerLawSizes,
    PowerTail,
    SechSquared,
    simulate_flip_time,
)

LAWS = [SechSquared(0.0), SechSquared(1.35), PowerTail(1.0, 3.0), Exponential(2.0)]


@pytest.mark.parametrize("law", LAWS)
def test_drawn_sizes_have_the_survival_that_is_stated(law):
    sizes = PowerLawSizes(law, 0.7, 0.5)
    drawn = np.sort(sizes.sample(20_000, 1))
    measured = 1 - np.arange(1, 20_001) / 20_000
    # Massart: exceeded with probability 1e-6.
    bound = np.sqrt(np.log(2 / 1e-6) / 2 / 20_000) + 1 / 20_000
    assert np.abs(measured - sizes.survival(drawn)).max() < bound


@pytest.mark.parametrize("law", LAWS)
def test_simulated_forgetting_is_the_power_of_time(law):
    sizes, pull, last = PowerLawSizes(law, 0.5, 0.2), 0.01, 4000
    drawn = sizes.sample(4000, 2)
    drawn = drawn[drawn < law.front(pull * last * 1.5)]  # the others hold in any case
    updates = simulate_flip_time(drawn, pull, law)
    for time in (100, 1000, 4000):
        left = 1 - np.sum(updates <= time) / 4000
        expected = sizes.retained(pull * time)
        # Finite steps add half the logarithm of 1/f to a flip time: a share of it that falls.
        late = sizes.retained(pull * max(time - 10, 0))
        error = 4.5 * np.sqrt(expected * (1 - expected) / 4000)
        assert expected - error < left < late + error


def test_tails_of_the_sizes():
    far = np.array([40.0, 41.0])
    exponential = PowerLawSizes(SechSquared(1.35), 0.5, 0.2).survival(far)
    assert np.log(exponential[0] / exponential[1]) == pytest.approx(2 * 1.35 * 0.5, rel=1e-9)
    power = PowerLawSizes(PowerTail(1.0, 3.0), 0.5, 0.2).survival(far * 100)
    assert np.log(power[0] / power[1]) / np.log(41 / 40) == pytest.approx(0.5 * 4, rel=1e-6)
    plain = PowerLawSizes(0.0, 0.5, 0.2).survival(far * 1e4)
    assert np.log(plain[0] / plain[1]) / np.log(41 / 40) == pytest.approx(0.5, rel=1e-4)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="exponent must be a finite number above 0"):
        PowerLawSizes(1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="distance must be a finite number, 0 or above"):
        PowerLawSizes(1.0, 1.0, 1.0).retained(-1.0)
