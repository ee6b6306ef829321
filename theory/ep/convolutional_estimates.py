"""Gradient estimates of convolutional networks: by their states, and by back-propagation."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.activations import find_activation
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolution_maps import convolve, patches, transposed_convolve, unpool
from theory.ep.learning_rules import ASYMMETRIC_RULES

CONVOLUTIONAL_RULES = ("one-sided", "random sign", "symmetric", "BPTT", *ASYMMETRIC_RULES)


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
    errors[-1] = network.loss_gradient(free, targets)
    readout = network.readout_gradient(free, targets)
    at_once = [np.zeros_like(p) for p in [*network.kernels, *network.biases]]
    total = [
        *at_once,
        *(readout or [np.zeros_like(network.dense), np.zeros_like(network.dense_bias)]),
    ]
    total += [np.zeros_like(p) for p in network.backward]
    passed = [total]
    for _ in range(checks.integer_at_least("steps", steps, 0)):
        deltas = [e * slope for e, slope in zip(errors, slopes, strict=True)]
        up, down, dense = error_gradient(network, images, free, deltas, places)
        kernels = up[0] if network.backward else _with_way_down(up[0], down)
        part = [*kernels, *up[1], *dense, *(down if network.backward else [])]
        total = [t + p for t, p in zip(total, part, strict=True)]
        passed.append(total)
        errors = _one_step_back(network, deltas, places)
    return passed


def error_gradient(network, images, states, deltas, places):
    """Return what errors at the preactivations give for every parameter, by its use.

    Returns
    -------
    up : (list of ndarray, list of ndarray)
        Kernels and biases of the way up.
    down : list of ndarray
        Kernels of the way down, convolutions 2 ... N.
    dense : list of ndarray
        Dense weights, both their uses, and biases; zeros where the read-out is soft.
    """
    below, batch = [images, *states], len(images)
    up, biases, down = [], [], []
    for n, kernel in enumerate(network.kernels):
        sent = unpool(deltas[n], places[n]).transpose(0, 2, 3, 1).reshape(-1, len(kernel))
        seen = patches(below[n], network.padding[n]).reshape(len(sent), -1)
        up.append((sent.T @ seen / batch).reshape(kernel.shape))
        biases.append(sent.sum(axis=0) / batch)
        if n > 0:
            state = unpool(states[n], places[n]).transpose(0, 2, 3, 1).reshape(-1, len(kernel))
            wrong = patches(deltas[n - 1], network.padding[n]).reshape(len(state), -1)
            down.append((state.T @ wrong / batch).reshape(kernel.shape))
    if network.soft:
        dense = [np.zeros_like(network.dense), np.zeros_like(network.dense_bias)]
    else:
        top, error = states[-2].reshape(batch, -1), deltas[-2].reshape(batch, -1)
        both = (deltas[-1].T @ top + states[-1].T @ error) / batch
        dense = [both, deltas[-1].mean(axis=0)]
    return (up, biases), down, dense


def _with_way_down(up, down):
    """Add what the way down gives to the kernels that serve both ways."""
    return [up[0], *(a + b for a, b in zip(up[1:], down, strict=True))]


def _one_step_back(network, deltas, places):
    """Return the errors of the states from those of the preactivations that they feed."""
    errors = [np.zeros_like(d) for d in deltas]
    for n in range(1, len(network.kernels)):
        errors[n - 1] = errors[n - 1] + transposed_convolve(
            unpool(deltas[n], places[n]), network.kernels[n], network.padding[n]
        )
        # Downward signals pass the same maxima, so their transpose gathers at these places.
        back = network.backward[n - 1] if network.backward else network.kernels[n]
        spread = convolve(deltas[n - 1], back, network.padding[n])
        errors[n] = errors[n] + _gather(spread, places[n])
    if network.soft:
        return errors
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


def convolutional_estimate(
    network: ConvolutionalNetwork,
    rule: str,
    images,
    targets,
    *,
    nudging_strength: float,
    steps: tuple[int, int],
    sign: int = 1,
    mask=None,
) -> list[np.ndarray]:
    """Return the estimate of a rule on one mini-batch, in the order of ``network.parameters``.

    Parameters
    ----------
    rule : str
        One of `CONVOLUTIONAL_RULES`; the last two are for networks with backward kernels.
        "equal updates" gives both kernels the symmetric estimate of the way up. "BPTT" goes back
        through the nudged phase's number of steps at the free state, without dropout.
    nudging_strength : float
    steps : tuple of int
        Of the free and of each nudged phase.
    sign : {1, -1}
        Of the nudge of "random sign", drawn by the caller.
    mask : ndarray, optional
        Dropout, as in `ConvolutionalNetwork.relax`.
    """
    rule = checks.one_of("rule", rule, CONVOLUTIONAL_RULES)
    if (rule in ASYMMETRIC_RULES) != bool(network.backward):
        raise ValueError(
            f"rule {rule!r} needs a network {'with' if rule in ASYMMETRIC_RULES else 'without'} "
            "backward kernels"
        )
    free = network.relax(images, steps[0], mask=mask)
    if rule == "BPTT":
        if mask is not None:
            raise ValueError("mask: BPTT is written for networks without dropout")
        return backpropagated_estimates(network, images, targets, steps[1], free)[-1]

    def nudged(strength):
        return network.relax(
            images, steps[1], states=free, targets=targets, nudging_strength=strength, mask=mask
        )

    b = nudging_strength * (sign if rule == "random sign" else 1)
    first, second, distance = nudged(b), free, b
    visited = [first]
    if rule in ("symmetric", *ASYMMETRIC_RULES):
        second, distance = nudged(-b), 2 * b
        visited.append(second)
    at_nudged = [network.readout_gradient(states, targets) for states in visited]
    readout = [sum(parts) / len(parts) for parts in zip(*at_nudged, strict=True)]
    if rule == "different updates":
        change = [(b - a) / distance for a, b in zip(first, second, strict=True)]
        _, places = network.forces(network.ground(images), free)
        (kernels, biases), down, _ = error_gradient(network, images, free, change, places)
        return [*kernels, *biases, *readout, *down]
    products = (network.products(images, states) for states in (first, second))
    estimate = [(b - a) / distance for a, b in zip(*products, strict=True)] + readout
    if rule == "equal updates":
        estimate += estimate[1 : len(network.kernels)]
    return estimate
