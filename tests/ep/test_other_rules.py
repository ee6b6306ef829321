"""Held outputs and parameters on springs, against energies, differences and their own balance."""

import numpy as np
import pytest

from theory.ep import (
    CoupledNetwork,
    LayeredNetwork,
    Stencil,
    agnostic_step,
    coupled_direction,
    coupled_estimate,
    energy,
    equilibrium,
    estimate,
    hebbian,
    held_states,
    implicit_gradient,
    least_energy,
    surrogate_loss,
)
from theory.ep.derivations import other_rules


def _flat(network):
    return np.concatenate([a.ravel() for a in (*network.weights, *network.biases)])


def _skipping(rng):
    lateral = 0.3 * rng.standard_normal((5, 5))
    weights = {(0, 1): 0.4 * rng.standard_normal((5, 4)), (1, 2): 0.4 * rng.standard_normal((2, 5)),
               (0, 2): 0.4 * rng.standard_normal((2, 4)),
               (1, 1): (lateral + lateral.T) * (1 - np.eye(5)) / 2}  # fmt: skip
    return CoupledNetwork(weights, [0.1 * rng.standard_normal(5), 0.1 * rng.standard_normal(2)])


@pytest.fixture(params=["layered", "linear", "coupled"])
def scene(request):
    rng = np.random.default_rng(4)
    if request.param == "coupled":
        network = _skipping(rng)
    else:
        kind = "linear" if request.param == "linear" else "shifted_sigmoid"
        network = LayeredNetwork.random((4, 5, 3, 2), rng, scale=0.6, activation=kind)
    return network, rng.uniform(size=(3, 4)), rng.uniform(0.2, 0.8, (3, 2))


def test_held_outputs_stay_and_all_else_is_at_rest(scene):
    network, x, y = scene
    states = held_states(network, x, y)
    current = network.drive(x) + states @ network.coupling().T
    last = network.slices[-1]
    np.testing.assert_array_equal(states[:, last], y)
    below = slice(0, last.start)
    np.testing.assert_allclose(
        states[:, below], network.sigma.function(current)[:, below], atol=1e-12
    )


def test_the_rule_is_the_slope_of_both_least_energies(scene):
    """The outputs held where they are, a weight is moved: no local product is used."""
    network, x, y = scene
    share, step = 0.4, 1e-5
    outputs = equilibrium(network, x, tolerance=1e-14).states[:, network.slices[-1]]
    held = outputs + share * (y - outputs)

    def gap(moved):
        states = held_states(moved, x, held)
        current = moved.drive(x) + states @ moved.coupling().T
        last = moved.slices[-1]
        above = current.copy()
        # The energy asks for the preactivations of the states, of held outputs, too.
        above[:, last] = _inverse(moved, held)
        return energy(moved, above, x).mean() - least_energy(moved, x)

    found = coupled_estimate(network, x, y, share)
    for n, place in ((0, (1, 2)), (1, (1, 0))):
        ends = []
        for sign in (1, -1):
            weights = [w.copy() for w in network.weights]
            weights[n][place] += sign * step
            ends.append(gap(network.with_parameters(weights, network.biases)))
        assert found.weights[n][place] == pytest.approx(
            (ends[0] - ends[1]) / (2 * step * share), abs=1e-8
        )


def _inverse(network, outputs):
    """Preactivations of outputs, by bisection."""
    low, high = np.full_like(outputs, -60.0), np.full_like(outputs, 60.0)
    for _ in range(200):
        middle = (low + high) / 2
        below = network.sigma.function(middle) < outputs
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def test_a_small_share_gives_the_direction_of_the_stiffness(scene):
    network, x, y = scene
    direction = coupled_direction(network, x, y)
    gaps = [(coupled_estimate(network, x, y, share) - direction).norm() for share in (0.02, 0.01)]
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(1, abs=0.05)
    assert direction.angle(implicit_gradient(network, x, y)) > 1


def test_with_one_output_it_is_the_gradient_times_a_number_for_each_sample():
    network = LayeredNetwork.random((4, 5, 1), 3, scale=0.6)
    x, y = np.random.default_rng(0).uniform(size=(1, 4)), np.array([[0.7]])
    assert coupled_direction(network, x, y).angle(implicit_gradient(network, x, y)) < 1e-6


def test_parameters_on_springs_rest_where_their_equation_says(scene):
    network, x, y = scene
    nudge, compliance = 0.3, 0.05
    moved = agnostic_step(network, x, y, nudge, compliance)
    after = equilibrium(moved, x, targets=y, nudging_strength=nudge, tolerance=1e-14).states
    before = equilibrium(network, x, tolerance=1e-14).states
    pull = hebbian(moved, after, x) - hebbian(network, before, x)
    np.testing.assert_allclose(_flat(moved) - _flat(network), compliance * pull.flat(), atol=1e-11)


def test_stiff_springs_take_the_one_sided_step_and_lower_its_surrogate(scene):
    network, x, y = scene
    wanted, gaps = estimate(network, x, y, Stencil.one_sided(0.3)).flat(), []
    for compliance in (0.02, 0.01):
        moved = agnostic_step(network, x, y, 0.3, compliance)
        step = (_flat(network) - _flat(moved)) / (0.3 * compliance)
        gaps.append(np.linalg.norm(step - wanted) / np.linalg.norm(wanted))
        losses = [surrogate_loss(one, x, y, 0.3, "one-sided") for one in (network, moved)]
        assert losses[1] < losses[0]
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(1, abs=0.1)


def test_bad_numbers_are_refused():
    network = LayeredNetwork.random((4, 5, 2), 0)
    x, y = np.full((1, 4), 0.5), np.array([[1.0, 0.0]])
    with pytest.raises(ValueError, match="share"):
        coupled_estimate(network, x, y, 1.5)
    with pytest.raises(ValueError, match="compliance"):
        agnostic_step(network, x, y, 0.1, 0.0)
    with pytest.raises(ValueError, match="class numbers"):
        agnostic_step(network, x, [1], 0.1, 0.1)


def test_the_derivations_are_proved():
    assert other_rules.coupled_learning().counts["proved"] == 5
    assert other_rules.moving_parameters().counts["proved"] == 4
