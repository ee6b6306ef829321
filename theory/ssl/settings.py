"""The settings of the Siamese network and the checks of their values."""

from __future__ import annotations

import numpy as np

from theory import checks

LOSSES = ("euclidean", "cosine")
VARIANTS = (
    "standard",
    "isotropic",
    "no_stop_gradient",
    "no_stop_gradient_released",
    "no_predictor",
)


def check_setting(loss: str, variant: str) -> None:
    """Raise a sentence where the loss or the variant is not one of those that exist."""
    checks.one_of("loss", loss, LOSSES)
    checks.one_of("variant", variant, VARIANTS)


def check_eigenvalues(values: np.ndarray, name: str = "initial_eigenvalues") -> np.ndarray:
    """Return eigenvalues, shape (modes,), finite, none below 0 and one of them above 0."""
    values = checks.finite_array(name, values, ndim=1)
    if values.size == 0 or values.min() < 0 or values.max() == 0:
        told = "it is empty" if values.size == 0 else f"they run from {values.min():g} to "
        told += "" if values.size == 0 else f"{values.max():g}"
        raise ValueError(
            f"{name} must be 0 or above and not all 0 (a covariance has no negative ones), "
            f"but {told}"
        )
    return values


def check_noise(noise: tuple[float, float]) -> tuple[float, float]:
    """Return the second moments of the two views' features, 1 + sigma_1^2 and 1 + sigma_2^2."""
    try:
        first, second = noise
    except (TypeError, ValueError):
        raise ValueError(
            f"noise must be a pair, one standard deviation for each view, not {noise!r}"
        ) from None
    return (
        1 + checks.nonnegative("noise of view 1", first) ** 2,
        1 + checks.nonnegative("noise of view 2", second) ** 2,
    )


def check_times(times: np.ndarray) -> np.ndarray:
    """Return times, shape (times,), from 0 on, strictly increasing."""
    times = checks.finite_array("times", times, ndim=1)
    if times.size == 0 or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError(
            "times must be a sequence of at least one number, from 0 on and strictly increasing "
            "(units of learning rate x iterations)"
        )
    return times
