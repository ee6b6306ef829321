"""What is known of each lesson as a part of a course: needs, concepts, summary, what goes wrong.

`classroom/course/<subject>.toml` has a table for every lesson, "[1]", "[2]", ...
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom.exercises import lesson_sources, name_of
from figures.inventory import PAPERS
from figures.lab.start_page import PARTS, START, read_lesson

FOLDER = Path(__file__).parent / "course"
FIRST = "start_here"  # the lesson for everybody


class BadNote(ValueError):
    """A note on a lesson is incomplete or names something that does not exist."""


@dataclass(frozen=True)
class Note:
    """A lesson in the course.

    `needs` are the lessons ("ssl-1") that come before, `concepts` what is met here first, `summary`
    what remains, `ask` questions for the class, `beliefs` pairs of what is often believed and the
    section of the lesson that cures it.
    """

    name: str
    title: str
    minutes: int
    needs: tuple[str, ...]
    concepts: tuple[str, ...]
    summary: str
    ask: tuple[str, ...]
    beliefs: tuple[tuple[str, str], ...]

    @property
    def subject(self) -> str:
        """The subject of the lesson."""
        return self.name.rpartition("-")[0]


@cache
def notes() -> dict[str, Note]:
    """Return name -> note of every lesson, in the order of the course.

    Raises
    ------
    BadNote
        Naming a lesson without a note, a note without a lesson, or a missing entry.
    """
    found = {}
    tables = {subject: _table(subject) for subject in (FIRST, *PAPERS)}
    for source in lesson_sources():
        name = name_of(source)
        subject, _, number = name.rpartition("-")
        told = tables[subject].pop(number, None)
        if told is None:
            raise BadNote(f"{name} has no table in classroom/course/{subject}.toml")
        lesson = read_lesson(source)
        try:
            found[name] = Note(
                name, lesson.title, int(lesson.minutes), tuple(told["needs"]),
                tuple(told["concepts"]), told["summary"], tuple(told["ask"]),
                tuple(map(tuple, told["beliefs"])),
            )  # fmt: skip
        except KeyError as missing:
            raise BadNote(
                f"{name}: no entry {missing} in classroom/course/{subject}.toml"
            ) from None
    left = [f"{subject}-{number}" for subject, table in tables.items() for number in table
            if number != "oral"]  # fmt: skip
    if left:
        raise BadNote(f"there is no lesson {left[0]}")
    return found


@cache
def oral(subject: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of question and answer for an oral examination on a subject."""
    return tuple(map(tuple, _table(subject).get("oral", ())))


def order(names: Sequence[str] | None = None) -> list[str]:
    """Return lessons so that each comes after all that it needs.

    Raises
    ------
    BadNote
        If a lesson needs one that does not exist, or, through others, itself.
    """
    found: list[str] = []
    waiting: list[str] = []

    def visit(name: str, by: str) -> None:
        if name not in notes():
            raise BadNote(f"{by} needs {name}, which does not exist")
        if name in waiting:
            raise BadNote(f"{name} needs itself, by {' and '.join(waiting)}")
        if name not in found:
            waiting.append(name)
            for need in notes()[name].needs:
                visit(need, name)
            waiting.pop()
            found.append(name)

    for name in names or notes():
        visit(name, name)
    return found


def _table(subject: str) -> dict:
    path = FOLDER / f"{subject}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@cache
def sources() -> dict[str, Path]:
    """Return name -> source of every lesson."""
    return {name_of(source): source for source in lesson_sources()}


def neighbours(name: str) -> tuple[str | None, str | None]:
    """Return the lessons before and after one, in the order of the whole course."""
    names = list(sources())
    place = names.index(name)
    after = names[place + 1] if place + 1 < len(names) else None
    return (names[place - 1] if place else None), after


def headings(source: Path) -> list[str]:
    """Return the sections of a lesson."""
    return re.findall(r"^# ## (.+)$", source.read_text(encoding="utf-8"), flags=re.MULTILINE)


def footer(source: Path, note: Note | None, suffix: str = ".ipynb") -> str:
    """Return the end of a lesson: its summary, and links to what comes before and after it."""
    lines = ["## Summary", "", note.summary, ""] if note else []
    if note:
        lines += [f"**New here:** {', '.join(note.concepts)}.", ""]
        if note.needs:
            lines += [f"**Built on:** {', '.join(_link(n, suffix) for n in note.needs)}.", ""]
    before, after = neighbours(name_of(source))
    links = []
    if before:
        links.append(f"Previous: {_link(before, suffix)}")
    if after:
        links.append(f"Next: {_link(after, suffix)}")
    return "\n".join([*lines, " · ".join(links)])


def _link(name: str, suffix: str) -> str:
    source = sources()[name]
    return f"[{read_lesson(source).title}](../{source.parent.name}/{source.stem}{suffix})"


def subject_title(subject: str) -> str:
    """Return the title of a part of the course."""
    return PARTS[START if subject == FIRST else subject]
