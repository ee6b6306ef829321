"""The compiled Adam update: one pass over the state. Needs the extra ``fast`` (numba)."""

from __future__ import annotations

import numpy as np

try:
    import numba
except ImportError as error:
    raise ModuleNotFoundError(
        "accelerated=True needs numba; install the extra with: pip install "
        "'complex-synapses[fast]', or leave accelerated=False"
    ) from error

from theory.bnn.optimizer import FIRST_DECAY, SECOND_DECAY

# Beyond this argument sech^2 is below 1e-16, less than the last bit of any weight.
LARGEST = np.float32(20)
HALVINGS = 7


# Without numpy's error model every division is checked for zero, which forbids vector code.
OPTIONS = {"fastmath": {"contract", "reassoc", "arcp", "nsz"}, "error_model": "numpy"}


@numba.njit(inline="always", **OPTIONS)
def _squared_hyperbolic_secant(x):  # pragma: no cover (compiled)
    """4 q / (1 + q)^2 with q = exp(-2 |x|), relative error below 2e-4.

    The C library's functions are called for one number at a time; this one is made of products,
    so that the compiler can take several numbers at once: the exponential of a 128th of the
    argument by its series, then squared seven times.
    """
    z = min(abs(x), LARGEST) * np.float32(-2 / 2**HALVINGS)
    one = np.float32(1)
    q = one + z * (
        one
        + z
        * (
            np.float32(1 / 2)
            + z * (np.float32(1 / 6) + z * (np.float32(1 / 24) + z * np.float32(1 / 120)))
        )
    )
    q *= q
    q *= q
    q *= q
    q *= q
    q *= q
    q *= q
    q *= q
    return np.float32(4) * q / ((one + q) * (one + q))


@numba.njit(cache=True, **OPTIONS)
def fused_adam(
    value, gradient, first, second, used, rate, epsilon, decay, metaplasticity, binary
):  # pragma: no cover (compiled)
    """Do what `Adam.update` does to one parameter, in single precision; see there."""
    one = np.float32(1)
    rate, epsilon = np.float32(rate), np.float32(epsilon)
    decay, metaplasticity = np.float32(decay), np.float32(metaplasticity)
    keep_first, keep_second = np.float32(FIRST_DECAY), np.float32(SECOND_DECAY)
    for i in range(value.size):
        w = value[i]
        g = gradient[i] + decay * w
        m = keep_first * first[i] + g
        v = keep_second * second[i] + g * g
        first[i] = m
        second[i] = v
        step = rate * m / (np.sqrt(v) + epsilon)
        factor = _squared_hyperbolic_secant(metaplasticity * w)
        # Both products exist, so the compiler chooses without a branch.
        step = step * factor if step * w < np.float32(0) else step
        w += step
        value[i] = w
        if binary:
            used[i] = np.copysign(one, w)
