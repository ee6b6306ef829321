r"""Holomorphic activations and pools: their values, slopes and poles, fast for complex arrays.

The equilibrium can be holomorphic in the nudge only while no preactivation reaches a pole of the
activation. All poles of those here lie off the real axis. A soft pool is

.. math:: s = \sum_i p_i z_i, \qquad p_i = e^{z_i / T} / \sum_j e^{z_j / T},

between the mean of its inputs (high temperature T) and their maximum (low). The inputs of a pool
lie along the last axis but one. Source: Laborieux and Zenke 2022, 2024.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import ACTIVATIONS, Activation
from theory.ep.networks import LayeredNetwork

LARGEST = 40.0  # exponents beyond it change nothing and would overflow when squared
_POLES = {  # first pole above the real axis and distance of the next
    "tanh": (0.5j * np.pi, 1j * np.pi),
    "sigmoid": (1j * np.pi, 2j * np.pi),
    "shifted_sigmoid": (0.5 + 0.25j * np.pi, 0.5j * np.pi),
}


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


def logistic(z: np.ndarray) -> np.ndarray:
    r"""Return :math:`1 / (1 + e^{-z})`, real or complex, in the precision of z.

    By real functions, which processors compute ten times faster than a complex tanh.
    """
    size = np.exp(np.minimum(-z.real, LARGEST))
    if not np.iscomplexobj(z):
        return 1 / (1 + size)
    cosine, sine = 1 + size * np.cos(z.imag), size * np.sin(z.imag)
    scale = 1 / (cosine * cosine + sine * sine)
    value = np.empty_like(z)
    value.real, value.imag = cosine * scale, sine * scale
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
    late = logistic(z - 2)
    return late + z / 2 * (logistic(z) - late)


@dataclass(frozen=True)
class _SoftClip(Activation):
    """Smooth without a Riccati equation: it has a derivative and no recursion for its series."""

    @property
    def smooth(self) -> bool:
        return True

    def derivative(self, preactivation):
        return soft_clip_slope(preactivation)


_FAST = {  # the same values, in the precision of the argument
    "shifted_sigmoid": lambda z: logistic(4 * z - 2),
    "soft_clip": _fast_soft_clip,
}


def activation_of(name: str) -> Activation:
    """Return an activation by name: those of `theory.ep` and "soft_clip"."""
    checks.one_of("activation", name, (*ACTIVATIONS, "soft_clip"))
    return ACTIVATIONS.get(name) or _SoftClip("soft_clip", soft_clip)


def activity(name: str, z: np.ndarray) -> np.ndarray:
    """Return the values of a named activation, fast where a fast form is known."""
    return _FAST.get(name, activation_of(name).function)(z)


@door
@dataclass(frozen=True, eq=False)
class SoftClipNetwork(LayeredNetwork):
    """A network whose hard clip "wide_hard_sigmoid" is replaced by its holomorphic twin."""

    activation: str = "wide_hard_sigmoid"

    @property
    def sigma(self) -> Activation:
        return activation_of("soft_clip")

    @classmethod
    @door
    def twin(cls, network: LayeredNetwork) -> SoftClipNetwork:
        """Return the twin of a network with the activation "wide_hard_sigmoid"."""
        if network.activation != "wide_hard_sigmoid":
            raise ValueError(
                f"network: its activation is {network.activation!r}; the soft clip is the twin of "
                "'wide_hard_sigmoid' only"
            )
        return cls(network.weights, network.biases)


def _shares(currents, temperature):
    """Return the weights p of the inputs of every pool."""
    currents = np.asarray(currents)
    if currents.ndim < 2:
        raise ValueError(
            f"currents: shape {currents.shape}; the inputs of a pool lie along the last axis but "
            "one, (..., inputs, pools)"
        )
    return softmax(currents / checks.positive("temperature", temperature), axis=-2)


@door(currents="complex")
def soft_pool(currents: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the pooled currents, shape (..., inputs, pools) -> (..., pools)."""
    return np.sum(_shares(currents, temperature) * currents, axis=-2)


@door(currents="complex")
def pool_slopes(currents: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the derivatives by the inputs, p (1 + (z - s) / T), shape of the currents.

    They sum to 1 over a pool; single ones can be negative.
    """
    p = _shares(currents, temperature)
    pooled = np.sum(p * currents, axis=-2, keepdims=True)
    return p * (1 + (currents - pooled) / temperature)


@door(currents="complex", direction="complex")
def pool_slope_changes(
    currents: np.ndarray, direction: np.ndarray, temperature: float = 1.0
) -> np.ndarray:
    """Return the derivative of `pool_slopes` along a direction: the Hessian times it."""
    p = _shares(currents, temperature)
    pooled = np.sum(p * currents, axis=-2, keepdims=True)
    rise = 1 + (currents - pooled) / temperature
    mean = np.sum(p * direction, axis=-2, keepdims=True)
    moved = np.sum(p * rise * direction, axis=-2, keepdims=True)
    return p * ((direction - mean) * rise + (direction - moved)) / temperature


@dataclass(frozen=True, eq=False)
class UnfoldedKernels:
    """Convolution with 3 x 3 kernels, zero padded by 1, in front of 2 x 2 pools, as a matrix.

    On grids of 8 x 8 pixels and below a matrix product is faster than a convolution. Inputs are
    ordered (row, column, channel); outputs (pixel of the pool, pool row, pool column, channel), so
    that after a reshape to (4, pools) the pooled outputs are ordered like inputs.

    Parameters
    ----------
    side : int
        Rows and columns of the image, even.
    below, above : int
        Channels in and out.
    """

    side: int
    below: int
    above: int
    _cells: tuple[np.ndarray, ...] = field(init=False, repr=False)

    def __post_init__(self):
        side = checks.integer_at_least("side", self.side, 2)
        if side % 2:
            raise ValueError(f"side must be even for 2 x 2 pools, not {side}")
        row, column, tap_row, tap_column = np.meshgrid(
            range(side), range(side), range(3), range(3), indexing="ij"
        )
        from_row, from_column = row + tap_row - 1, column + tap_column - 1
        inside = (from_row >= 0) & (from_row < side) & (from_column >= 0) & (from_column < side)
        source = (from_row * side + from_column)[inside][:, None, None]
        pool = ((row // 2) * (side // 2) + column // 2)[inside][:, None, None]
        pixel = ((row % 2) * 2 + column % 2)[inside][:, None, None]
        tap = (3 * tap_row + tap_column)[inside][:, None, None]
        out, into = np.arange(self.above)[:, None], np.arange(self.below)
        cells = np.broadcast_arrays(
            source * self.below + into,
            (pixel * (side // 2) ** 2 + pool) * self.above + out,
            (out * self.below + into) * 9 + tap,
        )
        source, target, entry = (cell.ravel() for cell in cells)
        order = np.argsort(entry, kind="stable")
        starts = np.searchsorted(entry[order], np.arange(self.above * self.below * 9))
        object.__setattr__(self, "_cells", (source[order], target[order], entry[order], starts))

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs of the matrix."""
        return self.side**2 * self.below, self.side**2 * self.above

    def matrix(self, kernels: np.ndarray) -> np.ndarray:
        """Return the matrices of kernels (runs, above, below, 3, 3), shape (runs, *shape)."""
        wanted = (self.above, self.below, 3, 3)
        if kernels.shape[1:] != wanted:
            raise ValueError(f"kernels must have shape (runs, {wanted}), not {kernels.shape}")
        source, target, entry, _ = self._cells
        matrix = np.zeros((len(kernels), *self.shape), kernels.dtype)
        matrix[:, source, target] = kernels.reshape(len(kernels), -1)[:, entry]
        return matrix

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return the sum of the gradients of a matrix over the entries that share a weight."""
        source, target, _, starts = self._cells
        summed = np.add.reduceat(gradient[:, source, target], starts, axis=1)
        return summed.reshape(len(gradient), self.above, self.below, 3, 3)

    def spread(self, biases: np.ndarray) -> np.ndarray:
        """Return biases (runs, above) as currents of all outputs, (runs, 1, outputs)."""
        return np.tile(biases, (1, self.side**2))[:, None]

    def bias_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return the sum of gradients of currents, (runs, outputs), for every channel."""
        return gradient.reshape(len(gradient), -1, self.above).sum(axis=1)
