r"""Ways to protect old tasks in a real-valued network, as hooks around the training step.

The measures of importance are in `regularizers`, the beaker chain in `beakers`; here they meet the
parameters of a `theory.mlp.Network`. All quadratic ways share one form, the penalty
:math:`\tfrac c2 \sum_i \Omega_i (\theta_i - \theta_i^*)^2`, and differ in two things: how a task's
importance is measured, and how the importances of several tasks are put together.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.regularizers import (
    QuadraticPenalty,
    dense_absolute_moment,
    dense_second_moment,
    path_importance,
    path_increment,
)
from theory.mlp import Dense, Network

ANCHORS = ("each", "last")


class Protection:
    """No protection: the hooks do nothing."""

    def start(self, parameters: list[np.ndarray]) -> None:
        """Called once with the parameters, which change in place from then on."""
        self.parameters = parameters

    def before_update(self, gradients: list[np.ndarray]) -> None:
        """Called with the gradient of the task's loss; may add to it in place."""

    def after_update(self) -> None:
        """Called when the parameters were changed."""

    def end_task(self, network: Network, images: np.ndarray) -> None:
        """Called with the training images of the task that was just learned."""


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
    """

    def __init__(self, strength: float, *, anchors: str = "last", decay: float = 1.0):
        self.strength = checks.nonnegative("strength", strength)
        self.anchors = checks.one_of("anchors", anchors, ANCHORS)
        self.decay = checks.in_range("decay", decay, 0, 1)
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

    def importances(self, network: Network, images: np.ndarray) -> list[np.ndarray]:
        """Return the importance of each parameter for the task just learned."""
        return [np.ones_like(values) for values in self.parameters]

    def end_task(self, network, images):
        for number, new in enumerate(self.importances(network, images)):
            earlier = self.penalties[number].importance
            if self.anchors == "last":
                self.penalties[number] = QuadraticPenalty(self.strength)
                if earlier is not None:
                    new = new + self.decay * earlier
            self.penalties[number].add_task(new, self.parameters[number])


class ElasticConsolidation(UniformPenalty):
    """Elastic weight consolidation: the diagonal of the Fisher matrix (Kirkpatrick et al. 2017).

    With ``anchors="each"`` as first published, with ``"last"`` as noted by Huszar (2017), with a
    `decay` below 1 online EWC.
    """

    def importances(self, network, images):
        return fisher_diagonal(network, images)


class OutputSensitivity(UniformPenalty):
    """Memory aware synapses: mean absolute gradient of the squared logits (Aljundi et al. 2018)."""

    def importances(self, network, images):
        logits, caches = network.forward(images, training=False)
        return _dense_moments(network, caches, 2 * logits, dense_absolute_moment, np.abs)


class SynapticIntelligence(UniformPenalty):
    r"""The path integral of the loss over the squared displacement (Zenke, Poole, Ganguli 2017).

    Parameters
    ----------
    strength : float
        c of :math:`c \sum_i \Omega_i (\theta_i - \theta_i^*)^2`, which has no factor one half.
    damping : float
        :math:`\xi`.
    """

    def __init__(self, strength: float, *, damping: float = 0.1):
        super().__init__(2 * checks.nonnegative("strength", strength))
        self.damping = checks.positive("damping", damping)

    def start(self, parameters):
        super().start(parameters)
        self.integrals = [np.zeros_like(values) for values in parameters]
        self.task_start = [values.copy() for values in parameters]

    def before_update(self, gradients):
        self._before = [values.copy() for values in self.parameters]
        self._gradients = [gradient.copy() for gradient in gradients]
        super().before_update(gradients)

    def after_update(self):
        for integral, gradient, before, after in zip(
            self.integrals, self._gradients, self._before, self.parameters, strict=True
        ):
            integral += path_increment(gradient, after - before)

    def importances(self, network, images):
        found = []
        for integral, start, values in zip(
            self.integrals, self.task_start, self.parameters, strict=True
        ):
            found.append(path_importance(integral, values - start, self.damping))
            start[:] = values
            integral[:] = 0
        return found


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


def fisher_diagonal(network: Network, images: np.ndarray) -> list[np.ndarray]:
    r"""Return the diagonal of the Fisher matrix of a softmax classifier, exactly in the labels.

    .. math:: F_i = \Bigl\langle \sum_c p_c(x)\, (\partial_{\theta_i} \log p_c(x))^2 \Bigr\rangle_x

    The mean over the model's own answers, not over given labels and not sampled.

    Parameters
    ----------
    network : theory.mlp.Network
        Of dense layers and rectifiers; its outputs are logits.
    images : ndarray, shape (images, inputs)

    Returns
    -------
    list of ndarray
        In the order and shapes of ``network.parameters``.
    """
    logits, caches = network.forward(images, training=False)
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    total = [np.zeros_like(values) for values in network.parameters]
    for answer in range(logits.shape[1]):
        gradient = share.copy()
        gradient[:, answer] -= 1
        gradient *= np.sqrt(share[:, answer : answer + 1])
        moments = squared_gradients(network, caches, gradient)
        for sum_so_far, moment in zip(total, moments, strict=True):
            sum_so_far += moment
    return total


def squared_gradients(network: Network, caches: list, gradient: np.ndarray) -> list[np.ndarray]:
    """Return the mean squared gradient of single samples in each parameter.

    Parameters
    ----------
    network, caches
        As ``network.forward`` used and returned them.
    gradient : ndarray, shape (samples, outputs)
        Of the loss of each sample alone in its outputs (not divided by the number of samples).
    """
    return _dense_moments(network, caches, gradient, dense_second_moment, np.square)


def _dense_moments(network, caches, gradient, moment, of_bias):
    """Moments of single-sample gradients, walking back through dense layers and rectifiers."""
    found = []
    for layer, cache in zip(reversed(network.layers), reversed(caches), strict=True):
        if isinstance(layer, Dense):
            own = [moment(cache, gradient), of_bias(gradient).mean(axis=0)]
            found = own[: len(layer.parameters)] + found
        elif layer.parameters:
            raise ValueError(
                f"importances of {type(layer).__name__} parameters are not known here; use a "
                "network of dense layers and rectifiers"
            )
        gradient, _ = layer.backward(gradient, cache)
    return found
