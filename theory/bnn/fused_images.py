"""Compiled passes over images: patches of a convolution, their sums back, and maxima of blocks."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, error_model="numpy")
def _gather(padded, patches, side):  # pragma: no cover (compiled)
    width = patches.shape[4]
    channels = width // side
    for n in range(patches.shape[0]):
        for i in range(patches.shape[1]):
            for j in range(patches.shape[2]):
                for row in range(side):
                    for c in range(width):
                        patches[n, i, j, row, c] = padded[n, i + row, j * channels + c]


@numba.njit(cache=True, error_model="numpy")
def _scatter(patches, padded, side):  # pragma: no cover (compiled)
    width = patches.shape[4]
    channels = width // side
    padded[:] = 0
    for n in range(patches.shape[0]):
        for i in range(patches.shape[1]):
            for j in range(patches.shape[2]):
                for row in range(side):
                    for c in range(width):
                        padded[n, i + row, j * channels + c] += patches[n, i, j, row, c]


@numba.njit(cache=True, error_model="numpy")
def _maxima(images, side, out):  # pragma: no cover (compiled)
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                for k in range(side * side):
                    row, column = i * side + k // side, j * side + k % side
                    for c in range(out.shape[3]):
                        x = images[n, row, column, c]
                        out[n, i, j, c] = x if k == 0 else max(out[n, i, j, c], x)


@numba.njit(cache=True, error_model="numpy")
def _maxima_back(images, side, out, upstream, back):  # pragma: no cover (compiled)
    share = np.empty(out.shape[3], out.dtype)
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                share[:] = 0
                for k in range(side * side):
                    row, column = i * side + k // side, j * side + k % side
                    for c in range(out.shape[3]):
                        share[c] += images[n, row, column, c] == out[n, i, j, c]
                for c in range(out.shape[3]):
                    share[c] = upstream[n, i, j, c] / share[c]
                for k in range(side * side):
                    row, column = i * side + k // side, j * side + k % side
                    for c in range(out.shape[3]):
                        reached = images[n, row, column, c] == out[n, i, j, c]
                        back[n, row, column, c] = share[c] if reached else 0


def gather(padded, patches):
    """Write the patches (images, high, wide, side, side, channels) of padded images."""
    _gather(_rows(padded), _merged(patches), patches.shape[3])


def scatter(patches, padded):
    """Write into padded images the sums of all that patches have there."""
    _scatter(_merged(patches), _rows(padded), patches.shape[3])


def maxima(images, side, out):
    """Write the largest number of each block of pixels, (images, rows, columns, channels)."""
    _maxima(np.ascontiguousarray(images), side, out)


def maxima_back(images, side, out, upstream, back):
    """Share the gradient of each maximum among the pixels that reach it, the others get none."""
    _maxima_back(np.ascontiguousarray(images), side, out, np.ascontiguousarray(upstream), back)


def _rows(padded):
    """The columns and channels of a row next to each other."""
    return padded.reshape(*padded.shape[:2], -1)


def _merged(patches):
    return patches.reshape(*patches.shape[:4], -1)
