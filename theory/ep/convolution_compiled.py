"""Passes over pools whose currents stand pool by pool, compiled. Needs numba.

Values and places are (runs, batch, rows, columns, channels) of pools; currents (runs, rows,
columns, batch, 4, channels), with the four pixels of a pool in front of the channels.
"""

from __future__ import annotations

import numba


@numba.njit(cache=True, error_model="numpy")
def strongest(currents, values, where):  # pragma: no cover (compiled)
    """Write the maximum of every pool and which pixel it is, the first of equals."""
    for run in range(values.shape[0]):
        for n in range(values.shape[1]):
            for i in range(values.shape[2]):
                for j in range(values.shape[3]):
                    at = currents[run, i, j, n]
                    for c in range(values.shape[4]):
                        upper, lower = max(at[0, c], at[1, c]), max(at[2, c], at[3, c])
                        left, right = at[1, c] > at[0, c], 2 + (at[3, c] > at[2, c])
                        values[run, n, i, j, c] = max(upper, lower)
                        where[run, n, i, j, c] = right if lower > upper else left


@numba.njit(cache=True, error_model="numpy")
def place(values, where, currents):  # pragma: no cover (compiled)
    """Write the values where the maxima were and zero elsewhere."""
    for run in range(values.shape[0]):
        for n in range(values.shape[1]):
            for i in range(values.shape[2]):
                for j in range(values.shape[3]):
                    for k in range(4):
                        for c in range(values.shape[4]):
                            here = where[run, n, i, j, c] == k
                            value = values[run, n, i, j, c]
                            currents[run, i, j, n, k, c] = value if here else 0


@numba.njit(cache=True, error_model="numpy")
def pick(currents, where, values):  # pragma: no cover (compiled)
    """Write the currents at the places of earlier maxima: the adjoint of `place`."""
    for run in range(values.shape[0]):
        for n in range(values.shape[1]):
            for i in range(values.shape[2]):
                for j in range(values.shape[3]):
                    for c in range(values.shape[4]):
                        k = where[run, n, i, j, c]
                        values[run, n, i, j, c] = currents[run, i, j, n, k, c]


@numba.njit(cache=True, error_model="numpy")
def add(seen, tops, lefts, images):  # pragma: no cover (compiled)
    """Add to images (runs, batch, rows, columns * channels) what stands at every window.

    `seen` is (runs, rows, columns, batch, window rows, window columns * channels); `lefts` are
    places along the last axis of the images.
    """
    for run in range(seen.shape[0]):
        for i in range(seen.shape[1]):
            for j in range(seen.shape[2]):
                top, left = tops[i], lefts[j]
                for n in range(seen.shape[3]):
                    for row in range(seen.shape[4]):
                        for c in range(seen.shape[5]):
                            images[run, n, top + row, left + c] += seen[run, i, j, n, row, c]
