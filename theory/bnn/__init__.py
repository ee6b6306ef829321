"""Binarized networks in NumPy: layers, metaplastic training, protection methods, experiments."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "checkpointing": ["CheckpointUnusable", "TrainingCheckpoint"],
        "ensemble": ["Ensemble"],
        "experiments": ["Experiment", "run_experiment", "train", "variants"],
        "flip_cost": ["FlipCosts", "flip_costs"],
        "learner": ["NetworkLearner"],
        "methods": [
            "Beakers",
            "ElasticConsolidation",
            "Method",
            "SynapticIntelligence",
            "make_method",
        ],
        "architectures": ["convolutional_network", "dense_network"],
        "network": ["Network"],
        "optimizer": ["Adam", "GradientDescent"],
        "resumable": ["run_resumable"],
        "tasks": ["TaskSequence", "feature_images", "interleaved"],
    },
)
