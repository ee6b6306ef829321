"""The random-Hessian mean field: its equations, limits, and direct solutions of random tasks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.metaplasticity import (
    DiscreteOptimum,
    EmpiricalSpectrum,
    GaussianSpectrum,
    NormalOptimum,
    QuadraticTask,
    UniformOptimum,
    UniformSpectrum,
    mean_field,
    random_hessian_mean_field,
    simulate_hidden_weights,
    spectral_mean_field,
)

quick = settings(max_examples=40, deadline=None, derandomize=True)
ratios = st.floats(1.02, 50.0)


@quick
@given(ratio=ratios, spread=st.floats(1.05, 8.0), seed=st.integers(0, 2**32 - 1))
def test_the_fixed_point_holds_by_monte_carlo(ratio, spread, seed):
    state = random_hessian_mean_field(ratio, UniformOptimum(spread))
    rng = np.random.default_rng(seed)
    w = rng.uniform(-spread, spread, 40_000)
    x = w + state.noise * rng.standard_normal(40_000)
    clipped = np.clip(x, -1, 1)
    squares = (clipped - w) ** 2
    # Five standard errors: forty examples of three comparisons are a false alarm in 1e-4 cases.
    slack = 5 / np.sqrt(40_000)
    assert abs(squares.mean() / ratio - state.noise**2) < slack * squares.std() / ratio
    assert abs(np.mean(np.abs(x) < 1) - state.free_fraction) < slack * 0.5
    assert abs(np.mean(1 - clipped**2) - state.free_variance) < slack * 0.5


@quick
@given(ratio=ratios, spread=st.floats(0.3, 5.0))
def test_noise_lies_between_its_bounds_and_the_closed_forms_hold(ratio, spread):
    law = NormalOptimum(spread)
    state = random_hessian_mean_field(ratio, law)
    floor = np.sqrt(law.overshoot())
    assert floor / np.sqrt(ratio) <= state.noise * (1 + 1e-9)
    assert state.noise <= floor / (np.sqrt(ratio) - 1) * (1 + 1e-9)
    assert state.noise**2 == pytest.approx(state.squared_error / ratio, rel=1e-5)
    assert state.effective_curvature == pytest.approx(1 - state.free_fraction / ratio, rel=1e-6)
    loss = 0.5 * ratio * state.noise**2 * state.effective_curvature**2
    assert state.loss == pytest.approx(loss, rel=1e-4)


@quick
@given(ratio=ratios, spread=st.floats(1.2, 4.0))
def test_the_fixed_point_is_unique(ratio, spread):
    """The map of the noise crosses the diagonal once, over eight decades."""
    law = UniformOptimum(spread)
    values, probabilities = law.nodes()
    rng_free_grid = np.geomspace(1e-4, 1e4, 200)
    z, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    error = np.array([
        probabilities @ ((np.clip(values[:, None] + t * z, -1, 1) - values[:, None]) ** 2 @ weight)
        for t in rng_free_grid
    ])  # fmt: skip
    above = error / ratio > rng_free_grid**2
    assert np.count_nonzero(np.diff(above)) == 1
    crossing = rng_free_grid[np.flatnonzero(np.diff(above))[0]]
    state = random_hessian_mean_field(ratio, law)
    # The grid has steps of 10 %; Hermite quadrature of a kinked function errs by a few per cent.
    assert state.noise == pytest.approx(crossing, rel=0.15)


def test_an_optimum_inside_the_box_is_found_exactly():
    for law in (UniformOptimum(0.9), UniformOptimum(1.0), DiscreteOptimum([-1.0, 1.0, 0.2])):
        state = random_hessian_mean_field(1.3, law)
        assert state.noise == 0 and state.consolidated_fraction == 0 and state.loss == 0
        assert state.relabelled_fraction == 0
        assert np.all(state.multiplier_survival(np.array([0.0, 1.0])) == 0)
        assert np.all(state.multiplier_density(np.array([0.0, 1.0])) == 0)
    assert random_hessian_mean_field(1.3, UniformOptimum(0.9)).free_variance == pytest.approx(
        1 - 0.27, rel=1e-9
    )


def test_a_slight_overshoot_makes_slight_noise():
    previous = 0.0
    for excess in (1e-6, 1e-4, 1e-2):
        state = random_hessian_mean_field(1.5, UniformOptimum(1 + excess))
        assert previous < state.noise < 3 * excess
        previous = state.noise


def test_many_rows_give_the_theorem_for_a_diagonal_hessian():
    state = random_hessian_mean_field(1e8, UniformOptimum(4.0))
    assert state.consolidated_fraction == pytest.approx(0.75, abs=1e-6)
    assert state.effective_curvature == pytest.approx(1, abs=1e-6)
    sizes = np.array([0.5, 1.5, 2.9])
    np.testing.assert_allclose(state.multiplier_survival(sizes), (3 - sizes) / 4, atol=1e-6)
    np.testing.assert_allclose(state.multiplier_density(sizes), 0.25, atol=1e-6)
    assert state.loss == pytest.approx(0.5 * UniformOptimum(4.0).overshoot(), rel=1e-5)
    assert state.relabelled_fraction < 1e-3


def test_a_narrow_spectrum_gives_the_theorem_for_equal_curvatures():
    state = spectral_mean_field(UniformSpectrum(2.999, 3.001), UniformOptimum(2.0))
    assert state.consolidated_fraction == pytest.approx(0.5, abs=1e-3)
    assert state.effective_curvature == pytest.approx(3, abs=1e-3)
    assert state.noise < 1e-3


@quick
@given(ratio=ratios, spread=st.floats(0.5, 5.0))
def test_the_law_of_the_multipliers_is_consistent(ratio, spread):
    state = random_hessian_mean_field(ratio, NormalOptimum(spread))
    assert float(state.multiplier_survival(0.0)) == pytest.approx(
        state.consolidated_fraction, abs=1e-6
    )
    sizes = np.linspace(0, 40 * spread, 40_001)
    mass = np.trapezoid(state.multiplier_density(sizes), sizes)
    assert mass == pytest.approx(state.consolidated_fraction, abs=1e-4)
    grid = np.linspace(-1, 1, 2001)
    assert np.trapezoid(state.mean_density(grid), grid) == pytest.approx(
        state.free_fraction, abs=1e-5
    )


def test_scaling_the_hessian_scales_curvature_and_loss_only():
    law = UniformOptimum(3.0)
    one = spectral_mean_field(UniformSpectrum(1.0, 3.0), law)
    ten = spectral_mean_field(UniformSpectrum(10.0, 30.0), law)
    assert ten.noise == pytest.approx(one.noise, rel=1e-9)
    assert ten.effective_curvature == pytest.approx(10 * one.effective_curvature, rel=1e-9)
    assert ten.loss == pytest.approx(10 * one.loss, rel=1e-8)
    assert ten.time_averaged_loss == pytest.approx(10 * one.time_averaged_loss, rel=1e-8)


def _trials(draw_hessian, law, dimension, count, rng):
    """Direct solutions: consolidated, relabelled, loss and large multipliers, (count, 4)."""
    rows = []
    for _ in range(count):
        optimum = law.sample(dimension, rng)
        task = QuadraticTask(draw_hessian(dimension, rng), optimum)
        box = mean_field(task)
        rows.append((
            box.consolidated.mean(),
            np.mean(box.consolidated != (np.abs(optimum) > 1)),
            task.loss(box.binary_mean) / dimension,
            np.mean(np.abs(box.multiplier) > task.hessian[0, 0] / 2),
        ))  # fmt: skip
    return np.array(rows)


@pytest.mark.parametrize(
    ("spectrum", "law"),
    [
        (GaussianSpectrum(1.3), UniformOptimum(2.0)),
        (GaussianSpectrum(3.0), NormalOptimum(1.0)),
        (GaussianSpectrum(1.8), DiscreteOptimum([-3.0, -0.5, 0.5, 1.4])),
        (UniformSpectrum(10.5, 29.5), UniformOptimum(4.0)),
        (UniformSpectrum(0.1, 3.0), NormalOptimum(1.5)),
    ],
)
def test_direct_solutions_of_random_tasks_have_the_predicted_statistics(spectrum, law):
    rng = np.random.default_rng(17)
    dimension, count = 250, 40
    rows = _trials(spectrum.sample_hessian, law, dimension, count, rng)
    state = spectral_mean_field(spectrum, law)
    predicted = np.array([
        state.consolidated_fraction,
        state.relabelled_fraction,
        state.loss,
        float(state.multiplier_survival(spectrum.mean / 2)),
    ])  # fmt: skip
    standard_error = rows.std(axis=0, ddof=1) / np.sqrt(count)
    # Four standard errors of 40 draws, and a bias of order 1/d of the quantity itself.
    slack = 4 * standard_error + 3 * predicted / dimension
    assert np.all(np.abs(rows.mean(axis=0) - predicted) < slack), (rows.mean(axis=0), predicted)


def test_deviations_of_single_draws_fall_as_the_root_of_the_dimension():
    law, spectrum = UniformOptimum(2.0), GaussianSpectrum(1.5)
    state = random_hessian_mean_field(1.5, law)
    rng = np.random.default_rng(5)
    dimensions, count = np.array([30, 120, 480]), 60
    spread = []
    for dimension in dimensions:
        losses = _trials(spectrum.sample_hessian, law, dimension, count, rng)[:, 2]
        spread.append(np.sqrt(np.mean((losses / state.loss - 1) ** 2)))
    slope = np.polyfit(np.log(dimensions), np.log(spread), 1)[0]
    # Each of the three has the relative error 1/sqrt(120) = 0.09; the slope over 2.77: 0.05.
    assert slope == pytest.approx(-0.5, abs=0.15)


def test_the_given_eigenvalues_and_optima_predict_one_task():
    rng = np.random.default_rng(23)
    task = QuadraticTask.random(500, rng)
    state = spectral_mean_field(
        EmpiricalSpectrum(np.linalg.eigvalsh(task.hessian)), DiscreteOptimum(task.optimum)
    )
    box = mean_field(task)
    # Only the eigenvectors are random: deviations of a few synapses of 500.
    assert abs(box.consolidated.sum() - 500 * state.consolidated_fraction) < 20
    assert task.loss(box.binary_mean) / 500 == pytest.approx(state.loss, rel=0.03)


def test_simulated_hidden_weights_have_the_predicted_velocities():
    rng = np.random.default_rng(31)
    spectrum, law = GaussianSpectrum(2.0), UniformOptimum(3.0)
    state = random_hessian_mean_field(2.0, law)
    sizes = np.array([0.25, 0.75, 1.25])
    fractions = []
    for _ in range(6):
        task = QuadraticTask(spectrum.sample_hessian(400, rng), law.sample(400, rng))
        run = simulate_hidden_weights(task, 0.1 * rng.standard_normal(400), 1500, 0.1)
        speed = np.abs(run.final) / (0.1 * 1500)
        fractions.append([(speed > size).mean() for size in sizes])
    # Binomial error of 2400 synapses, 4 of them; 1500 steps leave an error of 1e-3 of a speed.
    np.testing.assert_allclose(
        np.mean(fractions, axis=0), state.multiplier_survival(sizes), atol=4 * 0.5 / np.sqrt(2400)
    )


def test_flip_costs_of_consolidated_weights_have_the_predicted_law():
    rng = np.random.default_rng(41)
    state = spectral_mean_field(UniformSpectrum(10.5, 29.5), UniformOptimum(4.0))
    edges = np.array([40.0, 70.0, 100.0, 130.0, 180.0])
    counts = []
    for _ in range(30):
        box = mean_field(QuadraticTask.random(300, rng))
        counts.append(np.histogram(box.flip_cost[box.consolidated], edges)[0] / 300)
    grid = np.linspace(40, 180, 1401)
    density = state.flip_cost_density(grid)
    mass = [
        np.trapezoid(density[(grid >= low) & (grid <= high)], dx=0.1)
        for low, high in pairwise(edges)
    ]
    # Four standard errors, and the scatter of H_ii (here 0.4), which the limit does not have: it
    # moves the costs across the sharp edge at 40.
    slack = 4 * np.std(counts, axis=0, ddof=1) / np.sqrt(30) + 0.4 * density.max()
    assert np.all(np.abs(np.mean(counts, axis=0) - mass) < slack)
    assert np.all(state.flip_cost_density([0.0, 39.9]) == 0)


def test_weak_metaplasticity_leaves_a_coupled_task_as_it_is():
    task = QuadraticTask.random(120, 12)
    state = mean_field(task)
    start = 0.01 * np.random.default_rng(0).standard_normal(120)
    shift = {}
    for m in (0.0, 0.5, 1.0):
        run = simulate_hidden_weights(task, start, 4000, 0.01, m)
        shift[m] = np.sqrt(np.mean((run.binary_mean - state.binary_mean) ** 2))
        speed = run.final / 40
        # Consolidated weights only move outward: they feel nothing but the shift of the free ones.
        assert np.abs(speed - state.multiplier)[state.consolidated].max() < 1.0
    assert shift[0.0] < 0.002
    # Polarisation, second order in m: kappa = m eta H_ii = 0.2 at m = 1.
    assert shift[0.5] < shift[1.0] < 0.03


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: random_hessian_mean_field(1.0, UniformOptimum(2.0)), ValueError, "aspect_ratio"),
        (lambda: random_hessian_mean_field(0.8, UniformOptimum(2.0)), ValueError, "aspect_ratio"),
        (lambda: random_hessian_mean_field("2", UniformOptimum(2.0)), TypeError, "aspect_ratio"),
        (lambda: random_hessian_mean_field(2.0, 4.0), TypeError, "optimum_law must be a law"),
        (lambda: spectral_mean_field(2.0, UniformOptimum(2.0)), TypeError, "spectrum must be"),
    ],
)
def test_bad_arguments_are_named(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
