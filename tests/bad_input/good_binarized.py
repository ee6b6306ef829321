"""Good arguments of the public callables of theory.continual.binarized."""

import tempfile

from good_bnn import TASK, small_network

from theory.consolidation import BeakerChain
from theory.continual import TaskSequence, binarized

RECORDS: set = set()
MEANT: set = {  # any text is a path
    ("TrainingCheckpoint", "file", "text"),
    ("run_resumable", "folder", "text"),
    ("train", "checkpoint", "text"),
    ("Ensemble.train", "checkpoint", "text"),
}
NAN: set = set()


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
    "network": small_network,
    "parameters": lambda: small_network().parameters,
    "rng": lambda: 0,
    "seed": lambda: 0,
    "strength": lambda: 0.1,
    "task": lambda: TASK,
    "tasks": lambda: [TASK, TASK],
}


def _learner():
    return binarized.NetworkLearner(small_network(), method=binarized.SynapticIntelligence(0.1))


def _started(method):
    method.start(small_network())
    return method


def _trained():
    ensemble = binarized.Ensemble([(_experiment(), 0)])
    ensemble.train()
    return ensemble


OBJECTS = {
    "Beakers": lambda: _started(binarized.Beakers(BeakerChain.geometric(3))),
    "ElasticConsolidation": lambda: _started(binarized.ElasticConsolidation(0.1)),
    "Ensemble": _trained,
    "NetworkLearner": _learner,
    "SynapticIntelligence": lambda: _learner().method,
}
CALLS = {
    "Experiment.group": lambda: {"train_images": 60},
    "NetworkLearner.accuracy": lambda: {"number": 0},
    "SynapticIntelligence.importance": lambda: {"layer": 0},
    "Ensemble": lambda: {"runs": [(_experiment(), 0)]},
    "run_together": lambda: {"experiments": [_experiment()], "seeds": [0]},
    "TrainingCheckpoint": lambda: {"file": tempfile.mkdtemp() + "/a.npz", "identity": "x"},
    "make_method": lambda: {"name": "ewc", "strength": 0.1},
    "run_resumable": lambda: {"folder": tempfile.mkdtemp()},
    "variants": lambda: {"base": _experiment(), "metaplasticity": [0.0, 1.0]},
}
