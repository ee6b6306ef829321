r"""The exact gradient of a network without symmetric weights, by one added term.

In the nudged phase the network relaxes under

.. math:: s = \sigma\bigl(J s + \text{drive} + (J^\top - J)(s - s_*) - \beta \nabla C(s)\bigr)

with its own free equilibrium :math:`s_*`. The term vanishes there, so that it changes only the
linear response, :math:`ds/d\beta = -(1 - D J^\top)^{-1} D \nabla C`: minus the true errors.
Differences of states at nudges of both signs, or at N points of a circle, then give the gradient
with the errors of the symmetric rule, of second or N-th order (arXiv:2602.03670).
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_loss, checked_targets, nonzero
from theory.ep.equilibria import nudge
from theory.ep.estimators import Stencil
from theory.ep.gradients import Gradient, error_gradient, free_states
from theory.ep.losses import SquaredError
from theory.numerics import NotConverged


@door(
    free="complex",
    tolerance="> 0",
    max_steps=">= 1",
    network="has coupling",
    inputs="2d",
    loss="any",
)
def corrected_equilibrium(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: complex,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
    tolerance: float = 1e-13,
    max_steps: int = 5000,
) -> np.ndarray:
    """Return the nudged states of the corrected phase, shape (batch, units).

    By plain relaxation, all units at once, from the free equilibrium.

    Raises
    ------
    NotConverged
        Where it does not settle: its Jacobian is the transpose of the network's own to first order.
    """
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    free = free_states(network, inputs, free, settled=True)
    states, last = (
        free.astype(complex if np.iscomplexobj(nudging_strength) else float),
        network.slices[-1],
    )
    coupling, drive = network.coupling(), network.drive(inputs)
    fixed = drive + free @ (coupling - coupling.T).T  # J s + (J' - J)(s - s*) = J' s + (J - J') s*
    for _ in range(max_steps):
        current = fixed + states @ coupling
        current[:, last] += nudge(network, states, targets, nudging_strength, loss)
        new = network.sigma.function(current)
        change, states = np.abs(new - states).max(), new
        if change <= tolerance:
            return states
        if not np.isfinite(change):
            break
    raise NotConverged(
        "corrected_equilibrium: the nudged phase did not settle; use smaller weights or nudges",
        residual=float(change),
        iterations=max_steps,
    )


@door(free="any", network="has coupling", inputs="array 2d+", loss="any")
def corrected_estimate(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    stencil: Stencil | float,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> Gradient:
    """Return the estimate of the exact gradient of a network with or without symmetric weights.

    Parameters
    ----------
    network : LayeredNetwork
        Or any with a coupling; forward and backward weights may differ.
    stencil : Stencil or float
        A number stands for the symmetric stencil of that nudge.

    Returns
    -------
    Gradient
        With an error of the stencil's order.
    """
    if not isinstance(stencil, Stencil):
        stencil = Stencil.symmetric(nonzero(stencil))
    free = free_states(network, inputs, free, settled=True)
    change = np.zeros_like(free, complex)
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        at = free
        if node != 0:
            at = corrected_equilibrium(network, inputs, targets, node, loss, free)
        change -= weight * at
    return error_gradient(network, free, np.real(change), inputs)
