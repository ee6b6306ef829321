"""Back-propagation through a feed-forward network of the same sizes: what parity is measured by."""

from __future__ import annotations

import numpy as np

from theory import checks, mlp
from theory.holo_ep.contour_training import ContourSettings


def train_feedforward(
    settings: ContourSettings,
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    seeds: tuple[int, ...],
    learning_rate: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Train one rectifier network a seed by plain stochastic gradient descent.

    Sizes, batch size and number of epochs are those of `settings`.

    Parameters
    ----------
    images, test_images : ndarray, shape (images, pixels)
    labels, test_labels : ndarray of int, shape (images,)
    learning_rate : float
        Of all layers.

    Returns
    -------
    train_error, test_error : ndarray, shape (runs, epochs + 1)
        Share misclassified, before training and after every epoch.
    """
    checks.positive("learning_rate", learning_rate)
    checks.same_length(images=images, labels=labels)
    images = np.asarray(images, np.float32)
    test_images = np.asarray(test_images, np.float32)
    histories = []
    for seed in seeds:
        network = mlp.multilayer_perceptron(settings.sizes, seed, normalize=False)
        network = network.astype(np.float32)
        optimizer = mlp.SGD(network.parameters, learning_rate)
        rng = np.random.default_rng([seed, 1])

        def errors(network=network):
            return [
                np.mean(network.forward(x, training=False)[0].argmax(axis=1) != y)
                for x, y in ((images, labels), (test_images, test_labels))
            ]

        history = [errors()]
        for _ in range(settings.epochs):
            order = rng.permutation(len(images))
            for start in range(0, len(images) - settings.batch_size + 1, settings.batch_size):
                chosen = order[start : start + settings.batch_size]
                logits, caches = network.forward(images[chosen])
                _, slope = mlp.softmax_cross_entropy(logits, labels[chosen])
                optimizer.step(network.backward(slope, caches)[1])
            history.append(errors())
        histories.append(history)
    train, test = np.moveaxis(np.array(histories), 2, 0)
    return train, test
