"""One small real-valued network with hand-written gradients: dense, batch normalisation, ReLU.

Layers hold their parameters and nothing else that a forward pass could leave behind: what the
backward pass needs comes back as a cache. So two batches can go forward before either goes back, as
a Siamese network needs.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np

from theory import checks
from theory.door import door

# Layers: forward(x, training) -> (y, cache); backward(gradient, cache) -> (gradient, gradients).


@door(inputs=">= 1", outputs=">= 1")
class Dense:
    """Affine layer, ``y = x weights + bias``.

    Parameters
    ----------
    inputs, outputs : int
    rng : Generator or int
        Weights are normal with variance 2 / inputs (He initialisation), biases 0.
    bias : bool
    """

    def __init__(self, inputs: int, outputs: int, rng, *, bias: bool = True):
        rng = checks.as_rng(rng)
        self.parameters = [rng.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)]
        if bias:
            self.parameters.append(np.zeros(outputs))

    def forward(self, x, training=True):
        y = x @ self.parameters[0]
        if len(self.parameters) == 2:
            y += self.parameters[1]
        return y, x

    def backward(self, gradient, cache, *, inputs=True):
        gradients = [cache.T @ gradient]
        if len(self.parameters) == 2:
            gradients.append(gradient.sum(axis=0))
        return gradient @ self.parameters[0].T if inputs else None, gradients


@door(features=">= 1", memory="in [0, 1)")
class BatchNormalization:
    """Normalise every feature over the batch, then scale and shift.

    In evaluation running averages take the place of the batch's mean and variance.

    Parameters
    ----------
    features : int
    memory : float
        Share of the old running average kept at each training batch, in [0, 1).
    """

    EPSILON = 1e-5

    def __init__(self, features: int, *, memory: float = 0.9):
        self.memory = float(memory)
        self.parameters = [np.ones(features), np.zeros(features)]
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, x, training=True):
        mean, variance = self.mean, self.variance
        if training:
            mean = x.sum(axis=0) / len(x)
            normalized = x - mean
            variance = (normalized * normalized).sum(axis=0) / len(x)
            keep = self.memory
            self.mean = keep * self.mean + (1 - keep) * mean
            self.variance = keep * self.variance + (1 - keep) * variance
        else:
            normalized = x - mean
        deviation = np.sqrt(variance + self.EPSILON)
        normalized /= deviation
        y = normalized * self.parameters[0]
        y += self.parameters[1]
        return y, (normalized, deviation, training)

    def backward(self, gradient, cache):
        normalized, deviation, training = cache
        gradients = [(gradient * normalized).sum(axis=0), gradient.sum(axis=0)]
        gradient = gradient * self.parameters[0]
        if training:
            gradient -= gradient.sum(axis=0) / len(gradient)
            gradient -= normalized * ((gradient * normalized).sum(axis=0) / len(gradient))
        gradient /= deviation
        return gradient, gradients


@door
class ReLU:
    """Rectifier."""

    def __init__(self):
        self.parameters = []

    def forward(self, x, training=True):
        y = np.maximum(x, 0)
        return y, y > 0

    def backward(self, gradient, cache):
        return gradient * cache, []


@door(layers="list")
class Network:
    """Layers in a row.

    `layers` is a sequence of them.
    """

    def __init__(self, layers):
        self.layers = list(layers)

    @property
    def parameters(self):
        """All parameter arrays, layer by layer; change them in place."""
        return [array for layer in self.layers for array in layer.parameters]

    def forward(self, x, training=True):
        """Return the output, (batch, outputs), and the cache that `backward` needs."""
        caches = []
        for layer in self.layers:
            x, cache = layer.forward(x, training)
            caches.append(cache)
        return x, caches

    def backward(self, gradient, caches, *, inputs=True):
        """Return the gradient in the input and those in the parameters, in their order.

        Without `inputs` None may stand for the first: a dense first layer then saves a product.
        """
        gradients = []
        for layer, cache in zip(reversed(self.layers), reversed(caches), strict=True):
            if layer is self.layers[0] and isinstance(layer, Dense):
                gradient, own = layer.backward(gradient, cache, inputs=inputs)
            else:
                gradient, own = layer.backward(gradient, cache)
            gradients = own + gradients
        return gradient, gradients

    def copy(self):
        """Return an independent copy."""
        return copy.deepcopy(self)

    @door
    def astype(self, dtype):
        """Convert all parameters and running averages, and return the network."""
        for layer in self.layers:
            layer.parameters = [array.astype(dtype) for array in layer.parameters]
            for name in ("mean", "variance"):
                if hasattr(layer, name):
                    setattr(layer, name, getattr(layer, name).astype(dtype))
        return self

    def follow(self, other, memory):
        """Move the parameters towards another network's: ``memory`` old, the rest new."""
        for own, new in zip(self.parameters, other.parameters, strict=True):
            own *= memory
            own += (1 - memory) * new


@door(sizes="counts")
def multilayer_perceptron(sizes, rng, *, normalize=True, normalize_output=False):
    """Return a network of dense layers with ReLU between them.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden layers, outputs: two or more.
    rng : Generator or int
    normalize : bool
        Batch normalisation before every ReLU (dense layers then have no bias).
    normalize_output : bool
        End with batch normalisation and ReLU, too.
    """
    if len(sizes) < 2:
        raise ValueError("sizes must name inputs and outputs, two numbers or more")
    rng = checks.as_rng(rng)
    layers = []
    for k, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        hidden = k < len(sizes) - 2 or normalize_output
        layers.append(Dense(inputs, outputs, rng, bias=not (hidden and normalize)))
        if hidden:
            layers += [BatchNormalization(outputs), ReLU()] if normalize else [ReLU()]
    return Network(layers)


@door(logits="array 2d", labels="wholes 1d")
def softmax_cross_entropy(logits, labels):
    """Return the mean cross-entropy and its gradient in the logits.

    Parameters
    ----------
    logits : ndarray, shape (batch, classes)
    labels : ndarray of int, shape (batch,)
    """
    checks.same_length(logits=logits, labels=labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    own = shifted[rows, labels]
    gradient = np.exp(shifted, out=shifted)
    total = gradient.sum(axis=1, keepdims=True)
    loss = float((np.log(total[:, 0]) - own).sum()) / len(labels)
    gradient /= total
    gradient[rows, labels] -= 1
    gradient /= len(labels)
    return loss, gradient


@door(parameters="list", learning_rate="> 0", momentum="in [0, 1)", weight_decay=">= 0")
class SGD:
    """Gradient descent with momentum and weight decay, in place.

    ``velocity = momentum velocity + gradient + decay p``, then ``p -= learning_rate velocity``.
    """

    def __init__(
        self,
        parameters,
        learning_rate: float,
        *,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ):
        self.parameters = list(parameters)
        self.learning_rate = float(learning_rate)
        self.momentum = float(momentum)
        self.weight_decay = float(weight_decay)
        self._velocity = [np.zeros_like(p) for p in self.parameters]

    def step(self, gradients):
        """Apply one step; `gradients` in the order of the parameters."""
        for p, v, g in zip(self.parameters, self._velocity, gradients, strict=True):
            v *= self.momentum
            v += g
            if self.weight_decay:
                v += self.weight_decay * p
            p -= self.learning_rate * v


@door(parameters="list", learning_rate="> 0", decay="in [0, 1)", epsilon="> 0")
class Adam:
    """Adam with bias correction (Kingma, Ba 2015), in place."""

    def __init__(
        self,
        parameters,
        learning_rate: float,
        *,
        decay: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ):
        self.parameters = list(parameters)
        self.learning_rate = float(learning_rate)
        self.decay = tuple(map(float, decay))
        self.epsilon = float(epsilon)
        # Everything but the parameters in one row: few long operations instead of many short ones.
        dtype = np.result_type(*self.parameters) if self.parameters else float
        ends = np.cumsum([0] + [p.size for p in self.parameters])
        self._first, self._second, self._gradient, self._update = np.zeros((4, ends[-1]), dtype)
        self._parts = [
            (self._gradient[start:end].reshape(p.shape), self._update[start:end].reshape(p.shape))
            for p, start, end in zip(self.parameters, ends[:-1], ends[1:], strict=True)
        ]
        self._steps = 0

    def step(self, gradients):
        """Apply one step; `gradients` in the order of the parameters."""
        self._steps += 1
        b1, b2 = self.decay
        for (own, _), gradient in zip(self._parts, gradients, strict=True):
            own[...] = gradient
        m, v, g, update = self._first, self._second, self._gradient, self._update
        m *= b1
        m += np.multiply(g, 1 - b1, out=update)
        v *= b2
        v += np.multiply(np.multiply(g, 1 - b2, out=update), g, out=update)
        np.sqrt(np.divide(v, 1 - b2**self._steps, out=update), out=update)
        update += self.epsilon
        scale = self.learning_rate / (1 - b1**self._steps)
        np.divide(np.multiply(m, scale, out=g), update, out=update)
        for p, (_, change) in zip(self.parameters, self._parts, strict=True):
            p -= change
