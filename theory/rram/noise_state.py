"""What the noise of an array of devices remembers, as intended and as the released code keeps it.

Both classes have `advance(which, counts)`, which takes the devices numbered `which` (or all, as a
slice) through their pulses, and `read()`, the noise part of w for all devices.
"""

from __future__ import annotations

import numpy as np

from theory.rram.pink_noise import STRENGTH, pink_taps
from theory.rram.telegraph import Telegraph

BLOCK = 4096  # devices worked on at a time, so that intermediate arrays stay in the caches
RARE = 0.02  # below this chance it is faster to draw who than to ask everyone


class IntendedNoise:
    """Telegraph state and pink register of each device; pulses move them, reads do not.

    The register of a device is a ring: its newest sample lies at place ``head - 1``, and `head`
    counts pulses modulo the length. Devices without pulses are not touched.

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
    """

    def __init__(self, size, rng, amplitude, taps, telegraph: Telegraph, dtype):
        self.rng, self.amplitude, self.telegraph = rng, amplitude, telegraph
        self.high = np.zeros(size, bool)
        self.values = {name: np.zeros(size, dtype) for name in ("sum", "pink")}
        self.register = None
        if taps is not None:
            # One row a place: a pulse to all devices writes one row, in memory order.
            self.register = np.zeros((taps, size), dtype)
            self.head = np.zeros(size, np.int16)
            weights = (STRENGTH * pink_taps(taps)).astype(dtype)
            # Column p: the weight of each place while the head stands at p.
            age = (np.arange(taps) - 1 - np.arange(taps)[:, None]) % taps
            self.weights = np.ascontiguousarray(weights[age])

    def advance(self, which, counts):
        if self.register is not None:
            if isinstance(which, slice) and (self.head == self.head[0]).all():
                self._move_together(counts)
            else:
                numbers = np.arange(len(self.high)) if isinstance(which, slice) else which
                counts = np.broadcast_to(counts, len(numbers))
                for first in range(0, len(numbers), BLOCK):
                    part = slice(first, first + BLOCK)
                    self._move(numbers[part], counts[part])
        if self.amplitude is not None:
            self._switch(which, counts)

    def read(self) -> np.ndarray:
        """Return the noise of all devices; the telegraph part is drawn anew at every read.

        The array that comes back is overwritten by the next read.
        """
        if self.amplitude is None:
            return self.values["pink"]
        high = np.flatnonzero(self.high)
        part, dtype = self.values["sum"], self.amplitude.dtype
        drawn = self.rng.random((2, len(high)), dtype)
        part[:] = 0
        part[high] = self.amplitude[high] * drawn[0] * drawn[1]
        if self.register is not None:
            part += self.values["pink"]
        return part

    def forget(self, which):
        """Empty the register, as after a SET; what the trap holds is kept until pulses move it."""
        for values in self.values.values():
            values[which] = 0
        if self.register is not None:
            self.register[:, which], self.head[which] = 0, 0

    def _move_together(self, count):
        """All devices receive the same number and stand at the same place."""
        taps, head = self.register.shape[0], int(self.head[0])
        for place in range(head, head + min(count, taps)):
            row = self.register[place % taps]
            self.rng.random(dtype=row.dtype, out=row)
        self.head[:] = (head + count) % taps
        np.dot(self.weights[:, self.head[0]], self.register, out=self.values["pink"])

    def _move(self, numbers, counts):
        taps, head = self.register.shape[0], self.head[numbers]
        new = np.minimum(counts, taps)  # older samples would only be overwritten
        for k in range(int(new.max(initial=0))):
            still = np.flatnonzero(new > k)
            self.register[(head[still] + k) % taps, numbers[still]] = self.rng.random(
                len(still), self.register.dtype
            )
        head = (head + counts) % taps
        self.head[numbers] = head
        samples = self.register[:, numbers]
        self.values["pink"][numbers] = np.einsum("ji,ji->i", samples, self.weights[:, head])

    def _switch(self, which, counts):
        table = self.telegraph.switching(np.arange(int(np.max(counts, initial=0)) + 1))
        state = self.high[which]
        # Few devices can switch at all: only those are looked at one by one.
        few = self._chosen(len(state), table.max())
        pulses = counts if np.ndim(counts) == 0 else counts[few]
        chance = table[state[few].astype(np.int8), pulses]
        state[few] ^= self.rng.random(len(few)) * table.max() < chance
        self.high[which] = state

    def _chosen(self, size, chance):
        """Numbers of devices, each chosen with the same chance."""
        if chance > RARE:
            return np.flatnonzero(self.rng.random(size, np.float32) < np.float32(chance))
        return self.rng.choice(size, self.rng.binomial(size, chance), replace=False, shuffle=False)


class SlippedNoise(IntendedNoise):
    """The layout slip of the released code, for the curious.

    There the state is read as (pink register, telegraph amplitude) and written back as (telegraph
    amplitude, pink register). At the next update the amplitude is the register's newest sample, the
    register has moved by one place also without pulses, and what is taken for the telegraph state
    is the oldest sample, which counts as "high" as soon as it is not 0. Every device is worked on
    at every update.
    """

    def __init__(self, size, rng, amplitude, taps, telegraph, dtype):
        super().__init__(size, rng, amplitude, None, telegraph, dtype)
        self.amplitude = np.zeros(size, dtype) if amplitude is None else amplitude
        self.taps = 1 if taps is None else taps
        self.scale = 0.0 if taps is None else STRENGTH
        self.state = np.zeros((size, self.taps + 1), dtype)

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
        self.values["pink"] = register @ weights
        self.values["sum"] = amplitude + self.values["pink"]
        self.state = np.concatenate([amplitude[:, None], register], axis=1)  # the slip

    def read(self):
        return self.values["sum"]

    def forget(self, which):
        super().forget(which)
        self.state[which] = 0
