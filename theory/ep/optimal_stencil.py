r"""The best nudging stencil for given noise and number of equilibria, and the order of any.

An estimate :math:`\sum_j w_j P(\beta_j)` errs by :math:`\sum_{k \ge 2} m_k P_k` with the moments
:math:`m_k = \sum_j w_j \beta_j^k`, and noise of standard deviation :math:`\tau` on each of the
:math:`p` entries measured adds :math:`p \tau^2 \sum_j w_j^2`. Both are quadratic in the weights, so
for given nodes the best weights with :math:`m_0 = 0, m_1 = 1` solve one linear system. With many
equilibria and little noise they approach the weights of the highest order; with much noise they
give order up.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import minimize

from theory.door import door
from theory.ep.bias_series import check_reach, mean_square_error
from theory.ep.estimators import Stencil


@door(coefficients="complex 2d", noise=">= 0")
def best_weights(coefficients: np.ndarray, nodes: tuple[float, ...], noise: float) -> Stencil:
    r"""Return the real stencil on given nodes with the smallest mean square error.

    Parameters
    ----------
    coefficients : ndarray, shape (orders, parameters)
        From `gradient_series`; nodes have to lie inside its radius of convergence.
    nodes : tuple of float
        Distinct nudging strengths, at least two.
    noise : float
        Standard deviation of the readout noise, >= 0.
    """
    fallback = Stencil.through(nodes)  # checks the nodes
    at = np.array(fallback.nodes)
    scale = np.abs(at).max()
    orders = np.arange(2, len(coefficients))
    powers = (at / scale) ** orders[:, None]
    terms = coefficients[2:] * scale ** orders[:, None]
    quadratic = powers.T @ (terms @ terms.T) @ powers
    quadratic += noise**2 * coefficients.shape[1] * np.eye(len(nodes))
    size = np.trace(quadratic) or 1.0
    constraints = np.stack([np.ones(len(nodes)), at / scale])
    matrix = np.block([[quadratic / size, constraints.T], [constraints, np.zeros((2, 2))]])
    right = np.zeros(len(nodes) + 2)
    right[-1] = 1 / scale
    weights = np.linalg.lstsq(matrix, right, rcond=None)[0][: len(nodes)]
    found = Stencil(f"best on {len(nodes)} nodes", tuple(at), tuple(weights))
    if mean_square_error(coefficients, found, noise) <= mean_square_error(
        coefficients, fallback, noise
    ):
        return found
    return fallback  # nearly singular without noise: the highest order is then the best


@door
def order(nodes: tuple[float, ...]) -> int:
    """Return the order that the estimate through nodes reaches: their number, or one less.

    The weights through n nodes give :math:`m_0 = 0, m_1 = 1, m_2 = \\dots = m_{n-1} = 0`, and then
    :math:`m_n = (-1)^n e_{n-1}`, the elementary symmetric polynomial: zero where the reciprocals of
    the nodes sum to zero, never with the free state among them.
    """
    at = np.array(Stencil.through(nodes).nodes)
    terms = np.array([np.prod(np.delete(at, j)) for j in range(len(at))])
    return len(nodes) - int(abs(terms.sum()) > 1e-10 * np.abs(terms).max())


@door(count="in [2, 8]")
@lru_cache
def order_nodes(count: int) -> tuple[float, ...]:
    r"""Return nodes of order `count` with the least error under noise, the largest of size 1.

    With order n the bias is :math:`\beta^n \prod_j x_j\, P_{n+1}` for nodes :math:`\beta x_j`, and
    noise passes with the gain :math:`\sum_j w_j^2 / \beta^2`. The least mean square error over the
    nudge grows with :math:`\left(\sum_j w_j^2\right)^n \prod_j x_j^2`, which is minimised here over
    all nodes whose reciprocals sum to zero.

    Parameters
    ----------
    count : int
        From 2 to 8.
    """
    if count == 2:
        return (1.0, -1.0)  # all that is left when the reciprocals cancel

    def closed(free):
        return np.append(free, -1 / np.sum(1 / free))

    def cost(free):
        with np.errstate(all="ignore"):
            x = closed(free)
            gaps = x[:, None] - x[None, :] + np.eye(count)
            weights = np.prod(x) / (x**2 * gaps.prod(axis=1))
            found = count * np.log(np.sum(weights**2)) + 2 * np.sum(np.log(np.abs(x)))
        return found if np.isfinite(found) else np.inf

    start = np.cos(np.pi * (np.arange(count) + 0.5) / count) + 0.07 * (count % 2)
    options = {
        "maxiter": 20_000,
        "maxfev": 20_000,
        "xatol": 1e-11,
        "fatol": 1e-13,
        "adaptive": True,
    }
    free = minimize(cost, start[:-1], method="Nelder-Mead", options=options).x
    free = minimize(cost, free, method="Nelder-Mead", options=options).x
    x = closed(free)
    x = x / x[0]  # the largest, as where the search starts
    return tuple(float(node) for node in x[np.argsort(-x)])


def _shapes(count: int) -> list[tuple[float, ...]]:
    """Nodes of order `count`, their mirror image, and nodes for much noise, with both ends far out.

    The sign of a coefficient may favour either image; where noise is all, weights at both ends
    count.
    """
    best = order_nodes(count)
    mirrored = tuple(-node for node in best[::-1])
    shapes = [best] if np.allclose(best, mirrored) else [best, mirrored]
    if count == 2:
        shapes += [(0.0, 1.0), (-1.0, 0.0)]
    else:
        shapes.append(tuple(np.cos(np.pi * np.arange(count) / (count - 1))))
    return shapes


@door(
    coefficients="complex 2d",
    points="in [2, 100000]",
    noise=">= 0",
    largest="> 0",
    equilibria="in [2, 8]",
)
def best_stencil(
    coefficients: np.ndarray, equilibria: int, noise: float, largest: float, points: int = 50
) -> tuple[Stencil, float]:
    """Return the best stencil of a number of equilibria, and its mean square error.

    The nodes are those of `order_nodes`, or extrema of a Chebyshev polynomial, stretched to every
    size up to `largest`; the weights are the best ones for each, so that much noise may give order
    up.

    Parameters
    ----------
    equilibria : int
        From 2 to 8.
    largest : float
        Largest nudge allowed; below the radius of convergence.
    """
    check_reach(coefficients, largest)
    sizes = largest * np.geomspace(1e-5, 1, points)
    stencils = [
        best_weights(coefficients, tuple(size * np.array(shape)), noise)
        for shape in _shapes(equilibria)
        for size in sizes
    ]
    errors = [mean_square_error(coefficients, stencil, noise) for stencil in stencils]
    best = int(np.argmin(errors))
    return stencils[best], errors[best]
