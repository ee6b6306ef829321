r"""Recall-gated consolidation: a slow store learns only what a fast one already knows.

A stream holds one reliable pattern every T steps among patterns that never return. Fast synapses
(two states, flip probability q) learn all of them. Slow ones (flip probability :math:`q_s`) learn
the present pattern only where its recall from the fast store, in units of the noise, is above a
threshold. Of novel patterns a share :math:`\varepsilon` passes, of the reliable one a share
:math:`\rho`; then the slow store, for small :math:`q_s`, holds of the reliable pattern the share of
its updates,

.. math:: m = \frac{\rho}{\rho + \varepsilon (T - 1)}

against :math:`1 / T` without the gate: rare updates, but the right ones (Lindsey and Litwin-Kumar
2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from theory import checks
from theory.door import door


@door(
    threshold="in [-inf, inf]",
    synapses=">= 1",
    interval=">= 2",
    fast="in (0, 1]",
    slow="in (0, 1]",
)
@dataclass(frozen=True)
class RecallGate:
    """A fast and a slow store and the gate between them.

    Parameters
    ----------
    synapses : int
        N in each store.
    interval : int
        T >= 2, steps from one presentation of the reliable pattern to the next.
    fast, slow : float
        Flip probabilities in (0, 1].
    threshold : float
        Recall, in units of its noise, above which the slow store learns; minus infinity for none.
    """

    synapses: int = 1000
    interval: int = 10
    fast: float = 0.2
    slow: float = 0.01
    threshold: float = 2.0


@door
def predicted_recall(setting: RecallGate) -> dict[str, float]:
    """Return shares that pass the gate and the stationary memory of the slow store.

    ``novel`` and ``reliable``: shares of patterns that pass, by the binomial law of recall.
    ``memory``: mean overlap of the slow store with the reliable pattern just before it is shown, by
    the recursion over one interval, for any flip probability.
    """
    q, s, later = setting.fast, setting.slow, setting.interval
    # Between presentations the fast trace decays T - 1 times by novel patterns, then is read.
    trace = q / (1 - (1 - q) ** later) * (1 - q) ** (later - 1)
    # Agreeing synapses are independent: their number is binomial, and the gate opens above `least`.
    size = setting.synapses
    least = np.floor((size + setting.threshold * np.sqrt(size)) / 2)
    novel, reliable = (float(binom.sf(least, size, (1 + m) / 2)) for m in (0.0, trace))
    kept = (1 - s * novel) ** (later - 1)
    memory = kept * s * reliable / (1 - (1 - s * reliable) * kept)
    return {"novel": novel, "reliable": reliable, "memory": float(memory)}


@door(rounds=">= 1")
def simulate_recall_gate(
    setting: RecallGate, rounds: int, rng: np.random.Generator | int, *, burn: int = 0
) -> dict[str, float | np.ndarray]:
    """Run both stores through a stream and return what passed and what is remembered.

    Parameters
    ----------
    setting : RecallGate
    rounds : int
        Presentations of the reliable pattern after `burn` others.
    rng : Generator or int

    Returns
    -------
    dict
        ``novel`` and ``reliable``: shares that passed the gate; ``memory`` (rounds,): overlap of
        the slow store with the reliable pattern just before each presentation.
    """
    rng = checks.as_rng(rng)
    size, signs = setting.synapses, np.array([-1.0, 1.0])
    fast, slow, reliable = rng.choice(signs, size=(3, size))
    passed = {True: 0, False: 0}
    memory = np.empty(rounds)
    for turn in range(-burn, rounds):
        for step in range(setting.interval):
            known = step == 0
            pattern = reliable if known else rng.choice(signs, size=size)
            if known and turn >= 0:
                memory[turn] = slow @ reliable / size
            if fast @ pattern / np.sqrt(size) > setting.threshold:
                passed[known] += turn >= 0
                slow = np.where(rng.random(size) < setting.slow, pattern, slow)
            fast = np.where(rng.random(size) < setting.fast, pattern, fast)
    return {
        "novel": passed[False] / (rounds * (setting.interval - 1)),
        "reliable": passed[True] / rounds,
        "memory": memory,
    }
