"""Tasks made from tasks: permuted pixels, fewer classes, streams of small subsets, other sizes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from theory.checks import as_rng, integer_at_least
from theory.data.task import checked_permutation, checked_task
from theory.door import door

LARGEST_SIDE = 4096  # pixels; a larger frame is a slip, and would fill the memory


@door
def permuted(task, rng=None, *, permutation=None):
    """Apply one fixed permutation of the pixels to every training and test image.

    The task stays exactly as hard for a network without spatial structure, and shares no input
    statistics with the original: the standard sequence of continual-learning tasks.

    Parameters
    ----------
    task : ImageTask
    rng : int or numpy.random.Generator, optional
        Draws the permutation.
    permutation : array_like of int, shape (pixels,), or "identity", optional
        The permutation itself. Give either this or `rng`.

    Returns
    -------
    ImageTask
        Its `permutation` leads from the *original* pixels to these, also after several calls:
        ``result.train_images == original.train_images[:, result.permutation]``.

    Raises
    ------
    ValueError
        If not exactly one of `rng` and `permutation` is given, or `permutation` is none.
    """
    checked_task(task)
    if (rng is None) == (permutation is None):
        raise ValueError(
            "permuted needs exactly one of rng (a seed or generator that draws the permutation) "
            'and permutation (an array of pixel indices, or "identity").'
        )
    if permutation is None:
        order = as_rng(rng).permutation(task.pixels)
    elif isinstance(permutation, str):
        if permutation != "identity":
            raise ValueError(
                f"permutation is {permutation!r}; it must be an array of pixel indices or "
                '"identity".'
            )
        order = np.arange(task.pixels)
    else:
        order = checked_permutation(permutation, task.pixels)
    return replace(
        task,
        train_images=task.train_images[:, order],
        test_images=task.test_images[:, order],
        name=f"permuted {task.name}" if task.permutation is None else task.name,
        source=f"{task.source} Pixels permuted.",
        permutation=order if task.permutation is None else task.permutation[order],
    )


@door
def class_subset(task, classes, *, relabel=False):
    """Keep the images of some classes, for class-incremental sequences.

    Parameters
    ----------
    task : ImageTask
    classes : sequence of int
        Labels to keep, without repetition.
    relabel : bool
        False keeps the labels (one output layer for all subsets). True numbers the kept classes
        0, 1, ... in the order given (one output layer a subset).

    Returns
    -------
    ImageTask

    Raises
    ------
    ValueError
        If `classes` is empty, repeats a class or names one that the task does not have.
    """
    known = range(len(checked_task(task).classes))
    if not np.iterable(classes):
        raise TypeError(f"classes must be a sequence of class numbers, not {classes!r}")
    chosen = [integer_at_least("every one of classes", label, 0) for label in classes]
    if not isinstance(relabel, bool | np.bool_):
        raise TypeError(f"relabel must be True or False, not {relabel!r}")
    if not chosen or len(set(chosen)) < len(chosen) or not set(chosen) <= set(known):
        raise ValueError(
            f"classes is {chosen}; it must name one or more of 0..{len(known) - 1}, each once."
        )
    new_label = np.full(len(known), -1)
    new_label[chosen] = np.arange(len(chosen)) if relabel else chosen
    kept = {}
    for part in ("train", "test"):
        labels = getattr(task, f"{part}_labels")
        rows = np.isin(labels, chosen)
        kept[f"{part}_images"] = getattr(task, f"{part}_images")[rows]
        kept[f"{part}_labels"] = new_label[labels[rows]]
    names = tuple(task.classes[label] for label in chosen)
    return replace(
        task,
        **kept,
        classes=names if relabel else task.classes,
        name=f"{task.name} ({', '.join(names)})",
        source=f"{task.source} Classes {', '.join(names)} only.",
    )


@door(count=">= 1")
def stream(task, count: int, rng):
    """Cut the training images into `count` consecutive subsets, each with every class alike.

    Parameters
    ----------
    task : ImageTask
    count : int
        Number of subsets, from 1 to the size of the smallest class.
    rng : int or numpy.random.Generator
        Seed or generator that deals the images out.

    Returns
    -------
    tuple of ImageTask
        Disjoint training parts that together hold every training image once; in each class, and in
        total, their sizes differ by at most one image. Each keeps the whole test part.

    Raises
    ------
    TypeError, ValueError
        If `count` is not a whole number in that range.
    """
    checked_task(task)
    smallest = min(np.bincount(task.train_labels, minlength=1)[np.unique(task.train_labels)])
    if count > smallest:
        raise ValueError(
            f"count is {count}; it must be at most {smallest}, the number of training images "
            "of the smallest class, so that every subset has every class."
        )
    rng = as_rng(rng)
    by_class = np.concatenate(
        [
            rng.permutation(np.flatnonzero(task.train_labels == label))
            for label in np.unique(task.train_labels)
        ]
    )
    # Dealing the class-sorted images out like cards makes every class and the total even.
    return tuple(
        replace(
            task,
            train_images=task.train_images[rows],
            train_labels=task.train_labels[rows],
            name=f"{task.name}, subset {number + 1} of {count}",
        )
        for number, rows in enumerate(rng.permutation(by_class[k::count]) for k in range(count))
    )


@door
def resized(task, side):
    """Resample every image to `side` x `side` pixels by averaging over the area of each new pixel.

    Parameters
    ----------
    task : ImageTask
    side : int, >= 1

    Returns
    -------
    ImageTask
        The mean of every image is kept (exactly, up to rounding).

    Raises
    ------
    TypeError, ValueError
        If `side` is not a whole number in 1..4096, or the pixels of the task are permuted.
    """
    rows, columns = _checked_side(task, side, smallest=lambda task: 1)
    down, across = _area_weights(rows, side), _area_weights(columns, side)
    return _with_images(
        task,
        lambda images: np.clip(down @ images @ across.T, 0, 1),
        side,
        f"Resampled to {side} x {side} pixels.",
    )


@door
def padded(task, side):
    """Surround every image with zeros until it has `side` x `side` pixels.

    An odd number of added rows or columns puts the extra one below or to the right.

    Parameters
    ----------
    task : ImageTask
    side : int
        At least the present number of rows and of columns.

    Returns
    -------
    ImageTask

    Raises
    ------
    TypeError, ValueError
        If `side` is no whole number, smaller than an image or above 4096, or the pixels of the task
        are permuted.
    """
    rows, columns = _checked_side(task, side, smallest=lambda task: max(task.image_shape[-2:]))
    top, left = (side - rows) // 2, (side - columns) // 2
    margins = ((top, side - rows - top), (left, side - columns - left))
    return _with_images(
        task,
        lambda images: np.pad(images, ((0, 0),) * (images.ndim - 2) + margins),
        side,
        f"Padded with zeros to {side} x {side} pixels.",
    )


def _checked_side(task, side, smallest):
    integer_at_least("side", side, smallest(checked_task(task)))
    if side > LARGEST_SIDE:
        raise ValueError(f"side must be at most {LARGEST_SIDE} pixels, not {side}")
    if task.permutation is not None:
        raise ValueError(
            f"task {task.name!r} has permuted pixels, so neighbours mean nothing; resize or pad "
            "first and permute afterwards."
        )
    return task.image_shape[-2:]


def _with_images(task, change, side, remark):
    shape = (*task.image_shape[:-2], side, side)
    changed = {
        part: change(getattr(task, part).reshape(-1, *task.image_shape))
        .reshape(-1, math.prod(shape))
        .astype(np.float32)
        for part in ("train_images", "test_images")
    }
    return replace(
        task,
        **changed,
        image_shape=shape,
        name=f"{task.name} {side}x{side}",
        source=f"{task.source} {remark}",
    )


def _area_weights(old, new):
    """(new, old) matrix: the share of each old pixel in the interval that a new pixel covers."""
    new_edges = np.arange(new + 1) * (old / new)
    old_edges = np.arange(old + 1)
    overlap = np.minimum(new_edges[1:, None], old_edges[None, 1:]) - np.maximum(
        new_edges[:-1, None], old_edges[None, :-1]
    )
    return np.clip(overlap, 0, None) * (new / old)
