r"""Two linear units that learn contradictory targets: the smallest network that collapses.

:math:`E = \tfrac12 s_1^2 + \tfrac12 s_2^2 - w s_1 s_2 - v s_1`, :math:`C = \tfrac12 (s_2 - y)^2`,
targets :math:`\bar y \pm \delta` for the same input. Stable for :math:`|w| < 1`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door

RULES = ("gradient", "one-sided", "random sign", "symmetric", "negative")


@dataclass(frozen=True, eq=False)
class TwoUnitRun:
    """Weights after every step; the run ends where no stable equilibrium is left.

    Attributes
    ----------
    coupling, drive : ndarray, shape (steps done + 1,)
        w and v.
    unstable_at : int or None
        The step at which the free or a nudged phase had no minimum.
    """

    coupling: np.ndarray
    drive: np.ndarray
    unstable_at: int | None

    @property
    def compliance(self) -> np.ndarray:
        """1 / (1 - w^2)."""
        return 1 / (1 - self.coupling**2)


def _equilibrium(w, v, nudging_strength, target):
    """Return both states at the minimum of E + beta C, or None where there is none."""
    determinant = 1 + nudging_strength - w * w
    if determinant <= 0:
        return None
    first = (v * (1 + nudging_strength) + w * nudging_strength * target) / determinant
    return first, (w * v + nudging_strength * target) / determinant


@door(nudging_strength="> 0", steps=">= 1")
def simulate_two_units(
    rule: str,
    nudging_strength: float,
    steps: int,
    *,
    start: tuple[float, float] = (0.3, 0.3),
    mean_target: float = 1.0,
    half_difference: float = 0.5,
    learning_rate: float = 0.02,
    rng: np.random.Generator | int = 0,
) -> TwoUnitRun:
    """Train on the two contradictory targets together, by equilibria alone.

    Parameters
    ----------
    rule : str
        One of `RULES`; "gradient" is the exact gradient.
    start : tuple of float
        Coupling w and drive v at the start.
    rng : Generator or int
        Draws one sign a step for "random sign".
    """
    rule = checks.one_of("rule", rule, RULES)
    b = nudging_strength
    rng, (w, v) = checks.as_rng(rng), start
    path, unstable = [(w, v)], None
    signs = rng.choice([-1.0, 1.0], steps) if rule == "random sign" else np.ones(steps)
    for step in range(steps):
        if rule == "symmetric":
            pair = (b, -b)
        else:
            pair = (-b if rule == "negative" else b * signs[step], 0.0)
        dw = dv = 0.0
        for target in (mean_target - half_difference, mean_target + half_difference):
            if rule == "gradient":
                output = w * v / (1 - w * w) if w * w < 1 else None
                if output is None:
                    unstable = step
                    break
                error = (output - target) / (1 - w * w)
                # d output / dw = v (1 + w^2) / (1 - w^2)^2, d output / dv = w / (1 - w^2)
                dw += 0.5 * error * v * (1 + w * w) / (1 - w * w)
                dv += 0.5 * error * w
                continue
            there, here = (_equilibrium(w, v, nudge, target) for nudge in pair)
            if there is None or here is None:
                unstable = step
                break
            distance = pair[0] - pair[1]
            dw += 0.5 * (here[0] * here[1] - there[0] * there[1]) / distance
            dv += 0.5 * (here[0] - there[0]) / distance
        if unstable is not None:
            break
        w, v = w - learning_rate * dw, v - learning_rate * dv
        path.append((w, v))
    coupling, drive = np.array(path).T
    return TwoUnitRun(coupling, drive, unstable)


@door(nudging_strength="> 0", coupling="in (0, 1)")
def collapse_steps(
    coupling: float,
    nudging_strength: float,
    *,
    mean_target: float = 1.0,
    half_difference: float = 0.5,
    learning_rate: float = 0.02,
) -> float:
    r"""Return after how many steps of the one-sided rule the coupling reaches the boundary 1.

    Small steps, from a coupling at which the mean target is fitted: the integral
    from it to 1 of
    :math:`(1 - w^2 + \beta)^2 (1 + \bar y^2 (1 + w^2)^2 / w^4) / (\eta \beta \delta^2 w)`.
    """
    b = nudging_strength
    start = coupling
    nodes, weights = np.polynomial.legendre.leggauss(60)
    w = start + (1 - start) * (1 + nodes) / 2
    pull = b * half_difference**2 * w / (1 - w**2 + b) ** 2
    inertia = 1 + mean_target**2 * (1 + w**2) ** 2 / w**4
    return float((1 - start) / 2 * weights @ (inertia / pull) / learning_rate)
