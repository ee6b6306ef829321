r"""Networks of layers: binarized, and the real-valued control.

Each hidden layer is: product with the (binary) weights, normalisation, activation; the last one
product, normalisation, softmax (Laborieux et al. 2021, Methods; no biases).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.bnn.convolution import Convolution, Pool
from theory.bnn.layers import ACTIVATIONS, Dense, Flatten, Layer, Reshape
from theory.bnn.loss import cross_entropy
from theory.bnn.normalisation import BatchNorm, InstanceNorm
from theory.bnn.parameters import Parameter

INITIAL_WIDTH = 0.1  # hidden weights start uniform in +- half of this
NORMALISATIONS = ("batch", "running", "instance")


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

    def logits(self, images: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Return the logits, (samples, classes); overwritten by the next call."""
        values = self._checked(images)
        for layer in self.layers:
            values = layer.forward(values, training)
        return values

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
        if training and len(images) == 1 and self._needs_batch():
            raise ValueError(
                "batch statistics of a single sample are all zero after centring; train on batches "
                "of two or more, or without batch normalisation"
            )
        labels = self._checked_labels(labels, len(images))
        loss, upstream = cross_entropy(self.logits(images, training=training), labels)
        self._backward(upstream)
        return loss

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
            upstream, per_sample = 2 * logits, "absolute"
        else:
            labels = self._checked_labels(labels, len(images))
            upstream = cross_entropy(logits, labels)[1] * len(images)
            per_sample = "squares"
        self._backward(upstream.astype(logits.dtype, copy=False), per_sample)
        return [layer.importance for layer in self.layers if hasattr(layer, "weights")]

    def accuracy(self, images, labels, *, batch: int = 1000) -> float:
        """Return the share of right answers, in test batches of at most `batch` samples.

        Where tests use batch statistics the answer to one image depends on its batch, which is why
        a single image left over joins the batch before it.
        """
        labels = self._checked_labels(labels, len(images))
        edges = [*range(0, max(len(images) - 1, 1), batch), len(images)]
        right = 0
        for first, last in itertools.pairwise(edges):
            answers = self.logits(images[first:last]).argmax(axis=1)
            right += int(np.sum(answers == labels[first:last]))
        return right / len(images)

    def loss(self, images, labels) -> float:
        """Return the mean loss with the statistics a test uses."""
        labels = self._checked_labels(labels, len(images))
        return cross_entropy(self.logits(images), labels)[0]

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

    def _checked(self, images):
        images = np.asarray(images)
        if images.ndim != 2 or images.shape[1] != self.inputs:
            raise ValueError(
                f"images have shape {images.shape}; this network takes (samples, {self.inputs}), "
                "one flattened image a row"
            )
        return images.astype(self.weights[0].value.dtype, copy=False)

    def _checked_labels(self, labels, count):
        labels = np.asarray(labels)
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


def dense_network(
    sizes: Sequence[int],
    rng: np.random.Generator | int,
    *,
    binary: bool = True,
    activation: str | None = None,
    normalisation: str = "batch",
    affine: bool = True,
    scale: str = "uniform",
    initial_width: float = INITIAL_WIDTH,
    dtype=np.float32,
) -> Network:
    """Make a fully connected network.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden units of each layer, classes: (784, 4096, 4096, 10) in the paper.
    rng : Generator or int
        Draws the initial weights, uniform in +- initial_width / 2, and scales.
    binary : bool
        Binary weights; False gives the real-valued control.
    activation : {"sign", "relu", "hardtanh"}, optional
        By default sign for binary weights, relu for real ones.
    normalisation : {"batch", "running", "instance"}
        Batch normalisation tested with batch or with running statistics, or normalisation of each
        sample over its features.
    affine, scale
        As in `BatchNorm`.
    dtype : numpy dtype

    Examples
    --------
    >>> dense_network((64, 32, 10), rng=0).logits(np.zeros((5, 64))).shape
    (5, 10)
    """
    sizes = [checks.integer_at_least("sizes", size, 1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes is {sizes}; at least the inputs and the classes are needed")
    rng = checks.as_rng(rng)
    activation = activation or ("sign" if binary else "relu")
    checks.one_of("activation", activation, tuple(ACTIVATIONS))
    checks.one_of("normalisation", normalisation, NORMALISATIONS)
    layers = []
    for number, (rows, columns) in enumerate(itertools.pairwise(sizes), start=1):
        weights = _initial((rows, columns), rng, initial_width, dtype)
        layers.append(Dense(f"layer {number}", weights, binary=binary, first=number == 1))
        name = f"normalisation {number}"
        layers.append(_norm(name, columns, rng, normalisation, affine, scale, dtype))
        if number < len(sizes) - 1:
            layers.append(ACTIVATIONS[activation](dtype))
    return Network(layers, sizes[0], sizes[-1])


def convolutional_network(
    image_shape: Sequence[int],
    channels: Sequence[int],
    classes: int,
    rng: np.random.Generator | int,
    *,
    side: int = 4,
    padding: int = 1,
    pool: str = "average",
    hidden: Sequence[int] = (),
    binary: bool = True,
    activation: str | None = None,
    normalisation: str = "batch",
    affine: bool = False,
    scale: str = "one",
    initial_width: float = INITIAL_WIDTH,
    dtype=np.float32,
) -> Network:
    """Make a small convolutional network.

    Each block is: convolution, pooling of 2 x 2 pixels, batch normalisation, activation; then dense
    layers as in `dense_network`. The defaults are those of the paper's two-digit-sets experiment.

    Parameters
    ----------
    image_shape : (rows, columns) or (channels, rows, columns)
    channels : sequence of int
        Channels of each convolution.
    classes : int
    rng : Generator or int
    side, padding : int
        Of the kernels.
    pool : {"average", "maximum"}
    hidden : sequence of int
        Units of dense hidden layers.
    binary, activation, normalisation, affine, scale, initial_width, dtype
        As in `dense_network`.
    """
    rng = checks.as_rng(rng)
    image_shape = tuple(checks.integer_at_least("image_shape", n, 1) for n in image_shape)
    checks.one_of("pool", pool, ("average", "maximum"))
    checks.one_of("normalisation", normalisation, ("batch", "running"))
    activation = activation or ("sign" if binary else "relu")
    make = ACTIVATIONS[checks.one_of("activation", activation, tuple(ACTIVATIONS))]
    layers: list[Layer] = [Reshape(image_shape, dtype)]
    incoming = 1 if len(image_shape) == 2 else image_shape[0]
    extent = np.array(image_shape[-2:])
    for number, outgoing in enumerate(channels, start=1):
        weights = _initial((side * side * incoming, outgoing), rng, initial_width, dtype)
        layers.append(
            Convolution(
                f"convolution {number}",
                weights,
                side=side,
                padding=padding,
                binary=binary,
                first=number == 1,
            )
        )
        extent = (extent + 2 * padding - side + 1) // 2
        if extent.min() < 1:
            raise ValueError(
                f"image_shape {image_shape} leaves nothing after convolution {number} and its "
                "pooling; take fewer convolutions, a smaller kernel or more padding"
            )
        layers.append(Pool(pool, 2, dtype))
        name = f"normalisation {number}"
        layers.append(_norm(name, outgoing, rng, normalisation, affine, scale, dtype))
        layers.append(make(dtype))
        incoming = outgoing
    layers.append(Flatten(dtype))
    dense = dense_network(
        (int(extent.prod()) * incoming, *hidden, classes),
        rng,
        binary=binary,
        activation=activation,
        normalisation=normalisation,
        affine=affine,
        scale=scale,
        initial_width=initial_width,
        dtype=dtype,
    )
    for layer in dense.layers:
        if isinstance(layer, Dense):
            layer.first = False
    return Network([*layers, *dense.layers], int(np.prod(image_shape)), classes)


def _initial(shape, rng, width, dtype):
    half = checks.positive("initial_width", width) / 2
    return rng.uniform(-half, half, shape).astype(dtype)


def _norm(name, channels, rng, normalisation, affine, scale, dtype):
    if normalisation == "instance":
        return InstanceNorm(dtype)
    return BatchNorm(
        name, channels, rng, affine=affine, scale=scale, statistics=normalisation, dtype=dtype
    )
