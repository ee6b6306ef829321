r"""Importance of parameters and the quadratic penalty that protects the important ones.

Functions of parameter arrays and gradients; they know no network. A method of continual learning is
a measure of importance :math:`\Omega_i` and the penalty :math:`\tfrac c2 \sum_i \Omega_i
(\theta_i - \theta_i^*)^2` around the parameters :math:`\theta^*` at the end of a task:

* elastic weight consolidation (Kirkpatrick et al. 2017): the diagonal of the Fisher matrix, a mean
  of squared gradients of single samples;
* memory aware synapses (Aljundi et al. 2018): mean absolute gradients of the squared output norm;
* synaptic intelligence (Zenke, Poole, Ganguli 2017): the loss decrease along the path of training;
* random consolidation (Laborieux et al. 2021): the same importances on the wrong parameters.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door


@door
def path_increment(gradient: np.ndarray, change: np.ndarray) -> np.ndarray:
    r"""Return :math:`-g\,\Delta\theta`, the loss decrease of one step to first order.

    Summed over steps it is the path integral :math:`\omega` of synaptic intelligence. The gradient
    must be that of the loss without penalties. Of a binarized network either the hidden or the
    binary weights can be followed: then `change` is theirs.

    With mini-batches the sum is biased: where one noisy gradient makes both the step and the
    integral, its noise of variance :math:`s^2` is squared, and gradient descent at rate
    :math:`\eta` collects :math:`\eta s^2` a step on top of the decrease of the loss. A gradient of
    another batch removes the bias (`SynapticIntelligence`, ``batch="other"``).
    """
    return -np.multiply(gradient, change)


@door(displacement="array", path="array", damping="> 0")
def path_importance(
    path: np.ndarray, displacement: np.ndarray, damping: float = 0.1, *, clip: bool = True
) -> np.ndarray:
    r"""Return :math:`\Omega = \max(\omega, 0) / (\Delta\theta^2 + \xi)` of one task.

    Parameters
    ----------
    path : ndarray
        :math:`\omega`, the summed `path_increment` of the task.
    displacement : ndarray
        :math:`\Delta\theta`, from the start to the end of the task.
    damping : float
        :math:`\xi > 0`, which keeps parameters that hardly moved from dividing by zero.
    clip : bool
        False leaves negative importances, for a sum over tasks that is clipped as a whole.
    """
    return (np.maximum(path, 0) if clip else path) / (np.square(displacement) + damping)


@door(importance="array")
def shuffled_importance(importance: np.ndarray, rng: np.random.Generator | int) -> np.ndarray:
    """Return the importances of one layer, dealt out anew among its parameters."""
    return checks.as_rng(rng).permutation(np.ravel(importance)).reshape(np.shape(importance))


@door(strength=">= 0")
class QuadraticPenalty:
    r"""The sum over past tasks k of :math:`\tfrac c2 \sum_i \Omega^k_i (\theta_i - \theta^k_i)^2`.

    Only :math:`\sum_k \Omega^k`, :math:`\sum_k \Omega^k\theta^k` and a constant are stored: memory
    does not grow with the number of tasks.

    Parameters
    ----------
    strength : float
        :math:`c \ge 0`.
    """

    def __init__(self, strength: float):
        self.strength = float(strength)
        self.importance: np.ndarray | None = None
        self.pull: np.ndarray | None = None
        self.constant = 0.0

    @door
    def add_task(self, importance: np.ndarray, reference: np.ndarray) -> None:
        """Protect `reference`, an array like the parameters, with a non-negative `importance`."""
        shapes = np.shape(importance), np.shape(reference)
        if shapes[0] != shapes[1] or not shapes[0]:
            raise ValueError(
                f"importance has shape {shapes[0]}, but reference has {shapes[1]}; "
                "they must agree, one importance a parameter"
            )
        if not np.all(importance >= 0):
            raise ValueError("importance must not be negative: it is the curvature of a penalty")
        pull = importance * reference
        self.constant += float(np.sum(pull * reference))
        if self.importance is None:
            self.importance, self.pull = importance.copy(), pull
        else:
            self.importance += importance
            self.pull += pull

    @door
    def value(self, parameters: np.ndarray) -> float:
        """Return the penalty."""
        if self.importance is None or self.pull is None:
            return 0.0
        quadratic = np.sum((self.importance * parameters - 2 * self.pull) * parameters)
        return 0.5 * self.strength * (float(quadratic) + self.constant)

    def add_gradient(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        r"""Add :math:`c \sum_k \Omega^k (\theta - \theta^k)` to `gradient`, in place."""
        if self.importance is not None and self.strength:
            gradient += self.strength * (self.importance * parameters - self.pull)
