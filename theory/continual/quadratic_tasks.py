r"""Quadratic tasks in turn: gradient descent with path integrals and penalties of two conventions.

A task is :math:`L(\theta) = \tfrac12 (\theta - \theta^*)^\top H (\theta - \theta^*)`. Synaptic
Intelligence adds :math:`c \sum_i \Omega_i (\theta_i - \tilde\theta_i)^2` without a factor one half,
EWC :math:`\tfrac\lambda2 \sum_i F_i (\theta_i - \tilde\theta_i)^2`: so :math:`\Omega = H_{ii} /
2` and :math:`F = H_{ii}` mean the same. Importance measures are those of `regularizers`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.continual.regularizers import path_increment
from theory.door import door


@door
@dataclass(frozen=True, eq=False)
class QuadraticLoss:
    """A convex quadratic loss by Hessian (n, n) and optimum (n,)."""

    hessian: np.ndarray
    optimum: np.ndarray

    def __post_init__(self):
        hessian = checks.spd_matrix("hessian", self.hessian)
        optimum = checks.finite_array("optimum", self.optimum, shape=(len(hessian),))
        object.__setattr__(self, "hessian", hessian)
        object.__setattr__(self, "optimum", optimum)

    def __call__(self, parameters: np.ndarray) -> np.ndarray:
        """Return the loss, shape of `parameters` without its last axis."""
        away = np.asarray(parameters) - self.optimum
        return 0.5 * np.einsum("...i,ij,...j", away, self.hessian, away)

    @door
    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        return np.subtract(parameters, self.optimum) @ self.hessian


@dataclass(frozen=True, eq=False)
class Descent:
    """A path (steps + 1, n), and the path integral of minus gradient times change (n,)."""

    path: np.ndarray
    integral: np.ndarray

    @property
    def displacement(self) -> np.ndarray:
        return self.path[-1] - self.path[0]


@door(learning_rate="> 0", steps=">= 1")
def descend(
    loss: QuadraticLoss,
    start: np.ndarray,
    *,
    learning_rate: float,
    steps: int,
    importance: np.ndarray | float = 0.0,
    reference: np.ndarray | None = None,
) -> Descent:
    r"""Descend the loss with a penalty :math:`\sum_i \Omega_i (\theta_i - \tilde\theta_i)^2`.

    The path integral uses the gradient of the loss alone, at the middle of each step: for a
    quadratic loss its sum is then exactly the decrease of the loss.

    Parameters
    ----------
    loss : QuadraticLoss
    start : array_like, shape (n,)
    learning_rate : float
        Below 2 over the largest eigenvalue of loss and penalty together.
    steps : int
    importance : array_like, shape (n,) or (n, n), or float
        :math:`\Omega` with its strength; a matrix for a penalty that knows all correlations.
    reference : array_like, shape (n,), optional
        :math:`\tilde\theta`, by default the start.
    """
    theta = checks.finite_array("start", start, shape=loss.optimum.shape)
    if reference is None:
        reference = theta
    reference = checks.finite_array("reference", reference, shape=theta.shape)
    penalty = np.asarray(importance, float)
    penalty = penalty if penalty.ndim == 2 else np.diag(np.broadcast_to(penalty, theta.shape))
    largest = np.linalg.eigvalsh(loss.hessian + 2 * penalty)[-1]
    if learning_rate * largest >= 2:
        raise ValueError(
            f"learning_rate: {learning_rate:g} diverges; the curvature of loss and penalty reaches "
            f"{largest:.3g}, so stay below {2 / largest:.3g}"
        )
    path, integral = np.empty((steps + 1, len(theta))), np.zeros(len(theta))
    path[0] = theta
    for i in range(steps):
        change = -learning_rate * (loss.gradient(path[i]) + 2 * penalty @ (path[i] - reference))
        integral += path_increment(loss.gradient(path[i] + change / 2), change)
        path[i + 1] = path[i] + change
    return Descent(path, integral)


@door
def flow_importance(curvature: np.ndarray, time: np.ndarray) -> np.ndarray:
    r"""Return :math:`\omega / \Delta^2 = \tfrac h2 \coth \tfrac{h t}2` of gradient flow.

    Parameters
    ----------
    curvature : array_like
        h > 0, diagonal Hessian.
    time : array_like
        t > 0.
    """
    curvature, time = np.asarray(curvature, float), np.asarray(time, float)
    return curvature / 2 / np.tanh(curvature * time / 2)
