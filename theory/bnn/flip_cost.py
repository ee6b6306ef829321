r"""What it costs to flip binary weights of a trained network, by the size of the hidden weight.

The network's counterpart of the flip cost :math:`\Delta_i L` of the quadratic binary task. A single
flip changes the loss of a large network by less than rounding, so many weights of about the same
size are flipped at once and the loss increase is divided by their number (Laborieux et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.bnn.arrays import like, to_host
from theory.bnn.network import Network
from theory.door import door


@dataclass(frozen=True, eq=False)
class FlipCosts:
    """Costs of flips in one layer; one row a bin that holds enough weights.

    Attributes
    ----------
    size : ndarray, shape (bins,)
        Mean |hidden weight| in the bin over the layer's largest.
    cost : ndarray, shape (bins, draws)
        Loss increase over the number of flipped weights.
    count : ndarray of int, shape (bins,)
        Weights in the bin.
    """

    size: np.ndarray
    cost: np.ndarray
    count: np.ndarray


@door(images="array 2d+", bins=">= 1", layer=">= 0", flips=">= 1")
def flip_costs(
    network: Network,
    layer: int,
    images: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator | int,
    *,
    flips: int = 100,
    draws: int = 20,
    bins: int = 15,
) -> FlipCosts:
    """Measure the loss increase per flipped weight for weights of every size.

    Parameters
    ----------
    network : Network
        Restored to what it was.
    layer : int
        Number of the weight array, from the input on, 0 first.
    images, labels
        On which the loss is averaged.
    rng : Generator or int
        Draws which weights are flipped.
    flips : int
        Weights flipped at once; bins with fewer than twice as many are dropped, because draws from
        them would repeat each other.
    draws : int
        Independent draws for every bin.
    bins : int
        Equal intervals of |W| / max |W|.

    Returns
    -------
    FlipCosts
    """
    if layer >= len(network.weights):
        raise ValueError(
            f"layer is {layer}; this network has weight arrays 0..{len(network.weights) - 1}"
        )
    rng = checks.as_rng(rng)
    weights = network.weights[layer]
    size = np.abs(to_host(weights.value)).ravel()
    size /= size.max()
    which = np.minimum((size * bins).astype(int), bins - 1)
    used = weights.used.reshape(-1)
    before = network.loss(images, labels)
    rows = []
    for number in range(bins):
        members = np.flatnonzero(which == number)
        if len(members) < 2 * flips:
            continue
        costs = []
        for _ in range(draws):
            flipped = like(rng.choice(members, flips, replace=False), used)
            used[flipped] *= -1
            costs.append((network.loss(images, labels) - before) / flips)
            used[flipped] *= -1
        rows.append((size[members].mean(), costs, len(members)))
    if not rows:
        raise ValueError(f"flips is {flips}, but no bin holds {2 * flips} weights; flip fewer")
    mean, cost, count = zip(*rows, strict=True)
    return FlipCosts(np.array(mean), np.array(cost), np.array(count))
