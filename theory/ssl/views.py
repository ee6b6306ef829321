"""Two views of real images for the small encoder: digits over structured backgrounds.

**The task is designed**, so that there is something to learn in seconds: each view adds an
independent background from a fixed random subspace, strong enough to hide the digit from a random
encoder but not from one that has learned to ignore that subspace. It illustrates the mechanism and
is no evidence about natural images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.data.embedded import digit_images
from theory.door import door


@door
@dataclass(frozen=True, eq=False)
class BackgroundDigits:
    """Digits of 8 x 8 pixels, and how a view of them is drawn.

    Attributes
    ----------
    train_images, test_images : ndarray, shape (images, 64)
        float32, centred, with unit mean standard deviation of the pixels.
    train_labels, test_labels : ndarray of int
    backgrounds : ndarray, shape (24, 64)
        Orthonormal directions of the background.
    strength, noise : float
        Standard deviations of background components and of pixel noise.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    backgrounds: np.ndarray
    strength: float = 3.0
    noise: float = 0.3

    @classmethod
    @door(train=">= 1")
    def drawn(cls, rng: np.random.Generator | int, *, train: int = 1400, directions: int = 24):
        """Shuffle the digits and draw the background subspace."""
        rng = checks.as_rng(rng)
        images, labels = digit_images()
        if train >= len(images):
            raise ValueError(f"train must be below the {len(images)} images, not {train}")
        order = rng.permutation(len(images))
        images, labels = images[order], labels[order]
        images -= images[:train].mean(axis=0)
        images /= images[:train].std(axis=0).mean()
        basis, _ = np.linalg.qr(rng.standard_normal((images.shape[1], directions)))
        basis = basis.T.astype(np.float32)
        return cls(images[:train], labels[:train], images[train:], labels[train:], basis)

    @door(images="2d")
    def view(self, images: np.ndarray, rng: np.random.Generator | int) -> np.ndarray:
        """Return one view of each image, (images, 64)."""
        images, rng = np.asarray(images), checks.as_rng(rng)
        shape = (len(images), len(self.backgrounds))
        view = rng.standard_normal(shape, dtype=np.float32) @ self.backgrounds
        view *= self.strength
        view += images
        pixels = rng.standard_normal(images.shape, dtype=np.float32)
        pixels *= self.noise
        view += pixels
        return view


@door(train="2d", test="2d", train_labels="wholes 1d", test_labels="wholes 1d")
def ridge_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    penalty: float = 1e-2,
) -> float:
    """Return the test accuracy of a linear read-out by ridge regression on one-hot labels.

    Parameters
    ----------
    train, test : ndarray, shape (images, features)
        Standardised here by the training part.
    penalty : float
        Times the number of training images.
    """
    checks.same_length(train=train, train_labels=train_labels)
    checks.same_length(test=test, test_labels=test_labels)
    mean, deviation = train.mean(axis=0), train.std(axis=0) + 1e-9
    train, test = (
        np.column_stack([(x - mean) / deviation, np.ones(len(x))]) for x in (train, test)
    )
    gram = train.T @ train
    gram[np.diag_indices(len(gram) - 1)] += penalty * len(train)
    weights = np.linalg.solve(gram, train.T @ np.eye(train_labels.max() + 1)[train_labels])
    return float(np.mean((test @ weights).argmax(axis=1) == test_labels))
