r"""Prediction of the error of noisy estimates: aliasing against noise, and the best radius.

Real noise of standard deviation :math:`\varsigma` on every preactivation makes the state fluctuate
about its equilibrium with the covariance :math:`\Sigma = M \Sigma M^\top + \varsigma^2 D^2`. To
leading order the products fluctuate with variance V, and N readings on a circle have the mean
square error

.. math:: \Bigl\lVert \sum_j c_{1 + jN} |\beta|^{jN} \Bigr\rVert^2 + \frac{V}{|\beta|^2}
          \sum_k \Bigl(\frac{\operatorname{Re} e^{-i\varphi_k}}{N}\Bigr)^2 ,

where the sum is 1/N for N = 2 and 1/(2N) from N = 3 on: the real part of the estimate discards half
of the noise. Valid for weak noise and a radius where the free state's fluctuations still hold.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.gradients import slopes
from theory.holo_ep.aliasing import aliased
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.lag import step_jacobians


def state_covariance(clamped: ClampedNetwork) -> np.ndarray:
    r"""Return the covariance of the free states for noise of unit strength.

    The solution of :math:`\Sigma = M \Sigma M^\top + D^2`, shape (batch, units, units).
    """
    jacobian = step_jacobians(clamped)
    slope = slopes(clamped.network, clamped.free, clamped.inputs)
    total = slope[:, :, None] * np.eye(clamped.units) * slope[:, None, :]
    # Doubling: after k rounds the sum holds 2^k steps.
    for _ in range(60):
        more = jacobian @ total @ np.swapaxes(jacobian, 1, 2)
        total = total + more
        jacobian = jacobian @ jacobian
        if np.abs(more).max() < 1e-14 * np.abs(total).max():
            break
    return total


def product_variance(clamped: ClampedNetwork) -> np.ndarray:
    """Return the variance of every product for noise of unit strength, shape (parameters,).

    Of the network's weights and biases; the read-out's slope is read at the nudged states and is
    left out. Batch averaged over samples with independent noise.
    """
    covariance, states = state_covariance(clamped), clamped.free
    parts, batch = clamped.network.slices, len(states)
    variance = np.einsum("bii->bi", covariance)
    pieces = [np.einsum("bo,bi->oi", variance[:, parts[0]], clamped.inputs**2).ravel()]
    for low, high in pairwise(parts):
        mixed = np.einsum("bo,bi,boi->oi", states[:, high], states[:, low],
                          covariance[:, high, low])  # fmt: skip
        own = np.einsum("bo,bi->oi", variance[:, high], states[:, low] ** 2)
        other = np.einsum("bo,bi->oi", states[:, high] ** 2, variance[:, low])
        pieces.append((own + other + 2 * mixed).ravel())
    pieces += [variance[:, part].sum(axis=0) for part in parts]
    return np.concatenate(pieces) / batch**2


def noise_gain(points: int, radius: float, readings: int = 1) -> float:
    """Return the variance of an estimate from products of unit variance under real noise."""
    points = checks.integer_at_least("points", points, 1)
    radius = checks.positive("radius", radius)
    share = {1: 2.0, 2: 0.5}.get(points, 1 / (2 * points))
    return share / (radius**2 * checks.integer_at_least("readings", readings, 1))


def predicted_error(
    coefficients: np.ndarray, variance: float, points: int, radius: float, readings: int = 1
) -> float:
    """Return the mean square error of a noisy estimate, summed over the parameters.

    Parameters
    ----------
    coefficients : ndarray, shape (orders, parameters)
        From `nudged_series`, for the parameters wanted.
    variance : float
        Squared noise times the summed `product_variance` of these parameters.
    """
    bias = aliased(coefficients, points, radius)
    return float(bias @ bias + variance * noise_gain(points, radius, readings))


def best_radius(
    coefficients: np.ndarray, variance: float, points: int, largest: float, readings: int = 1
) -> tuple[float, float]:
    r"""Return the radius up to `largest` with the least mean square error, and that error.

    Close to :math:`(\text{gain} \cdot V / (N \lVert c_{N+1} \rVert^2))^{1/(2N+2)}` while that lies
    well inside the radius of convergence.
    """
    radii = checks.positive("largest", largest) * np.geomspace(1e-4, 1, 600)
    errors = [predicted_error(coefficients, variance, points, r, readings) for r in radii]
    best = int(np.argmin(errors))
    return float(radii[best]), errors[best]


def leading_best_radius(
    coefficients: np.ndarray, variance: float, points: int, readings: int = 1
) -> float:
    """Return the best radius by the leading error alone, in closed form."""
    leading = np.sum(coefficients[points + 1] ** 2)
    gain = variance * noise_gain(points, 1.0, readings)
    return float((gain / (points * leading)) ** (1 / (2 * points + 2)))
