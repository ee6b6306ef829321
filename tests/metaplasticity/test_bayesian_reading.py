"""The Bayesian reading: variance, descent, symmetric rule, order of evidence."""

import numpy as np
import pytest

from theory.metaplasticity import (
    PowerTail,
    QuadraticTask,
    TwoTasks,
    belief_mean,
    leftover,
    metaplastic_factor,
    ratchet_drift,
    retention,
    simulate_hidden_weights,
    simulate_two_tasks,
    symmetric_update,
)


def test_the_factor_is_the_variance_of_signs_drawn_from_the_belief():
    rng, hidden = np.random.default_rng(0), np.array([0.0, 0.4, 1.1, 2.0])
    odds = np.exp(2 * 0.8 * hidden)
    signs = np.where(rng.random((200_000, 4)) < odds / (1 + odds), 1.0, -1.0)
    error = 4.5 / np.sqrt(200_000)
    assert np.abs(signs.mean(axis=0) - belief_mean(hidden, 0.8)).max() < error
    assert np.abs(signs.var(axis=0) - metaplastic_factor(hidden, 0.8)).max() < 2 * error


def test_descent_on_the_expected_loss_is_the_symmetric_update():
    task = QuadraticTask([[1.3]], [0.4])
    high, low = (float(task.loss([s])) for s in (1.0, -1.0))

    def expected(hidden):
        mean = belief_mean(hidden, 0.9)
        return high * (1 + mean) / 2 + low * (1 - mean) / 2

    for hidden in (-1.2, 0.3, 0.9):
        slope = (expected(hidden + 1e-5) - expected(hidden - 1e-5)) / 2e-5
        step = symmetric_update(np.array(hidden), -0.9 * (high - low) / 2, 0.9)
        assert step == pytest.approx(-slope, rel=1e-8)


@pytest.mark.parametrize("law", [1.5, PowerTail(1.0, 2.0)])
def test_a_symmetric_factor_does_not_protect(law):
    times = np.array([20, 100, 300])
    errors = []
    for rate, scale in ((0.02, 1), (0.005, 4)):  # the same sizes in finer steps
        tasks = TwoTasks(learning_rate=rate, first_steps=100 * scale)
        run = simulate_two_tasks(times * scale, law, tasks, 40_000, 3, rule=symmetric_update)
        errors.append(np.abs(run.retention - retention(times * scale, 0.0, tasks)).max())
    # 4.5 standard errors; finite steps add in proportion to their size.
    sampling = 4.5 * np.sqrt(0.25 / (40_000 * 2 / 3))
    assert errors[1] < sampling + 0.01
    tasks = TwoTasks(first_steps=200)
    assert retention(300.0, law, tasks) > retention(300.0, 0.0, tasks) + 0.1


def test_coupled_synapses_forget_as_in_plain_training_under_a_symmetric_factor():
    rng = np.random.default_rng(2)
    first = QuadraticTask.random(60, rng)
    second = QuadraticTask(first.hessian, rng.uniform(-4, 4, 60))
    start = 1e-4 * rng.standard_normal((4, 60))

    def signs(m, **options):
        middle = simulate_hidden_weights(first, start, 600, 2e-4, m, **options).final
        return simulate_hidden_weights(second, middle, 400, 2e-4, m, **options).final >= 0

    m = 3.0  # largest hidden weights of 600 x 2e-4 x 60: m|W| up to 20
    plain = signs(0.0)
    symmetric = np.mean(plain != signs(m, rule=symmetric_update))
    published = np.mean(plain != signs(m))
    assert symmetric < 0.3 * published and published > 0.1


def test_evidence_for_and_against_leaves_nothing_to_bayes_only():
    hidden = np.linspace(0, 3, 7)
    assert np.abs(leftover(hidden, 0.1, 0.0)).max() < 1e-15
    published = leftover(hidden, 1e-4, 1.2)
    # Half of it per update is the drift of the ratchet.
    np.testing.assert_allclose(published / 2, ratchet_drift(hidden, 1e-4, 1.2), atol=1e-8)
    symmetric = hidden + symmetric_update(hidden, 1e-4, 1.2)
    symmetric = symmetric + symmetric_update(symmetric, -1e-4, 1.2) - hidden
    assert np.abs(symmetric).max() < 1e-7  # second order in the step


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="step must be a finite number, 0 or above"):
        leftover(1.0, -0.1, 1.0)
    with pytest.raises(ValueError, match="hidden must be finite"):
        belief_mean(np.nan, 1.0)
