r"""Activations of equilibrium-propagation networks and their derivatives.

The smooth ones listed here satisfy a Riccati equation, :math:`\sigma' = a + b \sigma + c \sigma^2`:
the derivative is a polynomial of the value, and a recursion gives the power series. The hard ones
are linear between two kinks. An activation of the reader's own is its function; its derivative is
stated or taken by a complex step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door

STEP = 1e-30  # of the complex step, which loses no digits


@door
@dataclass(frozen=True)
class Activation:
    r"""An activation function.

    Attributes
    ----------
    name : str
    function : callable
        :math:`\sigma(u)`, any shape, increasing. Without kinks it takes complex arguments, too.
    riccati : tuple of float or None
        :math:`(a, b, c)` with :math:`\sigma' = a + b \sigma + c \sigma^2`, where that holds.
    interval : tuple of float or None
        For a piecewise linear activation, where it is not saturated: at both ends it has kinks, and
        there no power series in the nudge.
    slope : float
        Its slope there.
    slope_function : callable or None
        :math:`\sigma'(u)` where neither form above holds; without it a complex step is taken.

    Examples
    --------
    >>> softplus = Activation("softplus", lambda u: np.log(1 + np.exp(u)))
    >>> bool(abs(softplus.derivative(np.array(0.0)) - 0.5) < 1e-15)
    True
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    riccati: tuple[float, float, float] | None = None
    interval: tuple[float, float] | None = None
    slope: float = 0.0
    slope_function: Callable[[np.ndarray], np.ndarray] | None = None

    @property
    def smooth(self) -> bool:
        """Whether it has no kinks."""
        return self.interval is None

    @property
    def told_by_value(self) -> bool:
        """Whether a state alone tells the slope (`slope_at`)."""
        return self.riccati is not None or self.interval is not None

    def derivative(self, preactivation: np.ndarray) -> np.ndarray:
        """Return the slope at a preactivation; at a kink the slope of the saturated side, 0."""
        if self.riccati is not None:
            return self.slope_at(self.function(preactivation))
        if self.interval is not None:
            low, high = self.interval
            return np.where((preactivation > low) & (preactivation < high), self.slope, 0.0)
        if self.slope_function is not None:
            return self.slope_function(preactivation)
        return np.imag(self.function(preactivation + 1j * STEP)) / STEP

    def slope_at(self, value: np.ndarray) -> np.ndarray:
        """Return the slope where the activation has a value; 0 at the value of a saturated unit."""
        if self.riccati is not None:
            a, b, c = self.riccati
            return a + b * value + c * value * value
        if self.interval is None:
            raise ValueError(f"activation: a value of {self.name!r} alone does not tell the slope")
        low, high = (self.function(np.asarray(end, float)) for end in self.interval)
        return ((value > low) & (value < high)) * np.asarray(self.slope, np.asarray(value).dtype)

    def integral(self, preactivation: np.ndarray, points: int = 40) -> np.ndarray:
        r"""Return :math:`\int_0^u \sigma`, which the energy of a unit needs.

        By Gauss-Legendre quadrature between the kinks: exact to rounding for preactivations below
        about 10 in size.
        """
        u = np.asarray(preactivation, float)
        nodes, weights = np.polynomial.legendre.leggauss(points)
        ends = [np.zeros_like(u), *(np.clip(kink, np.minimum(u, 0), np.maximum(u, 0))
                                    for kink in self.interval or ()), u]  # fmt: skip
        total = np.zeros_like(u)
        order = np.sort(np.stack(ends), axis=0)
        for low, high in pairwise(order):
            half = (high - low) / 2
            at = (low + half)[..., None] + half[..., None] * nodes
            total += half * (self.function(at) @ weights)
        return np.where(u < 0, -total, total)


def _shifted_sigmoid(u):
    return 0.5 * (1 + np.tanh(2 * u - 1))  # 1 / (1 + exp(-4 (u - 1/2))) without overflow


ACTIVATIONS = {
    a.name: a
    for a in (
        Activation("linear", lambda u: u, (1.0, 0.0, 0.0)),
        Activation("tanh", np.tanh, (1.0, 0.0, -1.0)),
        Activation("sigmoid", lambda u: 0.5 * (1 + np.tanh(u / 2)), (0.0, 1.0, -1.0)),
        Activation("shifted_sigmoid", _shifted_sigmoid, (0.0, 4.0, -4.0)),
        Activation("hard_sigmoid", lambda u: np.clip(u, 0, 1), None, (0, 1), 1.0),
        Activation("wide_hard_sigmoid", lambda u: np.clip(u / 2, 0, 1), None, (0, 2), 0.5),
        Activation("centred_hard_sigmoid", lambda u: np.clip(u, -0.5, 0.5), None, (-0.5, 0.5), 1.0),
    )
}


@door
def find_activation(activation: str | Activation) -> Activation:
    """Return an activation by its name, or the one given; an unknown name is refused."""
    if isinstance(activation, Activation):
        return activation
    return ACTIVATIONS[checks.one_of("activation", activation, tuple(ACTIVATIONS))]
