r"""Agnostic equilibrium propagation: parameters that relax together with the states.

Each parameter hangs on a spring of compliance :math:`\varepsilon`. In the free phase the springs
are set so that the parameters rest at :math:`\theta`; then the nudge comes on and states and
parameters settle together, at the least of :math:`E + \beta C + \lVert \theta - u \rVert^2 / 2
\varepsilon`:

.. math:: \theta_1 = \theta - \varepsilon\, [P_\beta(\theta_1) - P_0(\theta)],

with the local products P at nudged and free equilibria. No product is measured: where the
parameters come to rest *is* the update. It is the one-sided rule with the learning rate
:math:`\varepsilon \beta`, taken implicitly (Scellier et al. 2022).
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_loss, checked_symmetric, checked_targets, nonzero
from theory.ep.equilibria import equilibrium
from theory.ep.gradients import free_states, hebbian
from theory.ep.losses import SquaredError
from theory.numerics import NotConverged


@door(network="has coupling", inputs="array 2d+", compliance="> 0")
def agnostic_step(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    compliance: float,
    loss=SquaredError(),  # noqa: B008 - immutable
    tolerance: float = 1e-12,
    max_rounds: int = 2000,
):
    r"""Return the network whose parameters have settled with its nudged states.

    Parameters
    ----------
    network : LayeredNetwork or CoupledNetwork
        Symmetric: its energy is linear in weights and biases.
    inputs, targets : ndarray, shapes (batch, inputs), (batch, outputs)
        The energy is the mean over the batch.
    nudging_strength : float
        :math:`\beta`, not 0.
    compliance : float
        :math:`\varepsilon`, above 0, of all springs.
    tolerance : float
        Largest change of a parameter in a round that is accepted. A round lets the states settle
        at fixed parameters, then the parameters at fixed states: each lowers the energy.

    Raises
    ------
    NotConverged
        Where the springs are too soft to hold the parameters.
    """
    checked_symmetric(network)
    nudge = nonzero(nudging_strength)
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    states = free_states(network, inputs, None, settled=True)
    before, rest = network, hebbian(network, states, inputs)
    for _ in range(max_rounds):
        states = equilibrium(
            network, inputs, targets=targets, nudging_strength=nudge, loss=loss, initial=states
        ).states
        pull = (hebbian(before, states, inputs) - rest) * compliance
        moved = before.with_parameters(
            [w + p for w, p in zip(before.weights, pull.weights, strict=True)],
            [b + p for b, p in zip(before.biases, pull.biases, strict=True)],
        )
        pairs = zip((*moved.weights, *moved.biases), (*network.weights, *network.biases),
                    strict=True)  # fmt: skip
        change, network = max(np.abs(a - b).max() for a, b in pairs), moved
        if change <= tolerance:
            return network
    raise NotConverged(
        "agnostic_step: states and parameters did not settle together; use a smaller compliance",
        residual=float(change),
        iterations=max_rounds,
    )
