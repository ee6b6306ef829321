r"""Error vectors of vector-field networks: exact, iterated, from a contour, and in continuous time.

All are errors in activity coordinates, shape (runs, batch, units), at the free equilibrium with
slopes D, derivative W of the forces by the activities and loss gradient c. Back-propagation has
:math:`\delta = D (1 - W^\top D)^{-1} c`; a small nudge has W in place of its transpose,
:math:`d r^* / d\beta = D (1 - W D)^{-1} c`. Source: Laborieux and Zenke 2024, released code.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.holo_ep.field_relaxation import relax
from theory.holo_ep.vector_field import VectorField

KINDS = ("backpropagated", "nudged")


def solved_errors(networks: VectorField, states, targets, kind: str) -> np.ndarray:
    """Return the exact error vectors at preactivations, by one linear system a sample.

    Parameters
    ----------
    networks : VectorField
    states : ndarray, shape (runs, batch, units)
        Free equilibrium.
    targets : ndarray, shape (runs or 1, batch, classes)
    kind : {"backpropagated", "nudged"}

    Raises
    ------
    ValueError
        Where the Jacobian is singular.
    """
    checks.one_of("kind", kind, KINDS)
    activities, slope = networks.activity(states), networks.slope(states)
    cost = networks.loss_gradient(activities, targets)
    coupling = networks.jacobian(activities) + np.eye(slope.shape[-1])
    if kind == "backpropagated":
        coupling = np.swapaxes(coupling, -1, -2)
    matrix = np.eye(slope.shape[-1]) - coupling * slope[..., None, :]
    try:
        solution = np.linalg.solve(matrix, cost[..., None])[..., 0]
    except np.linalg.LinAlgError:
        raise ValueError(
            "networks: the Jacobian is singular at a free equilibrium, where no error vector "
            "exists; use smaller weights"
        ) from None
    return slope * solution


def iterated_errors(
    networks: VectorField, states, targets, kind: str, steps: int, damping: float = 0.5
) -> np.ndarray:
    r"""Return the error vectors after steps of the linear relaxation that they are fixed points of.

    :math:`v \leftarrow v + d\, (c + M D v - v)` from zero, and the error is D v. With M the
    transpose of W this is recurrent back-propagation; with W itself it is the forward derivative of
    the nudged relaxation.
    """
    steps = checks.integer_at_least("steps", steps, 1)
    checks.one_of("kind", kind, KINDS)
    activities, slope = networks.activity(states), networks.slope(states)
    cost = networks.loss_gradient(activities, targets)
    push, pull = networks.linear_maps(activities)
    through = pull if kind == "backpropagated" else push
    damping = slope.dtype.type(damping)
    cost *= damping
    v = np.zeros_like(slope)
    for _ in range(steps):
        change = through(slope * v)
        change *= damping
        change += cost
        v *= 1 - damping
        v += change
    return slope * v


def contour_errors(
    networks: VectorField,
    inputs,
    targets,
    free,
    points: int,
    radius: float,
    steps: int,
    *,
    damping: float = 0.5,
    conjugate: bool = True,
) -> np.ndarray:
    r"""Return the estimate of N nudged relaxations on a circle, real (runs, batch, units).

    :math:`\frac1N \sum_k r^*_{\beta_k} / \beta_k`, each relaxed from the free state.

    Parameters
    ----------
    free : Relaxed
        Free equilibrium; with one point its activities are subtracted.
    points : int
        N >= 1.
    radius : float
        Above zero.
    conjugate : bool
        Use that conjugate nudges have conjugate equilibria, which saves nearly half the work.
    """
    points = checks.integer_at_least("points", points, 1)
    radius = checks.positive("radius", radius)

    def nudged(node):
        return relax(
            networks, inputs, steps, initial=free.states, targets=targets,
            nudging_strength=node, damping=damping,
        ).activities  # fmt: skip

    total = nudged(radius) / radius
    if points == 1:
        return total - free.activities / radius
    total = total.real
    if points % 2 == 0:
        total = total - nudged(-radius) / radius
    nodes = radius * np.exp(2j * np.pi * np.arange(1, points) / points)
    for node in (
        nodes[: (points - 1) // 2] if conjugate else nodes[np.arange(1, points) * 2 != points]
    ):
        total = total + (2 if conjugate else 1) * (nudged(node) / node).real
    return (total / points).astype(free.activities.dtype)


def online_errors(
    networks: VectorField,
    inputs,
    targets,
    points: int,
    radius: float,
    steps: int,
    turns: int,
    *,
    skipped: int = 0,
    damping: float = 0.5,
    path: bool = False,
):
    r"""Return running means of a network that is taught by an endless oscillation, no free phase.

    The nudge takes N values a turn, with `steps` relaxation steps at each, from a state of zero;
    nothing is reset. The mean of the preactivations tends to the free equilibrium, that of
    activities over nudge to the error.

    Parameters
    ----------
    turns : int
        Full turns of the nudge.
    skipped : int
        First turns that are left out of the means; the transient from zero is in them.
    path : bool
        Return what there is after every value of the nudge, one more axis in front, and the
        complex activities themselves before the two means.

    Returns
    -------
    [activities,] presynaptic, errors : ndarray, shape ([values of the nudge,] runs, batch, units)
    """
    points = checks.integer_at_least("points", points, 2)
    turns = checks.integer_at_least("turns", turns, 1)
    radius = checks.positive("radius", radius)
    nodes = radius * np.exp(2j * np.pi * np.arange(points) / points)
    state, mean, error, passed = None, 0.0, 0.0, []
    skipped = checks.integer_at_least("skipped", skipped, 0) * points
    if skipped >= turns * points:
        raise ValueError(f"skipped: all {turns} turns are left out, so nothing is averaged")
    for k in range(turns * points):
        node = nodes[k % points]
        now = relax(
            networks, inputs, steps, initial=state, targets=targets, nudging_strength=node,
            damping=damping,
        )  # fmt: skip
        state = now.states
        if k < skipped:
            continue
        mean = mean + (state.real - mean) / (k + 1 - skipped)
        error = error + ((now.activities / node).real - error) / (k + 1 - skipped)
        if path:
            passed.append((now.activities, mean, error))
    if path:
        return tuple(np.stack(one) for one in zip(*passed, strict=True))
    kind = networks.recurrent.dtype
    return mean.astype(kind), error.astype(kind)
