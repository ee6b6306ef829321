"""Pools: soft ones, and the convolutions of small images in front of pools as matrices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from theory.ep.activations import softmax


@dataclass(frozen=True, eq=False)
class UnfoldedKernels:
    """Convolution with 3 x 3 kernels in front of pools as a matrix.

    On grids of 8 x 8 pixels and below a matrix product is faster than a convolution. Inputs are
    ordered (row, column, channel); outputs (pixel of the pool, pool row, pool column, channel), so
    that after a reshape to (4, pools) the pooled outputs are ordered like inputs.

    Parameters
    ----------
    rows, columns : int
        Of the image.
    below, above : int
        Channels in and out.
        Images are padded with zeros; rows and columns are even.
    """

    rows: int
    columns: int
    below: int
    above: int
    _cells: tuple[np.ndarray, ...] = field(init=False, repr=False)

    def __post_init__(self):
        rows, columns = self.rows, self.columns
        if rows < 1 or columns < 1 or rows % 2 or columns % 2:
            raise ValueError(f"rows, columns: they leave {rows} x {columns} to pools of 2 x 2")
        row, column, tap_row, tap_column = np.meshgrid(
            range(rows), range(columns), range(3), range(3), indexing="ij"
        )
        from_row, from_column = row + tap_row - 1, column + tap_column - 1
        inside = (from_row >= 0) & (from_row < self.rows)
        inside &= (from_column >= 0) & (from_column < self.columns)
        (pool_row, pixel_row), (pool_column, pixel_column) = (
            np.divmod(place, 2) for place in (row, column)
        )
        source = (from_row * self.columns + from_column)[inside][:, None, None]
        pool = (pool_row * (columns // 2) + pool_column)[inside][:, None, None]
        pixel = (pixel_row * 2 + pixel_column)[inside][:, None, None]
        tap = (3 * tap_row + tap_column)[inside][:, None, None]
        pools = rows * columns // 4
        out, into = np.arange(self.above)[:, None], np.arange(self.below)
        cells = np.broadcast_arrays(
            source * self.below + into,
            (pixel * pools + pool) * self.above + out,
            (out * self.below + into) * 9 + tap,
        )
        source, target, entry = (cell.ravel() for cell in cells)
        order = np.argsort(entry, kind="stable")
        starts = np.searchsorted(entry[order], np.arange(self.above * self.below * 9))
        object.__setattr__(self, "_cells", (source[order], target[order], entry[order], starts))

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs of the matrix."""
        pixels = self.rows * self.columns
        return pixels * self.below, pixels * self.above

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
        return np.tile(biases, (1, self.shape[1] // self.above))[:, None]

    def bias_gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return the sum of gradients of currents, (runs, outputs), for every channel."""
        return gradient.reshape(len(gradient), -1, self.above).sum(axis=1)


class SoftPools:
    """Soft pools at given currents, (..., inputs, pools): what they return and how they bend."""

    def __init__(self, currents: np.ndarray, temperature: float = 1.0):
        self.currents, self.temperature = currents, temperature
        self.shares = softmax(currents / temperature, axis=-2)
        self.values = np.sum(self.shares * currents, axis=-2)

    @cached_property
    def slopes(self) -> np.ndarray:
        """The derivatives of the values by the inputs, p (1 + (z - s) / T)."""
        slopes = self.currents - self.values[..., None, :]
        slopes /= self.temperature
        slopes += 1
        slopes *= self.shares
        return slopes

    @cached_property
    def _bend(self) -> np.ndarray:
        return self.shares + self.slopes

    def changes(self, direction: np.ndarray) -> np.ndarray:
        """Return the derivative of the slopes along a direction: the Hessian times it."""
        mean = np.sum(self.shares * direction, axis=-2, keepdims=True)
        moved = np.sum(self.slopes * direction, axis=-2, keepdims=True)
        changes = self._bend * direction
        changes -= self.slopes * mean
        changes -= self.shares * moved
        changes /= self.temperature
        return changes
