r"""The branch of equilibria of any Field over the complex nudge plane, and where it is lost.

Where the Jacobian :math:`F_u` of the nudged field is invertible the equilibrium is holomorphic in
the nudge, :math:`du/d\beta = -F_u^{-1} F_\beta`, and is continued here by this tangent and Newton's
method, many nudges at once; relaxation plays no part. At a simple branch point :math:`\beta_c` two
equilibria meet, :math:`F = 0, F_u v = 0, c \cdot v = 1`: a regular system for the state, the null
vector and the nudge. Near it the branch is a series in :math:`\sqrt{\beta - \beta_c}`; the nearest
one on the sheet of the free equilibrium is the radius of convergence, and the largest circle about
0 on which an estimate can be exact.

A relaxation step multiplies a small deviation by :math:`M = 1 + d F_u`, d the damping. At a branch
point an eigenvalue of M is 1, so the iteration loses the branch at it or, more often, before: an
eigenvalue of modulus 1 and another phase leaves the branch intact.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from scipy.ndimage import minimum_filter

from theory.door import door
from theory.holo_ep.field import (
    Field,
    follow,
    holomorphic_jacobian,
    newton,
    require_invertible,
    solve,
)
from theory.numerics import NotConverged

CANDIDATES = 12  # nearly singular places from which Newton's method is tried
BISECTIONS = 40


@door(sample=">= 0")
@dataclass(frozen=True, eq=False)
class Branch:
    """The equilibria of one sample of a field, as a function of complex nudges.

    All methods take states of shape (..., units) and nudges of shape (...).

    Parameters
    ----------
    field : Field
        Holomorphic.
    sample : int
        Of a clamped network with several.
    """

    field: Field
    sample: int = 0
    one: Field = dataclass_field(init=False, repr=False)

    def __post_init__(self):
        self.field.require_holomorphic()
        object.__setattr__(self, "one", self.field.sample(self.sample))

    @property
    def free(self) -> np.ndarray:
        return self.one.free

    def residual(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return the nudged field, shape (..., units): zero at an equilibrium."""
        return self.one.residual(states, nudges)

    def jacobian(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return F_u, shape (..., units, units)."""
        return self.one.jacobian(states, nudges)

    def step_jacobian(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return the Jacobian M of one relaxation step, shape (..., units, units)."""
        return np.eye(states.shape[-1]) + self.one.damping * self.jacobian(states, nudges)

    def tangent(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return du/dbeta along the branch, (..., units), or raise SingularJacobian at its ends."""
        jacobian = self.jacobian(states, nudges)
        require_invertible(jacobian)
        return -solve(jacobian, self.one.nudge_slope(states, nudges))

    def newton(self, states, nudges, *, tolerance: float = 1e-12, steps: int = 30) -> np.ndarray:
        """Return equilibria near the given states; NotConverged where there are none."""
        return newton(self.one, states, nudges, tolerance=tolerance, steps=steps)

    @door(path="complex 1d+", start="complex")
    def along(self, path: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        """Follow the branch along paths in the nudge plane.

        Parameters
        ----------
        path : ndarray of complex, shape (points, ...)
            Nudges in small steps; trailing axes are paths followed at once.
        start : ndarray, shape (..., units), optional
            State at the first point; by default the paths start at nudge 0, at the free state.

        Returns
        -------
        ndarray of complex, shape (points, ..., units)
        """
        path = np.asarray(path, complex)
        if start is None and np.any(path[0] != 0):
            raise ValueError("path: it has to start at nudge 0 where no start is given")
        return follow(self.one, path, self.free if start is None else start)

    @door(angles="1d", radii="1d >= 0", _nan=True)
    def rays(self, angles: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Follow the branch outward from nudge 0 along straight rays.

        Parameters
        ----------
        angles : ndarray, shape (angles,)
        radii : ndarray, shape (radii,)
            Ascending from 0 in small steps.

        Returns
        -------
        nudges : ndarray of complex, shape (radii, angles)
        states : ndarray of complex, shape (radii, angles, units)
            Behind a branch point the branch depends on the way round it: cuts run outward. nan
            where a ray lost it.
        """
        nudges = np.multiply.outer(radii, np.exp(1j * np.asarray(angles)))
        return nudges, follow(self.one, nudges, self.free, lenient=True)


@dataclass(frozen=True, eq=False)
class BranchPoint:
    """A simple branch point.

    Attributes
    ----------
    nudge : complex
    state : ndarray of complex, shape (units,)
    residual : float
        Largest entry of the system that should vanish.
    """

    nudge: complex
    state: np.ndarray
    residual: float


@door(state="complex 1d")
def refine_branch_point(
    branch: Branch, state: np.ndarray, nudge: complex, *, steps: int = 25, tolerance: float = 1e-13
) -> BranchPoint:
    """Return the branch point near a state and a nudge, by Newton's method, or NotConverged."""
    units = len(state)
    vector = np.linalg.svd(branch.jacobian(state, np.asarray(nudge)))[2][-1].conj()
    normal = vector.conj()
    unknown = np.concatenate([state, vector, [nudge]]).astype(complex)

    def system(at):
        s, v, b = at[..., :units], at[..., units:-1], at[..., -1]
        null = np.einsum("...ij,...j->...i", branch.jacobian(s, b), v)
        return np.concatenate([branch.residual(s, b), null, (v @ normal - 1)[..., None]], axis=-1)

    with np.errstate(all="ignore"):
        for _ in range(steps):
            change = solve(holomorphic_jacobian(system, unknown), system(unknown))
            if not np.isfinite(change).all():
                break
            # Far away Newton's method jumps: a step is at most a tenth.
            unknown = unknown - change * min(1.0, 0.1 / np.abs(change).max())
            if np.abs(change).max() < tolerance:
                break
    residual = np.abs(system(unknown)).max()
    if not residual < 1e-10:
        raise NotConverged(
            "refine_branch_point: no branch point was found near the given state; start closer",
            residual,
            steps,
        )
    return BranchPoint(complex(unknown[-1]), unknown[:units], float(residual))


@door(branch="has rays", reach="> 0", step="> 0", angles=">= 3")
def branch_points(
    branch: Branch, reach: float, *, angles: int = 91, step: float = 0.02
) -> list[BranchPoint]:
    """Return the branch points that straight rays from nudge 0 meet, nearest first.

    Those in the upper half plane and on the real axis; their conjugates are branch points, too. A
    grid of rays shows where the Jacobian is nearly singular, Newton's method does the rest, and
    what it finds is kept if the branch of the free equilibrium leads there.

    Parameters
    ----------
    branch : Branch
    reach : float
        Largest modulus searched.
    angles : int
        Number of rays over the upper half plane.
    step : float
        Between points of a ray.
    """
    radii = np.linspace(0, reach, int(np.ceil(reach / step)) + 1)
    directions = np.linspace(0, np.pi, angles)
    nudges, states = branch.rays(directions, radii)
    size, known = np.full(nudges.shape, np.inf), np.isfinite(states).all(axis=-1)
    jacobians = branch.jacobian(states[known], nudges[known])
    size[known] = np.linalg.svd(jacobians, compute_uv=False)[..., -1]
    found = []
    for i, j in _valleys(size)[:CANDIDATES]:
        try:
            point = refine_branch_point(branch, states[i, j], nudges[i, j])
        except NotConverged:
            continue
        if point.nudge.imag < -1e-9:
            point = BranchPoint(point.nudge.conjugate(), point.state.conj(), point.residual)
        known = any(abs(point.nudge - other.nudge) < 1e-8 for other in found)
        if not known and abs(point.nudge) <= reach and _leads_to(branch, point):
            found.append(point)
    return sorted(found, key=lambda point: abs(point.nudge))


@door
def exact_radius(branch: Branch, reach: float = 2.0) -> float:
    """Return the modulus of the nearest branch point, or raise NotConverged: none within reach."""
    points = branch_points(branch, reach)
    if not points:
        raise NotConverged(
            f"exact_radius: no branch point within |nudge| = {reach:g}; enlarge reach",
            np.inf,
            0,
        )
    return abs(points[0].nudge)


@door(points="in [2, 100000000]", turns=">= 1")
def round_trips(
    branch: Branch, nudge: complex, radius: float, turns: int, *, points: int = 200
) -> np.ndarray:
    """Follow the branch to a circle around a nudge and so many times round it.

    Returns
    -------
    ndarray of complex, shape (turns + 1, units)
        The states at the same nudge, before the first turn and after every one.
    """
    first = nudge * (1 - radius / abs(nudge))
    start = branch.along(np.linspace(0, first, points))[-1]
    angle = 2 * np.pi * np.arange(turns * points + 1) / points
    circle = nudge + (first - nudge) * np.exp(1j * angle)
    return branch.along(circle, start)[::points]


@door(states="complex 1d+", nudges="complex")
def step_radius(branch: Branch, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
    """Return the spectral radius of a relaxation step, shape of the nudges."""
    states, nudges = np.asarray(states), np.asarray(nudges)
    known = np.isfinite(states).all(axis=-1)
    radius = np.full(states.shape[:-1], np.inf)
    jacobians = branch.step_jacobian(states[known], np.broadcast_to(nudges, known.shape)[known])
    radius[known] = np.abs(np.linalg.eigvals(jacobians)).max(axis=-1)
    return radius[()]


@door(_nan=True, angles="1d", reach="> 0", step="> 0")
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
    direction = np.exp(1j * np.asarray(angles)[crossed])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        there = branch.newton(state, middle * direction, tolerance=1e-9)
        beyond = step_radius(branch, there, middle * direction) >= 1
        high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
        state = np.where(beyond[:, None], state, there)
    boundary[crossed] = (low + high) / 2
    return boundary


def _valleys(size):
    """Return indices of the local minima of a table, by increasing value."""
    least = minimum_filter(size, 3, mode="constant", cval=np.inf)
    lowest = np.argwhere((size == least) & np.isfinite(size))
    return lowest[np.argsort(size[tuple(lowest.T)])]


def _leads_to(branch, point, close=1e-4):
    """Whether the branch reaches the branch point on a straight line, as a square root does."""
    try:
        ends = 1 - close * np.array([4.0, 1.0])
        path = point.nudge * np.append(np.linspace(0, 0.99, 100), np.sort(ends))
        states = branch.along(path)[-2:]
    except NotConverged:
        return False
    far, near = np.linalg.norm(states - point.state, axis=1)
    return bool(0.4 < near / far < 0.6)
