r"""Ways to protect old tasks in a real-valued network, as hooks around the training step.

The measures of importance are in `regularizers` and `fisher`; here they meet the parameters of a
`theory.mlp.Network`. All quadratic ways share one form, the penalty :math:`\tfrac c2 \sum_i
\Omega_i (\theta_i - \theta_i^*)^2`, and differ in two things: how a task's importance is measured,
and how the importances of several tasks are put together. Where works of one name differ, the
convention is an option.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.continual.fisher import FISHERS, dense_moments, fisher_diagonal
from theory.continual.regularizers import (
    QuadraticPenalty,
    path_importance,
    path_increment,
)
from theory.door import door
from theory.mlp import Network
from theory.numerics import dense_absolute_moment

ANCHORS = ("each", "last")


class Protection:
    """No protection: the hooks do nothing. Override some of them to make a method of your own."""

    def start(self, parameters: list[np.ndarray]) -> None:
        """Called once with the parameters, which change in place from then on."""
        self.parameters = parameters

    def before_update(self, gradients: list[np.ndarray]) -> None:
        """Called with the gradient of the task's loss; may add to it in place."""

    def after_update(self) -> None:
        """Called when the parameters were changed."""

    def end_task(
        self,
        network: Network,
        images: np.ndarray,
        labels: np.ndarray | None = None,
        answers: np.ndarray | None = None,
    ) -> None:
        """Called with the training part of the task that was just learned.

        `answers` are the outputs of its head, None where all outputs are one head.
        """


@door(strength=">= 0", decay="in [0, 1]", decay_in="one of sum, penalty")
class UniformPenalty(Protection):
    r"""Every parameter is equally important: :math:`\Omega_i = 1`, the control of all others.

    Parameters
    ----------
    strength : float
        c >= 0.
    anchors : {"last", "each"}
        ``each`` keeps one penalty around the end of every task, ``last`` one penalty around the end
        of the latest, with the importances of all tasks added up.
    decay : float
        By which the importance so far is multiplied at each new task, in [0, 1]; below 1 it is an
        online method that forgets on purpose. Only for ``last``.
    decay_in : {"sum", "penalty"}
        Two conventions: in the sum of importances only, or in the penalty too, which then holds
        decay times that sum (Schwarz et al. 2018). Strength times decay with the one is strength
        with the other.
    """

    def __init__(
        self,
        strength: float,
        *,
        anchors: str = "last",
        decay: float = 1.0,
        decay_in: str = "sum",
    ):
        self.strength = float(strength)
        self.anchors = checks.one_of("anchors", anchors, ANCHORS)
        self.decay = float(decay)
        if decay_in == "penalty":
            self.strength *= self.decay
        if anchors == "each" and decay != 1:
            raise ValueError(
                f"decay is {decay:g}, but separate anchors do not decay; leave it at 1"
            )

    def start(self, parameters):
        super().start(parameters)
        self.penalties = [QuadraticPenalty(self.strength) for _ in parameters]

    def before_update(self, gradients):
        for penalty, values, gradient in zip(
            self.penalties, self.parameters, gradients, strict=True
        ):
            penalty.add_gradient(values, gradient)

    def importances(
        self,
        network: Network,
        images: np.ndarray,
        labels: np.ndarray | None = None,
        answers: np.ndarray | None = None,
    ) -> list[np.ndarray]:
        """Return the importance of each parameter for the task just learned."""
        return [np.ones_like(values) for values in self.parameters]

    def end_task(self, network, images, labels=None, answers=None):
        for number, new in enumerate(self.importances(network, images, labels, answers)):
            earlier = self.penalties[number].importance
            if self.anchors == "last":
                self.penalties[number] = QuadraticPenalty(self.strength)
                if earlier is not None:
                    new = new + self.decay * earlier
            # Signed importances of single tasks are clipped where they have been added up.
            self.penalties[number].add_task(np.maximum(new, 0), self.parameters[number])


@door(seed=">= 0")
class ElasticConsolidation(UniformPenalty):
    """Elastic weight consolidation: the diagonal of the Fisher matrix (Kirkpatrick et al. 2017).

    With ``anchors="each"`` as first published, with ``"last"`` as noted by Huszar (2017), with a
    `decay` below 1 online EWC. With the decay in the penalty that is strength times decay in the
    sum only.

    Parameters
    ----------
    strength : float
    fisher : {"exact", "sampled", "empirical"}
        See `fisher_diagonal`. Their sizes differ many times, so a strength belongs to one of them.
    seed : int
        Draws the answers of the sampled kind.
    **options
        As in `UniformPenalty`.
    """

    def __init__(self, strength: float, *, fisher: str = "exact", seed: int = 0, **options):
        super().__init__(strength, **options)
        self.fisher = checks.one_of("fisher", fisher, FISHERS)
        self._rng = np.random.default_rng(int(seed))

    def importances(self, network, images, labels=None, answers=None):
        return fisher_diagonal(
            network, images, labels, kind=self.fisher, answers=answers, rng=self._rng
        )


class OutputSensitivity(UniformPenalty):
    """Memory aware synapses: mean absolute gradient of the squared logits (Aljundi et al. 2018)."""

    def importances(self, network, images, labels=None, answers=None):
        logits, caches = network.forward(images, training=False)
        gradient = np.zeros_like(logits)
        own = slice(None) if answers is None else answers
        gradient[:, own] = 2 * logits[:, own]
        return dense_moments(network, caches, gradient, dense_absolute_moment, np.abs)


@door(strength=">= 0", damping="> 0", clip="one of task, sum", batch="one of same, other")
class SynapticIntelligence(UniformPenalty):
    r"""The path integral of the loss over the squared displacement (Zenke, Poole, Ganguli 2017).

    Parameters
    ----------
    strength : float
        c of :math:`c \sum_i \Omega_i (\theta_i - \theta_i^*)^2`, which has no factor one half.
    damping : float
        :math:`\xi`.
    clip : {"task", "sum"}
        Where negative importances become zero: those of each task, or their running sum, as in the
        code released with the paper.
    batch : {"same", "other"}
        Which gradient the path integral takes: that of the batch which makes the step, as published
        and biased by its noise (`path_increment`), or that of the batch after it, at the end of the
        step: its noise is not in the step, and it is computed for the next one anyway. (The batch
        before would not do where the optimiser has momentum. The last step of a task is left out.)
    **options
        As in `UniformPenalty`.
    """

    def __init__(
        self,
        strength: float,
        *,
        damping: float = 0.1,
        clip: str = "task",
        batch: str = "same",
        **options,
    ):
        super().__init__(2 * float(strength), **options)
        self.damping = float(damping)
        self.clip = clip
        self.batch = batch
        if clip == "sum" and self.anchors == "each":
            raise ValueError("clip is 'sum', but separate anchors have no sum; take clip='task'")

    def start(self, parameters):
        super().start(parameters)
        self.integrals = [np.zeros_like(values) for values in parameters]
        self.task_start = [values.copy() for values in parameters]
        self._changes = None

    def before_update(self, gradients):
        if self._changes is not None:
            self._collect(gradients, self._changes)
        self._before = [values.copy() for values in self.parameters]
        self._gradients = [gradient.copy() for gradient in gradients]
        super().before_update(gradients)

    def _collect(self, gradients, changes):
        for integral, gradient, change in zip(self.integrals, gradients, changes, strict=True):
            integral += path_increment(gradient, change)

    def after_update(self):
        changes = [
            after - before for before, after in zip(self._before, self.parameters, strict=True)
        ]
        if self.batch == "same":
            self._collect(self._gradients, changes)
        else:
            self._changes = changes  # until the next batch

    def importances(self, network, images, labels=None, answers=None):
        found = []
        for integral, start, values in zip(
            self.integrals, self.task_start, self.parameters, strict=True
        ):
            found.append(
                path_importance(integral, values - start, self.damping, clip=self.clip == "task")
            )
            start[:] = values
            integral[:] = 0
        self._changes = None
        return found


@door
class Beakers(Protection):
    """A chain of beakers behind every parameter, which is the first of them."""

    def __init__(self, chain: BeakerChain):
        self.chain = chain

    def start(self, parameters):
        super().start(parameters)
        self.levels = [np.stack([values] * self.chain.levels) for values in parameters]

    def after_update(self):
        for values, levels in zip(self.parameters, self.levels, strict=True):
            levels[0] = values
            self.chain.step(levels)
            values[:] = levels[0]


@door(strength="> 0")
def beaker_rule(strength: float) -> Beakers:
    """Return six beakers without a leak, the rate of the first tube being the strength.

    A rule for `theory.continual.ContinualExperiment`.
    """
    return Beakers(BeakerChain.geometric(6, rate=strength, leak=False))
