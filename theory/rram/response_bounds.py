r"""Closed bounds of the fresh pulses of an ensemble where their mean has no closed form.

With lognormal scales X the mean of :math:`A = X g(t/X)` is closed for two slopes and for the linear
response. For the soft bound, :math:`g = 1 - e^{-x}`, and the exponential step, :math:`g =
\ln(1 + x)`, it is a Laplace transform of a lognormal law, or worse, and no closed form is known.
Two families of bounds, whose means are closed, enclose it from both ends:

* few pulses, :math:`x - x^2/2 \le g \le x - x^2/2 + x^3/k` with k = 6 or 3, and
  :math:`x^2 - x^3 \le g^2`;
* many pulses, :math:`1 - j!/x^j \le g \le 1` or
  :math:`\ln x \le g \le \ln x + 1/x`;
* in between, g is concave, so that :math:`E[A] \le E[X]\, g(t / E[X])`, and :math:`A \le t`.

All they need are the moments :math:`E[X^p \ln^k X]` with p of either sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from theory.door import door
from theory.rram.mean_response import pulse_times
from theory.rram.responses import ExponentialStep, Response, SoftBound, as_response
from theory.rram.truncated_laws import TruncatedLognormal, TruncatedNormal

POWERS = range(1, 9)  # j


@door
@dataclass(frozen=True, eq=False)
class FreshBounds:
    """Lower and upper bound of E[A] and of E[A^2], arrays of the shape of t."""

    mean: tuple[np.ndarray, np.ndarray]
    square: tuple[np.ndarray, np.ndarray]


@door(power="in (-inf, inf)", order=">= 0")
def log_moment(law: TruncatedLognormal, power: float, order: int = 0) -> float:
    r"""Return :math:`E[X^p \ln^k X]` of a lognormal law in its window, k = 0, 1 or 2.

    The factor :math:`x^p` shifts the normal law of the logarithm by :math:`p \sigma^2`.

    Parameters
    ----------
    law : TruncatedLognormal
        With a window above 0.
    power : float
    order : {0, 1, 2}
    """
    _check_law(law)
    if order > 2:
        raise ValueError(f"order must be 0, 1 or 2, not {order}")
    shifted = TruncatedNormal(
        low=float(np.log(law.low)), high=float(np.log(law.high)),
        centre=law.mu + power * law.sigma**2, deviation=law.sigma,
    )  # fmt: skip
    return float(law.partial_moment(power) * shifted.partial_moment(order))


@door(pulses="array")
def fresh_pulse_bounds(pulses, law: TruncatedLognormal, response: Response | str) -> FreshBounds:
    """Return bounds of E[A] and E[A^2] in closed form.

    Parameters
    ----------
    pulses : array_like
        t >= 0.
    law : TruncatedLognormal
        Of the scale, with a window above 0.
    response : {"soft bound", "exponential step"} or one of these responses

    Raises
    ------
    TypeError
        For other laws, whose moments are not known, and for other responses.
    """
    _check_law(law)
    response = as_response(response)
    if not isinstance(response, SoftBound | ExponentialStep):
        raise TypeError(
            "response must be the soft bound or the exponential step, not "
            f"{type(response).__name__}: bounds are known for these two"
        )
    t = pulse_times("pulses", pulses)
    soft = isinstance(response, SoftBound)
    late = _soft_late if soft else _logarithmic_late
    low, high = _early(t, law, 6 if soft else 3)
    later_low, later_high = late(np.maximum(t, 1e-12), law)
    concave = response.fresh_pulses(t, law.mean)
    none = np.zeros_like(t)
    return FreshBounds(
        *(
            (np.max([none, *lower], axis=0), np.min(upper, axis=0))
            for lower, upper in (
                ([low[0], *later_low[0]], [high[0], concave, later_high[0]]),
                ([low[1], *later_low[1]], [high[1], t**2, later_high[1]]),
            )
        )
    )


def _check_law(law):
    if not isinstance(law, TruncatedLognormal) or law.low <= 0:
        raise TypeError(f"law must be a TruncatedLognormal with low > 0, not {law!r}")


def _early(t, law, third):
    """Bounds for few pulses: polynomials in t/X, of the mean and of the square."""

    def mean(coefficients, power):
        """E[X^power times a polynomial of t/X], the coefficients from the constant on."""
        return sum(
            c * t**k * law.partial_moment(power - k) for k, c in enumerate(coefficients) if c
        )

    upper = np.array([0, 1, -1 / 2, 1 / third])
    return (
        (mean([0, 1, -1 / 2], 1), mean([0, 0, 1, -1], 2)),
        (mean(upper, 1), mean(np.convolve(upper, upper), 2)),
    )


def _soft_late(t, law):
    lower = tuple(
        [
            law.partial_moment(p) - c * factorial(j) * law.partial_moment(p + j) / t**j
            for j in POWERS
        ]
        for p, c in ((1, 1), (2, 2))  # (1 - e)^2 >= 1 - 2 e
    )
    return lower, (law.partial_moment(1) + 0 * t, law.partial_moment(2) + 0 * t)


def _logarithmic_late(t, law):
    log = np.log(t)
    mean = log * log_moment(law, 1) - log_moment(law, 1, 1)
    square = log**2 * log_moment(law, 2) - 2 * log * log_moment(law, 2, 1) + log_moment(law, 2, 2)
    above = 2 * (log * log_moment(law, 3) - log_moment(law, 3, 1)) / t + log_moment(law, 4) / t**2
    # The square of a logarithm bounds only where no logarithm is negative.
    lower = [mean], [np.where(t >= law.high, square, 0.0)]
    return lower, (mean + log_moment(law, 2) / t, square + above)
