"""Local products of convolutional networks: what both ends of a kernel say about it."""

from __future__ import annotations

import numpy as np

from theory.ep.convolution_maps import placed


def local_products(network, images, states, ground=None) -> list[np.ndarray]:
    r"""Return :math:`\partial \Phi / \partial \theta`, batch averaged, as ``network.parameters``.

    Without the dense layer where it is a soft read-out. For backward kernels the slopes of
    :math:`s^n \cdot \mathcal P(B_n \star s^{n-1})` stand at the end.
    """
    ground = network.ground(images) if ground is None else ground
    places = network.forces(ground, states)[1]
    found = products_up(ground, [images, *states], states, places)
    if not network.soft:
        top, batch = network.top(states), states[-1].shape[-2]
        found.append(np.swapaxes(states[-1], -1, -2) @ top / batch)
        found.append(states[-1].mean(axis=-2))
    if network.backward:
        found += products_down(ground, states, states, network.places_down(ground, states))
    return found


def products_up(ground, below, signals, places) -> list[np.ndarray]:
    """Return what signals at the pools' outputs give for kernels and biases, batch averaged.

    `below` are the inputs of the convolutions, images first.
    """
    batch, kernels, biases = signals[0].shape[-4], [], []
    for n, where in enumerate(places):
        kernels.append(ground.up[n].gradient(below[n], placed(signals[n], where)) / batch)
        biases.append(signals[n].sum(axis=(-4, -2, -1)) / batch)
    return [*kernels, *biases]


def products_down(ground, below, states, places) -> list[np.ndarray]:
    """Return what states above and signals below give for the kernels of the way down."""
    batch = states[0].shape[-4]
    return [
        ground.down[n].gradient(below[n], placed(states[n + 1], where)) / batch
        for n, where in enumerate(places)
    ]
