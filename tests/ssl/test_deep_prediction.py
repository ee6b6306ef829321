"""The fitted clock finds a known one, predicts what was not fitted, and says when it cannot."""

import numpy as np
import pytest

from theory.ssl import eigenvalue_trajectory, predict_spectrum

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


def test_bad_arguments():
    with pytest.raises(ValueError, match="need 6 rows of measured, not 5"):
        predict_spectrum(np.ones((5, 2)), 2, 3)
    with pytest.raises(ValueError, match="measured must have 2 dimensions"):
        predict_spectrum(np.ones(5), 1, 1)
