"""Map of the nudge plane by simulation: how far the published relaxation is from rest."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.relaxation import relaxed_states

FLOOR, CEILING = 1e-6, 1e4  # of the residuals, as in the paper's map
SETTLED = 1e-9  # far below the floor: such rows need no further steps


def stability_map(
    clamped: ClampedNetwork, reach: float, size: int, *, steps: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Relax a square grid of nudges from the free equilibrium, and return their residuals.

    Only the half plane above the real axis is relaxed; the other one mirrors it.

    Parameters
    ----------
    clamped : ClampedNetwork
        Of one sample.
    reach : float
        Half the side of the square.
    size : int
        Points on a side, odd, so that the real axis is among them.
    steps : int
        Synchronous steps before the residual is taken.

    Returns
    -------
    axis : ndarray, shape (size,)
    residuals : ndarray, shape (size, size)
        Norm of the change in one more step, between 1e-6 and 1e4; rows are imaginary parts.
    """
    reach, size = checks.positive("reach", reach), checks.integer_at_least("size", size, 3)
    if size % 2 == 0:
        raise ValueError(f"size: {size} is even; an odd number puts points on the real axis")
    if len(clamped.inputs) != 1:
        raise ValueError(f"clamped: it has {len(clamped.inputs)} samples; the map is of one")
    axis = np.linspace(-reach, reach, size)
    upper = axis[size // 2 :]
    upper[0] = 0.0
    nudges = np.add.outer(1j * upper, axis)
    change = relaxed_states(clamped, nudges.ravel(), steps, settled=SETTLED)[1]
    residuals = np.sqrt(np.nan_to_num(change, nan=np.inf) ** 2 + FLOOR**2)
    half = np.minimum(residuals, CEILING).reshape(nudges.shape)
    return axis, np.concatenate([half[:0:-1], half])
