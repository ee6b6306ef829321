"""Tasks of any real features, beside the images of `theory.data`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.data import ImageTask, stratified_split
from theory.data.task import read_only
from theory.door import door


@door(image_shape="counts", classes="list", permutation="wholes 1d")
@dataclass(frozen=True, eq=False, repr=False)
class FeatureTask(ImageTask):
    """A classification task whose inputs are any finite numbers; else as `ImageTask`.

    What permutes, selects classes or streams image tasks takes it as well: `train_images` holds one
    row of features a sample.
    """

    def __post_init__(self):
        object.__setattr__(self, "classes", tuple(str(name) for name in self.classes))
        for part in ("train", "test"):
            features = checks.finite_array(
                f"{part}_images", getattr(self, f"{part}_images"), ndim=2
            )
            labels = np.asarray(getattr(self, f"{part}_labels"))
            if labels.shape != features.shape[:1] or not np.issubdtype(labels.dtype, np.integer):
                raise ValueError(
                    f"{part}_labels: {labels.shape} of {labels.dtype}; one whole number a row of "
                    f"{part}_images is needed, {len(features)} in all"
                )
            if labels.size and not 0 <= labels.min() <= labels.max() < len(self.classes):
                raise ValueError(
                    f"{part}_labels run from {labels.min()} to {labels.max()}, but classes are "
                    f"0 to {len(self.classes) - 1}"
                )
            if features.shape[1] != int(np.prod(self.image_shape)):
                raise ValueError(
                    f"{part}_images has {features.shape[1]} features, but image_shape says "
                    f"{self.image_shape}"
                )
            object.__setattr__(self, f"{part}_images", read_only(features.astype(np.float32)))
            object.__setattr__(self, f"{part}_labels", read_only(labels.astype(np.int64)))


@door(features="2d", test_share="in (0, 1)")
def feature_task(
    features: np.ndarray,
    labels: np.ndarray,
    *,
    test_share: float = 0.2,
    rng: np.random.Generator | int = 0,
    name: str = "own data",
) -> FeatureTask:
    """Return a task made of a table of features and a class for each row.

    Parameters
    ----------
    features : array_like, shape (samples, features)
        Any finite numbers; scale them to the order of one.
    labels : array_like of int, shape (samples,)
        Classes 0, 1, ...
    test_share : float
        Share of each class that is held out, drawn by `rng`.
    rng : Generator or int
    name : str
    """
    features, labels = np.asarray(features, float), np.asarray(labels)
    if labels.shape != features.shape[:1] or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be {len(features)} whole numbers, one a row of features")
    if not labels.size or labels.min() < 0:
        raise ValueError("labels must be 0 or larger, and one or more")
    train, test = stratified_split(labels, test_share, rng)
    return FeatureTask(
        train_images=features[train],
        train_labels=labels[train],
        test_images=features[test],
        test_labels=labels[test],
        image_shape=(1, features.shape[1]),
        classes=tuple(map(str, range(int(labels.max()) + 1))),
        name=name,
        source="The reader's own data.",
    )
