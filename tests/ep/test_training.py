"""The trained ensembles against the exact core, and the published learning rules."""

import numpy as np
import pytest

from theory.data import load_images
from theory.ep import (
    LayeredNetwork,
    Stencil,
    TrainingSettings,
    asymmetry_factor,
    equilibrium,
    estimate,
    gradient_estimate,
    implicit_gradient,
    one_hot,
    train,
    trajectory,
    vector_field_estimate,
    with_label_noise,
)
from theory.ep.ensemble import Ensemble
from theory.ep.learning_rules import RULES
from theory.ep.published import CONFIRMED, PUBLISHED_ERRORS, SETTINGS_ROWS, ConvolutionalShape
from theory.ep.training import stiffness


@pytest.fixture(scope="module")
def scene():
    rng = np.random.default_rng(0)
    plain, own = (
        [LayeredNetwork.random((5, 6, 4, 3), rng, scale=0.7, backward=kind) for _ in range(2)]
        for kind in (False, True)
    )
    inputs = rng.uniform(size=(2, 7, 5))
    return plain, own, inputs, np.eye(3)[rng.integers(0, 3, (2, 7))]


def _split(ensemble, estimate, run):
    return np.concatenate([array[run].ravel() for array in estimate])


def _estimate(networks, rule, inputs, targets, nudge=0.1, steps=(400, 400)):
    ensemble = Ensemble.of(networks, np.float64)
    found = gradient_estimate(
        ensemble, rule, inputs, targets,
        nudging_strength=nudge, steps=steps, rng=np.random.default_rng(3),
    )  # fmt: skip
    return [np.concatenate([a[run].ravel() for a in found]) for run in range(len(networks))]


def test_the_ensemble_relaxes_like_each_network_alone(scene):
    for networks in scene[:2]:
        states = Ensemble.of(networks, np.float64).relax(scene[2], 9)
        for run, network in enumerate(networks):
            alone = trajectory(network, scene[2][run], 9)[-1]
            together = np.concatenate([layer[run] for layer in states], axis=1)
            np.testing.assert_allclose(together, alone, atol=1e-14)


@pytest.mark.parametrize(
    ("rule", "stencil"),
    [
        ("one-sided", Stencil.one_sided(0.1)),
        ("negative", Stencil.one_sided(-0.1)),
        ("symmetric", Stencil.symmetric(0.1)),
    ],
)
def test_the_rules_are_the_stencils(scene, rule, stencil):
    plain, _, inputs, targets = scene
    for run, found in enumerate(_estimate(plain, rule, inputs, targets)):
        wanted = estimate(plain[run], inputs[run], targets[run], stencil).flat()
        # Equilibria to 1e-12 on either side, over the nudge.
        np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_a_random_sign_is_one_of_the_two(scene):
    plain, _, inputs, targets = scene
    either = [_estimate(plain, rule, inputs, targets) for rule in ("one-sided", "negative")]
    drawn = _estimate(plain, "random sign", inputs, targets)
    for run, found in enumerate(drawn):
        gaps = [np.abs(found - one[run]).max() for one in either]
        assert min(gaps) < 1e-12 and max(gaps) > 1e-4


@pytest.mark.parametrize("kind", [0, 1], ids=["symmetric", "own backward weights"])
def test_bptt_is_the_exact_gradient_after_many_steps(scene, kind):
    _, _, inputs, targets = scene
    for run, found in enumerate(_estimate(scene[kind], "BPTT", inputs, targets)):
        wanted = implicit_gradient(scene[kind][run], inputs[run], targets[run]).flat()
        np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_bptt_through_few_steps_is_the_gradient_of_the_truncated_relaxation(scene):
    """By finite differences: parameters act in the last three steps only."""
    plain, _, inputs, targets = scene
    network, x, y = plain[0], inputs[0], targets[0]
    before = trajectory(network, x, 4)[-1]
    found = _estimate(plain, "BPTT", inputs, targets, steps=(7, 3))[0]

    def loss(weights):
        moved = network.with_parameters(weights, network.biases)
        out = trajectory(moved, x, 3, initial=before)[-1][:, network.slices[-1]]
        return 0.5 * np.mean(np.sum((out - y) ** 2, axis=1))

    for n, cell in ((0, (2, 3)), (1, (1, 4)), (2, (0, 2))):
        values = []
        for sign in (1, -1):
            weights = [w.copy() for w in network.weights]
            weights[n][cell] += sign * 1e-5
            values.append(loss(weights))
        start = sum(w.size for w in network.weights[:n])
        index = start + np.ravel_multi_index(cell, network.weights[n].shape)
        assert found[index] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-9)


def test_different_updates_are_the_vector_field_estimate(scene):
    _, own, inputs, targets = scene
    for run, found in enumerate(_estimate(own, "different updates", inputs, targets)):
        wanted = vector_field_estimate(own[run], inputs[run], targets[run], 0.1).flat()
        np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_equal_updates_leave_the_asymmetry_to_weight_decay():
    rng = np.random.default_rng(1)
    settings = TrainingSettings(
        sizes=(6, 5, 4), learning_rates=(0.05, 0.05), momentum=0.7, weight_decay=0.02,
        batch_size=10, epochs=6, free_steps=12, nudged_steps=6,
    )  # fmt: skip
    images, labels = rng.uniform(size=(40, 6)), rng.integers(0, 4, 40)
    run = train(settings, "equal updates", images, labels, images, labels, (3,), probed=2)
    start = LayeredNetwork.random((6, 5, 4), np.random.default_rng(3), backward=True)
    left = run.ensemble.weights[1][0] - run.ensemble.backward[0][0]
    law = asymmetry_factor(0.05, 0.02, 0.7, 24)
    # Weights are in single precision: 24 updates of rounding 1e-7.
    np.testing.assert_allclose(left, law * (start.weights[1] - start.backward[0]), atol=1e-5)
    assert law < 0.95


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_learns_an_easy_task(rule):
    task = load_images("digits")
    settings = TrainingSettings(sizes=(64, 16, 10), epochs=8, learning_rates=(0.4, 0.2))
    run = train(settings, rule, task.train_images[:600], task.train_labels[:600],
                task.test_images, task.test_labels, (0,), probed=2)  # fmt: skip
    assert run.test_error.shape == (1, 9)
    # Chance is 0.9; the negative rule learns slowly at this nudge.
    assert run.test_error[0, -1] < (0.85 if rule == "negative" else 0.5)
    assert run.angle.shape == (1, 9, 1 if "updates" in rule else 0)
    again = train(settings, rule, task.train_images[:600], task.train_labels[:600],
                  task.test_images, task.test_labels, (0,), probed=2)  # fmt: skip
    np.testing.assert_array_equal(run.test_error, again.test_error)


def test_every_run_draws_a_sign_of_its_own(scene):
    plain, _, inputs, targets = scene
    twins = [plain[0]] * 12
    x, y = np.repeat(inputs[:1], 12, axis=0), np.repeat(targets[:1], 12, axis=0)
    found = gradient_estimate(
        Ensemble.of(twins, np.float64), "random sign", x, y,
        nudging_strength=0.3, steps=(60, 30), rng=np.random.default_rng(0),
    )  # fmt: skip
    # All twelve signs are equal once in 2048 draws of the generator.
    assert len({float(run[0, 0]) for run in found[0]}) == 2


def test_a_nudge_in_double_precision_is_not_rounded(scene):
    plain, _, inputs, targets = scene
    found = _estimate(plain, "symmetric", inputs, targets, nudge=0.1)
    wanted = estimate(plain[0], inputs[0], targets[0], Stencil.symmetric(0.1)).flat()
    single = estimate(
        plain[0], inputs[0], targets[0], Stencil.symmetric(float(np.float32(0.1)))
    ).flat()
    assert np.abs(found[0] - wanted).max() < 0.1 * np.abs(single - wanted).max()


def test_a_cosine_ends_with_small_steps_and_each_run_is_measured_on_its_labels():
    rng = np.random.default_rng(4)
    images = rng.uniform(size=(80, 6))
    labels = np.stack([rng.integers(0, 2, 80), rng.integers(0, 2, 80)])
    settings = {"sizes": (6, 4, 2), "batch_size": 10, "epochs": 3, "learning_rates": (0.3, 0.2)}
    ends = {}
    for cosine in (True, False):
        arguments = (images, labels, images[:20], labels[0, :20], (0, 0))
        run = train(TrainingSettings(cosine=cosine, **settings), "symmetric", *arguments)
        ends[cosine] = run.ensemble.weights[0]
        outputs = run.ensemble.relax(np.stack([images] * 2).astype(np.float32), 25)[-1]
        wrong = np.mean(outputs.argmax(axis=2) != labels, axis=1)
        np.testing.assert_array_equal(run.train_error[:, -1], wrong)
    assert np.abs(ends[True] - ends[False]).max() > 1e-4
    slow = TrainingSettings(cosine=True, **settings | {"epochs": 1})
    plain = TrainingSettings(cosine=False, **settings | {"epochs": 1})
    one, other = (train(s, "symmetric", *arguments).ensemble.weights[0] for s in (slow, plain))
    np.testing.assert_array_equal(one, other)  # the first epoch has the full rate


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seeds": 3}, "seeds must be a list or tuple, each item an integer"),
        ({"labels": np.zeros(70, int)}, r"labels: shape \(70,\)"),
        (
            {"test_labels": np.zeros(7, int)},
            "test_images and test_labels must have the same length",
        ),
        ({"batch_size": 4000}, "batch_size: 4000 is larger than the 80 images"),
        ({"rule": "symetric"}, "rule must be one of"),
        ({"backward": True}, "backward: the rule 'symmetric' is for symmetric weights"),
        ({"activation": "relu"}, "activation must be one of"),
    ],
)
def test_training_on_what_does_not_fit_is_refused(change, sentence):
    options = {
        "rule": "symmetric", "seeds": (0,), "labels": np.zeros(80, int),
        "test_labels": np.zeros(20, int), "batch_size": 10, "backward": False,
        "activation": "tanh",
    } | change  # fmt: skip
    images = np.zeros((80, 6))
    with pytest.raises((ValueError, TypeError), match=sentence):
        settings = TrainingSettings(
            (6, 4, 2), options["activation"], batch_size=options["batch_size"], epochs=1,
            backward=options["backward"],
        )  # fmt: skip
        train(
            settings, options["rule"], images, options["labels"], images[:20],
            options["test_labels"], options["seeds"],
        )  # fmt: skip


def test_a_misspelt_rule_or_a_wrong_batch_never_gives_an_estimate(scene):
    plain, own, inputs, targets = scene
    for networks, rule, y, sentence in (
        (plain, "symetric", targets, "rule must be one of"),
        (plain, "symmetric", targets.argmax(axis=2), "targets: shape"),
        (plain, "equal updates", targets, "is for networks with backward weights"),
        (own, "symmetric", targets, "is for networks without backward weights"),
    ):
        with pytest.raises(ValueError, match=sentence):
            _estimate(networks, rule, inputs, y)


@pytest.mark.parametrize("backward", [False, True], ids=["symmetric", "own weights"])
@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (4, 6, 5, 3), (4, 3, 7, 2, 5)])
def test_stiffness_of_groups_of_layers_is_that_of_all_units(sizes, backward):
    network = LayeredNetwork.random(sizes, 0, activation="shifted_sigmoid", backward=backward)
    states = np.random.default_rng(1).uniform(size=(6, sum(sizes[1:])))
    slope = network.sigma.slope_at(states)
    matrix = slope[:, :, None] * network.coupling()
    inverse = np.linalg.inv(np.eye(states.shape[1]) - matrix) * slope[:, None, :]
    compliance, radius = stiffness(network, states, None)
    diagonal = np.diagonal(inverse, axis1=1, axis2=2)[:, -sizes[-1] :]
    assert compliance == pytest.approx(diagonal.mean(), rel=1e-12)
    assert radius == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), abs=1e-12)


def test_stiffness_is_the_response_to_a_force():
    network = LayeredNetwork.random((4, 5, 3), 2, scale=0.7)
    x = np.random.default_rng(2).uniform(size=(1, 4))
    free = equilibrium(network, x, tolerance=1e-14).states
    moved = []
    for k in range(3):  # a force on output k through its bias
        biases = [b.copy() for b in network.biases]
        biases[-1][k] += 1e-6
        net = network.with_parameters(network.weights, biases)
        moved.append((equilibrium(net, x, tolerance=1e-14).states - free)[0, 5 + k] / 1e-6)
    compliance, radius = stiffness(network, free, x)
    assert compliance == pytest.approx(np.mean(moved), abs=1e-5)
    # The synchronous relaxation loses this factor a step in the long run.
    gaps = np.abs(np.diff(trajectory(network, x, 41), axis=0)).max(axis=(1, 2))
    assert radius == pytest.approx(np.sqrt(gaps[40] / gaps[38]), rel=0.02)


def test_label_noise_replaces_the_stated_share():
    labels = np.zeros(20_000, int)
    noisy = with_label_noise(labels, 0.2, 10, rng=0)
    share = 0.2 * 0.9
    assert abs(np.mean(noisy != labels) - share) < 4 * np.sqrt(share * (1 - share) / 20_000)
    assert not labels.any() and set(noisy) == set(range(10))


def test_every_published_error_is_that_of_the_facts_sheet():
    """Percent on CIFAR-10: EP, its deviation, BPTT on the same network."""
    sheet = [
        ("squared error", "one-sided", 86.0, 5.82, 11.10),
        ("squared error", "random sign", 21.55, 20.00, 11.10),
        ("squared error", "symmetric", 12.45, 0.18, 11.10),
        ("cross-entropy", "symmetric", 11.7, 0.17, 11.12),
        ("cross-entropy, dropout", "symmetric", 11.87, 0.29, 10.72),
        ("cross-entropy", "different updates", 75.47, 4.12, 9.46),
        ("cross-entropy", "equal updates", 13.2, 0.49, 9.46),
    ]
    found = [(r.loss, r.rule, r.test_error, r.deviation, r.reference) for r in PUBLISHED_ERRORS]
    assert found == sheet


def test_published_facts_are_marked_and_consistent():
    """The parameter count is that of the released network; three errors are confirmed."""
    layers = ConvolutionalShape().layers()
    assert sum(count for *_, count in layers) == 3_843_850
    assert [(c, s) for c, s, _ in layers[:-1]] == [(128, 16), (256, 8), (512, 4), (512, 1)]
    # Of larger images with a wider border: 64 + 4 - 2, then 33, 16 and 8 - 2, each halved.
    larger = ConvolutionalShape(side=64, padding=(2, 1, 1, 0)).layers()
    assert [s for _, s, _ in larger[:-1]] == [33, 16, 8, 3]
    assert larger[-1] == (10, 1, 10 * (9 * 512 + 1))
    assert sum(row.certainty == CONFIRMED for row in PUBLISHED_ERRORS) == 3
    assert len({len(row) for row in SETTINGS_ROWS}) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"learning_rates": (0.1,)}, "1 given for 2 layers"),
        ({"learning_rates": (0.1, -0.1)}, "learning_rates must be"),
        ({"nudging_strength": 0.0}, "nudging_strength must be"),
        ({"momentum": 1.0}, "momentum must be"),
        ({"weight_decay": -1.0}, "weight_decay must be"),
        ({"epochs": 0}, "epochs must be"),
        ({"nudged_steps": 30}, "exceed the 25 free steps"),
    ],
)
def test_settings_that_cannot_be_are_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        TrainingSettings(**change)


def test_labels_and_rules_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match=r"from 0 to 10; the network has 10 outputs.*0 to 9"):
        one_hot(np.array([0, 10]), 10)
    with pytest.raises(TypeError, match="class numbers are integers"):
        one_hot(np.array([0.5]), 10)
    images, labels = np.zeros((40, 64)), np.zeros(40, int)
    with pytest.raises(ValueError, match=r"rule must be one of.*'symmetric'"):
        train(TrainingSettings(), "symetric", images, labels, images, labels, (0,))
    with pytest.raises(ValueError, match="one shape and one activation"):
        Ensemble.of([LayeredNetwork.random((3, 2), 0), LayeredNetwork.random((3, 3), 0)])
