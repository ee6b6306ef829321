r"""Six states and a gate: a Markov synapse whose way to the late states needs proteins.

In the manner of Barrett, Billings, Morris and van Rossum 2009: a weak and a strong basal state, a
tagged early state on the way from each to the other, and a late state behind each early one.

.. code-block:: text

    weak basal  --stimulus-->  early potentiated  --proteins-->  late potentiated
                <---decay----
    strong basal --stimulus--> early depressed   --proteins-->  late depressed
                <---decay----

The arrangement follows what is recalled of the paper; its rates are UNKNOWN here and these are
stand-ins, an hour and its multiples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from theory import checks
from theory.door import door

STATES = (
    "weak basal",
    "early potentiated",
    "late potentiated",
    "strong basal",
    "early depressed",
    "late depressed",
)
STRONG = np.array([0.0, 1.0, 1.0, 1.0, 0.0, 0.0])


@door(decay=">= 0", capture=">= 0", turnover=">= 0")
@dataclass(frozen=True)
class GatedSynapse:
    """Rates per hour, all stand-ins.

    Parameters
    ----------
    decay : float
        Of an early state, back to its basal state.
    capture : float
        From an early to its late state while proteins are there.
    turnover : float
        Of a late state, to the basal state of the same strength.
    """

    decay: float = 0.7
    capture: float = 2.0
    turnover: float = 1 / 200

    @door
    def rates(self, proteins: bool) -> np.ndarray:
        """Return the rates from row to column, (6, 6), with zero row sums."""
        rates = np.zeros((6, 6))
        for basal, same_strength in ((0, 3), (3, 0)):
            early, late = basal + 1, basal + 2
            rates[early, basal] = self.decay
            rates[early, late] = self.capture * proteins
            rates[late, same_strength] = self.turnover
        rates[np.diag_indices(6)] = -rates.sum(axis=1)
        return rates


@door(shares="1d", probability="in [0, 1]")
def stimulate(shares: np.ndarray, probability: float, *, potentiating: bool = True) -> np.ndarray:
    """Return the shares of the six states after a stimulus tags basal synapses.

    Parameters
    ----------
    shares : ndarray, shape (6,)
    probability : float
        Of each weak (strong) basal synapse to become early potentiated (depressed).
    potentiating : bool
    """
    basal = 0 if potentiating else 3
    shares = np.array(shares, float)
    moved = probability * shares[basal]
    shares[basal] -= moved
    shares[basal + 1] += moved
    return shares


@door
def predicted_shares(
    synapse: GatedSynapse, shares: np.ndarray, windows: list[tuple[float, float]], times: np.ndarray
) -> np.ndarray:
    """Return the shares of the six states at each time, (times, 6), by matrix exponentials.

    Parameters
    ----------
    synapse : GatedSynapse
    shares : array_like, shape (6,)
        At time 0; they sum to 1.
    windows : list of (start, end)
        Hours in which proteins are there; they do not overlap.
    times : array_like
        Hours, increasing.
    """
    shares, marks = _checked(shares, windows, times)
    found, now = {}, 0.0
    for mark in marks:
        rates = synapse.rates(_open(windows, now))
        shares = shares @ scipy.linalg.expm((mark - now) * rates)
        found[mark], now = shares, mark
    return np.array([found[t] for t in np.asarray(times, float).tolist()])


@door(states="wholes 1d")
def simulate_states(
    synapse: GatedSynapse,
    states: np.ndarray,
    windows: list[tuple[float, float]],
    times: np.ndarray,
    rng: np.random.Generator | int,
) -> np.ndarray:
    """Let synapses jump one by one; return their states at each time, (times, synapses).

    Waiting times are drawn from the total rate of the present state, the next state by its share.
    At the edges of the windows the wait is drawn anew, which is exact for memoryless jumps.

    Parameters
    ----------
    states : array_like of int, shape (synapses,)
        Numbers of the states at time 0, as in `STATES`.
    """
    states = np.array(states)
    if states.ndim != 1 or not np.isin(states, range(6)).all():
        raise ValueError("states must be one number from 0 to 5 a synapse")
    _, marks = _checked(np.eye(6)[0], windows, times)
    rng = checks.as_rng(rng)
    found, now = {}, 0.0
    for mark in marks:
        rates = synapse.rates(_open(windows, now))
        leaving = -np.diag(rates)
        choice = np.cumsum(np.where(np.eye(6, dtype=bool), 0, rates), axis=1)
        clock = np.full(len(states), now)
        active = np.arange(len(states))
        while len(active):
            total = leaving[states[active]]
            with np.errstate(divide="ignore"):
                clock[active] += rng.exponential(size=len(active)) / total
            active = active[clock[active] < mark]
            drawn = rng.random(len(active)) * leaving[states[active]]
            states[active] = (drawn[:, None] >= choice[states[active]]).sum(axis=1)
        found[mark], now = states.copy(), mark
    return np.array([found[t] for t in np.asarray(times, float).tolist()])


def _open(windows, now):
    return any(start <= now < end for start, end in windows)


def _checked(shares, windows, times):
    shares = checks.finite_array("shares", shares, ndim=1)
    if shares.shape != (6,) or (shares < 0).any() or abs(shares.sum() - 1) > 1e-9:
        raise ValueError("shares must be six non-negative numbers that sum to one")
    times = checks.finite_array("times", times, ndim=1)
    if np.any(np.diff(times) < 0) or (len(times) and times[0] < 0):
        raise ValueError("times must increase and not start before 0")
    for start, end in windows:
        if not 0 <= start < end:
            raise ValueError(f"windows: ({start:g}, {end:g}) must have 0 <= start < end")
    last = times[-1] if len(times) else 0.0
    edges = {float(edge) for window in windows for edge in window if edge <= last}
    return shares, sorted(edges | set(times.tolist()))
