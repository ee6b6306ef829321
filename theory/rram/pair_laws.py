r"""What two unlike devices make of one synapse: asymmetry, initial bias, flips and freezing.

A pair is driven by random updates of n pulses to one device or the other. On the fast piece
:math:`L = \ln(R_{BL}/R_{BLb})` is a random walk: with :math:`S = m_1^{BL} + m_1^{BLb}` and the
asymmetry :math:`A = (m_1^{BL} - m_1^{BLb}) / S` each update adds :math:`\tfrac n2 S (A \pm 1)`.
Measured in its own step, L has unit diffusion and the drift A: a bias that no averaging removes.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from theory import checks
from theory.door import door
from theory.rram.device_laws import DeviceLaws, Devices
from theory.rram.truncated_laws import NODE_WEIGHTS, NODES, TruncatedLaw


@door(asymmetry="array", location_over_scale=">= 0")
def asymmetry_survival(asymmetry, location_over_scale: float) -> np.ndarray:
    r"""Return P(A > a) for independent slopes location + scale E, without the upper cut.

    .. math:: P(A > a) = \tfrac{1-a}{2} \exp\!\left(-\tfrac{2 \epsilon a}{1 - a}\right),
              \quad 0 \le a < 1

    and 1 - P(A > -a) for negative a, :math:`\epsilon` = location / scale. For :math:`\epsilon = 0`
    A is uniform in (-1, 1). The upper cut of the released law holds back a share of 1e-5.
    """
    epsilon = location_over_scale
    a = np.asarray(asymmetry, float)
    size = np.minimum(np.abs(a), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        decay = np.exp(-2 * epsilon * size / (1 - size))
    upper = np.where(size < 1, (1 - size) / 2 * decay, 0.0)
    return np.where(a >= 0, upper, 1 - upper)[()]


@door(asymmetry="array", location_over_scale=">= 0")
def asymmetry_density(asymmetry, location_over_scale: float) -> np.ndarray:
    r"""Return the density of the asymmetry.

    .. math:: \left(\tfrac12 + \tfrac{\epsilon}{1 - |a|}\right) e^{-2\epsilon|a|/(1-|a|)}
    """
    epsilon = location_over_scale
    size = np.abs(np.asarray(asymmetry, float))
    inside = np.where(size < 1, 1 - size, 1.0)
    density = (0.5 + epsilon / inside) * np.exp(-2 * epsilon * size / inside)
    return np.where(size < 1, density, 0.0)[()]


@door(asymmetry="array")
def asymmetry_survival_of(law: TruncatedLaw, asymmetry) -> np.ndarray:
    r"""Return P(A > a) for two independent slopes of any law of positive values, its cut included.

    .. math:: P(A > a) = E\left[F\left(m\,\tfrac{1 - a}{1 + a}\right)\right], \quad -1 < a < 1,

    by quadrature over the probability of m, F its distribution function.
    """
    a = np.asarray(asymmetry, float)
    if law.support()[0] < 0:
        raise ValueError("law must have positive values only: an asymmetry compares two slopes")
    inside = np.clip(a, -1 + 1e-15, 1)
    ratio = ((1 - inside) / (1 + inside))[..., None]
    found = law.cdf(law.quantile(NODES) * ratio) @ NODE_WEIGHTS
    return np.where(a <= -1, 1.0, np.where(a >= 1, 0.0, found))[()]


def log_moments(law: TruncatedLaw, nodes: int = 60) -> tuple[float, float]:
    """Return mean and variance of ln X for a positive law, by Gauss-Legendre quadrature."""
    low, high = law.support()
    x, weight = np.polynomial.legendre.leggauss(nodes)
    x = low + (high - low) * (x + 1) / 2
    weight = weight * law.density(x) * (high - low) / 2
    mean = np.sum(weight * np.log(x))
    return float(mean), float(np.sum(weight * (np.log(x) - mean) ** 2))


@door
def initial_bias(laws: DeviceLaws | None = None) -> float:
    """Return the standard deviation of ln(R_BL / R_BLb) before any pulse, without noise."""
    laws = laws or DeviceLaws()
    return float(np.sqrt(2 * (log_moments(laws.initial_resistance)[1] + laws.offset.variance)))


@door
def updates_to_overturn(bias: float, pulses: int, laws: DeviceLaws | None = None) -> float:
    """Return the updates in one direction that overturn a bias on the fast piece, on average."""
    laws = laws or DeviceLaws()
    return float(bias / (pulses * laws.fast_slope.mean))


def _updates(updates):
    u = checks.finite_array("updates", updates)
    if u.size and u.min() <= 0:
        raise ValueError(f"updates must be above 0, not {u.min():g}: the first update is number 1")
    return u


@door(updates="array", asymmetry="array")
def walk_flip_rate(updates, asymmetry=None) -> np.ndarray:
    r"""Return the chance that the sign changes at an update, for the walk that starts at 0.

    .. math:: \frac{e^{-A^2 u/2}}{\sqrt{2\pi u}}, \qquad
              \text{on average over uniform } A: \quad \frac{\operatorname{erf}\sqrt{u/2}}{2u}

    Diffusion alone would give one over the root of u, drift alone nothing; the uniform law of the
    drift makes it one over u: flips accumulate only like a logarithm.
    """
    u = _updates(updates)
    if asymmetry is None:
        return special.erf(np.sqrt(u / 2)) / (2 * u)
    return np.exp(-np.square(asymmetry) * u / 2) / np.sqrt(2 * np.pi * u)


@door(updates="array")
def walk_frozen_share(updates) -> np.ndarray:
    r"""Return the share of synapses that never change sign again, uniform asymmetry, fast piece.

    A walk with drift A has left 0 for good before u with probability
    :math:`\operatorname{erf}(|A|\sqrt{u/2})`, on average
    :math:`\operatorname{erf}\sqrt{u/2} - \sqrt{2/(\pi u)}\,(1 - e^{-u/2})`.
    """
    u = _updates(updates)
    return special.erf(np.sqrt(u / 2)) - np.sqrt(2 / (np.pi * u)) * (1 - np.exp(-u / 2))


@door(update=">= 0", pulses=">= 1")
def flip_probability(update: int, raising: Devices, lowering: Devices, pulses: int) -> np.ndarray:
    r"""Return the exact chance that random update number u + 1 flips each noiseless pair.

    After u updates L depends on the number k of upward ones alone and rises with it, so the sign is
    + from a critical :math:`k_c(u)` on, and :math:`k_c(u+1) - k_c(u)` is 0 or 1. Where it is 0, an
    upward update from :math:`k_c - 1` flips; where it is 1, a downward one from :math:`k_c`.

    Parameters
    ----------
    update : int
        u >= 0.
    raising, lowering : Devices
    pulses : int
        Of one update.

    Returns
    -------
    ndarray, the shape of the devices
        Over the random directions; average it over pairs for the flip rate.
    """
    if raising.shape != lowering.shape:
        raise ValueError(
            f"raising and lowering must have the same shape, not {raising.shape} and "
            f"{lowering.shape}"
        )
    now, then = (_critical(u, raising, lowering, pulses) for u in (update, update + 1))
    at = np.where(then == now, now - 1, now)
    log = special.gammaln(update + 1) - special.gammaln(np.clip(at, 0, update) + 1)
    log = log - special.gammaln(update - np.clip(at, 0, update) + 1) - update * np.log(2)
    return np.where((at >= 0) & (at <= update), np.exp(log) / 2, 0.0)


def _critical(updates, raising, lowering, pulses):
    """Smallest number of upward updates with a positive sign, `updates` + 1 where there is none."""
    lower = np.zeros(raising.shape, int)
    upper = np.full(raising.shape, updates + 1)
    while (lower < upper).any():
        middle = (lower + upper) // 2
        positive = _pair_log_ratio(middle, updates - middle, raising, lowering, pulses) > 0
        open_ = lower < upper
        upper = np.where(open_ & positive, middle, upper)
        lower = np.where(open_ & ~positive, middle + 1, lower)
    return lower


def _pair_log_ratio(up, down, raising, lowering, pulses):
    """The mean response, written out here: the prediction owes nothing to the simulation."""
    sides = []
    for d, count in ((raising, up), (lowering, down)):
        t = pulses * np.maximum(count, 0)
        fresh = d.response.fresh_pulses(t, d.kink)
        w = d.offset + d.fast_slope * fresh + d.slow_slope * (t - fresh)
        sides.append(np.log(d.initial_resistance) + w)
    return sides[0] - sides[1]
