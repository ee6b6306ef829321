r"""Convolutional networks with max-pooling whose neurons settle to an equilibrium.

.. math:: \Phi = \sum_n s^n \cdot \mathcal P(W_n \star s^{n-1} + b_n) + s^N \cdot (W_N s^{N-1} +
   b_N)

with 3 x 3 kernels, padding 1 and 2 x 2 max-pooling :math:`\mathcal P` after each convolution, and a
dense layer on top. The states obey :math:`s = \sigma(\partial \Phi / \partial s - \beta \partial C
/ \partial s)`. What flows down from a layer goes through **un-pooling**, to the place of the
maximum of the current convolution, and the transposed convolution. Where two inputs of a pool tie,
:math:`\Phi` has a kink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ep.activations import find_activation


def patches(images: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the 3 x 3 surroundings of every pixel, padded with zeros.

    (batch, channels, rows, columns) -> (batch, rows + 2 padding - 2, columns + ..., 9 * channels).
    """
    around = (padding, padding)
    padded = np.pad(images, ((0, 0), (0, 0), around, around)) if padding else images
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    windows = windows.transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(*windows.shape[:3], -1)


def convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the correlation with kernels of shape (out, in, 3, 3)."""
    found = patches(images, padding) @ kernels.reshape(len(kernels), -1).T
    return found.transpose(0, 3, 1, 2)


def transposed_convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the adjoint of `convolve`: from the output's channels back to the input's."""
    return convolve(images, kernels[:, :, ::-1, ::-1].swapaxes(0, 1), 2 - padding)


def pool(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return maxima over 2 x 2 blocks and which of the four pixels each one is."""
    batch, channels, rows, columns = images.shape
    blocks = images.reshape(batch, channels, rows // 2, 2, columns // 2, 2)
    blocks = blocks.transpose(0, 1, 2, 4, 3, 5).reshape(batch, channels, rows // 2, columns // 2, 4)
    where = blocks.argmax(axis=-1)
    return np.take_along_axis(blocks, where[..., None], axis=-1)[..., 0], where


def unpool(images: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the adjoint of pooling at fixed places: every value back to where its maximum was."""
    batch, channels, rows, columns = images.shape
    blocks = images[..., None] * (where[..., None] == np.arange(4))
    blocks = blocks.reshape(batch, channels, rows, columns, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return blocks.reshape(batch, channels, 2 * rows, 2 * columns)


@dataclass(eq=False)
class ConvolutionalNetwork:
    """Kernels (out, in, 3, 3) with biases (out,), then a dense layer; updated in place by training.

    Attributes
    ----------
    kernels, biases : list of ndarray
    dense : ndarray, shape (classes, features)
    dense_bias : ndarray, shape (classes,)
    activation : str
    """

    kernels: list[np.ndarray]
    biases: list[np.ndarray]
    dense: np.ndarray
    dense_bias: np.ndarray
    activation: str = "shifted_sigmoid"
    padding: tuple[int, ...] = ()

    def __post_init__(self):
        self.padding = self.padding or (1,) * len(self.kernels)

    @classmethod
    def random(
        cls,
        image_shape: tuple[int, int, int],
        channels: tuple[int, ...],
        classes: int,
        rng: np.random.Generator | int,
        *,
        activation: str = "shifted_sigmoid",
        padding: tuple[int, ...] = (),
        dtype=np.float32,
    ) -> ConvolutionalNetwork:
        r"""Draw kernels and weights uniformly from :math:`\pm 1 / \sqrt{\text{fan-in}}`.

        Parameters
        ----------
        image_shape : tuple of int
            (channels, rows, columns); what each convolution returns must be divisible by 2.
        channels : tuple of int
            Of the convolutional layers.
        padding : tuple of int, optional
            0 or 1 for every convolution; by default 1, which keeps the size.
        """
        rng = checks.as_rng(rng)
        find_activation(activation)
        below, rows, columns = image_shape
        kernels, biases = [], []
        padding = tuple(padding) or (1,) * len(channels)
        for above, pad in zip(channels, padding, strict=True):
            rows, columns = rows + 2 * pad - 2, columns + 2 * pad - 2
            if rows < 2 or columns < 2 or rows % 2 or columns % 2:
                raise ValueError(
                    f"image_shape: {image_shape} leaves {rows} x {columns} pixels to a pool"
                )
            bound = 1 / np.sqrt(9 * below)
            kernels.append(rng.uniform(-bound, bound, (above, below, 3, 3)).astype(dtype))
            biases.append(rng.uniform(-bound, bound, above).astype(dtype))
            below, rows, columns = above, rows // 2, columns // 2
        features = below * rows * columns
        bound = 1 / np.sqrt(features)
        return cls(
            kernels,
            biases,
            rng.uniform(-bound, bound, (classes, features)).astype(dtype),
            rng.uniform(-bound, bound, classes).astype(dtype),
            activation,
            padding,
        )

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.kernels, *self.biases, self.dense, self.dense_bias]

    def ground(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what the static image sends to the first layer: pooled values and places."""
        current = convolve(images, self.kernels[0], self.padding[0])
        return pool(current + self.biases[0][:, None, None])

    def zeros(self, images: np.ndarray) -> list[np.ndarray]:
        """Return states of zero for a batch of images."""
        batch, _, rows, columns = images.shape
        states = []
        for bias, pad in zip(self.biases, self.padding, strict=True):
            rows, columns = (rows + 2 * pad - 2) // 2, (columns + 2 * pad - 2) // 2
            states.append(np.zeros((batch, len(bias), rows, columns), self.dense.dtype))
        return [*states, np.zeros((batch, len(self.dense)), self.dense.dtype)]

    def forces(self, ground, states) -> tuple[list[np.ndarray], list[np.ndarray]]:
        r"""Return :math:`\partial \Phi / \partial s` of all layers, and places of the maxima."""
        values, where = ground
        forces, places = [values], [where]
        for n in range(1, len(self.kernels)):
            kernels, pad = self.kernels[n], self.padding[n]
            current = convolve(states[n - 1], kernels, pad) + self.biases[n][:, None, None]
            values, where = pool(current)
            forces.append(values)
            places.append(where)
            back = transposed_convolve(unpool(states[n], where), kernels, pad)
            forces[n - 1] = forces[n - 1] + back
        top = states[-2]
        forces.append(top.reshape(len(top), -1) @ self.dense.T + self.dense_bias)
        forces[-2] = forces[-2] + (states[-1] @ self.dense).reshape(top.shape)
        return forces, places

    def primitive(self, images, states) -> np.ndarray:
        r"""Return :math:`\Phi` of every sample, shape (batch,)."""
        total, below = 0, images
        layers = zip(self.kernels, self.biases, self.padding, states[:-1], strict=True)
        for kernel, bias, pad, state in layers:
            current = pool(convolve(below, kernel, pad) + bias[:, None, None])[0]
            total = total + np.sum(state * current, axis=(1, 2, 3))
            below = state
        out = below.reshape(len(below), -1) @ self.dense.T + self.dense_bias
        return total + np.sum(states[-1] * out, axis=1)

    def relax(self, images, steps, *, states=None, targets=None, nudging_strength=0.0, path=False):
        """Return the states after synchronous steps on the squared error, or all of them."""
        sigma = find_activation(self.activation).function
        ground = self.ground(images)
        states = self.zeros(images) if states is None else states
        passed = [states]
        for _ in range(checks.integer_at_least("steps", steps, 0)):
            forces, _ = self.forces(ground, states)
            if nudging_strength != 0:
                forces[-1] = forces[-1] + nudging_strength * (targets - states[-1])
            states = [sigma(force) for force in forces]
            if path:
                passed.append(states)
        return passed if path else states

    def products(self, images, states) -> list[np.ndarray]:
        r"""Return :math:`\partial \Phi / \partial \theta`, batch averaged, as `parameters`."""
        _, places = self.forces(self.ground(images), states)
        below, batch = [images, *states], len(images)
        kernels, biases = [], []
        for n, kernel in enumerate(self.kernels):
            sent = unpool(states[n], places[n])
            flat = sent.transpose(0, 2, 3, 1).reshape(-1, len(kernel))
            kernels.append(
                (flat.T @ patches(below[n], self.padding[n]).reshape(len(flat), -1)).reshape(
                    kernel.shape
                )
                / batch
            )
            biases.append(sent.sum(axis=(0, 2, 3)) / batch)
        top = states[-2].reshape(batch, -1)
        return [*kernels, *biases, states[-1].T @ top / batch, states[-1].mean(axis=0)]
