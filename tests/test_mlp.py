"""The small network: gradients by finite differences, optimizers by their definitions."""

import numpy as np
import pytest

from theory.mlp import (
    SGD,
    Adam,
    BatchNormalization,
    Dense,
    Network,
    ReLU,
    multilayer_perceptron,
    softmax_cross_entropy,
)


def numerical_gradient(function, array, step=1e-6):
    gradient = np.empty_like(array)
    for index in np.ndindex(*array.shape):
        kept = array[index]
        array[index] = kept + step
        high = function()
        array[index] = kept - step
        low = function()
        array[index] = kept
        gradient[index] = (high - low) / (2 * step)
    return gradient


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_backward_is_the_gradient(training, normalize):
    rng = np.random.default_rng(0)
    network = multilayer_perceptron((4, 6, 5, 3), rng, normalize=normalize, normalize_output=True)
    for p in network.parameters:
        p += 0.1 * rng.standard_normal(p.shape)
    x, labels = rng.standard_normal((9, 4)), rng.integers(0, 3, 9)

    def loss():
        return softmax_cross_entropy(network.forward(x, training)[0], labels)[0]

    logits, caches = network.forward(x, training)
    into_x, gradients = network.backward(softmax_cross_entropy(logits, labels)[1], caches)
    # rounding 1e-16 / step, and a kink of ReLU is not met within the step
    for parameter, gradient in zip(network.parameters, gradients, strict=True):
        if training or not normalize:
            np.testing.assert_allclose(gradient, numerical_gradient(loss, parameter), atol=2e-8)
    if training or not normalize:
        np.testing.assert_allclose(into_x, numerical_gradient(loss, x), atol=2e-8)


def test_gradient_with_frozen_statistics():
    """In evaluation the running averages are constants of the backward pass."""
    rng = np.random.default_rng(1)
    layer = BatchNormalization(3)
    for _ in range(5):
        layer.forward(2 + 3 * rng.standard_normal((50, 3)))
    x, weight = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    gradient, _ = layer.backward(weight, layer.forward(x, training=False)[1])
    expected = numerical_gradient(lambda: np.sum(weight * layer.forward(x, training=False)[0]), x)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


def test_batch_normalization_statistics():
    rng = np.random.default_rng(2)
    layer = BatchNormalization(2, memory=0.5)
    x = 5 + 2 * rng.standard_normal((1000, 2))
    y, _ = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-4)
    np.testing.assert_allclose(layer.mean, x.mean(axis=0) / 2)
    for _ in range(60):
        layer.forward(x)
    np.testing.assert_allclose(layer.forward(x, training=False)[0], y, atol=1e-9)


def test_two_batches_can_go_forward_before_one_goes_back():
    rng = np.random.default_rng(3)
    network = multilayer_perceptron((3, 4, 2), rng)
    first, second = rng.standard_normal((2, 6, 3))
    weight = rng.standard_normal((6, 2))
    _, kept = network.forward(first)
    alone = network.backward(weight, kept)[1]
    _, kept = network.forward(first)
    network.forward(second)
    for a, b in zip(alone, network.backward(weight, kept)[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_softmax_is_shift_invariant_and_finite():
    logits = np.array([[1000.0, 0.0], [-1000.0, 0.0]])
    loss, gradient = softmax_cross_entropy(logits, np.array([0, 1]))
    assert loss == 0 and np.all(gradient == 0)
    shifted = softmax_cross_entropy(logits + 7, np.array([1, 1]))
    np.testing.assert_allclose(shifted[0], 500)
    with pytest.raises(ValueError, match="same length"):
        softmax_cross_entropy(logits, np.array([0]))


def test_sgd_with_momentum_and_decay():
    p = np.array([1.0, -2.0])
    optimizer = SGD([p], 0.1, momentum=0.5, weight_decay=0.2)
    optimizer.step([np.array([1.0, 0.0])])
    np.testing.assert_allclose(p, [1 - 0.1 * 1.2, -2 + 0.1 * 0.4])
    velocity, before = np.array([1.2, -0.4]), p.copy()
    optimizer.step([np.zeros(2)])
    np.testing.assert_allclose(p, before - 0.1 * (0.5 * velocity + 0.2 * before))


def test_adam_first_step_is_the_learning_rate():
    p = np.zeros(3)
    optimizer = Adam([p], 0.01)
    optimizer.step([np.array([3.0, -1e-3, 0.0])])
    np.testing.assert_allclose(p, [-0.01, 0.01, 0.0], rtol=1e-4)
    constant = np.array([2.0, 2.0, 2.0])
    for _ in range(500):
        optimizer.step([constant])
    before = p.copy()
    optimizer.step([constant])
    np.testing.assert_allclose(before - p, 0.01, rtol=1e-2)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.2, momentum=0.9), lambda p: Adam(p, 0.02)])
def test_a_separable_problem_is_learned(make):
    rng = np.random.default_rng(4)
    x = rng.standard_normal((200, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)  # not linearly separable
    network = multilayer_perceptron((2, 16, 2), rng)
    optimizer = make(network.parameters)
    for _ in range(300):
        logits, caches = network.forward(x)
        optimizer.step(network.backward(softmax_cross_entropy(logits, labels)[1], caches)[1])
    assert np.mean(network.forward(x)[0].argmax(axis=1) == labels) > 0.97


def test_copy_and_follow():
    network = Network([Dense(2, 3, 0), ReLU(), Dense(3, 1, 1, bias=False)])
    other = network.copy()
    for p in network.parameters:
        p += 1
    other.follow(network, 0.75)
    for own, new in zip(other.parameters, network.parameters, strict=True):
        np.testing.assert_allclose(own, new - 0.75)


def test_astype_converts_everything():
    network = multilayer_perceptron((3, 4, 2), 0).astype(np.float32)
    x = np.random.default_rng(5).standard_normal((6, 3)).astype(np.float32)
    y, caches = network.forward(x)
    _, gradients = network.backward(y, caches)
    assert y.dtype == network.forward(x, training=False)[0].dtype == np.float32
    assert all(g.dtype == np.float32 for g in gradients)


def test_bad_arguments():
    with pytest.raises(ValueError, match="inputs must be an integer"):
        Dense(0, 1, 0)
    with pytest.raises(ValueError, match="sizes must name"):
        multilayer_perceptron((3,), 0)
    with pytest.raises(ValueError, match="momentum must be"):
        SGD([], 0.1, momentum=1.0)
    with pytest.raises(ValueError, match="memory must be"):
        BatchNormalization(2, memory=1.0)
    with pytest.raises(TypeError, match="rng must be"):
        Dense(1, 1, None)
