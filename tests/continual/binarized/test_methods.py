"""Protection methods on a small network, against the formulas written out."""

import numpy as np
import pytest

from theory.bnn.architectures import dense_network
from theory.consolidation import BeakerChain
from theory.continual.binarized.learner import NetworkLearner
from theory.continual.binarized.methods import (
    PROTECTION,
    Beakers,
    ElasticConsolidation,
    SynapticIntelligence,
    make_method,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 6)).astype(np.float32)
LABELS = RNG.integers(3, size=40)


def small_network(dtype=np.float32):
    return dense_network((6, 7, 3), 1, dtype=dtype)


def train(method, steps=5, network=None, **options):
    network = network or small_network()
    learner = NetworkLearner(network, method=method, **options)
    for _ in range(steps):
        learner.step(IMAGES, LABELS)
    return learner


def finish(learner):
    learner.method.end_task(0, learner.network, IMAGES, LABELS)


def test_without_a_method_nothing_is_added():
    plain, none = train(None), train(make_method("none"))
    for a, b in zip(plain.network.parameters, none.network.parameters, strict=True):
        assert np.array_equal(a.value, b.value)
    assert none.method.state() == {}


def test_elastic_consolidation_pulls_flipped_binary_weights_back_straight_through():
    method = ElasticConsolidation(7.0)
    learner = train(method)
    reference = [w.used.copy() for w in learner.network.weights]
    importances = learner.network.sample_importance(IMAGES, LABELS)
    finish(learner)
    for weights in learner.network.weights:
        weights.gradient[:] = 0
    method.before_update()
    for weights in learner.network.weights:
        assert not weights.gradient.any()  # nothing has flipped yet
    for weights in learner.network.weights:
        weights.load(-weights.value)
    method.before_update()
    for weights, r, fisher in zip(learner.network.weights, reference, importances, strict=True):
        np.testing.assert_allclose(weights.gradient, 7.0 * fisher * (-2 * r), rtol=1e-5)


def kept(method, network):
    """Importances that a method keeps at the end of its first task."""
    method.start(network)
    method.end_task(0, network, IMAGES, LABELS)
    return [penalty.importance for penalty in method.penalties]


def test_kinds_of_the_fisher_matrix_by_single_samples_and_answers():
    network = dense_network((6, 7, 3), 1, normalisation="running", dtype=np.float64)
    for _ in range(3):
        network.loss_and_gradients(IMAGES, LABELS)  # running statistics that are its own
    share = np.exp(network.logits(IMAGES))
    share /= share.sum(axis=1, keepdims=True)
    wanted = [np.zeros_like(w.value) for w in network.weights]
    for row, image in enumerate(IMAGES):
        for answer in range(3):
            own = network.sample_importance(image[None], np.array([answer]))
            for total, square in zip(wanted, own, strict=True):
                total += share[row, answer] * square / len(IMAGES)
    for got, right in zip(
        kept(ElasticConsolidation(1.0, fisher="exact"), network), wanted, strict=True
    ):
        np.testing.assert_allclose(got, right, rtol=1e-9)
    drawn = [kept(ElasticConsolidation(1.0, fisher="sampled", seed=s), network) for s in range(300)]
    mean, error = (
        [of([d[layer].sum() for d in drawn]) for layer in range(2)]
        for of in (np.mean, lambda x: np.std(x, ddof=1) / np.sqrt(300))
    )
    for layer, right in enumerate(wanted):
        assert abs(mean[layer] - right.sum()) < 4 * error[layer]
        assert error[layer] < 0.05 * right.sum()


@pytest.mark.parametrize(("clip", "right"), [("task", 2.0), ("sum", 0.5)])
def test_negative_importances_are_clipped_task_by_task_or_as_a_sum(clip, right):
    """Path integrals 2 and -1.5 in units of the damping, without any displacement."""
    network = small_network()
    method = SynapticIntelligence(1.0, damping=0.5, clip=clip)
    method.start(network)
    for number, path in enumerate((1.0, -0.75)):
        for integral in method.integrals:
            integral[:] = path
        method.end_task(number, network, IMAGES, LABELS)
    assert all(np.allclose(p.importance, right) for p in method.penalties)


def test_penalties_of_several_tasks_add_up():
    method = ElasticConsolidation(1.0)
    learner = train(method)
    finish(learner)
    once = method.penalties[0].importance.copy()
    finish(learner)
    np.testing.assert_allclose(method.penalties[0].importance, 2 * once, rtol=1e-6)


def test_random_consolidation_has_the_same_importances_elsewhere_and_repeats():
    pairs = []
    for measure in ("fisher", "shuffled", "shuffled"):
        learner = train(ElasticConsolidation(1.0, measure=measure, seed=3))
        finish(learner)
        pairs.append([p.importance for p in learner.method.penalties])
    fisher, shuffled, again = pairs
    for a, b, c in zip(fisher, shuffled, again, strict=True):
        assert np.array_equal(np.sort(a.ravel()), np.sort(b.ravel()))
        assert not np.array_equal(a, b) and np.array_equal(b, c)


@pytest.mark.parametrize("path", ["hidden", "binary"])
def test_synaptic_intelligence_follows_the_unpenalised_gradient(path):
    network = small_network()
    method = SynapticIntelligence(0.5, path=path)
    learner = NetworkLearner(network, method=method)
    weights = network.weights[0]
    start = weights.value.copy()

    def steps(count):
        total = np.zeros_like(start)
        for _ in range(count):
            followed = weights.value if path == "hidden" else weights.used
            before = followed.copy()
            network.loss_and_gradients(IMAGES, LABELS)
            gradient = weights.gradient.copy()
            learner.step(IMAGES, LABELS)
            total -= gradient * (followed - before)
        return total

    integral = steps(20)
    np.testing.assert_allclose(method.integrals[0], integral, atol=1e-6)
    reference = weights.used.copy()
    wide = np.maximum(integral, 0) / ((weights.value - start) ** 2 + 10)
    np.testing.assert_allclose(method.importance(0, 10.0), wide, atol=1e-6)
    finish(learner)
    omega = np.maximum(integral, 0) / ((weights.value - start) ** 2 + 0.1)
    np.testing.assert_allclose(method.penalties[0].importance, omega, atol=1e-5)
    # The penalty is lambda Omega (difference of signs)^2: its slope is 2 lambda Omega 2 at a flip.
    weights.gradient[:] = 0
    weights.load(-reference)
    method.penalties[0].add_gradient(weights.used, weights.gradient)
    np.testing.assert_allclose(weights.gradient, 2 * 0.5 * omega * -2 * reference, atol=1e-5)
    weights.load(reference)
    # In the second task the increments still come from the loss alone.
    np.testing.assert_allclose(steps(3), method.integrals[0], atol=1e-6)


def test_synaptic_intelligence_adds_importances_and_protects_the_last_task():
    method = SynapticIntelligence(1.0)
    learner = train(method, steps=20)
    finish(learner)
    once, start = method.penalties[0].importance.copy(), learner.network.weights[0].value.copy()
    for _ in range(20):
        learner.step(IMAGES, LABELS)
    second = method.integrals[0].copy()
    moved = learner.network.weights[0].value - start  # since this task began
    finish(learner)
    wanted = once + np.maximum(second, 0) / (moved**2 + 0.1)
    np.testing.assert_allclose(method.penalties[0].importance, wanted, rtol=1e-4, atol=1e-7)
    assert method.penalties[0].value(learner.network.weights[0].used) == pytest.approx(0, abs=1e-4)


def test_the_binary_path_counts_steps_with_flips_only():
    learner = train(SynapticIntelligence(1.0, path="binary"), steps=30)
    start = small_network().weights[0].value
    same = np.sign(start) == np.sign(learner.network.weights[0].value)
    unflipped = learner.method.integrals[0][same]
    # Weights that kept their sign flipped never, or an even number of times.
    assert np.mean(unflipped == 0) > 0.5 and learner.method.integrals[0].any()


def test_beakers_hold_the_hidden_weight_back():
    chain = BeakerChain(conductances=(0.2, 0.1), areas=(1.0, 2.0))
    network = small_network(np.float64)
    method = Beakers(chain)
    NetworkLearner(network, method=method)
    start = network.weights[0].value.copy()
    network.weights[0].load(start + 1.0)
    method.after_update()
    levels = np.stack([start + 1.0, start])
    chain.step(levels)
    np.testing.assert_allclose(network.weights[0].value, levels[0])
    np.testing.assert_array_equal(network.weights[0].used, np.where(levels[0] >= 0, 1, -1))


@pytest.mark.parametrize("name", PROTECTION)
def test_state_and_load_give_the_same_future(name):
    learner = train(make_method(name, 0.1))
    learner.end_task(0, type("Task", (), {"train_images": IMAGES, "train_labels": LABELS}))
    learner.step(IMAGES, LABELS)
    other = NetworkLearner(small_network(), method=make_method(name, 0.1))
    other.load(learner.state())
    for one in (learner, other):
        for _ in range(3):
            one.step(IMAGES, LABELS)
    for a, b in zip(learner.network.parameters, other.network.parameters, strict=True):
        assert np.array_equal(a.value, b.value)
    assert learner.accuracy(0, IMAGES, LABELS) == other.accuracy(0, IMAGES, LABELS)


def test_old_tasks_are_tested_with_their_own_normalisation():
    learner = train(None, steps=30)
    task = type("Task", (), {"train_images": IMAGES, "train_labels": LABELS})
    answers = learner.network.logits(IMAGES).argmax(axis=1)
    learner.end_task(0, task)
    norm = learner.network.layers[1]
    norm.scale.value[:] = 0
    norm.shift.value[:] = 5
    assert learner.accuracy(0, IMAGES, answers) == 1
    assert np.all(norm.scale.value == 0)  # and the present state comes back
    assert learner.accuracy(1, IMAGES, answers) < 1


def test_a_task_begins_with_fresh_moments_where_asked():
    for fresh in (True, False):
        learner = train(None, fresh_optimizer=fresh)
        learner.begin_task(0, None)
        assert learner.optimizer.steps == 5
        learner.begin_task(1, None)
        assert learner.optimizer.steps == (0 if fresh else 5)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: make_method("ewcc"), r"name must be one of .* \(did you mean 'ewc'\?\)"),
        (lambda: make_method("ewc", -1.0), "strength must be a finite number, 0 or above"),
        (lambda: SynapticIntelligence(1.0, path="both"), "path must be one of 'hidden', 'binary'"),
        (lambda: SynapticIntelligence(1.0, clip="never"), "clip must be one of 'task', 'sum'"),
        (lambda: ElasticConsolidation(1.0, fisher="empiric"), "did you mean 'empirical'"),
        (lambda: ElasticConsolidation(1.0, samples=1), "samples must be an integer, 2 or above"),
        (lambda: NetworkLearner(small_network(), optimizer="adamw"), "did you mean 'adam'"),
    ],
)
def test_unknown_methods_and_settings_get_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_fisher_information_of_a_convolution_is_refused():
    from theory.bnn.architectures import convolutional_network

    network = convolutional_network((8, 8), (2,), 3, 0)
    images = np.zeros((4, 64), np.float32)
    with pytest.raises(NotImplementedError, match="dense layers only"):
        network.sample_importance(images, np.zeros(4, int))
