"""Consolidation of synaptic memories: synapses, chains, networks of them, and exact theory.

Learners of task sequences and their protection are in `theory.continual`.
"""

import lazy_loader as lazy

from theory.moved import found_at

_own, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "bayesian": [
            "Gaussian",
            "LinearTask",
            "elastic_consolidation",
            "interpolate",
            "project",
            "simulate_uncertain_weight",
            "uncertain_precision",
            "update",
        ],
        "beaker_memory": [
            "chain_lifetime",
            "chain_modes",
            "heat_kernel",
            "impulse_response",
            "noise_variance",
            "response_exponent",
        ],
        "beakers": ["BeakerChain"],
        "bcm": ["SlidingThreshold", "growth_rate", "simulate_sliding_threshold"],
        "best_synapse": ["best_synapse_at"],
        "gated_states": ["GatedSynapse", "predicted_shares", "simulate_states", "stimulate"],
        "hopfield": [
            "critical_load",
            "overlap",
            "palimpsest_capacity",
            "palimpsest_overlaps",
            "simulate_hopfield",
        ],
        "lifetime": ["last_crossing", "lifetime_of_modes"],
        "markov_synapse": ["MarkovSynapse"],
        "memory_bounds": [
            "area_by_first_passage",
            "envelope",
            "first_passage_times",
            "leaky_signal_to_noise",
            "pool_signal_to_noise",
            "two_state_lifetime",
        ],
        "observed_memory": [
            "deviation_bound",
            "observe_at_random_times",
            "observe_beakers",
            "observe_memory",
        ],
        "quantised_beakers": [
            "QuantisedChain",
            "observe_quantised",
            "quantised_lifetime",
            "quantised_signal_to_noise",
        ],
        "recall_gate": ["RecallGate", "predicted_recall", "simulate_recall_gate"],
        "recall_network": ["ideal_age", "recalled_overlaps", "simulate_recall"],
        "sparse_memory": ["observe_sparse", "sparse_lifetime", "sparse_signal_to_noise"],
        "spacing": ["best_gap", "repeat_in_chain", "retained_after_two"],
        "stages": ["observe_stages", "stage_lifetime", "stage_signals"],
        "storage_capacity": ["Capacity", "best_size", "capacity", "uniform_chain_modes"],
        "synapse_models": ["cascade", "random_synapse", "serial_chain", "soft_bound", "two_state"],
        "tag_trigger": [
            "TagTriggerModel",
            "Tetanus",
            "predicted_capture",
            "simulate_tag_trigger",
        ],
        "tagging": ["HOUR", "Stimulus", "TaggingModel", "solve_tagging"],
        "write_protection": [
            "CRITICAL_DRIVE",
            "WriteProtection",
            "escape_time",
            "simulate_write_protection",
            "survival",
        ],
    },
)

_CONTINUAL = (
    "Beakers ContinualLearner Descent ElasticConsolidation GatedReLU Learner OutputSensitivity "
    "Protection QuadraticLoss QuadraticPenalty SequenceRun SynapticIntelligence TrainingDiverged "
    "UncertainLearner UniformPenalty beaker_rule descend fisher_diagonal flow_importance "
    "path_importance path_increment permuted_tasks run_sequence shuffled_importance "
    "squared_gradients"
)
__getattr__ = found_at(__name__, _own, dict.fromkeys(_CONTINUAL.split(), "theory.continual"))
