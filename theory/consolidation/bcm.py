r"""The sliding threshold of Bienenstock, Cooper and Munro, and when it slides fast enough.

A neuron has the response :math:`y = w \cdot x` to one of p orthogonal patterns of length one:

.. math:: \dot w = \eta\, y (y - \theta)\, x, \qquad \tau \dot\theta = y^2 - \theta .

The selective state answers to one pattern with y = p and to no other; deviations from it grow or
shrink with the eigenvalues of a matrix with the rows :math:`(\eta, -\eta)` and :math:`(2/\tau,
-1/\tau)`, for any p: stable for :math:`\eta \tau < 1`, a threshold that slides faster than the
weights learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door


@door(learning_rate="> 0", threshold_time="> 0", patterns=">= 1")
@dataclass(frozen=True)
class SlidingThreshold:
    """Learning rate eta > 0, time tau > 0 of the threshold, number of patterns p >= 1."""

    learning_rate: float
    threshold_time: float
    patterns: int = 2

    @property
    def is_stable(self) -> bool:
        """Whether the selective state attracts: eta tau < 1."""
        return self.learning_rate * self.threshold_time < 1


@door
def growth_rate(setting: SlidingThreshold) -> complex:
    """Return the eigenvalue with the larger real part at the selective state, a unit of time."""
    eta, tau = setting.learning_rate, setting.threshold_time
    half = (eta - 1 / tau) / 2
    return complex(half + np.sqrt(complex(half**2 - eta / tau)))


@door(time="> 0", step="> 0")
def simulate_sliding_threshold(
    setting: SlidingThreshold,
    responses: np.ndarray,
    threshold: float,
    *,
    time: float,
    step: float = 1e-2,
    rng: np.random.Generator | int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Step weights and threshold.

    Parameters
    ----------
    setting : SlidingThreshold
    responses : array_like, shape (patterns,)
        Responses at the start; with orthogonal patterns of length one they are the weights.
    threshold : float
    time, step : float
        Duration and Euler step, of the order of a hundredth of 1 / eta and tau.
    rng : Generator or int, optional
        Draws one pattern for each step; without it every step takes the mean over all patterns.

    Returns
    -------
    times (steps + 1,), responses (steps + 1, patterns), thresholds (steps + 1,)
    """
    p = setting.patterns
    y = checks.finite_array("responses", responses, shape=(p,)).copy()
    steps = round(time / step)
    chosen = None if rng is None else checks.as_rng(rng).integers(0, p, steps)
    course, slid = np.empty((steps + 1, p)), np.empty(steps + 1)
    course[0], slid[0] = y, threshold
    for k in range(steps):
        shown = np.full(p, 1 / p) if chosen is None else np.eye(p)[chosen[k]]
        change = setting.learning_rate * shown * y * (y - threshold)
        drift = (shown @ y**2 - threshold) / setting.threshold_time
        y, threshold = y + step * change, threshold + step * drift
        course[k + 1], slid[k + 1] = y, threshold
    return step * np.arange(steps + 1), course, slid
