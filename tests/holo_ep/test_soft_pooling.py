"""Soft pooling, unfolded kernels and the convolutional vector field built of both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep.convolution_maps import convolve
from theory.ep.pools import UnfoldedKernels
from theory.holo_ep import (
    Contour,
    PoolingNetworks,
    contour_errors,
    homeostasis,
    homeostatic_loss,
    iterated_errors,
    relax,
    sampled_loss,
    soft_pools,
    solved_errors,
)
from theory.holo_ep.homeostasis import descend_homeostasis, exact_homeostatic_gradient
from theory.numerics import NotConverged

bounded = settings(max_examples=20, deadline=None, derandomize=True)


def cross_entropy(nets, activities, targets):
    outputs = activities[..., nets.slices[-1]]
    return -np.sum(targets * np.log(nets.probabilities(outputs)), axis=-1)


def currents(seed, shape=(3, 4, 5)):
    return np.random.default_rng(seed).standard_normal(shape)


@bounded
@given(st.integers(0, 1000), st.floats(0.2, 5))
def test_slopes_and_their_changes_are_derivatives(seed, temperature):
    z, direction = currents(seed), currents(seed + 1)
    h = 1e-20  # complex steps have no cancellation
    slopes = soft_pools(z, temperature).slopes
    along = soft_pools(z + 1j * h * direction, temperature).values.imag / h
    np.testing.assert_allclose(along, np.sum(slopes * direction, axis=-2), atol=1e-12)
    bent = soft_pools(z + 1j * h * direction, temperature).slopes.imag / h
    np.testing.assert_allclose(soft_pools(z, temperature).changes(direction), bent, atol=1e-11)


@bounded
@given(st.integers(0, 1000), st.floats(-3, 3))
def test_a_common_shift_moves_the_pool_and_no_slope(seed, shift):
    z = currents(seed)
    np.testing.assert_allclose(
        soft_pools(z + shift).values, soft_pools(z).values + shift, atol=1e-12
    )
    np.testing.assert_allclose(soft_pools(z + shift).slopes, soft_pools(z).slopes, atol=1e-12)
    np.testing.assert_allclose(soft_pools(z).slopes.sum(axis=-2), 1, atol=1e-12)


def test_pools_lie_between_mean_and_maximum_and_tend_to_them():
    z = currents(3)
    for temperature in (0.3, 1.0, 3.0):
        pooled = soft_pools(z, temperature).values
        assert np.all(pooled > z.mean(axis=-2)) and np.all(pooled < z.max(axis=-2))
    np.testing.assert_allclose(soft_pools(z, 1e-3).values, z.max(axis=-2), atol=1e-6)
    np.testing.assert_allclose(soft_pools(z, 1e4).values, z.mean(axis=-2), atol=1e-3)
    with pytest.raises(ValueError, match="temperature"):
        soft_pools(z, 0.0)


def test_large_currents_do_not_overflow():
    z = 1e3 * currents(4)
    assert np.isfinite(soft_pools(z).slopes).all() and np.isfinite(soft_pools(z + 1j).slopes).all()


@pytest.mark.parametrize("side", [2, 4, 8])
def test_unfolded_kernels_are_the_convolution(side):
    rng = np.random.default_rng(side)
    kernels = rng.standard_normal((2, 3, 2, 3, 3))
    images = rng.standard_normal((2, 5, side, side, 2))
    pattern = UnfoldedKernels(side, side, 2, 3)
    found = images.reshape(2, 5, -1) @ pattern.matrix(kernels)
    half = side // 2
    found = found.reshape(2, 5, 2, 2, half, half, 3).transpose(0, 1, 6, 4, 2, 5, 3)
    for run in range(2):
        wanted = convolve(images[run].transpose(0, 3, 1, 2), kernels[run])
        np.testing.assert_allclose(found[run].reshape(wanted.shape), wanted, atol=1e-12)


def test_kernel_and_bias_gradients_are_the_adjoints_of_the_unfolding():
    rng, pattern = np.random.default_rng(0), UnfoldedKernels(4, 4, 2, 3)
    kernels, weights = (
        rng.standard_normal((2, 3, 2, 3, 3)),
        rng.standard_normal((2, *pattern.shape)),
    )
    left = np.sum(pattern.matrix(kernels) * weights)
    assert left == pytest.approx(np.sum(kernels * pattern.kernel_gradient(weights)))
    biases, pull = rng.standard_normal((2, 3)), rng.standard_normal((2, pattern.shape[1]))
    left = np.sum(pattern.spread(biases)[:, 0] * pull)
    assert left == pytest.approx(np.sum(biases * pattern.bias_gradient(pull)))


def test_bad_shapes_of_kernels_are_refused():
    with pytest.raises(ValueError, match="leave 3 x 3 to pools of 2 x 2"):
        UnfoldedKernels(3, 3, 1, 1)
    with pytest.raises(ValueError, match="kernels must have shape"):
        UnfoldedKernels(4, 4, 2, 3).matrix(np.zeros((1, 2, 3, 3, 3)))
    nets = networks()
    with pytest.raises(ValueError, match="backward: shapes"):
        PoolingNetworks(nets.forward, nets.forward[:1], nets.biases, nets.readout,
                        nets.readout_biases)  # fmt: skip
    with pytest.raises(ValueError, match="the networks take"):
        nets.drive(np.zeros((2, 3, 10)))


def networks(degrees=40.0, **more):
    nets = PoolingNetworks.random((2, 3, 4), [np.random.default_rng(k) for k in range(2)],
                                  degrees=degrees, classes=3, dtype=np.float64, **more)  # fmt: skip
    rng = np.random.default_rng(5)
    for bias in nets.biases:
        bias += 0.2 * rng.standard_normal(bias.shape)
    nets.forward[0] *= 3.0
    return nets


@pytest.fixture(scope="module")
def scene():
    nets, rng = networks(), np.random.default_rng(1)
    inputs, targets = rng.uniform(size=(2, 3, 64)), np.eye(3)[rng.integers(0, 3, (2, 3))]
    return nets, inputs, targets, relax(nets, inputs, 1000, tolerance=1e-14)


def test_the_linear_maps_are_derivative_and_adjoint(scene):
    nets, inputs, _, free = scene
    push, pull = nets.linear_maps(free.activities)
    rng, h = np.random.default_rng(0), 1e-20
    shift, error = rng.standard_normal((2, *free.activities.shape))
    field = nets.forces(nets.drive(inputs))
    np.testing.assert_allclose(
        push(shift), field(free.activities + 1j * h * shift).imag / h, atol=1e-12
    )
    assert np.sum(error * push(shift)) == pytest.approx(np.sum(pull(error) * shift))
    jacobian = nets.jacobian(free.activities)
    np.testing.assert_allclose(
        np.einsum("rbij,rbj->rbi", jacobian, shift), push(shift) - shift, atol=1e-12
    )


def test_equal_kernels_make_an_energy_and_others_depend_on_the_state(scene):
    free = scene[3]
    equal = networks(degrees=0.0).jacobian(free.activities)
    np.testing.assert_allclose(equal, np.swapaxes(equal, -1, -2), atol=1e-13)
    unequal = scene[0].jacobian(free.activities)
    assert np.abs(unequal - np.swapaxes(unequal, -1, -2)).max() > 0.05
    assert np.abs(unequal[0, 0] - unequal[0, 1]).max() > 1e-3
    np.testing.assert_allclose(scene[0].angle(), 40, atol=1e-6)


def test_backpropagated_errors_make_the_gradient_of_the_relaxed_loss(scene):
    nets, inputs, targets, free = scene
    errors = solved_errors(nets, free.states, targets, "backpropagated")
    gradient = nets.parameter_gradient(free.activities, errors, inputs, targets)
    rng, h = np.random.default_rng(0), 1e-5
    for parameter, found in zip(nets.parameters, gradient, strict=True):
        place, losses = (1, *rng.integers(0, parameter.shape[1:])), []
        for sign in (1, -1):
            kept = parameter[place]
            parameter[place] = kept + sign * h
            moved = relax(nets, inputs, 1000, initial=free.states, tolerance=1e-14)
            losses.append(cross_entropy(nets, moved.activities, targets)[1].mean())
            parameter[place] = kept
        assert found[place] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-8)


def test_iteration_and_contour_find_the_solved_errors(scene):
    nets, inputs, targets, free = scene
    for kind in ("backpropagated", "nudged"):
        wanted = solved_errors(nets, free.states, targets, kind)
        found = iterated_errors(nets, free.states, targets, kind, 300)
        np.testing.assert_allclose(found, wanted, atol=1e-12)
    around = contour_errors(nets, inputs, targets, free, Contour.circle(16, 0.1), 300)
    np.testing.assert_allclose(around, wanted, atol=1e-11)


def test_the_homeostatic_gradient_is_that_of_the_sampled_loss(scene):
    nets, _, _, free = scene
    eps = np.random.default_rng(3).standard_normal(free.activities.shape)
    found = nets.homeostatic_gradient_along(free.activities, eps)

    def loss():
        push, _ = nets.linear_maps(free.activities)
        return sampled_loss(lambda e: (push(e[0]) - e[0])[None], eps[None])[0, 1].mean()

    rng, h = np.random.default_rng(0), 1e-5
    for parameter, gradient in zip(nets.parameters, found, strict=True):
        place, ends = (1, *rng.integers(0, parameter.shape[1:])), []
        for sign in (1, -1):
            kept = parameter[place]
            parameter[place] = kept + sign * h
            ends.append(loss())
            parameter[place] = kept
        assert gradient[place] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=2e-7)


def test_the_exact_homeostatic_gradient_is_that_of_the_loss_and_the_mean_of_draws(scene):
    nets, _, _, free = scene
    exact = exact_homeostatic_gradient(nets, free.activities)
    place, ends, h = (0, 1, 0, 2, 1), [], 1e-5
    for sign in (1, -1):
        kept = nets.backward[0][place]
        nets.backward[0][place] = kept + sign * h
        ends.append(homeostatic_loss(nets.jacobian(free.activities))[0].mean())
        nets.backward[0][place] = kept
    count = len(nets.forward)
    assert exact[count][place] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=2e-7)
    rngs = [np.random.default_rng(k) for k in range(2)]
    draws = [nets.homeostatic_gradient(free.activities, 1, rngs)[count][place] for _ in range(300)]
    # Four standard errors of the mean over independent draws.
    assert abs(np.mean(draws) - exact[count][place]) < 4 * np.std(draws, ddof=1) / np.sqrt(300)


def test_tied_kernels_get_equal_updates():
    nets, rng = networks(degrees=0.0, tied=True), np.random.default_rng(0)
    inputs = rng.uniform(size=(2, 3, 64))
    free = relax(nets, inputs, 50)
    gradient = nets.field_gradient(free.activities, rng.standard_normal(free.states.shape), inputs)
    for up, down in zip(gradient[1:3], gradient[3:5], strict=True):
        np.testing.assert_array_equal(up, down)


def test_descent_on_the_loss_reduces_it_and_leaves_the_network_alone():
    nets = PoolingNetworks.random((2, 3), [np.random.default_rng(0)], degrees=60, dtype=np.float64)
    before = [parameter.copy() for parameter in nets.parameters]
    images = np.random.default_rng(1).uniform(size=(1, 2, 64))
    path = descend_homeostasis(nets, images, 0.005, 12)
    assert path["loss"][0] == 1 and np.all(np.diff(path["loss"]) < 0)
    assert path["angle"][-1] < path["angle"][0] == pytest.approx(60, abs=1e-6)
    for old, new in zip(before, nets.parameters, strict=True):
        np.testing.assert_array_equal(old, new)
    with np.errstate(all="ignore"), pytest.raises(NotConverged, match="does not settle"):
        descend_homeostasis(nets, images, 100.0, 5)


def test_descent_needs_every_image_to_settle(monkeypatch):
    nets = PoolingNetworks.random((2, 3), [np.random.default_rng(0)], degrees=60, dtype=np.float64)
    images = np.random.default_rng(1).uniform(size=(1, 2, 64))

    def unsettled(*arguments, **named):
        free = relax(*arguments, **named)
        free.residual[0, 1] = 1.0
        return free

    monkeypatch.setattr(homeostasis, "relax", unsettled)
    with pytest.raises(NotConverged, match="does not settle"):
        descend_homeostasis(nets, images, 0.005, 2)


def test_random_kernels_have_the_variance_of_their_fan_in_and_no_biases():
    nets = PoolingNetworks.random((8, 12), [np.random.default_rng(k) for k in range(4)], gain=1.5,
                                  degrees=90, dtype=float)  # fmt: skip
    # Standard error of a deviation: 1 / sqrt(2 n); the backward kernels have norms of their own.
    for kernels, deviation in ((nets.forward[0], 1.5 / 3), (nets.forward[1], 1.5 / np.sqrt(72)),
                               (nets.readout, 1 / np.sqrt(48))):  # fmt: skip
        assert kernels.std() == pytest.approx(deviation, rel=4.5 / np.sqrt(2 * kernels.size))
    assert not any(biases.any() for biases in [*nets.biases, nets.readout_biases])


def test_descent_tells_the_length_of_all_recurrent_kernels_together():
    nets = PoolingNetworks.random((2, 3, 4), [np.random.default_rng(0)], degrees=60, dtype=float)
    images = np.random.default_rng(1).uniform(size=(1, 2, 64))
    path = descend_homeostasis(nets, images, 0.05, 1)
    free = relax(nets, images, 2000, tolerance=1e-12)
    pulls = exact_homeostatic_gradient(nets, free.activities)
    moved = [p - 0.05 * pull for p, pull in zip(nets.parameters, pulls, strict=True)]
    before, after = (
        np.linalg.norm(np.concatenate([kernels.ravel() for kernels in p[1:5]]))
        for p in (nets.parameters, moved)
    )
    assert abs(after / before - 1) > 1e-3  # far above the tolerance
    # Both free states lie within 1e-8 of where they rest.
    assert path["norm"].tolist() == [1, pytest.approx(after / before, abs=1e-7)]
