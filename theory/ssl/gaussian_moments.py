r"""Moments of normalised Gaussian vectors, by a two-dimensional quadrature.

The cosine loss divides by the norms of the prediction and of the target. In the eigenbasis these
are :math:`p_m = \pi_m a_m` and :math:`z_m = \tau_m b_m` with independent Gaussian pairs of
covariance :math:`\Sigma = \begin{pmatrix} c_1 & 1 \\ 1 & c_2 \end{pmatrix}`, so the mean update is
made of moments such as :math:`E[a_m b_m / (|p| |z|)]`. Schwinger's formula

.. math:: |u|^{-\nu} = \frac{1}{\Gamma(\nu/2)} \int_0^\infty s^{\nu/2-1} e^{-s|u|^2}\,ds

for both norms leaves Gaussian integrals of the tilted covariance: with
:math:`A_m = s\,\pi_m^2`, :math:`B_m = t\,\tau_m^2`, :math:`\Delta = c_1 c_2 - 1`,

.. math::
    Q_m = 1 + 2 c_1 A_m + 2 c_2 B_m + 4 \Delta A_m B_m, \quad
    S_m = \frac{1}{Q_m} \begin{pmatrix} c_1 + 2\Delta B_m & 1 \\ 1 & c_2 + 2\Delta A_m \end{pmatrix}

and the weight :math:`F = \prod_m Q_m^{-1/2}`. Every moment is linear in :math:`1/Q_m` and
:math:`1/Q_m^2`, so that all modes share two matrix products: the cost is modes times nodes.

Source: derived here (`theory.ssl.derivations.moments`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.ssl.settings import check_noise

TOLERANCE = 1e-8
# Relative trapezoid error of the double-exponential rule is exp(-RATE / step), as measured for
# 2 to 100 modes and spreads of up to eight decades (tests/ssl/test_gaussian_moments.py).
RATE = 8.3
MARGIN = 4.0  # beyond the tolerance, as a logarithm, to which tails are followed
COLLAPSED = 1e-60  # of the largest squared scale: smaller modes no longer stretch the grid


@dataclass(frozen=True, eq=False)
class CosineMoments:
    r"""Expectations over both views; all arrays have shape (modes,).

    Attributes
    ----------
    cross : ndarray
        :math:`E[a_m b_m / (|p||z|)]`.
    online_aligned : ndarray
        :math:`E[a_m^2\, (p \cdot z) / (|p|^3 |z|)]`.
    mean_cosine : float
        :math:`E[p \cdot z / (|p||z|)]`.
    online : ndarray or None
        :math:`E[a_m^2 / (|p||z|)]`; this and the following only where the target branch was asked
        for.
    cross_aligned : ndarray or None
        :math:`E[a_m b_m\, (p \cdot z) / (|p|^3 |z|)]`.
    target_aligned : ndarray or None
        :math:`E[b_m^2\, (p \cdot z) / (|p| |z|^3)]`.
    nodes : int
        Nodes of the quadrature.
    """

    cross: np.ndarray
    online_aligned: np.ndarray
    mean_cosine: float
    online: np.ndarray | None
    cross_aligned: np.ndarray | None
    target_aligned: np.ndarray | None
    nodes: int


@door(noise="any", tolerance="in [1e-14, 0.01]", predictor_scales="1d")
def cosine_moments(
    predictor_scales: np.ndarray,
    target_scales: np.ndarray,
    noise: tuple[float, float] = (0.0, 0.1),
    *,
    tolerance: float = TOLERANCE,
    target_branch: bool = True,
) -> CosineMoments:
    r"""Return the moments of the cosine loss.

    Parameters
    ----------
    predictor_scales : array_like, shape (modes,)
        :math:`\pi_m = \lambda_m s_m > 0` or 0, standard deviations of the prediction at unit input.
    target_scales : array_like, shape (modes,)
        :math:`\tau_m`, those of the target representation; :math:`s_m` where it is not averaged.
    noise : (float, float)
        :math:`\sigma_1, \sigma_2 \ge 0`, noise of the two views.
    tolerance : float
        Relative error asked for, in [1e-14, 1e-2]; `quadrature_error` measures what was reached:
        within a factor of four of it for 2 to 400 modes.
    target_branch : bool
        Whether to compute the moments that only the target branch's gradient needs.

    Returns
    -------
    CosineMoments

    Raises
    ------
    ValueError
        For scales that are negative, not finite, all zero or of different lengths.
    """
    predictor = np.asarray(predictor_scales, float)
    target = checks.finite_array("target_scales", target_scales, shape=predictor.shape)
    for name, scales in (("predictor_scales", predictor), ("target_scales", target)):
        if scales.size == 0 or scales.min() < 0 or scales.max() == 0:
            raise ValueError(f"{name} must be 0 or above and not all 0")
    if not np.any(predictor * target):
        raise ValueError(
            "predictor_scales and target_scales must share a mode: no mode is above 0 in both, and "
            "prediction and target are orthogonal"
        )
    return moments_unchecked(predictor, target, check_noise(noise), tolerance, target_branch)


@door(noise="any")
def quadrature_error(
    predictor_scales: np.ndarray,
    target_scales: np.ndarray,
    noise: tuple[float, float] = (0.0, 0.1),
    *,
    tolerance: float = TOLERANCE,
) -> float:
    """Return the largest relative deviation of the moments from those of a much finer grid."""
    rough, fine = (
        cosine_moments(predictor_scales, target_scales, noise, tolerance=t)
        for t in (tolerance, max(tolerance**2, 1e-14))
    )
    names = ("cross", "online_aligned", "mean_cosine", "online", "cross_aligned", "target_aligned")
    pairs = [(getattr(rough, name), getattr(fine, name)) for name in names]
    return max(float(np.max(np.abs(a - b) / np.abs(b))) for a, b in pairs)


def moments_unchecked(predictor, target, second_moments, tolerance, target_branch):
    """Do the work of `cosine_moments` for arguments that are known to be right."""
    c1, c2 = second_moments
    delta = c1 * c2 - 1
    # Scale invariance: with unit largest scales neither norm overflows, and the moments rescale.
    largest_p, largest_t = predictor.max(), target.max()
    predictor, target = predictor / largest_p, target / largest_t
    product = predictor * target
    p2, t2 = predictor**2, target**2
    branches = ("online, both", "target") if target_branch else ("online", "held")
    s, weight_s = _nodes(p2, product, c1, tolerance, branches[0])
    t, weight_t = _nodes(t2, product, c2, tolerance, branches[1])

    a, b = p2[:, None] * s, t2[:, None] * t
    q = (2 * c1 + 4 * delta * b)[:, None, :] * a[:, :, None]
    q += (1 + 2 * c2 * b)[:, None, :]
    # One logarithm for the product over a few modes: overflow is out of reach for groups this size.
    size = max(1, int(600 / np.log(q[:, -1, -1].max())))
    log_q = sum(np.log(np.multiply.reduce(q[k : k + size], axis=0)) for k in range(0, len(q), size))
    f = np.exp(-0.5 * log_q)
    inverse = np.reciprocal(q, out=q).reshape(len(q), -1)
    total = (product @ inverse).reshape(f.shape)  # E[p . z] of the tilted Gaussian

    f *= weight_s[:, None] * weight_t / np.pi
    by_p = 2 * s[:, None] * f  # 2/pi s^(1/2) t^(-1/2)
    by_p_total = by_p * total
    columns = [f, by_p_total, by_p_total * t]
    squares = [by_p, by_p * t]
    if target_branch:
        by_t = 2 * t * f
        by_t_total = by_t * total
        columns += [f * t, by_p, by_t_total, by_t_total * s[:, None]]
        squares += [by_t, by_t * s[:, None]]
    first = inverse @ np.stack([c.ravel() for c in columns], axis=1)
    second = np.square(inverse, out=inverse) @ np.stack([c.ravel() for c in squares], axis=1)

    scale = 1 / (largest_p * largest_t)
    online_aligned = c1 * (first[:, 1] + 2 * product * second[:, 0])
    online_aligned += 2 * delta * t2 * (first[:, 2] + 2 * product * second[:, 1])
    online = cross_aligned = target_aligned = None
    if target_branch:
        online = scale * (c1 * first[:, 0] + 2 * delta * t2 * first[:, 3])
        cross_aligned = first[:, 1] + product * (2 * second[:, 0] + delta * first[:, 4])
        target_aligned = c2 * (first[:, 5] + 2 * product * second[:, 2])
        target_aligned += 2 * delta * p2 * (first[:, 6] + 2 * product * second[:, 3])
        cross_aligned, target_aligned = cross_aligned / largest_p**2, target_aligned / largest_t**2
    return CosineMoments(
        cross=scale * first[:, 0],
        online_aligned=online_aligned / largest_p**2,
        mean_cosine=float(np.sum(f * total)),
        online=online,
        cross_aligned=cross_aligned,
        target_aligned=target_aligned,
        nodes=f.size,
    )


def _nodes(squares, product, second_moment, tolerance, branch):
    """Nodes in s and weights of s^(-1/2) ds: trapezoid in y, s = scale exp(y - exp(-y)).

    The grid ends where a bound on every integrand has fallen below the tolerance. In the bound the
    other axis is integrated up to the same scale, beyond which it falls, too.
    """
    digits = np.log(1 / tolerance)
    step = RATE / digits
    alive = squares > COLLAPSED
    live, product = squares[alive], product[alive]
    total = 2 * second_moment * live.sum()  # the weight F falls from s = 1 / total on
    low = -np.log(2 * digits + 4)
    # With k live modes every integrand falls at least as this power of s beyond the last scale.
    slowest = max((len(live) - (branch in ("online, both", "target"))) / 2, 0.5)
    high = np.log(total / (2 * second_moment * live.min())) + (digits + MARGIN) / slowest
    y = np.arange(low, high + step, step)
    s = np.exp(y - np.exp(-y)) / total
    load = 1 / (1 + 2 * second_moment * np.multiply.outer(live, s))
    shared = (product @ load) / product.sum()  # how E[p . z] falls
    last = load[live.argmin()]  # how the smallest mode's 1/Q falls
    # E[a^2 (p . z) / (|p|^3 |z|)], then E[a b / (|p||z|)]
    tail = np.maximum(2 * y + np.log(shared * last), y + np.log(last))
    if branch == "online, both":
        tail = np.maximum(tail, 1.5 * y + np.log(last))  # E[a b (p . z) / (|p|^3 |z|)]
    if branch == "target":
        tail = np.maximum(tail, 0.5 * y)  # E[a^2 / (|p||z|)]
    bound = tail + 0.5 * np.log(load).sum(axis=0)
    end = np.flatnonzero(bound > -digits - MARGIN)[-1] + 2
    return s[:end], (np.sqrt(s) * (1 + np.exp(-y)) * step)[:end]
