"""The full-size image sets: from where they lie, else through scikit-learn's OpenML client."""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from theory.data.embedded import DataUnavailable
from theory.data.known_sets import FULL_SIZE_SETS
from theory.data.places import find_images


def data_folder(data_home=None):
    """Return the folder that is searched first and that downloads go to.

    Parameters
    ----------
    data_home : path-like, optional
        The folder itself; by default the environment variable SCIKIT_LEARN_DATA, else
        ``~/scikit_learn_data``, as for scikit-learn.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    TypeError
        If `data_home` is no path.
    """
    folder = data_home
    if folder is None:
        folder = os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"data_home must be the path of a folder, not {folder!r}")
    return Path(folder).expanduser()


def cache_file(name, data_home=None):
    """Where the set `name` is kept once it was loaded, ready to copy to another computer.

    Parameters
    ----------
    name : str
        A key of `FULL_SIZE_SETS`.
    data_home : path-like, optional
        See `data_folder`.

    Returns
    -------
    pathlib.Path
        A NumPy archive with the arrays ``images`` (images, pixels) and ``labels``, as OpenML stores
        them.
    """
    known = FULL_SIZE_SETS[name]
    file = f"{known.openml_name}_v{known.version}.npz"
    return data_folder(data_home) / "complex_synapses" / file


def full_size_images(name, data_home=None):
    """All images of a full-size set: from the cache, else as others keep it, else from OpenML.

    The layouts of others are those of `theory.data.places`: torchvision's, Keras', Debian's, IDX
    files and CIFAR's python batches in the data folder itself. A line on standard error says what
    was found where. A download is announced there, with its size and its place, before it begins.

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
        images, labels = _cached(file)
        _check(known, images, labels, f"The cached data file {file}", f"Delete {file}.")
    elif (found := find_images(name, data_folder(data_home))) is not None:
        images, labels = found
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


def _cached(file):
    try:
        with np.load(file, allow_pickle=False) as archive:
            return archive["images"], archive["labels"]
    except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile) as error:
        raise DataUnavailable(
            f"The cached data file {file} is damaged ({error}). Delete it; the next call "
            "makes it anew."
        ) from error


def _fetch(known, file):
    home = file.parents[1]
    offline = (
        f"Offline: copy {file.name} from a computer that has it to {file.parent}, or the folder "
        f"openml of its scikit-learn data to {home}; or use {known.stand_in}."
    )
    try:
        from sklearn.datasets import fetch_openml
    except ImportError as error:
        raise DataUnavailable(
            f"{known.openml_name} lies in no known place, and scikit-learn, which would download "
            f'it, cannot be imported ({error}): pip install "complex-synapses[data]". {offline}'
        ) from error
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
    black, white = known.value_range
    if not (images.min() >= black and images.max() <= white):
        raise DataUnavailable(
            f"{what} holds values from {images.min()} to {images.max()} instead of {black} to "
            f"{white}: it is damaged or of another version. {remedy}"
        )
    # OpenML may renew a set: another edition is used, but not silently.
    if known.digest is not None and known.edition(images, labels) != known.digest:
        print(f"{what} is not the edition known here; results may differ.", file=sys.stderr)


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
