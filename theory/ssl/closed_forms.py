r"""Solutions in closed form for the Euclidean loss, where modes do not interact.

With :math:`\mu = c_1 \lambda`, :math:`c_1 = 1 + \sigma_1^2` and :math:`k = 2\alpha t`, time t in
units of learning rate times iterations:

* standard, :math:`\dot\lambda = 2\alpha \lambda^2 (1 - c_1\lambda)`:
  :math:`\mu = 1 / (1 + W[u e^{u - k/c_1}])`, :math:`u = 1/\mu_0 - 1`, W Lambert's function;
* isotropic, :math:`\dot\lambda = 2\alpha\lambda(1 - \rho - c_1\lambda)`: logistic.

Source: derived here (`theory.ssl.derivations.solutions`); the differential equations are those of
Halvagal, Laborieux, Zenke 2023, Theorem 1.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, lambertw, wrightomega

from theory import checks


def standard_predictor_eigenvalue(
    initial: np.ndarray, times: np.ndarray, exponent: float = 1.0, noise: float = 0.0
) -> np.ndarray:
    r"""Return :math:`\lambda(t)` under the Euclidean loss without weight decay.

    Parameters
    ----------
    initial : array_like, shape (...)
        :math:`\lambda(0) \ge 0`.
    times : array_like, broadcasting with `initial`
        In units of learning rate times iterations, 0 or above.
    exponent : float
        :math:`\alpha > 0`.
    noise : float
        :math:`\sigma_1`, noise of the online view.

    Returns
    -------
    ndarray
        Relative error below 1e-12 for initial values from 1e-8 to 1e8.
    """
    initial = _nonnegative("initial", initial)
    c1 = 1 + checks.nonnegative("noise", noise) ** 2
    k = 2 * checks.positive("exponent", exponent) * _nonnegative("times", times) / c1
    start, k = np.broadcast_arrays(c1 * initial, k)
    result = np.array(start / c1)  # 0 and the fixed point stay
    with np.errstate(divide="ignore", over="ignore"):
        u = np.asarray(1 / start - 1)
    low = (u > 0) & np.isfinite(u)
    # wrightomega(x) = W(e^x) does not overflow where the start is small.
    result[low] = 1 / (c1 * (1 + wrightomega(np.log(u[low]) + u[low] - k[low])))
    high = u < 0
    # For starts above the fixed point the argument is in (-1/e, 0): the principal branch.
    depth = lambertw(u[high] * np.exp(u[high] - k[high])).real
    # Next to the branch point -1/e, where a large start begins, 1 + W is a difference of near
    # equals; Newton's method on log(1 - q) + q = log(1 - q_0) + q_0 - k restores its digits.
    result[high] = _refined(1 + depth, start[high], k[high]) / c1
    return result[()]


def _refined(one_plus_w, start, k):
    """1/q for the solution q of h(q) = h(q_0) - k, h(q) = log(1 - q) + q, q_0 = 1/start < 1."""
    q0 = 1 / start
    target = _h(q0) - k
    q = np.clip(one_plus_w, q0, 1.0)
    # Where q is small h = -q^2/2 - q^3/3 - ... and the square root is a better start.
    q = np.where(target > -1e-3, np.sqrt(-2 * target) * (1 - np.sqrt(-2 * target) / 3), q)
    inner = q < 1 - 1e-6  # beyond it 1 - q is what counts, and Lambert's function is exact there
    for _ in range(4):
        slope = np.where(inner, -q / (1 - np.where(inner, q, 0.0)), 1.0)
        q = np.where(inner, q - (_h(np.where(inner, q, 0.5)) - target) / slope, q)
    return 1 / q


def _h(q):
    """log(1 - q) + q without cancellation for small q."""
    small = q < 0.02
    r = np.where(small, q, 0.0)
    series = -(r**2) * sum(r**n / (n + 2) for n in range(9))
    return np.where(small, series, np.log1p(-np.where(small, 0.5, q)) + np.where(small, 0.5, q))


def isotropic_predictor_eigenvalue(
    initial: np.ndarray,
    times: np.ndarray,
    exponent: float = 1.0,
    noise: float = 0.0,
    weight_decay: float = 0.0,
) -> np.ndarray:
    r"""Return :math:`\lambda(t)` under the isotropic Euclidean loss; arguments as above.

    `weight_decay` is :math:`\rho \ge 0`; from 1 on every mode dies.
    """
    initial = _nonnegative("initial", initial)
    times = _nonnegative("times", times)
    c1 = 1 + checks.nonnegative("noise", noise) ** 2
    growth = 1 - checks.nonnegative("weight_decay", weight_decay)
    x = 2 * checks.positive("exponent", exponent) * growth * times
    start = c1 * initial
    if abs(growth) < 1e-12:
        return initial / (1 + 2 * exponent * start * times)
    # growth / (1 + (growth/start - 1) e^-x), written so that no exponential overflows
    with np.errstate(divide="ignore"):
        level = growth / start - 1
    small = level > 0
    safe = np.where(small, level, 1.0)
    decay = np.exp(-np.abs(x))
    other = np.where(small, 0.0, level)
    shrinking = growth / (1 + other * decay) if growth > 0 else growth * decay / (decay + other)
    return np.where(small, growth * expit(x - np.log(safe)), shrinking)[()] / c1


def recruitment_time(initial: np.ndarray, variant: str, exponent: float = 1.0) -> np.ndarray:
    r"""Return the time at which :math:`\lambda = 1/2`, for :math:`0 < \lambda(0) \le 1/2`.

    :math:`[u + \ln u - 1] / (2\alpha)` for the standard loss and :math:`\ln(u) / (2\alpha)` for the
    isotropic one, :math:`u = 1/\lambda(0) - 1`, without noise of the online view.
    """
    checks.one_of("variant", variant, ("standard", "isotropic"))
    initial = checks.finite_array("initial", initial)
    if np.any(initial <= 0) or np.any(initial > 0.5):
        raise ValueError("initial must be in (0, 1/2]: other modes are never recruited or are so")
    u = 1 / initial - 1
    waiting = np.log(u) + (u - 1 if variant == "standard" else 0)
    return waiting / (2 * checks.positive("exponent", exponent))


def weight_decay_fixed_points(
    weight_decay: np.ndarray, noise: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the stable and the unstable fixed point of :math:`\lambda` under the Euclidean loss.

    :math:`\lambda_\pm = (1 \pm \sqrt{1 - 4 c_1 \rho}) / (2 c_1)`: they meet in a saddle-node at
    :math:`\rho = 1/(4 c_1)`, beyond which both are nan; 0 is stable for every :math:`\rho > 0`.
    """
    rho = _nonnegative("weight_decay", weight_decay)
    c1 = 1 + checks.nonnegative("noise", noise) ** 2
    root = np.sqrt(np.where(4 * c1 * rho <= 1, 1 - 4 * c1 * rho, np.nan))
    upper = (1 + root) / (2 * c1)
    return upper, rho / (c1 * upper)  # the product of the roots is rho / c1: no cancellation


def _nonnegative(name, values):
    values = checks.finite_array(name, values)
    if np.any(values < 0):
        raise ValueError(f"{name} must be 0 or above, but the smallest is {values.min():g}")
    return values
