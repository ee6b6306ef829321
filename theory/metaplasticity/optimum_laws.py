r"""Laws of the optimum :math:`W^*_i`, as the random-Hessian theory needs them.

A law offers quadrature nodes for averages over :math:`W^*`, the distribution of
:math:`x = W^* + \tau Z` with Z standard normal, and random draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from theory import checks
from theory.door import door

SQRT_2PI = np.sqrt(2 * np.pi)


def normal_density(x: float | np.ndarray) -> np.ndarray:
    """Return the standard normal density."""
    return np.exp(-0.5 * np.square(x)) / SQRT_2PI


def _double_exponential(count: int, span: float = 3.2) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on (0, 1) that crowd at both ends (tanh-sinh quadrature).

    They resolve boundary layers of any width down to 1e-15: the averages below change over a
    distance tau from the corners of the box, and tau may be small.
    """
    t = np.linspace(-span, span, count)
    u = np.pi / 2 * np.sinh(t)
    nodes = 1 / (1 + np.exp(-2 * u))
    weights = (t[1] - t[0]) * np.pi / 4 * np.cosh(t) / np.cosh(u) ** 2
    return nodes, weights / weights.sum()


@door(half_width="> 0")
@dataclass(frozen=True)
class UniformOptimum:
    """Uniform law on [-half_width, half_width], half_width > 0: the law of the paper (4)."""

    half_width: float

    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return values and probabilities, split at the corners -1 and 1 of the box."""
        edges = [-self.half_width, -1.0, 1.0, self.half_width]
        if self.half_width <= 1:
            edges = [-self.half_width, self.half_width]
        unit, weight = _double_exponential(161)
        low, high = np.array(edges[:-1])[:, None], np.array(edges[1:])[:, None]
        values = low + (high - low) * unit
        return values.ravel(), ((high - low) * weight / (2 * self.half_width)).ravel()

    def overshoot(self) -> float:
        r"""Return :math:`E(|W^*| - 1)_+^2`, exactly."""
        return max(self.half_width - 1, 0.0) ** 3 / (3 * self.half_width)

    @door(noise="> 0")
    def blurred_cdf(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return :math:`P(W^* + \tau Z \le y)`, tau = noise > 0."""

        def ramp(x):  # antiderivative of the normal distribution function
            return x * ndtr(x) + normal_density(x)

        y = np.asarray(y, float)
        high, low = (y + self.half_width) / noise, (y - self.half_width) / noise
        return np.clip(noise * (ramp(high) - ramp(low)) / (2 * self.half_width), 0, 1)

    @door(noise="> 0")
    def blurred_density(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return the density of :math:`W^* + \tau Z` at y."""
        y = np.asarray(y, float)
        high, low = (y + self.half_width) / noise, (y - self.half_width) / noise
        return (ndtr(high) - ndtr(low)) / (2 * self.half_width)

    @door(size=">= 1")
    def sample(self, size: int, rng: np.random.Generator | int) -> np.ndarray:
        return checks.as_rng(rng).uniform(-self.half_width, self.half_width, size)


@door(standard_deviation="> 0")
@dataclass(frozen=True)
class NormalOptimum:
    """Normal law of mean 0 and standard_deviation > 0."""

    standard_deviation: float

    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return values and probabilities out to nine standard deviations, split at the corners."""
        reach = 9 * self.standard_deviation
        edges = np.array([-reach, -1, 1, reach] if reach > 1 else [-reach, reach])
        unit, weight = _double_exponential(161)
        low, high = edges[:-1, None], edges[1:, None]
        values = low + (high - low) * unit
        density = normal_density(values / self.standard_deviation) / self.standard_deviation
        probabilities = (high - low) * weight * density
        return values.ravel(), probabilities.ravel() / probabilities.sum()

    def overshoot(self) -> float:
        r"""Return :math:`E(|W^*| - 1)_+^2`, exactly."""
        s = self.standard_deviation
        return 2 * ((s**2 + 1) * ndtr(-1 / s) - s * normal_density(1 / s))

    @door(noise="> 0")
    def blurred_cdf(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return :math:`P(W^* + \tau Z \le y)`."""
        return ndtr(np.asarray(y, float) / np.hypot(self.standard_deviation, noise))

    @door(noise="> 0")
    def blurred_density(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return the density of :math:`W^* + \tau Z` at y."""
        sd = np.hypot(self.standard_deviation, noise)
        return normal_density(np.asarray(y, float) / sd) / sd

    @door(size=">= 1")
    def sample(self, size: int, rng: np.random.Generator | int) -> np.ndarray:
        return self.standard_deviation * checks.as_rng(rng).standard_normal(size)


@door
@dataclass(frozen=True, eq=False)
class DiscreteOptimum:
    """Finitely many values, for instance the components of one given optimum.

    Parameters
    ----------
    values : array_like, shape (k,)
    probabilities : array_like, shape (k,), optional
        Nonnegative, sum 1 to 1e-9; default equal.
    """

    values: np.ndarray
    probabilities: np.ndarray | None = None

    def __post_init__(self):
        values = checks.finite_array("values", self.values, shape=(None,))
        if not len(values):
            raise ValueError("values must hold at least one value of the optimum")
        weights = np.full(len(values), 1 / len(values))
        if self.probabilities is not None:
            weights = checks.finite_array("probabilities", self.probabilities, values.shape)
            if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
                raise ValueError("probabilities must be 0 or above and sum to 1")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "probabilities", weights)

    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        return self.values, np.asarray(self.probabilities)

    def overshoot(self) -> float:
        r"""Return :math:`E(|W^*| - 1)_+^2`."""
        return float(self.probabilities @ np.maximum(np.abs(self.values) - 1, 0) ** 2)

    @door(noise="> 0")
    def blurred_cdf(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return :math:`P(W^* + \tau Z \le y)`."""
        y = np.asarray(y, float)[..., None]
        return ndtr((y - self.values) / noise) @ self.probabilities

    @door(noise="> 0")
    def blurred_density(self, y: np.ndarray, noise: float) -> np.ndarray:
        r"""Return the density of :math:`W^* + \tau Z` at y."""
        y = np.asarray(y, float)[..., None]
        return normal_density((y - self.values) / noise) @ self.probabilities / noise

    @door(size=">= 1")
    def sample(self, size: int, rng: np.random.Generator | int) -> np.ndarray:
        return checks.as_rng(rng).choice(self.values, size, p=self.probabilities)


OptimumLaw = UniformOptimum | NormalOptimum | DiscreteOptimum
