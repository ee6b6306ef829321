"""Adjointness of convolution and pooling, forces as derivatives, estimates against BPTT."""

import numpy as np
import pytest

from theory.ep import (
    ConvolutionalNetwork,
    backpropagated_estimates,
    running_estimates,
    train_convolutional,
)
from theory.ep.convolution_maps import convolve, pool, transposed_convolve, unpool


@pytest.fixture(scope="module", params=[(1, 1), (1, 0)], ids=["padded", "last not padded"])
def scene(request):
    rng = np.random.default_rng(0)
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, rng, padding=request.param, dtype=np.float64
    )
    images, targets = rng.uniform(size=(3, 2, 8, 8)), np.eye(5)[[0, 3, 1]]
    return network, images, targets, network.relax(images, 300)


def test_convolution_is_the_sum_over_its_kernel():
    rng = np.random.default_rng(1)
    images, kernels = rng.normal(size=(1, 2, 4, 5)), rng.normal(size=(3, 2, 3, 3))
    found = convolve(images, kernels)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for o, i, j in ((0, 0, 0), (2, 3, 4), (1, 2, 1)):
        assert found[0, o, i, j] == pytest.approx(
            np.sum(kernels[o] * padded[0, :, i : i + 3, j : j + 3])
        )


def test_the_ways_down_are_adjoint_to_the_ways_up():
    rng = np.random.default_rng(2)
    below, above = rng.normal(size=(2, 3, 6, 4)), rng.normal(size=(2, 5, 6, 4))
    kernels = rng.normal(size=(5, 3, 3, 3))
    inner = above[:, :, 1:-1, 1:-1]
    assert np.sum(inner * convolve(below, kernels, 0)) == pytest.approx(
        np.sum(below * transposed_convolve(inner, kernels, 0)), abs=1e-10
    )
    up, down = convolve(below, kernels), transposed_convolve(above, kernels)
    assert np.sum(above * up) == pytest.approx(np.sum(below * down), abs=1e-10)
    values, where = pool(up)
    small = rng.normal(size=values.shape)
    assert np.sum(small * values) == pytest.approx(np.sum(unpool(small, where) * up), abs=1e-10)
    np.testing.assert_array_equal(pool(unpool(np.abs(small), where))[0], np.abs(small))


def test_forces_and_products_are_derivatives_of_the_primitive_function(scene):
    network, images, _, _ = scene
    rng, step = np.random.default_rng(3), 1e-6
    states = [rng.uniform(size=s.shape) for s in network.zeros(images)]
    forces, _ = network.forces(network.ground(images), states)
    np.testing.assert_array_equal(network.primitive(images, network.zeros(images)), np.zeros(3))
    for layer, cell in ((0, (1, 2, 3, 0)), (1, (0, 3, 0, 0)), (2, (2, 4))):
        values = []
        for sign in (1, -1):
            moved = [s.copy() for s in states]
            moved[layer][cell] += sign * step
            values.append(network.primitive(images, moved).sum())
        # Piecewise bilinear: exact differences, up to rounding of a sum of order 100.
        assert forces[layer][cell] == pytest.approx((values[0] - values[1]) / (2 * step), abs=1e-7)
    products = network.products(images, states)
    for which, cell in ((0, (1, 0, 2, 1)), (1, (3, 2, 0, 0)), (3, (2,)), (4, (1, 3)), (5, (0,))):
        array, values = network.parameters[which], []
        for sign in (1, -1):
            array[cell] += sign * step
            values.append(network.primitive(images, states).mean())
            array[cell] -= sign * step
        assert products[which][cell] == pytest.approx(
            (values[0] - values[1]) / (2 * step), abs=1e-7
        )


def test_backpropagation_is_the_gradient_of_the_loss(scene):
    network, images, targets, free = scene
    total = backpropagated_estimates(network, images, targets, 200, free)[-1]
    step = 1e-5
    for which, cell in ((0, (1, 0, 2, 1)), (1, (3, 2, 0, 0)), (2, (0,)), (4, (1, 3))):
        array, values = network.parameters[which], []
        for sign in (1, -1):
            array[cell] += sign * step
            out = network.relax(images, 300)[-1]
            values.append(0.5 * np.mean(np.sum((out - targets) ** 2, axis=1)))
            array[cell] -= sign * step
        # Central differences: step^2 times third derivatives of order one.
        assert total[which][cell] == pytest.approx((values[0] - values[1]) / (2 * step), abs=1e-8)


def test_estimates_follow_backpropagation_step_by_step(scene):
    network, images, targets, free = scene
    nudge, steps = 1e-5, 10
    found = running_estimates(network, images, targets, nudge, steps, free)
    wanted = backpropagated_estimates(network, images, targets, steps, free)
    for one, other in zip(found, wanted, strict=True):
        for a, b in zip(one, other, strict=True):
            # Bias of order the nudge; rounding of 1e-16 over the nudge.
            np.testing.assert_allclose(a, b, atol=1e-4)
    assert np.abs(wanted[-1][0]).max() > 1e-2


def test_training_lowers_the_error():
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, 160)
    images = 0.2 * rng.uniform(size=(160, 1, 4, 4)).astype(np.float32)
    images[labels == 1, :, :2] += 0.7  # class 1 is bright above
    network = ConvolutionalNetwork.random((1, 4, 4), (4,), 2, 0)
    error = train_convolutional(
        network, images[:120], labels[:120], images[120:], labels[120:],
        rng=0, epochs=8, learning_rates=(0.5, 0.3), steps=(10, 6), batch_size=10,
    )  # fmt: skip
    assert error.shape == (9,) and error[-1] < 0.1


def test_no_epoch_leaves_one_network_as_it_is_stacked_or_not():
    network = ConvolutionalNetwork.random((1, 4, 4), (4,), 2, 0)
    images, labels = np.ones((4, 1, 4, 4)), [0, 1, 0, 1]
    before = [p.copy() for p in network.parameters]
    rest = (images, labels, images, labels)
    settings = {"epochs": 0, "batch_size": 2, "learning_rates": (0.5, 0.3)}
    error = train_convolutional(network, *rest, rng=0, **settings)
    assert error.shape == (1,)
    alone = ConvolutionalNetwork.stack([network])
    assert train_convolutional(alone, *rest, rng=(0,), **settings).tolist() == [error.tolist()[:1]]
    for old, new, stacked in zip(before, network.parameters, alone.parameters, strict=True):
        assert np.array_equal(old, new) and np.array_equal(stacked[0], old)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="leaves 3 x 4 pixels to a pool"):
        ConvolutionalNetwork.random((1, 6, 8), (2, 2), 3, 0)
    with pytest.raises(ValueError, match="activation must be one of"):
        ConvolutionalNetwork.random((1, 8, 8), (2,), 3, 0, activation="relu")
    network = ConvolutionalNetwork.random((1, 8, 8), (2,), 3, 0)
    images = np.zeros((4, 1, 8, 8))
    with pytest.raises(ValueError, match="1 given for 2 layers"):
        train_convolutional(network, images, [0] * 4, images, [0] * 4, rng=0, learning_rates=(0.1,))
    with pytest.raises(ValueError, match="the classes are 0 to 2"):
        train_convolutional(network, images, [0, 1, 2, 3], images, [0] * 4, rng=0,
                            learning_rates=(0.1, 0.1), batch_size=2)  # fmt: skip
