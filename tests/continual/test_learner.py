"""Gates that keep tasks apart, and beliefs that stiffen as predicted."""

import numpy as np
import pytest

from theory.consolidation import uncertain_precision
from theory.continual import (
    ContinualLearner,
    GatedReLU,
    Protection,
    UncertainLearner,
)
from theory.mlp import ReLU, multilayer_perceptron, softmax_cross_entropy


def gated_network(masks):
    network = multilayer_perceptron((5, 8, 3), rng=0, normalize=False)
    network.layers = [
        GatedReLU(masks[0][0]) if isinstance(layer, ReLU) else layer for layer in network.layers
    ]
    return network


@pytest.fixture
def batch():
    rng = np.random.default_rng(2)
    return rng.standard_normal((10, 5)), rng.integers(0, 3, 10)


def test_disjoint_gates_leave_the_other_tasks_hidden_units_untouched(batch):
    first = np.repeat([1.0, 0.0], 4)
    masks = [first[None], 1 - first[None]]
    learner = ContinualLearner(gated_network(masks), Protection(), 0.01, masks=masks)
    learner.begin_task(0, None)
    learner.step(*batch)
    weights = learner.network.parameters[0].copy()
    learner.begin_task(1, None)
    for _ in range(5):
        learner.step(*batch)
    changed = learner.network.parameters[0] != weights
    assert not changed[:, :4].any() and changed[:, 4:].any()


def test_a_task_is_tested_through_its_own_gates_and_learning_goes_on_with_its_own(batch):
    masks = [np.zeros((1, 8)), np.ones((1, 8))]
    learner = ContinualLearner(gated_network(masks), Protection(), 0.01, masks=masks)
    learner.begin_task(1, None)
    images, labels = batch
    # All gates shut: the answer is that of the read-out's biases, one class for all images.
    learner.network.parameters[3][:] = [0, 1, 0]
    assert learner.accuracy(0, images, labels) == np.mean(labels == 1)
    outputs = learner.network.forward(images)[0]
    assert learner.accuracy(1, images, labels) == np.mean(outputs.argmax(axis=1) == labels)
    assert np.array_equal(learner.network.layers[1].mask, np.ones(8))


def test_learning_is_adam_on_the_mean_cross_entropy_with_fresh_moments(batch):
    learner = ContinualLearner(
        multilayer_perceptron((5, 8, 3), rng=0, normalize=False), Protection(), 0.01
    )
    for task in range(2):
        learner.begin_task(task, None)
        before = [p.copy() for p in learner.network.parameters]
        outputs, caches = learner.network.forward(batch[0])
        wanted, gradient = softmax_cross_entropy(outputs, batch[1])
        gradients = learner.network.backward(gradient, caches)[1]
        assert learner.step(*batch) == pytest.approx(wanted)
        for old, new, g in zip(before, learner.network.parameters, gradients, strict=True):
            # The first step of Adam is the learning rate times the sign of the gradient.
            moved = np.abs(g) > 1e-4
            np.testing.assert_allclose((new - old)[moved], -0.01 * np.sign(g[moved]), rtol=1e-3)


def test_precision_is_the_leaky_sum_of_curvatures(batch):
    """One linear layer, one class pushed: curvature of the bias is p (1 - p) in every step."""
    network = multilayer_perceptron((1, 2), rng=0, normalize=False)
    network.parameters[0][:] = 0
    images = np.zeros((6, 1))
    learner = UncertainLearner(network, prior=50.0, window=20.0)
    curvature = 6 * 0.25  # labels balanced, so the mean gradient vanishes and p stays 1/2
    course = [50.0]
    for _ in range(60):
        learner.step(images, np.array([0, 1] * 3))
        course.append(learner.precisions[1][0])
    np.testing.assert_allclose(
        course, uncertain_precision(60, curvature, prior=50.0, window=20.0), rtol=1e-12
    )
    assert network.parameters[1] == pytest.approx(0, abs=1e-12)


def test_without_a_window_the_mean_takes_natural_gradient_steps(batch):
    network = multilayer_perceptron((5, 3), rng=0, normalize=False)
    learner = UncertainLearner(network, prior=10.0)
    before = [p.copy() for p in network.parameters]
    outputs = network.forward(batch[0])[0]
    share = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    single = share - np.eye(3)[batch[1]]
    loss = learner.step(*batch)
    assert loss == pytest.approx(-np.log(share[np.arange(10), batch[1]]).mean())
    precision = 10 + np.sum(single**2, axis=0)
    np.testing.assert_allclose(learner.precisions[1], precision)
    np.testing.assert_allclose(
        network.parameters[1] - before[1], -single.sum(axis=0) / precision, rtol=1e-12
    )
    assert learner.begin_task(1, None) is None
    np.testing.assert_allclose(learner.precisions[1], precision)  # no task boundary is needed


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"prior": 0.0}, "prior must be"), ({"prior": 1.0, "window": 0.5}, "window must")],
)
def test_bad_beliefs_get_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        UncertainLearner(multilayer_perceptron((5, 3), rng=0, normalize=False), **options)
