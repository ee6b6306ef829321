"""The fitted clock finds a known one, predicts what was not fitted, and says when it cannot."""

import numpy as np
import pytest

from theory.mlp import SGD
from theory.ssl import EncoderSetting, eigenvalue_trajectory, predict_spectrum
from theory.ssl.encoder import Encoder

START = np.array([0.02, 0.3, 1.0, 4.0])


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
def test_a_known_clock_is_found(loss):
    setting = {"loss": loss, "predictor": "direct_pred", "variant": "isotropic"}
    path = eigenvalue_trajectory(START, np.append(0, 0.25 * np.arange(1, 13)), **setting)
    found = predict_spectrum(path, 2, 3, **setting)
    assert found.clock == pytest.approx(0.25, rel=0.03)  # the grid of clocks
    np.testing.assert_allclose(found.eigenvalues[0], path[2], rtol=1e-12)
    # an error of the clock of 3 % over 2.5 units of time
    assert found.error.max() < 0.05 < found.unchanged[-1]
    assert list(found.epochs) == list(range(2, 13))


def test_a_spectrum_that_does_the_opposite_stops_the_clock():
    setting = {"predictor": "direct_pred", "variant": "isotropic"}
    path = START ** np.linspace(1, 1.5, 8)[:, None]  # spreads where the theory equalises
    found = predict_spectrum(path, 0, 4, **setting)
    assert found.clock == pytest.approx(1e-3)
    np.testing.assert_allclose(found.error, found.unchanged, rtol=0.05, atol=1e-12)
    # by hand: log10 of START grows by half of its own deviation
    spread = np.log10(START) - np.log10(START).mean()
    assert found.unchanged[-1] == pytest.approx(0.5 * np.sqrt(np.mean(spread**2)), rel=1e-9)


@pytest.mark.parametrize("variant", ["standard", "isotropic"])
def test_weight_decay_sets_the_level_and_the_clock(variant):
    """Against the flow integrated with decay: level and shape, from the clock alone."""
    setting = {"loss": "cosine", "predictor": "direct_pred", "variant": variant}
    decay, clock, epochs = 0.15, 0.25, np.arange(1, 13)
    times = np.append(0, clock * epochs)
    path = eigenvalue_trajectory(START, times, weight_decay=decay / clock, **setting)
    found = predict_spectrum(path, 2, 3, decay=2 * decay, **setting)
    assert found.clock == pytest.approx(clock, rel=0.04)  # the grid of clocks
    np.testing.assert_allclose(found.eigenvalues.sum(1), path[2:].sum(1), rtol=0.02)
    assert found.error.max() < 0.05 < found.unchanged[-1]
    without = predict_spectrum(path, 2, 3, **setting)
    assert (without.eigenvalues.sum(1) / path[2:].sum(1))[-1] > 10  # exp(0.3 * 10) is 20


def test_two_factors_of_the_encoder_decay_and_no_more():
    """Steps without gradient: the representation shrinks as the product of two factors."""
    rng = np.random.default_rng(0)
    encoder = Encoder(EncoderSetting(), 64, rng, dtype=np.float64)
    images = rng.standard_normal((200, 64))
    decay, steps = 1e-3, 400
    sizes = []
    optimizer = SGD(encoder.parameters, 0.1, momentum=0.9, weight_decay=decay)
    for _ in range(2):
        z = encoder.online.forward(images)[0]  # statistics of the batch
        sizes.append(np.sum(z**2))
        for _ in range(steps):
            optimizer.step([np.zeros_like(p) for p in encoder.parameters])
    # A hundredth of the velocity is missing at first: momentum 0.9 has ten steps of memory.
    expected = -2 * 2 * 0.1 * decay / (1 - 0.9) * (steps - 9)
    assert np.log(sizes[1] / sizes[0]) == pytest.approx(expected, rel=0.02)


def test_bad_arguments():
    with pytest.raises(ValueError, match="decay must be 0 with this loss and predictor"):
        predict_spectrum(np.ones((5, 2)) + np.eye(5, 2), 1, 1, decay=0.1)
    with pytest.raises(ValueError, match="need 6 rows of measured, not 5"):
        predict_spectrum(np.ones((5, 2)), 2, 3)
    with pytest.raises(ValueError, match="measured must have 2 dimensions"):
        predict_spectrum(np.ones(5), 1, 1)
