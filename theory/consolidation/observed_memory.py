"""Simulated synapses that store one random pattern after another, read by an ideal observer.

Every synapse draws its own transitions; nothing here knows equilibrium eigenvalues or time
constants beyond the distribution that the synapses start from.
"""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.linalg import expm

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.markov_synapse import OBSERVERS, MarkovSynapse
from theory.consolidation.populations import mean_and_error, rising_ages
from theory.door import door


@door(steps=">= 0", synapses=">= 1", repeats=">= 2")
def observe_memory(
    synapse: MarkovSynapse,
    steps: int,
    *,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
    observer: str = "covariance",
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the first of many random patterns, one stored a step, read against one never stored.

    Parameters
    ----------
    synapse : MarkovSynapse
        Its equilibrium is where the synapses start.
    steps : int
        Events after the pattern that is followed.
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int
    observer : {"covariance", "signs"}
        Weights of the synapses in the read-out: :math:`2 f_-` where the pattern potentiates and
        :math:`-2 f_+` where it depresses, so that either kind counts for half; or 1 and -1.

    Returns
    -------
    signal, error : ndarray, shape (steps + 1,)
        Signal to noise of one synapse on the discrete clock, mean and standard error over the
        populations. Signal: read-out of the stored pattern from the weights, less their mean.
        Noise: the deviation of that read-out of patterns that were never stored, over all steps.
    """
    checks.one_of("observer", observer, OBSERVERS)
    if synapse.passive is not None:
        raise ValueError(
            "synapse has passive transitions, which take time; use observe_at_random_times"
        )
    rng, f = checks.as_rng(rng), synapse.potentiation_fraction
    cumulative = np.cumsum([synapse.depression, synapse.potentiation], axis=2)
    start = np.cumsum(synapse.equilibrium)
    state = np.searchsorted(start, rng.random((repeats, synapses)) * start[-1])
    signal, squares = np.empty((steps + 1, repeats)), np.empty(steps + 1)
    high, low = (2 * (1 - f), -2 * f) if observer == "covariance" else (1.0, -1.0)
    for step in range(steps + 1):
        up = (rng.random(state.shape) < f).astype(int)
        if step == 0:
            ideal = np.where(up, high, low)
        passed = rng.random((*state.shape, 1)) > cumulative[up, state]
        state = np.minimum(passed.sum(axis=-1), synapse.states - 1)
        weights = synapse.weights[state]
        weights = weights - weights.mean()
        signal[step] = (ideal * weights).mean(axis=1)
        unseen = np.where(rng.random(state.shape) < f, high, low)
        squares[step] = np.mean((unseen * weights) ** 2)  # synapses are independent: one is enough
    signal /= np.sqrt(squares.mean())
    return mean_and_error(signal)


@door(ages="1d", burn=">= 1", synapses=">= 1", repeats=">= 2")
def observe_at_random_times(
    synapse: MarkovSynapse,
    ages: np.ndarray,
    *,
    burn: int = 8,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Follow one pattern; all other events come to each synapse at its own random times.

    Events at rate one and passive transitions at theirs are drawn one by one.

    Parameters
    ----------
    synapse : MarkovSynapse
        Its equilibrium is where the synapses start.
    ages : array_like, shape (ages,)
        Times after the pattern at which it is read, >= 0 and rising.
    burn : int
        Units of time before the pattern, 1 or more; the noise is measured after each of them. (Just
        after a pattern it differs, where a synapse decays by itself: all have had an event.)
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int

    Returns
    -------
    signal, error : ndarray, shape (ages,)
        As `observe_memory`, of the covariance observer, on the Poisson clock.
    """
    ages, count = rising_ages(ages), synapses * repeats
    rng, f = checks.as_rng(rng), synapse.potentiation_fraction
    events = np.cumsum([synapse.depression, synapse.potentiation], axis=2)
    passive = np.zeros_like(events[0]) if synapse.passive is None else synapse.passive
    passive = np.cumsum(passive - np.diag(np.diag(passive)), axis=1)
    rate = 1 + passive[:, -1]
    start = np.cumsum(synapse.equilibrium)
    state = np.searchsorted(start, rng.random(count) * start[-1])
    following = rng.standard_exponential(count) / rate[state]  # time of each one's next transition

    def drawn(cumulative, level):
        return np.minimum((level[:, None] > cumulative).sum(axis=1), synapse.states - 1)

    def advance(until):
        while len(due := np.flatnonzero(following < until)):
            old = state[due]
            chosen = rng.random(len(due)) * rate[old] - 1  # below 0: an event
            up = (rng.random(len(due)) < f).astype(int)
            state[due] = np.where(
                chosen < 0,
                drawn(events[up, old], rng.random(len(due))),
                drawn(passive[old], chosen),
            )
            following[due] += rng.standard_exponential(len(due)) / rate[state[due]]

    def read(pattern):
        weights = synapse.weights[state].reshape(repeats, synapses)
        weights = (weights - weights.mean(axis=1, keepdims=True)).ravel()
        return np.where(pattern, 2 * (1 - f), -2 * f) * weights

    squares = []
    for moment in range(1, burn + 1):
        advance(moment)
        squares.append(np.mean(read(rng.random(count) < f) ** 2))
    stored = rng.random(count) < f
    state = drawn(events[stored.astype(int), state], rng.random(count))
    following = burn + rng.standard_exponential(count) / rate[state]
    signal = np.empty((len(ages), repeats))
    for place, age in enumerate(ages):
        advance(burn + age)
        signal[place] = read(stored).reshape(repeats, synapses).mean(axis=1)
    signal /= np.sqrt(np.mean(squares))
    return mean_and_error(signal)


@door(steps=">= 0", burn=">= 0", synapses=">= 1", repeats=">= 2")
def observe_beakers(
    chain: BeakerChain,
    steps: int,
    *,
    burn: int,
    synapses: int = 500,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Follow one of many random patterns of -1 and 1, one added to the first beakers a step.

    Between patterns the liquid flows for one unit of time, by the exponential of the flow matrix.

    Parameters
    ----------
    chain : BeakerChain
    steps : int
        Patterns after the one that is followed.
    burn : int
        Patterns before it; the chain's slowest time constant or more.
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int

    Returns
    -------
    signal, error : ndarray, shape (steps + 1,)
        Signal to noise of one synapse, mean and standard error over the populations; the noise is
        the deviation of the visible variable over all synapses and steps.
    """
    rng = checks.as_rng(rng)
    flow = expm(chain.matrix())
    levels = np.zeros((chain.levels, repeats * synapses))
    signal, variance = np.empty((steps + 1, repeats)), np.empty(steps + 1)
    for step in range(-burn, steps + 1):
        pattern = 2.0 * rng.integers(0, 2, repeats * synapses) - 1
        levels = flow @ levels
        levels[0] += pattern
        if step == 0:
            followed = pattern
        if step >= 0:
            signal[step] = (followed * levels[0]).reshape(repeats, synapses).mean(axis=1)
            variance[step] = levels[0].var()
    signal /= np.sqrt(variance.mean())
    return mean_and_error(signal)


@door(count=">= 1", repeats=">= 2", false_alarm="in (0, 1)")
def deviation_bound(count: int, repeats: int, *, false_alarm: float = 1e-3) -> float:
    """Return how many standard errors the largest of several deviations stays below.

    Parameters
    ----------
    count : int
        Deviations looked at, however correlated.
    repeats : int
        Independent populations from which each standard error was estimated.
    false_alarm : float
        Probability, in (0, 1), that the largest of `count` exceeds the bound by chance, at most.

    Returns
    -------
    float
        By Bonferroni's inequality with the quantile of Student's t with repeats - 1 degrees of
        freedom: exact for one normal deviation, conservative for several.
    """
    return float(stats.t.isf(false_alarm / (2 * count), repeats - 1))
