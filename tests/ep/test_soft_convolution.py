"""Convolutional networks with a soft read-out: losses, rules, kernels of their own, dropout."""

import numpy as np
import pytest

from theory.ep import (
    ConvolutionalNetwork,
    backpropagated_estimates,
    convolutional_estimate,
    train_convolutional,
)
from theory.ep.convolutional_estimates import CONVOLUTIONAL_RULES
from theory.ep.convolutional_training import layer_of_parameters, unit_mask
from theory.ep.descent import momentum_step


def make(backward):
    rng = np.random.default_rng(1)
    network = ConvolutionalNetwork.random(
        (2, 8, 8), (3, 4), 5, rng, soft=True, backward=backward, dtype=np.float64
    )
    # With kernels of their own a maximum may flip to and fro for ever; half as large and with this
    # seed every sample has an equilibrium to test at.
    for kernel in [*network.kernels[1:], *network.backward]:
        kernel *= 0.5
    return network, rng.uniform(size=(3, 2, 8, 8)), np.eye(5)[[0, 3, 1]]


@pytest.fixture(scope="module", params=[False, True], ids=["symmetric", "own kernels"])
def scene(request):
    return make(request.param)


def loss(network, images, targets):
    p = network.outputs(network.relax(images, 300))
    return -np.mean(np.sum(targets * np.log(p), axis=1))


def test_the_nudge_is_the_gradient_of_the_cross_entropy(scene):
    network, images, targets = scene
    states = network.relax(images, 5)
    assert len(states) == 2
    np.testing.assert_allclose(network.outputs(states).sum(axis=1), 1, rtol=1e-13)
    found = network.loss_gradient(states, targets)
    for cell in ((0, 1, 0, 1), (2, 3, 1, 0)):
        values = []
        for sign in (1, -1):
            moved = [s.copy() for s in states]
            moved[-1][cell] += sign * 1e-6
            p = network.outputs(moved)
            values.append(-np.sum(targets * np.log(p)))
        assert found[cell] == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-8)


def test_backpropagation_is_the_gradient_of_the_loss_in_every_parameter(scene):
    network, images, targets = scene
    free = network.relax(images, 300)
    total = backpropagated_estimates(network, images, targets, 200, free)[-1]
    assert [t.shape for t in total] == [p.shape for p in network.parameters]
    cells = [(0, (1, 0, 2, 1)), (1, (3, 2, 0, 0)), (2, (0,)), (3, (2,)), (4, (1, 3)), (5, (2,))]
    if network.backward:
        cells.append((6, (2, 1, 1, 2)))
    for which, cell in cells:
        array, values = network.parameters[which], []
        for sign in (1, -1):
            array[cell] += sign * 1e-5
            values.append(loss(network, images, targets))
            array[cell] -= sign * 1e-5
        # Central differences: step^2 times third derivatives of order one.
        assert total[which][cell] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-8)


def relative_gap(found, wanted):
    return max(
        np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(found, wanted, strict=True)
    )


def test_estimates_approach_the_gradient_with_their_order():
    network, images, targets = make(False)
    exact = backpropagated_estimates(network, images, targets, 200, network.relax(images, 300))[-1]
    gaps = {
        rule: [
            relative_gap(
                convolutional_estimate(
                    network, rule, images, targets, nudging_strength=b, steps=(300, 200)
                ),
                exact,
            )
            for b in (0.02, 0.01)
        ]
        for rule in ("one-sided", "symmetric")
    }
    assert gaps["one-sided"][0] / gaps["one-sided"][1] == pytest.approx(2, rel=0.05)
    assert gaps["symmetric"][0] / gaps["symmetric"][1] == pytest.approx(4, rel=0.05)
    assert gaps["symmetric"][1] < 0.1 * gaps["one-sided"][1]
    signed = [
        convolutional_estimate(
            network, "random sign", images, targets, nudging_strength=0.1, steps=(60, 40), sign=s
        )
        for s in (1, -1)
    ]
    plain = convolutional_estimate(
        network, "one-sided", images, targets, nudging_strength=0.1, steps=(60, 40)
    )
    assert all(np.array_equal(a, b) for a, b in zip(signed[0], plain, strict=True))
    assert relative_gap(signed[1], plain) > 1e-3


def test_random_signs_are_drawn_for_every_step_of_a_training():
    network, images, targets = make(False)
    setting = {"steps": (8, 4), "nudging_strength": 0.5}
    both = [
        convolutional_estimate(network, "random sign", images, targets, sign=s, **setting)
        for s in (1, -1)
    ]
    start, moved = [p.copy() for p in network.parameters], set()
    for seed in range(5):
        network = make(False)[0]
        train_convolutional(network, images, targets.argmax(axis=1), images, [0] * 3, rng=seed,
                            rule="random sign", epochs=1, batch_size=3, cosine=False,
                            learning_rates=(0.1,) * 3, **setting)  # fmt: skip
        gaps = [
            max(np.abs(p + 0.1 * e - s).max()
                for p, e, s in zip(network.parameters, one, start, strict=True))
            for one in both
        ]  # fmt: skip
        moved.add(int(np.argmin(gaps)))
        assert min(gaps) < 1e-12 < 1e-5 < max(gaps)
    assert moved == {0, 1}


def test_rules_for_own_kernels_where_these_equal_the_forward_ones():
    """Then both uses of a kernel add up to the symmetric estimate."""
    network, images, targets = make(False)
    twin = ConvolutionalNetwork(
        network.kernels, network.biases, network.dense, network.dense_bias, soft=True,
        backward=[network.kernels[1]],
    )  # fmt: skip
    settings = {"nudging_strength": 1e-3, "steps": (300, 200)}
    symmetric = convolutional_estimate(network, "symmetric", images, targets, **settings)
    equal = convolutional_estimate(twin, "equal updates", images, targets, **settings)
    assert relative_gap(equal[:-1], symmetric) < 1e-12
    assert np.array_equal(equal[-1], equal[1])
    different = convolutional_estimate(twin, "different updates", images, targets, **settings)
    both = [*different[:1], different[1] + different[-1], *different[2:-1]]
    # The products and the changes differ by the square of the nudge.
    assert relative_gap(both, symmetric) < 1e-4


def test_dropout_silences_the_same_units_in_all_phases():
    network, images, targets = make(False)
    rng = np.random.default_rng(4)
    mask = unit_mask(network, images, 0.7, rng)
    assert mask.shape == network.zeros(images)[-1].shape
    assert set(np.round(np.unique(mask), 12)) == {0.0, np.round(1 / 0.7, 12)}
    states = network.relax(images, 30, mask=mask)
    assert not states[-1][mask == 0].any() and states[-1][mask > 0].all()
    found = convolutional_estimate(
        network, "symmetric", images, targets, nudging_strength=1e-3, steps=(300, 200), mask=mask
    )
    array, values = network.kernels[1], []
    for sign in (1, -1):
        array[2, 1, 0, 1] += sign * 1e-5
        p = network.outputs(network.relax(images, 300, mask=mask))
        values.append(-np.mean(np.sum(targets * np.log(p), axis=1)))
        array[2, 1, 0, 1] -= sign * 1e-5
    # Equilibrium propagation stays exact: a masked slope is still one symmetric factor.
    assert found[1][2, 1, 0, 1] == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-4)
    assert unit_mask(network, images, 1.0, rng) is None


def test_a_step_takes_each_layer_by_its_own_rate():
    network, *_ = make(True)
    assert layer_of_parameters(network) == [0, 1, 0, 1, 2, 2, 1]
    before = [p.copy() for p in network.parameters]
    velocity = [np.ones_like(p) for p in before]
    ones = [np.ones_like(p) for p in before]
    momentum_step(network.parameters, velocity, ones, [0.1] * 7, momentum=0.5, weight_decay=0.2)
    for p, old in zip(network.parameters, before, strict=True):
        np.testing.assert_allclose(p, old - 0.1 * (1.5 + 0.2 * old), atol=1e-7)


@pytest.mark.parametrize("rule", ["symmetric", "equal updates", "different updates", "BPTT"])
def test_every_kind_of_rule_learns(rule):
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, 160)
    images = 0.2 * rng.uniform(size=(160, 1, 8, 8)).astype(np.float32)
    images[labels == 1, :, :4] += 0.7  # class 1 is bright above
    network = ConvolutionalNetwork.random(
        (1, 8, 8), (4, 4), 2, 0, soft=True, backward=rule.endswith("updates")
    )
    error = train_convolutional(
        network, images[:120], labels[:120], images[120:], labels[120:], rng=0, epochs=6,
        learning_rates=(0.15, 0.1, 0.1), steps=(12, 8), batch_size=10, rule=rule,
    )  # fmt: skip
    assert error[-1] < 0.1


def test_what_does_not_fit_is_refused():
    network, images, targets = make(False)
    settings = {"nudging_strength": 0.1, "steps": (5, 3)}
    assert "symmetric" in CONVOLUTIONAL_RULES
    with pytest.raises(ValueError, match="rule must be one of"):
        convolutional_estimate(network, "both", images, targets, **settings)
    with pytest.raises(ValueError, match="'equal updates' needs a network with backward"):
        convolutional_estimate(network, "equal updates", images, targets, **settings)
    with pytest.raises(ValueError, match="'symmetric' needs a network without backward"):
        convolutional_estimate(make(True)[0], "symmetric", images, targets, **settings)
    hard = ConvolutionalNetwork.random((2, 8, 8), (3,), 5, 0)
    with pytest.raises(ValueError, match="below a soft read-out"):
        unit_mask(hard, images, 0.5, np.random.default_rng(0))
    with pytest.raises(ValueError, match="need a soft read-out"):
        ConvolutionalNetwork.random((2, 8, 8), (3, 4), 5, 0, backward=True)
    with pytest.raises(ValueError, match=r"targets: shape \(3,\).*one_hot"):
        convolutional_estimate(network, "symmetric", images, targets.argmax(axis=1), **settings)
    with pytest.raises(ValueError, match=r"they have shape \(out, in, 3, 3\)"):
        ConvolutionalNetwork([np.zeros((2, 1, 5, 5))], [np.zeros(2)], np.zeros((3, 2)), np.zeros(3))


def test_the_masks_of_several_networks_have_the_shape_of_their_states():
    rngs = [np.random.default_rng(k) for k in range(3)]
    network = ConvolutionalNetwork.random((1, 8, 8), (3, 4), 5, 0, soft=True)
    several = ConvolutionalNetwork.stack([network] * 3)
    images = np.zeros((3, 2, 1, 8, 8))
    mask = unit_mask(several, images, 0.5, rngs)
    assert mask.shape == several.zeros(images)[-1].shape


def test_kernels_of_the_way_down_are_drawn_evenly_around_nought():
    network = ConvolutionalNetwork.random((1, 8, 8), (30, 40), 5, 0, soft=True, backward=True)
    (down,) = network.backward
    bound = 1 / np.sqrt(9 * 30)
    assert down.shape == (40, 30, 3, 3) and np.abs(down).max() <= bound
    # Means and deviations of 10800 even draws: within four standard errors.
    assert abs(down.mean()) < 4 * bound / np.sqrt(3 * down.size)
    assert down.std() == pytest.approx(bound / np.sqrt(3), rel=4 / np.sqrt(down.size))
