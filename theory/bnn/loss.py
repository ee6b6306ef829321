"""Softmax cross-entropy."""

from __future__ import annotations

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss and its gradient.

    Parameters
    ----------
    logits : ndarray, shape (samples, classes)
    labels : ndarray of int, shape (samples,)

    Returns
    -------
    loss : float
        Mean of -log softmax(logits)[label]; infinite or NaN logits give an infinite loss or NaN.
    gradient : ndarray, shape (samples, classes)
        With respect to the logits.
    """
    rows = np.arange(len(labels))
    # NaN and infinite logits are reported by the runner as a diverged loss, not as warnings.
    with np.errstate(invalid="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
    gradient = np.exp(shifted)
    total = gradient.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - shifted[rows, labels]))
    gradient /= total
    gradient[rows, labels] -= 1
    gradient /= len(labels)
    return loss, gradient
