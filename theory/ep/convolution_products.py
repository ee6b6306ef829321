"""Local products of convolutional networks: what both ends of a kernel say about it."""

from __future__ import annotations

import numpy as np


def local_products(network, images, states, ground=None) -> list[np.ndarray]:
    r"""Return :math:`\partial \Phi / \partial \theta`, batch averaged, as ``network.parameters``.

    Without the dense layer where it is a soft read-out. For backward kernels the slopes of
    :math:`s^n \cdot \mathcal P(B_n \star s^{n-1})` stand at the end.
    """
    ground = network.ground(images) if ground is None else ground
    places = places_up(ground, states)
    found = products_up(ground, [images, *states], states, places)
    if not network.soft:
        top, batch = network.top(states), states[-1].shape[-2]
        found.append(np.swapaxes(states[-1], -1, -2) @ top / batch)
        found.append(states[-1].mean(axis=-2))
    if network.backward:
        found += products_down(ground, states, states, places_down(ground, states))
    return found


def places_up(ground, states) -> list[np.ndarray]:
    """Return the places of the maxima of all convolutions on the way up."""
    above = zip(ground.up[1:], states, strict=False)
    return [ground[1], *(way.strongest(way.up(state))[1] for way, state in above)]


def places_down(ground, states) -> list[np.ndarray]:
    """Return through which maxima the signals of convolutions 2 ... N run down."""
    ways = zip(ground.down, states, strict=False)
    return [way.strongest(way.up(state))[1] for way, state in ways]


def products_up(ground, below, signals, places) -> list[np.ndarray]:
    """Return what signals at the pools' outputs give for kernels and biases, batch averaged.

    `below` are the inputs of the convolutions, images first.
    """
    batch, kernels, biases = signals[0].shape[-4], [], []
    for n, where in enumerate(places):
        way = ground.up[n]
        kernels.append(way.gradient(below[n], way.place(signals[n], where)) / batch)
        biases.append(signals[n].sum(axis=(-4, -2, -1)) / batch)
    return [*kernels, *biases]


def products_down(ground, below, states, places) -> list[np.ndarray]:
    """Return what states above and signals below give for the kernels of the way down."""
    batch = states[0].shape[-4]
    return [
        way.gradient(below[n], way.place(states[n + 1], where)) / batch
        for n, (way, where) in enumerate(zip(ground.down, places, strict=True))
    ]
