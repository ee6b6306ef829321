r"""The mean response of a device to pulses, and checks of pulse counts.

.. math:: w(t) = c_1 + m_1 A(t) + m_2 (t - A(t)), \qquad R(t) = R_0 e^{w(t)}

with t the pulses that the device has received so far and A the fresh ones among them, min(t, t*)
for the published device (`theory.rram.responses`). It only rises: weak RESET pulses cannot lower a
resistance. (Model of the weak RESET process, released code, which writes :math:`m_2 t + t^*(m_1 -
m_2) + c_1` for the second piece.)
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device_laws import Devices

MOST_PULSES = 2**40  # of one call; counters hold 2**63


def pulse_times(name: str, pulses) -> np.ndarray:
    """Return finite numbers of pulses, 0 or above, as floats; they need not be whole."""
    pulses = checks.finite_array(name, pulses)
    if pulses.size and pulses.min() < 0:
        raise ValueError(f"{name} must be 0 or above, not {pulses.min():g}: pulses are counted up")
    return pulses


def checked_counts(name: str, counts) -> np.ndarray:
    """Return pulse counts as an integer array; raise for negative, fractional or huge ones."""
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must be whole numbers of pulses (an integer array), not {counts.dtype}; round "
            "them first"
        )
    if counts.size and counts.min() < 0:
        raise ValueError(
            f"{name} must be 0 or above, not {counts.min()}: a weak RESET pulse cannot be taken "
            "back; to lower a weight pulse the other device of its pair"
        )
    if counts.size and counts.max() > MOST_PULSES:
        raise ValueError(f"{name} must be at most 2**40 = {MOST_PULSES}, not {counts.max()}")
    return counts


@door(pulses="array")
def mean_log_ratio(pulses, devices: Devices) -> np.ndarray:
    """Return w without noise.

    Parameters
    ----------
    pulses : array_like of int
        Received so far, >= 0; broadcast against the devices' shape.
    devices : Devices
    """
    pulses = checked_counts("pulses", pulses)
    fresh = devices.response.fresh_pulses(pulses, devices.kink)
    return devices.offset + devices.fast_slope * fresh + devices.slow_slope * (pulses - fresh)


@door(pulses="array")
def plasticity(pulses, devices: Devices) -> np.ndarray:
    """Return the slope dw/dt that the next pulses meet: from m1 of a fresh device down to m2."""
    pulses = pulse_times("pulses", pulses)
    fresh = devices.response.freshness(pulses, devices.kink)
    return devices.slow_slope + (devices.fast_slope - devices.slow_slope) * fresh
