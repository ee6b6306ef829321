"""Steps that training takes with any gradient estimate: momentum, a falling rate, dropout."""

from __future__ import annotations

import numpy as np


def momentum_step(parameters, velocity, estimate, rates, momentum, weight_decay) -> None:
    """Take one step of gradient descent with momentum and weight decay, in place.

    ``v = momentum v + g + weight_decay p``, then ``p -= rate v``, with a rate for every array.
    """
    for p, v, g, rate in zip(parameters, velocity, estimate, rates, strict=True):
        v *= momentum
        v += g + weight_decay * p
        p -= p.dtype.type(rate) * v


def fitting_batch(batch_size: int, images: int) -> None:
    """Refuse mini-batches that are larger than the data: none would be trained on."""
    if batch_size > images:
        raise ValueError(f"batch_size: {batch_size} is larger than the {images} images to train on")


def half_cosine(epoch: int, epochs: int) -> float:
    """Return the share of the learning rate in an epoch, from 1 down along half a cosine."""
    return 0.5 * (1 + np.cos(np.pi * epoch / epochs))


def dropout_mask(shape, kept_share: float, rng: np.random.Generator, dtype=np.float32):
    """Return a mask that keeps a share of the units, or None for all.

    Kept units are amplified, so that nothing changes in the mean.
    """
    if kept_share == 1:
        return None
    return (rng.random(shape) < kept_share).astype(dtype) / np.dtype(dtype).type(kept_share)
