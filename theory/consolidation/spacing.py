r"""Massed and spaced repetition in a chain whose first variable has a bound.

Two repetitions, a gap g apart, each fill the first variable up to its bound 1. Just before the
second it still holds G(g), so the second adds only :math:`1 - G(g)`; a time T later

.. math:: R(g, T) = G(g + T) + \bigl(1 - G(g)\bigr) G(T)

is left, G being the response to one event. With exponential forgetting R does not depend on g:
spacing helps only where forgetting slows down with age, as in the chain of beakers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize_scalar

from theory import checks
from theory.consolidation.beakers import BeakerChain
from theory.door import door


@door
def retained_after_two(
    response: Callable[[np.ndarray], np.ndarray], gap: np.ndarray, delay: np.ndarray
) -> np.ndarray:
    """Return what two repetitions leave, in units of what one leaves at once.

    Parameters
    ----------
    response : callable
        G, of one event at a time >= 0, with G(0) = 1.
    gap, delay : array_like, >= 0
        Between the repetitions, and after the second.
    """
    gap, delay = np.asarray(gap, float), np.asarray(delay, float)
    if (gap.size and gap.min() < 0) or (delay.size and delay.min() < 0):
        raise ValueError("gap and delay must be 0 or later")
    return response(gap + delay) + (1 - response(gap)) * response(delay)


@door(delay="> 0")
def best_gap(response: Callable, delay: float) -> float:
    """Return the gap after which most is retained at a delay > 0, looked for up to 100 delays."""
    found = minimize_scalar(
        lambda log_gap: (
            -float(retained_after_two(response, np.array(np.exp(log_gap)), np.array(delay)))
        ),
        bounds=(np.log(delay) - 12, np.log(100 * delay)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


@door(steps=">= 0", bound="> 0")
def repeat_in_chain(
    chain: BeakerChain,
    repetitions: Sequence[int],
    steps: int,
    *,
    bound: float = 1.0,
    size: float = 1.0,
) -> np.ndarray:
    """Step a chain through repetitions and return its first variable, shape (steps + 1,).

    Parameters
    ----------
    chain : BeakerChain
    repetitions : sequence of int
        Steps at which the first variable is raised, from 0 on.
    steps : int
    bound : float
        It cannot be raised above.
    size : float
        Of each raise.
    """
    marks = {checks.integer_at_least("repetitions", r, 0) for r in repetitions}
    levels, course = np.zeros((chain.levels, 1)), np.empty(steps + 1)
    for step in range(steps + 1):
        if step:
            chain.step(levels)
        if step in marks:
            levels[0] = min(levels[0, 0] + size, bound)
        course[step] = levels[0, 0]
    return course
