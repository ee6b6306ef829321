"""Write the stored answers from the solutions: `make answers`, or `python -m classroom.answers`.

python -m classroom.answers metaplasticity          all lessons of a subject
python -m classroom.answers metaplasticity/1 ...    some lessons
python -m classroom.answers                         every lesson whose exercises have changed
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from classroom import checking
from classroom.exercises import (
    BadExercise,
    Exercise,
    lesson_sources,
    name_of,
    read_cells,
    read_exercises,
    subject_of,
)
from classroom.running import needed, run
from figures.files import write_atomic


class Recorder:
    """Takes the place of `check` and `mistake` while a lesson's solutions run."""

    def __init__(self, exercises: list[Exercise]) -> None:
        self.exercises = {exercise.id: exercise for exercise in exercises}
        self.found: dict[str, dict] = {}

    def begun(self, id):
        """Return the parts of an exercise as far as they are known before its solution is."""
        return {"parts": [{"name": name} for name in self.exercises[id].names]}

    def solution(self, id, answers, at, tolerance, zero):
        """Store the parts of a solution."""
        exercise = self.exercises[id]
        given = enumerate(zip(exercise.names, answers, strict=True))
        parts = [
            checking.part_of(id, number, name, answer, at, tolerance, zero)
            for number, (name, answer) in given
        ]
        salt = checking.salt_of(id)
        self.found[id] = {"salt": salt, "solution": exercise.stamp, "parts": parts}

    def mistake(self, id, answers, hint, at):
        """Store a typical wrong answer."""
        for number, answer in enumerate(answers):
            if answer is not ...:
                part = self.found[id]["parts"][number]
                part["mistakes"].append(checking.mistake_in(id, number, part, answer, hint, at))


def answers_of(source: Path) -> dict[str, dict]:
    """Return id -> what is stored of every exercise of a lesson, computed by its solutions.

    Raises
    ------
    BadExercise, ValueError
        See `classroom.exercises` and `classroom.checking`.
    """
    exercises = read_exercises(source)
    if not exercises:
        return {}
    recorder = Recorder(exercises)
    wanted = [cell.place for exercise in exercises for cell in exercise.cells]
    cells = needed(read_cells(source), wanted)
    checking.recorder.append(recorder)
    try:
        run([cell for cell in cells if cell.role != "stub"], {}, source.parent)
    finally:
        checking.recorder.pop()
    return recorder.found


def is_current(source: Path) -> bool:
    """Whether the stored answers of a lesson were written from its solutions as they are."""
    stored = checking.stored(subject_of(source))
    of_lesson = {id: entry["solution"] for id, entry in stored.items()
                 if id.partition(".")[0] == name_of(source)}  # fmt: skip
    return of_lesson == {exercise.id: exercise.stamp for exercise in read_exercises(source)}


def write(source: Path) -> int:
    """Write the stored answers of one lesson into the file of its subject; return how many."""
    found = answers_of(source)
    path = checking.STORED / f"{subject_of(source)}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = {id: entry for id, entry in kept.items() if id.partition(".")[0] != name_of(source)}
    entries = dict(sorted((kept | found).items(), key=lambda item: _order(item[0])))
    lines = [f"{json.dumps(id)}: {json.dumps(entry)}" for id, entry in entries.items()]
    if lines or path.is_file():
        write_atomic(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    checking.stored.cache_clear()
    return len(found)


def _order(id: str) -> tuple:
    match = checking.ID.fullmatch(id)
    return match[1], int(match[2]), int(match[3])


def _named(word: str) -> list[Path]:
    known = dict.fromkeys(map(subject_of, lesson_sources()))
    word = re.sub(r"^[0-9]+_", "", word.removeprefix("notebooks/"))
    match = re.fullmatch(rf"({'|'.join(known)})(?:[/-](\d+)\S*)?", word)
    found = [
        source
        for source in lesson_sources()
        if match and subject_of(source) == match[1]
        and match[2] in (None, source.stem.partition("_")[0])
    ]  # fmt: skip
    if not found:
        raise BadExercise(f"there is no lesson {word}; name one as metaplasticity/1")
    return found


def main(words: list[str]) -> int:
    """Write the answers of the lessons named, or of those that changed; return the exit status."""
    failed = 0
    try:
        chosen = [source for word in words for source in _named(word)]
        if not words:
            chosen = [source for source in lesson_sources() if not is_current(source)]
    except BadExercise as error:
        print(error)
        return 1
    for source in chosen:
        started = time.perf_counter()
        try:
            count = write(source)
        except Exception as error:  # a solution may fail with anything
            print(f"  FAILED  {name_of(source)}: {type(error).__name__}: {error}", flush=True)
            failed += 1
            continue
        seconds = time.perf_counter() - started
        print(f"  {name_of(source)}: {count} exercises, {seconds:.1f} s", flush=True)
    if not chosen:
        print("every stored answer is that of its solution")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
