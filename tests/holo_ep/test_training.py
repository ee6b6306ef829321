"""Training: what every rule estimates, what the figures plot, and the published settings."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from theory.data import load_images
from theory.holo_ep import (
    PUBLISHED_RUNS,
    Contour,
    FieldNetworks,
    NotHolomorphic,
    TrainingSettings,
    contour_errors,
    cosine,
    relax,
    relaxation_rate,
    solved_errors,
    symmetry_measure,
    train,
    train_pooling,
    train_published,
    training,
)
from theory.holo_ep.published import FASHION_ERRORS
from theory.holo_ep.relaxation import relax_in_turn
from theory.holo_ep.training import RULES, aligned

SHORT = {"sizes": (10, 8, 6), "epochs": 2, "free_steps": 60, "nudged_steps": 30}
DATA = np.random.default_rng(5)
IMAGES = DATA.uniform(size=(12, 6)).astype(np.float32)
TARGETS = np.eye(3, dtype=np.float32)[DATA.integers(0, 3, 12)]
ENERGY = TrainingSettings(
    rule="products", towards=True, points=10, radius=0.4, sizes=(8, 7), gain=0.5, free_steps=60,
    nudged_steps=40, optimizer="sgd", momentum=0.0, learning_rate=0.3, rates=(1, 0.1, 1),
)  # fmt: skip


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


def batch(task, rows=slice(0, 20)):
    targets = np.eye(10, dtype=np.float32)[task.train_labels[rows]]
    return task.train_images[None, rows], targets[None]


def easy_task():
    """Three clouds of points in six dimensions."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 150)
    points = rng.uniform(size=(3, 6))[labels] - 0.5 + 0.1 * rng.normal(size=(150, 6))
    return SimpleNamespace(
        train_images=points[:100], train_labels=labels[:100],
        test_images=points[100:], test_labels=labels[100:],
    )  # fmt: skip


def flat(gradient):
    return np.concatenate([np.ravel(array) for array in gradient])


def test_rules_of_errors_estimate_the_same_gradient_where_symmetry_makes_it_the_true_one(digits):
    inputs, targets = batch(digits)
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=0)
    nets.recurrent *= 0.3  # so that the contour below lies inside the radius for every sample
    rules, found = ("backpropagation", "derivative", "contour", "corrected", "online"), {}
    for rule in rules:
        settings = TrainingSettings(
            rule=rule, sizes=(10, 8, 6), points=6, radius=0.1, free_steps=300, nudged_steps=150,
            turns=3, tolerance=1e-5,
        )  # fmt: skip
        found[rule] = flat(RULES[rule](nets, settings, inputs, targets, None)[0])
    scale = np.linalg.norm(found["backpropagation"])
    for rule in rules:
        # Single precision over the radius, and aliasing of sixth order.
        assert np.linalg.norm(found[rule] - found["backpropagation"]) < 2e-3 * scale, rule


def test_without_symmetry_the_nudged_rules_part_and_the_corrected_one_is_exact(digits):
    inputs, targets = batch(digits)
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=90, gain=0.5)
    found = {
        rule: flat(RULES[rule](
            nets, TrainingSettings(rule=rule, sizes=(10, 8, 6), points=4, radius=0.1,
                                   free_steps=300, nudged_steps=150, tolerance=1e-5),
            inputs, targets, None)[0])
        for rule in ("derivative", "backpropagation", "corrected")
    }  # fmt: skip
    exact = found["backpropagation"]
    assert np.linalg.norm(found["derivative"] - exact) > 0.1 * np.linalg.norm(exact)
    assert np.linalg.norm(found["corrected"] - exact) < 2e-3 * np.linalg.norm(exact)


@pytest.mark.parametrize(
    ("change", "tolerance"),
    [
        ({}, 1e-4),
        ({"points": 2, "radius": 0.05}, 1e-2),
        ({"points": 1, "radius": 0.02}, 3e-2),
        ({"rule": "continuous", "turns": 1}, 1e-4),
        ({"rule": "continuous", "turns": 3}, 1e-4),
        ({"noise": 1e-6}, 1e-4),
        ({"points": 1, "radius": 0.02, "noise": 1e-9}, 3e-2),
    ],
)
def test_rules_of_products_estimate_the_implicit_gradient(change, tolerance):
    settings = replace(ENERGY, **change)
    nets = FieldNetworks.symmetric(6, (8, 7), (0, 1), scale=0.5, classes=3)
    stacked = np.stack([IMAGES, IMAGES]), np.stack([TARGETS, TARGETS])
    found = RULES[settings.rule](nets, settings, *stacked, np.random.default_rng(0))[0]
    assert [g.shape for g in found] == [p.shape for p in nets.parameters]
    for run in (0, 1):
        clamped = nets.clamped(run, IMAGES.astype(float), TARGETS.astype(float))
        recurrent, inward, biases, readout, offsets = (g[run] for g in found)
        # Single precision of products that the weights of the contour enlarge.
        rounding = 6e-8 * np.abs(settings.contour.weights).sum()
        np.testing.assert_allclose(recurrent, recurrent.T, atol=max(rounding, 1e-6))
        parts = inward, recurrent[8:, :8], biases, readout, offsets
        exact = clamped.gradient
        # Aliasing and single precision (6e-8 over the radius), by rule.
        assert np.linalg.norm(flat(parts) - exact) < tolerance * np.linalg.norm(exact)
        assert relaxation_rate(clamped) < 0.9  # so that the sweeps suffice


def test_noise_is_applied_to_every_reading(monkeypatch):
    """What the rules ask of the relaxation under one nudge after the other."""
    calls = []

    def recorded(networks, inputs, steps, nudges, targets, **options):
        calls.append(options | {"nudges": nudges})
        return relax_in_turn(networks, inputs, steps, nudges, targets, **options)

    monkeypatch.setattr(training, "relax_in_turn", recorded)
    nets = FieldNetworks.symmetric(6, (8, 7), (0,), scale=0.5, classes=3)
    for change, count in (
        ({"points": 1}, 10), ({"points": 4}, 4), ({"rule": "continuous", "points": 4}, 16)
    ):  # fmt: skip
        calls.clear()
        settings = replace(ENERGY, noise=0.05, **change)
        RULES[settings.rule](nets, settings, IMAGES[None], TARGETS[None], np.random.default_rng(0))
        (call,) = calls
        assert len(call["nudges"]) == count  # two phases of five readings, N nudges, four turns
        assert call["noise"] == 0.05
        if settings.rule == "products":
            free = relax(nets, IMAGES[None], settings.free_steps, tolerance=settings.tolerance / 10)
            np.testing.assert_array_equal(call["initial"], free.states)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("kind", ["in turn", "damped"])
def test_nudges_in_turn_are_relaxations_each_from_the_last(kind, noise):
    nets = FieldNetworks.symmetric(6, (8, 7), (0, 1), scale=0.5, classes=3)
    if kind == "damped":
        nets = FieldNetworks.random(6, (8, 7), "reciprocal", [0, 1], classes=3)
    nudges = [0.1, 0.1j, -0.1 + 0j, 0j]
    one, other = (np.random.default_rng(3) for _ in range(2))
    state = None
    for nudge, found in zip(
        nudges,
        relax_in_turn(nets, IMAGES[None], 3, nudges, TARGETS[None], noise=noise, rng=one),
        strict=True,
    ):
        state = relax(
            nets, IMAGES[None], 3, initial=state, targets=TARGETS[None], noise=noise, rng=other,
            nudging_strength=complex(nudge),
        ).states  # fmt: skip
        np.testing.assert_array_equal(found, state)


@pytest.mark.parametrize("degrees", [0.0, 60.0])
def test_samples_that_rest_leave_and_are_where_they_would_be(digits, degrees):
    """A free relaxation with and without a tolerance, in networks that settle at all speeds."""
    nets = FieldNetworks.random(64, (32, 32, 10), "reciprocal", [0, 1, 2], degrees=degrees)
    images = digits.test_images[None, :60].astype("f")
    early, late = (relax(nets, images, 150, tolerance=t) for t in (1e-3, 0.0))
    rested = late.residual < 1e-5
    assert 0.2 < rested.mean() < 1
    assert early.unsettled(1e-3) == pytest.approx(late.unsettled(1e-3), abs=0.02)
    # What is left of the way is the residual over one minus the rate of a step, far below one.
    assert np.abs(early.states - late.states).max(axis=-1)[rested].max() < 0.1
    alone = relax(nets.only(1), images, 150, tolerance=1e-3)
    np.testing.assert_allclose(alone.states[0][rested[1]], early.states[1][rested[1]], atol=0.1)


def test_noise_in_a_sweep_has_the_stated_size_and_repeats():
    nets = FieldNetworks.symmetric(5, (400, 3), (0,), classes=3)
    nets.recurrent[:], nets.inward[:], nets.biases[:] = 0, 0, 0.5
    runs = [
        relax(nets, IMAGES[None, :7, :5], 1, noise=0.01, rng=np.random.default_rng(7)).activities
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*runs)
    # Slope 1 at one half: the states fluctuate as the preactivations do; 2800 draws, four errors.
    assert runs[0][..., :400].std() == pytest.approx(0.01, rel=4 / np.sqrt(2 * 2800))


def test_sweeps_in_turn_have_the_equilibria_of_steps_at_once():
    nets = FieldNetworks.symmetric(6, (8, 7, 5), (0,), scale=0.5, classes=3)
    plain = FieldNetworks(*nets.parameters, nets.sizes, "reciprocal")
    for nudge in (0.0, 0.2, 0.2 + 0.1j):
        states = [
            relax(net, IMAGES[None], 200, targets=TARGETS[None], nudging_strength=nudge).activities
            for net in (nets, plain)
        ]
        np.testing.assert_allclose(*states, atol=1e-5)


def test_kinks_take_real_nudges_only():
    nets = FieldNetworks.symmetric(6, (8, 7), (0,), classes=3, activation="wide_hard_sigmoid")
    with pytest.raises(NotHolomorphic, match="has kinks"):
        relax(nets, IMAGES[None], 5, targets=TARGETS[None], nudging_strength=0.1j)
    with pytest.raises(ValueError, match="activation: 'wide_hard_sigmoid' has kinks"):
        replace(ENERGY, activation="wide_hard_sigmoid")
    settings = replace(ENERGY, points=2, radius=0.01, activation="wide_hard_sigmoid")
    found = RULES["products"](nets, settings, IMAGES[None], TARGETS[None], None)[0]
    clamped = nets.clamped(0, IMAGES.astype(float), TARGETS.astype(float))
    recurrent, inward, biases, readout, offsets = (g[0] for g in found)
    assert (
        cosine(flat((inward, recurrent[8:, :8], biases, readout, offsets)), clamped.gradient) > 0.9
    )


@pytest.mark.parametrize(
    "change", [{"points": 1}, {"points": 4}, {"rule": "continuous", "points": 4}]
)
def test_rules_of_products_learn_an_easy_task_repeat_and_do_not_mix_seeds(change):
    settings = replace(ENERGY, epochs=7, learning_rate=0.5, gain=1.0, free_steps=15,
                       nudged_steps=6, batch_size=10, turns=3, **change)  # fmt: skip
    first, second = (train(settings, easy_task(), (0, 1)) for _ in range(2))
    assert first.test_error.shape == first.train_error.shape == (2, 8)
    assert first.test_error[:, -3:].min(axis=1).max() < 0.2 < first.test_error[:, 0].min()
    np.testing.assert_array_equal(first.train_error, second.train_error)
    alone = train(settings, easy_task(), (1,))
    # Seeds do not mix: only the last bits of the products differ.
    np.testing.assert_allclose(alone.test_error[0, :3], first.test_error[1, :3], atol=0.05)


def test_every_kind_of_weight_learns_at_its_own_rate():
    for kind in range(3):
        rates = tuple(0.0 if k == kind else 1.0 for k in range(3))
        settings = replace(ENERGY, points=2, rates=rates, epochs=1, free_steps=10, nudged_steps=5)
        run = train(settings, easy_task(), (4,))
        start = FieldNetworks.symmetric(6, (8, 7), (4,), scale=0.5, classes=3)
        moved = [np.abs(b - a) for a, b in zip(start.parameters, run.networks.parameters,
                                               strict=True)]  # fmt: skip
        still = [np.max(m) < 1e-9 for m in (moved[1], moved[0], moved[3])]
        assert still == [k == kind for k in range(3)]
        biases = [np.max(m) < 1e-9 for m in (moved[2][:, :8], moved[2][:, 8:], moved[4])]
        assert biases == still


def test_an_epoch_is_the_descent_of_a_loop():
    """Momentum, the order of the images and one gradient a batch, written out; both errors, too."""
    task = easy_task()
    settings = TrainingSettings(sizes=(8, 7, 6), optimizer="sgd", momentum=0.8, learning_rate=0.2,
                                epochs=1, batch_size=50, free_steps=40)  # fmt: skip
    run = train(settings, task, (3,))
    rng = np.random.default_rng(3)
    nets = FieldNetworks.random(6, (8, 7, 6), "reciprocal", [rng], degrees=90.0, classes=3)
    order, velocity = rng.permutation(100), [np.zeros_like(p) for p in nets.parameters]
    targets = np.eye(3, dtype="f")[task.train_labels]
    for rows in (order[:50], order[50:]):
        images = task.train_images[rows].astype("f")[None]
        gradient = RULES["derivative"](nets, settings, images, targets[rows][None], None)[0]
        for p, v, g in zip(nets.parameters, velocity, gradient, strict=True):
            v[:] = 0.8 * v + g
            p -= 0.2 * v
    for one, other in zip(run.networks.parameters, nets.parameters, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    energy = replace(ENERGY, epochs=1, batch_size=50, points=2)
    with_energy = train(energy, task, (3,))
    assert np.all(with_energy.alignment == 1)
    for images, labels, found in (
        (task.train_images, task.train_labels, with_energy.train_error),
        (task.test_images, task.test_labels, with_energy.test_error),
    ):
        nets = with_energy.networks
        outputs = relax(nets, images.astype("f")[None], 200).activities[..., nets.slices[-1]]
        wrong = np.mean(nets.probabilities(outputs)[0].argmax(axis=1) != labels)
        assert found[0, -1] == pytest.approx(wrong, abs=1e-9)


def test_settings_reach_what_they_set(digits):
    away, towards = TrainingSettings(points=4), TrainingSettings(points=4, towards=True)
    np.testing.assert_allclose([c.contour.nodes[0] for c in (away, towards)], [-0.5, 0.5])
    inputs, targets = (a[:, :5] for a in batch(digits))
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=60, gain=0.3)

    def found(**changes):
        given = {"sizes": (10, 8, 6), "points": 1, "radius": 0.05, "free_steps": 6} | changes
        settings = TrainingSettings(**given)
        return RULES[settings.rule](nets, settings, inputs, targets, None)

    rest = relax(nets, inputs, 400)
    exact = nets.parameter_gradient(
        rest.activities, solved_errors(nets, rest, targets, "nudged"), inputs, targets
    )
    gaps = [np.linalg.norm(flat(found(rule="contour", drift=d)[0]) - flat(exact)) / np.linalg.norm(
        flat(exact)) for d in (False, True)]  # fmt: skip
    assert gaps[1] < 0.5 * gaps[0]  # the drift from six steps is taken off
    turning = {"rule": "online", "points": 4, "radius": 0.3, "turns": 2, "nudged_steps": 3}
    late, early = (flat(found(**turning, skipped_turns=k)[0]) for k in (1, 0))
    gap = [np.linalg.norm(g - flat(exact)) for g in (late, early)]
    assert gap[0] < 0.7 * gap[1]  # the transient is in the turns that are left out
    settled = found(rule="online", points=4, radius=0.1, turns=3, nudged_steps=60)[2]
    assert settled[0] == 0


def test_a_measurement_waits_twice_as_long_as_training(digits):
    settings = TrainingSettings(sizes=(10, 8, 6), free_steps=30, nudged_steps=5)
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=60)
    lost = training.measure(nets, settings, digits)[2]
    images = digits.test_images.astype("f")[None]
    once, twice = (relax(nets, images, n).unsettled(settings.tolerance)[0] for n in (30, 60))
    assert lost[0] == pytest.approx(twice) and abs(once - twice) > 0.05


def test_pooling_kernels_of_the_input_start_with_their_own_gain(digits, monkeypatch):
    monkeypatch.setattr(training, "train_networks", lambda networks, *others: networks)
    small, large = (
        train_pooling(TrainingSettings(), digits, (0,), channels=(3, 4), input_gain=gain).forward
        for gain in (1.0, 4.0)
    )
    np.testing.assert_allclose(large[0], 4 * small[0], rtol=1e-6)
    np.testing.assert_array_equal(large[1], small[1])


@pytest.mark.parametrize("topology", ["reciprocal", "loop", "feedforward"])
def test_runs_at_once_are_runs_alone(digits, topology):
    settings = TrainingSettings(topology=topology, **(SHORT | {"epochs": 1}))
    together = train(settings, digits, (0, 5), degrees=30, homeostasis=(0.0, 0.5))
    for run, (seed, coefficient) in enumerate(((0, 0.0), (5, 0.5))):
        alone = train(settings, digits, (seed,), degrees=30, homeostasis=coefficient)
        # The same numbers; sums run in another order, and training amplifies that a little.
        np.testing.assert_allclose(together.symmetry[run], alone.symmetry[0], atol=1e-4)
        assert abs(together.test_error[run, -1] - alone.test_error[0, -1]) < 0.05
        # Its own order of the images: another one moves a typical weight by a step of Adam, 1e-3.
        apart = np.abs(together.networks.recurrent[run] - alone.networks.recurrent[0])
        assert np.median(apart[together.networks.linked]) < 1e-4
    assert np.all(together.networks.recurrent[:, ~together.networks.linked] == 0)


def test_the_homeostatic_pull_is_divided_by_the_number_of_units(digits):
    """One step of plain descent with and without it, against the mean gradient 2 (W - W') / n."""
    settings = TrainingSettings(sizes=(10, 8, 6), optimizer="sgd", momentum=0.0, epochs=1,
                                batch_size=1400, learning_rate=1e-2, draws=1)  # fmt: skip
    ends = [train(settings, digits, (2,), homeostasis=c).networks.recurrent[0] for c in (0.0, 24.0)]
    start = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [2], degrees=90)
    weights, linked = start.recurrent[0], start.linked
    pull = (ends[0] - ends[1])[linked] / (1e-2 * 24.0)
    wanted = 2 * (weights - weights.T)[linked] / 24
    slope = pull @ wanted / (wanted @ wanted)
    # 1400 draws: the noise of one entry is of order 2 |S| / sqrt(1400), its share of the sum less.
    assert slope == pytest.approx(1, abs=0.1)


def test_the_alignment_is_the_mean_cosine_of_exact_errors_over_settled_samples(digits):
    """Against linear systems and a loop over samples; some, all but one, all are unsettled."""
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3, 4, 5], degrees=60, gain=0.5)
    settings = TrainingSettings(sizes=(10, 8, 6), nudged_steps=100)
    images, labels = digits.test_images[None, :12].astype("f"), digits.test_labels[:12]
    free = relax(nets, images, 400)
    for run, used in enumerate(settled := ([0, 1, 2, *range(4, 12)], [5], [])):
        free.residual[run, [k for k in range(12) if k not in used]] = 1.0
    targets = np.eye(10)[labels][None]
    both = [solved_errors(nets, free, targets, kind) for kind in ("backpropagated", "nudged")]
    found = aligned(nets, settings, free, labels)
    for run, used in enumerate(settled[:2]):
        for layer, part in enumerate(nets.slices):
            each = [cosine(both[0][run, k, part], both[1][run, k, part]) for k in used]
            assert found[run, layer] == pytest.approx(np.mean(each), abs=1e-4)
    assert found[:2].min() < 0.95  # it is no cosine of one error with itself
    assert np.all(found[2] == 0)


@pytest.mark.parametrize("topology", ["reciprocal", "loop", "symmetric"])
def test_random_weights_have_the_variance_of_their_fan_in_and_no_biases(topology):
    sizes, seeds = (40, 70, 30), range(4)
    if topology == "symmetric":
        nets = FieldNetworks.symmetric(50, sizes, seeds, scale=1.5, classes=20, dtype=float)
        gains = (1.5, 1.5, 1.5)
    else:
        nets = FieldNetworks.random(50, sizes, topology, seeds, gain=1.5, classes=20, dtype=float)
        gains = (1.0, 1.5, 1.0)
    first, second, third = nets.slices
    blocks = [
        (nets.inward, gains[0], 50),
        (nets.recurrent[:, second, first], gains[1], 40),
        (nets.recurrent[:, third, second], gains[1], 70),
        (nets.readout, gains[2], 30),
    ]
    if topology == "loop":
        blocks.append((nets.recurrent[:, first, third], gains[1], 30))
    for weights, gain, fan_in in blocks:  # standard error of a deviation: 1 / sqrt(2 n)
        error = gain / np.sqrt(fan_in) / np.sqrt(2 * weights.size)
        assert abs(weights.std() - gain / np.sqrt(fan_in)) < 4.5 * error
    assert not nets.biases.any() and not nets.readout_biases.any()


@pytest.mark.parametrize("damping", [None, 0.5])
def test_a_relaxation_waits_for_all_units_of_a_layer(damping):
    """Units that receive nothing are at rest at once."""
    nets = FieldNetworks.symmetric(9, (8, 7, 6), [0, 1], scale=0.8, dtype=float)
    nets.alternating = damping is None
    lonely = [part.start for part in nets.slices]
    nets.recurrent[:, lonely], nets.recurrent[:, :, lonely], nets.inward[:, 0] = 0, 0, 0
    images = np.random.default_rng(0).uniform(size=(1, 3, 9))
    named = {} if damping is None else {"damping": damping}
    free = relax(nets, images, 2000, tolerance=1e-9, **named)
    exact = relax(nets, images, 5000, **named)
    assert free.steps < 2000 and free.residual.max() < 1e-8
    # What is left shrinks by a factor below 0.9 a step.
    np.testing.assert_allclose(free.states, exact.states, atol=1e-7)


def test_the_symmetry_measure_takes_norms_and_not_their_squares():
    jacobian = np.array([[3.0, 1.0], [-1.0, 0.0]])
    assert symmetry_measure(jacobian) == pytest.approx(3 / (3 + np.sqrt(2)))


def test_released_weights_start_at_the_published_symmetry_measure():
    """784-256-256-10 at 90 degrees: squared norms 911 and 389 of the parts in the mean."""
    nets = FieldNetworks.random(4, (256, 256, 10), "reciprocal", [0, 1], degrees=90)
    even = 522 + (256 + 10 + 256 + 256) / 2
    odd = (256 + 10 + 256 + 256) / 2
    expected = np.sqrt(even) / (np.sqrt(even) + np.sqrt(odd))
    found = symmetry_measure(nets.jacobian()[:, 0])
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert expected == pytest.approx(0.605, abs=1e-3)
    back = nets.recurrent[:, nets.slices[1], nets.slices[2]]
    assert back.std() == pytest.approx(10**-0.5, rel=0.05)  # its own fan-in


def test_the_drift_of_a_free_state_is_no_response_to_the_nudge(digits):
    """One point, from a state on its way: with the drift taken out it is the small-nudge answer."""
    inputs, targets = (a[:, :5] for a in batch(digits))
    nets = FieldNetworks.random(64, (10, 8, 6), "reciprocal", [3], degrees=60, gain=0.3,
                                dtype=np.float64)  # fmt: skip
    early, rest = relax(nets, inputs, 6), relax(nets, inputs, 400)
    exact = solved_errors(nets, rest, targets, "nudged")
    gaps = [
        np.linalg.norm(contour_errors(nets, inputs, targets, early, Contour.circle(1, 1e-3), 40,
                                      drift=drift) - exact) / np.linalg.norm(exact)
        for drift in (False, True)
    ]  # fmt: skip
    assert gaps[1] < 1e-2 < 1 < gaps[0]


@pytest.mark.parametrize("rule", ["backpropagation", "derivative", "contour", "corrected"])
def test_rules_of_errors_learn(digits, rule):
    settings = TrainingSettings(
        rule=rule, radius=0.2, learning_rate=5e-3,
        **(SHORT | {"epochs": 4, "sizes": (20, 16, 10)}),
    )  # fmt: skip
    run = train(settings, digits, (1,), homeostasis=1.0)
    assert run.test_error[0, 0] > 0.8 and run.test_error[0].min() < 0.5
    assert run.test_error.shape == run.unsettled.shape == run.angle.shape == (1, 5)
    assert run.alignment.shape == (1, 5, 3) and run.unsettled_in_training.shape == (1, 4)
    assert np.isnan(run.train_error).all()


def test_homeostasis_makes_symmetric_in_reciprocal_and_not_in_loop_networks(digits):
    ends = {}
    for topology in ("reciprocal", "loop"):
        settings = TrainingSettings(topology=topology, learning_rate=5e-3, **SHORT)
        run = train(settings, digits, (0, 0), homeostasis=(0.0, 5.0))
        ends[topology] = run.symmetry[:, -1]
        norm = np.linalg.norm(run.networks.recurrent, axis=(1, 2))
        assert norm[1] < 0.95 * norm[0]
    assert ends["reciprocal"][1] > ends["reciprocal"][0] + 0.1
    assert ends["loop"][0] < ends["loop"][1] < ends["reciprocal"][1]


def test_unsettled_samples_are_counted_in_training_and_testing(digits):
    settings = TrainingSettings(**(SHORT | {"epochs": 1, "free_steps": 2}))
    run = train(settings, digits, (0,))
    assert run.unsettled_in_training[0, 0] == 1  # two steps are never enough
    patient = train(TrainingSettings(**(SHORT | {"epochs": 1})), digits, (0,))
    assert patient.unsettled_in_training[0, 0] < 0.2 and patient.unsettled[0, 0] < 0.2


def test_soft_pooling_networks_train_and_tied_ones_stay_symmetric(digits):
    settings = TrainingSettings(
        rule="derivative", learning_rate=5e-3, free_steps=30, nudged_steps=15, epochs=1, draws=1
    )
    free = train_pooling(settings, digits, (0, 0), channels=(3, 4), homeostasis=(0.0, 5.0))
    tied = train_pooling(settings, digits, (0,), channels=(3, 4), tied=True)
    assert free.angle[0, -1] > 2 and free.angle[1, -1] < 0.7 * free.angle[0, -1]
    assert tied.angle[0, -1] < 1e-2 and tied.symmetry[0, -1] == pytest.approx(1, abs=1e-5)


def test_bad_settings_are_refused(digits):
    for name, bad in (
        ("rule", "BP"), ("topology", "ring"), ("optimizer", "rmsprop"), ("learning_rate", 0.0),
        ("damping", 1.5), ("points", 0), ("draws", 0), ("momentum", 1.0), ("tolerance", -1.0),
        ("noise", -0.1), ("rates", (1.0, 0.1, 1.0)), ("activation", "relu"), ("gain", 0.0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=name):
            TrainingSettings(**{"points": 4} | {name: bad})
    with pytest.raises(ValueError, match="at least 3"):
        TrainingSettings(topology="loop", sizes=(32,))
    with pytest.raises(ValueError, match="an oscillation needs at least two"):
        TrainingSettings(rule="continuous", points=1)
    with pytest.raises(ValueError, match="homeostasis: a coefficient is below zero"):
        train(TrainingSettings(**SHORT), digits, (0,), homeostasis=-1.0)
    with pytest.raises(TypeError, match="seeds must be a list or tuple"):
        train(TrainingSettings(**SHORT), digits, 0)
    with pytest.raises(ValueError, match="batch_size: 5000 is larger than the"):
        train(TrainingSettings(batch_size=5000, **SHORT), digits, (0,))


def test_published_numbers_are_those_of_the_papers():
    assert FASHION_ERRORS == {(1, 0.5): 38.4, (6, 0.5): 14.3, "derivative": 14.7, "online": 17.3}


def test_published_runs_have_the_published_settings():
    table = PUBLISHED_RUNS["J24 table 1, N = 6, radius 0.5"].settings
    assert (table.sizes, table.points, table.radius) == ((256, 256, 10), 6, 0.5)
    assert (table.learning_rate, table.momentum, table.epochs) == (0.01, 0.9, 50)
    assert (table.free_steps, table.nudged_steps, table.batch_size) == (150, 20, 50)
    assert not table.towards and not table.drift
    # 1200 steps of the oscillation: 20 values of the nudge, 60 steps each, none left out.
    online = PUBLISHED_RUNS["J24 table 1, continuous"].settings
    assert online.points * online.turns * online.nudged_steps == 1200 and not online.skipped_turns
    rows = PUBLISHED_RUNS["J24 fig. 4a-d"], PUBLISHED_RUNS["J24 fig. 4e-h"]
    assert [row.homeostasis for row in rows] == [(0.0, 1.0), (0.0, 0.1)]
    assert [(row.settings.optimizer, row.settings.learning_rate) for row in rows] == [
        ("adam", 1e-4), ("sgd", 0.01)]  # fmt: skip
    assert len(PUBLISHED_RUNS["J24 fig. 3, derivative"].degrees) == 7
    noisy = PUBLISHED_RUNS["H22 table 1, circle, noise 0.04"]
    assert (noisy.settings.points, noisy.settings.radius, noisy.settings.noise) == (10, 0.4, 0.04)
    assert (noisy.settings.free_steps, noisy.settings.nudged_steps) == (200, 50)
    classic = PUBLISHED_RUNS["H22 table 1, classic at 0.1, noise 0"].settings
    assert (classic.points, classic.radius, classic.nudged_steps) == (1, 0.1, 350)
    turning = PUBLISHED_RUNS["H22 table 1, continuous, noise 0.04"].settings
    assert (turning.turns, turning.nudged_steps, turning.learning_rate) == (3, 30, 0.05)
    assert turning.skipped_turns == 1 and noisy.task == "mnist" and noisy.seeds == (0, 1, 2)
    for name, run in PUBLISHED_RUNS.items():
        s = run.settings
        if name.startswith("H22"):
            assert (s.sizes, s.batch_size, s.epochs, s.momentum) == ((256, 256), 20, 50, 0.0)
            assert (
                s.towards and s.learning_rate == 0.05 and run.degrees == run.homeostasis == (0.0,)
            )
        else:
            assert (s.batch_size, s.epochs, s.damping, s.draws) == (50, 50, 1.0, 5) and not s.drift
    angles = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0)
    for rule in ("back-propagation", "derivative"):
        run = PUBLISHED_RUNS[f"J24 fig. 3, {rule}"]
        assert (run.degrees, run.seeds) == (angles, (0, 1, 2))
    assert [row.degrees for row in rows] == [(90.0,), (90.0,)] and rows[1].seeds == (0, 1, 2, 3, 4)
    assert rows[1].settings.topology == "loop"
    table1 = {name for name in PUBLISHED_RUNS if "J24 table 1, N" in name}
    assert table1 == {
        f"J24 table 1, N = {n}, radius {r}" for n in (1, 2, 4, 6) for r in (0.05, 0.5)
    }
    for name in table1:
        s = PUBLISHED_RUNS[name].settings
        assert name == f"J24 table 1, N = {s.points}, radius {s.radius}" and s.rule == "contour"


@pytest.mark.parametrize(
    "name",
    ["J24 fig. 4a-d", "J24 fig. 4e-h", "J24 table 1, continuous", "H22 table 1, circle, noise 0"],
)
def test_published_runs_also_run_on_a_stand_in(digits, name):
    small = {"sizes": (6, 5, 4), "epochs": 1, "free_steps": 10, "nudged_steps": 3}
    found = train_published(name, digits, (0, 1), batch_size=400, **small)
    run = PUBLISHED_RUNS[name]
    assert set(found) == {(a, c) for a in run.degrees for c in run.homeostasis}
    for result in found.values():
        assert result.test_error.shape == (2, 2) and np.isfinite(result.symmetry).all()
    with pytest.raises(ValueError, match="name must be one of"):
        train_published("fig. 5", digits)
