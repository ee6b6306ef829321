"""Consolidation of synaptic memories: importance measures, penalties, chains, task sequences."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "beakers": ["BeakerChain"],
        "regularizers": [
            "QuadraticPenalty",
            "dense_absolute_moment",
            "dense_second_moment",
            "path_importance",
            "path_increment",
            "shuffled_importance",
        ],
        "task_sequence": ["Learner", "SequenceRun", "TrainingDiverged", "run_sequence"],
    },
)
