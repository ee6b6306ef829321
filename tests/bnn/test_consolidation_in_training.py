"""Simulation against prediction: hidden weights under the optimizer and under known pulls."""

import numpy as np
import pytest

from theory.bnn.optimizer import FIRST_DECAY, SECOND_DECAY, Adam, GradientDescent
from theory.bnn.parameters import Parameter
from theory.metaplasticity import flip_time, ratchet_drift, transported_density


def weights(values, dtype=np.float64):
    return Parameter("weights", np.array(values, dtype), "binary")


@pytest.mark.parametrize("metaplasticity", [0.0, 1.35, 5.0])
def test_a_steady_pull_flips_weights_when_the_theory_says(metaplasticity):
    """Gradient descent under a unit gradient: within one update of the corrected flip time."""
    start = np.linspace(0.05, 1.2, 24)
    parameter, rate = weights(start), 0.01
    optimizer = GradientDescent([parameter], rate, metaplasticity=metaplasticity)
    predicted = flip_time(start, np.full(24, rate), metaplasticity, discrete=True)
    reached = predicted < 20_000
    flipped = np.full(24, np.inf)
    for step in range(1, 20_001):
        parameter.gradient[:] = 1.0
        optimizer.update()
        newly = (parameter.used < 0) & np.isinf(flipped)
        flipped[newly] = step
        if np.isfinite(flipped[reached]).all():
            break
    assert reached.sum() > 5
    # The correction is the first of an expansion in m v; the sign changes within one more update.
    assert np.all(np.abs(flipped - predicted)[reached] <= 1.5 + metaplasticity * rate * 5)


def test_zero_mean_updates_drive_weights_outward_as_predicted():
    """The ratchet: mean outward drift (g / 2) tanh^2(m W) for updates of either sign."""
    rng = np.random.default_rng(0)
    size, step, metaplasticity = 200_000, 1e-3, 4.0
    for start in (0.1, 0.3, 0.6):
        parameter = weights(np.full(size, start))
        optimizer = GradientDescent([parameter], step, metaplasticity=metaplasticity)
        parameter.gradient[:] = rng.choice([-1.0, 1.0], size)
        optimizer.update()
        drift = parameter.value.mean() - start
        error = parameter.value.std() / np.sqrt(size)
        assert abs(drift - ratchet_drift(start, step, metaplasticity)) < 4 * error


def test_a_population_is_transported_as_predicted():
    """Weights of a normal law under a common pull: histogram against the transported density."""
    rng = np.random.default_rng(1)
    size, pull, steps, metaplasticity = 100_000, 2e-3, 500, 2.0
    parameter = weights(rng.normal(0.8, 0.1, size))
    optimizer = GradientDescent([parameter], pull, metaplasticity=metaplasticity)
    for _ in range(steps):
        parameter.gradient[:] = 1.0
        optimizer.update()
    edges = np.linspace(0.2, 1.2, 26)
    counts = np.histogram(parameter.value, edges)[0]
    fine = np.linspace(edges[0], edges[-1], 2501)

    def initial(value):
        return np.exp(-0.5 * ((value - 0.8) / 0.1) ** 2) / (0.1 * np.sqrt(2 * np.pi))

    density = transported_density(fine, initial, steps * pull, metaplasticity)
    cells = (density[:-1] + density[1:]) / 2 * np.diff(fine)
    expected = size * cells.reshape(25, 100).sum(axis=1)
    # Counting noise, and half an update of 2e-3 of the characteristics: a percent of a bin's slope.
    tolerance = 4 * np.sqrt(expected + 1) + 0.02 * expected.max()
    assert np.all(np.abs(counts - expected) < tolerance)


def test_an_update_of_adam_is_bounded_and_close_to_the_rate():
    """The group m eta T rests on it: |step| <= eta (1 - beta1) / sqrt(1 - beta2), mostly <= eta."""
    rng = np.random.default_rng(2)
    parameter, rate = weights(np.zeros(5000)), 0.005
    optimizer = Adam([parameter], rate)
    largest = []
    for _ in range(400):
        before = parameter.value.copy()
        parameter.gradient[:] = rng.standard_normal(5000) * np.exp(rng.standard_normal(5000))
        optimizer.update()
        largest.append(np.abs(parameter.value - before))
    largest = np.array(largest)
    assert largest.max() <= rate * (1 - FIRST_DECAY) / np.sqrt(1 - SECOND_DECAY)
    assert np.mean(largest <= rate * 1.0001) > 0.99


def test_a_steady_gradient_moves_weights_at_the_learning_rate_whatever_its_size():
    parameter = weights(np.zeros(3))
    optimizer = Adam([parameter], 0.005)
    for _ in range(200):
        parameter.gradient[:] = [-1e-3, -1.0, 50.0]
        optimizer.update()
    # Epsilon, 1e-8 against the smallest gradient of 1e-3, and rounding.
    np.testing.assert_allclose(parameter.value, [1.0, 1.0, -1.0], rtol=1e-4)


def test_weight_decay_alone_is_normalised_by_adam():
    """Without a gradient the decay term is a steady gradient: the weight shrinks at the rate."""
    parameter = weights([0.5, -0.5])
    optimizer = Adam([parameter], 0.001, weight_decay=0.1)
    for _ in range(100):
        parameter.gradient[:] = 0
        optimizer.update()
    # The decay term shrinks with the weight, so that its average lags: a few parts in a hundred.
    np.testing.assert_allclose(parameter.value, [0.4, -0.4], atol=0.01)
    damped = weights([0.5, -0.5])
    optimizer = Adam([damped], 0.001, weight_decay=0.1, metaplasticity=10.0)
    for _ in range(100):
        damped.gradient[:] = 0
        optimizer.update()
    assert np.all(np.abs(damped.value) > 0.499)


def test_metaplasticity_keeps_what_one_task_taught_against_a_second_one():
    """The two-task caricature: pulls of random size, first in random directions, then anew."""
    rng = np.random.default_rng(3)
    first, second = rng.uniform(-1, 1, (2, 20_000))
    kept = []
    for metaplasticity in (0.0, 1.0, 4.0):
        parameter = weights(rng.uniform(-0.01, 0.01, 20_000))
        optimizer = GradientDescent([parameter], 0.01, metaplasticity=metaplasticity)
        for pull in (first, second):
            for _ in range(100):
                parameter.gradient[:] = -pull
                optimizer.update()
        kept.append(np.mean(np.sign(first) == parameter.used))
    # Without damping the larger of two equal pulls wins: 3 of 4 signs agree with the first task.
    assert kept[0] == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 20_000) + 0.005)
    assert kept[0] + 0.02 < kept[1] < kept[2] - 0.02
