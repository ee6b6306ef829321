"""Good arguments of the public callables of theory.ssl."""

import numpy as np
from values import uneven

from theory import ssl

RECORDS = {
    "CosineMoments",
    "DeepPrediction",
    "EncoderRun",
    "PaperStart",
    "ReleasedRun",
    "SiameseRun",
}
MEANT = set()
SLOW = {"trained_encoder"}
NAN = {"crossing_times", "resting_point", "weight_decay_fixed_points"}

VIEWS = ssl.BackgroundDigits.drawn(0, train=60, directions=4)
SETTING = ssl.EncoderSetting(epochs=1, batch=30)
WEIGHTS = np.array([[0.5, 0.1, 0.2], [0.1, 0.6, -0.1]])
EIGENVALUES = np.array([0.2, 0.5])
BY_NAME = {
    "averaging_rate": lambda: 0.5,
    "batch": lambda: 20,
    "eigenvalues": lambda: EIGENVALUES,
    "initial": lambda: np.array([0.2, 0.5]),
    "initial_eigenvalues": lambda: EIGENVALUES,
    "initial_predictor": lambda: np.array([0.3, 0.4]),
    "inputs": lambda: 3,
    "learning_rate": lambda: 0.05,
    "level": lambda: 0.5,
    "loss": lambda: "vicreg",
    "modes": lambda: 3,
    "network": lambda: ssl.SiameseNetwork("cosine"),
    "noise": lambda: (0.0, 0.1),
    "predictor_scales": lambda: EIGENVALUES,
    "rng": lambda: 0,
    "samples": lambda: 40,
    "setting": lambda: SETTING,
    "steps": lambda: 5,
    "target_scales": lambda: np.array([0.3, 0.4]),
    "task": lambda: VIEWS,
    "times": lambda: np.array([0.0, 0.5, 1.0]),
    "weight_decay": lambda: 0.05,
    "weights": lambda: WEIGHTS,
}
OBJECTS: dict = {}
CALLS = {
    "BackgroundDigits.view": lambda: {"images": VIEWS.train_images[:4]},
    "Encoder.loss_and_gradients": lambda: {
        "first": np.random.default_rng(0).normal(size=(5, 16)),
        "second": np.random.default_rng(1).normal(size=(5, 16)),
    },
    "SiameseNetwork.batch_loss": lambda: {
        "predictor": np.diag(uneven(2)),
        "view1": np.random.default_rng(0).normal(size=(3, 30)),
        "view2": np.random.default_rng(1).normal(size=(3, 30)),
    },
    "BackgroundDigits": lambda: {
        name: getattr(VIEWS, name)
        for name in ("train_images", "train_labels", "test_images", "test_labels", "backgrounds")
    },
    "BackgroundDigits.drawn": lambda: {"train": 60, "directions": 4},
    "Encoder": lambda: {"inputs": 16},
    "antithetic_update": lambda: {"rng": np.random.default_rng(0)},
    "crossing_times": lambda: {"until": 5.0},
    "explicit_eigenvalues": lambda: {"loss": "whitening"},
    "feature_times": lambda: {
        "covariance": np.array([0.5, 1.0]),
        "regression": np.array([0.8, 0.9]),
        "start": 1e-3,
    },
    "monte_carlo_update": lambda: {"samples": 200},
    "normalised_ratio_time": lambda: {},
    "predict_spectrum": lambda: {
        "measured": np.exp(np.linspace(-2, 0, 12))[:, None] * np.array([1.0, 0.5]),
        "first": 1,
        "fitted": 4,
    },
    "recruitment_time": lambda: {"variant": "standard"},
    "rectified_euclidean_update": lambda: {"weights": np.array([[0.5, 0.1], [0.1, 0.6]])},
    "isotropic_predictor_eigenvalue": lambda: {"times": np.array([0.5, 1.0])},
    "standard_predictor_eigenvalue": lambda: {"times": np.array([0.5, 1.0])},
    "resting_point": lambda: {},
    "ridge_accuracy": lambda: {
        "train": VIEWS.train_images,
        "train_labels": VIEWS.train_labels,
        "test": VIEWS.test_images,
        "test_labels": VIEWS.test_labels,
    },
    "sample_views": lambda: {"rng": np.random.default_rng(0)},
    "sampled_explicit_update": lambda: {
        "view1": np.random.default_rng(0).normal(size=(3, 30)),
        "view2": np.random.default_rng(1).normal(size=(3, 30)),
    },
    "simulate_siamese": lambda: {"batch": 20},
    "trained_encoder": lambda: {"seed": 0},
    "two_mode_rate": lambda: {},
    "two_unit_cosine_update": lambda: {"weights": np.array([[0.5, 0.1], [0.1, 0.6]])},
    "weight_map": lambda: {"update": lambda w: -0.1 * w},
}
