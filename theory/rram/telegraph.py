r"""Random telegraph noise: closed forms of the two-state chain and of its contribution to w.

One step per RESET pulse takes state 0 to 1 with probability :math:`P_h` and 1 to 0 with
:math:`P_l`. In state 1 a device adds :math:`a\,U_1 U_2` to w, with its own amplitude a and two
uniform numbers that are drawn anew at every update. With :math:`\lambda = 1 - P_h - P_l` and
:math:`\pi = P_h / (P_h + P_l)`,

.. math:: P(0 \to 1 | n) = \pi (1 - \lambda^n), \quad P(1 \to 0 | n) = (1 - \pi)(1 - \lambda^n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device_laws import LARGEST_TELEGRAPH_AMPLITUDE

# Moments of the product of two independent uniform numbers: 1/2^2 and 1/3^2.
PRODUCT_MEAN, PRODUCT_SQUARE = 1 / 4, 1 / 9


@door
@dataclass(frozen=True)
class Telegraph:
    """The chain of the released code.

    Parameters
    ----------
    rise, fall : float
        Probabilities per pulse of 0 -> 1 and 1 -> 0, in (0, 1), together at most 1.
    """

    rise: float = 0.0008
    fall: float = 0.002

    def __post_init__(self):
        for name in ("rise", "fall"):
            checks.in_range(name, getattr(self, name), 0, 1, closed=False)
        if self.rise + self.fall > 1:
            raise ValueError(
                f"rise and fall must add up to at most 1, not {self.rise + self.fall:g}: above, "
                "the state would rather change than stay at every pulse"
            )

    @property
    def stationary(self) -> float:
        """Probability of the high state after many pulses."""
        return self.rise / (self.rise + self.fall)

    @property
    def memory(self) -> float:
        """Correlation of the state from one pulse to the next."""
        return 1 - self.rise - self.fall

    def switching(self, pulses) -> np.ndarray:
        """Return P(0 -> 1) and P(1 -> 0) over a number of pulses, shape (2, *pulses.shape)."""
        mixed = 1 - self.memory ** np.asarray(pulses, float)
        return np.stack([self.stationary * mixed, (1 - self.stationary) * mixed])

    @door(pulses="array >= 0")
    def high_after(self, pulses) -> np.ndarray:
        """Return the probability of the high state after pulses from the low one."""
        return self.switching(pulses)[0]

    @door(lag="array >= 0", amplitude="array")
    def covariance(self, lag, amplitude=1.0) -> np.ndarray:
        """Return the covariance of the contribution at two updates `lag` pulses apart.

        At lag 0 the redrawn factor adds a white part.
        """
        lag, share = np.asarray(lag, float), self.stationary
        slow = PRODUCT_MEAN**2 * share * (1 - share) * self.memory**lag
        white = share * (PRODUCT_SQUARE - PRODUCT_MEAN**2)
        return np.asarray(amplitude) ** 2 * (slow + white * (lag == 0))

    @door(frequency="array", amplitude="array", updates_every=">= 1")
    def spectrum(self, frequency, amplitude=1.0, *, updates_every: int = 1) -> np.ndarray:
        r"""Return the two-sided spectral density per unit frequency in 1/update.

        .. math:: S = a^2 \left[\pi\tfrac{7}{144} +
            \frac{\pi(1-\pi)}{16} \frac{1-\rho^2}{1 - 2\rho\cos 2\pi f + \rho^2}\right],
            \quad \rho = \lambda^n

        Parameters
        ----------
        frequency : array_like
            Cycles per update, in [-0.5, 0.5].
        amplitude : array_like
        updates_every : int
            Pulses n between two updates.
        """
        share, rho = self.stationary, self.memory**updates_every
        cosine = np.cos(2 * np.pi * np.asarray(frequency, float))
        lorentzian = (1 - rho**2) / (1 - 2 * rho * cosine + rho**2)
        slow = PRODUCT_MEAN**2 * share * (1 - share) * lorentzian
        white = share * (PRODUCT_SQUARE - PRODUCT_MEAN**2)
        return np.asarray(amplitude) ** 2 * (slow + white)

    @property
    def corner(self) -> float:
        """Frequency in cycles per pulse at which the slow part has fallen to about one half."""
        return -np.log(self.memory) / (2 * np.pi) if self.memory > 0 else np.inf

    @door(largest=">= 0")
    def mean(self, largest: float = LARGEST_TELEGRAPH_AMPLITUDE) -> float:
        """Stationary mean of the contribution over devices, amplitudes uniform in (0, largest)."""
        return self.stationary * PRODUCT_MEAN * largest / 2

    @door(largest=">= 0")
    def variance(self, largest: float = LARGEST_TELEGRAPH_AMPLITUDE) -> float:
        """Stationary variance of the contribution over devices and time."""
        square = self.stationary * PRODUCT_SQUARE * largest**2 / 3
        return square - self.mean(largest) ** 2
