r"""Lyapunov bounds of the quadratic binary task: how far hidden weights can get, and how fast
time averages converge.

With :math:`V = \tfrac12 W^\top H^{-1} W` one step changes

.. math:: \Delta V = -\eta\sum_i |W_i|(1 - s_i W^*_i) + \eta^2 L(s) .
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.metaplasticity.mean_field_theory import MeanField
from theory.metaplasticity.quadratic_task import QuadraticTask


@door
def lyapunov_value(task: QuadraticTask, hidden: np.ndarray) -> np.ndarray:
    r"""Return :math:`V = \tfrac12 W^\top H^{-1} W`, shape (..., d) -> (...)."""
    hidden = task._fitting("hidden", hidden)
    flat = hidden.reshape(-1, task.dimension)
    solved = np.linalg.solve(task.hessian, flat.T).T
    return 0.5 * np.sum(flat * solved, axis=-1).reshape(hidden.shape[:-1])


@door(initial="1d", learning_rate="> 0")
def hidden_weight_bound(task: QuadraticTask, initial: np.ndarray, learning_rate: float) -> float:
    r"""Return a bound on :math:`\|W_t\|_2` for all t, for an optimum inside the box.

    With :math:`\max|W^*_i| = 1 - \mu`, V falls wherever
    :math:`\|W\|_1 > R = \eta L_\max/\mu`, so it never exceeds
    :math:`\max(V_0, R^2/2\lambda_\min + \eta^2 L_\max)`. The largest corner loss is bounded by
    :math:`\tfrac12\lambda_\max\sum_i(1+|W^*_i|)^2`.

    Raises
    ------
    ValueError
        Where the optimum is not strictly inside the box: then there is no bound.
    """
    margin = 1 - np.max(np.abs(task.optimum))
    if margin <= 0:
        raise ValueError("task: its optimum must be inside the open box, or hidden weights diverge")
    eigenvalues = np.linalg.eigvalsh(task.hessian)
    largest_loss = 0.5 * eigenvalues[-1] * np.sum((1 + np.abs(task.optimum)) ** 2)
    radius = learning_rate * largest_loss / margin
    highest = radius**2 / (2 * eigenvalues[0]) + learning_rate**2 * largest_loss
    start = float(lyapunov_value(task, initial))
    return float(np.sqrt(2 * eigenvalues[-1] * max(start, highest)))


@door(initial="1d", learning_rate="> 0")
def averaging_error_bound(
    task: QuadraticTask,
    state: MeanField,
    initial: np.ndarray,
    steps: np.ndarray,
    learning_rate: float,
) -> np.ndarray:
    r"""Return a bound on the error of the time-averaged binary weights, in the norm of H.

    .. math::
        \Big\|\frac1T\sum_{t<T} s_t - \bar s\Big\|_H \le
        \frac{\sqrt{2V_0 + 2\eta^2 T B} + \sqrt{2V_0}}{\eta T}, \qquad
        B = \tfrac12\max_{s\in[-1,1]^d}\|s - \bar s\|_H^2 ,

    valid for every task, start and learning rate. Under strict complementarity the error falls as
    1/T; the bound then is generous.
    """
    steps = np.asarray(steps, float)
    if np.any(steps < 1):
        raise ValueError(f"steps must be 1 or above, but one entry is {steps.min():g}")
    start = float(lyapunov_value(task, initial))
    largest = np.linalg.eigvalsh(task.hessian)[-1]
    spread = 0.5 * largest * np.sum((1 + np.abs(state.binary_mean)) ** 2)
    later = np.sqrt(2 * start + 2 * learning_rate**2 * steps * spread)
    return (later + np.sqrt(2 * start)) / (learning_rate * steps)
