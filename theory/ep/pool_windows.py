"""Convolutions in front of pools with a matrix for every pool, for small images.

A 2 x 2 pool sees a window of at most 4 x 4 pixels, of 3 x 3 in the corner of a padded image. What
its four pixels receive is the product of that window with a matrix that is nearly full. A matrix of
all pixels with all pixels is nearly empty, and patches of 3 x 3 are copies of small rows.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from theory.ep.convolution_maps import Convolution, as_kernels, channels_last, in_memory, named

TAPS = 9
SMALL = 2**17  # up to so many pairs of what comes in and goes out windows are the fastest


@cache
def compiled():
    """Return the module of the compiled passes, or None where numba is missing."""
    try:
        from theory.ep import convolution_compiled
    except ImportError:
        return None
    return convolution_compiled


def _span(size: int, padding: int) -> tuple[np.ndarray, int]:
    """Where the windows of all pools begin along an axis, and how long they are."""
    begin = 2 * np.arange((size + 2 * padding - 2) // 2) - padding
    first, end = np.maximum(begin, 0), np.minimum(begin + 4, size)
    length = int((end - first).max())
    return np.minimum(first, size - length), length


class PoolWindows:
    """The windows of all pools above an image.

    Parameters
    ----------
    rows, columns : int
        Of the image.
    padding : {0, 1}
    """

    def __init__(self, rows: int, columns: int, padding: int):
        self.tops, high = _span(rows, padding)
        self.lefts, wide = _span(columns, padding)
        self.shape, self.window = (rows, columns), (high, wide)
        self.pools = len(self.tops), len(self.lefts)
        cells = []  # (tap, pool, pixel of the window, pixel of the pool)
        for pool, (i, j) in enumerate(np.ndindex(*self.pools)):
            for pixel, (row, column) in enumerate(np.ndindex(2, 2)):
                for tap, (down, right) in enumerate(np.ndindex(3, 3)):
                    y, x = 2 * i + row + down - padding, 2 * j + column + right - padding
                    if 0 <= y < rows and 0 <= x < columns:
                        place = (y - self.tops[i]) * wide + x - self.lefts[j]
                        cells.append((tap, pool, place, pixel))
        self.tap, self.pool, self.place, self.pixel = np.array(sorted(cells)).T
        self.starts = np.searchsorted(self.tap, np.arange(TAPS))

    def matrices(self, taps: np.ndarray) -> np.ndarray:
        """Return the matrix of every pool, (runs, pools, window, 4 out), of (runs, 9 in, out)."""
        runs, rows, above = taps.shape
        pools, pixels = self.pools[0] * self.pools[1], self.window[0] * self.window[1]
        found = np.zeros((runs, pools, pixels, rows // TAPS, 4, above), taps.dtype)
        parts = taps.reshape(runs, TAPS, rows // TAPS, above).swapaxes(0, 1)
        found[:, self.pool, self.place, :, self.pixel] = parts[self.tap]
        return found.reshape(runs, pools, pixels * rows // TAPS, 4 * above)

    def summed(self, pairs: np.ndarray, above: int) -> np.ndarray:
        """Return the adjoint of `matrices`: a sum over all pixels that share a weight."""
        runs, pools, size, _ = pairs.shape
        below = size // (self.window[0] * self.window[1])
        pairs = pairs.reshape(runs, pools, -1, below, 4, above)
        parts = pairs[:, self.pool, self.place, :, self.pixel]
        total = np.add.reduceat(parts, self.starts, axis=0).swapaxes(0, 1)
        return total.reshape(runs, TAPS * below, above)

    def cut(self, images: np.ndarray) -> np.ndarray:
        """Return what every window shows, (runs, pools, batch, window), of (runs, batch, ...)."""
        runs, batch, *_, channels = images.shape
        (high, wide), rows = self.window, images.reshape(runs, batch, self.shape[0], -1)
        seen = np.empty((runs, *self.pools, batch, high, wide * channels), images.dtype)
        for i, j in np.ndindex(*self.pools):
            top, left = self.tops[i], self.lefts[j] * channels
            seen[:, i, j] = rows[:, :, top : top + high, left : left + wide * channels]
        return seen.reshape(runs, self.pools[0] * self.pools[1], batch, -1)

    def add(self, seen: np.ndarray) -> np.ndarray:
        """Return the adjoint of `cut`, images (runs, batch, rows, columns, channels)."""
        runs, _, batch, size = seen.shape
        (high, wide), channels = self.window, size // (self.window[0] * self.window[1])
        seen = seen.reshape(runs, *self.pools, batch, high, wide * channels)
        images = np.zeros((runs, batch, self.shape[0], self.shape[1] * channels), seen.dtype)
        if program := compiled():
            program.add(seen, self.tops, self.lefts * channels, images)
        else:
            for i, j in np.ndindex(*self.pools):
                top, left = self.tops[i], self.lefts[j] * channels
                images[:, :, top : top + high, left : left + wide * channels] += seen[:, i, j]
        return images.reshape(runs, batch, *self.shape, channels)


@lru_cache(maxsize=64)
def pool_windows(rows: int, columns: int, padding: int) -> PoolWindows:
    """Return `PoolWindows` of these arguments, made once."""
    return PoolWindows(rows, columns, padding)


class WindowedConvolution(Convolution):
    """`Convolution` in front of 2 x 2 pools by `PoolWindows`.

    Currents are (runs, pool rows, pool columns, batch, 4, out), the four pixels of a pool apart.
    """

    def __init__(self, kernels: np.ndarray, padding: int, rows: int, columns: int):
        super().__init__(kernels, padding, rows, columns)
        self.windows, self.runs = pool_windows(rows, columns, padding), kernels.shape[:-4]
        self.matrices = self.windows.matrices(self.matrix.reshape(-1, *self.matrix.shape[-2:]))

    def _pixels(self, images):
        """Images or values of pools as (runs, batch, rows, columns, channels)."""
        pixels = np.ascontiguousarray(in_memory(images))
        return pixels.reshape(-1, *pixels.shape[-4:])

    def _named(self, pixels):
        return named(pixels.reshape(*self.runs, *pixels.shape[1:]))

    def _flat(self, currents):
        """Currents as they are multiplied, (runs, pools, batch, 4 out)."""
        runs, rows, columns, batch, *_ = currents.shape
        return currents.reshape(runs, rows * columns, batch, 4 * self.above)

    def _corners(self, currents):
        pools = currents.transpose(4, 0, 3, 1, 2, 5)
        return [self._named(corner) for corner in pools]

    def _empty(self, values):
        runs, batch, *_ = self._pixels(values).shape
        return np.empty((runs, *self.windows.pools, batch, 4, self.above), values.dtype)

    def up(self, images: np.ndarray) -> np.ndarray:
        found = self.windows.cut(self._pixels(images)) @ self.matrices
        runs, _, batch, _ = found.shape
        return found.reshape(runs, *self.windows.pools, batch, 4, self.above)

    def down(self, signals: np.ndarray) -> np.ndarray:
        seen = self._flat(signals) @ np.swapaxes(self.matrices, -1, -2)
        return self._named(self.windows.add(seen))

    def gradient(self, images: np.ndarray, signals: np.ndarray) -> np.ndarray:
        seen = self.windows.cut(self._pixels(images))
        pairs = np.swapaxes(seen, -1, -2) @ self._flat(signals)
        total = self.windows.summed(pairs, self.above)
        return as_kernels(total.reshape(*self.runs, *total.shape[1:]))

    def strongest(self, currents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        program = compiled()
        if program is None:
            values, where = super().strongest(currents)
            return channels_last(values), channels_last(where)
        runs, rows, columns, batch, _, above = currents.shape
        values = np.empty((runs, batch, rows, columns, above), currents.dtype)
        where = np.empty(values.shape, np.int8)
        program.strongest(currents, values, where)
        return self._named(values), self._named(where)

    def place(self, values: np.ndarray, where: np.ndarray) -> np.ndarray:
        program = compiled()
        if program is None:
            return super().place(values, where)
        currents = self._empty(values)
        program.place(self._pixels(values), self._pixels(where), currents)
        return currents

    def pick(self, currents: np.ndarray, where: np.ndarray) -> np.ndarray:
        program, places = compiled(), self._pixels(where)
        if program is None:
            return channels_last(super().pick(currents, where))
        values = np.empty(places.shape, currents.dtype)
        program.pick(currents, places, values)
        return self._named(values)


def pool_convolution(kernels: np.ndarray, padding: int, rows: int, columns: int) -> Convolution:
    """Return the `Convolution` in front of 2 x 2 pools that is the fastest at this size."""
    top = (rows + 2 * padding - 2) * (columns + 2 * padding - 2)
    pairs = rows * columns * top * kernels.shape[-4] * kernels.shape[-3]
    kind = WindowedConvolution if pairs <= SMALL else Convolution
    return kind(kernels, padding, rows, columns)
