"""Good arguments of the public callables of theory.metaplasticity."""

import numpy as np
from values import uneven

from theory import metaplasticity as m

RECORDS = {
    "Fluctuations",
    "HiddenWeightRun",
    "MeanField",
    "MetaplasticMeanField",
    "OptimizerRun",
    "Plateau",
    "RandomHessianMeanField",
    "TwoTaskRun",
}
MEANT = set()
NAN: set = set()

TASK = m.QuadraticTask.random(6, 0)
STATE = m.mean_field(TASK)
SMALL = np.array([0.1, -0.2, 0.4])
BY_NAME = {
    "cost": lambda: np.array([0.1, 5.0]),
    "mean": lambda: np.array([0.1, 0.5]),
    "shift": lambda: 0.2,
    "size": lambda: np.array([0.1, 0.5]),
    "y": lambda: np.array([0.1, 0.5]),
    "aspect_ratio": lambda: 2.0,
    "curvature": lambda: np.array([1.0, 2.0, 3.0]),
    "dimension": lambda: 4,
    "distance": lambda: np.array([0.5, 1.0, 2.0]),
    "exponent": lambda: 1.5,
    "half_width": lambda: 2.0,
    "hidden": lambda: SMALL,
    "initial": lambda: np.full(6, 0.1),
    "learning_rate": lambda: 0.01,
    "metaplasticity": lambda: 1.0,
    "multiplier": lambda: np.array([0.1, 0.2, 0.5]),
    "noise": lambda: np.array([0.5, 1.0, 2.0]),
    "optimum": lambda: np.array([0.3, -0.2]),
    "optimum_law": lambda: m.UniformOptimum(2.0),
    "rng": lambda: 0,
    "speed": lambda: np.array([0.1, 0.2, 0.3]),
    "standard_deviation": lambda: 1.5,
    "start": lambda: np.array([0.1, 0.2]),
    "state": lambda: STATE,
    "step": lambda: 0.1,
    "steps": lambda: 20,
    "strength": lambda: 0.3,
    "task": lambda: TASK,
    "tasks": lambda: m.TwoTasks(),
    "times": lambda: np.array([1, 5, 10]),
    "travelled": lambda: 3.0,
    "update": lambda: np.array([0.01, -0.02, 0.03]),
    "weight_decay": lambda: 0.01,
}
OBJECTS = {
    "RandomHessianMeanField": lambda: m.random_hessian_mean_field(2.0, m.UniformOptimum(2.0))
}
CALLS = {
    "Exponential.travel": lambda: {"hidden": np.array([0.1, 0.5])},
    "HardThreshold.travel": lambda: {"hidden": np.array([0.1, 0.5])},
    "OwnLaw.travel": lambda: {"hidden": np.array([0.1, 0.5])},
    "PowerTail.travel": lambda: {"hidden": np.array([0.1, 0.5])},
    "SechSquared.travel": lambda: {"hidden": np.array([0.1, 0.5])},
    "QuadraticTask.loss": lambda: {"weights": np.array([1.0, -1.0])},
    "QuadraticTask.gradient": lambda: {"weights": np.array([1.0, -1.0])},
    "QuadraticTask.flip_cost": lambda: {"binary_weights": np.array([1.0, -1.0])},
    "DiscreteOptimum.blurred_cdf": lambda: {"noise": 0.5},
    "DiscreteOptimum.blurred_density": lambda: {"noise": 0.5},
    "NormalOptimum.blurred_cdf": lambda: {"noise": 0.5},
    "NormalOptimum.blurred_density": lambda: {"noise": 0.5},
    "UniformOptimum.blurred_cdf": lambda: {"noise": 0.5},
    "UniformOptimum.blurred_density": lambda: {"noise": 0.5},
    "NormalOptimum.sample": lambda: {"size": 4},
    "DiscreteOptimum.sample": lambda: {"size": 4},
    "UniformOptimum.sample": lambda: {"size": 4},
    "PowerLawSizes.sample": lambda: {"count": 4},
    "DiscreteOptimum": lambda: {"values": np.array([-1.0, 0.5])},
    "EmpiricalSpectrum": lambda: {"eigenvalues": np.array([0.5, 1.0, 2.0])},
    "HardThreshold": lambda: {"threshold": 1.0},
    "OwnLaw": lambda: {"function": lambda h: 1 / (1 + h**2)},
    "PowerLawSizes": lambda: {"scale": 1.0},
    "PowerTail": lambda: {"power": 2.0},
    "QuadraticTask": lambda: {"hessian": np.diag(uneven(2)), "optimum": np.array([0.5, 2.0])},
    "UniformSpectrum": lambda: {"low": 0.5, "high": 2.0},
    "as_law": lambda: {"metaplasticity": 1.0},
    "averaging_error_bound": lambda: {"steps": np.array([10, 100])},
    "consolidation_gain": lambda: {"x": np.array([0.1, 1.0])},
    "flip_time": lambda: {"hidden": np.array([0.5, 1.0]), "pull": np.array([0.1, 0.2])},
    "kept_fraction": lambda: {"distance": np.array([0.01, 0.1])},
    "leftover": lambda: {"hidden": np.array([0.1, 0.2, 0.4]), "step": np.array([0.1, 0.1, 0.1])},
    "locking_plateau": lambda: {"plus": np.array([1, 1]), "period": np.array([2, 3])},
    "hidden_weight_bound": lambda: {
        "task": m.QuadraticTask(np.diag(uneven(6)), uneven(6)),
        "learning_rate": 2.0,
    },
    "lyapunov_value": lambda: {"hidden": uneven(6)},
    "metaplastic_factor": lambda: {"hidden_weights": SMALL},
    "modulated_update": lambda: {"hidden_weights": SMALL},
    "passive_decay_time": lambda: {
        "start": np.array([1.0, 2.0]),
        "end": np.array([0.5, 0.5]),
        "rate": 0.1,
    },
    "rectified": lambda: {"mean": np.array([0.1, 0.4]), "deviation": np.array([0.5, 0.2])},
    "renormalised_map": lambda: {"plus": 1, "period": 3, "optimum": -0.331, "strength": 0.3},
    "rotation_orbit": lambda: {"initial": 0.1, "optimum": 0.3},
    "rotation_range": lambda: {"steps": 50},
    "simulate_flip_time": lambda: {
        "hidden": np.array([0.5, 1.0]),
        "pull": 0.1,
        "law": m.SechSquared(1.0),
    },
    "simulate_ratchet": lambda: {"initial": SMALL, "amplitude": 0.1},
    "simulate_scalar_weights": lambda: {"initial": np.array([0.1, 0.1]), "step": 0.5},
    "simulate_two_tasks": lambda: {"synapses": 50},
    "spectral_mean_field": lambda: {"spectrum": m.UniformSpectrum(0.5, 2.0)},
    "transported_density": lambda: {"initial_density": lambda h: np.exp(-(h**2))},
    "ratchet_drift": lambda: {"amplitude": np.array([0.1, 0.1, 0.1])},
}
