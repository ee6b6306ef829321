r"""Which feature a linear encoder learns first: by self-distillation, and by reconstruction.

A feature has the covariance :math:`\varphi` between two views and the regression coefficient
:math:`\beta = \varphi / (\varphi + \sigma_1^2)` of one view on the other: small for noisy
features. An encoder of L equal layers sends it on with :math:`w^L`, a learned linear predictor or
decoder with :math:`v`. From balanced small weights, :math:`v = w`,

* self-distillation (the other view's representation held fixed):
  :math:`\dot w = \varphi\, w^{2L} (1 - w / \beta)`;
* reconstruction of the other view: :math:`\dot w = \varphi\, w^L (1 - w^{L+1} / \beta)`.

Reconstruction leaves the start at a pace that :math:`\beta` does not enter: features are learned in
the order of covariance. Self-distillation waits by
:math:`1 / (\varphi \beta^{2L-1}) \sum_n (\beta / w_0)^n / n`: noisy features later, the more so the
deeper the encoder.

Source: Littwin et al. 2024 (arXiv 2407.03475) for the two flows; the times are derived here
(`theory.ssl.derivations.explicit`).
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from theory import checks
from theory.door import door

OBJECTIVES = ("self-distillation", "reconstruction")


@door(start="> 0", depth=">= 1", fraction="in (0, 1)")
def feature_times(
    covariance: np.ndarray,
    regression: np.ndarray,
    start: float,
    *,
    objective: str = "self-distillation",
    depth: int = 1,
    fraction: float = 0.5,
) -> np.ndarray:
    r"""Return the time at which w has come to a fraction of where it ends.

    Parameters
    ----------
    covariance : array_like
        :math:`\varphi > 0`.
    regression : array_like, broadcasting with `covariance`
        :math:`0 < \beta \le 1`.
    start : float
        :math:`w_0 > 0`, the same for all layers, below every fraction of the end, which is
        :math:`\beta` by self-distillation and :math:`\beta^{1/(L+1)}` by reconstruction.
    objective : {"self-distillation", "reconstruction"}
    depth : int
        L, layers of the encoder, 1 or more.
    fraction : float
        In (0, 1).

    Returns
    -------
    ndarray
        In units of the learning rate times iterations; relative error below 1e-8.
    """
    phi = np.asarray(covariance, float)
    beta = np.asarray(regression, float)
    if np.any(phi <= 0):
        raise ValueError(f"covariance must be above 0, but the smallest is {phi.min():g}")
    if np.any(beta <= 0) or np.any(beta > 1):
        raise ValueError("regression must be in (0, 1], a covariance over a second moment")
    layers = depth
    checks.one_of("objective", objective, OBJECTIVES)
    phi, beta = np.broadcast_arrays(phi, beta)
    if objective == "self-distillation":
        power, top, end = 2 * layers, 1, beta
    else:
        power, top, end = layers, layers + 1, beta ** (1 / (layers + 1))
    first = start / end
    if np.any(first >= fraction):
        raise ValueError(
            f"start must be below {fraction:g} of where w ends, at most "
            f"{fraction * end.min():.3g}, not {start:g}"
        )
    if top == 1:
        waiting = _partial_fractions(fraction, power) - _partial_fractions(first, power)
    else:
        waiting = np.vectorize(lambda u: _integral(u, fraction, power, top))(first)
    return (waiting / (phi * end ** (power - 1)))[()]


def _partial_fractions(u, power):
    """Antiderivative of 1 / (u^power (1 - u))."""
    return np.log(u / (1 - u)) - sum(u**-n / n for n in range(1, power))


def _integral(first, last, power, top):
    """Integral of du / (u^power (1 - u^top)), on a logarithmic axis."""

    def integrand(y):
        return np.exp((1 - power) * y) / -np.expm1(top * y)

    return quad(integrand, np.log(first), np.log(last), epsabs=0, epsrel=1e-10, limit=200)[0]
