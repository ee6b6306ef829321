r"""The continual-learning experiment: one small network, one trainer, many rules and scenarios.

A rectifier network with two hidden layers learns tasks in turn; a rule says how old tasks are
protected. Everything but the rule is the same: data, initial weights, order of the samples,
optimiser (whose moments start anew with each task).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.continual.learner import ContinualLearner, GatedReLU, UncertainLearner
from theory.continual.protection import (
    ElasticConsolidation,
    OutputSensitivity,
    Protection,
    SynapticIntelligence,
    UniformPenalty,
)
from theory.continual.replay_memory import Replay
from theory.continual.scenarios import (
    SCENARIOS,
    Scenario,
    all_at_once,
    permuted_tasks,
    split_tasks,
)
from theory.continual.sequence import SequenceRun, run_sequence
from theory.data import ImageTask
from theory.data.loading import LAPTOP_SETS
from theory.door import door
from theory.mlp import Network, ReLU, multilayer_perceptron

PENALTIES = {
    "uniform": lambda strength: UniformPenalty(strength, decay=0.0),
    "ewc": ElasticConsolidation,
    "ewc_each": lambda strength: ElasticConsolidation(strength, anchors="each"),
    "ewc_online": lambda strength: ElasticConsolidation(strength, decay=0.5),
    "si": SynapticIntelligence,
    "mas": OutputSensitivity,
}
RULES = (*PENALTIES, "none", "joint", "gating", "uncertain", "store")


@door(learning_rate="> 0", replay=">= 0")
@dataclass(frozen=True)
class ContinualExperiment:
    r"""Settings of one run.

    Parameters
    ----------
    rule : str or callable
        One of `RULES`, or a function that takes the strength and returns a `Protection`: one's own
        method. ``joint`` learns all tasks at once, the upper bound; ``store`` learns nothing but
        the replayed samples of all tasks, at the end: what the memory alone is worth.
    strength : float
        Of the penalty; for ``uncertain`` the precision before any task, for ``gating`` the share of
        hidden units that each task may use, in (0, 1].
    replay : int
        Samples kept of each task and replayed, 0 for none. Goes with every rule but ``gating``.
    scenario : {"permuted", "task", "domain", "class"}
        See `scenarios`.
    images : str or ImageTask
        A name for `theory.data.load_images`, or a task, also of any real features (`feature_task`).
    tasks, hidden, epochs, batch : int
        Tasks; units in each of two hidden layers; passes over each task; samples a step.
    learning_rate : float
        Of Adam.
    """

    rule: str | Callable[[float], Protection] = "none"
    strength: float = 0.0
    replay: int = 0
    scenario: str = "permuted"
    images: str | ImageTask = "digits"
    tasks: int = 5
    hidden: int = 100
    epochs: int = 12
    batch: int = 64
    learning_rate: float = 1e-3

    def __post_init__(self):
        if not callable(self.rule):
            if self.rule not in RULES and str(self.rule).lower() in RULES:
                raise ValueError(
                    f"rule {self.rule!r} is not known (did you mean {str(self.rule).lower()!r}?)"
                )
            checks.one_of("rule", self.rule, RULES)
        checks.one_of("scenario", self.scenario, SCENARIOS)
        if isinstance(self.images, str):
            checks.one_of("images", self.images, LAPTOP_SETS)
        for name in ("tasks", "hidden", "epochs", "batch"):
            checks.integer_at_least(name, getattr(self, name), 1)
        if self.rule == "gating":
            checks.in_range("strength", self.strength, 0, 1, closed=(False, True))
            if self.replay:
                raise ValueError(
                    "replay: gates are chosen by the task, which replayed samples lack"
                )
        else:
            checks.nonnegative("strength", self.strength)
        if self.rule == "store" and not self.replay:
            raise ValueError("replay is 0, but the rule 'store' learns from stored samples only")

    @door(seed=">= 0")
    def build(self, seed: int) -> Scenario:
        """Return the tasks of a seed: its permutations, or its groups of classes."""
        if self.scenario == "permuted":
            tasks = permuted_tasks(self.tasks, seed, self.images)
            return Scenario(tuple(tasks), len(tasks[0].classes), None, "permuted")
        return split_tasks(self.images, self.tasks, self.scenario, seed=seed)


@door(seed=">= 0")
def run_continual(setting: ContinualExperiment, seed: int, **measured) -> SequenceRun:
    """Train one network through the sequence and return its accuracies.

    Parameters
    ----------
    setting : ContinualExperiment
    seed : int
        Of tasks, initial weights, order of samples, masks and memory, each on its own stream: runs
        with one seed and different rules share everything that they can share.
    **measured
        ``measure_every`` and ``measure_steps`` of `run_sequence`; by default only ends of tasks.
    """
    scenario = setting.build(seed)
    tasks = list(scenario.tasks)
    sizes = (tasks[0].pixels, setting.hidden, setting.hidden, scenario.outputs)
    network = multilayer_perceptron(sizes, np.random.default_rng([seed, 2]), normalize=False)
    streams = [np.random.default_rng([seed, number]) for number in (3, 6)]
    learner = make_learner(setting, scenario, network.astype(np.float32), *streams)
    learned = tasks
    if setting.rule == "joint":
        learned = [all_at_once(tasks)]
    elif setting.rule == "store":
        for task in tasks:
            learner.memory.add(task.train_images, task.train_labels)
        learned = [learner.stored(all_at_once(tasks))]
        learner = learner.learner
    batch = min(setting.batch, *(len(task.train_labels) for task in learned + learned[:1]))
    epochs = setting.epochs
    if setting.rule == "store":  # as many steps as the whole sequence would take
        steps = epochs * sum(len(task.train_labels) // setting.batch for task in tasks)
        epochs = -(-steps // (len(learned[0].train_labels) // batch))
    return run_sequence(
        learner,
        learned,
        epochs=epochs,
        batch=batch,
        rng=np.random.default_rng([seed, 4]),
        evaluated=tasks,
        **{"measure_every": None, **measured},
    )


@door
def make_learner(
    setting: ContinualExperiment,
    scenario: Scenario,
    network: Network,
    masks_rng: np.random.Generator | int,
    memory_rng: np.random.Generator | int,
):
    """Return the learner of a setting for a network; the generators draw masks and memories."""
    rule, strength, masks = setting.rule, setting.strength, None
    learner: UncertainLearner | ContinualLearner
    if rule == "uncertain":
        learner = UncertainLearner(network, strength, heads=scenario.heads)
    else:
        protection = Protection()
        if callable(rule) or rule in PENALTIES:
            protection = (rule if callable(rule) else PENALTIES[rule])(strength)
        elif rule == "gating":
            masks = _masks(setting, checks.as_rng(masks_rng))
            network.layers = [
                GatedReLU(masks[0, 0]) if isinstance(layer, ReLU) else layer
                for layer in network.layers
            ]
        learner = ContinualLearner(
            network, protection, setting.learning_rate, masks=masks, heads=scenario.heads
        )
    if not setting.replay:
        return learner
    return Replay(learner, per_task=setting.replay, rng=memory_rng)


def _masks(setting, rng):
    order = rng.random((setting.tasks, 2, setting.hidden)).argsort(axis=-1)
    return (order < max(1, round(setting.strength * setting.hidden))).astype(np.float32)
