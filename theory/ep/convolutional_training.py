"""Estimates, back-propagation and training of convolutional networks."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.activations import find_activation
from theory.ep.convolution import (
    ConvolutionalNetwork,
    convolve,
    patches,
    transposed_convolve,
    unpool,
)
from theory.ep.ensemble import one_hot


def running_estimates(
    network: ConvolutionalNetwork, images, targets, nudging_strength: float, steps: int, free
) -> list[list[np.ndarray]]:
    """Return the one-sided estimates after 0 ... `steps` nudged steps, signs of the gradient."""
    start = network.products(images, free)
    path = network.relax(
        images, steps, states=free, targets=targets, nudging_strength=nudging_strength, path=True
    )
    return [
        [
            (a - b) / nudging_strength
            for a, b in zip(start, network.products(images, s), strict=True)
        ]
        for s in path
    ]


def backpropagated_estimates(
    network: ConvolutionalNetwork, images, targets, steps: int, free
) -> list[list[np.ndarray]]:
    """Return the gradient through the last 0 ... `steps` steps at a free equilibrium.

    Each step back takes the error through the same maxima as the network's own signals: kernels are
    used upward by pooling and downward by un-pooling.
    """
    a, b, c = find_activation(network.activation).riccati
    _, places = network.forces(network.ground(images), free)
    slopes = [a + b * s + c * s * s for s in free]
    errors = [np.zeros_like(s) for s in free]
    errors[-1] = free[-1] - targets
    total = [np.zeros_like(p) for p in network.parameters]
    passed = [total]
    for _ in range(checks.integer_at_least("steps", steps, 0)):
        deltas = [e * slope for e, slope in zip(errors, slopes, strict=True)]
        part = _both_uses(network, images, free, deltas, places)
        total = [t + p for t, p in zip(total, part, strict=True)]
        passed.append(total)
        errors = _one_step_back(network, deltas, places)
    return passed


def _both_uses(network, images, states, deltas, places):
    """Return what errors at the preactivations give for every parameter."""
    below, errors_below = [images, *states], [None, *deltas]
    batch, kernels, biases = len(images), [], []
    for n, kernel in enumerate(network.kernels):
        sent = unpool(deltas[n], places[n]).transpose(0, 2, 3, 1).reshape(-1, len(kernel))
        gradient = sent.T @ patches(below[n], network.padding[n]).reshape(len(sent), -1)
        if n > 0:
            state = unpool(states[n], places[n]).transpose(0, 2, 3, 1).reshape(-1, len(kernel))
            gradient = gradient + state.T @ patches(errors_below[n], network.padding[n]).reshape(
                len(state), -1
            )
        kernels.append(gradient.reshape(kernel.shape) / batch)
        biases.append(sent.sum(axis=0) / batch)
    top, error = states[-2].reshape(batch, -1), deltas[-2].reshape(batch, -1)
    dense = (deltas[-1].T @ top + states[-1].T @ error) / batch
    return [*kernels, *biases, dense, deltas[-1].mean(axis=0)]


def _one_step_back(network, deltas, places):
    """Return the errors of the states from those of the preactivations that they feed."""
    errors = [np.zeros_like(d) for d in deltas]
    for n in range(1, len(network.kernels)):
        errors[n - 1] = errors[n - 1] + transposed_convolve(
            unpool(deltas[n], places[n]), network.kernels[n], network.padding[n]
        )
        # Downward signals pass the same maxima, so their transpose gathers at these places.
        spread = convolve(deltas[n - 1], network.kernels[n], network.padding[n])
        errors[n] = errors[n] + _gather(spread, places[n])
    shape = deltas[-2].shape
    errors[-2] = errors[-2] + (deltas[-1] @ network.dense).reshape(shape)
    errors[-1] = deltas[-2].reshape(len(deltas[-2]), -1) @ network.dense.T
    return errors


def _gather(images, where):
    """Return the pixels at the places of earlier maxima."""
    batch, channels, rows, columns = images.shape
    blocks = images.reshape(batch, channels, rows // 2, 2, columns // 2, 2)
    blocks = blocks.transpose(0, 1, 2, 4, 3, 5).reshape(batch, channels, rows // 2, columns // 2, 4)
    return np.take_along_axis(blocks, where[..., None], axis=-1)[..., 0]


def nudged_gradient(
    network: ConvolutionalNetwork, images, targets, nudges: tuple[float, float], steps
) -> list[np.ndarray]:
    """Return the estimate from two phases with the given nudges, 0 being the free state.

    (b, -b) is the symmetric, (b, 0) the one-sided estimate; `steps` of the free and nudged phases.
    """
    free = network.relax(images, steps[0])
    first, second = (
        network.products(
            images,
            network.relax(images, steps[1], states=free, targets=targets, nudging_strength=nudge)
            if nudge
            else free,
        )
        for nudge in nudges
    )
    return [(b - a) / (nudges[0] - nudges[1]) for a, b in zip(first, second, strict=True)]


def train_convolutional(
    network: ConvolutionalNetwork,
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    *,
    rng: np.random.Generator | int,
    epochs: int = 10,
    learning_rates: tuple[float, ...] = (0.25, 0.15, 0.1),
    momentum: float = 0.9,
    nudging_strength: float = 0.5,
    steps: tuple[int, int] = (20, 10),
    batch_size: int = 32,
    cosine: bool = True,
) -> np.ndarray:
    """Train by symmetric equilibrium propagation, in place; return the test error by epoch.

    Parameters
    ----------
    images, test_images : ndarray, shape (images, channels, rows, columns)
    learning_rates : tuple of float
        One for every layer, the dense one last.
    steps : tuple of int
        Of the free and of each nudged phase.
    cosine : bool
        Lower the learning rates to zero along half a cosine.

    Returns
    -------
    ndarray, shape (epochs + 1,)
    """
    rng, layers = checks.as_rng(rng), len(network.kernels)
    if len(learning_rates) != layers + 1:
        raise ValueError(f"learning_rates: {len(learning_rates)} given for {layers + 1} layers")
    classes = len(network.dense)
    targets, b = one_hot(labels, classes), checks.positive("nudging_strength", nudging_strength)
    rates = [*learning_rates[:layers], *learning_rates[:layers], *[learning_rates[-1]] * 2]
    velocity = [np.zeros_like(p) for p in network.parameters]

    def error():
        return np.mean(network.relax(test_images, steps[0])[-1].argmax(axis=1) != test_labels)

    history = [error()]
    for epoch in range(epochs):
        slow = 0.5 * (1 + np.cos(np.pi * epoch / epochs)) if cosine else 1.0
        order = rng.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            estimate = nudged_gradient(network, images[rows], targets[rows], (b, -b), steps)
            for p, v, g, rate in zip(network.parameters, velocity, estimate, rates, strict=True):
                v *= momentum
                v += g
                p -= np.float32(slow * rate) * v
        history.append(error())
    return np.array(history)
