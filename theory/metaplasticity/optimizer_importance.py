r"""What the size of a hidden weight says about importance under SGD, weight decay and Adam.

:math:`v` are the multipliers of the box constraints; a consolidated binary weight costs
:math:`\Delta_i L = 2H_{ii} + 2|v_i|` to flip. Each formula reads |v| off the hidden weight.
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.metaplasticity.modulation import nonnegative_array


@door(weight_decay="> 0")
def decayed_hidden_weights(multiplier: np.ndarray, weight_decay: float) -> np.ndarray:
    r"""Return the stationary hidden weights under weight decay d, :math:`W_\infty = v/d`.

    Stationarity, :math:`dW \in H(W^* - \operatorname{Sign}W)`, is the optimality condition of the
    box with the multiplier dW.
    """
    return np.asarray(multiplier, float) / weight_decay


@door
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
    multiplier = np.abs(np.asarray(multiplier, float))
    noise = np.asarray(nonnegative_array("noise", noise))
    size = np.hypot(multiplier, noise)
    return np.where(size > 0, multiplier / np.where(size > 0, size, 1.0), 0.0)


@door
def adam_flip_cost(speed: np.ndarray, curvature: np.ndarray, noise: np.ndarray) -> np.ndarray:
    r"""Return the flip cost read off Adam's relative speed,
    :math:`2H_{ii} + 2\sigma\rho/\sqrt{1-\rho^2}`.

    Monotone and convex in :math:`\rho`; for 0 <= rho < 1.
    """
    speed = np.asarray(speed, float)
    if np.any((speed < 0) | (speed >= 1)):
        raise ValueError("speed must be in [0, 1): hidden weights per learning rate and step")
    noise = np.asarray(nonnegative_array("noise", noise))
    return 2 * np.asarray(curvature) + 2 * noise * speed / np.sqrt(1 - speed**2)


@door(travelled="> 0", damping="> 0")
def normalised_path_importance(
    hidden: np.ndarray, travelled: float, damping: float = 0.1, noise: float | np.ndarray = 0.0
) -> np.ndarray:
    r"""Return the synaptic-intelligence importance under SGD,

    .. math:: \Omega = \frac{W^2 + (\eta T\sigma)^2}{\eta T\,(W^2 + \xi)} .

    The path integral over hidden weights is :math:`\eta T(v^2 + \sigma^2)` with :math:`W = \eta T
    v`: it collects the squared noise as well. Divided by the squared distance it rises with |W|
    while :math:`\eta T < \sqrt\xi/\sigma` and falls beyond (`path_importance_crossover`).

    Parameters
    ----------
    hidden : array_like
        Change of the hidden weight during the task.
    travelled : float
        Learning rate times steps, above 0.
    damping : float
        :math:`\xi > 0`.
    noise : array_like
        :math:`\sigma \ge 0`, standard deviation of the gradient, from samples and free weights.
    """
    square = np.square(np.asarray(hidden, float))
    noise = np.asarray(nonnegative_array("noise", noise))
    return (square + (travelled * noise) ** 2) / (travelled * (square + damping))


@door
def path_importance_crossover(
    noise: float | np.ndarray, damping: float | np.ndarray = 0.1
) -> np.ndarray:
    r"""Return the learning rate times steps from which the ranking is reversed under SGD,
    :math:`\eta T = \sqrt\xi/\sigma`.

    Below it the normalised importance rises with |W|, beyond it falls, for all sizes at once.
    Infinite without noise.
    """
    noise = np.asarray(nonnegative_array("noise", noise))
    damping = np.asarray(nonnegative_array("damping", damping))
    with np.errstate(divide="ignore"):
        return (np.sqrt(damping) / noise)[()]


@door(travelled="> 0", damping="> 0", first_decay="in [0, 1)")
def adam_path_importance(
    speed: np.ndarray,
    travelled: float,
    noise: np.ndarray,
    damping: float = 0.1,
    first_decay: float = 0.9,
) -> np.ndarray:
    r"""Return the synaptic-intelligence importance under Adam with gradient noise,

    .. math:: \Omega = \frac{\eta T\sigma}{(\eta T\rho)^2 + \xi}\,
        \frac{1 - \beta_1 + \beta_1\rho^2}{\sqrt{1 - \rho^2}} ,

    with :math:`\rho = |W|/(\eta T)` in [0, 1). Of the noise only the share :math:`1-\beta_1`
    counts that is in the averaged gradient already. For large :math:`\eta T` it falls with |W| up
    to `adam_turning_speed` and rises beyond.
    """
    speed = np.asarray(speed, float)
    if np.any((speed < 0) | (speed >= 1)):
        raise ValueError("speed must be in [0, 1): hidden weights per learning rate and step")
    noise = np.asarray(nonnegative_array("noise", noise))
    collected = (1 - first_decay + first_decay * speed**2) / np.sqrt(1 - speed**2)
    return travelled * noise * collected / ((travelled * speed) ** 2 + damping)


@door(first_decay="in (0, 1)")
def adam_turning_speed(first_decay: float = 0.9) -> float:
    r"""Return the relative speed at which the undamped importance under Adam is smallest.

    The positive root of :math:`\beta_1\rho^4 + 3(1-\beta_1)\rho^2 - 2(1-\beta_1) = 0`;
    :math:`1/\sqrt3` for the usual 0.9.
    """
    kept, new = first_decay, 1 - first_decay
    return float(np.sqrt((-3 * new + np.sqrt(9 * new**2 + 8 * new * kept)) / (2 * kept)))
