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
LARGEST = 1e100  # eigenvalue


def check_setting(loss: str, variant: str) -> None:
    """Raise a sentence where the loss or the variant is not one of those that exist."""
    checks.one_of("loss", loss, LOSSES)
    checks.one_of("variant", variant, VARIANTS)


def check_eigenvalues(values: np.ndarray, name: str = "initial_eigenvalues") -> np.ndarray:
    """Return eigenvalues, shape (modes,), finite, none below 0 and one of them above 0."""
    values = checks.finite_array(name, values)
    if values.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, one a mode, not shape {values.shape}")
    if values.size == 0 or values.min() < 0 or values.max() == 0:
        told = "it is empty" if values.size == 0 else f"they run from {values.min():g} to "
        told += "" if values.size == 0 else f"{values.max():g}"
        raise ValueError(
            f"{name} must be 0 or above and not all 0 (a covariance has no negative ones), "
            f"but {told}"
        )
    if values.max() > LARGEST:
        raise ValueError(
            f"{name} must be at most {LARGEST:g}, whose powers are still numbers, but the largest "
            f"is {values.max():g}"
        )
    return values


def check_noise(noise, modes: int | None = None):
    """Return the second moments of the two views' features, 1 + sigma_1^2 and 1 + sigma_2^2.

    Each standard deviation is a number, or where `modes` is given one number a mode.
    """
    try:
        pair = tuple(noise)
    except TypeError:
        pair = ()
    if len(pair) != 2 or isinstance(noise, str):
        raise ValueError(
            f"noise must be a pair, one standard deviation for each view, not {noise!r}"
        ) from None
    return tuple(
        1 + _per_mode(f"noise of view {k}", sigma, modes) ** 2 for k, sigma in enumerate(pair, 1)
    )


def check_input_variance(values, modes: int):
    """Return the variances of the features of the input, a number or shape (modes,), above 0."""
    values = _per_mode("input_variance", values, modes)
    if np.min(values) == 0:
        raise ValueError("input_variance must be above 0: a feature that never varies has no mode")
    return values


def _per_mode(name, value, modes):
    if modes is None or np.ndim(value) == 0:
        return checks.nonnegative(name, value)
    value = checks.finite_array(name, value, shape=(modes,))
    if value.min() < 0:
        raise ValueError(f"{name} must be 0 or above, but the smallest is {value.min():g}")
    return value


def check_times(times: np.ndarray) -> np.ndarray:
    """Return times, shape (times,), from 0 on, strictly increasing."""
    times = checks.finite_array("times", times)
    if times.ndim != 1:
        raise ValueError(f"times must be a list of times such as [3.0], not shape {times.shape}")
    if times.size == 0 or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError(
            "times must be a sequence of at least one number, from 0 on and strictly increasing "
            "(units of learning rate x iterations)"
        )
    return times
