r"""Simulation of estimates by a network whose neurons are noisy.

Independent real noise of one standard deviation is added to every preactivation in every step. As
in the published runs the network is carried over from one nudge to the next, without a return to
its free state, and the one-sided estimate averages several readings in each of its two phases.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.equilibria import update
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.contour import contour_stencil

READINGS = 5  # of the one-sided estimate in each phase, as published


def noisy_estimates(
    clamped: ClampedNetwork,
    points: int,
    radius: float,
    noise: float,
    rng: np.random.Generator | int,
    *,
    steps: int = 60,
    copies: int = 1,
    readings: int | None = None,
) -> np.ndarray:
    """Return independent estimates of the gradient.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        1 for the one-sided estimate, else N on a circle. All N are relaxed: noise breaks the
        symmetry of conjugate nudges.
    radius : float
    noise : float
        Standard deviation, at least 0.
    rng : Generator or int
    steps : int
        Synchronous steps before every reading.
    copies : int
        Independent networks.
    readings : int, optional
        How often every nudged state is read, `steps` steps apart; by default 5 for the one-sided
        estimate and 1 on a circle.

    Returns
    -------
    ndarray, shape (copies, parameters)
    """
    stencil = contour_stencil(points, radius)
    noise, rng = checks.nonnegative("noise", noise), checks.as_rng(rng)
    steps, copies = (
        checks.integer_at_least(name, number, 1)
        for name, number in (("steps", steps), ("copies", copies))
    )
    readings = READINGS if points == 1 and readings is None else (readings or 1)
    if points > 2:
        clamped.require_holomorphic()
    dtype = complex if points > 2 else float
    batch = len(clamped.inputs)
    drive = np.tile(clamped.network.drive(clamped.inputs), (copies, 1))
    targets = np.tile(clamped.targets, (copies, 1))
    states = np.tile(clamped.free, (copies, 1)).astype(dtype)
    total = 0
    # The free phase of the one-sided estimate comes first, as it does in training.
    order = sorted(zip(stencil.nodes, stencil.weights, strict=True), key=lambda p: abs(p[0]))
    for node, weight in order:
        nudge = dtype(node) if dtype is complex else np.real(node)
        for _ in range(readings):
            for _ in range(steps):
                pushed = drive + noise * rng.standard_normal(drive.shape)
                states = update(clamped.network, states, pushed, targets, nudge, clamped.loss)
            total = total + weight / readings * _products(clamped, states, nudge, copies, batch)
    return np.real(total)


def _products(clamped, states, nudge, copies, batch):
    shaped = states.reshape(copies, batch, -1)
    return clamped.products(shaped, np.full(copies, nudge))
