"""Where arrays live: NumPy's memory, or a graphics processor through CuPy (the extra ``gpu``).

The layers, the loss and the methods are written once, in NumPy's functions. CuPy's arrays answer to
these, so a network computes where its parameters are. Here stands what NumPy's dispatch does not
cover: making arrays, moving them, and products of stacks of matrices. Random numbers are always
drawn by NumPy on the host, so that a run has the same draws on either device.
"""

from __future__ import annotations

import functools
import importlib
import sys

import numpy as np

from theory import checks

DEVICES = ("cpu", "gpu")

# How a GPU computes. Precision of products of stacks: "tf32" rounds factors to 10 bits after the
# point; products of signs are exact in both. Fused: normalisation and signs of a stack in one pass.
GPU = {"precision": "float32", "fused": True}


def array_module(device: str):
    """Return the module that makes arrays on a device: ``numpy`` or ``cupy``.

    Raises
    ------
    ModuleNotFoundError
        If CuPy is not installed.
    RuntimeError
        If no GPU answers.
    """
    if checks.one_of("device", device, DEVICES) == "cpu":
        return np
    try:
        import cupy
    except ImportError as error:
        raise ModuleNotFoundError(
            'device="gpu" needs CuPy; install the extra with: pip install '
            "'complex-synapses[gpu]', or leave device=\"cpu\""
        ) from error
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise RuntimeError(f'device="gpu", but no GPU answers ({error}); use "cpu"') from error
    if not count:
        raise RuntimeError('device="gpu", but no GPU is there; use device="cpu"')
    return cupy


def module_of(array):
    """Return the module of an array: ``numpy`` for everything that is not of another device."""
    if isinstance(array, np.ndarray):
        return np
    # The type tells, so that CuPy need not be there to be asked.
    module = type(array).__module__.partition(".")[0]
    if module == "cupy":
        return sys.modules["cupy"]
    return getattr(type(array), "array_module", np)


def like(values, array, dtype=None):
    """Return `values` as an array on the device of `array`; unchanged where they are there."""
    module = module_of(array)
    if module is not np or module_of(values) is np:
        return module.asarray(values, dtype=dtype)
    return np.asarray(to_host(values), dtype=dtype)


def to_host(array) -> np.ndarray:
    """Return the values as a NumPy array."""
    module = module_of(array)
    return np.asarray(array) if module is np else module.asnumpy(array)


@functools.cache
def compiled():
    """Return the module of compiled passes, `theory.bnn.fused`, or None where numba is missing."""
    try:
        return importlib.import_module("theory.bnn.fused")
    except ModuleNotFoundError:
        return None


def one_pass(values, affine=True):
    """Return the module that normalises and takes signs of such an array in one pass, or None.

    `theory.bnn.fused` for NumPy's single precision, `theory.bnn.gpu` for stacks on a GPU, there
    with scale and shift alone.
    """
    module = module_of(values)
    if module is np:
        return compiled() if values.dtype == np.float32 else None
    if values.ndim == 3 and affine and GPU["fused"] and module.__name__ == "cupy":
        from theory.bnn import gpu

        return gpu
    return None


def column_products(a, b):
    """Return the sums over the last axis but one of the products of two arrays of one shape."""
    if module_of(a).__name__ == "cupy":
        return (a * b).sum(axis=-2)
    return np.einsum("...ij,...ij->...j", a, b)


def matmul(a, b, out):
    """Write the matrix product of `a` and `b`, or of two stacks of matrices, into `out`."""
    if out.ndim == 3 and module_of(out).__name__ == "cupy":
        from theory.bnn import gpu

        return gpu.stacked_matmul(a, b, out, GPU["precision"])
    return np.matmul(a, b, out=out)


@functools.cache
def gpu_seen() -> str:
    """Return the name of the GPU that CuPy sees, or an empty text."""
    try:
        module = array_module("gpu")
    except (ModuleNotFoundError, RuntimeError):
        return ""
    return module.cuda.runtime.getDeviceProperties(0)["name"].decode()
