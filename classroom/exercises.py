"""The exercises of a lesson, read from its percent source by the tags of the cells.

exercise    Markdown: a heading, the line of kind, minutes, points and difficulty, the question
stub        code that a student begins with (if absent, `name = ...` for each answer is written)
solution    code or Markdown, one cell or more
check       calls of `check`, and nothing else
mistakes    calls of `mistake`: typical wrong answers, with what is said of them

They stand in this order. `classroom/how_to_write_an_exercise.md` is the guide.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from figures.inventory import PAPERS, ROOT
from figures.lab.start_page import START

TAGS = ("exercise", "stub", "solution", "check", "mistakes")
KINDS = ("paper", "derivation", "simulation", "open")
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)
TAGGED = re.compile(r"tags=(\[.*?\])")
HEADING = re.compile(r"^### Exercise (\d+): (\S.*)$", re.MULTILINE)
FACTS = re.compile(
    rf"^\*({'|'.join(KINDS)}), (\d+) minutes, (\d+) points?, difficulty ([123]) of 3\*$",
    re.MULTILINE,
)


class BadExercise(ValueError):
    """An exercise is not written as the guide says; the message names the lesson and the rule."""


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson: `kind` "code" or "markdown", its text, its tags, its place."""

    kind: str
    text: str
    tags: tuple[str, ...]
    place: int

    @property
    def role(self) -> str:
        """Which part of an exercise it is, "" for none."""
        return next((tag for tag in TAGS if tag in self.tags), "")


@dataclass(frozen=True)
class Exercise:
    """An exercise with its cells.

    `names` are the expressions that its check reads, one for each part of the answer.
    """

    id: str
    title: str
    kind: str
    minutes: int
    points: int
    difficulty: int
    question: str
    names: tuple[str, ...]
    cells: tuple[Cell, ...]

    def of(self, role: str) -> list[Cell]:
        """Return its cells of one role."""
        return [cell for cell in self.cells if cell.role == role]

    @property
    def stub(self) -> str:
        """The code that a student begins with."""
        written = self.of("stub")
        return written[0].text if written else "\n".join(f"{name} = ..." for name in self.names)

    @property
    def graded_by_hand(self) -> int:
        """Points that a person gives: for the reasons, where a solution is written in words."""
        words = any(cell.kind == "markdown" for cell in self.of("solution"))
        return self.points - min(self.points, len(self.names)) if words else 0

    @property
    def stamp(self) -> str:
        """A digest of what its stored answer depends on in the lesson itself."""
        text = "\0".join(cell.text for cell in self.cells if cell.role not in ("exercise", "stub"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def name_of(source: Path) -> str:
    """Return "<subject>-<number>" of a lesson."""
    return f"{subject_of(source)}-{re.match(r'[0-9]+', source.stem)[0]}"


def subject_of(source: Path) -> str:
    """Return the subject of a lesson: its folder, without a number that sorts it."""
    return re.sub(r"^[0-9]+_", "", source.parent.name)


def lesson_sources() -> list[Path]:
    """Return the sources of all lessons, the first hour and then subject by subject."""
    return [
        path
        for subject in (START, *PAPERS)
        for path in sorted(
            (ROOT / "notebooks" / subject).glob("[0-9]*.py"),
            key=lambda path: int(path.stem.partition("_")[0]),
        )
    ]


@cache
def read_cells(source: Path) -> tuple[Cell, ...]:
    """Return the cells of a lesson, as jupytext reads them from a percent script."""
    parts = CELL.split(source.read_text(encoding="utf-8"))
    cells = []
    for header, text in zip(parts[1::2], parts[2::2], strict=True):
        kind = "markdown" if header.startswith(" [markdown]") else "code"
        tags = TAGGED.search(header)
        lines = text.strip("\n").split("\n")
        if kind == "markdown":
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        told = tuple(json.loads(tags[1])) if tags else ()
        cells.append(Cell(kind, "\n".join(lines), told, len(cells)))
    return tuple(cells)


def read_exercises(source: Path) -> list[Exercise]:
    """Return the exercises of a lesson; none, if it has no cell tagged "exercise".

    Raises
    ------
    BadExercise
        Naming the first rule that is broken.
    """
    cells = read_cells(source)
    starts = [cell.place for cell in cells if cell.role == "exercise"]
    found = []
    ends = [*starts[1:], len(cells)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=False), 1):
        own = [cells[start]]
        for cell in cells[start + 1 : end]:
            if not cell.role:
                break
            own.append(cell)
        found.append(_exercise(source, number, own))
    inside = {cell.place for exercise in found for cell in exercise.cells}
    for cell in cells if found else ():
        if cell.role and cell.place not in inside:
            raise BadExercise(f"{name_of(source)}: a cell tagged {cell.role} is in no exercise: "
                              f"{cell.text.splitlines()[0][:50]}")  # fmt: skip
    return found


def _exercise(source: Path, number: int, cells: Sequence[Cell]) -> Exercise:
    id = f"{name_of(source)}.{number}"
    question = cells[0].text
    heading, facts = HEADING.search(question), FACTS.search(question)
    roles = [cell.role for cell in cells]
    checks = [cell for cell in cells if cell.role == "check"]
    rules = (
        (cells[0].kind == "markdown", "the question is a Markdown cell"),
        (heading and int(heading[1]) == number, f"it begins with '### Exercise {number}: title'"),
        (facts, "under the heading stands '*kind, 10 minutes, 2 points, difficulty 1 of 3*' with "
                f"one of the kinds {', '.join(KINDS)}"),
        (roles == sorted(roles, key=TAGS.index), f"its cells stand in the order {', '.join(TAGS)}"),
        (roles.count("stub") <= 1, "there is at most one stub"),
        ("solution" in roles, "there is a cell tagged solution"),
        (len(checks) == 1 and checks[0].kind == "code", "there is one cell tagged check"),
        (roles.count("mistakes") == 1, "there is one cell tagged mistakes"),
    )  # fmt: skip
    for holds, rule in rules:
        if not holds:
            raise BadExercise(f"{id}: {rule}")
    check, mistakes = _calls(id, checks[0], "check"), _calls(id, cells[-1], "mistake")
    if len(check) != 1 or check[0].args[0].value != id:
        raise BadExercise(f'{id}: the cell tagged check is the one call check("{id}", ...)')
    if len(mistakes) < 2 or any(call.args[0].value != id for call in mistakes):
        raise BadExercise(f'{id}: the cell tagged mistakes calls mistake("{id}", ...) twice')
    names = tuple(ast.unparse(argument) for argument in check[0].args[1:])
    if not names or not all(name.isidentifier() for name in names):
        raise BadExercise(f"{id}: check reads names that the question gives, no expressions")
    for name in names:
        if f"`{name}`" not in question:
            raise BadExercise(f"{id}: the question does not say what to assign to `{name}`")
    exercise = Exercise(
        id, heading[2], facts[1], int(facts[2]), int(facts[3]), int(facts[4]), question, names,
        tuple(cells),
    )  # fmt: skip
    for name in names:
        if not _leaves_open(exercise.stub, name):
            raise BadExercise(f"{id}: the stub does not leave {name} open: {name} = ...")
    if exercise.kind == "open" and not exercise.graded_by_hand:
        raise BadExercise(f"{id}: an open question has a solution in Markdown, and more points "
                          "than answers to check")  # fmt: skip
    return exercise


def _leaves_open(stub: str, name: str) -> bool:
    """Whether a stub binds a name to dots, or defines a function of this name that holds dots."""
    for statement in ast.parse(stub).body:
        function = isinstance(statement, ast.FunctionDef) and statement.name == name
        stored = {node.id for node in ast.walk(statement)
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
        if (function or name in stored) and "..." in ast.unparse(statement):
            return True
    return False


def _calls(id: str, cell: Cell, function: str) -> list[ast.Call]:
    """Return the calls of a cell that may hold nothing else (mistakes may prepare values)."""
    found = []
    for statement in ast.parse(cell.text).body:
        call = getattr(statement, "value", None)
        ours = isinstance(statement, ast.Expr) and isinstance(call, ast.Call)
        if ours and getattr(call.func, "id", "") == function and call.args:
            found.append(call)
        elif function == "check":
            raise BadExercise(f"{id}: the cell tagged check holds nothing but check(...)")
    return found
