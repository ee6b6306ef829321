r"""Training of classifiers by classic, holomorphic and continuous equilibrium propagation.

The rules are those of Table 1 of Laborieux and Zenke (2022). "classic" compares a free and one
nudged phase; "contour" sums N points on a circle of nudges; "continuous" lets the nudge turn a few
times without ever resting. With noise the network is carried over from one nudge to the next, and
"classic" averages five readings of each phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.ensemble import one_hot
from theory.holo_ep.classifiers import Classifiers
from theory.holo_ep.contour import contour_stencil, half_stencil

RULES = ("classic", "contour", "continuous")
READINGS = 5  # of each phase of the classic rule under noise


@dataclass(frozen=True)
class ContourSettings:
    """Everything that a training run depends on but its data and seeds.

    Attributes
    ----------
    rule : {"classic", "contour", "continuous"}
    points, radius : int, float
        Of the contour; the classic rule uses one point at the radius.
    sizes : tuple of int
        Input, layers, classes.
    scale : float
        Of the initial weights, in units of 1 / sqrt(fan-in).
    free_steps, nudged_steps : int
        Sweeps of the free phase and of every nudge.
    periods : int
        Of the continuous rule, for every update.
    noise : float
        Standard deviation on every preactivation.
    learning_rates : tuple of float
        One for every layer and one for the read-out; biases use their layer's.
    """

    rule: str = "contour"
    points: int = 10
    radius: float = 0.4
    sizes: tuple[int, ...] = (64, 32, 32, 10)
    activation: str = "shifted_sigmoid"
    scale: float = 0.5
    free_steps: int = 25
    nudged_steps: int = 8
    periods: int = 3
    noise: float = 0.0
    learning_rates: tuple[float, ...] = (0.1, 0.02, 0.1)
    batch_size: int = 32
    epochs: int = 15

    def __post_init__(self):
        checks.one_of("rule", self.rule, RULES)
        contour_stencil(self.points, self.radius)
        if self.rule == "classic" and self.points != 1:
            raise ValueError(f"points: the classic rule nudges once, not {self.points} times")
        if self.rule == "continuous" and self.points < 2:
            raise ValueError("points: an oscillation needs at least two in a period")
        for name in ("free_steps", "nudged_steps", "periods", "batch_size", "epochs"):
            checks.integer_at_least(name, getattr(self, name), 1)
        checks.nonnegative("noise", self.noise)
        checks.positive("scale", self.scale)
        if len(self.learning_rates) != len(self.sizes) - 1:
            raise ValueError(
                f"learning_rates: {len(self.learning_rates)} given for {len(self.sizes) - 1} layers"
            )
        for rate in self.learning_rates:
            checks.positive("learning_rates", rate)


@dataclass(frozen=True, eq=False)
class ContourRun:
    """Share of images misclassified after every epoch; the first entry is before training.

    Attributes
    ----------
    train_error, test_error : ndarray, shape (runs, epochs + 1)
    classifiers : Classifiers
    """

    train_error: np.ndarray
    test_error: np.ndarray
    classifiers: Classifiers


def estimated_gradient(
    classifiers: Classifiers, settings: ContourSettings, inputs, targets, rng
) -> list[np.ndarray]:
    """Return the estimate of the gradient of the mean loss, in the order of `parameters`.

    Parameters
    ----------
    inputs, targets : ndarray of float32, shapes (runs, batch, inputs), (runs, batch, classes)
    rng : Generator
        Of the noise.
    """
    if settings.rule == "continuous":
        total = _continuous(classifiers, settings, inputs, targets, rng)
    elif settings.noise:
        total = _carried_over(classifiers, settings, inputs, targets, rng)
    else:
        total = _restarted(classifiers, settings, inputs, targets)
    layers, batch = len(classifiers.weights) - 1, inputs.shape[1]
    inner, outer = total
    ordered = [*inner[:layers], outer[0], *inner[layers:], outer[1]]
    return [np.real(g).astype(np.float32) / np.float32(batch) for g in ordered]


def _restarted(classifiers, settings, inputs, targets):
    """Every nudge is relaxed from the free state; half of the circle, all its points at once."""
    free = classifiers.relax(inputs, settings.free_steps)
    nodes, weights = half_stencil(contour_stencil(settings.points, settings.radius))
    inner = [0.0] * len(classifiers.products(free, inputs))
    at_rest = nodes == 0
    if at_rest.any():
        weight = np.float32(weights[at_rest][0].real)
        inner = [-weight * p for p in classifiers.products(free, inputs)]
        nodes, weights = nodes[~at_rest], weights[~at_rest]
    if settings.points <= 2:
        nodes, weights = nodes.real.astype(np.float32), weights.real.astype(np.float32)
    else:
        nodes, weights = nodes.astype(np.complex64), weights.astype(np.complex64)
    count, batch = len(nodes), inputs.shape[1]
    rows = np.tile(inputs, (1, count, 1))
    wanted = np.tile(targets, (1, count, 1))
    states = classifiers.relax(
        rows, settings.nudged_steps, states=[np.tile(s, (1, count, 1)) for s in free],
        targets=wanted, nudge=np.repeat(nodes, batch)[:, None],
    )  # fmt: skip
    factor = np.repeat(weights, batch)[:, None]
    # The weight of a point multiplies one factor of every product, and the sum over rows does all.
    layers = [rows, *states]
    products = [np.swapaxes(factor * upper, 1, 2) @ lower for lower, upper in pairwise(layers)]
    products += [(factor * layer).sum(axis=1) for layer in states]
    outer = classifiers.readout_slope(states, wanted, factor * np.repeat(nodes, batch)[:, None])
    return [a - p for a, p in zip(inner, products, strict=True)], outer


def _carried_over(classifiers, settings, inputs, targets, rng):
    """Noisy phases one after the other, from a noiseless free state; all points of the circle."""
    stencil = contour_stencil(settings.points, settings.radius)
    readings = READINGS if settings.points == 1 else 1
    states = classifiers.relax(inputs, settings.free_steps)
    real = settings.points <= 2
    inner = outer = None
    order = sorted(zip(stencil.nodes, stencil.weights, strict=True), key=lambda p: abs(p[0]))
    for node, weight in order:
        node, weight = (np.real(node), np.real(weight)) if real else (node, weight)
        for _ in range(readings):
            states = classifiers.relax(
                inputs, settings.nudged_steps, states=states, targets=targets, nudge=node,
                noise=settings.noise, rng=rng,
            )  # fmt: skip
            inner = _add(inner, classifiers.products(states, inputs), -weight / readings)
            slope = classifiers.readout_slope(states, targets)
            outer = _add(outer, slope, weight * node / readings)
    return inner, outer


def _continuous(classifiers, settings, inputs, targets, rng):
    """An oscillating teacher from the zero state, with no free phase."""
    points, states, inner, outer = settings.points, None, None, None
    for k in range(settings.periods * points):
        nudge = settings.radius * np.exp(2j * np.pi * (k % points) / points)
        states = classifiers.relax(
            inputs, settings.nudged_steps, states=states, targets=targets, nudge=nudge,
            noise=settings.noise, rng=rng,
        )  # fmt: skip
        share = 1 / (settings.periods * points)
        inner = _add(inner, classifiers.products(states, inputs), -share / nudge)
        outer = _add(outer, classifiers.readout_slope(states, targets), share)
    return inner, outer


def _add(total, terms, weight):
    terms = [np.real(np.multiply(weight, term)) for term in terms]
    return terms if total is None else [a + b for a, b in zip(total, terms, strict=True)]


def train_classifiers(
    settings: ContourSettings,
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    seeds: tuple[int, ...],
) -> ContourRun:
    """Train one classifier a seed, all at once, by plain stochastic gradient descent.

    Parameters
    ----------
    images, test_images : ndarray, shape (images, pixels)
    labels, test_labels : ndarray of int, shape (images,)
    seeds : tuple of int
        Of the initial weights and the order of the images.
    """
    classifiers = Classifiers.random(settings.sizes, settings.activation, seeds, settings.scale)
    images = np.asarray(images, np.float32)
    targets = one_hot(labels, settings.sizes[-1])
    generators = [np.random.default_rng([seed, 1]) for seed in seeds]
    noise = np.random.default_rng([*seeds, 2])

    def errors():
        train = classifiers.predict(images, settings.free_steps) != labels
        test = classifiers.predict(test_images, settings.free_steps) != test_labels
        return train.mean(axis=1), test.mean(axis=1)

    history, rates = [errors()], np.float32(settings.learning_rates)
    for _ in range(settings.epochs):
        orders = np.stack([rng.permutation(len(images)) for rng in generators])
        for start in range(0, len(images) - settings.batch_size + 1, settings.batch_size):
            chosen = orders[:, start : start + settings.batch_size]
            gradient = estimated_gradient(
                classifiers, settings, images[chosen], targets[chosen], noise
            )
            for k, (p, g) in enumerate(zip(classifiers.parameters, gradient, strict=True)):
                p -= rates[k % len(rates)] * g
        history.append(errors())
    train, test = (np.stack(one, axis=1) for one in zip(*history, strict=True))
    return ContourRun(train, test, classifiers)
