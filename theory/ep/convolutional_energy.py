r"""Convolutional networks as an energy: settled states, any stencil, and the exact gradient.

.. math:: E(s) = \sum_i G(s_i) - \Phi(s), \qquad G' = \sigma^{-1}

`energy`, `estimate`, `bias` and `implicit_gradient` of this package take a convolutional network
and come here. Its loss is its own: the squared error of its outputs, or the cross-entropy behind
its soft read-out. Where a nudge moves a maximum to another pixel, :math:`\Phi` has a kink, and the
order of a stencil ends.
"""

from __future__ import annotations

import numpy as np

from theory.ep.activations import find_activation
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolutional_estimates import combined, last_estimates
from theory.ep.gradients import Gradient
from theory.ep.losses import SquaredError
from theory.numerics import NotConverged

STEPS = 50  # relaxation steps between two looks at the residual


def single_energy(network: ConvolutionalNetwork, loss=None) -> None:
    """Refuse several networks in one, kernels without an energy, and a loss that is not its own."""
    if network.dense.ndim > 2:
        raise ValueError("network: several in one; give them one by one")
    if network.backward:
        raise ValueError(
            "network: with backward kernels it has no energy; use convolutional_estimate with the "
            "rule 'different updates' or 'equal updates'"
        )
    if not isinstance(loss, SquaredError | None):
        raise ValueError(
            f"loss: a convolutional network brings its own, not {loss!r}; soft=True makes it the "
            "cross-entropy"
        )


def convolutional_energy(network: ConvolutionalNetwork, preactivations, images) -> np.ndarray:
    r"""Return E at the states :math:`s = \sigma(v)`, a list of layers each, shape (batch,)."""
    single_energy(network)
    sigma = find_activation(network.activation)
    states = [sigma.function(v) for v in preactivations]
    own = sum(
        np.sum(v * s - sigma.integral(v), axis=tuple(range(1, v.ndim)))
        for v, s in zip(preactivations, states, strict=True)
    )
    return own - network.primitive(images, states)


def settled_states(
    network: ConvolutionalNetwork,
    images: np.ndarray,
    *,
    targets: np.ndarray | None = None,
    nudging_strength: float = 0.0,
    states=None,
    tolerance: float | None = None,
    max_steps: int = 5000,
) -> list[np.ndarray]:
    """Return the equilibrium, free or nudged, as a list of layers.

    Parameters
    ----------
    tolerance : float, optional
        Largest change in one more step; by default 1e-12 in double and 1e-6 in single precision.

    Raises
    ------
    NotConverged
    """
    if np.iscomplexobj(nudging_strength):
        raise ValueError("nudging_strength: it is complex, and pooling has kinks; use real nudges")
    double = network.dense.dtype == np.float64
    tolerance = (1e-12 if double else 1e-6) if tolerance is None else tolerance
    ground = network.ground(images)

    def relax(states, steps):
        return network.relax(images, steps, states=states, targets=targets, ground=ground,
                             nudging_strength=nudging_strength)  # fmt: skip

    states = network.zeros(images) if states is None else states
    for _ in range(0, max_steps, STEPS):
        states = relax(states, STEPS)
        moved = max(np.abs(a - b).max() for a, b in zip(relax(states, 1), states, strict=True))
        if moved <= tolerance:
            return states
        if not np.isfinite(moved):
            break
    raise NotConverged(
        "settled_states: the convolutional network did not settle; use smaller weights or nudges",
        residual=float(moved),
        iterations=max_steps,
    )


def as_gradient(network: ConvolutionalNetwork, arrays) -> Gradient:
    """Return arrays in the order of ``network.parameters`` as a vector to calculate with."""
    layers = len(network.kernels)
    kernels, biases = arrays[:layers], arrays[layers : 2 * layers]
    dense, dense_bias = arrays[2 * layers : 2 * layers + 2]
    return Gradient((*kernels, dense), (*biases, dense_bias))


def exact_gradient(
    network: ConvolutionalNetwork, images, targets, free=None, loss=None
) -> Gradient:
    """Return the gradient of the mean loss, back-propagated until nothing is left of the error."""
    single_energy(network, loss)
    network.checked_targets(targets, (len(images), network.classes))
    free = settled_states(network, images) if free is None else free
    steps = STEPS
    while True:
        before, found = last_estimates(network, images, targets, steps, free, count=2)
        one, other = (as_gradient(network, arrays) for arrays in (found, before))
        if (one - other).norm() <= 20 * np.finfo(network.dense.dtype).eps * one.norm():
            return one
        if steps > 3000:
            raise NotConverged(
                "implicit_gradient: errors do not die out going back; use smaller weights",
                residual=(one - other).norm(),
                iterations=steps,
            )
        steps *= 2


def settled_estimate(
    network: ConvolutionalNetwork, images, targets, stencil, free=None, loss=None
) -> Gradient:
    """Return the estimate of a stencil from equilibria."""
    single_energy(network, loss)
    network.checked_targets(targets, (len(images), network.classes))
    free = settled_states(network, images) if free is None else free

    def states_at(node):
        if node == 0:
            return free
        return settled_states(network, images, targets=targets, nudging_strength=node, states=free)

    return as_gradient(network, combined(network, stencil, images, targets, states_at))
