"""Simulation of a hidden weight that a steady pull drives towards zero."""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.numerics import NotConverged

MOST_UPDATES = 10_000_000


@door(law="has factor", pull="> 0")
def simulate_flip_time(hidden: np.ndarray, pull: float, law) -> np.ndarray:
    r"""Return after how many updates :math:`W \leftarrow W - v f(W)` the sign has changed.

    Parameters
    ----------
    hidden : array_like
        :math:`W`; only its size matters.
    pull : float
        Speed :math:`v > 0` at full plasticity, per update.
    law : object with a method ``factor``
        The metaplastic factor :math:`f`, such as `SechSquared`.

    Returns
    -------
    ndarray of int

    Raises
    ------
    NotConverged
        If a hidden weight has not flipped after `MOST_UPDATES`, as none does behind a threshold.
    """
    moving = np.abs(np.asarray(hidden, float))
    updates = np.zeros(moving.shape, int)
    while np.any(waiting := moving > 0):
        change = pull * law.factor(moving)
        if np.any(change[waiting] <= 0) or updates.max() >= MOST_UPDATES:
            raise NotConverged(
                f"a hidden weight of {moving.max():g} does not flip under a pull of {pull:g}",
                residual=float(moving.max()),
                iterations=int(updates.max()),
            )
        updates = updates + waiting
        moving = np.where(waiting, moving - change, moving)
    return updates
