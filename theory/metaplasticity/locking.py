r"""Where the mean sign of one metaplastic synapse is locked to a fraction, exactly.

In units of :math:`h = \eta\lambda` and with
:math:`f = \operatorname{sech}^2(\kappa x)` one update is

.. math:: F(x) = x - (1 - w) f(x) \quad (x \ge 0), \qquad F(x) = x + (1 + w) f(x) \quad (x < 0) .

On a circle of circumference 2 that closes at :math:`w - 1 \equiv 1 + w` the map is continuous at
zero, where both branches give :math:`1 + w`; it expands everywhere, and it jumps back by
:math:`F(1 + w) - F(w - 1) > 0` where the circle closes. The probability of the sign +1 is the
rotation number. A map that jumps back has many: they fill the interval between those of its two
monotone envelopes, the upper one flat just after the closing point, the lower one just before it.
The mean sign of *every* orbit is :math:`2p/q - 1` exactly where both envelopes have the rotation
number p/q.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.metaplasticity.modulation import metaplastic_factor

BISECTIONS = 52  # of an interval of length 2: to rounding


@dataclass(frozen=True, eq=False)
class Plateau:
    r"""The range of optima over which every orbit has the mean sign 2p/q - 1.

    Attributes
    ----------
    low, high : ndarray or float
        Ends of the range. Where ``low >= high`` no optimum is locked to this fraction.
    """

    low: np.ndarray
    high: np.ndarray

    @property
    def width(self) -> np.ndarray:
        """Width of the plateau, 0 where there is none."""
        return np.maximum(np.subtract(self.high, self.low), 0.0)


def _step(x, optimum, strength):
    """Return F(x) and the sign, 1 for x >= 0 and 0 below, which is also the number of turns."""
    up = x >= 0
    pull = np.where(up, optimum - 1, optimum + 1)
    return x + pull * metaplastic_factor(x, strength), up.astype(int)


def _flat_end(optimum, strength, upper):
    """Return where the flat part of an envelope ends, and the value there.

    Upper envelope: F(x) = F(1 + w) with x in [w - 1, 0]; lower: F(x) = F(w - 1), x in [0, 1 + w].
    """
    far = optimum + 1 if upper else optimum - 1
    value, _ = _step(far, optimum, strength)
    low = np.where(upper, optimum - 1, 0.0)
    high = np.where(upper, -1e-300, optimum + 1)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        below = _step(middle, optimum, strength)[0] < value
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2, value


def _excess(optimum, strength, plus, period, upper):
    """Return the advance of the flat part after `period` steps, less `plus` turns of length 2.

    Above 0 the envelope turns faster than plus/period, below 0 slower.
    """
    end, value = _flat_end(optimum, strength, upper)
    x, turns, past = end, np.zeros(np.shape(optimum), int), np.empty(np.shape(optimum))
    for step in range(int(np.max(period))):
        flat = x <= end if upper else x >= end
        after, turn = _step(x, optimum, strength)
        x, turns = np.where(flat, value, after), turns + turn
        done = step + 1 == period
        past = np.where(done, (x - end) + 2 * (turns - plus), past)
    return past


@door
def locking_plateau(
    plus: int | np.ndarray, period: int | np.ndarray, strength: float | np.ndarray
) -> Plateau:
    r"""Return the range of optima whose mean sign is locked to :math:`2p/q - 1`.

    At the upper end the point :math:`x_*` with :math:`F(x_*) = F(1 + w)` has come to lie on an
    orbit of period q; at the lower end the one with :math:`F(x_*) = F(w - 1)`. Both conditions are
    monotone in the optimum and solved by bisection to rounding. To leading order
    the width is :math:`2\kappa^2(1 - \bar s^2)/q` with :math:`\bar s = 2p/q - 1`
    (`derivations.locking.plateau`).

    Parameters
    ----------
    plus : array_like of int
        p, signs +1 in a period, 0 < p < q.
    period : array_like of int
        q >= 2; p and q without common divisor.
    strength : array_like
        :math:`\kappa = m\eta\lambda > 0`.

    Returns
    -------
    Plateau
        Of the broadcast shape.

    Raises
    ------
    ValueError
        Where p, q or the strength are out of range, or p/q can be reduced.
    """
    plus, period = np.asarray(plus), np.asarray(period)
    if plus.dtype.kind not in "iu" or period.dtype.kind not in "iu":
        raise TypeError("plus and period must be integers: p signs +1 in a period of q")
    if np.any((plus < 1) | (plus >= period)):
        raise ValueError("plus must be at least 1 and less than the period")
    if np.any(np.gcd(plus, period) > 1):
        raise ValueError("plus and period must have no common divisor: 2 of 4 is 1 of 2")
    strength = np.asarray(strength, float)
    if np.any(strength <= 0):
        raise ValueError("strength must be above 0: a plain rotation locks nowhere")
    plus, period, strength = np.broadcast_arrays(plus, period, strength)
    edges = []
    for upper in (False, True):
        low, high = np.full(plus.shape, -1.0), np.full(plus.shape, 1.0)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            # The lower envelope has reached p/q, or the upper one has gone beyond it.
            late = _excess(middle, strength, plus, period, upper) > 0
            low, high = np.where(late, low, middle), np.where(late, middle, high)
        edges.append(((low + high) / 2)[()])
    return Plateau(*edges)


@door(strength="> 0", steps=">= 1")
def rotation_range(
    optimum: np.ndarray, strength: float, steps: int = 4000
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the smallest and the largest mean sign that orbits of one synapse can have.

    They are those of the two monotone envelopes, iterated; each errs by at most 2 over the steps.
    Typical orbits have a mean in between; where both agree the mean is locked.

    Parameters
    ----------
    optimum : array_like
        :math:`w` in (-1, 1).
    strength : float
        :math:`\kappa > 0`.
    steps : int
    """
    optimum = np.asarray(optimum, float)
    if np.any(np.abs(optimum) >= 1):
        raise ValueError("optimum must be in (-1, 1)")
    means = []
    for upper in (False, True):
        end, value = _flat_end(optimum, strength, upper)
        x, turns = end, np.zeros(optimum.shape, int)
        for _ in range(steps):
            flat = x <= end if upper else x >= end
            after, turn = _step(x, optimum, strength)
            x, turns = np.where(flat, value, after), turns + turn
        means.append((2 * turns / steps - 1)[()])
    return means[0], means[1]


@door(points="in [2, 100000000]")
def renormalised_map(plus: int, period: int, optimum: float, strength: float, points: int = 200):
    r"""Return the map after one period near zero: two branches on one invariant interval.

    On a plateau the orbit visits `period` intervals in turn; the one around zero lies between two
    points of period q, and there :math:`F^q` has two branches, each with one of these points fixed.
    Both expand, and they fit into the interval as long as the plateau lasts.

    Parameters
    ----------
    plus, period : int
    optimum, strength : float
        On the plateau.
    points : int
        Points of each branch.

    Returns
    -------
    ends : ndarray, shape (2,)
        The interval; its ends are fixed points of :math:`F^q`.
    place, image : ndarray, shape (2, points)
        The two branches.

    Raises
    ------
    ValueError
        Where the optimum is not on the plateau.
    """
    plateau = locking_plateau(plus, period, strength)
    if not plateau.low < optimum < plateau.high:
        raise ValueError(
            f"optimum must be on the plateau, between {plateau.low:.6g} and {plateau.high:.6g}"
        )

    def after_a_period(x):
        turns = 0
        for _ in range(period):
            x, turn = _step(x, optimum, strength)
            turns = turns + turn
        return x + 2 * (turns - plus)

    # Next to zero both branches move towards it; their fixed points are the first sign changes.
    ends = []
    for side, reach in ((-1, 1 - optimum), (1, 1 + optimum)):
        x = side * np.linspace(1e-9, reach, 20_001)
        outward = side * (after_a_period(x) - x)
        first = np.flatnonzero(outward >= 0)[0]
        low, high = x[first - 1], x[first]
        for _ in range(BISECTIONS):
            middle = np.asarray((low + high) / 2)
            if side * (after_a_period(middle) - middle) >= 0:
                high = middle
            else:
                low = middle
        ends.append(float((low + high) / 2))
    place = np.array([np.linspace(ends[0], -1e-12, points), np.linspace(1e-12, ends[1], points)])
    return np.array(ends), place, after_a_period(place)
