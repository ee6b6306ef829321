r"""Consolidation of a hidden weight: how long it holds against a steady pull.

The metaplasticity m is a number or an array that broadcasts with the other arguments. All results
are for the published factor :math:`f = \operatorname{sech}^2(mW)` and the continuous
time of one update a unit; sources: the derivations in `derivations.consolidation`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import shichi

from theory.door import door
from theory.metaplasticity.forgetting_laws import SechSquared
from theory.metaplasticity.modulation import nonnegative_array
from theory.numerics import log_cosh


@door
def flip_time(
    hidden: np.ndarray, pull: np.ndarray, metaplasticity: np.ndarray, *, discrete: bool = False
) -> np.ndarray:
    r"""Return the number of updates after which a hidden weight changes sign.

    .. math:: T = \frac{G_m(|W|)}{v}, \qquad G_m(W) = \frac{\sinh 2mW}{4m} + \frac W2 .

    Parameters
    ----------
    hidden : array_like
        :math:`W`; only its size matters.
    pull : array_like
        Speed :math:`v > 0` of the pull towards zero, per update; broadcasts with `hidden`.
    metaplasticity : array_like
        :math:`m \ge 0`; broadcasts with the others.
    discrete : bool
        Add :math:`\ln\cosh(mW)`, what finite steps cost more than continuous time to first order
        in :math:`m v` (backward error analysis of the Euler scheme). The number of updates of
        :math:`W \leftarrow W - v f` is then met within one.

    Returns
    -------
    ndarray or float
        Infinite where the hyperbolic sine overflows.
    """
    hidden = np.abs(np.asarray(hidden, float))
    pull = np.asarray(pull, float)
    if np.any(pull <= 0):
        raise ValueError(f"pull must be above 0, a speed towards zero, not {pull.min():g}")
    law = SechSquared(metaplasticity)
    time = law.travel(hidden) / pull
    return time + log_cosh(law.metaplasticity * hidden) if discrete else time


@door
def consolidation_gain(x: np.ndarray) -> np.ndarray:
    r"""Return by what factor metaplasticity prolongs the flip time, as a function of x = m|W|.

    :math:`R(x) = \tfrac12 + \sinh(2x)/(4x) = 1 + x^2/3 + \dots`, and
    :math:`e^{2x}/(8x)` for large x.
    """
    x = np.abs(np.asarray(x, float))
    small = x < 1e-4
    safe = np.where(small, 1.0, x)
    with np.errstate(over="ignore"):
        return np.where(small, 1 + x**2 / 3, 0.5 + np.sinh(2 * safe) / (4 * safe))[()]


@door
def forgetting_front(distance: np.ndarray, metaplasticity: np.ndarray) -> np.ndarray:
    r"""Return the hidden weight that flips after a pull has travelled distance = v t.

    :math:`W_c = G_m^{-1}(v t)`, about :math:`\ln(8 m v t)/(2m)`: a logarithmic front.
    """
    return SechSquared(metaplasticity).front(distance)


@door
def pulled(
    hidden: np.ndarray, distance: float | np.ndarray, metaplasticity: float | np.ndarray
) -> np.ndarray:
    r"""Return where hidden weights are after a pull towards minus infinity of v t = distance.

    Positive hidden weights are slowed down, :math:`G_m(W(t)) = G_m(W_0) - v t`; after they have
    crossed zero, and from the start if negative, the pull moves them outward at full speed.
    """
    hidden = np.asarray(hidden, float)
    distance = nonnegative_array("distance", distance)
    law = SechSquared(metaplasticity)
    left = law.travel(np.maximum(hidden, 0.0)) - distance
    inside = law.front(np.clip(left, 0.0, np.finfo(float).max))
    return np.where(hidden < 0, hidden - distance, np.where(left > 0, inside, left))


@door
def transported_density(
    hidden: np.ndarray,
    initial_density: Callable[[np.ndarray], np.ndarray],
    distance: float | np.ndarray,
    metaplasticity: float | np.ndarray,
) -> np.ndarray:
    r"""Return the density of hidden weights after a common pull of v t = distance to the left.

    It solves :math:`\partial_t\rho = \partial_W (v f \rho)`, f = 1 for W < 0, along
    characteristics:

    .. math::
        \rho(W, t) = \rho_0(W_0) \frac{\cosh^2 mW}{\cosh^2 mW_0}, \quad
        W_0 = G_m^{-1}(G_m(W) + vt) \quad (W > 0),

    and for W < 0 what has crossed zero, :math:`\rho(0, t - |W|/v)`, or has always been there,
    :math:`\rho_0(W + vt)`.

    Parameters
    ----------
    hidden : array_like
        Where the density is wanted.
    initial_density : callable
        :math:`\rho_0`, vectorised.
    distance, metaplasticity : array_like
        0 or above; they broadcast with `hidden`.
    """
    hidden = np.asarray(hidden, float)
    distance = nonnegative_array("distance", distance)
    if not callable(initial_density):
        raise TypeError("initial_density must be a function of the hidden weight, not an array")
    law = SechSquared(metaplasticity)
    # A point left of zero saw the density at zero when the pull had gone W less far.
    place = np.maximum(hidden, 0.0)
    gone = np.maximum(distance - np.maximum(-hidden, 0.0), 0.0)
    origin = law.front(law.travel(place) + gone)
    squeezed = initial_density(origin) * np.exp(
        2 * (log_cosh(law.metaplasticity * place) - log_cosh(law.metaplasticity * origin))
    )
    return np.where(hidden + distance < 0, initial_density(hidden + distance), squeezed)


@door(rate="> 0")
def passive_decay_time(
    start: np.ndarray, end: np.ndarray, rate: float, metaplasticity: np.ndarray
) -> np.ndarray:
    r"""Return the time in which weight decay alone brings a hidden weight from start to end.

    :math:`\dot W = -r W \operatorname{sech}^2(mW)` gives
    :math:`r t = \tfrac12\ln(W_0/W) + \tfrac12[\operatorname{Chi}(2mW_0) - \operatorname{Chi}(2mW)]`
    with the hyperbolic cosine integral Chi; for m = 0 it is :math:`\ln(W_0/W)`.

    Parameters
    ----------
    start, end : array_like
        start >= end > 0.
    rate : float
        Decay per update, above 0.
    metaplasticity : array_like
        Broadcasts with `start` and `end`.
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    if np.any(end <= 0) or np.any(start < end):
        raise ValueError("end must be above 0 and not above start: decay only shrinks a weight")
    m = nonnegative_array("metaplasticity", metaplasticity)
    logarithm = np.log(start / end)
    doubled = np.where(np.asarray(m) > 0, 2 * np.asarray(m), 1.0)
    slowed = 0.5 * (logarithm + shichi(doubled * start)[1] - shichi(doubled * end)[1])
    return np.where(np.asarray(m) > 0, slowed, logarithm)[()] / rate
