r"""Step-by-step increments of states and parameters, with the nudge inside or outside.

Inside, :math:`s \leftarrow \sigma(u - \beta \nabla C)`, there is an energy, and the increments of
the parameters equal the contributions of back-propagation through time. Outside, :math:`s
\leftarrow \sigma(u) - \beta \nabla C`, only the first increment of the states does.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_loss, checked_targets
from theory.ep.equilibria import equilibrium, trajectory, update
from theory.ep.gradients import hebbian, loss_gradient, slopes
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


@door(free="array 2d", inputs="2d", loss="any", steps=">= 0")
def nudged_path(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    steps: int,
    *,
    outside: bool = False,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> np.ndarray:
    """Return the states of a nudged phase from the free equilibrium on, shape (steps + 1, ...)."""
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    start = equilibrium(network, inputs, tolerance=1e-14).states if free is None else free
    if not outside:
        return trajectory(
            network, inputs, steps,
            targets=targets, nudging_strength=nudging_strength, loss=loss, initial=start,
        )  # fmt: skip
    drive, path = network.drive(inputs), [start]
    for _ in range(steps):
        states = update(network, path[-1], drive, targets, 0.0, loss)
        states -= nudging_strength * loss_gradient(network, path[-1], targets, loss)
        path.append(states)
    return np.stack(path)


@door(path="array 3d", network="has coupling", inputs="array 2d")
def increments(network, inputs, path: np.ndarray, nudging_strength: float) -> tuple:
    """Return increments over the nudge with the sign of gradients.

    Returns
    -------
    states : ndarray, shape (steps, batch, units)
    parameters : ndarray, shape (steps, parameters)
        In the order of `Gradient.flat`.
    """
    products = [hebbian(network, states, inputs).flat() for states in path]
    parameters = [(a - b) / nudging_strength for a, b in pairwise(products)]
    return -np.diff(path, axis=0) / nudging_strength, np.stack(parameters)


@door(
    free="array 2d",
    network="has coupling",
    inputs="array 2d",
    targets="array",
    steps="whole >= 1",
    loss="has gradient",
)
def state_errors(network, inputs, targets, steps, free, loss=SquaredError()) -> np.ndarray:  # noqa: B008
    """Return the errors that BPTT finds for the states, shape (steps, batch, units)."""
    slope, coupling = slopes(network, free, inputs), network.coupling()
    errors = [loss_gradient(network, free, targets, loss)]
    for _ in range(steps - 1):
        errors.append((slope * errors[-1]) @ coupling)
    return np.stack(errors)
