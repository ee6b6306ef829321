"""The ways in which an argument can be right: numbers, lists, objects, text."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from theory.checks import one_of, shown
from theory.door.numbers import AXES, RANGE, Anything, Kind, Numbers

PLAIN = (type(None), str, bytes, bool, int, float, complex, np.ndarray, np.generic, list, tuple,
         dict, set, frozenset, range)  # fmt: skip
DUCKS = 1  # public methods that an object must share with a class that it stands for


class Instance(Kind):
    """An object of a class, or one that stands for it: a reader's own with methods of its names."""

    def __init__(self, name, cls=None):
        self.name, self.cls = name, cls
        self.what = f"a {name}" if name[:1].upper() not in "AEIO" else f"an {name}"

    def refuse(self, name, value):
        if self.name in {c.__name__ for c in type(value).__mro__}:
            return
        if isinstance(value, PLAIN) or type(value) is object or not self._stands_for(value):
            raise TypeError(f"{name} must be {self.what}, not {shown(value)}")

    def _stands_for(self, value):
        public = {key for key in dir(value) if not key.startswith("_")}
        if self.cls is None:
            return bool(public)
        fields = getattr(self.cls, "__dataclass_fields__", ())
        wanted = {key for key in dir(self.cls) if not key.startswith("_")} | set(fields)
        return not wanted or len(wanted & public) >= DUCKS


class Having(Kind):
    """An object with an attribute or method of a name."""

    def __init__(self, attribute):
        self.attribute = attribute
        self.what = f"an object with {attribute!r}"

    def refuse(self, name, value):
        if not hasattr(value, self.attribute):
            raise TypeError(f"{name} must be {self.what}, not {shown(value)}")


class Choice(Kind):
    """One of a few words."""

    def __init__(self, words):
        self.words = words
        self.what = "one of " + ", ".join(map(repr, words))

    def refuse(self, name, value):
        one_of(name, value, self.words)


class Exactly(Kind):
    """Text, truth values, None, callables, mappings: what `isinstance` tells."""

    def __init__(self, what, test):
        self.what, self.test = what, test

    def refuse(self, name, value):
        if not self.test(value):
            raise TypeError(f"{name} must be {self.what}, not {shown(value)}")


class Several(Kind):
    """A list, tuple or row of an array whose items have a kind."""

    def __init__(self, items, length=None):
        self.items, self.length = items, length
        of = items[0].what if items else "anything"
        many = f"{length} items" if length else "a list or tuple"
        self.what = f"{many}, each item {of}" if items else many

    def narrowed(self, text):
        return Several([kind.narrowed(text) for kind in self.items], self.length)

    def refuse(self, name, value):
        if isinstance(value, str | bytes | dict | type(None)) or not hasattr(value, "__len__"):
            raise TypeError(f"{name} must be {self.what}, not {shown(value)}")
        if isinstance(value, np.ndarray) and value.ndim == 0:
            raise TypeError(f"{name} must be {self.what}, not {shown(value)}")
        if self.length and len(value) != self.length:
            raise ValueError(f"{name} must be {self.what}, not {shown(value)}")
        for number, item in enumerate(value):
            if self.items:
                kind = self.items[number if self.length else 0]
                kind.refuse(f"{name}[{number}]", item)


class Either(Kind):
    """One of several kinds."""

    def __init__(self, kinds):
        self.kinds = kinds
        self.what = " or ".join(kind.what for kind in kinds)

    def narrowed(self, text):
        return Either([
            kind.narrowed(text) if isinstance(kind, Numbers | Several | Either) else kind
            for kind in self.kinds
        ])  # fmt: skip

    def refuse(self, name, value):
        first = None
        for kind in self.kinds:
            try:
                return kind.refuse(name, value)
            except (ValueError, TypeError) as error:
                if isinstance(error, ValueError) or first is None:
                    # Without its frames: these would hold the arrays of the caller, and be held.
                    first = error.with_traceback(None)
                    first.__context__ = None
        if isinstance(first, ValueError):
            raise first
        raise TypeError(f"{name} must be {self.what}, not {shown(value)}")


def _rng(value):
    good = isinstance(value, np.random.Generator)
    return good or (isinstance(value, Integral) and not isinstance(value, bool))


def _dtype(value):
    try:
        return value is not None and np.dtype(value).kind in "fc"
    except TypeError:
        return False


NAMED = {
    "dtype": Exactly("a NumPy type of floating-point numbers", _dtype),
    "any": Anything(),
    "number": Numbers(),
    "whole": Numbers(whole=True),
    "array": Numbers(array=True),
    "wholes": Numbers(array=True, whole=True),
    "mask": Numbers(array=True, masks=True),
    "complex": Numbers(array=True, complex_=True),
    "text": Exactly("text", lambda value: isinstance(value, str)),
    "truth": Exactly("True or False", lambda value: isinstance(value, bool | np.bool_)),
    "callable": Exactly("callable", callable),
    "mapping": Exactly("a mapping", lambda value: hasattr(value, "keys")),
    "none": Exactly("None", lambda value: value is None),
    "list": Several([]),
    "arrays": Several([Numbers(array=True, complex_=True)]),
    "counts": Several([Numbers(whole=True, interval=">= 1")]),
    "rng": Exactly("a numpy.random.Generator or an integer seed", _rng),
}


def of_text(text, annotated=None):
    """Return the kind that a few words say, a range alone narrows the annotated one."""
    if " or " in text:
        return Either([of_text(part, annotated) for part in text.split(" or ")])
    word, _, rest = text.partition(" ")
    if word == "has":
        return Having(rest)
    if word == "one":
        return Choice(rest.removeprefix("of ").split(", "))
    if word in NAMED:
        return NAMED[word].narrowed(rest) if rest else NAMED[word]
    if not RANGE.fullmatch(text) and not AXES.match(text):
        raise ValueError(f"the door knows no kind {text!r}")
    return (annotated or NAMED["number"]).narrowed(text)
