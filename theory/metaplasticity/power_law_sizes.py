r"""Which hidden weights are forgotten as a power of time.

A law of metaplasticity sets how the front of forgetting moves; a first task sets the sizes of the
hidden weights that the front meets. The fraction that is left after a pull of distance V = v t is
the probability of a size above the front, :math:`P(|W| > G^{-1}(V))`. It is a power of time,
:math:`(1 + V/D)^{-b}`, exactly if

.. math:: P(|W| > x) = (1 + G(x)/D)^{-b} .

For the published law these are exponentially distributed sizes of mean :math:`1/(2mb)` far out; for
a power tail p sizes with the power-law tail :math:`x^{-b(p+1)}`; without metaplasticity
:math:`x^{-b}`. Source: derived here, `derivations.forgetting_fronts.power_law_sizes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theory import checks
from theory.door import door
from theory.metaplasticity.forgetting_laws import as_law
from theory.metaplasticity.modulation import nonnegative_array


@door(exponent="> 0", scale="> 0")
@dataclass(frozen=True)
class PowerLawSizes:
    r"""Sizes of hidden weights that a steady pull flips as a power of time.

    Parameters
    ----------
    metaplasticity : float, law or callable
        The law of metaplasticity under which they are pulled.
    exponent : float
        b > 0 of the forgetting.
    scale : float
        D > 0, the distance v t after which forgetting sets in.
    """

    metaplasticity: Any
    exponent: float
    scale: float

    def __post_init__(self):
        object.__setattr__(self, "metaplasticity", as_law(self.metaplasticity))

    @door(size=">= 0")
    def survival(self, size: np.ndarray) -> np.ndarray:
        """Return the probability of a larger size."""
        return self.retained(self.metaplasticity.travel(size))

    def retained(self, distance: np.ndarray) -> np.ndarray:
        """Return the fraction that a pull of this distance v t has not flipped."""
        return (1 + nonnegative_array("distance", distance) / self.scale) ** -self.exponent

    @door(count=">= 1")
    def sample(self, count: int, rng: np.random.Generator | int) -> np.ndarray:
        """Draw sizes: the front at a distance that is itself a power-law variable."""
        uniform = 1 - checks.as_rng(rng).random(count)
        return self.metaplasticity.front(self.scale * (uniform ** (-1 / self.exponent) - 1))
