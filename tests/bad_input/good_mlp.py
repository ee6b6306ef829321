"""Good arguments of the public callables of theory.mlp."""

import numpy as np
from values import uneven

from theory import mlp

RECORDS = set()
MEANT = set()
NAN: set = set()
BY_NAME = {
    "features": lambda: 4,
    "inputs": lambda: 4,
    "learning_rate": lambda: 0.01,
    "outputs": lambda: 3,
    "parameters": lambda: [uneven(2, 3), uneven(2)],
    "rng": lambda: 0,
    "sizes": lambda: (4, 5, 3),
}
OBJECTS: dict = {}
CALLS = {
    "Network.astype": lambda: {"dtype": np.float32},
    "Network": lambda: {"layers": mlp.multilayer_perceptron((4, 5, 3), 0).layers},
    "softmax_cross_entropy": lambda: {
        "logits": np.array([[0.1, 0.2], [0.3, 0.1]]),
        "labels": np.array([0, 1]),
    },
}
