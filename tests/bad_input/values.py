"""Numbers of good arguments that no call can confuse, and the bad values put in their place."""

import copy

import numpy as np

HUGE_COUNT = 10**30
HUGE = 1e300


class Stranger:
    """An object that nothing knows."""


def uneven(*shape):
    """Return an array of numbers from .1 to .9 in no order: none 0 or 1, few alike."""
    return (0.5 - 0.4 * np.sin(2.0 * np.arange(np.prod(shape)) + 1)).reshape(shape)


def bad_values(good):
    """Return the (kind, value) pairs that replace a good value.

    Whatever the argument is, it gets None, text, a stranger, numbers that are none, a truth value
    and an empty list; arrays and lists of numbers also get wrong shapes and one bad entry.
    """
    common = [
        ("none", None),
        ("text", "frobnicate"),
        ("object", Stranger()),
        ("nan", float("nan")),
        ("infinite", float("inf")),
        ("complex", 1 + 2j),
        ("bool", True),
        ("empty", []),
    ]
    whole = isinstance(good, int) and not isinstance(good, bool)
    numbers = [
        ("huge", HUGE_COUNT if whole else HUGE),
        ("negative", -3),
        ("negative", -0.7),
        ("shape", np.ones((2, 3, 4))),
        ("text", "1"),
    ]
    array = _as_numbers(good)
    if array is None:
        return common if isinstance(good, bool | str | None) else [*common, numbers[1], numbers[3]]
    if array.ndim == 0:
        return common + numbers
    return common + numbers + _arrays(array)


def _as_numbers(value):
    """Return numbers as an array, None for what is not made of numbers."""
    if isinstance(value, bool | np.bool_ | str | None):
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array if array.dtype.kind in "iufc" else None


def _arrays(array):
    if array.size == 0:
        return []
    wide = array.astype(complex if array.dtype.kind == "c" else float)
    flat = wide.size // 2
    changed = {}
    for kind, value in (("nan", np.nan), ("infinite", np.inf), ("huge", HUGE)):
        changed[kind] = copy.deepcopy(wide)
        changed[kind].flat[flat] = value
    found = list(changed.items())
    found += [
        ("negative", -np.abs(wide) - 0.3),
        ("complex", wide + 0.5j),
        ("text", np.full(array.shape, "a")),
        ("object", np.full(array.shape, None, dtype=object)),
        ("bool", np.ones(array.shape, dtype=bool)),
        ("shape", wide[None]),
        ("shape", np.concatenate([wide, wide, wide[:1]])),
        ("shape", np.concatenate([wide, wide, wide[..., :1]], axis=-1)),
        ("shape", wide.flat[0]),
        ("empty", wide[:0]),
        ("empty", wide[..., :0]),
    ]
    return found
