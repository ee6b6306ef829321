r"""Limit laws of the eigenvalues of random Hessians, and draws of such Hessians.

A spectrum enters the mean field of a rotationally invariant Hessian through the resolvent moments

.. math:: \chi(\zeta) = \Big\langle \frac1{\lambda + \zeta} \Big\rangle, \qquad
          -\chi'(\zeta) = \Big\langle \frac1{(\lambda + \zeta)^2} \Big\rangle, \qquad \zeta \ge 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from theory import checks
from theory.door import door
from theory.metaplasticity.quadratic_task import QuadraticTask


@door(aspect_ratio="> 1")
@dataclass(frozen=True)
class GaussianSpectrum:
    r"""Marchenko-Pastur law: :math:`H = A^\top A`, A of n x d Gaussian entries of variance 1/n.

    Parameters
    ----------
    aspect_ratio : float
        :math:`\delta = n/d > 1`. At 1 and below the Hessian is not positive definite in the limit.
    """

    aspect_ratio: float

    @property
    def mean(self) -> float:
        return 1.0

    @door(shift=">= 0")
    def resolvent(self, shift: float) -> tuple[float, float]:
        r"""Return :math:`\langle 1/(\lambda+\zeta)\rangle, \langle 1/(\lambda+\zeta)^2\rangle`."""
        # The first moment solves (zeta/delta) x^2 + (zeta + 1 - 1/delta) x - 1 = 0.
        a, b = shift / self.aspect_ratio, shift + 1 - 1 / self.aspect_ratio
        first = 2 / (b + np.sqrt(b**2 + 4 * a))
        second = first * (first / self.aspect_ratio + 1) / (2 * a * first + b)
        return first, second

    @door(dimension=">= 1")
    def sample_hessian(self, dimension: int, rng: np.random.Generator | int) -> np.ndarray:
        """Draw H of shape (d, d); n is the aspect ratio times d, rounded."""
        rows = round(self.aspect_ratio * dimension)
        design = checks.as_rng(rng).standard_normal((rows, dimension)) / np.sqrt(rows)
        return design.T @ design


@door(low="> 0", high="> 0")
@dataclass(frozen=True)
class UniformSpectrum:
    """Eigenvalues uniform in [low, high], 0 < low < high; the paper has (10.5, 29.5)."""

    low: float
    high: float

    def __post_init__(self):
        if self.low >= self.high:
            raise ValueError(f"low must be below high, not {self.low:g} and {self.high:g}")

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @door(shift=">= 0")
    def resolvent(self, shift: float) -> tuple[float, float]:
        r"""Return :math:`\langle 1/(\lambda+\zeta)\rangle, \langle 1/(\lambda+\zeta)^2\rangle`."""
        width = self.high - self.low
        first = np.log1p(width / (self.low + shift)) / width
        return first, 1 / ((self.low + shift) * (self.high + shift))

    @door(dimension=">= 1")
    def sample_hessian(self, dimension: int, rng: np.random.Generator | int) -> np.ndarray:
        """Draw H of shape (d, d) in a Haar-random basis."""
        ends = (self.low, self.high)
        return QuadraticTask.random(dimension, rng, eigenvalues=ends).hessian


@door
@dataclass(frozen=True, eq=False)
class EmpiricalSpectrum:
    """The eigenvalues of one given Hessian, all positive, shape (k,)."""

    eigenvalues: np.ndarray

    def __post_init__(self):
        eigenvalues = checks.finite_array("eigenvalues", self.eigenvalues, shape=(None,))
        if not len(eigenvalues) or np.min(eigenvalues) <= 0:
            raise ValueError("eigenvalues must be positive, and at least one of them given")
        object.__setattr__(self, "eigenvalues", eigenvalues)

    @property
    def mean(self) -> float:
        return float(np.mean(self.eigenvalues))

    @door(shift=">= 0")
    def resolvent(self, shift: float) -> tuple[float, float]:
        r"""Return :math:`\langle 1/(\lambda+\zeta)\rangle, \langle 1/(\lambda+\zeta)^2\rangle`."""
        inverse = 1 / (self.eigenvalues + shift)
        return float(np.mean(inverse)), float(np.mean(inverse**2))


def noise_gain(spectrum, free):
    r"""Return :math:`\hat E` and :math:`R'(-\chi)/\hat E^2` at a free fraction."""
    ridge = effective_ridge(spectrum, free)
    first, second = spectrum.resolvent(ridge)
    # R'(-chi) = 1/chi^2 - 1/<(lambda + zeta)^-2>, times chi^2/f^2.
    return free / first, (1 - first**2 / second) / free**2


def effective_ridge(spectrum, free):
    r"""Return the ridge at which :math:`\langle\lambda/(\lambda+\zeta)\rangle` is `free`."""

    def excess(log_ridge):
        ridge = np.exp(log_ridge)
        return 1 - ridge * spectrum.resolvent(ridge)[0] - free

    centre = np.log(spectrum.mean)
    low, high = centre - 1.0, centre + 1.0
    while excess(low) < 0:
        low -= 5.0
        if low < centre - 80:  # all weights free up to rounding
            return 0.0
    while excess(high) > 0:
        high += 5.0
    return np.exp(brentq(excess, low, high, xtol=1e-14))
