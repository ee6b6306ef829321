"""How the Fashion-MNIST images inside this package were chosen, and the script that did it.

From the root of the repository, where the full set is at hand:
``python -m theory.data.extraction`` writes ``theory/data/fashion_mnist_5k.npz`` again.
"""

from __future__ import annotations

import sys

import numpy as np

from theory.checks import integer_at_least
from theory.data.embedded import FASHION_FILE, DataUnavailable
from theory.data.full_size import full_size_images
from theory.data.known_sets import FULL_SIZE_SETS


def first_of_each_class(labels, per_class):
    """Return the rows of the first `per_class` images of every class, class after class.

    Parameters
    ----------
    labels : array_like of int, shape (images,)
    per_class : int, >= 1

    Returns
    -------
    ndarray of int64, shape (classes * per_class,)
        Sorted by class, and in the order of the set within a class.

    Raises
    ------
    ValueError
        If a class has fewer images.
    """
    labels = np.asarray(labels)
    per_class = integer_at_least("per_class", per_class, 1)
    rows = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < per_class:
            raise ValueError(
                f"per_class is {per_class}, but class {label} has {len(members)} images"
            )
        rows.append(members[:per_class])
    return np.concatenate(rows)


def main(file=FASHION_FILE, per_class=500):
    """Write the embedded Fashion-MNIST images to `file`."""
    images, labels = full_size_images("fashion_mnist")
    train = FULL_SIZE_SETS["fashion_mnist"].official_train
    rows = first_of_each_class(labels[:train], per_class)
    np.savez_compressed(
        file,
        images=np.rint(images[rows] * 255).astype(np.uint8),
        labels=labels[rows].astype(np.uint8),
        training_rows=rows.astype(np.uint16),
    )
    print(f"{file}: {len(rows)} images, {file.stat().st_size} bytes")


if __name__ == "__main__":
    try:
        main()
    except DataUnavailable as error:
        sys.exit(str(error))
