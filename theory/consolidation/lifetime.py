"""How long a signal stays above the noise: sums of exponentials, and any Markov chain."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from theory.door import door

EARLIEST = 1e-3  # events; a lifetime below it counts as none


@door(
    rates="complex 1d",
    weights="complex 1d",
    points="in [2, 100000000]",
    threshold="> 0",
    synapses="> 0",
)
def lifetime_of_modes(
    rates: np.ndarray,
    weights: np.ndarray,
    synapses: float,
    *,
    threshold: float = 1.0,
    points: int = 600,
) -> float:
    r"""Return the last time at which :math:`\sqrt N \sum_a I_a e^{-q_a t}` is at the threshold.

    At the same cost for any time and any number of synapses; 0 if the signal never reaches the
    threshold.

    Parameters
    ----------
    rates, weights : ndarray, shape (modes,)
        Rates with real parts above 0; complex ones in conjugate pairs.
    synapses : float
        N.
    threshold : float
        Signal to noise ratio that counts as remembered.
    points : int
        Of the logarithmic grid on which the last crossing is looked for.
    """
    level = threshold / np.sqrt(float(synapses))
    slowest = np.real(rates).min()
    if slowest <= 0:
        raise ValueError(f"rates must have real parts above 0, but one is {slowest:g}")
    grid = np.geomspace(EARLIEST, 60 / slowest + 60, points)
    above = np.flatnonzero((np.exp(-np.outer(grid, rates)) @ weights).real > level)
    if not len(above):
        return 0.0

    def excess(log_time):
        return float((np.exp(-rates * np.exp(log_time)) @ weights).real) - level

    return float(np.exp(brentq(excess, *np.log(grid[above[-1] : above[-1] + 2]))))


SUBDIVISIONS = 4  # grid points per doubling of the time
DEAD = 40.0  # decay exponent from which a mode's oscillation needs no finer grid


@door(readout="1d", weights="1d", generator="2d")
def last_crossing(
    readout: np.ndarray,
    generator: np.ndarray,
    weights: np.ndarray,
    level: float,
    *,
    discrete: bool = False,
) -> float:
    r"""Return the last time at which :math:`r e^{Wt} w` is at a level, for any generator W.

    Parameters
    ----------
    readout : ndarray, shape (M,)
        r, whose entries sum to zero.
    generator : ndarray, shape (M, M)
        W: rows sum to zero, nothing negative off the diagonal.
    weights : ndarray, shape (M,)
        w, with mean zero in the stationary distribution.
    level : float
        > 0.
    discrete : bool
        :math:`(1 + W)^t` at whole times instead, interpolated geometrically between them.

    Returns
    -------
    float
        0 where the signal is never above the level from `EARLIEST` on (from 0 on, if discrete).

    Raises
    ------
    ValueError
        If the level is within rounding of the signal, below 1e-13 of its largest possible value.

    Notes
    -----
    A step of a Markov chain never lengthens a row vector in the sum of absolute values, so :math:`
    \tfrac12 (\max w - \min w) \sum_i |r e^{Wt}|_i` bounds all later signals, and the search ends
    with certainty. Steps are a fixed share of the time, or an eighth of the shortest period that
    has not died away; a signal that crosses twice within a step is not resolved. Matrices are kept
    as :math:`e^{W\Delta} - 1` and doubled by :math:`X \to 2X + X^2`: slow rates keep their digits.
    """
    if generator.shape != (len(weights), len(weights)):
        raise ValueError(
            f"generator must have a row and column for each of the weights, not {generator.shape}"
        )
    reach = np.ptp(weights) / 2
    if level < 1e-13 * reach * np.abs(readout).sum():
        raise ValueError(
            f"level {level:.2g} (threshold over root of synapses) is within rounding of the "
            "signal; take fewer synapses or a higher threshold"
        )
    values = np.linalg.eigvals(generator)
    turning = values[np.abs(values.imag) > 1e-9]
    march = _march_discrete if discrete else _march
    last = None
    for time, row, step, flow in march(np.asarray(readout, float), generator, turning):
        if row @ weights > level:
            last = time, row, step, flow
        if reach * np.abs(row).sum() < level:
            break
    if last is None:
        return 0.0
    return (_refine_discrete if discrete else _refine)(*last, generator, weights, level)


def _largest_step(time, turning):
    """An eighth of the shortest period among modes that are still alive."""
    alive = turning[-turning.real * time < DEAD]
    return np.pi / 4 / np.abs(alive.imag).max() if len(alive) else np.inf


def _flow(generator, step):
    """exp(W step) - 1 by its series, for steps that are small for W."""
    total, term = np.zeros_like(generator), np.eye(len(generator))
    for k in range(1, 9):
        term = term @ generator * (step / k)
        total += term
    return total


def _march(row, generator, turning):
    """Times, row vectors, the step to the next, and flows of that step and its halves."""
    start, factor = EARLIEST, 2 ** (1 / SUBDIVISIONS)
    # Halving `start` keeps every first step small for the rates, which are at most one each way.
    chains = {}
    for k in range(SUBDIVISIONS):
        step = start * (factor - 1) * factor**k
        chains[k] = step, [_flow(generator, step)]
    row, time, place = row + row @ _flow(generator, start), start, 0
    while True:
        number, doublings = place % SUBDIVISIONS, place // SUBDIVISIONS
        smallest, flows = chains[number]
        while len(flows) <= doublings:
            flows.append(2 * flows[-1] + flows[-1] @ flows[-1])
        largest = _largest_step(time, turning)
        cut = 0  # so many halvings keep to the period
        while smallest * 2 ** (doublings - cut) > largest and cut < doublings:
            cut += 1
        step, own = smallest * 2 ** (doublings - cut), flows[: doublings - cut + 1]
        for _ in range(2**cut):
            yield time, row, step, own
            row, time = row + row @ own[-1], time + step
        place += 1


def _refine(time, row, step, flows, generator, weights, level):
    """Halve the bracket with the flows at hand, then solve for the time to second order."""
    for flow in flows[-2::-1]:
        step /= 2
        middle = row + row @ flow
        if middle @ weights > level:
            row, time = middle, time + step
    slope = row @ generator
    value, first = row @ weights - level, slope @ weights
    second = slope @ generator @ weights
    away = np.sqrt(max(first**2 - 2 * second * value, 0.0)) - first
    return float(time + (min(2 * value / away, step) if away > 0 else step))


def _march_discrete(row, generator, turning):
    time, step, flow = 0, 1, generator
    while True:
        wanted = min(time / 8, _largest_step(time, turning))
        while 2 * step <= wanted:
            flow, step = 2 * flow + flow @ flow, 2 * step
        yield time, row, step, flow
        row, time = row + row @ flow, time + step


def _refine_discrete(time, row, step, flow, generator, weights, level):
    while step > 1:  # the halves of the bracket, from single steps
        step //= 2
        half, taken = generator, 1
        while taken < step:
            half, taken = 2 * half + half @ half, 2 * taken
        middle = row + row @ half
        if middle @ weights > level:
            row, time = middle, time + step
    here, there = row @ weights, (row + row @ generator) @ weights
    share = np.log(here / level) / np.log(here / there) if there > 0 else 1 - level / here
    return float(time + share)
