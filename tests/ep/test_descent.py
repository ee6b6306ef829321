"""What dense and convolutional training share: the mask keeps its share, the rate falls."""

import numpy as np
import pytest

from theory.ep.descent import dropout_mask, half_cosine, momentum_step


def test_a_mask_keeps_its_share_and_changes_nothing_in_the_mean():
    mask = dropout_mask((300, 400), 0.8, np.random.default_rng(0), np.float32)
    assert mask.dtype == np.float32
    error = np.sqrt(0.8 * 0.2 / mask.size)
    assert np.mean(mask > 0) == pytest.approx(0.8, abs=4 * error)
    assert mask.mean() == pytest.approx(1, abs=4 * error / 0.8)
    assert dropout_mask((3, 4), 1.0, np.random.default_rng(0)) is None


def test_the_rate_falls_along_half_a_cosine():
    assert half_cosine(0, 30) == 1 and half_cosine(30, 30) == pytest.approx(0)
    assert half_cosine(10, 30) == pytest.approx(0.75)
    assert np.all(np.diff([half_cosine(k, 30) for k in range(31)]) < 0)


def test_steps_with_momentum_add_up_to_the_closed_form():
    """Constant gradient g: after n steps the velocity is g (1 - m^n) / (1 - m)."""
    p, v, g, m = [np.zeros(2)], [np.zeros(2)], [np.array([1.0, -2.0])], 0.9
    for _ in range(5):
        momentum_step(p, v, g, [0.25], m, 0.0)
    np.testing.assert_allclose(v[0], g[0] * (1 - m**5) / (1 - m))
    moved = sum((1 - m**n) / (1 - m) for n in range(1, 6))
    np.testing.assert_allclose(p[0], -0.25 * moved * g[0])
