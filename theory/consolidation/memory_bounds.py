r"""Bounds on the memory of every Markov synapse, and closed forms of simple ones.

Bounds for weights of unit size (Lahiri and Ganguli 2013), for N synapses of M states, in events:
the initial signal to noise is at most :math:`\sqrt N`, its area at most :math:`\sqrt N (M - 1)`,
and its value at time t at most :math:`\sqrt N e^{-t/(M-1)}` up to :math:`t = M - 1` and
:math:`\sqrt N (M - 1) / (e t)` later.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.consolidation.markov_synapse import MarkovSynapse
from theory.door import door


@door(synapses="> 0", states=">= 2")
def envelope(times: np.ndarray, states: int, synapses: float = 1.0) -> np.ndarray:
    r"""Return an upper bound on the signal to noise of a synapse of M states at each time.

    A bound, not the best synapse: it is attained for two states, and approached for times much
    longer than M; in between the best synapses that are known stay well below (`best_synapse_at`).
    Derived for modes of positive weight; for modes of both signs, which chains have, the two limits
    do not imply it, and that it holds is a numerical finding.

    Parameters
    ----------
    times : array_like
        Events since storage, >= 0.
    states : int
        M >= 2, with weights of size one.
    synapses : float
        N.

    Returns
    -------
    ndarray, shape of `times`
        For the observer of signs, in units in which the weight has size one (not its deviation).
    """
    times = _ages(times)
    depth = states - 1
    early = np.exp(-times / depth)
    late = depth / (np.e * np.maximum(times, depth))
    return np.sqrt(float(synapses)) * np.where(times <= depth, early, late)


def _ages(times):
    times = checks.finite_array("times", times)
    if times.size and times.min() < 0:
        raise ValueError(f"times: {times.min():g} is before the memory was stored; take 0 or later")
    return times


@door
def first_passage_times(synapse: MarkovSynapse) -> np.ndarray:
    """Return the mean number of events to get from state i to state j, shape (M, M)."""
    projector = np.outer(np.ones(synapse.states), synapse.equilibrium)
    fundamental = np.linalg.inv(projector - synapse.generator)
    return (np.diag(fundamental) - fundamental) / synapse.equilibrium


@door
def area_by_first_passage(synapse: MarkovSynapse) -> float:
    r"""Return the area of a synapse with weights of size one, by mean first-passage times.

    :math:`2 \sqrt{f_+ f_-} \sum_{ij} \pi_i (M^+ - M^-)_{ij} (\eta_i - \eta_j)` with :math:`\eta_i =
    \sum_{j : w_j > 0} T_{ij} \pi_j`, over the standard deviation of the weight.
    """
    strong = synapse.weights > 0
    eta = first_passage_times(synapse)[:, strong] @ synapse.equilibrium[strong]
    difference = synapse.potentiation - synapse.depression
    f = synapse.potentiation_fraction
    total = synapse.equilibrium @ (difference * (eta[:, None] - eta)).sum(axis=1)
    return float(2 * np.sqrt(f * (1 - f)) * total / synapse.weight_deviation)


@door(flip_probability="in (0, 1]", decay=">= 0", synapses="> 0")
def two_state_lifetime(flip_probability: float, synapses: float, *, decay: float = 0.0) -> float:
    r"""Return the lifetime of balanced two-state synapses, Poisson clock.

    :math:`\ln(A \sqrt N) / (q + \delta)` with the initial signal :math:`A = (q + \delta) \sqrt{q /
    (q + 2\delta)}`; without decay :math:`\ln(q \sqrt N) / q`.

    Parameters
    ----------
    flip_probability : float
        q, in (0, 1].
    synapses : float
        N.
    decay : float
        :math:`\delta \ge 0`, see `two_state`.
    """
    q = flip_probability
    initial = (q + decay) * np.sqrt(q / (q + 2 * decay) * synapses)
    return max(0.0, float(np.log(initial) / (q + decay)))


@door(decay="in (0, 1)", synapses="> 0")
def leaky_signal_to_noise(times: np.ndarray, decay: float, synapses: float) -> np.ndarray:
    r"""Return :math:`\sqrt{N (2 e - e^2)} (1 - e)^t` of analog synapses :math:`w \leftarrow (1 - e)
    w + \xi`, whole times >= 0 and 0 < e < 1."""
    return np.sqrt(synapses * (2 * decay - decay**2)) * (1 - decay) ** _ages(times)


@door(sizes=">= 1", synapses="> 0")
def pool_signal_to_noise(times: np.ndarray, sizes: int, synapses: float) -> np.ndarray:
    r"""Return :math:`\frac{\sqrt N}{n} \sum_{k<n} q_k e^{-q_k t}`, :math:`q_k = 2^{-k}`: a pool of
    n kinds of two-state synapses, read out without weighting."""
    q = 2.0 ** -np.arange(sizes)
    return np.sqrt(float(synapses)) * (q * np.exp(-q * _ages(times)[..., None])).mean(axis=-1)
