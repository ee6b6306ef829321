r"""What a finite nudge minimises: the loss averaged along the branch of nudged equilibria.

The one-sided estimate is the gradient of :math:`L^\pm_\beta = \frac1\beta \int_0^\beta C(s_b) db`,
the symmetric one of :math:`(L^+ + L^-)/2`. Inside one linear piece of the activation, with squared
error, everything is a rational function of the output compliance :math:`M = P A^{-1} P^\top`:

.. math:: L^\pm = \tfrac12 e^\top (1 \pm \beta M)^{-1} e, \qquad
          L^{sym} = \tfrac12 e^\top (1 - \beta^2 M^2)^{-1} e .
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.arguments import checked_free, checked_loss, checked_symmetric, checked_targets
from theory.ep.equilibria import equilibrium
from theory.ep.gradients import free_states, slopes
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork

SIDES = ("one-sided", "negative", "symmetric")


@door(states="2d", inputs="2d")
def output_compliance(network: LayeredNetwork, states: np.ndarray, inputs: np.ndarray):
    r"""Return by how much each output moves under a unit force on each, at free equilibria.

    Returns
    -------
    ndarray, shape (batch, outputs, outputs)
        :math:`M`, the output block of :math:`(1 - D J)^{-1} D`.
    """
    slope = slopes(network, states, inputs)
    matrix = np.eye(states.shape[1]) - slope[:, :, None] * network.coupling()
    force = np.zeros((states.shape[1], network.sizes[-1]))
    last = network.slices[-1]
    force[last] = np.eye(network.sizes[-1])
    return np.linalg.solve(matrix, slope[:, :, None] * force)[:, last]


@door(compliance="array 3d")
def pole(compliance: np.ndarray) -> float:
    """Return the negative nudge where a linear response becomes infinite, -1 / largest eigenvalue.

    Exact inside one linear piece; an estimate from the free state elsewhere.
    """
    largest = np.linalg.eigvals(compliance).real.max()
    return -1 / largest if largest > 0 else -np.inf


@door(compliance="array 3d", errors="array 2d", nudging_strength="> 0")
def linear_surrogate(
    compliance: np.ndarray, errors: np.ndarray, nudging_strength: float, side: str
) -> np.ndarray:
    """Return the surrogate losses of linear response with squared error, shape (batch,).

    Parameters
    ----------
    compliance : ndarray, shape (batch, outputs, outputs)
        Symmetric.
    errors : ndarray, shape (batch, outputs)
        Free outputs minus targets.
    nudging_strength : float
        Size of the nudge, > 0.
    side : {"one-sided", "negative", "symmetric"}

    Raises
    ------
    ValueError
        For a nudge on the negative side that reaches the pole, which is named.
    """
    side = checks.one_of("side", side, SIDES)
    b = nudging_strength
    limit = pole(compliance)
    if side != "one-sided" and -b <= limit:
        raise ValueError(
            f"nudging_strength: the negative side at {-b:g} lies beyond the pole at {limit:.4g}, "
            "where the network has no stable nudged equilibrium; use a smaller nudge"
        )
    one = np.eye(errors.shape[1])
    matrix = {
        "one-sided": one + b * compliance,
        "negative": one - b * compliance,
        "symmetric": one - b**2 * compliance @ compliance,
    }[side]
    return 0.5 * np.sum(errors * np.linalg.solve(matrix, errors[..., None])[..., 0], axis=1)


@door(states="2d", inputs="2d")
def linear_response(
    network: LayeredNetwork,
    states: np.ndarray,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
) -> np.ndarray:
    r"""Return nudged states predicted from free ones inside one linear piece, squared error.

    :math:`s_\beta = s_* - \beta A^{-1} P^\top (1 + \beta M)^{-1} e`.
    """
    targets = checked_targets(network, inputs, targets, SquaredError())
    states = checked_free(network, inputs, states)
    slope, last = slopes(network, states, inputs), network.slices[-1]
    matrix = np.eye(states.shape[1]) - slope[:, :, None] * network.coupling()
    force = np.zeros((states.shape[1], network.sizes[-1]))
    force[last] = np.eye(network.sizes[-1])
    response = np.linalg.solve(matrix, slope[:, :, None] * force)
    one = np.eye(network.sizes[-1])
    error = np.linalg.solve(
        one + nudging_strength * response[:, last], (states[:, last] - targets)[..., None]
    )
    return states - nudging_strength * (response @ error)[..., 0]


@door(nudges="array", free="complex", inputs="2d", loss="any")
def loss_along(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudges: np.ndarray,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> np.ndarray:
    """Return the mean loss at the equilibrium of every nudge, shape of `nudges`."""
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    start = free_states(network, inputs, free)
    values = []
    for b in np.ravel(nudges):
        states = equilibrium(
            network, inputs, targets=targets, nudging_strength=float(b), loss=loss, initial=start
        ).states
        values.append(loss.value(states[:, network.slices[-1]], targets).mean())
    return np.reshape(values, np.shape(nudges))


@door(inputs="2d", loss="any", points=">= 1", nudging_strength="> 0")
def surrogate_loss(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    side: str,
    loss=SquaredError(),  # noqa: B008 - immutable
    points: int = 12,
) -> float:
    """Return the surrogate loss of any network: the mean of the loss along the branch.

    By Gauss-Legendre quadrature with `points` equilibria a side, which is exact to rounding for
    nudges well inside the radius of convergence.
    """
    checked_symmetric(network)
    side = checks.one_of("side", side, SIDES)
    b = nudging_strength
    nodes, weights = np.polynomial.legendre.leggauss(points)
    at = 0.5 * b * (1 + nodes)
    free = equilibrium(network, inputs).states
    means = {
        sign: 0.5 * weights @ loss_along(network, inputs, targets, sign * at, loss, free)
        for sign in ((1, -1) if side == "symmetric" else (1,) if side == "one-sided" else (-1,))
    }
    return float(np.mean(list(means.values())))
