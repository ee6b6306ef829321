"""Simulated synapses that store one random pattern after another, read by an ideal observer.

Every synapse draws its own transitions; nothing here knows equilibrium eigenvalues or time
constants beyond the distribution that the synapses start from.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.markov_synapse import MarkovSynapse


def observe_memory(
    synapse: MarkovSynapse,
    steps: int,
    *,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the first of many random patterns, one stored a step.

    Parameters
    ----------
    synapse : MarkovSynapse
        Its equilibrium is where the synapses start.
    steps : int
        Events after the pattern that is followed.
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int

    Returns
    -------
    signal, error : ndarray, shape (steps + 1,)
        Signal to noise of one synapse on the discrete clock, mean and standard error over the
        populations. The noise is the deviation of the weights in equilibrium.

    Notes
    -----
    The observer weights potentiated and depressed synapses so that either kind counts for half:
    the mean weight of the one minus that of the other, times :math:`2 f_+ f_-`.
    """
    steps = checks.integer_at_least("steps", steps, 0)
    synapses = checks.integer_at_least("synapses", synapses, 1)
    repeats = checks.integer_at_least("repeats", repeats, 2)
    rng, f = checks.as_rng(rng), synapse.potentiation_fraction
    cumulative = np.cumsum([synapse.depression, synapse.potentiation], axis=2)
    start = np.cumsum(synapse.equilibrium)
    state = np.searchsorted(start, rng.random((repeats, synapses)) * start[-1])
    signal = np.empty((steps + 1, repeats))
    for step in range(steps + 1):
        up = (rng.random(state.shape) < f).astype(int)
        if step == 0:
            ideal = np.where(up, 2 * (1 - f), -2 * f)
        passed = rng.random((*state.shape, 1)) > cumulative[up, state]
        state = np.minimum(passed.sum(axis=-1), synapse.states - 1)
        signal[step] = (ideal * synapse.weights[state]).mean(axis=1)
    signal /= synapse.weight_deviation
    return signal.mean(axis=1), signal.std(axis=1, ddof=1) / np.sqrt(repeats)
