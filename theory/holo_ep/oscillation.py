r"""Simulation of a network under a continuously oscillating teacher.

The nudge turns by :math:`2 \pi / N` after every `steps` synchronous steps; the network never rests
and no free phase precedes. The running average of :math:`\operatorname{Re}\, g(\beta(t)) /
\beta(t)` is the estimate of the gradient (Laborieux and Zenke 2022, continuous-time estimate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ep.equilibria import update
from theory.holo_ep.clamped_network import ClampedNetwork


@dataclass(frozen=True, eq=False)
class OscillationRun:
    """What is read off a network under an oscillating teacher.

    Attributes
    ----------
    estimates : ndarray, shape (periods, parameters)
        Running average of the estimate at the end of every period.
    residual : float
        Norm of what one more step would change, mean over the samples and over the teaching steps
        of the last period.
    states : ndarray of complex, shape (periods * points, batch, units)
        At the end of every teaching step.
    """

    estimates: np.ndarray
    residual: float
    states: np.ndarray


def oscillate(
    clamped: ClampedNetwork,
    points: int,
    radius: float,
    steps: int,
    periods: int,
    *,
    initial: np.ndarray | None = None,
    noise: float = 0.0,
    rng: np.random.Generator | int | None = None,
) -> OscillationRun:
    """Run a network under an oscillating teacher.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        Teaching steps in a period, at least 2.
    radius : float
        Modulus of the nudge.
    steps : int
        Synchronous steps of the network in every teaching step.
    periods : int
    initial : ndarray, shape (batch, units), optional
        All zero by default, as published.
    noise : float
        Standard deviation of real noise added to every preactivation in every step.
    rng : Generator or int
        Needed with noise.
    """
    points = checks.integer_at_least("points", points, 2)
    steps = checks.integer_at_least("steps", steps, 1)
    periods = checks.integer_at_least("periods", periods, 1)
    radius, noise = checks.positive("radius", radius), checks.nonnegative("noise", noise)
    rng = checks.as_rng(rng) if noise else None
    clamped.require_holomorphic()
    drive = clamped.network.drive(clamped.inputs)
    states = np.zeros(drive.shape, complex)
    if initial is not None:
        states += initial
    nudges = radius * np.exp(2j * np.pi * np.arange(points) / points)

    def step(now, nudge):
        # Noise on a preactivation is noise on its drive.
        pushed = drive + noise * rng.standard_normal(drive.shape) if noise else drive
        return update(clamped.network, now, pushed, clamped.targets, nudge, clamped.loss)

    total, estimates, seen, residuals = 0, [], [], []
    for period in range(periods):
        for nudge in nudges:
            for _ in range(steps):
                states = step(states, nudge)
            seen.append(states)
            total = total + np.real(clamped.products(states[None], np.array([nudge]))[0] / nudge)
            if period == periods - 1:
                residuals.append(np.linalg.norm(step(states, nudge) - states, axis=1).mean())
        estimates.append(total / (points * (period + 1)))
    return OscillationRun(np.stack(estimates), float(np.mean(residuals)), np.stack(seen))
