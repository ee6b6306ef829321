r"""Activations of equilibrium-propagation networks and their derivatives.

Every smooth activation here satisfies a Riccati equation, :math:`\sigma' = a + b \sigma + c
\sigma^2`, so its derivative is a polynomial of its value and its power series follows from a
recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory import checks


@dataclass(frozen=True)
class Activation:
    r"""An activation function.

    Attributes
    ----------
    name : str
    function : callable
        :math:`\sigma(u)`, any shape; complex arguments where `riccati` is given.
    riccati : tuple of float or None
        :math:`(a, b, c)` with :math:`\sigma' = a + b \sigma + c \sigma^2`; None where the
        activation has kinks, so that no power series in the nudge exists at them.
    interval : tuple of float or None
        For a piecewise linear activation, where it is not saturated.
    slope : float
        Its slope there.
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    riccati: tuple[float, float, float] | None = None
    interval: tuple[float, float] | None = None
    slope: float = 0.0

    @property
    def smooth(self) -> bool:
        return self.riccati is not None

    def derivative(self, preactivation: np.ndarray) -> np.ndarray:
        """Return the slope at a preactivation; at a kink the slope of the saturated side, 0."""
        if self.riccati is not None:
            a, b, c = self.riccati
            value = self.function(preactivation)
            return a + b * value + c * value**2
        low, high = self.interval
        return np.where((preactivation > low) & (preactivation < high), self.slope, 0.0)


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


def find_activation(name: str) -> Activation:
    """Return an activation by its name; an unknown one is refused with the names there are."""
    return ACTIVATIONS[checks.one_of("activation", name, tuple(ACTIVATIONS))]
