"""Consolidation of synaptic memories: importance measures, penalties, chains, task sequences."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "bayesian": [
            "Gaussian",
            "LinearTask",
            "elastic_consolidation",
            "interpolate",
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
        "capacity": ["Capacity", "capacity", "lifetime_of_modes", "uniform_chain_modes"],
        "continual_learner": ["ContinualLearner", "GatedReLU", "UncertainLearner"],
        "hopfield": [
            "critical_load",
            "overlap",
            "palimpsest_capacity",
            "palimpsest_overlaps",
            "simulate_hopfield",
        ],
        "markov_synapse": ["MarkovSynapse"],
        "memory_bounds": [
            "area_by_first_passage",
            "envelope",
            "first_passage_times",
            "leaky_signal_to_noise",
            "pool_signal_to_noise",
            "two_state_lifetime",
        ],
        "observed_memory": ["observe_beakers", "observe_memory"],
        "permuted_digits": ["RULES", "DigitSequence", "permuted_tasks", "run_digits"],
        "protection": [
            "Beakers",
            "ElasticConsolidation",
            "OutputSensitivity",
            "Protection",
            "SynapticIntelligence",
            "UniformPenalty",
            "fisher_diagonal",
            "squared_gradients",
        ],
        "quadratic_tasks": ["Descent", "QuadraticLoss", "descend", "flow_importance"],
        "regularizers": [
            "QuadraticPenalty",
            "dense_absolute_moment",
            "dense_second_moment",
            "path_importance",
            "path_increment",
            "shuffled_importance",
        ],
        "synapse_models": ["cascade", "random_synapse", "serial_chain", "two_state"],
        "tagging": ["HOUR", "Stimulus", "TaggingModel", "solve_tagging"],
        "task_sequence": ["Learner", "SequenceRun", "TrainingDiverged", "run_sequence"],
    },
)
