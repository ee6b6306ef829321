r"""What Adam-to-pulses does to gradients that are only noise: dead, counted and saturated updates.

A gradient without mean makes Adam's normalised step a normal variable of variance
:math:`\sigma^2 = (1-\beta_1)/(1+\beta_1)`: 0.23 pulses of deviation per unit of learning rate.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from theory.bnn.optimizer import FIRST_DECAY
from theory.door import door
from theory.rram.pink_noise import RELEASED_TAPS


@door(first_decay="in [0, 1)")
def step_deviation(first_decay: float = FIRST_DECAY) -> float:
    """Return the standard deviation of Adam's normalised step under pure gradient noise."""
    decay = first_decay
    return float(np.sqrt((1 - decay) / (1 + decay)))


@door(pulses="array", learning_rate="array")
def exceeding(pulses, learning_rate) -> np.ndarray:
    """Return the chance that an update asks for more than `pulses` (of either sign)."""
    scale = np.asarray(learning_rate, float) * step_deviation()
    return special.erfc(np.asarray(pulses, float) / (scale * np.sqrt(2)))


@door(learning_rate="array")
def dead_share(learning_rate) -> np.ndarray:
    """Return the share of updates below half a pulse, which change nothing."""
    return 1 - exceeding(0.5, learning_rate)


@door(learning_rate="array")
def saturated_share(learning_rate, largest: int = RELEASED_TAPS - 1) -> np.ndarray:
    """Return the share of updates that ask for at least the largest burst."""
    return exceeding(largest - 0.5, learning_rate)


@door(learning_rate="array", largest=">= 1")
def mean_pulses(learning_rate, largest: int = RELEASED_TAPS - 1) -> np.ndarray:
    """Return the mean pulses of an update, both devices together.

    The mean of a whole number is the sum of the chances to reach 1, 2, ...
    """
    rate = np.asarray(learning_rate, float)
    steps = np.arange(1, largest + 1)
    return exceeding(steps - 0.5, rate[..., None]).sum(axis=-1)
