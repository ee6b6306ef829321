r"""Networks that train: batches of Fields, several runs at once, and the steps that relax them.

The preactivations u of all units, with activities :math:`r = \sigma(u)`, follow

.. math:: \dot u = G(r) - u - \beta\, \partial L / \partial r,

where L is the cross-entropy of a linear softmax read-out of the last layer; G need not be the
gradient of anything. A positive nudge pulls towards the target. Source: Laborieux and Zenke 2022,
2024. Arrays carry the runs along their first axis: networks of one shape share every product.
`NetworkField` is the Field of one network with one input, of these and of a clamped one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from functools import cached_property, partial

import numpy as np

from theory.door import door
from theory.ep.activations import Activation, activity, find_activation, softmax
from theory.ep.losses import SoftReadout, curvature
from theory.holo_ep.asymmetry import backpropagated_error, holomorphic_jacobian, nudged_error
from theory.holo_ep.field import Field, require_smooth

CHECKED_EVERY = 5  # steps between two looks at the residual
LEAVING = 0.8  # share of samples still moving below which the others leave the relaxation


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

    def coupling(self) -> np.ndarray | None:
        """Return dG/dr of the first run where it does not depend on the state."""
        return None

    def only(self, run: int) -> VectorField:
        """Return one of the networks as networks of one run; its parameters are views."""
        if run >= len(self.readout):
            raise ValueError(f"run: {run} of {len(self.readout)} networks; they count from 0")
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

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Return the softmax of last layers (runs, batch, units), (runs, batch, classes)."""
        logits = outputs @ np.swapaxes(self.readout, 1, 2)
        logits += self.readout_biases[:, None]
        return softmax(logits)

    def pull(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss gradient by the activities of the last layer, real or complex."""
        return (self.probabilities(outputs) - targets) @ self.readout

    def loss_gradient(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss gradient by all activities, shape (runs, batch, units)."""
        gradient = np.zeros_like(activities)
        gradient[..., self.slices[-1]] = self.pull(activities[..., self.slices[-1]], targets)
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
        outputs = activities[..., self.slices[-1]]
        left = factor * (self.probabilities(outputs) - targets) / activities.shape[1]
        return [np.swapaxes(left, 1, 2) @ outputs, left.sum(axis=1)]

    @door(inputs="array 1d", target="array 1d", run="whole >= 0")
    def clamp(self, inputs: np.ndarray, target: np.ndarray, run: int = 0) -> NetworkField:
        """Return the Field of one run for an input, (pixels,), and a target, (classes,)."""
        one = self.only(run)
        drive = one.drive(np.asarray(inputs)[None, None])

        def currents(states):
            rows = states.reshape(1, -1, states.shape[-1])
            into = drive.astype(np.result_type(drive, states))
            return one.forces(into)(rows).reshape(states.shape)

        readout = SoftReadout(one.readout[0], one.readout_biases[0])
        start = self.activity(np.zeros(drive.shape[-1]))
        return NetworkField(
            currents, start, self.activation, self.slices[-1], readout, target, one.coupling()
        )


class NetworkField(Field):
    r"""One network with one input and target: :math:`F(s) = \sigma(G(s) - \beta c(s)) - s`.

    States are activities; c is the slope of the loss in them, by the last layer. With the slopes D
    of the activation and W = dG/ds at the free state, both errors are those of
    `theory.holo_ep.solved_errors`.
    """

    def __init__(self, currents, start, activation, last, loss, target, coupling=None):
        self.currents, self.start, self.activation = currents, start, activation
        self.last, self.target, self._cost = last, np.asarray(target), loss
        self._sigma = find_activation(activation)
        self._bend = partial(holomorphic_jacobian, currents)
        if coupling is not None:
            self._bend = lambda states: coupling

    def require_holomorphic(self):
        require_smooth(self.activation)

    def loss_gradient(self, states):
        slope = np.zeros_like(states)
        slope[..., self.last] = self._cost.gradient(states[..., self.last], self.target)
        return slope

    def _preactivation(self, states, nudges):
        return self.currents(states) - np.asarray(nudges)[..., None] * self.loss_gradient(states)

    def force(self, states):
        return self.residual(states)

    def residual(self, states, nudges=0.0):
        return self._sigma.function(self._preactivation(states, nudges)) - states

    def jacobian(self, states, nudges=0.0):
        slope = self._sigma.derivative(self._preactivation(states, nudges))
        shape = (*states.shape, states.shape[-1])
        matrix = np.array(np.broadcast_to(self._bend(states), shape), slope.dtype)
        bend = curvature(self._cost, states[..., self.last], self.target)
        matrix[..., self.last, self.last] -= np.asarray(nudges)[..., None, None] * bend
        return slope[..., None] * matrix - np.eye(states.shape[-1])

    def nudge_slope(self, states, nudges=0.0):
        slope = self._sigma.derivative(self._preactivation(states, nudges))
        return -slope * self.loss_gradient(states)

    def errors(self):
        jacobian, cost = self.jacobian(self.free), self.loss_gradient(self.free)
        slope = self._sigma.derivative(self.currents(self.free))
        back = slope * backpropagated_error(jacobian, cost)
        return back, nudged_error(jacobian, slope * cost)

    def corrected(self):
        free, field = self.free, copy(self)
        swap = (bend := self._bend(free)).T - bend
        field.currents = lambda states: self.currents(states) + (states - free) @ swap.T
        field._bend = lambda states: self._bend(states) + swap
        return field


def times_real(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the product of a real or complex array with a real one in two real products."""
    if not np.iscomplexobj(left):
        return left @ right
    real = np.ascontiguousarray(left.real) @ right
    product = np.empty(real.shape, left.dtype)
    product.real, product.imag = real, np.ascontiguousarray(left.imag) @ right
    return product


class Motion:
    """What all steps of networks with static inputs share, prepared once."""

    def __init__(self, networks, drive, targets, damping, noise=0.0, rng=None):
        self.networks, self.drive, self.targets = networks, drive, targets
        self.damping, self.noise, self.rng = drive.dtype.type(damping), noise, rng
        self.run = self._sweeps if networks.alternating else self._steps
        if not networks.alternating:
            return
        layers = np.arange(len(networks.slices)) % 2
        units = np.repeat(layers, [part.stop - part.start for part in networks.slices])
        self.groups = groups = [np.flatnonzero(units == group) for group in (0, 1)]
        self.across = [
            np.ascontiguousarray(np.swapaxes(networks.recurrent[:, own[:, None], other], 1, 2))
            for own, other in (groups, groups[::-1])
        ]
        self.top, self.drives = layers[-1], [drive[..., group] for group in groups]

    @cached_property
    def field(self):
        return self.networks.forces(self.drive)

    def _noise(self, shape):
        return self.drive.dtype.type(self.noise) * self.rng.standard_normal(shape, np.float32)

    def force(self, u, r, nudge):
        f, last = self.field(r), self.networks.slices[-1]
        f -= u
        if nudge.any():
            f[..., last] -= nudge * self.networks.pull(r[..., last], self.targets)
        return f

    def _steps(self, u, nudge, steps, tolerance=0.0):
        """Damped steps; samples that are at rest in all networks leave a free relaxation."""
        final, rows, motion = u, np.arange(u.shape[1]), self
        for done in range(1, steps + 1):
            f = motion.force(u, self.networks.activity(u), nudge)
            if tolerance > 0 and done % CHECKED_EVERY == 0:
                moving = ~(np.abs(f).max(axis=-1) <= tolerance).all(axis=0)
                if not moving.any():
                    break
                if moving.sum() < LEAVING * len(rows) and not nudge.any():
                    final[:, rows] = u
                    rows, u, f = rows[moving], u[:, moving], f[:, moving]
                    motion = Motion(self.networks, motion.drive[:, moving], None, self.damping)
            f *= self.damping
            u += f
            if self.noise:
                u += self.damping * self._noise(u.shape)
        if u is not final:
            final[:, rows] = u
        return final, done

    def _sweeps(self, u, nudge, steps, tolerance=0.0):
        """Update even and odd layers in turn; of a last layer the nudge sees the state before."""
        last, act, pulled = self.networks.slices[-1], self.networks.activity, nudge.any()
        us = [u[..., group] for group in self.groups]
        rs, outputs = [act(part) for part in us], slice(last.start - last.stop, None)
        for done in range(1, steps + 1):  # noqa: B007 - returned
            moved = 0.0
            for own in (0, 1) if len(self.groups[1]) else (0,):
                new = times_real(rs[1 - own], self.across[own])
                new += self.drives[own]
                if pulled and own == self.top:
                    pull = self.networks.pull(rs[own][..., outputs], self.targets)
                    new[..., outputs] -= nudge * pull
                if self.noise:
                    new += self._noise(new.shape)
                if tolerance:
                    moved = max(moved, np.abs(new - us[own]).max())
                us[own], rs[own] = new, act(new)
            if tolerance and moved <= tolerance:
                break
        for group, part in zip(self.groups, us, strict=True):
            u[..., group] = part
        return u, done
