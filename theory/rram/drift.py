r"""Drift: what a phase-change device loses between pulses.

The amorphous part relaxes, and the conductance falls like a power of the time since the last pulse,
:math:`G \propto (1 + \tau / \tau_0)^{-\nu}`, with an exponent :math:`\nu` of each device. In
:math:`w = \ln(G / G_0)` that is :math:`-\nu \ln(1 + \tau / \tau_0)`. Time is counted in updates
here. (The power law is the standard one of phase-change memories; the values of the preset are
typical, and not those of one product.)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from theory.door import door
from theory.rram.truncated_laws import TruncatedLaw, TruncatedNormal


@door(unit="> 0", strength=">= 0")
@dataclass(frozen=True)
class Drift:
    """A power law of the time since the last pulse.

    Parameters
    ----------
    exponent : TruncatedLaw
        Of nu over devices.
    unit : float
        tau_0 in updates, > 0.
    strength : float
        Factor on all exponents, 0 or above: 0 is a device without drift.
    """

    exponent: TruncatedLaw = field(
        default_factory=lambda: TruncatedNormal(low=0.0, high=0.12, centre=0.05, deviation=0.02)
    )
    unit: float = 1.0
    strength: float = 1.0

    def __post_init__(self):
        if not isinstance(self.exponent, TruncatedLaw):
            raise TypeError(f"exponent must be a TruncatedLaw, not {self.exponent!r}")

    def loss(self, age, exponent):
        """Return the part of w that is lost `age` updates after the last pulse."""
        return self.strength * exponent * np.log1p(age / self.unit)

    @door(age="array >= 0")
    def mean_loss(self, age) -> np.ndarray:
        """Return its mean over devices."""
        return self.loss(np.asarray(age, float), self.exponent.mean)

    @door(age="array >= 0")
    def pair_deviation(self, age) -> np.ndarray:
        """Return the standard deviation that drift adds to the log-ratio of a pair left alone."""
        return np.sqrt(2 * self.exponent.variance) * self.loss(np.asarray(age, float), 1.0)

    @door(log_ratio="array", age="array >= 0")
    def sign_loss(self, log_ratio, age) -> np.ndarray:
        r"""Return the chance that a pair left alone has lost its sign.

        .. math:: \Phi\left(-\frac{|L_0|}{\sqrt{2 V[\nu]}\,\ln(1 + \tau / \tau_0)}\right)

        for exponents of a normal law; the cut of the law is neglected.
        """
        spread = self.pair_deviation(age)
        with np.errstate(divide="ignore"):
            return special.ndtr(-np.abs(np.asarray(log_ratio, float)) / spread)
