r"""The mean response of a device to weak RESET pulses: two straight pieces of log-resistance.

.. math:: w(t) = c_1 + m_1 \min(t, t^*) + m_2 \max(t - t^*, 0), \qquad R(t) = R_0 e^{w(t)}

with t the pulses that the device has received so far. It only rises: weak RESET pulses cannot lower
a resistance. (Model of the weak RESET process, released code, with :math:`m_2 t + t^*(m_1 - m_2) +
c_1` written out for the second piece.)
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.rram.device_laws import Devices


def checked_counts(name: str, counts) -> np.ndarray:
    """Return pulse counts as an integer array; raise for negative or fractional ones."""
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
    return counts


def mean_log_ratio(pulses, devices: Devices) -> np.ndarray:
    """Return w without noise.

    Parameters
    ----------
    pulses : array_like of int
        Received so far, >= 0; broadcast against the devices' shape.
    devices : Devices
    """
    pulses = checked_counts("pulses", pulses)
    fast = np.minimum(pulses, devices.kink)
    return devices.offset + devices.fast_slope * fast + devices.slow_slope * (pulses - fast)


def plasticity(pulses, devices: Devices) -> np.ndarray:
    """Return the slope dw/dt that the next pulses meet: m1 before the kink, m2 from it on."""
    pulses = checks.finite_array("pulses", pulses)
    return np.where(pulses < devices.kink, devices.fast_slope, devices.slow_slope)
