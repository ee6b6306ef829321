"""Synapses under random updates without a network: which of them still change sign, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.synapses import DifferentialSynapses


@dataclass(frozen=True, eq=False)
class DriveRun:
    """What random updates did.

    Attributes
    ----------
    flips : ndarray, shape (updates,)
        Share of synapses that changed sign at each update.
    last_flip : ndarray of int, shape (synapses,)
        Number of the last update that changed the sign, 0 for none.
    log_ratio : ndarray, shape (synapses,)
        At the end.
    synapses : DifferentialSynapses
    """

    flips: np.ndarray
    last_flip: np.ndarray
    log_ratio: np.ndarray
    synapses: DifferentialSynapses


@door(updates="array", synapses=">= 1", pulses=">= 1")
def drive_at_random(
    synapses: int, updates: int, rng: np.random.Generator | int, *, pulses: int = 14, **options
) -> DriveRun:
    """Give every synapse `pulses` up or down, with equal chance, at each of many updates.

    Parameters
    ----------
    synapses, updates : int
    rng : Generator or int
    pulses : int
        Of one update; 14 is the saturated update of the released code.
    **options
        Of `DifferentialSynapses`.
    """
    count = synapses
    updates = checks.integer_at_least("updates", updates, 1)
    rng = checks.as_rng(rng)
    pairs = DifferentialSynapses(count, rng, **options)
    flips, last = np.zeros(updates), np.zeros(count, np.int32)
    before = pairs.weights
    for number in range(1, updates + 1):
        direction = 2 * rng.integers(0, 2, count, dtype=np.int8).astype(np.int32) - 1
        pairs.update(pulses * direction)
        after = pairs.weights
        flipped = after * before < 0
        flips[number - 1], last[flipped] = flipped.mean(), number
        before = after
    return DriveRun(flips, last, pairs.log_ratio, pairs)
