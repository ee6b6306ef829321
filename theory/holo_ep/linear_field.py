r"""The linear vector field with a quadratic loss: both biases in closed form.

:math:`F(u) = J u + b` and :math:`L = \tfrac12 \lVert P u - y \rVert^2`. The equilibrium under the
nudge solves :math:`0 = F(u) + \beta\, \partial L / \partial u`, a rational function of
:math:`\beta`: :math:`u^*_\beta = u^*_0 + \beta (1 + \beta R)^{-1} a_1` with :math:`R = J^{-1}
P^\top P` and :math:`a_1 = d_\beta u^*`. Positive :math:`\beta` pushes away from the target (sign of
Laborieux and Zenke 2024; that of the energy-based paper is opposite).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.holo_ep.asymmetry import backpropagated_error, nudged_error


@dataclass(frozen=True, eq=False)
class LinearField:
    """A linear field with a quadratic loss.

    Parameters
    ----------
    jacobian : array_like, shape (n, n)
    drive : array_like, shape (n,)
    readout : array_like, shape (outputs, n)
        P.
    target : array_like, shape (outputs,)
        y.
    """

    jacobian: np.ndarray
    drive: np.ndarray
    readout: np.ndarray
    target: np.ndarray

    def __post_init__(self):
        jacobian = checks.finite_array("jacobian", self.jacobian, ndim=2)
        units = len(jacobian)
        readout = checks.finite_array("readout", self.readout, shape=(None, units))
        for name, value in (
            ("jacobian", checks.finite_array("jacobian", jacobian, shape=(units, units))),
            ("drive", checks.finite_array("drive", self.drive, shape=(units,))),
            ("readout", readout),
            ("target", checks.finite_array("target", self.target, shape=(len(readout),))),
        ):
            object.__setattr__(self, name, value)

    def equilibrium(self, nudging_strength: complex = 0.0) -> np.ndarray:
        """Return the state at rest under a nudge, shape (n,), by solving the nudged system."""
        nudged = self.jacobian + nudging_strength * self.readout.T @ self.readout
        return -np.linalg.solve(
            nudged, self.drive - nudging_strength * self.readout.T @ self.target
        )

    def loss_gradient(self) -> np.ndarray:
        """Return c, the gradient of the loss at the free equilibrium."""
        return self.readout.T @ (self.readout @ self.equilibrium() - self.target)

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the back-propagated error and the exact derivative by the nudge."""
        c = self.loss_gradient()
        return backpropagated_error(self.jacobian, c), nudged_error(self.jacobian, c)

    def contour_estimate(self, points: int, radius: float) -> np.ndarray:
        r"""Return what N nudged equilibria on a circle give for the derivative, shape (n,).

        :math:`\frac1N \sum_k u^*_{\beta_k} / \beta_k`; with one point the free equilibrium is
        subtracted.
        """
        points = checks.integer_at_least("points", points, 1)
        nodes = radius * np.exp(2j * np.pi * np.arange(points) / points)
        free = self.equilibrium()
        return np.mean([(self.equilibrium(b) - free) / b for b in nodes], axis=0).real


def loss_compliance(field: LinearField) -> np.ndarray:
    r"""Return :math:`R = J^{-1} P^\top P`, by how much the state yields to the loss's curvature."""
    return np.linalg.solve(field.jacobian, field.readout.T @ field.readout)


def predicted_contour_estimate(field: LinearField, points: int, radius: float) -> np.ndarray:
    r"""Return the closed form :math:`\hat u_N = (1 - (-\lvert\beta\rvert R)^N)^{-1} a_1`.

    From :math:`a_k = (-R)^{k-1} a_1` and the aliasing sum; derived here. Exact for every radius at
    which the nudged equilibria exist, also beyond the radius of convergence.
    """
    points = checks.integer_at_least("points", points, 1)
    turned = np.linalg.matrix_power(-radius * loss_compliance(field), points)
    return np.linalg.solve(np.eye(len(turned)) - turned, field.errors()[1])


def convergence_radius(field: LinearField) -> float:
    """Return how far the series in the nudge converges: 1 over the spectral radius of R."""
    return float(1 / np.abs(np.linalg.eigvals(loss_compliance(field))).max())
