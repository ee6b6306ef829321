"""Gradient estimates of convolutional networks: by their states, and by back-propagation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import find_activation
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolution_products import (
    places_down,
    places_up,
    products_down,
    products_up,
)
from theory.ep.estimators import Stencil
from theory.ep.learning_rules import ASYMMETRIC_RULES

CONVOLUTIONAL_RULES = ("one-sided", "random sign", "symmetric", "BPTT", *ASYMMETRIC_RULES)


@door(free="list", images="array", targets="array")
def running_estimates(
    network: ConvolutionalNetwork, images, targets, nudging_strength: float, steps: int, free
) -> list[list[np.ndarray]]:
    """Return the one-sided estimates after 0 ... `steps` nudged steps, signs of the gradient."""
    ground = network.ground(images)
    start = network.products(images, free, ground)
    path = network.relax(
        images, steps, states=free, targets=targets, nudging_strength=nudging_strength, path=True
    )
    return [
        [
            (a - b) / nudging_strength
            for a, b in zip(start, network.products(images, s, ground), strict=True)
        ]
        for s in path
    ]


@door(free="list", images="array", targets="array", mask="mask", ground="list")
def backpropagated_estimates(
    network: ConvolutionalNetwork, images, targets, steps: int, free, mask=None, ground=None
) -> list[list[np.ndarray]]:
    """Return the gradient through the last 0 ... `steps` steps at a free equilibrium.

    Each step back takes the error through the same maxima as the network's own signals: those of
    the kernels of the way up for what ran up, of the way down for what ran down.
    """
    passed = error_sums(network, images, targets, steps, free, mask, ground)
    return [gradient_of(summed) for summed, gradient_of in passed]


def last_estimates(network, images, targets, steps, free, mask=None, ground=None, count=1):
    """Return the last `count` of `backpropagated_estimates`, without making the others."""
    passed = error_sums(network, images, targets, steps, free, mask, ground)
    return [gradient_of(summed) for summed, gradient_of in deque(passed, maxlen=count)]


def error_sums(network, images, targets, steps, free, mask, ground) -> Iterator[tuple]:
    """Yield the sums of the errors of 0 ... `steps` steps, and what makes a gradient of them.

    All steps go back through one state, so a sum of errors makes the sum of their gradients.
    """
    sigma, last = find_activation(network.activation), len(network.kernels) - 1
    ground = network.ground(images) if ground is None else ground
    places = places_up(ground, free)
    below = places_down(ground, free) if network.backward else places[1:]
    slopes = [sigma.slope_at(s) for s in free]
    if mask is not None:
        unmasked = np.divide(free[last], mask, out=np.zeros_like(free[last]), where=mask > 0)
        slopes[last] = sigma.slope_at(unmasked) * mask
    errors = [np.zeros_like(s) for s in free]
    errors[-1] = network.loss_gradient(free, targets)

    def gradient_of(deltas):
        up = products_up(ground, [images, *free], deltas, places)
        down = products_down(ground, deltas, free, below)
        if not network.backward:
            up[1 : last + 1] = [a + b for a, b in zip(up[1 : last + 1], down, strict=True)]
        dense = network.readout_gradient(free, targets) or _dense_gradient(network, free, deltas)
        return [*up, *dense, *(down if network.backward else [])]

    summed = [np.zeros_like(s) for s in free]
    yield summed, gradient_of
    for _ in range(checks.integer_at_least("steps", steps, 0)):
        deltas = [e * slope for e, slope in zip(errors, slopes, strict=True)]
        summed = [total + part for total, part in zip(summed, deltas, strict=True)]
        yield summed, gradient_of
        errors = _one_step_back(network, ground, deltas, places, below)


def _dense_gradient(network, states, deltas):
    """Return what errors at the preactivations give for dense weights, by both uses, and biases."""
    both = np.swapaxes(deltas[-1], -1, -2) @ network.top(states)
    both = both + np.swapaxes(states[-1], -1, -2) @ network.top(deltas)
    return [both / states[-1].shape[-2], deltas[-1].mean(axis=-2)]


def _one_step_back(network, ground, deltas, places, below):
    """Return the errors of the states from those of the preactivations that they feed."""
    errors = [np.zeros_like(d) for d in deltas]
    for n in range(1, len(network.kernels)):
        up, down = ground.up[n], ground.down[n - 1]
        errors[n - 1] = errors[n - 1] + up.down(up.place(deltas[n], places[n]))
        # Downward signals pass their own maxima, so their transpose gathers at these places.
        errors[n] = errors[n] + down.pick(down.up(deltas[n - 1]), below[n - 1])
    if not network.soft:
        errors[-2] = errors[-2] + network.dense_down(deltas[-1], deltas[-2].shape)
        errors[-1] = network.top(deltas) @ np.swapaxes(network.dense, -1, -2)
    return errors


@door(images="array", targets="array", mask="mask")
def convolutional_estimate(
    network: ConvolutionalNetwork,
    rule: str | Stencil,
    images,
    targets,
    *,
    nudging_strength: float,
    steps: tuple[int, int],
    sign: int | np.ndarray = 1,
    mask=None,
) -> list[np.ndarray]:
    """Return the estimate of a rule on one mini-batch, in the order of ``network.parameters``.

    Parameters
    ----------
    rule : str or Stencil
        A stencil of real nodes, for networks without backward kernels, with its own nudges; or one
        of `CONVOLUTIONAL_RULES`; "equal updates" and "different updates" are for networks with
        backward kernels, "BPTT" for all, the others for networks without. "different updates"
        multiplies the change at the receiving end of a kernel with the free state at the other.
        "equal updates" gives both kernels of a layer the mean of what their own products say: these
        differ, since the maxima of W * s and of B * s do. "BPTT" goes back through as many steps as
        the nudged phase has, at the free state.
    nudging_strength : float
    steps : tuple of int
        Of the free and of each nudged phase.
    sign : {1, -1} or ndarray of them, one a network
        Of the nudge of "random sign", drawn by the caller.
    mask : ndarray, optional
        Dropout, as in `ConvolutionalNetwork.relax`.
    """
    if not isinstance(rule, Stencil):
        checks.one_of("rule", rule, CONVOLUTIONAL_RULES)
    if rule != "BPTT" and (rule in ASYMMETRIC_RULES) != bool(network.backward):
        raise ValueError(
            f"rule {rule!r} needs a network {'with' if rule in ASYMMETRIC_RULES else 'without'} "
            "backward kernels"
        )
    network.checked_targets(targets, (*images.shape[:-3], network.classes))
    ground = network.ground(images)
    free = network.relax(images, steps[0], mask=mask, ground=ground)
    if rule == "BPTT":
        return last_estimates(network, images, targets, steps[1], free, mask, ground)[0]

    def nudged(strength):
        return network.relax(
            images, steps[1], states=free, targets=targets, nudging_strength=strength, mask=mask,
            ground=ground,
        )  # fmt: skip

    if isinstance(rule, Stencil):
        return combined(network, rule, images, targets, lambda node: nudged(node) if node else free)
    b = nudging_strength * np.asarray(sign if rule == "random sign" else 1, network.dense.dtype)
    first, second, distance = nudged(b), free, b
    visited = [first]
    if rule in ("symmetric", *ASYMMETRIC_RULES):
        second, distance = nudged(-b), 2 * b
        visited.append(second)
    at_nudged = [network.readout_gradient(states, targets) for states in visited]
    readout = [np.mean(parts, axis=0) for parts in zip(*at_nudged, strict=True)]
    layers = len(network.kernels)
    if rule == "different updates":
        change = [(t - s) / distance for s, t in zip(first, second, strict=True)]
        places = places_up(ground, free)
        up = products_up(ground, [images, *free], change, places)
        here, there = (
            products_down(ground, s, free, places_down(ground, s)) for s in (first, second)
        )
        return [*up, *readout, *((t - s) / distance for s, t in zip(here, there, strict=True))]
    here, there = (network.products(images, states, ground) for states in (first, second))
    estimate = [_over(t - s, distance) for s, t in zip(here, there, strict=True)]
    if rule == "equal updates":
        down = estimate[2 * layers :]
        both = [(w + v) / 2 for w, v in zip(estimate[1:layers], down, strict=True)]
        return [estimate[0], *both, *estimate[layers : 2 * layers], *readout, *both]
    return estimate + readout


def _over(difference, distance):
    """A difference of products over the distance of the nudges, one for all or one a network."""
    return difference / distance.reshape(distance.shape + (1,) * (difference.ndim - distance.ndim))


def combined(network, stencil, images, targets, states_at) -> list[np.ndarray]:
    """Return the estimate of a stencil from the states at each of its nodes.

    The products are combined as they are; with weights w and nodes b the gradient of a soft
    read-out, taken at the nudged states, with w b, which sum to 1.

    Parameters
    ----------
    states_at : callable
        Nudge to states; also of several networks in one.
    """
    total: list[np.ndarray] = []
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        if np.imag(node) or np.imag(weight):
            raise ValueError("stencil: its nodes are complex, and pooling has kinks; use real ones")
        node, weight = float(np.real(node)), float(np.real(weight))
        states = states_at(node)
        parts = [-weight * p for p in network.products(images, states)]
        parts += [weight * node * g for g in network.readout_gradient(states, targets)]
        total = [t + p for t, p in zip(total, parts, strict=True)] if total else parts
    kind = network.dense.dtype
    return [t.astype(kind, copy=False) for t in total]
