"""Real images for the experiments: embedded sets offline, full-size sets on request.

`load_images` gives an `ImageTask`; `permuted`, `class_subset`, `stream`, `resized` and `padded`
make further tasks from it.
"""

from theory.data.embedded import (
    DataUnavailable,
    digit_images,
    fashion_mnist_images,
    mnist_images,
)
from theory.data.loading import load_images
from theory.data.task import ImageTask, stratified_split
from theory.data.transforms import class_subset, padded, permuted, resized, stream

__all__ = [
    "DataUnavailable",
    "ImageTask",
    "class_subset",
    "digit_images",
    "fashion_mnist_images",
    "load_images",
    "mnist_images",
    "padded",
    "permuted",
    "resized",
    "stratified_split",
    "stream",
]
