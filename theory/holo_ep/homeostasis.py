r"""The homeostatic loss, which pulls a Jacobian towards symmetry, and how symmetric it became.

.. math:: L = \mathrm E_{\varepsilon \sim N(0, 1)}
   [\lVert J \varepsilon \rVert^2 - \varepsilon^\top J^2 \varepsilon]
   = \operatorname{tr} J^\top J - \operatorname{tr} J^2 = 2 \lVert A \rVert_F^2 .

Both terms need only perturbations of the running network, and no transpose: its sensitivity, and
how far a second pass reproduces the perturbation. Source: Laborieux and Zenke 2024; the variance
and the gradient of one draw are derived here. The released code divides by the number of units n;
these functions do not. Matrices have shape (..., n, n), perturbations (draws, ..., n).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np

from theory import checks
from theory.door import door
from theory.holo_ep.asymmetry import antisymmetric_part, symmetric_part
from theory.holo_ep.relaxation import relax
from theory.numerics import NotConverged

SETTLED = 1e-8


@door(jacobian="complex")
def homeostatic_loss(jacobian: np.ndarray) -> np.ndarray:
    r"""Return :math:`2 \lVert A \rVert_F^2`, shape (...)."""
    return 2 * np.sum(antisymmetric_part(jacobian) ** 2, axis=(-2, -1))


@door(jacobian="complex")
def homeostatic_gradient(jacobian: np.ndarray) -> np.ndarray:
    r"""Return the derivative by the entries of the Jacobian, :math:`4 A = 2 (J - J^\top)`."""
    return 4 * antisymmetric_part(jacobian)


@door(jacobian="complex")
def draw_variance(jacobian: np.ndarray) -> np.ndarray:
    r"""Return the variance of one draw, :math:`2 \lVert [S, A] - 2 A^2 \rVert_F^2`, shape (...).

    From :math:`\operatorname{Var} \varepsilon^\top M \varepsilon = 2 \lVert M \rVert_F^2` for
    symmetric M. It vanishes with A, and a single draw may be negative.
    """
    even, odd = symmetric_part(jacobian), antisymmetric_part(jacobian)
    form = even @ odd - odd @ even - 2 * odd @ odd
    return 2 * np.sum(form**2, axis=(-2, -1))


@door(jacobian="2d+")
def gradient_noise_at_symmetry(jacobian: np.ndarray) -> np.ndarray:
    r"""Return the summed variance of one draw's gradient where the Jacobian is symmetric, (...).

    :math:`2\, (n \lVert S \rVert_F^2 - (\operatorname{tr} S)^2)` for :math:`S \varepsilon
    \varepsilon^\top - \varepsilon \varepsilon^\top S`, whose mean is zero. Unlike the noise of the
    loss it does not vanish with A; it does for multiples of the identity.
    """
    even = symmetric_part(jacobian)
    units = even.shape[-1]
    return 2 * (units * np.sum(even**2, axis=(-2, -1)) - np.trace(even, axis1=-2, axis2=-1) ** 2)


@door
def sampled_loss(push: Callable[[np.ndarray], np.ndarray], perturbations: np.ndarray) -> np.ndarray:
    r"""Return :math:`\lVert J \varepsilon \rVert^2 - \varepsilon^\top J^2 \varepsilon` per draw.

    Parameters
    ----------
    push : callable
        Takes perturbations (draws, ..., n) to :math:`J \varepsilon` of the same shape: the
        network's own response, no transpose and no matrix is needed.
    perturbations : ndarray, shape (draws, ..., n)

    Returns
    -------
    ndarray, shape (draws, ...)
    """
    once = push(perturbations)
    twice = push(once)
    return np.sum(once**2 - perturbations * twice, axis=-1)


@door(jacobian="complex 2d+", perturbations="1d+")
def sampled_gradient(jacobian: np.ndarray, perturbations: np.ndarray) -> np.ndarray:
    r"""Return the gradient by the Jacobian of the mean over the draws, shape (..., n, n).

    One draw gives :math:`2 (J \varepsilon) \varepsilon^\top - \varepsilon (J \varepsilon)^\top -
    (J^\top \varepsilon) \varepsilon^\top`.

    Parameters
    ----------
    jacobian : ndarray, shape (..., n, n)
    perturbations : ndarray, shape (..., draws, n)
    """
    draws = perturbations.shape[-2]
    up = perturbations @ np.swapaxes(jacobian, -1, -2)  # rows are (J eps)'
    back = perturbations @ jacobian
    left = np.swapaxes(2 * up - back, -1, -2) @ perturbations
    return (left - np.swapaxes(perturbations, -1, -2) @ up) / draws


@door(jacobian="complex")
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


@door
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


def descend(jacobian: np.ndarray, rate: float, steps: int, free: np.ndarray | bool = True):
    """Return Jacobians under gradient descent on the loss, shape (steps + 1, ..., n, n).

    Parameters
    ----------
    rate : float
        Learning rate; below 1/4 the descent is monotone.
    free : ndarray of bool, shape (n, n)
        Entries that learn, for instance the connections that exist; all by default.
    """
    rate, steps = checks.positive("rate", rate), checks.integer_at_least("steps", steps, 0)
    path = [np.asarray(jacobian, float)]
    for _ in range(steps):
        path.append(path[-1] - rate * homeostatic_gradient(path[-1]) * free)
    return np.stack(path)


def exact_homeostatic_gradient(networks, activities: np.ndarray) -> list:
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
    networks, images: np.ndarray, rate: float, steps: int
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
                free.residual.max(), free.steps,
            )  # fmt: skip
        states = free.states
        losses.append(homeostatic_loss(learner.jacobian(free.activities)).mean())
        kernels = [*learner.forward[1:], *learner.backward]
        norms.append(np.sqrt(sum(np.sum(k**2) for k in kernels)))
        angles.append(learner.angle()[0])
        if step < steps:
            pulls = exact_homeostatic_gradient(learner, free.activities)
            for parameter, pull in zip(learner.parameters, pulls, strict=True):
                parameter -= rate * pull
    loss, norm = (np.array(values) / values[0] for values in (losses, norms))
    return {"loss": loss, "norm": norm, "angle": np.array(angles)}
