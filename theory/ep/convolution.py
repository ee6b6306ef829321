r"""Convolutional networks with max-pooling whose neurons settle to an equilibrium.

.. math:: \Phi = \sum_n s^n \cdot \mathcal P(W_n \star s^{n-1} + b_n) + s^N \cdot (W_N s^{N-1} +
   b_N)

with 3 x 3 kernels, padding 1 and 2 x 2 max-pooling :math:`\mathcal P` after each convolution, and a
dense layer on top. The states obey :math:`s = \sigma(\partial \Phi / \partial s - \beta \partial C
/ \partial s)`. What flows down from a layer goes through **un-pooling**, to the place of the
maximum of the current convolution, and the transposed convolution. Where two inputs of a pool tie,
:math:`\Phi` has a kink.

With a *soft read-out* the dense layer does not relax: its softmax is outside the system, and the
cross-entropy nudges the last convolutional layer. With *backward* kernels of their own, signals run
down through these instead, still by the maxima of the way up, and there is no :math:`\Phi`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from theory import checks
from theory.ep.activations import find_activation
from theory.ep.convolution_maps import convolve, patches, pool, transposed_convolve, unpool


@dataclass(eq=False)
class ConvolutionalNetwork:
    """Kernels (out, in, 3, 3) with biases (out,), then a dense layer; updated in place by training.

    Attributes
    ----------
    kernels, biases : list of ndarray
    dense : ndarray, shape (classes, features)
    dense_bias : ndarray, shape (classes,)
    activation : str
    padding : tuple of int
    soft : bool
        Whether the dense layer is a softmax read-out outside the relaxing system.
    backward : list of ndarray
        Kernels of the way down, of convolutions 2 ... N; empty where the forward ones serve.
    """

    kernels: list[np.ndarray]
    biases: list[np.ndarray]
    dense: np.ndarray
    dense_bias: np.ndarray
    activation: str = "shifted_sigmoid"
    padding: tuple[int, ...] = ()
    soft: bool = False
    backward: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self):
        self.padding = self.padding or (1,) * len(self.kernels)
        if self.backward and not self.soft:
            raise ValueError(
                "backward: kernels of the way down are for networks with a soft readout"
            )

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
        soft: bool = False,
        backward: bool = False,
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
        soft, backward : bool
            A read-out outside the system; kernels of their own on the way down.
        """
        rng = checks.as_rng(rng)
        find_activation(activation)
        below, rows, columns = image_shape
        kernels, biases, down = [], [], []
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
            if backward and len(kernels) > 1:
                down.append(rng.uniform(-bound, bound, (above, below, 3, 3)).astype(dtype))
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
            soft,
            down,
        )

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.kernels, *self.biases, self.dense, self.dense_bias, *self.backward]

    def outputs(self, states) -> np.ndarray:
        """Return the relaxing outputs, or the class probabilities of the soft read-out."""
        if not self.soft:
            return states[-1]
        top = states[-1].reshape(len(states[-1]), -1)
        logits = top @ self.dense.T + self.dense_bias
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return scaled / scaled.sum(axis=1, keepdims=True)

    def loss_gradient(self, states, targets) -> np.ndarray:
        """Return the gradient of squared error or cross-entropy in the last relaxing layer."""
        error = self.outputs(states) - targets
        return (error @ self.dense).reshape(states[-1].shape) if self.soft else error

    def readout_gradient(self, states, targets) -> list[np.ndarray]:
        """Return the gradient of the cross-entropy in the soft read-out; [] without one."""
        if not self.soft:
            return []
        error, top = self.outputs(states) - targets, states[-1].reshape(len(states[-1]), -1)
        return [error.T @ top / len(error), error.mean(axis=0)]

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
        if not self.soft:
            states.append(np.zeros((batch, len(self.dense)), self.dense.dtype))
        return states

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
            down = self.backward[n - 1] if self.backward else kernels
            back = transposed_convolve(unpool(states[n], where), down, pad)
            forces[n - 1] = forces[n - 1] + back
        if self.soft:
            return forces, places
        top = states[-2]
        forces.append(top.reshape(len(top), -1) @ self.dense.T + self.dense_bias)
        forces[-2] = forces[-2] + (states[-1] @ self.dense).reshape(top.shape)
        return forces, places

    def primitive(self, images, states) -> np.ndarray:
        r"""Return :math:`\Phi` of every sample, shape (batch,)."""
        total, below = 0, images
        layers = zip(self.kernels, self.biases, self.padding, states, strict=False)
        for kernel, bias, pad, state in layers:
            current = pool(convolve(below, kernel, pad) + bias[:, None, None])[0]
            total = total + np.sum(state * current, axis=(1, 2, 3))
            below = state
        if self.soft:
            return total
        out = below.reshape(len(below), -1) @ self.dense.T + self.dense_bias
        return total + np.sum(states[-1] * out, axis=1)

    def relax(
        self, images, steps, *, states=None, targets=None, nudging_strength=0.0, path=False,
        mask=None,
    ):  # fmt: skip
        """Return the states after synchronous steps, or all of them.

        Parameters
        ----------
        images : ndarray, shape (batch, channels, rows, columns)
        steps : int
        states : list of ndarray, optional
            Where to start; zero by default.
        targets : ndarray, shape (batch, classes), optional
        nudging_strength : float
            On the squared error, or on the cross-entropy of a soft read-out.
        path : bool
            Return the list of states from the start to the end.
        mask : ndarray, optional
            Factor on the states of the last convolution: dropout, the same in all phases.
        """
        sigma = find_activation(self.activation).function
        ground, last = self.ground(images), len(self.kernels) - 1
        states = self.zeros(images) if states is None else states
        passed = [states]
        for _ in range(checks.integer_at_least("steps", steps, 0)):
            forces, _ = self.forces(ground, states)
            if nudging_strength != 0:
                forces[-1] = forces[-1] - nudging_strength * self.loss_gradient(states, targets)
            states = [sigma(force) for force in forces]
            if mask is not None:
                states[last] = states[last] * mask
            if path:
                passed.append(states)
        return passed if path else states

    def products(self, images, states) -> list[np.ndarray]:
        r"""Return :math:`\partial \Phi / \partial \theta`, batch averaged, as `parameters`.

        Without the dense layer where it is a soft read-out, and without backward kernels.
        """
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
        if self.soft:
            return [*kernels, *biases]
        top = states[-2].reshape(batch, -1)
        return [*kernels, *biases, states[-1].T @ top / batch, states[-1].mean(axis=0)]
