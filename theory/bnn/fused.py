"""Compiled passes over the arrays of a network, or of a stack of them: normalisation, signs, Adam.

The counterpart of `theory.bnn.gpu` for NumPy's arrays of single precision. Needs numba (the extra
``fast``); where it is not installed the same is computed by NumPy, equal to rounding.
"""

from __future__ import annotations

import functools

import numpy as np

try:
    import numba
except ImportError as error:
    raise ModuleNotFoundError(
        "accelerated=True needs numba; install the extra with: pip install "
        "'complex-synapses[fast]', or leave accelerated as it is"
    ) from error

from theory.bnn.fused_images import gather, maxima, maxima_back, scatter  # noqa: F401
from theory.bnn.optimizer import FIRST_DECAY, SECOND_DECAY

# Beyond this argument sech^2 is below 1e-16, less than the last bit of any weight.
LARGEST = np.float32(20)
HALVINGS = 7


# Without numpy's error model every division is checked for zero, which forbids vector code.
FASTMATH = {"contract", "reassoc", "arcp", "nsz"}


@numba.njit(inline="always", error_model="numpy", fastmath=FASTMATH)
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


@numba.njit(inline="always", error_model="numpy", fastmath=FASTMATH)
def _one_member(
    value, gradient, first, second, used, sizes, rate, epsilon, decay, m, both_ways
):  # pragma: no cover (compiled)
    one = np.float32(1)
    keep_first, keep_second = np.float32(FIRST_DECAY), np.float32(SECOND_DECAY)
    for i in range(value.size):
        w = value[i]
        g = gradient[i] + decay * w
        a = keep_first * first[i] + g
        v = keep_second * second[i] + g * g
        first[i] = a
        second[i] = v
        step = rate * a / (np.sqrt(v) + epsilon)
        # No array may come under two names: the loop would not be vectorised.
        size = w if sizes is None else sizes[i]
        factor = _squared_hyperbolic_secant(m * size)
        # Both products exist, so the compiler chooses without a branch.
        step = step * factor if both_ways or step * w < np.float32(0) else step
        w += step
        value[i] = w
        if used is not None:
            used[i] = np.copysign(one, w)


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _adam(
    value, gradient, first, second, used, other, row, rates, strengths, both, epsilon, decay
):  # pragma: no cover (compiled)
    for k in range(len(value)):
        signs = None if used is None else used[k]
        if row[k] < 0:
            _one_member(
                value[k], gradient[k], first[k], second[k], signs, None, rates[k], epsilon, decay,
                strengths[k], both[k],
            )  # fmt: skip
        else:
            _one_member(
                value[k], gradient[k], first[k], second[k], signs, other[row[k]], rates[k],
                epsilon, decay, strengths[k], both[k],
            )  # fmt: skip


def adam_update(
    parameter, first, second, rates, epsilon, decay, strengths, other=None, both_ways=None
):
    """Do what `Adam.update` does to one parameter, of one network or of a stack of members.

    Parameters
    ----------
    parameter : Parameter
        Arrays of float32; with members, their axis is the first.
    first, second : ndarray
        Moments, as many numbers as the parameter.
    rates, strengths : ndarray, shape (members,), float32
        Step sizes, and metaplasticities of the published law.
    epsilon, decay : float
    other : (ndarray, ndarray), optional
        Weights in another order, (shuffled members, size), and for each member its row there, -1
        for none.
    both_ways : ndarray of bool, shape (members,), optional
        Whose outward steps are damped as well.
    """
    shape = (len(rates), -1)
    value, gradient, first, second = (
        array.reshape(shape) for array in (parameter.value, parameter.gradient, first, second)
    )
    used = parameter.used.reshape(shape) if parameter.role == "binary" else None
    row, both = _none(len(rates))
    sizes, row = (value, row) if other is None else other
    both = both if both_ways is None else both_ways
    _adam(
        value, gradient, first, second, used, sizes, row, rates, strengths, both,
        np.float32(epsilon), np.float32(decay),
    )  # fmt: skip


@functools.cache
def _none(members):
    """Return that no member reads its damping elsewhere, and none is damped both ways."""
    return np.full(members, -1, np.int32), np.zeros(members, bool)


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _moments(stack, mean, variance):  # pragma: no cover (compiled)
    share = np.float32(1) / np.float32(stack.shape[1])
    mean[:] = 0
    variance[:] = 0
    for k in range(stack.shape[0]):
        for sample in range(stack.shape[1]):
            for c in range(stack.shape[2]):
                mean[k, c] += stack[k, sample, c]
        for c in range(stack.shape[2]):
            mean[k, c] *= share
        for sample in range(stack.shape[1]):
            for c in range(stack.shape[2]):
                centred = stack[k, sample, c] - mean[k, c]
                variance[k, c] += centred * centred
        for c in range(stack.shape[2]):
            variance[k, c] *= share


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _normalise(
    stack, mean, variance, scale, shift, epsilon, normalised, out
):  # pragma: no cover (compiled)
    for k in range(stack.shape[0]):
        inverse = np.float32(1) / np.sqrt(variance[k] + epsilon)
        for sample in range(stack.shape[1]):
            for c in range(stack.shape[2]):
                x = (stack[k, sample, c] - mean[k, c]) * inverse[c]
                normalised[k, sample, c] = x
                if scale is not None:
                    out[k, sample, c] = x * scale[k, c] + shift[k, c]


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _normalise_back(
    upstream, normalised, variance, scale, epsilon, aligned, total, out
):  # pragma: no cover (compiled)
    share = np.float32(1) / np.float32(upstream.shape[1])
    aligned[:] = 0
    total[:] = 0
    for k in range(upstream.shape[0]):
        for sample in range(upstream.shape[1]):
            for c in range(upstream.shape[2]):
                u = upstream[k, sample, c]
                total[k, c] += u
                aligned[k, c] += u * normalised[k, sample, c]
        factor = np.float32(1) / np.sqrt(variance[k] + epsilon)
        if scale is not None:
            factor *= scale[k]
        mean, slope = total[k] * share, aligned[k] * share
        for sample in range(upstream.shape[1]):
            for c in range(upstream.shape[2]):
                u = upstream[k, sample, c] - normalised[k, sample, c] * slope[c] - mean[c]
                out[k, sample, c] = u * factor[c]


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _sign(inputs, inside, out):  # pragma: no cover (compiled)
    one = np.float32(1)
    for i in range(inputs.size):
        inside[i] = abs(inputs[i]) <= one
        out[i] = np.copysign(one, inputs[i])


@numba.njit(cache=True, error_model="numpy", fastmath=FASTMATH)
def _mask(values, inside):  # pragma: no cover (compiled)
    for i in range(values.size):
        values[i] = values[i] if inside[i] else np.float32(0)


def moments(stack):
    """Return mean and variance over the samples, (members, 1, channels), or (channels,) of one."""
    shape = (len(stack), 1, stack.shape[2]) if stack.ndim == 3 else stack.shape[1:]
    mean, variance = (np.empty(shape, stack.dtype) for _ in range(2))
    _moments(_members(stack), _rows(mean), _rows(variance))
    return mean, variance


def normalise(stack, mean, variance, scale, shift, epsilon, normalised, out):
    """Write the normalised activations and, with a scale, these scaled and shifted."""
    if scale is not None:
        scale, shift = _rows(scale), _rows(shift)
    _normalise(
        _members(stack), _rows(mean), _rows(variance), scale, shift, np.float32(epsilon),
        _members(normalised), _members(out),
    )  # fmt: skip


def normalise_back(upstream, normalised, variance, scale, epsilon, gradients, out):
    """Write the gradients of scale and shift, (members, 1, channels) each, and of the input."""
    scale = None if scale is None else _rows(scale)
    _normalise_back(
        _members(upstream), _members(normalised), _rows(variance), scale, np.float32(epsilon),
        *(_rows(gradient) for gradient in gradients), _members(out),
    )  # fmt: skip


def sign(inputs, inside, out):
    """Write signs, and where the magnitude is at most 1."""
    _sign(inputs.reshape(-1), inside.reshape(-1), out.reshape(-1))


def mask(values, inside):
    """Clear the values outside, in place."""
    if not values.flags.c_contiguous:
        return np.multiply(values, inside, out=values)
    _mask(values.reshape(-1), inside.reshape(-1))
    return values


def _members(array):
    array = np.ascontiguousarray(array)
    return array if array.ndim == 3 else array[None]


def _rows(array):
    return array.reshape(-1, array.shape[-1])
