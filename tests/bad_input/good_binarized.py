"""Good arguments of the public callables of theory.continual.binarized."""

import tempfile
from dataclasses import replace

from theory import bnn
from theory.consolidation import BeakerChain
from theory.continual import TaskSequence, binarized
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


def _network():
    return bnn.dense_network((64, 8, 10), 0)


def _experiment():
    return binarized.Experiment(
        tasks=TaskSequence(images=("digits",), side=8, train_limit=60),
        hidden=(8,),
        epochs=1,
        batch=30,
    )


BY_NAME = {
    "chain": lambda: BeakerChain.geometric(3),
    "experiment": _experiment,
    "image_shape": lambda: (1, 8, 8),
    "images": lambda: TASK.train_images[:6],
    "labels": lambda: TASK.train_labels[:6],
    "learning_rate": lambda: 0.01,
    "network": _network,
    "parameters": lambda: _network().parameters,
    "rng": lambda: 0,
    "seed": lambda: 0,
    "strength": lambda: 0.1,
    "task": lambda: TASK,
    "tasks": lambda: [TASK, TASK],
}
CALLS = {
    "Ensemble": lambda: {"runs": [(_experiment(), 0)]},
    "Network": lambda: {"layers": _network().layers, "inputs": 64, "classes": 10},
    "TrainingCheckpoint": lambda: {"file": tempfile.mkdtemp() + "/a.npz", "identity": "x"},
    "convolutional_network": lambda: {"channels": (2, 2), "classes": 10, "side": 3},
    "dense_network": lambda: {"sizes": (64, 8, 10)},
    "flip_costs": lambda: {"layer": 0, "flips": 4, "draws": 2, "bins": 2},
    "make_method": lambda: {"name": "ewc", "strength": 0.1},
    "run_resumable": lambda: {"folder": tempfile.mkdtemp()},
    "variants": lambda: {"base": _experiment(), "metaplasticity": [0.0, 1.0]},
}
