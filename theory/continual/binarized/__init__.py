"""Learners of task sequences on the binarized networks of `theory.bnn`: one run, or many at once.

Metaplasticity is in the optimizers of those networks; here are the other methods, the experiments
of Laborieux et al. 2021 and their checkpoints. The runner, tasks and metrics are those of
`theory.continual`.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "checkpointing": ["CheckpointUnusable", "TrainingCheckpoint"],
        "ensemble": ["Ensemble"],
        "experiments": ["Experiment", "run_experiment", "train", "variants"],
        "learner": ["NetworkLearner"],
        "methods": [
            "Beakers",
            "ElasticConsolidation",
            "Method",
            "SynapticIntelligence",
            "make_method",
        ],
        "resumable": ["run_resumable"],
    },
)
