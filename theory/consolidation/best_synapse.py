"""The best synapse for one time, by ascent over all transition probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import expm
from scipy.optimize import minimize

from theory import checks
from theory.consolidation.markov_synapse import MarkovSynapse
from theory.consolidation.synapse_models import random_synapse, serial_chain
from theory.door import door


@door(states=">= 2", time=">= 0", steps=">= 1")
def best_synapse_at(
    time: float,
    states: int,
    rng: np.random.Generator | int,
    *,
    draws: int = 4,
    starts: Sequence[MarkovSynapse] = (),
    steps: int = 300,
) -> tuple[MarkovSynapse, float]:
    r"""Return a synapse of M states with a high signal to noise ratio at one time, and the ratio.

    Ascent over all transition probabilities of balanced synapses whose depression mirrors their
    potentiation, with weights -1 in one half of the states and 1 in the other. What it returns is
    attained, so it bounds the best from below: the best of several local maxima.

    Parameters
    ----------
    time : float
        Events since storage, >= 0, random times.
    states : int
        M, even.
    rng : Generator or int
        Draws the random synapses.
    draws : int
        Ascents from random synapses, beside one from a chain whose ends are as sticky as suits the
        time.
    starts : sequence of MarkovSynapse
        Where to start beside those.
    steps : int
        At most so many steps of each quasi-Newton ascent.

    Returns
    -------
    synapse : MarkovSynapse
    signal : float
        For one synapse, with weights of size one.

    Notes
    -----
    With the probabilities :math:`p_{ij} = a_{ij}^2 / \sum_k a_{ik}^2` and the signal :math:`S =
    \tfrac12 \pi D e^{Wt} w`, D the difference of the event matrices, the gradient in D is
    :math:`\tfrac12 \pi \otimes e^{Wt} w`; in W it is that of the exponential and of the
    equilibrium, :math:`d\pi = \pi\, dW (1 \pi - W)^{-1}`.
    """
    if states % 2:
        raise ValueError(f"states: halves of equal size need an even number, got {states}")
    rng = checks.as_rng(rng)
    for start in starts:
        if start.states != states:
            raise ValueError(f"starts: one has {start.states} states, but {states} are asked for")
    weights = np.repeat([-1.0, 1.0], states // 2)
    drawn = [random_synapse(states, rng) for _ in range(checks.integer_at_least("draws", draws, 0))]
    sticky = serial_chain(states, leaving_probability=1 / (1 + time / states**2))
    found = [_ascend(s.potentiation, weights, time, steps) for s in (sticky, *starts, *drawn)]
    up, value = max(found, key=lambda pair: pair[1])
    return MarkovSynapse(up, up[::-1, ::-1], weights), value


def _ascend(up, weights, time, steps):
    states = len(weights)
    # A transition of probability zero has no slope in its root and would stay zero.
    roots = np.sqrt(up + 0.02 / states)

    def negative(flat):
        value, gradient = _signal(flat.reshape(states, states), weights, time)
        return -value, -gradient.ravel()

    found = minimize(
        negative, roots.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps}
    )
    squares = found.x.reshape(states, states) ** 2
    return squares / squares.sum(axis=1, keepdims=True), float(-found.fun)


def _signal(roots, weights, time):
    """Signal and its gradient in the roots of the probabilities of potentiation."""
    states, squares = len(weights), roots**2
    sums = squares.sum(axis=1, keepdims=True)
    up = squares / sums
    down = up[::-1, ::-1]
    generator = (up + down) / 2 - np.eye(states)
    inverse = np.linalg.inv(1 / states * np.ones((states, states)) - generator)
    pi = inverse.sum(axis=0) / states  # the row of ones over M, times the inverse
    pi /= pi.sum()
    row = pi @ (up - down) / 2
    # Exponential and its derivative along the product of both vectors in one block.
    block = np.zeros((2 * states, 2 * states))
    block[:states, :states] = block[states:, states:] = generator.T * time
    block[:states, states:] = np.outer(row, weights) * time
    power = expm(block)
    late = power[:states, :states].T @ weights  # e^{Wt} w
    value = row @ late
    of_difference = np.outer(pi, late) / 2
    projector = np.outer(np.ones(states), pi) - generator
    of_equilibrium = np.linalg.solve(projector, (up - down) @ late / 2)
    of_generator = power[:states, states:] + np.outer(pi, of_equilibrium)
    of_up = of_difference + of_generator / 2
    of_down = of_generator / 2 - of_difference
    total = of_up + of_down[::-1, ::-1]
    of_roots = 2 * roots * (total - (total * up).sum(axis=1, keepdims=True)) / sums
    return float(value), of_roots
