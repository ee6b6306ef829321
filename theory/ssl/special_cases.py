r"""Cosine moments in closed form or by one integral: independent of the quadrature they check.

Source: derived here; Carlson's symmetric integrals as in `scipy.special`.
"""

from __future__ import annotations

import numpy as np
from scipy.special import elliprd, expit, gammaln, hyp2f1

from theory import checks
from theory.door import door
from theory.ssl.settings import check_eigenvalues, check_noise


@door(noise="any", modes=">= 1")
def isotropic_mean_cosine(modes: int, noise: tuple[float, float] = (0.0, 0.1)) -> float:
    r"""Return :math:`E[\cos]` where all eigenvalues of representation and predictor are equal.

    :math:`\rho \frac{2}{M} \left[\frac{\Gamma((M+1)/2)}{\Gamma(M/2)}\right]^2
    {}_2F_1(\tfrac12, \tfrac12; \tfrac M2 + 1; \rho^2)` with :math:`\rho = 1/\sqrt{c_1 c_2}`, the
    mean cosine of two Gaussian vectors with correlated components.
    """
    c1, c2 = check_noise(noise)
    rho = 1 / np.sqrt(c1 * c2)
    ratio = np.exp(2 * (gammaln((modes + 1) / 2) - gammaln(modes / 2)))
    return float(rho * 2 / modes * ratio * hyp2f1(0.5, 0.5, modes / 2 + 1, rho**2))


@door(exponent="in (0, 10000]")
def cross_moment_noiseless(eigenvalues: np.ndarray, exponent: float = 1.0) -> np.ndarray:
    r"""Return :math:`E[a_m^2 / (|p||z|)]` for two or three modes and equal views without noise.

    Feynman's formula leaves one integral over u of :math:`E[a_m^2 / \sum_k w_k a_k^2]`,
    :math:`w_k = \gamma_k (u \lambda_k^2 + 1 - u)`, which is :math:`1/(w_m + \sqrt{w_1 w_2})` for
    two modes and :math:`R_D(1/w_i, 1/w_j, 1/w_m) / (3 w_m \sqrt{w_1 w_2 w_3})` for three.

    Parameters
    ----------
    eigenvalues : array_like, shape (2,) or (3,)
        Above 0.
    exponent : float
        Of the predictor.

    Returns
    -------
    ndarray, shape of `eigenvalues`
    """
    gamma = check_eigenvalues(eigenvalues, "eigenvalues")
    if len(gamma) not in (2, 3) or gamma.min() == 0:
        raise ValueError("eigenvalues must be two or three numbers above 0")
    predictor = gamma ** checks.positive("exponent", exponent)

    def inner(c, s, m):
        w = gamma[:, None] * (s * predictor[:, None] ** 2 + c)  # u = s, which is sin^2 of the angle
        if len(w) == 2:
            return 1 / (w[m] + np.sqrt(w[0] * w[1]))
        i, j = (k for k in range(3) if k != m)
        return elliprd(1 / w[i], 1 / w[j], 1 / w[m]) / (3 * w[m] * np.sqrt(np.prod(w, axis=0)))

    reach = np.abs(np.log(predictor)).max()
    return np.array(
        [_mean_over_angle(lambda c, s, m=m: inner(c, s, m), reach) for m in range(len(gamma))]
    )


@door(exponent="in (0, 10000]")
def two_mode_rate(eigenvalues: np.ndarray, exponent: float = 1.0) -> np.ndarray:
    r"""Return the cosine rates :math:`r_m` of two modes without noise, by one integral.

    Theorem 2 averaged over the angle of a Gaussian pair:
    :math:`r_1 = \lambda_1\lambda_2(\lambda_2-\lambda_1)\gamma_2 \frac2\pi \int_0^{\pi/2}
    \frac{\cos^2\theta \sin^2\theta\, d\theta}{(\lambda_1^2\gamma_1 \cos^2\theta +
    \lambda_2^2\gamma_2\sin^2\theta)^{3/2} (\gamma_1\cos^2\theta + \gamma_2\sin^2\theta)^{1/2}}`,
    and :math:`r_2` with the indices exchanged.
    """
    gamma = check_eigenvalues(eigenvalues, "eigenvalues")
    if len(gamma) != 2 or gamma.min() == 0:
        raise ValueError("eigenvalues must be two numbers above 0")
    first, second = gamma ** checks.positive("exponent", exponent)

    ratio = np.sqrt(gamma[1] / gamma[0]) * second / first

    def integrand(c, s):
        return c * s / ((c + ratio**2 * s) ** 1.5 * np.sqrt(gamma[0] * c + gamma[1] * s))

    reach = abs(np.log(ratio)) + abs(np.log(gamma[1] / gamma[0]))
    shared = _mean_over_angle(integrand, reach) * second / (first**2 * gamma[0] ** 1.5)
    return shared * np.array([(second - first) * gamma[1], (first - second) * gamma[0]])


def _mean_over_angle(function, reach):
    r"""Mean over :math:`\theta \in [0, \pi/2]` of a function of :math:`\cos^2\theta, \sin^2\theta`.

    With :math:`\tan\theta = e^y` all scales of the function are alike, and the singularities of
    the integrands here have imaginary parts of at least :math:`\pi/2`: the trapezoidal rule with
    step h errs by about :math:`e^{-\pi^2/h}`, and beyond :math:`\pm(40 + \text{reach})` less
    than :math:`e^{-40}` is left, where `reach` is the logarithm of the largest ratio of scales.
    """
    step = 0.2
    y = np.arange(-40 - reach, 40 + reach + step, step)
    c, s = expit(-2 * y), expit(2 * y)
    return 2 / np.pi * step * np.sum(function(c, s) * np.sqrt(c * s))


@door(modes=">= 2", level="> 0", exponent="> 0")
def isotropy_rate(modes: int, level: float = 1.0, exponent: float = 1.0) -> float:
    r"""Return the decay rate of small relative deviations from equal eigenvalues, cosine loss.

    :math:`2\alpha / ((M + 2) \bar\gamma)` for the standard loss without noise; over
    :math:`\bar\gamma^\alpha` for the isotropic one.
    """
    return 2 * exponent / ((modes + 2) * level)
