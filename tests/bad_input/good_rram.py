"""Good arguments of the public callables of theory.rram."""

import io
from dataclasses import replace

import numpy as np
from values import uneven

from theory import rram
from theory.bnn import dense_network
from theory.data import load_images

RECORDS = {
    "FreshBounds",
    "DriveRun",
    "FittedDevice",
    "LawFit",
    "PinkFit",
    "ResponseFit",
    "TelegraphFit",
    "Traces",
    "TruncatedLaw",
}
MEANT = set()
SLOW = {"choose_response", "chosen_laws", "fit_device", "fit_telegraph"}
NAN = {"fit_device", "fit_telegraph"}

WHOLE = load_images("digits")
TASK = replace(
    WHOLE,
    train_images=WHOLE.train_images[:40],
    train_labels=WHOLE.train_labels[:40],
    test_images=WHOLE.test_images[:20],
    test_labels=WHOLE.test_labels[:20],
)
DEVICES = rram.sample_devices((3,), 0)
LOWERING = rram.sample_devices((3,), 1)
TRACES = rram.sample_traces(devices=8, pulses=1500, rng=0)
SHOWN, CURVE = TRACES.log_ratio(0)
PULSES = SHOWN
SAMPLE = np.random.default_rng(0).exponential(2.0, 60) + 1
LAWS = rram.DeviceLaws()


def _experiment():
    return rram.DeviceExperiment(images=TASK, hidden=(6,), epochs=1, batch=20)


BY_NAME = {
    "array": lambda: rram.DeviceArray((2, 3), 0),
    "asymmetry": lambda: np.array([0.1, 0.5]),
    "base": _experiment,
    "channels": lambda: (2, 2),
    "classes": lambda: 10,
    "devices": lambda: DEVICES,
    "down": lambda: np.array([3.0, 5.0]),
    "elements": lambda: 4,
    "experiment": _experiment,
    "family": lambda: "exponential",
    "frequency": lambda: np.array([0.01, 0.1]),
    "hidden": lambda: (6,),
    "high": lambda: 5.0,
    "image_shape": lambda: (1, 8, 8),
    "images": lambda: np.random.default_rng(0).uniform(size=(4, 64)),
    "imperfection": lambda: "pink",
    "imperfections": lambda: ("spread", "pink"),
    "invested": lambda: np.array([5.0, 10.0]),
    "lag": lambda: np.array([0, 1, 3]),
    "law": lambda: LAWS.kink,
    "learning_rate": lambda: np.array([0.5, 5.0]),
    "location_over_scale": lambda: 0.5,
    "log_ratio": lambda: CURVE,
    "low": lambda: 1.0,
    "lowering": lambda: LOWERING,
    "name": lambda: "published",
    "parameters": lambda: dense_network((64, 6, 10), 0).parameters,
    "pulses": lambda: np.array([5.0, 50.0]),
    "raising": lambda: DEVICES,
    "rng": lambda: 0,
    "sample": lambda: SAMPLE,
    "scale": lambda: 2.0,
    "seed": lambda: 0,
    "seeds": lambda: (0,),
    "shape": lambda: (2, 3),
    "strength": lambda: 0.5,
    "task": lambda: TASK,
    "up": lambda: np.array([5.0, 8.0]),
    "updates": lambda: np.array([3, 10]),
}
FIELDS = ("fast_slope", "kink", "offset", "slow_slope", "initial_resistance")


def _curves():
    return {
        "pulses": [PULSES, PULSES],
        "log_ratio": [CURVE, TRACES.log_ratio(1)[1]],
    }


def _runs():
    accuracy = np.array([[0.1, 0.5, 0.8, 0.9], [0.2, 0.5, 0.7, 0.8]])
    return {"ideal devices": {"accuracy": accuracy}, "own": {"accuracy": accuracy - 0.1}}


CALLS = {
    "fresh_pulse_bounds": lambda: {"law": LAWS.kink, "response": "soft bound"},
    "log_moment": lambda: {"law": LAWS.kink, "power": 1.0},
    "DeviceLearner": lambda: {"rngs": np.random.default_rng(0).spawn(3)},
    "Devices": lambda: {name: getattr(DEVICES, name) for name in FIELDS},
    "MeasuredTraces": lambda: {
        "names": ("a",),
        "pulses": (np.array([0, 1, 2, 3]),),
        "resistance": (np.array([1.0, 1.2, 1.3, 1.4]),),
    },
    "MeasuredTraces.from_csv": lambda: {"source": io.StringIO(TRACES.csv_text())},
    "TruncatedExponential": lambda: {"location": 1.0, "scale": 2.0},
    "TruncatedLognormal": lambda: {"mu": 0.5, "sigma": 0.4},
    "TruncatedNormal": lambda: {"centre": 2.0, "deviation": 0.5},
    "PulseAdam": lambda: {"learning_rate": 5.0},
    "adapted": lambda: {},
    "asymmetry_survival_of": lambda: {"law": LAWS.fast_slope},
    "choose_response": lambda: _curves(),
    "chosen_laws": lambda: {"fits": rram.fit_laws({n: SAMPLE for n in FIELDS})},
    "compare": lambda: {"experiments": {"a": _experiment()}, "backend": "serial"},
    "condition": lambda: {"name": "ideal devices"},
    "cost": lambda: {"runs": _runs(), "name": "own"},
    "coverage": lambda: {
        "estimates": np.array([1.0, 2.0]),
        "errors": np.array([0.1, 0.2]),
        "truth": np.array([1.05, 2.1]),
    },
    "cropped_and_flipped": lambda: {"images": np.random.default_rng(0).uniform(size=(4, 64))},
    "drive_at_random": lambda: {"synapses": 5, "updates": 4},
    "fit_device": lambda: {"traces": TRACES},
    "fit_laws": lambda: {"samples": {"kink": SAMPLE}},
    "fit_pink": lambda: {"stretches": [np.random.default_rng(0).normal(size=3000)], "taps": (5, 9)},
    "fit_response": lambda: {"pulses": PULSES},
    "fit_telegraph": lambda: {"residual": _telegraph(), "every": 1},
    "fit_two_slopes": lambda: {"pulses": PULSES},
    "flip_probability": lambda: {"update": 5, "pulses": 3},
    "last_and_best": lambda: {"run": _runs()["own"]},
    "log_ratio_distribution": lambda: {"pulses": 20.0, "kinks": 20, "points": 512},
    "mean_log_ratio": lambda: {"pulses": np.array([5, 50, 8])},
    "plasticity": lambda: {"pulses": np.array([5, 50, 8])},
    "pink_mean": lambda: {"pulses": np.array([5, 50])},
    "pink_variance": lambda: {"pulses": np.array([5, 50])},
    "pulses_to_flip": lambda: {"invested": np.array([5.0, 10.0, 3.0])},
    "misfit_probability": lambda: {
        "fit": rram.fit_law(SAMPLE, "exponential"),
        "replicas": 20,
    },
    "octave_means": lambda: {
        "frequency": np.geomspace(0.01, 0.5, 20),
        "density": uneven(20),
    },
    "paired_difference": lambda: {
        "values": np.array([1.0, 2.0, 2.5]),
        "reference": np.array([0.9, 1.8, 2.6]),
    },
    "periodogram": lambda: {"series": np.random.default_rng(0).normal(size=(64, 2))},
    "pink_taps": lambda: {"count": 5},
    "pulse_counts": lambda: {"step": np.array([0.5, -2.0])},
    "record_traces": lambda: {"pulses": 10},
    "repair_gains": lambda: {
        "seeds": (0, 1),
        "imperfections": ("pink",),
        "backend": "serial",
    },
    "sample_traces": lambda: {"devices": 2, "pulses": 20},
    "share_of_a_pulse": lambda: {"scale": 20.0},
    "soft_bound_signal": lambda: {"times": np.array([0.0, 5.0]), "share": 0.05},
    "soft_bound_synapse": lambda: {"share": 0.05},
    "spread_factors": lambda: {},
    "tail_exponent": lambda: {"law": LAWS.fast_slope},
    "train": lambda: {},
    "updates_to_overturn": lambda: {"bias": 0.5, "pulses": 5},
    "weakened": lambda: {"factor": 0.5},
}


def _telegraph():
    rng = np.random.default_rng(3)
    high = (np.cumsum(rng.random(800) < 0.02) % 2).astype(float)
    return (0.3 * high + 0.02 * rng.normal(size=800))[:, None]
