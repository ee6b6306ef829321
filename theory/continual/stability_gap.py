r"""The stability gap: an old loss that rises and falls while old and new are learned together.

Gradient flow on the *exact* joint loss of two quadratic tasks, from the optimum of the first: with
Hessians :math:`H_1, H_2` and the joint optimum :math:`\theta_J` the deviation is :math:`\theta_J -
\theta = e^{-(H_1 + H_2) t} (\theta_J - \theta_1)`. The old loss need not rise monotonically to its
final value: it overshoots wherever the Hessians do not commute and the new gradient points into
directions that the old loss feels (Kamath et al. 2023; derived in `derivations.stability_gap`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.continual.quadratic_tasks import QuadraticLoss
from theory.door import door


@dataclass(frozen=True, eq=False)
class JointCourse:
    """Losses along a flow on the joint loss.

    Attributes
    ----------
    times, old, new : ndarray, shape (times,)
    final : float
        Old loss at the joint optimum.
    """

    times: np.ndarray
    old: np.ndarray
    new: np.ndarray
    final: float

    @property
    def gap(self) -> float:
        """Largest old loss above its final value, 0 where it never overshoots (on these times)."""
        return max(0.0, float(self.old.max() - self.final))


@door
def joint_course(
    first: QuadraticLoss,
    second: QuadraticLoss,
    times: np.ndarray,
    *,
    preconditioned: bool = False,
) -> JointCourse:
    """Return both losses along gradient flow on their sum, from the optimum of the first.

    Parameters
    ----------
    first, second : QuadraticLoss
    times : array_like, >= 0
    preconditioned : bool
        Flow with the inverse of the joint Hessian before the gradient (Newton's direction): a
        straight line to the joint optimum, without any gap.
    """
    times = checks.finite_array("times", times, ndim=1)
    if times.size and times.min() < 0:
        raise ValueError(f"times: {times.min():g} is before the second task began")
    if len(first.optimum) != len(second.optimum):
        raise ValueError("first and second must have one number of parameters")
    total = first.hessian + second.hessian
    joint = np.linalg.solve(total, first.hessian @ first.optimum + second.hessian @ second.optimum)
    away = joint - first.optimum
    rates, vectors = np.linalg.eigh(total)
    left = np.exp(-times[:, None] * (1.0 if preconditioned else rates))
    path = joint - left * (vectors.T @ away) @ vectors.T
    return JointCourse(times, first(path), second(path), float(first(joint)))
