"""Convolutions with 3 x 3 kernels and 2 x 2 max-pooling, and the adjoint of each.

Images are named (..., channels, rows, columns) and kept with the channels last in memory, kernels
are named (..., out, in, 3, 3) and kept as matrices (9 in, out): then the way up is one product of
patches with that matrix and the way down one product with its transpose, without a copy of either.
Currents in front of pools are kept with the four pixels of every pool *apart*, as (..., 2, 2,
channels, rows / 2, columns / 2): a pool then compares four arrays, and un-pooling fills four.
Leading axes hold several networks, each with images of its own.
"""

from __future__ import annotations

import numpy as np

BLOCK = 2**20  # numbers of patches that are made at once, so that they are used from the cache
POOL = 2  # rows and columns of a pool


def in_memory(images: np.ndarray) -> np.ndarray:
    """Return (..., channels, rows, columns) as (..., rows, columns, channels), the same memory."""
    return images.swapaxes(-3, -2).swapaxes(-2, -1)


def named(pixels: np.ndarray) -> np.ndarray:
    """Return (..., rows, columns, channels) as (..., channels, rows, columns), the same memory."""
    return pixels.swapaxes(-2, -1).swapaxes(-3, -2)


def channels_last(images: np.ndarray) -> np.ndarray:
    """Return images whose memory has the channels last; the shape stays as it is."""
    return named(np.ascontiguousarray(in_memory(images)))


def features_last(dense: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return dense weights (..., classes, features) in the order of the memory of what they read.

    `shape` ends with channels, rows and columns of the images that are read.
    """
    weights = in_memory(dense.reshape(*dense.shape[:-1], *shape[-3:]))
    return weights.reshape(dense.shape)


def kernel_matrix(kernels: np.ndarray) -> np.ndarray:
    """Return kernels (..., out, in, 3, 3) as matrices (..., 9 in, out)."""
    *runs, above, below, _, _ = kernels.shape
    axes = (*range(len(runs)), -2, -1, -3, -4)
    return kernels.transpose([a % kernels.ndim for a in axes]).reshape(*runs, 9 * below, above)


def as_kernels(matrix: np.ndarray) -> np.ndarray:
    """Return matrices (..., 9 in, out) as kernels (..., out, in, 3, 3), the same memory."""
    *runs, rows, above = matrix.shape
    split = matrix.reshape(*runs, 3, 3, rows // 9, above)
    n = len(runs)
    return split.transpose(*range(n), n + 3, n + 2, n, n + 1)


def apart(images: np.ndarray, block: int = POOL) -> np.ndarray:
    """Return (..., block, block, channels, rows / block, columns / block), the same memory."""
    *lead, channels, rows, columns = images.shape
    split = images.reshape(*lead, channels, rows // block, block, columns // block, block)
    n = len(lead)
    return split.transpose(*range(n), n + 2, n + 4, n, n + 1, n + 3)


def together(currents: np.ndarray) -> np.ndarray:
    """Return currents of `apart` as images again."""
    *lead, block, _, channels, rows, columns = currents.shape
    n = len(lead)
    split = currents.transpose(*range(n), n + 2, n + 3, n, n + 4, n + 1)
    return split.reshape(*lead, channels, rows * block, columns * block)


def _windows(pixels: np.ndarray, block: int):
    """The view of every tap on padded images (..., rows, columns, channels), with pools apart."""
    images = named(pixels)
    rows, columns = (size - 2 for size in images.shape[-2:])
    for i, j in np.ndindex(3, 3):
        yield in_memory(apart(images[..., i : i + rows, j : j + columns], block))


def patches(images: np.ndarray, padding: int = 1, block: int = 1) -> np.ndarray:
    """Return the 3 x 3 surroundings of every pixel, padded with zeros.

    (..., channels, rows, columns) -> (..., block, block, (rows + 2 padding - 2) / block, (columns +
    ...) / block, 9 * channels), in the order of the rows of `kernel_matrix`.
    """
    pixels = in_memory(images)
    *lead, rows, columns, channels = pixels.shape
    if padding:
        padded = np.zeros((*lead, rows + 2, columns + 2, channels), images.dtype)
        padded[..., 1:-1, 1:-1, :] = pixels
        pixels, rows, columns = padded, rows + 2, columns + 2
    top = (block, block, (rows - 2) // block, (columns - 2) // block)
    found = np.empty((*lead, *top, 9, channels), images.dtype)
    for tap, window in enumerate(_windows(pixels, block)):
        found[..., tap, :] = window
    return found.reshape(*lead, *top, 9 * channels)


def _spread(found: np.ndarray, padding: int) -> np.ndarray:
    """Return the adjoint of `patches`: every entry back to its pixel, added up."""
    *lead, block, _, rows, columns, size = found.shape
    found = found.reshape(*found.shape[:-1], 9, size // 9)
    pixels = np.zeros((*lead, rows * block + 2, columns * block + 2, size // 9), found.dtype)
    for tap, window in enumerate(_windows(pixels, block)):
        window += found[..., tap, :]
    return pixels[..., 1:-1, 1:-1, :] if padding else pixels


def _blocks(batch: int, size: int):
    """Slices of a batch whose patches of `size` numbers an image stay below a block."""
    step = max(1, BLOCK // size)
    return [slice(start, start + step) for start in range(0, batch, step)]


class Convolution:
    """One set of kernels made ready for images of one size: the way up and the way down.

    Parameters
    ----------
    kernels : ndarray, shape (..., out, in, 3, 3)
    padding : {0, 1}
    rows, columns : int
        Of the images below.
    block : {2, 1}
        Of the pools above; 1 where none follows.
    """

    def __init__(self, kernels: np.ndarray, padding: int, rows: int, columns: int, block=POOL):
        self.padding, self.matrix = padding, kernel_matrix(kernels)
        self.above, self.below = kernels.shape[-4:-2]
        self.shape, top = (rows, columns), (rows + 2 * padding - 2, columns + 2 * padding - 2)
        self.top = (block, block, top[0] // block, top[1] // block)
        self.places = top[0] * top[1]

    def up(self, images: np.ndarray) -> np.ndarray:
        """Return the correlation, (..., batch, in, rows, columns), with the pools `apart`."""
        pixels = in_memory(images)
        lead = pixels.shape[:-3]
        found = np.empty((*lead, self.places, self.above), images.dtype)
        for block in _blocks(lead[-1], self.places * 9 * self.below):
            seen = patches(images[..., block, :, :, :], self.padding, self.top[0])
            flat = seen.reshape(*lead[:-1], -1, seen.shape[-1])
            part = found[..., block, :, :]
            part[...] = (flat @ self.matrix).reshape(part.shape)
        return named(found.reshape(*lead, *self.top, self.above))

    def _corners(self, currents):
        """The four pixels of every pool, (..., batch, out, pool rows, pool columns) each."""
        return _corners(currents)

    def _empty(self, values):
        """Currents that are still to be written, of pools that return such values."""
        *lead, channels, rows, columns = values.shape
        return named(np.empty((*lead, POOL, POOL, rows, columns, channels), values.dtype))

    def strongest(self, currents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the maximum of every pool and which of the four it is, the first of equals."""
        return _largest(self._corners(currents))

    def place(self, values: np.ndarray, where: np.ndarray) -> np.ndarray:
        """Return the adjoint of `strongest` at fixed places: values where their maxima were."""
        currents = self._empty(values)
        _put(self._corners(currents), values, where)
        return currents

    def pick(self, currents: np.ndarray, where: np.ndarray) -> np.ndarray:
        """Return the currents at the places of earlier maxima: the adjoint of `place`."""
        return np.choose(where, self._corners(currents))

    def pooled(self, images: np.ndarray, biases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `strongest` of the way up; a bias, (..., out), moves a pool as a whole."""
        values, where = self.strongest(self.up(images))
        values += biases[..., None, :, None, None]
        return values, where

    def down(self, signals: np.ndarray) -> np.ndarray:
        """Return the adjoint: from the output's channels, pools apart, back to the input's."""
        places = in_memory(signals)
        lead = places.shape[:-5]
        found = np.empty((*lead, *self.shape, self.below), signals.dtype)
        matrix = np.swapaxes(self.matrix, -1, -2)
        for block in _blocks(lead[-1], self.places * 9 * self.below):
            part = places[..., block, :, :, :, :, :]
            sent = part.reshape(*lead[:-1], -1, self.above) @ matrix
            found[..., block, :, :, :] = _spread(sent.reshape(*part.shape[:-1], -1), self.padding)
        return named(found)

    def gradient(self, images: np.ndarray, signals: np.ndarray) -> np.ndarray:
        """Return the derivative of ``sum(signals * up(images))`` in the kernels, in their shape."""
        pixels, places = in_memory(images), in_memory(signals)
        *runs, batch = pixels.shape[:-3]
        kind = np.result_type(images, signals)
        total = np.zeros((*runs, 9 * self.below, self.above), kind)
        for block in _blocks(batch, self.places * 9 * self.below):
            seen = patches(images[..., block, :, :, :], self.padding, self.top[0])
            seen = seen.reshape(*runs, -1, seen.shape[-1])
            part = places[..., block, :, :, :, :, :].reshape(*runs, -1, self.above)
            total += np.swapaxes(seen, -1, -2) @ part
        return as_kernels(total)


class Ground(tuple):
    """Pooled values and places of a static image, and the kernels made ready for one relaxation."""

    up: list[Convolution]
    down: list[Convolution]


def convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the correlation with kernels of shape (..., out, in, 3, 3)."""
    rows, columns = images.shape[-2:]
    return together(Convolution(kernels, padding, rows, columns, 1).up(images))


def transposed_convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the adjoint of `convolve`: from the output's channels back to the input's."""
    rows, columns = (size + 2 - 2 * padding for size in images.shape[-2:])
    return Convolution(kernels, padding, rows, columns, 1).down(apart(images, 1))


def _corners(currents):
    """The four pixels of every pool, row by row."""
    return [currents[..., i, j, :, :, :] for i in (0, 1) for j in (0, 1)]


def _largest(corners):
    a, b, c, d = corners
    upper, lower = np.maximum(a, b), np.maximum(c, d)
    where = np.where(lower > upper, (d > c) + np.int8(2), b > a)
    return np.maximum(upper, lower), where


def _put(corners, values, where):
    """Write values into the corners that they come from, zeros into the others."""
    for k, corner in enumerate(corners):
        np.multiply(values, where == k, out=corner)


def pool(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return maxima over 2 x 2 pixels and which of the four each is, the first of equals."""
    return _largest(_corners(apart(images)))


def unpool(images: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the adjoint of `pool` at fixed places: every value back to where its maximum was."""
    *lead, rows, columns = images.shape
    found = np.empty((*lead, rows * POOL, columns * POOL), images.dtype)
    _put(_corners(apart(found)), images, where)
    return found
