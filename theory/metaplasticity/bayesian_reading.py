r"""Metaplasticity read as Bayesian inference of a binary weight.

A belief about a binary weight has one number, its log odds, :math:`2mW`; its mean is
:math:`\tanh(mW)` and its variance :math:`\operatorname{sech}^2(mW)`: the published factor is the
uncertainty of the binary weight. Two rules follow from this reading.

* Bayes' rule adds evidence to the log odds: the plain update of the hidden weight, m = 0.
* Descent on the expected loss multiplies every update by the variance, inward and outward alike
  (`symmetric_update`). In the coordinate :math:`G(W) = \int dW/f` it is the plain update again, so
  that signs, forgetting and retention are those of m = 0, up to finite steps.

The published rule takes outward updates from the first and inward ones from the second. Only this
asymmetry protects; and no rule that treats evidence as exchangeable has it, because evidence of
equal size for and against then leaves a trace (`leftover`).

Source: derived here, `derivations.bayesian_reading`; that a synapse should learn by its uncertainty
is the principle of Bonnet et al. 2025 (MESU) for Gaussian weights, the natural parameter of a
binary weight is from Meng, Bachmann and Khan 2020.
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.metaplasticity.modulation import factor_of, modulated_update, nonnegative_array


@door
def belief_mean(hidden: np.ndarray, metaplasticity: float | np.ndarray) -> np.ndarray:
    r"""Return the mean of the binary weight, :math:`\tanh(mW)`, for the log odds :math:`2mW`."""
    metaplasticity = nonnegative_array("metaplasticity", metaplasticity)
    return np.tanh(metaplasticity * np.asarray(hidden, float))


@door
def symmetric_update(hidden: np.ndarray, update: np.ndarray, metaplasticity) -> np.ndarray:
    r"""Return the update multiplied by the factor in both directions.

    Up to the constant m this is descent of the expected loss in the hidden weight:
    :math:`\partial_W E L = m f(W)\,[L(+1) - L(-1)]/2`. Arguments as `modulated_update`.
    """
    return update * factor_of(metaplasticity)(hidden)


@door
def leftover(hidden: np.ndarray, step: np.ndarray, metaplasticity) -> np.ndarray:
    r"""Return what evidence for a sign and then as much against it leaves, outward.

    :math:`\Delta\{1 - f(W + \Delta)\}` under the published rule: 0 for Bayes' rule, whose answer
    does not depend on the order of the evidence. It is what the ratchet adds up.

    Parameters
    ----------
    hidden : array_like
        :math:`W \ge 0`.
    step : array_like
        :math:`\Delta \ge 0`, outward first, then inward.
    metaplasticity : float, array_like, law or callable
    """
    hidden = np.asarray(nonnegative_array("hidden", hidden), float)
    step = np.asarray(nonnegative_array("step", step), float)
    outward = hidden + modulated_update(hidden, step, metaplasticity)
    return outward + modulated_update(outward, -step, metaplasticity) - hidden
