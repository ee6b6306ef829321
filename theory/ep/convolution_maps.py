"""Convolutions with 3 x 3 kernels and 2 x 2 max-pooling, and the adjoint of each.

Images are named (..., channels, rows, columns) and kept with the channels last in memory, kernels
are named (..., out, in, 3, 3) and kept as matrices (9 in, out): then the way up is one product of
patches with that matrix and the way down one product with its transpose, without a copy of either.
Leading axes hold several networks, each with images of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from theory import checks

BLOCK = 2**20  # numbers of patches that are made at once, so that they are used from the cache
DENSE_PIXELS, DENSE_SIZE = 16, 2**17  # up to here one product with all pixels is the fastest


def channels_last(images: np.ndarray) -> np.ndarray:
    """Return images whose memory has the channels last; the shape stays as it is."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(images, -3, -1)), -1, -3)


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


def patches(images: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the 3 x 3 surroundings of every pixel, padded with zeros.

    (..., channels, rows, columns) -> (..., rows + 2 padding - 2, columns + ..., 9 * channels), in
    the order of the rows of `kernel_matrix`.
    """
    pixels = np.moveaxis(images, -3, -1)
    *lead, rows, columns, channels = pixels.shape
    if padding:
        padded = np.zeros(
            (*lead, rows + 2 * padding, columns + 2 * padding, channels), images.dtype
        )
        padded[..., padding:-padding, padding:-padding, :] = pixels
        pixels, rows, columns = padded, rows + 2 * padding, columns + 2 * padding
    found = np.empty((*lead, rows - 2, columns - 2, 9, channels), images.dtype)
    for tap in range(9):
        i, j = divmod(tap, 3)
        found[..., tap, :] = pixels[..., i : i + rows - 2, j : j + columns - 2, :]
    return found.reshape(*lead, rows - 2, columns - 2, 9 * channels)


def _spread(found: np.ndarray, padding: int) -> np.ndarray:
    """Return the adjoint of `patches`: every entry back to its pixel, added up."""
    *lead, rows, columns, size = found.shape
    found = found.reshape(*lead, rows, columns, 9, size // 9)
    pixels = np.zeros((*lead, rows + 2, columns + 2, size // 9), found.dtype)
    for tap in range(9):
        i, j = divmod(tap, 3)
        pixels[..., i : i + rows, j : j + columns, :] += found[..., tap, :]
    if padding:
        pixels = pixels[..., padding:-padding, padding:-padding, :]
    return np.moveaxis(pixels, -1, -3)


def _blocks(batch: int, size: int):
    """Slices of a batch whose patches of `size` numbers an image stay below a block."""
    step = max(1, BLOCK // size)
    return [slice(start, start + step) for start in range(0, batch, step)]


@lru_cache(maxsize=32)
def _places(top_rows, top_columns, rows, columns, padding):
    """Which tap of a kernel joins a pixel above with one below, (above times below, 9)."""
    place = np.zeros((top_rows, top_columns, rows, columns, 9))
    for r, c, tap in np.ndindex(top_rows, top_columns, 9):
        y, x = r + tap // 3 - padding, c + tap % 3 - padding
        if 0 <= y < rows and 0 <= x < columns:
            place[r, c, y, x, tap] = 1
    return place.reshape(-1, 9)


class Convolution:
    """One set of kernels made ready for images of one size: the way up and the way down.

    Parameters
    ----------
    kernels : ndarray, shape (..., out, in, 3, 3)
    padding : {0, 1}
    rows, columns : int
        Of the images below.
    """

    def __init__(self, kernels: np.ndarray, padding: int, rows: int, columns: int):
        self.padding, self.matrix = padding, kernel_matrix(kernels)
        self.above, self.below = kernels.shape[-4:-2]
        self.shape = rows, columns
        self.top = rows + 2 * padding - 2, columns + 2 * padding - 2
        size = rows * columns * self.below * self.above * self.top[0] * self.top[1]
        self.dense = None
        if rows * columns <= DENSE_PIXELS and size <= DENSE_SIZE:
            self.dense = self._dense(kernels)

    def _dense(self, kernels):
        """All pixels below to all pixels above as one matrix, rows in the order of the memory."""
        place = _places(*self.top, *self.shape, self.padding)
        *runs, rows, above = self.matrix.shape
        taps = self.matrix.reshape(*runs, 9, rows // 9 * above)
        spread = place.astype(kernels.dtype) @ taps
        spread = spread.reshape(*runs, *self.top, *self.shape, rows // 9, above)
        n = len(runs)
        order = (*range(n), n + 2, n + 3, n + 4, n, n + 1, n + 5)  # y x in r c out
        return spread.transpose(order).reshape(
            *runs, self.shape[0] * self.shape[1] * self.below, self.top[0] * self.top[1] * above
        )

    def up(self, images: np.ndarray) -> np.ndarray:
        """Return the correlation, (..., batch, in, rows, columns) -> (..., batch, out, ...)."""
        pixels = np.moveaxis(images, -3, -1)
        lead = pixels.shape[:-3]
        if self.dense is not None:
            found = pixels.reshape(*lead, -1) @ self.dense
        else:
            found = np.empty((*lead, self.top[0] * self.top[1], self.above), images.dtype)
            for block in _blocks(lead[-1], self.top[0] * self.top[1] * 9 * self.below):
                seen = patches(images[..., block, :, :, :], self.padding)
                flat = seen.reshape(*lead[:-1], -1, seen.shape[-1])
                part = found[..., block, :, :]
                part[...] = (flat @ self.matrix).reshape(part.shape)
        return np.moveaxis(found.reshape(*lead, *self.top, self.above), -1, -3)

    def down(self, signals: np.ndarray) -> np.ndarray:
        """Return the adjoint: from the output's channels back to the input's."""
        pixels = np.moveaxis(signals, -3, -1)
        lead, matrix = pixels.shape[:-3], np.swapaxes(self.matrix, -1, -2)
        if self.dense is not None:
            back = pixels.reshape(*lead, -1) @ np.swapaxes(self.dense, -1, -2)
            return np.moveaxis(back.reshape(*lead, *self.shape, self.below), -1, -3)
        found = np.empty((*lead, *self.shape, self.below), signals.dtype)
        for block in _blocks(lead[-1], self.top[0] * self.top[1] * 9 * self.below):
            part = pixels[..., block, :, :, :]
            sent = part.reshape(*lead[:-1], -1, self.above) @ matrix
            spread = _spread(sent.reshape(*part.shape[:-1], -1), self.padding)
            found[..., block, :, :, :] = np.moveaxis(spread, -3, -1)
        return np.moveaxis(found, -1, -3)


def kernel_gradient(images: np.ndarray, signals: np.ndarray, padding: int) -> np.ndarray:
    """Return the derivative of ``sum(signals * convolve(images, kernels))`` in the kernels.

    (..., batch, in, rows, columns) and (..., batch, out, ...) -> (..., out, in, 3, 3).
    """
    pixels = np.moveaxis(signals, -3, -1)
    *runs, batch, rows, columns, above = pixels.shape
    total = np.zeros((*runs, 9 * images.shape[-3], above), np.result_type(images, signals))
    for block in _blocks(batch, rows * columns * 9 * images.shape[-3]):
        seen = patches(images[..., block, :, :, :], padding)
        seen = seen.reshape(*runs, -1, seen.shape[-1])
        total += np.swapaxes(seen, -1, -2) @ pixels[..., block, :, :, :].reshape(*runs, -1, above)
    return as_kernels(total)


def convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the correlation with kernels of shape (..., out, in, 3, 3)."""
    return Convolution(kernels, padding, *images.shape[-2:]).up(images)


def transposed_convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the adjoint of `convolve`: from the output's channels back to the input's."""
    rows, columns = images.shape[-2:]
    return Convolution(kernels, padding, rows + 2 - 2 * padding, columns + 2 - 2 * padding).down(
        images
    )


def _corners(images):
    """The four pixels of every 2 x 2 block, row by row."""
    return [images[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]


def pool(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return maxima over 2 x 2 blocks and which of the four pixels each is, the first of equals."""
    a, b, c, d = _corners(images)
    upper, lower = np.maximum(a, b), np.maximum(c, d)
    where = np.where(lower > upper, (d > c) + np.int8(2), b > a)
    return np.maximum(upper, lower), where


def unpool(images: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the adjoint of pooling at fixed places: every value back to where its maximum was."""
    *lead, channels, rows, columns = images.shape
    out = np.moveaxis(np.empty((*lead, 2 * rows, 2 * columns, channels), images.dtype), -1, -3)
    for k, corner in enumerate(_corners(out)):
        np.multiply(images, where == k, out=corner)
    return out


def gather(images: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the pixels at the places of earlier maxima: the adjoint of `unpool`."""
    return np.choose(where, _corners(images))


@dataclass(frozen=True, eq=False)
class UnfoldedKernels:
    """Convolution with 3 x 3 kernels, zero padded by 1, in front of 2 x 2 pools, as a matrix.

    On grids of 8 x 8 pixels and below a matrix product is faster than a convolution. Inputs are
    ordered (row, column, channel); outputs (pixel of the pool, pool row, pool column, channel), so
    that after a reshape to (4, pools) the pooled outputs are ordered like inputs.

    Parameters
    ----------
    side : int
        Rows and columns of the image, even.
    below, above : int
        Channels in and out.
    """

    side: int
    below: int
    above: int
    _cells: tuple[np.ndarray, ...] = field(init=False, repr=False)

    def __post_init__(self):
        side = checks.integer_at_least("side", self.side, 2)
        if side % 2:
            raise ValueError(f"side must be even for 2 x 2 pools, not {side}")
        row, column, tap_row, tap_column = np.meshgrid(
            range(side), range(side), range(3), range(3), indexing="ij"
        )
        from_row, from_column = row + tap_row - 1, column + tap_column - 1
        inside = (from_row >= 0) & (from_row < side) & (from_column >= 0) & (from_column < side)
        source = (from_row * side + from_column)[inside][:, None, None]
        pool = ((row // 2) * (side // 2) + column // 2)[inside][:, None, None]
        pixel = ((row % 2) * 2 + column % 2)[inside][:, None, None]
        tap = (3 * tap_row + tap_column)[inside][:, None, None]
        out, into = np.arange(self.above)[:, None], np.arange(self.below)
        cells = np.broadcast_arrays(
            source * self.below + into,
            (pixel * (side // 2) ** 2 + pool) * self.above + out,
            (out * self.below + into) * 9 + tap,
        )
        source, target, entry = (cell.ravel() for cell in cells)
        order = np.argsort(entry, kind="stable")
        starts = np.searchsorted(entry[order], np.arange(self.above * self.below * 9))
        object.__setattr__(self, "_cells", (source[order], target[order], entry[order], starts))

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs of the matrix."""
        return self.side**2 * self.below, self.side**2 * self.above

    def matrix(self, kernels: np.ndarray) -> np.ndarray:
        """Return the matrices of kernels (runs, above, below, 3, 3), shape (runs, *shape)."""
        wanted = (self.above, self.below, 3, 3)
        if kernels.shape[1:] != wanted:
            raise ValueError(f"kernels must have shape (runs, {wanted}), not {kernels.shape}")
        source, target, entry, _ = self._cells
        matrix = np.zeros((len(kernels), *self.shape), kernels.dtype)
        matrix[:, source, target] = kernels.reshape(len(kernels), -1)[:, entry]
        return matrix

    def kernel_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return the sum of the gradients of a matrix over the entries that share a weight."""
        source, target, _, starts = self._cells
        summed = np.add.reduceat(gradient[:, source, target], starts, axis=1)
        return summed.reshape(len(gradient), self.above, self.below, 3, 3)

    def spread(self, biases: np.ndarray) -> np.ndarray:
        """Return biases (runs, above) as currents of all outputs, (runs, 1, outputs)."""
        return np.tile(biases, (1, self.side**2))[:, None]

    def bias_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return the sum of gradients of currents, (runs, outputs), for every channel."""
        return gradient.reshape(len(gradient), -1, self.above).sum(axis=1)
