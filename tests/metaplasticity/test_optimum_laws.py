"""Laws of the optimum: quadrature nodes, blurred distributions, samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from theory.metaplasticity import DiscreteOptimum, NormalOptimum, UniformOptimum
from theory.metaplasticity.optimum_laws import normal_density

quick = settings(max_examples=40, deadline=None, derandomize=True)
LAWS = [
    UniformOptimum(0.7),
    UniformOptimum(4.0),
    NormalOptimum(0.3),
    NormalOptimum(2.0),
    DiscreteOptimum([-2.0, 0.5, 1.5], [0.2, 0.5, 0.3]),
]
DENSITIES = {
    0: lambda x: (abs(x) < 0.7) / 1.4,
    1: lambda x: (abs(x) < 4.0) / 8.0,
    2: lambda x: normal_density(x / 0.3) / 0.3,
    3: lambda x: normal_density(x / 2.0) / 2.0,
}


@pytest.mark.parametrize("law", LAWS)
def test_probabilities_sum_to_one_and_values_are_centred(law):
    values, probabilities = law.nodes()
    assert np.all(probabilities >= 0)
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    if not isinstance(law, DiscreteOptimum):
        assert probabilities @ values == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_the_overshoot_is_the_average_over_the_nodes(law):
    values, probabilities = law.nodes()
    average = probabilities @ np.maximum(np.abs(values) - 1, 0) ** 2
    assert law.overshoot() == pytest.approx(average, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("width", "tolerance"),
    [(1e-8, 5e-3), (1e-3, 1e-5), (0.15, 1e-6)],
)
def test_nodes_resolve_boundary_layers_at_the_corners(number, width, tolerance):
    """The averages of the theory change over the noise, which may be tiny, around -1 and 1."""
    values, probabilities = LAWS[number].nodes()
    average = probabilities @ np.exp(-(((np.abs(values) - 1) / width) ** 2))

    def scaled(u):
        return DENSITIES[number](1 + width * u) * np.exp(-(u**2)) * width

    exact = 2 * quad(scaled, -1 / width if width > 0.1 else -9, 9, limit=200)[0]
    assert average == pytest.approx(exact, rel=tolerance)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("noise", [0.05, 0.5, 3.0])
def test_the_blurred_law_is_a_convolution(number, noise):
    law, density = LAWS[number], DENSITIES[number]

    def convolved(kernel, y):
        def integrand(x):
            return density(x) * kernel((y - x) / noise)

        points = sorted({-4.0, -0.7, 0.7, 4.0, y})
        return quad(integrand, -20, 20, points=points, limit=400)[0]

    for y in (-1.3, 0.2, 2.0):
        assert law.blurred_cdf(y, noise) == pytest.approx(convolved(ndtr, y), abs=1e-8)
        expected = convolved(normal_density, y) / noise
        assert law.blurred_density(y, noise) == pytest.approx(expected, abs=1e-8)


@quick
@given(y=st.floats(-6, 6), noise=st.floats(0.01, 5))
def test_the_density_is_the_slope_of_the_distribution(y, noise):
    for law in LAWS:
        step = 1e-4 * noise
        slope = (law.blurred_cdf(y + step, noise) - law.blurred_cdf(y - step, noise)) / (2 * step)
        assert slope == pytest.approx(float(law.blurred_density(y, noise)), abs=1e-5 / noise)


def test_a_wide_uniform_law_keeps_its_precision_far_from_the_edges():
    assert UniformOptimum(1e3).blurred_cdf(0.0, 1e-3) == pytest.approx(0.5, abs=1e-10)


@pytest.mark.parametrize("law", LAWS)
def test_samples_follow_the_law(law):
    sample = law.sample(20_000, np.random.default_rng(1))
    assert sample.shape == (20_000,)
    # 4.5 standard errors of a fraction of 20000.
    for y in (-1.0, 0.1, 1.2):
        expected = float(law.blurred_cdf(y, 1e-9))
        assert np.mean(sample <= y) == pytest.approx(expected, abs=4.5 * np.sqrt(0.25 / 20_000))


def test_a_discrete_law_defaults_to_equal_probabilities():
    law = DiscreteOptimum([1.0, 3.0])
    np.testing.assert_allclose(law.probabilities, 0.5)
    assert law.overshoot() == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: UniformOptimum(0.0), "half_width must be"),
        (lambda: NormalOptimum(-1.0), "standard_deviation must be"),
        (lambda: DiscreteOptimum([]), "at least one value"),
        (lambda: DiscreteOptimum([1.0, np.nan]), "values must be finite"),
        (lambda: DiscreteOptimum([1.0, 2.0], [0.7, 0.7]), "sum to 1"),
        (lambda: DiscreteOptimum([1.0, 2.0], [1.0]), "probabilities must have shape"),
    ],
)
def test_bad_laws_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
