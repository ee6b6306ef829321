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

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter

from theory.door import door
from theory.holo_ep.asymmetry import holomorphic_jacobian, solve
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.contour import Contour
from theory.holo_ep.field import Field, newton
from theory.numerics import NotConverged

CANDIDATES = 12  # nearly singular places from which Newton's method is tried
BISECTIONS = 40


class BeyondBranchPoint(UserWarning):
    """The contour encloses a branch point of the equilibrium: no order of N removes the error."""


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
    field: Field, state: np.ndarray, nudge: complex, *, steps: int = 25, tolerance: float = 1e-13
) -> BranchPoint:
    """Return the branch point near a state and a nudge, by Newton's method, or NotConverged."""
    units = len(state)
    vector = np.linalg.svd(field.jacobian(state, np.asarray(nudge)))[2][-1].conj()
    normal = vector.conj()
    unknown = np.concatenate([state, vector, [nudge]]).astype(complex)

    def system(at):
        s, v, b = at[..., :units], at[..., units:-1], at[..., -1]
        null = np.einsum("...ij,...j->...i", field.jacobian(s, b), v)
        return np.concatenate([field.residual(s, b), null, (v @ normal - 1)[..., None]], axis=-1)

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
            residual, steps,
        )  # fmt: skip
    return BranchPoint(complex(unknown[-1]), unknown[:units], float(residual))


@door(reach="> 0", step="> 0", angles=">= 3")
def branch_points(
    field: Field, reach: float, *, angles: int = 91, step: float = 0.02
) -> list[BranchPoint]:
    """Return the branch points that straight rays from nudge 0 meet, nearest first.

    Those in the upper half plane and on the real axis; their conjugates are branch points, too. A
    grid of rays shows where the Jacobian is nearly singular, Newton's method does the rest, and
    what it finds is kept if the branch of the free equilibrium leads there.

    Parameters
    ----------
    field : Field
    reach : float
        Largest modulus searched.
    angles : int
        Number of rays over the upper half plane.
    step : float
        Between points of a ray.
    """
    nudges = _rays(np.linspace(0, np.pi, angles), reach, step)
    states = field.along(nudges, lenient=True)
    size, known = np.full(nudges.shape, np.inf), np.isfinite(states).all(axis=-1)
    jacobians = field.jacobian(states[known], nudges[known])
    size[known] = np.linalg.svd(jacobians, compute_uv=False)[..., -1]
    found = []
    for i, j in _valleys(size)[:CANDIDATES]:
        try:
            point = refine_branch_point(field, states[i, j], nudges[i, j])
        except NotConverged:
            continue
        if point.nudge.imag < -1e-9:
            point = BranchPoint(point.nudge.conjugate(), point.state.conj(), point.residual)
        known = any(abs(point.nudge - other.nudge) < 1e-8 for other in found)
        if not known and abs(point.nudge) <= reach and _leads_to(field, point):
            found.append(point)
    return sorted(found, key=lambda point: abs(point.nudge))


@door
def exact_radius(field: Field, reach: float = 2.0) -> float:
    """Return the modulus of the nearest branch point, or raise NotConverged: none within reach."""
    points = branch_points(field, reach)
    if not points:
        raise NotConverged(
            f"exact_radius: no branch point within |nudge| = {reach:g}; enlarge reach", np.inf, 0
        )
    return abs(points[0].nudge)


@door(points="in [2, 100000000]", turns=">= 1")
def round_trips(
    field: Field, nudge: complex, radius: float, turns: int, *, points: int = 200
) -> np.ndarray:
    """Follow the branch to a circle around a nudge and so many times round it.

    Returns
    -------
    ndarray of complex, shape (turns + 1, units)
        The states at the same nudge, before the first turn and after every one.
    """
    first = nudge * (1 - radius / abs(nudge))
    start = field.along(np.linspace(0, first, points))[-1]
    angle = 2 * np.pi * np.arange(turns * points + 1) / points
    circle = nudge + (first - nudge) * np.exp(1j * angle)
    return field.along(circle, start)[::points]


@door(states="complex 1d+", nudges="complex")
def step_radius(field: Field, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
    """Return the spectral radius of a relaxation step, shape of the nudges."""
    states, nudges = np.asarray(states), np.asarray(nudges)
    known = np.isfinite(states).all(axis=-1)
    radius = np.full(states.shape[:-1], np.inf)
    jacobians = field.step_jacobian(states[known], np.broadcast_to(nudges, known.shape)[known])
    radius[known] = np.abs(np.linalg.eigvals(jacobians)).max(axis=-1)
    return radius[()]


@door(_nan=True, angles="1d", reach="> 0", step="> 0")
def stability_boundary(
    field: Field, angles: np.ndarray, reach: float, *, step: float = 0.02
) -> np.ndarray:
    """Return the modulus of the nudge at which every ray loses stability first.

    Parameters
    ----------
    field : Field
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
    nudges = _rays(np.asarray(angles), reach, step)
    states = field.along(nudges, lenient=True)
    unstable = step_radius(field, states, nudges) >= 1
    crossed = np.flatnonzero(unstable.any(axis=0))
    boundary = np.full(len(angles), np.nan)
    if not len(crossed):
        return boundary
    after = unstable[:, crossed].argmax(axis=0)
    before, radii = np.maximum(after - 1, 0), np.linspace(0, reach, len(nudges))
    low, high, state = radii[before], radii[after], states[before, crossed]
    direction = np.exp(1j * np.asarray(angles)[crossed])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        there = newton(field, state, middle * direction, tolerance=1e-9)
        beyond = step_radius(field, there, middle * direction) >= 1
        high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
        state = np.where(beyond[:, None], state, there)
    boundary[crossed] = (low + high) / 2
    return boundary


def _rays(angles, reach, step):
    """Return nudges on straight rays from 0, shape (radii, angles)."""
    radii = np.linspace(0, reach, int(np.ceil(reach / step)) + 1)
    return np.multiply.outer(radii, np.exp(1j * angles))


def _valleys(size):
    """Return indices of the local minima of a table, by increasing value."""
    least = minimum_filter(size, 3, mode="constant", cval=np.inf)
    lowest = np.argwhere((size == least) & np.isfinite(size))
    return lowest[np.argsort(size[tuple(lowest.T)])]


def _leads_to(field, point, close=1e-4):
    """Whether the branch reaches the branch point on a straight line, as a square root does."""
    try:
        ends = 1 - close * np.array([4.0, 1.0])
        path = point.nudge * np.append(np.linspace(0, 0.99, 100), np.sort(ends))
        states = field.along(path)[-2:]
    except NotConverged:
        return False
    far, near = np.linalg.norm(states - point.state, axis=1)
    return bool(0.4 < near / far < 0.6)


@door(radius="> 0")
def contour_estimate(
    field: Field,
    points: int,
    radius: float | Sequence[float],
    centre: float = 0.0,
    *,
    steps: int | None = None,
    warn: bool = True,
) -> np.ndarray:
    r"""Return the derivative by the nudge of what a field shows, from N points on a circle.

    Of a `ClampedNetwork` that is the gradient of the loss, in the order of its `products`; of any
    other Field it is the nudged error, minus the derivative of the state.

    Parameters
    ----------
    field : Field
    points : int
        N, at least 1.
    radius : float or sequence of float
        :math:`|\beta|`, larger than 0; circles of several radii are relaxed together.
    centre : float
        Of the circle, on the real axis.
    steps : int, optional
        So many relaxation steps from the free equilibrium for every nudge, as published; by
        default the equilibria themselves.
    warn : bool
        Say so where a circle about 0 encloses a branch point of a clamped network. Where the power
        series suspects one, or there is none, as for the soft clip, it is searched for: some tenths
        of a second for each of at most eight samples.

    Returns
    -------
    ndarray, shape (values,) or (radii, values)

    Warns
    -----
    BeyondBranchPoint
    """
    if not np.size(radius):
        raise ValueError("radius: at least one is needed")
    circles = [Contour.circle(points, each, centre) for each in np.atleast_1d(radius)]
    if warn and not centre and points > 2 and isinstance(field, ClampedNetwork):
        _warn(field, np.max(radius))
    found = field.averages(circles, steps=steps)
    return found if np.ndim(radius) else found[0]


def _warn(clamped, radius):
    """Warn of a branch point inside a circle, where the power series suspects one."""
    estimates = clamped.radius_estimates
    for index in np.flatnonzero(~(estimates >= 1.3 * radius))[:8]:
        try:  # where there is no series, the whole disc is searched
            limit = exact_radius(clamped.sample(index), np.fmin(1.5 * estimates[index], radius))
        except NotConverged:
            continue
        warnings.warn(
            f"radius: the contour at |nudge| = {radius:g} encloses a branch point of the "
            f"equilibrium at |nudge| = {limit:.4g}; no number of points makes the estimate exact "
            f"there: stay below it, or move the centre",
            BeyondBranchPoint,
            stacklevel=4,
        )
        return
