r"""The mean cosine update of rectified units: quadrature for two units, Monte Carlo for more.

For two units only the plane of their rows matters. With the two views' units in polar coordinates,
:math:`u = r_1 \hat u(\phi)`, :math:`v = r_2 \hat v(\psi)`, the radial integrals are elementary and
two angles are left; where only one online unit is active the original loss gives exactly zero.

The isotropic cosine loss has no mean update. Where a single unit is active its gradient is of order
one over the representation's length, and does not vanish as the length goes to zero: with the
density of a Gaussian at zero being finite the mean diverges logarithmically. What a sampled network
shows then depends on its batch and on any cut-off.

Source: derived here for Halvagal, Laborieux, Zenke 2023, Fig. 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.predictors import checked_predictor
from theory.ssl.settings import VARIANTS
from theory.ssl.siamese import SiameseNetwork, sample_views


@door(noise="> 0", nodes=">= 2", exponent="> 0")
def two_unit_cosine_update(
    weights: np.ndarray,
    *,
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: float = 0.1,
    nodes: int = 12,
) -> np.ndarray:
    """Return the mean update of two rectified units under the cosine loss, learning rate 1.

    Parameters
    ----------
    weights : array_like, shape (2, inputs)
        Two independent rows.
    variant : {"standard", "no_predictor", "no_stop_gradient"}
        The isotropic loss has no mean, and neither has the released rule without stop-gradient.
    exponent : float
    predictor : optional
        Anything that `theory.ssl.predictors` accepts, instead of the power `exponent`; of the
        eigenvalues of W W^T, as in `SiameseNetwork`.
    noise : float
        Of the target view, above 0; the online view is clean.
    nodes : int
        Gauss-Legendre nodes of each panel.

    Returns
    -------
    ndarray, shape (2, inputs)

    Raises
    ------
    ValueError
        For parallel rows, and for variants whose mean does not exist.
    """
    weights = checks.finite_array("weights", weights, shape=(2, None))
    if checks.one_of("variant", variant, VARIANTS) in ("isotropic", "no_stop_gradient_released"):
        raise ValueError(
            f"variant {variant!r} has no mean update for rectified units and the cosine loss: "
            "where one unit is active it goes as one over the length of the representation; sample "
            "it with SiameseNetwork"
        )
    sigma = noise
    gram = weights @ weights.T
    determinant = np.linalg.det(gram)
    if determinant <= 1e-12 * np.trace(gram) ** 2:
        raise ValueError("weights: the two rows must not be parallel, nor one of them 0")
    inverse = np.linalg.inv(gram)
    values, vectors = np.linalg.eigh(gram)
    rule = checked_predictor(predictor, exponent, values)
    ahead = np.eye(2) if variant == "no_predictor" else (vectors * rule(values)) @ vectors.T
    # The views are close where their angles agree up to the noise over the smallest scale.
    narrow = 0.25 * min(1.0, sigma / np.sqrt(values[1] / values[0]))
    phi, weight_phi, psi, weight_psi = _angles(nodes, narrow)
    u, v = _directions(phi), _directions(psi)
    weight = weight_psi * _density(u[:, :, None], v, inverse, sigma)
    pull = np.einsum("ikl,kl->ik", _units(v), weight)
    p = ahead @ u
    total = ahead @ (_across(p, pull) * weight_phi / np.linalg.norm(p, axis=0)) @ u.T
    if variant == "no_stop_gradient":
        # The same nodes with the views exchanged: now the target is the one that is active.
        weight = weight_psi * _density(v, u[:, :, None], inverse, sigma)
        goal = _units(np.einsum("ij,jkl->ikl", ahead, np.maximum(v, 0)), rectify=False)
        pull = np.einsum("ikl,kl->ik", goal, weight)
        total += (_across(u, pull) * weight_phi) @ u.T
    total /= (2 * np.pi * sigma) ** 2 * determinant
    return total @ inverse @ weights


def _angles(nodes, narrow):
    """Nodes and weights of the angle of the active view, and for each of the other view's."""
    phi, weight_phi = _panels(np.linspace(0, np.pi / 2, 5), nodes)
    # Panels of the second angle shrink geometrically around the first.
    ladder = narrow * 2.5 ** np.arange(12)
    offsets = np.concatenate([-ladder[::-1], [0], ladder])
    # It takes both signs, since the view is rectified; with both units silent there is nothing.
    breaks = np.clip(phi[:, None] + offsets, -np.pi / 2, np.pi)
    fixed = np.broadcast_to([0.0, np.pi / 2], (len(phi), 2))
    return phi, weight_phi, *_panels(np.sort(np.hstack([breaks, fixed])), nodes)


def _directions(angle):
    return np.stack([np.cos(angle), np.sin(angle)])


def _units(vectors, rectify=True):
    """Vectors of length one, rectified first; what is silent stays 0."""
    vectors = np.maximum(vectors, 0) if rectify else vectors
    length = np.hypot(*vectors)
    return vectors / np.where(length > 0, length, 1.0)


def _across(direction, pull):
    """The part of a pull at right angles to a direction, both (2, nodes)."""
    return pull - direction * np.sum(direction * pull, axis=0) / np.sum(direction**2, axis=0)


def _density(u, v, inverse, sigma):
    """Density of the two views' angles, up to a constant: both lengths are integrated over."""
    a = np.einsum("ikl,ij,jkl->kl", u, inverse, u) * (1 + 1 / sigma**2)
    b = np.einsum("ikl,ij,jkl->kl", v, inverse, v) / sigma**2
    c = np.einsum("ikl,ij,jkl->kl", u, inverse, v) / sigma**2
    return _radial(a, b, c)


def _radial(a, b, c):
    """Integral over both radii of r1 r2 exp(-(a r1^2 + b r2^2 - 2 c r1 r2) / 2)."""
    kappa = c / np.sqrt(a * b)
    rest = 1 - kappa**2
    return (1 + kappa * (np.pi / 2 + np.arcsin(kappa)) / np.sqrt(rest)) / (rest * a * b)


def _panels(breaks, nodes):
    """Nodes and weights on the intervals between breaks, (..., breaks) to (..., nodes of all)."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(breaks)[..., None] / 2
    middle = (breaks[..., 1:] + breaks[..., :-1])[..., None] / 2
    shape = (*breaks.shape[:-1], -1)
    return (middle + half * x).reshape(shape), (half * w).reshape(shape)


@dataclass(frozen=True, eq=False)
class MonteCarloUpdate:
    """A sampled mean update and its standard error, both (units, inputs)."""

    mean: np.ndarray
    standard_error: np.ndarray


@door(weights="2d", samples=">= 200", cut=">= 0")
def monte_carlo_update(
    network: SiameseNetwork,
    weights: np.ndarray,
    samples: int,
    rng: np.random.Generator | int,
    *,
    cut: float = 0.0,
    tolerance: float | None = None,
) -> MonteCarloUpdate:
    """Estimate the mean update for learning rate 1; target noise is used with both signs.

    Parameters
    ----------
    network : SiameseNetwork
    weights : array_like, shape (units, inputs)
    samples : int
        At least 200; split into 20 groups, whose spread gives the error.
    rng : Generator or int
    cut : float
        Samples whose online representation is shorter are left out.
    tolerance : float, optional
        Largest accepted ratio of standard error to mean, both as norms.

    Raises
    ------
    NotConverged
        Where the ratio is above `tolerance`.
    """
    weights = np.asarray(weights, float)
    rng = checks.as_rng(rng)
    groups = np.array([_group_mean(network, weights, samples // 20, cut, rng) for _ in range(20)])
    mean, error = groups.mean(axis=0), groups.std(axis=0, ddof=1) / np.sqrt(20)
    ratio = float(np.linalg.norm(error)) / max(float(np.linalg.norm(mean)), 1e-300)
    if tolerance is not None and ratio > checks.positive("tolerance", tolerance):
        raise NotConverged(
            f"monte_carlo_update: the standard error is {ratio:.2g} of the mean, more than the "
            f"{tolerance:g} asked for; take more samples, or the mean does not exist (isotropic "
            "cosine loss of rectified units)",
            residual=ratio,
            iterations=samples,
        )
    return MonteCarloUpdate(mean, error)


@door(weights="2d", samples="whole")
def antithetic_update(
    network: SiameseNetwork, weights: np.ndarray, samples: int, rng: np.random.Generator | int
) -> np.ndarray:
    """Return one sampled update in which every target noise occurs with both signs."""
    return _group_mean(network, weights, samples, 0.0, rng)


def _group_mean(network, weights, samples, cut, rng):
    view1, view2 = sample_views(weights.shape[1], max(1, samples // 2), network.noise, rng)
    # Mirror the second view about the first: if that is clean, the law stays the same.
    mirrored = 2 * view1 - view2 if network.noise[0] == 0 else view2
    both = np.hstack([view1, view1]), np.hstack([view2, mirrored])
    count = both[0].shape[1]
    if cut > 0:
        z = weights @ both[0]
        z = np.maximum(z, 0) if network.rectified else z
        long = np.linalg.norm(z, axis=0) > cut
        both = tuple(view[:, long] for view in both)
    if both[0].shape[1] == 0:
        return np.zeros_like(weights)
    return network.update(weights, *both) * both[0].shape[1] / count
