"""Lyapunov identity and bounds, over random tasks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.metaplasticity import (
    QuadraticTask,
    averaging_error_bound,
    hidden_weight_bound,
    lyapunov_value,
    mean_field,
    simulate_hidden_weights,
)

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def _task(rng, largest):
    d = int(rng.integers(1, 15))
    basis, _ = np.linalg.qr(rng.standard_normal((d, d)))
    hessian = (basis * rng.uniform(0.2, 5, d)) @ basis.T
    return QuadraticTask((hessian + hessian.T) / 2, rng.uniform(-largest, largest, d))


@quick
@given(seed=seeds)
def test_every_step_changes_the_energy_as_the_identity_says(seed):
    rng = np.random.default_rng(seed)
    task = _task(rng, 3.0)
    rate = 10 ** rng.uniform(-2, 0)
    hidden = simulate_hidden_weights(
        task, rng.standard_normal(task.dimension), 60, rate, record_hidden=True
    ).hidden
    signs = np.where(hidden >= 0, 1.0, -1.0)
    pull = np.sum(np.abs(hidden) * (1 - signs * task.optimum), axis=1)
    change = -rate * pull + rate**2 * task.loss(signs)
    energy = lyapunov_value(task, hidden)
    np.testing.assert_allclose(np.diff(energy), change[:-1], atol=1e-10 * energy.max())


@quick
@given(seed=seeds)
def test_the_energy_falls_wherever_hidden_weights_are_far_out(seed):
    rng = np.random.default_rng(seed)
    task = _task(rng, 0.8)
    rate = 0.1
    margin = 1 - np.abs(task.optimum).max()
    largest_loss = (
        0.5 * np.linalg.eigvalsh(task.hessian)[-1] * np.sum((1 + np.abs(task.optimum)) ** 2)
    )
    direction = rng.standard_normal(task.dimension)
    start = 1.01 * direction / np.abs(direction).sum() * rate * largest_loss / margin
    after = simulate_hidden_weights(task, start, 1, rate).final
    assert lyapunov_value(task, after) < lyapunov_value(task, start)


@quick
@given(seed=seeds, start=st.floats(0.0, 20.0))
def test_hidden_weights_never_pass_their_bound(seed, start):
    rng = np.random.default_rng(seed)
    task = _task(rng, 0.9)
    initial = start * rng.standard_normal(task.dimension)
    hidden = simulate_hidden_weights(task, initial, 400, 0.1, record_hidden=True).hidden
    assert np.linalg.norm(hidden, axis=1).max() <= hidden_weight_bound(task, initial, 0.1)


def test_the_bound_covers_the_whole_region_where_the_energy_may_rise():
    """A norm test alone passes with a bound that is too small: paths do not reach the corners."""
    task, rate = QuadraticTask(np.diag([0.1, 10.0]), [0.0, 0.3]), 0.1
    corners = np.array([(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    radius = rate * task.loss(corners).max() / 0.7
    # The energy is convex: on the ball of this 1-norm it is largest at a vertex.
    highest = lyapunov_value(task, radius * np.eye(2)).max() + rate**2 * task.loss(corners).max()
    bound = hidden_weight_bound(task, np.zeros(2), rate)
    assert bound**2 >= 2 * 10.0 * highest
    far = np.array([0.0, 1e6])  # along the stiffest direction norm and energy give the bound
    assert hidden_weight_bound(task, far, rate) == pytest.approx(1e6, rel=1e-9)


@quick
@given(seed=seeds, largest=st.sampled_from([0.8, 2.0, 5.0]))
def test_time_averages_stay_within_the_proved_bound(seed, largest):
    rng = np.random.default_rng(seed)
    task = _task(rng, largest)
    state = mean_field(task)
    initial = rng.standard_normal(task.dimension)
    hidden = simulate_hidden_weights(task, initial, 300, 0.2, record_hidden=True).hidden
    times = np.array([1, 5, 30, 300])
    means = np.cumsum(np.where(hidden[:-1] >= 0, 1.0, -1.0), axis=0)[times - 1] / times[:, None]
    miss = means - state.binary_mean
    measured = np.sqrt(np.einsum("ti,ij,tj->t", miss, task.hessian, miss))
    bound = averaging_error_bound(task, state, initial, times, 0.2)
    assert np.all(measured <= bound * (1 + 1e-9))


def test_averages_converge_as_one_over_the_steps():
    rng = np.random.default_rng(3)
    times = np.geomspace(300, 30_000, 12).astype(int)
    slopes = []
    for _ in range(4):
        task = _task(rng, 2.0)
        hidden = simulate_hidden_weights(
            task, rng.standard_normal(task.dimension), times[-1], 0.1, record_hidden=True
        ).hidden
        signs = np.where(hidden[:-1] >= 0, 1.0, -1.0)
        means = np.cumsum(signs, axis=0)[times - 1] / times[:, None]
        error = np.linalg.norm(means - mean_field(task).binary_mean, axis=1)
        slopes.append(np.polyfit(np.log(times), np.log(error), 1)[0])
    # One over T times a bounded, irregular factor; two decades of T average it.
    assert np.mean(slopes) == pytest.approx(-1, abs=0.15)


def test_hidden_weights_diverge_at_least_linearly_outside_the_box():
    rng = np.random.default_rng(8)
    for _ in range(5):
        task = _task(rng, 3.0)
        excess = np.abs(task.optimum).max() - 1
        if excess <= 0:
            continue
        start = np.zeros(task.dimension)
        hidden = simulate_hidden_weights(task, start, 500, 0.1, record_hidden=True).hidden
        norm = np.linalg.norm(np.linalg.solve(task.hessian, hidden.T), axis=0)
        # The lemma: the component of H^-1 W with |W*| > 1 gains eta (|W*| - 1) in every step.
        assert np.all(norm >= 0.1 * excess * np.arange(501) * (1 - 1e-9))


def test_the_energy_has_the_shape_of_the_batch_and_is_quadratic():
    task = QuadraticTask([[2.0, 0.3], [0.3, 1.0]], [0.1, 0.2])
    hidden = np.arange(12.0).reshape(2, 3, 2)
    energy = lyapunov_value(task, hidden)
    assert energy.shape == (2, 3)
    np.testing.assert_allclose(lyapunov_value(task, -3 * hidden), 9 * energy)
    inverse = np.linalg.inv(task.hessian)
    np.testing.assert_allclose(energy[1, 2], 0.5 * hidden[1, 2] @ inverse @ hidden[1, 2])


def test_an_optimum_outside_the_box_has_no_bound():
    task = QuadraticTask([[1.0]], [1.0])
    with pytest.raises(ValueError, match="inside the open box"):
        hidden_weight_bound(task, [0.0], 0.1)
    with pytest.raises(ValueError, match="learning_rate must be"):
        hidden_weight_bound(QuadraticTask([[1.0]], [0.5]), [0.0], -0.1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda t: averaging_error_bound(t, mean_field(t), [0.0], 0, 0.1), "steps must be 1 or"),
        (lambda t: averaging_error_bound(t, mean_field(t), [0.0], 5, 0.0), "learning_rate must be"),
        (lambda t: lyapunov_value(t, [1.0, 2.0]), "hidden: the last axis"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(QuadraticTask([[1.0]], [0.4]))
