"""Settings of a training run, and what is measured in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.holo_ep.activations import activation_of
from theory.holo_ep.contour import Contour
from theory.holo_ep.networks import connections
from theory.holo_ep.vector_field import VectorField

BY_ERRORS = ("backpropagation", "derivative", "contour", "corrected", "online")
RULES = (*BY_ERRORS, "products", "continuous")
OPTIMIZERS = ("sgd", "adam")


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
        checks.one_of("optimizer", self.optimizer, OPTIMIZERS)
        connections(self.sizes, self.topology)
        for name in ("radius", "learning_rate", "tolerance", "gain"):
            checks.positive(name, getattr(self, name))
        for rate in self.rates:
            checks.nonnegative("rates", rate)
        if len(self.rates) != 3 or (self.optimizer == "adam" and set(self.rates) != {1.0}):
            raise ValueError(
                f"rates: {self.rates}; three factors are needed, for input, layers and read-out, "
                "and all of 1 with adam, which does not see them"
            )
        checks.in_range("momentum", self.momentum, 0, 0.999)
        checks.in_range("damping", self.damping, 0, 1, closed=(False, True))
        checks.nonnegative("noise", self.noise)
        for name in ("points", "free_steps", "nudged_steps", "turns", "batch_size", "epochs"):
            checks.integer_at_least(name, getattr(self, name), 1)
        checks.integer_at_least("draws", self.draws, 1)
        if self.rule in ("online", "continuous") and self.points < 2:
            raise ValueError("points: an oscillation needs at least two in a turn")
        if self.points > 2 and not activation_of(self.activation).smooth:
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
