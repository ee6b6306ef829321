r"""Pink noise as filtered white noise: taps, spectrum and moments in closed form.

:math:`w = \alpha \sum_{k<K} h_k \xi_{n-k}` with :math:`h_k = \binom{2k}{k} / 4^k`, the expansion
of :math:`(1 - z^{-1})^{-1/2}` (Kasdin 1995), and :math:`\xi` uniform in (0, 1), one new number a
pulse.
"""

from __future__ import annotations

import numpy as np

from theory.door import door

STRENGTH = 0.025  # alpha of the released code
RELEASED_TAPS = 15  # used by the code, which lists LISTED_TAPS
LISTED_TAPS = 126


@door(count=">= 1")
def pink_taps(count: int) -> np.ndarray:
    """Return h_0, ..., h_{K-1}, by h_k = h_{k-1} (k - 1/2) / k; shape (count,)."""
    k = np.arange(1, count)
    return np.concatenate([[1.0], np.cumprod((k - 0.5) / k)])


@door(frequency="array")
def pink_spectrum(frequency, count: int | None = RELEASED_TAPS, strength: float = STRENGTH):
    r"""Return the two-sided density :math:`\alpha^2 |H(f)|^2 / 12`, 1/12 the variance of xi.

    Parameters
    ----------
    frequency : array_like
        Cycles per pulse.
    count : int or None
        Taps; None for the infinite filter, :math:`|H|^2 = 1 / (2 |\sin \pi f|)`.
    """
    frequency = np.asarray(frequency, float)
    if count is None:
        power = 1 / (2 * np.abs(np.sin(np.pi * frequency)))
    else:
        taps = pink_taps(count)
        turns = np.exp(-2j * np.pi * frequency[..., None] * np.arange(count))
        power = np.abs(turns @ taps) ** 2
    return strength**2 * power / 12


def _filled(pulses, count):
    from theory.rram.mean_response import checked_counts

    return np.minimum(checked_counts("pulses", pulses), count)


@door(pulses="array")
def pink_mean(pulses, count: int = RELEASED_TAPS, strength: float = STRENGTH):
    r"""Return the mean of w after pulses from an empty register.

    The samples have the mean 1/2 and :math:`\sum_{k<n} h_k = 2 n h_n`: the mean rises as the root
    of the pulses until the register is full and stays there.
    """
    filled = _filled(pulses, count)
    sums = np.concatenate([[0.0], np.cumsum(pink_taps(count))])
    return strength * sums[filled] / 2


@door(pulses="array")
def pink_variance(pulses, count: int = RELEASED_TAPS, strength: float = STRENGTH):
    """Return the variance of w after pulses from an empty register."""
    filled = _filled(pulses, count)
    sums = np.concatenate([[0.0], np.cumsum(pink_taps(count) ** 2)])
    return strength**2 * sums[filled] / 12


@door(lag="wholes")
def pink_covariance(lag, count: int = RELEASED_TAPS, strength: float = STRENGTH):
    """Return the covariance of w at two times `lag` pulses apart; 0 from `count` pulses on."""
    taps = pink_taps(count)
    every = np.correlate(taps, taps, "full")[count - 1 :]
    return strength**2 * np.append(every, 0.0)[np.minimum(np.abs(lag), count)] / 12
