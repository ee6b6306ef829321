"""The paper's starting points: the framework's normal numbers, rebuilt."""

import numpy as np
import pytest
from scipy import stats

from theory.ssl.initial_weights import FrameworkNormals, paper_start


def test_first_weights_are_those_of_the_released_code():
    # Printed by the released code's framework for seed 2, before the division by 4.
    printed = np.array(
        [
            [0.098074, -0.055891, -0.079875, -0.301259, 0.261116, -0.158307],
            [0.143277, 0.135237, -0.097976, -0.26067, 0.329654, 0.18691],
        ]
    )
    np.testing.assert_allclose(paper_start().two_units, printed, atol=1e-6)


def test_starts_of_one_figure_belong_together():
    start = paper_start()
    np.testing.assert_allclose(start.three_starts[0], start.two_units, rtol=1e-7)
    np.testing.assert_allclose(start.three_starts[1], 2 * start.three_starts[0], rtol=1e-7)
    assert np.all(np.diff(np.linalg.norm(start.inputs, axis=0)) >= 0)
    # The facts sheet's numbers: the twenty LARGEST of 5000 inputs, and the initial spectra.
    norms = np.linalg.norm(start.inputs, axis=0)
    np.testing.assert_allclose(norms[[0, -1]], [4.43, 5.43], atol=0.005)
    printed = [0.019996, 0.098851, 0.197682, 0.344265, 0.508064, 0.570645, 1.066987, 1.108803,
               1.728243, 2.238274]  # fmt: skip
    for weights, spectrum in ((start.ten_units, printed), (start.two_units, [0.079529, 0.383566])):
        np.testing.assert_allclose(np.linalg.eigvalsh(weights @ weights.T), spectrum, atol=1.5e-6)
    starts = [np.linalg.eigvalsh(w @ w.T) for w in start.three_starts]
    wanted = [[0.0795, 0.3836], [0.3181, 1.5343], [0.5419, 1.8892]]
    np.testing.assert_allclose(starts, wanted, atol=6e-5)
    assert start.ten_units.shape == (10, 15)
    assert start.inputs.shape == (6, 20)


@pytest.mark.parametrize("shape", [(6000,), (375, 16)])
def test_blocks_are_normal(shape):
    sample = FrameworkNormals(5).draw(*shape).ravel()
    assert stats.kstest(sample, "norm").pvalue > 1e-4
    # neighbours and the two halves of a pair are uncorrelated: five standard errors
    for lag in (1, 8):
        assert abs(np.mean(sample[:-lag] * sample[lag:])) < 5 / np.sqrt(len(sample))


def test_small_draws_are_normal_and_paired():
    generator = FrameworkNormals(6)
    sample = np.concatenate([generator.draw(3, 5).ravel() for _ in range(300)])
    assert stats.kstest(sample, "norm").pvalue > 1e-4
    whole = FrameworkNormals(7).draw(4)
    parts = FrameworkNormals(7)
    np.testing.assert_array_equal(whole, np.concatenate([parts.draw(3), parts.draw(1)]))


def test_the_last_block_is_drawn_anew():
    long, short = FrameworkNormals(8).draw(20), FrameworkNormals(8).draw(32)
    np.testing.assert_array_equal(long[:4], short[:4])
    assert not np.any(np.isclose(long[4:], short[4:20]))


def test_bad_seed():
    with pytest.raises(ValueError, match="seed must be an integer"):
        FrameworkNormals(-1)
