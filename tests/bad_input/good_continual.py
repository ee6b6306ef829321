"""Good arguments of the public callables of theory.continual."""

import numpy as np
from values import uneven

from theory import continual as c
from theory import mlp
from theory.consolidation import BeakerChain
from theory.data import load_images

RECORDS = {"Descent", "JointCourse", "ReplayErrors", "SequenceRun", "Learner", "Scenario"}
MEANT = set()
NAN = {"run_sequence"}

RNG = np.random.default_rng(0)
TASK = c.feature_task(RNG.normal(size=(30, 4)), np.arange(30) % 3)


def _network():
    return mlp.multilayer_perceptron((4, 5, 3), 0, normalize=False)


def _loss(shift=0.0):
    return c.QuadraticLoss(np.array([[1.0, 0.2], [0.2, 0.5]]), np.array([0.3 + shift, -0.4]))


def _propagated():
    network = _network()
    _, caches = network.forward(np.asarray(TASK.train_images[:4]))
    return network, caches, np.full((4, 3), 0.1)


def _setting():
    return c.ContinualExperiment(images=TASK, tasks=2, hidden=4, epochs=2, batch=8)


MATRIX = np.array([[0.9, 0.2, 0.1], [0.7, 0.9, 0.3], [0.6, 0.8, 0.95]])
BY_NAME = {
    "count": lambda: 2,
    "displacement": lambda: np.array([0.1, -0.2]),
    "distance": lambda: 1.0,
    "image_shape": lambda: (4,),
    "images": lambda: TASK,
    "importance": lambda: np.array([0.1, 0.2, 0.5]),
    "inputs": lambda: uneven(5, 3),
    "learning_rate": lambda: 0.1,
    "matrix": lambda: MATRIX,
    "network": _network,
    "noise": lambda: 0.5,
    "output_gradients": lambda: np.full((5, 2), 0.1),
    "path": lambda: np.array([0.1, 0.05]),
    "protection": lambda: c.UniformPenalty(0.1),
    "rng": lambda: 0,
    "samples": lambda: 20,
    "seed": lambda: 0,
    "setting": _setting,
    "share": lambda: np.array([0.2, 0.5]),
    "stored": lambda: 10,
    "strength": lambda: 0.1,
    "tasks": lambda: [TASK, TASK],
    "times": lambda: np.array([0.1, 1.0]),
}


def _penalty():
    penalty = c.QuadraticPenalty(0.5)
    penalty.add_task(np.array([0.1, 0.2]), np.array([1.0, -1.0]))
    return penalty


def _memory():
    memory = c.ReplayMemory(size=8, rng=0)
    memory.add(TASK.train_images, TASK.train_labels)
    return memory


def _learner():
    return c.ContinualLearner(_network(), c.Protection(), 0.1)


def _replay():
    replay = c.Replay(_learner(), size=8, rng=0)
    replay.end_task(0, TASK)
    return replay


def _sequence():
    return c.run_sequence(_learner(), [TASK, TASK], epochs=1, batch=5, rng=0)


OBJECTS = {
    "ContinualExperiment": _setting,
    "QuadraticLoss": _loss,
    "QuadraticPenalty": _penalty,
    "Replay": _replay,
    "ReplayMemory": _memory,
    "SequenceRun": _sequence,
}
ACCURACY = {
    f"{name}.accuracy": lambda: {
        "number": 0,
        "images": TASK.test_images,
        "labels": TASK.test_labels,
    }
    for name in ("ContinualLearner", "Replay", "UncertainLearner")
}
CALLS = ACCURACY | {
    "QuadraticLoss.gradient": lambda: {"parameters": np.array([0.1, 0.2])},
    "QuadraticPenalty.add_gradient": lambda: {
        "parameters": np.array([0.1, 0.2]),
        "gradient": uneven(2),
    },
    "QuadraticPenalty.add_task": lambda: {
        "importance": np.array([0.1, 0.2]),
        "reference": np.array([0.1, 0.2]),
    },
    "QuadraticPenalty.value": lambda: {"parameters": np.array([0.1, 0.2])},
    "Replay.stored": lambda: {"task": TASK},
    "ReplayMemory.add": lambda: {"images": TASK.test_images, "labels": TASK.test_labels},
    "Beakers": lambda: {"chain": BeakerChain.geometric(3)},
    "feature_images": lambda: {"task": load_images("digits"), "features": 8, "rng": 0},
    "all_at_once": lambda: {"tasks": [TASK, TASK]},
    "FeatureTask": lambda: {
        "train_images": uneven(4, 2),
        "train_labels": np.array([0, 1, 0, 1]),
        "test_images": uneven(2, 2),
        "test_labels": np.array([0, 1]),
        "image_shape": (2,),
        "classes": ("a", "b"),
        "name": "own",
        "source": "own",
    },
    "GatedReLU": lambda: {"mask": np.array([True, False, True])},
    "QuadraticLoss": lambda: {"hessian": np.diag(uneven(2)), "optimum": uneven(2)},
    "Replay": lambda: {
        "learner": c.ContinualLearner(_network(), c.UniformPenalty(0.1), 0.01),
        "size": 10,
    },
    "ReplayMemory": lambda: {"size": 10},
    "UncertainLearner": lambda: {"prior": 0.1},
    "best_replay_share": lambda: {"stored": np.array([10, 20])},
    "descend": lambda: {"loss": _loss(), "start": uneven(2), "steps": 5},
    "feature_task": lambda: {
        "features": np.random.default_rng(0).normal(size=(30, 4)),
        "labels": np.arange(30) % 3,
    },
    "fisher_diagonal": lambda: {"images": TASK.train_images[:6]},
    "flow_importance": lambda: {
        "curvature": np.array([0.5, 1.0]),
        "time": np.array([1.0, 2.0]),
    },
    "forward_transfer": lambda: {"untrained": np.full(3, 1 / 3)},
    "joint_course": lambda: {"first": _loss(), "second": _loss(1.0)},
    "make_learner": lambda: {
        "scenario": _setting().build(0),
        "masks_rng": 0,
        "memory_rng": 0,
    },
    "path_increment": lambda: {"gradient": uneven(3), "change": -0.2 * uneven(3) ** 2},
    "permuted_tasks": lambda: {"images": TASK},
    "replay_errors": lambda: {"stored": np.array([10, 20])},
    "run_sequence": lambda: {
        "learner": c.ContinualLearner(_network(), c.UniformPenalty(0.1), 0.01),
        "epochs": 1,
        "batch": 10,
    },
    "simulate_replay": lambda: {"share": 0.5, "directions": 3, "old_samples": 50},
    "split_tasks": lambda: {"images": TASK, "count": 3, "scenario": "task"},
    "squared_gradients": lambda: dict(
        zip(("network", "caches", "gradient"), _propagated(), strict=True)
    ),
}
