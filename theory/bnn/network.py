"""A chain of layers as one network: logits, gradients, importances, accuracy, task-wise states."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.bnn.arrays import like, module_of
from theory.bnn.layers import Layer
from theory.bnn.loss import cross_entropy
from theory.bnn.normalisation import BatchNorm
from theory.bnn.parameters import Parameter
from theory.door import door


@door
class Network:
    """A chain of layers ending in logits.

    Parameters
    ----------
    layers : sequence of Layer
    inputs, classes : int
        Values of one sample, and logits.
    """

    def __init__(self, layers: Sequence[Layer], inputs: int, classes: int):
        self.layers = tuple(layers)
        self.inputs, self.classes = inputs, classes

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for layer in self.layers for p in layer.parameters)

    @property
    def weights(self) -> tuple[Parameter, ...]:
        """The parameters that metaplasticity and penalties act on, from input to output."""
        return tuple(p for p in self.parameters if p.is_weight)

    def move(self, module) -> Network:
        """Compute with the arrays of ``numpy`` or ``cupy`` from now on; returns the network."""
        for layer in self.layers:
            layer.move(module)
        return self

    @door(images="any")
    def logits(self, images: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Return the logits, (samples, classes); overwritten by the next call."""
        return self.forward(self._checked(images), training)

    def forward(self, values, training: bool):
        """As `logits`, for images that are known to fit: also for a stack of members."""
        for layer in self.layers:
            values = layer.forward(values, training)
        return values

    def learn(self, images, labels, training: bool = True):
        """As `loss_and_gradients`, for what is known to fit: also for a stack of members."""
        loss, upstream = cross_entropy(self.forward(images, training), labels)
        self._backward(upstream)
        return loss

    @door(_nan=True)
    def loss_and_gradients(self, images, labels, *, training: bool = True) -> float:
        """Return the mean loss and leave the gradients in the parameters.

        Parameters
        ----------
        images : ndarray, shape (samples, inputs)
        labels : ndarray of int, shape (samples,)
        training : bool
            Whether running statistics are updated, and the batch's own are used.

        Raises
        ------
        ValueError
            For images of another size, labels outside the classes, or a batch of one sample where
            statistics of the batch are needed.
        """
        samples = self._samples(images)
        if training and samples == 1 and self._needs_batch():
            raise ValueError(
                "batch statistics of a single sample are all zero after centring; train on batches "
                "of two or more, or without batch normalisation"
            )
        labels = self._checked_labels(labels, samples)
        return float(self.learn(self._checked(images), labels, training))

    def sample_importance(self, images, labels=None) -> list[np.ndarray]:
        """Return for every weight array a mean over samples of its single-sample gradients.

        The statistics of all `images` are used for each of them and held fixed, because those of a
        batch of one sample do not exist.

        Parameters
        ----------
        images : ndarray, shape (samples, inputs)
        labels : ndarray of int, optional
            With labels, squared gradients of the loss: the diagonal of the empirical Fisher
            matrix. Without, absolute gradients of the squared norm of the logits.
        """
        logits = self.logits(images)
        if labels is None:
            return self._moments(2 * logits, "absolute")
        labels = self._checked_labels(labels, len(images))
        return self._moments(cross_entropy(logits, labels)[1] * len(images), "squares")

    def squared_gradients(self, images, gradient) -> list[np.ndarray]:
        """Return for every weight array the mean squared gradient of single samples.

        Parameters
        ----------
        images : ndarray, shape (samples, inputs)
        gradient : ndarray, shape (samples, classes)
            Of the loss of each sample alone in its logits. Statistics as in `sample_importance`.
        """
        logits = self.logits(images)
        gradient = like(gradient, logits)
        if module_of(gradient) is np:
            checks.finite_array("gradient", gradient, shape=logits.shape)
        return self._moments(gradient, "squares")

    def _moments(self, upstream, per_sample):
        dtype = self.weights[0].value.dtype
        self._backward(upstream.astype(dtype, copy=False), per_sample)
        return [layer.importance for layer in self.layers if hasattr(layer, "weights")]

    @door(batch=">= 1")
    def accuracy(self, images, labels, *, batch: int = 1000) -> float:
        """Return the share of right answers, in test batches of at most `batch` samples.

        Where tests use batch statistics the answer to one image depends on its batch, which is why
        a single image left over joins the batch before it.
        """
        labels = self._checked_labels(labels, self._samples(images))
        edges = [*range(0, max(len(images) - 1, 1), batch), len(images)]
        right = 0
        for first, last in itertools.pairwise(edges):
            answers = self.logits(images[first:last]).argmax(axis=1)
            right += int((answers == labels[first:last]).sum())
        return right / len(images)

    def loss(self, images, labels) -> float:
        """Return the mean loss with the statistics a test uses."""
        labels = self._checked_labels(labels, self._samples(images))
        return float(cross_entropy(self.logits(images), labels)[0])

    def normalisation_state(self) -> list[dict[str, np.ndarray]]:
        """Return a copy of everything in the network that belongs to one task."""
        return [layer.state() for layer in self.layers if isinstance(layer, BatchNorm)]

    def load_normalisation(self, state) -> None:
        norms = [layer for layer in self.layers if isinstance(layer, BatchNorm)]
        for layer, kept in zip(norms, state, strict=True):
            layer.load(kept)

    def _backward(self, upstream, per_sample=None):
        for layer in reversed(self.layers):
            upstream = layer.backward(upstream, per_sample)

    def _needs_batch(self):
        return any(isinstance(layer, BatchNorm) for layer in self.layers)

    def _samples(self, images) -> int:
        shape = np.shape(images)
        if len(shape) != 2 or shape[1] != self.inputs:
            raise ValueError(
                f"images have shape {shape}; this network takes (samples, {self.inputs}), "
                "one flattened image a row"
            )
        return shape[0]

    def _checked(self, images):
        weights = self.weights[0].value
        self._samples(images)
        images = like(images, weights)
        if images.dtype.kind not in "iuf":
            raise TypeError(f"images must be an array of real numbers, not of {images.dtype}")
        # One pass: whatever is not finite stays in the sum.
        if module_of(images) is np and not np.isfinite(images.sum()):
            checks.finite_array("images", images)
        return images.astype(weights.dtype, copy=False)

    def _checked_labels(self, labels, count):
        labels = like(labels, self.weights[0].value)
        if labels.shape != (count,) or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"labels have shape {labels.shape} and type {labels.dtype}; {count} whole numbers "
                "are needed, one an image"
            )
        if labels.size and not (labels.min() >= 0 and labels.max() < self.classes):
            raise ValueError(
                f"labels run from {labels.min()} to {labels.max()}, but the network has "
                f"{self.classes} outputs; they must lie in 0..{self.classes - 1}"
            )
        return labels
