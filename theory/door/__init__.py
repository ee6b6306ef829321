"""The shared door of public functions and settings: what comes in is checked before work starts.

``@door`` reads the annotations of a function, or of a class's constructor, and refuses what does
not fit them in a sentence that names the argument: ``float`` is one finite real number, ``int`` a
whole one, ``np.ndarray`` anything that makes an array of finite real numbers, ``bool``, ``str`` and
``Callable`` what they say, ``tuple[int, ...]`` a list of whole numbers, and a class its instances
and whatever has its methods. Values pass unchanged: the door looks and never converts.

A keyword narrows or replaces what the annotation says, ``@door(decay="in (0, 1]", modes="any")``:

* a range, ``"> 0"``, ``">= 1"``, ``"in [0, 1)"``; ``"in (0, inf]"`` lets infinity in;
* a kind: ``"number"``, ``"whole"``, ``"array"``, ``"wholes"``, ``"mask"``, ``"complex"``,
  ``"text"``, ``"truth"``, ``"callable"``, ``"list"``, ``"rng"`` or ``"any"``, then a range;
* ``"2d"`` and the like, before a range: how many dimensions an array has, which is not empty;
* ``"2d+"``: so many or more; ``"one of adam, sgd"``: one of these words;
* ``"has drive"``: an object with an attribute of that name; ``" or "`` between two of these.

On the way out an answer that holds a number that is none is refused too, and NumPy's words about
shapes that do not fit are told with the arguments that have them.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np

from theory.checks import shown
from theory.door.annotations import for_parameter
from theory.door.kinds import NAMED, Either, of_text
from theory.door.numbers import Kind

Target = TypeVar("Target", bound=Callable[..., Any])
SHAPES = re.compile(
    r"could not be broadcast|could not broadcast|non-broadcastable|matmul: |not aligned"
    r"|mismatch in its core dim|einsum|operand has|must match exactly|same number of dimensions"
    r"|same shape|cannot reshape"
    r"|inhomogeneous shape|array is too big|boolean index did not match|shape mismatch"
    r"|not enough dimensions|must be at least two-dim|incompatible dim|dimensions are not"
)


@overload
def door(target: Target, /) -> Target: ...
@overload
def door(*, _nan: bool = False, **kinds: str) -> Callable[[Target], Target]: ...
def door(target=None, /, *, _nan=False, **kinds):
    """Check the arguments of a function or constructor at every call.

    Parameters
    ----------
    target : function or class
    _nan : bool
        Whether the answer may hold NaN, for functions whose documentation says what it means.
    **kinds : str
        What an argument must be, where the annotation does not say it; see the module.
    """
    if target is None:
        return functools.partial(door, _nan=_nan, **kinds)
    if isinstance(target, type):
        target.__init__ = _guarded(target.__init__, kinds, True, target.__name__)
        return target
    return _guarded(target, kinds, _nan, target.__name__)


def _guarded(function, kinds, nan, title):
    signature = inspect.signature(function)
    parameters = signature.parameters
    names = inspect.unwrap(function).__globals__
    unknown = set(kinds) - set(parameters)
    if unknown:
        raise TypeError(f"{title} has no argument {sorted(unknown)[0]!r} to check")
    order = [p.name for p in parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    checks: dict[str, Kind] = {}

    def prepare():
        """Read the annotations at the first call: the names in them exist by then."""
        for name in order:
            parameter = parameters[name]
            kind = for_parameter(parameter, names)
            if name in kinds:
                kind = of_text(kinds[name], kind)
                if parameter.default is None:
                    kind = Either([kind, NAMED["none"]])
            if kind is not None:
                checks[name] = kind
        checks.setdefault("", None)

    @functools.wraps(function)
    def at_the_door(*arguments, **named):
        if not checks:
            prepare()
        for name, value in zip(order, arguments, strict=False):
            kind = checks.get(name)
            if kind is not None:
                kind.refuse(name, value)
        for name, value in named.items():
            kind = checks.get(name)
            if kind is not None:
                kind.refuse(name, value)
        try:
            answer = function(*arguments, **named)
        except ValueError as error:
            told = _about_shapes(error, order, arguments, named)
            if told is None:
                raise
            raise ValueError(told) from error
        except OverflowError as error:
            raise ValueError(
                f"{title}: numbers grow too large for {_told(order, arguments, named)}"
            ) from error
        if not nan and _holds_nan(answer):
            raise ValueError(
                f"{title}: what comes out is not a number for {_told(order, arguments, named)}"
            )
        return answer

    return at_the_door


def _told(order, arguments, named):
    given = dict(zip(order, arguments, strict=False)) | named
    given.pop("self", None)
    return ", ".join(f"{name} = {shown(value)}" for name, value in given.items())


def _about_shapes(error, order, arguments, named):
    """Return NumPy's words about shapes with the arguments that have them, None for others."""
    if not SHAPES.search(str(error)):
        return None
    if "shapes that do not fit" in str(error):  # told by a function inside
        error = error.__cause__ or error
    given = dict(zip(order, arguments, strict=False)) | named
    shapes = {}
    for name, value in given.items():
        if name != "self" and isinstance(value, np.ndarray | list | tuple | float | int):
            try:
                shapes[name] = np.shape(value)
            except ValueError:
                shapes[name] = "of rows that differ in length"
    if not shapes:
        return None
    told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    return f"shapes that do not fit: {told} ({error})"


def _holds_nan(answer):
    if isinstance(answer, tuple):
        return any(_holds_nan(part) for part in answer)
    if isinstance(answer, np.ndarray):
        if answer.dtype.kind == "f":  # the smallest entry is NaN where any is
            return answer.size > 0 and bool(np.isnan(np.minimum.reduce(answer, axis=None)))
        return answer.dtype.kind == "c" and bool(np.isnan(answer).any())
    return isinstance(answer, float | complex | np.inexact) and bool(np.isnan(answer))
