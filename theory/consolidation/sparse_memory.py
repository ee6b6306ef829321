r"""Two-state synapses that store sparse patterns: prediction by closed form, and simulation.

A share f of the neurons on either side is active. Two active neurons potentiate with probability q,
an active one before a silent one depresses with :math:`f q / (1 - f)`: as many go up as down, and
half of the synapses are strong (Amit and Fusi 1994).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.populations import mean_and_error, rising_ages
from theory.door import door


@door(synapses="> 0", clock="one of poisson, discrete")
def sparse_signal_to_noise(
    times: np.ndarray,
    coding: float,
    flip_probability: float,
    synapses: float,
    *,
    clock: str = "poisson",
) -> np.ndarray:
    r"""Return :math:`\sqrt{N / (1 - f)}\, f q\, e^{-2 f^2 q t}` of the best linear observer.

    Parameters
    ----------
    times : array_like
        Patterns since storage, >= 0.
    coding : float
        f in (0, 1/2].
    flip_probability : float
        q in (0, 1].
    synapses : float
        N.
    clock : {"poisson", "discrete"}
        Patterns at random times, or one a unit of time: then :math:`(1 - 2 f^2 q)^t`.
    """
    f, q = _checked(coding, flip_probability)
    times = np.asarray(times, float)
    if times.size and times.min() < 0:
        raise ValueError(f"times: {times.min():g} is before the memory was stored")
    written = f * q * np.sqrt(synapses / (1 - f))
    rate = 2 * f**2 * q
    if clock == "discrete":
        return written * (1 - rate) ** times
    return written * np.exp(-rate * times)


@door
def sparse_lifetime(coding: float, flip_probability: float, synapses: float) -> float:
    r"""Return :math:`\ln(f q \sqrt{N / (1 - f)}) / (2 f^2 q)` in patterns, 0 if never readable."""
    start = sparse_signal_to_noise(np.zeros(()), coding, flip_probability, synapses)
    return max(0.0, float(np.log(start) / (2 * coding**2 * flip_probability)))


@door(ages="1d", repeats=">= 2", synapses=">= 1")
def observe_sparse(
    coding: float,
    flip_probability: float,
    ages: np.ndarray,
    *,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Store one sparse pattern after another and read the first, at given ages.

    Every synapse sees its own pair of neurons (no two synapses share a neuron).

    Parameters
    ----------
    coding, flip_probability : float
        As in `sparse_signal_to_noise`.
    ages : array_like of int
        Patterns since the one that is followed, increasing, >= 0.
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int

    Returns
    -------
    signal, error : ndarray, shape (ages,)
        Signal to noise of one synapse, mean and standard error over the populations. The read-out
        weights a synapse by 1 where the pattern potentiates and by -f/(1 - f) where it depresses;
        the noise is measured on patterns that were never stored.
    """
    f, q = _checked(coding, flip_probability)
    ages = rising_ages(ages, whole=True)
    shape = (repeats, synapses)
    rng = checks.as_rng(rng)
    down = f * q / (1 - f)

    def drawn():
        """Read-out weights of a new pattern: by the two neurons of each synapse."""
        before, after = rng.random((2, *shape)) < f
        return np.where(before, np.where(after, 1.0, -f / (1 - f)), 0.0)

    weights = rng.choice([-1.0, 1.0], size=shape)
    signal, squares = np.empty((len(ages), repeats)), []
    for age in range(ages[-1] + 1):
        pattern = drawn()
        if age == 0:
            followed = pattern
        flipped = rng.random(shape) < np.where(pattern > 0, q, down * (pattern < 0))
        weights = np.where(flipped, np.sign(pattern), weights)
        if age in ages:
            centred = weights - weights.mean()
            signal[np.searchsorted(ages, age)] = (followed * centred).mean(axis=1)
            squares.append(np.mean((drawn() * centred) ** 2))
    signal /= np.sqrt(np.mean(squares))
    return mean_and_error(signal)


def _checked(coding, flip_probability):
    return (
        checks.in_range("coding", coding, 0, 0.5, closed=(False, True)),
        checks.in_range("flip_probability", flip_probability, 0, 1, closed=(False, True)),
    )
