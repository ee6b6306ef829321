r"""Activations of equilibrium-propagation networks and their derivatives.

The smooth ones listed here satisfy a Riccati equation, :math:`\sigma' = a + b \sigma + c \sigma^2`:
the derivative is a polynomial of the value, and a recursion gives the power series. The hard ones
are linear between two kinks. The soft clip is the holomorphic stand-in for one of them. An
activation of the reader's own is its function; its derivative is stated or taken by a complex step.

The equilibrium can be holomorphic in a complex nudge only while no preactivation reaches a pole of
the activation; those of the smooth ones lie off the real axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door

STEP = 1e-30  # of the complex step, which loses no digits
LARGEST = 40.0  # exponents beyond it change nothing and would overflow when squared
_POLES = {  # first pole above the real axis and distance of the next
    "tanh": (0.5j * np.pi, 1j * np.pi),
    "sigmoid": (1j * np.pi, 2j * np.pi),
    "shifted_sigmoid": (0.5 + 0.25j * np.pi, 0.5j * np.pi),
}


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

    @door(preactivation="array", points=">= 1")
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
    value = np.tanh(2 * u - 1)  # 1 / (1 + exp(-4 (u - 1/2))) without overflow
    value += 1
    value *= 0.5
    return value


def _gate(z):
    return 0.5 * (1 + np.tanh(z / 2))


@door(z="complex")
def soft_clip(z: np.ndarray) -> np.ndarray:
    r"""Return :math:`\tfrac z2 \sigma(z) + (1 - \tfrac z2)\, \sigma(z - 2)`, the logistic sigma.

    A holomorphic stand-in for the hard clip of z / 2 to [0, 1] (Laborieux and Zenke 2022).
    """
    return z / 2 * _gate(z) + (1 - z / 2) * _gate(z - 2)


def soft_clip_slope(z: np.ndarray) -> np.ndarray:
    """Return the derivative of `soft_clip`."""
    low, high = _gate(z), _gate(z - 2)
    return (low - high) / 2 + z / 2 * low * (1 - low) + (1 - z / 2) * high * (1 - high)


def _fast_soft_clip(z):
    if np.iscomplexobj(z):  # both logistic functions have the same direction
        size, cosine, sine = _turned(z)
        value, late = (_gated(z, size * rise, cosine, sine) for rise in (1, np.e**2))
    else:
        value, late = logistic(z), logistic(z, 1.0, -2.0)
    value -= late
    value *= z / 2
    value += late
    return value


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
        Activation("soft_clip", soft_clip, slope_function=soft_clip_slope),
    )
}


@door
def find_activation(activation: str | Activation) -> Activation:
    """Return an activation by its name, or the one given; an unknown name is refused."""
    if isinstance(activation, Activation):
        return activation
    return ACTIVATIONS[checks.one_of("activation", activation, tuple(ACTIVATIONS))]


@door(count=">= 1")
def activation_poles(name: str, count: int = 1) -> np.ndarray:
    """Return the poles above the real axis that are nearest to it; their conjugates are poles, too.

    Parameters
    ----------
    name : {"tanh", "sigmoid", "shifted_sigmoid", "soft_clip"}
    count : int
        How many in every column of poles.

    Returns
    -------
    ndarray of complex
        Of `count` entries, twice as many for the soft clip, which has poles above 0 and above 2.
    """
    name = checks.one_of("name", name, (*_POLES, "soft_clip"))
    rank = np.arange(count)
    if name == "soft_clip":
        column = 1j * np.pi * (2 * rank + 1)
        return np.concatenate([column, 2 + column])
    first, distance = _POLES[name]
    return first + rank * distance


def logistic(z: np.ndarray, gain: float = 1.0, shift: float = 0.0) -> np.ndarray:
    r"""Return :math:`1 / (1 + e^{-(g z + h)})`, real or complex, in the precision of z.

    By real functions, which processors compute ten times faster than a complex tanh.
    """
    if not np.iscomplexobj(z):
        value = np.tanh(z * (gain / 2) + shift / 2)
        value += 1
        value *= 0.5
        return value
    return _gated(z, *_turned(z, gain, shift))


def _turned(z, gain=1.0, shift=0.0):
    """Size, cosine and sine of e^-(g z + h), for the sine with its sign turned."""
    size, angle = np.exp(np.minimum(z.real * -gain - shift, LARGEST)), z.imag * gain
    return size, np.cos(angle), np.sin(angle)


def _gated(z, size, cosine, sine):
    """1 / (1 + q) for the q of a size and a direction."""
    real, imaginary = cosine * size, sine * size
    real += 1
    scale = real * real
    scale += imaginary * imaginary
    value = np.empty_like(z)
    np.divide(real, scale, out=value.real)
    np.divide(imaginary, scale, out=value.imag)
    return value


def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the soft maximum along an axis; a common real part is taken off first."""
    size = np.exp(z.real - z.real.max(axis=axis, keepdims=True))
    if np.iscomplexobj(z):
        value = np.empty_like(z)
        value.real, value.imag = size * np.cos(z.imag), size * np.sin(z.imag)
        size = value
    size /= size.sum(axis=axis, keepdims=True)
    return size


_FAST: dict[
    object, Callable[[np.ndarray], np.ndarray]
] = {  # the same values, in the precision of the argument
    "shifted_sigmoid": lambda z: logistic(z, 4.0, -2.0),
    "soft_clip": _fast_soft_clip,
}


def activity(name: str | Activation, z: np.ndarray) -> np.ndarray:
    """Return the values of a named activation, fast where a fast form is known."""
    return _FAST.get(name, find_activation(name).function)(z)
