r"""The gradient of a soft read-out outside the relaxing system, measured at nudged states."""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_targets
from theory.ep.equilibria import equilibrium
from theory.ep.gradients import free_states
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork


@door(free="complex", inputs="2d", loss="has gradient")
def readout_gradient(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss: SoftReadout,
    nudges: tuple[float, ...],
    free: np.ndarray | None = None,
) -> np.ndarray:
    r"""Return the mean over nudges of the read-out's own gradient at the nudged states.

    :math:`(\operatorname{softmax}(W_o s + b_o) - y)\, s^\top`, batch averaged. Nudge 0 gives the
    true gradient, one positive nudge the published one-sided estimate, a pair of opposite ones the
    symmetric estimate.

    Returns
    -------
    ndarray, shape (classes, outputs + 1)
        Weights, and the biases in the last column.
    """
    if not len(nudges):
        raise ValueError("nudges: at least one is needed")
    targets = checked_targets(network, inputs, targets, loss)
    start = free_states(network, inputs, free)
    found = []
    for nudge in nudges:
        states = equilibrium(
            network, inputs, targets=targets, nudging_strength=nudge, loss=loss, initial=start,
            tolerance=1e-13,
        ).states  # fmt: skip
        output = states[:, network.slices[-1]]
        output = np.column_stack([output, np.ones(len(output))])
        errors = loss.probabilities(output[:, :-1]) - targets
        found.append(errors.T @ output / len(output))
    return np.mean(found, axis=0)
