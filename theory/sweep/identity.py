"""A name for a value that is the same in every process, on every run."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import sys
from enum import Enum
from pathlib import PurePath

import numpy as np


def canonical(value, where):
    """Text that is equal for equal values, in every process, and different for different ones.

    Python's own ``hash`` differs between processes and pickles differ between versions, so neither
    can name a result on disk.

    Parameters
    ----------
    value : object
        None, booleans, numbers, text, bytes, paths, enumerations, arrays, frozen settings
        (dataclasses), named functions and classes, and lists, tuples, sets and dictionaries of
        these.
    where : str
        What to call the value in an error message.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If the value contains something else.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        if not isinstance(value, Enum):
            return f"{type(value).__name__}:{value!r}"
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        data = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"array:{value.dtype.str}:{value.shape}:{data}"
    if isinstance(value, Enum):
        return f"enum:{type(value).__qualname__}.{value.name}"
    if isinstance(value, PurePath):
        return f"path:{str(value)!r}"
    if isinstance(value, dict):
        items = sorted(
            (canonical(key, where), canonical(item, f"{where}[{key!r}]"))
            for key, item in value.items()
        )
        return "{" + ",".join(f"{key}={item}" for key, item in items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(canonical(item, where) for item in value) + "]"
    if isinstance(value, (set, frozenset)):
        return "set[" + ",".join(sorted(canonical(item, where) for item in value)) + "]"
    if isinstance(value, functools.partial):
        parts = (value.func, value.args, value.keywords)
        return "partial(" + ",".join(canonical(part, where) for part in parts) + ")"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return f"{type(value).__module__}.{type(value).__qualname__}{canonical(fields, where)}"
    name = getattr(value, "__qualname__", None)
    if callable(value) and name and named(value):
        return f"callable:{value.__module__}.{name}"
    raise TypeError(
        f"{where} contains {short(value)} of type {type(value).__name__}, which has no lasting "
        "name; use numbers, text, arrays, dataclasses, functions defined in a module, or lists and "
        "dictionaries of these."
    )


def named(function):
    """Tell whether a function is what its module has under its name: no lambda, no closure.

    What decorates it does not matter: the name leads to the decorated function.
    """
    name, module = function.__qualname__, sys.modules.get(getattr(function, "__module__", None))
    if not getattr(function, "__closure__", None):
        return "<" not in name
    return "<" not in name and "." not in name and getattr(module, name, None) is function


def short(value):
    """`repr` of a value, cut to 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
