"""Second-order predictions of the mean field against simulation."""

import numpy as np
import pytest

from theory.metaplasticity import QuadraticTask, fluctuations, mean_field, simulate_hidden_weights


@pytest.fixture(scope="module")
def simulated():
    """A task of the paper's ensemble, its predictions and the signs of its late steps."""
    rng = np.random.default_rng(11)
    task = QuadraticTask.random(200, rng)
    state = mean_field(task)
    start = 0.01 * rng.standard_normal(200)
    hidden = simulate_hidden_weights(task, start, 3000, 0.01, record_hidden=True).hidden[1000:]
    return task, state, fluctuations(task, state), np.where(hidden >= 0, 1.0, -1.0)


def test_mean_loss(simulated):
    task, state, predicted, signs = simulated
    losses = task.loss(signs)
    # Neglected: correlations of the free signs, of relative order |H_ij|/H_ii, 2 % each.
    part = predicted.mean_loss - task.loss(state.binary_mean)
    assert abs(losses.mean() - predicted.mean_loss) < 0.1 * part
    assert part > 0.02 * predicted.mean_loss


def test_scatter_of_flip_costs(simulated):
    task, state, predicted, signs = simulated
    held = state.consolidated
    scatter = task.flip_cost(signs)[:, held].std(axis=0)
    ratio = scatter / predicted.flip_cost_sd[held]
    # The neglected correlations between the roughly fifty free signs: a few per cent each.
    assert ratio.mean() == pytest.approx(1, abs=0.05)
    assert ratio.std() < 0.15


def test_gradient_scatter_is_half_of_the_flip_cost_scatter(simulated):
    _, _, predicted, _ = simulated
    np.testing.assert_allclose(predicted.flip_cost_sd, 2 * predicted.gradient_sd)


def test_a_free_weight_is_shaken_by_itself_most_of_all(simulated):
    task, state, predicted, signs = simulated
    free = ~state.consolidated
    scatter = task.gradient(signs)[:, free].std(axis=0)
    ratio = scatter / predicted.gradient_sd[free]
    assert ratio.mean() == pytest.approx(1, abs=0.05)
    own = np.diag(task.hessian)[free] * np.sqrt(1 - state.binary_mean[free] ** 2)
    assert np.median(own / scatter) > 0.9


def test_no_free_weight_means_no_scatter():
    task = QuadraticTask(np.diag([1.0, 2.0]), [3.0, -2.0])
    predicted = fluctuations(task, mean_field(task))
    np.testing.assert_allclose(predicted.flip_cost_sd, 0, atol=1e-15)
    assert predicted.mean_loss == pytest.approx(float(task.loss(np.array([1.0, -1.0]))))


def test_one_free_weight_is_exact():
    task = QuadraticTask([[3.0]], [0.4])
    predicted = fluctuations(task, mean_field(task))
    # Signs +1 and -1 with probabilities 0.7 and 0.3.
    losses = task.loss(np.array([[1.0], [-1.0]]))
    assert predicted.mean_loss == pytest.approx(0.7 * losses[0] + 0.3 * losses[1])
