r"""The ensemble of devices after t pulses: mean, spread and law of w, from the truncated laws.

With the fresh pulses A (:math:`\min(t, t^*)` of the published device) and :math:`B = t - A`, both
functions of the kink alone,
:math:`w = c_1 + m_1 A + m_2 B` has the mean and variance

.. math:: E[w] &= E[c_1] + E[m_1] E[A] + E[m_2] E[B] \\
   V[w] &= V[c_1] + E[m_1^2] E[A^2] + E[m_2^2] E[B^2] + 2 E[m_1] E[m_2] E[AB]
          - (E[m_1] E[A] + E[m_2] E[B])^2 .
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from theory.door import door
from theory.rram.device_laws import DeviceLaws
from theory.rram.mean_response import pulse_times
from theory.rram.responses import TWO_SLOPES, Linear, Response, TwoSlopes, as_response
from theory.rram.truncated_laws import (
    NODE_WEIGHTS,
    NODES,
    TruncatedExponential,
    TruncatedLaw,
    TruncatedLognormal,
)


@dataclass(frozen=True, eq=False)
class PulseSplit:
    """Moments of the fresh pulses (A) and of the others (B), arrays of the shape of t."""

    before: np.ndarray
    after: np.ndarray
    before_square: np.ndarray
    after_square: np.ndarray
    product: np.ndarray


@door(law="has cdf", pulses="array")
def pulse_split(pulses, law, response: Response | str = TWO_SLOPES) -> PulseSplit:
    """Return E[A], E[B], E[A^2], E[B^2] and E[AB] for a law of the kink.

    Closed for two slopes and for the linear response; for other shapes by quadrature over the law's
    probability. Closed bounds of two of these are in `theory.rram.response_bounds`.

    Parameters
    ----------
    pulses : array_like
        t >= 0.
    law : TruncatedLaw
        Of the kink; two slopes need only its partial moments.
    response : Response or str
        Shape of the mean response.
    """
    t, response = pulse_times("pulses", pulses), as_response(response)
    if isinstance(response, Linear):
        none = np.zeros_like(t)
        return PulseSplit(t, none, t**2, none, none)
    if not isinstance(response, TwoSlopes):
        fresh = response.fresh_pulses(t[..., None], law.quantile(NODES))
        one, two = fresh @ NODE_WEIGHTS, fresh**2 @ NODE_WEIGHTS
        return PulseSplit(one, t - one, two, t**2 - 2 * t * one + two, t * one - two)
    none, one, two = (law.partial_moment(power, upto=t) for power in (0, 1, 2))
    return PulseSplit(
        before=one + t * (1 - none),
        after=t * none - one,
        before_square=two + t**2 * (1 - none),
        after_square=t**2 * none - 2 * t * one + two,
        product=t * one - two,
    )


@door(pulses="array")
def mean_log_ratio_over_devices(
    pulses, laws: DeviceLaws | None = None, response: Response | str = TWO_SLOPES
) -> np.ndarray:
    """Return E[w(t)] of the mean response; add the means of the noises for a noisy array."""
    laws = laws or DeviceLaws()
    split = pulse_split(pulses, laws.kink, response)
    return (
        laws.offset.mean
        + laws.fast_slope.mean * split.before
        + laws.slow_slope.mean * split.after
    )  # fmt: skip


@door(pulses="array")
def variance_over_devices(
    pulses, laws: DeviceLaws | None = None, response: Response | str = TWO_SLOPES
) -> np.ndarray:
    """Return V[w(t)] of the mean response; independent noises add their variances."""
    laws = laws or DeviceLaws()
    split, fast, slow = pulse_split(pulses, laws.kink, response), laws.fast_slope, laws.slow_slope
    square = (
        fast.partial_moment(2) * split.before_square
        + slow.partial_moment(2) * split.after_square
        + 2 * fast.mean * slow.mean * split.product
    )
    return laws.offset.variance + square - (fast.mean * split.before + slow.mean * split.after) ** 2


@door(law="has cdf")
def untruncated_pulses_before(pulses, law) -> np.ndarray:
    r"""Return E[A] for the lognormal law without its cut, for comparison.

    .. math:: e^{\mu + s^2/2} \Phi\!\left(\tfrac{\ln t - \mu - s^2}{s}\right)
              + t \left(1 - \Phi\!\left(\tfrac{\ln t - \mu}{s}\right)\right)
    """
    _known(law, TruncatedLognormal, "the mean kink without its cut")
    t = pulse_times("pulses", pulses)
    with np.errstate(divide="ignore"):
        z = (np.log(t) - law.mu) / law.sigma
    scale = np.exp(law.mu + law.sigma**2 / 2)
    return scale * special.ndtr(z - law.sigma) + t * special.ndtr(-z)


@door(law="has cdf")
def mean_growth(pulses, law) -> np.ndarray:
    r"""Return :math:`E[e^{m_1 t}]` on the fast piece; closed for the exponential law.

    Without its cut that law would give infinity from :math:`t = 1/\theta` on, theta the scale; with
    it, the mean is finite and ruled by the few steepest devices. Other laws by quadrature.
    """
    t = pulse_times("pulses", pulses)
    low, high = law.support()
    if not isinstance(law, TruncatedExponential):
        x, weight = _gauss(low, high)
        weight = weight * law.density(x)
        return np.exp(t[..., None] * x[weight > 0]) @ weight[weight > 0]
    rate = t - 1 / law.scale
    # The integral of exp(rate m) from low to high, with its limit where the rate is 0.
    span = rate * (high - low)
    small = np.abs(span) < 1e-6
    safe = np.where(small, 1.0, span)
    integral = (high - low) * np.where(small, 1 + span / 2, np.expm1(safe) / safe)
    with np.errstate(over="ignore"):
        weight = np.exp(rate * low + law.location / law.scale) / (law.scale * law.mass)
    return weight * integral


@door(law="has cdf")
def tail_exponent(pulses, law) -> np.ndarray:
    r"""Return the Pareto exponent :math:`1 / (\theta t)` of R/R0 on the fast piece.

    :math:`P(e^{m_1 t} > r) \propto r^{-1/(\theta t)}`; the mean is finite for exponents above 1.

    Raises
    ------
    TypeError
        For a law of slopes that is not exponential: other laws have other tails.
    """
    _known(law, TruncatedExponential, "the Pareto exponent")
    t = pulse_times("pulses", pulses)
    if t.size and t.min() == 0:
        raise ValueError("pulses must be above 0: before any pulse nothing is spread")
    return 1 / (law.scale * t)


def _known(law: TruncatedLaw, kind, what):
    if not isinstance(law, kind):
        raise TypeError(f"law must be a {kind.__name__}, not {type(law).__name__}: {what} is "
                        "known for that law only")  # fmt: skip


def _gauss(low, high):
    """Nodes and weights of quadrature between two ends, shape (4000,) each: 10 in 400 parts."""
    x, weight = np.polynomial.legendre.leggauss(10)
    edges = np.linspace(low, high, 401)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (x + 1)).reshape(-1), (half * weight).reshape(-1)


@door(pulses=">= 0", kinks=">= 1", points=">= 64")
def log_ratio_distribution(
    pulses: float,
    laws: DeviceLaws | None = None,
    *,
    response: Response | str = TWO_SLOPES,
    with_initial_resistance: bool = False,
    kinks: int = 200,
    points: int = 8192,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distribution function of w (or of ln R) after t pulses, without noise.

    At a given kink w is a sum of independent variables, whose laws, binned, are convolved by
    Fourier transform; the kink is averaged over by the midpoint rule in its own probability.

    Parameters
    ----------
    pulses : float
    laws : DeviceLaws, optional
    response : Response or str
        Shape of the mean response.
    with_initial_resistance : bool
        Give ln R, R in ohm, instead of w = ln(R/R0).
    kinks, points : int
        Nodes of the average and bins of the convolution; the error falls with the square of the
        first and with the second.

    Returns
    -------
    values, probability : ndarray, shape (points,)
        P(w <= values).
    """
    laws, response = laws or DeviceLaws(), as_response(response)
    t = pulses
    law_r = laws.initial_resistance
    bottom = laws.offset.low + (np.log(law_r.low) if with_initial_resistance else 0.0)
    top = laws.offset.high + (np.log(law_r.high) if with_initial_resistance else 0.0)
    top += laws.fast_slope.high * t
    step = (top - bottom) / (points - 8)
    edges = np.arange(points + 1) * step  # distances above the smallest value of each part

    def transform(cdf):
        return np.fft.rfft(np.diff(cdf(edges), prepend=0.0)[:points], 2 * points)

    offset = transform(lambda x: laws.offset.cdf(laws.offset.low + x))
    if with_initial_resistance:
        offset = offset * transform(lambda x: law_r.cdf(law_r.low * np.exp(x)))
    total = 0
    for kink in laws.kink.quantile((np.arange(kinks) + 0.5) / kinks):
        before = float(response.fresh_pulses(t, kink))
        product = 1
        for law, amount in ((laws.fast_slope, before), (laws.slow_slope, t - before)):
            if amount > 0:
                product = product * transform(lambda x, law=law, n=amount: law.cdf(x / n))
        total = total + product
    density = np.fft.irfft(offset * total / kinks, 2 * points)[:points]
    # A bin stands for values up to its edge; a sum of binned parts lies half a bin a part lower.
    parts = 3 + with_initial_resistance
    return bottom + edges[:points] - (parts - 1) * step / 2, np.cumsum(density)
