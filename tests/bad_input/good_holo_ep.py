"""Good arguments of the public callables of theory.holo_ep."""

from dataclasses import replace

import numpy as np
from values import uneven

from theory import holo_ep as h
from theory.data import load_images
from theory.ep import LayeredNetwork, SquaredError

RECORDS = {"BranchPoint", "OscillationRun", "Relaxed", "TrainingRun", "VectorField"}
MEANT = {("layer_cosines", "estimate", kind) for kind in ("nan", "infinite", "huge")}
SLOW = {"best_contour", "exact_radius", "train_published"}
# The published five seeds train for longer, and the published images are not at hand.
SKIP = {("train_published", "seeds", "none"), ("train_published", "task", "none")}
COMPLEX = set(
    (
        "states state nudges coefficients estimate currents direction z left right nodes "
        "weights singularities initial jacobian delta loss_gradient metric drive readout "
        "target nudging_strength "
    ).split()
)
NAN = {"least_euclidean_cosine", "stability_boundary", "train", "train_pooling", "train_published"}

RNG = np.random.default_rng(0)
CLAMPED = h.toy_network(0.5)
LAYERED = LayeredNetwork.random((3, 4, 2), 1, scale=0.5)
FIELD = h.LinearField(
    np.array([[-1.0, 0.2], [0.1, -1.0]]), np.array([0.3, 0.1]), np.eye(2), np.array([0.2, 0.4])
)
NETWORKS = h.FieldNetworks.random(
    4, (5, 4), "reciprocal", [np.random.default_rng(0)], classes=3, gain=0.5, dtype=np.float64
)
INPUTS = RNG.uniform(size=(1, 3, 4))
TARGETS = np.eye(3)[None, [0, 1, 2]]
FREE = h.relax(NETWORKS, INPUTS, 200, tolerance=1e-12)
JACOBIAN = np.array([[-1.0, 0.3], [0.1, -1.2]])
SETTINGS = h.TrainingSettings(
    sizes=(6, 4), free_steps=20, nudged_steps=10, epochs=1, batch_size=10, tolerance=0.1
)
WHOLE = load_images("digits")
TASK = replace(
    WHOLE,
    train_images=WHOLE.train_images[:60],
    train_labels=WHOLE.train_labels[:60],
    test_images=WHOLE.test_images[:20],
    test_labels=WHOLE.test_labels[:20],
)
BRANCH = h.toy_network(1.0).sample()
BY_NAME = {
    "contours": lambda: [h.Contour.circle(4, 0.1)],
    "index": lambda: 0,
    "path": lambda: np.array([0.0, 0.1]),
    "angles": lambda: np.array([0.1, 1.0]),
    "budget": lambda: 100.0,
    "circle": lambda: 0.5,
    "clamped": lambda: CLAMPED,
    "coefficients": lambda: 0.5 ** np.arange(12.0)[:, None] * np.array([0.1, 0.3]),
    "contour": lambda: h.Contour.circle(4, 0.3),
    "currents": lambda: np.random.default_rng(0).normal(size=(3, 4)),
    "delta": lambda: np.array([0.1, 0.2]),
    "degrees": lambda: 30.0,
    "direction": lambda: np.random.default_rng(0).normal(size=(3, 4)),
    "field": lambda: FIELD,
    "forward": lambda: uneven(3, 4),
    "free": lambda: FREE,
    "inputs": lambda: INPUTS,
    "jacobian": lambda: JACOBIAN,
    "kind": lambda: "nudged",
    "largest": lambda: 0.5,
    "left": lambda: np.array([0.1, 0.2]),
    "loss_gradient": lambda: np.array([0.1, -0.2]),
    "networks": lambda: NETWORKS,
    "noise": lambda: 1e-3,
    "nudges": lambda: np.array([0.1, -0.1]),
    "perturbations": lambda: np.random.default_rng(0).normal(size=(5, 2)),
    "points": lambda: 4,
    "radius": lambda: 0.3,
    "reach": lambda: 0.5,
    "right": lambda: np.array([0.3, 0.1]),
    "rng": lambda: 0,
    "seeds": lambda: (0,),
    "settings": lambda: SETTINGS,
    "singularities": lambda: [1.0 + 0.5j, 1.0 - 0.5j],
    "states": lambda: FREE.states,
    "steps": lambda: 20,
    "targets": lambda: TARGETS,
    "task": lambda: TASK,
    "tolerance": lambda: 1e-4,
    "turns": lambda: 2,
    "variance": lambda: 0.1,
}
OBJECTS = {
    "ClampedNetwork": lambda: CLAMPED,
    "FieldNetworks": lambda: h.FieldNetworks.symmetric(4, (5, 4), [0], classes=3),
}
CALLS = {
    "FieldNetworks.clamp": lambda: {"inputs": INPUTS[0, 0], "target": TARGETS[0, 0]},
    "FieldNetworks.clamped": lambda: {
        "run": 0,
        "inputs": INPUTS[0],
        "targets": TARGETS[0],
    },
    "PoolingNetworks.clamp": lambda: {"inputs": np.full(64, 0.5), "target": np.eye(10)[0]},
    "ClampedNetwork": lambda: {
        "network": LAYERED,
        "inputs": np.random.default_rng(0).normal(size=(2, 3)),
        "targets": np.random.default_rng(0).uniform(size=(2, 2)),
        "loss": SquaredError(),
    },
    "Contour": lambda: {
        "nodes": np.array([0.1, -0.1]),
        "weights": np.array([5.0, -5.0]),
        "centre": 0.0,
        "half_axes": (0.1, 0.1),
    },
    "Contour.ellipse": lambda: {"along": 0.3, "across": 0.2},
    "Field": lambda: {
        "force": lambda u: -u + 0.1,
        "loss": lambda u: (u**2).sum(-1) / 2,
        "start": uneven(2),
    },
    "FieldNetworks": lambda: {
        "recurrent": NETWORKS.recurrent,
        "inward": NETWORKS.inward,
        "biases": NETWORKS.biases,
        "readout": NETWORKS.readout,
        "readout_biases": NETWORKS.readout_biases,
        "sizes": (5, 4),
        "topology": "reciprocal",
    },
    "FieldNetworks.random": lambda: {
        "inputs": 4,
        "sizes": (5, 4),
        "topology": "reciprocal",
        "rngs": [np.random.default_rng(0)],
    },
    "FieldNetworks.symmetric": lambda: {"inputs": 4, "sizes": (5, 4)},
    "FieldNetworks.of_layered": lambda: {
        "network": LAYERED,
        "readout": uneven(3, 2),
        "readout_biases": uneven(3),
    },
    "LinearField": lambda: {
        "drive": np.array([0.3, 0.1]),
        "readout": np.diag(uneven(2)),
        "target": np.array([0.2, 0.4]),
    },
    "PoolingNetworks": lambda: _pooling(),
    "PoolingNetworks.random": lambda: {
        "channels": (2, 3),
        "rngs": [np.random.default_rng(0)],
    },
    "PublishedRun": lambda: {},
    "aliasing_bound": lambda: {"largest": 1.0},
    "backward_weights": lambda: {"rng": np.random.default_rng(0)},
    "best_number_of_points": lambda: {"rate": 0.5, "radius_of_convergence": 1.0},
    "branch_points": lambda: {"field": BRANCH, "reach": 1.0, "angles": 11},
    "contour_errors": lambda: {},
    "contour_estimate": lambda: {"field": CLAMPED},
    "deep_chain": lambda: {"depth": 3, "width": 4, "inputs": 3, "classes": 2, "batch": 2},
    "error_series": lambda: {"order": 3},
    "gradient_noise_at_symmetry": lambda: {"jacobian": (JACOBIAN + JACOBIAN.T) / 2},
    "layer_cosines": lambda: {"estimate": h.contour_estimate(CLAMPED, 4, 0.2)},
    "noisy_estimates": lambda: {"steps": 10},
    "nudged_series": lambda: {"order": 3},
    "oscillate": lambda: {"periods": 2},
    "refine_branch_point": lambda: _near(),
    "round_trips": lambda: {
        "field": BRANCH,
        "nudge": 0.3 + 0.1j,
        "radius": 0.1,
        "turns": 1,
        "points": 20,
    },
    "sampled_loss": lambda: {"push": lambda x: x @ JACOBIAN},
    "solved_errors": lambda: {"states": FREE},
    "iterated_errors": lambda: {"states": FREE},
    "stability_boundary": lambda: {"field": BRANCH},
    "exact_radius": lambda: {"field": BRANCH, "reach": 2.0},
    "stability_map": lambda: {"size": 3, "steps": 20},
    "step_radius": lambda: {
        "field": BRANCH,
        "states": BRANCH.along(np.array([0.0, 0.1])),
        "nudges": np.array([0.0, 0.1]),
    },
    "train_pooling": lambda: {"channels": (2, 3)},
    "train_published": lambda: {"name": "J24 table 1, derivative", "task": TASK, "seeds": (0,)},
    "weight_angle": lambda: {
        "forward": [uneven(1, 3, 4)],
        "backward": [np.flip(uneven(1, 3, 4))],
    },
}


def _near():
    point = h.branch_points(BRANCH, 1.5, angles=11)[0]
    return {"field": BRANCH, "state": point.state, "nudge": point.nudge}


def _pooling():
    found = h.PoolingNetworks.random((2, 3), [np.random.default_rng(0)])
    names = ("forward", "backward", "biases", "readout", "readout_biases")
    return {name: getattr(found, name) for name in names}
