"""What the derivations state against what the predictions compute, at random points."""

import itertools

import numpy as np
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from theory.metaplasticity import (
    GaussianSpectrum,
    PowerLawSizes,
    PowerTail,
    QuadraticTask,
    SechSquared,
    TwoTasks,
    UniformOptimum,
    UniformSpectrum,
    adam_flip_cost,
    adam_speed,
    adam_turning_speed,
    belief_mean,
    consolidation_gain,
    decayed_hidden_weights,
    flip_time,
    forgetting_front,
    kept_fraction,
    normalised_path_importance,
    passive_decay_time,
    path_importance_crossover,
    polarised_mean,
    random_hessian_mean_field,
    ratchet_drift,
    retention,
    simulate_hidden_weights,
    symmetric_update,
    transported_density,
)
from theory.metaplasticity.derivations import (
    bayesian_reading,
    consolidation,
    forgetting_fronts,
    locking,
    mean_field,
    metaplastic_mean_field,
    noise,
    random_hessian,
    rotation,
    spectra,
)
from theory.metaplasticity.derivations import retention as retention_derivations
from theory.metaplasticity.polarised_mean_field import rectified
from theory.metaplasticity.spectra import effective_ridge, noise_gain


def test_rotation_bounds_the_mean(value):
    result = rotation.circle_rotation()["mean"].rhs
    w, h, steps = 0.3, 0.2, 50
    orbit = {part.args[0]: part for part in result.atoms(AppliedUndef)}
    start, end = orbit.pop(sp.S.Zero), *orbit.values()
    ends = [value(result.subs({start: 0, end: e}), w=w, h=h, T=steps) for e in (-2 * h, 2 * h)]
    np.testing.assert_allclose(np.array(ends) - w, [2 / steps, -2 / steps])
    bound = rotation.circle_rotation()["bound"]
    assert value(bound.lhs, T=steps) == 2 / steps
    largest = value(bound.rhs, W_0=-0.1, W_T=-0.1 + 2 * h, h=h, T=steps)
    assert largest == pytest.approx(2 / steps)


def test_stationary_averages_are_the_moments_of_the_uniform_density(value):
    d = rotation.stationary_averages()
    rng = np.random.default_rng(0)
    uniform = rng.uniform(-0.1 * 0.6, 0.1 * 1.4, 400_000)
    size = value(d["mean size"].rhs, h=0.1, w=0.4)
    # Five standard errors of the sample.
    assert np.abs(uniform).mean() == pytest.approx(size, abs=5 * 0.04 / np.sqrt(4e5))
    assert uniform.mean() == pytest.approx(
        value(d["mean"].rhs, h=0.1, w=0.4), abs=5 * 0.06 / np.sqrt(4e5)
    )


def test_polarisation_is_the_predicted_one(value):
    result = rotation.polarisation().result
    for w, kappa in ((0.3, 0.1), (-0.8, 0.25)):
        assert value(result, w=w, kappa=kappa) == pytest.approx(polarised_mean(w, kappa))


def test_expansion_is_the_slope_of_the_step(value):
    slope = locking.expansion()["slope"].rhs
    speed, m, weight, h = 0.4, 1.3, 0.7, 1e-6
    law = SechSquared(m)
    measured = 1 - speed * (law.factor(weight + h) - law.factor(weight - h)) / (2 * h)
    assert value(slope, a=speed, m=m, W=weight) == pytest.approx(measured, rel=1e-8)
    assert measured > 1


def test_gaussian_design_is_the_solved_fixed_point(value):
    d = random_hessian.gaussian_design()
    state = random_hessian_mean_field(1.7, UniformOptimum(2.5))
    assert value(d["curvature"].rhs, f=state.free_fraction, delta=1.7) == pytest.approx(
        state.effective_curvature, rel=1e-8
    )
    assert value(d["state evolution"].rhs, Q=state.squared_error, delta=1.7) == pytest.approx(
        state.noise**2, rel=1e-6
    )
    loss = value(d["loss"].rhs, delta=1.7, tau=state.noise, f=state.free_fraction)
    assert loss == pytest.approx(state.loss, rel=1e-6)


def test_gaussian_response_solves_the_marchenko_pastur_equation(value):
    d = random_hessian.gaussian_design()
    spectrum = GaussianSpectrum(1.7)
    for ridge in (0.01, 0.4, 3.0):
        chi = spectrum.resolvent(ridge)[0]
        assert value(d["resolvent"].lhs, zeta=ridge, chi=chi, delta=1.7) == pytest.approx(
            0, abs=1e-12
        )


def test_the_effective_curvature_is_the_r_transform(value):
    d = spectra.effective_ridge()
    for spectrum in (GaussianSpectrum(2.2), UniformSpectrum(1.0, 4.0)):
        ridge = effective_ridge(spectrum, 0.35)
        chi = spectrum.resolvent(ridge)[0]
        curvature = noise_gain(spectrum, 0.35)[0]
        assert value(d["R-transform"].rhs, chi=chi, zeta=ridge) == pytest.approx(
            curvature, rel=1e-9
        )
        assert value(d["curvature"].rhs, chi=chi, f=0.35) == pytest.approx(curvature, rel=1e-9)
        assert value(d["freedom"].rhs, chi=chi, zeta=ridge) == pytest.approx(0.35, rel=1e-9)


def test_the_covariance_of_a_clipped_number_and_its_noise(value):
    result = random_hessian.mean_times_noise()["Stein"].rhs
    w, tau, z = 0.3, 0.8, np.random.default_rng(1).standard_normal(400_000)
    clipped = np.clip(w + tau * z, -1, 1)
    free = (np.abs(w + tau * z) < 1).mean()
    # Five standard errors of the difference of the two means.
    error = 5 * np.std(z * clipped - tau * (np.abs(w + tau * z) < 1)) / np.sqrt(len(z))
    assert (z * clipped).mean() == pytest.approx(value(result, tau=tau, f=free), abs=error)


def test_uniform_spectrum_is_the_langevin_function(value):
    d = spectra.uniform_spectrum()
    spectrum = UniformSpectrum(10.5, 29.5)
    ridge = effective_ridge(spectrum, 0.25)
    chi, curvature = spectrum.resolvent(ridge)[0], noise_gain(spectrum, 0.25)[0]
    named = {"mu": 20.0, "h": 9.5}
    assert value(d["response"].rhs, zeta=ridge, **named) == pytest.approx(chi, rel=1e-10)
    assert value(d["ridge"].rhs, chi=chi, **named) == pytest.approx(ridge, rel=1e-8)
    assert value(d["Langevin"].rhs, chi=chi, **named) == pytest.approx(curvature, rel=1e-9)


def test_flip_time_gain_and_asymptotics(value):
    d = consolidation.flip_time()
    point = {"W_0": 1.4, "m": 1.35}
    assert value(d["law"].rhs, v=0.03, **point) == pytest.approx(flip_time(1.4, 0.03, 1.35))
    assert value(d["gain"].rhs, **point) == pytest.approx(consolidation_gain(1.4 * 1.35))
    assert value(d["large"], x=25.0) == pytest.approx(consolidation_gain(25.0), rel=1e-12)


def test_discrete_correction(value):
    result = consolidation.discrete_flip_time().result.rhs
    difference = flip_time(1.1, 0.2, 1.7, discrete=True) - flip_time(1.1, 0.2, 1.7)
    assert value(result, m=1.7, W_0=1.1) == pytest.approx(difference, rel=1e-12)


def test_front_far_out(value):
    d = forgetting_fronts.front()
    # The front neglects W/2 against exp(2 m W)/(8 m).
    late = value(d["front"].rhs, m=1.2, V=1e9)
    assert late == pytest.approx(forgetting_front(1e9, 1.2), rel=1e-7)
    doubled = forgetting_front(2e9, 1.2) - forgetting_front(1e9, 1.2)
    assert value(d["steady"].rhs, m=1.2) == pytest.approx(doubled, rel=1e-6)


def test_the_energy_that_steps_add_up_to(value):
    energy, steps = 2.0, 40
    for _ in range(steps):
        energy += 0.1**2 * 3.0
    grown = mean_field.convergence()["grown"].rhs
    found = value(grown, V_0=2.0, eta=0.1, B=3.0, T=steps)
    assert found == pytest.approx(energy / steps**2)


def test_transported_density(value):
    squeeze = forgetting_fronts.transported_density()["squeeze"].rhs
    (came_from,) = squeeze.atoms(AppliedUndef)
    law = SechSquared(0.9)
    origin = float(law.front(law.travel(0.6) + 1.4))
    density = transported_density(0.6, lambda x: np.exp(-x), 1.4, 0.9)
    assert value(squeeze.subs(came_from, origin), m=0.9, W=0.6) * np.exp(-origin) == pytest.approx(
        density, rel=1e-9
    )


def test_passive_decay_time(value):
    duration = consolidation.passive_decay()["decay time"].rhs
    steps = value(duration, m=0.7, r=0.03, W_0=2.5, W_1=0.2)
    assert steps == pytest.approx(passive_decay_time(2.5, 0.2, 0.03, 0.7))


def test_tails(value):
    d = forgetting_fronts.tails()
    assert value(d["power front"].rhs, m=1.3, W_0=2.0, p=2.5) == pytest.approx(
        PowerTail(1.3, 2.5).travel(2.0)
    )
    # The late front neglects W against (m W)^p W / (p + 1).
    late = value(d["power law"].rhs, m=1.3, V=1e12, p=2.5)
    assert late == pytest.approx(PowerTail(1.3, 2.5).front(1e12), rel=1e-6)


def test_kept_fractions(value):
    d = retention_derivations.kept_fraction()
    tasks = TwoTasks()
    point = {"e": 2.0, "T": 200.0, "t": 60.0, "u": 1.5}
    assert value(d["plain"].rhs, **point) == pytest.approx(
        kept_fraction(0.01 * 1.5 * 60, 0.0, tasks)
    )
    late = point | {"t": 1e5}
    assert value(d["metaplastic"].rhs, m=2.5, h=0.01, **late) == pytest.approx(
        float(kept_fraction(0.01 * 1.5 * 1e5, 2.5, tasks)), abs=1e-3
    )
    doubling = value(d["cost of doubling"].rhs, m=2.5, h=0.01, e=2.0, T=200.0)
    # Averaged over disagreements with the weight 1 - p, which is one half for a range of 3.
    drop = retention(1e5, 2.5, tasks) - retention(2e5, 2.5, tasks)
    assert drop == pytest.approx(doubling / 2, rel=2e-3)


def test_ratchet_drift(value):
    result = noise.ratchet()["ratchet"].rhs
    assert value(result, g=0.1, m=1.5, W=0.8) == pytest.approx(ratchet_drift(0.8, 0.1, 1.5))


def test_adam(value):
    d = noise.adam()
    cost = value(d["read off"].rhs, sigma=30.0, rho=0.6, H_ii=20.0)
    assert cost == pytest.approx(float(adam_flip_cost(0.6, 20.0, 30.0)))
    speed = value(d["multiplier"].rhs, sigma=30.0, rho=0.6)
    assert adam_speed(speed, 30.0) == pytest.approx(0.6)


def test_decay_and_path(value):
    size = noise.weight_decay()["size"].rhs
    assert value(size, v_k=7.0, d=0.02) == pytest.approx(decayed_hidden_weights(7.0, 0.02))
    path = noise.path_importance()["importance"].rhs
    assert value(path, W=3.0, eta=0.01, T=500, xi=0.1) == pytest.approx(
        normalised_path_importance(3.0, 5.0, 0.1)
    )


def test_where_the_ranking_of_the_path_turns(value):
    d = noise.importance_turns()
    crossover = path_importance_crossover(3.0, 0.1)
    below, above = (value(d["slope"].rhs, L=by * crossover, sigma=3.0, xi=0.1, q=2.0)
                    for by in (0.999, 1.001))  # fmt: skip
    assert below > 0 > above
    speed = adam_turning_speed(0.8)
    below, above = (value(d["slope under Adam"].rhs, y=by * speed**2, a=0.2)
                    for by in (0.999, 1.001))  # fmt: skip
    assert below < 0 < above


def test_belief_and_its_descent(value):
    d = bayesian_reading.belief()
    point, law = {"W": 0.6, "m": 1.3}, SechSquared(1.3)
    assert value(d["as a tangent"].rhs, **point) == pytest.approx(belief_mean(0.6, 1.3), rel=1e-14)
    assert value(d["factor"].rhs, **point) == pytest.approx(law.factor(0.6), rel=1e-14)
    rule = bayesian_reading.symmetric_rule()
    step = value(rule["rule"].rhs, v=0.4, **point)
    assert step == pytest.approx(symmetric_update(0.6, 0.4, 1.3), rel=1e-14)
    assert value(rule["coordinate"].rhs, **point) == pytest.approx(law.travel(0.6), rel=1e-14)


def test_sizes_that_are_forgotten_as_a_power(value):
    d = forgetting_fronts.power_law_sizes()
    sizes, law = PowerLawSizes(1.3, 0.7, 2.0), SechSquared(1.3)
    left = value(d["forgetting"].rhs, V=5.0, D=2.0, b=0.7)
    assert sizes.survival(law.front(5.0)) == pytest.approx(left, rel=1e-10)
    base = value(d["published law"].rhs, W=1.1, m=1.3, D=2.0)
    assert sizes.survival(1.1) == pytest.approx(base**-0.7, rel=1e-12)


def test_the_mean_of_a_rectified_speed(value):
    velocity = metaplastic_mean_field.rectified_drift()["velocity"].rhs
    for mean in (-0.4, 0.0, 1.2):
        found = value(velocity, v=mean, sigma=0.7)
        assert rectified(mean, 0.7) == pytest.approx(found, rel=1e-13)


def test_mean_flip_cost_of_a_consolidated_weight(value):
    d = mean_field.consolidated_flip_cost()
    assert value(d["sign"].rhs, H_ii=3.0, **{"|{v_i}|": 2.0}) == 10
    assert value(d["velocity"].rhs, H_ii=3.0, eta=0.1, **{r"\tilde{W}_i": 0.2}) == 10


def test_a_false_step_is_refused():
    d = consolidation.flip_time()
    x = sp.Symbol("x", positive=True)
    with pytest.raises(ValueError, match="small wrong"):
        d.expand("small wrong", 1 + x**2 / 4, x, 0, 3, "a wrong coefficient", of="scaled")


def test_the_two_moves_of_a_hidden_weight_are_those_of_the_simulation(value):
    rotated = rotation.circle_rotation()
    step, optimum, place = 0.3, np.sqrt(0.2), 1.7
    task = QuadraticTask([[1.0]], [optimum])
    run = simulate_hidden_weights(task, [place], 40, step, record_hidden=True).hidden[:, 0]
    for before, after in itertools.pairwise(run):
        move = rotated["down" if before > 0 else "up"].rhs
        assert after == pytest.approx(value(move, W=before, h=step, w=optimum), abs=1e-13)
    assert (run > 0).any() and (run < 0).any()  # so that both were compared


def test_the_polarised_mean_that_is_assumed_is_the_law(value):
    law = metaplastic_mean_field.mean_field_energy()["polarised"].rhs
    for optimum, strength in ((0.3, 0.4), (-0.8, 0.1)):
        assert value(law, w_i=optimum, kappa_i=strength) == pytest.approx(
            float(polarised_mean(optimum, strength)), rel=1e-14
        )
