"""What is known of the full-size image sets: sizes, classes, checksums, sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.data.embedded import digest

DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class FullSizeSet:
    """What is known of one set.

    Parameters
    ----------
    openml_name, version : str, int
        Its name and version on OpenML.
    images, official_train : int
        Number of rows, and how many of them, from the first, are the official training part.
    image_shape : tuple of int
        (rows, columns) or (channels, rows, columns).
    value_range : tuple of float
        The stored values of black and white.
    first_label : int
        The stored label of the first class.
    classes : tuple of str
    megabytes : int
        Approximate size of the download.
    stand_in : str
        What to use offline instead.
    source : str
        One sentence for captions.
    digest : str or None
        `theory.data.embedded.digest` of the known edition, in the official order, of the stored
        values, counted from black in steps of `step`; None where it is not known here.
    step : float
        The distance of two neighbouring grey values.
    """

    openml_name: str
    version: int
    images: int
    official_train: int
    image_shape: tuple[int, ...]
    value_range: tuple[float, float]
    first_label: int
    classes: tuple[str, ...]
    megabytes: int
    stand_in: str
    source: str
    digest: str | None = None
    step: float = 1

    def edition(self, images, labels):
        """Return the digest of stored images and labels."""
        if self.step != 1 or images.dtype != np.uint8:
            images = np.rint((images - self.value_range[0]) / self.step).astype(int)
        return digest(images, labels)


FULL_SIZE_SETS = {
    "mnist": FullSizeSet(
        "mnist_784", 1, 70_000, 60_000, (28, 28), (0, 255), 0, DIGITS, 15,
        'load_images("mnist", scale="laptop"), 5000 of its images',
        "MNIST (LeCun, Cortes, Burges), all 70000 images.",
        "c2069063c1105f2bf96266aef1ff68c6e13bdda7a54e37bf19c16f1db24efc83",
    ),
    "fashion_mnist": FullSizeSet(
        "Fashion-MNIST", 1, 70_000, 60_000, (28, 28), (0, 255), 0,
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
         "ankle boot"),
        35,
        'load_images("fashion_mnist", scale="laptop"), 5000 of its images',
        "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), all 70000 images.",
        "2cbc59191665e1ba3f2494648f17edac5974f748ab89fb2ae05597d658161f54",
    ),
    # Version 2 keeps the values in [-1, 1] and the labels 1..10 of the LIBSVM edition.
    "usps": FullSizeSet(
        "USPS", 2, 9_298, 7_291, (16, 16), (-1, 1), 1, DIGITS, 10,
        'resized(load_images("mnist"), 16), MNIST digits averaged down to the same size',
        "USPS postal digits (Hull 1994), all 9298 images.",
        "8db8509c977eaab65bdd7c6f4c66585519e6aa85cfe0bd252543e8abe00a0413",
        step=1e-3,
    ),
    "cifar10": FullSizeSet(
        "CIFAR_10", 1, 60_000, 50_000, (3, 32, 32), (0, 255), 0,
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        250,
        'load_images("fashion_mnist"); no colour images are embedded',
        "CIFAR-10 (Krizhevsky 2009), all 60000 images.",
    ),
}  # fmt: skip
