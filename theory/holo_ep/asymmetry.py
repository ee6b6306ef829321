r"""What an asymmetric Jacobian does to the error that equilibrium propagation measures.

At a stationary point of a vector field with Jacobian :math:`J` and loss gradient :math:`c` the
error of back-propagation is :math:`\delta = -J^{-\top} c` and the one of equilibrium propagation
:math:`d_\beta u^* = -J^{-1} c`, so that :math:`d_\beta u^* = J^{-1} J^\top \delta`. With the
symmetric and antisymmetric parts :math:`J = S + A` and :math:`K = S^{-1} A` the factor is a Cayley
transform, :math:`J^{-1} J^\top = (1 + K)^{-1} (1 - K)`. Source: Laborieux and Zenke 2024; the
Cayley transform and what follows from it are derived here.

All functions take stacks of matrices, shape (..., n, n), and of vectors, (..., n).
"""

from __future__ import annotations

import numpy as np

from theory import checks


def _stack(name: str, matrices: np.ndarray) -> np.ndarray:
    matrices = checks.finite_array(name, matrices)
    if matrices.ndim < 2 or matrices.shape[-1] != matrices.shape[-2] or matrices.shape[-1] == 0:
        raise ValueError(f"{name} must be square matrices (..., n, n), not shape {matrices.shape}")
    return matrices


def _solve(name: str, matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve, where a singular matrix is refused by what it means for the network."""
    scale = np.linalg.norm(matrices, axis=(-2, -1))
    smallest = np.linalg.svd(matrices, compute_uv=False)[..., -1]
    if np.any(smallest <= 1e-14 * scale):
        raise ValueError(
            f"{name} is singular (smallest singular value {smallest.min():.3g}): the stationary "
            "point is a branch point, where a small nudge has no small effect and no error vector "
            "exists; use other weights"
        )
    return np.linalg.solve(matrices, right)


def symmetric_part(jacobian: np.ndarray) -> np.ndarray:
    """Return S = (J + J') / 2."""
    jacobian = _stack("jacobian", jacobian)
    return (jacobian + np.swapaxes(jacobian, -1, -2)) / 2


def antisymmetric_part(jacobian: np.ndarray) -> np.ndarray:
    """Return A = (J - J') / 2."""
    jacobian = _stack("jacobian", jacobian)
    return (jacobian - np.swapaxes(jacobian, -1, -2)) / 2


def backpropagated_error(jacobian: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    r"""Return :math:`\delta = -J^{-\top} c`, shape (..., n): exact gradients are made of it.

    Raises
    ------
    ValueError
        For a singular Jacobian.
    """
    transposed = np.swapaxes(_stack("jacobian", jacobian), -1, -2)
    return -_solve("jacobian", transposed, np.asarray(loss_gradient)[..., None])[..., 0]


def nudged_error(jacobian: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    r"""Return :math:`d_\beta u^* = -J^{-1} c`, shape (..., n): what a small nudge measures.

    Raises
    ------
    ValueError
        For a singular Jacobian.
    """
    jacobian = _stack("jacobian", jacobian)
    return -_solve("jacobian", jacobian, np.asarray(loss_gradient)[..., None])[..., 0]


def error_map(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`J^{-1} J^\top`, which takes the back-propagated error to the nudged one.

    Its determinant is 1, it leaves the quadratic form of S unchanged, and where S is definite all
    its eigenvalues have modulus 1. Raises ValueError for a singular Jacobian.
    """
    jacobian = _stack("jacobian", jacobian)
    return _solve("jacobian", jacobian, np.swapaxes(jacobian, -1, -2))


def relative_asymmetry(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`K = S^{-1} A`, shape (..., n, n).

    Raises
    ------
    ValueError
        Where the symmetric part is singular; the error vectors may exist all the same.
    """
    return _solve("the symmetric part of jacobian", symmetric_part(jacobian),
                  antisymmetric_part(jacobian))  # fmt: skip


def error_series(jacobian: np.ndarray, delta: np.ndarray, order: int) -> np.ndarray:
    r"""Return :math:`\delta - 2 K \delta + 2 K^2 \delta - \dots` through a power of K.

    Converges to `nudged_error` where the spectral radius of K is below 1.

    Parameters
    ----------
    jacobian : ndarray, shape (..., n, n)
    delta : ndarray, shape (..., n)
        Back-propagated error.
    order : int
        Last power of K, >= 0.
    """
    order = checks.integer_at_least("order", order, 0)
    ratio = relative_asymmetry(jacobian)
    term = np.asarray(delta, float)
    total = term
    for _ in range(order):
        term = -np.einsum("...ij,...j->...i", ratio, term)
        total = total + 2 * term
    return total


def cosine(left: np.ndarray, right: np.ndarray, metric: np.ndarray | None = None) -> np.ndarray:
    r"""Return the cosine of the angle between vectors (..., n), shape (...).

    Parameters
    ----------
    metric : ndarray, shape (..., n, n), optional
        Definite matrix M of either sign whose form :math:`x^\top M y` measures lengths and angles;
        the identity by default.

    Raises
    ------
    ValueError
        For a metric that is not definite: it measures no angles.
    """
    if metric is not None:
        values = np.linalg.eigvalsh(symmetric_part(metric))
        if np.any(values[..., 0] * values[..., -1] <= 0):
            raise ValueError(
                "metric must be definite (all eigenvalues of one sign); an indefinite form "
                "measures no angles"
            )

    def product(x, y):
        if metric is None:
            return np.sum(x * y, axis=-1)
        return np.einsum("...i,...ij,...j->...", x, metric, y)

    both = product(left, right)
    lengths = product(left, left) * product(right, right)
    return both / np.sqrt(lengths) * (1 if metric is None else np.sign(product(left, left)))


def least_cosine(jacobian: np.ndarray) -> np.ndarray:
    r"""Return the least cosine, in the metric of S, that the two error vectors can have.

    :math:`(1 - \kappa^2) / (1 + \kappa^2)` with the spectral radius :math:`\kappa` of K, for a
    Jacobian with definite symmetric part: K is then antisymmetric in the metric of S, its planes
    turn by :math:`2 \arctan \kappa_i`. Attained by an error in the plane of the largest one. Up to
    :math:`\kappa = 1` no error is turned by more than a right angle in that metric; the Euclidean
    cosine has no such bound, its least value falls to -1 as the condition number of S grows.
    """
    symmetric = np.linalg.eigvalsh(symmetric_part(jacobian))
    if np.any(symmetric[..., 0] * symmetric[..., -1] <= 0):
        raise ValueError(
            "jacobian: its symmetric part is not definite, and an indefinite form measures no "
            "angles"
        )
    kappa = np.abs(np.linalg.eigvals(relative_asymmetry(jacobian))).max(axis=-1)
    return (1 - kappa**2) / (1 + kappa**2)
