r"""What N points on a circle measure, predicted from the power series in the nudge.

With :math:`g(\beta) = \sum_m c_m \beta^m`, N equidistant points on the circle :math:`|\beta|` see

.. math:: \hat g_N = c_1 + c_{N+1} |\beta|^N + c_{2N+1} |\beta|^{2N} + \dots \quad (N \ge 2),

since all other powers cancel: an error of order N (Laborieux and Zenke 2022, discretised). The
coefficients come from the fixed-point equation order by order; no nudged equilibrium is computed.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.bias_series import gradient_series
from theory.ep.power_series import equilibrium_series
from theory.holo_ep.clamped_network import ClampedNetwork


def nudged_series(clamped: ClampedNetwork, order: int) -> np.ndarray:
    r"""Return the coefficients :math:`c_0 \dots c_{order}` of :math:`g(\beta)`.

    Returns
    -------
    ndarray, shape (order + 1, parameters)
        In the order of `ClampedNetwork.products`; row 1 is the gradient of the loss.
    """
    order = checks.integer_at_least("order", order, 1)
    states = equilibrium_series(
        clamped.network, clamped.inputs, clamped.targets, order, clamped.loss, clamped.free
    )
    inner = gradient_series(clamped.network, states, clamped.inputs)
    if not clamped.has_readout:
        return inner
    output = states[:, :, clamped.network.slices[-1]]
    logits = output @ clamped.loss.weights.T
    logits[0] += clamped.loss.biases
    errors = softmax_series(logits)
    errors[0] -= clamped.targets
    rows = [np.zeros(clamped.loss.weights.size + logits.shape[-1])]
    for k in range(order):
        weights = sum(errors[j].T @ output[k - j] for j in range(k + 1))
        rows.append(np.concatenate([weights.ravel(), errors[k].sum(axis=0)]) / len(clamped.inputs))
    return np.concatenate([inner, np.stack(rows)], axis=1)


def softmax_series(logits: np.ndarray) -> np.ndarray:
    """Return the series of the soft maximum, shapes (orders, batch, classes).

    From p_i' = p_i (z_i' - sum_j p_j z_j'), all orders in one pass.
    """
    orders = np.arange(len(logits))[:, None, None]
    slope = orders * logits  # coefficients of beta z'
    p, mean = np.empty_like(logits), np.zeros((*logits.shape[:-1], 1))
    scaled = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
    p[0] = scaled / scaled.sum(axis=-1, keepdims=True)
    for k in range(1, len(logits)):
        mean[k] = np.sum(p[:k] * slope[k:0:-1], axis=(0, -1))[..., None]
        p[k] = np.sum(p[k - 1 :: -1] * (slope[1 : k + 1] - mean[1 : k + 1]), axis=0) / k
    return p


def aliased(coefficients: np.ndarray, points: int, radius: float) -> np.ndarray:
    """Return the predicted error of the estimate with N points, shape (parameters,).

    Parameters
    ----------
    coefficients : ndarray, shape (orders, parameters)
        From `nudged_series`; orders above N + 1 are needed.
    points : int
        N, at least 1.
    radius : float
        Smaller than the radius of convergence.
    """
    points = checks.integer_at_least("points", points, 1)
    radius = checks.positive("radius", radius)
    if points + 1 >= len(coefficients):
        raise ValueError(
            f"coefficients: {len(coefficients)} orders do not reach the first error of {points} "
            f"points, order {points + 1}"
        )
    orders = np.arange(points + 1, len(coefficients), points)
    return radius ** (orders - 1.0) @ coefficients[orders]


def aliasing_bound(largest: float, circle: float, points: int, radius: float) -> float:
    r"""Return the bound of the error by Cauchy's estimate on a larger circle.

    :math:`\frac{M_R}{R} \frac{q^N}{1 - q^N}, q = |\beta| / R`, for N of at least 2.

    Parameters
    ----------
    largest : float
        :math:`M_R`, largest norm of g on the circle of modulus R.
    circle : float
        R, between the radius used and the radius of convergence.
    """
    points = checks.integer_at_least("points", points, 2)
    radius, circle = checks.positive("radius", radius), checks.positive("circle", circle)
    if radius >= circle:
        raise ValueError(f"circle: {circle:g} has to be larger than the radius {radius:g}")
    ratio = (radius / circle) ** points
    return checks.nonnegative("largest", largest) / circle * ratio / (1 - ratio)


def points_needed(coefficients: np.ndarray, radius: float, tolerance: float, most: int = 64) -> int:
    """Return the smallest N whose predicted relative error is below a tolerance.

    Raises
    ------
    ValueError
        Where not even the most points suffice, or the series is too short for them.
    """
    size = np.linalg.norm(coefficients[1])
    for points in range(1, min(most, len(coefficients) - 2) + 1):
        if np.linalg.norm(aliased(coefficients, points, radius)) < tolerance * size:
            return points
    raise ValueError(
        f"tolerance: {tolerance:g} is not reached with {min(most, len(coefficients) - 2)} points "
        f"on |nudge| = {radius:g}; use a smaller radius or a longer series"
    )
