r"""Where a relaxation loses the branch: predicted boundary and simulated map of the nudge plane.

A relaxation step multiplies a small deviation by :math:`M = 1 + d F_u`, d the damping. At a branch
point an eigenvalue of M is exactly 1, so the iteration loses the branch at it or, more often,
before: an eigenvalue of modulus 1 and another phase leaves the branch intact.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.holo_ep.branch import Branch
from theory.holo_ep.clamped_network import ClampedNetwork

BISECTIONS = 40
FLOOR, CEILING = 1e-6, 1e4  # of the residuals of the map, as in the paper's
SETTLED = 1e-9  # far below the floor: such rows need no further steps


@door(states="complex 1d+", nudges="complex")
def step_radius(branch: Branch, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
    """Return the spectral radius of a relaxation step, shape of the nudges."""
    states, nudges = np.asarray(states), np.asarray(nudges)
    known = np.isfinite(states).all(axis=-1)
    radius = np.full(states.shape[:-1], np.inf)
    jacobians = branch.step_jacobian(states[known], np.broadcast_to(nudges, known.shape)[known])
    radius[known] = np.abs(np.linalg.eigvals(jacobians)).max(axis=-1)
    return radius[()]


@door(_nan=True, angles="1d+", reach="> 0", step="> 0")
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


@door(reach="> 0", size=">= 3")
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
    if size % 2 == 0:
        raise ValueError(f"size: {size} is even; an odd number puts points on the real axis")
    if len(clamped.inputs) != 1:
        raise ValueError(f"clamped: it has {len(clamped.inputs)} samples; the map is of one")
    axis = np.linspace(-reach, reach, size)
    upper = axis[size // 2 :]
    upper[0] = 0.0
    nudges = np.add.outer(1j * upper, axis)
    change = clamped.relaxed_states(nudges.ravel(), steps, settled=SETTLED)[1]
    residuals = np.sqrt(np.nan_to_num(change, nan=np.inf) ** 2 + FLOOR**2)
    half = np.minimum(residuals, CEILING).reshape(nudges.shape)
    return axis, np.concatenate([half[:0:-1], half])
