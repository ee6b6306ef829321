r"""The metaplasticity that a device has of itself, beside that of a hidden weight.

A binarized network protects a weight by making inward updates smaller, :math:`f_{meta} =
\operatorname{sech}^2(mW)`, and leaves outward ones alone. A device has an effective f, too: its
plasticity relative to a fresh one, which falls when its pulses pass the kink,

.. math:: f(t) = \frac{E[dw/dt]}{E[m_1]} = S(t) + \frac{E[m_2]}{E[m_1]} (1 - S(t)),
          \qquad S(t) = P(t^* > t).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.rram.device_laws import DeviceLaws, Devices


def slope_ratio(laws: DeviceLaws | None = None) -> float:
    """Return E[m1] / E[m2], by how much less plastic the devices become at their kinks."""
    laws = laws or DeviceLaws()
    return laws.fast_slope.mean / laws.slow_slope.mean


def device_factor(pulses, laws: DeviceLaws | None = None) -> np.ndarray:
    """Return f(t) of the ensemble after t pulses: from 1 down to E[m2] / E[m1]."""
    laws = laws or DeviceLaws()
    fresh = 1 - laws.kink.cdf(pulses)
    return fresh + (1 - fresh) / slope_ratio(laws)


def pair_factors(up, down, laws: DeviceLaws | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the f of an outward and of an inward pulse on a synapse.

    Outward pulses go to the device that has received more, inward ones to the other: for
    ``up > down`` the weight is +1 on average, and the outward side is the raising device.

    Parameters
    ----------
    up, down : array_like
        Pulses received by the raising and by the lowering device.
    """
    up, down = np.asarray(up, float), np.asarray(down, float)
    laws = laws or DeviceLaws()
    return device_factor(np.maximum(up, down), laws), device_factor(np.minimum(up, down), laws)


def expected_log_ratio(up, down, laws: DeviceLaws | None = None) -> np.ndarray:
    """Return E[ln(R_BL / R_BLb)] after pulses on both devices; offsets and R0 cancel."""
    from theory.rram.ensemble import mean_log_ratio_over_devices

    laws = laws or DeviceLaws()
    return mean_log_ratio_over_devices(up, laws) - mean_log_ratio_over_devices(down, laws)


def pulses_to_flip(invested, raising: Devices, lowering: Devices) -> np.ndarray:
    """Return the pulses on the lowering devices that make up for pulses on the raising ones.

    The two-slope mean of the raising device, solved for the pulses of the other one; no noise.

    Parameters
    ----------
    invested : array_like
        Pulses on the raising devices, broadcast against their shape.
    raising, lowering : Devices

    Returns
    -------
    ndarray
        0 where the weight is negative anyway.
    """
    t = np.asarray(invested, float)
    d = raising
    slow = np.maximum(t - d.kink, 0)
    target = d.offset + d.fast_slope * (t - slow) + d.slow_slope * slow
    target = target + np.log(d.initial_resistance) - np.log(lowering.initial_resistance)
    climb = target - lowering.offset
    fast_part = climb / lowering.fast_slope
    behind = lowering.kink + (climb - lowering.fast_slope * lowering.kink) / lowering.slow_slope
    return np.maximum(np.where(fast_part < lowering.kink, fast_part, behind), 0)


def updates_to_flip_hidden(invested, strength: float) -> np.ndarray:
    r"""Return the inward updates that undo outward ones on a metaplastic hidden weight.

    .. math:: n' = \frac n2 + \frac{\sinh(2 m\eta n)}{4 m \eta}

    Parameters
    ----------
    invested : array_like
        n outward updates from zero, each of size eta.
    strength : float
        :math:`m \eta > 0`.
    """
    strength = checks.positive("strength", strength)
    n = np.asarray(invested, float)
    return n / 2 + np.sinh(2 * strength * n) / (4 * strength)
