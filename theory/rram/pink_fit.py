r"""Fits of pink noise: strength and number of taps, from the periodograms of quiet stretches.

The likelihood of Whittle compares the periodogram I of stretches of n reads with its *expectation*,
leakage included, which follows from the autocovariance c of the filter,

.. math:: E[I(f)] = \alpha^2 S_K(f), \qquad
          S_K(f) = \tfrac1{12} \sum_{|l| < n} \left(1 - \tfrac{|l|}{n}\right) c_K(l) \cos 2\pi f l

(Sykulski et al. 2019). At a given number of taps K the strength has the closed estimate
:math:`\hat\alpha^2 = \langle I / S_K \rangle`; its error is that of a mean over stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.pink_noise import pink_covariance

CANDIDATES = tuple(np.unique(np.round(np.geomspace(1, 200, 70)).astype(int)).tolist())
WITHIN = 1.92  # half of the chi-square value that is exceeded with 5 per cent


@dataclass(frozen=True)
class PinkFit:
    """Fitted pink noise.

    Attributes
    ----------
    strength, error : float
        alpha and its standard error, at the best number of taps.
    taps : int
    taps_range : tuple of int
        Smallest and largest number of taps that the likelihood does not refuse at 5 per cent.
    stretches : int
        Pieces used.
    """

    strength: float
    error: float
    taps: int
    taps_range: tuple[int, int]
    stretches: int


@door(every=">= 1", length=">= 16", taps="counts")
def fit_pink(
    stretches: Sequence[np.ndarray],
    *,
    every: int = 1,
    taps: Sequence[int] = CANDIDATES,
    length: int = 256,
) -> PinkFit:
    """Fit strength and taps to stretches without telegraph bursts.

    Parameters
    ----------
    stretches : sequence of array, each (reads,)
        Residuals of consecutive reads, read after every `every` pulses. They are cut into pieces of
        equal length; shorter rests are left out.
    every : int
    taps : sequence of int
        Candidates.
    length : int
        Reads of a piece, 16 or more: longer than the filter, or its taps cannot be told.

    Raises
    ------
    ValueError
        If fewer than eight pieces are found.
    """
    cut = [np.empty((0, length))]
    for stretch in stretches:
        stretch = checks.finite_array("stretches", stretch, ndim=1)
        count = len(stretch) // length
        cut.append(stretch[: count * length].reshape(count, length))
    pieces = np.concatenate(cut)
    if len(pieces) < 8:
        raise ValueError(
            f"stretches hold {len(pieces)} pieces of {length} reads; a fit needs 8: measure "
            "longer, or take a smaller length"
        )
    # The first line, the mean, is left out; so is the last one, at half a cycle per read, which is
    # no square of two numbers.
    power = np.abs(np.fft.rfft(pieces, axis=1)[:, 1 : (length + 1) // 2]) ** 2 / length

    def criterion(count):
        expected = _expected(count, length, every)
        square = np.mean(power / expected)
        return power.size * np.log(square) + len(power) * np.sum(np.log(expected))

    score = np.array([criterion(count) for count in taps])
    best = int(np.argmin(score))
    ratio = power / _expected(taps[best], length, every)
    each = ratio.mean(axis=1)
    square, square_error = each.mean(), each.std(ddof=1) / np.sqrt(len(each))
    allowed = np.flatnonzero(score <= score.min() + WITHIN)
    return PinkFit(
        float(np.sqrt(square)), float(square_error / (2 * np.sqrt(square))), taps[best],
        (taps[allowed[0]], taps[allowed[-1]]), len(each),
    )  # fmt: skip


def _expected(count, length, every):
    """Expected periodogram of a piece for strength 1."""
    lags = np.arange(length)
    covariance = (1 - lags / length) * pink_covariance(lags * every, count, 1.0)
    frequency = np.arange(1, (length + 1) // 2) / length
    return covariance[0] + 2 * np.cos(2 * np.pi * frequency[:, None] * lags[1:]) @ covariance[1:]
