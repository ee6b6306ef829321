"""Settings of training runs, and every published one and number that the lessons use.

H22 is Laborieux and Zenke 2022 (NeurIPS 35, arXiv:2209.00530), J24 is Laborieux and Zenke 2024
(ICLR, arXiv:2309.02214). No number here is a result of this project; entries that are missing, None
or nan are UNKNOWN. Runs at full size take hours to days on two cores, so no lesson makes them; the
same code runs on any image task, for instance a tiny stand-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from theory import checks
from theory.data import ImageTask, load_images
from theory.door import door
from theory.ep.activations import find_activation
from theory.holo_ep.contour import Contour
from theory.holo_ep.networks import connections
from theory.holo_ep.vector_field import VectorField

BY_ERRORS = ("backpropagation", "derivative", "contour", "corrected", "online")
RULES = (*BY_ERRORS, "products", "continuous")


@door(
    optimizer="one of sgd, adam", momentum="in [0, 0.999]", damping="in (0, 1]", noise=">= 0",
    radius="> 0", learning_rate="> 0", tolerance="> 0", gain="> 0", points=">= 1", draws=">= 1",
    free_steps=">= 1", nudged_steps=">= 1", turns=">= 1", batch_size=">= 1", epochs=">= 1",
)  # fmt: skip
@dataclass(frozen=True)
class TrainingSettings:
    """Everything that a run depends on but its data, seed, angle and homeostatic coefficient.

    Attributes
    ----------
    rule : str
        By errors: "backpropagation" (recurrent), "derivative" (exact, by the nudge), "contour" (N
        points), "corrected" (N points in the field with the added term), "online" (running means
        under an endless oscillation). By products: "products" (N points; one is the classic rule)
        and "continuous" (a few turns from the zero state).
    points, radius : int, float
        Of the contour.
    towards : bool
        Whether its first point pulls towards the target (2022) or away from it (2024).
    drift : bool
        Let the free state of the rule "contour" drift as long as the nudged ones relax.
    sizes : tuple of int
        Units of the layers; a linear softmax read-out follows.
    gain : float
        Of the initial recurrent weights; of all weights for rules of products.
    optimizer : {"sgd", "adam"}
    rates : tuple of float
        Factors of the learning rate for weights of the input, between layers and of the read-out;
        biases have those of their layers. Of "sgd".
    momentum : float
        Of "sgd".
    free_steps, nudged_steps : int
        Most steps of the free relaxation, steps of each nudged one and of the error iterations.
    turns, skipped_turns : int
        Of the nudge for each update in continuous time, and how many of them are not averaged.
    damping, tolerance : float
        Share of a step, and the residual above which a sample counts as unsettled.
    noise : float
        Standard deviation on every preactivation in the nudged phases of rules of products. With
        it the network is carried over from one nudge to the next, and one point is read five times
        in each phase.
    draws : int
        Perturbations a sample for the homeostatic loss.
    """

    rule: str = "derivative"
    topology: str = "reciprocal"
    points: int = 2
    radius: float = 0.5
    towards: bool = False
    drift: bool = True
    sizes: tuple[int, ...] = (32, 32, 10)
    activation: str = "shifted_sigmoid"
    gain: float = 1.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    rates: tuple[float, float, float] = (1.0, 1.0, 1.0)
    momentum: float = 0.9
    free_steps: int = 100
    nudged_steps: int = 40
    turns: int = 4
    skipped_turns: int = 1
    damping: float = 0.5
    tolerance: float = 1e-3
    noise: float = 0.0
    batch_size: int = 50
    epochs: int = 20
    draws: int = 5

    def __post_init__(self):
        checks.one_of("rule", self.rule, RULES)
        connections(self.sizes, self.topology)
        for rate in self.rates:
            checks.nonnegative("rates", rate)
        if len(self.rates) != 3 or (self.optimizer == "adam" and set(self.rates) != {1.0}):
            raise ValueError(
                f"rates: {self.rates}; three factors are needed, for input, layers and read-out, "
                "and all of 1 with adam, which does not see them"
            )
        if self.rule in ("online", "continuous") and self.points < 2:
            raise ValueError("points: an oscillation needs at least two in a turn")
        smooth = find_activation(self.activation).smooth
        if self.points > 2 and not smooth:
            raise ValueError(
                f"activation: {self.activation!r} has kinks and takes two real nudges at most"
            )

    @property
    def contour(self) -> Contour:
        return Contour.circle(self.points, self.radius, turn=0.0 if self.towards else np.pi)

    @property
    def with_energy(self) -> bool:
        return self.rule in ("products", "continuous")


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """What was measured before training and after every epoch, (runs, epochs + 1) unless said.

    Attributes
    ----------
    test_error, train_error : ndarray
        Share of images misclassified, unsettled ones included; the latter nan for rules of errors.
    unsettled : ndarray
        Fraction of test images whose relaxation does not reach the tolerance.
    symmetry : ndarray
        Symmetry measure of dG/dr - 1, mean over samples where it depends on them.
    angle : ndarray
        Degrees between forward and backward weights, nan without reciprocity.
    alignment : ndarray, shape (runs, epochs + 1, layers)
        Mean cosine between the back-propagated and the nudged error over settled test images.
    unsettled_in_training : ndarray, shape (runs, epochs)
        Fraction of samples that did not settle in the free phases of an epoch.
    networks : VectorField
    """

    test_error: np.ndarray
    train_error: np.ndarray
    unsettled: np.ndarray
    symmetry: np.ndarray
    angle: np.ndarray
    alignment: np.ndarray
    unsettled_in_training: np.ndarray
    networks: VectorField


# H22 Fig. 4c: training error (%) and two deviations.
CLIP_ERRORS = {"hard clip, N = 2": (14.57, 3.17), "soft clip, N = 2": (6.45, 0.66),
               "soft clip, N = 4": (4.30, 0.33)}  # fmt: skip
# H22 Table 1: test and training error (%) on MNIST of the best epoch, mean over three seeds, for
# classic at 0.1 and 0.4, circle and continuous; without noise and with noise of 0.04.
MNIST_ERRORS = {
    "clean_test": (1.87, 2.24, 1.97, 2.05), "clean_train": (0.05, 0.19, 0.02, 0.11),
    "noisy_test": (88.65, 3.01, 1.96, 1.91), "noisy_train": (88.76, 1.96, 0.14, 0.13),
}  # fmt: skip
# H22 Table 2: top-1 accuracy (%) and deviation, equilibrium propagation, then back-propagation.
PARITY = {"CIFAR-10": (88.56, 0.18, 88.34, 0.12), "CIFAR-100": (61.62, 0.10, 62.01, 0.46),
          "ImageNet 32": (36.51, 0.27, 37.19, 0.38)}  # fmt: skip
# J24 Table 1, Fashion-MNIST, validation error (%), as two public reviews state it: by (points,
# radius), "derivative" and "online".
FASHION_ERRORS = {(1, 0.5): 38.4, (6, 0.5): 14.3, "derivative": 14.7, "online": 17.3}
# J24 Table 2: top-1 accuracies (%), mean over three seeds, on CIFAR-10, CIFAR-100 (from a review
# only) and ImageNet 32.
CONVOLUTIONAL_ACCURACIES = {
    "holomorphic EP, no homeostasis": (60.4, 35.2, None),
    "N = 2, homeostasis": (81.4, 51.1, None),
    "derivative, homeostasis": (84.3, 53.8, 31.4),
    "back-propagation, homeostasis": (87.8, None, None),
    "back-propagation, no homeostasis": (87.7, None, None),
    "symmetric weights, N = 2": (88.6, 61.6, 36.5),
}


@door(task="one of mnist, fashion_mnist")
@dataclass(frozen=True)
class PublishedRun:
    """One experiment.

    Attributes
    ----------
    settings : TrainingSettings
        Steps are undamped, as published; those of H22 are relaxed layers in turn here.
    task : str
    degrees : tuple of float
        Initial angles of forward and backward weights; all are run.
    homeostasis : tuple of float
        Coefficients; all are run.
    seeds : tuple of int
    """

    settings: TrainingSettings
    task: str = "fashion_mnist"
    degrees: tuple[float, ...] = (0.0,)
    homeostasis: tuple[float, ...] = (0.0,)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)


_J24 = TrainingSettings(
    sizes=(256, 256, 10), optimizer="sgd", learning_rate=0.01, momentum=0.9, batch_size=50,
    epochs=50, free_steps=150, nudged_steps=20, damping=1.0, draws=5, drift=False,
)  # fmt: skip
_H22 = TrainingSettings(
    rule="products", towards=True, sizes=(256, 256), optimizer="sgd", learning_rate=0.05,
    momentum=0.0, batch_size=20, epochs=50, points=10, radius=0.4, free_steps=200, nudged_steps=50,
)  # fmt: skip
_CLASSIC = replace(_H22, points=1, free_steps=350, nudged_steps=350)
ANGLES = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0)
_THREE = (0, 1, 2)
PUBLISHED_RUNS = {
    **{
        f"J24 table 1, N = {points}, radius {radius}": PublishedRun(
            replace(_J24, rule="contour", points=points, radius=radius)
        )
        for radius in (0.05, 0.5)
        for points in (1, 2, 4, 6)
    },
    "J24 table 1, derivative": PublishedRun(_J24),
    "J24 table 1, continuous": PublishedRun(
        replace(_J24, rule="online", points=4, nudged_steps=60, turns=5, skipped_turns=0)
    ),
    "J24 fig. 3, back-propagation": PublishedRun(
        replace(_J24, rule="backpropagation"), degrees=ANGLES, seeds=_THREE
    ),
    "J24 fig. 3, derivative": PublishedRun(_J24, degrees=ANGLES, seeds=_THREE),
    # The run script sets the weight decay of its AdamW to 0, which makes it Adam.
    "J24 fig. 4a-d": PublishedRun(
        replace(_J24, optimizer="adam", learning_rate=1e-4),
        degrees=(90.0,),
        homeostasis=(0.0, 1.0),
    ),
    "J24 fig. 4e-h": PublishedRun(
        replace(_J24, topology="loop"), degrees=(90.0,), homeostasis=(0.0, 0.1)
    ),
    **{
        f"H22 table 1, {name}, noise {noise:g}": PublishedRun(
            replace(settings, noise=noise), task="mnist", seeds=_THREE
        )
        for noise in (0.0, 0.04)
        for name, settings in {
            "classic at 0.1": replace(_CLASSIC, radius=0.1),
            "classic at 0.4": _CLASSIC,
            "circle": _H22,
            "continuous": replace(_H22, rule="continuous", nudged_steps=30, turns=3),
        }.items()
    },
}


@door(seeds="list")
def train_published(
    name: str, task: ImageTask | None = None, seeds: Sequence[int] | None = None, **changes
) -> dict[tuple[float, float], TrainingRun]:
    """Run one published experiment for every angle and coefficient.

    Parameters
    ----------
    name : str
        One of `PUBLISHED_RUNS`.
    task : ImageTask, optional
        By default the images of the paper at full size.
    seeds : sequence of int, optional
        By default the published number of them, all at once.
    **changes
        Fields of `TrainingSettings` to replace, for instance ``sizes`` and ``epochs`` for a trial.

    Returns
    -------
    dict
        (degrees, coefficient) -> TrainingRun.

    Raises
    ------
    theory.data.DataUnavailable
        Where the images are neither stored nor can be downloaded.
    """
    from theory.holo_ep.training import train  # it takes its settings from here

    run = PUBLISHED_RUNS[checks.one_of("name", name, tuple(PUBLISHED_RUNS))]
    settings = replace(run.settings, **changes)
    task = load_images(run.task, scale="paper") if task is None else task
    seeds = run.seeds if seeds is None else tuple(seeds)
    return {
        (angle, coefficient): train(settings, task, seeds, degrees=angle, homeostasis=coefficient)
        for angle in run.degrees
        for coefficient in run.homeostasis
    }
