"""`PinkStream`'s read of devices that stand at different pulses, compiled. Needs numba."""

from __future__ import annotations

import numba
import numpy as np

CHUNK = 256  # devices at a time: the loops over them are what the compiler makes vector code of


@numba.njit(cache=True, error_model="numpy")
def read(keys, time, start, which, phases, taps, mixing, values):  # pragma: no cover (compiled)
    """Write the values of the devices `which`; `mixing` holds the three odd constants."""
    word, shift, begun = np.empty((3, CHUNK), np.int64)
    mixed, total = np.empty(CHUNK, np.uint64), np.empty(CHUNK, values.dtype)
    none, half = values.dtype.type(0), values.dtype.type(0.5)
    for first in range(0, len(which), CHUNK):
        chosen = which[first : first + CHUNK]
        for i in range(len(chosen)):
            at = time[chosen[i]] - taps
            word[i], shift[i] = at >> 2, at & 3
            begun[i] = start[chosen[i]] - 4 * word[i]  # samples before have no weight
            total[i] = 0
        for w in range(phases.shape[1] // 4):
            for i in range(len(chosen)):
                z = keys[chosen[i]] + np.uint64(word[i] + w) * mixing[0]
                z = (z ^ (z >> np.uint64(30))) * mixing[1]
                z = (z ^ (z >> np.uint64(27))) * mixing[2]
                mixed[i] = z ^ (z >> np.uint64(31))
            for s in range(4):
                for i in range(len(chosen)):
                    bits = np.int32((mixed[i] >> np.uint64(16 * s)) & np.uint64(0xFFFF))
                    sample = (bits + half) * phases[shift[i], 4 * w + s]
                    total[i] += sample if 4 * w + s >= begun[i] else none
        for i in range(len(chosen)):
            values[chosen[i]] = total[i]
