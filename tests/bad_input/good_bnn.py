"""Good arguments of the public callables of theory.bnn."""

from dataclasses import replace

import numpy as np

from theory import bnn
from theory.data import load_images

RECORDS = {"FlipCosts"}
MEANT = set()
NAN: set = set()

WHOLE = load_images("digits")
TASK = replace(
    WHOLE,
    train_images=WHOLE.train_images[:40],
    train_labels=WHOLE.train_labels[:40],
    test_images=WHOLE.test_images[:20],
    test_labels=WHOLE.test_labels[:20],
)


def small_network():
    """Return a network of 64-8-10 units, for the learners of theory.continual, too."""
    return bnn.dense_network((64, 8, 10), 0)


BY_NAME = {
    "image_shape": lambda: (1, 8, 8),
    "images": lambda: TASK.train_images[:6],
    "labels": lambda: TASK.train_labels[:6],
    "learning_rate": lambda: 0.01,
    "network": small_network,
    "parameters": lambda: small_network().parameters,
    "rng": lambda: 0,
    "seed": lambda: 0,
    "strength": lambda: 0.1,
    "task": lambda: TASK,
    "tasks": lambda: [TASK, TASK],
}
OBJECTS: dict = {}
CALLS = {
    "Adam.gradient_size": lambda: {"number": 0},
    "Adam.rate": lambda: {"t": 1},
    "Network.squared_gradients": lambda: {"gradient": np.full((6, 10), 0.1)},
    "Network": lambda: {"layers": small_network().layers, "inputs": 64, "classes": 10},
    "convolutional_network": lambda: {"channels": (2, 2), "classes": 10, "side": 3},
    "dense_network": lambda: {"sizes": (64, 8, 10)},
    "flip_costs": lambda: {"layer": 0, "flips": 4, "draws": 2, "bins": 2},
}
