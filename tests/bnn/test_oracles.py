"""Layers against independent implementations of other packages and against their definitions."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from scipy.signal import correlate2d
from scipy.special import log_softmax, softmax

from theory.bnn.architectures import dense_network
from theory.bnn.convolution import Convolution, Pool
from theory.bnn.loss import cross_entropy
from theory.bnn.normalisation import BatchNorm
from theory.continual import SequenceRun


@pytest.mark.parametrize(("side", "padding"), [(1, 0), (2, 1), (3, 1), (4, 1), (4, 0)])
def test_convolution_against_scipy(side, padding):
    rng = np.random.default_rng(0)
    images = rng.standard_normal((3, 7, 6, 2))
    weights = rng.standard_normal((side * side * 2, 3))
    layer = Convolution("layer", weights, side=side, padding=padding, binary=False)
    out = layer.forward(images, True)
    padded = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    kernels = weights.reshape(side, side, 2, 3)
    for sample in range(3):
        for channel in range(3):
            wanted = sum(
                correlate2d(padded[sample, :, :, c], kernels[:, :, c, channel], "valid")
                for c in range(2)
            )
            np.testing.assert_allclose(out[sample, :, :, channel], wanted, atol=1e-12)


@pytest.mark.parametrize(("side", "padding"), [(2, 0), (3, 1), (4, 1)])
def test_the_backward_convolution_is_the_transpose(side, padding):
    """<forward(x), y> = <x, backward(y)> for every x and y, and the same for the weights."""
    rng = np.random.default_rng(1)
    images = rng.standard_normal((2, 6, 5, 3))
    weights = rng.standard_normal((side * side * 3, 4))
    layer = Convolution("layer", weights, side=side, padding=padding, binary=False)
    out = layer.forward(images, True)
    upstream = rng.standard_normal(out.shape)
    back = layer.backward(upstream)
    assert np.sum(out * upstream) == pytest.approx(np.sum(images * back), rel=1e-12)
    assert np.sum(out * upstream) == pytest.approx(
        np.sum(weights * layer.weights.gradient), rel=1e-12
    )


def test_the_backward_average_pool_is_the_transpose():
    rng = np.random.default_rng(2)
    pool = Pool("average", 2, dtype=np.float64)
    images = rng.standard_normal((2, 7, 6, 3))
    out = pool.forward(images, True).copy()
    upstream = rng.standard_normal(out.shape)
    assert np.sum(out * upstream) == pytest.approx(np.sum(images * pool.backward(upstream)))
    np.testing.assert_allclose(
        out, images[:, :6].reshape(2, 3, 2, 3, 2, 3).mean(axis=(2, 4)), atol=1e-15
    )


def test_cross_entropy_against_scipy():
    rng = np.random.default_rng(3)
    logits, labels = 5 * rng.standard_normal((20, 6)), rng.integers(6, size=20)
    loss, gradient = cross_entropy(logits, labels)
    assert loss == pytest.approx(-log_softmax(logits, axis=1)[np.arange(20), labels].mean())
    np.testing.assert_allclose(
        gradient, (softmax(logits, axis=1) - np.eye(6)[labels]) / 20, atol=1e-15
    )


def test_batch_normalisation_of_images_is_that_of_all_their_pixels():
    rng = np.random.default_rng(4)
    images = rng.normal(1, 2, (5, 4, 3, 2))
    norm = BatchNorm("norm", 2, rng, dtype=np.float64)
    out = norm.forward(images, True)
    mean, variance = images.mean(axis=(0, 1, 2)), images.var(axis=(0, 1, 2))
    wanted = norm.scale.value * (images - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(out, wanted, atol=1e-12)


def test_importances_leave_the_network_as_it_was_and_are_means():
    rng = np.random.default_rng(5)
    network = dense_network((6, 5, 4), rng, dtype=np.float64)
    images, labels = rng.standard_normal((12, 6)), rng.integers(4, size=12)
    before = [p.value.copy() for p in network.parameters]
    once = [f.copy() for f in network.sample_importance(images, labels)]
    assert all(np.array_equal(a, p.value) for a, p in zip(before, network.parameters, strict=True))
    # Showing every sample twice changes neither statistics nor means; order does not matter.
    twice = network.sample_importance(np.repeat(images, 2, axis=0), np.repeat(labels, 2))
    for one, two in zip(once, twice, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-12)
    rows = rng.permutation(12)
    for one, two in zip(once, network.sample_importance(images[rows], labels[rows]), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-12)
    assert all(np.all(f >= 0) for f in once)


def test_fisher_information_dominates_the_squared_mean_gradient():
    """A mean of squares is at least the square of the mean, for every weight."""
    rng = np.random.default_rng(6)
    network = dense_network((6, 4), rng, affine=False, dtype=np.float64)
    images, labels = rng.standard_normal((30, 6)), rng.integers(4, size=30)
    fisher = network.sample_importance(images, labels)[0]
    network.logits(images)
    logits = network.layers[1].normalised
    upstream = (softmax(logits, axis=1) - np.eye(4)[labels]) * network.layers[1].inverse
    mean = images.T @ upstream / 30
    assert np.all(fisher >= mean**2 - 1e-15) and np.any(fisher > 2 * mean**2)


def test_a_run_survives_the_way_through_json():
    run = SequenceRun([0, 1], [[0.1, 0.2], [0.3, 0.4]], [1], [0.5], 1, 0, 7)
    assert SequenceRun(**json.loads(json.dumps(asdict(run)))) == run
    assert run.final.tolist() == [0.3, 0.4] and run.curves.shape == (2, 2)


@pytest.mark.parametrize("side", [1, 2, 3])
def test_an_average_is_the_mean_of_a_block_of_any_size(side):
    images = np.random.default_rng(side).normal(size=(2, 7, 6, 3))
    found = Pool("average", side, dtype=np.float64).forward(images, False)
    for row, column in np.ndindex(7 // side, 6 // side):
        block = images[:, row * side : (row + 1) * side, column * side : (column + 1) * side]
        np.testing.assert_allclose(found[:, row, column], block.mean(axis=(1, 2)), rtol=1e-12)
