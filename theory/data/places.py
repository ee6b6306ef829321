"""Where full-size image sets already lie on a computer, and whether they are the known ones."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from theory.data.embedded import DataUnavailable
from theory.data.known_sets import FULL_SIZE_SETS
from theory.data.layouts import read_cifar_folder, read_idx_folder, read_keras_archive

# Searched after the reader's own data folder: where Keras and Debian's packages put such sets.
USUAL_FOLDERS = ("~/.keras/datasets", "/usr/share/datasets")

# Below each folder, in this order: torchvision's, Keras' and Debian's names, the folder itself.
LAYOUTS = {
    "mnist": (
        ("MNIST/raw", read_idx_folder, "IDX files"),
        ("mnist", read_idx_folder, "IDX files"),
        ("mnist.npz", read_keras_archive, "Keras' archive"),
        (".", read_idx_folder, "IDX files"),
    ),
    "fashion_mnist": (
        ("FashionMNIST/raw", read_idx_folder, "IDX files"),
        ("fashion-mnist", read_idx_folder, "IDX files"),
        (".", read_idx_folder, "IDX files"),
    ),
    "cifar10": (
        ("cifar-10-batches-py", read_cifar_folder, "python batches"),
        ("cifar-10-batches-py-target/cifar-10-batches-py", read_cifar_folder, "python batches"),
        (".", read_cifar_folder, "python batches"),
    ),
}


def find_images(name, folder):
    """Find and read a full-size set in the layouts of others; say on standard error where.

    Parameters
    ----------
    name : str
        A key of `theory.data.known_sets.FULL_SIZE_SETS`.
    folder : pathlib.Path
        The data folder, searched before `USUAL_FOLDERS`.

    Returns
    -------
    images, labels : ndarray, as stored, the official training part first; or None
        None if the set lies in no known place. What was found has been compared with the digest of
        the known edition.

    Raises
    ------
    DataUnavailable
        If the first place that holds the set holds it in part, damaged, or in another edition.
    """
    known = FULL_SIZE_SETS[name]
    others = {other.digest for other in FULL_SIZE_SETS.values()} - {known.digest, None}
    for root in (folder, *(Path(usual).expanduser() for usual in USUAL_FOLDERS)):
        for below, read, layout in LAYOUTS.get(name, ()):
            place = root / below
            found = read(place)
            if found is None:
                continue
            edition = known.edition(*found)
            # MNIST and Fashion-MNIST have the same file names: only the pixels tell which it is.
            if edition in others:
                continue
            _check(known, *found, edition, place)
            print(
                f"{known.openml_name}: {len(found[0])} images from {place} ({layout}).",
                file=sys.stderr,
                flush=True,
            )
            return found
    return None


def _check(known, images, labels, edition, place):
    shape = (known.images, math.prod(known.image_shape))
    if images.shape != shape or labels.shape != shape[:1]:
        raise DataUnavailable(
            f"{place} holds images of shape {images.shape} instead of {shape}: it is in part or "
            f"another set than {known.openml_name}. Replace it, or remove it."
        )
    if known.digest is not None and edition != known.digest:
        raise DataUnavailable(
            f"{place} holds images and labels of the right shape that are not the known edition of "
            f"{known.openml_name}. Replace them; make an ImageTask of images of your own."
        )
