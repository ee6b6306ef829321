r"""High-dimensional mean field of the quadratic binary task with a random Hessian.

As the dimension grows, the mean binary weights and the multipliers of a task with independent
optima :math:`W^*_i` and a rotationally invariant Hessian are distributed like

.. math::
    x = W^* + \tau Z, \qquad \bar s = \operatorname{clip}(x, -1, 1), \qquad
    v = \hat E\,(x - \bar s), \qquad Z \sim N(0, 1),

with the free fraction :math:`f = P(|x| < 1)` and the mean squared error
:math:`Q = E(\bar s - W^*)^2`. The effective curvature and the noise follow from the spectrum
through a ridge :math:`\zeta` whose degrees of freedom are the free weights:

.. math::
    \langle \lambda / (\lambda + \zeta) \rangle = f, \qquad
    \chi = \langle 1 / (\lambda + \zeta) \rangle, \qquad
    \hat E = f / \chi = R(-\chi), \qquad
    \tau^2 = Q\, R'(-\chi) / \hat E^2,

R being the R-transform of the spectrum. For Gaussian designs, :math:`R(z) = 1/(1 - z/\delta)`, this
reads :math:`\hat E = 1 - f/\delta` and :math:`\tau^2 = Q/\delta`.

What is rigorous: for Gaussian designs the law of the minimiser is a theorem (convex Gaussian
min-max theorem, Thrampoulidis, Abbasi and Hassibi 2018; state evolution of approximate message
passing, Bayati and Montanari 2011, together with the strong convexity at :math:`\delta > 1`, which
also gives the multipliers). For rotationally invariant designs it is the replica formula, proved
for strongly convex penalised regression by Gerbelot, Abbara and Krzakala 2020; here it is used for
a box and tested by simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from theory import checks
from theory.door import door
from theory.metaplasticity.optimum_laws import OptimumLaw, normal_density
from theory.metaplasticity.spectra import GaussianSpectrum, noise_gain
from theory.numerics import NotConverged


@dataclass(frozen=True, eq=False)
class RandomHessianMeanField:
    r"""Typical-case mean field of a random quadratic binary task.

    Attributes
    ----------
    noise : float
        :math:`\tau \ge 0`, the disorder that the other synapses make at one synapse, in units of
        binary weights; 0 where the optimum is inside the box.
    effective_curvature : float
        :math:`\hat E`, in units of the Hessian.
    free_fraction : float
        :math:`f`; 1 where tau is 0, boundary cases :math:`|W^*| = 1` included.
    squared_error : float
        :math:`Q = E(\bar s - W^*)^2`.
    mean_curvature : float
        :math:`\langle\lambda\rangle`, the limit of every :math:`H_{ii}`.
    law : UniformOptimum, NormalOptimum or DiscreteOptimum
        The law of the optimum.
    """

    noise: float
    effective_curvature: float
    free_fraction: float
    squared_error: float
    mean_curvature: float
    law: OptimumLaw

    @property
    def consolidated_fraction(self) -> float:
        """Fraction of hidden weights that grow without bound."""
        return 1 - self.free_fraction

    @property
    def loss(self) -> float:
        r"""Loss of the mean binary weights per synapse,
        :math:`\tfrac12 \hat E (Q - \tau^2 f)`."""
        return (
            0.5
            * self.effective_curvature
            * (self.squared_error - self.noise**2 * self.free_fraction)
        )

    @property
    def time_averaged_loss(self) -> float:
        r"""Loss per synapse averaged over time: fluctuating free weights add
        :math:`\tfrac12 \langle\lambda\rangle E(1 - \bar s^2)` (independent fluctuations)."""
        return self.loss + 0.5 * self.mean_curvature * self.free_variance

    @cached_property
    def free_variance(self) -> float:
        r""":math:`E(1 - \bar s^2)`, the mean variance of the binary weights in time."""
        values, probabilities = self.law.nodes()
        if self.noise == 0:
            return float(probabilities @ (1 - np.clip(values, -1, 1) ** 2))
        low, high = (-1 - values) / self.noise, (1 - values) / self.noise
        inside = ndtr(high) - ndtr(low)
        first = normal_density(low) - normal_density(high)
        second = inside - high * normal_density(high) + low * normal_density(low)
        square = values**2 * inside + 2 * values * self.noise * first + self.noise**2 * second
        return float(probabilities @ (inside - square))

    def multiplier_survival(self, size: np.ndarray) -> np.ndarray:
        r"""Return :math:`P(|v| > \text{size})`, size >= 0; at 0 the consolidated fraction."""
        size = checks.finite_array("size", size)
        if np.any(size < 0):
            raise ValueError(f"size must be 0 or above, not {size.min():g}")
        if self.noise == 0:
            return np.zeros_like(size)
        edge = 1 + size / self.effective_curvature
        upper = 1 - self.law.blurred_cdf(edge, self.noise)
        return upper + self.law.blurred_cdf(-edge, self.noise)

    def multiplier_density(self, size: np.ndarray) -> np.ndarray:
        """Return the density of |v| at size > 0; its integral is the consolidated fraction.

        The velocity of a hidden weight is the learning rate times its multiplier.
        """
        size = checks.finite_array("size", size)
        if self.noise == 0:
            return np.zeros_like(size)
        edge = 1 + size / self.effective_curvature
        both = self.law.blurred_density(edge, self.noise)
        both = both + self.law.blurred_density(-edge, self.noise)
        return np.where(size >= 0, both / self.effective_curvature, 0.0)[()]

    @cached_property
    def relabelled_fraction(self) -> float:
        r"""Fraction of synapses for which consolidation is not what :math:`|W^*_i| > 1` says.

        A diagonal Hessian consolidates exactly the synapses whose optimum is outside the box; the
        coupling exchanges some of them.
        """
        if self.noise == 0:
            return 0.0
        values, probabilities = self.law.nodes()
        low, high = (-1 - values) / self.noise, (1 - values) / self.noise
        free = ndtr(high) - ndtr(low)
        return float(probabilities @ np.where(np.abs(values) > 1, free, 1 - free))

    @door
    def flip_cost_density(self, cost: np.ndarray) -> np.ndarray:
        r"""Return the density of the time-averaged flip cost of the consolidated weights,
        :math:`2\langle\lambda\rangle + 2|v|`, at any cost; its integral is their fraction."""
        size = np.asarray(cost, float) / 2 - self.mean_curvature
        return np.where(size > 0, self.multiplier_density(np.maximum(size, 0.0)) / 2, 0.0)

    @door
    def mean_density(self, mean: np.ndarray) -> np.ndarray:
        """Return the density of the mean binary weights inside (-1, 1), integral free_fraction.

        For a noise above 0; without noise it is the density of the law itself.
        """
        inside = np.abs(mean) <= 1
        return np.where(inside, self.law.blurred_density(mean, self.noise), 0.0)[()]


@door
def random_hessian_mean_field(aspect_ratio: float, optimum_law) -> RandomHessianMeanField:
    r"""Solve the mean field for :math:`H = A^\top A` with Gaussian A of n x d, variance 1/n.

    .. math:: \tau^2 = \frac1\delta E\big(\operatorname{clip}(W^* + \tau Z) - W^*\big)^2 .

    Parameters
    ----------
    aspect_ratio : float
        :math:`\delta = n/d > 1`.
    optimum_law : UniformOptimum, NormalOptimum or DiscreteOptimum

    Returns
    -------
    RandomHessianMeanField

    Notes
    -----
    The solution exists and is unique for every delta > 1 (see the derivation in
    `derivations.random_hessian`), and lies in
    :math:`\varepsilon_0/\sqrt\delta \le \tau \le \varepsilon_0/(\sqrt\delta - 1)` with
    :math:`\varepsilon_0^2 = E(|W^*| - 1)_+^2`.
    """
    return spectral_mean_field(GaussianSpectrum(aspect_ratio), optimum_law)


@door
def spectral_mean_field(spectrum, optimum_law) -> RandomHessianMeanField:
    """Solve the mean field for a rotationally invariant Hessian of the given spectrum.

    Parameters
    ----------
    spectrum : GaussianSpectrum, UniformSpectrum or EmpiricalSpectrum
    optimum_law : UniformOptimum, NormalOptimum or DiscreteOptimum

    Returns
    -------
    RandomHessianMeanField

    Raises
    ------
    TypeError
        Where an argument is not a law or not a spectrum.
    NotConverged
        Where no bracket of the noise is found.
    """
    if not hasattr(spectrum, "resolvent"):
        raise TypeError(f"spectrum must be a spectrum such as UniformSpectrum, not {spectrum!r}")
    if not hasattr(optimum_law, "blurred_cdf"):
        raise TypeError(
            f"optimum_law must be a law such as UniformOptimum(4.0), not {optimum_law!r}"
        )
    if optimum_law.overshoot() == 0:
        curvature = 1 / spectrum.resolvent(0.0)[0]
        return RandomHessianMeanField(0.0, curvature, 1.0, 0.0, spectrum.mean, optimum_law)
    law_nodes = optimum_law.nodes()
    start = np.sqrt(optimum_law.overshoot())

    def gap(log_noise):
        noise = np.exp(log_noise)
        free, error = _free_and_error(noise, *law_nodes)
        return np.log(error * noise_gain(spectrum, free)[1]) - 2 * log_noise

    low = high = np.log(start)
    for _ in range(200):
        if gap(low) > 0:
            break
        low -= 1.0
    for _ in range(200):
        if gap(high) < 0:
            break
        high += 0.5
    else:
        raise NotConverged(
            "spectral_mean_field: the noise has no upper bound; is the Hessian near singular?",
            residual=gap(high),
            iterations=200,
        )
    noise = np.exp(brentq(gap, low, high, xtol=1e-13))
    free, error = _free_and_error(noise, *law_nodes)
    curvature, _ = noise_gain(spectrum, free)
    return RandomHessianMeanField(
        float(noise), float(curvature), float(free), float(error), spectrum.mean, optimum_law
    )


def _free_and_error(noise, values, probabilities):
    """Return f and Q by the Gaussian integral over Z in closed form at every node of the law."""
    low, high = (-1 - values) / noise, (1 - values) / noise
    below, above = ndtr(low), ndtr(-high)
    # Where both ends are on one side of 0 the difference of the small tails is the accurate one.
    inside = np.where(values > 1, ndtr(high) - below, ndtr(-low) - above)
    second = inside - high * normal_density(high) + low * normal_density(low)
    error = (1 + values) ** 2 * below + (1 - values) ** 2 * above + noise**2 * second
    return probabilities @ inside, probabilities @ error
