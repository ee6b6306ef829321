r"""Gradient estimates from equilibria on a circle of complex nudges.

With :math:`\beta_k = |\beta| e^{2 \pi i k / N}`,

.. math:: \hat g_N = \frac1N \sum_{k=0}^{N-1} \frac{g(\beta_k)}{\beta_k} \quad (N \ge 2), \qquad
          \hat g_1 = \frac{g(\beta) - g(0)}{\beta}

(Laborieux and Zenke 2022). A real network answers conjugate nudges with conjugate states, so only
:math:`\lfloor N/2 \rfloor + 1` of the N equilibria have to be computed.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.ep.estimators import Stencil
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.relaxation import relaxed_states, settled_states


class BeyondBranchPoint(UserWarning):
    """The contour encloses a branch point of the equilibrium: no order of N removes the error."""


def contour_stencil(points: int, radius: float) -> Stencil:
    """Return nodes and weights of the estimate with N points; N = 1 is the one-sided one."""
    points = checks.integer_at_least("points", points, 1)
    radius = checks.positive("radius", radius)
    return Stencil.one_sided(radius) if points == 1 else Stencil.contour(points, radius)


def half_stencil(stencil: Stencil) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes in the closed upper half plane and weights, for the real part of their sum.

    Of two conjugate nodes one is left, with double weight: ``stencil`` applied to a function with
    conjugate values at conjugate nodes is the real part of the sum over these.
    """
    nodes, weights = np.array(stencil.nodes, complex), np.array(stencil.weights, complex)
    tiny = 1e-12 * np.abs(nodes).max()
    on_axis = np.abs(nodes.imag) < tiny
    nodes[on_axis] = nodes[on_axis].real
    kept = on_axis | (nodes.imag > 0)
    return nodes[kept], np.where(on_axis, weights, 2 * weights)[kept]


def contour_estimate(
    clamped: ClampedNetwork,
    points: int,
    radius: float,
    *,
    steps: int | None = None,
    whole: bool = False,
    warn: bool = True,
) -> np.ndarray:
    r"""Return the estimate of the gradient from N points on a circle.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        N, at least 1.
    radius : float
        :math:`|\beta|`, larger than 0.
    steps : int, optional
        So many synchronous steps from the free equilibrium for every nudge, as published; by
        default the equilibria themselves.
    whole : bool
        Relax all N nudges instead of half of them.
    warn : bool
        Say so where the radius exceeds the estimated radius of convergence.

    Returns
    -------
    ndarray, shape (parameters,)
        In the order of `ClampedNetwork.products`.

    Warns
    -----
    BeyondBranchPoint
    """
    return contour_estimates(clamped, points, [radius], steps=steps, whole=whole, warn=warn)[0]


def contour_estimates(
    clamped: ClampedNetwork,
    points: int,
    radii: Sequence[float],
    *,
    steps: int | None = None,
    whole: bool = False,
    warn: bool = True,
) -> np.ndarray:
    """Return the estimates from circles of several radii, relaxed together.

    Parameters as in `contour_estimate`, with a sequence of radii.

    Returns
    -------
    ndarray, shape (radii, parameters)
    """
    stencils = [contour_stencil(points, radius) for radius in radii]
    if warn and points > 1 and max(radii) > clamped.radius:
        warnings.warn(
            f"radius: the contour at |nudge| = {max(radii):g} encloses a branch point of the "
            f"equilibrium at about |nudge| = {clamped.radius:.3g}; no number of points makes the "
            f"estimate exact there, stay below it",
            BeyondBranchPoint,
            stacklevel=3,
        )
    pairs = [half_stencil(stencil) for stencil in stencils]
    if whole:
        pairs = [(np.array(s.nodes, complex), np.array(s.weights, complex)) for s in stencils]
    nodes, weights = (np.stack(parts) for parts in zip(*pairs, strict=True))
    if points <= 2:  # real nudges need no complex derivative
        nodes = nodes.real
    nudges = nodes.ravel()
    moved = nudges != 0
    states = np.tile(clamped.free.astype(nodes.dtype), (len(nudges), 1, 1))
    if steps is None:
        states[moved] = settled_states(clamped, nudges[moved])
    else:
        states[moved] = relaxed_states(clamped, nudges[moved], steps)[0]
    products = clamped.products(states, nudges).reshape(*nodes.shape, -1)
    return np.real(np.einsum("rn,rnp->rp", weights, products))
