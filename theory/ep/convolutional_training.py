"""Training of convolutional networks by any of their rules, with dropout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolutional_estimates import convolutional_estimate
from theory.ep.descent import dropout_mask, fitting_batch, half_cosine, momentum_step
from theory.ep.ensemble import one_hot
from theory.ep.estimators import Stencil

TESTED = 32  # images of each network that are classified at once


@door(images="array 4d", test_images="array 4d")
def train_convolutional(
    network: ConvolutionalNetwork,
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    *,
    rng: np.random.Generator | int | Sequence[int],
    epochs: int = 10,
    learning_rates: tuple[float, ...] = (0.25, 0.15, 0.1),
    momentum: float = 0.9,
    nudging_strength: float = 0.5,
    steps: tuple[int, int] = (20, 10),
    batch_size: int = 32,
    cosine: bool = True,
    rule: str | Stencil = "symmetric",
    kept_share: float = 1.0,
    weight_decay: float = 0.0,
) -> np.ndarray:
    """Train by equilibrium propagation, in place; return the test error by epoch.

    Parameters
    ----------
    network : ConvolutionalNetwork
        Or several in one (`ConvolutionalNetwork.stack`), trained at once, each as it would be
        alone.
    images, test_images : ndarray, shape (images, channels, rows, columns)
    rng : Generator or int, or one seed for each of several networks
        Draws the order of the images, the random signs and the dropout.
    learning_rates : tuple of float
        One for every layer, the dense one last.
    steps : tuple of int
        Of the free and of each nudged phase.
    cosine : bool
        Lower the learning rates to zero along half a cosine.
    rule : str or Stencil
        As in `convolutional_estimate`.
    kept_share : float
        Of the last convolution's units in each mini-batch; below 1 it is dropout.

    Returns
    -------
    ndarray, shape (epochs + 1,) or, for several networks, (epochs + 1, networks)
    """
    layers, runs = len(network.kernels), network.dense.shape[:-2]
    seeds = rng if isinstance(rng, Sequence) else [rng]
    if len(seeds) != (runs[0] if runs else 1):
        several = f"each of the {runs[0]} networks" if runs else "the network"
        raise ValueError(f"rng: a seed for {several} is needed, not {rng!r}")
    generators = [checks.as_rng(one) for one in seeds]
    if len(learning_rates) != layers + 1:
        raise ValueError(f"learning_rates: {len(learning_rates)} given for {layers + 1} layers")
    checks.same_length(images=images, labels=labels)
    checks.same_length(test_images=test_images, test_labels=test_labels)
    batch_size = checks.integer_at_least("batch_size", batch_size, 1)
    fitting_batch(batch_size, len(images))
    targets = one_hot(labels, network.classes)
    checks.positive("nudging_strength", nudging_strength)
    velocity = [np.zeros_like(p) for p in network.parameters]

    def drawn(draw):
        found = [draw(one) for one in generators]
        return np.stack(found) if runs else found[0]

    history = [_error(network, test_images, test_labels, steps[0])]
    for epoch in range(checks.integer_at_least("epochs", epochs, 0)):
        slow = half_cosine(epoch, epochs) if cosine else 1.0
        rates = [slow * learning_rates[n] for n in layer_of_parameters(network)]
        order = drawn(lambda one: one.permutation(len(images)))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            rows = order[..., start : start + batch_size]
            sign = drawn(lambda one: one.choice([-1, 1])) if rule == "random sign" else 1
            mask = unit_mask(network, images[rows], kept_share, generators)
            estimate = convolutional_estimate(
                network, rule, images[rows], targets[rows], nudging_strength=nudging_strength,
                steps=steps, sign=sign, mask=mask,
            )  # fmt: skip
            momentum_step(network.parameters, velocity, estimate, rates, momentum, weight_decay)
        history.append(_error(network, test_images, test_labels, steps[0]))
    return np.array(history)


def _error(network, images, labels, steps):
    """Share of images misclassified, one number a network; few at a time stay in the cache."""
    runs, answers = network.dense.shape[:-2], []
    for start in range(0, len(images), TESTED):
        seen = images[start : start + TESTED]
        states = network.relax(np.broadcast_to(seen, (*runs, *seen.shape)), steps)
        answers.append(network.outputs(states).argmax(axis=-1))
    return np.mean(np.concatenate(answers, axis=-1) != labels, axis=-1)


def layer_of_parameters(network: ConvolutionalNetwork) -> list[int]:
    """Return for every array of ``network.parameters`` the number of its layer, from 0 up."""
    layers = [*range(len(network.kernels))]
    return layers * 2 + [len(layers)] * 2 + layers[1 : 1 + len(network.backward)]


def unit_mask(network: ConvolutionalNetwork, images, kept_share: float, rng):
    """Return a mask for the last convolution's states that keeps a share, or None for all.

    For networks with a soft read-out; `rng` may be a list of generators, one a network.
    """
    kept_share = checks.in_range("kept_share", kept_share, 0, 1, closed=(False, True))
    if kept_share < 1 and not network.soft:
        raise ValueError("kept_share: dropout is for the layer below a soft read-out")
    if kept_share == 1:
        return None
    last, several = network.zeros(images)[-1], network.dense.ndim > 2
    generators = rng if isinstance(rng, list) else [rng]
    shape = last.shape[1:] if several else last.shape
    masks = [dropout_mask(shape, kept_share, one, last.dtype) for one in generators]
    return np.stack(masks) if several else masks[0]
