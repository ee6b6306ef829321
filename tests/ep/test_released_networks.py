"""The networks of the released code, against a slow reference written as loops over pixels.

Layer n - 1 feels the slope of ``s^n . pool(B * s^(n-1))``, whose maxima are those of B * s^(n-1);
equal updates are the mean of the slopes of ``s^n . pool(W * s^(n-1))`` in W and of the other in B.
"""

from functools import partial
from itertools import product

import numpy as np
import pytest

from theory.ep import (
    ConvolutionalNetwork,
    backpropagated_estimates,
    convolutional_estimate,
    pool_windows,
)
from theory.ep.activations import ACTIVATIONS
from theory.ep.convolution_maps import (
    Convolution,
    apart,
    channels_last,
    convolve,
    together,
    transposed_convolve,
)
from theory.ep.convolutional_estimates import last_estimates
from theory.ep.pool_windows import WindowedConvolution, pool_convolution


def windows(image, i, j):
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    return padded[:, i : i + 3, j : j + 3]


def maxima(image, kernel, bias=0.0):
    """For every pixel after pooling: value, and where in the image of the convolution it stands."""
    _, rows, columns = image.shape
    current = np.array(
        [
            [np.sum(windows(image, i, j) * kernel) + bias for j in range(columns)]
            for i in range(rows)
        ]
    )
    found = {}
    for i in range(0, rows, 2):
        for j in range(0, columns, 2):
            block = [(i + a, j + b) for a in (0, 1) for b in (0, 1)]
            best = max(block, key=lambda place: current[place])
            found[i // 2, j // 2] = current[best], best
    return found


def term(below, above, kernels, biases):
    """``above . pool(kernels * below + biases)``: value, slope in `below`, slope in the kernels."""
    padded = np.zeros((below.shape[0], below.shape[1] + 2, below.shape[2] + 2))
    gradient, current = np.zeros_like(kernels), np.zeros_like(above)
    for c, kernel in enumerate(kernels):
        for (i, j), (value, (y, x)) in maxima(below, kernel, biases[c]).items():
            current[c, i, j] = value
            padded[:, y : y + 3, x : x + 3] += above[c, i, j] * kernel
            gradient[c] += above[c, i, j] * windows(below, y, x)
    return current, padded[:, 1:-1, 1:-1], gradient


def relaxed(network, image, target, nudge, states, steps):
    """Synchronous steps of one image, layer by layer as the released networks define them."""
    sigma = ACTIVATIONS[network.activation].function
    for _ in range(steps):
        first = term(image, states[0], network.kernels[0], network.biases[0])[0]
        second = term(states[0], states[1], network.kernels[1], network.biases[1])[0]
        down = term(states[0], states[1], network.backward[0], np.zeros(len(states[1])))[1]
        logits = network.dense @ states[1].ravel() + network.dense_bias
        p = np.exp(logits - logits.max())
        error = p / p.sum() - target
        top = second - nudge * (network.dense.T @ error).reshape(states[1].shape)
        states = [sigma(first + down), sigma(top)]
    return states


@pytest.fixture(scope="module", params=["tanh", "shifted_sigmoid", "wide_hard_sigmoid"])
def scene(request):
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, 3, activation=request.param, soft=True, backward=True,
        dtype=np.float64,
    )  # fmt: skip
    images = np.random.default_rng(1).uniform(size=(2, 2, 8, 8))
    return network, images, np.eye(5)[[0, 3]]


def reference(network, image, target, nudge, steps):
    zeros = [np.zeros((3, 4, 4)), np.zeros((4, 2, 2))]
    free = relaxed(network, image, target, 0.0, zeros, steps[0])
    return free, [relaxed(network, image, target, b, free, steps[1]) for b in (nudge, -nudge)]


STEPS, NUDGE = (8, 4), 0.7


def test_states_are_those_of_the_slow_reference(scene):
    network, images, targets = scene
    free = network.relax(images, STEPS[0])
    both = [
        network.relax(images, STEPS[1], states=free, targets=targets, nudging_strength=b)
        for b in (NUDGE, -NUDGE)
    ]
    for k, (image, target) in enumerate(zip(images, targets, strict=True)):
        wanted, nudged = reference(network, image, target, NUDGE, STEPS)
        for found, right in zip([free, *both], [wanted, *nudged], strict=True):
            for layer, other in zip(found, right, strict=True):
                np.testing.assert_allclose(layer[k], other, atol=1e-14)


def test_both_rules_give_the_slopes_of_the_terms_of_both_ways(scene):
    network, images, targets = scene
    found = {
        rule: convolutional_estimate(
            network, rule, images, targets, nudging_strength=NUDGE, steps=STEPS
        )
        for rule in ("equal updates", "different updates")
    }
    wanted = {rule: [0.0, 0.0, 0.0] for rule in found}  # first, second, backward kernels
    none = np.zeros(4)
    for image, target in zip(images, targets, strict=True):
        free, (plus, minus) = reference(network, image, target, NUDGE, STEPS)
        scale = 1 / (2 * NUDGE * len(images))
        for states, sign in ((minus, scale), (plus, -scale)):
            first = term(image, states[0], network.kernels[0], network.biases[0])[2]
            up = term(states[0], states[1], network.kernels[1], network.biases[1])[2]
            down = term(states[0], states[1], network.backward[0], none)[2]
            for k, part in enumerate((first, (up + down) / 2, (up + down) / 2)):
                wanted["equal updates"][k] += sign * part
            up = term(free[0], states[1], network.kernels[1], network.biases[1])[2]
            down = term(states[0], free[1], network.backward[0], none)[2]
            for k, part in enumerate((first, up, down)):
                wanted["different updates"][k] += sign * part
    for rule, estimate in found.items():
        for k, right in zip((0, 1, -1), wanted[rule], strict=True):
            np.testing.assert_allclose(estimate[k], right, atol=1e-13)
    # The two pools differ, so the mean is neither of its parts.
    assert np.abs(found["equal updates"][1] - found["different updates"][1]).max() > 1e-3


@pytest.mark.parametrize("activation", ["shifted_sigmoid", "hard_sigmoid"])
@pytest.mark.parametrize("backward", [False, True], ids=["symmetric", "own kernels"])
@pytest.mark.parametrize("dropout", [False, True], ids=["all units", "dropout"])
def test_every_row_has_a_bptt_of_its_own_network(activation, backward, dropout):
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, 5, activation=activation, soft=True, backward=backward,
        dtype=np.float64,
    )  # fmt: skip
    for kernel in [*network.kernels, *network.backward]:
        kernel *= 0.4
    for bias in network.biases:
        bias += 0.3  # hard units stand between their kinks
    images = np.random.default_rng(2).uniform(size=(3, 2, 8, 8))
    targets, mask = np.eye(5)[[0, 3, 1]], None
    if dropout:
        mask = np.where(np.random.default_rng(3).random((3, 4, 2, 2)) < 0.7, 1 / 0.7, 0.0)
    found = convolutional_estimate(
        network, "BPTT", images, targets, nudging_strength=1.0, steps=(250, 200), mask=mask
    )
    cells = [(0, (1, 0, 2, 1)), (1, (3, 2, 0, 0)), (3, (2,)), (4, (1, 3))]
    for which, cell in cells + ([(6, (2, 1, 1, 2))] if backward else []):
        array, values = network.parameters[which], []
        for sign in (1, -1):
            array[cell] += sign * 1e-5
            p = network.outputs(network.relax(images, 250, mask=mask))
            values.append(-np.mean(np.sum(targets * np.log(p), axis=1)))
            array[cell] -= sign * 1e-5
        # Central differences: step^2 times third derivatives of order one.
        assert found[which][cell] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-8)


SHAPES = [(3, 4, 4, 5, 1), (5, 4, 4, 6, 0), (2, 2, 2, 3, 1), (30, 6, 8, 3, 1), (4, 8, 6, 7, 0)]


@pytest.mark.parametrize("shape", SHAPES)
def test_blocks_of_patches_are_the_sums_over_kernels_and_adjoint(shape, monkeypatch):
    below, rows, columns, above, padding = shape
    monkeypatch.setattr("theory.ep.convolution_maps.BLOCK", 5000)
    rng = np.random.default_rng(0)
    images, kernels = (
        rng.normal(size=(5, below, rows, columns)),
        rng.normal(size=(above, below, 3, 3)),
    )
    way = Convolution(kernels, padding, rows, columns)
    up = convolve(images, kernels, padding)
    np.testing.assert_allclose(together(way.up(images)), up, atol=1e-12)
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    for o, i, j in ((0, 0, 0), (above - 1, 1, 1)):
        slow = np.sum(kernels[o] * padded[2, :, i : i + 3, j : j + 3])
        assert up[2, o, i, j] == pytest.approx(slow, abs=1e-12)
    signals = rng.normal(size=up.shape)
    inner = np.sum(signals * up)
    down = transposed_convolve(signals, kernels, padding)
    assert np.sum(down * images) == pytest.approx(inner, abs=1e-9)
    np.testing.assert_allclose(way.down(apart(signals)), down, atol=1e-11)
    slope = way.gradient(images, apart(signals))
    assert np.sum(slope * kernels) == pytest.approx(inner, abs=1e-9)


@pytest.mark.parametrize("numba", [True, False], ids=["compiled", "plain"])
@pytest.mark.parametrize("runs", [(), (2,)], ids=["one", "two"])
@pytest.mark.parametrize("shape", SHAPES)
def test_windows_of_pools_give_what_patches_give(shape, runs, numba, monkeypatch):
    if numba:
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(pool_windows, "compiled", lambda: None)
    below, rows, columns, above, padding = shape
    rng = np.random.default_rng(1)
    images = channels_last(rng.normal(size=(*runs, 3, below, rows, columns)))
    kernels = rng.normal(size=(*runs, above, below, 3, 3))
    way, wanted = (
        kind(kernels, padding, rows, columns) for kind in (WindowedConvolution, Convolution)
    )
    # Sums of up to 9 * 30 products of numbers of order one.
    alike = partial(np.testing.assert_allclose, rtol=0, atol=1e-11)
    biases = rng.normal(size=(*runs, above))
    (values, where), (of_patches, place) = (one.pooled(images, biases) for one in (way, wanted))
    alike(values, of_patches)
    np.testing.assert_array_equal(where, place)
    signals = channels_last(rng.normal(size=values.shape))
    other = channels_last(rng.integers(0, 4, values.shape).astype(np.int8))
    sent, by_patches = (one.place(signals, other) for one in (way, wanted))
    alike(way.down(sent), wanted.down(by_patches))
    alike(way.gradient(images, sent), wanted.gradient(images, by_patches))
    alike(way.pick(way.up(images), other), wanted.pick(wanted.up(images), other))


@pytest.mark.parametrize("numba", [True, False], ids=["compiled", "plain"])
def test_of_equal_pixels_the_first_is_the_maximum(numba, monkeypatch):
    if numba:
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(pool_windows, "compiled", lambda: None)
    way = WindowedConvolution(np.ones((1, 1, 3, 3)), 1, 4, 4)
    cells = np.array(list(product((0.0, 1.0), repeat=4)))  # all ties of four pixels
    currents = np.broadcast_to(cells.reshape(1, 1, 1, 16, 4, 1), (1, 2, 2, 16, 4, 1)).copy()
    values, where = way.strongest(currents)
    for pool in np.ndindex(2, 2):
        np.testing.assert_array_equal(where[:, 0, *pool], cells.argmax(axis=1))
        np.testing.assert_array_equal(values[:, 0, *pool], cells.max(axis=1))


def test_small_images_go_by_windows():
    kernels = np.ones((16, 8, 3, 3))
    assert isinstance(pool_convolution(kernels, 1, 4, 4), WindowedConvolution)
    assert type(pool_convolution(kernels, 1, 32, 32)) is Convolution


def test_several_networks_at_once_are_each_of_them_alone():
    options = {"soft": True, "backward": True, "dtype": np.float64}
    alone = [ConvolutionalNetwork.random((1, 8, 8), (3, 4), 5, k, **options) for k in range(3)]
    together = ConvolutionalNetwork.stack(alone)
    rng = np.random.default_rng(0)
    images, targets = rng.uniform(size=(3, 6, 1, 8, 8)), np.eye(5)[rng.integers(0, 5, (3, 6))]
    settings = {"nudging_strength": 0.5, "steps": (12, 6)}
    for rule in ("different updates", "equal updates", "BPTT"):
        found = convolutional_estimate(together, rule, images, targets, **settings)
        for k, network in enumerate(alone):
            wanted = convolutional_estimate(network, rule, images[k], targets[k], **settings)
            for a, b in zip(found, wanted, strict=True):
                np.testing.assert_allclose(a[k], b, atol=1e-13)
    with pytest.raises(ValueError, match="only networks of one shape"):
        ConvolutionalNetwork.stack([alone[0], ConvolutionalNetwork.random((1, 8, 8), (3,), 5, 0)])


def test_estimates_in_time_of_a_hard_network_start_at_zero():
    network = ConvolutionalNetwork.random((1, 4, 4), (3,), 2, 0, activation="hard_sigmoid")
    images = np.random.default_rng(0).uniform(size=(2, 1, 4, 4)).astype(np.float32)
    passed = backpropagated_estimates(network, images, np.eye(2), 3, network.relax(images, 20))
    assert not any(p.any() for p in passed[0]) and any(p.any() for p in passed[-1])


@pytest.mark.parametrize("backward", [False, True], ids=["symmetric", "own kernels"])
def test_the_last_estimates_are_those_of_the_whole_list(backward):
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, 5, soft=True, backward=backward, dtype=np.float64
    )
    images = np.random.default_rng(2).uniform(size=(3, 2, 8, 8))
    targets = np.eye(5)[[0, 3, 1]]
    free = network.relax(images, 100)
    passed = backpropagated_estimates(network, images, targets, 6, free)
    for one, other in zip(
        last_estimates(network, images, targets, 6, free, count=2), passed[-2:], strict=True
    ):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    # Steps add up: the readout's gradient is there from the start, kernels hear of it later.
    assert not passed[0][0].any() and np.array_equal(passed[0][4], passed[-1][4])
