"""How symmetric a Jacobian is, and the angle between forward and backward weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory.holo_ep.asymmetry import antisymmetric_part, symmetric_part


def symmetry_measure(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`\lVert S \rVert / (\lVert S \rVert + \lVert A \rVert)`, shape (...).

    Frobenius norms of the symmetric and the antisymmetric part of Jacobians (..., n, n): 1 where it
    is symmetric, 1/2 where both parts are equally large, 0 where it is antisymmetric. The released
    code of Laborieux and Zenke 2024 applies it to W - 1, the Jacobian of the forces in activity
    coordinates but for its diagonal.
    """
    even = np.linalg.norm(symmetric_part(jacobian), axis=(-2, -1))
    odd = np.linalg.norm(antisymmetric_part(jacobian), axis=(-2, -1))
    if np.any(even + odd == 0):
        raise ValueError("jacobian: a matrix of zeros is neither symmetric nor antisymmetric")
    return even / (even + odd)


def weight_angle(forward: Sequence[np.ndarray], backward: Sequence[np.ndarray]) -> np.ndarray:
    """Return the angle between all forward and all backward weights taken together, in degrees.

    Parameters
    ----------
    forward, backward : sequences of ndarray
        Pairs of equal shapes (runs, ...), the backward weights transposed so that equal entries
        belong to the same two units.

    Returns
    -------
    ndarray, shape (runs,)
    """
    if len(forward) != len(backward) or not len(forward):
        raise ValueError(
            f"backward: {len(backward)} arrays given for {len(forward)} of forward weights; an "
            "angle needs reciprocal pairs"
        )
    shapes = [(f.shape, b.shape) for f, b in zip(forward, backward, strict=True)]
    if any(f != b for f, b in shapes):
        raise ValueError(f"backward: shapes differ from those of the forward weights, {shapes}")

    def joined(arrays):
        return np.concatenate(
            [np.asarray(a).reshape(len(a), -1).astype(float) for a in arrays], axis=1
        )

    up, down = joined(forward), joined(backward)
    lengths = np.linalg.norm(up, axis=1) * np.linalg.norm(down, axis=1)
    return np.degrees(np.arccos(np.clip((up * down).sum(axis=1) / lengths, -1, 1)))


def weights_at_angle(weights: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Return an array of the same shape and norm that makes exactly this angle with the weights.

    Parameters
    ----------
    weights : ndarray, any shape
    degrees : float
        From 0 (a copy) to 180.
    rng : Generator
        Draws the direction in which they are turned.
    """
    if weights.size < 2 and degrees % 180:
        raise ValueError("weights: a single weight can be kept or reversed, not turned by an angle")
    turn = np.radians(degrees)
    fresh = rng.standard_normal(weights.shape)
    fresh -= weights * np.vdot(weights, fresh) / np.vdot(weights, weights)
    length = np.linalg.norm(fresh)
    if length > 0:
        fresh *= np.linalg.norm(weights) / length
    return np.cos(turn) * weights + np.sin(turn) * fresh
