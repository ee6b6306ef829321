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
from scipy.special import exprel, lambertw, wrightomega

from theory import checks
from theory.door import door


@door(noise=">= 0", exponent="> 0")
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
    initial, times = _broadcast(initial, times)
    c1 = 1 + noise**2
    alpha = exponent
    k = 2 * alpha * times / c1
    start = c1 * initial
    result = np.array(start / c1)  # 0 and the fixed point stay
    with np.errstate(divide="ignore", over="ignore"):
        u = np.asarray(1 / start - 1)
    low = (u > 0) & np.isfinite(u)
    # wrightomega(x) = W(e^x) does not overflow where the start is small.
    ahead = _ahead(initial[low], times[low], alpha, c1)
    result[low] = 1 / (c1 * (1 + wrightomega(np.log(u[low]) + ahead)))
    high = u < 0
    # For starts above the fixed point the argument is in (-1/e, 0): the principal branch.
    depth = lambertw(u[high] * np.exp(u[high] - k[high])).real
    # Next to the branch point -1/e, where a large start begins, 1 + W is a difference of near
    # equals; Newton's method on log(1 - q) + q = log(1 - q_0) + q_0 - k restores its digits.
    result[high] = _refined(1 + depth, start[high], k[high]) / c1
    return result[()]


def _ahead(initial, times, alpha, c1):
    """1/(c_1 lambda_0) - 1 - 2 alpha t / c_1 in doubled precision.

    When a small mode takes off both parts are large and nearly equal, and their difference decides.
    """
    start = _product(c1, initial)
    inverse = _quotient(1.0, 0.0, *start)
    waited = _quotient(*_product(2 * alpha, times), c1, 0.0)
    head, tail = _sum(inverse[0], -waited[0])
    return head + (tail + inverse[1] - waited[1] - 1)


def _sum(a, b):
    """a + b and what rounding took from it (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _product(a, b):
    """a b and what rounding took from it (Dekker)."""
    value = a * b
    (a1, a2), (b1, b2) = (_halves(x) for x in (a, b))
    return value, ((a1 * b1 - value) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(x):
    """x as a sum of two numbers of 26 bits; by bits, since a product could overflow."""
    mantissa, power = np.frexp(x)
    high = np.ldexp(np.rint(np.ldexp(mantissa, 26)), power - 26)
    return high, x - high


def _quotient(a, a_rest, b, b_rest):
    """(a + a_rest) / (b + b_rest) as a number and its rest."""
    value = a / b
    product, rest = _product(value, b)
    return value, ((a - product) - rest + a_rest - value * b_rest) / b


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


@door(noise=">= 0", weight_decay=">= 0", exponent="> 0")
def isotropic_predictor_eigenvalue(
    initial: np.ndarray,
    times: np.ndarray,
    exponent: float = 1.0,
    noise: float = 0.0,
    weight_decay: float = 0.0,
) -> np.ndarray:
    r"""Return :math:`\lambda(t)` under the isotropic Euclidean loss; arguments as above.

    `weight_decay` is :math:`\rho \ge 0`; from 1 on every mode dies. Relative error below 1e-13.
    """
    initial, times = _broadcast(initial, times)
    c1 = 1 + noise**2
    growth = 1 - weight_decay
    k = 2 * exponent * times
    # The logistic curve as a sum of positive terms: nothing cancels, also not at growth 0.
    with np.errstate(over="ignore"):
        decay = np.exp(-growth * k)
        return (initial / (decay + c1 * initial * k * exprel(-growth * k)))[()]


@door(exponent="> 0")
def recruitment_time(initial: np.ndarray, variant: str, exponent: float = 1.0) -> np.ndarray:
    r"""Return the time at which :math:`\lambda = 1/2`, for :math:`0 < \lambda(0) \le 1/2`.

    :math:`[u + \ln u - 1] / (2\alpha)` for the standard loss and :math:`\ln(u) / (2\alpha)` for the
    isotropic one, :math:`u = 1/\lambda(0) - 1`, without noise of the online view.
    """
    checks.one_of("variant", variant, ("standard", "isotropic"))
    initial = np.asarray(initial, float)
    if np.any(initial <= 0) or np.any(initial > 0.5):
        raise ValueError("initial must be in (0, 1/2]: other modes are never recruited or are so")
    u = 1 / initial - 1
    waiting = np.log(u) + (u - 1 if variant == "standard" else 0)
    return waiting / (2 * exponent)


@door(level="in (0, 1)", offset=">= 0", exponent="> 0")
def normalised_ratio_time(
    initial: np.ndarray, level: float = 0.5, exponent: float = 0.5, offset: float = 0.0
) -> np.ndarray:
    r"""Return when a mode's ratio to the largest passes a level, for a normalised predictor.

    Euclidean loss without noise of the online view, predictor :math:`x + \epsilon` with
    :math:`x = (\gamma_m / \gamma_{max})^\alpha`: :math:`\dot x = 2\alpha x (1 - x)(x + 2\epsilon)`.
    Without offset this is the equation of an eigenvalue under the plain power, with the largest
    eigenvalue in the place of 1; with offset small modes grow exponentially, at
    :math:`4 \alpha \epsilon`.

    Parameters
    ----------
    initial : array_like
        :math:`x(0)` in (0, level].
    level : float
        In (0, 1).
    exponent : float
        :math:`\alpha > 0`.
    offset : float
        :math:`\epsilon \ge 0`.
    """
    x = np.asarray(initial, float)
    if np.any(x <= 0) or np.any(x > level):
        raise ValueError(
            f"initial must be in (0, {level:g}], ratios to the largest that have to grow"
        )
    e = 2 * offset
    head = (np.log1p(e / x) - np.log1p(e / level)) / e if e else 1 / x - 1 / level
    rest = np.log((level + e) * (1 - x) / ((x + e) * (1 - level))) / (1 + e)
    return (head + rest) / (2 * exponent)


@door(_nan=True, noise=">= 0")
def weight_decay_fixed_points(
    weight_decay: np.ndarray, noise: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the stable and the unstable fixed point of :math:`\lambda` under the Euclidean loss.

    :math:`\lambda_\pm = (1 \pm \sqrt{1 - 4 c_1 \rho}) / (2 c_1)`: they meet in a saddle-node at
    :math:`\rho = 1/(4 c_1)`, beyond which both are nan; 0 is stable for every :math:`\rho > 0`.
    """
    rho = _nonnegative("weight_decay", weight_decay)
    c1 = 1 + noise**2
    root = np.sqrt(np.where(4 * c1 * rho <= 1, 1 - 4 * c1 * rho, np.nan))
    upper = (1 + root) / (2 * c1)
    return upper, rho / (c1 * upper)  # the product of the roots is rho / c1: no cancellation


def _broadcast(initial, times):
    initial, times = _nonnegative("initial", initial), _nonnegative("times", times)
    try:
        return np.broadcast_arrays(initial, times)
    except ValueError:
        raise ValueError(
            f"initial, shape {initial.shape}, and times, shape {times.shape}, must broadcast: give "
            "times as a column, times[:, None], for a table of times and initial values"
        ) from None


def _nonnegative(name, values):
    values = checks.finite_array(name, values)
    if np.any(values < 0):
        raise ValueError(f"{name} must be 0 or above, but the smallest is {values.min():g}")
    return values
