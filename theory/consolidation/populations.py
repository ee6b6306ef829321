"""What observers of simulated populations share: the ages they read at, the mean and its error."""

from __future__ import annotations

import numpy as np


def rising_ages(ages: np.ndarray, *, whole: bool = False) -> np.ndarray:
    """Return the ages at which a memory is read: 0 or later and rising, as whole numbers if so."""
    found = np.asarray(ages, float)
    if found[0] < 0 or np.any(np.diff(found) <= 0):
        raise ValueError("ages must be 0 or later and rising")
    if not whole:
        return found
    if np.any(found % 1) or found[-1] > 2**53:
        raise ValueError("ages must be whole numbers, of patterns since the one that is followed")
    return found.astype(int)


def mean_and_error(signal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard error over populations, which are the last axis."""
    return signal.mean(axis=-1), signal.std(axis=-1, ddof=1) / np.sqrt(signal.shape[-1])
