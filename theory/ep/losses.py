r"""Losses that nudge the last layer: squared error, and cross-entropy behind a soft read-out.

A loss of the reader's own is any object with ``value(output, targets)`` of shape (batch,) and
``gradient(output, targets)`` of the shape of the output, written so that they take complex outputs:
`Loss` makes one of two functions. A stated ``curvature`` (batch, outputs, outputs) saves the
complex step. Power series in the nudge need ``gradient_series`` as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ep.activations import softmax


@door
@dataclass(frozen=True)
class Loss:
    """A loss given by its value and its gradient, functions of (output, targets).

    Examples
    --------
    >>> quartic = Loss(lambda s, y: np.sum((s - y) ** 4, axis=-1), lambda s, y: 4 * (s - y) ** 3)
    >>> curvature(quartic, np.array([[0.5]]), np.array([[0.0]]))
    array([[[3.]]])
    """

    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray]


def curvature(loss, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return a loss's Hessian, (batch, outputs, outputs): stated, or by a complex step."""
    if hasattr(loss, "curvature"):
        return loss.curvature(output, targets)
    steps = 1e-30j * np.eye(output.shape[-1])
    columns = [np.imag(loss.gradient(output + step, targets)) / 1e-30 for step in steps]
    return np.stack(columns, axis=-1)


@dataclass(frozen=True)
class SquaredError:
    r""":math:`C(s, y) = \tfrac12 \lVert s - y \rVert^2`, summed over the outputs of a sample."""

    def value(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return C, shape (batch, outputs) -> (batch,); analytic for complex outputs."""
        return 0.5 * np.sum((output - targets) ** 2, axis=-1)

    def gradient(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the output, shape (batch, outputs)."""
        return output - targets

    def curvature(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the Hessian with respect to the output, shape (batch, outputs, outputs)."""
        return np.broadcast_to(np.eye(output.shape[-1]), (*output.shape, output.shape[-1]))

    def gradient_series(self, output: np.ndarray, targets: np.ndarray, order: int) -> np.ndarray:
        """Return coefficient `order` of the gradient, given the series (orders, batch, outputs)."""
        return output[order] - targets if order == 0 else output[order]


@door(weights="complex 2d", biases="complex 1d")
@dataclass(frozen=True, eq=False)
class SoftReadout:
    r"""Cross-entropy of a softmax read-out that is no part of the network.

    :math:`C(s, y) = -\sum_c y_c \log \operatorname{softmax}(W_o s + b_o)_c`.

    Parameters
    ----------
    weights : ndarray, shape (classes, outputs)
    biases : ndarray, shape (classes,)
    """

    weights: np.ndarray
    biases: np.ndarray

    def probabilities(self, output: np.ndarray) -> np.ndarray:
        """Return softmax(W_o s + b_o), shape (batch, classes)."""
        logits = output @ self.weights.T + self.biases
        # The ufuncs themselves: their methods cost more than the sums of a few numbers.
        scaled = np.exp(logits - np.maximum.reduce(logits.real, axis=-1, keepdims=True))
        return scaled / np.add.reduce(scaled, axis=-1, keepdims=True)

    def value(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return C, shape (batch,)."""
        return -np.sum(targets * np.log(self.probabilities(output)), axis=-1)

    def gradient(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the output, shape (batch, outputs)."""
        return (self.probabilities(output) - targets) @ self.weights

    def curvature(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the Hessian with respect to the output, shape (batch, outputs, outputs)."""
        p = self.probabilities(output)
        inner = p[..., None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
        return self.weights.T @ inner @ self.weights

    def gradient_series(self, output: np.ndarray, targets: np.ndarray, order: int) -> np.ndarray:
        """Return coefficient `order` of the gradient, given the series (orders, batch, outputs)."""
        logits = output[: order + 1] @ self.weights.T
        logits[0] += self.biases
        p = softmax_series(logits)[order]
        return (p - targets if order == 0 else p) @ self.weights


def softmax_series(logits: np.ndarray) -> np.ndarray:
    """Return the series of the soft maximum, shapes (orders, batch, classes).

    From p_i' = p_i (z_i' - sum_j p_j z_j'), all orders in one pass.
    """
    orders = np.arange(len(logits))[:, None, None]
    slope = orders * logits  # coefficients of beta z'
    p, mean = np.empty_like(logits), np.zeros((*logits.shape[:-1], 1))
    p[0] = softmax(logits[0])
    for k in range(1, len(logits)):
        mean[k] = np.sum(p[:k] * slope[k:0:-1], axis=(0, -1))[..., None]
        p[k] = np.sum(p[k - 1 :: -1] * (slope[1 : k + 1] - mean[1 : k + 1]), axis=0) / k
    return p


@door
@dataclass(frozen=True)
class BinaryCrossEntropy:
    r""":math:`C = -\text{factor} \sum_i [y_i \log s_i + (1 - y_i) \log(1 - s_i)]`, 0 < s < 1.

    A quarter of it is what a nudge by the plain error *outside* the shifted sigmoid descends.
    """

    factor: float = 1.0

    def value(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return C, shape (batch,)."""
        _between_0_and_1(output)
        terms = targets * np.log(output) + (1 - targets) * np.log(1 - output)
        return -self.factor * terms.sum(axis=-1)

    def gradient(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the output, shape (batch, outputs)."""
        _between_0_and_1(output)
        return self.factor * (output - targets) / (output * (1 - output))

    def curvature(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the Hessian with respect to the output, shape (batch, outputs, outputs)."""
        bend = targets / output**2 + (1 - targets) / (1 - output) ** 2
        return self.factor * bend[..., None] * np.eye(output.shape[-1])


def _between_0_and_1(output):
    if not np.iscomplexobj(output) and not np.all((output > 0) & (output < 1)):
        raise ValueError(
            "loss: the binary cross-entropy needs outputs between 0 and 1; use a network of "
            "sigmoids, "
            "or another loss"
        )
