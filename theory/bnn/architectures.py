"""The networks of the experiments: dense and convolutional, binarized or real-valued.

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
from theory.bnn.network import Network
from theory.bnn.normalisation import BatchNorm, InstanceNorm
from theory.door import door

INITIAL_WIDTH = 0.1  # hidden weights start uniform in +- half of this
NORMALISATIONS = ("batch", "running", "instance")
PRECISIONS = ("float32", "float64")


@door
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
    dtype : {"float32", "float64"}

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
    checks.one_of("dtype", np.dtype(dtype).name, PRECISIONS)
    layers: list[Layer] = []
    for number, (rows, columns) in enumerate(itertools.pairwise(sizes), start=1):
        weights = _initial((rows, columns), rng, initial_width, dtype)
        layers.append(Dense(f"layer {number}", weights, binary=binary, first=number == 1))
        name = f"normalisation {number}"
        layers.append(_norm(name, columns, rng, normalisation, affine, scale, dtype))
        if number < len(sizes) - 1:
            layers.append(ACTIVATIONS[activation](dtype))
    return Network(layers, sizes[0], sizes[-1])


@door(
    classes=">= 1",
    image_shape="counts",
    pool="one of average, maximum",
    normalisation="one of batch, running",
)
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
    image_shape = tuple(map(int, image_shape))
    if len(image_shape) not in (2, 3):
        raise ValueError(f"image_shape must have two or three numbers, not {image_shape}")
    checks.one_of("dtype", np.dtype(dtype).name, PRECISIONS)
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
