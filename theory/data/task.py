"""One image classification task: training and test images, and how a split is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from theory.checks import as_rng, integer_at_least, numbers
from theory.door import door


@door(image_shape="any", name="text", source="text", classes="any", train_images="any")
@dataclass(frozen=True, eq=False)
class ImageTask:
    """Images with labels, divided into a training and a test part.

    Every array is copied where needed and made read-only, so that one loaded data set can be shared
    by many networks without one of them changing it for the others.

    Parameters
    ----------
    train_images, test_images : ndarray, shape (images, pixels), float32
        Grey or colour values in [0, 1], one flattened image a row (colour images channel first).
    train_labels, test_labels : ndarray, shape (images,), int64
        Class numbers, indices into `classes`.
    image_shape : tuple of int
        (rows, columns), or (channels, rows, columns); its product is the number of pixels.
    classes : tuple of str
        The name of each class, in the order of the labels.
    name : str
        Short name for captions.
    source : str
        One sentence: where the images come from and what was done to them.
    permutation : ndarray, shape (pixels,), or None
        Where the pixels were permuted: pixel ``i`` here is pixel ``permutation[i]`` of the
        original.

    Raises
    ------
    TypeError, ValueError
        If shapes, labels, names or the range of the values do not fit this description.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    image_shape: tuple[int, ...]
    classes: tuple[str, ...]
    name: str
    source: str = field(repr=False)
    permutation: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "image_shape", _checked_shape(self.image_shape))
        pixels = math.prod(self.image_shape)
        if isinstance(self.classes, str) or not np.iterable(self.classes):
            raise TypeError(f"classes must be the names of the classes, not {self.classes!r}")
        object.__setattr__(self, "classes", tuple(str(name) for name in self.classes))
        for text in ("name", "source"):
            if not isinstance(getattr(self, text), str):
                raise TypeError(f"{text} must be text, not {getattr(self, text)!r}")
        for part in ("train", "test"):
            images, labels = checked_images(
                getattr(self, f"{part}_images"),
                getattr(self, f"{part}_labels"),
                names=(f"{part}_images", f"{part}_labels"),
            )
            if images.shape[1] != pixels:
                raise ValueError(
                    f"{part}_images has {images.shape[1]} pixels an image, but image_shape="
                    f"{self.image_shape} has {pixels}; they must agree."
                )
            if labels.size and labels.max() >= len(self.classes):
                raise ValueError(
                    f"{part}_labels holds {labels.max()}, but there are {len(self.classes)} "
                    f"classes; labels must lie in 0..{len(self.classes) - 1}."
                )
            object.__setattr__(self, f"{part}_images", read_only(images))
            object.__setattr__(self, f"{part}_labels", read_only(labels))
        if self.permutation is not None:
            order = checked_permutation(self.permutation, pixels)
            object.__setattr__(self, "permutation", read_only(order))

    def __setstate__(self, state):
        # Pickling forgets the read-only flag; a task sent to a worker process must keep it.
        self.__dict__.update(state)
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __repr__(self):
        return (
            f"ImageTask({self.name!r}, {len(self.train_labels)} training and "
            f"{len(self.test_labels)} test images of shape {self.image_shape}, "
            f"{len(self.classes)} classes)"
        )

    @property
    def pixels(self) -> int:
        """Number of values in one image."""
        return self.train_images.shape[1]


def _checked_shape(shape):
    if not np.iterable(shape) or isinstance(shape, str) or len(shape) not in (2, 3):
        raise ValueError(
            f"image_shape is {shape!r}; it must be (rows, columns) or (channels, rows, columns)."
        )
    return tuple(integer_at_least("every number of image_shape", n, 1) for n in shape)


def checked_task(task):
    """Return `task`; raise TypeError if it is no `ImageTask`."""
    if not isinstance(task, ImageTask):
        raise TypeError(
            f"task must be an ImageTask, as load_images returns it, not {type(task).__name__}"
        )
    return task


def read_only(array):
    """Return a read-only array with the values of `array`, which stays as it was.

    A writeable array is copied first: a view would still change with its owner.
    """
    array = np.array(array, copy=True if array.flags.writeable else None, order="C")
    array.flags.writeable = False
    return array


def checked_images(images, labels, names=("images", "labels")):
    """Return `images` as float32 and `labels` as int64 after checking that they belong together.

    Raises
    ------
    ValueError
        If `images` is not a finite (images, pixels) array of values in [0, 1], or `labels` is not
        one whole number >= 0 for each of them.
    """
    images, labels = numbers(names[0], images, "iufb"), np.asarray(labels)
    if images.ndim != 2:
        raise ValueError(
            f"{names[0]} has shape {images.shape}; it must be (images, pixels), one image a row."
        )
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"{names[1]} has shape {labels.shape}; it must be ({len(images)},), one label an image."
        )
    if not np.issubdtype(labels.dtype, np.integer) or (labels.size and labels.min() < 0):
        raise ValueError(f"{names[1]} must hold whole numbers >= 0, the class of each image.")
    # One comparison catches values outside the range and NaN alike.
    if images.size and not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"{names[0]} has values from {images.min()} to {images.max()}; they must be finite and "
            "lie in [0, 1]: divide by the largest pixel value first."
        )
    return images.astype(np.float32, copy=False), labels.astype(np.int64, copy=False)


def checked_permutation(order, pixels):
    """Return `order` as an int64 array; raise ValueError if it is no permutation of the pixels."""
    order = np.asarray(order)
    if order.shape != (pixels,) or not np.array_equal(np.sort(order), np.arange(pixels)):
        raise ValueError(
            f"permutation must contain each of 0..{pixels - 1} exactly once (shape ({pixels},))."
        )
    return order.astype(np.int64, copy=False)


@door(test_share="in (0, 1)")
def stratified_split(labels, test_share: float = 0.2, rng=0):
    """Divide the indices of `labels` so that every class has the same share in the test part.

    Of a class with ``n`` members, ``round(test_share * n)`` go to the test part. Both parts are in
    random order, so that the first images of a set sorted by class are no longer of one class.

    Parameters
    ----------
    labels : array_like of int, shape (images,)
    test_share : float, in (0, 1)
    rng : int or numpy.random.Generator
        Seed or generator of the division.

    Returns
    -------
    train_indices, test_indices : ndarray of int64
        Disjoint; together every index once.

    Raises
    ------
    ValueError
        If `labels` are not whole numbers, or `test_share` is not in (0, 1) or leaves a class
        without training or without test images.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels must be a list of whole numbers, the class of each image, not an array of "
            f"shape {labels.shape} and type {labels.dtype}."
        )
    rng = as_rng(rng)
    train, test = [], []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        count = round(test_share * len(members))
        if not 0 < count < len(members):
            raise ValueError(
                f"test_share={test_share} gives class {label}, which has {len(members)} images, "
                f"{count} test images; every class needs at least one on either side."
            )
        test.append(members[:count])
        train.append(members[count:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
