r"""Where the synchronous relaxation loses the branch: its stability boundary in the nudge plane.

A step multiplies a small deviation by :math:`M = D (J - \beta \nabla^2 C)`. The branch attracts the
iteration while the spectral radius of M is below 1. At a branch point an eigenvalue of M is exactly
1, so the boundary lies at it or, more often, before it: an eigenvalue of modulus 1 and another
phase leaves the branch intact and only the iteration fails.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.holo_ep.branch import Branch

BISECTIONS = 40


def step_radius(branch: Branch, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
    """Return the spectral radius of a synchronous step, shape of the nudges."""
    return np.abs(np.linalg.eigvals(branch.step_jacobian(states, nudges))).max(axis=-1)


def stability_boundary(
    branch: Branch, angles: np.ndarray, reach: float, *, step: float = 0.02
) -> np.ndarray:
    """Return the modulus of the nudge at which every ray loses stability first.

    Parameters
    ----------
    branch : Branch
    angles : ndarray, shape (angles,)
        Of the rays, radians.
    reach : float
        Largest modulus.
    step : float
        Between points of a ray; crossings closer together than this may be missed.

    Returns
    -------
    ndarray, shape (angles,)
        nan where the relaxation is stable up to reach.
    """
    reach, step = checks.positive("reach", reach), checks.positive("step", step)
    angles = np.atleast_1d(checks.finite_array("angles", angles))
    radii = np.linspace(0, reach, int(np.ceil(reach / step)) + 1)
    nudges, states = branch.rays(angles, radii)
    unstable = step_radius(branch, states, nudges) >= 1
    crossed = np.flatnonzero(unstable.any(axis=0))
    boundary = np.full(len(angles), np.nan)
    if not len(crossed):
        return boundary
    after = unstable[:, crossed].argmax(axis=0)
    low, high = radii[np.maximum(after - 1, 0)], radii[after]
    state = states[np.maximum(after - 1, 0), crossed]
    direction = np.exp(1j * angles[crossed])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        there = branch.newton(state, middle * direction, tolerance=1e-9)
        beyond = step_radius(branch, there, middle * direction) >= 1
        high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
        state = np.where(beyond[:, None], state, there)
    boundary[crossed] = (low + high) / 2
    return boundary
