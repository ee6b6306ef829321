r"""Second-order predictions of the mean-field theory: what fluctuating free weights add.

A free binary weight has the variance :math:`1 - \bar s_i^2` in time. Taken as independent, which
is accurate where single entries of H are small against its diagonal, their covariance is
:math:`C = \operatorname{diag}(1 - \bar s^2)`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.metaplasticity.mean_field_theory import MeanField
from theory.metaplasticity.quadratic_task import QuadraticTask


@dataclass(frozen=True, eq=False)
class Fluctuations:
    r"""Predicted moments in time.

    Attributes
    ----------
    mean_loss : float
        :math:`L(\bar s) + \tfrac12\operatorname{tr}(HC)`, the loss averaged over time.
    flip_cost_sd : ndarray, shape (d,)
        Standard deviation of the instantaneous flip cost of a consolidated weight,
        :math:`2\sqrt{\sum_j H_{ij}^2 C_{jj}}`.
    gradient_sd : ndarray, shape (d,)
        Standard deviation of the gradient component, half of that.
    """

    mean_loss: float
    flip_cost_sd: np.ndarray
    gradient_sd: np.ndarray


@door
def fluctuations(task: QuadraticTask, state: MeanField) -> Fluctuations:
    """Return the second-order predictions for a task and its mean-field state."""
    variance = 1 - state.binary_mean**2
    gradient_sd = np.sqrt(task.hessian**2 @ variance)
    loss = float(task.loss(state.binary_mean)) + 0.5 * float(np.diag(task.hessian) @ variance)
    return Fluctuations(loss, 2 * gradient_sd, gradient_sd)
