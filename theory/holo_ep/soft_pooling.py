r"""Soft pooling, the holomorphic stand-in for max-pooling, and its first two derivatives.

.. math:: s = \sum_i p_i z_i, \qquad p_i = e^{z_i / T} / \sum_j e^{z_j / T}

real or complex. It tends to the maximum for a low temperature T and to the mean for a high one.
Source: Laborieux and Zenke 2022, 2024. The inputs of a pool lie along the last axis but one, (...,
inputs, pools): sums over a short last axis are several times slower.
"""

from __future__ import annotations

import numpy as np

from theory import checks


def shares(currents: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the weights p of the inputs of every pool, shape (..., inputs, pools)."""
    z = currents / checks.positive("temperature", temperature)
    size = np.exp(z.real - z.real.max(axis=-2, keepdims=True))
    if np.iscomplexobj(z):
        value = np.empty_like(z)  # by real functions, which are far faster than a complex one
        value.real, value.imag = size * np.cos(z.imag), size * np.sin(z.imag)
        size = value
    size /= size.sum(axis=-2, keepdims=True)
    return size


def soft_pool(currents: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the pooled currents, shape (..., inputs, pools) -> (..., pools)."""
    return np.sum(shares(currents, temperature) * currents, axis=-2)


def pool_slopes(currents: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the derivatives by the inputs, p (1 + (z - s) / T), shape of the currents.

    They sum to 1 over a pool; single ones can be negative.
    """
    p = shares(currents, temperature)
    pooled = np.sum(p * currents, axis=-2, keepdims=True)
    return p * (1 + (currents - pooled) / temperature)


def pool_slope_changes(
    currents: np.ndarray, direction: np.ndarray, temperature: float = 1.0
) -> np.ndarray:
    """Return the derivative of `pool_slopes` along a direction: the Hessian times it."""
    p = shares(currents, temperature)
    pooled = np.sum(p * currents, axis=-2, keepdims=True)
    rise = 1 + (currents - pooled) / temperature
    mean = np.sum(p * direction, axis=-2, keepdims=True)
    moved = np.sum(p * rise * direction, axis=-2, keepdims=True)
    return p * ((direction - mean) * rise + (direction - moved)) / temperature
