"""Local products of convolutional networks: what both ends of a kernel say about it."""

from __future__ import annotations

import numpy as np

from theory.ep.convolution_maps import kernel_gradient, unpool


class LocalProducts:
    """The products of a network with kernels, pools and a dense layer, batch averaged."""

    def products(self, images, states, ground=None) -> list[np.ndarray]:
        r"""Return :math:`\partial \Phi / \partial \theta`, batch averaged, as `parameters`.

        Without the dense layer where it is a soft read-out. For backward kernels the slopes of
        :math:`s^n \cdot \mathcal P(B_n \star s^{n-1})` stand at the end.
        """
        ground = self.ground(images) if ground is None else ground
        found = self.products_up(images, states, self.forces(ground, states)[1])
        if not self.soft:
            top, batch = self.top(states), states[-1].shape[-2]
            found.append(np.swapaxes(states[-1], -1, -2) @ top / batch)
            found.append(states[-1].mean(axis=-2))
        if self.backward:
            found += self.products_down(states, states, self.places_down(ground, states))
        return found

    def products_up(self, images, signals, places) -> list[np.ndarray]:
        """Return what signals at the pools' outputs give for kernels and biases, batch averaged.

        `images` may be the list of the inputs of all convolutions.
        """
        below = images if isinstance(images, list) else [images, *signals]
        batch, kernels, biases = signals[0].shape[-4], [], []
        for n, where in enumerate(places):
            sent = unpool(signals[n], where)
            kernels.append(kernel_gradient(below[n], sent, self.padding[n]) / batch)
            biases.append(sent.sum(axis=(-4, -2, -1)) / batch)
        return [*kernels, *biases]

    def products_down(self, below, states, places) -> list[np.ndarray]:
        """Return what states above and signals below give for the kernels of the way down."""
        batch = states[0].shape[-4]
        return [
            kernel_gradient(below[n], unpool(states[n + 1], where), self.padding[n + 1]) / batch
            for n, where in enumerate(places)
        ]
