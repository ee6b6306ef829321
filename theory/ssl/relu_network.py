r"""The mean Euclidean update of a Siamese network of one rectified layer, in closed form.

With a clean online view :math:`u = W x`, a target view :math:`v = W (x + \sigma\xi)`, row lengths
:math:`n_i`, angles :math:`\theta_{ij}` between rows and
:math:`\cos\theta'_{ij} = \cos\theta_{ij}/\sqrt{1+\sigma^2}`, Stein's lemma gives

.. math::
    K_{ij} = E[u_j^+ 1(u_i>0)\, x] &= \tfrac{1}{2\pi}
        [(\pi - \theta_{ij}) w_j + \tfrac{n_j}{n_i} \sin\theta_{ij}\, w_i] \\
    H_{ij} = E[v_j^+ 1(u_i>0)\, x] = E[u_j^+ 1(v_i>0)\, (x + \sigma\xi)] &= \tfrac{1}{2\pi}
        [(\pi - \theta'_{ij}) w_j + \tfrac{n_j}{n_i} \sqrt{1+\sigma^2} \sin\theta'_{ij}\, w_i]

and row i of the mean update is a weighted sum of these over j.

Source: Halvagal, Laborieux, Zenke 2023 (set-up, Fig. 6); the moments are derived in
`theory.ssl.derivations.relu`.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.predictors import checked_predictor
from theory.ssl.settings import VARIANTS


@door
def rectified_covariance(weights: np.ndarray) -> np.ndarray:
    r"""Return :math:`E[z z^\top]` of rectified units, (units, units): the arc-cosine kernel.

    :math:`\frac{n_i n_j}{2\pi} [\sin\theta_{ij} + (\pi - \theta_{ij})\cos\theta_{ij}]`.

    Parameters
    ----------
    weights : array_like, shape (units, inputs)
        No row may be 0.
    """
    weights, lengths, cosine = _geometry(weights)
    angle = np.arccos(cosine)
    kernel = np.sqrt(1 - cosine**2) + (np.pi - angle) * cosine
    return np.outer(lengths, lengths) * kernel / (2 * np.pi)


@door(noise=">= 0")
def rectified_euclidean_update(
    weights: np.ndarray,
    *,
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: float = 0.1,
    released: bool = False,
) -> np.ndarray:
    """Return the mean update for learning rate 1.

    Parameters
    ----------
    weights : array_like, shape (units, inputs)
        No row may be 0.
    variant : {"standard", "isotropic", "no_stop_gradient", "no_stop_gradient_released", \
"no_predictor"}
        The same names as in the linear theory; "no_stop_gradient_released" sets `released`.
    exponent : float
        Of the predictor, which is set from the eigenvalues of W W^T as in the released code.
    predictor : optional
        Anything that `theory.ssl.predictors` accepts, instead of the power `exponent`.
    noise : float
        Of the target view; the online view is clean.
    released : bool
        The released code's order of mask and predictor instead of the gradient.

    Returns
    -------
    ndarray, shape (units, inputs)
    """
    checks.one_of("variant", variant, VARIANTS)
    if variant == "no_stop_gradient_released":
        variant, released = "no_stop_gradient", True
    sigma = noise
    weights, lengths, cosine = _geometry(weights)
    identity = np.eye(len(weights))
    if variant == "no_predictor":
        ahead = identity
    else:
        values, vectors = np.linalg.eigh(weights @ weights.T)
        values = np.abs(values)
        rule = checked_predictor(predictor, checks.positive("exponent", exponent), values)
        ahead = (vectors * rule(values)) @ vectors.T

    def summed(coefficients, c):
        """Sum over j of coefficients_ij times K_ij (c = 1) or H_ij (c = 1 + sigma^2)."""
        moment_cosine = cosine / np.sqrt(c)
        angle = np.arccos(moment_cosine)
        edge = np.sqrt(c - cosine**2) * coefficients  # sqrt(c) sin(theta')
        own = (edge @ lengths) / lengths
        return ((coefficients * (np.pi - angle)) @ weights + own[:, None] * weights) / (2 * np.pi)

    c = 1 + sigma**2
    own_view = summed(identity, c)
    masked_error = summed(ahead, 1.0) - own_view  # of the prediction, masked, times the input
    if variant == "isotropic":
        return -masked_error
    if not released:
        crossed = summed(ahead, c)
        update = crossed - summed(ahead @ ahead, 1.0)
        if variant == "no_stop_gradient":
            update += crossed - c * weights / 2
        return update
    if variant == "no_predictor":
        return np.zeros_like(weights)  # not masked: both views have the same mean
    update = -ahead @ masked_error
    if variant == "no_stop_gradient":
        target = (sigma + c * (np.pi - np.arctan(sigma))) / (2 * np.pi) * weights
        update += summed(ahead, 1.0) - target
    return update


@door(update="callable", steps=">= 0", learning_rate="> 0", weights="2d")
def weight_map(update, weights: np.ndarray, steps: int, learning_rate: float) -> np.ndarray:
    """Iterate a mean update; return the weights after every step, (steps + 1, units, inputs).

    Parameters
    ----------
    update : callable
        Weights to their mean change for learning rate 1.
    weights : array_like, shape (units, inputs)
    steps : int
    learning_rate : float

    Raises
    ------
    NotConverged
        Where the iteration diverges.
    """
    weights = np.asarray(weights, float)
    eta = learning_rate
    path = np.empty((steps + 1, *weights.shape))
    path[0] = weights
    for step in range(steps):
        change = np.asarray(update(path[step]))
        if change.shape != weights.shape:
            raise ValueError(
                f"update must return an array of the shape of weights, {weights.shape}, not "
                f"{change.shape}"
            )
        path[step + 1] = path[step] + eta * change
        if not np.abs(path[step + 1]).max() < 1e50:
            raise NotConverged(
                f"weight_map: the iteration diverges at learning rate {eta:g}; make it smaller",
                residual=np.inf,
                iterations=step + 1,
            )
    return path


def _geometry(weights):
    weights = checks.finite_array("weights", weights, ndim=2)
    lengths = np.linalg.norm(weights, axis=1)
    if weights.size == 0 or lengths.min() == 0:
        raise ValueError("weights: every row must have a length above 0, or no angle is defined")
    cosine = (weights @ weights.T) / np.outer(lengths, lengths)
    np.clip(cosine, -1, 1, out=cosine)
    np.fill_diagonal(cosine, 1.0)
    return weights, lengths, cosine
