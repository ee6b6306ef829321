"""A slow binarized network in plain loops over layers, written apart from the one under test."""

import numpy as np


def softmax_loss(logits, labels):
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    loss = -np.log(probability[np.arange(len(labels)), labels]).mean()
    return loss, (probability - np.eye(logits.shape[1])[labels]) / len(labels)


def straight_through_gradients(hidden_weights, scales, shifts, images, labels, statistics=None):
    """Loss and gradients of a dense binarized network.

    `statistics` are fixed (mean, variance) of every layer; without them those of the batch are used
    and differentiated through. Gradients are those of the mean loss over the images.
    """
    layers = len(hidden_weights)
    activity, kept = images.astype(float), []
    for layer in range(layers):
        binary = np.where(hidden_weights[layer] >= 0, 1.0, -1.0)
        product = activity @ binary
        mean, variance = (
            (product.mean(axis=0), product.var(axis=0)) if statistics is None else statistics[layer]
        )
        deviation = np.sqrt(variance + 1e-5)
        normalised = (product - mean) / deviation
        out = scales[layer] * normalised + shifts[layer]
        kept.append((activity, binary, normalised, deviation, out))
        activity = np.where(out >= 0, 1.0, -1.0)
    loss, upstream = softmax_loss(out, labels)
    gradients = {}
    for layer in reversed(range(layers)):
        activity, binary, normalised, deviation, out = kept[layer]
        if layer < layers - 1:
            upstream = upstream * (np.abs(out) <= 1)
        gradients["scale", layer] = (upstream * normalised).sum(axis=0)
        gradients["shift", layer] = upstream.sum(axis=0)
        upstream = upstream * scales[layer]
        if statistics is None:
            # The batch's mean and deviation depend on every sample: project both directions out.
            upstream = (
                upstream - upstream.mean(axis=0) - normalised * (upstream * normalised).mean(axis=0)
            )
        upstream = upstream / deviation
        gradients["weights", layer] = activity.T @ upstream
        upstream = upstream @ binary.T
    return loss, gradients


def batch_statistics(hidden_weights, scales, shifts, images):
    """Mean and variance of every layer's product over the images."""
    activity, found = images.astype(float), []
    for weights, scale, shift in zip(hidden_weights, scales, shifts, strict=True):
        product = activity @ np.where(weights >= 0, 1.0, -1.0)
        found.append((product.mean(axis=0), product.var(axis=0)))
        normalised = (product - found[-1][0]) / np.sqrt(found[-1][1] + 1e-5)
        activity = np.where(scale * normalised + shift >= 0, 1.0, -1.0)
    return found
