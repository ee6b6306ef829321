r"""Holomorphic activations: where their poles lie, and the smooth twin of a hard clip.

The equilibrium can be holomorphic in the nudge only while no preactivation reaches a pole of the
activation. All poles of those here lie off the real axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ep.activations import Activation
from theory.ep.networks import LayeredNetwork

_POLES = {  # first pole above the real axis and distance of the next
    "tanh": (0.5j * np.pi, 1j * np.pi),
    "sigmoid": (1j * np.pi, 2j * np.pi),
    "shifted_sigmoid": (0.5 + 0.25j * np.pi, 0.5j * np.pi),
}


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
    rank = np.arange(checks.integer_at_least("count", count, 1))
    if name == "soft_clip":
        column = 1j * np.pi * (2 * rank + 1)
        return np.concatenate([column, 2 + column])
    first, distance = _POLES[name]
    return first + rank * distance


def _gate(z):
    return 0.5 * (1 + np.tanh(z / 2))


def soft_clip(z: np.ndarray) -> np.ndarray:
    r"""Return :math:`\tfrac z2 \sigma(z) + (1 - \tfrac z2)\, \sigma(z - 2)`, the logistic sigma.

    A holomorphic stand-in for the hard clip of z / 2 to [0, 1] (Laborieux and Zenke 2022).
    """
    return z / 2 * _gate(z) + (1 - z / 2) * _gate(z - 2)


def soft_clip_slope(z: np.ndarray) -> np.ndarray:
    """Return the derivative of `soft_clip`."""
    low, high = _gate(z), _gate(z - 2)
    return (low - high) / 2 + z / 2 * low * (1 - low) + (1 - z / 2) * high * (1 - high)


@dataclass(frozen=True)
class _SoftClip(Activation):
    """Smooth without a Riccati equation: it has a derivative and no recursion for its series."""

    @property
    def smooth(self) -> bool:
        return True

    def derivative(self, preactivation):
        return soft_clip_slope(preactivation)


@dataclass(frozen=True, eq=False)
class SoftClipNetwork(LayeredNetwork):
    """A network whose hard clip "wide_hard_sigmoid" is replaced by its holomorphic twin."""

    activation: str = "wide_hard_sigmoid"

    @property
    def sigma(self) -> Activation:
        return _SoftClip("soft_clip", soft_clip)

    @classmethod
    def twin(cls, network: LayeredNetwork) -> SoftClipNetwork:
        """Return the twin of a network with the activation "wide_hard_sigmoid"."""
        if network.activation != "wide_hard_sigmoid":
            raise ValueError(
                f"network: its activation is {network.activation!r}; the soft clip is the twin of "
                "'wide_hard_sigmoid' only"
            )
        return cls(network.weights, network.biases)
