"""What is wrong with an answer, without the answer: signs, factors, order, shape, closeness."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from classroom.digests import COARSE, matches
from classroom.forms import NAMES, Form

# What was done to the right answer, and how the right one is had back: the first that fits is said.
SLIPS: tuple[tuple[str, Callable], ...] = (
    ("right size, wrong sign", lambda x: -x),
    ("twice too large", lambda x: x / 2),
    ("too small by a factor of two", lambda x: x * 2),
    ("four times too large", lambda x: x / 4),
    ("too small by a factor of four", lambda x: x * 4),
    ("off by powers of ten: look at units and per cent", lambda x: x * 100),
    ("off by powers of ten: look at units and per cent", lambda x: x / 100),
    ("off by powers of ten: look at units", lambda x: x * 10),
    ("off by powers of ten: look at units", lambda x: x / 10),
    ("off by powers of ten: look at units", lambda x: x * 1000),
    ("off by powers of ten: look at units", lambda x: x / 1000),
    ("this is the reciprocal of what is asked for", lambda x: 1 / x),
    ("this is the square of what is asked for", lambda x: x**0.5),
    ("this is the square root of what is asked for", lambda x: x**2),
    ("this and the value asked for add up to one", lambda x: 1 - x),
    ("this is the logarithm of what is asked for", lambda x: math.exp(x)),
    ("off by a factor of 2 pi", lambda x: x / (2 * math.pi)),
    ("off by a factor of 2 pi", lambda x: x * 2 * math.pi),
    ("the imaginary part has the wrong sign", lambda x: x.conjugate()),
)  # fmt: skip


def hint(form: Form, stored: dict, salt: str) -> str:
    """Return what is wrong with an answer that is not the stored one.

    `stored` is a part of an exercise as `classroom.checking` keeps it.
    """
    for typical in stored.get("mistakes", ()):
        same = (form.kind, list(form.shape)) == (typical["kind"], typical["shape"])
        found = same and _match(form, typical, stored, salt)
        if found and all(found):
            return typical["hint"] or _general(form, stored, salt)
    return _general(form, stored, salt)


def _general(form: Form, stored: dict, salt: str) -> str:
    number_like = {"number", "expression"}
    if form.kind != stored["kind"] and {form.kind, stored["kind"]} != number_like:
        return f"{NAMES[stored['kind']]} is asked for, this is {form.said}"
    shape = tuple(stored["shape"])
    if form.shape != shape and form.kind != "function":
        if form.shape == shape[::-1]:
            return f"shape {shape} is asked for, this has {form.shape}: transposed?"
        wanted = f"an array of shape {shape}" if shape else "a single value"
        return f"{wanted} is asked for, this has shape {form.shape}"
    if form.kind == "function" and form.shape != shape:
        return f"its value is asked for with shape {shape[1:]}, this has {form.shape[1:]}"
    if form.kind not in ("truth", "word"):
        if any(not _finite(leaf) for leaf in form.leaves):
            return "not every value is finite"
        if said := _slip(form, stored, salt):
            return said
    if form.kind == "expression" and (said := _symbols(form, stored)):
        return said
    if form.kind != stored["kind"]:  # a number where an expression is asked for, or the reverse
        return f"{NAMES[stored['kind']]} is asked for, this is {form.said}"
    return _share(form, stored, salt)


def _slip(form: Form, stored: dict, salt: str) -> str:
    for said, back in SLIPS:
        try:
            undone = replace(form, leaves=tuple(map(back, form.leaves)))
        except (ZeroDivisionError, OverflowError, TypeError, ValueError, AttributeError):
            continue
        found = _match(undone, stored, stored, salt)
        if found and all(found):
            return said
    if len(form.shape) == 1 and form.kind != "function":
        size = len(form.leaves) // form.shape[0]
        rows = [form.leaves[k : k + size] for k in range(0, len(form.leaves), size)]
        turned = replace(form, leaves=tuple(leaf for row in rows[::-1] for leaf in row))
        found = _match(turned, stored, stored, salt)
        if found and all(found):
            return "right values in the reverse order"
    if form.shape:
        direct = _match(form, stored, stored, salt)
        turned = _match(replace(form, leaves=tuple(-x for x in form.leaves)), stored, stored, salt)
        if direct and turned and all(a or b for a, b in zip(direct, turned, strict=True)):
            return f"right sizes, wrong sign in {direct.count(False)} of {len(direct)} entries"
    return ""


def _symbols(form: Form, stored: dict) -> str:
    names = set(stored.get("points", ()))
    if foreign := set(form.symbols) - names:
        return f"the answer does not contain {', '.join(sorted(foreign))}"
    if names - set(form.symbols):
        return "the answer depends on more than this does"
    return ""


def _share(form: Form, stored: dict, salt: str) -> str:
    found = _match(form, stored, stored, salt) or []
    if form.shape and any(found) and form.kind != "expression":
        of = "values" if form.kind == "function" else "entries"
        return f"{found.count(True)} of {len(found)} {of} are right"
    if form.kind in ("truth", "word"):
        return "not right" if not form.shape else "no entry is right"
    close = matches(form, stored["coarse"], salt, COARSE, stored["zero"])
    if close and all(close):
        return "close, but farther off than rounding or chance explains"
    return "not right yet"


def _match(form: Form, sealed: dict, stored: dict, salt: str):
    return matches(form, sealed["sealed"], salt, stored["tolerance"], stored["zero"])


def _finite(leaf) -> bool:
    return math.isfinite(complex(leaf).real) and math.isfinite(complex(leaf).imag)
