r"""A chain of beakers: one fast variable backed by ever slower ones.

:math:`A_k \Delta u_k = r_{k-1} (u_{k-1} - u_k) + r_k (u_{k+1} - u_k)`, with :math:`r_0 = 0` and
:math:`u_{n+1} = 0`: liquid flows between neighbours through tubes, and leaks from the last beaker
(Benna and Fusi 2016). The visible variable :math:`u_1` receives the updates. The last beaker may
feed back and be metaplastic, as in the code released with Laborieux et al. 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import svd
from scipy.optimize import brentq

from theory import checks
from theory.door import door


@door(feedback="in [0, 1]", metaplasticity=">= 0")
@dataclass(frozen=True)
class BeakerChain:
    r"""The constants of a chain of n beakers.

    Parameters
    ----------
    conductances : tuple of float, length n
        :math:`r_1 \dots r_n`: of the tube behind each beaker, a step; the last is the leak.
    areas : tuple of float, length n
        :math:`A_1 \dots A_n > 0`.
    feedback : float
        Of the last on the first beaker, a step, where it pushes the first one in the direction of
        the last one's sign.
    metaplasticity : float
        m of the last beaker: inflow that would shrink it is multiplied by sech^2(m u).

    Raises
    ------
    ValueError
        Where lengths differ, a constant is out of range, or a beaker would overflow its neighbours
        in one step: :math:`r_{k-1} + r_k > A_k`.
    """

    conductances: tuple[float, ...] = (1e-2, 1e-3, 1e-4, 1e-5)
    areas: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    feedback: float = 0.0
    metaplasticity: float = 0.0

    def __post_init__(self):
        flows = tuple(checks.nonnegative("conductances", r) for r in self.conductances)
        areas = tuple(checks.positive("areas", a) for a in self.areas)
        checks.same_length(conductances=flows, areas=areas)
        for k, area in enumerate(areas):
            outflow = flows[k] + (flows[k - 1] if k else 0)
            if outflow > area:
                raise ValueError(
                    f"conductances: beaker {k + 1} of area {area:g} would lose {outflow:g} of its "
                    "difference in one step; at most its area keeps the chain stable"
                )
        object.__setattr__(self, "conductances", flows)
        object.__setattr__(self, "areas", areas)

    @classmethod
    @door(rate="> 0", levels=">= 1", ratio="> 1")
    def geometric(cls, levels: int, *, ratio: float = 2.0, rate: float = 0.25, leak: bool = True):
        r"""Return the chain :math:`A_k = n^{k-1}, r_k = \alpha n^{-k}` of Benna and Fusi.

        Parameters
        ----------
        levels : int
            Number of beakers.
        ratio : float
            n > 1.
        rate : float
            :math:`\alpha`.
        leak : bool
            Whether the last beaker leaks.
        """
        flows = [rate * ratio**-k for k in range(1, levels + 1)]
        if not leak:
            flows[-1] = 0.0
        return cls(tuple(flows), tuple(ratio**k for k in range(levels)))

    @classmethod
    @door(shortest="> 0", longest="> 0")
    def spanning(cls, shortest: float, longest: float, *, levels: int | None = None):
        r"""Return the chain of Benna and Fusi whose time constants run from one time to another.

        Parameters
        ----------
        shortest, longest : float
            Time constants, in steps, of the fastest and the slowest mode of the chain with its
            leak; the rate and the ratio :math:`n` follow from them.
        levels : int, optional
            Number of beakers, 2 or more; by default the one whose ratio is nearest to 2.

        Raises
        ------
        ValueError
            Where a step is too long for the shortest time, or the times are too close for so many
            beakers.
        """
        shortest = checks.positive("shortest", shortest)
        longest = checks.in_range("longest", longest, shortest, np.inf, closed=False)
        span = longest / shortest
        if levels is None:
            # Adding a beaker multiplies the span by about the square of the ratio.
            levels, best = 2, np.inf
            for count in range(2, 65):
                if span < _span(count, 1 + 1e-6):
                    break
                apart = abs(np.log2(_ratio_of(span, count)) - 1)
                if apart < best:
                    levels, best = count, apart
        levels = checks.integer_at_least("levels", levels, 2)
        least = _span(levels, 1 + 1e-6)
        if span <= least:
            raise ValueError(
                f"longest is {span:.3g} times shortest, but {levels} beakers span {least:.3g} "
                "times or more; take fewer levels or a longer time"
            )
        ratio = _ratio_of(span, levels)
        rate = _rates(levels, ratio)[-1] ** -1 / shortest
        if rate > ratio:
            raise ValueError(
                f"shortest is {shortest:g} steps, too short: the first beaker would lose "
                f"{rate / ratio:.3g} of its level in one; take "
                f"{shortest * rate / ratio:.3g} or more"
            )
        return cls.geometric(levels, ratio=ratio, rate=rate)

    @property
    def levels(self) -> int:
        return len(self.areas)

    def matrix(self) -> np.ndarray:
        """Return M, (n, n), of the linear part: one step adds ``M @ levels``."""
        matrix = np.zeros((self.levels, self.levels))
        for k, (flow, area) in enumerate(zip(self.conductances, self.areas, strict=True)):
            matrix[k, k] -= flow / area
            if k + 1 < self.levels:
                matrix[k, k + 1] += flow / area
                matrix[k + 1, k] += flow / self.areas[k + 1]
                matrix[k + 1, k + 1] -= flow / self.areas[k + 1]
        return matrix

    def step(self, levels: np.ndarray) -> None:
        """Let the liquid flow for one step, in place, all beakers at once.

        Parameters
        ----------
        levels : ndarray, shape (n, ...)
            :math:`u_1 \\dots u_n`, each an array of any one shape.
        """
        if len(levels) != self.levels:
            raise ValueError(f"levels: {self.levels} arrays are needed, not {len(levels)}")
        flow = np.empty_like(levels)
        flow[:-1] = levels[1:] - levels[:-1]
        flow[-1] = -levels[-1]
        column = (-1,) + (1,) * (levels.ndim - 1)
        flow *= np.array(self.conductances, levels.dtype).reshape(column)
        change = flow.copy()
        change[1:] -= flow[:-1]
        change /= np.array(self.areas, levels.dtype).reshape(column)
        if self.feedback and self.levels > 1:
            pushed = self.feedback * (levels[-1] - levels[0])
            change[0] += pushed * (pushed * levels[-1] > 0)
        if self.metaplasticity and self.levels > 1:
            damping = np.tanh(self.metaplasticity * levels[-1]) ** 2
            change[-1] *= 1 - damping * (change[-1] * levels[-1] < 0)
        levels += change


def leaking_root(conductances: ArrayLike, areas: ArrayLike) -> np.ndarray:
    """Return the bidiagonal B whose singular values, squared, are the rates of the chain.

    The flow matrix is similar to minus B'B; the singular values keep the digits of the slowest
    rates, which eigenvalues of the product lose from 28 beakers on.
    """
    conductances, areas = np.asarray(conductances), np.asarray(areas)
    root = np.diag(np.sqrt(conductances / areas))
    return root - np.diag(np.sqrt(conductances[:-1] / areas[1:]), 1)


def _rates(levels, ratio):
    """Rates of the geometric chain with rate one, slowest first."""
    power = np.arange(levels)
    root = leaking_root(float(ratio) ** -(power + 1), float(ratio) ** power)
    return svd(root, compute_uv=False, lapack_driver="gesvd")[::-1] ** 2


def _span(levels, ratio):
    rates = _rates(levels, ratio)
    return rates[-1] / rates[0]


def _ratio_of(span, levels):
    """Ratio of the geometric chain whose slowest time is so many times its fastest."""
    high = 2.0
    while _span(levels, high) < span:
        high *= 2
    gap = lambda log: np.log(_span(levels, np.exp(log)) / span)  # noqa: E731
    return float(np.exp(brentq(gap, 1e-6, np.log(high))))
