"""Softmax cross-entropy."""

from __future__ import annotations

import numpy as np

from theory.bnn.arrays import module_of


def cross_entropy(logits: np.ndarray, labels: np.ndarray):
    """Return the mean loss and its gradient.

    Parameters
    ----------
    logits : ndarray, shape (..., samples, classes)
    labels : ndarray of int, shape (..., samples)

    Returns
    -------
    loss : ndarray, shape (...)
        Mean of -log softmax(logits)[label]; infinite or NaN logits give an infinite loss or NaN.
    gradient : ndarray, shape (..., samples, classes)
        With respect to the logits.
    """
    classes = module_of(logits).arange(logits.shape[-1])
    # NaN and infinite logits are reported by the runner as a diverged loss, not as warnings.
    with np.errstate(invalid="ignore"):
        shifted = logits - logits.max(axis=-1, keepdims=True)
    gradient = np.exp(shifted)
    total = gradient.sum(axis=-1, keepdims=True)
    chosen = labels[..., None] == classes
    loss = (np.log(total[..., 0]) - np.where(chosen, shifted, 0).sum(axis=-1)).mean(axis=-1)
    gradient /= total
    gradient -= chosen
    gradient /= labels.shape[-1]
    return loss, gradient
