"""Gradients: finite differences of the smooth surrogate, a plain reference for straight through."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import batch_statistics, straight_through_gradients

from theory.bnn.architectures import convolutional_network, dense_network
from theory.bnn.convolution import Pool
from theory.bnn.layers import HardTanh, SignActivation
from theory.bnn.loss import cross_entropy
from theory.bnn.parameters import sign_into


def finite_difference_error(network, images, labels, rng, entries=6, step=1e-6):
    """Largest error of backward gradients, relative to the largest gradient of each array."""
    network.loss_and_gradients(images, labels)
    analytic = [p.gradient.copy() for p in network.parameters]
    worst = 0.0
    for parameter, gradient in zip(network.parameters, analytic, strict=True):
        flat = parameter.value.reshape(-1)
        for index in rng.integers(flat.size, size=entries):
            before, losses = flat[index], []
            for sign in (1, -1):
                flat[index] = before + sign * step
                losses.append(cross_entropy(network.logits(images, training=True), labels)[0])
            flat[index] = before
            slope = (losses[0] - losses[1]) / (2 * step)
            worst = max(worst, abs(slope - gradient.reshape(-1)[index]) / abs(gradient).max())
    return worst


# Central differences err by step^2 times the third derivative and by rounding / step ~ 1e-10.
FINITE_DIFFERENCE = 1e-6


@pytest.mark.parametrize("normalisation", ["batch", "running", "instance"])
@pytest.mark.parametrize("activation", ["hardtanh", "relu"])
def test_dense_surrogate_matches_finite_differences(normalisation, activation):
    rng = np.random.default_rng(1)
    network = dense_network(
        (7, 6, 5, 4), rng, binary=False, activation=activation, normalisation=normalisation,
        initial_width=2.0, dtype=np.float64,
    )  # fmt: skip
    images, labels = rng.standard_normal((9, 7)), rng.integers(4, size=9)
    assert finite_difference_error(network, images, labels, rng) < FINITE_DIFFERENCE


@pytest.mark.parametrize("pool", ["average", "maximum"])
@pytest.mark.parametrize("image_shape", [(9, 9), (2, 9, 12)])
def test_convolutional_surrogate_matches_finite_differences(pool, image_shape):
    rng = np.random.default_rng(2)
    network = convolutional_network(
        image_shape, (3, 4), 3, rng, side=3, pool=pool, hidden=(5,), affine=True, scale="uniform",
        binary=False, activation="hardtanh", initial_width=2.0, dtype=np.float64,
    )  # fmt: skip
    images = rng.standard_normal((6, int(np.prod(image_shape))))
    labels = rng.integers(3, size=6)
    assert finite_difference_error(network, images, labels, rng) < FINITE_DIFFERENCE


@given(
    sizes=st.lists(st.integers(2, 7), min_size=2, max_size=4),
    samples=st.integers(2, 12),
    seed=st.integers(0, 10**6),
)
@settings(deadline=None, derandomize=True, max_examples=30)
def test_straight_through_matches_the_plain_reference(sizes, samples, seed):
    rng = np.random.default_rng(seed)
    network = dense_network(sizes, rng, dtype=np.float64)
    images, labels = rng.standard_normal((samples, sizes[0])), rng.integers(sizes[-1], size=samples)
    loss = network.loss_and_gradients(images, labels)
    parameters = network.parameters
    hidden = [p.value for p in parameters[0::3]]
    scales, shifts = [p.value for p in parameters[1::3]], [p.value for p in parameters[2::3]]
    wanted, gradients = straight_through_gradients(hidden, scales, shifts, images, labels)
    assert loss == pytest.approx(wanted, rel=1e-12)
    for layer in range(len(hidden)):
        for offset, name in enumerate(("weights", "scale", "shift")):
            np.testing.assert_allclose(
                parameters[3 * layer + offset].gradient, gradients[name, layer], atol=1e-9
            )


def test_single_precision_agrees_with_double():
    images = np.random.default_rng(3).random((50, 20))
    labels = np.arange(50) % 5
    networks = [dense_network((20, 16, 5), 4, dtype=dtype) for dtype in (np.float32, np.float64)]
    networks[1].layers[0].weights.load(networks[0].layers[0].weights.value)
    losses = [network.loss_and_gradients(images, labels) for network in networks]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert networks[0].layers[0].weights.gradient.dtype == np.float32


def test_fisher_information_is_the_mean_square_of_single_sample_gradients():
    rng = np.random.default_rng(5)
    network = dense_network((6, 5, 4), rng, dtype=np.float64)
    images, labels = rng.standard_normal((8, 6)), rng.integers(4, size=8)
    importances = network.sample_importance(images, labels)
    parameters = network.parameters
    arrays = [[p.value for p in parameters[k::3]] for k in range(3)]
    statistics = batch_statistics(*arrays, images)
    singles = [
        straight_through_gradients(*arrays, images[n : n + 1], labels[n : n + 1], statistics)[1]
        for n in range(len(images))
    ]
    for layer, importance in enumerate(importances):
        wanted = np.mean([single["weights", layer] ** 2 for single in singles], axis=0)
        np.testing.assert_allclose(importance, wanted, atol=1e-12)


def test_output_norm_importance_needs_no_labels_and_matches_a_linear_network():
    rng = np.random.default_rng(6)
    network = dense_network((5, 3), rng, binary=False, affine=False, dtype=np.float64)
    images = rng.standard_normal((7, 5))
    product = images @ network.weights[0].value
    deviation = np.sqrt(product.var(axis=0) + 1e-5)
    outputs = (product - product.mean(axis=0)) / deviation
    # d ||y||^2 / dw_ij = 2 y_j x_i / deviation_j with the statistics held fixed
    wanted = np.mean(np.abs(2 * images[:, :, None] * (outputs / deviation)[:, None, :]), axis=0)
    np.testing.assert_allclose(network.sample_importance(images)[0], wanted, rtol=1e-12)


def test_signs_are_plus_or_minus_one_in_both_precisions():
    for dtype in (np.float32, np.float64):
        values = np.array([-3, -1e-30, 0, 1e-30, 2, -np.inf], dtype)
        assert sign_into(values, np.empty_like(values)).tolist() == [-1, -1, 1, 1, 1, -1]


def test_the_window_is_the_slope_of_the_hard_tanh():
    inputs = np.array([[-1.5, -1.0, -0.2, 0.7, 1.0, 1.1]])
    for layer in (SignActivation(np.float64), HardTanh(np.float64)):
        layer.forward(inputs, True)
        assert layer.backward(np.ones((1, 6))).tolist() == [[0, 1, 1, 1, 1, 0]]


def test_pooling_drops_what_fills_no_block_and_shares_ties():
    images = np.arange(25.0).reshape(1, 5, 5, 1)
    average, largest = Pool("average", dtype=float), Pool("maximum", dtype=float)
    assert average.forward(images, True)[0, :, :, 0].tolist() == [[3, 5], [13, 15]]
    assert largest.forward(images, True)[0, :, :, 0].tolist() == [[6, 8], [16, 18]]
    back = average.backward(np.ones((1, 2, 2, 1)))[0, :, :, 0]
    assert back[:4, :4].tolist() == [[0.25] * 4] * 4 and not back[4].any() and not back[:, 4].any()
    largest.forward(np.ones((1, 2, 2, 1)), True)
    assert largest.backward(np.ones((1, 1, 1, 1))).ravel().tolist() == [0.25] * 4


def test_a_convolution_is_the_correlation_with_its_signs():
    rng = np.random.default_rng(7)
    network = convolutional_network((6, 5), (3,), 2, rng, side=2, padding=0, dtype=np.float64)
    layer = network.layers[1]
    images = rng.standard_normal((2, 6, 5, 1))
    out = layer.forward(images, True)
    kernels = layer.weights.used.reshape(2, 2, 1, 3)
    for row in range(5):
        for column in range(4):
            patch = images[:, row : row + 2, column : column + 2]
            wanted = np.einsum("nijc,ijco->no", patch, kernels)
            np.testing.assert_allclose(out[:, row, column], wanted, atol=1e-12)
