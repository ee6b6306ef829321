r"""The continual-learning experiment on permuted digits: one network, one trainer, many rules.

Five permutations of the scikit-learn digits are learned one after the other by a small rectifier
network with a single head; a rule says how old tasks are protected. Everything but the rule is the
same: data, initial weights, order of the samples, optimiser (whose moments start anew with each
task).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.continual_learner import (
    ContinualLearner,
    GatedReLU,
    UncertainLearner,
)
from theory.consolidation.protection import (
    Beakers,
    ElasticConsolidation,
    OutputSensitivity,
    Protection,
    SynapticIntelligence,
    UniformPenalty,
)
from theory.consolidation.task_sequence import SequenceRun, run_sequence
from theory.data import ImageTask, load_images, permuted
from theory.mlp import Network, ReLU, multilayer_perceptron

PENALTIES = {
    "uniform": lambda strength: UniformPenalty(strength, decay=0.0),
    "ewc": ElasticConsolidation,
    "ewc_each": lambda strength: ElasticConsolidation(strength, anchors="each"),
    "ewc_online": lambda strength: ElasticConsolidation(strength, decay=0.5),
    "si": SynapticIntelligence,
    "mas": OutputSensitivity,
}
RULES = (*PENALTIES, "none", "joint", "beakers", "gating", "uncertain")


@dataclass(frozen=True)
class DigitSequence:
    r"""Settings of one run.

    Parameters
    ----------
    rule : str
        One of `RULES`. ``joint`` learns all tasks at once, the upper bound.
    strength : float
        Of the penalty; for ``beakers`` the rate :math:`\alpha` of the first tube, for ``uncertain``
        the precision before any task, for ``gating`` the share of hidden units that each task may
        use, in (0, 1].
    tasks, hidden, epochs, batch : int
        Tasks; units in each of two hidden layers; passes over each task; samples a step.
    learning_rate : float
        Of Adam.
    """

    rule: str = "none"
    strength: float = 0.0
    tasks: int = 5
    hidden: int = 100
    epochs: int = 12
    batch: int = 64
    learning_rate: float = 1e-3

    def __post_init__(self):
        checks.one_of("rule", self.rule, RULES)
        for name in ("tasks", "hidden", "epochs", "batch"):
            checks.integer_at_least(name, getattr(self, name), 1)
        checks.positive("learning_rate", self.learning_rate)
        if self.rule == "gating":
            checks.in_range("strength", self.strength, 0, 1, closed=(False, True))
        else:
            checks.nonnegative("strength", self.strength)


def permuted_tasks(count: int, seed: int) -> list[ImageTask]:
    """Return `count` permutations of the digits, the first as they are, the rest by `seed`."""
    digits = load_images("digits")
    orders = np.random.SeedSequence([seed, 1]).spawn(count)
    return [digits] + [permuted(digits, np.random.default_rng(order)) for order in orders[1:]]


def run_digits(setting: DigitSequence, seed: int) -> SequenceRun:
    """Train one network through the sequence and return its accuracies.

    Parameters
    ----------
    setting : DigitSequence
    seed : int
        Of permutations, initial weights, order of samples and masks, each on its own stream: runs
        with one seed and different rules share everything that they can share.
    """
    seed = checks.integer_at_least("seed", seed, 0)
    tasks = permuted_tasks(setting.tasks, seed)
    sizes = (tasks[0].pixels, setting.hidden, setting.hidden, len(tasks[0].classes))
    network = multilayer_perceptron(sizes, np.random.default_rng([seed, 2]), normalize=False)
    learner = make_learner(setting, network.astype(np.float32), np.random.default_rng([seed, 3]))
    return run_sequence(
        learner,
        [_union(tasks)] if setting.rule == "joint" else tasks,
        epochs=setting.epochs,
        batch=setting.batch,
        rng=np.random.default_rng([seed, 4]),
        measure_every=None,
        evaluated=tasks,
    )


def make_learner(setting: DigitSequence, network: Network, rng: np.random.Generator):
    """Return the learner of a setting; `rng` draws the masks of gating."""
    rule, strength = setting.rule, setting.strength
    if rule == "uncertain":
        return UncertainLearner(network, strength)
    protection, masks = Protection(), None
    if rule in PENALTIES:
        protection = PENALTIES[rule](strength)
    elif rule == "beakers":
        protection = Beakers(BeakerChain.geometric(6, rate=strength, leak=False))
    elif rule == "gating":
        order = rng.random((setting.tasks, 2, setting.hidden)).argsort(axis=-1)
        masks = (order < max(1, round(strength * setting.hidden))).astype(np.float32)
        network.layers = [
            GatedReLU(masks[0, 0]) if isinstance(layer, ReLU) else layer for layer in network.layers
        ]
    return ContinualLearner(network, protection, setting.learning_rate, masks=masks)


def _union(tasks):
    """All tasks as one."""
    return replace(
        tasks[0],
        train_images=np.concatenate([task.train_images for task in tasks]),
        train_labels=np.concatenate([task.train_labels for task in tasks]),
        name="all tasks together",
    )
