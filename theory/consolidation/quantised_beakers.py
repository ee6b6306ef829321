r"""Beakers with few levels between bounds: how much memory is left.

Every variable of the chain lives on a grid of L levels from :math:`-R \sigma_k` to :math:`R
\sigma_k`, :math:`\sigma_k` being its deviation without a grid. After each step it is rounded at
random to one of the two levels beside it, with the probabilities that leave its mean as it is
(Benna and Fusi 2016). So the *signal* of a memory is that of the analog chain; rounding adds noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.populations import mean_and_error, rising_ages
from theory.door import door


@door(levels=">= 2", reach="> 0")
@dataclass(frozen=True)
class QuantisedChain:
    """A linear chain of beakers, the levels of each, and the bounds in standard deviations.

    Parameters
    ----------
    chain : BeakerChain
        With a leak, without feedback and metaplasticity.
    levels : int
        L >= 2 values of each variable.
    reach : float
        R: bounds over the deviation of the analog variable.
    """

    chain: BeakerChain
    levels: int
    reach: float = 3.0

    def __post_init__(self):
        if self.chain.feedback or self.chain.metaplasticity or not self.chain.conductances[-1]:
            raise ValueError("chain: a linear chain with a leak is needed, to have a deviation")

    @cached_property
    def flow(self) -> np.ndarray:
        """Matrix of one step, (n, n)."""
        return np.eye(self.chain.levels) + self.chain.matrix()

    @cached_property
    def spacings(self) -> np.ndarray:
        """Distance of neighbouring levels of each variable, shape (n,)."""
        analog = self.covariance(np.zeros(self.chain.levels))
        return 2 * self.reach * np.sqrt(np.diag(analog)) / (self.levels - 1)

    @door(rounding="1d")
    def covariance(self, rounding: np.ndarray) -> np.ndarray:
        """Return the stationary covariance for one input of -1 or 1 a step and rounding noise."""
        if len(rounding) != self.chain.levels:
            raise ValueError(f"rounding must hold {self.chain.levels} variances, one a variable")
        drive = np.diag(np.asarray(rounding, float))
        drive[0, 0] += 1
        return solve_discrete_lyapunov(self.flow, drive)

    @cached_property
    def rounding(self) -> np.ndarray:
        r"""Predicted variance that rounding adds to each variable a step, shape (n,).

        A variable on its grid, displaced by d, is rounded with variance :math:`\delta^2 p (1 - p)`,
        p being the fraction of a level in d; the mean is over normal displacements, in the first
        variable about the input. Their variance contains the noise itself: iterated until
        it no longer changes. Bounds are left out.
        """
        step, spacing = self.flow - np.eye(len(self.flow)), self.spacings
        normal = np.linspace(-6, 6, 4001)
        weight = np.exp(-(normal**2) / 2)
        weight /= weight.sum()
        offset = np.zeros(len(step))
        offset[0] = 1
        noise = np.zeros(len(step))
        for _ in range(2000):
            spread = np.sqrt(np.diag(step @ self.covariance(noise) @ step.T))
            part = np.mod((offset[:, None] + spread[:, None] * normal) / spacing[:, None], 1)
            new = spacing**2 * ((part * (1 - part)) @ weight)
            if np.allclose(new, noise, rtol=1e-9, atol=1e-15):
                return new
            noise = (new + noise) / 2
        return noise


@door
def quantised_signal_to_noise(synapse: QuantisedChain, ages: np.ndarray) -> np.ndarray:
    """Return the predicted signal to noise of one synapse at whole ages >= 0, without bounds."""
    ages = np.asarray(ages, float)
    rates, right = np.linalg.eig(synapse.flow)
    rates, right = rates.real, right.real
    weights = right[0] * np.linalg.solve(right, np.eye(len(rates))[0])
    signal = (rates ** ages[..., None]) @ weights
    return signal / np.sqrt(synapse.covariance(synapse.rounding)[0, 0])


@door(synapses="> 0")
def quantised_lifetime(synapse: QuantisedChain, synapses: float) -> float:
    """Return the age at which the signal to noise of N such synapses falls to one, 0 if it never
    is above, interpolated in the logarithm."""
    root = np.sqrt(float(synapses))
    slowest = 1 / (1 - np.linalg.eigvals(synapse.flow).real.max())
    ages = np.append(0, np.geomspace(1, 60 * slowest, 4000))
    signal = root * quantised_signal_to_noise(synapse, ages)
    above = np.flatnonzero(signal > 1)
    if not len(above):
        return 0.0
    here = above[-1]
    share = np.log(signal[here]) / np.log(signal[here] / signal[here + 1])
    return float(ages[here] + share * (ages[here + 1] - ages[here]))


@door(ages="1d", burn=">= 0", repeats=">= 2", synapses=">= 1")
def observe_quantised(
    synapse: QuantisedChain,
    ages: np.ndarray,
    *,
    burn: int = 200,
    synapses: int = 2000,
    repeats: int = 20,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Follow one of many random patterns of -1 and 1 in chains that live on their grids.

    Parameters
    ----------
    synapse : QuantisedChain
    ages : array_like of int
        Patterns since the one that is followed, increasing, >= 0.
    burn : int
        Patterns before it, from a normal state of the analog chain that is cut to the grid.
    synapses, repeats : int
        Synapses in one population, and independent populations.
    rng : Generator or int

    Returns
    -------
    signal, error : ndarray, shape (ages,)
        Signal to noise of one synapse, mean and standard error over the populations; the noise is
        the deviation of the visible variable.
    """
    ages = rising_ages(ages, whole=True)
    rng = checks.as_rng(rng)
    count = repeats * synapses
    spacing, top = synapse.spacings[:, None], synapse.levels - 1
    low = -spacing * top / 2

    def rounded(values):
        """On the grid, at random between neighbours, inside the bounds."""
        place = np.floor((values - low) / spacing + rng.random(values.shape))
        return low + spacing * np.clip(place, 0, top)

    start = np.linalg.cholesky(synapse.covariance(np.zeros(len(spacing))))
    state = rounded(start @ rng.standard_normal((len(spacing), count)))
    signal, squares = np.empty((len(ages), repeats)), []
    for step in range(-burn, ages[-1] + 1):
        pattern = 2.0 * rng.integers(0, 2, count) - 1
        moved = synapse.flow @ state
        moved[0] += pattern
        state = rounded(moved)
        if step == 0:
            followed = pattern
        if step >= 0 and step in ages:
            signal[np.searchsorted(ages, step)] = (
                (followed * state[0]).reshape(repeats, -1).mean(axis=1)
            )
            squares.append(state[0].var())
    signal /= np.sqrt(np.mean(squares))
    return mean_and_error(signal)
