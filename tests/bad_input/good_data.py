"""Good arguments of the public callables of theory.data."""

import numpy as np
from values import uneven

from theory import data

RECORDS = set()
MEANT = {("load_images", "data_home", "text"), ("ImageTask", "train_images", "bool")}
NAN: set = set()
TASK = data.load_images("digits")
BY_NAME = {"task": lambda: TASK, "rng": lambda: 0, "side": lambda: 10, "count": lambda: 2}
CALLS = {
    "ImageTask": lambda: {
        "train_images": uneven(4, 4),
        "train_labels": np.array([0, 1, 0, 1]),
        "test_images": uneven(2, 4),
        "test_labels": np.array([0, 1]),
        "image_shape": (2, 2),
        "classes": ("a", "b"),
        "name": "own",
        "source": "own",
    },
    "class_subset": lambda: {"classes": [0, 1]},
    "load_images": lambda: {"name": "digits"},
    "permuted": lambda: {"rng": 0},
    "stratified_split": lambda: {"labels": np.arange(20) % 2},
}
