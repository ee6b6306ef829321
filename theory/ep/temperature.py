r"""A finite nudge at a finite temperature: Gibbs means of one unit in a double well.

:math:`E(s) = \tfrac14 (s^2 - 1)^2 - \theta s` and :math:`C = \tfrac12 (s - y)^2`. At temperature T
the state is spread like :math:`e^{-(E + \beta C) / T}`, with the free energy :math:`A(\beta) = -T
\log \int e^{-(E + \beta C) / T} ds`. For every nudge the difference of the means of :math:`\partial
E / \partial \theta` over the nudge is exactly the gradient of :math:`[A(\beta) - A(0)] / \beta`
(arXiv:2511.22024).
"""

from __future__ import annotations

import numpy as np

from theory import checks

GRID = np.linspace(-4.0, 4.0, 8001)  # the Gibbs factor vanishes at both ends


def energy(states: np.ndarray, theta: float) -> np.ndarray:
    """Return the energy of the double well, tilted by theta."""
    return (states**2 - 1) ** 2 / 4 - theta * states


def loss(states: np.ndarray, target: float) -> np.ndarray:
    """Return half the squared distance to the target."""
    return (states - target) ** 2 / 2


def free_energy(theta: float, nudging_strength: float, target: float, temperature: float) -> float:
    """Return A at a temperature, or the least E + beta C at temperature 0, on a grid of states."""
    total = energy(GRID, theta) + nudging_strength * loss(GRID, target)
    least = total.min()
    if checks.nonnegative("temperature", temperature) == 0:
        return float(least)
    factor = np.exp(-(total - least) / temperature)
    return float(least - temperature * np.log(factor.sum() * (GRID[1] - GRID[0])))


def mean_state(theta: float, nudging_strength: float, target: float, temperature: float) -> float:
    """Return the Gibbs mean of s, minus that of the local product dE/dtheta."""
    total = energy(GRID, theta) + nudging_strength * loss(GRID, target)
    if checks.nonnegative("temperature", temperature) == 0:
        return float(GRID[np.argmin(total)])
    factor = np.exp(-(total - total.min()) / temperature)
    return float(GRID @ factor / factor.sum())


def thermal_estimate(theta, nudging_strength, target, temperature) -> float:
    """Return the one-sided estimate: the difference of the mean products over the nudge."""
    means = [mean_state(theta, b, target, temperature) for b in (nudging_strength, 0.0)]
    return (means[1] - means[0]) / nudging_strength


def thermal_surrogate(theta, nudging_strength, target, temperature) -> float:
    """Return [A(beta) - A(0)] / beta, whose gradient in theta the estimate is."""
    ends = [free_energy(theta, b, target, temperature) for b in (nudging_strength, 0.0)]
    return (ends[0] - ends[1]) / nudging_strength


def sampled_states(
    theta: float,
    nudging_strength: float,
    target: float,
    temperature: float,
    chains: int,
    steps: int,
    rng,
) -> np.ndarray:
    """Return the last states of independent Metropolis chains, shape (chains,)."""
    rng = checks.as_rng(rng)
    checks.positive("temperature", temperature)
    states = rng.choice([-1.0, 1.0], checks.integer_at_least("chains", chains, 1))

    def total(s):
        return energy(s, theta) + nudging_strength * loss(s, target)

    now = total(states)
    for _ in range(checks.integer_at_least("steps", steps, 1)):
        proposed = states + 1.5 * rng.standard_normal(chains)
        then = total(proposed)
        accepted = np.log(rng.random(chains)) < (now - then) / temperature
        states, now = np.where(accepted, proposed, states), np.where(accepted, then, now)
    return states
