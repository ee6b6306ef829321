r"""Relaxation of batches of networks, and the error vectors that nudges measure in them.

Damped steps, with the samples that did not settle counted; many nudges at once. Errors are those of
activities at the free equilibrium with slopes D, derivative W of G and loss gradient c:
back-propagation has :math:`\delta = D (1 - W^\top D)^{-1} c`, a small nudge W in place
of its transpose, :math:`-dr^* / d\beta = D (1 - W D)^{-1} c`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.holo_ep.asymmetry import require_invertible
from theory.holo_ep.contour import Contour
from theory.holo_ep.field import require_smooth
from theory.holo_ep.vector_field import Motion, VectorField

STATES = "has activities or complex 2d+"
KINDS = "one of backpropagated, nudged"
TOGETHER = 180  # samples that are relaxed at once where they are taken in parts


@dataclass(frozen=True, eq=False)
class Relaxed:
    """States after relaxation.

    Attributes
    ----------
    states : ndarray, shape (runs, batch, units)
        Preactivations.
    activities : ndarray, shape (runs, batch, units)
    residual : ndarray, shape (runs, batch)
        Largest component of the nudged field, zero at an equilibrium.
    steps : int
    """

    states: np.ndarray
    activities: np.ndarray
    residual: np.ndarray
    steps: int

    def unsettled(self, tolerance: float) -> np.ndarray:
        """Return the fraction of samples whose residual exceeds the tolerance, shape (runs,)."""
        return np.mean(~(self.residual <= tolerance), axis=1)


@door(
    initial="complex 3d", nudging_strength="complex", steps=">= 1", damping="in (0, 1]", drive="3d"
)
def relax(
    networks: VectorField,
    inputs: np.ndarray,
    steps: int,
    *,
    initial: np.ndarray | None = None,
    targets: np.ndarray | None = None,
    nudging_strength: complex | np.ndarray = 0.0,
    damping: float = 0.5,
    tolerance: float = 0.0,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
    drive: np.ndarray | None = None,
) -> Relaxed:
    r"""Return the states after damped steps :math:`u \leftarrow u + d\, (F(u) - \beta c)`.

    Fixed points do not depend on the damping, but undamped steps (1) run into cycles of period two.
    Networks that are `alternating` take undamped sweeps instead.

    Parameters
    ----------
    inputs : ndarray, shape (runs or 1, batch, pixels)
    steps : int
        Most steps; fewer where every sample reaches the tolerance before.
    initial : ndarray, shape (runs, batch, units), optional
        Preactivations; zero by default.
    targets : ndarray, shape (runs or 1, batch, classes), optional
        Needed where the nudge is not zero.
    nudging_strength : float, complex or ndarray, shape (batch, 1)
        Positive values pull towards the target.
    damping : float
        Share of a step in (0, 1].
    tolerance : float
        Residual at which a sample counts as settled; 0 takes all steps.
    noise : float
        Standard deviation on every preactivation in every step; needs `rng`.
    drive : ndarray, optional
        What the inputs send to the units, where it is known.
    """
    if np.any(nudging_strength) and targets is None:
        raise ValueError("nudging_strength, targets: a nudged relaxation needs targets")
    if targets is not None and np.shape(targets)[-1:] != networks.readout.shape[1:2]:
        raise ValueError(
            f"targets: shape {np.shape(targets)}; (runs, batch, {networks.readout.shape[1]}) is "
            "needed, distributions over the classes and not their numbers"
        )
    if noise and rng is None:
        raise ValueError("noise, rng: a noisy relaxation needs random numbers")
    turned = np.iscomplexobj(nudging_strength)
    if turned:
        require_smooth(networks.activation)
    if not turned and initial is not None and np.iscomplexobj(initial):
        raise ValueError("initial: complex states need a complex nudge")
    drive = networks.drive(inputs) if drive is None else drive
    kind = np.result_type(drive, np.complex64 if turned else drive)
    u = np.zeros(drive.shape, kind) if initial is None else np.array(initial, kind)
    motion = Motion(networks, drive, targets, damping, noise, rng)
    nudge = np.asarray(nudging_strength).astype(kind)
    u, done = motion.run(u, nudge, steps, tolerance)
    r = networks.activity(u)
    return Relaxed(u, r, np.abs(motion.force(u, r, nudge)).max(axis=-1), done)


def relax_in_parts(networks, inputs, steps, **options) -> Relaxed:
    """Return what `relax` does, one network and some samples at a time; inputs (1, batch, pixels).

    Their states stay in the cache, and those at rest need not wait for all the others.
    """
    parts = [inputs[:, k : k + TOGETHER] for k in range(0, inputs.shape[1], TOGETHER)]
    runs = [networks.only(run) for run in range(len(networks.readout))]
    found = [[relax(run, part, steps, **options) for part in parts] for run in runs]

    def whole(name):
        rows = [np.concatenate([getattr(one, name) for one in run], axis=1) for run in found]
        return np.concatenate(rows)

    most = max(one.steps for run in found for one in run)
    return Relaxed(whole("states"), whole("activities"), whole("residual"), most)


def relax_together(networks, inputs, steps, nudges, targets, initial, *, drive=None, **options):
    """Return what `relax` makes of all samples under all nudges, (runs, nudges * batch, units)."""

    def repeated(array):
        return None if array is None else np.tile(array, (1, len(nudges), 1))

    return relax(
        networks, repeated(inputs), steps, initial=repeated(initial), targets=repeated(targets),
        drive=repeated(drive), nudging_strength=np.repeat(nudges, inputs.shape[1])[:, None],
        **options,
    )  # fmt: skip


def relax_in_turn(networks, inputs, steps, nudges, targets, *, initial=None, damping=0.5, **noise):
    """Yield the states under one nudge after the other, each from the last; arguments of `relax`.

    From a state of zero by default. States of different nudges share nothing.
    """
    turned = np.iscomplexobj(nudges)
    if turned:
        require_smooth(networks.activation)
    drive = networks.drive(inputs)
    kind = np.result_type(drive, np.complex64 if turned else drive)
    motion = Motion(networks, drive, targets, damping, **noise)
    u = np.zeros(drive.shape, kind) if initial is None else initial
    for nudge in nudges:
        u, _ = motion.run(u.astype(kind), np.asarray(nudge, kind), steps)
        yield u


def _linearised(networks, states, targets):
    """Return activities, slopes and loss gradient at states, with or without what relaxed them."""
    states = states.states if isinstance(states, Relaxed) else states
    activities = networks.activity(states)
    return activities, networks.slope(states), networks.loss_gradient(activities, targets)


@door(states=STATES, targets="array", kind=KINDS)
def solved_errors(networks: VectorField, states, targets, kind: str) -> np.ndarray:
    """Return the exact error vectors, by one linear system a sample.

    Parameters
    ----------
    states : Relaxed or ndarray, shape (runs, batch, units)
        Free equilibrium; preactivations, where it is an array.
    kind : {"backpropagated", "nudged"}
    """
    activities, slope, cost = _linearised(networks, states, targets)
    coupling = networks.jacobian(activities) + np.eye(slope.shape[-1])
    if kind == "backpropagated":
        coupling = np.swapaxes(coupling, -1, -2)
    matrix = np.eye(slope.shape[-1]) - coupling * slope[..., None, :]
    require_invertible(matrix, "networks: the Jacobian")
    return slope * np.linalg.solve(matrix, cost[..., None])[..., 0]


@door(states=STATES, targets="array", kind=KINDS, steps=">= 1", damping="in (0, 1]")
def iterated_errors(
    networks: VectorField, states, targets, kind: str, steps: int, damping: float = 0.5
) -> np.ndarray:
    r"""Return the error vectors after steps of the linear relaxation that they are fixed points of.

    :math:`v \leftarrow v + d\, (c + M D v - v)` from zero, and the error is D v. With M the
    transpose of W this is recurrent back-propagation; with W itself it is the forward derivative of
    the nudged relaxation. At states that are not at rest it is the derivative of nothing.
    """
    activities, slope, cost = _linearised(networks, states, targets)
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


@door(inputs="array", targets="array", steps=">= 1")
def contour_errors(
    networks: VectorField, inputs, targets, free: Relaxed, contour: Contour, steps: int,
    *, damping: float = 0.5, drift: bool = False, corrected: bool = False,
) -> np.ndarray:  # fmt: skip
    r"""Return minus the derivative of the activities by the nudge, real (runs, batch, units).

    Every nudged state is relaxed from the free one.

    Parameters
    ----------
    free : Relaxed
        Free equilibrium; where the contour holds the nudge 0 its activities are used.
    contour : Contour
    drift : bool
        Relax the nudge 0 for as many steps as the others: a free state that still drifts is then
        no response to the nudge.
    corrected : bool
        Add (W' - W)(r - r_free) in the nudged phases, so that the true error is measured.
    """
    if not isinstance(free, Relaxed):
        raise TypeError("free: what `relax` returns is needed, not an array of states")
    drive = networks.drive(inputs)
    if corrected:
        networks, drive = networks.backwards(free.activities, drive)
    nodes, weights = contour.half()
    total, batch = np.zeros(free.activities.shape), inputs.shape[1]
    if not drift:
        total = total - weights[nodes == 0].real.sum() * free.activities
        nodes, weights = nodes[nodes != 0], weights[nodes != 0]
    on_axis = nodes.imag == 0
    for part, kind in ((on_axis, np.real), (~on_axis, np.asarray)):
        if not part.any():
            continue
        found = relax_together(networks, inputs, steps, kind(nodes[part]), targets, free.states,
                               drive=drive, damping=damping).activities  # fmt: skip
        shaped = found.reshape(len(found), -1, batch, found.shape[-1])
        factor = kind(weights[part]).astype(found.dtype)
        total = total - np.einsum("k,rkbn->rbn", factor, shaped).real
    return total.astype(free.activities.dtype)


@door(inputs="array", targets="array", steps=">= 1", turns=">= 1", skipped=">= 0")
def online_errors(
    networks: VectorField, inputs, targets, contour: Contour, steps: int, turns: int,
    *, skipped: int = 0, damping: float = 0.5, path: bool = False,
):  # fmt: skip
    r"""Return running means of a network that is taught by an endless oscillation, no free phase.

    The nudge takes the values of a circle in turn, with `steps` relaxation steps at each, from a
    state of zero; nothing is reset. The mean of the preactivations tends to the free equilibrium,
    minus that of activities over nudge to the error.

    Parameters
    ----------
    contour : Contour
        A circle about 0 of two points or more.
    turns : int
    skipped : int
        First turns that are left out of the means; the transient from zero is in them.
    path : bool
        Return what there is after every value of the nudge, one more axis in front, and the
        complex activities themselves before the two means.

    Returns
    -------
    [activities,] presynaptic, errors : ndarray, shape ([values of the nudge,] runs, batch, units)
    """
    points = checks.integer_at_least("points", contour.points, 2)
    passed = []
    mean: np.ndarray = np.zeros((), np.float32)
    error: np.ndarray = mean
    skipped *= points
    if skipped >= turns * points:
        raise ValueError(f"skipped: all {turns} turns are left out, so nothing is averaged")
    nodes = np.tile(contour.nodes, turns)
    states = relax_in_turn(networks, inputs, steps, nodes, targets, damping=damping)
    for k, (node, state) in enumerate(zip(nodes, states, strict=True)):
        if k < skipped:
            continue
        activities = networks.activity(state)
        mean = mean + (state.real - mean) / (k + 1 - skipped)
        error = error + ((-activities / complex(node)).real - error) / (k + 1 - skipped)
        if path:
            passed.append((activities, mean, error))
    if path:
        return tuple(np.stack(one) for one in zip(*passed, strict=True))
    kind = state.real.dtype
    return mean.astype(kind), error.astype(kind)
