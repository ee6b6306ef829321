"""The layouts in which others keep image sets on disk: IDX files, Keras' archive, CIFAR's batches.

Each reader returns None where its layout is not found, raises where it is found damaged or in part,
and otherwise returns all images and labels as stored, the training part first.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import pickle
import struct
import zipfile
import zlib

import numpy as np

from theory.data.embedded import DataUnavailable

IDX_PARTS = ("train", "t10k")
UNSIGNED_BYTE = 8  # the type code of IDX files that hold images or labels

# Of the published archive cifar-10-python: name and MD5 of each file, the test batch last.
CIFAR_BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}


def read_idx_folder(folder):
    """Read the four IDX files of an MNIST-like set, gzipped or not.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    images, labels : ndarray of uint8, shapes (images, pixels) and (images,); or None
        None if none of the four files is there.

    Raises
    ------
    DataUnavailable
        If some of them are missing, or one is damaged.
    """
    names = [f"{part}-{what}" for part in IDX_PARTS for what in ("images-idx3", "labels-idx1")]
    found = {name: _idx_file(folder, f"{name}-ubyte") for name in names}
    if not any(found.values()):
        return None
    missing = [f"{name}-ubyte" for name, file in found.items() if file is None]
    if missing:
        raise DataUnavailable(
            f"The folder {folder} holds a part of an image set, without {', '.join(missing)} (or "
            ".gz). Put the whole set there, or remove it."
        )
    arrays = [read_idx(found[name], 3 if "images" in name else 1) for name in names]
    for images, labels, part in zip(arrays[::2], arrays[1::2], IDX_PARTS, strict=True):
        if len(images) != len(labels) or images.shape[1:] != arrays[0].shape[1:]:
            raise DataUnavailable(
                f"The folder {folder} holds {part} images of shape {images.shape} and "
                f"{len(labels)} labels, which do not belong together. Replace these files."
            )
    images = np.concatenate([a.reshape(len(a), math.prod(a.shape[1:])) for a in arrays[::2]])
    return images, np.concatenate(arrays[1::2])


def _idx_file(folder, name):
    # Some copies write a full stop for the hyphen before "idx".
    for stem in (name, name.replace("-idx", ".idx")):
        for file in (folder / stem, folder / f"{stem}.gz"):
            if file.is_file():
                return file
    return None


def read_idx(file, axes):
    """Read one IDX file of bytes, gzipped if its name ends so.

    Parameters
    ----------
    file : pathlib.Path
    axes : int
        How many axes the array must have.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    DataUnavailable
        If the file is no such array, or shorter or longer than its header says.
    """
    remedy = "Replace the file."
    try:
        with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as stream:
            header = stream.read(4 + 4 * axes)
            if len(header) < 4 + 4 * axes or header[:4] != bytes([0, 0, UNSIGNED_BYTE, axes]):
                raise DataUnavailable(
                    f"The data file {file} does not begin as an IDX file of bytes with {axes} "
                    f"{'axis' if axes == 1 else 'axes'} does. {remedy}"
                )
            shape = struct.unpack(f">{axes}I", header[4:])
            # Only as much as announced, and one byte to see whether there is more.
            content = stream.read(math.prod(shape) + 1)
    except (OSError, EOFError, zlib.error, MemoryError, OverflowError) as error:
        raise DataUnavailable(f"The data file {file} is damaged ({error}). {remedy}") from error
    if len(content) != math.prod(shape):
        raise DataUnavailable(
            f"The data file {file} announces {math.prod(shape)} bytes and holds "
            f"{'more' if len(content) > math.prod(shape) else len(content)}: it is damaged. "
            f"{remedy}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_keras_archive(file):
    """Read Keras' ``mnist.npz``: arrays x_train, y_train, x_test, y_test.

    Returns and raises as `read_idx_folder`, for one file.
    """
    if not file.is_file():
        return None
    try:
        with np.load(file, allow_pickle=False) as archive:
            parts = {name: archive[name] for name in ("x_train", "y_train", "x_test", "y_test")}
    except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile) as error:
        raise DataUnavailable(
            f"The data file {file} is damaged or not Keras' archive ({error}). Replace the file."
        ) from error
    images, labels = [parts["x_train"], parts["x_test"]], [parts["y_train"], parts["y_test"]]
    fit = [
        x.ndim == 3 and x.dtype == np.uint8 and y.shape == x.shape[:1] and _are_labels(y)
        for x, y in zip(images, labels, strict=True)
    ]
    if not all(fit) or images[0].shape[1:] != images[1].shape[1:]:
        raise DataUnavailable(
            f"The data file {file} holds arrays of shapes {[x.shape for x in images + labels]} and "
            f"type {images[0].dtype}, not images of bytes with their labels. Replace the file."
        )
    flat = [x.reshape(len(x), math.prod(x.shape[1:])) for x in images]
    return np.concatenate(flat), np.concatenate(labels).astype(np.uint8)


def _are_labels(values):
    return np.issubdtype(values.dtype, np.integer) and bool(((values >= 0) & (values < 256)).all())


class _ArraysOnly(pickle.Unpickler):
    """Makes arrays of numbers, and refuses every other object that a pickle may ask for."""

    ALLOWED = frozenset(
        {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
        }
    )

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no image needs")
        # NumPy 2 has moved the module that old pickles name.
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def read_cifar_batch(content):
    """Read one batch of CIFAR-10's python edition without executing what a pickle may contain.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    images, labels : ndarray of uint8, shapes (images, pixels) and (images,)

    Raises
    ------
    ValueError
        If these are not the bytes of such a batch.
    """
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        images, labels = batch[b"data"], np.array(batch[b"labels"])
    # A damaged pickle can end in nearly any error.
    except Exception as error:
        raise ValueError(f"not a batch of images: {error}") from error
    if (
        not isinstance(images, np.ndarray)
        or images.dtype != np.uint8
        or images.ndim != 2
        or labels.shape != images.shape[:1]
        or not _are_labels(labels)
    ):
        raise ValueError("not a batch of images: it holds other things than bytes and their labels")
    return images, labels.astype(np.uint8)


def read_cifar_folder(folder):
    """Read CIFAR-10's six python batches, each of which must be the published one.

    Returns and raises as `read_idx_folder`. Colour images are stored channel first.
    """
    files = {name: folder / name for name in CIFAR_BATCHES}
    missing = [name for name, file in files.items() if not file.is_file()]
    if len(missing) == len(files):
        return None
    if missing:
        raise DataUnavailable(
            f"The folder {folder} holds a part of CIFAR-10, without {', '.join(missing)}. Unpack "
            "the whole archive there."
        )
    batches = []
    for name, file in files.items():
        try:
            content = file.read_bytes()
            if hashlib.md5(content, usedforsecurity=False).hexdigest() != CIFAR_BATCHES[name]:
                raise ValueError("its MD5 is not that of the published file")
            batches.append(read_cifar_batch(content))
        except (OSError, ValueError) as error:
            raise DataUnavailable(
                f"The data file {file} is damaged or of another edition ({error}). Unpack "
                "cifar-10-python.tar.gz again."
            ) from error
    if len({images.shape[1] for images, _ in batches}) != 1:
        raise DataUnavailable(f"The batches in {folder} hold images of different sizes.")
    images, labels = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return images, labels
