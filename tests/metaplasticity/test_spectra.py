"""Resolvent moments of the spectra against quadrature and sampled matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from theory.metaplasticity import EmpiricalSpectrum, GaussianSpectrum, UniformSpectrum
from theory.metaplasticity.spectra import effective_ridge, noise_gain

quick = settings(max_examples=40, deadline=None, derandomize=True)


def _marchenko_pastur(ratio):
    low, high = (1 - ratio**-0.5) ** 2, (1 + ratio**-0.5) ** 2

    def moment(function):
        # Substituting lambda = centre + half cos(angle) removes the root at the edges.
        centre, half = (low + high) / 2, (high - low) / 2

        def integrand(angle):
            x = centre + half * np.cos(angle)
            return function(x) * ratio * half**2 * np.sin(angle) ** 2 / (2 * np.pi * x)

        return quad(integrand, 0, np.pi, limit=200, epsabs=1e-12)[0]

    return moment


@pytest.mark.parametrize("ratio", [1.05, 1.5, 4.0, 50.0])
@pytest.mark.parametrize("shift", [0.0, 0.02, 1.0, 30.0])
def test_gaussian_resolvent_is_the_marchenko_pastur_integral(ratio, shift):
    moment = _marchenko_pastur(ratio)
    first, second = GaussianSpectrum(ratio).resolvent(shift)
    assert moment(lambda x: 1.0) == pytest.approx(1, rel=1e-8)
    assert first == pytest.approx(moment(lambda x: 1 / (x + shift)), rel=1e-7)
    assert second == pytest.approx(moment(lambda x: 1 / (x + shift) ** 2), rel=1e-7)


@pytest.mark.parametrize("shift", [0.0, 0.5, 40.0])
def test_uniform_resolvent_is_the_integral(shift):
    first, second = UniformSpectrum(10.5, 29.5).resolvent(shift)
    assert first == pytest.approx(quad(lambda x: 1 / (x + shift) / 19, 10.5, 29.5)[0], rel=1e-12)
    assert second == pytest.approx(
        quad(lambda x: 1 / (x + shift) ** 2 / 19, 10.5, 29.5)[0], rel=1e-12
    )


@quick
@given(shift=st.floats(0.01, 50), ratio=st.floats(1.01, 20))
def test_the_second_moment_is_minus_the_slope_of_the_first(shift, ratio):
    for spectrum in (GaussianSpectrum(ratio), UniformSpectrum(0.5, 0.5 + ratio)):
        step = 1e-4 * shift
        ahead, behind = (spectrum.resolvent(shift + s)[0] for s in (step, -step))
        # Central difference: relative error of order (step/shift)^2.
        assert (behind - ahead) / (2 * step) == pytest.approx(
            spectrum.resolvent(shift)[1], rel=1e-6
        )


@pytest.mark.parametrize("spectrum", [GaussianSpectrum(1.7), UniformSpectrum(0.5, 3.0)])
def test_sampled_hessians_have_the_spectrum(spectrum):
    rng = np.random.default_rng(2)
    hessian = spectrum.sample_hessian(600, rng)
    np.testing.assert_array_equal(hessian, hessian.T)
    sampled = EmpiricalSpectrum(np.linalg.eigvalsh(hessian))
    assert sampled.mean == pytest.approx(spectrum.mean, rel=0.02)
    for shift in (0.1, 1.0):
        # Gaussian: linear statistics fluctuate by 1/d; uniform: eigenvalues independent, d^-1/2.
        np.testing.assert_allclose(sampled.resolvent(shift), spectrum.resolvent(shift), rtol=0.08)


def test_gaussian_rows_have_the_stated_number():
    rng = np.random.default_rng(0)
    hessian = GaussianSpectrum(1.5).sample_hessian(40, rng)
    assert np.linalg.matrix_rank(hessian) == 40
    assert np.trace(hessian) / 40 == pytest.approx(1, abs=5 * np.sqrt(2 / (60 * 40)))


@quick
@given(free=st.floats(1e-4, 0.9999), ratio=st.floats(1.02, 30))
def test_the_ridge_has_the_wanted_degrees_of_freedom(free, ratio):
    for spectrum in (GaussianSpectrum(ratio), UniformSpectrum(1.0, 1.0 + ratio)):
        ridge = effective_ridge(spectrum, free)
        assert 1 - ridge * spectrum.resolvent(ridge)[0] == pytest.approx(free, abs=1e-9)


@quick
@given(free=st.floats(0.01, 0.99), ratio=st.floats(1.05, 30))
def test_gaussian_gain_is_known_in_closed_form(free, ratio):
    curvature, gain = noise_gain(GaussianSpectrum(ratio), free)
    assert curvature == pytest.approx(1 - free / ratio, rel=1e-7)
    assert gain == pytest.approx(1 / ratio, rel=1e-5)


@quick
@given(free=st.floats(0.05, 0.99))
def test_uniform_gain_is_a_langevin_function(free):
    spectrum, half = UniformSpectrum(10.5, 29.5), 9.5
    curvature, gain = noise_gain(spectrum, free)
    y = half * free / curvature
    langevin = 1 / np.tanh(y) - 1 / y
    slope = half**2 * (1 / y**2 - 1 / np.sinh(y) ** 2)
    assert curvature == pytest.approx(20 - half * langevin, rel=1e-8)
    assert gain == pytest.approx(slope / curvature**2, rel=1e-5)


def test_equal_eigenvalues_make_no_noise():
    curvature, gain = noise_gain(EmpiricalSpectrum([2.0, 2.0, 2.0]), 0.4)
    assert curvature == pytest.approx(2.0)
    assert abs(gain) < 1e-12


def test_an_empirical_spectrum_tends_to_its_law():
    grid = 10.5 + 19 * (np.arange(4000) + 0.5) / 4000
    fine, law = EmpiricalSpectrum(grid), UniformSpectrum(10.5, 29.5)
    # Midpoint rule: relative error of order 1/4000^2.
    np.testing.assert_allclose(noise_gain(fine, 0.3), noise_gain(law, 0.3), rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: GaussianSpectrum(1.0), "aspect_ratio must be a finite number above 1"),
        (lambda: GaussianSpectrum(0.5), "aspect_ratio must be a finite number above 1"),
        (lambda: GaussianSpectrum(np.inf), "aspect_ratio must be a finite number"),
        (lambda: UniformSpectrum(2.0, 1.0), "low must be below high"),
        (lambda: UniformSpectrum(0.0, 1.0), "low must be a finite number above 0"),
        (lambda: EmpiricalSpectrum([1.0, 0.0]), "eigenvalues must be positive"),
        (lambda: EmpiricalSpectrum([]), "eigenvalues must be positive"),
    ],
)
def test_bad_spectra_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
