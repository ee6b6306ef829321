"""Training of convolutional networks by any of their rules, with dropout."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolutional_estimates import convolutional_estimate
from theory.ep.descent import dropout_mask, half_cosine, momentum_step
from theory.ep.ensemble import one_hot


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
    rule: str = "symmetric",
    kept_share: float = 1.0,
    weight_decay: float = 0.0,
) -> np.ndarray:
    """Train by equilibrium propagation, in place; return the test error by epoch.

    Parameters
    ----------
    images, test_images : ndarray, shape (images, channels, rows, columns)
    learning_rates : tuple of float
        One for every layer, the dense one last.
    steps : tuple of int
        Of the free and of each nudged phase.
    cosine : bool
        Lower the learning rates to zero along half a cosine.
    rule : str
        As in `convolutional_estimate`.
    kept_share : float
        Of the last convolution's units in each mini-batch; below 1 it is dropout.

    Returns
    -------
    ndarray, shape (epochs + 1,)
    """
    rng, layers = checks.as_rng(rng), len(network.kernels)
    if len(learning_rates) != layers + 1:
        raise ValueError(f"learning_rates: {len(learning_rates)} given for {layers + 1} layers")
    targets = one_hot(labels, len(network.dense))
    checks.positive("nudging_strength", nudging_strength)
    velocity = [np.zeros_like(p) for p in network.parameters]

    def error():
        answers = network.outputs(network.relax(test_images, steps[0])).argmax(axis=1)
        return np.mean(answers != test_labels)

    history = [error()]
    for epoch in range(epochs):
        slow = half_cosine(epoch, epochs) if cosine else 1.0
        rates = [slow * learning_rates[n] for n in layer_of_parameters(network)]
        order = rng.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            estimate = convolutional_estimate(
                network, rule, images[rows], targets[rows], nudging_strength=nudging_strength,
                steps=steps, sign=rng.choice([-1, 1]) if rule == "random sign" else 1,
                mask=unit_mask(network, images[rows], kept_share, rng),
            )  # fmt: skip
            momentum_step(network.parameters, velocity, estimate, rates, momentum, weight_decay)
        history.append(error())
    return np.array(history)


def layer_of_parameters(network: ConvolutionalNetwork) -> list[int]:
    """Return for every array of ``network.parameters`` the number of its layer, from 0 up."""
    layers = [*range(len(network.kernels))]
    return layers * 2 + [len(layers)] * 2 + layers[1 : 1 + len(network.backward)]


def unit_mask(network: ConvolutionalNetwork, images, kept_share: float, rng):
    """Return a mask for the last convolution's states that keeps a share, or None for all.

    For networks with a soft read-out.
    """
    kept_share = checks.in_range("kept_share", kept_share, 0, 1, closed=(False, True))
    if kept_share < 1 and not network.soft:
        raise ValueError("kept_share: dropout is for the layer below a soft read-out")
    last = network.zeros(images)[-1]
    return dropout_mask(last.shape, kept_share, rng, last.dtype)
