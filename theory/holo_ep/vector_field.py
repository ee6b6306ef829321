r"""Networks that train: batches of Fields, several runs at once, relaxed together.

The preactivations u of all units, with activities :math:`r = \sigma(u)`, follow

.. math:: \dot u = G(r) - u - \beta\, \partial L / \partial r,

where L is the cross-entropy of a linear softmax read-out of the last layer; G need not be the
gradient of anything. A positive nudge pulls towards the target. Source: Laborieux and Zenke 2022,
2024. Arrays carry the runs along their first axis: networks of one shape share every product.
`NetworkField` is the Field of one run with one input, `ClampedSample` that of a clamped network.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ep.activations import Activation, activity, find_activation, softmax
from theory.ep.losses import SoftReadout, SquaredError
from theory.holo_ep.field import Field, NotHolomorphic, solve


class VectorField(ABC):
    """Networks of one shape; subclasses say how units drive one another.

    Attributes
    ----------
    slices : tuple of slice
        Where the layers stand in a state vector of all units.
    activation : str or Activation
        Of `theory.ep`.
    readout : ndarray, shape (runs, classes, units of the last layer)
    readout_biases : ndarray, shape (runs, classes)
    """

    slices: tuple[slice, ...]
    activation: str | Activation
    readout: np.ndarray
    readout_biases: np.ndarray
    alternating = False  # whether even and odd layers are relaxed in turn

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

    def backwards(self, activities, drive) -> tuple[VectorField, np.ndarray]:
        """Return networks and drive with what is sent both ways exchanged, at rest where these are.

        The field plus (W' - W)(r - r_free): what a nudge measures then is the true error.
        """
        raise ValueError("corrected: only dense networks exchange their two ways")

    def coupling(self, run: int) -> np.ndarray | None:
        """Return dG/dr of one run where it does not depend on the state."""
        return None

    def only(self, run: int) -> VectorField:
        """Return one of the networks as networks of one run; its parameters are views."""
        own, alone = {id(p) for p in self.parameters}, copy(self)
        for name, value in vars(self).items():
            if id(value) in own:
                setattr(alone, name, value[run : run + 1])
            elif isinstance(value, list) and value and id(value[0]) in own:
                setattr(alone, name, [array[run : run + 1] for array in value])
        return alone

    def activity(self, states: np.ndarray) -> np.ndarray:
        """Return the activities r of preactivations u, real or complex."""
        return activity(self.activation, states)

    def slope(self, states: np.ndarray) -> np.ndarray:
        """Return the slopes D of the activation at preactivations u."""
        return find_activation(self.activation).derivative(states)

    def probabilities(self, activities: np.ndarray) -> np.ndarray:
        """Return the softmax of the read-out, shape (runs, batch, classes), real or complex."""
        logits = activities[..., self.slices[-1]] @ np.swapaxes(self.readout, 1, 2)
        return softmax(logits + self.readout_biases[:, None])

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
        return [
            *self.field_gradient(activities, errors, inputs),
            *self.readout_gradient(activities, targets),
        ]

    def readout_gradient(self, activities, targets, factor=1.0) -> list[np.ndarray]:
        """Return the batch mean of the loss's slope in the read-out, rows weighted by a factor."""
        left = factor * (self.probabilities(activities) - targets) / activities.shape[1]
        return [np.swapaxes(left, 1, 2) @ activities[..., self.slices[-1]], left.sum(axis=1)]

    def clamp(self, inputs: np.ndarray, target: np.ndarray, run: int = 0) -> NetworkField:
        """Return the Field of one run for an input, (pixels,), and a target, (classes,)."""
        return NetworkField(self, np.asarray(inputs), np.asarray(target), run)


@door(inputs="array 1d", target="array 1d", run="whole >= 0")
class NetworkField(Field):
    """One network with one input and target; its states are preactivations."""

    def __init__(self, networks: VectorField, inputs, target, run: int):
        self.networks, self.run, self.target = networks, run, target
        self._drive = networks.drive(inputs[None, None])[run]
        self.start = np.zeros(self._drive.shape[-1])
        # All runs are computed and one is kept: for the few states of a branch that is cheap.
        self._runs, self._jacobian = len(networks.readout), None
        self._coupling = networks.coupling(run)
        if self._coupling is not None:
            self._jacobian = self._dense_jacobian

    def _each(self, function, states):
        rows = states.reshape(-1, states.shape[-1])
        rows = np.broadcast_to(rows, (self._runs, *rows.shape))
        found = function(rows)[self.run]
        return found.reshape(*states.shape[:-1], found.shape[-1])

    def require_holomorphic(self):
        require_smooth(self.networks)

    def force(self, states):
        drive = self._drive[None].astype(np.result_type(self._drive, states))

        def forces(u):
            return self.networks.forces(drive)(self.networks.activity(u)) - u

        return self._each(forces, states)

    def loss_gradient(self, states):
        return self._each(
            lambda u: self.networks.loss_gradient(self.networks.activity(u), self.target), states
        )

    def loss_curvature(self, states):
        networks, last = self.networks, self.networks.slices[-1]
        p = self._each(lambda u: networks.probabilities(networks.activity(u)), states)
        inner = p[..., None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
        read = networks.readout[self.run]
        curvature = np.zeros((*states.shape, states.shape[-1]), p.dtype)
        curvature[..., last, last] = read.T @ inner @ read
        return curvature * networks.slope(states)[..., None, :]

    def _dense_jacobian(self, states):
        slope = self.networks.slope(states)[..., None, :]
        return self._coupling * slope - np.eye(states.shape[-1])

    def observe(self, states, nudges):
        """Return minus the activities, whose derivative is the nudged error of the network."""
        return -self.networks.activity(states)


class ClampedSample(Field):
    """One sample of a clamped network: its equations at complex states, for continuation."""

    damping = 1.0

    def __init__(self, clamped, index: int):
        self.clamped, self.start = clamped, clamped.free[index]
        self.free, network = self.start, clamped.network
        self._sigma, self._last = network.sigma, network.slices[-1]
        self._target, self._coupling = clamped.targets[index], network.coupling()
        self._drive = network.drive(clamped.inputs[[index]])[0]

    def require_holomorphic(self):
        self.clamped.require_holomorphic()

    def loss_gradient(self, states):
        slope = np.zeros(states.shape, states.dtype)
        slope[..., self._last] = self.clamped.loss.gradient(states[..., self._last], self._target)
        return slope

    def _preactivation(self, states, nudges):
        current = states @ self._coupling.T + self._drive
        return current - np.asarray(nudges)[..., None] * self.loss_gradient(states)

    def force(self, states):
        return self.residual(states, 0.0)

    def residual(self, states, nudges=0.0):
        return self._sigma.function(self._preactivation(states, nudges)) - states

    def jacobian(self, states, nudges=0.0):
        slope = self._sigma.derivative(self._preactivation(states, nudges))
        shape = (*states.shape, states.shape[-1])
        matrix = np.array(np.broadcast_to(self._coupling, shape), complex)
        target = np.broadcast_to(self._target, (*states.shape[:-1], len(self._target)))
        bend = self.clamped.loss.curvature(states[..., self._last], target)
        matrix[..., self._last, self._last] -= np.asarray(nudges)[..., None, None] * bend
        return slope[..., None] * matrix - np.eye(states.shape[-1])

    def nudge_slope(self, states, nudges=0.0):
        slope = self._sigma.derivative(self._preactivation(states, nudges))
        return -slope * self.loss_gradient(states)

    def errors(self):
        # One weight for both directions: both errors are the same.
        found = solve(self.jacobian(self.free).real, self.nudge_slope(self.free))
        return found, found


@dataclass(frozen=True, eq=False)
class NudgedRows:
    r"""A loss whose slope carries a nudge of its own for every row: :math:`\beta_i C`.

    The targets hold the real and the imaginary part of the nudge in two last columns, so that
    `theory.ep.equilibria` solves rows of different nudges together, with nudging strength 1.
    """

    loss: SoftReadout | SquaredError
    columns: int

    @property
    def biases(self):
        """As many as the columns of the targets: what the equilibrium solver checks them by."""
        return np.zeros(self.columns)

    def gradient(self, output, targets):
        nudges = targets[:, -2:-1]
        if np.iscomplexobj(output):
            nudges = nudges + 1j * targets[:, -1:]
        return nudges * self.loss.gradient(output, targets[:, :-2])


def require_smooth(networks: VectorField) -> None:
    """Raise NotHolomorphic for networks whose activation has kinks."""
    if not find_activation(networks.activation).smooth:
        raise NotHolomorphic(
            f"nudging_strength: it is complex, and the activation {networks.activation!r} has "
            "kinks; only a holomorphic one has an equilibrium for complex nudges"
        )


def times_real(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the product of a real or complex array with a real one in two real products."""
    if not np.iscomplexobj(left):
        return left @ right
    real = np.ascontiguousarray(left.real) @ right
    product = np.empty(real.shape, left.dtype)
    product.real, product.imag = real, np.ascontiguousarray(left.imag) @ right
    return product
