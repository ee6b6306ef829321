r"""Replay where everything is exact: a noisy anchor.

A task is to learn a prototype: d means, each from samples with independent noise of variance v. The
old task left n stored samples, the new one has N samples of its own. With a share r of the weight
on the stored samples the estimate is :math:`\theta = r \bar a + (1 - r) \bar b`, with the means
:math:`\bar a` and :math:`\bar b` of both, and the expected squared errors a direction are

.. math::
    E_{old} = (1 - r)^2 D^2 + r^2 v/n + (1 - r)^2 v/N, \qquad
    E_{new} = r^2 D^2 + r^2 v/n + (1 - r)^2 v/N,

D being the distance of the prototypes a direction. A quadratic penalty with the exact curvature is
the same anchor made of all samples of the old task.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.continual.replay_memory import ReplayMemory
from theory.door import door


@dataclass(frozen=True, eq=False)
class ReplayErrors:
    """Expected squared errors a direction, on the old and on the new task, and their mean."""

    old: np.ndarray
    new: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return (self.old + self.new) / 2


@door(samples=">= 1", distance=">= 0", noise=">= 0")
def replay_errors(
    share: np.ndarray, stored: np.ndarray, samples: int, *, distance: float, noise: float
) -> ReplayErrors:
    """Return the expected errors after learning the new task with replay.

    Parameters
    ----------
    share : array_like
        r in [0, 1].
    stored : array_like
        n > 0, samples kept of the old task.
    samples : int
        N, of the new task.
    distance : float
        D >= 0, root mean square difference of the prototypes a direction.
    noise : float
        Standard deviation of a sample, root of v.
    """
    share, stored = np.asarray(share, float), np.asarray(stored, float)
    if np.any((share < 0) | (share > 1)):
        raise ValueError("share must lie in [0, 1]")
    if np.any(stored <= 0):
        raise ValueError("stored must be above 0; without stored samples the share is 0")
    apart = distance**2
    variance = noise**2
    spread = share**2 * variance / stored + (1 - share) ** 2 * variance / samples
    return ReplayErrors((1 - share) ** 2 * apart + spread, share**2 * apart + spread)


@door(samples=">= 1")
def best_replay_share(
    stored: np.ndarray, samples: int, *, distance: float, noise: float
) -> np.ndarray:
    r"""Return the share with the smallest mean error.

    :math:`\frac{D^2/2 + v/N}{D^2 + v/n + v/N}`; arguments as in `replay_errors`.
    """
    apart, variance = distance**2, noise**2
    own = variance / samples
    return (apart / 2 + own) / (apart + variance / np.asarray(stored, float) + own)


@door(stored=">= 1")
def simulate_replay(
    share: float | np.ndarray,
    stored: int,
    samples: int,
    *,
    distance: float,
    noise: float,
    directions: int,
    rng: np.random.Generator | int,
    old_samples: int = 1000,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw two prototypes and their samples, keep some in a reservoir, and fit by descent.

    Returns
    -------
    old, new : ndarray, shape (directions,)
        Squared errors of the fitted prototype in each direction.

    Notes
    -----
    The weighted sum of squares of stored and new samples is minimised by gradient descent from the
    old estimate; nothing here knows its minimum.
    """
    rng = checks.as_rng(rng)
    first = np.zeros(directions)
    second = distance * rng.choice([-1.0, 1.0], directions)
    drawn = [
        centre + noise * rng.standard_normal((count, directions))
        for centre, count in ((first, old_samples), (second, samples))
    ]
    memory = ReplayMemory(size=stored, rng=rng)
    memory.add(drawn[0], np.zeros(old_samples, int))
    estimate = drawn[0].mean(axis=0)
    for _ in range(200):
        pull = share * (estimate - memory.images).mean(axis=0)
        pull += (1 - share) * (estimate - drawn[1]).mean(axis=0)
        estimate = estimate - 0.3 * pull
    return (estimate - first) ** 2, (estimate - second) ** 2
