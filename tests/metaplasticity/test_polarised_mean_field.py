"""Mean field with weak metaplasticity: against simulation, its own energy and the scalar law."""

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from theory.metaplasticity import (
    GaussianSpectrum,
    QuadraticTask,
    mean_field,
    metaplastic_mean_field,
    polarised_mean,
    rectified,
    simulate_hidden_weights,
)
from theory.metaplasticity.derivations.metaplastic_mean_field import mean_field_energy
from theory.numerics import numeric_function

RATE = 0.01


def _simulated(task, strength, seed, steps=4000):
    """Strength m, mean signs of eight starts, and the mean of their late velocities."""
    rng = np.random.default_rng(seed)
    m = strength / (RATE * np.diag(task.hessian).mean())
    start = RATE * rng.standard_normal((8, task.dimension))
    middle = simulate_hidden_weights(task, start, 1500, RATE, m).final
    run = simulate_hidden_weights(task, middle, steps, RATE, m)
    velocity = (run.final - middle).mean(axis=0) / (steps * RATE)
    return m, run.binary_mean, velocity


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("strength", [0.1, 0.2])
def test_mean_signs_of_random_tasks_to_second_order(seed, strength):
    task = QuadraticTask.random(100, seed)
    m, signs, _ = _simulated(task, strength, seed)
    theory = metaplastic_mean_field(task, RATE, m)
    mean, error = signs.mean(axis=0), signs.std(axis=0, ddof=1) / np.sqrt(len(signs))
    shift = np.linalg.norm(mean - mean_field(task).binary_mean)
    # Neglected, as a share of the shift: the fourth order, and what the other free synapses shake,
    # relative to the own curvature, squared. Their coefficients are of order one: over 24 tasks
    # 0.4 to 1.6 of this estimate was measured, so the bound is twice the estimate.
    neglected = 2 * strength**2 + 4 * theory.coupling.max() ** 2
    bound = 2 * neglected * shift + 3 * np.linalg.norm(error)
    assert np.linalg.norm(mean - theory.binary_mean) < bound
    assert bound < shift / 2  # so the plain mean field fails it


@pytest.mark.parametrize("seed", range(3))
def test_velocities_are_rectified_and_keep_their_order(seed):
    task = QuadraticTask.random(100, seed)
    m, _, velocity = _simulated(task, 0.2, seed)
    theory = metaplastic_mean_field(task, RATE, m)
    held = theory.consolidated & (np.abs(velocity) * RATE * m * 1500 > 5)  # m|W| is large by then
    size = np.abs(velocity[held])
    plain = np.abs(size - np.abs(theory.multiplier[held])).max()
    close = np.abs(size - np.abs(theory.velocity[held])).max()
    assert close < 0.2 * plain
    box = np.abs(mean_field(task).multiplier[held])
    order = np.argsort(np.argsort(size)), np.argsort(np.argsort(box))
    assert np.corrcoef(*order)[0, 1] > 0.99


def test_strong_coupling_is_told_by_the_coupling():
    rng = np.random.default_rng(5)
    strong = QuadraticTask(GaussianSpectrum(1.5).sample_hessian(120, rng), rng.uniform(-2, 2, 120))
    weak = QuadraticTask.random(120, rng)
    assert metaplastic_mean_field(weak, RATE, 0.5).coupling.max() < 0.2
    assert metaplastic_mean_field(strong, RATE, 0.5).coupling.max() > 0.3


def test_without_coupling_it_is_the_polarised_synapse():
    optimum, strength = np.linspace(-0.9, 0.9, 13), 0.1
    theory = metaplastic_mean_field(QuadraticTask(np.eye(13), optimum), 0.1, strength / 0.1)
    # The two forms of the second order differ in the fourth.
    assert np.abs(theory.binary_mean - polarised_mean(optimum, strength)).max() < strength**4
    assert np.abs(theory.binary_mean - optimum).max() > 10 * strength**4


def test_weights_without_coupling_do_not_stop_each_other():
    """A weight that is where it belongs, beside others that take many steps to it."""
    task = QuadraticTask(QuadraticTask.random(20, 4).hessian, np.linspace(-0.5, 0.5, 20))
    hessian = np.zeros((21, 21))
    hessian[:20, :20], hessian[20, 20] = task.hessian, np.trace(task.hessian) / 20
    both = QuadraticTask(hessian, np.append(task.optimum, 0.0))
    alone, beside = (metaplastic_mean_field(t, RATE, 3.0).binary_mean for t in (task, both))
    np.testing.assert_allclose(beside[:20], alone, atol=1e-9)
    assert beside[20] == 0 and np.abs(alone).max() < 1  # none is consolidated, and so at rest, too


def test_no_metaplasticity_is_the_plain_mean_field():
    task = QuadraticTask.random(30, 2)
    theory, box = metaplastic_mean_field(task, RATE, 0.0), mean_field(task)
    np.testing.assert_allclose(theory.binary_mean, box.binary_mean, atol=1e-9)
    np.testing.assert_allclose(theory.multiplier, box.multiplier, atol=1e-7)


def test_the_mean_minimises_the_derived_energy():
    task, m = QuadraticTask.random(12, 3), 1.5
    cost = mean_field_energy()["energy"].rhs
    names = {s.name: s for s in cost.free_symbols}
    single = numeric_function([names[n] for n in ("kappa_i", "H_ii", r"\bar{s}_i")], cost)
    curvature = np.diag(task.hessian)

    def energy(s):
        return float(task.loss(s) + np.sum(single(m * RATE * curvature, curvature, s)))

    found = minimize(
        energy, np.zeros(12), method="L-BFGS-B", bounds=[(-1, 1)] * 12, options={"ftol": 1e-15}
    )
    theory = metaplastic_mean_field(task, RATE, m)
    # L-BFGS with differences resolves the minimiser to the root of its accuracy.
    np.testing.assert_allclose(theory.binary_mean, found.x, atol=1e-4)
    assert np.abs(theory.binary_mean - mean_field(task).binary_mean).max() > 1e-2
    assert energy(theory.binary_mean) <= energy(found.x) + 1e-9


@pytest.mark.parametrize(("mean", "deviation"), [(0.3, 1.0), (-2.0, 0.7), (1.5, 0.2)])
def test_the_rectified_mean_is_its_integral(mean, deviation):
    def integrand(z):
        return max(mean + deviation * z, 0) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    expected = quad(integrand, -10, 10, points=[-mean / deviation], limit=200)[0]
    assert rectified(mean, deviation) == pytest.approx(expected, abs=1e-9)
    assert rectified(mean, 0.0) == max(mean, 0)


def test_one_strength_a_synapse():
    task = QuadraticTask(np.eye(2), [0.4, 0.4])
    theory = metaplastic_mean_field(task, 1.0, np.array([0.0, 0.2]))
    assert theory.binary_mean[0] == pytest.approx(0.4, abs=1e-12)
    assert theory.binary_mean[1] > 0.405


def test_what_the_theory_cannot_do_is_refused():
    task = QuadraticTask([[1.0, 0.9], [0.9, 1.0]], [0.2, 0.1])
    with pytest.raises(ValueError, match=r"metaplasticity must be weaker, below about 0\.387"):
        metaplastic_mean_field(task, 1.0, 1.0)
    metaplastic_mean_field(task, 1.0, 0.38)
    # Unlike curvatures: what is told is enough, whichever weight bends most.
    task = QuadraticTask([[1.0, 0.3], [0.3, 0.2]], [0.2, 0.1])
    with pytest.raises(ValueError, match="below about") as refused:
        metaplastic_mean_field(task, 1.0, 5.0)
    allowed = float(re.search(r"below about (\S+) ", str(refused.value))[1])
    metaplastic_mean_field(task, 1.0, 0.99 * allowed)
    with pytest.raises(ValueError, match=r"metaplasticity must be one number or of shape \(2,\)"):
        metaplastic_mean_field(task, 1.0, [0.1, 0.1, 0.1])
    with pytest.raises(ValueError, match="deviation must be a finite number"):
        rectified(1.0, -1.0)
