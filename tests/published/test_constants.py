"""Published constants and settings, as the facts sheets of the works state them.

Every row names the work, where its value stands, what holds it here and the value. What a sheet
marks UNKNOWN or recalled is not among them, but for rows that say so.
"""

import numpy as np
import pytest

from theory.consolidation import GatedSynapse, TaggingModel, TagTriggerModel
from theory.continual import protection
from theory.continual.binarized import Experiment, settings
from theory.ep import FullSizeSettings
from theory.ep.full_size import PUBLISHED_SETTINGS
from theory.ep.published import COMMON_SETTINGS, SETTINGS_ROWS, ConvolutionalShape
from theory.holo_ep import PUBLISHED_RUNS, toy_network
from theory.holo_ep.published import CLIP_ERRORS, CONVOLUTIONAL_ACCURACIES, MNIST_ERRORS, PARITY
from theory.metaplasticity import QuadraticTask
from theory.rram import Device, DeviceExperiment, convolutional, dense
from theory.rram.augmentation import CHANNEL_MEAN
from theory.rram.pink_noise import LISTED_TAPS
from theory.ssl import EncoderSetting


def fields(thing, *names):
    """Return some attributes of an object as a tuple."""
    return tuple(getattr(thing, name) for name in names)


def paper(make, *arguments):
    return make(*arguments, scale="paper")


PERMUTED = paper(settings.permuted, 1.35)
SIZES = paper(settings.network_size, 4096)
SETS = paper(settings.image_sets, "mnist", "fashion_mnist", 1.5)
DIGITS = paper(settings.digit_sets, (12, 20, 30), 1.2)
STREAM = paper(settings.data_stream, 2.5, 60)
TRAINED = "hidden", "learning_rate", "weight_decay", "batch", "epochs", "affine"
J24 = PUBLISHED_RUNS["J24 table 1, derivative"]
TOY = toy_network()
H22 = PUBLISHED_RUNS["H22 table 1, circle, noise 0"]
OPTIMISER = "optimizer", "learning_rate", "momentum", "batch_size", "epochs"
MODEL, TRIGGER = TaggingModel(), TagTriggerModel()

ROWS = [
    # Metaplasticity, hyper-parameter table [code]
    ("2a-d", lambda: fields(PERMUTED, *TRAINED), ((4096, 4096), 0.005, 1e-7, 100, 40, True)),
    ("2a-d", lambda: (PERMUTED.tasks.kind, PERMUTED.tasks.count), ("permuted", 6)),
    ("3a-d", lambda: fields(SIZES, *TRAINED), ((4096, 4096), 0.005, 1e-8, 100, 40, True)),
    ("3a-d", lambda: SIZES.tasks.count, 10),
    ("4a,b", lambda: fields(SETS, *TRAINED), ((4096, 4096), 0.005, 1e-7, 100, 50, True)),
    ("4c,d", lambda: fields(DIGITS, *TRAINED), ((), 0.005, 1e-8, 20, 240, False)),
    ("4c,d", lambda: fields(DIGITS, "channels", "side", "pool"), ((12, 20, 30), 4, "average")),
    ("4c,d", lambda: fields(DIGITS.tasks, "images", "train_limit"), (("mnist", "usps"), 2000)),
    ("4c,d", lambda: (DIGITS.task_normalisation, DIGITS.fresh_optimizer), (False, False)),
    ("stream a", lambda: fields(STREAM, *TRAINED), ((1024, 1024), 0.005, 1e-7, 100, 20, False)),
    ("stream a", lambda: (STREAM.normalisation, STREAM.fresh_optimizer), ("running", False)),
    ("4e,f", lambda: settings.feature_classes(1.8).weight_decay, 1e-8),
    ("4e,f", lambda: settings.feature_classes(1.8).tasks.features, 512),
    ("4g,h", lambda: settings.features_without_task_label(1.3).weight_decay, 0.0),
    ("4g,h", lambda: settings.features_without_task_label(1.3).normalisation, "instance"),
    ("all but QBT", lambda: fields(Experiment(), "learning_rate", "optimizer"), (0.005, "adam")),
    ("all but QBT", lambda: Experiment().metaplasticity, 0.0),
    # The three-layer network multiplies m by eta T: the sheet's products per task
    ("m eta T, 2a-d", lambda: PERMUTED.group(60_000), pytest.approx(162)),
    ("m eta T, 4a,b", lambda: SETS.group(60_000), pytest.approx(225)),
    ("m eta T, stream a", lambda: STREAM.group(1000), pytest.approx(2.5)),
    # Equilibrium propagation: hyper-parameter table [code]
    ("ConvNet", lambda: fields(FullSizeSettings(), "channels", "padding"),
     ((128, 256, 512, 512), (1, 1, 1, 0))),
    ("ConvNet", lambda: fields(FullSizeSettings(), "free_steps", "nudged_steps"), (250, 30)),
    ("ConvNet", lambda: FullSizeSettings().learning_rates, (0.25, 0.15, 0.1, 0.08, 0.05)),
    ("ConvNet", lambda: fields(FullSizeSettings(), "momentum", "weight_decay", "batch_size"),
     (0.9, 3e-4, 128)),
    ("ConvNet", lambda: fields(FullSizeSettings(), "epochs", "cosine_epochs", "least_rate"),
     (120, 100, 1e-5)),
    ("ConvNet", lambda: sum(row[2] for row in ConvolutionalShape().layers()), 3_843_850),
    ("nudges", lambda: [s.nudging_strength for s in PUBLISHED_SETTINGS.values()],
     [0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]),
    ("nudged steps", lambda: [s.nudged_steps for s in PUBLISHED_SETTINGS.values()],
     [30, 30, 30, 25, 25, 30, 30]),
    ("dropout", lambda: [s.kept_share for s in PUBLISHED_SETTINGS.values()],
     [1.0, 1.0, 1.0, 1.0, 0.9, 1.0, 1.0]),
    ("printed", lambda: SETTINGS_ROWS[0][1:], ("0.5", "±0.5", "±0.5", "±1.0", "±1.0", "±1.0")),
    ("printed", lambda: SETTINGS_ROWS[1][1:], ("250",) * 6),
    ("printed", lambda: SETTINGS_ROWS[2][1:], ("30", "30", "30", "25", "25", "30")),
    ("printed", lambda: dict(COMMON_SETTINGS)["learning rates"], "0.25, 0.15, 0.1, 0.08, 0.05"),
    # Holomorphic: J24 section 5 and H22 section 4.4 [code]
    ("J24 table 1", lambda: fields(J24.settings, *OPTIMISER), ("sgd", 0.01, 0.9, 50, 50)),
    ("J24 table 1", lambda: fields(J24.settings, "sizes", "free_steps", "nudged_steps"),
     ((256, 256, 10), 150, 20)),
    ("J24 table 1", lambda: J24.seeds, (0, 1, 2, 3, 4)),
    ("J24 homeostasis", lambda: J24.settings.draws, 5),
    ("J24 fig. 3", lambda: PUBLISHED_RUNS["J24 fig. 3, derivative"].degrees,
     (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0)),
    ("J24 fig. 3", lambda: PUBLISHED_RUNS["J24 fig. 3, derivative"].seeds, (0, 1, 2)),
    ("J24 fig. 4a-d", lambda: PUBLISHED_RUNS["J24 fig. 4a-d"].settings.learning_rate, 1e-4),
    ("J24 fig. 4a-d", lambda: PUBLISHED_RUNS["J24 fig. 4a-d"].homeostasis, (0.0, 1.0)),
    ("J24 fig. 4e-h", lambda: PUBLISHED_RUNS["J24 fig. 4e-h"].settings.topology, "loop"),
    ("J24 fig. 4e-h", lambda: PUBLISHED_RUNS["J24 fig. 4e-h"].homeostasis, (0.0, 0.1)),
    ("J24 online", lambda: fields(PUBLISHED_RUNS["J24 table 1, continuous"].settings,
     "points", "nudged_steps", "turns"), (4, 60, 5)),
    ("H22 table 1", lambda: MNIST_ERRORS["clean_test"] + MNIST_ERRORS["clean_train"],
     (1.87, 2.24, 1.97, 2.05, 0.05, 0.19, 0.02, 0.11)),
    ("H22 table 1", lambda: MNIST_ERRORS["noisy_test"] + MNIST_ERRORS["noisy_train"],
     (88.65, 3.01, 1.96, 1.91, 88.76, 1.96, 0.14, 0.13)),
    ("H22 fig. 4c", lambda: [*CLIP_ERRORS.values()], [(14.57, 3.17), (6.45, 0.66), (4.30, 0.33)]),
    ("H22 table 2", lambda: PARITY["CIFAR-10"], (88.56, 0.18, 88.34, 0.12)),
    ("H22 table 2", lambda: PARITY["CIFAR-100"], (61.62, 0.10, 62.01, 0.46)),
    ("H22 table 2", lambda: PARITY["ImageNet 32"], (36.51, 0.27, 37.19, 0.38)),
    ("J24 table 2", lambda: [*CONVOLUTIONAL_ACCURACIES.values()],
     [(60.4, 35.2, None), (81.4, 51.1, None), (84.3, 53.8, 31.4), (87.8, None, None),
      (87.7, None, None), (88.6, 61.6, 36.5)]),
    ("toy network", lambda: [b.any() for b in (*TOY.network.biases, TOY.loss.biases)], [False] * 3),
    ("toy network", lambda: (TOY.network.sizes, TOY.targets.tolist()), ((4, 4), [[0, 0, 0, 1]])),
    ("H22 table 1", lambda: fields(H22.settings, *OPTIMISER), ("sgd", 0.05, 0.0, 20, 50)),
    ("H22 table 1", lambda: fields(H22.settings, "sizes", "free_steps", "nudged_steps"),
     ((256, 256), 200, 50)),
    ("H22 table 1", lambda: (H22.seeds, H22.task), ((0, 1, 2), "mnist")),
    ("H22 classic", lambda: fields(PUBLISHED_RUNS["H22 table 1, classic at 0.1, noise 0"].settings,
     "points", "radius", "free_steps", "nudged_steps"), (1, 0.1, 350, 350)),
    ("H22 continuous", lambda: fields(PUBLISHED_RUNS["H22 table 1, continuous, noise 0"].settings,
     "nudged_steps", "turns"), (30, 3)),
    # Self-supervised: section on the deep code
    ("DirectPred", lambda: fields(EncoderSetting(), "exponent", "averaging", "momentum"),
     (0.5, 0.99, 0.9)),
    ("weight decay", lambda: EncoderSetting().weight_decay, 1e-4),
    # Resistive memories: sections 2 and 3 [code]
    ("telegraph", lambda: fields(Device().telegraph, "rise", "fall"), (0.0008, 0.002)),
    ("noise", lambda: fields(Device(), "amplitude", "strength", "taps"), (0.5, 0.025, 15)),
    ("listed taps", lambda: LISTED_TAPS, 126),
    ("MNIST", lambda: fields(dense(scale="paper"), "hidden", "batch", "epochs", "learning_rate"),
     ((3000,), 1000, 20, 100.0)),
    ("MNIST", lambda: fields(dense(scale="paper"), "decay_every", "decay_factor"), (7, 0.5)),
    ("CIFAR-10", lambda: fields(convolutional(scale="paper"), "channels", "hidden"),
     ((384, 384, 768, 768, 1536, 512), (1024, 1024))),
    ("CIFAR-10", lambda: fields(convolutional(scale="paper"), "batch", "epochs", "learning_rate"),
     (500, 700, 100.0)),
    ("CIFAR-10", lambda: fields(convolutional(scale="paper"), "decay_every", "decay_factor"),
     (15, 50.0)),
    ("CIFAR-10 input", lambda: CHANNEL_MEAN, (0.4914, 0.4822, 0.4465)),
    ("pole", lambda: DeviceExperiment().largest, None),
    # Consolidation: section 4, tagging; the second model is recalled, k_p is UNKNOWN
    ("tagging", lambda: fields(MODEL, "early_time", "restoring", "ceiling"), (688.4, 0.1, 10.0)),
    ("tagging", lambda: fields(MODEL, "potentiation", "depression"), (1645.6, 313.1)),
    ("tagging", lambda: fields(MODEL, "tag_fraction", "protein_fraction"), (0.2, 0.5)),
    ("tagging", lambda: fields(MODEL, "protein_time", "late_time", "production"),
     (3600.0, 3600.0, 1.0)),
    ("tagging, h0", lambda: MODEL.rest, pytest.approx(4.2007, abs=5e-5)),
    ("TagTriC", lambda: fields(TRIGGER, "high_life", "low_life", "trigger"), (1.0, 1.5, 40.0)),
    ("TagTriC", lambda: fields(TRIGGER, "protein_time", "coupling"), (1.0, 0.1)),
    ("TagTriC", lambda: TRIGGER.consolidation_time * 60, pytest.approx(6)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "held", "stated"), ROWS, ids=[row[0] for row in ROWS])
def test_a_constant_is_that_of_its_facts_sheet(source, held, stated):
    assert held() == stated


def test_the_quadratic_ensemble_is_the_published_one():
    """Eigenvalues in [10.5, 29.5] and optima in [-4, 4], uniform."""
    task = QuadraticTask.random(400, 0)
    values = np.linalg.eigvalsh(task.hessian)
    assert 10.5 <= values[0] < 10.7 and 29.3 < values[-1] <= 29.5
    assert 3.9 < np.abs(task.optimum).max() <= 4


def test_defaults_of_methods_are_those_of_their_works():
    """Damping of path importance as published; the gated synapse has stand-ins of this suite."""
    assert protection.SynapticIntelligence(1.0).damping == 0.1
    assert fields(GatedSynapse(), "decay", "capture", "turnover") == (0.7, 2.0, 0.005)
