r"""Trainable arrays and their signs.

A binarized weight has two values: the hidden weight :math:`W^h`, which only accumulates updates,
and the binary weight :math:`W^b = \operatorname{sign}(W^h)`, with which the network computes
(Laborieux et al. 2021, Fig. 1b).
"""

from __future__ import annotations

import numpy as np

from theory.bnn.arrays import like, module_of

# Bit patterns of 1.0 and of the sign bit, by the width of the floating-point type.
_BITS: dict[int, tuple[type[np.signedinteger], np.signedinteger, np.signedinteger]] = {
    4: (np.int32, np.int32(0x3F800000), np.int32(-(2**31))),
    8: (np.int64, np.int64(0x3FF0000000000000), np.int64(-(2**63))),
}


def sign_into(values: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Write the signs, +1 or -1, of contiguous `values` into `out`; +0 counts as +1, -0 as -1.

    Works on the bits, because `numpy.sign` returns 0 for 0 and comparisons of random signs
    mispredict. `out` may be `values` itself.
    """
    integer, one, sign_bit = _BITS[values.dtype.itemsize]
    bits = out.view(integer)
    np.bitwise_and(values.view(integer), sign_bit, out=bits)
    np.bitwise_or(bits, one, out=bits)
    return out


class Parameter:
    """One trainable array.

    Parameters
    ----------
    name : str
    value : ndarray
        The hidden weights, or the real-valued parameter itself. Kept and changed in place.
    role : {"binary", "real", "normalisation"}
        ``binary``: the network uses the sign of the value. ``real``: it uses the value. Both are
        weights, which metaplasticity and penalties act on. ``normalisation``: scales and shifts,
        which they leave alone.

    Attributes
    ----------
    used : ndarray
        What the network computes with: the signs for the role ``binary``, else `value` itself.
    gradient : ndarray
        Of the loss with respect to `used`; straight through, it also drives the hidden weight.
    """

    def __init__(self, name: str, value: np.ndarray, role: str):
        self.name = name
        self.value = module_of(value).ascontiguousarray(value)
        self.role = role
        self.gradient = np.zeros_like(self.value)
        self.used = np.empty_like(self.value) if role == "binary" else self.value
        self.refresh()

    @property
    def is_weight(self) -> bool:
        return self.role != "normalisation"

    def refresh(self) -> None:
        """Recompute the signs after `value` was changed from outside."""
        if self.role == "binary":
            sign_into(self.value, self.used)

    def load(self, value: np.ndarray) -> None:
        """Replace the value in place."""
        self.value[...] = like(value, self.value)
        self.refresh()

    def move(self, module) -> None:
        """Make the arrays anew on another device."""
        self.value = module.asarray(self.value)
        self.gradient = module.zeros_like(self.value)
        self.used = module.empty_like(self.value) if self.role == "binary" else self.value
        self.refresh()


class Workspace:
    """Arrays that are made once for each name and shape and then used again.

    A training step on batches of one size allocates nothing large after the first.
    """

    def __init__(self, dtype, module=np):
        self.dtype = np.dtype(dtype)
        self.module = module
        self._arrays: dict[tuple, np.ndarray] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype=None) -> np.ndarray:
        key = (name, *shape)
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = self.module.zeros(shape, dtype or self.dtype)
        return found

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self._arrays.values())

    def __reduce__(self):
        # Scratch contents are worth nothing in another process.
        return type(self), (self.dtype,)
