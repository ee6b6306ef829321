"""Traces of devices read after every pulse, taken apart into their sources, and their spectra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device_array import DeviceArray


@dataclass(frozen=True, eq=False)
class Traces:
    """Parts of w = ln(R/R0), each (pulses + 1, devices); the first row is before any pulse.

    Attributes
    ----------
    mean, telegraph, pink : ndarray
        Their sum is w.
    """

    mean: np.ndarray
    telegraph: np.ndarray
    pink: np.ndarray

    @property
    def log_ratio(self) -> np.ndarray:
        return self.mean + self.telegraph + self.pink


@door(pulses=">= 1")
def record_traces(array: DeviceArray, pulses: int) -> Traces:
    """Give every device single pulses, reading after each; the array is changed.

    Parameters
    ----------
    array : DeviceArray
    pulses : int
    """
    size = int(np.prod(array.shape))
    kept = np.empty((3, pulses + 1, size), array.dtype)
    for number in range(pulses + 1):
        if number:
            array.pulse(1)
        for row, part in zip(kept, (array.mean, array.telegraph, array.pink), strict=True):
            row[number] = part.reshape(-1)
    return Traces(*kept)


@door(series="array 1d+")
def periodogram(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies in cycles per sample and the two-sided density, averaged over columns.

    Parameters
    ----------
    series : ndarray, shape (samples, columns)
        The mean of each column is left out, at frequency 0.

    Returns
    -------
    frequency, density : ndarray
        From 1/samples up to 1/2. The density sums over all frequencies to the variance.
    """
    series = checks.finite_array("series", series, ndim=2)
    power = np.mean(np.abs(np.fft.rfft(series, axis=0)) ** 2, axis=1) / len(series)
    return np.fft.rfftfreq(len(series))[1:], power[1:]


@door(frequency="array 1d", density="array 1d+", parts=">= 1")
def octave_means(frequency, density, *, parts: int = 4) -> tuple[np.ndarray, ...]:
    """Return frequency and density averaged over fractions of an octave, and the lines in each."""
    checks.same_length(frequency=frequency, density=density)
    edges = frequency[0] * 2 ** (
        np.arange(0, parts * np.log2(frequency[-1] / frequency[0]) + 1) / parts
    )
    which = np.digitize(frequency, edges)
    numbers = np.unique(which)
    mean = [[values[which == n].mean() for n in numbers] for values in (frequency, density)]
    return np.array(mean[0]), np.array(mean[1]), np.array([np.sum(which == n) for n in numbers])
