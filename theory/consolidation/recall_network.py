r"""Recall by a network whose couplings are chains of beakers.

Every coupling is the first variable of a chain, and every stored pattern raises it by the product
of both neurons' states. The chain is linear: :math:`J_{ij} = \frac1N \sum_\mu \Lambda_\mu
\xi_i^\mu \xi_j^\mu` with :math:`\Lambda_\mu = G(\text{age})`. At zero temperature the overlap with
a memory of strength :math:`\Lambda` solves

.. math:: m = \operatorname{erf} \frac{\Lambda m}{\sqrt{2 r}}, \quad
          r = \frac1N \sum_\mu \frac{\Lambda_\mu^2}{(1 - C \Lambda_\mu)^2}, \quad
          C = \sqrt{\frac{2}{\pi r}}\, e^{-\Lambda^2 m^2 / 2 r} .

The ideal observer asks for less: all N^2 couplings at once show a memory whose strength is one N-th
of that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import erf

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.consolidation.hopfield import relaxed_overlaps
from theory.door import door
from theory.numerics import NotConverged


@door(strengths="1d", ages="wholes 1d", neurons=">= 2", iterations=">= 1")
def recalled_overlaps(
    strengths: np.ndarray, ages: np.ndarray, neurons: int, *, iterations: int = 4000
) -> np.ndarray:
    r"""Return the overlaps with stored patterns after recall, mean-field.

    Parameters
    ----------
    strengths : array_like, shape (patterns,)
        :math:`\Lambda` of the patterns by age, 0 the newest, all that are stored.
    ages : array_like of int
        Patterns to recall.
    neurons : int
        N.
    iterations : int
        At most so many steps to the fixed point.

    Returns
    -------
    ndarray, shape of `ages`
        0 for memories that are lost.

    Raises
    ------
    NotConverged
        If an overlap still moves by 1e-10 or more: just below the largest load that is recalled.
    """
    strengths = checks.finite_array("strengths", strengths, ndim=1)
    ages = np.asarray(ages)
    if ages.size and not 0 <= ages.min() <= ages.max() < len(strengths):
        raise ValueError(f"ages must lie in 0 to {len(strengths) - 1}, the stored patterns")
    own = strengths[ages]
    m, susceptibility = np.ones_like(own), np.zeros_like(own)
    limit = 0.999 / strengths.max()
    for _ in range(iterations):
        # The recalled pattern is no noise to itself.
        amplified = (strengths / (1 - susceptibility[:, None] * strengths)) ** 2
        amplified[np.arange(len(own)), ages] = 0
        r = np.maximum(amplified.sum(axis=1) / neurons, 1e-300)
        field = own * m / np.sqrt(2 * r)
        slope = np.minimum(np.sqrt(2 / (np.pi * r)) * np.exp(-(field**2)), limit)
        change = erf(field) - m
        m = m + 0.5 * change
        susceptibility = susceptibility + 0.5 * (slope - susceptibility)
        if np.abs(change).max(initial=0) < 1e-10:
            break
    else:
        raise NotConverged(
            f"recalled_overlaps: memory {ages[np.abs(change).argmax()]} is at the edge of recall "
            "and its overlap still moves; allow more iterations",
            residual=float(np.abs(change).max()),
            iterations=iterations,
        )
    return np.where(m > 1e-4, m, 0.0)


@door(variance="> 0", couplings="> 0")
def ideal_age(response: Callable, variance: float, couplings: float) -> float:
    """Return the age at which an observer of so many couplings last reads a memory.

    Parameters
    ----------
    response : callable
        G, decreasing, of an age.
    variance : float
        Of one coupling, for one unit input a step.
    couplings : float
    """
    level = np.sqrt(variance / couplings)
    ages = np.geomspace(1e-3, 1e12, 6000)
    above = np.flatnonzero(response(ages) > level)
    return float(ages[above[-1]]) if len(above) else 0.0


@door(probes="wholes 1d", neurons=">= 2", patterns=">= 1")
def simulate_recall(
    chain: BeakerChain,
    neurons: int,
    patterns: int,
    rng: np.random.Generator | int,
    *,
    probes: np.ndarray,
    sweeps: int = 20,
) -> np.ndarray:
    """Store patterns one after the other in the chains of all couplings, then recall some.

    Parameters
    ----------
    chain : BeakerChain
        Flows one step between two patterns.
    neurons, patterns : int
    rng : Generator or int
    probes : array_like of int
        Ages of the patterns to start from, 0 the newest.
    sweeps : int
        At most so many asynchronous sweeps.

    Returns
    -------
    ndarray, shape (probes,)
        Overlap of the state at the end with the pattern.
    """
    probes = np.asarray(probes)
    if probes.size and not 0 <= probes.min() <= probes.max() < patterns:
        raise ValueError(f"probes must lie in 0 to {patterns - 1}, the stored patterns")
    rng = checks.as_rng(rng)
    stored = rng.choice(np.array([-1, 1], np.float32), size=(patterns, neurons))
    rows, columns = np.triu_indices(neurons, 1)
    levels = np.zeros((chain.levels, len(rows)), np.float32)
    for pattern in stored:
        chain.step(levels)
        levels[0] += pattern[rows] * pattern[columns]
    coupling = np.zeros((neurons, neurons), np.float32)
    coupling[rows, columns] = coupling[columns, rows] = levels[0]
    return relaxed_overlaps(coupling, stored[::-1][probes].T, sweeps, rng)
