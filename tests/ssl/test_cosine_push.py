"""The mean gradient of the cosine loss: small modes, sum rules, sampling, accuracy, own noises."""

import mpmath
import numpy as np
import pytest

from theory.ssl import cosine_moments, cosine_push, relative_rate
from theory.ssl.cosine_push import push_unchecked


def two_modes_exactly(small, exponent):
    """Both rates of the noiseless pair (small, 1) to 40 digits, with tan(angle) = e^y."""
    with mpmath.workdps(40):
        g, p = (mpmath.mpf(small), mpmath.mpf(1)), (mpmath.mpf(small) ** exponent, mpmath.mpf(1))

        def part(y):
            c = 1 / (1 + mpmath.exp(2 * y))
            s = 1 / (1 + mpmath.exp(-2 * y))
            spread = p[0] ** 2 * g[0] * c + p[1] ** 2 * s
            return c * s * mpmath.sqrt(c * s) / (spread**1.5 * mpmath.sqrt(g[0] * c + s))

        pieces = [-200, -100, -60, -40, -30, -20, -10, -5, 0, 5, 10, 20, 60, 200]
        shared = p[0] * p[1] * (p[1] - p[0]) * mpmath.quad(part, pieces) * 2 / mpmath.pi
        return np.array([float(shared), float(-shared * g[0])])


@pytest.mark.parametrize(
    ("small", "exponent"), [(1e-8, 1), (1e-10, 1), (1e-4, 3), (1e-20, 1), (1e-6, 0.5), (0.99, 1)]
)
def test_both_rates_of_a_small_and_a_large_mode(small, exponent):
    right = two_modes_exactly(small, exponent)
    setting = {"loss": "cosine", "noise": (0, 0), "exponent": exponent}
    rates = relative_rate([small, 1.0], **setting)
    # the default tolerance, also for the large mode, whose rate is far below its moments
    np.testing.assert_allclose(rates, right, rtol=1e-8)
    fine = relative_rate([small, 1.0], **setting, tolerance=1e-12)
    np.testing.assert_allclose(fine, right, rtol=1e-11)


@pytest.mark.parametrize("modes", [2, 3, 10, 24, 25, 100, 400])
@pytest.mark.parametrize("variant", ["standard", "no_stop_gradient"])
def test_tolerance_is_that_of_the_rates(modes, variant):
    gamma = 10 ** np.random.default_rng(modes).uniform(-3, 1, modes)
    setting = {"loss": "cosine", "variant": variant, "noise": (0.3, 0.5)}
    fine = relative_rate(gamma, **setting, tolerance=1e-14)
    for tolerance in (1e-6, 1e-8, 1e-10):
        rough = relative_rate(gamma, **setting, tolerance=tolerance)
        # in units of the largest rate, since a rate may pass zero
        assert np.abs(rough - fine).max() < 4 * tolerance * np.abs(fine).max()


@pytest.mark.parametrize("modes", [3, 24, 25, 60])
@pytest.mark.parametrize("noise", [(0.0, 0.1), (0.6, 0.4)])
def test_pushes_are_the_differences_of_the_moments(modes, noise):
    rng = np.random.default_rng(modes)
    p, t = rng.uniform(0.2, 2, (2, modes))
    second = tuple(1 + s**2 for s in noise)
    online, held = push_unchecked(p, t, second, 1e-13, True)
    m = cosine_moments(p, t, noise, tolerance=1e-13)
    # the moments are of order one and the differences lose nothing but their own rounding
    np.testing.assert_allclose(online, t * m.cross - p * m.online_aligned, atol=3e-14)
    np.testing.assert_allclose(held, p * m.cross - t * m.target_aligned, atol=3e-14)
    # a cosine ignores both lengths
    assert abs(p @ online) < 1e-14
    assert abs(t @ held) < 1e-14


def test_totals_and_pairs_and_blocks_agree(monkeypatch):
    rng = np.random.default_rng(3)
    arguments = (*rng.uniform(0.1, 2, (2, 20)), (1.2, 1.1), 1e-12, True)
    pairs = push_unchecked(*arguments)
    monkeypatch.setattr(cosine_push, "PAIRS", 1)
    totals = push_unchecked(*arguments)
    monkeypatch.setattr(cosine_push, "CHUNK", 5000)
    blocks = push_unchecked(*arguments)
    for a, b, c in zip(pairs, totals, blocks, strict=True):
        np.testing.assert_allclose(b, a, atol=1e-14)
        np.testing.assert_allclose(c, b, atol=1e-14)


def test_noise_of_each_feature_against_sampling():
    gamma, exponent = np.array([0.2, 0.7, 1.5]), 0.5
    sigma = np.array([0.1, 0.9, 0.4]), np.array([0.6, 0.0, 0.3])
    variance = np.array([0.5, 1.0, 2.5])
    rates = relative_rate(
        gamma, loss="cosine", exponent=exponent, noise=sigma, input_variance=variance
    )
    rng = np.random.default_rng(5)
    s, predictor = np.sqrt(gamma / variance), gamma**exponent  # of W, whose inputs vary
    clean = np.sqrt(variance) * rng.standard_normal((600_000, 3))
    a, b = (clean + each * rng.standard_normal(clean.shape) for each in sigma)
    p, z = predictor * s * a, s * b
    inverse = 1 / (np.linalg.norm(p, axis=1) * np.linalg.norm(z, axis=1))[:, None]
    dot = np.sum(p * z, axis=1, keepdims=True)
    pull = z * inverse - dot * inverse * p / np.sum(p**2, axis=1, keepdims=True)
    samples = predictor * pull * a / s
    error = samples.std(axis=0) / np.sqrt(len(samples))
    # five standard errors: false alarm below 1e-5
    assert np.abs((samples.mean(axis=0) - rates) / error).max() < 5


def test_noise_of_each_feature_euclidean_and_reduction_to_one_number():
    gamma = np.array([0.3, 1.2])
    rate = relative_rate(gamma, noise=([0.5, 0.0], 0.1), input_variance=[2.0, 0.5])
    # phi lambda (1 - (1 + sigma^2 / phi) lambda)
    wanted = [2 * 0.3 * (1 - (1 + 0.125) * 0.3), 0.5 * 1.2 * (1 - 1.2)]
    np.testing.assert_allclose(rate, wanted, rtol=1e-14)
    for loss in ("euclidean", "cosine"):
        one = relative_rate(gamma, loss=loss, noise=(0.2, 0.1))
        each = relative_rate(
            gamma, loss=loss, noise=([0.2, 0.2], [0.1, 0.1]), input_variance=[1, 1]
        )
        np.testing.assert_allclose(each, one, rtol=1e-13)


def test_a_mode_of_size_zero_has_the_rate_of_a_vanishing_one():
    for variant in ("standard", "isotropic", "no_predictor"):
        none, tiny = (
            relative_rate([g, 0.5, 1.0, 2.0], loss="cosine", variant=variant) for g in (0.0, 1e-13)
        )
        np.testing.assert_allclose(none[1:], tiny[1:], rtol=1e-8)
        assert none[0] == pytest.approx(tiny[0], rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("other", [0.0, 1e-41])
@pytest.mark.parametrize("variant", ["standard", "isotropic", "no_predictor", "no_stop_gradient"])
def test_a_single_living_mode_has_a_sign_for_a_cosine_and_only_decays(variant, other):
    setting = {"loss": "cosine", "weight_decay": 0.25, "variant": variant}
    np.testing.assert_array_equal(relative_rate([1.0, other], **setting), -0.25)
    if variant in ("isotropic", "no_predictor"):  # the last one but one grows without bound
        assert relative_rate([1.0, 1e-39], **setting)[1] > 100
    setting["variant"] = "no_stop_gradient_released"
    with pytest.raises(ValueError, match="no mean with a single living mode"):
        relative_rate([1.0, other], **setting)


def test_large_and_badly_shaped_input():
    with pytest.raises(ValueError, match="eigenvalues must be at most 1e\\+100"):
        relative_rate([1e200, 1e199], loss="cosine")
    with pytest.raises(ValueError, match="100001 of them would take hours"):
        relative_rate(np.ones(100_001), loss="cosine")
    with pytest.raises(ValueError, match="noise of view 1 must have shape \\(2\\)"):
        relative_rate([1.0, 2.0], noise=([0.1, 0.2, 0.3], 0.1))
    with pytest.raises(ValueError, match="input_variance must be above 0"):
        relative_rate([1.0, 2.0], input_variance=[1.0, 0.0])
    with pytest.raises(ValueError, match="noise must be a pair"):
        relative_rate([1.0, 2.0], noise=0.1)
    with pytest.raises(ValueError, match="one number for all modes"):
        relative_rate(
            [1.0, 2.0], loss="cosine", variant="no_stop_gradient_released", noise=([0.1, 0.2], 0)
        )
