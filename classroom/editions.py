"""The editions of a lesson that are notebooks.

    student      questions, stubs and checks; no solution, no mistake, no output
    solution     the executed lesson as it stands
    instructor   the executed lesson with points, minutes and what goes wrong under each question
    release      the source from which nbgrader makes its assignment, with points

All are made from the cells' tags, and are the same bytes for the same lesson.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

from classroom.course import Note, footer
from classroom.exercises import Cell, Exercise, name_of, read_cells, read_exercises
from classroom.leaks import leaks

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3",
    },
    "language_info": {"file_extension": ".py", "name": "python"},
}  # fmt: skip
REGION = "### {} SOLUTION"
WORDS = "*Your reasons, in words.*"


class Leak(RuntimeError):
    """A student edition holds a part of a solution; the message quotes it."""


def student(source: Path, note: Note | None) -> dict:
    """Return the notebook for students: every answer is a stub, nothing is executed.

    Raises
    ------
    Leak
        If any run of words of a solution is in it.
    """
    exercises = {e.cells[0].place: e for e in read_exercises(source)}
    cells = []
    for cell in read_cells(source):
        if cell.place in exercises:
            exercise = exercises[cell.place]
            cells.append(_cell("markdown", cell.text))
            if exercise.graded_by_hand:
                cells.append(_cell("markdown", WORDS))
            cells.append(_cell("code", exercise.stub))
        elif cell.role == "check" or not cell.role:
            cells.append(_without_mistake(cell))
    cells.append(_cell("markdown", footer(source, note)))
    notebook = _notebook(source, "student", cells)
    if found := leaks(notebook, source):
        raise Leak(f"{name_of(source)}: the student edition holds of a solution: {found[0]}")
    return notebook


def solution(source: Path, note: Note | None) -> dict:
    """Return the executed lesson with its summary and links."""
    notebook = executed(source)
    cells = [*map(_plain, notebook["cells"]), _cell("markdown", footer(source, note))]
    return _notebook(source, "solution", cells)


def instructor(source: Path, note: Note | None) -> dict:
    """Return the executed lesson with notes for whoever teaches it."""
    exercises = {e.cells[0].place: e for e in read_exercises(source)}
    notebook = executed(source)
    cells = []
    for place, cell in enumerate(notebook["cells"]):
        cells.append(_plain(cell))
        if place == 0 and note:
            cells.append(_cell("markdown", _before(note, list(exercises.values()))))
        if place in exercises:
            cells.append(_cell("markdown", _grading(exercises[place])))
    cells.append(_cell("markdown", footer(source, note)))
    return _notebook(source, "instructor", cells)


def release(source: Path) -> dict:
    """Return the notebook that nbgrader makes its assignment from, solutions between its marks."""
    exercises = {e.cells[0].place: e for e in read_exercises(source)}
    cells = []
    for cell in read_cells(source):
        if cell.place in exercises:
            cells.extend(_graded(exercises[cell.place]))
        elif not cell.role:
            cells.append(_without_mistake(cell))
    return _notebook(source, "release", cells)


def executed(source: Path) -> dict:
    """Return the executed pair of a lesson.

    Raises
    ------
    ValueError
        If its cells are not those of the source: the lesson is stale.
    """
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    found = [_text(cell["source"]).strip("\n") for cell in notebook["cells"]]
    if found != [cell.text for cell in read_cells(source)]:
        raise ValueError(f"{name_of(source)} is not executed as it stands: say make figures first")
    return notebook


def as_bytes(notebook: dict) -> bytes:
    """Return a notebook as a file, the same for the same cells."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _graded(exercise: Exercise) -> list[dict]:
    """Return the cells of an exercise with the metadata of nbgrader."""
    key = exercise.id.replace(".", "_")
    code = [cell.text for cell in exercise.of("solution") if cell.kind == "code"]
    words = [cell.text for cell in exercise.of("solution") if cell.kind == "markdown"]
    by_hand = exercise.graded_by_hand
    cells = [_nbgrader(_cell("markdown", exercise.question), f"{key}_question", locked=True)]
    if by_hand:
        text = "\n\n".join([REGION.format("BEGIN"), *words, REGION.format("END")])
        cells.append(_nbgrader(_cell("markdown", text), f"{key}_reasons", solution=True,
                               grade=True, points=by_hand))  # fmt: skip
    text = "\n".join([exercise.stub, REGION.format("BEGIN"), *code, REGION.format("END")])
    cells.append(_nbgrader(_cell("code", text), f"{key}_answer", solution=True))
    most = exercise.points - by_hand
    text = f"{exercise.of('check')[0].text}.points({most})"
    cells.append(_nbgrader(_cell("code", text), f"{key}_check", grade=True, locked=True,
                           points=most))  # fmt: skip
    return cells


def _nbgrader(cell: dict, id: str, *, solution=False, grade=False, locked=False, points=None):
    told = {"schema_version": 3, "grade_id": id, "solution": solution, "grade": grade,
            "locked": locked, "task": False, "cell_type": cell["cell_type"]}  # fmt: skip
    cell["metadata"]["nbgrader"] = told | ({"points": points} if points is not None else {})
    return cell


def _before(note: Note, exercises: list[Exercise]) -> str:
    lines = ["> **For whoever teaches this lesson**", ">", f"> {note.summary}", ">"]
    lines += [f"> * Ask: {question}" for question in note.ask]
    lines += [f"> * Often believed: {wrong} *Cured by* {cure}." for wrong, cure in note.beliefs]
    minutes = sum(exercise.minutes for exercise in exercises)
    points = sum(exercise.points for exercise in exercises)
    lines.append(f"> * {len(exercises)} exercises, {minutes} minutes, {points} points.")
    return "\n".join(lines)


def _grading(exercise: Exercise) -> str:
    by_hand = exercise.graded_by_hand
    given = f"{exercise.points - by_hand} by the check"
    given += f", {by_hand} for the reasons in words" if by_hand else ""
    told = ", ".join(f"`{name}`" for name in exercise.names)
    return (
        f"> **Exercise {exercise.id}**: {exercise.minutes} minutes, {exercise.points} points "
        f"({given}). The check reads {told}. What goes wrong is told below: *a typical mistake*."
    )


def _cell(kind: str, text: str) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _without_mistake(cell: Cell) -> dict:
    """Return a cell as readers have it, whose import line does not name what they do not call."""
    return _cell(cell.kind, cell.text.replace("check, mistake", "check"))


def _plain(cell: dict) -> dict:
    return {key: copy.deepcopy(value) for key, value in cell.items() if key != "id"}


def _notebook(source: Path, edition: str, cells: list[dict]) -> dict:
    """Return a notebook whose cells have ids that depend on lesson, edition and place alone."""
    for place, cell in enumerate(cells):
        name = f"{name_of(source)} {edition} {place}"
        cell["id"] = hashlib.sha256(name.encode()).hexdigest()[:12]
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def _text(source) -> str:
    return source if isinstance(source, str) else "".join(source)


def cell_texts(notebook: dict) -> list[Cell]:
    """Return the cells of a notebook as `Cell`s."""
    return [
        Cell(cell["cell_type"], _text(cell["source"]), (), place)
        for place, cell in enumerate(notebook["cells"])
    ]
