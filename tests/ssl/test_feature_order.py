"""Order of features: against the layered networks themselves, and the two leading laws."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theory.ssl import feature_times

START = 0.2


def layered_time(phi, beta, objective, depth, fraction):
    """Time from integrating every layer and the predictor, from the losses' mean gradients."""
    second = phi / beta

    def velocity(_, x):
        *layers, v = x
        whole = np.prod(layers)
        if objective == "self-distillation":
            # (v W a - W b)^2 / 2 with the target held: in v, and in W through v
            along, error = whole, whole * (phi - v * second)
            change = [v * error * whole / w for w in layers]
        else:
            along, error = whole, phi - v * whole * second
            change = [v * error * whole / w for w in layers]
        return [*change, along * error]

    end = beta if objective == "self-distillation" else beta ** (1 / (depth + 1))

    def there(_, x):
        return x[0] - fraction * end

    there.terminal = True
    run = solve_ivp(velocity, (0, 1e7), [START] * (depth + 1), events=there, rtol=1e-10, atol=1e-12,
                    method="DOP853")  # fmt: skip
    return run.t_events[0][0]


@pytest.mark.parametrize("objective", ["self-distillation", "reconstruction"])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize(("phi", "beta"), [(1.0, 0.9), (0.4, 0.5)])
def test_times_against_the_layers(objective, depth, phi, beta):
    found = feature_times(phi, beta, START, objective=objective, depth=depth, fraction=0.6)
    wanted = layered_time(phi, beta, objective, depth, 0.6)
    assert found == pytest.approx(wanted, rel=1e-6)


def test_reconstruction_follows_covariance_self_distillation_regression():
    # feature 1 has more covariance, feature 2 is cleaner
    phi, beta = np.array([1.1, 1.0]), np.array([0.5, 0.95])
    reconstruction = feature_times(phi, beta, 0.1, objective="reconstruction", depth=3)
    distilled = feature_times(phi, beta, 0.1, depth=3)
    assert reconstruction[0] < reconstruction[1]
    assert distilled[1] < distilled[0]


def test_leading_times_of_small_starts():
    start, phi, beta = 1e-4, np.array([0.7, 0.7]), np.array([0.4, 0.9])
    distilled = feature_times(phi, beta, start, depth=1)
    np.testing.assert_allclose(distilled, 1 / (phi * start), rtol=5e-3)
    # the next term of the sum is 1/(phi beta) log(1/start)
    extra = (distilled - 1 / (phi * start)) * phi * beta
    np.testing.assert_allclose(extra, np.log(beta / start - 1) - 2, rtol=1e-8)
    reconstruction = feature_times(phi, beta, start, objective="reconstruction", depth=3)
    np.testing.assert_allclose(reconstruction, 1 / (2 * phi * start**2), rtol=1e-5)


def test_bad_arguments():
    with pytest.raises(ValueError, match="regression must be in"):
        feature_times(1.0, 1.2, 0.1)
    with pytest.raises(ValueError, match="covariance must be above 0"):
        feature_times(0.0, 0.5, 0.1)
    with pytest.raises(ValueError, match=r"start must be below 0\.5 of where w ends, at most 0\.2"):
        feature_times(1.0, 0.4, 0.3)
    with pytest.raises(ValueError, match="objective must be one of"):
        feature_times(1.0, 0.4, 0.1, objective="masked")
