"""Moments of the cosine loss: against sampling, closed forms, identities and a finer grid."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ssl import cosine_moments, quadrature_error
from theory.ssl.rates import relative_rate
from theory.ssl.special_cases import (
    cross_moment_noiseless,
    isotropic_mean_cosine,
    isotropy_rate,
    two_mode_rate,
)

SPECTRA = st.lists(st.floats(1e-3, 30.0), min_size=2, max_size=7).map(np.array)
NOISES = st.tuples(st.floats(0, 0.8), st.floats(0, 0.8))


@pytest.mark.parametrize("noise", [(0.0, 0.1), (0.3, 0.5)])
def test_moments_agree_with_sampling(noise):
    rng = np.random.default_rng(11)
    p, t = np.array([0.05, 0.4, 1.0, 2.6]), np.array([0.4, 0.5, 1.1, 1.5])
    moments = cosine_moments(p, t, noise)
    clean = rng.standard_normal((400_000, 4))
    a, b = (clean + sigma * rng.standard_normal(clean.shape) for sigma in noise)
    lengths = np.linalg.norm(p * a, axis=1), np.linalg.norm(t * b, axis=1)
    dot = np.sum(p * a * t * b, axis=1)
    both = 1 / (lengths[0] * lengths[1])
    samples = {
        "cross": a * b * both[:, None],
        "online": a**2 * both[:, None],
        "online_aligned": a**2 * (dot * both / lengths[0] ** 2)[:, None],
        "cross_aligned": a * b * (dot * both / lengths[0] ** 2)[:, None],
        "target_aligned": b**2 * (dot * both / lengths[1] ** 2)[:, None],
        "mean_cosine": dot * both,
    }
    for name, sample in samples.items():
        error = sample.std(axis=0) / np.sqrt(len(sample))
        # five standard errors: false alarm below 1e-5 for the 21 numbers together
        deviation = np.abs(sample.mean(axis=0) - getattr(moments, name)) / error
        assert np.max(deviation) < 5, name


@settings(deadline=None, derandomize=True, max_examples=25)
@given(SPECTRA, NOISES, st.floats(0.3, 1.5))
def test_scale_invariance_of_both_branches(gamma, noise, exponent):
    predictor = gamma**exponent
    m = cosine_moments(predictor * np.sqrt(gamma), np.sqrt(gamma), noise, tolerance=1e-12)
    # Scaling one branch leaves the cosine: its gradient is orthogonal to it. The sums cancel terms
    # of the size of the mean cosine, so rounding and quadrature leave 1e-11 at most.
    assert abs(np.sum(gamma * predictor * (m.cross - predictor * m.online_aligned))) < 1e-11
    assert abs(np.sum(gamma * (predictor * m.cross - m.target_aligned))) < 1e-11
    assert m.mean_cosine == pytest.approx(np.sum(gamma * predictor * m.cross), rel=1e-10)


@settings(deadline=None, derandomize=True, max_examples=10)
@given(SPECTRA, NOISES)
def test_gradient_of_the_mean_cosine(gamma, noise):
    s, predictor, step = np.sqrt(gamma), gamma.copy(), 1e-4

    def mean_cosine(scales):
        return cosine_moments(predictor * scales, scales, noise, tolerance=1e-13).mean_cosine

    m = cosine_moments(predictor * s, s, noise, tolerance=1e-12)
    exact = gamma * (
        2 * predictor * m.cross - predictor**2 * m.online_aligned - m.target_aligned
    )  # s d/ds
    for k in range(len(s)):
        factors = [np.where(np.arange(len(s)) == k, np.exp(sign * step), 1.0) for sign in (1, -1)]
        slope = (mean_cosine(s * factors[0]) - mean_cosine(s * factors[1])) / (2 * step)
        # truncation step^2 / 6 times a third derivative of order one, rounding 1e-12 / step
        assert slope == pytest.approx(exact[k], abs=3e-8)


@pytest.mark.parametrize("modes", [2, 3, 10, 40])
@pytest.mark.parametrize("noise", [(0.0, 0.1), (0.7, 0.2)])
def test_equal_eigenvalues_hypergeometric(modes, noise):
    m = cosine_moments(np.full(modes, 3.0), np.full(modes, 0.2), noise, tolerance=1e-12)
    assert m.mean_cosine == pytest.approx(isotropic_mean_cosine(modes, noise), rel=1e-12)


@pytest.mark.parametrize("gamma", [[0.3, 1.7], [0.01, 5.0], [0.2, 0.9, 3.0], [1e-3, 1e-2, 1.0]])
def test_carlson_cross_moment(gamma):
    gamma = np.array(gamma)
    m = cosine_moments(gamma**1.5, np.sqrt(gamma), (0, 0), tolerance=1e-12)
    np.testing.assert_allclose(m.cross, cross_moment_noiseless(gamma), rtol=1e-11)


@pytest.mark.parametrize("gamma", [(1e-3, 1e3), (30.0, 2e-4), (0.7, 0.7), (1.0, 1e-12)])
@pytest.mark.parametrize("exponent", [0.5, 2.0])
def test_integrals_of_two_modes_hold_over_many_decades(gamma, exponent):
    """Against 30 digits or more, by the docstrings' formulas, in pieces on a logarithmic axis."""
    with mpmath.workdps(30 if min(gamma) > 1e-9 else 50):
        (g1, g2), (l1, l2) = gamma, (mpmath.mpf(g) ** exponent for g in gamma)
        corners = {mpmath.log(x) for x in (l1, l2, l1 * mpmath.sqrt(mpmath.mpf(g1) / g2) / l2)}
        pieces = sorted([-90, *corners, mpmath.log(g1 / mpmath.mpf(g2)) / 2, 90])

        def mean(function):  # over the angle, tan = e^y
            def weighed(y):
                c, s = 1 / (1 + mpmath.exp(2 * y)), 1 / (1 + mpmath.exp(-2 * y))
                return function(c, s) * mpmath.sqrt(c * s)

            return 2 / mpmath.pi * mpmath.quad(weighed, pieces)

        def moment(c, s):
            w1, w2 = g1 * (s * l1**2 + c), g2 * (s * l2**2 + c)
            return 1 / (w1 + mpmath.sqrt(w1 * w2))

        def rate(c, s):
            length = (l1**2 * g1 * c + l2**2 * g2 * s) ** mpmath.mpf(1.5)
            return l1 * l2 * (l2 - l1) * g2 * c * s / (length * mpmath.sqrt(g1 * c + g2 * s))

        wanted = float(mean(moment)), float(mean(rate))
    found = cross_moment_noiseless(gamma, exponent)[0], two_mode_rate(gamma, exponent)[0]
    np.testing.assert_allclose(found, wanted, rtol=1e-13)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.floats(1e-2, 10), st.floats(1e-2, 10), st.sampled_from([0.5, 1.0, 2.0]))
def test_two_modes_by_one_integral(first, second, exponent):
    gamma = np.array([first, second])
    exact = two_mode_rate(gamma, exponent)
    rate = relative_rate(gamma, loss="cosine", exponent=exponent, noise=(0, 0), tolerance=1e-12)
    # the rate is a difference of terms of the size of the moments times the predictor
    scale = np.max(gamma**exponent * cross_moment_noiseless(gamma, exponent))
    np.testing.assert_allclose(rate, exact, rtol=0, atol=1e-10 * scale)


@pytest.mark.parametrize("modes", [2, 3, 5, 10])
@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_return_to_isotropy(modes, exponent):
    level, size = 1.7, 1e-5
    deviation = np.arange(modes) - (modes - 1) / 2
    gamma = level * (1 + size * deviation)
    setting = {"loss": "cosine", "exponent": exponent, "noise": (0, 0), "tolerance": 1e-13}
    decay = -2 * relative_rate(gamma, **setting) / size
    expected = isotropy_rate(modes, level, exponent) * deviation
    # second order in the deviations: size times a constant of the number of modes
    np.testing.assert_allclose(decay, expected, atol=modes**2 * 20 * size)
    isotropic = -2 * relative_rate(gamma, variant="isotropic", **setting) / size
    np.testing.assert_allclose(isotropic, expected / level**exponent, atol=modes**2 * 20 * size)


@pytest.mark.parametrize("modes", [2, 3, 10, 60, 400])
@pytest.mark.parametrize("tolerance", [1e-5, 1e-7, 1e-9])
def test_error_is_what_was_asked_for(modes, tolerance):
    rng = np.random.default_rng(modes)
    gamma = 10 ** rng.uniform(-4, 1, modes)
    error = quadrature_error(gamma**1.5, np.sqrt(gamma), (0.2, 0.1), tolerance=tolerance)
    assert error < 4 * tolerance
    # and not by a grid that is far too fine: a third of the digits would be waste
    assert error > tolerance**1.5


@settings(deadline=None, derandomize=True, max_examples=15)
@given(SPECTRA, st.randoms(use_true_random=False), st.floats(1e-60, 1e60))
def test_permutation_and_scaling(gamma, random, factor):
    order = list(range(len(gamma)))
    random.shuffle(order)
    p, t = gamma**1.5, np.sqrt(gamma)
    plain = cosine_moments(p, t)
    shuffled = cosine_moments(p[order], t[order])
    scaled = cosine_moments(p * factor, t)
    np.testing.assert_allclose(shuffled.cross, plain.cross[order], rtol=1e-12)
    np.testing.assert_allclose(shuffled.target_aligned, plain.target_aligned[order], rtol=1e-11)
    np.testing.assert_allclose(scaled.cross * factor, plain.cross, rtol=1e-12)
    np.testing.assert_allclose(scaled.online_aligned * factor**2, plain.online_aligned, rtol=1e-12)


def test_collapsed_modes_leave_the_others_alone():
    gamma = np.array([0.3, 1.1, 2.0])
    alone = cosine_moments(gamma**1.5, np.sqrt(gamma))
    for small in (0.0, 1e-40):
        more = np.append(gamma, small)
        joint = cosine_moments(more**1.5, np.sqrt(more))
        np.testing.assert_allclose(joint.cross[:3], alone.cross, rtol=1e-7)
        assert np.all(np.isfinite(joint.online_aligned))
        assert joint.nodes < 4 * alone.nodes


def test_noise_goes_to_zero_smoothly():
    gamma = np.array([0.2, 1.0, 1.5])
    without = cosine_moments(gamma**1.5, np.sqrt(gamma), (0, 0), tolerance=1e-12)
    gaps = []
    for sigma in (1e-2, 1e-3):
        m = cosine_moments(gamma**1.5, np.sqrt(gamma), (0, sigma), tolerance=1e-12)
        gaps.append(np.abs(m.cross - without.cross).max())
    assert gaps[1] < gaps[0] / 50  # of second order in the noise, up to a logarithm


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "predictor_scales must not be empty"),
        (([-1.0, 1.0], [1.0, 1.0]), "predictor_scales must be 0 or above"),
        (([1.0, 1.0], [0.0, 0.0]), "target_scales must be 0 or above"),
        (([1.0, np.nan], [1.0, 1.0]), "predictor_scales must be finite"),
        (([1.0, 1.0], [1.0]), "target_scales must have shape"),
        (([1.0], [1.0], (0.1, -0.1)), "noise of view 2 must be"),
        (([1.0], [1.0], 0.1), "noise must be a pair"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        cosine_moments(*arguments)


def test_bad_tolerance():
    with pytest.raises(ValueError, match=r"tolerance must be a .*number in"):
        cosine_moments([1.0], [1.0], tolerance=0.5)
    with pytest.raises(ValueError, match="two or three numbers"):
        cross_moment_noiseless([1.0])
    with pytest.raises(ValueError, match="two numbers"):
        two_mode_rate([1.0, 0.0])


@pytest.mark.parametrize("small", [1e-8, 1e-10])
def test_moments_of_a_small_mode(small):
    """The small mode stretches the grid of the moments over all of its decades."""
    gamma = np.array([small, 1.0])
    m = cosine_moments(gamma**1.5, np.sqrt(gamma), (0, 0), tolerance=1e-10)
    np.testing.assert_allclose(m.cross, cross_moment_noiseless(gamma), rtol=1e-8)


def test_prediction_and_target_that_share_no_mode():
    with pytest.raises(ValueError, match="must share a mode"):
        cosine_moments([1, 0], [0, 1])


def test_moments_of_the_target_branch_are_left_out_and_change_nothing():
    scales = np.array([0.3, 1.0, 1.7]), np.array([0.8, 0.5, 1.1])
    both, one = (cosine_moments(*scales, target_branch=asked) for asked in (True, False))
    assert one.target_aligned is None and both.target_aligned.shape == (3,)
    np.testing.assert_allclose(one.cross, both.cross, rtol=1e-10)
    np.testing.assert_allclose(one.online_aligned, both.online_aligned, rtol=1e-10)
    # A mode's moments are swapped where prediction and target, and with them the noise, are.
    mirrored = cosine_moments(*scales[::-1], (0.1, 0.0))
    np.testing.assert_allclose(mirrored.online_aligned, both.target_aligned, rtol=1e-8)
