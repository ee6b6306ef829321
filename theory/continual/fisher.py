r"""The diagonal of the Fisher matrix of a softmax classifier, in the kinds that are in use.

====================  ================================================================
`exact`               expectation over the model's own answers, summed over all classes
`sampled`             one answer drawn from the model for each sample: noisy, unbiased
`empirical`           the given labels: too small once they are fitted
====================  ================================================================

All square the gradient of a *single* sample before averaging. Their ranks agree closely, their
sizes do not: a strength tuned with one is wrong for another (compare van de Ven 2025).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.mlp import Dense, Network
from theory.numerics import dense_second_moment

FISHERS = ("exact", "sampled", "empirical")


@door(images="2d", answers="wholes 1d")
def fisher_diagonal(
    network: Network,
    images: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    kind: str = "exact",
    answers: np.ndarray | None = None,
    rng: np.random.Generator | int | None = None,
) -> list[np.ndarray]:
    r"""Return the diagonal of the Fisher matrix of a softmax classifier.

    .. math:: F_i = \Bigl\langle \sum_c p_c(x)\, (\partial_{\theta_i} \log p_c(x))^2 \Bigr\rangle_x

    Parameters
    ----------
    network : theory.mlp.Network
        Of dense layers and rectifiers; its outputs are logits.
    images : ndarray, shape (images, inputs)
    labels : ndarray of int, shape (images,)
        Needed by the kind ``empirical`` only.
    kind : {"exact", "sampled", "empirical"}
        See above.
    answers : ndarray of int, optional
        Outputs that may answer, where the task has a head of its own; by default all.
    rng : Generator or int
        Draws the answers of the kind ``sampled``.

    Returns
    -------
    list of ndarray
        In the order and shapes of ``network.parameters``.
    """
    logits, caches = network.forward(images, training=False)
    powers: list[np.ndarray] = []
    for gradient in answer_gradients(logits, labels, kind=kind, answers=answers, rng=rng):
        squares = [own * own for _, _, own in _dense_gradients(network, caches, gradient)]
        powers = [a + b for a, b in zip(powers, squares, strict=True)] if powers else squares
    # Inputs of a layer do not depend on the answer: one product after the sum over answers.
    found = []
    for (layer, inputs, _), power in zip(
        _dense_gradients(network, caches, gradient), powers, strict=True
    ):
        own = [(inputs * inputs).T @ power / len(inputs), power.mean(axis=0)]
        found = own[: len(layer.parameters)] + found
    return found


def answer_gradients(logits, labels=None, *, kind, answers=None, rng=None):
    """Return gradients in the logits whose single-sample squares, added, make the Fisher diagonal.

    Parameters
    ----------
    logits : ndarray, shape (samples, outputs)
    labels, kind, answers, rng
        As in `fisher_diagonal`.

    Returns
    -------
    iterable of ndarray, shape (samples, outputs)
        One for each answer of the kind ``exact``, otherwise a single one.
    """
    checks.one_of("kind", kind, FISHERS)
    answers = np.arange(logits.shape[1]) if answers is None else np.asarray(answers)
    own = logits[:, answers]
    share = np.zeros_like(logits)
    share[:, answers] = np.exp(own - own.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    if kind == "exact":
        return (_weighted(share, answer) for answer in answers)
    if kind == "sampled":
        if rng is None:
            raise ValueError(
                "rng: the sampled Fisher matrix draws answers; give a generator or seed"
            )
        below = checks.as_rng(rng).random((len(share), 1)) > np.cumsum(share, axis=1)
        labels = np.minimum(below.sum(axis=1), answers.max())
    elif labels is None:
        raise ValueError("labels: the empirical Fisher matrix is that of given labels; give them")
    share[np.arange(len(share)), labels] -= 1
    return (share,)


def _weighted(share, answer):
    """Gradient of minus the logarithm of one answer's share, times the root of that share."""
    gradient = share.copy()
    gradient[:, answer] -= 1
    return gradient * np.sqrt(share[:, answer : answer + 1])


@door(caches="list", gradient="2d")
def squared_gradients(network: Network, caches: list, gradient: np.ndarray) -> list[np.ndarray]:
    """Return the mean squared gradient of single samples in each parameter.

    Parameters
    ----------
    network, caches
        As ``network.forward`` used and returned them.
    gradient : ndarray, shape (samples, outputs)
        Of the loss of each sample alone in its outputs (not divided by the number of samples).
    """
    checks.same_length(caches=caches, layers=network.layers)
    return dense_moments(network, caches, gradient, dense_second_moment, np.square)


def dense_moments(network, caches, gradient, moment, of_bias):
    """Moments of single-sample gradients, walking back through dense layers and rectifiers."""
    found = []
    for layer, inputs, own in _dense_gradients(network, caches, gradient):
        moments = [moment(inputs, own), of_bias(own).mean(axis=0)]
        found = moments[: len(layer.parameters)] + found
    return found


def _dense_gradients(network, caches, gradient):
    """Dense layers from last to first, with their inputs and the gradient in their outputs."""
    for layer, cache in zip(reversed(network.layers), reversed(caches), strict=True):
        if isinstance(layer, Dense):
            yield layer, cache, gradient
            if layer is not network.layers[0]:
                gradient = gradient @ layer.parameters[0].T
        elif layer.parameters:
            raise ValueError(
                f"importances of {type(layer).__name__} parameters are not known here; use a "
                "network of dense layers and rectifiers"
            )
        else:
            gradient, _ = layer.backward(gradient, cache)
