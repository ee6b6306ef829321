r"""Two tasks in turn on independent synapses: how much of the first is kept, in closed form.

Tasks A and B have the optima a and b, independent and uniform in [-w, w], and a common curvature
:math:`\lambda`; T steps on A are followed by t steps on B. Where :math:`|a| > 1` the hidden weight
has grown to :math:`W_A = \eta\lambda(|a| - 1)T`, and B pulls at it with the speed
:math:`\eta\lambda u`, :math:`u = 1 - \operatorname{sign}(a)\, b`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.metaplasticity.forgetting_laws import as_law
from theory.metaplasticity.modulation import modulated_update, nonnegative_array

GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(24)
PANELS = np.concatenate([[0.0], 2.0 ** -np.arange(14.0, 0.0, -1.0), [1.0]])  # crowded at 0
BLOCK = 1000  # times integrated at once: 25 MB an array


@door(optimum_range="> 1", learning_rate="> 0", curvature="> 0", first_steps=">= 1")
@dataclass(frozen=True)
class TwoTasks:
    r"""Parameters of the two tasks.

    Attributes
    ----------
    optimum_range : float
        :math:`w > 1`; optima are uniform in [-w, w].
    learning_rate, curvature : float
        :math:`\eta, \lambda > 0`; only their product acts.
    first_steps : int
        :math:`T \ge 1`, steps on the first task.
    """

    optimum_range: float = 3.0
    learning_rate: float = 0.01
    curvature: float = 1.0
    first_steps: int = 200

    @property
    def speed(self) -> float:
        r""":math:`\eta\lambda`, the speed at unit distance between optimum and binary weight."""
        return self.learning_rate * self.curvature

    @property
    def largest_hidden(self) -> float:
        r""":math:`\eta\lambda(w-1)T`, the largest hidden weight after the first task."""
        return self.speed * (self.optimum_range - 1) * self.first_steps


@door
def kept_fraction(distance: np.ndarray, metaplasticity, tasks: TwoTasks) -> np.ndarray:
    r"""Return the fraction of consolidated synapses that a pull of this distance has not flipped.

    :math:`k = [1 - G^{-1}(\text{distance}) / W_\max]_+`.
    """
    front = as_law(metaplasticity).front(distance)
    return np.maximum(1 - front / tasks.largest_hidden, 0.0)


@door
def retention(times: np.ndarray, metaplasticity, tasks: TwoTasks | None = None) -> np.ndarray:
    r"""Return the probability that a synapse consolidated by A still has A's sign.

    .. math::
        R(t) = \frac{w-1}{2w} + \frac1{2w}\int_0^{1+w} \{k(u) + (1 - k(u))\,p(u)\}\,du, \quad
        k(u) = \Big[1 - \frac{G^{-1}(\eta\lambda u t)}{\eta\lambda T(w-1)}\Big]_+ ,

    with p(u) = 1 - u/2 for u < 2 (the flipped synapse is free in B and agrees by chance), else 0.

    Parameters
    ----------
    times : array_like
        Steps on the second task, 0 or above.
    metaplasticity : float, array_like, law or callable
        :math:`m \ge 0`, an array that broadcasts with the times, a law of `forgetting_laws` or your
        own factor.
    tasks : TwoTasks, optional

    Returns
    -------
    ndarray or float, the shape of times and metaplasticity together
        In [0, 1]; 1 at time 0. Absolute quadrature error below 1e-8.
    """
    tasks = tasks or TwoTasks()
    w = tasks.optimum_range

    def lost(u, kept):
        return (1 - kept) * np.minimum(u / 2, 1.0)

    total = _average(lost, times, metaplasticity, tasks, [0.0, 2.0, 1 + w])
    return 1 - total / (2 * w)


@door
def acquisition(times: np.ndarray, metaplasticity, tasks: TwoTasks | None = None) -> np.ndarray:
    r"""Return the fraction of synapses important for B, |b| > 1, that have B's sign.

    Only a synapse that A consolidated to the other sign can miss it:

    .. math:: 1 - \frac{w-1}{2w}\,\frac1{w-1}\int_2^{1+w} k(u)\,du .

    Holds after the few steps in which synapses that A left free follow B; at time 0 itself the
    signs know nothing of B, and the fraction is 1/2. Arguments as `retention`.
    """
    tasks = tasks or TwoTasks()
    w = tasks.optimum_range
    total = _average(lambda u, kept: kept, times, metaplasticity, tasks, [2.0, 1 + w])
    started = np.broadcast_to(np.asarray(times) > 0, np.shape(total))
    return np.where(started, 1 - total / (2 * w), 0.5)[()]


def _average(integrand, times, metaplasticity, tasks, edges):
    """Integrate integrand(u, k(u)) over u, for blocks of times: a time takes about 1000 nodes."""
    times = checks.finite_array("times", times)
    if np.any(times < 0):
        raise ValueError(f"times must be 0 or above, not {times.min():g}")
    strength = None
    if not (hasattr(metaplasticity, "factor") or callable(metaplasticity)):
        strength = nonnegative_array("metaplasticity", metaplasticity)
        times, strength = np.broadcast_arrays(times, strength)
        strength = strength.ravel()
    flat, blocks = times.ravel(), []
    for start in range(0, len(flat), BLOCK):
        block = slice(start, start + BLOCK)
        # One axis for the times, three for panels and nodes.
        law = metaplasticity if strength is None else strength[block, None, None, None]
        blocks.append(_panels(integrand, flat[block], as_law(law), tasks, edges))
    return np.concatenate([np.zeros(0), *blocks]).reshape(times.shape)[()]


def _panels(integrand, times, law, tasks, edges):
    """Gauss-Legendre panels between the edges, split where nothing more is flipped, shape (n,)."""
    # Beyond this u t nothing more is flipped: k has a corner there.
    last = np.minimum(tasks.largest_hidden, getattr(law, "threshold", np.inf))
    reach = np.reshape(law.travel(last), -1) / tasks.speed
    with np.errstate(divide="ignore"):
        split = reach / times
    points = [np.clip(split, edges[0], edges[-1]), *(np.full(times.shape, e) for e in edges)]
    points = np.sort(np.stack(points, axis=-1), axis=-1)[:, None, None, :]
    low, width = points[..., :-1], np.diff(points)
    left, size = PANELS[:-1, None, None], np.diff(PANELS)[:, None, None]
    unit = left + size * (GAUSS_NODES[:, None] + 1) / 2
    u = low + width * unit
    distance = tasks.speed * u * times[:, None, None, None]
    values = integrand(u, kept_fraction(distance, law, tasks))
    weights = width * size * GAUSS_WEIGHTS[:, None] / 2
    return np.sum(values * weights, axis=(-3, -2, -1))


@dataclass(frozen=True, eq=False)
class TwoTaskRun:
    """Simulated curves, each of the shape of the times asked for."""

    retention: np.ndarray
    acquisition: np.ndarray


@door(synapses=">= 1")
def simulate_two_tasks(
    times: np.ndarray,
    metaplasticity,
    tasks: TwoTasks,
    synapses: int,
    rng,
    *,
    rule: Callable = modulated_update,
) -> TwoTaskRun:
    """Simulate independent synapses on A, then on B, and count the signs at integer times.

    Parameters
    ----------
    times : array_like of int
        Steps on B at which to count, ascending, 0 or above.
    metaplasticity : float, law or callable
    tasks : TwoTasks
    synapses : int
        >= 1; so many that some are important for each task (|optimum| > 1).
    rng : Generator or int
    rule : callable
        What becomes of an update: called with hidden weights, updates and `metaplasticity`; for
        instance `symmetric_update`.
    """
    times = np.asarray(times)
    if times.ndim != 1 or times.dtype.kind not in "iu" or np.any(np.diff(times) < 0):
        raise ValueError("times must be a list of integers in ascending order")
    rng = checks.as_rng(rng)
    first, second = rng.uniform(-tasks.optimum_range, tasks.optimum_range, (2, synapses))
    hidden = tasks.speed * rng.uniform(-1, 1, synapses)

    def step(hidden, optimum):
        update = tasks.speed * (optimum - np.where(hidden >= 0, 1.0, -1.0))
        return hidden + rule(hidden, update, metaplasticity)

    for _ in range(tasks.first_steps):
        hidden = step(hidden, first)
    important_first, important_second = np.abs(first) > 1, np.abs(second) > 1
    if not (important_first.any() and important_second.any()):
        raise ValueError(
            f"synapses: none of {synapses} is important for one of the tasks; take more synapses"
        )
    kept, acquired = np.empty(times.shape), np.empty(times.shape)
    now = 0
    for index, time in enumerate(times.tolist()):
        for _ in range(time - now):
            hidden = step(hidden, second)
        now = time
        kept[index] = np.mean((hidden * first > 0)[important_first])
        acquired[index] = np.mean((hidden * second > 0)[important_second])
    return TwoTaskRun(kept, acquired)
