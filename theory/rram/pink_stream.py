r"""Pink noise of many devices, computed from counters instead of stored samples.

The white number that pulse j of a device draws is a function of the device's key and of j: a mixed
64-bit word holds four of them, 16 bits each. A device's last samples need not be kept, since they
can be made again; a read costs five words for 15 taps, and no memory but the key. Devices that have
all received the same pulses are computed several pulses ahead by one matrix product.
"""

from __future__ import annotations

import functools
import importlib

import numpy as np

from theory.rram.pink_noise import pink_taps

BLOCK = 4096  # devices worked on at a time, so that intermediate arrays stay in the caches
AHEAD = 20  # pulses computed at once where all devices stand at the same pulse
SAMPLES = 4  # in one word
LEVELS = 2.0**16
# Odd constants of a Weyl sequence and of two rounds of mixing (Steele, Lea and Flood 2014).
STEP, FIRST, SECOND = (
    np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


MIXING = np.array([STEP, FIRST, SECOND])


@functools.cache
def compiled():
    """Return the module of the compiled read, or None where numba is missing."""
    try:
        return importlib.import_module("theory.rram.pink_compiled")
    except ModuleNotFoundError:
        return None


class PinkStream:
    r"""The filtered noise :math:`\alpha \sum_{k<K} h_k \xi_{t-1-k}` of each device.

    Parameters
    ----------
    size : int
        Devices.
    rng : Generator
        Draws the keys; all later numbers follow from them.
    taps : int
        K.
    strength : float
        alpha.
    dtype : numpy dtype
        Of the values.

    Attributes
    ----------
    values : ndarray, shape (size,)
        After the last pulses; not to be written to.
    """

    def __init__(self, size, rng, taps, strength, dtype):
        self.keys = rng.integers(0, 2**64 - 1, size, np.uint64, endpoint=True)
        self.taps, self.dtype = taps, np.dtype(dtype)
        self._filter = strength * pink_taps(taps)
        self.values = np.zeros(size, dtype)
        self._together = 0  # pulses of all devices, None once they differ
        self._time = self._start = None
        self._ahead = np.empty((0, size), dtype)
        self._ahead_from = 0
        self._repeated, self._scratch = {}, np.empty(0, np.uint64)
        words = self._words(1)
        self._phases = np.ascontiguousarray(
            (self._window(np.arange(SAMPLES), words) / LEVELS).T.astype(dtype)
        )
        columns = np.arange(SAMPLES * words)
        self._later = (columns >= np.arange(len(columns) + 1)[:, None]).astype(dtype)

    def advance(self, which, counts):
        """Take the devices numbered `which` (a slice for all) through their pulses."""
        if isinstance(which, slice) and np.ndim(counts) == 0 and self._together is not None:
            self._move_together(int(counts))
            return
        self._part_ways()
        if isinstance(which, slice):
            which = np.arange(len(self.keys))
            counts = np.broadcast_to(counts, len(which))
        self._time[which] += counts
        program = compiled()
        if program is not None and self.dtype == np.float32:
            program.read(
                self.keys, self._time, self._start, which, self._phases, self.taps, MIXING,
                self.values,
            )  # fmt: skip
            return
        for first in range(0, len(which), BLOCK):
            part = which[first : first + BLOCK]
            self.values[part] = self._read(part)

    def forget(self, which):
        """Begin with empty filters, as after a SET."""
        self._part_ways()
        self._start[which] = self._time[which]
        self.values[which] = 0

    def _part_ways(self):
        if self._together is None:
            return
        size, self.values = len(self.keys), self.values.copy()
        self._time = np.full(size, self._together, np.int64)
        self._start = np.zeros(size, np.int64)
        self._together, self._ahead = None, np.empty((0, size), self.dtype)

    def _words(self, pulses):
        """Words that hold all samples of so many following reads, wherever the first one lies."""
        return (self.taps + pulses - 1 + 2 * (SAMPLES - 1)) // SAMPLES

    def _window(self, shift, words):
        """Weight of every sample of the words in reads, the first needed one `shift` samples in."""
        lag = self.taps - 1 + np.asarray(shift) - np.arange(SAMPLES * words)[:, None]
        inside = (lag >= 0) & (lag < self.taps)
        return np.where(inside, self._filter[np.clip(lag, 0, self.taps - 1)], 0)

    def _uniform(self, keys, first_word, words):
        """Samples of consecutive words as 16-bit numbers, shape (devices, 4 words)."""
        # One long row: inner loops over five words would cost more than the mixing.
        z = np.repeat(keys + first_word.astype(np.uint64) * STEP, words)
        z += self._steps(words)[: len(z)]
        shifted = self._scratch[: len(z)]
        for shift, factor in ((30, FIRST), (27, SECOND)):
            np.right_shift(z, np.uint64(shift), out=shifted)
            z ^= shifted
            z *= factor
        np.right_shift(z, np.uint64(31), out=shifted)
        z ^= shifted
        return z.view(np.uint16).reshape(len(keys), SAMPLES * words)

    def _steps(self, words):
        """The steps to following words, repeated for a block of devices."""
        if words not in self._repeated:
            self._repeated[words] = np.tile(np.arange(words, dtype=np.uint64) * STEP, BLOCK)
            if len(self._scratch) < words * BLOCK:
                self._scratch = np.empty(words * BLOCK, np.uint64)
        return self._repeated[words]

    def _read(self, part):
        first, start = self._time[part] - self.taps, self._start[part]
        word, shift = first >> 2, first & 3  # floor and remainder of a division by 4
        words = self._phases.shape[1] // SAMPLES
        drawn = self._uniform(self.keys[part], word, words).astype(self.dtype)
        drawn += self.dtype.type(0.5)
        every = drawn @ self._phases.T
        found = every.reshape(-1).take(np.arange(0, every.size, SAMPLES) + shift)
        young = first < start
        if young.any():
            # Their filters are not full: samples before the start have no weight.
            young = np.flatnonzero(young)
            begun = (start - SAMPLES * word)[young]
            weights = self._phases[shift[young]] * self._later[begun]
            found[young] = np.einsum("ij,ij->i", drawn[young], weights)
        return found

    def _move_together(self, count):
        if count == 0:
            return
        self._together += count
        row = self._together - self._ahead_from
        if not 0 <= row < len(self._ahead):
            self._look_ahead()
            row = 0
        self.values = self._ahead[row]

    def _look_ahead(self):
        size, first = len(self.keys), self._together - self.taps
        ahead, words = AHEAD, self._words(AHEAD)
        if len(self._ahead) != ahead:
            self._ahead = np.empty((ahead, size), self.dtype)
        weights = self._window((first & 3) + np.arange(ahead), words) / LEVELS
        drawn_at = SAMPLES * (first >> 2) + np.arange(SAMPLES * words)
        weights = np.where(drawn_at[:, None] >= 0, weights, 0).astype(self.dtype)
        for begin in range(0, size, BLOCK):
            keys = self.keys[begin : begin + BLOCK]
            at = np.full(len(keys), first >> 2)
            drawn = self._uniform(keys, at, words).astype(self.dtype)
            drawn += self.dtype.type(0.5)
            self._ahead[:, begin : begin + BLOCK] = (drawn @ weights).T
        self._ahead_from = self._together
