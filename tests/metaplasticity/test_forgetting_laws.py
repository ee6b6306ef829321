"""Travel time and front of every metaplastic factor."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from theory.metaplasticity import (
    Exponential,
    HardThreshold,
    PowerTail,
    SechSquared,
    as_law,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)
SMOOTH = [
    SechSquared(0.0),
    SechSquared(1.35),
    Exponential(2.0),
    PowerTail(2.0, 1.0),
    PowerTail(0.7, 3.5),
]


@pytest.mark.parametrize("law", SMOOTH)
@pytest.mark.parametrize("hidden", [1e-3, 0.4, 2.5])
def test_travel_is_the_integral_of_the_slowness(law, hidden):
    integral, error = quad(lambda x: 1 / law.factor(x), 0, hidden, epsabs=1e-12)
    assert law.travel(hidden) == pytest.approx(integral, rel=1e-10, abs=10 * error)


@quick
@given(distance=st.floats(0, 1e12), number=st.integers(0, len(SMOOTH) - 1))
def test_front_inverts_travel(distance, number):
    law = SMOOTH[number]
    front = law.front(np.array(distance))
    # A relative error of rounding in W becomes 2 m W times that in G, at most some hundred times.
    assert law.travel(front) == pytest.approx(distance, rel=1e-12)


@quick
@given(hidden=st.floats(0, 40), m=st.floats(1e-9, 5))
def test_sech_front_inverts_travel_for_every_strength(hidden, m):
    law = SechSquared(m)
    assert law.front(law.travel(hidden)) == pytest.approx(hidden, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("law", [*SMOOTH, HardThreshold(1.0)])
def test_a_factor_is_one_at_zero_even_and_never_grows(law):
    hidden = np.linspace(0, 5, 200)
    factor = law.factor(hidden)
    assert factor[0] == pytest.approx(1)
    np.testing.assert_array_equal(factor, law.factor(-hidden))
    assert np.all(np.diff(factor) <= 1e-15)
    assert np.all(factor >= 0)


def test_the_published_factor_is_the_squared_hyperbolic_secant():
    hidden = np.linspace(-30, 30, 101)
    expected = 1 / np.cosh(1.35 * hidden) ** 2
    np.testing.assert_allclose(SechSquared(1.35).factor(hidden), expected, rtol=1e-12)


def test_a_threshold_is_never_passed():
    law = HardThreshold(0.5)
    assert law.front(1e300) == 0.5
    assert law.travel(0.51) == np.inf
    np.testing.assert_allclose(law.front([0.1, 0.5, 0.7]), [0.1, 0.5, 0.5])


def test_fronts_far_out_follow_their_tails():
    late = np.array([1e8, 1e9, 1e10])
    steps = np.log(10) / (2 * 1.35)
    np.testing.assert_allclose(np.diff(SechSquared(1.35).front(late)), steps, rtol=1e-6)
    np.testing.assert_allclose(
        SechSquared(1.35).front(late), np.log(8 * 1.35 * late) / 2.7, rtol=1e-6
    )
    np.testing.assert_allclose(np.diff(Exponential(2.0).front(late)), np.log(10) / 2, rtol=1e-6)
    power = np.diff(np.log(PowerTail(1.0, 3.0).front(late))) / np.log(10)
    np.testing.assert_allclose(power, 1 / 4, rtol=1e-3)


def test_no_strength_is_the_limit_of_little_strength():
    distance = np.array([0.0, 0.3, 20.0])
    np.testing.assert_array_equal(SechSquared(0.0).front(distance), distance)
    np.testing.assert_array_equal(SechSquared(0.0).travel(distance), distance)
    np.testing.assert_allclose(SechSquared(1e-6).front(distance), distance, rtol=1e-9)


def test_huge_hidden_weights_take_for_ever_without_a_warning():
    assert SechSquared(1.0).travel(1e4) == np.inf
    assert np.isfinite(SechSquared(1.0).front(1e300))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: SechSquared(-1.0), "metaplasticity must be"),
        (lambda: Exponential(0.0), "metaplasticity must be"),
        (lambda: PowerTail(1.0, 0.0), "power must be"),
        (lambda: HardThreshold(-1.0), "threshold must be"),
        (lambda: SechSquared(1.0).travel(-0.1), "hidden must be 0 or above"),
        (lambda: PowerTail(1.0, 2.0).front([0.1, -3.0]), "distance must be 0 or above"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_arrays_of_parameters_broadcast():
    distance, strengths = np.geomspace(1e-6, 1e5, 30), np.array([0.0, 0.2, 1.0, 7.0])
    law = SechSquared(strengths[:, None])
    alone = np.array([SechSquared(m).front(distance) for m in strengths])
    np.testing.assert_array_equal(law.front(distance), alone)
    np.testing.assert_allclose(law.travel(alone), np.tile(distance, (4, 1)), rtol=1e-12)
    powers = PowerTail(1.0, np.array([[1.0], [3.0]]))
    np.testing.assert_allclose(powers.front(distance)[1], PowerTail(1.0, 3.0).front(distance))


def test_the_front_of_a_huge_distance_is_its_logarithm():
    # 4 m times the distance is beyond the largest number; the front is not.
    expected = (np.log(8 * 10.0) + np.log(1e308)) / 20
    assert SechSquared(10.0).front(1e308) == pytest.approx(expected, rel=1e-12)


def test_a_law_of_ones_own_is_integrated_and_inverted():
    own = as_law(lambda size: 1 / np.cosh(1.35 * size) ** 2)
    hidden, published = np.linspace(0, 3, 13), SechSquared(1.35)
    np.testing.assert_allclose(own.travel(hidden), published.travel(hidden), rtol=1e-12)
    np.testing.assert_allclose(own.front(own.travel(hidden)), hidden, atol=1e-9)
    np.testing.assert_allclose(own.factor(-hidden), published.factor(hidden))


@pytest.mark.filterwarnings("error")
def test_a_law_of_ones_own_may_be_as_good_as_zero_far_out():
    own = as_law(lambda size: np.exp(-((1.35 * size) ** 2)))
    assert own.travel(30.0) == np.inf
    assert 1.5 < own.front(1e6) < 3.5


def test_a_law_stands_for_itself_and_a_number_for_the_published_one():
    law = HardThreshold(2.0)
    assert as_law(law) is law
    assert as_law(0.7) == SechSquared(0.7)
    with pytest.raises(ValueError, match=r"factors in \[0, 1\]"):
        as_law(lambda size: 1 + size).factor(1.0)
    with pytest.raises(ValueError, match="one factor a hidden weight"):
        as_law(lambda size: np.ones(2)).factor([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="metaplasticity must be above 0"):
        Exponential(0.0)
