r"""How long N synapses of each model remember, at the best size of the model for that N.

All lifetimes come from sums of exponentials or closed forms; no time is stepped, so N = 10^10 costs
as much as N = 100. The threshold is a signal to noise ratio of one for every model.

========== ============================================== =====================================
model      size that is optimised                            law for large N
========== ============================================== =====================================
fast       none: two states, flip probability 1/2            :math:`\ln N`
two_state  flip probability                                  :math:`\sqrt N / e`
pool       kinds of two-state synapses, q = 1, 1/2, ...      about :math:`2 \sqrt N / \ln N`
cascade    levels, ratio 1/2                              several :math:`\sqrt N / e`
chain      states of a uniform chain, sign readout           :math:`0.24 N`
beakers    beakers, ratio 2                                  about :math:`N / \ln N`
leaky      leak of an unbounded analog weight                :math:`N / e`
========== ============================================== =====================================
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from theory import checks
from theory.consolidation.beaker_memory import chain_modes, noise_variance
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.lifetime import lifetime_of_modes
from theory.consolidation.synapse_models import cascade
from theory.door import door


@dataclass(frozen=True)
class Capacity:
    """The best synapse of a model for a number of synapses.

    Attributes
    ----------
    lifetime : float
        Events until the signal to noise is one.
    size : float
        What was optimised: levels, states (even), beakers, kinds, flip probability or leak.
    initial : float
        Signal to noise right after storage.
    """

    lifetime: float
    size: float
    initial: float


@door(states=">= 2")
def uniform_chain_modes(states: int, modes: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    r"""Return rates and weights of a uniform chain with sign readout, slowest first.

    :math:`q_k = 1 - \cos(\pi k / M)` and :math:`I_k = \frac{4}{M^2} \sin(\tfrac{\pi k}{2})
    \cot\frac{\pi k}{2M}`, k odd: the even modes do not see the sign.

    Parameters
    ----------
    states : int
        M, even.
    modes : int, optional
        Only so many slowest modes, for late times.
    """
    if states % 2:
        raise ValueError(f"states: the sign readout needs an even number, got {states}")
    count = states // 2 if modes is None else min(states // 2, modes)
    k = 2 * np.arange(count) + 1
    sign = np.where(np.arange(count) % 2, -1.0, 1.0)
    rates = 2 * np.sin(np.pi * k / (2 * states)) ** 2  # 1 - cos without cancellation
    return rates, 4 / states**2 * sign / np.tan(np.pi * k / (2 * states))


def _pool(kinds):
    q = 2.0 ** -np.arange(kinds)
    return q, q / kinds


def _beakers(levels):
    chain = BeakerChain.geometric(levels)
    rates, weights = chain_modes(chain)
    return rates, weights / np.sqrt(noise_variance(chain))


def _chain(half):
    return uniform_chain_modes(2 * half, modes=200)


@door(guess=">= 1")
def best_size(lifetime_of: Callable[[int], float], guess: int) -> tuple[int, float]:
    """Climb from a guess to the size with the longest lifetime.

    Parameters
    ----------
    lifetime_of : callable
        Lifetime of a model of a size, a whole number of one or more, with a single maximum.
    guess : int

    Returns
    -------
    size : int
    lifetime : float
    """
    known = {}

    def life(size):
        if size not in known:
            known[size] = lifetime_of(size) if size >= 1 else -1.0
        return known[size]

    best, step = max(1, guess), max(1, guess // 8)
    while True:
        better = max((best - step, best, best + step), key=life)
        if better == best:
            if step == 1:
                return best, life(best)
            step = max(1, step // 2)
        best = better


@door(synapses="in [10, 1e+24]")
def capacity(model: str, synapses: float) -> Capacity:
    """Return the longest lifetime that a model reaches with N synapses, over its size.

    Parameters
    ----------
    model : {"fast", "two_state", "pool", "cascade", "chain", "beakers", "leaky"}
    synapses : float
        N, from 10 to 1e24 (there the level of the noise nears rounding of the signal).
    """
    checks.one_of("model", model, MODELS)
    synapses = float(synapses)
    root, log = np.sqrt(synapses), np.log2(synapses)
    if model == "fast":
        return Capacity(float(2 * np.log(root / 2)), 0.5, float(root / 2))
    if model == "two_state":
        return Capacity(float(root / math.e), float(math.e / root), math.e)
    if model == "leaky":
        leak = brentq(lambda x: _leaky_slope(x / synapses, synapses), 0.7, 3) / synapses
        signal = np.log(synapses * leak * (2 - leak)) / 2
        return Capacity(float(-signal / np.log1p(-leak)), float(leak), float(np.exp(signal)))
    if model == "cascade":  # by its generator: rates of deep levels are lost in eigenvalues
        size, lifetime = best_size(lambda n: cascade(n).lifetime(synapses), round(log / 2 + 2))
        return Capacity(lifetime, size, root * cascade(size).initial)
    modes_of, guess = {
        "pool": (_pool, log / 2 + 1),
        "chain": (_chain, 0.75 * root),
        "beakers": (_beakers, log / 2 - 2),
    }[model]

    def lifetime_of(n):
        rates, weights = modes_of(n)
        return lifetime_of_modes(rates, weights, synapses)

    size, lifetime = best_size(lifetime_of, max(1, round(guess)))
    # All modes of the uniform chain add up to 2/M = 1/half at time zero.
    start = 1 / size if model == "chain" else float(modes_of(size)[1].sum())
    return Capacity(lifetime, 2 * size if model == "chain" else size, root * start)


def _leaky_slope(e, synapses):
    """Zero at the leak with the longest lifetime, ln(N (2 e - e^2)) / (-2 ln(1 - e))."""
    gain = np.log(synapses * e * (2 - e))
    return 2 * (1 - e) / (e * (2 - e)) * -np.log1p(-e) - gain / (1 - e)


MODELS = ("fast", "two_state", "pool", "cascade", "chain", "beakers", "leaky")
