r"""What the size of a hidden weight says about importance under SGD, weight decay and Adam.

:math:`v` are the multipliers of the box constraints; a consolidated binary weight costs
:math:`\Delta_i L = 2H_{ii} + 2|v_i|` to flip. Each formula reads |v| off the hidden weight.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.metaplasticity.modulation import nonnegative_array


def decayed_hidden_weights(multiplier: np.ndarray, weight_decay: float) -> np.ndarray:
    r"""Return the stationary hidden weights under weight decay d, :math:`W_\infty = v/d`.

    Stationarity, :math:`dW \in H(W^* - \operatorname{Sign}W)`, is the optimality condition of the
    box with the multiplier dW.
    """
    return np.asarray(multiplier, float) / checks.positive("weight_decay", weight_decay)


def adam_speed(multiplier: np.ndarray, noise: np.ndarray) -> np.ndarray:
    r"""Return :math:`\rho = |W_T|/(\eta T)` under Adam, :math:`|v|/\sqrt{v^2 + \sigma^2}`.

    Adam divides the mean gradient by its root mean square. The noise is the standard deviation of
    the gradient component, from the samples and from the free weights together; without any,
    rho = 1 for every consolidated weight.

    Parameters
    ----------
    multiplier : array_like
    noise : array_like
        :math:`\sigma \ge 0`; where both vanish the speed is 0.
    """
    multiplier = np.abs(checks.finite_array("multiplier", multiplier))
    noise = np.asarray(nonnegative_array("noise", noise))
    size = np.hypot(multiplier, noise)
    return np.where(size > 0, multiplier / np.where(size > 0, size, 1.0), 0.0)


def adam_flip_cost(speed: np.ndarray, curvature: np.ndarray, noise: np.ndarray) -> np.ndarray:
    r"""Return the flip cost read off Adam's relative speed,
    :math:`2H_{ii} + 2\sigma\rho/\sqrt{1-\rho^2}`.

    Monotone and convex in :math:`\rho`; for 0 <= rho < 1.
    """
    speed = checks.finite_array("speed", speed)
    if np.any((speed < 0) | (speed >= 1)):
        raise ValueError("speed must be in [0, 1): hidden weights per learning rate and step")
    noise = np.asarray(nonnegative_array("noise", noise))
    return 2 * np.asarray(curvature) + 2 * noise * speed / np.sqrt(1 - speed**2)


def normalised_path_importance(
    hidden: np.ndarray, travelled: float, damping: float = 0.1
) -> np.ndarray:
    r"""Return the synaptic-intelligence importance :math:`W^2/\{\eta T(W^2 + \xi)\}` under SGD.

    The path integral over hidden weights is :math:`W_T^2/(\eta T)` for a steady velocity; dividing
    by the squared distance makes it saturate for :math:`W^2 \gg \xi`.

    Parameters
    ----------
    hidden : array_like
        Change of the hidden weight during the task.
    travelled : float
        Learning rate times steps, above 0.
    damping : float
        :math:`\xi > 0`.
    """
    square = np.square(checks.finite_array("hidden", hidden))
    scale = checks.positive("travelled", travelled) * (square + checks.positive("damping", damping))
    return square / scale
