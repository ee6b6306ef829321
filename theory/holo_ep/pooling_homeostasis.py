"""The homeostatic loss of soft-pooling networks without sampling, and descent on it alone."""

from __future__ import annotations

import copy

import numpy as np

from theory import checks
from theory.holo_ep.field_relaxation import relax
from theory.holo_ep.homeostasis import homeostatic_loss
from theory.holo_ep.pooling_networks import PoolingNetworks
from theory.numerics import NotConverged

SETTLED = 1e-8


def exact_homeostatic_gradient(networks: PoolingNetworks, activities: np.ndarray) -> list:
    """Return the gradient of the mean loss, by perturbations along every unit in turn.

    A trace is the sum over any orthonormal basis, so no random draws are needed.

    Parameters
    ----------
    activities : ndarray, shape (runs, batch, units)
        Free equilibria, which count as constant.
    """
    runs, batch, units = activities.shape
    basis = np.broadcast_to(
        np.tile(np.eye(units, dtype=activities.dtype), (batch, 1)), (runs, batch * units, units)
    )
    along = networks.homeostatic_gradient_along(np.repeat(activities, units, axis=1), basis)
    return [units * gradient for gradient in along]


def descend_homeostasis(
    networks: PoolingNetworks, images: np.ndarray, rate: float, steps: int
) -> dict[str, np.ndarray]:
    """Return what becomes of one network under the homeostatic gradient alone.

    Parameters
    ----------
    networks : PoolingNetworks
        A single run; it is not changed.
    images : ndarray, shape (1, batch, pixels)
    rate : float
        Learning rate.
    steps : int

    Returns
    -------
    dict of ndarray, shape (steps + 1,)
        "loss" and "norm" of the recurrent kernels relative to the start, "angle" in degrees.

    Raises
    ------
    NotConverged
        Where the free state does not settle on the way.
    """
    rate, steps = checks.positive("rate", rate), checks.integer_at_least("steps", steps, 1)
    learner, states = copy.deepcopy(networks), None
    losses, norms, angles = [], [], []
    for step in range(steps + 1):
        free = relax(learner, images, 1000, initial=states, tolerance=SETTLED / 10)
        if not free.residual.max() <= SETTLED:
            raise NotConverged(
                "descend_homeostasis: the free state does not settle; use a smaller rate",
                free.residual.max(),
                free.steps,
            )
        states = free.states
        losses.append(homeostatic_loss(learner.jacobian(free.activities)).mean())
        kernels = [*learner.forward[1:], *learner.backward]
        norms.append(np.sqrt(sum(np.sum(k**2) for k in kernels)))
        angles.append(learner.angle()[0])
        if step < steps:
            pulls = exact_homeostatic_gradient(learner, free.activities)
            for parameter, pull in zip(learner.parameters, pulls, strict=True):
                parameter -= rate * pull
    losses, norms = np.array(losses), np.array(norms)
    return {"loss": losses / losses[0], "norm": norms / norms[0], "angle": np.array(angles)}
