r"""The equilibrium as a power series in the nudging strength, to any order.

:math:`s(\beta) = \sum_k s_k \beta^k` follows from :math:`s = \sigma(J s + \text{drive} - \beta
\nabla C(s))` order by order: each coefficient solves one linear system with the same matrix
:math:`I - D J`. The activation's coefficients come from its Riccati equation,

.. math:: k\, s_k = \sum_{j=1}^k j\, u_j\, w_{k-j}, \qquad w = a + b s + c s^2 .
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from theory.door import door
from theory.ep.arguments import checked_loss, checked_targets
from theory.ep.gradients import free_states
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


def cauchy_product(left: np.ndarray, right: np.ndarray, k: int) -> np.ndarray:
    """Return coefficient k of the product of two series, orders along the first axis."""
    return np.einsum("j...,j...->...", left[: k + 1], right[k::-1])


@door(free="complex", inputs="2d", loss="any", order=">= 0")
def equilibrium_series(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    order: int,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> np.ndarray:
    r"""Return the Taylor coefficients of the nudged equilibrium at nudge zero.

    Parameters
    ----------
    network : LayeredNetwork
        With a smooth activation; symmetric or not.
    inputs, targets : ndarray, shapes (batch, inputs), (batch, outputs or classes)
    order : int
        >= 0.
    loss : SquaredError or SoftReadout
    free : ndarray, shape (batch, units), optional
        The free equilibrium.

    Returns
    -------
    ndarray, shape (order + 1, batch, units)

    Raises
    ------
    ValueError
        For an activation with kinks, where no such series need exist, one without a Riccati
        equation, and a loss without `gradient_series`.
    """
    sigma = network.sigma
    if not sigma.smooth:
        raise ValueError(
            f"network: the activation {sigma.name!r} has kinks, where the equilibrium has no power "
            "series; use a smooth one, or theory.ep.linear_surrogate inside one linear piece"
        )
    if sigma.riccati is None:
        raise ValueError(
            f"network: the activation {sigma.name!r} has no Riccati equation, from which the "
            f"series "
            "follows; theory.ep.bias measures the error of any network"
        )
    if not hasattr(checked_loss(loss), "gradient_series"):
        raise ValueError("loss: it has no gradient_series, which the power series needs")
    targets = checked_targets(network, inputs, targets, loss)
    states = free_states(network, inputs, free)
    coupling, last = network.coupling(), network.slices[-1]
    a, b, c = sigma.riccati
    s = np.zeros((order + 1, *states.shape))
    u, w = np.zeros_like(s), np.zeros_like(s)
    s[0] = states
    w[0] = a + b * states + c * states**2
    units = states.shape[1]
    factors = [lu_factor(np.eye(units) - slope[:, None] * coupling) for slope in w[0]]
    for k in range(1, order + 1):
        nudge = loss.gradient_series(s[:, :, last], targets, k - 1)
        ranks = np.arange(1, k)[:, None, None]
        known = np.sum(ranks * u[1:k] * w[k - 1 : 0 : -1], axis=0) / k if k > 1 else 0 * states
        known[:, last] -= w[0][:, last] * nudge
        s[k] = [lu_solve(f, row, check_finite=False) for f, row in zip(factors, known, strict=True)]
        u[k] = s[k] @ coupling.T
        u[k][:, last] -= nudge
        w[k] = b * s[k] + c * cauchy_product(s, s, k)
    return s


@door(coefficients="complex 1d+")
def radius_of_convergence(coefficients: np.ndarray) -> float:
    """Estimate the radius from the decay of the coefficients, orders along the first axis.

    The nearest singularity at a distance r lets them fall like :math:`k^p r^{-k}`: p = -3/2 for the
    square-root branch point where two equilibria meet, p = 0 for the pole of a linear response. The
    slope of log ||s_k|| over the upper half of the orders is corrected for the first, unless the
    second leaves less than half of its misfit. A conjugate pair of singularities lets the size
    oscillate around either law.

    Parameters
    ----------
    coefficients : ndarray, shape (orders, ...)
        At least twelve orders; twenty give a few per cent at a branch point, and the distance of a
        pole as exactly as the other singularities are far.

    Raises
    ------
    ValueError
        For fewer orders, or where too few of them are not zero.
    """
    if len(coefficients) < 12:
        raise ValueError(f"coefficients: {len(coefficients)} orders; at least 12 are needed")
    size = np.linalg.norm(coefficients.reshape(len(coefficients), -1), axis=1)
    k = np.arange(len(size))
    upper = (k >= len(size) // 2) & (size > 0)
    if upper.sum() < 4:
        raise ValueError("coefficients: too few orders are not zero to estimate a radius")
    k, size, fits = k[upper], size[upper], {}
    for power in (-1.5, 0.0):
        level = np.log(size) - power * np.log(k)
        line = np.polyfit(k, level, 1)
        fits[power] = np.std(level - np.polyval(line, k)), np.exp(-line[0])
    (branch, pole) = fits[-1.5], fits[0.0]
    return float(pole[1] if pole[0] < 0.5 * branch[0] else branch[1])
