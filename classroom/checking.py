"""`check`: compare an answer with the stored one; say right, or give a hint.

The stored answers lie in `classroom/stored/<subject>.json`, as salted digests of rounded values;
`python -m classroom.answers` writes them from the solutions of the lessons.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom.digests import COARSE, matches, salt_of, seal
from classroom.forms import Form, NotAnswered, Unreadable, default_points, form_of
from classroom.hints import hint

STORED = Path(__file__).parent / "stored"
ID = re.compile(r"([a-z_]+)-(\d+)\.(\d+)")
UNSURE = 3  # a value that is neither zero nor this many times what counts as zero
TOLERANCES = {"number": 1e-3, "expression": 1e-6, "function": 1e-6, "truth": 0.0, "word": 0.0}


class WrongSolution(AssertionError):
    """While a lesson is built its own solution was refused; the message is the hint."""


@dataclass(frozen=True)
class Verdict:
    """What `check` found: whether all parts are right, which share of them, and what it said."""

    right: bool
    share: float
    said: str

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.said

    def _ipython_display_(self) -> None:
        """Show nothing: `check` has already said it."""

    def points(self, most: float) -> float:
        """Return the points that this answer earns of `most`, the same for each part."""
        return round(most * self.share, 2)


def check(id: str, *answers, at=None, tolerance: float | None = None, zero: float = 1e-9):
    """Compare the answers to an exercise with the stored ones, print what was found and return it.

    Parameters
    ----------
    id : str
        "<subject>-<lesson>.<exercise>", as in "metaplasticity-1.1".
    *answers
        One for each part of the exercise: a number, truth value, word, array or sequence of these,
        a SymPy expression (compared by meaning) or a function (compared by its values). `...` is
        an answer that has not been given.
    at : sequence or mapping, optional
        Arguments at which a function is called, a tuple for several; for expressions name of a
        symbol -> three values, where the usual ones lie outside the range of the formula.
    tolerance : float, optional
        Relative deviation that is allowed; 0.001 for numbers, 1e-6 for expressions and functions.
        An answer is refused for certain from twice the tolerance on.
    zero : float
        Size below which a number counts as zero.

    Returns
    -------
    Verdict
        Its truth value says whether all parts are right, `points(most)` what they earn.

    Raises
    ------
    ValueError
        If the exercise is unknown or has another number of parts.
    """
    exercise = _parts_counted("check", id, answers)
    if recorder:
        return recorder[-1].solution(id, answers, at, tolerance, zero)
    said, right, missing = [], 0, []
    for number, (answer, part) in enumerate(zip(answers, exercise["parts"], strict=True)):
        try:
            found = _compare(answer, part, exercise["salt"] + str(number), at)
        except NotAnswered:
            missing.append(part["name"])
            continue
        right += found == "right"
        said.append(f"{part['name']}: {found}" if len(answers) > 1 else found)
    if missing:
        said.append(f"not answered yet: assign {' and '.join(missing)}")
    whole = right == len(answers)
    verdict = Verdict(whole, right / len(answers), f"{id}: {'right' if whole else '; '.join(said)}")
    if not whole and "FIGURES_STAGING" in os.environ and "FIGURES_SEED_SHIFT" not in os.environ:
        raise WrongSolution(verdict.said)  # a build runs the solutions
    print(verdict.said)
    return verdict


def mistake(id: str, *answers, hint: str = "", at=None) -> None:
    """Declare a typical wrong answer to an exercise; print what `check` says of it.

    Parameters
    ----------
    id : str
        The exercise.
    *answers
        One for each part, as in `check`; `...` for a part that is not meant.
    hint : str
        What a reader is told who gives this answer. Without it, `check` must find a hint itself.
    at : sequence or mapping, optional
        As in `check`.
    """
    exercise = _parts_counted("mistake", id, answers)
    if recorder:
        recorder[-1].mistake(id, answers, hint, at)
        return
    for number, (answer, part) in enumerate(zip(answers, exercise["parts"], strict=True)):
        if answer is not ...:
            found = _compare(answer, part, exercise["salt"] + str(number), at)
            print(f"a typical mistake in {part['name']}: {found}")


def part_of(id: str, number: int, name: str, answer, at, tolerance, zero: float) -> dict:
    """Return what is stored of one part of an exercise.

    Raises
    ------
    ValueError
        If the solution is not finite, no answer, or neither zero nor clearly different from it.
    """
    try:
        form = form_of(answer, at)
    except NotAnswered:
        raise ValueError(f"{id}: the solution assigns nothing to {name}") from None
    except Unreadable as error:
        raise ValueError(f"{id}: {name} cannot be checked: {error}") from None
    tolerance = tolerance or TOLERANCES[form.kind]
    for leaf in form.leaves if form.kind not in ("truth", "word") else ():
        if not abs(leaf) < float("inf"):
            raise ValueError(f"{id}: the solution's {name} is not finite")
        if zero < abs(leaf) < UNSURE * zero:
            raise ValueError(f"{id}: {name} holds {leaf:.2g}, next to zero={zero:g}: choose zero")
    salt = salt_of(id) + str(number)
    part = {"name": name, "kind": form.kind, "shape": list(form.shape), "tolerance": tolerance,
            "zero": zero, "sealed": seal(form, salt, tolerance, zero)}  # fmt: skip
    if form.kind not in ("truth", "word"):
        part["coarse"] = seal(form, salt, COARSE, zero)
    if form.kind == "expression":
        part["points"] = _points(answer, at)
    return part | {"mistakes": []}


def mistake_in(id: str, number: int, part: dict, answer, text: str, at) -> dict:
    """Return what is stored of a typical wrong answer to one part.

    Raises
    ------
    ValueError
        If it would be taken as right, or there is no hint for it.
    """
    salt = salt_of(id) + str(number)
    try:
        form = form_of(answer, part.get("points") or at)
    except (NotAnswered, Unreadable) as error:
        raise ValueError(f"{id}: a mistake in {part['name']} cannot be checked: {error}") from None
    if _is_right(form, part, salt):
        raise ValueError(f"{id}: the check takes a mistake in {part['name']} as right")
    found = hint(form, {**part, "mistakes": []}, salt)
    if not text and found.startswith(("not right", "no entry is right")):
        raise ValueError(f"{id}: there is no hint for a mistake in {part['name']}: give hint=")
    sealed = seal(form, salt, part["tolerance"], part["zero"])
    return {"kind": form.kind, "shape": list(form.shape), "sealed": sealed, "hint": text}


def _compare(answer, part: dict, salt: str, at) -> str:
    try:
        form = form_of(answer, part.get("points") or at)
    except Unreadable as error:
        return str(error)
    return "right" if _is_right(form, part, salt) else hint(form, part, salt)


def _is_right(form: Form, part: dict, salt: str) -> bool:
    alike = {form.kind, part["kind"]} <= {"number", "expression"} or form.kind == part["kind"]
    if not alike or list(form.shape) != part["shape"]:
        return False
    found = matches(form, part["sealed"], salt, part["tolerance"], part["zero"])
    return bool(found) and all(found)


def _points(answer, at) -> dict[str, list[float]]:
    import numpy as np

    entries = (
        np.array(answer, dtype=object).ravel() if not hasattr(answer, "xreplace") else [answer]
    )
    symbols = {symbol for entry in entries for symbol in getattr(entry, "free_symbols", ())}
    given = at or {}
    return {
        symbol.name: list(map(float, given.get(symbol.name, default_points(symbol))))
        for symbol in sorted(symbols, key=lambda symbol: symbol.name)
    }


def _parts_counted(caller: str, id: str, answers) -> dict:
    """Return an exercise, as it is stored or will be, if there is an answer to each of its parts."""
    exercise = recorder[-1].begun(id) if recorder else _find(id)
    names = [part["name"] for part in exercise["parts"]]
    if len(answers) != len(names):
        told = f"{id} asks for {len(names)} answers ({', '.join(names)}), got {len(answers)}"
        raise ValueError(f"{caller}: {told}")
    return exercise


@cache
def stored(subject: str) -> dict:
    """Return id -> stored exercise of a subject."""
    path = STORED / f"{subject}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _find(id: str) -> dict:
    match = ID.fullmatch(id) if isinstance(id, str) else None
    if not match:
        raise ValueError(f"check: an exercise is named as 'metaplasticity-1.1', not {id!r}")
    known = stored(match[1])
    if id not in known:
        near = difflib.get_close_matches(id, known, 1)
        raise ValueError(
            f"check: no answer is stored for {id}" + (f"; did you mean {near[0]}?" if near else "")
        )
    return known[id]


recorder: list = []  # while the stored answers are written, what takes the answers instead
