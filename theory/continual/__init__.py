"""Continual learning: tasks and scenarios, the sequence runner, metrics, protection, replay.

For real-valued and binarized networks alike: whatever has the four methods of a `Learner` runs
through `run_sequence`, and can be wrapped by `Replay`. What is for binarized networks only, is in
`theory.continual.binarized`.

A reader's own data, scenario and method, in ten lines::

    tasks = split_tasks(feature_task(features, labels), 5, "class").tasks    # any real features
    class Mine(Protection):                                                  # a method: its hooks
        def before_update(self, gradients):
            for values, gradient in zip(self.parameters, gradients):
                gradient += 0.01 * values
    network = multilayer_perceptron((features.shape[1], 50, 10), rng=0, normalize=False)
    learner = Replay(ContinualLearner(network, Mine(), 1e-3), per_task=20, rng=1)
    run = run_sequence(learner, tasks, epochs=10, batch=32, rng=2)
    print(run.matrix, run.forgetting(), run.backward_transfer)
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "experiment": ["RULES", "ContinualExperiment", "make_learner", "run_continual"],
        "fisher": ["FISHERS", "fisher_diagonal", "squared_gradients"],
        "learner": ["ContinualLearner", "GatedReLU", "UncertainLearner"],
        "metrics": [
            "average_accuracy",
            "forgetting",
            "forward_transfer",
            "backward_transfer",
            "learning_accuracy",
        ],
        "protection": [
            "Beakers",
            "ElasticConsolidation",
            "OutputSensitivity",
            "Protection",
            "SynapticIntelligence",
            "UniformPenalty",
            "beaker_rule",
        ],
        "quadratic_tasks": ["Descent", "QuadraticLoss", "descend", "flow_importance"],
        "regularizers": [
            "QuadraticPenalty",
            "path_importance",
            "path_increment",
            "shuffled_importance",
        ],
        "replay_memory": ["Replay", "ReplayMemory"],
        "replay_theory": ["ReplayErrors", "best_replay_share", "replay_errors", "simulate_replay"],
        "scenarios": ["SCENARIOS", "Scenario", "all_at_once", "permuted_tasks", "split_tasks"],
        "sequence": ["Learner", "SequenceRun", "TrainingDiverged", "run_sequence"],
        "stability_gap": ["JointCourse", "joint_course"],
        "task_sequence": ["TaskSequence", "feature_images"],
        "tasks": ["FeatureTask", "feature_task"],
    },
)
