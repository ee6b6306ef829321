"""What the noise of an array of devices remembers, as intended and as the released code keeps it.

Both classes have `advance(which, counts)`, which takes the devices numbered `which` (or all, as a
slice) through their pulses, and `read()`, the noise part of w for all devices.
"""

from __future__ import annotations

import functools

import numpy as np

from theory.rram.pink_noise import STRENGTH, pink_taps
from theory.rram.pink_stream import PinkStream
from theory.rram.telegraph import Telegraph

LONG = 4096  # bursts whose chances are not tabulated
RARE = 0.02  # below this chance it is faster to draw who than to ask everyone


class IntendedNoise:
    """Telegraph state and pink noise of each device; pulses move them, reads do not.

    Parameters
    ----------
    size : int
        Devices.
    rng : Generator
    amplitude : ndarray or None
        Largest telegraph contribution of each device; None for no telegraph noise.
    taps : int or None
        Length of the pink filter; None for no pink noise.
    telegraph : Telegraph
    dtype : numpy dtype
    strength : float
        Of the pink noise.
    """

    def __init__(self, size, rng, amplitude, taps, telegraph: Telegraph, dtype, strength=STRENGTH):
        self.rng, self.amplitude, self.telegraph = rng, amplitude, telegraph
        self.high = np.zeros(size, bool)
        self.stream = None if taps is None else PinkStream(size, rng, taps, strength, dtype)
        self._still = np.zeros(size if taps is None else 0, dtype)
        self._sum = np.zeros(0 if amplitude is None else size, dtype)

    @property
    def pink(self) -> np.ndarray:
        """Pink noise of all devices at the last read."""
        return self._still if self.stream is None else self.stream.values

    def advance(self, which, counts):
        if self.stream is not None:
            self.stream.advance(which, counts)
        if self.amplitude is not None:
            self._switch(which, counts)

    def read(self) -> np.ndarray:
        """Return the noise of all devices; the telegraph part is drawn anew at every read.

        The array that comes back may be overwritten by the next read.
        """
        if self.amplitude is None:
            return self.pink
        high = np.flatnonzero(self.high)
        part, dtype = self._sum, self.amplitude.dtype
        drawn = self.rng.random((2, len(high)), dtype)
        drawn[0] *= drawn[1]
        drawn[0] *= self.amplitude[high]
        if self.stream is None:
            part[:] = 0
            part[high] = drawn[0]
        else:
            part[:] = self.pink
            part[high] += drawn[0]
        return part

    def forget(self, which):
        """Empty the filter, as after a SET; what the trap holds is kept until pulses move it."""
        if self.stream is not None:
            self.stream.forget(which)

    def _switch(self, which, counts):
        largest = int(np.max(counts, initial=0))
        table, most = _chances(self.telegraph, largest)
        state = self.high[which]
        # Few devices can switch at all: only those are looked at one by one.
        few = self._chosen(len(state), most)
        pulses = counts if np.ndim(counts) == 0 else counts[few]
        if table is None:
            up, down = self.telegraph.switching(pulses)
            chance = np.where(state[few], down, up)
        else:
            chance = table[state[few].astype(np.int8), pulses]
        state[few] ^= self.rng.random(len(few)) * most < chance
        self.high[which] = state

    def _chosen(self, size, chance):
        """Numbers of devices, each chosen with the same chance."""
        if chance > RARE:
            return np.flatnonzero(self.rng.random(size, np.float32) < np.float32(chance))
        return self.rng.choice(size, self.rng.binomial(size, chance), replace=False, shuffle=False)


@functools.lru_cache(maxsize=256)
def _chances(telegraph, largest):
    """Chances to switch over 0 to `largest` pulses, unless these are many, and the largest one."""
    table = None if largest >= LONG else telegraph.switching(np.arange(largest + 1))
    return table, telegraph.switching(largest).max()


class SlippedNoise(IntendedNoise):
    """The layout slip of the released code, for the curious.

    There the state is read as (pink register, telegraph amplitude) and written back as (telegraph
    amplitude, pink register). At the next update the amplitude is the register's newest sample, the
    register has moved by one place also without pulses, and what is taken for the telegraph state
    is the oldest sample, which counts as "high" as soon as it is not 0. Every device is worked on
    at every update.
    """

    def __init__(self, size, rng, amplitude, taps, telegraph, dtype, strength=STRENGTH):
        super().__init__(size, rng, amplitude, None, telegraph, dtype)
        self.amplitude = np.zeros(size, dtype) if amplitude is None else amplitude
        self.taps = 1 if taps is None else taps
        self.scale = 0.0 if taps is None else strength
        self.state = np.zeros((size, self.taps + 1), dtype)
        self._still, self._sum = np.zeros((2, size), dtype)

    def advance(self, which, counts):
        moved = np.zeros(len(self.state), int)
        moved[which] = counts
        register, remembered = self.state[:, : self.taps], self.state[:, self.taps]
        self.high = np.ceil(remembered) > 0
        self._switch(slice(None), moved)
        drawn = self.rng.random((2, len(moved)), self.state.dtype)
        amplitude = self.high * self.amplitude * drawn[0] * drawn[1]
        fresh = self.rng.random(register.shape, register.dtype)
        place = np.arange(self.taps) - moved[:, None]
        shifted = np.take_along_axis(register, np.maximum(place, 0), axis=1)
        register = np.where(place < 0, fresh, shifted)
        weights = (self.scale * pink_taps(self.taps)).astype(register.dtype)
        self._still = register @ weights
        self._sum = amplitude + self._still
        self.state = np.concatenate([amplitude[:, None], register], axis=1)  # the slip

    def read(self):
        return self._sum

    def forget(self, which):
        self._still[which] = self._sum[which] = self.state[which] = 0
