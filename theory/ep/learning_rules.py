r"""Learning rules: gradient estimates of an ensemble from its free and nudged states.

Signs are those of the gradient. The published forms: nudged phases start from the free state;
BPTT goes through the last steps of the free phase only.
"""

from __future__ import annotations

import numpy as np

from theory.ep.activations import find_activation
from theory.ep.ensemble import Ensemble

SYMMETRIC_RULES = ("one-sided", "negative", "random sign", "symmetric", "BPTT")
ASYMMETRIC_RULES = ("different updates", "equal updates")
RULES = SYMMETRIC_RULES + ASYMMETRIC_RULES


def gradient_estimate(
    ensemble: Ensemble, rule: str, inputs, targets, *, nudging_strength, steps, rng, mask=None
) -> list[np.ndarray]:
    """Return the estimate that a rule makes on one mini-batch, in the order of `parameters`.

    Parameters
    ----------
    ensemble : Ensemble
    rule : str
        One of `RULES`. "different updates" is the vector-field rule and "equal updates" that of
        Kolen and Pollack, for distinct backward weights.
    inputs, targets : ndarray, shapes (runs, batch, inputs), (runs, batch, outputs)
    nudging_strength : float
    steps : tuple of int
        Of the free and of each nudged phase.
    rng : Generator
        Draws the random signs, one a run.
    mask : ndarray, optional
        Dropout of the last layer, as in `Ensemble.relax`; not with BPTT.

    Notes
    -----
    The gradient of a soft read-out is taken at the nudged states: at one of them its bias is of
    the order of the nudge, at a pair of opposite ones of its square.
    """
    free_steps, nudged_steps = steps
    if rule == "BPTT":
        if mask is not None:
            raise ValueError("mask: BPTT is written for networks without dropout")
        return _bptt(ensemble, inputs, targets, free_steps, nudged_steps)
    free = ensemble.relax(inputs, free_steps, mask=mask)
    signs = np.ones((len(inputs), 1, 1), np.float32)
    if rule == "negative":
        signs = -signs
    elif rule == "random sign":
        signs = rng.choice(np.array([-1, 1], np.float32), signs.shape)
    nudge = signs * np.float32(nudging_strength)

    def nudged(strength):
        return ensemble.relax(
            inputs, nudged_steps, states=free, targets=targets, nudge=strength, mask=mask
        )

    first, second = nudged(nudge), free
    distance, visited = nudge, [first]
    if rule in ("symmetric", *ASYMMETRIC_RULES):
        second, distance = nudged(-nudge), 2 * nudge
        visited.append(second)
    at_nudged = [ensemble.readout_gradient(states, targets) for states in visited]
    readout = [sum(parts) / len(parts) for parts in zip(*at_nudged, strict=True)]
    if rule == "different updates":
        change = [(b - a) / distance for a, b in zip(first, second, strict=True)]
        return ensemble.error_gradient(free, change, inputs) + readout
    here, there = ensemble.products(first, inputs), ensemble.products(second, inputs)
    scale = distance[:, :, 0]
    estimate = [
        (b - a) / (distance if a.ndim == 3 else scale) for a, b in zip(here, there, strict=True)
    ]
    if rule == "equal updates":
        estimate += estimate[1 : len(ensemble.weights)]  # the backward weights get the same
    return estimate + readout


def _bptt(ensemble, inputs, targets, steps, last):
    """Gradient of the loss through the last steps of a relaxation."""
    final, path = ensemble.relax(inputs, steps, keep=last)
    a, b, c = find_activation(ensemble.activation).riccati
    errors = [np.zeros_like(layer) for layer in final]
    errors[-1] = ensemble.loss_gradient(final, targets)
    total, after = None, final
    for before in reversed(path):
        deltas = [e * (a + b * s + c * s * s) for e, s in zip(errors, after, strict=True)]
        part = ensemble.error_gradient(before, deltas, inputs)
        total = part if total is None else [t + p for t, p in zip(total, part, strict=True)]
        errors, after = ensemble.errors_one_step_back(deltas), before
    return total + ensemble.readout_gradient(final, targets)
