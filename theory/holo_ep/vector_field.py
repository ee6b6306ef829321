r"""What all vector-field networks share: activation, read-out and loss, several runs at once.

The preactivations u of all units, with activities :math:`r = \sigma(u)`, follow

.. math:: \dot u = G(r) - u + \beta\, \partial L / \partial r,

where L is the cross-entropy of a linear softmax read-out of the last layer. A positive nudge pushes
away from the target. G need not be the gradient of anything. Source: Laborieux and Zenke 2024.
Arrays carry the runs along their first axis: networks of one shape share every matrix product.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from theory.ep.activations import find_activation
from theory.holo_ep import complex_arrays


class VectorField(ABC):
    """Networks of one shape; subclasses say how units drive one another.

    Attributes
    ----------
    slices : tuple of slice
        Where the layers stand in a state vector of all units.
    activation : str
    readout : ndarray, shape (runs, classes, units of the last layer)
    readout_biases : ndarray, shape (runs, classes)
    """

    slices: tuple[slice, ...]
    activation: str
    readout: np.ndarray
    readout_biases: np.ndarray

    @property
    @abstractmethod
    def parameters(self) -> list[np.ndarray]:
        """All parameter arrays, in the order of the gradients; updated in place by training."""

    @abstractmethod
    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return what static inputs send to every unit, shape (runs, batch, units)."""

    @abstractmethod
    def forces(self, drive: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function G, from activities (runs, batch, units), real or complex."""

    @abstractmethod
    def linear_maps(self, activities: np.ndarray) -> tuple[Callable, Callable]:
        """Return the products of perturbations with the derivative of G, and with its transpose."""

    @abstractmethod
    def field_gradient(self, activities, errors, inputs) -> list[np.ndarray]:
        """Return the batch mean of errors times dG/dtheta, without the read-out's parameters."""

    @abstractmethod
    def homeostatic_gradient(self, activities, draws: int, rngs) -> list[np.ndarray]:
        """Return the sampled gradient of the homeostatic loss, in the order of `parameters`."""

    @abstractmethod
    def jacobian(self, activities: np.ndarray) -> np.ndarray:
        """Return dG/dr - 1, shape (runs, samples, units, units), samples 1 if all have the same."""

    @abstractmethod
    def angle(self) -> np.ndarray:
        """Return the angle of forward and backward weights in degrees, shape (runs,)."""

    @property
    def holomorphic(self) -> bool:
        return find_activation(self.activation).smooth

    def activity(self, states: np.ndarray) -> np.ndarray:
        """Return the activities r of preactivations u, real or complex."""
        if np.iscomplexobj(states) and self.activation == "shifted_sigmoid":
            return complex_arrays.shifted_sigmoid(states)  # ten times faster than a complex tanh
        return find_activation(self.activation).function(states)

    def slope(self, states: np.ndarray) -> np.ndarray:
        """Return the slopes D of the activation at preactivations u."""
        return find_activation(self.activation).derivative(states)

    def probabilities(self, activities: np.ndarray) -> np.ndarray:
        """Return the softmax of the read-out, shape (runs, batch, classes), real or complex."""
        logits = activities[..., self.slices[-1]] @ np.swapaxes(self.readout, 1, 2)
        return complex_arrays.softmax(logits + self.readout_biases[:, None])

    def loss(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the cross-entropy, shape (runs, batch); targets (runs or 1, batch, classes)."""
        return -np.sum(targets * np.log(self.probabilities(activities)), axis=-1)

    def loss_gradient(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss gradient by all activities, shape (runs, batch, units)."""
        gradient = np.zeros_like(activities)
        gradient[..., self.slices[-1]] = (self.probabilities(activities) - targets) @ self.readout
        return gradient

    def parameter_gradient(self, activities, errors, inputs, targets) -> list[np.ndarray]:
        """Return what errors give for every parameter, averaged over the batch.

        Errors have the shape (runs, batch, units) and multiply the derivatives of the field; the
        read-out gets its ordinary gradient. With back-propagated errors this is the gradient of
        the loss.
        """
        left = (self.probabilities(activities) - targets) / activities.shape[1]
        return [
            *self.field_gradient(activities, errors, inputs),
            np.swapaxes(left, 1, 2) @ activities[..., self.slices[-1]],
            left.sum(axis=1),
        ]


def times_real(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the product of a real or complex array with a real one in two real products."""
    if not np.iscomplexobj(left):
        return left @ right
    real = np.ascontiguousarray(left.real) @ right
    product = np.empty(real.shape, left.dtype)
    product.real, product.imag = real, np.ascontiguousarray(left.imag) @ right
    return product
