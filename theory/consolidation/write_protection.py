r"""Write protection by gates between bistable variables: weight, tag and scaffold.

In the manner of Ziegler et al. 2015: three bistable variables of growing time constants, each
driven by the one before it while a gate is open, and held by the one behind it while it is shut:

.. math::
    \tau_k \dot x_k = x_k - x_k^3 + a\, g_k(t)\, x_{k-1} + b\, (1 - g_{k+1}(t))\, x_{k+1}
        + I_k(t) + \text{noise}

The gate of the tag opens with the induction, that of the scaffold with a reward. A generic
stand-in: the published equations and parameters are UNKNOWN here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import real_eigenvalues


@door(times="> 0", write=">= 0", hold=">= 0", noise=">= 0")
@dataclass(frozen=True)
class WriteProtection:
    r"""Constants of the three variables.

    Parameters
    ----------
    times : tuple of float
        :math:`\tau_1, \tau_2, \tau_3` of weight, tag and scaffold.
    write, hold : float
        a and b: drive through an open gate, and support by the variable behind a shut one.
    noise : float
        D, so that :math:`\tau\, dx = \dots dt + \sqrt{2 D \tau}\, dB`; the same barrier for all.
    """

    times: tuple[float, float, float] = (1.0, 3.0, 9.0)
    write: float = 0.8
    hold: float = 0.2
    noise: float = 0.0


CRITICAL_DRIVE = 2 * np.sqrt(3) / 9
"""Drive above which a bistable variable x - x^3 has one stable state only."""


@door(duration="> 0", step="> 0", copies=">= 1", keep_every=">= 1")
def simulate_write_protection(
    model: WriteProtection,
    *,
    duration: float,
    induction: tuple[float, float] | None = None,
    reward: tuple[float, float] | None = None,
    input_drive: float = 1.0,
    start: float = -1.0,
    copies: int = 1,
    rng: np.random.Generator | int = 0,
    step: float = 0.02,
    keep_every: int = 25,
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate independent synapses by the Euler-Maruyama rule.

    Parameters
    ----------
    model : WriteProtection
    duration : float
    induction : (start, end), optional
        While it lasts the weight receives `input_drive` and the gate of the tag is open.
    reward : (start, end), optional
        While it lasts the gate of the scaffold is open.
    input_drive : float
    start : float
        Value of all variables at time 0.
    copies : int
    rng : Generator or int
    step : float
    keep_every : int
        Steps between two kept values.

    Returns
    -------
    times : ndarray, shape (kept,)
    values : ndarray, shape (kept, 3, copies)
    """
    rng = checks.as_rng(rng)
    windows = [_window(name, w) for name, w in (("induction", induction), ("reward", reward))]
    tau = np.array(model.times)[:, None]
    x = np.full((3, copies), float(start))
    kept, times = [x.copy()], [0.0]
    spread = np.sqrt(2 * model.noise * step / tau)
    for k in range(round(duration / step)):
        now = k * step
        gates = [float(low <= now < high) for low, high in windows]
        drive = np.zeros((3, copies))
        drive[0] += gates[0] * input_drive
        for behind, gate in zip((1, 2), gates, strict=True):
            drive[behind] += model.write * gate * x[behind - 1]
            drive[behind - 1] += model.hold * (1 - gate) * x[behind]
        x = x + step / tau * (x - x**3 + drive)
        if model.noise:
            x += spread * rng.standard_normal(x.shape)
        if (k + 1) % keep_every == 0:
            kept.append(x.copy())
            times.append((k + 1) * step)
    return np.array(times), np.array(kept)


@door(noise="> 0", time="> 0")
def escape_time(noise: float, drive: float = 0.0, time: float = 1.0) -> float:
    r"""Return the mean time to leave the state -1 across the barrier (Kramers), at weak noise.

    .. math:: T = \frac{2\pi\tau}{\sqrt{V''(x_-)\,|V''(x_0)|}}\,
        e^{(V(x_0) - V(x_-)) / D}, \qquad V = x^4/4 - x^2/2 - d x

    Parameters
    ----------
    noise : float
        D > 0, well below the barrier.
    drive : float
        d, of either sign; negative holds the state.
    time : float
        tau.

    Raises
    ------
    ValueError
        If the drive leaves no barrier, :math:`|d| \ge 2\sqrt3/9`.
    """
    if abs(drive) >= CRITICAL_DRIVE:
        raise ValueError(
            f"drive is {drive:g}; from {CRITICAL_DRIVE:.4f} on there is one state and no barrier"
        )
    companion = [[0, 1, drive], [1, 0, 0], [0, 1, 0]]  # x^3 - x - drive has three real roots
    low, saddle, _ = real_eigenvalues(companion)

    def potential(x):
        return x**4 / 4 - x**2 / 2 - drive * x

    curvature = (3 * low**2 - 1) * abs(3 * saddle**2 - 1)
    barrier = potential(saddle) - potential(low)
    return float(2 * np.pi * time / np.sqrt(curvature) * np.exp(barrier / noise))


@door
def survival(times: np.ndarray, lifetimes: list[float]) -> np.ndarray:
    r"""Return the probability that events in a row, each waiting for the last, are not all over.

    .. math:: P(t) = \sum_i e^{-t/T_i} \prod_{j \ne i} \frac{T_i}{T_i - T_j}

    A weight that its tag protects goes after the tag, and the tag after its scaffold.

    Parameters
    ----------
    times : array_like
        Not negative.
    lifetimes : sequence of float
        Mean waiting times :math:`T_i > 0`, no two alike.
    """
    times = np.asarray(times, float)
    lives = np.array([checks.positive("lifetimes", life) for life in lifetimes])
    if len(set(lives.tolist())) < len(lives):
        raise ValueError("lifetimes: no two may be alike in this formula")
    total = np.zeros_like(times)
    for i, life in enumerate(lives):
        others = np.delete(lives, i)
        total += np.exp(-times / life) * np.prod(life / (life - others))
    return total


def _window(name, window):
    if window is None:
        return np.inf, np.inf
    low, high = window
    if not 0 <= low < high:
        raise ValueError(f"{name} is ({low:g}, {high:g}); it must have 0 <= start < end")
    return low, high
