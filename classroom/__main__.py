"""Build what a class needs into `.build/classroom`: `make classroom`, or `python -m classroom`.

student/ solution/ instructor/   notebooks by subject
grading/                         a course of nbgrader: source/, its configuration
slides/ handouts/                pages that need no network, handouts also as PDF
plans/                           plans, the map of concepts, questions, as Markdown
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from classroom import editions, plans, slides
from classroom.course import notes
from classroom.exercises import lesson_sources, name_of, read_exercises
from classroom.handout import STYLE, chromium, handout_page, print_pdf, with_pictures
from figures.files import BUILD, fresh_folder, write_atomic
from figures.inventory import PAPERS

FOLDER = BUILD / "classroom"
CONFIGURATION = Path(__file__).parent / "nbgrader_config.py"


def build(sources: list[Path], folder: Path = FOLDER, printing: bool = True) -> list[str]:
    """Write all editions of lessons into a folder; return what could not be made.

    Parameters
    ----------
    sources : list of Path
        Sources of the lessons, whose executed pairs are current.
    folder : Path
        Emptied first.
    printing : bool
        Whether handouts are printed as PDF, too, where there is a Chromium.
    """
    fresh_folder(folder)
    missing, files = [], slides.reveal_files()
    if files is None:
        missing.append(f"slides: npm could not provide reveal.js {slides.REVEAL}")
    shared = {**(files or {}), "handout.css": STYLE.read_bytes(), "tex-svg.js": slides.mathjax()}
    for part in ("slides", "handouts"):
        for name, content in shared.items():
            write_atomic(folder / part / "lib" / name, content)
    write_atomic(folder / "grading" / "nbgrader_config.py", CONFIGURATION.read_bytes())
    if not chromium():
        missing.append("handouts as PDF: no Chromium was found; print the pages from a browser")
    for source in sources:
        missing += _build_lesson(source, folder, bool(files), printing and bool(chromium()))
    for plan in plans.plans():
        write_atomic(folder / "plans" / f"{plan.name}.md", plans.plan_page(plan).encode())
    write_atomic(folder / "plans" / "index.md", plans.plans_index().encode())
    write_atomic(folder / "plans" / "map.md", plans.concept_map().encode())
    return missing


def _build_lesson(source: Path, folder: Path, with_slides: bool, printing: bool) -> list[str]:
    note, name = notes()[name_of(source)], f"{source.parent.name}/{source.stem}"
    made = {}
    try:
        made["solution"] = editions.solution(source, note)
        made["instructor"] = editions.instructor(source, note)
    except ValueError as stale:
        return [str(stale)]
    missing = []
    if read_exercises(source):
        made["student"] = editions.student(source, note)
        graded = f"grading/source/{name_of(source)}/{name_of(source)}.ipynb"
        write_atomic(folder / graded, editions.as_bytes(editions.release(source)))
    else:
        missing.append(f"{name_of(source)}: no exercise is tagged, so no student edition")
    for edition, notebook in made.items():
        write_atomic(folder / edition / f"{name}.ipynb", editions.as_bytes(notebook))
    if with_slides:
        page, pictures = slides.slides_page(source, note)
        _write_page(folder / "slides", name, page, pictures)
    page, pictures = with_pictures(handout_page(source, note))
    written = _write_page(folder / "handouts", name, page, pictures)
    if printing:
        print_pdf(written, written.with_suffix(".pdf"))
    return missing


def _write_page(folder: Path, name: str, page: str, pictures: dict[str, bytes]) -> Path:
    for picture, content in pictures.items():
        write_atomic(folder / "pictures" / picture, content)
    written = folder / f"{name}.html"
    write_atomic(written, page.encode())
    return written


def main(words: list[str]) -> int:
    """Build the lessons of the subjects named, or all; return the exit status."""
    if unknown := [word for word in words if word not in PAPERS]:
        print(f"there is no subject {unknown[0]}; known are {', '.join(PAPERS)}")
        return 1
    started = time.perf_counter()
    chosen = [source for source in lesson_sources() if not words or source.parent.name in words]
    for line in build(chosen):
        print(f"  not made: {line}")
    seconds = time.perf_counter() - started
    print(f"{len(chosen)} lessons in {seconds:.0f} s: {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
