"""Numbers that come to the door: real, whole or complex, one or many, finite and in a range."""

from __future__ import annotations

import re
from numbers import Complex, Integral, Real

import numpy as np

from theory import checks

LARGEST = 1e100  # powers of a number up to it are still numbers
LARGEST_COUNT = 2**53  # whole numbers beyond it are not exact as floats, and no count is so large
SEEDS = ("seed", "root_seed", "rng", "masks_rng", "memory_rng")
AXES = re.compile(r"(\d)d(\+|\b)")
EVERY = "in (-inf, inf)"  # also numbers whose powers are too large
RANGE = re.compile(r"(?P<sign>>=|>|<=|<)\s*(?P<end>\S+)|in\s*(?P<interval>[\[(].*[\])])")


def _surely_finite(array):
    """Say quickly whether all is well, as it nearly always is: one pass over an array, no copy."""
    if type(array) in (float, int):
        return -LARGEST <= array <= LARGEST
    if not isinstance(array, np.ndarray) or not array.size or array.dtype.kind not in "fiu":
        return False
    # Of arrays with a NaN it is the smallest and the largest entry.
    lowest, highest = np.minimum.reduce(array, axis=None), np.maximum.reduce(array, axis=None)
    return -LARGEST <= lowest.item() and highest.item() <= LARGEST


def _interval(text):
    found = RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"the door knows no range {text!r}")
    if found["interval"]:
        low, high = found["interval"][1:-1].split(",")
        ends = found["interval"][0] == "[", found["interval"][-1] == "]"
        return float(low), float(high), ends
    end, closed = float(found["end"]), "=" in found["sign"]
    return (
        (end, np.inf, (closed, False)) if ">" in found["sign"] else (-np.inf, end, (False, closed))
    )


def _told(interval, whole):
    """Return a range in the words that `theory.checks` uses."""
    if interval is None:
        return ""
    found = RANGE.fullmatch(interval)
    if found["interval"]:
        return f" in {found['interval']}"
    words = {">=": ", {} or above", ">": " above {}", "<=": ", {} or below", "<": " below {}"}
    return words[found["sign"]].format(found["end"])


class Kind:
    """One way for an argument to be right.

    Attributes
    ----------
    what : str
        In words, after "must be".
    """

    what = "anything"

    def refuse(self, name, value):
        """Raise what is wrong with a value, in a sentence that names it."""

    def narrowed(self, text):
        """Return the kind with a range."""
        raise TypeError(f"{self.what} has no range {text!r}")


class Anything(Kind):
    """No check."""


class Numbers(Kind):
    """Real or complex numbers, one or an array of them, all finite and in a range."""

    def __init__(
        self, *, array=False, whole=False, complex_=False, masks=False, interval=None, axes=None
    ):
        self.array, self.whole, self.complex_ = array, whole, complex_
        self.masks, self.interval, self.axes = masks, interval, axes
        self.low, self.high, self.ends = _interval(interval) if interval else (None, None, None)

    @property
    def what(self):
        words = "" if self.whole else "finite complex " if self.complex_ else "finite "
        noun = "integer" if self.whole else "number"
        one = "an" if self.whole else "a"
        words = f"an array of {words}{noun}s" if self.array else f"{one} {words}{noun}"
        return words + _told(self.interval, self.whole)

    def narrowed(self, text):
        axes, interval = self.axes, text or None
        if found := AXES.match(text):
            axes = int(found[1]), bool(found[2])
            interval = text[found.end() :].strip() or None
        return Numbers(array=self.array, whole=self.whole, complex_=self.complex_,
                       masks=self.masks, interval=interval, axes=axes)  # fmt: skip

    def refuse(self, name, value):
        if hasattr(type(value), "__array_function__") and not isinstance(value, np.ndarray):
            return  # an array of a device, which is not brought to the host to be looked at
        if type(value) is float and not self.whole and not self.axes:
            array = value
        elif not self.array:
            array = self._one(name, value)
        else:
            array = self._many(name, value)
        self._finite(name, array)
        if self.interval:
            self._within(name, array)
        if self.whole and not self.array and name in SEEDS and array < 0:
            raise ValueError(f"{name} must be a seed of 0 or above, not {array}")
        if self.whole and not self.array and name not in SEEDS and abs(array) > LARGEST_COUNT:
            raise ValueError(f"{name} must be {self.what} below 2^53, not {array:.3g}")

    def _one(self, name, value):
        wanted = Integral if self.whole else Complex if self.complex_ else Real
        return checks.number(name, value, self.what, wanted)

    def _many(self, name, value):
        kinds = "iu" if self.whole else "iufc" if self.complex_ else "iuf"
        wanted = "whole" if self.whole else "complex" if self.complex_ else "real"
        array = checks.numbers(name, value, kinds + ("b" if self.masks else ""), wanted)
        if self.axes is not None:
            axes, more = self.axes
            if array.ndim < axes or (array.ndim > axes and not more):
                wanted = f"{axes} dimensions" + (" or more" if more else "")
                raise ValueError(f"{name} must have {wanted}, not shape {array.shape}")
        if self.axes is not None and array.size == 0:
            raise ValueError(f"{name} must not be empty, but its shape is {array.shape}")
        return array

    def _finite(self, name, array):
        if _surely_finite(array):
            return
        infinite_too = self.ends is not None and self.ends[1] and self.high == np.inf
        try:
            good = np.isfinite(array) if not infinite_too else ~np.isnan(array)
        except TypeError:  # whole numbers too large for NumPy
            return
        if np.ndim(array):
            checks.every(name, np.asarray(array), good)
        elif not good:
            raise ValueError(f"{name} must be {'finite' if self.array else self.what}, not {array}")
        if not infinite_too and not self.whole and np.size(array) and self.interval != EVERY:
            largest = float(np.max(np.abs(array)))
            if largest > LARGEST:
                raise ValueError(
                    f"{name} must be at most {LARGEST:g} in size, whose powers are still numbers, "
                    f"not {largest:g}"
                )

    def _within(self, name, array):
        low, high = self.ends
        above = array >= self.low if low else array > self.low
        below = array <= self.high if high else array < self.high
        good = above & below
        if not (good if isinstance(good, bool) else np.all(good)):
            first = array if np.ndim(array) == 0 else np.asarray(array)[~good].flat[0]
            raise ValueError(f"{name} must be {self.what}, not {first}")
