r"""Mean field of coupled synapses with weak metaplasticity, to second order in its strength.

A free synapse sees the mean of all others as an effective optimum and is polarised by
metaplasticity as a synapse alone is. Solved together, the mean binary weights minimise

.. math:: L(s) + \sum_i \frac{\kappa_i^2 H_{ii}}{6} (1 - s_i^2)^2, \qquad \kappa_i = m\eta H_{ii}

over the cube: metaplasticity adds a cost of being undecided. A consolidated synapse, once
:math:`m|W|` is large, takes every outward and no inward part of its shaken gradient, so that it
moves at :math:`\eta E(|v_i| + \sigma_i Z)_+` a step instead of :math:`\eta|v_i|`.

Source: derived here, `derivations.metaplastic_mean_field`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from theory.door import door
from theory.metaplasticity.mean_field_theory import mean_field
from theory.metaplasticity.modulation import nonnegative_array
from theory.metaplasticity.optimum_laws import normal_density
from theory.metaplasticity.quadratic_task import QuadraticTask
from theory.numerics import NotConverged

MAX_ITERATIONS = 50
TOLERANCE = 1e-10  # of the mean binary weights


@dataclass(frozen=True, eq=False)
class MetaplasticMeanField:
    r"""Predictions for a quadratic task with metaplasticity; arrays have shape (d,).

    Attributes
    ----------
    binary_mean : ndarray
        Time average of the binary weights, in [-1, 1].
    multiplier : ndarray
        :math:`v = H(W^* - \bar s)` where consolidated, 0 where free.
    consolidated : ndarray of bool
        Where the mean is at a side of the cube.
    velocity : ndarray
        Late growth of hidden weights per step in units of the learning rate,
        :math:`\operatorname{sign}(v)\,E(|v| + \sigma Z)_+`; valid where m|W| is far above 1.
    strength : float
        The largest :math:`\kappa_i`; the next order is its fourth power.
    coupling : ndarray
        :math:`\sigma_i / H_{ii}`, the shaking by the others over the own curvature. What it adds to
        the polarisation is neglected: the theory is good to a few per cent of the shift where it is
        around 0.1 and only tells the direction where it is around 0.4.
    """

    binary_mean: np.ndarray
    multiplier: np.ndarray
    consolidated: np.ndarray
    velocity: np.ndarray
    strength: float
    coupling: np.ndarray


@door(learning_rate="> 0")
def metaplastic_mean_field(
    task: QuadraticTask, learning_rate: float, metaplasticity: float | np.ndarray
) -> MetaplasticMeanField:
    r"""Solve the mean field of a task with weak metaplasticity.

    Newton's method on the box problem above; each iteration is a box-constrained quadratic program
    with the Hessian :math:`H - \tfrac23\operatorname{diag}\kappa_i^2 H_{ii}(1 - 3s_i^2)`.

    Parameters
    ----------
    task : QuadraticTask
    learning_rate : float
        :math:`\eta > 0`.
    metaplasticity : float or array_like, shape (d,)
        :math:`m \ge 0`. For another law, its m in :math:`f = 1 - (mW)^2 + \dots`.

    Returns
    -------
    MetaplasticMeanField

    Raises
    ------
    ValueError
        Where :math:`H - \tfrac23\operatorname{diag}(\kappa_i^2 H_{ii})` is not positive definite:
        then the box problem may have several solutions, and second order says nothing.
    NotConverged
        If the iteration does not settle.
    """
    metaplasticity = nonnegative_array("metaplasticity", metaplasticity)
    if np.ndim(metaplasticity) and np.shape(metaplasticity) != task.optimum.shape:
        raise ValueError(f"metaplasticity must be one number or of shape ({task.dimension},)")
    hessian, optimum, curvature = task.hessian, task.optimum, np.diag(task.hessian)
    strength = metaplasticity * learning_rate * curvature
    bend = 2 / 3 * strength**2 * curvature
    _check_convex(hessian, bend, metaplasticity)
    mean = mean_field(task).binary_mean
    for _ in range(MAX_ITERATIONS):
        model = hessian - np.diag(bend * (1 - 3 * mean**2))
        slope = hessian @ (mean - optimum) - bend * mean * (1 - mean**2)
        state = mean_field(QuadraticTask(model, mean - np.linalg.solve(model, slope)))
        change = np.max(np.abs(state.binary_mean - mean))
        mean = state.binary_mean
        if change < TOLERANCE:
            break
    else:
        raise NotConverged(
            "metaplastic_mean_field: the mean binary weights do not settle",
            residual=float(change),
            iterations=MAX_ITERATIONS,
        )
    held = state.consolidated
    multiplier = np.where(held, hessian @ (optimum - mean), 0.0)
    others = (hessian**2 - np.diag(curvature**2)) @ (1 - mean**2)
    shaking = np.sqrt(np.maximum(others, 0.0))
    return MetaplasticMeanField(
        binary_mean=mean,
        multiplier=multiplier,
        consolidated=held,
        velocity=np.where(held, np.sign(multiplier) * rectified(np.abs(multiplier), shaking), 0.0),
        strength=float(np.max(strength)),
        coupling=shaking / curvature,
    )


@door
def rectified(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    r"""Return :math:`E(\mu + \sigma Z)_+ = \mu\Phi(\mu/\sigma) + \sigma\varphi(\mu/\sigma)`.

    Parameters
    ----------
    mean : array_like
        :math:`\mu`.
    deviation : array_like
        :math:`\sigma \ge 0`; at 0 the positive part of the mean.
    """
    mean = np.asarray(mean, float)
    deviation = np.asarray(nonnegative_array("deviation", deviation))
    safe = np.where(deviation > 0, deviation, 1.0)
    value = mean * ndtr(mean / safe) + deviation * normal_density(mean / safe)
    return np.where(deviation > 0, value, np.maximum(mean, 0.0))[()]


def _check_convex(hessian, bend, metaplasticity) -> None:
    if np.max(bend) == 0:
        return
    scale = 1 / np.sqrt(np.diag(hessian))
    relative = np.max(bend * scale**2)
    softest = np.linalg.eigvalsh(hessian - np.diag(bend))[0]
    if softest <= 0:
        least = np.linalg.eigvalsh(scale[:, None] * hessian * scale)[0]
        allowed = np.max(metaplasticity) * np.sqrt(least / relative)
        raise ValueError(
            f"metaplasticity must be weaker, below about {allowed:.3g} for this task and learning "
            "rate: its energy is no longer convex, and a second-order theory does not apply"
        )
