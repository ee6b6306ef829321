"""Whole runs at the smallest size that shows an effect, and what they must have in common."""

from dataclasses import replace

import numpy as np
import pytest

from theory.bnn.optimizer import SLICE, Adam
from theory.bnn.parameters import Parameter
from theory.data import load_images
from theory.rram import (
    DeviceArray,
    DeviceExperiment,
    DeviceLaws,
    PulseAdam,
    TruncatedExponential,
    TruncatedLognormal,
    adapted,
    cost,
    last_and_best,
    pulse_counts,
    run_devices,
)
from theory.rram.experiment import DeviceLearner, prepare

SMALL = DeviceExperiment(hidden=(32,), epochs=3, test_share=0.5)


def run(seed=0, **change):
    return run_devices(adapted(SMALL, **change), seed)


def test_weights_beyond_one_slice_follow_the_same_rule():
    """The update works slice by slice; borders between slices must not show."""
    size = SLICE + 1000
    rng = np.random.default_rng(0)
    weights = Parameter("weights", np.zeros(size, np.float32), "binary")
    plain = Parameter("weights", np.zeros(size, np.float32), "real")
    devices = PulseAdam([weights], 6.0, rng=1, imperfections="none")
    adam = Adam([plain], 6.0)
    total = np.zeros(size, int)
    for _ in range(5):
        gradient = rng.standard_normal(size).astype(np.float32)
        weights.gradient[:], plain.gradient[:] = gradient, gradient
        before = plain.value.copy()
        devices.update()
        adam.update()
        total += pulse_counts(plain.value - before)
    pair = devices.synapses[0]
    net = pair.raising.pulses - pair.lowering.pulses
    # A step that ends on half a pulse to the last bit may round either way.
    assert np.mean(net != total) < 1e-3
    assert np.array_equal(weights.used, np.sign(net).astype(np.float32))


def test_every_weight_array_has_its_own_pairs():
    learner, task, _ = prepare(replace(SMALL, hidden=(16, 12)), 0)
    shapes = [s.raising.shape for s in learner.optimizer.synapses]
    assert shapes == [(64, 16), (16, 12), (12, 10)] and task.pixels == 64
    drawn = [s.raising.devices.kink.reshape(-1)[:5] for s in learner.optimizer.synapses]
    assert not np.array_equal(drawn[0], drawn[1])
    # Before the first update the network uses the signs it was made with.
    for parameter in learner.network.weights:
        assert set(np.unique(parameter.used)) == {-1, 1}
        assert np.array_equal(parameter.used, np.sign(parameter.value))


def test_both_image_sets_and_both_networks_learn():
    for images, change in (
        ("digits", {}),
        ("digits", {"channels": (6, 8), "hidden": (), "epochs": 4}),
        ("fashion_mnist", {"side": 8, "epochs": 2, "test_share": 0.8}),
    ):
        measured = run(images=images, imperfections=("none",), **change)
        # Ten classes: chance is a tenth.
        assert measured["accuracy"][-1] > 0.5 > measured["accuracy"][0], (images, change)


def test_a_run_with_every_imperfection_repeats_to_the_bit():
    first, second = (run(4, imperfections=("all",)) for _ in range(2))
    assert all(np.array_equal(first[key], second[key]) for key in first)
    other = run(5, imperfections=("all",))
    assert not np.array_equal(first["accuracy"], other["accuracy"])


def test_a_width_of_zero_is_a_law_switched_off():
    off = run(imperfections=("offset", "kink"))
    zero = run(
        imperfections=("offset", "kink", "fast_slope", "slow_slope", "initial_resistance"),
        widths=(("fast_slope", 0.0), ("slow_slope", 0.0), ("initial_resistance", 0.0)),
    )
    assert all(np.array_equal(off[key], zero[key]) for key in off)


def test_much_wider_slopes_cost_accuracy():
    runs = {
        name: {"accuracy": np.stack([
            run(seed, imperfections=on, widths=widths)["accuracy"] for seed in range(4)
        ])}
        for name, on, widths in (
            ("ideal devices", ("none",), ()),
            ("wide", ("spread",), (("fast_slope", 4.0), ("offset", 3.0))),
        )
    }  # fmt: skip
    mean, error = cost(runs, "wide")["last"]
    assert mean < -2 and mean / error < -2
    last, best = last_and_best(runs["wide"])
    assert last.shape == best.shape == (4,) and np.all((best <= 100) & (last >= 0))


def test_the_slip_keeps_weights_from_settling():
    intended = run(imperfections=("noise",), learning_rate=10.0)
    slipped = run(imperfections=("noise",), learning_rate=10.0, as_coded=True)
    assert slipped["flips"][-1] > 2 * intended["flips"][-1]


def test_longer_filters_allow_longer_bursts_and_spend_more():
    short = run(learning_rate=300.0, imperfections=("pink",))
    long = run(learning_rate=300.0, imperfections=("pink",), taps=126)
    held = run(learning_rate=300.0, imperfections=("pink",), taps=126, largest=14)
    assert long["pulses"][-1] > 2 * short["pulses"][-1]
    assert held["pulses"][-1] < 1.5 * short["pulses"][-1]


def test_the_budget_grows_with_the_learning_rate_and_kinks_are_passed():
    spent = [run(learning_rate=rate, imperfections=("spread",)) for rate in (3.0, 30.0, 300.0)]
    pulses = [m["pulses"][-1] for m in spent]
    past = [m["past_kink"][-1] for m in spent]
    assert pulses[0] < pulses[1] < pulses[2] and past[0] <= past[1] < past[2]
    for m in spent:
        assert np.all(np.diff(m["pulses"]) >= 0) and np.all(np.diff(m["past_kink"]) >= 0)
        assert m["pulses"][0] == 0 and m["past_kink"][0] == 0


def test_refreshing_keeps_devices_on_their_fast_piece():
    plain = run(learning_rate=300.0, imperfections=("spread",), epochs=4)
    fresh = run(learning_rate=300.0, imperfections=("spread",), epochs=4, refresh="after flip")
    worn = run(
        learning_rate=300.0, imperfections=("spread",), epochs=4, refresh="after flip",
        refresh_after=10**6,
    )  # fmt: skip
    assert fresh["past_kink"][-1] < plain["past_kink"][-1] and fresh["sets"][-1] > 0
    # Pairs that are never worn enough are never refreshed: the same run.
    assert all(np.array_equal(worn[key], plain[key]) for key in plain)


def test_devices_of_other_laws():
    """A user's own laws: every device with the same early kink, slopes twice as steep."""
    laws = DeviceLaws(
        fast_slope=TruncatedExponential(low=0.0, high=0.1, location=0.0, scale=2e-3),
        kink=TruncatedLognormal(low=10.0, high=10.5, mu=np.log(10.0), sigma=1.0),
    )
    array = DeviceArray(20_000, 0, imperfections="spread", laws=laws, dtype=float)
    array.pulse(100)
    assert array.past_kink.all()
    slow = DeviceLaws().slow_slope.mean
    mean = laws.offset.mean + laws.fast_slope.mean * laws.kink.mean
    mean += slow * (100 - laws.kink.mean)
    assert abs(array.log_ratio.mean() - mean) < 5 * array.log_ratio.std() / np.sqrt(20_000)


def test_the_division_is_drawn_from_the_seed_and_shared_by_conditions():
    tasks = [prepare(replace(SMALL, **change), seed)[1]
             for change, seed in (({}, 0), ({"learning_rate": 3.0}, 0), ({}, 1))]  # fmt: skip
    assert np.array_equal(tasks[0].train_images, tasks[1].train_images)
    assert not np.array_equal(tasks[0].train_images, tasks[2].train_images)
    total = len(load_images("digits").train_labels) + len(load_images("digits").test_labels)
    assert len(tasks[0].train_labels) + len(tasks[0].test_labels) == total


def test_the_learner_is_what_the_runner_of_sequences_asks_for():
    learner, task, _ = prepare(SMALL, 0)
    assert isinstance(learner, DeviceLearner)
    learner.begin_task(0, task)
    loss = learner.step(task.train_images[:50], task.train_labels[:50])
    assert np.isfinite(loss) and learner.steps == 1
    learner.end_task(0, task)
    assert 0 <= learner.accuracy(0, task.test_images, task.test_labels) <= 1
    assert learner.spent().shape == (2 * (64 * 32 + 32 * 10),)


@pytest.mark.parametrize("decay", [0.5, 1.0, 2.0])
def test_the_schedule_steps_at_its_epochs(decay):
    experiment = replace(SMALL, decay_every=2, decay_factor=decay, learning_rate=8.0)
    assert [experiment.rate(e) for e in range(5)] == [8, 8, 8 * decay, 8 * decay, 8 * decay**2]
