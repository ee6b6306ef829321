"""Good arguments of the public callables of theory.ep."""

import numpy as np
from values import uneven

from theory import ep
from theory.data import load_images

RECORDS = {"Equilibrium", "TrainingRun", "TwoUnitRun"}
MEANT = set()
COMPLEX = set(
    (
        "states coefficients series compliance free path initial preactivations nudges "
        "weights biases z "
    ).split()
)
NAN: set = set()

RNG = np.random.default_rng(0)
NETWORK = ep.LayeredNetwork.random((3, 4, 2), 1, scale=0.5)
INPUTS = RNG.normal(size=(3, 3))
TARGETS = RNG.uniform(size=(3, 2))
STATES = ep.equilibrium(NETWORK, INPUTS).states
SERIES = ep.gradient_series(NETWORK, ep.equilibrium_series(NETWORK, INPUTS, TARGETS, 5), INPUTS)
READOUT = ep.SoftReadout(RNG.normal(size=(4, 2)), RNG.normal(size=4))
IMAGES = RNG.uniform(size=(3, 1, 8, 8))
HOT = np.eye(5)[[0, 3, 1]]
FREE = ep.ConvolutionalNetwork.random((1, 8, 8), (3, 4), 5, 0, dtype=np.float64).relax(IMAGES, 60)


def _images():
    return ep.ConvolutionalNetwork.random((1, 8, 8), (3, 4), 5, 0, dtype=np.float64)


def _ensemble():
    return ep.Ensemble.of([NETWORK, NETWORK], np.float64)


def _compliance():
    return ep.output_compliance(NETWORK, STATES, INPUTS)


BY_NAME = {
    "activation": lambda: "tanh",
    "coefficients": lambda: SERIES,
    "compliance": lambda: np.array([[[0.4, 0.1], [0.1, 0.3]]]),
    "coupling": lambda: np.array([[0.0, 0.3], [0.1, 0.0]]),
    "ensemble": _ensemble,
    "equilibria": lambda: 3,
    "inputs": lambda: INPUTS,
    "kind": lambda: ep.Stencil.symmetric,
    "labels": lambda: np.array([0, 1, 2]),
    "largest": lambda: 0.5,
    "learning_rate": lambda: 0.05,
    "loss_gradient": lambda: np.array([0.1, -0.2]),
    "momentum": lambda: 0.5,
    "network": lambda: NETWORK,
    "nodes": lambda: (0.1, -0.1),
    "noise": lambda: 1e-3,
    "nudging_strength": lambda: 0.1,
    "order": lambda: 3,
    "path": lambda: ep.nudged_path(NETWORK, INPUTS, TARGETS, 0.1, 3),
    "rng": lambda: 0,
    "rule": lambda: "symmetric",
    "side": lambda: "symmetric",
    "slope": lambda: np.array([0.9, 0.8]),
    "states": lambda: STATES,
    "stencil": lambda: ep.Stencil.symmetric(0.1),
    "steps": lambda: 5,
    "targets": lambda: TARGETS,
    "weight_decay": lambda: 1e-3,
}
PICTURES = {
    "network": _images,
    "images": lambda: IMAGES,
    "targets": lambda: HOT,
}


def _convolutional(**more):
    return {"network": _images(), "images": IMAGES, "targets": HOT, **more}


CALLS = {
    "agnostic_step": lambda: {"compliance": 0.01},
    "coupled_estimate": lambda: {"share": 0.1},
    "held_states": lambda: {"outputs": np.full((3, 2), 0.2)},
    "activation_poles": lambda: {"name": "shifted_sigmoid"},
    "soft_clip": lambda: {"z": np.array([0.1, 0.5])},
    "Activation": lambda: {
        "name": "own",
        "function": np.tanh,
        "slope_function": lambda x: 1 / np.cosh(x) ** 2,
    },
    "ConvolutionalNetwork": lambda: {
        "kernels": [np.random.default_rng(0).normal(size=(2, 1, 3, 3))],
        "biases": [uneven(2)],
        "dense": np.random.default_rng(0).normal(size=(3, 8)),
        "dense_bias": uneven(3),
    },
    "ConvolutionalNetwork.random": lambda: {
        "image_shape": (1, 8, 8),
        "channels": (3, 4),
        "classes": 5,
    },
    "ConvolutionalNetwork.stack": lambda: {"networks": [_images(), _images()]},
    "CoupledNetwork": lambda: {
        "weights": NETWORK.weights,
        "biases": NETWORK.biases,
        "pairs": ((0, 1), (1, 2)),
    },
    "Ensemble": lambda: {
        "weights": [uneven(2, 4, 3), uneven(2, 2, 4)],
        "biases": [uneven(2, 4), uneven(2, 2)],
        "backward": [],
    },
    "Ensemble.of": lambda: {"networks": [NETWORK, NETWORK]},
    "Gradient": lambda: {"weights": (uneven(2, 2),), "biases": (uneven(2),)},
    "LayeredNetwork": lambda: {"weights": NETWORK.weights, "biases": NETWORK.biases},
    "LayeredNetwork.random": lambda: {"sizes": (3, 4, 2)},
    "Loss": lambda: {
        "value": lambda y, t: ((y - t) ** 2).sum(1) / 2,
        "gradient": lambda y, t: y - t,
    },
    "SoftReadout": lambda: {"weights": uneven(4, 2), "biases": uneven(4)},
    "Stencil": lambda: {"name": "own", "nodes": (0.1, -0.1), "weights": (5.0, -5.0)},
    "Stencil.contour": lambda: {"points": 4, "radius": 0.2},
    "Stencil.order_n": lambda: {"nodes": 3},
    "asymmetry_factor": lambda: {"steps": np.array([0, 10])},
    "backpropagated_estimates": lambda: _convolutional(steps=3, free=FREE),
    "best_weights": lambda: {"nodes": (0.1, -0.1, 0.2)},
    "collapse_steps": lambda: {"coupling": 0.3},
    "convolutional_estimate": lambda: _convolutional(steps=(5, 3)),
    "corrected_estimate": lambda: {"stencil": 0.1},
    "descend_in_phase": lambda: {
        "inputs": np.stack([INPUTS, INPUTS]),
        "targets": np.stack([TARGETS, TARGETS]),
        "rates": (0.1, 0.1, 0.1, 0.1),
        "steps": (20, 3),
    },
    "gradient_estimate": lambda: {
        "inputs": np.stack([INPUTS, INPUTS]),
        "targets": np.stack([TARGETS, TARGETS]),
        "steps": (20, 5),
    },
    "gradient_series": lambda: {
        "series": ep.equilibrium_series(NETWORK, INPUTS, TARGETS, 3),
    },
    "linear_surrogate": lambda: {
        "errors": np.array([[0.1, 0.2]]),
    },
    "energy": lambda: {"preactivations": STATES},
    "linear_pieces": lambda: {
        "network": ep.LayeredNetwork.random((3, 4, 2), 1, activation="wide_hard_sigmoid")
    },
    "loss_along": lambda: {"nudges": np.array([0.0, 0.1])},
    "one_hot": lambda: {"classes": 3},
    "order_nodes": lambda: {"count": 3},
    "radius_of_convergence": lambda: {"coefficients": 0.5 ** np.arange(16.0)[:, None]},
    "readout_gradient": lambda: {
        "targets": np.eye(4)[[0, 1, 2]],
        "loss": READOUT,
        "nudges": (0.1, -0.1),
    },
    "running_estimates": lambda: _convolutional(steps=3, free=FREE),
    "simulate_two_units": lambda: {"steps": 5},
    "state_errors": lambda: {"free": STATES},
    "train": lambda: {
        "settings": ep.TrainingSettings(
            sizes=(6, 4, 3), free_steps=5, nudged_steps=3, batch_size=5, epochs=1
        ),
        "images": np.random.default_rng(0).uniform(size=(10, 6)),
        "labels": np.arange(10) % 3,
        "test_images": np.random.default_rng(0).uniform(size=(5, 6)),
        "test_labels": np.arange(5) % 3,
        "seeds": (0,),
        "probed": 3,
    },
    "train_convolutional": lambda: {
        "network": ep.ConvolutionalNetwork.random((1, 8, 8), (3, 4), 5, 0),
        "images": np.random.default_rng(0).uniform(size=(10, 1, 8, 8)),
        "labels": np.arange(10) % 5,
        "test_images": np.random.default_rng(0).uniform(size=(5, 1, 8, 8)),
        "test_labels": np.arange(5) % 5,
        "epochs": 1,
        "steps": (4, 2),
        "batch_size": 5,
    },
    "train_full_size": lambda: {
        "settings": ep.FullSizeSettings(
            channels=(2, 2),
            padding=(1, 1),
            free_steps=3,
            nudged_steps=2,
            learning_rates=(0.1, 0.1, 0.1),
            batch_size=20,
            epochs=1,
        ),
        "task": SMALL_TASK,
        "stop_after": 1,
    },
    "vector_field_estimate": lambda: {
        "network": ep.LayeredNetwork.random((3, 4, 2), 1, scale=0.5, backward=True)
    },
    "with_label_noise": lambda: {"share": 0.2, "classes": 3},
}


def _small_task():
    from dataclasses import replace

    whole = load_images("digits")
    return replace(
        whole,
        train_images=whole.train_images[:40],
        train_labels=whole.train_labels[:40],
        test_images=whole.test_images[:20],
        test_labels=whole.test_labels[:20],
    )


SMALL_TASK = _small_task()
