r"""The bias of every finite-nudge estimator, to any order in the nudge.

With the series :math:`P(\beta) = \sum_k P_k \beta^k` of the Hebbian products, :math:`P_1` is the
gradient and an estimate with nodes :math:`\beta_j` and weights :math:`w_j` is :math:`\sum_k P_k
\sum_j w_j \beta_j^k`: the one-sided one errs by :math:`P_2 \beta + P_3 \beta^2 + \dots`, the
symmetric one by :math:`P_3 \beta^2 + P_5 \beta^4 + \dots`, for a smooth activation; which units a
finite nudge takes across a kink of another tells `linear_pieces`.
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_symmetric
from theory.ep.equilibria import nudge
from theory.ep.estimators import Stencil
from theory.ep.gradients import _mirrored
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork
from theory.ep.power_series import radius_of_convergence


@door(series="complex 3d", inputs="2d")
def gradient_series(network: LayeredNetwork, series: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    r"""Return the series of :math:`P(\beta) = -\partial\Phi/\partial\theta`, batch averaged.

    Parameters
    ----------
    network : LayeredNetwork
        Symmetric.
    series : ndarray, shape (orders, batch, units)
        From `equilibrium_series`.
    inputs : ndarray, shape (batch, inputs)

    Returns
    -------
    ndarray, shape (orders, parameters)
        In the order of `Gradient.flat`: all weights, then all biases.
    """
    checked_symmetric(network)
    fixed = np.zeros((len(series), *inputs.shape))
    fixed[0] = inputs
    layers = [fixed, *(series[:, :, part] for part in network.slices)]
    rows = []
    for k in range(len(series)):
        weights = []
        for below, above in network.pairs:
            product = np.einsum(
                "jbo,jbi->oi", layers[above][: k + 1], layers[below][k::-1], optimize=True
            )
            weights.append((_mirrored(product) if below == above else product).ravel())
        biases = [layer[k].sum(axis=0) for layer in layers[1:]]
        rows.append(np.concatenate([*weights, *biases]))
    return -np.stack(rows) / len(inputs)


@door(coefficients="complex 2d")
def predicted_estimate(coefficients: np.ndarray, stencil: Stencil) -> np.ndarray:
    """Return what a stencil's estimate is according to the truncated series, shape (parameters,).

    Right up to the first neglected order, and only inside the radius of convergence.

    Raises
    ------
    ValueError
        For a node beyond the radius, where enough orders are given (12) to estimate it.
    """
    check_reach(coefficients, np.abs(stencil.nodes).max())
    factors = [stencil.moment(k) for k in range(len(coefficients))]
    return np.real(np.tensordot(factors, coefficients, axes=1))


def check_reach(coefficients: np.ndarray, largest: float) -> None:
    """Refuse a nudge at which the series does not converge; few orders cannot tell."""
    if len(coefficients) < 13:
        return
    radius = radius_of_convergence(coefficients[1:])
    if largest > radius:
        raise ValueError(
            f"nodes: a nudge of {largest:.4g} lies beyond the radius of convergence, about "
            f"{radius:.4g}, where the series says nothing"
        )


@door(coefficients="complex 2d")
def mean_square_error(coefficients: np.ndarray, stencil: Stencil, noise: float) -> float:
    r"""Return squared bias plus variance of an estimate, summed over the parameters.

    `noise` is the standard deviation of independent readout noise on every entry of every
    :math:`P(\beta_j)`.
    """
    bias = predicted_estimate(coefficients, stencil) - coefficients[1]
    return float(bias @ bias + noise**2 * stencil.noise_gain * coefficients.shape[1])


@door(coefficients="complex 2d", largest="> 0", noise=">= 0")
def optimal_nudge(coefficients: np.ndarray, kind, noise: float, largest: float) -> tuple:
    """Return the nudge in (0, largest] with the smallest mean square error, and that error.

    `kind` makes a stencil of a nudging strength, for instance `Stencil.symmetric`; `largest` lies
    inside the radius of convergence.
    """
    if not callable(kind):
        raise TypeError(
            f"kind: a function that makes a stencil of a nudge is needed, such as "
            f"Stencil.symmetric, "
            f"not {kind!r}"
        )
    strengths = largest * np.geomspace(1e-6, 1, 400)
    errors = [mean_square_error(coefficients, kind(b), noise) for b in strengths]
    best = int(np.argmin(errors))
    return float(strengths[best]), errors[best]


@door(states="2d", inputs="2d", loss="has gradient")
def linear_pieces(
    network: LayeredNetwork,
    states: np.ndarray,
    inputs: np.ndarray,
    *,
    targets: np.ndarray | None = None,
    nudging_strength: float = 0.0,
    loss=SquaredError(),  # noqa: B008 - immutable
) -> np.ndarray:
    """Return on which piece every unit stands: -1 and 1 saturated, 0 between, shape (batch, units).

    Raises
    ------
    ValueError
        For a smooth activation, which has no pieces.
    """
    interval = network.sigma.interval
    if interval is None:
        raise ValueError(f"network: the activation {network.activation!r} is smooth; no kinks")
    low, high = interval
    current = network.drive(inputs) + states @ network.coupling().T
    if nudging_strength != 0:
        current[:, network.slices[-1]] += nudge(network, states, targets, nudging_strength, loss)
    return (current >= high).astype(int) - (current <= low)
