r"""Relaxation of a clamped network under many complex nudges at once.

`settled_states` finds equilibria to a tolerance, `relaxed_states` runs the published dynamics: a
given number of synchronous steps, which need not settle. Both put the nudges along the batch: every
pair of a nudge and a sample is a row of one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ep.equilibria import equilibrium, update
from theory.ep.losses import SoftReadout, SquaredError
from theory.holo_ep.clamped_network import ClampedNetwork

ROWS = 4096  # rows relaxed at a time: their states stay in the cache


@dataclass(frozen=True, eq=False)
class NudgedRows:
    r"""A loss whose slope carries a nudge of its own for every row: :math:`\beta_i C`.

    The targets hold the real and the imaginary part of the nudge in two last columns, so that
    `theory.ep.equilibria` solves rows of different nudges together, with nudging strength 1.
    """

    loss: SoftReadout | SquaredError
    columns: int

    @property
    def biases(self):
        """As many as the columns of the targets: what the equilibrium solver checks them by."""
        return np.zeros(self.columns)

    def gradient(self, output: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the nudged slope, shape (rows, outputs)."""
        nudges = targets[:, -2:-1]
        if np.iscomplexobj(output):
            nudges = nudges + 1j * targets[:, -1:]
        return nudges * self.loss.gradient(output, targets[:, :-2])


def _rows(clamped: ClampedNetwork, nudges):
    """Return inputs, targets with nudges, and the loss of all pairs of nudge and sample."""
    nudges = np.asarray(nudges)
    if nudges.ndim != 1 or not np.isfinite(nudges).all():
        raise ValueError("nudges: a vector of finite complex numbers is needed")
    if np.iscomplexobj(nudges):
        clamped.require_holomorphic()
    batch = len(clamped.inputs)
    each = np.repeat(nudges, batch)
    targets = np.column_stack([np.tile(clamped.targets, (len(nudges), 1)), each.real, each.imag])
    inputs = np.tile(clamped.inputs, (len(nudges), 1))
    return inputs, targets, NudgedRows(clamped.loss, targets.shape[1])


def settled_states(
    clamped: ClampedNetwork, nudges: np.ndarray, *, tolerance: float = 1e-14
) -> np.ndarray:
    """Return the nudged equilibria reached from the free one.

    Parameters
    ----------
    clamped : ClampedNetwork
    nudges : ndarray of complex, shape (nudges,)
        Beyond the first branch point the state that is reached need not lie on the branch of the
        free equilibrium.
    tolerance : float

    Returns
    -------
    ndarray of complex, shape (nudges, batch, units)

    Raises
    ------
    NotHolomorphic, NotConverged, ValueError
    """
    inputs, targets, loss = _rows(clamped, nudges)
    found = equilibrium(
        clamped.network, inputs, targets=targets, loss=loss,
        nudging_strength=1 + 0j if np.iscomplexobj(nudges) else 1.0,
        initial=np.tile(clamped.free, (len(nudges), 1)), tolerance=tolerance,
    )  # fmt: skip
    return found.states.reshape(len(nudges), len(clamped.inputs), -1)


def relaxed_states(
    clamped: ClampedNetwork,
    nudges: np.ndarray,
    steps: int,
    *,
    settled: float = 0.0,
    single: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the states after synchronous steps from the free equilibrium, and the next change.

    Parameters
    ----------
    clamped : ClampedNetwork
    nudges : ndarray, shape (nudges,)
        Complex, or real for an activation that is not holomorphic.
    steps : int
    settled : float
        Rows that change by less than this in one step are left where they are; 0 relaxes all to
        the end.
    single : bool
        Keep the states in single precision, rounded after every operation.

    Returns
    -------
    states : ndarray, shape (nudges, batch, units)
        May hold nan or infinity where the dynamics diverge.
    change : ndarray, shape (nudges, batch)
        Norm of what one more step changes.
    """
    nudges = np.asarray(nudges)
    inputs, targets, loss = _rows(clamped, nudges)
    steps = checks.integer_at_least("steps", steps, 0)
    drive = clamped.network.drive(inputs)
    kinds = (np.complex64, np.float32) if single else (complex, float)
    dtype = kinds[0] if np.iscomplexobj(nudges) else kinds[1]
    states = np.tile(clamped.free, (len(nudges), 1)).astype(dtype)
    change = np.empty(len(states))

    def step(now, rows):
        return update(clamped.network, now, drive[rows], targets[rows], 1.0, loss)

    with np.errstate(all="ignore"):  # beyond its stability boundary the iteration may overflow
        for start in range(0, len(states), ROWS):
            rows = np.arange(start, min(start + ROWS, len(states)))
            now = states[rows]
            for _ in range(steps):
                new = step(now, rows)
                if settled:
                    # A row of nan is not below the bound: it runs on to the end.
                    still = np.abs(new - now).max(axis=1) < settled
                    states[rows[still]] = new[still]
                    rows, new = rows[~still], new[~still]
                now = new
                if not len(rows):
                    break
            states[rows] = now
            rows = np.arange(start, min(start + ROWS, len(states)))
            last = states[rows]
            change[rows] = np.linalg.norm(step(last, rows) - last, axis=1)
    shape = (len(nudges), len(clamped.inputs))
    return states.reshape(*shape, -1), change.reshape(shape)
