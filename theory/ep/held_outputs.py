r"""Coupled learning: outputs that are held a share nearer to their targets, instead of pulled.

Both states, free and with the outputs held at :math:`s_* + \eta (y - s_*)`, give the local products
of which the rule takes the difference over :math:`\eta` (Stern et al. 2021). With the stiffness
:math:`K = M^{-1}`, the inverse of the output compliance, and the errors e it is to first order

.. math:: \sum_i (K e)_i \frac{\partial s_i}{\partial \theta} ,

the direction of the loss with every error multiplied by the stiffness; at :math:`\eta = 1` and in
linear response it is the gradient of :math:`\tfrac12 e^\top K e`, and between a mixture of both.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.arguments import checked_symmetric, checked_targets
from theory.ep.equilibria import update
from theory.ep.gradients import Gradient, free_states, hebbian, implicit_gradient
from theory.ep.losses import SquaredError
from theory.ep.surrogate import output_compliance
from theory.numerics import NotConverged


@door(network="has coupling", inputs="array 2d+", max_sweeps=">= 1")
def held_states(
    network,
    inputs: np.ndarray,
    outputs: np.ndarray,
    initial: np.ndarray | None = None,
    tolerance: float = 1e-13,
    max_sweeps: int = 5000,
) -> np.ndarray:
    """Return the equilibrium of all other layers with the outputs held, shape (batch, units).

    Parameters
    ----------
    network : LayeredNetwork or CoupledNetwork
    outputs : array_like, shape (batch, outputs)

    Raises
    ------
    NotConverged
    """
    drive, last = network.drive(inputs), len(network.sizes) - 1
    outputs = checks.finite_array("outputs", outputs, shape=(len(inputs), network.sizes[-1]))
    states = np.zeros_like(drive) if initial is None else np.array(initial, float)
    states[:, network.slices[-1]] = outputs
    groups = [[n for n in group if n != last] for group in network.groups]
    for _ in range(max_sweeps):
        before = states
        for layers in groups:
            states = update(network, states, drive, None, 0.0, None, layers)
        change = np.abs(states - before).max()
        if change <= tolerance:
            return states
    raise NotConverged(
        "held_states: the layers below the held outputs did not settle; use smaller weights",
        residual=float(change),
        iterations=max_sweeps,
    )


@door(network="has coupling", inputs="array 2d+", share="in (0, 1]")
def coupled_estimate(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    share: float,
    free: np.ndarray | None = None,
) -> Gradient:
    r"""Return what coupled learning subtracts, over the learning rate.

    Parameters
    ----------
    network : LayeredNetwork or CoupledNetwork
        Symmetric.
    inputs, targets : ndarray, shapes (batch, inputs), (batch, outputs)
    share : float
        :math:`\eta`, above 0 and at most 1.

    Examples
    --------
    >>> from theory.ep import LayeredNetwork
    >>> network = LayeredNetwork.random((4, 5, 2), 0, scale=0.8)
    >>> x, y = np.full((1, 4), 0.5), np.array([[1.0, 0.0]])
    >>> found, wanted = coupled_estimate(network, x, y, 1e-5), coupled_direction(network, x, y)
    >>> found.angle(wanted) < 0.01
    True
    """
    checked_symmetric(network)
    targets = checked_targets(network, inputs, targets, SquaredError())
    free = free_states(network, inputs, free, settled=True)
    outputs = free[:, network.slices[-1]]
    held = held_states(network, inputs, outputs + share * (targets - outputs), free)
    return (hebbian(network, free, inputs) - hebbian(network, held, inputs)) / share


@door
def coupled_direction(
    network, inputs: np.ndarray, targets: np.ndarray, free: np.ndarray | None = None
) -> Gradient:
    """Return the limit of `coupled_estimate` for a small share, from linear response."""
    checked_symmetric(network)
    free = free_states(network, inputs, free, settled=True)
    compliance = output_compliance(network, free, inputs)

    def multiplied(outputs, targets):
        return np.linalg.solve(compliance, (outputs - targets)[..., None])[..., 0]

    return implicit_gradient(network, inputs, targets, SimpleNamespace(gradient=multiplied), free)
