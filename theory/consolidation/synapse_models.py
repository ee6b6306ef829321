"""Constructors of Markov synapses: two states, chains, the cascade, random models."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.markov_synapse import MarkovSynapse
from theory.door import door


@door(flip_probability="in (0, 1]", decay=">= 0")
def two_state(
    flip_probability: float, potentiation_fraction: float = 0.5, *, decay: float = 0.0
) -> MarkovSynapse:
    """Return the binary synapse that follows an event with probability q.

    Parameters
    ----------
    flip_probability : float
        q, in (0, 1].
    potentiation_fraction : float
        In (0, 1).
    decay : float
        Rate at which the strong state falls back between events, in units of their rate, >= 0.
    """
    q = flip_probability
    up, down = np.array([[1 - q, q], [0, 1]]), np.array([[1, 0], [q, 1 - q]])
    passive = np.array([[0, 0], [decay, 0]]) if decay else None
    return MarkovSynapse(up, down, np.array([-1.0, 1.0]), potentiation_fraction, passive)


@door(states=">= 2", leaving_probability="in (0, 1]")
def serial_chain(
    states: int,
    *,
    leaving_probability: float = 1.0,
    readout: str = "sign",
    potentiation_fraction: float = 0.5,
) -> MarkovSynapse:
    """Return a chain along which every event moves the state by one.

    Parameters
    ----------
    states : int
        M >= 2; even for the sign readout.
    leaving_probability : float
        Of leaving an end of the chain at the first event that points inward; below one the ends
        are sticky.
    readout : {"sign", "linear"}
        Weights -1 and 1 of the two halves, or from -1 to 1 in equal steps: a synapse of M levels
        with hard bounds.
    potentiation_fraction : float
    """
    if checks.one_of("readout", readout, ("sign", "linear")) == "sign" and states % 2:
        raise ValueError(f"states: the sign readout needs an even number, got {states}")
    up = np.diag(np.ones(states - 1), 1)
    up[-1, -1], up[0, 0], up[0, 1] = 1, 1 - leaving_probability, leaving_probability
    weights = np.linspace(-1, 1, states)
    weights = np.sign(weights) if readout == "sign" else weights
    return MarkovSynapse(up, up[::-1, ::-1], weights, potentiation_fraction)


@door(levels=">= 1", ratio="in (0, 0.5]")
def cascade(levels: int, ratio: float = 0.5) -> MarkovSynapse:
    r"""Return the cascade of Fusi, Drew and Abbott (2005), potentiation and depression balanced.

    Two strengths with n levels each. An event against the strength flips level i to level 1 of the
    other strength with probability :math:`q_i = x^{i-1}` (:math:`q_n = x^{n-1} / (1 - x)`); one
    that confirms it leads from level i to i + 1 with probability :math:`x^i / (1 - x)`. The
    equilibrium is uniform.

    Parameters
    ----------
    levels : int
        n >= 1.
    ratio : float
        x in (0, 1/2].
    """
    n, x = levels, ratio
    flip = x ** np.arange(n)
    deepen = np.append(x ** np.arange(1, n) / (1 - x), 0.0)
    flip[-1] = 1.0 if n == 1 else x ** (n - 1) / (1 - x)
    # States: weak-strength levels n ... 1, then strong-strength levels 1 ... n.
    up = np.eye(2 * n)
    for i in range(n):
        low, high = n - 1 - i, n + i
        up[low, low] -= flip[i]
        up[low, n] += flip[i]
        up[high, high] -= deepen[i]
        if i + 1 < n:
            up[high, high + 1] += deepen[i]
    return MarkovSynapse(up, up[::-1, ::-1], np.repeat([-1.0, 1.0], n))


@door(states=">= 2")
def soft_bound(states: int, potentiation_fraction: float = 0.5) -> MarkovSynapse:
    r"""Return the synapse whose steps shrink towards its bounds.

    :math:`M` levels :math:`w_i` from -1 to 1; an event up moves one level with probability
    :math:`(1 - w_i)/2`, one down with :math:`(1 + w_i)/2`. The mean weight then follows a linear
    law, :math:`\dot w = f_+ (1 - w)/(M-1) - f_- (1 + w)/(M-1)`: one time constant, :math:`M - 1`
    events, balanced or not (van Rossum, Shippi and Barrett 2012).

    Parameters
    ----------
    states : int
        M >= 2; two states give `two_state` with flip probability 1.
    potentiation_fraction : float
        In (0, 1).
    """
    weights = np.linspace(-1, 1, states)
    rise = (1 - weights) / 2
    up = np.diag(1 - rise) + np.diag(rise[:-1], 1)
    return MarkovSynapse(up, up[::-1, ::-1], weights, potentiation_fraction)


@door(states=">= 2")
def random_synapse(states: int, rng: np.random.Generator | int) -> MarkovSynapse:
    """Return a synapse with random transitions, many of them rare, and random signs as weights."""
    rng = checks.as_rng(rng)
    matrices = rng.standard_exponential((2, states, states)) ** rng.uniform(1, 4)
    matrices /= matrices.sum(axis=2, keepdims=True)
    weights = np.resize([-1.0, 1.0], states)
    up, down = matrices
    return MarkovSynapse(up, down, rng.permutation(weights), rng.uniform(0.2, 0.8))
