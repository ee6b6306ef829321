"""Gibbs means against free energies and samples; resistors against differences and their law."""

import numpy as np
import pytest
from sympy.core.function import AppliedUndef

from theory.ep.derivations import pairs
from theory.ep.resistors import Resistors
from theory.ep.temperature import (
    GRID,
    energy,
    free_energy,
    loss,
    mean_state,
    sampled_states,
    thermal_estimate,
    thermal_surrogate,
)


@pytest.mark.parametrize("temperature", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("nudge", [0.1, -0.2, 2.0])
def test_the_estimate_is_the_gradient_of_the_thermal_surrogate(temperature, nudge):
    ends = [thermal_surrogate(-0.1 + step, nudge, 1.0, temperature) for step in (1e-4, -1e-4)]
    found = thermal_estimate(-0.1, nudge, 1.0, temperature)
    # Step^2 / 6 times a third derivative, which falls like 1 / T^2.
    assert found == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=1e-8 / temperature**2)


def test_cold_free_energies_are_the_least_energy():
    for nudge in (0.0, 0.4):
        least = np.min(energy(GRID, -0.1) + nudge * loss(GRID, 1.0))
        assert free_energy(-0.1, nudge, 1.0, 0.0) == least
        gaps = [abs(free_energy(-0.1, nudge, 1.0, t) - least) for t in (1e-2, 1e-3)]
        # A well of curvature k adds T log(k / 2 pi T) / 2, below 4 T here.
        assert gaps[0] < 4e-2 and gaps[1] < 4e-3
    assert mean_state(-0.1, 0.0, 1.0, 1e-4) == pytest.approx(
        mean_state(-0.1, 0.0, 1.0, 0.0), abs=1e-3
    )


def test_the_free_energy_is_derived_from_the_sum_of_gibbs_factors():
    derived = pairs.finite_temperature()["free energy"].rhs
    factors = np.exp(-(energy(GRID, -0.1) + 0.2 * loss(GRID, 1.0)) / 0.4)
    (total,) = derived.atoms(AppliedUndef)
    (temperature,) = derived.free_symbols - total.free_symbols
    numbers = {total: factors.sum() * (GRID[1] - GRID[0]), temperature: 0.4}
    assert float(derived.subs(numbers)) == pytest.approx(free_energy(-0.1, 0.2, 1.0, 0.4))


def test_samples_have_the_gibbs_mean():
    states = sampled_states(-0.1, 0.2, 1.0, 0.4, 20_000, 300, 0)
    error = states.std() / np.sqrt(len(states))
    # Four standard errors: wrong once in 16 000 draws.
    assert abs(states.mean() - mean_state(-0.1, 0.2, 1.0, 0.4)) < 4 * error
    with pytest.raises(ValueError, match="temperature must be"):
        sampled_states(0.0, 0.1, 1.0, 0.0, 10, 10, 0)


@pytest.fixture
def circuit():
    rng = np.random.default_rng(3)
    network = Resistors.random(10, rng)
    k = rng.uniform(0.5, 1.5, len(network.edges))
    return network, k, rng.uniform(-1, 1, (5, 3)), rng.uniform(-0.5, 0.5, (5, 2))


def test_voltages_balance_the_currents(circuit):
    network, k, held, targets = circuit
    v = network.voltages(k, held, targets, 0.3)
    incidence = network.incidence()
    current = (v @ incidence.T * k) @ incidence
    current[:, network.outputs] += 0.3 * (v[:, network.outputs] - targets)
    inside = np.setdiff1d(np.arange(10), network.inputs)
    np.testing.assert_allclose(current[:, inside], 0, atol=1e-13)
    np.testing.assert_array_equal(v[:, network.inputs], held)


def test_two_resistors_divide_a_voltage():
    divider = Resistors(np.array([[0, 1], [2, 1]]), np.array([0, 2]), np.array([1]))
    voltages = divider.voltages(np.array([3.0, 1.0]), np.array([[2.0, -2.0]]))
    np.testing.assert_allclose(voltages, [[2.0, 1.0, -2.0]])
    np.testing.assert_allclose(divider.products(voltages), [0.5, 4.5])
    assert divider.loss(voltages, np.array([[0.0]])) == pytest.approx(0.5)


def test_the_gradient_is_that_of_the_loss_and_orthogonal_to_the_conductances(circuit):
    network, k, held, targets = circuit
    exact = network.gradient(k, held, targets)
    for edge in (0, 7, 15):
        step = 1e-5 * np.eye(len(k))[edge]
        ends = [network.loss(network.voltages(k + s, held), targets) for s in (step, -step)]
        assert exact[edge] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-9)
    assert abs(k @ exact) < 1e-14
    gaps = [
        np.linalg.norm(network.estimate(k, held, targets, (b, -b)) - exact) for b in (0.1, 0.05)
    ]
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(2, abs=0.1)


def test_a_nudge_breaks_the_conservation_by_the_energy_it_costs(circuit, value):
    network, k, held, targets = circuit
    e0, plus, minus = (k @ network.products(network.voltages(k, held, targets, b))
                       for b in (0.0, 0.4, -0.4))  # fmt: skip
    assert e0 < min(plus, minus)
    derived = value(pairs.scaling()["product"].rhs, E_0=e0, E_beta=plus, beta=0.4)
    assert k @ network.estimate(k, held, targets, (0.4, 0.0)) == pytest.approx(derived)
    assert k @ network.estimate(k, held, targets, (-0.4, 0.0)) < 0
    # The surrogate's side of the same number: its mean loss minus the loss at the nudged state.
    nodes, weights = np.polynomial.legendre.leggauss(12)
    along = [
        network.loss(network.voltages(k, held, targets, 0.2 * (1 + n)), targets) for n in nodes
    ]
    last = network.loss(network.voltages(k, held, targets, 0.4), targets)
    assert weights @ along / 2 - last == pytest.approx((plus - e0) / 0.4, rel=1e-9)


def test_the_derivations_are_proved():
    assert pairs.finite_temperature().counts["proved"] >= 5
    assert pairs.scaling().counts["proved"] == 1
