r"""The metaplastic modulation of an update of hidden weights.

An update that would shrink a hidden weight is multiplied by :math:`f(m, W) = \operatorname{sech}^2
(m W)`; one that lets it grow is left alone (Laborieux et al. 2021, Algorithm 1).
"""

from __future__ import annotations

import numpy as np

from theory import checks


def binary_sign(hidden_weights: np.ndarray) -> np.ndarray:
    """Return the binary weights, +1 or -1, in the dtype of the argument; zero counts as +1.

    `numpy.sign` would give the binary weight 0 to a hidden weight that is exactly zero.
    """
    hidden_weights = np.asarray(hidden_weights)
    return np.where(hidden_weights >= 0, 1, -1).astype(hidden_weights.dtype)


def metaplastic_factor(hidden_weights: np.ndarray, metaplasticity: float) -> np.ndarray:
    r"""Return :math:`f(m, W) = 1 - \tanh^2(m W) = \operatorname{sech}^2(m W)`.

    Parameters
    ----------
    hidden_weights : array_like, any shape
    metaplasticity : float
        :math:`m \ge 0`, in units of one over a hidden weight; 0 gives the factor 1.

    Returns
    -------
    ndarray, the shape of `hidden_weights`
        In [0, 1], with full relative precision also where :math:`1 - \tanh^2` is 0 in floating
        point.

    Raises
    ------
    ValueError
        For a negative or non-finite `metaplasticity`.
    """
    metaplasticity = checks.nonnegative("metaplasticity", metaplasticity)
    scaled = metaplasticity * np.abs(hidden_weights)
    largest = 0.99 * np.log(np.finfo(scaled.dtype).max)  # beyond it cosh would overflow
    return (1 / np.cosh(np.minimum(scaled, largest))) ** 2


def modulated_update(
    hidden_weights: np.ndarray, update: np.ndarray, metaplasticity: float
) -> np.ndarray:
    r"""Return the update with its inward components multiplied by `metaplastic_factor`.

    Parameters
    ----------
    hidden_weights : ndarray, shape (...)
        :math:`W`, before the update.
    update : ndarray, shape (...)
        :math:`\Delta W`, what would be added without metaplasticity. It points inward where it has
        the sign opposite to the binary weight.
    metaplasticity : float
        :math:`m \ge 0`; 0 returns the update as it is.

    Returns
    -------
    ndarray, shape (...)
    """
    if checks.nonnegative("metaplasticity", metaplasticity) == 0.0:
        return update
    inward = update * binary_sign(hidden_weights) < 0
    return update * np.where(inward, metaplastic_factor(hidden_weights, metaplasticity), 1.0)
