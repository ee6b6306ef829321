r"""Prediction of what a network measures that lags behind an oscillating teacher.

Let the nudge turn by :math:`\varphi = 2\pi/N` after every T synchronous steps. A network that has
forgotten its start is again a function of the nudge: :math:`S(e^{i\varphi} \beta)` is what T steps
at the new nudge make of :math:`S(\beta)`. This S is holomorphic near 0, too, so that its first
harmonic is its first coefficient, whatever the radius:

.. math:: S_1 = (I - e^{-i \varphi} M^T)^{-1} (I - M^T)\, s_1 ,

with the Jacobian M of one step and the derivative :math:`s_1` of the equilibrium. The error of a
lag does not depend on the radius, and falls like the T-th power of the largest eigenvalue of M.
Derived here.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.gradients import error_gradient, loss_gradient, slopes
from theory.holo_ep.clamped_network import ClampedNetwork


def step_jacobians(clamped: ClampedNetwork) -> np.ndarray:
    """Return the Jacobian of a synchronous step at the free equilibria, (batch, units, units)."""
    slope = slopes(clamped.network, clamped.free, clamped.inputs)
    return slope[:, :, None] * clamped.network.coupling()


def relaxation_rate(clamped: ClampedNetwork) -> float:
    """Return the largest spectral radius of a step over the samples, 0 to 1 where it settles."""
    return float(np.abs(np.linalg.eigvals(step_jacobians(clamped))).max())


def _lag(clamped: ClampedNetwork, points: int, steps: int):
    """Return M, the derivative of the equilibrium, M^T and the turn back of a teaching step."""
    jacobian = step_jacobians(clamped)
    slope = slopes(clamped.network, clamped.free, clamped.inputs)
    force = slope * loss_gradient(clamped.network, clamped.free, clamped.targets, clamped.loss)
    derivative = -np.linalg.solve(np.eye(clamped.units) - jacobian, force[..., None])
    power = np.linalg.matrix_power(jacobian, steps)
    return jacobian, derivative, power, np.exp(-2j * np.pi / points)


def lagged_gradient(clamped: ClampedNetwork, points: int, steps: int) -> np.ndarray:
    """Return the estimate that the steady oscillation gives, up to aliasing.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        Teaching steps in a period, at least 2.
    steps : int
        Synchronous steps in a teaching step.

    Returns
    -------
    ndarray, shape (network parameters,)
        Without those of a read-out, which do not lag.
    """
    points = checks.integer_at_least("points", points, 2)
    steps = checks.integer_at_least("steps", steps, 1)
    _, derivative, power, turn = _lag(clamped, points, steps)
    unit = np.eye(clamped.units)
    harmonic = np.linalg.solve(unit - turn * power, (unit - power) @ derivative)[..., 0]
    return error_gradient(clamped.network, clamped.free, -np.real(harmonic), clamped.inputs).flat()


def lagged_residual(clamped: ClampedNetwork, points: int, steps: int, radius: float) -> float:
    r"""Return how far from rest the steady oscillation is, to first order in the radius.

    The norm of what one more step would change, mean over the samples, as `oscillate` measures it:
    :math:`|\beta|\, \lVert (M - I)(S_1 - s_1) \rVert`. Its relative error is of order |beta|.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        Teaching steps in a period, at least 2.
    steps : int
        Synchronous steps in a teaching step.
    radius : float
        Modulus of the nudge.
    """
    points = checks.integer_at_least("points", points, 2)
    steps = checks.integer_at_least("steps", steps, 1)
    radius = checks.positive("radius", radius)
    jacobian, derivative, power, turn = _lag(clamped, points, steps)
    unit = np.eye(clamped.units)
    # S_1 - s_1 by itself: the difference of both would cancel all digits for long steps.
    behind = (turn - 1) * np.linalg.solve(unit - turn * power, power @ derivative)
    change = (jacobian - unit) @ behind
    return float(radius * np.linalg.norm(change[..., 0], axis=1).mean())


def best_number_of_points(
    budget: float, rate: float, radius: float, radius_of_convergence: float
) -> float:
    r"""Return the number of points that shares a budget of steps best, as a real number.

    More points alias less, :math:`(|\beta| / \rho)^N`; but each relaxes for fewer steps, and keeps
    :math:`\lambda^{T/N}` of its distance. The two are equal at :math:`N = \sqrt{T \ln \lambda / \ln
    (|\beta| / \rho)}`.

    Parameters
    ----------
    budget : float
        T, synchronous steps of all points together.
    rate : float
        :math:`\lambda`, spectral radius of a step, between 0 and 1.
    radius, radius_of_convergence : float
        :math:`|\beta| < \rho`.
    """
    budget = checks.positive("budget", budget)
    rate = checks.in_range("rate", rate, 0, 1, closed=False)
    limit = checks.positive("radius_of_convergence", radius_of_convergence)
    radius = checks.in_range("radius", radius, 0, limit, closed=False)
    return float(np.sqrt(budget * np.log(rate) / np.log(radius / limit)))
