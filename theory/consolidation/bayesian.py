r"""Bayesian memory of quadratic tasks: exact recursion, its approximations, uncertain weights.

A linear Gaussian task adds its precision :math:`X^\top X / s^2` to the posterior and its pull
:math:`X^\top y / s^2` to the precision-weighted mean. Everything that elastic weight consolidation
(EWC) does to such tasks is exact here and can be compared with learning all tasks jointly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from theory import checks
from theory.door import door


@door(noise="> 0")
@dataclass(frozen=True, eq=False)
class LinearTask:
    """Targets that are linear in the inputs, with Gaussian noise.

    Parameters
    ----------
    inputs : array_like, shape (samples, parameters)
    targets : array_like, shape (samples,)
    noise : float
        Standard deviation s > 0.
    """

    inputs: np.ndarray
    targets: np.ndarray
    noise: float = 1.0

    def __post_init__(self):
        inputs = checks.finite_array("inputs", self.inputs, ndim=2)
        targets = checks.finite_array("targets", self.targets, shape=(len(inputs),))
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", targets)

    @property
    def precision(self) -> np.ndarray:
        """The Fisher matrix, X'X / s^2."""
        return self.inputs.T @ self.inputs / self.noise**2

    @property
    def pull(self) -> np.ndarray:
        """X'y / s^2: gradient of the log-likelihood at zero."""
        return self.inputs.T @ self.targets / self.noise**2

    @door(parameters="1d")
    def loss(self, parameters: np.ndarray) -> float:
        """Mean squared error."""
        return float(np.mean((self.inputs @ parameters - self.targets) ** 2))


@door
@dataclass(frozen=True, eq=False)
class Gaussian:
    """A Gaussian belief over parameters, by mean (n,) and precision matrix (n, n)."""

    mean: np.ndarray
    precision: np.ndarray

    @classmethod
    @door(precision="> 0")
    def prior(cls, parameters: int, precision: float = 1e-9) -> Gaussian:
        """Return zero mean with one precision for all parameters."""
        return cls(np.zeros(parameters), precision * np.eye(parameters))


@door
def update(belief: Gaussian, task: LinearTask) -> Gaussian:
    """Return the belief after a task: Bayes' rule, exact."""
    if task.inputs.shape[1] != len(belief.mean):
        raise ValueError(
            f"task has {task.inputs.shape[1]} inputs, but the belief is about "
            f"{len(belief.mean)} parameters; they must agree"
        )
    precision = belief.precision + task.precision
    pull = belief.precision @ belief.mean + task.pull
    return Gaussian(np.linalg.solve(precision, pull), precision)


@door(decay="in (0, 1]", prior="> 0")
def elastic_consolidation(
    tasks: Sequence[LinearTask],
    *,
    prior: float = 1e-9,
    fisher: str | int = "full",
    decay: float = 1.0,
) -> list[np.ndarray]:
    r"""Return the optimum after each task under EWC with one accumulated penalty.

    Each step minimises the new task's negative log-likelihood plus :math:`\tfrac12 (\theta -
    \theta^*)^\top \gamma F (\theta - \theta^*)` around the last optimum; then :math:`F \leftarrow
    \gamma F + F_{new}`. With the full Fisher matrix and no decay this is recursive Bayes.

    The decay stands in the penalty *and* in the sum (Schwarz et al. 2018). Where it stands in the
    sum only, a strength times decay gives the same optima: two conventions in use, both offered by
    `theory.continual.UniformPenalty`.

    Parameters
    ----------
    tasks : sequence of LinearTask
        One or more, with one number of inputs.
    prior : float
        Precision of the penalty before the first task.
    fisher : {"full", "diagonal"} or int
        What is kept of the penalty: all, its diagonal, or so many of its stiffest directions beside
        the diagonal of the rest. A number from the rank of the penalty on is as good as all.
    decay : float
        gamma in (0, 1], 1 for plain EWC, below for the online variant.

    Returns
    -------
    list of ndarray, shape (inputs,)
    """
    tasks = list(tasks)
    widths = {task.inputs.shape[1] for task in tasks}
    if len(widths) != 1:
        told = "is empty" if not tasks else f"have different numbers of inputs, {sorted(widths)}"
        raise ValueError(f"tasks {told}; one or more tasks of one number of inputs are needed")
    if isinstance(fisher, str):
        rank = {"full": None, "diagonal": 0}[checks.one_of("fisher", fisher, ("full", "diagonal"))]
    else:
        rank = checks.integer_at_least("fisher", fisher, 0)
    size = widths.pop()
    importance = prior * np.eye(size)
    optimum, course = np.zeros(size), []
    for task in tasks:
        penalty = decay * importance
        optimum = np.linalg.solve(penalty + task.precision, penalty @ optimum + task.pull)
        course.append(optimum)
        importance = penalty + task.precision
        if rank is not None:  # the prior is kept as it is
            prior *= decay
            flat = prior * np.eye(size)
            importance = flat + _stiffest(importance - flat, rank)
    return course


def _stiffest(matrix, rank):
    """The directions of the largest eigenvalues, so many, and the diagonal of what is left."""
    values, vectors = np.linalg.eigh(matrix)
    kept = vectors[:, len(values) - rank :] if rank else vectors[:, :0]
    low = (kept * values[len(values) - kept.shape[1] :]) @ kept.T
    return low + np.diag(np.maximum(np.diag(matrix - low), 0))


@door
def project(start: np.ndarray, task: LinearTask, earlier: Sequence[LinearTask]) -> np.ndarray:
    """Return where gradient flow ends that moves only in directions no earlier input sees.

    What the parameters answer to earlier inputs does not change at all (Farajtabar et al. 2020,
    Saha et al. 2021; exact here, where a network is linear). Room is lost with every sample.

    Parameters
    ----------
    start : ndarray, shape (inputs,)
    task : LinearTask
    earlier : sequence of LinearTask
        Those whose answers are kept; none for `interpolate`.
    """
    if not len(earlier):
        return interpolate(start, task)
    free = null_space(np.concatenate([old.inputs for old in earlier]))
    moved = np.linalg.pinv(task.inputs @ free) @ (task.targets - task.inputs @ start)
    return start + free @ moved


@door
def interpolate(start: np.ndarray, task: LinearTask) -> np.ndarray:
    """Return where gradient flow on one task alone ends: the nearest parameters that fit best."""
    return start + np.linalg.pinv(task.inputs) @ (task.targets - task.inputs @ start)


@door(curvature=">= 0", prior="> 0", steps=">= 0", window="in [1, inf]")
def uncertain_precision(
    steps: int, curvature: float, *, prior: float, window: float = np.inf
) -> np.ndarray:
    r"""Return the predicted precision of an uncertain weight, shape (steps + 1,).

    :math:`P \leftarrow P + H + (P_0 - P) / N`: a leaky sum with the fixed point :math:`N H + P_0`.

    Parameters
    ----------
    steps : int
    curvature : float
        H >= 0 a step.
    prior : float
        P_0 = 1 / sigma_0^2.
    window : float
        N in steps; infinite for Bayesian gradient descent.
    """
    time = np.arange(steps + 1)
    if np.isinf(window):
        return prior + curvature * time
    return prior + window * curvature * (1 - (1 - 1 / window) ** time)


@door(deviation="> 0", form="one of deviation, precision")
def simulate_uncertain_weight(
    curvature: np.ndarray,
    *,
    deviation: float,
    window: float = np.inf,
    optimum: np.ndarray | float = 0.0,
    form: str = "deviation",
) -> tuple[np.ndarray, np.ndarray]:
    r"""Step mean and deviation of one weight under quadratic losses, as MESU does.

    .. math::
        \Delta\mu &= -\sigma^2 g_\mu + \sigma^2 (\mu_0 - \mu) / (N \sigma_0^2) \\
        \Delta\sigma &= \tfrac12 \bigl(-\sigma^2 g_\sigma + \sigma (\sigma_0^2 - \sigma^2) / (N
        \sigma_0^2)\bigr)

    with the mean gradients :math:`g_\mu = H (\mu - w^*)`, :math:`g_\sigma = \sigma H` of a loss
    :math:`\tfrac H2 (w - w^*)^2`; without the window, small steps of Bayesian gradient descent.

    Parameters
    ----------
    curvature : array_like, shape (steps,)
        H >= 0 of each step; in the form ``deviation`` below :math:`2 / \sigma_0^2`.
    deviation : float
        sigma_0, of the start and of the prior; the mean starts at its prior, 0.
    window : float
        N >= 1 in steps.
    optimum : float or array_like, shape (steps,)
        w^* of each step.
    form : {"deviation", "precision"}
        The rule as published, which is a first-order step of the variance and fails once a single
        step brings as much curvature as the prior holds; or the step it approximates, :math:`P
        \leftarrow P + H + (P_0 - P)/N` with :math:`\mu \leftarrow \mu - (g_\mu + P_0 \mu / N) / P`,
        for any curvature: exactly Bayes where there is no window.

    Returns
    -------
    mean, deviation : ndarray, shape (steps + 1,)

    Raises
    ------
    ValueError
        Where a deviation would become zero or negative, and for a window below one step.
    """
    curvature = checks.finite_array("curvature", curvature, ndim=1)
    window = window if window == np.inf else checks.in_range("window", window, 1, np.inf)
    largest, smallest = curvature.max(initial=0), curvature.min(initial=0)
    if smallest < 0:
        raise ValueError(f"curvature: {smallest:g} is negative; a loss that is learned has H >= 0")
    if form == "deviation" and largest * deviation**2 >= 2:
        raise ValueError(
            f"curvature: {largest:g} times the prior variance {deviation**2:g} is 2 or more, where "
            "one step makes the deviation zero or negative; take smaller steps or form='precision'"
        )
    optimum = np.broadcast_to(np.asarray(optimum, float), curvature.shape)
    mean, spread = np.zeros(len(curvature) + 1), np.full(len(curvature) + 1, deviation)
    for i, (h, target) in enumerate(zip(curvature, optimum, strict=True)):
        m, s = mean[i], spread[i]
        if form == "precision":
            precision = s**-2 + h + (deviation**-2 - s**-2) / window
            spread[i + 1] = precision**-0.5
            mean[i + 1] = m - (h * (m - target) + m / (window * deviation**2)) / precision
        else:
            mean[i + 1] = m - s**2 * h * (m - target) - s**2 * m / (window * deviation**2)
            spread[i + 1] = s + 0.5 * (
                -(s**3) * h + s * (deviation**2 - s**2) / (window * deviation**2)
            )
    return mean, spread
