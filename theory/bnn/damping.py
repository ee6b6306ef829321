"""Which law damps a weight array of a network: a strength, a law, a function of one's own."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.metaplasticity.forgetting_laws import OwnLaw, SechSquared

PROBES = np.array([0.0, 0.01, 0.1, 1.0, 10.0], np.float32)


def damping_law(value):
    """Return the strength of the published law as float, or another law as it is.

    Parameters
    ----------
    value : float, law or callable
        A strength m >= 0; an object with a method ``factor``, such as `PowerTail`, whose own
        parameters are single numbers; or a function of the size of a hidden weight.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or does not give one factor in [0, 1] for each hidden weight.
    """
    if not (hasattr(value, "factor") or callable(value)):
        return checks.nonnegative("metaplasticity", value)
    law = value if hasattr(value, "factor") else OwnLaw(value)
    if isinstance(law, SechSquared) and np.ndim(law.metaplasticity) == 0:
        return float(law.metaplasticity)
    try:
        factors = np.asarray(law.factor(PROBES), float)
    except ValueError as error:
        raise ValueError(f"metaplasticity: {law!r} takes no array of weights: {error}") from error
    if factors.shape != PROBES.shape or not np.all((factors >= 0) & (factors <= 1)):
        raise ValueError(
            f"metaplasticity: the law {law!r} must return one factor in [0, 1] a hidden weight; "
            f"for five it returned {np.array2string(factors, threshold=6)}"
        )
    return law


def one_a_weight_array(metaplasticity, count: int) -> list:
    """Return one strength or law for each of `count` weight arrays.

    Parameters
    ----------
    metaplasticity : float, law, callable, or sequence of these
        One for all, or one a weight array.
    count : int
    """
    values = list(metaplasticity) if np.ndim(metaplasticity) else [metaplasticity]
    if len(values) not in (1, count):
        raise ValueError(
            f"metaplasticity has {len(values)} values; give one, or one for each of the "
            f"{count} weight arrays"
        )
    laws = [damping_law(value) for value in values]
    return laws * count if len(laws) == 1 else laws
