r"""Mean-field theory of hidden weights on the quadratic binary task.

For any positive-definite Hessian, learning rate and start, the time-averaged binary weights tend to
the minimiser of the loss over the cube, and the hidden weights grow at the learning rate times the
multipliers of the box constraints:

.. math::
    \bar s = \arg\min_{s \in [-1, 1]^d} \tfrac12 (s - W^*)^\top H (s - W^*), \qquad
    v = H (W^* - \bar s), \qquad W_t / t \to \eta v .

Source: derived here; for a diagonal Hessian it is the theorem of Laborieux et al. 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from theory.door import door
from theory.metaplasticity.quadratic_task import QuadraticTask
from theory.numerics import NotConverged

TOLERANCE = 1e-10  # of the optimality conditions, relative to the largest gradient in the cube
MAX_ITERATIONS = 200


@dataclass(frozen=True, eq=False)
class MeanField:
    r"""The mean-field state of a quadratic binary task; all arrays have shape (d,).

    Attributes
    ----------
    binary_mean : ndarray
        :math:`\bar s`, the limit of the time-averaged binary weights, in [-1, 1].
    multiplier : ndarray
        :math:`v = H(W^* - \bar s)`; hidden weights move by :math:`\eta v` a step. Exactly zero
        where the mean is inside (-1, 1).
    consolidated : ndarray of bool
        Where the multiplier is not zero: hidden weights that grow without bound.
    flip_cost : ndarray
        Time-averaged loss increase on flipping one binary weight,
        :math:`2 H_{ii} \bar s_i^2 + 2 |v_i|`. For consolidated weights, where it reads
        :math:`2 H_{ii} + 2 |v_i|`, it is exact; for free weights it neglects the correlations
        between their fluctuations.
    """

    binary_mean: np.ndarray
    multiplier: np.ndarray
    consolidated: np.ndarray
    flip_cost: np.ndarray


@door
def mean_field(task: QuadraticTask) -> MeanField:
    """Solve the box-constrained quadratic program of a task.

    Projected Newton method: in each iteration the components at a bound that the gradient pushes
    outward are held, the others take a Newton step through a Cholesky factor, projected on the cube
    with a line search along the projection arc (Bertsekas 1982). It ends in finitely many
    iterations for every positive-definite Hessian.

    Parameters
    ----------
    task : QuadraticTask

    Returns
    -------
    MeanField

    Raises
    ------
    NotConverged
        Where rounding keeps the optimality conditions above 1e-10 of the largest gradient.
    """
    if not isinstance(task, QuadraticTask):
        raise TypeError(f"task must be a QuadraticTask, not {type(task).__name__}")
    hessian, optimum = task.hessian, task.optimum
    curvature = np.diag(hessian)
    scale = np.max(np.abs(hessian) @ (1 + np.abs(optimum)))
    mean = np.clip(optimum, -1.0, 1.0)
    gradient = hessian @ (mean - optimum)
    for _ in range(MAX_ITERATIONS):
        held = (np.abs(mean) == 1) & (mean * gradient <= 0)
        residual = np.max(np.abs(gradient[~held]), initial=0.0)
        if residual <= TOLERANCE * scale:
            break
        free = np.flatnonzero(~held)
        factor = cho_factor(hessian[np.ix_(free, free)], check_finite=False)
        direction = -cho_solve(factor, gradient[free], check_finite=False)
        mean, gradient = _line_search(hessian, mean, gradient, free, direction)
    else:
        raise NotConverged(
            "mean_field: the optimality conditions are not met; is the Hessian near singular?",
            residual=residual / scale,
            iterations=MAX_ITERATIONS,
        )
    multiplier = np.where(held, -gradient, 0.0)
    return MeanField(
        binary_mean=mean,
        multiplier=multiplier,
        consolidated=multiplier != 0,
        flip_cost=2 * curvature * mean**2 + 2 * np.abs(multiplier),
    )


def _line_search(hessian, mean, gradient, free, direction):
    """Return the first point of the projection arc with enough decrease, and its gradient."""
    step = 1.0
    while True:
        target = np.clip(mean[free] + step * direction, -1.0, 1.0)
        move = target - mean[free]
        change = move @ hessian[free]
        promised = -(gradient[free] @ move)
        if promised - 0.5 * (move @ change[free]) >= 1e-4 * promised or step < 1e-12:
            break
        step /= 2
    new = mean.copy()
    new[free] = target
    return new, gradient + change
