"""Which units a finite nudge takes across a kink: where the smooth bias theory does not apply."""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.equilibria import nudge
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


@door(states="2d", inputs="2d", loss="has gradient")
def linear_pieces(
    network: LayeredNetwork,
    states: np.ndarray,
    inputs: np.ndarray,
    *,
    targets: np.ndarray | None = None,
    nudging_strength: float = 0.0,
    loss=SquaredError(),  # noqa: B008 - immutable
) -> np.ndarray:
    """Return on which piece every unit stands: -1 and 1 saturated, 0 between, shape (batch, units).

    Raises
    ------
    ValueError
        For a smooth activation, which has no pieces.
    """
    interval = network.sigma.interval
    if interval is None:
        raise ValueError(f"network: the activation {network.activation!r} is smooth; no kinks")
    low, high = interval
    current = network.drive(inputs) + states @ network.coupling().T
    if nudging_strength != 0:
        current[:, network.slices[-1]] += nudge(network, states, targets, nudging_strength, loss)
    return (current >= high).astype(int) - (current <= low)
