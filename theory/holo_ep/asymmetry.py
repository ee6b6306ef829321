r"""What an asymmetric Jacobian does to the error that a nudge measures, and how asymmetric it is.

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
from theory.door import door

SINGULAR = 1e-13  # smallest over largest singular value that still counts as invertible
CIRCLE = np.exp(2j * np.pi * np.arange(8) / 8)  # for derivatives of holomorphic functions
SMALL = 1e-2  # its radius: rounding / radius and radius^8 are both below 1e-13


class SingularJacobian(ValueError):
    """The equilibrium is no function of nudge and parameters here: the Jacobian has no inverse."""


def _square(matrices: np.ndarray) -> np.ndarray:
    matrices = checks.finite_array("jacobian", matrices)
    if matrices.ndim < 2 or matrices.shape[-1] != matrices.shape[-2] or matrices.shape[-1] == 0:
        raise ValueError(
            f"jacobian must be square matrices (..., n, n), not shape {matrices.shape}"
        )
    return matrices


def holomorphic_jacobian(function, point: np.ndarray) -> np.ndarray:
    """Return the derivatives of a holomorphic function of (..., n), shape (..., values, n).

    Means over a small circle round each coordinate: Cauchy's formula, exact to rounding.
    """
    point = np.asarray(point)
    around = point[..., None, None, :] + SMALL * CIRCLE[:, None, None] * np.eye(point.shape[-1])
    columns = np.tensordot(CIRCLE.conj(), np.moveaxis(function(around), -3, 0), axes=1)
    found = np.swapaxes(columns, -1, -2) / (len(CIRCLE) * SMALL)
    return found if np.iscomplexobj(point) else found.real


def require_invertible(matrices: np.ndarray, name: str = "jacobian") -> None:
    """Raise SingularJacobian where one of the matrices (..., n, n) has no inverse."""
    sizes = np.linalg.svd(matrices, compute_uv=False)
    if np.any(sizes[..., -1] <= SINGULAR * sizes[..., 0]):
        raise SingularJacobian(
            f"{name} is singular here (smallest singular value {sizes[..., -1].min():.2g}), and "
            "what is asked for needs its inverse; stay away from branch points, where the "
            "equilibrium is no function of the nudge, or use other weights"
        )


def _solve(matrices: np.ndarray, right: np.ndarray, name: str = "jacobian") -> np.ndarray:
    require_invertible(matrices, name)
    return np.linalg.solve(matrices, right)


def solve(matrices, vectors):
    """Solve stacks of systems, (..., n, n) and (..., n); nan where a matrix is singular."""
    try:
        return np.linalg.solve(matrices, vectors[..., None])[..., 0]
    except np.linalg.LinAlgError:
        singular = ~(np.abs(np.linalg.det(matrices)) > 0)[..., None]
        regular = np.where(singular[..., None], np.eye(matrices.shape[-1]), matrices)
        return np.where(singular, np.nan, np.linalg.solve(regular, vectors[..., None])[..., 0])


@door(jacobian="complex")
def symmetric_part(jacobian: np.ndarray) -> np.ndarray:
    """Return S = (J + J') / 2."""
    jacobian = _square(jacobian)
    return (jacobian + np.swapaxes(jacobian, -1, -2)) / 2


@door(jacobian="complex")
def antisymmetric_part(jacobian: np.ndarray) -> np.ndarray:
    """Return A = (J - J') / 2."""
    jacobian = _square(jacobian)
    return (jacobian - np.swapaxes(jacobian, -1, -2)) / 2


@door(jacobian="complex 2d+", loss_gradient="complex 1d+")
def backpropagated_error(jacobian: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    r"""Return :math:`\delta = -J^{-\top} c`, shape (..., n): exact gradients are made of it.

    Raises
    ------
    SingularJacobian
    """
    transposed = np.swapaxes(_square(jacobian), -1, -2)
    return -_solve(transposed, np.asarray(loss_gradient)[..., None])[..., 0]


@door(jacobian="complex 2d+", loss_gradient="complex 1d+")
def nudged_error(jacobian: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    r"""Return :math:`d_\beta u^* = -J^{-1} c`, shape (..., n): what a small nudge measures.

    Raises
    ------
    SingularJacobian
    """
    jacobian = _square(jacobian)
    return -_solve(jacobian, np.asarray(loss_gradient)[..., None])[..., 0]


@door(jacobian="complex")
def error_map(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`J^{-1} J^\top`, which takes the back-propagated error to the nudged one.

    Its determinant is 1, it leaves the quadratic form of S unchanged, and where S is definite all
    its eigenvalues have modulus 1. Raises SingularJacobian where J has no inverse.
    """
    jacobian = _square(jacobian)
    return _solve(jacobian, np.swapaxes(jacobian, -1, -2))


@door(jacobian="complex")
def relative_asymmetry(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`K = S^{-1} A`, shape (..., n, n).

    Raises
    ------
    SingularJacobian
        Where the symmetric part is singular; the error vectors may exist all the same.
    """
    even, odd = symmetric_part(jacobian), antisymmetric_part(jacobian)
    return _solve(even, odd, "the symmetric part of jacobian")


@door(jacobian="complex", delta="array 1d+", order=">= 0")
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
    ratio = relative_asymmetry(jacobian)
    term = np.asarray(delta, float)
    total = term
    for _ in range(order):
        term = -np.einsum("...ij,...j->...i", ratio, term)
        total = total + 2 * term
    return total


def _definite(name: str, matrices: np.ndarray) -> None:
    values = np.linalg.eigvalsh(matrices)
    if np.any(values[..., 0] * values[..., -1] <= 0):
        raise ValueError(
            f"{name} must be definite (all eigenvalues of one sign); an indefinite form measures "
            "no angles"
        )


@door(left="complex", right="complex", metric="array 2d+")
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
        For a vector of zeros, and for a metric that is not definite: there are no angles.
    """
    if metric is not None:
        _definite("metric", symmetric_part(metric))

    def product(x, y):
        if metric is None:
            return np.sum(x * y, axis=-1)
        return np.einsum("...i,...ij,...j->...", x, metric, y)

    left, right = np.asarray(left), np.asarray(right)
    size = product(left, left)
    lengths = size * product(right, right)
    if np.any(lengths == 0):
        name = "left" if np.any(size == 0) else "right"
        raise ValueError(f"{name}: a vector of zeros makes no angle with another")
    return product(left, right) / np.sqrt(lengths) * (1 if metric is None else np.sign(size))


@door(jacobian="complex")
def least_cosine(jacobian: np.ndarray) -> np.ndarray:
    r"""Return the least cosine, in the metric of S, that the two error vectors can have.

    :math:`(1 - \kappa^2) / (1 + \kappa^2)` with the spectral radius :math:`\kappa` of K, for a
    Jacobian with definite symmetric part: K is then antisymmetric in the metric of S, its planes
    turn by :math:`2 \arctan \kappa_i`. Attained by an error in the plane of the largest one. The
    Euclidean angle, along which learning steps, is another one: `least_euclidean_cosine`.
    """
    _definite("jacobian: its symmetric part", symmetric_part(jacobian))
    kappa = np.abs(np.linalg.eigvals(relative_asymmetry(jacobian))).max(axis=-1)
    return (1 - kappa**2) / (1 + kappa**2)


@door(jacobian="complex")
def ascent_threshold(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`\lVert K \rVert_2`: below 1 every nudged error descends, above some ascend.

    With :math:`\delta = (1 + K) x` the nudged error is :math:`(1 - K) x`, and their product
    :math:`\lvert x \rvert^2 - \lvert K x \rvert^2`. Between :math:`\kappa` and :math:`\kappa
    \sqrt{\operatorname{cond} S}` where S is definite; derived here. Shape (...).
    """
    return np.linalg.norm(relative_asymmetry(jacobian), 2, axis=(-2, -1))


@door(jacobian="complex", _nan=True)
def least_euclidean_cosine(jacobian: np.ndarray) -> np.ndarray:
    r"""Return a bound from below of the Euclidean cosine of the two errors, shape (...).

    :math:`(1 - k^2) / (1 + k^2)` with :math:`k = \lVert K \rVert_2`; nan above k = 1, where it is
    none: there errors in some directions ascend the loss.
    """
    norm = ascent_threshold(jacobian)
    return np.where(norm <= 1, (1 - norm**2) / (1 + norm**2), np.nan)


@door(forward="array 2d+", degrees="in [0, 180]")
def backward_weights(
    forward: np.ndarray, degrees: float, rng: np.random.Generator | int, *, exact: bool = False
) -> np.ndarray:
    r"""Return backward weights, transposed to the shape of the forward ones, at an angle to them.

    The released rule, :math:`\cos \alpha\, W + \sin \alpha\, W'` with a draw W' of deviation 1 /
    root of the *backward* fan-in: at 90 degrees both ways are drawn alike, in between the angle is
    that of the mean. With `exact` the draw is made orthogonal to W and as long, so that the angle
    is the one asked for.

    Parameters
    ----------
    forward : ndarray, shape (above, below, ...)
    degrees : float
        From 0 (a copy) to 180.
    """
    turn = np.radians(degrees)
    if exact and forward.size < 2 and degrees % 180:
        raise ValueError("forward: a single weight can be kept or reversed, not turned by an angle")
    fresh = checks.as_rng(rng).standard_normal(forward.shape)
    if not exact:
        return np.cos(turn) * forward + np.sin(turn) * fresh / np.sqrt(len(forward))
    fresh -= forward * np.vdot(forward, fresh) / np.vdot(forward, forward)
    length = np.linalg.norm(fresh)
    if length > 0:
        fresh *= np.linalg.norm(forward) / length
    return np.cos(turn) * forward + np.sin(turn) * fresh
