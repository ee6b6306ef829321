"""Task sequences of the experiments, made from the embedded images or the full-size sets.

`TaskSequence` names a sequence by a few words, so that it can travel to other processes and be made
there; `build` makes it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from theory import checks
from theory.data import (
    ImageTask,
    class_subset,
    load_images,
    padded,
    permuted,
    resized,
    stream,
)
from theory.door import door

KINDS = ("permuted", "sets", "classes", "stream", "resolutions")


@door(images="list", count=">= 1", scale="one of laptop, paper")
@dataclass(frozen=True)
class TaskSequence:
    """Names a sequence of tasks.

    Parameters
    ----------
    kind : {"permuted", "sets", "classes", "stream", "resolutions"}
        ``permuted``: `count` random pixel permutations of one set, the first included. ``sets``:
        the sets themselves, one after the other. ``classes``: the classes of one set in `count`
        consecutive groups, labels kept. ``stream``: one set in `count` subsets. ``resolutions``:
        the first set, then the second one shrunk or enlarged to `side` pixels and padded with zeros
        to the size of the first.
    images : tuple of str
        Names for `theory.data.load_images`.
    count : int
        Number of tasks; not used by ``sets`` and ``resolutions``.
    side : int
        Pixels of the second set before padding, for ``resolutions``.
    train_limit : int or None
        Keep this many training images of each set.
    features : int
        Replace the images by this many binary features, see `feature_images`; 0 keeps them.
    scale : {"laptop", "paper"}
    """

    kind: str = "permuted"
    images: tuple[str, ...] = ("mnist",)
    count: int = 2
    side: int = 16
    train_limit: int | None = None
    features: int = 0
    scale: str = "laptop"

    def __post_init__(self):
        checks.one_of("kind", self.kind, KINDS)
        needed = {"sets": 1, "resolutions": 2}.get(self.kind, 1)
        if len(self.images) < needed:
            raise ValueError(
                f"images is {self.images!r}; kind {self.kind!r} takes a tuple of {needed} or more "
                "names of image sets"
            )

    def build(self, rng: np.random.Generator | int) -> tuple[ImageTask, ...]:
        """Return the tasks; `rng` draws permutations, subsets and feature encoders."""
        rng = checks.as_rng(rng)
        sets = [_image_set(name, self.scale, self.train_limit) for name in self.images]
        if self.features:
            sets = [feature_images(task, self.features, rng) for task in sets]
        first = sets[0]
        if self.kind == "permuted":
            return tuple(permuted(first, rng) for _ in range(self.count))
        if self.kind == "classes":
            groups = np.array_split(np.arange(len(first.classes)), self.count)
            return tuple(class_subset(first, group) for group in groups)
        if self.kind == "stream":
            return stream(first, self.count, rng)
        if self.kind == "resolutions":
            side = first.image_shape[-1]
            return (first, padded(resized(sets[1], self.side), side))
        return tuple(sets)


@door(features=">= 1", patch=">= 1")
def feature_images(
    task: ImageTask, features: int, rng: np.random.Generator | int, *, patch: int = 5
) -> ImageTask:
    """Replace images by binary features of a fixed random encoder of local patches.

    The stand-in for features of a large pretrained network: a fixed layer that nobody trains on the
    task. Each feature is a random filter of patch x patch pixels at a random place, set where its
    answer lies above its median over the training images.

    Parameters
    ----------
    task : ImageTask
        Of grey images.
    features : int
    rng : Generator or int
    patch : int
        Pixels; at most the side of the images.

    Returns
    -------
    ImageTask
        Features 0 or 1. To a network whose first product is followed by batch normalisation they
        are the same inputs as -1 and +1.
    """
    rows, columns = task.image_shape[-2:]
    if patch > min(rows, columns):
        raise ValueError(f"patch is {patch}, larger than the images of {rows} x {columns} pixels")
    rng = checks.as_rng(rng)
    encoder = np.zeros((rows, columns, features), np.float32)
    for feature in range(features):
        # Away from the margin, where most images are empty and a feature would be constant.
        top, left = (
            int(np.clip(np.rint(rng.normal((extent - patch) // 2, extent / 6)), 0, extent - patch))
            for extent in (rows, columns)
        )
        filters = rng.standard_normal((patch, patch))
        encoder[top : top + patch, left : left + patch, feature] = filters - filters.mean()
    columns_of = encoder.reshape(-1, features)
    answers = task.train_images @ columns_of
    threshold = np.median(answers, axis=0)
    return replace(
        task,
        train_images=(answers > threshold).astype(np.float32),
        test_images=(task.test_images @ columns_of > threshold).astype(np.float32),
        image_shape=(1, features),
        name=f"{features} features of {task.name}",
        source=f"{task.source} {features} thresholded random local filters.",
    )


@functools.lru_cache(maxsize=8)
def _image_set(name, scale, train_limit):
    task = load_images(name, scale)
    if train_limit is None or train_limit >= len(task.train_labels):
        return task
    # The embedded sets are split in random order; the official ones are in no order of class.
    return replace(
        task,
        train_images=task.train_images[:train_limit],
        train_labels=task.train_labels[:train_limit],
    )
