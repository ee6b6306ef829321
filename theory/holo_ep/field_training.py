r"""Training of vector-field networks by any error vector, with and without homeostasis.

Laptop-size counterpart of the experiments of Laborieux and Zenke (2024): the same read-out, error
vectors and homeostatic loss; damped relaxation, a smaller network, and the fraction of samples that
did not settle always measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ep.ensemble import one_hot
from theory.holo_ep.asymmetry import cosine
from theory.holo_ep.error_vectors import contour_errors, iterated_errors, online_errors
from theory.holo_ep.field_networks import TOPOLOGIES, FieldNetworks
from theory.holo_ep.field_relaxation import relax
from theory.holo_ep.symmetry import symmetry_measure
from theory.holo_ep.vector_field import VectorField
from theory.mlp import SGD, Adam

RULES = ("backpropagation", "derivative", "contour", "online")
OPTIMIZERS = ("sgd", "adam")
PROBED_JACOBIANS = 5  # samples, where Jacobians differ from one to the other
SETTLING = 2  # how many times more steps a state may take to settle when it is measured


@dataclass(frozen=True)
class FieldSettings:
    """Everything that a run depends on but its data, seed, angle and homeostatic coefficient.

    Attributes
    ----------
    rule : {"backpropagation", "derivative", "contour", "online"}
        Which error trains the network: recurrent back-propagation, the exact derivative by the
        nudge, N points on a circle, or running means under an endless oscillation.
    points, radius : int, float
        Of the circle.
    sizes : tuple of int
        Units of the layers; a linear softmax read-out follows.
    optimizer : {"sgd", "adam"}
    momentum : float
        Of "sgd".
    free_steps, nudged_steps : int
        Most steps of the free relaxation, steps of each nudged one and of the error iterations.
    turns, skipped_turns : int
        Of the nudge, for each update of the rule "online", and how many of them are not averaged.
    damping, tolerance : float
        Share of a step, and the residual above which a sample counts as unsettled.
    draws : int
        Perturbations a sample for the homeostatic loss.
    """

    rule: str = "derivative"
    topology: str = "reciprocal"
    points: int = 2
    radius: float = 0.5
    sizes: tuple[int, ...] = (32, 32, 10)
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    free_steps: int = 100
    nudged_steps: int = 40
    turns: int = 4
    skipped_turns: int = 1
    damping: float = 0.5
    tolerance: float = 1e-3
    batch_size: int = 50
    epochs: int = 20
    draws: int = 5

    def __post_init__(self):
        checks.one_of("rule", self.rule, RULES)
        checks.one_of("topology", self.topology, TOPOLOGIES)
        checks.one_of("optimizer", self.optimizer, OPTIMIZERS)
        for name in ("radius", "learning_rate", "tolerance"):
            checks.positive(name, getattr(self, name))
        checks.in_range("momentum", self.momentum, 0, 0.999)
        checks.in_range("damping", self.damping, 0, 1, closed=(False, True))
        for name in ("points", "free_steps", "nudged_steps", "turns", "batch_size", "epochs"):
            checks.integer_at_least(name, getattr(self, name), 1)
        checks.integer_at_least("draws", self.draws, 1)


@dataclass(frozen=True, eq=False)
class FieldRun:
    """What was measured before training and after every epoch, (runs, epochs + 1) unless said.

    Attributes
    ----------
    test_error : ndarray
        Share of test images misclassified, unsettled ones included.
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
    unsettled: np.ndarray
    symmetry: np.ndarray
    angle: np.ndarray
    alignment: np.ndarray
    unsettled_in_training: np.ndarray
    networks: VectorField


def train_fields(
    settings: FieldSettings,
    task,
    seeds: Sequence[int],
    *,
    degrees: Sequence[float] | float = 90.0,
    homeostasis: Sequence[float] | float = 0.0,
) -> FieldRun:
    """Train one network a seed, all at once.

    Parameters
    ----------
    settings : FieldSettings
    task : theory.data.ImageTask
    seeds : sequence of int
        Of the initial weights, the order of the images and the perturbations.
    degrees : float or one a seed
        Initial angle of forward and backward weights.
    homeostasis : float or one a seed
        Coefficient of the homeostatic loss over the number of units.
    """
    runs = len(seeds)
    degrees, homeostasis = np.broadcast_to(degrees, runs), np.broadcast_to(homeostasis, runs)
    if np.any(homeostasis < 0):
        raise ValueError(f"homeostasis: a coefficient is below zero, {homeostasis.min():g}")
    rngs = [np.random.default_rng(seed) for seed in seeds]
    classes = int(task.train_labels.max()) + 1
    parts = [
        FieldNetworks.random(
            task.train_images.shape[1], settings.sizes, settings.topology, [rng],
            degrees=angle, classes=classes,
        )
        for rng, angle in zip(rngs, degrees, strict=True)
    ]  # fmt: skip
    networks = FieldNetworks(
        *(np.concatenate(same) for same in zip(*(p.parameters for p in parts), strict=True)),
        parts[0].sizes, settings.topology, parts[0].activation,
    )  # fmt: skip
    return train_networks(networks, settings, task, rngs, homeostasis)


def train_networks(
    networks: VectorField, settings: FieldSettings, task, rngs, homeostasis
) -> FieldRun:
    """Train given networks in place, one generator and homeostatic coefficient each."""
    classes, coefficients = networks.readout.shape[1], np.asarray(homeostasis, np.float32)
    images, targets = np.asarray(task.train_images, np.float32), one_hot(task.train_labels, classes)
    optimizer = (
        Adam(networks.parameters, settings.learning_rate)
        if settings.optimizer == "adam"
        else SGD(networks.parameters, settings.learning_rate, momentum=settings.momentum)
    )
    history, left_over = [measure(networks, settings, task)], []
    for _ in range(settings.epochs):
        orders = np.stack([rng.permutation(len(images)) for rng in rngs])
        unsettled = []
        for start in range(0, len(images) - settings.batch_size + 1, settings.batch_size):
            chosen = orders[:, start : start + settings.batch_size]
            gradient, activities, lost = task_gradient(
                networks, settings, images[chosen], targets[chosen]
            )
            unsettled.append(lost)
            if coefficients.any():
                pulls = networks.homeostatic_gradient(activities, settings.draws, rngs)
                share = coefficients / activities.shape[-1]  # over n, as in the released code
                for g, pull in zip(gradient, pulls, strict=True):
                    g += pull * share.reshape(-1, *(1,) * (pull.ndim - 1))
            optimizer.step(gradient)
        left_over.append(np.mean(unsettled, axis=0))
        history.append(measure(networks, settings, task))
    measured = [np.stack(one, axis=1) for one in zip(*history, strict=True)]
    return FieldRun(*measured, np.stack(left_over, axis=1), networks)


def task_gradient(networks, settings, inputs, targets) -> tuple:
    """Return the estimated gradient of the loss, activities, and the unsettled fraction."""
    if settings.rule == "online":
        mean, errors = online_errors(
            networks, inputs, targets, settings.points, settings.radius, settings.nudged_steps,
            settings.turns, skipped=settings.skipped_turns, damping=settings.damping,
        )  # fmt: skip
        # There is no free phase: the field is evaluated at the averaged state, as in the paper.
        activities = networks.activity(mean)
        residual = relax(networks, inputs, 1, initial=mean, damping=settings.damping).residual
        lost = np.mean(~(residual <= settings.tolerance), axis=1)
        gradient = networks.parameter_gradient(activities, errors, inputs, targets)
        return gradient, activities, lost
    free = relax(
        networks, inputs, settings.free_steps, damping=settings.damping,
        tolerance=settings.tolerance / 10,
    )  # fmt: skip
    if settings.rule == "contour":
        errors = contour_errors(
            networks, inputs, targets, free, settings.points, settings.radius,
            settings.nudged_steps, damping=settings.damping,
        )  # fmt: skip
    else:
        kind = "backpropagated" if settings.rule == "backpropagation" else "nudged"
        errors = iterated_errors(
            networks, free.states, targets, kind, settings.nudged_steps, settings.damping
        )
    gradient = networks.parameter_gradient(free.activities, errors, inputs, targets)
    return gradient, free.activities, free.unsettled(settings.tolerance)


def measure(networks: VectorField, settings: FieldSettings, task, probed: int = 50) -> tuple:
    """Return test error, unsettled fraction, symmetry, angle and alignment of the error vectors."""
    images = np.asarray(task.test_images, np.float32)[None]
    free = relax(
        networks, images, SETTLING * settings.free_steps, damping=settings.damping,
        tolerance=settings.tolerance / 10,
    )  # fmt: skip
    chosen = networks.probabilities(free.activities).argmax(axis=2)
    error = np.mean(chosen != task.test_labels, axis=1)
    seen = slice(0, probed)
    targets = np.eye(networks.readout.shape[1], dtype=np.float32)[task.test_labels[seen]][None]
    exact, nudged = (
        iterated_errors(networks, free.states[:, seen], targets, kind, 4 * settings.nudged_steps)
        for kind in ("backpropagated", "nudged")
    )
    settled = free.residual[:, seen] <= settings.tolerance
    alignment = []
    for part in networks.slices:
        with np.errstate(invalid="ignore", divide="ignore"):
            each = cosine(exact[..., part].astype(float), nudged[..., part].astype(float))
        usable = settled & np.isfinite(each)
        counted = np.maximum(usable.sum(axis=1), 1)
        alignment.append(np.where(usable, each, 0).sum(axis=1) / counted)
    return (
        error,
        free.unsettled(settings.tolerance),
        symmetry_measure(networks.jacobian(free.activities[:, :PROBED_JACOBIANS])).mean(axis=1),
        networks.angle(),
        np.stack(alignment, axis=1),
    )
