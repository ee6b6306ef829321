r"""Systems consolidation: memories that are copied from one population of synapses to the next.

n stages of binary synapses. Events write into the first with probability q; every later synapse
copies the weight of its partner one stage earlier with probability q a step. The signal travels:

.. math:: \dot s_1 = -q s_1, \quad \dot s_k = q (s_{k-1} - s_k), \quad
          s_k(t) = q \frac{(q t)^{k-1}}{(k-1)!} e^{-q t}

for random times, the law of a sum of k waiting times (model in the spirit of Roxin and Fusi 2013,
whose own rates are not known here).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from theory import checks
from theory.consolidation.populations import mean_and_error
from theory.door import door


@door(rate="in (0, 1]", stages=">= 1", clock="one of poisson, discrete")
def stage_signals(
    times: np.ndarray, rate: float, stages: int, *, clock: str = "poisson"
) -> np.ndarray:
    """Return the signal to noise of one synapse of each stage, shape (times..., stages).

    Parameters
    ----------
    times : array_like
        Events since storage, >= 0; whole numbers for the discrete clock.
    rate : float
        q in (0, 1].
    stages : int
        n >= 1.
    clock : {"poisson", "discrete"}
        Copies at random times, or one chance a step: a negative binomial law.
    """
    behind = np.arange(stages)
    t = np.asarray(times, float)[..., None]
    if t.size and t.min() < 0:
        raise ValueError(f"times: {t.min():g} is before the memory was stored")
    with np.errstate(divide="ignore", invalid="ignore"):
        if clock == "poisson":
            steps = np.where(behind == 0, 0.0, behind * np.log(rate * t)) - gammaln(behind + 1)
            return rate * np.exp(steps - rate * t)
        # k - 1 copies among t chances.
        ways = gammaln(t + 1) - gammaln(behind + 1) - gammaln(np.maximum(t - behind, 0) + 1)
        stay = np.where(t == behind, 0.0, (t - behind) * np.log1p(-rate))
        return np.where(t >= behind, rate * np.exp(ways + behind * np.log(rate) + stay), 0.0)


@door(synapses="> 0")
def stage_lifetime(rate: float, stages: int, synapses: float) -> float:
    """Return when the signal of the last stage falls to its noise, N synapses being shared equally.

    0 if it is never above.
    """
    root = np.sqrt(synapses / stages)
    peak = (stages - 1) / rate

    def excess(time):
        signal = root * stage_signals(time, rate, stages)[-1]
        return float(np.log(np.maximum(signal, 1e-300)))

    start = max(peak, 1e-9)
    return brentq(excess, start, start + 200 * stages / rate) if excess(start) > 0 else 0.0


@door(rate="in (0, 1]", stages=">= 1", steps=">= 0", repeats=">= 2", synapses=">= 1")
def observe_stages(
    rate: float,
    stages: int,
    steps: int,
    *,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Store a random pattern a step in binary synapses that copy one another, and read the first.

    Returns
    -------
    signal, error : ndarray, shape (steps + 1, stages)
        Signal to noise of one synapse of each stage, mean and standard error over the populations.
    """
    rng = checks.as_rng(rng)
    shape = (repeats, synapses)
    weights = rng.choice(np.array([-1, 1], np.int8), size=(stages, *shape))
    signal = np.empty((steps + 1, stages, repeats))
    for step in range(steps + 1):
        pattern = rng.choice(np.array([-1, 1], np.int8), size=shape)
        if step == 0:
            followed = pattern
        source = np.concatenate([pattern[None], weights[:-1]])
        copied = rng.random(weights.shape, np.float32) < rate
        weights = np.where(copied, source, weights)
        signal[step] = (weights * followed).mean(axis=2)
    return mean_and_error(signal)
