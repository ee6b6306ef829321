r"""Fits of telegraph noise: a hidden Markov chain whose full state adds to a read.

A residual is normal noise of level :math:`\mu` and deviation :math:`\sigma` while the trap is
empty, and the same plus :math:`a U_1 U_2` while it is full. With :math:`x = (r - \mu)/\sigma` and
:math:`A = a/\sigma` the second density is

.. math:: p(x) = \int_0^1 \frac{\Phi(x) - \Phi(x - A v)}{A v}\, dv .

Switching probabilities, level and deviation are common to all devices, the amplitude is each
device's own. Pink noise remembers as many pulses as its filter has taps, and would pass for short
bursts: reads are dealt into `thin` series, in each of which it is independent, and the sum of their
log likelihoods is maximised by expectation and maximisation (a composite likelihood). Standard
errors come from its curvature, divided by `thin` for the probabilities, as all series see the same
switches, and undivided for the amplitudes, as every read draws its own numbers.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import special

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.rram.telegraph import Telegraph

ROUNDS, TOLERANCE = 200, 1e-4  # of the iteration; relative change of the probabilities
SMALLEST, LARGEST = 3.0, 400.0  # amplitudes in units of the deviation
STEP = 0.1  # of the curvature, in the logarithms


@dataclass(frozen=True, eq=False)
class TelegraphFit:
    """Fitted telegraph noise.

    Attributes
    ----------
    rise, fall, rise_error, fall_error : float
        Probabilities per pulse and their standard errors.
    amplitude, amplitude_error : ndarray, shape (devices,)
        An infinite error marks a device whose trace does not tell its amplitude: no burst was seen.
    level, deviation : float
        Of the noise below.
    high : ndarray, shape (reads, devices)
        Probability of the full state at each read, given the whole trace, averaged over as many
        neighbours as there are series.
    log_likelihood : float
    """

    rise: float
    fall: float
    rise_error: float
    fall_error: float
    amplitude: np.ndarray
    amplitude_error: np.ndarray
    level: float
    deviation: float
    high: np.ndarray
    log_likelihood: float

    @property
    def telegraph(self) -> Telegraph:
        return Telegraph(self.rise, self.fall)


@door(residual="has shape", _nan=True, every=">= 1", thin=">= 1")
def fit_telegraph(residual, *, every: int = 1, thin: int = 15, start: str = "low") -> TelegraphFit:
    """Fit rise, fall and the amplitudes to residuals of the mean response.

    Parameters
    ----------
    residual : array_like, shape (reads, devices)
        Read after every `every` pulses; NaN where nothing was read or a trace has ended.
    every : int
    thin : int
        Reads over which the noise below is correlated, such as the taps of the pink filter.
    start : {"low", "stationary"}
        State before the first read: empty, as in a fresh device, or as after long use.

    Raises
    ------
    ValueError
        For fewer than 100 reads, infinite ones, or a device without any.
    NotConverged
        If the iteration does not settle, for example where no burst can be seen.
    """
    r = np.asarray(residual, float)
    if r.ndim != 2 or len(r) < 100:
        raise ValueError(f"residual must have shape (100 reads or more, devices), not {r.shape}")
    if np.isinf(r).any() or np.isnan(r).all(axis=0).any():
        raise ValueError("residual must be finite, NaN only where nothing was read")
    fresh = checks.one_of("start", start, ("low", "stationary")) == "low"
    reads, devices = r.shape
    rest = -reads % thin
    dealt = np.concatenate([r, np.full((rest, devices), np.nan)]).reshape(-1, thin * devices)
    level = float(np.nanmedian(r))
    deviation = float(1.4826 * np.nanmedian(np.abs(r - level)))
    amplitude = np.maximum(np.nanquantile(r, 0.995, axis=0) - level, 4 * deviation)
    up, down = 0.01, 0.03  # per step of a series, until the data have spoken
    for _ in range(ROUNDS):
        emission = _emissions(dealt, level, deviation, np.tile(amplitude, thin))
        high, moves = _smooth(emission, up, down, fresh)
        before = up, down
        up, down = moves[0, 1] / moves[0].sum(), moves[1, 0] / moves[1].sum()
        up, down = (min(max(p, 1e-7), 0.5) for p in (up, down))
        low = np.where(np.isnan(dealt), 0, 1 - high)
        level = float(np.nansum(low * dealt) / low.sum())
        deviation = float(np.sqrt(np.nansum(low * (dealt - level) ** 2) / low.sum()))
        high = high.reshape(-1, devices)[:reads]
        amplitude = deviation * _best_amplitudes((r - level) / deviation, high)
        change = max(abs(up / before[0] - 1), abs(down / before[1] - 1))
        if change < TOLERANCE:
            break
    else:
        raise NotConverged(
            "the telegraph fit did not settle; its traces may show too few bursts", change, ROUNDS
        )
    share, memory = up / (up + down), (1 - up - down) ** (1 / (every * thin))
    rates = np.log([share * (1 - memory), (1 - share) * (1 - memory)])
    errors, amplitude_error, log_likelihood = _curvature(
        dealt, level, deviation, amplitude, rates, every * thin, thin, fresh
    )
    rise, fall = np.exp(rates).tolist()
    return TelegraphFit(
        rise, fall, rise * errors[0], fall * errors[1], amplitude, amplitude * amplitude_error,
        level, deviation, _over_series(high, r, thin), log_likelihood,
    )  # fmt: skip


def _over_series(high, r, thin):
    """Mean chance over the neighbours, one of each series: all of them see the same switches."""
    known = (~np.isnan(r)).astype(float)
    sums = [np.cumsum(np.vstack([np.zeros((1, r.shape[1])), part]), axis=0)
            for part in (high * known, known)]  # fmt: skip
    reads, half = len(r), thin // 2
    first = np.maximum(np.arange(reads) - half, 0)
    last = np.minimum(np.arange(reads) + half + 1, reads)
    total, count = (part[last] - part[first] for part in sums)
    return np.where(count > 0, total / np.maximum(count, 1), high)


@functools.cache
def _table():
    """Logarithm of the full state's density, in units of the deviation, and its axes."""
    x = np.concatenate([np.linspace(-8, 12, 201)[:-1], np.geomspace(12, 1.05 * LARGEST, 150)])
    amplitude = np.geomspace(SMALLEST, LARGEST, 120)
    v, weight = np.polynomial.legendre.leggauss(400)
    v, weight = ((v + 1) / 2) ** 2, weight * (v + 1) / 2  # nodes crowd at small v
    width = amplitude[:, None] * v
    rise = special.ndtr(x[:, None, None]) - special.ndtr(x[:, None, None] - width)
    density = (rise / width) @ weight
    return x, np.log(amplitude), np.log(np.maximum(density, 1e-300))


def _full_density(x, amplitude):
    """Log density of the full state at x for amplitudes (both in deviations), by interpolation."""
    grid, logs, table = _table()
    x = np.clip(x, grid[0], grid[-1])
    i = np.clip(np.searchsorted(grid, x) - 1, 0, len(grid) - 2)
    u = (x - grid[i]) / (grid[i + 1] - grid[i])
    y = (np.clip(np.log(amplitude), logs[0], logs[-1]) - logs[0]) / (logs[1] - logs[0])
    j = np.minimum(y.astype(int), len(logs) - 2)
    v = y - j
    low = table[i, j] * (1 - u) + table[i + 1, j] * u
    high = table[i, j + 1] * (1 - u) + table[i + 1, j + 1] * u
    return low * (1 - v) + high * v


def _emissions(r, level, deviation, amplitude):
    """Log densities of empty and full state, shape (2, reads, devices); 0 where a trace is over."""
    x = (r - level) / deviation
    known = ~np.isnan(x)
    x = np.where(known, x, 0)
    empty = -(x**2) / 2 - np.log(np.sqrt(2 * np.pi))
    full = _full_density(x, np.broadcast_to(amplitude / deviation, x.shape))
    return np.where(known, np.stack([empty, full]) - np.log(deviation), 0.0)


def _best_amplitudes(x, high):
    """Amplitudes in deviations that make the reads most likely, each with its chance of full."""
    grid, logs, table = _table()
    columns = np.arange(0, len(logs), 3)
    candidates = np.exp(logs[columns])
    weight = np.where(np.isnan(x), 0, high)
    read, device = np.nonzero(weight > 1e-3)
    x, weight = np.clip(x[read, device], grid[0], grid[-1]), weight[read, device]
    i = np.clip(np.searchsorted(grid, x) - 1, 0, len(grid) - 2)
    u = (x - grid[i]) / (grid[i + 1] - grid[i])
    score = np.stack([
        np.bincount(
            device, weight * (table[i, k] * (1 - u) + table[i + 1, k] * u), high.shape[1]
        ) for k in columns
    ])  # fmt: skip
    best = np.clip(np.argmax(score, axis=0), 1, len(candidates) - 2)
    at = np.arange(high.shape[1])
    before, here, after = (score[best + k, at] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend < 0, (before - after) / (2 * np.where(bend < 0, bend, 1)), 0)
    spacing = 3 * (logs[1] - logs[0])
    return np.exp(np.log(candidates[best]) + spacing * np.clip(shift, -1, 1))


def _smooth(emission, up, down, fresh):
    """Chance of the full state at each read, and expected moves, shape (2, 2)."""
    chain = np.array([[1 - up, up], [down, 1 - down]])
    share = up / (up + down)
    state = np.array([1.0, 0.0]) if fresh else np.array([1 - share, share])
    density = np.exp(emission - emission.max(axis=0)).transpose(1, 2, 0)  # (reads, devices, 2)
    reads, devices, _ = density.shape
    forward, ahead = np.empty_like(density), np.empty_like(density)
    current = np.broadcast_to(state, (devices, 2))
    for k in range(reads):
        ahead[k] = current @ chain
        current = ahead[k] * density[k]
        current = current / current.sum(axis=1, keepdims=True)
        forward[k] = current
    smoothed, moves = np.empty_like(density), np.zeros((2, 2))
    smoothed[-1] = current = forward[-1]
    for k in range(reads - 1, 0, -1):
        ratio = current / np.maximum(ahead[k], 1e-300)
        moves += chain * (forward[k - 1].T @ ratio)
        current = forward[k - 1] * (ratio @ chain.T)
        smoothed[k - 1] = current
    return smoothed[..., 1], moves


def log_likelihoods(emission, rates, every, fresh) -> np.ndarray:
    """Return the log likelihood of each device, by a product of matrices in pairs."""
    up, down = Telegraph(*np.exp(rates)).switching(every)
    chain = np.array([[1 - up, up], [down, 1 - down]])
    share = up / (up + down)
    top = emission.max(axis=0)
    # (reads, devices, from, to)
    product = chain * np.exp(emission - top).transpose(1, 2, 0)[:, :, None, :]
    total = top.sum(axis=0)
    while len(product) > 1:
        if len(product) % 2:
            product = np.concatenate([product, np.broadcast_to(np.eye(2), product[:1].shape)])
        product = product[::2] @ product[1::2]
        size = product.max(axis=(2, 3))
        total = total + np.log(size).sum(axis=0)
        product = product / size[..., None, None]
    state = np.array([1.0, 0.0]) if fresh else np.array([1 - share, share])
    return total + np.log((state @ product[0]).sum(axis=-1))


def _curvature(dealt, level, deviation, amplitude, rates, every, thin, fresh):
    """Errors of ln rise, ln fall and of every ln amplitude, from second differences.

    Amplitudes and probabilities are told by different features of a trace, the heights of bursts
    and their durations, and are taken to be independent.
    """

    def at(*shift):
        emission = _emissions(dealt, level, deviation, np.tile(amplitude * np.exp(shift[2]), thin))
        series = log_likelihoods(emission, rates + np.array(shift[:2]), every, fresh)
        return series.reshape(thin, -1).sum(axis=0)

    h, centre = STEP, at(0, 0, 0)
    rising, falling, height = (
        -(at(*(h * unit)) - 2 * centre + at(*(-h * unit))) / h**2 for unit in np.eye(3)
    )
    mixed = -(at(h, h, 0) - at(h, -h, 0) - at(-h, h, 0) + at(-h, -h, 0)) / (4 * h**2)
    information = np.array([[rising.sum(), mixed.sum()], [mixed.sum(), falling.sum()]]) / thin
    if np.linalg.eigvalsh(information)[0] <= 0:
        raise NotConverged("the telegraph fit ended where its likelihood is no maximum", 0.0, 0)
    told = (height > 1) & (amplitude > 1.1 * SMALLEST * deviation)
    error = np.where(told, 1 / np.sqrt(np.where(told, height, 1)), np.inf)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors, error, float(centre.sum() / thin)
