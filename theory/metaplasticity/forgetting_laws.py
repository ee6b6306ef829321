r"""Metaplastic factors by their tail, and the trajectory of a hidden weight under each.

Under a steady pull of speed v a hidden weight follows :math:`\dot W = -v f(W)`, hence

.. math:: G(W(t)) = G(W_0) - v t, \qquad G(W) = \int_0^W \frac{dx}{f(x)} .

Every law offers `factor` f, `travel` G (the time to zero at unit pull) and `front`, the inverse of
G: after the time t exactly the hidden weights below ``front(v t)`` have flipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.metaplasticity.modulation import metaplastic_factor


def _size(name: str, value) -> np.ndarray:
    array = checks.finite_array(name, value)
    if np.any(array < 0):
        raise ValueError(f"{name} must be 0 or above, but one entry is {array.min():g}")
    return array


@dataclass(frozen=True)
class SechSquared:
    r"""The published law :math:`f = \operatorname{sech}^2(mW)`; m = 0 leaves updates alone.

    :math:`G = \sinh(2mW)/(4m) + W/2`; the front advances as :math:`\ln(8 m v t)/(2m)`.
    """

    metaplasticity: float

    def __post_init__(self):
        value = checks.nonnegative("metaplasticity", self.metaplasticity)
        object.__setattr__(self, "metaplasticity", value)

    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return metaplastic_factor(hidden, self.metaplasticity)

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        """Return G; infinite where the hyperbolic sine overflows (2 m W above 710)."""
        hidden = _size("hidden", hidden)
        angle = 2 * self.metaplasticity * hidden
        with np.errstate(over="ignore", invalid="ignore"):
            ratio = np.where(
                angle > 1e-4, np.sinh(angle) / np.maximum(angle, 1e-4), 1 + angle**2 / 6
            )
            return (hidden * (ratio + 1) / 2)[()]

    def front(self, distance: np.ndarray) -> np.ndarray:
        """Return the hidden weight with G = distance, by Newton's method from above.

        sinh(u) + u = 4 m distance with u = 2 m W; the left side is convex, so that the iteration
        falls monotonically from the upper bounds asinh(c) and c/2.
        """
        distance = _size("distance", distance)
        m = self.metaplasticity
        scaled = 4 * m * distance
        if m == 0 or np.max(scaled, initial=0) < 1e-6:  # the cubic term is below rounding
            return distance * (1 - (m * distance) ** 2 / 3)
        u = np.minimum(scaled / 2, np.arcsinh(scaled))
        for _ in range(60):
            step = (np.sinh(u) + u - scaled) / (np.cosh(u) + 1)
            u = u - step
            if np.all(np.abs(step) <= 1e-15 * u + 1e-300):
                break
        return u / (2 * m)


@dataclass(frozen=True)
class Exponential:
    r""":math:`f = e^{-m|W|}`, m > 0: :math:`G = (e^{mW} - 1)/m`, front :math:`\ln(1 + m v t)/m`."""

    metaplasticity: float

    def __post_init__(self):
        value = checks.positive("metaplasticity", self.metaplasticity)
        object.__setattr__(self, "metaplasticity", value)

    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return np.exp(-self.metaplasticity * np.abs(hidden))

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        return np.expm1(self.metaplasticity * _size("hidden", hidden)) / self.metaplasticity

    def front(self, distance: np.ndarray) -> np.ndarray:
        return np.log1p(self.metaplasticity * _size("distance", distance)) / self.metaplasticity


@dataclass(frozen=True)
class PowerTail:
    r""":math:`f = 1/(1 + (m|W|)^p)`: :math:`G = W + m^p W^{p+1}/(p+1)`, front of order
    :math:`t^{1/(p+1)}`. Both m and p above 0."""

    metaplasticity: float
    power: float

    def __post_init__(self):
        for name in ("metaplasticity", "power"):
            object.__setattr__(self, name, checks.positive(name, getattr(self, name)))

    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return 1 / (1 + (self.metaplasticity * np.abs(hidden)) ** self.power)

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        hidden = _size("hidden", hidden)
        return hidden * (1 + (self.metaplasticity * hidden) ** self.power / (self.power + 1))

    def front(self, distance: np.ndarray) -> np.ndarray:
        """Return the inverse of G by Newton's method from above, as for `SechSquared`."""
        distance = _size("distance", distance)
        m, p = self.metaplasticity, self.power
        hidden = np.minimum(distance, ((p + 1) * distance / m**p) ** (1 / (p + 1)))
        for _ in range(60):
            slope = 1 + (m * hidden) ** p
            step = (self.travel(hidden) - distance) / slope
            hidden = np.maximum(hidden - step, 0.0)
            if np.all(np.abs(step) <= 1e-15 * hidden + 1e-300):
                break
        return hidden


@dataclass(frozen=True)
class HardThreshold:
    r""":math:`f = 1` below the threshold :math:`\theta > 0` and 0 beyond: what has passed it is
    never lost. The authors tried this law and went back to the smooth one."""

    threshold: float

    def __post_init__(self):
        object.__setattr__(self, "threshold", checks.positive("threshold", self.threshold))

    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return np.where(np.abs(hidden) <= self.threshold, 1.0, 0.0)

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        hidden = _size("hidden", hidden)
        return np.where(hidden <= self.threshold, hidden, np.inf)

    def front(self, distance: np.ndarray) -> np.ndarray:
        return np.minimum(_size("distance", distance), self.threshold)
