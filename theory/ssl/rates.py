r"""Mean relative growth rates of the singular values of a linear Siamese network.

With Gaussian inputs the mean update of :math:`W = U \operatorname{diag}(s) V^\top` moves the
singular values alone, :math:`\dot s_m = \eta\, s_m\, r_m`; with eigenvalues
:math:`\gamma_m = s_m^2` of :math:`W W^\top`, predictor eigenvalues
:math:`\lambda_m = \gamma_m^\alpha` and second moments :math:`c_i = 1 + \sigma_i^2`:

====================== ========================================= ===============================
variant                Euclidean                                 cosine
====================== ========================================= ===============================
standard               :math:`\lambda(1 - c_1\lambda)`           :math:`\lambda (X - \lambda Y)`
isotropic              :math:`1 - c_1\lambda`                    :math:`X - \lambda Y`
no stop-gradient       :math:`2\lambda - c_1\lambda^2 - c_2`     :math:`\lambda(2X-\lambda Y)-Z`
the same, as released  the same                                  :math:`\lambda(X+O-\lambda Y)-C`
no predictor           :math:`1 - c_1`                           :math:`X - Y`
                                                                 for :math:`\lambda = 1`
====================== ========================================= ===============================

with the moments X (`cross`), Y (`online_aligned`), Z (`target_aligned`), O (`online`) and
C (`cross_aligned`) of `CosineMoments`. Weight decay subtracts :math:`\rho`.

Source: Halvagal, Laborieux, Zenke 2023, Theorems 1 and 2, averaged exactly here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from theory import checks
from theory.ssl.gaussian_moments import TOLERANCE, moments_unchecked
from theory.ssl.settings import check_eigenvalues, check_noise, check_setting

RELEASED = "no_stop_gradient_released"
COLLAPSED = 1e-20  # of the largest eigenvalue: such modes are dead, not slow


def relative_rate(
    eigenvalues: np.ndarray,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    noise: tuple[float, float] = (0.0, 0.1),
    weight_decay: float = 0.0,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    r"""Return :math:`r_m = \dot s_m / (\eta s_m)`, half the relative rate of the eigenvalues.

    Parameters
    ----------
    eigenvalues : array_like, shape (modes,)
        :math:`\gamma_m \ge 0`, eigenvalues of :math:`W W^\top`, not all 0.
    loss : {"euclidean", "cosine"}
    variant : {"standard", "isotropic", "no_stop_gradient", "no_stop_gradient_released", \
"no_predictor"}
        "no_stop_gradient_released" is the released code's rule, which for the cosine loss is not
        the gradient: its target branch carries the online branch's denominators.
    exponent : float
        :math:`\alpha > 0`; 1/2 is DirectPred, 1 is DirectCopy.
    noise : (float, float)
        :math:`\sigma_1, \sigma_2 \ge 0`, noise of the online and of the target view.
    weight_decay : float
        :math:`\rho \ge 0`.
    tolerance : float
        Relative error of the cosine moments.

    Returns
    -------
    ndarray, shape (modes,)

    Raises
    ------
    ValueError
        For values outside these ranges, and for the released cosine rule with a single living mode,
        whose mean does not exist.
    """
    eigenvalues = check_eigenvalues(eigenvalues, "eigenvalues")
    tolerance = checks.in_range("tolerance", tolerance, 1e-14, 1e-2)
    rate = rate_function(loss, variant, exponent, noise, weight_decay, tolerance)
    return rate(eigenvalues)


def rate_function(
    loss, variant, exponent, noise, weight_decay, tolerance
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function eigenvalues -> relative rates after one check of the setting."""
    check_setting(loss, variant)
    alpha = checks.positive("exponent", exponent)
    c1, c2 = check_noise(noise)
    rho = checks.nonnegative("weight_decay", weight_decay)
    if loss == "euclidean":
        euclidean = {
            "standard": lambda p: p * (1 - c1 * p),
            "isotropic": lambda p: 1 - c1 * p,
            "no_stop_gradient": lambda p: 2 * p - c1 * p**2 - c2,
            RELEASED: lambda p: 2 * p - c1 * p**2 - c2,
            "no_predictor": lambda p: np.full_like(p, 1 - c1),
        }[variant]
        return lambda gamma: euclidean(gamma**alpha) - rho

    def cosine(gamma):
        if np.count_nonzero(gamma > COLLAPSED * gamma.max()) == 1:
            if variant == RELEASED:
                raise ValueError(
                    "variant 'no_stop_gradient_released' has no mean with a single living mode and "
                    "the cosine loss: 1/|z| has infinite expectation"
                )
            return np.full_like(gamma, -rho)  # the cosine of two numbers is a sign
        scale = np.sqrt(gamma)
        p = np.ones_like(gamma) if variant == "no_predictor" else gamma**alpha
        both = variant in ("no_stop_gradient", RELEASED)
        m = moments_unchecked(p * scale, scale, (c1, c2), tolerance, both)
        if variant == "standard":
            return p * (m.cross - p * m.online_aligned) - rho
        if variant == "no_stop_gradient":
            return p * (2 * m.cross - p * m.online_aligned) - m.target_aligned - rho
        if variant == RELEASED:
            return p * (m.cross + m.online - p * m.online_aligned) - m.cross_aligned - rho
        return m.cross - p * m.online_aligned - rho

    return cosine
