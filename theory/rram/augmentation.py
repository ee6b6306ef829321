"""Colour images as the ConvNet's training sees them: cropped, flipped, normalised."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door

# Mean and standard deviation of the CIFAR-10 channels that the released code uses.
CHANNEL_MEAN = (0.4914, 0.4822, 0.4465)
CHANNEL_DEVIATION = (0.2023, 0.1994, 0.2010)


@door(images="array 2d+", image_shape="counts")
def normalised(images: np.ndarray, image_shape) -> np.ndarray:
    """Return flattened images with the channels' means removed, over their deviations.

    Grey images stay as they are.
    """
    if len(image_shape) == 2 or image_shape[0] != 3:
        return images
    cube = images.reshape(-1, *image_shape)
    mean = np.array(CHANNEL_MEAN, images.dtype)[:, None, None]
    deviation = np.array(CHANNEL_DEVIATION, images.dtype)[:, None, None]
    return ((cube - mean) / deviation).reshape(images.shape)


@door(images="array 2d+", image_shape="counts", margin=">= 0")
def cropped_and_flipped(images: np.ndarray, image_shape, rng, margin: int = 4) -> np.ndarray:
    """Return images shifted by up to `margin` pixels, black outside, and mirrored at random.

    Parameters
    ----------
    images : ndarray, shape (samples, pixels)
    image_shape : (rows, columns) or (channels, rows, columns)
    rng : Generator or int
    margin : int
    """
    rng = checks.as_rng(rng)
    cube = images.reshape(len(images), -1, *image_shape[-2:])
    rows, columns = cube.shape[-2:]
    room = [(0, 0), (0, 0), (margin, margin), (margin, margin)]
    wide = np.pad(cube, room)
    down, right = rng.integers(0, 2 * margin + 1, (2, len(cube)))
    cut = np.stack(
        [w[:, i : i + rows, j : j + columns] for w, i, j in zip(wide, down, right, strict=True)]
    )
    mirrored = rng.random(len(cut)) < 0.5
    cut[mirrored] = cut[mirrored][..., ::-1]
    return cut.reshape(images.shape)
