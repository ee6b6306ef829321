"""Networks as a whole: sentences for bad input, normalisation variants, memory, flips."""

import tracemalloc

import numpy as np
import pytest

from theory.bnn.architectures import convolutional_network, dense_network
from theory.bnn.flip_cost import flip_costs
from theory.bnn.layers import Reshape
from theory.bnn.loss import cross_entropy
from theory.bnn.normalisation import BatchNorm, InstanceNorm
from theory.bnn.optimizer import Adam


@pytest.fixture
def network():
    return dense_network((6, 8, 4), 0)


IMAGES = np.random.default_rng(0).random((10, 6), dtype=np.float32)
LABELS = np.arange(10) % 4


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        (IMAGES[:, :5], LABELS, r"images have shape \(10, 5\); this network takes \(samples, 6\)"),
        (IMAGES, LABELS + 1, "labels run from 1 to 4, but the network has 4 outputs"),
        (IMAGES, LABELS - 1, "labels run from -1 to 2"),
        (IMAGES, LABELS[:3], r"labels have shape \(3,\) .* 10 whole numbers"),
        (IMAGES, LABELS / 1.0, "type float64"),
        (IMAGES[:1], LABELS[:1], "batch statistics of a single sample"),
    ],
)
def test_bad_batches_get_a_sentence(network, images, labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        network.loss_and_gradients(images, labels)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: dense_network((6,), 0), "at least the inputs and the classes"),
        (lambda: dense_network((6, 0, 2), 0), "sizes must be an integer, 1 or above"),
        (lambda: dense_network((6, 2), 0, activation="step"), "activation must be one of 'sign'"),
        (lambda: dense_network((6, 2), 0, normalisation="layer"), "normalisation must be one of"),
        (lambda: dense_network((6, 2), 0, scale="two"), "scale must be one of"),
        (lambda: convolutional_network((4, 9), (3, 3), 2, 0), "leaves nothing after convolution 2"),
        (lambda: convolutional_network((9, 9), (3,), 2, 0, pool="median"), "pool must be one of"),
    ],
)
def test_bad_architectures_get_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_one_sample_is_fine_where_no_batch_is_needed():
    network = dense_network((6, 8, 4), 0, normalisation="instance")
    assert np.isfinite(network.loss_and_gradients(IMAGES[:1], LABELS[:1]))


def test_initial_weights_and_scales_follow_the_paper():
    network = dense_network((200, 300, 10), 1)
    for weights in network.weights:
        assert weights.role == "binary" and np.abs(weights.value).max() <= 0.05
        # Uniform in +-0.05: standard deviation 0.05 / sqrt 3; its relative error ~ 1 / sqrt(2 n).
        assert weights.value.std() == pytest.approx(
            0.05 / 3**0.5, rel=5 / (2 * weights.value.size) ** 0.5
        )
    scales = network.layers[1].scale.value
    assert 0 <= scales.min() < 0.1 and 0.9 < scales.max() < 1
    assert not dense_network((6, 2), 0, affine=False).layers[1].parameters


def test_normalised_outputs_have_zero_mean_and_unit_variance():
    rng = np.random.default_rng(2)
    values = rng.normal(3, 2, (64, 7))
    batch = BatchNorm("norm", 7, rng, scale="one", dtype=np.float64)
    out = batch.forward(values, True)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis=0), 1, rtol=1e-4)
    sample = InstanceNorm(np.float64).forward(values, True)
    np.testing.assert_allclose(sample.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(sample.var(axis=1), 1, rtol=1e-4)
    images = values.reshape(4, 4, 4, 7)
    np.testing.assert_array_equal(batch.forward(images, True).reshape(64, 7), out)


def test_running_statistics_converge_to_the_population_and_serve_tests():
    rng = np.random.default_rng(3)
    norm = BatchNorm("norm", 2, rng, scale="one", statistics="running", dtype=np.float64)
    for _ in range(200):
        norm.forward(rng.normal((1, -2), (2, 3), (500, 2)), True)
    # The averages remember about 20 batches of 500: relative errors of a few in a hundred.
    np.testing.assert_allclose(norm.running_mean, (1, -2), atol=0.15)
    np.testing.assert_allclose(norm.running_variance, (4, 9), rtol=0.1)
    single = np.array([[5.0, 4.0]])
    wanted = (single - norm.running_mean) / np.sqrt(norm.running_variance + 1e-5)
    np.testing.assert_allclose(norm.forward(single, False), wanted)
    kept = norm.state()
    norm.forward(rng.normal(0, 1, (500, 2)), True)
    assert not np.array_equal(norm.running_mean, kept["running_mean"])
    norm.load(kept)
    np.testing.assert_allclose(norm.forward(single, False), wanted)


def test_cross_entropy_of_equal_logits_is_the_entropy():
    loss, gradient = cross_entropy(np.zeros((3, 5)), np.array([0, 1, 4]))
    assert loss == pytest.approx(np.log(5))
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)
    assert cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))[0] == pytest.approx(1000)


def test_accuracy_counts_right_answers_in_batches(network):
    answers = network.logits(IMAGES).argmax(axis=1)
    assert network.accuracy(IMAGES, answers) == 1.0
    wrong = answers.copy()
    wrong[:3] = (wrong[:3] + 1) % 4
    assert network.accuracy(IMAGES, wrong) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("count", "batch", "sizes"), [(10, 9, [10]), (10, 4, [4, 4, 2]), (9, 4, [4, 5]), (1, 4, [1])]
)
def test_one_sample_left_over_joins_the_batch_before_it(network, monkeypatch, count, batch, sizes):
    """It has no batch statistics of its own; two have."""
    seen, logits = [], type(network).logits
    monkeypatch.setattr(
        type(network),
        "logits",
        lambda self, images: seen.append(len(images)) or logits(self, images),
    )
    assert 0 <= network.accuracy(IMAGES[:count], np.zeros(count, int), batch=batch) <= 1
    assert seen == sizes


def test_a_step_allocates_no_large_array():
    network = dense_network((300, 400, 10), 0)
    optimizer = Adam(network.parameters, 0.005, weight_decay=1e-7, metaplasticity=1.35)
    rng = np.random.default_rng(0)
    images, labels = rng.random((20, 300), dtype=np.float32), rng.integers(10, size=20)

    def step():
        network.loss_and_gradients(images, labels)
        optimizer.update()

    step()
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    weights = network.weights[0].value.nbytes
    assert peak < weights / 10, f"{peak} bytes were allocated; the weights have {weights}"


def trained_network():
    rng = np.random.default_rng(4)
    labels = rng.integers(3, size=300)
    images = (rng.random((3, 30)) < 0.5)[labels] ^ (rng.random((300, 30)) < 0.1)
    images = images.astype(np.float32)
    network = dense_network((30, 40, 3), rng)
    optimizer = Adam(network.parameters, 0.005)
    for _ in range(100):
        rows = rng.permutation(300)[:50]
        network.loss_and_gradients(images[rows], labels[rows])
        optimizer.update()
    return network, images, labels


def test_flip_costs_restore_the_network_and_agree_with_one_flip_done_by_hand():
    network, images, labels = trained_network()
    before = network.weights[0].used.copy()
    costs = flip_costs(network, 0, images, labels, 0, flips=1, draws=3, bins=4)
    assert np.array_equal(network.weights[0].used, before)
    assert costs.cost.shape == (len(costs.size), 3)
    assert np.all(np.diff(costs.size) > 0) and costs.count.sum() <= before.size
    # With one bin and all weights flipped once each, the mean is the mean over single flips.
    loss, singles = network.loss(images, labels), []
    for index in range(before.size):
        network.weights[0].used.reshape(-1)[index] *= -1
        singles.append(network.loss(images, labels) - loss)
        network.weights[0].used.reshape(-1)[index] *= -1
    sample = flip_costs(network, 0, images, labels, 1, flips=1, draws=400, bins=1).cost
    error = np.std(singles) / np.sqrt(sample.size)
    assert abs(sample.mean() - np.mean(singles)) < 5 * error


def test_the_cost_is_that_of_one_flip_also_where_many_are_flipped_at_once():
    network, images, labels = trained_network()
    weights = network.weights[1]
    loss = network.loss(images, labels)
    half = weights.used.size // 2
    # All weights of the last layer but one bin's worth: every draw flips the same half at random.
    costs = flip_costs(network, 1, images, labels, 2, flips=half, draws=5, bins=1).cost
    weights.used *= -1
    most = (network.loss(images, labels) - loss) / weights.used.size
    weights.used *= -1
    # Flipping half costs less than flipping all, and far less than `half` times one flip's cost.
    assert 0 < costs.mean() < 3 * most


def test_flip_costs_refuse_what_cannot_be_measured():
    network, images, labels = trained_network()
    with pytest.raises(ValueError, match=r"layer is 2; this network has weight arrays 0\.\.1"):
        flip_costs(network, 2, images, labels, 0)
    with pytest.raises(ValueError, match="no bin holds 2000 weights; flip fewer"):
        flip_costs(network, 0, images, labels, 0, flips=1000)


def test_gradients_of_another_shape_than_the_logits_are_refused():
    network = dense_network((7, 6, 4), np.random.default_rng(0))
    images = np.random.default_rng(1).standard_normal((5, 7))
    with pytest.raises(ValueError, match="gradient"):
        network.squared_gradients(images, np.ones((1, 4)))


def test_the_loss_of_a_network_that_diverged_is_told_as_nan():
    network = dense_network((7, 6, 4), np.random.default_rng(0))
    images = np.random.default_rng(1).standard_normal((5, 7))
    network.parameters[-1].value[:] = np.nan
    with np.errstate(invalid="ignore"):
        assert np.isnan(network.loss_and_gradients(images, [0, 1, 2, 3, 0]))


@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 4), (2, 3, 2)])
def test_rows_of_pixels_become_images_channel_after_channel_and_back(shape):
    rows, layer = np.arange(24.0).reshape(2, 12), Reshape(shape, np.float64)
    images = layer.forward(rows, False)
    assert images.shape == (2, *shape[-2:], 1 if len(shape) == 2 else shape[0])
    for channel in range(images.shape[-1]):
        size = shape[-2] * shape[-1]
        plane = rows[:, channel * size : (channel + 1) * size]
        np.testing.assert_array_equal(images[..., channel].reshape(2, size), plane)
    np.testing.assert_array_equal(layer.backward(images), rows)
