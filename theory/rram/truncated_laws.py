r"""Exponential, normal and lognormal laws cut to a window: sampling and exact moments.

The density is :math:`p(x) / Z` on the window, Z the probability that the uncut law has there.
Sampled by inversion, :math:`x = F^{-1}(F(a) + U (F(b) - F(a)))` with U uniform in (0, 1).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import special

from theory import checks
from theory.door import door

WIDEST = 4.0  # largest factor on the deviation of a law
# Gauss-Legendre quadrature over (0, 1).
NODES, NODE_WEIGHTS = (np.polynomial.legendre.leggauss(400) + np.array([[1.0], [0.0]])) / 2


@dataclass(frozen=True)
class TruncatedLaw:
    """What all laws share; a law of your own subclasses it.

    A subclass gives three methods of the law *before* the cut, on arrays: ``uncut_cdf(x)``,
    ``uncut_quantile(probability)``, ``uncut_density(x)``; and ``support()``, if it begins or ends
    inside the window. Override `partial_moment` where there is a closed form.

    Parameters
    ----------
    low, high : float
        Window. Where the law begins above `low`, it begins there.

    Raises
    ------
    ValueError
        If the window is empty or holds no probability.
    """

    low: float
    high: float

    def __post_init__(self):
        checks.in_range("low", self.low, -np.inf, np.inf)
        checks.in_range("high", self.high, -np.inf, np.inf)
        if not self.support()[0] < self.support()[1] or not self.mass > 0:
            raise ValueError(
                f"the window from low={self.low:g} to high={self.high:g} is empty: "
                f"{type(self).__name__} has no probability there; take low < high"
            )

    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        return self.low, self.high

    def uncut_cdf(self, x):
        raise NotImplementedError(f"{type(self).__name__} must define uncut_cdf(x)")

    def uncut_quantile(self, probability):
        raise NotImplementedError(f"{type(self).__name__} must define uncut_quantile(probability)")

    def uncut_density(self, x):
        raise NotImplementedError(f"{type(self).__name__} must define uncut_density(x)")

    @property
    def mass(self) -> float:
        """Probability Z of the uncut law inside the window."""
        low, high = self.support()
        return float(self.uncut_cdf(high) - self.uncut_cdf(low))

    def cdf(self, x):
        """Return P(X <= x), in the shape of `x`."""
        low, high = self.support()
        return (self.uncut_cdf(np.clip(x, low, high)) - self.uncut_cdf(low)) / self.mass

    def quantile(self, probability):
        """Return the x with P(X <= x) = probability, which lies in [0, 1]."""
        low, high = self.support()
        probability = np.asarray(probability)
        if not np.all((probability >= 0) & (probability <= 1)):
            raise ValueError(
                "probability must lie in [0, 1]; 0.05 and not 5 stands for five per cent"
            )
        inside = self.uncut_quantile(self.uncut_cdf(low) + probability * self.mass)
        return np.clip(inside, low, high)  # rounding of F may leave the window by a last bit

    def density(self, x):
        """Return the density, 0 outside the window."""
        low, high = self.support()
        x = np.asarray(x, float)
        return np.where((x >= low) & (x <= high), self.uncut_density(x), 0.0) / self.mass

    def sample(self, size, rng) -> np.ndarray:
        return self.quantile(checks.as_rng(rng).random(size))

    @property
    def mean(self) -> float:
        return float(self.partial_moment(1))

    @property
    def variance(self) -> float:
        return max(float(self.partial_moment(2)) - self.mean**2, 0.0)

    def partial_moment(self, power, upto=np.inf):
        r"""Return :math:`E[X^p; X < c]`, by quadrature over probability unless overridden."""
        share = np.asarray(self.cdf(np.minimum(upto, self.support()[1])), float)
        x = self.quantile(share[..., None] * NODES)
        return share * ((x**power) @ NODE_WEIGHTS)

    def widened(self, x, factor):
        """Return draws with their deviation multiplied by a factor in [0, 4], their mean kept.

        Laws of positive values are widened by a power, so that none becomes negative
        (`power_widened`); others are stretched around their mean.
        """
        if self.support()[0] >= 0:
            return power_widened(self, x, factor)
        factor = checks.in_range("factor", factor, 0, WIDEST)
        return self.mean + factor * (np.asarray(x) - self.mean)


@door(low="in [-inf, inf]", high="in [-inf, inf]", location=">= 0", scale="> 0")
@dataclass(frozen=True)
class TruncatedExponential(TruncatedLaw):
    """The law of location + scale E, E a standard exponential; location >= 0."""

    location: float
    scale: float

    def __post_init__(self):
        super().__post_init__()

    def support(self):
        return max(self.low, self.location), self.high

    def uncut_cdf(self, x):
        return -np.expm1(-(np.asarray(x, float) - self.location) / self.scale)

    def uncut_quantile(self, u):
        return self.location - self.scale * np.log1p(-u)

    def uncut_density(self, x):
        return np.exp(-(x - self.location) / self.scale) / self.scale

    def partial_moment(self, power, upto=np.inf):
        r"""Return :math:`E[X^p; X < c]`, by incomplete gamma functions; any real power >= 0."""
        low, high = self.support()
        ends = np.clip(upto, low, high) / self.scale
        # P(p+1, .) is the regularised lower incomplete gamma function.
        rise = special.gammainc(power + 1, ends) - special.gammainc(power + 1, low / self.scale)
        factor = np.exp(self.location / self.scale) * self.scale**power
        return factor * special.gamma(power + 1) * rise / self.mass


@door(low="in [-inf, inf]", high="in [-inf, inf]", sigma="> 0")
@dataclass(frozen=True)
class TruncatedLognormal(TruncatedLaw):
    """The law of exp(mu + sigma G), G a standard normal variable."""

    mu: float
    sigma: float

    def __post_init__(self):
        super().__post_init__()

    def support(self):
        return max(self.low, 0.0), self.high

    def _standard(self, x):
        with np.errstate(divide="ignore"):  # log 0 is -inf, as it should be
            return (np.log(x) - self.mu) / self.sigma

    def uncut_cdf(self, x):
        return special.ndtr(self._standard(x))

    def uncut_quantile(self, u):
        return np.exp(self.mu + self.sigma * special.ndtri(u))

    def uncut_density(self, x):
        with np.errstate(divide="ignore", invalid="ignore"):
            z = self._standard(x)
            density = np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * self.sigma * x)
        return np.where(x > 0, density, 0.0)

    def partial_moment(self, power, upto=np.inf):
        r"""Return :math:`E[X^p; X < c]`; the factor x^p only shifts the normal law by p sigma."""
        low, high = self.support()
        shift = power * self.sigma
        ends = self._standard(np.clip(upto, low, high)) - shift
        rise = special.ndtr(ends) - special.ndtr(self._standard(low) - shift)
        return np.exp(power * self.mu + shift**2 / 2) * rise / self.mass


@door(low="in [-inf, inf]", high="in [-inf, inf]", deviation="> 0")
@dataclass(frozen=True)
class TruncatedNormal(TruncatedLaw):
    """A normal law with the mean `centre` and the standard deviation `deviation` before the cut."""

    centre: float
    deviation: float

    def __post_init__(self):
        super().__post_init__()

    def _standard(self, x):
        return (np.asarray(x, float) - self.centre) / self.deviation

    def uncut_cdf(self, x):
        return special.ndtr(self._standard(x))

    def uncut_quantile(self, u):
        return self.centre + self.deviation * special.ndtri(u)

    def uncut_density(self, x):
        z = self._standard(x)
        return np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * self.deviation)

    def partial_moment(self, power, upto=np.inf):
        r"""Return :math:`E[X^p; X < c]`: closed for p = 0, 1, 2, else by quadrature.

        Raises
        ------
        ValueError
            For another power of a law that has negative values.
        """
        if power not in (0, 1, 2):
            if self.support()[0] < 0:
                raise ValueError(
                    f"power must be one of 0, 1, 2 for a law with negative values, not {power}"
                )
            return super().partial_moment(power, upto)
        power = int(power)
        low, high = self.support()
        upto = np.clip(upto, low, high)
        a, b = self._standard(low), self._standard(upto)
        none = special.ndtr(b) - special.ndtr(a)
        # Moments of the standardised variable, by parts: x times the density is a derivative.
        one = _bell(a) - _bell(b)
        two = none + _edge(a) - _edge(b)
        c, d = self.centre, self.deviation
        return (none, c * none + d * one, c**2 * none + 2 * c * d * one + d**2 * two)[
            power
        ] / self.mass


@door(low="in (-inf, inf)")
@dataclass(frozen=True)
class Fixed(TruncatedLaw):
    """One value for all devices; `low` and `high` are that value."""

    low: float = 0.0
    high: float = np.inf

    def __post_init__(self):
        if self.high not in (np.inf, self.low):
            raise ValueError(f"high must be left out or equal low={self.low:g}, not {self.high}")
        object.__setattr__(self, "high", self.low)

    @property
    def mass(self) -> float:
        return 1.0

    def cdf(self, x):
        return np.where(np.asarray(x, float) >= self.low, 1.0, 0.0)[()]

    def quantile(self, probability):
        return np.full(np.shape(probability), self.low)[()]

    def density(self, x):
        raise ValueError("a Fixed law has no density: all its probability sits at one value")

    def partial_moment(self, power, upto=np.inf):
        below = np.asarray(upto, float) > self.low
        return np.where(below, float(self.low) ** power, 0.0)[()]

    def widened(self, x, factor):
        checks.in_range("factor", factor, 0, WIDEST)
        return np.asarray(x, float)


def power_widened(law, x, factor):
    r"""Return draws of a positive law with its standard deviation multiplied, its mean kept.

    :math:`x \mapsto E[X]\, x^s / E[X^s]` with the power s that gives the wanted deviation:
    identical devices for factor 0, the law itself for 1, and never a negative value, which a linear
    stretch would give.

    Raises
    ------
    ValueError
        For a factor above 4.
    """
    factor = checks.in_range("factor", factor, 0, WIDEST)
    power = _power(law, factor)
    return law.mean * np.asarray(x) ** power / law.partial_moment(power)


@functools.lru_cache(maxsize=64)
def _power(law, factor):
    """Power whose relative variance is the wanted one, by bisection; it rises with the power."""
    wanted = factor**2 * (law.partial_moment(2) / law.mean**2 - 1)
    low, high = 0.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        found = law.partial_moment(2 * middle) / law.partial_moment(middle) ** 2 - 1
        low, high = (middle, high) if found < wanted else (low, middle)
    return (low + high) / 2


def _bell(z):
    return np.exp(-(np.asarray(z) ** 2) / 2) / np.sqrt(2 * np.pi)


def _edge(z):
    """z times the normal density, 0 also at infinity."""
    return np.where(np.isfinite(z), np.where(np.isfinite(z), z, 0) * _bell(z), 0.0)
