r"""The branch of fixed points over the complex nudge plane, followed from the free equilibrium.

Fixed points are the zeros of :math:`F(s, \beta) = s - \sigma(J s + d - \beta \nabla C(s))`. Where
:math:`F_s = I - D (J - \beta \nabla^2 C)` is invertible the branch is holomorphic in the nudge,

.. math:: \frac{ds}{d\beta} = -F_s^{-1} D\, \nabla C ,

and is continued here by this tangent and Newton's method, many nudges at once. The equilibria that
a relaxation finds play no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.holo_ep.clamped_network import ClampedNetwork, require_invertible
from theory.numerics import NotConverged


@dataclass(frozen=True, eq=False)
class Branch:
    """The fixed-point equation of one sample of a clamped network, at complex states and nudges.

    All methods take states of shape (..., units) and nudges of shape (...).

    Parameters
    ----------
    clamped : ClampedNetwork
        With a holomorphic activation.
    sample : int
    """

    clamped: ClampedNetwork
    sample: int = 0

    def __post_init__(self):
        self.clamped.require_holomorphic()
        count = len(self.clamped.inputs)
        if checks.integer_at_least("sample", self.sample, 0) >= count:
            raise ValueError(f"sample: {self.sample} of {count} samples; they count from 0")

    @property
    def free(self) -> np.ndarray:
        return self.clamped.free[self.sample]

    @property
    def _last(self) -> slice:
        return self.clamped.network.slices[-1]

    @property
    def _target(self) -> np.ndarray:
        return self.clamped.targets[self.sample]

    def nudge_slope(self, states: np.ndarray) -> np.ndarray:
        """Return the loss gradient in all units, zero outside the last layer."""
        slope = np.zeros(states.shape, states.dtype)
        slope[..., self._last] = self.clamped.loss.gradient(states[..., self._last], self._target)
        return slope

    def preactivation(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return the preactivations of all units, shape (..., units)."""
        network = self.clamped.network
        drive = network.drive(self.clamped.inputs[[self.sample]])[0]
        current = states @ network.coupling().T + drive
        return current - np.asarray(nudges)[..., None] * self.nudge_slope(states)

    def residual(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return F, shape (..., units): zero at a fixed point."""
        return states - self.clamped.network.sigma.function(self.preactivation(states, nudges))

    def step_jacobian(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return the Jacobian of one synchronous step, shape (..., units, units)."""
        slope = self.clamped.network.sigma.derivative(self.preactivation(states, nudges))
        return slope[..., None] * self.coupling(states, nudges)

    def coupling(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return the Jacobian of the preactivations in the states, shape (..., units, units)."""
        last, network = self._last, self.clamped.network
        shape = (*states.shape, states.shape[-1])
        matrix = np.array(np.broadcast_to(network.coupling(), shape), complex)
        target = np.broadcast_to(self._target, (*states.shape[:-1], len(self._target)))
        bend = self.clamped.loss.curvature(states[..., last], target)
        matrix[..., last, last] -= np.asarray(nudges)[..., None, None] * bend
        return matrix

    def jacobian(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return F_s, shape (..., units, units)."""
        return np.eye(states.shape[-1]) - self.step_jacobian(states, nudges)

    def tangent(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return ds/dbeta along the branch, shape (..., units).

        Raises
        ------
        SingularJacobian
        """
        slope = self.clamped.network.sigma.derivative(self.preactivation(states, nudges))
        jacobian = self.jacobian(states, nudges)
        require_invertible(jacobian)
        return -np.linalg.solve(jacobian, (slope * self.nudge_slope(states))[..., None])[..., 0]

    def newton(
        self, states: np.ndarray, nudges: np.ndarray, *, tolerance: float = 1e-12, steps: int = 30
    ) -> np.ndarray:
        """Return fixed points near the given states.

        Raises
        ------
        NotConverged
        """
        states = np.array(states, complex)
        for _ in range(steps):
            with np.errstate(all="ignore"):
                wrong = self.residual(states, nudges)
                change = _solve(self.jacobian(states, nudges), wrong)
                states = states - change
            size = np.abs(change).max()
            if size < tolerance:
                return states
        raise NotConverged(
            "newton: no fixed point was found near the given states; take smaller steps in the "
            "nudge or stay away from branch points",
            size,
            steps,
        )

    def along(self, path: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        """Follow the branch along paths in the nudge plane.

        Parameters
        ----------
        path : ndarray of complex, shape (points, ...)
            Nudges in small steps; trailing axes are paths followed at once.
        start : ndarray, shape (..., units), optional
            State at the first point; by default the paths start at nudge 0, at the free state.

        Returns
        -------
        ndarray of complex, shape (points, ..., units)
        """
        path = np.asarray(path, complex)
        if start is None:
            if np.any(path[0] != 0):
                raise ValueError("path: it has to start at nudge 0 where no start is given")
            start = self.free
        state = np.array(np.broadcast_to(start, (*path.shape[1:], self.clamped.units)), complex)
        states = [state]
        for before, now in pairwise(path):
            slope = self.clamped.network.sigma.derivative(self.preactivation(state, before))
            tangent = -_solve(self.jacobian(state, before), slope * self.nudge_slope(state))
            guess = state + (now - before)[..., None] * tangent
            state = self.newton(guess, now, tolerance=1e-9)
            states.append(state)
        return np.stack(states)

    def rays(self, angles: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Follow the branch outward from nudge 0 along straight rays.

        Parameters
        ----------
        angles : ndarray, shape (angles,)
        radii : ndarray, shape (radii,)
            Ascending from 0 in small steps.

        Returns
        -------
        nudges : ndarray of complex, shape (radii, angles)
        states : ndarray of complex, shape (radii, angles, units)
            Behind a branch point the branch depends on the way round it: cuts run outward.
        """
        nudges = np.multiply.outer(radii, np.exp(1j * np.asarray(angles)))
        return nudges, self.along(nudges)


def _solve(matrices, vectors):
    return np.linalg.solve(matrices, vectors[..., None])[..., 0]
