r"""Hopfield networks: blackout at a critical load, and palimpsests that forget gracefully.

Couplings :math:`J_{ij} = \frac1N \sum_\mu \Lambda(\text{age}_\mu / N)\, \xi_i^\mu \xi_j^\mu`, zero
temperature. All patterns alike (:math:`\Lambda = 1`): Amit, Gutfreund and Sompolinsky 1985.
Exponentially fading, :math:`\Lambda(u) = \varepsilon e^{-\varepsilon^2 u / 2}`: Mezard, Nadal and
Toulouse 1986. In both, the overlap m with a stored pattern solves :math:`m = \operatorname{erf}(
\Lambda m / \sqrt{2 r})`, r being the variance of the noise of all other patterns.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

from theory import checks
from theory.door import door


def load_of(field: float | np.ndarray) -> np.ndarray:
    r"""Return the load at which a stable solution has :math:`y = m / \sqrt{2 \alpha r}`.

    From :math:`y (\sqrt{2\alpha} + \tfrac{2}{\sqrt\pi} e^{-y^2}) = \operatorname{erf} y`; negative
    brackets, where there is no solution, give 0.
    """
    y = np.asarray(field, float)
    root = erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))
    return np.maximum(root, 0.0) ** 2 / 2


@door
def critical_load() -> tuple[float, float]:
    """Return the largest load with memories, and the overlap there (about 0.138 and 0.967)."""
    field = _critical_field()
    return float(load_of(field)), float(erf(field))


@door(load="> 0")
def overlap(load: float) -> float:
    """Return the overlap of the stable retrieval state at a load, 0 above the critical load."""
    field = _critical_field()
    if load > load_of(field):
        return 0.0
    latest = 1 + 1 / np.sqrt(2 * load)  # the field is 1/sqrt(2 load) where no pattern is lost
    return float(erf(brentq(lambda y: load_of(y) - load, field, latest, xtol=1e-13)))


@cache
def _critical_field() -> float:
    """Where the load is largest: its derivative changes sign."""

    def slope(y):
        return (np.exp(-(y**2)) * (2 * y + 4 * y**3) - np.sqrt(np.pi) * erf(y)) / y**2

    return float(brentq(slope, 1.0, 3.0, xtol=1e-14))


@door(strength="> 0")
def palimpsest_overlaps(ages: np.ndarray, strength: float) -> np.ndarray:
    r"""Return the overlaps with memories of given ages (patterns since, over N).

    Parameters
    ----------
    ages : array_like
        >= 0.
    strength : float
        :math:`\varepsilon > 0`, of the newest pattern.

    Returns
    -------
    ndarray
        0 for memories that are lost.

    Notes
    -----
    The retrieved pattern's own susceptibility C enters the noise :math:`r = \frac{2}{\varepsilon^2}
    \int_0^\varepsilon z / (1 - C z)^2 dz`, so every age has its own r; solved by iteration from
    full overlap, which converges to the retrieval state where there is one.
    """
    ages = np.asarray(ages, float)
    weight = strength * np.exp(-(strength**2) * ages / 2)
    m, susceptibility = np.ones_like(weight), np.zeros_like(weight)
    for _ in range(5000):
        r = _noise(susceptibility, strength)
        field = weight * m / np.sqrt(2 * r)
        new = erf(field)
        slope = np.sqrt(2 / (np.pi * r)) * np.exp(-(field**2))
        # Half steps: the full ones overshoot where the memory is nearly lost.
        susceptibility += 0.5 * (np.minimum(slope, 0.999 / strength) - susceptibility)
        change = np.abs(new - m).max(initial=0.0)
        m += 0.5 * (new - m)
        if change < 1e-13:
            break
    return np.where(m > 1e-6, m, 0.0)


def _noise(susceptibility, strength):
    """r in closed form; its series where the susceptibility is small."""
    c = susceptibility * strength
    small = c < 1e-3
    safe = np.where(small, 0.5, c)
    closed = 2 * (safe / (1 - safe) + np.log1p(-safe)) / safe**2
    return np.where(small, 1 + 4 * c / 3 + 3 * c**2 / 2, closed)


@door(strength="> 0")
def palimpsest_capacity(strength: float) -> float:
    r"""Return the age (over N) of the oldest memory that is retrieved; 0 below the threshold.

    The retrieval equations give the strength that a memory needs as a function of its
    susceptibility C: :math:`y^2 = -\ln(C \sqrt{\pi r / 2})` and :math:`z = y \sqrt{2r} /
    \operatorname{erf} y`. The weakest memory with a solution is the oldest that is retrieved.
    """

    def needed(log_susceptibility):
        susceptibility = np.exp(log_susceptibility)
        r = _noise(susceptibility, strength)
        density = susceptibility * np.sqrt(np.pi * r / 2)  # exp(-y^2), below one
        y = np.sqrt(-np.log(np.minimum(density, 1 - 1e-12)))
        return np.where(density < 1, y * np.sqrt(2 * r) / erf(y), np.inf)

    grid = np.linspace(np.log(1e-12), np.log((1 - 1e-9) / strength), 400)
    best = int(needed(grid).argmin())
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    weakest = minimize_scalar(needed, bounds=around, method="bounded", options={"xatol": 1e-10})
    return float(max(0.0, 2 * np.log(strength / weakest.fun) / strength**2))


@door(probes="wholes 1d", neurons=">= 2", patterns=">= 1")
def simulate_hopfield(
    neurons: int,
    patterns: int,
    rng: np.random.Generator | int,
    *,
    strength: float | None = None,
    probes: np.ndarray | None = None,
    sweeps: int = 30,
) -> np.ndarray:
    """Store random patterns and return the overlaps after relaxation from each probed pattern.

    Parameters
    ----------
    neurons, patterns : int
        N and P; pattern 0 is the newest.
    strength : float, optional
        Of the fading palimpsest; by default all patterns count alike.
    probes : sequence of int, optional
        Patterns to start from, by default the first twenty.
    sweeps : int
        At most so many asynchronous sweeps; it stops when nothing changes.

    Returns
    -------
    ndarray, shape (probes,)
    """
    rng = checks.as_rng(rng)
    stored = rng.choice([-1.0, 1.0], size=(patterns, neurons))
    weight = np.ones(patterns)
    if strength is not None:
        weight = strength * np.exp(-(strength**2) * np.arange(patterns) / (2 * neurons))
    coupling = (stored.T * weight) @ stored / neurons
    np.fill_diagonal(coupling, 0.0)
    probes = np.arange(min(20, patterns)) if probes is None else np.asarray(probes)
    return relaxed_overlaps(coupling, stored[probes].T, sweeps, rng)


def relaxed_overlaps(
    coupling: np.ndarray, patterns: np.ndarray, sweeps: int, rng: np.random.Generator
) -> np.ndarray:
    """Relax the states from some patterns, in parallel, and return their overlaps with these.

    Parameters
    ----------
    coupling : ndarray, shape (neurons, neurons)
        Symmetric, without diagonal.
    patterns : ndarray, shape (neurons, probes)
        Of -1 and 1.
    sweeps : int
        At most so many asynchronous sweeps; it stops when nothing changes. A neuron whose field is
        0 keeps its state.
    rng : Generator
        Draws the order of the neurons, the same for all probes.

    Returns
    -------
    ndarray, shape (probes,)
    """
    state = patterns.copy()
    for _ in range(sweeps):
        before = state.copy()
        for i in rng.permutation(len(state)):
            field = coupling[i] @ state
            state[i] = np.where(field == 0, state[i], np.sign(field))
        if np.array_equal(before, state):
            break
    return (state * patterns).mean(axis=0)
