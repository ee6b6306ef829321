"""Convolutions with 3 x 3 kernels and 2 x 2 max-pooling, and the adjoint of each."""

from __future__ import annotations

import numpy as np


def patches(images: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the 3 x 3 surroundings of every pixel, padded with zeros.

    (batch, channels, rows, columns) -> (batch, rows + 2 padding - 2, columns + ..., 9 * channels).
    """
    around = (padding, padding)
    padded = np.pad(images, ((0, 0), (0, 0), around, around)) if padding else images
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    windows = windows.transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(*windows.shape[:3], -1)


def convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the correlation with kernels of shape (out, in, 3, 3)."""
    found = patches(images, padding) @ kernels.reshape(len(kernels), -1).T
    return found.transpose(0, 3, 1, 2)


def transposed_convolve(images: np.ndarray, kernels: np.ndarray, padding: int = 1) -> np.ndarray:
    """Return the adjoint of `convolve`: from the output's channels back to the input's."""
    return convolve(images, kernels[:, :, ::-1, ::-1].swapaxes(0, 1), 2 - padding)


def pool(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return maxima over 2 x 2 blocks and which of the four pixels each one is."""
    batch, channels, rows, columns = images.shape
    blocks = images.reshape(batch, channels, rows // 2, 2, columns // 2, 2)
    blocks = blocks.transpose(0, 1, 2, 4, 3, 5).reshape(batch, channels, rows // 2, columns // 2, 4)
    where = blocks.argmax(axis=-1)
    return np.take_along_axis(blocks, where[..., None], axis=-1)[..., 0], where


def unpool(images: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the adjoint of pooling at fixed places: every value back to where its maximum was."""
    batch, channels, rows, columns = images.shape
    blocks = images[..., None] * (where[..., None] == np.arange(4))
    blocks = blocks.reshape(batch, channels, rows, columns, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return blocks.reshape(batch, channels, 2 * rows, 2 * columns)
