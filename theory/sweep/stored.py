"""Numbers, text, arrays and their collections as bytes that hold data and no code."""

from __future__ import annotations

import io
import json

import numpy as np


class NotPlain(TypeError):
    """A value is of a kind that only a pickle can keep."""


def plain_bytes(value):
    """Return a value as bytes: one line of JSON for its shape, then its arrays as ``.npy``.

    The same value gives the same bytes, and `plain_value` gives it back to the last bit.

    Parameters
    ----------
    value : object
        None, booleans, numbers, text, NumPy scalars and arrays (without objects), and lists, tuples
        and dictionaries of these; exactly these types, not what is derived from them.

    Raises
    ------
    NotPlain
        For anything else.
    """
    arrays: list[np.ndarray] = []
    try:
        line = json.dumps(_described(value, arrays), separators=(",", ":"))
    except (ValueError, RecursionError) as error:  # integers of thousands of digits, cycles
        raise NotPlain(str(error)) from error
    stream = io.BytesIO()
    stream.write(line.encode() + b"\n")
    for array in arrays:
        np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def plain_value(content):
    """Return the value that `plain_bytes` turned into bytes; nothing in them is executed."""
    stream = io.BytesIO(content)
    described = json.loads(stream.readline())
    return _restored(described, stream)


def _described(value, arrays):
    """The value as JSON: collections and what JSON lacks are lists that begin with their kind."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is complex:
        return ["complex", value.real, value.imag]
    if kind is np.ndarray or isinstance(value, np.generic):
        array = np.asarray(value)
        if array.dtype.hasobject or (kind is not np.ndarray and array[()].__class__ is not kind):
            raise NotPlain(f"an array of {array.dtype}")
        arrays.append(array)
        return ["array" if kind is np.ndarray else "scalar"]
    if kind in (list, tuple):
        return [kind.__name__, *(_described(item, arrays) for item in value)]
    if kind is dict:
        pairs = [[_described(part, arrays) for part in item] for item in value.items()]
        return ["dict", *pairs]
    raise NotPlain(kind.__name__)


def _restored(described, stream):
    if not isinstance(described, list):
        return described
    kind, *parts = described
    if kind == "complex":
        return complex(*parts)
    if kind in ("array", "scalar"):
        array = np.lib.format.read_array(stream, allow_pickle=False)
        return array if kind == "array" else array[()]
    if kind == "dict":
        pairs = [[_restored(part, stream) for part in item] for item in parts]
        return {key: value for key, value in pairs}
    items = [_restored(part, stream) for part in parts]
    return items if kind == "list" else tuple(items)
