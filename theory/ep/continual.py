r"""Continual equilibrium propagation: the weights move at every step of the nudged phase.

.. math:: \theta_{t+1} = \theta_t + \frac{\eta}{\beta} \left[ \frac{\partial \Phi}{\partial \theta}
   (s_{t+1}) - \frac{\partial \Phi}{\partial \theta}(s_t) \right]

Nothing has to be stored from the free phase. For learning rates far below the nudge the sum of the
moves is the ordinary one-sided update (Ernoult et al. 2020).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.arguments import checked_loss, checked_symmetric, checked_targets, nonzero
from theory.ep.ensemble import Ensemble
from theory.ep.equilibria import update
from theory.ep.gradients import free_states, hebbian
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


@door(free="complex", inputs="2d", loss="any", learning_rate="> 0", steps=">= 1")
def continual_update(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    steps: int,
    learning_rate: float,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> LayeredNetwork:
    """Return the network after one nudged phase during which it learned.

    Parameters
    ----------
    network : LayeredNetwork
        Symmetric.
    nudging_strength : float
        Not 0.
    steps : int
        Synchronous nudged steps.
    learning_rate : float
        > 0; the free and nudged states drift once it is comparable with the nudge.
    free : ndarray, optional
        The free equilibrium, where the phase starts.
    """
    rate = learning_rate
    checked_symmetric(network)
    nonzero(nudging_strength)
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    states = free_states(network, inputs, free)
    before = hebbian(network, states, inputs)
    for _ in range(steps):
        drive = network.drive(inputs)
        states = update(network, states, drive, targets, nudging_strength, loss)
        after = hebbian(network, states, inputs)
        move = (after - before) * (rate / nudging_strength)
        network = network.with_parameters(
            [w + m for w, m in zip(network.weights, move.weights, strict=True)],
            [b + m for b, m in zip(network.biases, move.biases, strict=True)],
        )
        before = after
    return network


@door(inputs="array", targets="array", nudging_strength="number", steps="list", rates="list")
def descend_in_phase(
    ensemble: Ensemble, inputs, targets, *, rates, nudging_strength, steps
) -> None:
    """Move the parameters of an ensemble in place during one nudged phase of a mini-batch.

    Parameters
    ----------
    ensemble : Ensemble
        With symmetric weights and the squared error.
    inputs, targets : ndarray, shapes (runs, batch, inputs), (runs, batch, outputs)
    rates : sequence of float
        Learning rate of every parameter array.
    nudging_strength : float
    steps : tuple of int
        Of the free and of the nudged phase.
    """
    if ensemble.backward or ensemble.readout:
        raise ValueError("ensemble: continual updates are for symmetric weights and squared error")
    ensemble.check_batch(inputs, targets)
    free, nudged = (checks.integer_at_least("steps", number, 0) for number in steps)
    states = ensemble.relax(inputs, free)
    before = ensemble.products(states, inputs)
    nudge = np.full((len(inputs), 1, 1), nudging_strength, inputs.dtype)
    for _ in range(nudged):
        states = ensemble.relax(inputs, 1, states=states, targets=targets, nudge=nudge)
        after = ensemble.products(states, inputs)
        for p, rate, old, new in zip(ensemble.parameters, rates, before, after, strict=True):
            p += p.dtype.type(rate / nudging_strength) * (new - old)
        before = after
