"""What the size of a hidden weight is worth in a trained network, as ranks over a layer."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from theory import checks
from theory.bnn.arrays import to_host
from theory.bnn.flip_cost import flip_costs
from theory.continual.binarized.learner import NetworkLearner
from theory.continual.binarized.methods import SynapticIntelligence
from theory.metaplasticity.optimizer_importance import adam_path_importance


def path_ranking(learner: NetworkLearner, layer: int, damping: float) -> tuple[float, float, float]:
    r"""Compare the importance of synaptic intelligence with |W|, measured and predicted.

    The prediction is `adam_path_importance` for each weight's own relative speed :math:`\rho` and
    noise, which are read off the network: with the root :math:`r` of Adam's second moment the
    noise is :math:`r\sqrt{1-\rho^2}`. No number is fitted.

    Parameters
    ----------
    learner : NetworkLearner
        Under way in its first task, with Adam and `SynapticIntelligence` of any strength.
    layer : int
        Number of the weight array.
    damping : float
        :math:`\xi > 0` of the importance.

    Returns
    -------
    measured, predicted : float
        Rank correlations of the importance with |W|.
    above : float
        Share of the weights whose squared distance exceeds the damping.
    """
    if not isinstance(learner.method, SynapticIntelligence):
        raise ValueError("learner must follow synaptic intelligence; its strength may be 0")
    damping = checks.positive("damping", damping)
    network, optimizer, method = learner.network, learner.optimizer, learner.method
    weights = network.weights[layer]
    travelled = optimizer.learning_rate * optimizer.steps
    moved = np.abs(to_host(weights.value - method.task_start[layer])).ravel()
    # A weight that was pushed one way all the time has speed 1, where the formula ends.
    speed = np.minimum(moved / travelled, 0.999)
    number = network.parameters.index(weights)
    noise = to_host(optimizer.gradient_size(number)) * np.sqrt(1 - speed**2)
    predicted = adam_path_importance(speed, travelled, noise, damping)
    measured = to_host(method.importance(layer, damping)).ravel()
    size = np.abs(to_host(weights.value)).ravel()
    right, expected = (float(spearmanr(one, size)[0]) for one in (measured, predicted))
    return right, expected, float(np.mean(moved**2 > damping))


def flip_ranking(network, layer: int, images, labels, rng, *, flips: int, draws: int = 20) -> float:
    """Return the rank correlation of the cost of flips and the size, over classes of size.

    Arguments as of `theory.bnn.flip_costs`.
    """
    costs = flip_costs(network, layer, images, labels, rng, flips=flips, draws=draws)
    return float(spearmanr(costs.size, costs.cost.mean(axis=1))[0])


def signs_that_flip(learner: NetworkLearner, images, labels, steps: int) -> list[float]:
    """Return for each weight array the share of signs that flip within so many steps more.

    Parameters
    ----------
    learner : NetworkLearner
        Goes on learning.
    images, labels
        Of every step, the same batch.
    steps : int
    """
    weights = learner.network.weights
    before = [w.used.copy() for w in weights]
    flipped = [w.used != start for w, start in zip(weights, before, strict=True)]
    for _ in range(checks.integer_at_least("steps", steps, 1)):
        learner.step(images, labels)
        for known, weight, start in zip(flipped, weights, before, strict=True):
            known |= weight.used != start
    return [float(known.mean()) for known in flipped]
