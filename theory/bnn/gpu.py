"""GPU programs that CuPy's own functions do not give: stacked products, one-pass layers and Adam.

Imported only where arrays are CuPy's.
"""

from __future__ import annotations

import functools

import numpy as np

from theory.bnn.optimizer import FIRST_DECAY, SECOND_DECAY

THREADS, BLOCKS = 256, 1024  # of one launch, a member

# What `Adam.update` does to one parameter of every member: one pass over its state. The damping of
# a shuffled member is read from a copy of the weights in another order.
UPDATE = r"""
extern "C" __global__ void adam(
    float* value, const float* gradient, float* first, float* second, float* used,
    const float* rates, const float* metaplasticities, const float* other, const int* other_row,
    const float epsilon, const float decay, const float keep_first, const float keep_second,
    const long long size, const int binary)
{
    const int member = blockIdx.y;
    const float rate = rates[member], m = metaplasticities[member];
    const int row = other_row[member];
    const long long offset = member * size;
    const float* read = row < 0 ? value + offset : other + row * size;
    const long long stride = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < size; i += stride) {
        const long long k = offset + i;
        float w = value[k];
        const float size_of = read[i];
        const float g = gradient[k] + decay * w;
        const float a = keep_first * first[k] + g;
        const float v = keep_second * second[k] + g * g;
        first[k] = a;
        second[k] = v;
        float step = a / (sqrtf(v) + epsilon) * rate;
        if (m > 0.f && step * w < 0.f) {
            const float t = tanhf(m * size_of);
            step -= t * t * step;
        }
        w += step;
        value[k] = w;
        if (binary) used[k] = copysignf(1.f, w);
    }
}
"""


@functools.cache
def _update_program():
    import cupy

    return cupy.RawKernel(UPDATE, "adam")


# Passes over the activations of a stack, as (inputs, outputs, operation). Statistics and parameters
# have one row a member, which every sample reads.
ELEMENTWISE = {
    "normalise": (
        "T x, T mean, T variance, T scale, T shift, T epsilon",
        "T normalised, T y",
        "normalised = (x - mean) * ((T)1 / sqrt(variance + epsilon));"
        " y = normalised * scale + shift",
    ),
    "back": (
        "T u, T normalised, T aligned, T total, T variance, T scale, T epsilon, T share",
        "T y",
        "y = (u - normalised * aligned * share - total * share)"
        " * (scale * ((T)1 / sqrt(variance + epsilon)))",
    ),
    "sign": ("T x", "bool inside, T y", "inside = fabs(x) <= (T)1; y = copysign((T)1, x)"),
}
REDUCTIONS = {
    "variance": ("T x, T mean, T share", "(x - mean) * (x - mean) * share"),
    "product": ("T x, T y", "x * y"),
}


@functools.cache
def _elementwise(name):
    import cupy

    return cupy.ElementwiseKernel(*ELEMENTWISE[name], name=f"stack_{name}")


@functools.cache
def _reduction(name):
    import cupy

    inputs, each = REDUCTIONS[name]
    return cupy.ReductionKernel(inputs, "T z", each, "a + b", "z = a", "0", name=f"stack_{name}")


def moments(stack):
    """Return mean and variance over the samples, (members, 1, channels)."""
    mean = stack.mean(axis=1, keepdims=True)
    share = stack.dtype.type(1 / stack.shape[1])
    return mean, _reduction("variance")(stack, mean, share, axis=1)[:, None]


def normalise(stack, mean, variance, scale, shift, epsilon, normalised, out):
    """Write the normalised activations, and these scaled and shifted."""
    _elementwise("normalise")(
        stack, mean, variance, scale, shift, stack.dtype.type(epsilon), normalised, out
    )


def normalise_back(upstream, normalised, variance, scale, epsilon, gradients, out):
    """Write the gradients of scale and shift, (members, 1, channels) each, and of the input."""
    aligned, total = gradients
    _reduction("product")(upstream, normalised, out=aligned[:, 0], axis=1)
    upstream.sum(axis=1, out=total[:, 0])
    number = upstream.dtype.type
    _elementwise("back")(
        upstream, normalised, aligned, total, variance, scale, number(epsilon),
        number(1 / upstream.shape[1]), out,
    )  # fmt: skip


def sign(stack, inside, out):
    """Write signs, and where the magnitude is at most 1."""
    _elementwise("sign")(stack, inside, out)


def mask(values, inside):
    """Clear the values outside, in place."""
    values *= inside
    return values


def stacked_matmul(a, b, out, precision):
    """Write the products of two stacks of float32 matrices into a contiguous stack.

    Operands may be transposed views: one call of cuBLAS, which CuPy's own function would make of
    copies.
    """
    import cupy
    from cupy.cuda import cublas

    if out.dtype != np.float32:
        return cupy.matmul(a, b, out=out)
    members, rows, columns = out.shape
    inner = a.shape[-1]
    one, zero = np.ones((), np.float32), np.zeros((), np.float32)
    # cuBLAS counts columns first: the transposed product, with the factors in the other order.
    (flip_b, lead_b, jump_b), (flip_a, lead_a, jump_a) = _layout(b), _layout(a)
    kind = cublas.CUBLAS_COMPUTE_32F
    if precision == "tf32":
        kind = cublas.CUBLAS_COMPUTE_32F_FAST_TF32
    real = cupy.cuda.runtime.CUDA_R_32F
    cublas.gemmStridedBatchedEx(
        cupy.cuda.device.get_cublas_handle(), flip_b, flip_a, columns, rows, inner,
        one.ctypes.data, b.data.ptr, real, lead_b, jump_b, a.data.ptr, real, lead_a, jump_a,
        zero.ctypes.data, out.data.ptr, real, columns, rows * columns, members, kind,
        cublas.CUBLAS_GEMM_DEFAULT,
    )  # fmt: skip
    return out


def _layout(stack):
    """Return (transposed, leading dimension, numbers from one matrix to the next)."""
    item = stack.dtype.itemsize
    jump, down, across = (stride // item for stride in stack.strides)
    if stack.shape[-1] == 1 or across == 1:
        return 0, max(down, stack.shape[-1]), jump
    if down != 1:
        raise ValueError("a factor is neither contiguous nor the transpose of a contiguous array")
    return 1, max(across, stack.shape[-2]), jump


def adam_update(parameter, first, second, rates, epsilon, decay, metaplasticities, other=None):
    """Do what `Adam.update` does to one parameter, of one network or of a stack of members.

    Parameters
    ----------
    parameter : Parameter
        Arrays of float32; with members, their axis is the first.
    first, second : cupy.ndarray
        Moments, as many numbers as the parameter.
    rates, metaplasticities : cupy.ndarray, shape (members,), float32
    epsilon, decay : float
    other : (cupy.ndarray, cupy.ndarray), optional
        Weights in another order, (shuffled members, size), and for each member its row there, -1
        for none.
    """
    import cupy

    members = len(rates)
    size = parameter.value.size // members
    if other is None:
        other = (parameter.value, cupy.full(members, -1, np.int32))
    grid = (min(BLOCKS, -(-size // THREADS)), members)
    arguments = (
        parameter.value, parameter.gradient, first, second, parameter.used, rates,
        metaplasticities, *other, np.float32(epsilon), np.float32(decay), np.float32(FIRST_DECAY),
        np.float32(SECOND_DECAY), np.int64(size), np.int32(parameter.role == "binary"),
    )  # fmt: skip
    _update_program()(grid, (THREADS,), arguments)
