"""Importances against single samples, penalties against closed forms, paths against the loss."""

import numpy as np
import pytest

from theory.consolidation import BeakerChain
from theory.continual import (
    Beakers,
    ElasticConsolidation,
    OutputSensitivity,
    Protection,
    SynapticIntelligence,
    UniformPenalty,
    fisher_diagonal,
)
from theory.mlp import multilayer_perceptron, softmax_cross_entropy


@pytest.fixture
def network():
    return multilayer_perceptron((5, 7, 6, 4), rng=0, normalize=False)


@pytest.fixture
def images():
    return np.random.default_rng(1).standard_normal((12, 5))


def gradients_of_one(network, image, output_gradient):
    """Gradients of one sample by the network's own backward pass."""
    outputs, caches = network.forward(image[None], training=False)
    return network.backward(output_gradient(outputs), caches)[1]


def test_the_fisher_diagonal_is_the_mean_over_the_models_own_answers(network, images):
    wanted = [np.zeros_like(p) for p in network.parameters]
    for image in images:
        outputs, _ = network.forward(image[None], training=False)
        share = np.exp(outputs[0]) / np.exp(outputs[0]).sum()
        for answer, chance in enumerate(share):
            found = gradients_of_one(
                network, image, lambda out, a=answer: softmax_cross_entropy(out, np.array([a]))[1]
            )
            for total, g in zip(wanted, found, strict=True):
                total += chance * g**2 / len(images)
    for got, expected in zip(fisher_diagonal(network, images), wanted, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-16)


def test_the_fisher_trace_is_the_curvature_of_the_kullback_leibler_divergence(network, images):
    """Second difference of the divergence along one weight: the definition of the Fisher matrix."""
    fisher = fisher_diagonal(network, images)

    def divergence(change):
        moved = network.copy()
        moved.parameters[2][1, 2] += change
        old = network.forward(images, training=False)[0]
        new = moved.forward(images, training=False)[0]
        old, new = (x - np.log(np.exp(x).sum(axis=1, keepdims=True)) for x in (old, new))
        return np.mean(np.sum(np.exp(old) * (old - new), axis=1))

    step = 1e-3
    curvature = (divergence(step) + divergence(-step)) / step**2
    # Fourth order in the step, and no rectifier of these twelve images switches within it.
    assert curvature == pytest.approx(fisher[2][1, 2], rel=1e-4)


def test_output_sensitivity_is_the_mean_absolute_gradient_of_the_squared_logits(network, images):
    protection = OutputSensitivity(1.0)
    protection.start(network.parameters)
    single = [gradients_of_one(network, image, lambda out: 2 * out) for image in images]
    for k, got in enumerate(protection.importances(network, images)):
        np.testing.assert_allclose(got, np.mean([np.abs(g[k]) for g in single], axis=0), rtol=1e-12)


def test_normalised_networks_have_no_known_importance(images):
    network = multilayer_perceptron((5, 7, 4), rng=0)
    with pytest.raises(ValueError, match="BatchNormalization parameters are not known here"):
        fisher_diagonal(network, images)


class OneParameter(UniformPenalty):
    """Importance told from outside."""

    curvature = 1.0

    def importances(self, network, images, labels=None, answers=None):
        return [np.full_like(p, self.curvature) for p in self.parameters]


def learn_three_quadratics(protection, optima, curvatures):
    theta = np.array([0.0])
    protection.start([theta])
    for optimum, curvature in zip(optima, curvatures, strict=True):
        for _ in range(2000):
            gradient = [curvature * (theta - optimum)]
            protection.before_update(gradient)
            theta -= 0.05 * gradient[0]
            protection.after_update()
        protection.curvature = curvature
        protection.end_task(None, None)
    return theta[0]


def test_one_anchor_is_joint_learning_and_an_anchor_each_counts_early_tasks_twice():
    (a, b, c), (A, B, C) = (1.0, -2.0, 0.5), (0.7, 1.9, 1.1)
    last = learn_three_quadratics(OneParameter(1.0), (a, b, c), (A, B, C))
    assert last == pytest.approx((A * a + B * b + C * c) / (A + B + C), abs=1e-12)
    each = learn_three_quadratics(OneParameter(1.0, anchors="each"), (a, b, c), (A, B, C))
    double = (A * (1 + B / (A + B)) * a + B**2 / (A + B) * b + C * c) / (A + B + C)
    assert each == pytest.approx(double, abs=1e-12)
    assert abs(each - last) > 0.1


def test_a_decaying_importance_forgets_the_first_task():
    ends = [
        learn_three_quadratics(OneParameter(1.0, decay=d), (1.0, -2.0, -2.0), (1.0, 1.0, 1.0))
        for d in (0.0, 0.5, 1.0)
    ]
    # Anchored at -1/2 with importance 1, 3/2 and 2 against the third task's optimum -2.
    assert ends == pytest.approx([-1.25, -1.1, -1.0], abs=1e-12)


def test_no_strength_adds_nothing_and_plain_protection_does_nothing(network, images):
    for protection in (Protection(), ElasticConsolidation(0.0), UniformPenalty(0.0)):
        protection.start(network.parameters)
        protection.end_task(network, images)
        gradients = [np.ones_like(p) for p in network.parameters]
        network.parameters[0][:] += 1
        protection.before_update(gradients)
        protection.after_update()
        assert all(np.array_equal(g, np.ones_like(g)) for g in gradients)


def test_path_integrals_add_up_to_the_decrease_of_the_loss(network):
    # A draw where gradient flow crosses the kinks of the rectifiers; where it slides along one,
    # the gradient jumps to and fro in every step and no step is small.
    images = np.random.default_rng(2).standard_normal((12, 5))
    labels = np.arange(len(images)) % 4
    protection = SynapticIntelligence(1.0, damping=0.5)
    protection.start(network.parameters)

    def loss():
        return softmax_cross_entropy(network.forward(images, training=False)[0], labels)[0]

    ends = {}
    for steps in (200, 400):
        fresh = multilayer_perceptron((5, 7, 6, 4), rng=0, normalize=False)
        for values, start in zip(network.parameters, fresh.parameters, strict=True):
            values[:] = start
        protection.start(network.parameters)
        before = loss()
        for _ in range(steps):
            outputs, caches = network.forward(images)
            _, gradients = network.backward(softmax_cross_entropy(outputs, labels)[1], caches)
            protection.before_update(gradients)
            for values, gradient in zip(network.parameters, gradients, strict=True):
                values -= 0.5 / steps * gradient
            protection.after_update()
        total = sum(integral.sum() for integral in protection.integrals)
        ends[steps] = abs(total - (before - loss()))
    # First order in the step: half the step, about half the gap.
    assert ends[400] == pytest.approx(ends[200] / 2, rel=0.1) and ends[400] < 0.01 * before


def test_the_path_follows_the_tasks_gradient_not_the_penaltys():
    theta = np.array([2.0])
    protection = SynapticIntelligence(5.0, damping=1.0)
    protection.start([theta])
    protection.penalties[0].add_task(np.array([1.0]), np.array([0.0]))
    gradient = [np.array([0.25])]
    protection.before_update(gradient)
    assert gradient[0] == pytest.approx(0.25 + 10 * 1.0 * 2.0)  # 2 c Omega (theta - anchor)
    theta -= 0.1
    protection.after_update()
    assert protection.integrals[0] == pytest.approx(0.25 * 0.1)
    assert protection.importances(None, None)[0] == pytest.approx(0.025 / (0.01 + 1.0))
    assert protection.integrals[0] == 0 and protection.task_start[0] == theta


def test_a_chain_behind_each_parameter_keeps_what_it_holds_and_slows_it():
    values = np.array([1.0, -2.0])
    chain = BeakerChain.geometric(3, leak=False)
    protection = Beakers(chain)
    protection.start([values])
    held = np.array(chain.areas) @ protection.levels[0]
    values += 0.4
    protection.after_update()
    np.testing.assert_allclose(np.array(chain.areas) @ protection.levels[0], held + 0.4, rtol=1e-13)
    np.testing.assert_allclose(values, [1.35, -1.65])  # g_12 / C_1 = 1/8 of the step flows on
    assert np.array_equal(values, protection.levels[0][0])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: UniformPenalty(-1), "strength must be"),
        (lambda: UniformPenalty(1, anchors="first"), "anchors must be"),
        (lambda: UniformPenalty(1, decay=1.5), "decay must"),
        (lambda: UniformPenalty(1, anchors="each", decay=0.5), "separate anchors do not decay"),
        (lambda: SynapticIntelligence(1, damping=0), "damping must be"),
    ],
)
def test_bad_settings_get_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
