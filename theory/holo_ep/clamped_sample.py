"""One sample of a clamped network as a Field: its equation at complex states and nudges."""

from __future__ import annotations

import numpy as np

from theory.holo_ep.field import Field, solve


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
