"""How long a sum of exponentials stays above the noise."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from theory import checks

EARLIEST = 1e-3  # events; a lifetime below it counts as none


def lifetime_of_modes(
    rates: np.ndarray,
    weights: np.ndarray,
    synapses: float,
    *,
    threshold: float = 1.0,
    points: int = 600,
) -> float:
    r"""Return the last time at which :math:`\sqrt N \sum_a I_a e^{-q_a t}` is at the threshold.

    At the same cost for any time and any number of synapses; 0 if the signal never reaches the
    threshold.

    Parameters
    ----------
    rates, weights : ndarray, shape (modes,)
        Rates with real parts above 0; complex ones in conjugate pairs.
    synapses : float
        N.
    threshold : float
        Signal to noise ratio that counts as remembered.
    points : int
        Of the logarithmic grid on which the last crossing is looked for.
    """
    level = checks.positive("threshold", threshold)
    level /= np.sqrt(checks.positive("synapses", synapses))
    slowest = rates.real.min()
    grid = np.geomspace(EARLIEST, 60 / slowest + 60, points)
    above = np.flatnonzero((np.exp(-np.outer(grid, rates)) @ weights).real > level)
    if not len(above):
        return 0.0

    def excess(log_time):
        return float((np.exp(-rates * np.exp(log_time)) @ weights).real) - level

    return float(np.exp(brentq(excess, *np.log(grid[above[-1] : above[-1] + 2]))))
