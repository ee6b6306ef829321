r"""Mean relative growth rates of the singular values of a linear Siamese network.

With Gaussian inputs the mean update of :math:`W = U \operatorname{diag}(s) V^\top` moves the
singular values alone, :math:`\dot s_m = \eta\, s_m\, r_m`; with eigenvalues
:math:`\gamma_m = s_m^2` of :math:`W W^\top`, predictor eigenvalues :math:`\lambda_m`, by default
:math:`\gamma_m^\alpha`, and second moments :math:`c_i = 1 + \sigma_i^2`:

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
C (`cross_aligned`) of `CosineMoments`; the differences :math:`X - \lambda Y` and
:math:`\lambda X - Z` are taken inside the integral (`theory.ssl.cosine_push`), so that the
tolerance is that of the rates. Weight decay subtracts :math:`\rho`.

Features may have variances :math:`\varphi_m` and noises of their own where the singular vectors of
W on the side of the inputs are the features. In units of the features' standard deviations the
noise is :math:`\sigma_m / \sqrt{\varphi_m}`, the eigenvalues are those of the covariance of the
clean representation, :math:`\gamma_m = \varphi_m s_m^2`, and a feature learns
:math:`\varphi_m` times as fast.

Source: Halvagal, Laborieux, Zenke 2023, Theorems 1 and 2, averaged exactly here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from theory import checks
from theory.door import door
from theory.ssl.cosine_push import push_unchecked
from theory.ssl.gaussian_moments import TOLERANCE, moments_unchecked
from theory.ssl.predictors import checked_predictor
from theory.ssl.settings import (
    check_eigenvalues,
    check_input_variance,
    check_noise,
    check_setting,
)

RELEASED = "no_stop_gradient_released"
ALONE = 1e-40  # of the largest eigenvalue: with all others below, one mode is left
# Without stop-gradient the rate of the last small mode of two grows without bound: as
# 1/sqrt(gamma) without noise, so that it dies in finite time, as log(1/gamma) with noise.
DEAD = 1e-20
FLOOR = 1e-100  # of the largest scale, in the place of a scale that is 0
MOST_MODES = 100_000


@door(noise="any", tolerance="in [1e-14, 0.01]")
def relative_rate(
    eigenvalues: np.ndarray,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
    input_variance: float | np.ndarray = 1.0,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    r"""Return :math:`r_m = \dot s_m / (\eta s_m)`, half the relative rate of the eigenvalues.

    Parameters
    ----------
    eigenvalues : array_like, shape (modes,)
        :math:`\gamma_m \ge 0`, eigenvalues of :math:`W W^\top`, not all 0, at most 1e100.
    loss : {"euclidean", "cosine"}
    variant : {"standard", "isotropic", "no_stop_gradient", "no_stop_gradient_released", \
"no_predictor"}
        "no_stop_gradient_released" is the released code's rule, which for the cosine loss is not
        the gradient: its target branch carries the online branch's denominators.
    exponent : float
        :math:`\alpha > 0`; 1/2 is DirectPred, 1 is DirectCopy, both without division and offset.
    predictor : optional
        Anything that `theory.ssl.predictors` accepts, instead of the power `exponent`.
    noise : (float or array_like, float or array_like)
        :math:`\sigma_1, \sigma_2 \ge 0`, noise of the online and of the target view: one number,
        or one a mode.
    weight_decay : float
        :math:`\rho \ge 0`.
    input_variance : float or array_like, shape (modes,)
        :math:`\varphi_m > 0`, variances of the features; the eigenvalues are then those of the
        covariance of the clean representation.
    tolerance : float
        Relative error of the cosine rates.

    Returns
    -------
    ndarray, shape (modes,)

    Raises
    ------
    ValueError
        For values outside these ranges, and for the released cosine rule with a single living mode,
        whose mean does not exist.

    Notes
    -----
    Under the cosine loss a mode whose :math:`\lambda^2 \gamma` is below 1e-120 of the largest is
    integrated as far as that only, and beside others below 1e-40 the largest one is alone.

    Examples
    --------
    >>> relative_rate([0.25], exponent=0.5, noise=(0, 0))
    array([0.25])
    >>> relative_rate([0.25, 4.0], predictor=lambda g: g / (1 + g), noise=(0, 0))
    array([0.16, 0.16])
    """
    eigenvalues = check_eigenvalues(eigenvalues, "eigenvalues")
    rate = rate_function(
        eigenvalues, loss, variant, exponent, predictor, noise, weight_decay, input_variance,
        tolerance,
    )  # fmt: skip
    return rate(eigenvalues)


def rate_function(
    start, loss, variant, exponent, predictor, noise, weight_decay, input_variance, tolerance
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function eigenvalues -> relative rates after one check of the setting."""
    check_setting(loss, variant)
    checks.positive("exponent", exponent)
    c1, c2 = check_noise(noise, len(start))
    rho = checks.nonnegative("weight_decay", weight_decay)
    speed = check_input_variance(input_variance, len(start))
    rule = checked_predictor(predictor, exponent, start)
    c1, c2 = 1 + (c1 - 1) / speed, 1 + (c2 - 1) / speed  # in units of the features
    if loss == "euclidean":
        euclidean = {
            "standard": lambda p: p * (1 - c1 * p),
            "isotropic": lambda p: 1 - c1 * p,
            "no_stop_gradient": lambda p: 2 * p - c1 * p**2 - c2,
            RELEASED: lambda p: 2 * p - c1 * p**2 - c2,
            "no_predictor": lambda p: np.full_like(p, 1.0) - c1,
        }[variant]
        return lambda gamma: speed * euclidean(rule(gamma)) - rho
    if len(start) > MOST_MODES:
        raise ValueError(
            f"the cosine loss couples all modes: {len(start)} of them would take hours; it takes "
            f"up to {MOST_MODES}. The Euclidean loss takes any number, mode by mode"
        )
    if variant == RELEASED:
        return _released_rate(rule, c1, c2, rho, speed, tolerance)

    def rate(gamma):
        gone = DEAD if variant == "no_stop_gradient" else ALONE
        alive = gamma > gone * gamma.max()
        if np.count_nonzero(alive) == 1:
            return np.full_like(gamma, -rho)  # the cosine of two numbers is a sign
        scale = np.sqrt(gamma)
        scale = np.maximum(scale, FLOOR * scale.max())
        p = np.ones_like(gamma) if variant == "no_predictor" else rule(gamma)
        ahead = p * scale
        if ahead.max() == 0:
            return np.full_like(gamma, -rho)  # no prediction, no direction
        both = variant == "no_stop_gradient"
        online, held = push_unchecked(ahead, scale, (c1, c2), tolerance, both)
        if variant in ("standard", "no_stop_gradient"):
            online = p * online
        return speed * (online + held if both else online) / scale - rho

    return rate


def _released_rate(rule, c1, c2, rho, speed, tolerance):
    """The released rule without stop-gradient, whose target branch is not orthogonal to z."""
    if np.ndim(c1) or np.ndim(c2) or np.ndim(speed):
        raise ValueError(
            "noise and input_variance must be one number for all modes with variant "
            f"'{RELEASED}' and the cosine loss; 'no_stop_gradient' takes one a mode"
        )

    def rate(gamma):
        if np.count_nonzero(gamma > DEAD * gamma.max()) == 1:
            raise ValueError(
                f"variant '{RELEASED}' has no mean with a single living mode and the cosine loss: "
                "1/|z| has infinite expectation"
            )
        scale, p = np.sqrt(gamma), rule(gamma)
        m = moments_unchecked(p * scale, scale, (c1, c2), tolerance, True)
        change = p * (m.cross + m.online - p * m.online_aligned) - m.cross_aligned
        return speed * change - rho

    return rate
