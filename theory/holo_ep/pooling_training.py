"""Training of small soft-pooling networks on 8 x 8 digits, by the rules of `field_training`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory.holo_ep.field_training import FieldRun, FieldSettings, train_networks
from theory.holo_ep.pooling_networks import PoolingNetworks


def train_pooling(
    settings: FieldSettings,
    task,
    seeds: Sequence[int],
    *,
    channels: Sequence[int] = (6, 12),
    degrees: float = 0.0,
    homeostasis: Sequence[float] | float = 0.0,
    gain: float = 1.0,
    input_gain: float = 4.0,
    activation: str = "soft_clip",
    tied: bool = False,
) -> FieldRun:
    """Train one network a seed, all at once.

    Parameters
    ----------
    settings : FieldSettings
        Its sizes and topology do not matter here.
    task : theory.data.ImageTask
        Of square images whose side is a multiple of 2 to the number of layers.
    channels : sequence of int
        Of the convolutional layers.
    degrees : float
        Initial angle of forward and backward kernels; 0 makes them equal.
    homeostasis : float or one a seed
        Coefficient of the homeostatic loss over the number of units.
    gain : float
        Standard deviation of the initial kernels times the root of their fan-in.
    input_gain : float
        The same for the kernels of the input, which shared currents of a pool would drown.
    activation : str
    tied : bool
        Keep the kernels of both ways equal, as with an energy.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    classes = int(task.train_labels.max()) + 1
    side = round(np.sqrt(task.train_images.shape[1]))
    networks = PoolingNetworks.random(
        channels,
        rngs,
        degrees=degrees,
        classes=classes,
        side=side,
        gain=gain,
        activation=activation, tied=tied,
    )  # fmt: skip
    networks.forward[0] *= np.float32(input_gain / gain)
    return train_networks(networks, settings, task, rngs, np.broadcast_to(homeostasis, len(seeds)))
