"""Whether a student edition holds a part of a solution: runs of tokens that only solutions have."""

from __future__ import annotations

import re
from pathlib import Path

from classroom.exercises import read_cells, read_exercises

RUN = 8  # so many tokens in a row are no chance
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\d_.e]*|[^\s\w]")
COMMON = 3  # a run must hold so many different words or numbers


def leaks(notebook: dict, source: Path) -> list[str]:
    """Return the runs of tokens of solutions and mistakes that a notebook holds.

    What the rest of the lesson says as well, in cells outside the exercises or in the questions,
    is no leak: an answer may use the calls that the lesson has shown.
    """
    secret = [cell.text for exercise in read_exercises(source)
              for role in ("solution", "mistakes") for cell in exercise.of(role)]  # fmt: skip
    public = [cell.text for cell in read_cells(source) if cell.role in ("", "exercise", "check")]
    hidden = set().union(*map(_runs, secret)) - set().union(*map(_runs, public))
    found = []
    for cell in notebook["cells"]:
        text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        shown = [text, *(str(output) for output in cell.get("outputs", ()))]
        found += sorted(" ".join(run) for run in set().union(*map(_runs, shown)) & hidden)
    return found


def _runs(text: str) -> set[tuple[str, ...]]:
    tokens = TOKEN.findall(text)
    runs = (tuple(tokens[k : k + RUN]) for k in range(len(tokens) - RUN + 1))
    return {run for run in runs if len({t for t in run if t[0].isalnum()}) >= COMMON}
