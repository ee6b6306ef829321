"""Convolutions with 3 x 3 kernels on small images as plain matrices that share their entries.

On grids of 8 x 8 pixels and below a matrix product is faster than a convolution. Inputs are ordered
(row, column, channel); outputs (pixel of the 2 x 2 pool, pool row, pool column, channel), so that
after a reshape to (4, pools) the pooled outputs are ordered like inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks


@dataclass(frozen=True, eq=False)
class UnfoldedKernels:
    """The pattern of one convolution, zero padded by 1, in front of 2 x 2 pools.

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
