"""What a network, its loss and its gradients must not depend on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.bnn.architectures import convolutional_network, dense_network
from theory.bnn.convolution import Convolution
from theory.bnn.normalisation import BatchNorm, InstanceNorm
from theory.bnn.parameters import Parameter, Workspace, sign_into

SEEDS = st.integers(0, 10**6)


def batch(rng, samples=12, inputs=7, classes=4):
    return rng.standard_normal((samples, inputs)), rng.integers(classes, size=samples)


def gradients(network, images, labels):
    loss = network.loss_and_gradients(images, labels)
    return loss, [p.gradient.copy() for p in network.parameters]


@given(seed=SEEDS)
@settings(deadline=None, derandomize=True, max_examples=20)
def test_permuted_pixels_with_permuted_weights_are_the_same_task(seed):
    """Why permuted tasks are equally hard for a network without spatial structure."""
    rng = np.random.default_rng(seed)
    network = dense_network((7, 6, 4), rng, dtype=np.float64)
    images, labels = batch(rng)
    loss, plain = gradients(network, images, labels)
    order = rng.permutation(7)
    network.weights[0].load(network.weights[0].value[order])
    again, moved = gradients(network, images[:, order], labels)
    assert again == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(moved[0], plain[0][order], atol=1e-12)
    for one, two in zip(plain[1:], moved[1:], strict=True):
        np.testing.assert_allclose(one, two, atol=1e-12)


@given(seed=SEEDS)
@settings(deadline=None, derandomize=True, max_examples=20)
def test_samples_and_hidden_units_have_no_order(seed):
    rng = np.random.default_rng(seed)
    network = dense_network((7, 6, 4), rng, dtype=np.float64)
    images, labels = batch(rng)
    loss, plain = gradients(network, images, labels)
    rows = rng.permutation(len(labels))
    again, shuffled = gradients(network, images[rows], labels[rows])
    assert again == pytest.approx(loss, rel=1e-12)
    for one, two in zip(plain, shuffled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-12)
    units = rng.permutation(6)
    for parameter, axis in zip(network.parameters, (1, 0, 0, 0), strict=False):
        parameter.load(np.take(parameter.value, units, axis=axis))
    assert gradients(network, images, labels)[0] == pytest.approx(loss, rel=1e-12)


@given(seed=SEEDS)
@settings(deadline=None, derandomize=True, max_examples=20)
def test_a_hidden_unit_may_be_turned_around(seed):
    """Flipping the signs of what goes in and what comes out of a unit changes nothing."""
    rng = np.random.default_rng(seed)
    network = dense_network((7, 6, 4), rng, dtype=np.float64)
    images, labels = batch(rng)
    loss, plain = gradients(network, images, labels)
    incoming, _, shift, outgoing = network.parameters[:4]
    for parameter, unit in ((incoming, np.s_[:, 2]), (shift, np.s_[2]), (outgoing, np.s_[2])):
        value = parameter.value.copy()
        value[unit] *= -1
        parameter.load(value)
    again, turned = gradients(network, images, labels)
    assert again == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(turned[0][:, 2], -plain[0][:, 2], atol=1e-12)
    np.testing.assert_allclose(turned[3][2], -plain[3][2], atol=1e-12)


@given(factor=st.floats(0.1, 50), seed=SEEDS)
@settings(deadline=None, derandomize=True, max_examples=20)
def test_only_the_signs_of_hidden_weights_act(factor, seed):
    rng = np.random.default_rng(seed)
    network = dense_network((7, 6, 4), rng, dtype=np.float64)
    images, labels = batch(rng)
    loss, plain = gradients(network, images, labels)
    for weights in network.weights:
        weights.load(factor * weights.value)
    again, scaled = gradients(network, images, labels)
    assert again == loss
    assert all(np.array_equal(one, two) for one, two in zip(plain, scaled, strict=True))


@given(seed=SEEDS)
@settings(deadline=None, derandomize=True, max_examples=20)
def test_normalisation_makes_real_weights_free_of_scale(seed):
    """The control's loss does not change with the size of its weights: gradients are orthogonal."""
    rng = np.random.default_rng(seed)
    network = dense_network((7, 6, 4), rng, binary=False, initial_width=20.0, dtype=np.float64)
    images, labels = batch(rng)
    _, plain = gradients(network, images, labels)
    weights = network.weights[0].value
    radial = np.sum(weights * plain[0], axis=0)
    size = np.linalg.norm(weights, axis=0) * np.linalg.norm(plain[0], axis=0)
    # Exactly zero without the epsilon of the normalisation, 1e-5 against variances of about 200.
    assert np.all(np.abs(radial) <= 1e-5 * size + 1e-12)


def test_bits_and_signs_are_the_same_inputs():
    """Features 0 and 1 in place of -1 and +1: twice the product, the same normalised output."""
    rng = np.random.default_rng(0)
    network = dense_network((40, 6, 4), rng, dtype=np.float64)
    bits, labels = rng.integers(0, 2, (30, 40)).astype(float), rng.integers(4, size=30)
    loss, plain = gradients(network, bits, labels)
    again, signed = gradients(network, 2 * bits - 1, labels)
    # Exact but for the epsilon of the normalisation, 1e-5 against variances of about 10. The
    # input is twice as large, its effect on the normalised output half: the gradient is the same.
    assert again == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(signed[0], plain[0], atol=1e-5 * abs(plain[0]).max())


@given(values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=30))
@settings(deadline=None, derandomize=True, max_examples=50)
def test_signs_agree_with_the_comparison_for_every_number(values):
    for dtype in (np.float32, np.float64):
        array = np.array(values, dtype)
        wanted = np.where(np.signbit(array), -1, 1)
        assert np.array_equal(sign_into(array, np.empty_like(array)), wanted)
        assert np.array_equal(sign_into(array, array), wanted)  # in place


def test_gradients_of_batch_normalisation_are_blind_to_shift_and_scale():
    rng = np.random.default_rng(1)
    norm = BatchNorm("norm", 5, rng, dtype=np.float64)
    values, upstream = rng.normal(2, 3, (40, 5)), rng.standard_normal((40, 5))
    norm.forward(values, True)
    normalised = norm.normalised.copy()
    back = norm.backward(upstream.copy())
    np.testing.assert_allclose(back.sum(axis=0), 0, atol=1e-12)
    # Scaling the inputs changes nothing but through epsilon, 1e-5 of a variance of 9.
    np.testing.assert_allclose((back * normalised).sum(axis=0), 0, atol=1e-5)


def test_gradients_of_instance_normalisation_are_blind_to_shift_and_scale():
    rng = np.random.default_rng(2)
    norm = InstanceNorm(np.float64)
    values, upstream = rng.normal(2, 3, (4, 50)), rng.standard_normal((4, 50))
    out = norm.forward(values, True).copy()
    back = norm.backward(upstream)
    np.testing.assert_allclose(back.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose((back * out).sum(axis=1), 0, atol=1e-4)


def test_a_convolution_moves_with_its_input():
    rng = np.random.default_rng(3)
    layer = Convolution("layer", rng.standard_normal((18, 4)), side=3, padding=0)
    images = rng.standard_normal((2, 9, 9, 2))
    plain = layer.forward(images, True).copy()
    moved = layer.forward(np.roll(images, (1, 2), axis=(1, 2)), True)
    # What entered at the opposite side is left out of the comparison.
    np.testing.assert_allclose(moved[:, 1:, 2:], plain[:, :-1, :-2], atol=1e-12)


def test_padding_is_zero_also_after_other_images():
    rng = np.random.default_rng(4)
    layer = Convolution("layer", rng.standard_normal((9, 1)), side=3, padding=1)
    layer.forward(np.full((1, 4, 4, 1), 7.0), True)
    out = layer.forward(np.zeros((1, 4, 4, 1)), True)
    assert not out.any()


def test_colour_images_are_read_channel_first():
    network = convolutional_network((3, 4, 4), (2,), 2, 0, side=3, dtype=np.float64)
    images = np.arange(48.0).reshape(1, 48)
    shaped = network.layers[0].forward(images, False)
    assert shaped.shape == (1, 4, 4, 3) and shaped[0, 0, 0].tolist() == [0, 16, 32]


def test_scratch_arrays_are_reused_and_do_not_travel():
    import pickle

    workspace = Workspace(np.float32)
    assert workspace.array("a", (2, 3)) is workspace.array("a", (2, 3))
    assert workspace.array("a", (2, 3)) is not workspace.array("b", (2, 3))
    assert workspace.array("m", (2,), bool).dtype == bool
    small = pickle.dumps(workspace)
    workspace.array("large", (1000, 1000))
    assert len(pickle.dumps(workspace)) == len(small)


def test_a_real_parameter_is_used_as_it_is():
    value = np.array([0.5, -2.0])
    real, binary = Parameter("w", value.copy(), "real"), Parameter("w", value.copy(), "binary")
    assert real.used is real.value and real.is_weight and binary.is_weight
    real.load(np.array([1.0, 3.0]))
    assert real.used.tolist() == [1, 3]
    assert not Parameter("s", value, "normalisation").is_weight
