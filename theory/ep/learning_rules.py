r"""Learning rules: gradient estimates of an ensemble from its free and nudged states.

Signs are those of the gradient. The published forms: nudged phases start from the free state;
BPTT goes through the last steps of the free phase only.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import find_activation
from theory.ep.ensemble import Ensemble
from theory.ep.estimators import Stencil

SYMMETRIC_RULES = ("one-sided", "negative", "random sign", "symmetric", "BPTT")
ASYMMETRIC_RULES = ("different updates", "equal updates")
RULES = SYMMETRIC_RULES + ASYMMETRIC_RULES


@door(
    inputs="array",
    targets="array",
    nudging_strength="number",
    steps="list",
    mask="mask",
)
def gradient_estimate(
    ensemble: Ensemble, rule: str | Stencil, inputs, targets, *, nudging_strength, steps, rng,
    mask=None,
) -> list[np.ndarray]:  # fmt: skip
    """Return the estimate that a rule makes on one mini-batch, in the order of `parameters`.

    Parameters
    ----------
    ensemble : Ensemble
    rule : str or Stencil
        One of `RULES`. "different updates" is the vector-field rule and "equal updates" that of
        Kolen and Pollack, for distinct backward weights. A stencil of real nodes gives its own
        estimate, at its own nudges; for symmetric weights.
    inputs, targets : ndarray, shapes (runs, batch, inputs), (runs, batch, outputs)
    nudging_strength : float
    steps : tuple of int
        Of the free and of each nudged phase.
    rng : Generator or int
        Draws the random signs, one a run.
    mask : ndarray, optional
        Dropout of the last layer, as in `Ensemble.relax`.

    Notes
    -----
    The gradient of a soft read-out is taken at the nudged states: at one of them its bias is of
    the order of the nudge, at a pair of opposite ones of its square.
    """
    free_steps, nudged_steps = steps
    rng = checks.as_rng(rng)
    if not isinstance(rule, Stencil):
        checks.one_of("rule", rule, RULES)
    if (rule in ASYMMETRIC_RULES) != bool(ensemble.backward) and rule != "BPTT":
        kind = "" if rule in ASYMMETRIC_RULES else "out"
        raise ValueError(f"rule: {rule!r} is for networks with{kind} backward weights")
    ensemble.check_batch(inputs, targets)
    if rule == "BPTT":
        return _bptt(ensemble, inputs, targets, free_steps, nudged_steps, mask)
    free = ensemble.relax(inputs, free_steps, mask=mask)
    if isinstance(rule, Stencil):
        return _by_stencil(ensemble, rule, inputs, targets, free, nudged_steps, mask)
    signs = np.ones((len(inputs), 1, 1), ensemble.weights[0].dtype)
    if rule == "negative":
        signs = -signs
    elif rule == "random sign":
        signs = rng.choice(np.array([-1, 1], signs.dtype), signs.shape)
    nudge = signs * signs.dtype.type(nudging_strength)

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
    readout = [np.mean(parts, axis=0) for parts in zip(*at_nudged, strict=True)]
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


def _by_stencil(ensemble, stencil, inputs, targets, free, steps, mask):
    """The estimate of a real stencil; a read-out takes the combination that is 1 at nudge 0."""
    kind = ensemble.weights[0].dtype.type
    total, readout = None, None
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        if np.imag(node) != 0:
            raise ValueError("rule: a stencil with complex nodes is not for real networks")
        states = free
        if node != 0:
            nudge = np.full((len(inputs), 1, 1), np.real(node), kind)
            states = ensemble.relax(
                inputs, steps, states=free, targets=targets, nudge=nudge, mask=mask
            )
        part = [kind(-weight) * p for p in ensemble.products(states, inputs)]
        total = part if total is None else [t + p for t, p in zip(total, part, strict=True)]
        # With sum w = 0 and sum w b = 1 the weights w b of the read-out's gradient sum to 1.
        part = [kind(weight * node) * g for g in ensemble.readout_gradient(states, targets)]
        readout = part if readout is None else [r + p for r, p in zip(readout, part, strict=True)]
    return total + readout


def _bptt(ensemble, inputs, targets, steps, last, mask):
    """Gradient of the loss through the last steps of a relaxation."""
    final, path = ensemble.relax(inputs, steps, keep=last, mask=mask)
    sigma = find_activation(ensemble.activation)
    errors = [np.zeros_like(layer) for layer in final]
    errors[-1] = ensemble.loss_gradient(final, targets)
    total, after = None, final
    for before in reversed(path):
        if sigma.told_by_value:
            slopes = [sigma.slope_at(layer) for layer in after]
            if mask is not None:
                whole = np.divide(after[-1], mask, out=np.zeros_like(after[-1]), where=mask > 0)
                slopes[-1] = sigma.slope_at(whole)
        else:
            slopes = [sigma.derivative(u) for u in ensemble.preactivations(before, inputs)]
        if mask is not None:
            slopes[-1] = slopes[-1] * mask
        deltas = [e * slope for e, slope in zip(errors, slopes, strict=True)]
        part = ensemble.error_gradient(before, deltas, inputs)
        total = part if total is None else [t + p for t, p in zip(total, part, strict=True)]
        errors, after = ensemble.errors_one_step_back(deltas), before
    return total + ensemble.readout_gradient(final, targets)
