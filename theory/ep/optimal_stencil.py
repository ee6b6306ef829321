r"""The best nudging stencil for given noise and number of equilibria.

An estimate :math:`\sum_j w_j P(\beta_j)` errs by :math:`\sum_{k \ge 2} m_k P_k` with the moments
:math:`m_k = \sum_j w_j \beta_j^k`, and noise of standard deviation :math:`\tau` on each of the
:math:`p` entries measured adds :math:`p \tau^2 \sum_j w_j^2`. Both are quadratic in the weights, so
for given nodes the best weights with :math:`m_0 = 0, m_1 = 1` solve one linear system. With many
equilibria and little noise they approach the weights of the highest order; with much noise they
give order up.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.bias_series import mean_square_error
from theory.ep.estimators import Stencil


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
    noise = checks.nonnegative("noise", noise)
    fallback = Stencil.through(nodes)  # checks the nodes
    nodes = np.array(fallback.nodes)
    scale = np.abs(nodes).max()
    orders = np.arange(2, len(coefficients))
    powers = (nodes / scale) ** orders[:, None]
    terms = coefficients[2:] * scale ** orders[:, None]
    quadratic = powers.T @ (terms @ terms.T) @ powers
    quadratic += noise**2 * coefficients.shape[1] * np.eye(len(nodes))
    size = np.trace(quadratic) or 1.0
    constraints = np.stack([np.ones(len(nodes)), nodes / scale])
    matrix = np.block([[quadratic / size, constraints.T], [constraints, np.zeros((2, 2))]])
    right = np.zeros(len(nodes) + 2)
    right[-1] = 1 / scale
    weights = np.linalg.lstsq(matrix, right, rcond=None)[0][: len(nodes)]
    found = Stencil(f"best on {len(nodes)} nodes", tuple(nodes), tuple(weights))
    if mean_square_error(coefficients, found, noise) <= mean_square_error(
        coefficients, fallback, noise
    ):
        return found
    return fallback  # nearly singular without noise: the highest order is then the best


SHAPES = {
    2: [(0.0, 1.0), (-1.0, 1.0), (-1.0, 0.0)],
    3: [(-1.0, 0.0, 1.0), (0.0, 0.25, 1.0), (-0.25, 0.25, 1.0), (-1.0, -0.25, 1.0)],
    4: [(-1.0, -r, r, 1.0) for r in (0.1, 0.25, 0.4, 0.6, 0.8)],
    6: [(-1.0, -r, -q, q, r, 1.0) for r, q in ((0.6, 0.2), (0.7, 0.3), (0.8, 0.4), (0.5, 0.1))],
}


def best_stencil(
    coefficients: np.ndarray, equilibria: int, noise: float, largest: float, points: int = 50
) -> tuple[Stencil, float]:
    """Return the best stencil of a number of equilibria, and its mean square error.

    The nodes are those of `SHAPES`, stretched to every size up to `largest`; the weights are the
    best ones for each.

    Parameters
    ----------
    equilibria : {2, 3, 4, 6}
    largest : float
        Largest nudge allowed; below the radius of convergence.
    """
    equilibria = checks.one_of("equilibria", equilibria, tuple(SHAPES))
    largest = checks.positive("largest", largest)
    best, least = None, np.inf
    for shape in SHAPES[equilibria]:
        for size in largest * np.geomspace(1e-5, 1, points):
            stencil = best_weights(coefficients, tuple(size * np.array(shape)), noise)
            error = mean_square_error(coefficients, stencil, noise)
            if error < least:
                best, least = stencil, error
    return best, least
