"""The page on which JupyterLab opens: every lesson with its title and minutes, by subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from figures.inventory import PAPERS

START_PAGE = "Lessons.md"
START = "0_start_here"  # the folder of the lesson for everybody
SUBJECTS = {
    "metaplasticity": "Metaplasticity in binarized networks",
    "ep": "Equilibrium propagation and the bias of its gradients",
    "holo_ep": "Holomorphic equilibrium propagation without weight symmetry",
    "ssl": "Self-supervised learning without negative examples",
    "rram": "Resistive memory devices that learn",
    "consolidation": "Synaptic memory consolidation and continual learning",
}
PARTS = {START: "The first hour", **SUBJECTS}
GUIDE = """\
Click a title to open the lesson; *Run > Run All Cells* executes it.

* **Looking changes nothing.** Run and save as you like: as long as no cell is changed, nothing is
  written, so the new outputs of an unchanged lesson are not kept. To keep them, save a copy with
  *File > Save Notebook As*.
* **A changed cell is saved twice**, in the `.ipynb` and in the `.py` beside it, whichever of them
  is open. `make figures` then executes the lesson anew and writes its figures.
* **The `.py` wins.** Where the two differ because another program has changed the `.ipynb`, you see
  the cells of the `.py` and a note about it.
"""


@dataclass(frozen=True)
class Lesson:
    """A lesson: where its `.py` lies, its title, and the minutes it takes ("" if it names none)."""

    source: Path
    title: str
    minutes: str


def read_lesson(source: Path) -> Lesson:
    """Return what the first markdown cell of a lesson says about it."""
    cells = re.split(r"^# %%", source.read_text(encoding="utf-8"), flags=re.MULTILINE)
    first = next((cell for cell in cells if cell.startswith(" [markdown]")), "")
    title = re.search(r"^# # (.+)$", first, flags=re.MULTILINE)
    minutes = re.search(r"^# \*(\d+) minutes", first, flags=re.MULTILINE)
    return Lesson(
        source,
        title[1].strip() if title else source.stem.replace("_", " "),
        minutes[1] if minutes else "",
    )


def lessons(root: Path) -> dict[str, list[Lesson]]:
    """Return part (the first hour, then the subjects) -> its lessons in their order."""
    found = {}
    for subject in (START, *PAPERS):
        sources = (root / "notebooks" / subject).glob("*.py")
        found[subject] = [read_lesson(source) for source in sorted(sources, key=_number)]
    return found


def start_page(root: Path, differing: Sequence[Path] = ()) -> str:
    """Return the page as Markdown, its links relative to `root`.

    `differing` are the notebooks that another program has changed and whose `.py` says otherwise.
    """
    lines = ["# Learning with complex synapses: the lessons", "", GUIDE]
    if differing:
        names = ", ".join(f"`{path.relative_to(root).as_posix()}`" for path in sorted(differing))
        lines += [f"**Two versions:** {names} and the `.py` beside it hold different cells.", ""]
    for subject, of_subject in lessons(root).items():
        if of_subject:
            lines += [f"## {PARTS[subject]}", "", "| | lesson | minutes |", "|---:|:---|---:|"]
            lines += [_row(root, lesson) for lesson in of_subject] + [""]
    return "\n".join(lines)


def _row(root: Path, lesson: Lesson) -> str:
    notebook = lesson.source.with_suffix(".ipynb")
    target = notebook if notebook.is_file() else lesson.source
    link = target.relative_to(root).as_posix().replace(" ", "%20")
    title = lesson.title.replace("|", r"\|")
    number = _number(lesson.source)[0]
    return f"| {number or ''} | [{title}]({link}) | {lesson.minutes} |"


def _number(source: Path) -> tuple[int, str]:
    match = re.match(r"\d+", source.stem)
    return int(match[0]) if match else 0, source.stem
