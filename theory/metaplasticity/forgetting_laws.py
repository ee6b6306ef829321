r"""Metaplastic factors by their tail, and the trajectory of a hidden weight under each.

Under a steady pull of speed v a hidden weight follows :math:`\dot W = -v f(W)`, hence

.. math:: G(W(t)) = G(W_0) - v t, \qquad G(W) = \int_0^W \frac{dx}{f(x)} .

Every law offers `factor` f, `travel` G (the time to zero at unit pull) and `front`, the inverse of
G: after the time t exactly the hidden weights below ``front(v t)`` have flipped. Parameters may be
arrays that broadcast with the hidden weights. Wherever a strength m is taken, a law may stand, or
your own function f of the size of a hidden weight; `as_law` turns each of these into a law:

>>> law = as_law(lambda hidden: 1 / (1 + hidden**2))  # a power tail, as a function of one's own
>>> round(float(law.travel(3.0)), 6)  # 3 + 3^3/3
12.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.metaplasticity.modulation import metaplastic_factor, nonnegative_array

NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)  # of the travel time of a function


def _size(name: str, value) -> np.ndarray:
    array = checks.finite_array(name, value)
    if np.any(array < 0):
        raise ValueError(f"{name} must be 0 or above, but one entry is {array.min():g}")
    return array


def _positive(name: str, value):
    array = nonnegative_array(name, value)
    if np.any(array == 0):
        raise ValueError(f"{name} must be above 0")
    return array


@door
@dataclass(frozen=True)
class SechSquared:
    r"""The published law :math:`f = \operatorname{sech}^2(mW)`; m = 0 leaves updates alone.

    :math:`G = \sinh(2mW)/(4m) + W/2`; the front advances as :math:`\ln(8 m v t)/(2m)`.
    """

    metaplasticity: float | np.ndarray

    def __post_init__(self):
        value = nonnegative_array("metaplasticity", self.metaplasticity)
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
        m, distance = self.metaplasticity, _size("distance", distance)
        # Far out u = log(2 c) to rounding; there c and sinh would overflow.
        m, distance = np.broadcast_arrays(m, distance)
        with np.errstate(divide="ignore"):
            far = np.log(4 * m) + np.log(distance)
        scaled = 4 * m * np.where(far > 600, 1.0, distance)
        u = np.minimum(scaled / 2, np.arcsinh(scaled))
        for _ in range(60):
            step = (np.sinh(u) + u - scaled) / (np.cosh(u) + 1)
            u = u - step
            if np.all(np.abs(step) <= 1e-15 * u + 1e-300):
                break
        u = np.where(far > 600, far + np.log(2), u)
        weak = scaled < 1e-6  # also m = 0; here the cubic term decides, and it is below rounding
        with np.errstate(over="ignore"):
            slow = distance * (1 - (m * np.where(weak, distance, 0.0)) ** 2 / 3)
        return np.where(weak, slow, u / np.where(weak, 1.0, 2 * m))[()]


@door
@dataclass(frozen=True)
class Exponential:
    r""":math:`f = e^{-m|W|}`, m > 0: :math:`G = (e^{mW} - 1)/m`, front :math:`\ln(1 + m v t)/m`."""

    metaplasticity: float | np.ndarray

    def __post_init__(self):
        value = _positive("metaplasticity", self.metaplasticity)
        object.__setattr__(self, "metaplasticity", value)

    @door
    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return np.exp(-self.metaplasticity * np.abs(hidden))

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        return np.expm1(self.metaplasticity * _size("hidden", hidden)) / self.metaplasticity

    def front(self, distance: np.ndarray) -> np.ndarray:
        return np.log1p(self.metaplasticity * _size("distance", distance)) / self.metaplasticity


@door
@dataclass(frozen=True)
class PowerTail:
    r""":math:`f = 1/(1 + (m|W|)^p)`: :math:`G = W + m^p W^{p+1}/(p+1)`, front of order
    :math:`t^{1/(p+1)}`. Both m and p above 0."""

    metaplasticity: float | np.ndarray
    power: float | np.ndarray

    def __post_init__(self):
        for name in ("metaplasticity", "power"):
            object.__setattr__(self, name, _positive(name, getattr(self, name)))

    @door
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


@door
@dataclass(frozen=True)
class HardThreshold:
    r""":math:`f = 1` below the threshold :math:`\theta > 0` and 0 beyond: what has passed it is
    never lost. The authors tried this law and went back to the smooth one."""

    threshold: float | np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "threshold", _positive("threshold", self.threshold))

    @door
    def factor(self, hidden: np.ndarray) -> np.ndarray:
        return np.where(np.abs(hidden) <= self.threshold, 1.0, 0.0)

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        hidden = _size("hidden", hidden)
        return np.where(hidden <= self.threshold, hidden, np.inf)

    def front(self, distance: np.ndarray) -> np.ndarray:
        return np.minimum(_size("distance", distance), self.threshold)


@door
@dataclass(frozen=True)
class OwnLaw:
    r"""A law from a function f of the size of a hidden weight; `as_law` makes it from a callable.

    Parameters
    ----------
    function : callable
        f, vectorised, called with sizes :math:`|W|`; in [0, 1] and smooth. Where it is 0 nothing is
        ever lost, and `travel` is infinite.
    panels : int
        `travel` integrates 1/f by Gauss-Legendre rules of 40 nodes on so many panels.
    """

    function: Callable[[np.ndarray], np.ndarray]
    panels: int = 16

    def factor(self, hidden: np.ndarray) -> np.ndarray:
        hidden = np.abs(checks.finite_array("hidden", hidden))
        value = np.asarray(self.function(hidden), float)
        if value.shape != hidden.shape:
            raise ValueError(
                f"metaplasticity: the function must return one factor a hidden weight, shape "
                f"{hidden.shape}, not {value.shape}"
            )
        if not np.all((value >= 0) & (value <= 1)):
            raise ValueError("metaplasticity: the function must return factors in [0, 1]")
        return value

    def travel(self, hidden: np.ndarray) -> np.ndarray:
        hidden = _size("hidden", hidden)
        edges = np.arange(self.panels)[:, None]
        unit = ((edges + (NODES + 1) / 2) / self.panels).ravel()
        weights = np.tile(WEIGHTS / 2, self.panels) / self.panels
        with np.errstate(divide="ignore", over="ignore"):  # infinite behind a threshold
            slowness = 1 / self.factor(hidden[..., None] * unit)
        return (hidden * (slowness @ weights))[()]

    def front(self, distance: np.ndarray) -> np.ndarray:
        """Return the inverse of G by bisection: f <= 1, hence the front is at most the distance."""
        distance = _size("distance", distance)
        low, high = np.zeros(distance.shape), np.array(distance)
        for _ in range(60):
            middle = (low + high) / 2
            beyond = self.travel(middle) > distance
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        return ((low + high) / 2)[()]


@door
def as_law(metaplasticity):
    """Return a law: of a strength m the published one, of a function `OwnLaw`, of a law itself."""
    if hasattr(metaplasticity, "travel"):
        return metaplasticity
    if callable(metaplasticity):
        return OwnLaw(metaplasticity)
    return SechSquared(metaplasticity)
