"""Checks of arguments, shared by all subjects: the valid value comes back, or a sentence is raised.

Every sentence names the argument, what was given and what is accepted. ``ValueError`` is raised for
a bad value or shape, ``TypeError`` for a wrong type. Booleans are not accepted as numbers.
"""

import difflib
from collections.abc import Iterable, Sized
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

Option = TypeVar("Option")

SYMMETRY_TOLERANCE = 1e-10


def shown(value: object) -> str:
    """Return a value in a few words."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:37] + '...'} ({type(value).__name__})"


def number(name: str, value: object, accepted: str, kind: type = Real) -> Any:
    """Return a number of a kind, also out of an array of one; the error says what is accepted."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, kind):
        raise TypeError(f"{name} must be {accepted}, not {shown(value)}")
    return value


def numbers(name: str, value: object, kinds: str = "iuf", wanted: str = "real") -> np.ndarray:
    """Return an array whose entries have one of the kinds of NumPy's types, if there are any."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        raise ValueError(
            f"{name} must be a rectangular array: its rows differ in length, or hold no numbers"
        ) from None
    if array.size and array.dtype.kind not in kinds:
        raise TypeError(
            f"{name} must be an array of {wanted} numbers, not of {array.dtype}"
            + (f" {shown(value)}" if array.ndim == 0 else "")
        )
    return array


def every(name: str, array: np.ndarray, good: np.ndarray) -> None:
    """Refuse an array with entries that are not good, that is finite, naming the first."""
    if not good.all():
        where = tuple(int(i) for i in np.argwhere(~good)[0])
        raise ValueError(
            f"{name} must be finite, but {(~good).sum()} of {array.size} entries are not, "
            f"first {array[where]} at index {where}"
        )


def positive(name: str, value: object) -> float:
    """Return a finite number above 0 as float."""
    accepted = "a finite number above 0"
    found = float(number(name, value, accepted))
    if not 0 < found < np.inf:
        raise ValueError(f"{name} must be {accepted}, not {found:g}")
    return found


def nonnegative(name: str, value: object) -> float:
    """Return a finite number that is 0 or above as float."""
    accepted = "a finite number, 0 or above"
    found = float(number(name, value, accepted))
    if not 0 <= found < np.inf:
        raise ValueError(f"{name} must be {accepted}, not {found:g}")
    return found


def in_range(
    name: str, value: object, low: float, high: float, closed: bool | tuple[bool, bool] = True
) -> float:
    """Return a number between two bounds as float.

    Parameters
    ----------
    low, high : float
        May be infinite.
    closed : bool or (bool, bool)
        Whether the bounds belong to the range, for both or for each.
    """
    low_closed, high_closed = closed if isinstance(closed, tuple) else (closed, closed)
    interval = f"{'[' if low_closed else '('}{low:g}, {high:g}{']' if high_closed else ')'}"
    accepted = f"a number in {interval}"
    found = float(number(name, value, accepted))
    above = found >= low if low_closed else found > low
    below = found <= high if high_closed else found < high
    if not (above and below):
        raise ValueError(f"{name} must be {accepted}, not {found:g}")
    return found


def integer_at_least(name: str, value: object, minimum: int) -> int:
    """Return an integer that is not below a minimum as int; floats are refused, also whole ones."""
    accepted = f"an integer, {minimum} or above"
    whole = int(number(name, value, accepted, Integral))
    if whole < minimum:
        raise ValueError(f"{name} must be {accepted}, not {whole}")
    return whole


def finite_array(
    name: str,
    value: ArrayLike,
    shape: tuple[int | None, ...] | None = None,
    ndim: int | None = None,
) -> np.ndarray:
    """Return an array of finite real numbers as float ndarray.

    Parameters
    ----------
    value : array_like
    shape : tuple, optional
        Wanted shape; None in it accepts any length, for example ``(None, 3)``.
    ndim : int, optional
        Wanted number of dimensions.

    Returns
    -------
    ndarray of float
        The input itself where it is a float64 array already.
    """
    array = numbers(name, value).astype(float, copy=False)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions, not shape {array.shape}")
    if shape is not None and (
        array.ndim != len(shape)
        or any(want not in (None, have) for want, have in zip(shape, array.shape, strict=True))
    ):
        wanted = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise ValueError(f"{name} must have shape {wanted}, not {array.shape}")
    every(name, array, np.isfinite(array))
    return array


def same_length(**arrays: Sized) -> int:
    """Return the common length of named sequences, ``same_length(inputs=x, labels=y)``."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"{' and '.join(lengths)} must have the same length, not {told}")
    return next(iter(lengths.values()))


def one_of(name: str, value: object, choices: Iterable[Option]) -> Option:
    """Return an option that is among the choices; the error names them and the closest match."""
    choices = tuple(choices)
    if any(isinstance(value, type(choice)) and value == choice for choice in choices):
        return value  # type: ignore[return-value]
    told = ", ".join(map(repr, choices))
    close = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise ValueError(f"{name} must be one of {told}, not {value!r}{hint}")


def spd_matrix(name: str, value: ArrayLike) -> np.ndarray:
    """Return a symmetric positive definite matrix as float ndarray (n, n).

    Symmetric means that entries differ from their mirror images by at most 1e-10 of the largest
    entry; the matrix that comes back is exactly symmetric. Positive definiteness is tested by a
    Cholesky factorization.
    """
    matrix = finite_array(name, value, ndim=2)
    if matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"{name} must be a square matrix, not of shape {matrix.shape}")
    largest = np.abs(matrix).max()
    asymmetry = np.abs(matrix - matrix.T).max()
    if asymmetry > SYMMETRY_TOLERANCE * largest:
        raise ValueError(
            f"{name} must be symmetric: it differs from its transpose by {asymmetry:.3g}, which is "
            f"more than {SYMMETRY_TOLERANCE:g} of its largest entry {largest:.3g}"
        )
    matrix = (matrix + matrix.T) / 2
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(matrix)[0]
        raise ValueError(
            f"{name} must be positive definite, but its smallest eigenvalue is {smallest:.3g}"
        ) from None
    return matrix


def as_rng(rng: object) -> np.random.Generator:
    """Return a random generator from a `numpy.random.Generator` (itself) or an integer seed."""
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, bool | np.bool_) or not isinstance(rng, Integral):
        raise TypeError(
            "rng must be a numpy.random.Generator or an integer seed, so that the run can be "
            f"repeated, not {shown(rng)}"
        )
    if rng < 0:
        raise ValueError(f"rng must be a seed of 0 or above, not {rng}")
    return np.random.default_rng(int(rng))
