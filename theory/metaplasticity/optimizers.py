r"""Simulation of the quadratic binary task under noisy gradients, weight decay and Adam.

The path integrals that other methods take for an importance are accumulated on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.metaplasticity.modulation import binary_sign, factor_of, modulated_update
from theory.metaplasticity.quadratic_task import QuadraticTask

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8  # Adam as in the experiments


@dataclass(frozen=True, eq=False)
class OptimizerRun:
    r"""End of a simulation; all arrays of shape (d,).

    Attributes
    ----------
    final : ndarray
        Hidden weights.
    flip_cost : ndarray
        Loss increase on flipping one binary weight, averaged over the second half of the steps.
    squared_gradient : ndarray
        Average of the squared (noisy) gradient: the diagonal of the empirical Fisher matrix.
    hidden_path, binary_path : ndarray
        :math:`\sum_t -g_t\,\Delta W_t` and :math:`\sum_t -g_t\,\Delta s_t`: the path integrals of
        synaptic intelligence over hidden and over binary weights.
    """

    final: np.ndarray
    flip_cost: np.ndarray
    squared_gradient: np.ndarray
    hidden_path: np.ndarray
    binary_path: np.ndarray


@door(
    metaplasticity="any",
    steps=">= 2",
    learning_rate="> 0",
    optimizer="one of sgd, adam",
    gradient_noise=">= 0",
    weight_decay=">= 0",
)
def simulate_optimizer(
    task: QuadraticTask,
    initial: np.ndarray,
    steps: int,
    learning_rate: float,
    *,
    optimizer: str = "sgd",
    gradient_noise: float = 0.0,
    weight_decay: float = 0.0,
    metaplasticity=0.0,
    rng: np.random.Generator | int = 0,
) -> OptimizerRun:
    r"""Iterate :math:`W \leftarrow W - \eta U`, U being the gradient or Adam's direction.

    The gradient is :math:`H(\operatorname{sign}W - W^*) + \sigma\xi_t + dW`, with white noise.

    Parameters
    ----------
    task : QuadraticTask
    initial : array_like, shape (d,)
    steps : int
    learning_rate : float
    optimizer : {"sgd", "adam"}
    gradient_noise : float
        :math:`\sigma \ge 0`, in units of the gradient.
    weight_decay : float
        :math:`d \ge 0`, added to the gradient.
    metaplasticity : float, array_like, law or callable
        :math:`m \ge 0`, one or one a synapse, a law of `forgetting_laws` or your own factor: what
        inward changes of hidden weights are multiplied by, after the optimizer, as in the
        experiments.
    rng : Generator or int
    """
    hidden = checks.finite_array("initial", initial, shape=(task.dimension,)).copy()
    adam = optimizer == "adam"
    factor_of(metaplasticity)  # refused before any work is done
    rng = checks.as_rng(rng)
    slope = task.hessian @ task.optimum
    first, second = np.zeros(task.dimension), np.zeros(task.dimension)
    squared, hidden_path, binary_path, cost = np.zeros((4, task.dimension))
    binary = binary_sign(hidden)
    for step in range(1, steps + 1):
        exact = task.hessian @ binary - slope
        gradient = exact + weight_decay * hidden
        if gradient_noise:
            gradient += gradient_noise * rng.standard_normal(task.dimension)
        direction = gradient
        if adam:
            first += (1 - FIRST_DECAY) * (gradient - first)
            second += (1 - SECOND_DECAY) * (gradient**2 - second)
            unbias = np.sqrt(1 - SECOND_DECAY**step) / (1 - FIRST_DECAY**step)
            direction = unbias * first / (np.sqrt(second) + EPSILON)
        change = modulated_update(hidden, -learning_rate * direction, metaplasticity)
        hidden += change
        new_binary = binary_sign(hidden)
        squared += gradient**2
        hidden_path -= gradient * change
        binary_path -= gradient * (new_binary - binary)
        if 2 * step > steps:
            cost += -2 * binary * exact
        binary = new_binary
    flip_cost = 2 * np.diag(task.hessian) + cost / (steps - steps // 2)
    return OptimizerRun(hidden, flip_cost, squared / steps, hidden_path, binary_path)
