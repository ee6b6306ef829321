"""Integration of eigenvalue flows with a bound on the work, and the times at which levels are met.

The integrator is stepped here rather than left alone, so that a flow that never ends is refused
after a number of evaluations, modes that have died in finite time can be taken out, and crossings
are read off each step's interpolant.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import DOP853, LSODA
from scipy.optimize import brentq

from theory.numerics import NotConverged

TOLERANCE = 1e-12  # relative, of the integrator and of the moments: conserved sums stay so
EVALUATIONS = 100_000  # of the velocity, after which a flow is given up
STIFF_UP_TO = 60  # modes: beyond it a Jacobian by differences costs more than small steps


def integrate(velocity, start, times, *, name, tolerance=TOLERANCE, absolute=None, stop=None,
              watch=None, diagonal=False, evaluations=EVALUATIONS):  # fmt: skip
    """Return the solution of dx/dt = velocity(x) at times.

    Parameters
    ----------
    velocity : callable
        (modes,) to (modes,).
    start : ndarray, shape (modes,)
        At time 0.
    times : ndarray, shape (times,)
        Strictly increasing, from 0 on.
    name : str
        Of the public function, for messages.
    tolerance, absolute : float
        Relative tolerance, and absolute one, which is the same by default.
    stop : callable, optional
        Called after every step with the state; true ends the integration there.
    watch : callable, optional
        Called after every step with the times of its ends and its interpolant.
    diagonal : bool
        Whether modes hardly depend on each other: a stiff step then needs no full Jacobian.
    evaluations : int
        Of the velocity, at most.

    Returns
    -------
    path : ndarray, shape (times reached, modes)
    end : (float, ndarray)
        Time and state at the end, which is early where `stop` said so.

    Raises
    ------
    NotConverged
        Where the integrator gives up, or the number of evaluations is exceeded.
    """
    x, t_end = np.array(start, float), float(times[-1])
    wanted, k = [], 0
    if times[0] == 0:
        wanted, k = [x.copy()], 1
    if t_end == 0:
        return np.array(wanted), (0.0, x)
    used = 0

    def counted(_, state):
        nonlocal used
        used += 1
        return velocity(state)

    method = LSODA if diagonal or len(x) <= STIFF_UP_TO else DOP853
    band = {"lband": 0, "uband": 0} if diagonal and len(x) > 1 else {}
    absolute = tolerance if absolute is None else absolute
    solver = method(counted, 0.0, x, t_end, rtol=tolerance, atol=absolute, **band)
    while solver.status == "running":
        message = solver.step()
        if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
            _give_up(name, f"the integrator stopped ({message})", used)
        if used > evaluations:
            _give_up(name, f"{used} evaluations have reached time {solver.t:.6g} only", used)
        curve = None
        if watch is not None or (k < len(times) and times[k] <= solver.t):
            curve = solver.dense_output()
        while k < len(times) and times[k] <= solver.t:
            wanted.append(solver.y.copy() if times[k] == solver.t else curve(times[k]))
            k += 1
        if watch is not None:
            watch(solver.t_old, solver.t, curve)
        if stop is not None and stop(solver.y):
            break
    return np.reshape(wanted, (len(wanted), len(x))), (solver.t, solver.y.copy())


def _give_up(name, what, used):
    raise NotConverged(
        f"{name}: {what}; ask for a shorter time or larger noise",
        residual=np.nan,
        iterations=used,
    )


class Crossings:
    """The first time at which each mode passes a level, read off the steps of an integration.

    Parameters
    ----------
    height : callable
        State to the quantity that is compared with the level, (modes,).
    level : float
    start : ndarray, shape (modes,)
        The quantity at time 0; the passage is from its side to the other.
    """

    def __init__(self, height, level, start):
        self._height, self._level = height, level
        self._side = np.sign(start - level)
        self.times = np.where(self._side == 0, 0.0, np.nan)

    @property
    def all_found(self):
        return not np.isnan(self.times).any()

    def __call__(self, before, after, curve, shift):
        ahead = (self._height(curve(after)) - self._level) * self._side
        for m in np.flatnonzero(np.isnan(self.times) & (ahead <= 0)):

            def gap(t, m=m):
                return float(self._height(curve(t))[m] - self._level) * self._side[m]

            root = after if gap(before) <= 0 or gap(after) > 0 else brentq(gap, before, after)
            self.times[m] = shift + root
