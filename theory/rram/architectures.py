"""Binary convolutional networks of blocks with and without pooling, of the suite's layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.bnn.architectures import dense_network
from theory.bnn.convolution import Convolution, Pool
from theory.bnn.layers import Dense, Flatten, Layer, Reshape, SignActivation
from theory.bnn.network import Network
from theory.bnn.normalisation import BatchNorm
from theory.door import door

SIDE, PADDING = 3, 1  # of the kernels: images keep their size


@door(classes=">= 1", image_shape="counts", channels="counts", convolutions_a_block=">= 1")
def block_network(
    image_shape: Sequence[int],
    channels: Sequence[int],
    hidden: Sequence[int],
    classes: int,
    rng: np.random.Generator | int,
    *,
    convolutions_a_block: int = 2,
    dtype=np.float32,
) -> Network:
    """Make the released ConvNet at any size.

    Each convolution of 3 x 3 is followed by batch normalisation and sign; the last one of a block
    by maximum pooling before them. Tests use running statistics.

    Parameters
    ----------
    image_shape : (rows, columns) or (channels, rows, columns)
    channels : sequence of int
        Output channels of each convolution: (384, 384, 768, 768, 1536, 512) in the released code.
    hidden : sequence of int
        Units of the dense hidden layers: (1024, 1024).
    classes : int
    rng : Generator or int
    convolutions_a_block : int
        Convolutions between two poolings; 2 as released.

    Raises
    ------
    ValueError
        If nothing is left of the images after pooling.
    """
    rng = checks.as_rng(rng)
    every = convolutions_a_block
    image_shape = tuple(image_shape)
    incoming = 1 if len(image_shape) == 2 else image_shape[0]
    extent = np.array(image_shape[-2:])
    layers: list[Layer] = [Reshape(image_shape, dtype)]
    for number, outgoing in enumerate(channels, start=1):
        # Only the signs of these are used, and only until the first update of the devices.
        weights = rng.uniform(-1, 1, (SIDE * SIDE * incoming, outgoing)).astype(dtype)
        layers.append(
            Convolution(
                f"convolution {number}", weights, side=SIDE, padding=PADDING, first=number == 1
            )
        )
        if number % every == 0:
            extent = extent // 2
            layers.append(Pool("maximum", 2, dtype))
        layers += [
            BatchNorm(
                f"normalisation {number}", outgoing, rng, scale="one", statistics="running",
                dtype=dtype,
            ),
            SignActivation(dtype),
        ]  # fmt: skip
        incoming = outgoing
    if extent.min() < 1:
        raise ValueError(f"image_shape {image_shape} leaves nothing after all poolings")
    layers.append(Flatten(dtype))
    dense = dense_network(
        (int(extent.prod()) * incoming, *hidden, classes),
        rng,
        normalisation="running",
        scale="one",
        dtype=dtype,
    )
    for layer in dense.layers:
        if isinstance(layer, Dense):
            layer.first = False
    return Network([*layers, *dense.layers], int(np.prod(image_shape)), classes)
