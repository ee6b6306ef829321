"""Binarized networks in NumPy: layers, architectures, optimizers with metaplasticity, flip costs.

Their learning of task sequences is in `theory.continual.binarized`.
"""

import lazy_loader as lazy

from theory.moved import found_at

_own, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "flip_cost": ["FlipCosts", "flip_costs"],
        "architectures": ["convolutional_network", "dense_network"],
        "network": ["Network"],
        "optimizer": ["Adam", "GradientDescent"],
    },
)

_LEARNERS = (
    "Beakers CheckpointUnusable ElasticConsolidation Ensemble Experiment Method NetworkLearner "
    "SynapticIntelligence TrainingCheckpoint checkpointing ensemble experiments learner "
    "make_method methods resumable run_experiment run_resumable settings train updates variants"
)
__getattr__ = found_at(
    __name__,
    _own,
    {name: "theory.continual.binarized" for name in _LEARNERS.split()}
    | dict.fromkeys(("TaskSequence", "feature_images"), "theory.continual"),
)
