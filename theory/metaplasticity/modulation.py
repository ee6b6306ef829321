r"""The metaplastic modulation of an update of hidden weights.

An update that would shrink a hidden weight is multiplied by :math:`f(m, W) = \operatorname{sech}^2
(m W)`; one that lets it grow is left alone (Laborieux et al. 2021, Algorithm 1).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from theory import checks
from theory.door import door


def binary_sign(hidden_weights: np.ndarray) -> np.ndarray:
    """Return the binary weights, +1 or -1, in the dtype of the argument; zero counts as +1.

    `numpy.sign` would give the binary weight 0 to a hidden weight that is exactly zero.
    """
    hidden_weights = np.asarray(hidden_weights)
    return np.where(hidden_weights >= 0, 1, -1).astype(hidden_weights.dtype)


def nonnegative_array(name: str, value) -> float | np.ndarray:
    """Return finite numbers that are 0 or above, of any shape; a single number stays a float."""
    if np.ndim(value) == 0:
        return checks.nonnegative(name, value)
    array = checks.finite_array(name, value)
    if np.any(array < 0):
        raise ValueError(f"{name} must be 0 or above, but one entry is {array.min():g}")
    return array


@door
def metaplastic_factor(
    hidden_weights: np.ndarray, metaplasticity: float | np.ndarray
) -> np.ndarray:
    r"""Return :math:`f(m, W) = 1 - \tanh^2(m W) = \operatorname{sech}^2(m W)`.

    Parameters
    ----------
    hidden_weights : array_like, any shape
    metaplasticity : array_like
        :math:`m \ge 0`, in units of one over a hidden weight; 0 gives the factor 1. One number, or
        an array that broadcasts with `hidden_weights`.

    Returns
    -------
    ndarray, the shape of both together
        In [0, 1], with full relative precision also where :math:`1 - \tanh^2` is 0 in floating
        point.

    Raises
    ------
    ValueError
        For a negative or non-finite `metaplasticity`, or a hidden weight that is not a number.
    """
    metaplasticity = nonnegative_array("metaplasticity", metaplasticity)
    scaled = metaplasticity * np.abs(hidden_weights)
    # A factor of NaN would compare as neither inward nor outward and pass for 1.
    if np.isnan(np.sum(scaled)) and np.any(np.isnan(hidden_weights)):
        raise ValueError("hidden_weights must be numbers, but one entry is NaN")
    largest = 0.99 * np.log(np.finfo(scaled.dtype).max)  # beyond it cosh would overflow
    return (1 / np.cosh(np.minimum(scaled, largest))) ** 2


def factor_of(metaplasticity) -> Callable[[np.ndarray], np.ndarray]:
    """Return the factor as a function of hidden weights.

    Parameters
    ----------
    metaplasticity : float, array_like, law or callable
        The strength m of the published law; an object with a method ``factor``, such as
        `PowerTail`; or a function of the size of a hidden weight.
    """
    if hasattr(metaplasticity, "factor"):
        return metaplasticity.factor
    if callable(metaplasticity):
        return lambda hidden: metaplasticity(np.abs(hidden))
    strength = nonnegative_array("metaplasticity", metaplasticity)
    return lambda hidden: metaplastic_factor(hidden, strength)


@door
def modulated_update(hidden_weights: np.ndarray, update: np.ndarray, metaplasticity) -> np.ndarray:
    r"""Return the update with its inward components multiplied by the metaplastic factor.

    Parameters
    ----------
    hidden_weights : ndarray, shape (...)
        :math:`W`, before the update.
    update : ndarray, shape (...)
        :math:`\Delta W`, what would be added without metaplasticity. It points inward where it has
        the sign opposite to the binary weight.
    metaplasticity : float, array_like, law or callable
        Whatever `factor_of` takes: :math:`m \ge 0`, one or one a hidden weight, a law such as
        `PowerTail`, or your own function of their sizes. The number 0 returns the update as
        it is.

    Returns
    -------
    ndarray, shape (...)
    """
    factor = factor_of(metaplasticity)
    if np.isscalar(metaplasticity) and metaplasticity == 0:
        return update
    inward = update * binary_sign(hidden_weights) < 0
    return update * np.where(inward, factor(hidden_weights), 1.0)
