"""Learners of task sequences on a real-valued network: protected, gated or uncertain weights."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.continual.fisher import squared_gradients
from theory.continual.protection import Protection
from theory.door import door
from theory.mlp import Adam, ReLU, softmax_cross_entropy


@door(mask="mask 1d")
class GatedReLU(ReLU):
    """Rectifier whose units are silenced by a mask that the task chooses."""

    def __init__(self, mask: np.ndarray):
        super().__init__()
        self.mask = mask

    def forward(self, x, training=True):
        y, active = super().forward(x, training)
        return y * self.mask, active * self.mask


@door(
    network="has parameters",
    protection="has start",
    masks="list",
    heads="wholes 1d",
    learning_rate="> 0",
)
class ContinualLearner:
    """A network, Adam and a protection; implements `theory.continual.Learner`.

    Adam's moments start anew with each task.

    Parameters
    ----------
    network : theory.mlp.Network
    protection : Protection
    learning_rate : float
    masks : list of ndarray, optional
        For gating: one array (gated layers, units) of 0 and 1 a task, used in learning and, the
        task being known, in testing.
    heads : ndarray of int, shape (outputs,), optional
        Head of each output: a sample is learned, and answered, among the outputs of the head of its
        label alone, so the head says which task it is. By default one head.
    """

    def __init__(self, network, protection, learning_rate: float, *, masks=None, heads=None):
        self.network, self.protection, self.masks = network, protection, masks
        self.learning_rate = float(learning_rate)
        self.heads = None if heads is None else np.asarray(heads)
        protection.start(network.parameters)

    def begin_task(self, number, task):
        self.optimizer = Adam(self.network.parameters, self.learning_rate)
        self._gate(number)

    def step(self, images, labels):
        loss, gradients = self._gradients(images, labels)
        self.protection.before_update(gradients)
        self.optimizer.step(gradients)
        self.protection.after_update()
        return loss

    def _gradients(self, images, labels):
        outputs, caches = self.network.forward(images)
        loss, gradient = softmax_cross_entropy(self._answers(outputs, labels), labels)
        return loss, self.network.backward(gradient, caches, inputs=False)[1]

    def _answers(self, outputs, labels):
        """Outputs of other heads than that of the label are no answers."""
        if self.heads is None:
            return outputs
        return np.where(self.heads == self.heads[labels][:, None], outputs, -1e9)

    def end_task(self, number, task):
        answers = None
        if self.heads is not None:
            answers = np.flatnonzero(np.isin(self.heads, self.heads[np.unique(task.train_labels)]))
        self.protection.end_task(self.network, task.train_images, task.train_labels, answers)

    @door(number="whole", images="array 2d", labels="wholes 1d")
    def accuracy(self, number, images, labels):
        checks.same_length(images=images, labels=labels)
        before = [layer.mask for layer in self._gates]
        self._gate(number)
        outputs, _ = self.network.forward(images, training=False)
        for layer, mask in zip(self._gates, before, strict=True):
            layer.mask = mask
        return np.mean(self._answers(outputs, labels).argmax(axis=1) == labels)

    @property
    def _gates(self):
        return [layer for layer in self.network.layers if isinstance(layer, GatedReLU)]

    def _gate(self, number):
        for k, layer in enumerate(self._gates):
            layer.mask = self.masks[number][k]


@door(network="has parameters", heads="wholes 1d", prior="> 0")
class UncertainLearner(ContinualLearner):
    r"""Every weight a Gaussian belief: the variance is the learning rate and shrinks with use.

    .. math::
        P_i &\leftarrow P_i + H_i + (P_0 - P_i) / N \\
        \mu_i &\leftarrow \mu_i - \bigl(g_i + P_0\, \mu_i / N\bigr) / P_i

    with the gradient g of the loss summed over the batch and, for its curvature H, the summed
    squared gradients of single samples. It is the precision form of uncertain weights, with that
    estimate in place of the noisy one from randomly drawn weights.

    Parameters
    ----------
    network : theory.mlp.Network
        Its parameters are the means.
    prior : float
        :math:`P_0 > 0`, the precision before any task.
    window : float
        N in steps; infinite for accumulation without forgetting.
    """

    def __init__(self, network, prior: float, window: float = np.inf, *, heads=None):
        super().__init__(network, Protection(), learning_rate=1.0, heads=heads)
        self.prior = float(prior)
        self.window = window if window == np.inf else checks.in_range("window", window, 1, np.inf)
        self.precisions = [np.full_like(mean, prior) for mean in network.parameters]

    def begin_task(self, number, task):
        """Nothing starts anew: the belief is all that a task finds and leaves."""

    def step(self, images, labels):
        outputs, caches = self.network.forward(images)
        loss, gradient = softmax_cross_entropy(self._answers(outputs, labels), labels)
        gradient *= len(labels)
        _, gradients = self.network.backward(gradient, caches, inputs=False)
        curvatures = squared_gradients(self.network, caches, gradient)
        for mean, precision, g, h in zip(
            self.network.parameters, self.precisions, gradients, curvatures, strict=True
        ):
            precision += len(labels) * h + (self.prior - precision) / self.window
            mean -= (g + self.prior / self.window * mean) / precision
        return loss
