r"""The quadratic binary task and the simulation of its hidden weights.

The loss :math:`L(W) = \tfrac12 (W - W^*)^\top H (W - W^*)` is to be made small by binary weights
:math:`s = \operatorname{sign}(W^h)`. Its gradient is taken at the binary weights and applied to the
hidden ones, :math:`W^h_{t+1} = W^h_t - \eta H (s_t - W^*)`: the straight-through estimator in its
simplest form (Laborieux et al. 2021, quadratic binary task).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.metaplasticity.modulation import binary_sign, factor_of, modulated_update

REFRESH = 256  # steps after which H s is recomputed, so that rounding errors do not add up


@door
@dataclass(frozen=True, eq=False)
class QuadraticTask:
    r"""A quadratic loss over d binary weights.

    Parameters
    ----------
    hessian : array_like, shape (d, d)
        :math:`H`, symmetric positive definite.
    optimum : array_like, shape (d,)
        :math:`W^*`, the real-valued minimiser.

    Raises
    ------
    ValueError
        Where the Hessian is not square, symmetric, finite and positive definite, or the optimum
        does not fit it; the sentence says which.
    """

    hessian: np.ndarray
    optimum: np.ndarray

    def __post_init__(self):
        hessian = checks.spd_matrix("hessian", self.hessian)
        optimum = checks.finite_array("optimum", self.optimum, shape=(len(hessian),))
        for name, array in (("hessian", hessian), ("optimum", optimum)):
            array = array.copy()
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    @door(dimension=">= 1", optimum_range="> 0")
    def random(
        cls,
        dimension: int,
        rng: np.random.Generator | int,
        *,
        eigenvalues: tuple[float, float] = (10.5, 29.5),
        optimum_range: float = 4.0,
    ) -> QuadraticTask:
        r"""Draw the paper's ensemble: uniform eigenvalues, a Haar-random basis, uniform optimum.

        Parameters
        ----------
        dimension : int
            d >= 1.
        rng : Generator or int
            Source of randomness, or its seed.
        eigenvalues : (low, high)
            Range of the eigenvalues of :math:`H`, 0 < low <= high.
        optimum_range : float
            :math:`W^*_i` is uniform in [-optimum_range, optimum_range].
        """
        rng = checks.as_rng(rng)
        low, high = checks.finite_array("eigenvalues", eigenvalues, shape=(2,)).tolist()
        checks.positive("eigenvalues", low)
        if low > high:
            raise ValueError(f"eigenvalues: the range ({low:g}, {high:g}) is empty; low <= high")
        # The signs of the columns do not matter: they cancel in the Hessian.
        basis, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
        hessian = (basis * rng.uniform(low, high, dimension)) @ basis.T
        optimum = rng.uniform(-optimum_range, optimum_range, dimension)
        return cls((hessian + hessian.T) / 2, optimum)

    @property
    def dimension(self) -> int:
        return len(self.optimum)

    def loss(self, weights: np.ndarray) -> np.ndarray:
        """Return L at `weights`, shape (..., d) -> (...)."""
        distance = self._fitting("weights", weights) - self.optimum
        return 0.5 * np.sum(distance * (distance @ self.hessian), axis=-1)

    def gradient(self, weights: np.ndarray) -> np.ndarray:
        """Return H (W - W*) at `weights`, shape (..., d) -> (..., d)."""
        return (self._fitting("weights", weights) - self.optimum) @ self.hessian

    def flip_cost(self, binary_weights: np.ndarray) -> np.ndarray:
        r"""Return the loss increase on flipping each binary weight alone.

        :math:`\Delta_i L = 2 H_{ii} - 2 s_i [H (s - W^*)]_i`, shape (..., d) -> (..., d).

        Raises
        ------
        ValueError
            Where an entry is neither +1 nor -1.
        """
        binary_weights = self._fitting("binary_weights", binary_weights)
        if not np.all(np.abs(binary_weights) == 1):
            raise ValueError("binary_weights: every entry must be +1 or -1")
        return 2 * np.diag(self.hessian) - 2 * binary_weights * self.gradient(binary_weights)

    def _fitting(self, name: str, weights: np.ndarray) -> np.ndarray:
        weights = checks.finite_array(name, weights)
        if weights.ndim == 0 or weights.shape[-1] != self.dimension:
            raise ValueError(
                f"{name}: the last axis must have the task's dimension {self.dimension}, "
                f"got shape {weights.shape}"
            )
        return weights


@dataclass(frozen=True, eq=False)
class HiddenWeightRun:
    """What a simulation of hidden weights returns; leading axes are those of the starts.

    Attributes
    ----------
    final : ndarray, shape (..., d)
        Hidden weights after the last step.
    binary_mean : ndarray, shape (..., d)
        Average over the steps of the binary weights at which the gradient was taken.
    hidden : ndarray, shape (steps + 1, ..., d), or None
        The whole trajectory from the initial hidden weights on, where it was asked for.
    recorded : dict of ndarray
        Each statistic that was asked for, one row for the start and one after each step.
    """

    final: np.ndarray
    binary_mean: np.ndarray
    hidden: np.ndarray | None
    recorded: dict[str, np.ndarray]


@door(metaplasticity="any", steps=">= 1", learning_rate="> 0")
def simulate_hidden_weights(
    task: QuadraticTask,
    initial: np.ndarray,
    steps: int,
    learning_rate: float,
    metaplasticity=0.0,
    *,
    record_hidden: bool = False,
    record: Mapping[str, Callable] | None = None,
    rule: Callable = modulated_update,
) -> HiddenWeightRun:
    r"""Iterate :math:`W \leftarrow W - \eta\, f \odot H (\operatorname{sign} W - W^*)`.

    :math:`f` is the metaplastic factor for inward components and 1 for outward ones. The binary
    weight of a hidden weight that is exactly 0 is +1.

    Parameters
    ----------
    task : QuadraticTask
    initial : array_like, shape (..., d)
        Hidden weights at the start; leading axes hold several starts, which run side by side.
    steps : int
        >= 1.
    learning_rate : float
        :math:`\eta > 0`. It only sets the unit of the hidden weights.
    metaplasticity : float, array_like, law or callable
        :math:`m \ge 0`, one for all or an array that broadcasts with `initial`: shape (d,) is one a
        synapse, (n, 1) one a start. Or a law of `forgetting_laws`, or your own factor.
    record_hidden : bool
        Keep the trajectory: (steps + 1) d numbers a start.
    record : dict of callables, optional
        Statistics to keep at every step, by name: each is called with the hidden and the binary
        weights, shape (..., d), before a step, and after the last one. For example
        ``record={"loss": lambda hidden, binary: task.loss(binary)}``.

    rule : callable
        What becomes of an update: called with hidden weights, updates and `metaplasticity`; for
        instance `symmetric_update`.

    Returns
    -------
    HiddenWeightRun

    Notes
    -----
    Between two steps few binary weights flip, so for a single start :math:`H s` is updated by the
    rows of :math:`H` that belong to the flips, and recomputed where that is no cheaper or rounding
    could add up.
    """
    hidden = task._fitting("initial", initial).copy()
    _check_metaplasticity(metaplasticity, hidden)
    scaled = learning_rate * task.hessian
    pull = scaled @ task.optimum
    kept = {"hidden": lambda hidden, binary: hidden} if record_hidden else {}
    rows = _Rows({**kept, **_statistics(record)}, steps)
    binary = binary_sign(hidden)
    total = np.zeros(hidden.shape)
    push = binary @ scaled
    for step in range(steps):
        rows.add(step, hidden, binary)
        total += binary
        hidden += rule(hidden, pull - push, metaplasticity)
        new_binary = binary_sign(hidden)
        if hidden.ndim > 1 or step % REFRESH == REFRESH - 1:
            binary = new_binary
            push = binary @ scaled
            continue
        flipped = np.flatnonzero(new_binary != binary)
        binary = new_binary
        if 4 * len(flipped) > task.dimension:
            push = scaled @ binary
        elif len(flipped):
            push += 2.0 * (binary[flipped] @ scaled[flipped])
    rows.add(steps, hidden, binary)
    recorded = rows.arrays
    return HiddenWeightRun(hidden, total / steps, recorded.pop("hidden", None), recorded)


def _check_metaplasticity(metaplasticity, hidden) -> None:
    """Refuse a strength that does not fit the hidden weights before any work is done."""
    factor_of(metaplasticity)
    if hasattr(metaplasticity, "factor") or callable(metaplasticity):
        return
    shape = np.shape(metaplasticity)
    try:
        fits = np.broadcast_shapes(shape, hidden.shape) == hidden.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"metaplasticity must be one number or fit the hidden weights, shape {hidden.shape}, "
            f"not shape {shape}"
        )


def _statistics(record) -> dict:
    for name, statistic in (record or {}).items():
        if name == "hidden":
            raise ValueError("record: the name 'hidden' is taken; pass record_hidden=True")
        if not callable(statistic):
            raise TypeError(f"record: {name!r} must be a function of hidden and binary weights")
    return dict(record or {})


class _Rows:
    """Statistics by step: an array for each, made when the first row tells its shape."""

    def __init__(self, statistics, steps):
        self.statistics, self.steps, self.arrays = statistics, steps, {}

    def add(self, step, hidden, binary):
        for name, statistic in self.statistics.items():
            value = np.asarray(statistic(hidden, binary))
            if step == 0:
                self.arrays[name] = np.empty((self.steps + 1, *value.shape), value.dtype)
            self.arrays[name][step] = value
