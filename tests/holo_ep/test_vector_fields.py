"""Vector-field networks, their relaxation and their error vectors, against independent solvers."""

import numpy as np
import pytest

from theory.ep import LayeredNetwork, SoftReadout, equilibrium, equilibrium_series
from theory.ep.gradients import implicit_gradient
from theory.ep.vector_field import true_errors, vector_field_errors
from theory.holo_ep import (
    Contour,
    FieldNetworks,
    contour_errors,
    iterated_errors,
    online_errors,
    relax,
    solved_errors,
)
from theory.holo_ep.networks import TOPOLOGIES, connections
from theory.holo_ep.vector_field import times_real

SIZES = (6, 5, 4)


class WholeContour(Contour):
    """A contour that does not know that conjugate nudges have conjugate equilibria."""

    def half(self):
        return (self.nodes.real, self.weights.real) if self.real else (self.nodes, self.weights)


def cross_entropy(nets, activities, targets):
    outputs = activities[..., nets.slices[-1]]
    return -np.sum(targets * np.log(nets.probabilities(outputs)), axis=-1)


@pytest.fixture(scope="module", params=TOPOLOGIES)
def scene(request):
    rngs = [np.random.default_rng(k) for k in range(2)]
    nets = FieldNetworks.random(
        7, SIZES, request.param, rngs, degrees=60, classes=3, dtype=np.float64
    )
    nets.recurrent *= 0.6  # far from any branch point, so that relaxation reaches rounding errors
    rng = np.random.default_rng(9)
    nets.biases[:] = 0.2 * rng.standard_normal(nets.biases.shape)
    inputs, targets = rng.uniform(size=(2, 5, 7)), np.eye(3)[rng.integers(0, 3, (2, 5))]
    return nets, inputs, targets, relax(nets, inputs, 2000, tolerance=1e-14)


def test_the_wiring_is_that_of_its_name():
    linked = {name: connections(SIZES, name) for name in TOPOLOGIES}
    assert np.all(linked["reciprocal"] == linked["reciprocal"].T)
    assert not np.any(linked["loop"] & linked["loop"].T)
    assert not np.any(np.triu(linked["feedforward"]))
    assert np.sum(linked["feedforward"]) == 6 * 5 + 5 * 4
    assert np.sum(linked["loop"]) == 6 * 5 + 5 * 4 + 4 * 6
    assert not any(np.any(np.diag(matrix)) for matrix in linked.values())


def test_unknown_wiring_is_refused_with_the_names_there_are():
    with pytest.raises(
        ValueError, match=r"topology must be one of 'reciprocal', .*did you mean 'reciprocal'"
    ):
        connections(SIZES, "reciprocals")
    with pytest.raises(ValueError, match="at least 3"):
        connections((4, 4), "loop")
    with pytest.raises(ValueError, match="activation"):
        FieldNetworks.random(7, SIZES, "loop", [0], activation="relu")


def test_networks_of_wrong_shapes_are_refused():
    nets = FieldNetworks.random(7, SIZES, "loop", [0], classes=3, dtype=float)
    parts = dict(zip(("recurrent", "inward", "biases", "readout", "readout_biases"),
                     nets.parameters, strict=True))  # fmt: skip
    for name in parts:
        wrong = parts | {name: parts[name][..., 1:]}
        if name == "inward":  # any number of inputs will do
            wrong[name] = parts[name][:, 1:]
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            FieldNetworks(**wrong, sizes=SIZES, topology="loop")
    with pytest.raises(ValueError, match="feedforward wiring has no links"):
        FieldNetworks(**parts, sizes=SIZES, topology="feedforward")


def test_weights_stand_only_where_links_are(scene):
    nets = scene[0]
    assert np.all(nets.recurrent[:, ~nets.linked] == 0)
    assert np.all(nets.recurrent[:, nets.linked] != 0)
    assert nets.jacobian()[0, 0].trace() == pytest.approx(-15)


def test_the_angle_is_the_one_asked_for():
    for degrees in (0.0, 35.0, 90.0):
        nets = FieldNetworks.random(
            7, SIZES, "reciprocal", [0, 1], degrees=degrees, exact=True, dtype=float
        )
        np.testing.assert_allclose(nets.angle(), degrees, atol=1e-5)
    assert np.isnan(FieldNetworks.random(7, SIZES, "loop", [0]).angle()).all()


def test_states_at_rest_obey_the_field(scene):
    nets, inputs, _, free = scene
    force = nets.drive(inputs) + free.activities @ np.swapaxes(nets.recurrent, 1, 2) - free.states
    assert np.abs(force).max() < 1e-13
    assert free.residual.max() < 1e-13 and np.all(free.unsettled(1e-12) == 0)


def test_the_damping_does_not_move_the_fixed_point(scene):
    nets, inputs, _, free = scene
    plain = relax(nets, inputs, 3000, damping=0.9, tolerance=1e-14)
    np.testing.assert_allclose(plain.states, free.states, atol=1e-12)


def layered_pair():
    """One reciprocal network in both packages, with its read-out and a batch."""
    rng = np.random.default_rng(4)
    layered = LayeredNetwork.random(
        (7, *SIZES), rng, scale=1.2, activation="shifted_sigmoid", backward=True
    )
    readout = SoftReadout(rng.uniform(-1, 1, (3, 4)), rng.uniform(-1, 1, 3))
    nets = FieldNetworks.of_layered(layered, readout.weights, readout.biases)
    inputs, targets = rng.uniform(size=(5, 7)), np.eye(3)[rng.integers(0, 3, 5)]
    return layered, readout, nets, inputs, targets


@pytest.mark.parametrize("nudge", [0.0, 0.2, 0.1 + 0.2j])
def test_equilibria_are_those_of_the_layered_solver(nudge):
    layered, readout, nets, inputs, targets = layered_pair()
    wanted = equilibrium(layered, inputs, targets=targets, nudging_strength=nudge, loss=readout)
    found = relax(nets, inputs[None], 2000, targets=targets[None], nudging_strength=nudge)
    np.testing.assert_allclose(found.activities[0], wanted.states, atol=1e-11)


def test_the_gradient_is_that_of_the_layered_solver():
    layered, readout, nets, inputs, targets = layered_pair()
    free = relax(nets, inputs[None], 2000)
    errors = solved_errors(nets, free.states, targets[None], "backpropagated")
    gradient = nets.parameter_gradient(free.activities, errors, inputs[None], targets[None])
    wanted = implicit_gradient(layered, inputs, targets, readout)
    first, second, third = nets.slices
    np.testing.assert_allclose(gradient[1][0], wanted.weights[0], atol=1e-12)
    np.testing.assert_allclose(gradient[0][0, second, first], wanted.weights[1], atol=1e-12)
    np.testing.assert_allclose(gradient[0][0, third, second], wanted.weights[2], atol=1e-12)
    np.testing.assert_allclose(gradient[0][0, second, third].T, wanted.backward[1], atol=1e-12)
    np.testing.assert_allclose(gradient[2][0], np.concatenate(wanted.biases), atol=1e-12)


def test_solved_errors_are_the_closed_forms_sample_by_sample(scene):
    nets, _, targets, free = scene
    cost = nets.loss_gradient(free.activities, targets)
    slope = nets.slope(free.states)
    for kind, formula in (("backpropagated", true_errors), ("nudged", vector_field_errors)):
        found = solved_errors(nets, free.states, targets, kind)
        for run, sample in np.ndindex(2, 5):
            wanted = formula(nets.recurrent[run], slope[run, sample], cost[run, sample])
            np.testing.assert_allclose(found[run, sample], wanted, atol=1e-12)


@pytest.mark.parametrize("kind", ["backpropagated", "nudged"])
def test_iterated_errors_converge_to_the_solved_ones(scene, kind):
    nets, _, targets, free = scene
    wanted = solved_errors(nets, free.states, targets, kind)
    gaps = [np.abs(iterated_errors(nets, free.states, targets, kind, n) - wanted).max()
            for n in (20, 400)]  # fmt: skip
    assert gaps[1] < 1e-12 and gaps[1] < gaps[0]


def test_backpropagated_errors_make_the_gradient_of_the_relaxed_loss(scene):
    """Central differences of the loss at newly relaxed equilibria."""
    nets, inputs, targets, free = scene
    errors = solved_errors(nets, free.states, targets, "backpropagated")
    gradient = nets.parameter_gradient(free.activities, errors, inputs, targets)
    rng, h = np.random.default_rng(0), 1e-5
    for parameter, found in zip(nets.parameters, gradient, strict=True):
        cells = np.argwhere(np.abs(parameter[1]) > 0) if parameter.ndim == 3 else None
        for _ in range(3):
            cell = rng.integers(0, parameter.shape[1:]) if cells is None else rng.choice(cells)
            place, losses = (1, *cell), []
            for sign in (1, -1):
                kept = parameter[place]
                parameter[place] = kept + sign * h
                moved = relax(nets, inputs, 2000, initial=free.states, tolerance=1e-14)
                losses.append(cross_entropy(nets, moved.activities, targets)[1].mean())
                parameter[place] = kept
            assert found[place] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-8)


def test_nudged_errors_are_the_derivative_by_the_nudge(scene):
    nets, inputs, targets, free = scene
    wanted, h = solved_errors(nets, free.states, targets, "nudged"), 1e-4
    ends = [
        relax(nets, inputs, 2000, targets=targets, nudging_strength=b, initial=free.states)
        for b in (h, -h)
    ]
    slope = (ends[1].activities - ends[0].activities) / (2 * h)
    np.testing.assert_allclose(slope, wanted, atol=1e-7)  # h^2 times a third derivative of order 1


def test_without_a_way_back_no_nudge_is_felt_below_the_output():
    nets = FieldNetworks.random(7, SIZES, "feedforward", [0], classes=3, dtype=float)
    inputs, targets = np.random.default_rng(0).uniform(size=(1, 2, 7)), np.eye(3)[None, :2]
    free = relax(nets, inputs, 500)
    nudged, exact = (
        solved_errors(nets, free.states, targets, kind) for kind in ("nudged", "backpropagated")
    )
    assert np.all(nudged[..., :11] == 0) and np.abs(exact[..., :6]).min() > 0
    np.testing.assert_allclose(nudged[..., 11:], exact[..., 11:], atol=1e-14)


@pytest.mark.parametrize("points", [2, 3, 4, 6])
def test_contour_estimates_miss_the_derivative_by_their_order(scene, points):
    nets, inputs, targets, free = scene
    exact = solved_errors(nets, free.states, targets, "nudged")
    circles = [Contour.circle(points, radius) for radius in (0.08, 0.04)]
    found = [contour_errors(nets, inputs, targets, free, circle, 400) for circle in circles]
    gaps = [np.linalg.norm(one - exact) for one in found]
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(points, abs=0.3)


def test_many_points_give_the_exact_derivative(scene):
    nets, inputs, targets, free = scene
    exact = solved_errors(nets, free.states, targets, "nudged")
    found = contour_errors(nets, inputs, targets, free, Contour.circle(24, 0.1), 400)
    np.testing.assert_allclose(found, exact, atol=1e-12)


@pytest.mark.parametrize("points", [2, 3, 4, 5])
def test_conjugate_symmetry_changes_nothing(scene, points):
    nets, inputs, targets, free = scene
    both = [
        contour_errors(nets, inputs, targets, free, kind.circle(points, 0.3), 200)
        for kind in (Contour, WholeContour)
    ]
    np.testing.assert_allclose(both[0], both[1], atol=1e-12)


def test_one_point_subtracts_the_free_state_and_misses_by_the_second_coefficient():
    layered, readout, nets, inputs, targets = layered_pair()
    free = relax(nets, inputs[None], 2000)
    series = equilibrium_series(layered, inputs, targets, 12, readout)
    radius = 0.05
    found = contour_errors(nets, inputs[None], targets[None], free, Contour.circle(1, radius), 800)[
        0
    ]
    wanted = -sum(series[k] * radius ** (k - 1) for k in range(1, 13))
    np.testing.assert_allclose(found, wanted, atol=1e-10)


def test_the_transient_of_online_means_fades_with_time_and_can_be_left_out(scene):
    nets, inputs, targets, free = scene
    gaps = []
    for turns, skipped in ((3, 0), (9, 0), (3, 1)):
        mean, _ = online_errors(
            nets, inputs, targets, Contour.circle(40, 0.1), 1, turns, skipped=skipped
        )
        gaps.append(np.abs(mean - free.states).max())
    # A fixed transient over the time; an oscillation that lags behind keeps its mean.
    assert gaps[0] / gaps[1] == pytest.approx(3, rel=0.1)
    assert gaps[2] < 0.05 * gaps[0]


def test_a_slow_oscillation_gives_the_error(scene):
    nets, inputs, targets, free = scene
    exact = solved_errors(nets, free.states, targets, "nudged")
    _, error = online_errors(nets, inputs, targets, Contour.circle(8, 0.1), 200, 2, skipped=1)
    contour = contour_errors(nets, inputs, targets, free, Contour.circle(8, 0.1), 400)
    np.testing.assert_allclose(error, contour, atol=1e-9)  # 200 damped steps at each nudge
    assert np.abs(error - exact).max() < 1e-5 * np.abs(exact).max()


def test_the_path_of_online_means_ends_in_them(scene):
    nets, inputs, targets, _ = scene
    raw, mean, error = online_errors(nets, inputs, targets, Contour.circle(4, 0.3), 5, 3, path=True)
    end = online_errors(nets, inputs, targets, Contour.circle(4, 0.3), 5, 3)
    assert raw.shape == (12, 2, 5, 15) and np.iscomplexobj(raw)
    np.testing.assert_allclose(mean[-1], end[0], atol=1e-14)
    np.testing.assert_allclose(error[-1], end[1], atol=1e-14)


def test_samples_that_do_not_settle_are_counted():
    """Strong antisymmetric weights turn round for ever; weak ones settle."""
    nets = FieldNetworks.random(7, SIZES, "loop", [0, 0], classes=3, dtype=float)
    nets.recurrent[1] *= 25
    inputs = np.random.default_rng(0).uniform(size=(2, 8, 7))
    free = relax(nets, inputs, 300, tolerance=1e-9)
    settled, lost = free.unsettled(1e-6)
    assert settled == 0 and lost == np.mean(free.residual[1] > 1e-6) and lost > 0
    assert free.steps == 300
    free.residual[0, 0] = np.nan
    assert free.unsettled(1e-6)[0] == 1 / 8  # a state that is no number is not settled


def test_early_stopping_takes_fewer_steps_and_reaches_the_tolerance(scene):
    nets, inputs, _, _ = scene
    short = relax(nets, inputs, 2000, tolerance=1e-6)
    assert short.steps < 300 and short.residual.max() <= 1e-6


def test_times_real_is_the_product():
    rng = np.random.default_rng(0)
    left = rng.standard_normal((2, 3, 4)) + 1j * rng.standard_normal((2, 3, 4))
    right = rng.standard_normal((2, 4, 5))
    np.testing.assert_allclose(times_real(left, right), left @ right, atol=1e-14)
    np.testing.assert_allclose(times_real(left.real, right), left.real @ right, atol=1e-14)


def test_bad_arguments_are_refused(scene):
    nets, inputs, targets, free = scene
    with pytest.raises(ValueError, match="needs targets"):
        relax(nets, inputs, 5, nudging_strength=0.1)
    with pytest.raises(ValueError, match="damping"):
        relax(nets, inputs, 5, damping=0.0)
    with pytest.raises(ValueError, match="steps"):
        relax(nets, inputs, 0)
    with pytest.raises(ValueError, match=r"the networks take \(runs, batch, 7\)"):
        relax(nets, inputs[..., :3], 5)
    with pytest.raises(ValueError, match="points"):
        contour_errors(nets, inputs, targets, free, Contour.circle(0, 0.1), 5)
    with pytest.raises(ValueError, match="radius"):
        contour_errors(nets, inputs, targets, free, Contour.circle(2, 0.0), 5)
    with pytest.raises(ValueError, match="kind must be one of"):
        solved_errors(nets, free.states, targets, "forward")
    with pytest.raises(ValueError, match="nothing is averaged"):
        online_errors(nets, inputs, targets, Contour.circle(4, 0.1), 5, 2, skipped=2)


def test_a_complex_nudge_needs_a_holomorphic_activation(scene):
    _, inputs, targets, _ = scene
    kinked = FieldNetworks.random(7, SIZES, "loop", [0, 1], classes=3, activation="hard_sigmoid")
    with pytest.raises(ValueError, match="has kinks"):
        relax(kinked, inputs, 5, targets=targets, nudging_strength=0.1j)


def test_a_singular_jacobian_is_refused_by_name():
    nets = FieldNetworks.random(
        2, (1, 1), "reciprocal", [0], degrees=0, classes=2, activation="linear", dtype=float
    )
    nets.recurrent[0] = [[0.0, 1.0], [1.0, 0.0]]  # 1 - W D is singular
    with pytest.raises(ValueError, match="Jacobian is singular here"):
        solved_errors(nets, np.zeros((1, 1, 2)), np.eye(2)[None, :1], "nudged")


@pytest.mark.parametrize("turn", [0, 1j])
def test_field_gradients_are_the_real_means_of_products(scene, turn):
    nets, inputs, _, free = scene
    rng = np.random.default_rng(3)
    shape, batch = free.activities.shape, free.activities.shape[1]
    errors, activities = (rng.normal(size=shape) + turn * rng.normal(size=shape) for _ in range(2))
    found = nets.field_gradient(activities, errors, inputs)
    pairs = np.einsum("rbi,rbj->rij", errors, activities).real / batch
    inward = np.einsum("rbi,rbj->rij", errors[..., nets.slices[0]], inputs).real / batch
    for one, wanted in zip(found, (pairs * nets.linked, inward, errors.real.mean(1)), strict=True):
        assert np.isrealobj(one)
        np.testing.assert_allclose(one, wanted, rtol=1e-12, atol=1e-14)


def test_each_sample_has_its_own_draws_of_the_homeostatic_loss(scene):
    nets, _, _, free = scene
    _, samples, units = free.activities.shape
    rngs = [np.random.default_rng(k) for k in range(2)]
    nets.homeostatic_gradient(free.activities, 3, rngs)
    for seed, rng in enumerate(rngs):
        other = np.random.default_rng(seed)
        other.standard_normal((3 * samples, units), dtype=np.float32)
        assert rng.random() == other.random()
