"""Good arguments of the public callables of theory.consolidation."""

import numpy as np
from values import uneven

from theory import consolidation as c

RECORDS = {"Capacity"}
MEANT = {("RecallGate", "threshold", "infinite")}
COMPLEX = {"rates", "weights"}
SLOW = {"palimpsest_capacity"}
NAN: set = set()

CHAIN = c.BeakerChain.geometric(3)
SYNAPSE = c.serial_chain(4)
QUANTISED = c.QuantisedChain(CHAIN, 8)


def _task():
    inputs = np.array([[1.0, 0.2], [0.3, 1.0], [0.5, -0.4]])
    return c.LinearTask(inputs, np.array([0.3, -0.2, 0.7]))


BY_NAME = {
    "change": lambda: 1.0,
    "observer": lambda: "covariance",
    "ages": lambda: np.array([1.0, 4.0]),
    "burn": lambda: 10,
    "chain": lambda: CHAIN,
    "coding": lambda: 0.2,
    "decay": lambda: 0.1,
    "delay": lambda: 5.0,
    "flip_probability": lambda: 0.3,
    "generator": lambda: np.array([[-0.5, 0.5], [0.5, -0.5]]),
    "levels": lambda: 4,
    "load": lambda: 0.1,
    "model": lambda: "cascade",
    "neurons": lambda: 40,
    "noise": lambda: 0.3,
    "parameters": lambda: 3,
    "patterns": lambda: 4,
    "rate": lambda: 0.3,
    "response": lambda: lambda t: 1 / (1 + np.asarray(t)),
    "rng": lambda: 3,
    "setting": lambda: c.RecallGate(synapses=50),
    "shares": lambda: np.full(6, 1 / 6),
    "stages": lambda: 3,
    "states": lambda: 4,
    "steps": lambda: 20,
    "strength": lambda: 3.0,
    "synapse": lambda: SYNAPSE,
    "synapses": lambda: 1000,
    "times": lambda: np.array([1.0, 2.0, 5.0]),
    "windows": lambda: [(0.0, 1.0)],
}
OBJECTS: dict = {}
CALLS = {
    "GatedSynapse.rates": lambda: {"proteins": True},
    "LinearTask.loss": lambda: {"parameters": np.array([0.1, 0.2])},
    "QuantisedChain.covariance": lambda: {"rounding": np.full(3, 0.1)},
    "TagTriggerModel.life": lambda: {"high": True},
    "TaggingModel.early_target": lambda: {"regime": "rest"},
    "project": lambda: {"start": uneven(2), "task": _task(), "earlier": []},
    "BeakerChain.spanning": lambda: {"shortest": 5.0, "longest": 500.0},
    "Gaussian": lambda: {"mean": uneven(2), "precision": np.diag(uneven(2))},
    "LinearTask": lambda: {
        "inputs": np.array([[1.0, 0.2], [0.3, 1.0]]),
        "targets": np.array([0.1, 0.4]),
    },
    "MarkovSynapse": lambda: {
        "potentiation": np.array([[0.5, 0.5], [0.0, 1.0]]),
        "depression": np.array([[1.0, 0.0], [0.5, 0.5]]),
        "weights": np.array([-1.0, 1.0]),
    },
    "SlidingThreshold": lambda: {"learning_rate": 0.1, "threshold_time": 2.0},
    "Stimulus": lambda: {
        "synapse": 0,
        "start": 0.0,
        "duration": 100.0,
        "regime": "potentiating",
    },
    "Tetanus": lambda: {"time": 0.5, "first": 0, "count": 10},
    "beaker_rule": lambda: {"strength": 0.5},
    "best_gap": lambda: {"response": lambda t: 1 / (1 + t) ** 0.5},
    "best_size": lambda: {"lifetime_of": lambda n: -((n - 7.0) ** 2), "guess": 4},
    "best_synapse_at": lambda: {"time": 5.0, "states": 4, "draws": 1, "steps": 10},
    "capacity": lambda: {"model": "cascade", "synapses": 1000.0},
    "cascade": lambda: {"levels": 3},
    "deviation_bound": lambda: {"count": 5, "repeats": 20},
    "elastic_consolidation": lambda: {"tasks": [_task(), _task()]},
    "growth_rate": lambda: {"setting": c.SlidingThreshold(0.1, 2.0)},
    "ideal_age": lambda: {"variance": 1.0, "couplings": 100.0},
    "interpolate": lambda: {"start": uneven(2), "task": _task()},
    "last_crossing": lambda: {
        "readout": np.array([-0.5, 0.5]),
        "weights": np.array([-1.0, 1.0]),
        "level": 0.2,
    },
    "lifetime_of_modes": lambda: {
        "rates": np.array([0.5, 0.1]),
        "weights": np.array([0.4, 0.2]),
    },
    "observe_beakers": lambda: {"steps": 10, "synapses": 30, "repeats": 3},
    "observe_memory": lambda: {"steps": 10, "synapses": 30, "repeats": 3},
    "observe_quantised": lambda: {
        "synapse": QUANTISED,
        "ages": np.array([1, 4]),
        "burn": 5,
        "synapses": 30,
        "repeats": 3,
    },
    "observe_sparse": lambda: {"ages": np.array([1, 4]), "synapses": 30, "repeats": 3},
    "observe_stages": lambda: {"steps": 10, "synapses": 30, "repeats": 3},
    "palimpsest_overlaps": lambda: {"ages": np.array([0.05, 0.1])},
    "pool_signal_to_noise": lambda: {"sizes": 4},
    "predicted_capture": lambda: {"tetani": [c.Tetanus(0.0, 0, 80)]},
    "predicted_shares": lambda: {"synapse": c.GatedSynapse()},
    "quantised_lifetime": lambda: {"synapse": QUANTISED},
    "quantised_signal_to_noise": lambda: {"synapse": QUANTISED},
    "recalled_overlaps": lambda: {
        "strengths": np.linspace(1, 0.1, 20),
        "ages": np.array([0, 4]),
        "neurons": 300,
    },
    "repeat_in_chain": lambda: {"repetitions": [1, 5]},
    "response_exponent": lambda: {"area_ratio": 2.0, "flow_ratio": 2.0},
    "retained_after_two": lambda: {"gap": np.array([1.0, 2.0]), "delay": np.array([5.0])},
    "simulate_hopfield": lambda: {"strength": None, "sweeps": 5, "patterns": 6},
    "simulate_recall": lambda: {"probes": np.array([0, 1]), "sweeps": 5, "patterns": 9},
    "simulate_recall_gate": lambda: {"rounds": 5},
    "simulate_sliding_threshold": lambda: {
        "setting": c.SlidingThreshold(0.1, 2.0),
        "responses": np.array([0.5, 0.4]),
        "threshold": 0.3,
        "time": 0.5,
        "rng": 1,
    },
    "simulate_states": lambda: {
        "synapse": c.GatedSynapse(),
        "states": np.array([0, 1, 2, 5]),
        "times": np.array([0.5, 1.0]),
    },
    "simulate_tag_trigger": lambda: {
        "tetani": [c.Tetanus(0.01, 0, 2)],
        "synapses": 4,
        "hours": 0.05,
    },
    "simulate_uncertain_weight": lambda: {"curvature": np.array([1.0, 0.5]), "deviation": 1.0},
    "simulate_write_protection": lambda: {"model": c.WriteProtection(noise=0.1), "duration": 1.0},
    "solve_tagging": lambda: {
        "stimuli": [c.Stimulus(0, 0.0, 50.0, "potentiating")],
        "times": np.array([10.0, 100.0]),
    },
    "stimulate": lambda: {"probability": 0.5},
    "survival": lambda: {"lifetimes": [1.0, 2.0]},
    "update": lambda: {"belief": c.Gaussian.prior(2, 1.0), "task": _task()},
    "uncertain_precision": lambda: {"steps": 5, "curvature": 1.0, "prior": 0.1},
}
