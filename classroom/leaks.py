"""Whether a student edition holds a part of a solution: runs of tokens that only solutions have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from classroom.exercises import Exercise, read_cells, read_exercises

RUN = 8  # so many tokens in a row are no chance
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\d_.e]*|[^\s\w]")
COMMON = 3  # a run must hold so many different words or numbers


def leaks(notebook: dict, source: Path) -> list[str]:
    """Return the runs of tokens of solutions and mistakes that a notebook holds.

    What the rest of the lesson says as well, in cells outside the exercises, in the questions and in
    what a student begins with, is no leak: an answer may use the calls that the lesson has shown,
    and the symbols that it was given. The statements that bind an answer are secret all the same.
    """
    exercises = read_exercises(source)
    secret = [cell.text for exercise in exercises
              for role in ("solution", "mistakes") for cell in exercise.of(role)]  # fmt: skip
    cells = read_cells(source)
    open_cells = [cell.text for cell in cells if cell.role in ("", "exercise", "check")]
    given = [cell.text for cell in cells if cell.role == "stub"]
    hidden = _all_runs(secret) - _all_runs(open_cells + given)
    hidden |= _all_runs(_answers(exercises)) - _all_runs(open_cells)
    found = []
    for cell in notebook["cells"]:
        text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        shown = [text, *(str(output) for output in cell.get("outputs", ()))]
        found += sorted(" ".join(run) for run in _all_runs(shown) & hidden)
    return found


def _answers(exercises: Sequence[Exercise]) -> list[str]:
    """Return the statements of solutions that bind the names that a check reads."""
    found = []
    for exercise in exercises:
        for cell in exercise.of("solution"):
            for statement in ast.parse(cell.text).body if cell.kind == "code" else ():
                if isinstance(statement, ast.FunctionDef):
                    bound = {statement.name}
                    text = "\n".join(map(ast.unparse, statement.body))  # its head may be given
                else:
                    bound = {node.id for node in ast.walk(statement)
                             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
                    text = ast.get_source_segment(cell.text, statement)
                if bound & set(exercise.names):
                    found.append(text)
    return found


def _all_runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return set().union(*map(_runs, texts))


def _runs(text: str) -> set[tuple[str, ...]]:
    tokens = TOKEN.findall(text)
    runs = (tuple(tokens[k : k + RUN]) for k in range(len(tokens) - RUN + 1))
    return {run for run in runs if len({t for t in run if t[0].isalnum()}) >= COMMON}
