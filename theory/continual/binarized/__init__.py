"""Learners of task sequences on the binarized networks of `theory.bnn`: one run, or many at once.

Metaplasticity is in the optimizers of those networks; here are the other methods, the experiments
of Laborieux et al. 2021 and their checkpoints. The runner, tasks and metrics are those of
`theory.continual`. A reader's own data, law of metaplasticity and rule take the places of the
built-in ones::

    pairs = [(features, labels), (more_features, more_labels)]  # any real numbers
    law = lambda size: 1 / (1 + (10 * size) ** 2)  # or PowerTail, HardThreshold, one a layer
    experiment = Experiment(pairs, hidden=(64,), metaplasticity=law, batch=20)
    print(run_experiment(experiment, seed=0)["matrix"])
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
        "own_tasks": ["OwnTasks"],
        "resumable": ["run_resumable"],
        "together": ["run_together"],
    },
)
