r"""Training of networks by any rule, with and without homeostasis: one trainer, rules as functions.

Rules of *errors* (Laborieux and Zenke 2024) work for any wiring: an error vector at the free
equilibrium makes the gradient. Rules of *products* (2022) work for networks with an energy: the
slopes of the nudged energy are averaged over a contour. Laptop-size counterparts of both papers'
experiments; relaxation of the first kind is damped, and the fraction of samples that did not
settle is always measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory.door import door
from theory.ep.descent import fitting_batch
from theory.ep.ensemble import one_hot
from theory.holo_ep.dynamics import READINGS
from theory.holo_ep.homeostasis import symmetry_measure
from theory.holo_ep.networks import FieldNetworks, generators
from theory.holo_ep.pooling import PoolingNetworks
from theory.holo_ep.published import TrainingRun, TrainingSettings
from theory.holo_ep.relaxation import (
    contour_errors,
    iterated_errors,
    online_errors,
    relax,
    relax_in_parts,
    relax_in_turn,
    relax_together,
)
from theory.holo_ep.vector_field import VectorField
from theory.mlp import SGD, Adam

PROBED = 50  # test images whose errors are compared
PROBED_JACOBIANS = 5  # samples, where Jacobians differ from one to the other
SETTLING = 2  # how many times more steps a state may take to settle when it is measured


@door(seeds=">= 0", task="has train_images")
def train(
    settings: TrainingSettings,
    task,
    seeds: Sequence[int],
    *,
    degrees: Sequence[float] | float = 90.0,
    homeostasis: Sequence[float] | float = 0.0,
) -> TrainingRun:
    """Train one dense network a seed, all at once.

    Parameters
    ----------
    settings : TrainingSettings
    task : theory.data.ImageTask
    seeds : sequence of int
        Of the initial weights, the order of the images and the perturbations.
    degrees : float or one a seed
        Initial angle of forward and backward weights, drawn by the released rule.
    homeostasis : float or one a seed
        Coefficient of the homeostatic loss over the number of units.
    """
    rngs, homeostasis = _generators(seeds, homeostasis)
    pixels, classes = task.train_images.shape[1], int(task.train_labels.max()) + 1
    sizes, kind, gain = settings.sizes, settings.activation, settings.gain
    if settings.with_energy:
        networks = FieldNetworks.symmetric(
            pixels, sizes, rngs, scale=gain, classes=classes, activation=kind
        )
    else:
        networks = FieldNetworks.random(
            pixels, sizes, settings.topology, rngs, degrees=degrees, gain=gain, classes=classes,
            activation=kind,
        )  # fmt: skip
    return train_networks(networks, settings, task, rngs, homeostasis)


@door(seeds=">= 0", task="has train_images", channels="counts")
def train_pooling(
    settings: TrainingSettings,
    task,
    seeds: Sequence[int],
    *,
    channels: Sequence[int] = (6, 12),
    degrees: float = 0.0,
    homeostasis: Sequence[float] | float = 0.0,
    input_gain: float = 4.0,
    tied: bool = False,
) -> TrainingRun:
    """Train one soft-pooling network a seed on square images, all at once.

    Parameters
    ----------
    settings : TrainingSettings
        Its sizes, topology and activation do not matter here.
    task : theory.data.ImageTask
    channels : sequence of int
        Of the convolutional layers.
    degrees : float
        Initial angle of forward and backward kernels.
    input_gain : float
        Of the initial kernels of the input; currents shared in a pool would drown smaller ones.
    tied : bool
        Keep the kernels of both ways equal, as with an energy.
    """
    rngs, homeostasis = _generators(seeds, homeostasis)
    networks = PoolingNetworks.random(
        channels, rngs, degrees=degrees, classes=int(task.train_labels.max()) + 1,
        side=round(np.sqrt(task.train_images.shape[1])), gain=settings.gain, tied=tied,
    )  # fmt: skip
    networks.forward[0] *= np.float32(input_gain / settings.gain)
    return train_networks(networks, settings, task, rngs, homeostasis)


def _generators(seeds, homeostasis):
    rngs = generators("seeds", seeds)
    homeostasis = np.broadcast_to(homeostasis, len(seeds)).astype(np.float32)
    if np.any(homeostasis < 0):
        raise ValueError(f"homeostasis: a coefficient is below zero, {homeostasis.min():g}")
    return rngs, homeostasis


def train_networks(
    networks: VectorField, settings: TrainingSettings, task, rngs, homeostasis
) -> TrainingRun:
    """Train given networks in place, one generator and homeostatic coefficient each."""
    classes, coefficients = networks.readout.shape[1], np.asarray(homeostasis, np.float32)
    images, targets = np.asarray(task.train_images, np.float32), one_hot(task.train_labels, classes)
    fitting_batch(settings.batch_size, len(images))
    optimizer = (
        Adam(networks.parameters, settings.learning_rate)
        if settings.optimizer == "adam"
        else SGD(networks.parameters, settings.learning_rate, momentum=settings.momentum)
    )
    history, left_over = [measure(networks, settings, task)], []
    factors, noise = _factors(networks, settings), rngs[0].spawn(1)[0]
    for _ in range(settings.epochs):
        orders = np.stack([rng.permutation(len(images)) for rng in rngs])
        unsettled = []
        for start in range(0, len(images) - settings.batch_size + 1, settings.batch_size):
            chosen = orders[:, start : start + settings.batch_size]
            gradient, activities, lost = RULES[settings.rule](
                networks, settings, images[chosen], targets[chosen], noise
            )
            unsettled.append(lost)
            if coefficients.any():
                pulls = networks.homeostatic_gradient(activities, settings.draws, rngs)
                share = coefficients / activities.shape[-1]  # over n, as in the released code
                for g, pull in zip(gradient, pulls, strict=True):
                    g += pull * share.reshape(-1, *(1,) * (pull.ndim - 1))
            if factors is not None:
                gradient = [f * g for f, g in zip(factors, gradient, strict=True)]
            optimizer.step(gradient)
        left_over.append(np.mean(unsettled, axis=0))
        history.append(measure(networks, settings, task))
    error, train_error, lost, symmetry, angle, alignment = (
        np.stack(one, axis=1) for one in zip(*history, strict=True)
    )
    left = np.stack(left_over, axis=1)
    return TrainingRun(error, train_error, lost, symmetry, angle, alignment, left, networks)


def _factors(networks, settings):
    """Return what multiplies the gradient of every parameter of dense networks, or None."""
    if set(settings.rates) == {1.0}:
        return None
    inward, layers, readout = np.float32(settings.rates)
    biases = np.full(networks.slices[-1].stop, layers)
    biases[networks.slices[0]] = inward
    return [layers, inward, biases, readout, readout]


def _settle(networks, settings, inputs):
    return relax(networks, inputs, settings.free_steps, damping=settings.damping,
                 tolerance=settings.tolerance / 10)  # fmt: skip


def _by_errors(find, **options):
    """Return the rule that makes a gradient of the errors that `find` sees at the free state."""

    def rule(networks, settings, inputs, targets, rng):
        free = _settle(networks, settings, inputs)
        errors = find(networks, settings, inputs, targets, free, **options)
        gradient = networks.parameter_gradient(free.activities, errors, inputs, targets)
        return gradient, free.activities, free.unsettled(settings.tolerance)

    return rule


def _iterated(networks, settings, inputs, targets, free, kind):
    steps, damping = settings.nudged_steps, settings.damping
    return iterated_errors(networks, free, targets, kind, steps, damping)


def _contour(networks, settings, inputs, targets, free, corrected):
    return contour_errors(
        networks, inputs, targets, free, settings.contour, settings.nudged_steps,
        damping=settings.damping, drift=settings.drift, corrected=corrected,
    )  # fmt: skip


def _online(networks, settings, inputs, targets, rng):
    mean, errors = online_errors(
        networks, inputs, targets, settings.contour, settings.nudged_steps, settings.turns,
        skipped=settings.skipped_turns, damping=settings.damping,
    )  # fmt: skip
    # There is no free phase: the field is evaluated at the averaged state, as in the paper.
    activities = networks.activity(mean)
    residual = relax(networks, inputs, 1, initial=mean, damping=settings.damping).residual
    lost = np.mean(~(residual <= settings.tolerance), axis=1)
    return networks.parameter_gradient(activities, errors, inputs, targets), activities, lost


def _energy_slopes(networks, states, nodes, weights, inputs, targets):
    """Return the weighted sum of the nudged energy's slopes; states of all nodes in one batch."""
    kind, batch = np.complex64 if np.iscomplexobj(states) else np.float32, inputs.shape[1]
    nudges, factors = (np.repeat(a, batch)[:, None].astype(kind) for a in (nodes, weights))
    inputs, targets = (np.tile(array, (1, len(nodes), 1)) for array in (inputs, targets))
    activities = networks.activity(states)
    slopes = networks.field_gradient(activities, -factors * activities, inputs)
    slopes += networks.readout_gradient(activities, targets, factors * nudges)
    return [len(nodes) * s.real.astype(np.float32) for s in slopes]


def _products(networks, settings, inputs, targets, rng):
    """All nudges from the free state; with noise one after the other, each from the last."""
    free, contour = _settle(networks, settings, inputs), settings.contour
    steps, readings = settings.nudged_steps, READINGS if settings.points == 1 else 1
    if settings.noise:
        order = np.argsort([abs(node) for node in contour.nodes], kind="stable").repeat(readings)
        nodes, weights = contour.nodes[order], contour.weights[order] / readings
        if contour.real:
            nodes, weights = nodes.real, weights.real
        found = relax_in_turn(networks, inputs, steps, nodes, targets, initial=free.states,
                              noise=settings.noise, rng=rng)  # fmt: skip
        states = np.concatenate([*found], axis=1)
    else:
        nodes, weights = contour.half()
        nudges = nodes.astype(np.complex64 if np.iscomplexobj(nodes) else np.float32)
        states = relax_together(networks, inputs, steps, nudges, targets, free.states).states
    slopes = _energy_slopes(networks, states, nodes, weights, inputs, targets)
    return slopes, free.activities, free.unsettled(settings.tolerance)


def _continuous(networks, settings, inputs, targets, rng):
    """A few turns of the teacher from a state of zero, all of them averaged."""
    turns, contour = settings.turns, settings.contour
    nodes, weights = np.tile(contour.nodes, turns), np.tile(contour.weights / turns, turns)
    states = [*relax_in_turn(networks, inputs, settings.nudged_steps, nodes, targets,
                             noise=settings.noise, rng=rng)]  # fmt: skip
    slopes = _energy_slopes(
        networks, np.concatenate(states, axis=1), nodes, weights, inputs, targets
    )
    return slopes, networks.activity(states[-1]).real, np.zeros(len(networks.readout))


RULES = {
    "backpropagation": _by_errors(_iterated, kind="backpropagated"),
    "derivative": _by_errors(_iterated, kind="nudged"),
    "contour": _by_errors(_contour, corrected=False),
    "corrected": _by_errors(_contour, corrected=True),
    "online": _online,
    "products": _products,
    "continuous": _continuous,
}


def measure(networks: VectorField, settings: TrainingSettings, task) -> tuple:
    """Return what a `TrainingRun` lists, but for what is counted in training."""
    free, error = _classified(networks, settings, task.test_images, task.test_labels)
    symmetry = symmetry_measure(networks.jacobian(free.activities[:, :PROBED_JACOBIANS]))
    if settings.with_energy:
        train_error = _classified(networks, settings, task.train_images, task.train_labels)[1]
        alignment = np.ones((len(error), len(networks.slices)))
    else:
        train_error = np.full(len(error), np.nan)
        alignment = aligned(networks, settings, free, task.test_labels)
    lost = free.unsettled(settings.tolerance)
    return error, train_error, lost, symmetry.mean(axis=1), networks.angle(), alignment


def _classified(networks, settings, images, labels):
    """Return free states of images and the share that is misclassified, for each run."""
    free = relax_in_parts(
        networks, np.asarray(images, np.float32)[None], SETTLING * settings.free_steps,
        damping=settings.damping, tolerance=settings.tolerance / 10,
    )  # fmt: skip
    chosen = networks.probabilities(free.activities[..., networks.slices[-1]]).argmax(axis=2)
    return free, np.mean(chosen != labels, axis=1)


def aligned(networks, settings, free, labels) -> np.ndarray:
    """Return the mean cosine of both errors over settled samples, shape (runs, layers).

    Samples in which an error is zero do not count; a layer without any counts as 0.
    """
    seen = slice(0, PROBED)
    targets = np.eye(networks.readout.shape[1], dtype=np.float32)[labels[seen]][None]
    exact, nudged = (
        iterated_errors(networks, free.states[:, seen], targets, kind, 4 * settings.nudged_steps)
        for kind in ("backpropagated", "nudged")
    )
    settled, means = free.residual[:, seen] <= settings.tolerance, []
    for part in networks.slices:
        x, y = exact[..., part].astype(float), nudged[..., part].astype(float)
        lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
        usable = settled & (lengths > 0) & np.isfinite(lengths)
        products = np.sum(x * y, axis=-1)
        each = np.divide(products, lengths, out=np.zeros_like(products), where=usable)
        means.append(each.sum(axis=1) / np.maximum(usable.sum(axis=1), 1))
    return np.stack(means, axis=1)
