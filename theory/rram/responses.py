r"""Shapes of the mean response: how a device uses up its fresh pulses.

All devices here share one form. With the pulses t received,

.. math:: w(t) = c_1 + m_1 A(t) + m_2 (t - A(t)), \qquad A(t) = t^* g(t / t^*)

where A counts *fresh* pulses: g starts as g(x) = x with slope one and bends at x = 1. A device thus
begins with the slope :math:`m_1` and ends with :math:`m_2`:

======================  =====================  =========================================
shape                   g(x)                   the next pulse, for :math:`m_2 = 0`
======================  =====================  =========================================
two slopes (published)  min(x, 1)              :math:`m_1`, then nothing: a hard bound
soft bound              :math:`1 - e^{-x}`     :math:`m_1 (1 - w / W)`, :math:`W = m_1 t^*`
exponential step        ln(1 + x)              :math:`m_1 e^{-w / W}`
linear                  x                      :math:`m_1` for ever
======================  =====================  =========================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks


@dataclass(frozen=True)
class Response:
    """A shape. For one of your own, subclass and give both methods; nothing else is needed.

    Both take pulses and scale (the kink :math:`t^*`), arrays that broadcast, and keep their dtype.
    """

    @property
    def name(self) -> str:
        return type(self).__name__

    def fresh_pulses(self, pulses, scale):
        """Return A(t), which is 0 without pulses and never falls."""
        raise NotImplementedError(f"{type(self).__name__} must define fresh_pulses(pulses, scale)")

    def freshness(self, pulses, scale):
        """Return dA/dt = g'(t / t*), from 1 for a fresh device downwards."""
        raise NotImplementedError(f"{type(self).__name__} must define freshness(pulses, scale)")


@dataclass(frozen=True)
class TwoSlopes(Response):
    """g(x) = min(x, 1): the published response, two straight pieces."""

    def fresh_pulses(self, pulses, scale):
        return np.minimum(pulses, scale)

    def freshness(self, pulses, scale):
        return np.where(np.asarray(pulses) < scale, 1.0, 0.0)


@dataclass(frozen=True)
class SoftBound(Response):
    """g(x) = 1 - exp(-x): every pulse covers the same share of the way that is left."""

    def fresh_pulses(self, pulses, scale):
        return -scale * np.expm1(-(pulses / scale))

    def freshness(self, pulses, scale):
        return np.exp(-(np.asarray(pulses) / scale))


@dataclass(frozen=True)
class ExponentialStep(Response):
    """g(x) = ln(1 + x): the step falls exponentially with what has been reached."""

    def fresh_pulses(self, pulses, scale):
        return scale * np.log1p(pulses / scale)

    def freshness(self, pulses, scale):
        return 1 / (1 + np.asarray(pulses) / scale)


@dataclass(frozen=True)
class Linear(Response):
    """g(x) = x: every pulse is worth the same; kink and second slope play no part."""

    def fresh_pulses(self, pulses, scale):
        return pulses + 0 * scale

    def freshness(self, pulses, scale):
        return np.ones(np.broadcast_shapes(np.shape(pulses), np.shape(scale)))[()]


TWO_SLOPES = TwoSlopes()
RESPONSES = {
    "two slopes": TWO_SLOPES,
    "soft bound": SoftBound(),
    "exponential step": ExponentialStep(),
    "linear": Linear(),
}


def as_response(response: str | Response) -> Response:
    """Return a shape from its name, or the shape itself.

    Raises
    ------
    TypeError, ValueError
        For what is neither a `Response` nor a name in `RESPONSES`.
    """
    if isinstance(response, Response):
        return response
    if not isinstance(response, str):
        raise TypeError(f"response must be a Response or a name, not {response!r}")
    return RESPONSES[checks.one_of("response", response, tuple(RESPONSES))]
