"""Checks of what every estimate takes: inputs, targets, loss, free equilibrium, symmetry."""

from __future__ import annotations

import numpy as np

from theory import checks

REST = 1e-3  # a state that moves further than this in one step is no equilibrium


def checked_loss(loss):
    """Return a loss: an object with the gradient that nudges."""
    if isinstance(loss, type) or not callable(getattr(loss, "gradient", None)):
        raise TypeError(
            f"loss: an object with value and gradient is needed, such as SquaredError() or "
            f"SoftReadout(weights, biases), not {loss!r}"
        )
    return loss


def checked_targets(network, inputs, targets, loss) -> np.ndarray:
    """Return targets with one row a sample and one column an output or class."""
    if targets is None:
        raise ValueError("targets: a nudge or a gradient needs targets")
    columns = len(loss.biases) if hasattr(loss, "biases") else network.sizes[-1]
    if np.ndim(targets) == 1:
        raise ValueError(
            f"targets: class numbers of shape {np.shape(targets)} were given; rows of {columns} "
            "numbers are needed (theory.ep.one_hot makes them)"
        )
    return checks.finite_array("targets", targets, shape=(len(inputs), columns))


def checked_free(network, inputs, free, settled: bool = False) -> np.ndarray:
    """Return free states of the right shape; with `settled` they must rest in one more step."""
    free = np.asarray(free)
    wanted = (len(inputs), sum(network.sizes))
    if free.shape != wanted:
        raise ValueError(f"free: shape {free.shape}; the network has states of shape {wanted}")
    if settled:
        drive = network.drive(inputs)
        moved = network.sigma.function(drive + free @ network.coupling().T) - free
        if not np.abs(moved).max() <= REST:
            raise ValueError(
                f"free: it is no equilibrium of this network on these inputs, a state moves by "
                f"{np.abs(moved).max():.3g} in one step"
            )
    return free


def checked_symmetric(network) -> None:
    """Refuse a network with backward weights, which has no energy."""
    if network.backward is not None:
        raise ValueError(
            "network: it has backward weights of its own, so no energy; use a symmetric network, "
            "or "
            "theory.ep.vector_field_estimate and corrected_estimate"
        )


def nonzero(nudging_strength: float) -> float:
    """Return a nudge other than 0."""
    if nudging_strength == 0:
        raise ValueError("nudging_strength: a number other than 0 is needed")
    return float(nudging_strength)
