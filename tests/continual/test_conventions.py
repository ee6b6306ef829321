"""Conventions of methods that share a name: each option against its own definition."""

import numpy as np
import pytest

from theory.consolidation import LinearTask, elastic_consolidation
from theory.continual import (
    ContinualLearner,
    ElasticConsolidation,
    SynapticIntelligence,
    UniformPenalty,
    fisher_diagonal,
    path_importance,
    path_increment,
)
from theory.mlp import multilayer_perceptron, softmax_cross_entropy

RNG = np.random.default_rng(3)
IMAGES, LABELS = RNG.standard_normal((40, 5)), RNG.integers(0, 4, 40)


@pytest.fixture
def network():
    return multilayer_perceptron((5, 7, 4), rng=0, normalize=False)


def single_gradients(network, labels):
    """Gradients of the loss of each sample, by the network's own backward pass."""
    found = []
    for image, label in zip(IMAGES, labels, strict=True):
        outputs, caches = network.forward(image[None], training=False)
        gradient = softmax_cross_entropy(outputs, np.array([label]))[1]
        found.append(network.backward(gradient, caches)[1])
    return found


def test_the_empirical_fisher_squares_the_gradients_of_the_given_labels(network):
    single = single_gradients(network, LABELS)
    for k, got in enumerate(fisher_diagonal(network, IMAGES, LABELS, kind="empirical")):
        np.testing.assert_allclose(got, np.mean([g[k] ** 2 for g in single], axis=0), rtol=1e-12)


def test_the_sampled_fisher_tends_to_the_exact_one(network):
    exact = fisher_diagonal(network, IMAGES)[0]
    rng, draws = np.random.default_rng(7), 400
    sampled = np.array(
        [fisher_diagonal(network, IMAGES, kind="sampled", rng=rng)[0] for _ in range(draws)]
    )
    error = sampled.std(axis=0, ddof=1) / np.sqrt(draws)
    scaled = (sampled.mean(axis=0) - exact)[error > 0] / error[error > 0]
    # 35 correlated normal deviates: their mean square is 1 +- sqrt(2/5) even if only 5 were free.
    assert np.mean(scaled**2) < 1 + 4 * np.sqrt(2 / 5)
    assert np.abs(sampled[0] / sampled.mean(axis=0) - 1).max() > 0.01  # one draw is noisy


def test_a_head_of_its_own_has_a_fisher_matrix_of_its_own_answers(network):
    answers = np.array([1, 3])
    got = fisher_diagonal(network, IMAGES, answers=answers)
    small = multilayer_perceptron((5, 7, 2), rng=0, normalize=False)
    for own, other in zip(small.parameters, network.parameters, strict=True):
        own[:] = other[..., answers] if other.shape[-1] == 4 else other
    wanted = fisher_diagonal(small, IMAGES)
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(got[2][:, answers], wanted[2], rtol=1e-12)
    assert not got[2][:, [0, 2]].any()


def decayed(decay, decay_in, strength):
    """The optimum of three regressions in turn, with the class's penalty solved exactly."""
    rng = np.random.default_rng(0)
    tasks = [LinearTask(rng.normal(size=(30, 3)), rng.normal(size=30)) for _ in range(3)]
    diagonal = [np.diag(task.precision) for task in tasks]
    protection = UniformPenalty(strength, decay=decay, decay_in=decay_in)
    theta = np.zeros(3)
    protection.start([theta])
    for task, importance in zip(tasks, diagonal, strict=True):
        penalty = protection.penalties[0]
        own = np.zeros(3) if penalty.importance is None else penalty.strength * penalty.importance
        theta[:] = np.linalg.solve(np.diag(own) + task.precision, own * theta + task.pull)
        protection.importances = lambda *_, new=importance: [new]
        protection.end_task(None, None)
    return theta, tasks


def test_decay_in_the_penalty_is_strength_times_decay_in_the_sum():
    both, tasks = decayed(0.5, "penalty", 1.0)
    reference = elastic_consolidation(tasks, fisher="diagonal", decay=0.5, prior=1e-12)[-1]
    np.testing.assert_allclose(both, reference, atol=1e-10)
    np.testing.assert_allclose(decayed(0.5, "sum", 0.5)[0], both, atol=1e-12)
    assert np.abs(decayed(0.5, "sum", 1.0)[0] - both).max() > 1e-3


def test_importances_are_clipped_task_by_task_or_as_a_sum():
    """One parameter whose path integral is -0.3 in the first task and +0.5 in the second."""
    found = {}
    for clip in ("task", "sum"):
        theta = np.array([0.0])
        protection = SynapticIntelligence(0.5, damping=1e-9, clip=clip)
        protection.start([theta])
        for path in (-0.3, 0.5):
            theta += 1.0
            protection.integrals[0][:] = path
            protection.end_task(None, None)
        found[clip] = protection.penalties[0].importance[0]
    # The running sum of the released code: max(0, max(0, -0.3) + 0.5): zero after the first task.
    assert found["task"] == pytest.approx(0.5, rel=1e-6)
    assert found["sum"] == pytest.approx(0.5, rel=1e-6)
    # The other order tells them apart.
    for clip, wanted in (("task", 0.5), ("sum", 0.2)):
        theta = np.array([0.0])
        protection = SynapticIntelligence(0.5, damping=1e-9, clip=clip)
        protection.start([theta])
        for path in (0.5, -0.3):
            theta += 1.0
            protection.integrals[0][:] = path
            protection.end_task(None, None)
        assert protection.penalties[0].importance[0] == pytest.approx(wanted, rel=1e-6)
    assert path_importance(np.array([-1.0]), np.ones(1), 1.0, clip=False)[0] == -0.5


def test_noise_of_one_batch_is_squared_and_of_another_is_not():
    """Excess of the path integral: rate times variance a step, exact for a noisy quadratic."""
    rng, rate, noise, steps, copies = np.random.default_rng(0), 0.02, 1.0, 300, 4000
    theta, same, other = np.full(copies, 2.0), np.zeros(copies), np.zeros(copies)
    for _ in range(steps):
        gradient = theta + noise * rng.standard_normal(copies)
        change = -rate * gradient
        same += path_increment(gradient, change)
        other += path_increment(theta + noise * rng.standard_normal(copies), change)
        theta += change
    error = (same - other).std(ddof=1) / np.sqrt(copies)
    assert abs((same - other).mean() - rate * noise**2 * steps) < 4 * error


def test_the_gradient_after_the_step_is_another_batch():
    """Two steps by hand: what is collected is the second gradient times the first change."""
    theta = np.array([1.0])
    protection = SynapticIntelligence(0.0, batch="other")
    protection.start([theta])
    for gradient, change in ((0.5, -0.1), (0.3, -0.2)):
        protection.before_update([np.array([gradient])])
        theta += change
        protection.after_update()
    assert protection.integrals[0] == pytest.approx(-0.3 * -0.1)
    protection.end_task(None, None)
    protection.before_update([np.array([9.0])])  # a new task: nothing of the old one is collected
    assert protection.integrals[0] == 0


def test_small_batches_bias_the_path_of_one_batch_only():
    rng = np.random.default_rng(0)
    images = rng.standard_normal((400, 5))
    labels = (images[:, 0] + 0.5 * rng.standard_normal(400) > 0).astype(int)
    found = {}
    for batch in ("same", "other"):
        network = multilayer_perceptron((5, 16, 2), rng=0, normalize=False)
        protection = SynapticIntelligence(0.0, batch=batch)
        learner = ContinualLearner(network, protection, 3e-3)
        learner.begin_task(0, None)
        loss = lambda net=network: softmax_cross_entropy(net.forward(images)[0], labels)[0]  # noqa: E731
        start = loss()
        for _ in range(8):
            order = rng.permutation(400)
            for first in range(0, 400, 4):
                rows = order[first : first + 4]
                learner.step(images[rows], labels[rows])
        found[batch] = sum(i.sum() for i in protection.integrals) / (start - loss())
    assert found["same"] > 2 and abs(found["other"] - 1) < 0.5


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: ElasticConsolidation(1.0, fisher="true"), "fisher must be"),
        (lambda: UniformPenalty(1.0, decay_in="both"), "decay_in must be"),
        (lambda: SynapticIntelligence(1.0, clip="never"), "clip must be"),
        (lambda: SynapticIntelligence(1.0, batch="half"), "batch must be"),
        (lambda: SynapticIntelligence(1.0, clip="sum", anchors="each"), "no sum"),
    ],
)
def test_unknown_conventions_get_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_a_fisher_matrix_without_what_it_needs_is_refused(network):
    with pytest.raises(ValueError, match="labels: the empirical"):
        fisher_diagonal(network, IMAGES, kind="empirical")
    with pytest.raises(ValueError, match="rng: the sampled"):
        fisher_diagonal(network, IMAGES, kind="sampled")
