r"""The metaplasticity that a device has of itself, beside that of a hidden weight.

A binarized network protects a weight by making inward updates smaller, :math:`f_{meta} =
\operatorname{sech}^2(mW)`, and leaves outward ones alone. A device has an effective f, too: its
plasticity relative to a fresh one, which falls when its pulses pass the kink,

.. math:: f(t) = \frac{E[dw/dt]}{E[m_1]} = S(t) + \frac{E[m_2]}{E[m_1]} (1 - S(t)),
          \qquad S(t) = P(t^* > t).
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.rram.device_laws import DeviceLaws, Devices
from theory.rram.mean_response import pulse_times
from theory.rram.responses import TWO_SLOPES, Response, TwoSlopes, as_response
from theory.rram.truncated_laws import NODE_WEIGHTS, NODES


@door
def slope_ratio(laws: DeviceLaws | None = None) -> float:
    """Return E[m1] / E[m2], by how much less plastic the devices become at their kinks."""
    laws = laws or DeviceLaws()
    return laws.fast_slope.mean / laws.slow_slope.mean


@door(pulses="array")
def device_factor(
    pulses, laws: DeviceLaws | None = None, response: Response | str = TWO_SLOPES
) -> np.ndarray:
    """Return f(t) of the ensemble after t pulses: from 1 down to E[m2] / E[m1].

    For a shape other than two slopes S(t) is the mean freshness, E[g'(t / t*)].
    """
    laws, t = laws or DeviceLaws(), pulse_times("pulses", pulses)
    response = as_response(response)
    if isinstance(response, TwoSlopes):
        fresh = 1 - laws.kink.cdf(t)
    else:
        fresh = response.freshness(t[..., None], laws.kink.quantile(NODES)) @ NODE_WEIGHTS
    return fresh + (1 - fresh) * (laws.slow_slope.mean / laws.fast_slope.mean)


@door(up="array >= 0", down="array >= 0")
def pair_factors(up, down, laws: DeviceLaws | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the f of an outward and of an inward pulse on a synapse.

    Outward pulses go to the device that has received more, inward ones to the other: for
    ``up > down`` the weight is +1 on average, and the outward side is the raising device.

    Parameters
    ----------
    up, down : array_like
        Pulses received by the raising and by the lowering device.
    """
    up, down = pulse_times("up", up), pulse_times("down", down)
    laws = laws or DeviceLaws()
    return device_factor(np.maximum(up, down), laws), device_factor(np.minimum(up, down), laws)


@door(up="array >= 0", down="array >= 0")
def expected_log_ratio(up, down, laws: DeviceLaws | None = None) -> np.ndarray:
    """Return E[ln(R_BL / R_BLb)] after pulses on both devices; offsets and R0 cancel."""
    from theory.rram.ensemble import mean_log_ratio_over_devices

    laws = laws or DeviceLaws()
    return mean_log_ratio_over_devices(up, laws) - mean_log_ratio_over_devices(down, laws)


@door(invested="array")
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
    t = pulse_times("invested", invested)
    d, other = raising, lowering
    fresh = d.response.fresh_pulses(t, d.kink)
    target = d.offset + d.fast_slope * fresh + d.slow_slope * (t - fresh)
    target = target + np.log(d.initial_resistance) - np.log(other.initial_resistance)
    climb = np.maximum(target - other.offset, 0)
    if not isinstance(other.response, TwoSlopes):
        return _pulses_to_climb(climb, other)
    fast_part = climb / other.fast_slope
    with np.errstate(divide="ignore", invalid="ignore"):
        behind = other.kink + (climb - other.fast_slope * other.kink) / other.slow_slope
    return np.where(fast_part < other.kink, fast_part, behind)


def _pulses_to_climb(climb, devices, most=2.0**40):
    """Solve the mean response for pulses by bisection; infinite where a bound lies below."""
    climb = np.broadcast_to(climb, np.broadcast_shapes(np.shape(climb), devices.shape))
    low, high = np.zeros(climb.shape), np.full(climb.shape, most)

    def rise(t):
        fresh = devices.response.fresh_pulses(t, devices.kink)
        return devices.fast_slope * fresh + devices.slow_slope * (t - fresh)

    never = rise(high) < climb
    for _ in range(100):
        middle = (low + high) / 2
        below = rise(middle) < climb
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(never, np.inf, np.where(climb > 0, high, 0.0))


@door(invested="array", strength="> 0")
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
    n = pulse_times("invested", invested)
    return n / 2 + np.sinh(2 * strength * n) / (4 * strength)
