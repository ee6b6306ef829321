"""Constants and settings that no formula would betray: published numbers, rules, seeds."""

import numpy as np

from theory.consolidation import random_synapse
from theory.continual import ContinualExperiment, beaker_rule, make_learner
from theory.continual.experiment import PENALTIES
from theory.continual.published import CIFAR_TRANSFER, PERMUTED_MNIST
from theory.mlp import multilayer_perceptron


def test_the_numbers_stored_with_synaptic_intelligence():
    """Zenke, Poole and Ganguli 2017, the accuracies in their released code."""
    assert PERMUTED_MNIST[0.1] == (
        0.983,
        0.983,
        0.983,
        0.980,
        0.979,
        0.978,
        0.976,
        0.975,
        0.971,
        0.969,
    )
    assert {len(row) for row in PERMUTED_MNIST.values()} == {10}
    assert PERMUTED_MNIST[0.01][-1] == 0.920 and PERMUTED_MNIST[0.02][-1] == 0.939
    assert PERMUTED_MNIST[0.0] == (
        0.981,
        0.949,
        0.846,
        0.807,
        0.774,
        0.729,
        0.667,
        0.668,
        0.585,
        0.574,
    )
    assert CIFAR_TRANSFER["c = 0"] == (0.459, 0.549, 0.570, 0.687, 0.675, 0.810)
    assert CIFAR_TRANSFER["c = 0.01"] == (0.746, 0.718, 0.714, 0.744, 0.704, 0.786)
    assert CIFAR_TRANSFER["c = 0.1"] == (0.783, 0.743, 0.682, 0.719, 0.670, 0.725)
    assert CIFAR_TRANSFER["from scratch"] == (0.804, 0.690, 0.647, 0.733, 0.679, 0.713)


def test_the_rules_are_what_their_names_say():
    made = {name: make(2.0) for name, make in PENALTIES.items()}
    assert made["uniform"].decay == 0 and made["uniform"].anchors == "last"
    assert (
        made["ewc"].decay == 1 and made["ewc"].anchors == "last" and made["ewc"].fisher == "exact"
    )
    assert made["ewc_each"].anchors == "each" and made["ewc_online"].decay == 0.5
    assert (made["si"].strength, made["si"].damping, made["si"].batch) == (4.0, 0.1, "same")
    chain = beaker_rule(0.25).chain
    assert chain.levels == 6 and chain.conductances[0] == 0.125
    assert chain.conductances[-1] == 0, "what is learned must not leak away from the last beaker"


def test_masks_open_the_share_that_is_asked_for_and_differ_by_task_layer_and_seed():
    setting = ContinualExperiment(rule="gating", strength=0.3, hidden=50)
    scenario = setting.build(0)
    masks = {}
    for rng in (1, 2):
        network = multilayer_perceptron((64, 50, 50, 10), rng=0, normalize=False)
        masks[rng] = make_learner(setting, scenario, network, rng, 0).masks
        assert masks[rng].shape == (5, 2, 50) and np.all(masks[rng].sum(axis=2) == 15)
    assert not np.array_equal(masks[1], masks[2])
    assert not np.array_equal(masks[1][0, 0], masks[1][1, 0])
    assert not np.array_equal(masks[1][0, 0], masks[1][0, 1])


def test_random_synapses_are_off_balance():
    """Properties that hold for balanced synapses only would not be seen otherwise."""
    fractions = [random_synapse(4, seed).potentiation_fraction for seed in range(30)]
    assert np.ptp(fractions) > 0.4 and min(fractions) >= 0.2 and max(fractions) <= 0.8
