"""The full-size image sets, through scikit-learn's OpenML client; only where they are asked for."""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theory.data.embedded import DataUnavailable

DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class FullSizeSet:
    """What is known of one set on OpenML.

    Parameters
    ----------
    openml_name, version : str, int
        Its name and version there.
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


FULL_SIZE_SETS = {
    "mnist": FullSizeSet(
        "mnist_784", 1, 70_000, 60_000, (28, 28), (0, 255), 0, DIGITS, 15,
        'load_images("mnist", scale="laptop"), 5000 of its images',
        "MNIST (LeCun, Cortes, Burges), all 70000 images.",
    ),
    "fashion_mnist": FullSizeSet(
        "Fashion-MNIST", 1, 70_000, 60_000, (28, 28), (0, 255), 0,
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
         "ankle boot"),
        35,
        'load_images("fashion_mnist", scale="laptop"), 5000 of its images',
        "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), all 70000 images.",
    ),
    # Version 2 keeps the values in [-1, 1] and the labels 1..10 of the LIBSVM edition.
    "usps": FullSizeSet(
        "USPS", 2, 9_298, 7_291, (16, 16), (-1, 1), 1, DIGITS, 10,
        'resized(load_images("mnist"), 16), MNIST digits averaged down to the same size',
        "USPS postal digits (Hull 1994), all 9298 images.",
    ),
    "cifar10": FullSizeSet(
        "CIFAR_10", 1, 60_000, 50_000, (3, 32, 32), (0, 255), 0,
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        250,
        'load_images("fashion_mnist"); no colour images are embedded',
        "CIFAR-10 (Krizhevsky 2009), all 60000 images.",
    ),
}  # fmt: skip


def cache_file(name, data_home=None):
    """Where the set `name` is kept once it was loaded, ready to copy to another computer.

    Parameters
    ----------
    name : str
        A key of `FULL_SIZE_SETS`.
    data_home : path-like, optional
        The data folder; by default the environment variable SCIKIT_LEARN_DATA, else
        ``~/scikit_learn_data``, as for scikit-learn itself.

    Returns
    -------
    pathlib.Path
        A NumPy archive with the arrays ``images`` (images, pixels) and ``labels``, as OpenML stores
        them.
    """
    known = FULL_SIZE_SETS[name]
    folder = data_home or os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
    return (
        Path(folder).expanduser() / "complex_synapses" / f"{known.openml_name}_v{known.version}.npz"
    )


def full_size_images(name, data_home=None):
    """All images of a full-size set: from the cache, else from OpenML.

    A download is announced on standard error, with its size and its place, before it begins.

    Parameters
    ----------
    name : str
        A key of `FULL_SIZE_SETS`.
    data_home : path-like, optional
        See `cache_file`.

    Returns
    -------
    images : ndarray, shape (images, pixels), float32, read-only
        In [0, 1], in the official order: the first ``FULL_SIZE_SETS[name].official_train`` are the
        training part. Colour images channel first.
    labels : ndarray, shape (images,), int64, read-only
        From 0.

    Raises
    ------
    DataUnavailable
        If the set is neither cached nor within reach, or a file is damaged.
    """
    known = FULL_SIZE_SETS[name]
    file = cache_file(name, data_home)
    if file.is_file():
        try:
            with np.load(file, allow_pickle=False) as archive:
                images, labels = archive["images"], archive["labels"]
        except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile) as error:
            raise DataUnavailable(
                f"The cached data file {file} is damaged ({error}). Delete it; the next call "
                "makes it anew."
            ) from error
        _check(known, images, labels, f"The cached data file {file}", f"Delete {file}.")
    else:
        images, labels = _fetch(known, file)
        remedy = f"Delete the folder {file.parents[1] / 'openml'}."
        _check(known, images, labels, f"OpenML's {known.openml_name}", remedy)
        _write(file, images, labels)
    black, white = known.value_range
    scaled = (images.astype(np.float32) - np.float32(black)) / np.float32(white - black)
    np.clip(scaled, 0, 1, out=scaled)
    labels = labels.astype(np.int64) - known.first_label
    # Read-only here, so that a task can share these arrays instead of copying them.
    scaled.flags.writeable = labels.flags.writeable = False
    return scaled, labels


def _fetch(known, file):
    from sklearn.datasets import fetch_openml

    home = file.parents[1]
    offline = (
        f"Offline: copy {file.name} from a computer that has it to {file.parent}, or the folder "
        f"openml of its scikit-learn data to {home}; or use {known.stand_in}."
    )
    print(
        f"{known.openml_name} (version {known.version}) is not yet at {file}. scikit-learn now "
        f"downloads about {known.megabytes} MB from openml.org to {home / 'openml'}, unless they "
        f"are already there. {offline}",
        file=sys.stderr,
        flush=True,
    )
    try:
        bunch = fetch_openml(
            known.openml_name,
            version=known.version,
            data_home=str(home),
            as_frame=False,
            parser="pandas",
            # Plain columns instead of categories: pandas 3.1 reads numeric categories as numbers,
            # which scikit-learn up to 1.9 does not expect (scikit-learn issue 34892).
            read_csv_kwargs={"dtype": None},
        )
    # An unknown host, a refused connection, a proxy's page instead of data: each is one of these.
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DataUnavailable(
            f"{known.openml_name} (version {known.version}, about {known.megabytes} MB) is not "
            f"cached and could not be downloaded from openml.org "
            f"({type(error).__name__}: {error}). {offline}"
        ) from error
    images = np.asarray(bunch.data)
    if known.value_range == (0, 255):
        images = images.astype(np.uint8)
    # Numbers, or text where a version of the parser keeps OpenML's nominal labels.
    return images, np.asarray(bunch.target).astype(np.int64)


def _check(known, images, labels, what, remedy):
    shape = (known.images, int(np.prod(known.image_shape)))
    expected = set(range(known.first_label, known.first_label + len(known.classes)))
    if images.shape != shape or labels.shape != shape[:1] or set(labels.tolist()) != expected:
        raise DataUnavailable(
            f"{what} holds images of shape {images.shape} and {len(set(labels.tolist()))} classes "
            f"instead of {shape} and {len(expected)}: it is damaged or of another version. {remedy}"
        )


def _write(file, images, labels):
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written under a temporary name: an interrupted write must not look like a complete set.
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as handle:
        try:
            np.savez_compressed(handle, images=images, labels=labels)
            handle.close()
            os.replace(handle.name, file)
        except BaseException:
            handle.close()
            os.unlink(handle.name)
            raise
