r"""One hidden weight alone: a rotation of the circle, and a first-order sigma-delta modulator.

In units of :math:`h = \eta\lambda` and with :math:`|w| < 1` the update
:math:`W \leftarrow W - h(\operatorname{sign}W - w)` stays, after a transient, in
:math:`[-h(1-w), h(1+w))`; there it adds :math:`h(1+w)` modulo :math:`2h`.
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.metaplasticity.modulation import binary_sign, modulated_update, nonnegative_array


@door(step="> 0")
def rotation_interval(optimum: float | np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the ends :math:`-h(1-w), h(1+w)` of the interval that absorbs the hidden weight.

    Parameters
    ----------
    optimum : array_like
        :math:`w` in [-1, 1].
    step : float
        :math:`h = \eta\lambda > 0`.
    """
    optimum = np.asarray(optimum, float)
    if np.any(np.abs(optimum) > 1):
        raise ValueError("optimum must be in [-1, 1]: beyond it the hidden weight diverges")
    return -step * (1 - optimum), step * (1 + optimum)


@door(steps=">= 1")
def rotation_orbit(initial: float, optimum: float, step: float, steps: int) -> np.ndarray:
    r"""Return :math:`W_0 \dots W_T` in closed form,
    :math:`W_t = -h(1-w) + \{W_0 + h(1-w) + t\,h(1+w)\} \bmod 2h`.

    Rounding of the modulo grows as the number of turns: 1e-12 of h after 1e4 steps.

    Raises
    ------
    ValueError
        Where the initial hidden weight is outside the absorbing interval.
    """
    low, high = rotation_interval(optimum, step)
    if not low <= initial < high:
        raise ValueError(
            f"initial must be in [{low:g}, {high:g}), the absorbing interval of the optimum"
        )
    return low + np.mod(initial - low + np.arange(steps + 1) * high, 2 * step)


@door
def polarised_mean(optimum: np.ndarray, strength: np.ndarray) -> np.ndarray:
    r"""Return the time-averaged binary weight with metaplasticity, to second order.

    :math:`\langle s\rangle = w + \tfrac23\kappa^2 w(1-w^2) + O(\kappa^4)`,
    :math:`\kappa = m\eta\lambda`: inward steps are slowed most far out, so that the majority sign
    gains. For incommensurate w; where the map locks to a rational rotation the mean is a plateau.

    Parameters
    ----------
    optimum : array_like
        :math:`w` in [-1, 1].
    strength : array_like
        :math:`\kappa` in [0, 1/2]; there the mean stays in [-1, 1] and the next order is below 0.1.
    """
    optimum = np.asarray(optimum, float)
    strength = np.asarray(strength, float)
    for name, array, low, high in (("optimum", optimum, -1, 1), ("strength", strength, 0, 0.5)):
        if np.any((array < low) | (array > high)):
            raise ValueError(f"{name} must be in [{low}, {high}], the range of the expansion")
    return optimum + 2 / 3 * np.square(strength) * optimum * (1 - optimum**2)


@door(metaplasticity="any", steps=">= 1", step="> 0", discard=">= 0")
def simulate_scalar_weights(
    optimum: np.ndarray,
    initial: np.ndarray,
    steps: int,
    step: float,
    metaplasticity=0.0,
    *,
    discard: int = 0,
) -> np.ndarray:
    r"""Return the binary weights averaged over time for many independent hidden weights.

    Parameters
    ----------
    optimum, initial : array_like
        :math:`w` and :math:`W_0`; they broadcast.
    steps : int
        Averaged steps.
    step : float
        :math:`h = \eta\lambda > 0`.
    metaplasticity : float, array_like, law or callable
        :math:`m \ge 0`, one or an array that broadcasts with the others; a law or your own factor.
    discard : int
        Steps before the averaging starts.
    """
    law = hasattr(metaplasticity, "factor") or callable(metaplasticity)
    numbers = [] if law else [nonnegative_array("metaplasticity", metaplasticity)]
    optimum, hidden, *strength = np.broadcast_arrays(
        np.asarray(optimum, float), np.asarray(initial, float), *numbers
    )
    [metaplasticity] = strength or [metaplasticity]
    hidden, total = hidden.copy(), np.zeros(hidden.shape)
    for now in range(discard + steps):
        binary = binary_sign(hidden)
        if now >= discard:
            total += binary
        hidden = hidden + modulated_update(hidden, step * (optimum - binary), metaplasticity)
    return total / steps
