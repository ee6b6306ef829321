"""Editions: what each holds, that none varies, and that no solution leaks into the student's."""

import json
import re
from importlib.util import find_spec

import nbformat
import pytest

from classroom import editions, running
from classroom.__main__ import build
from classroom.course import notes
from classroom.exercises import Cell, name_of, read_cells, read_exercises
from classroom.handout import chromium, handout_page
from classroom.leaks import leaks
from classroom.slides import slides_page


def _note(source):
    return notes()[name_of(source)]


def _code(notebook):
    return [
        Cell("code", cell["source"], (), place)
        for place, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
    ]


def test_every_edition_is_a_valid_notebook_with_its_cells(lesson):
    note, exercises = _note(lesson), read_exercises(lesson)
    student = editions.student(lesson, note)
    solution = editions.solution(lesson, note)
    instructor = editions.instructor(lesson, note)
    for notebook in (student, solution, instructor, editions.release(lesson)):
        nbformat.validate(nbformat.from_dict(notebook))
    text = json.dumps(student)
    assert "mistake(" not in text and '"outputs": [{' not in text
    for exercise in exercises:
        assert exercise.stub in [cell["source"] for cell in student["cells"]]
        assert any(exercise.question == cell["source"] for cell in student["cells"])
        assert f"Exercise {exercise.id}" in json.dumps(instructor)
    for notebook in (student, solution, instructor):
        assert note.summary in notebook["cells"][-1]["source"]


def test_a_stub_stops_nowhere_and_is_told_to_be_one(lesson):
    """The cells that the exercises need, their answers left out, run to the end."""
    notebook = editions.student(lesson, _note(lesson))
    cells = _code(notebook)
    checks = [cell for cell in cells if cell.text.startswith("check(")]
    kept = running.needed(cells, [cell.place for cell in checks])
    said = running.run(kept, {}, lesson.parent)
    for exercise, cell in zip(read_exercises(lesson), checks, strict=True):
        assert said[cell.place].startswith(f"{exercise.id}: not answered yet: assign ")


def test_with_right_answers_filled_in_the_student_edition_passes_every_check(lesson):
    notebook = editions.student(lesson, _note(lesson))
    answers = {exercise.stub: "\n".join(cell.text for cell in exercise.of("solution")
                                        if cell.kind == "code")
               for exercise in read_exercises(lesson)}  # fmt: skip
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["source"], cell["source"])
    cells = _code(notebook)
    checks = [cell for cell in cells if cell.text.startswith("check(")]
    said = running.run(running.needed(cells, [c.place for c in checks]), {}, lesson.parent)
    assert [said[c.place].strip().rpartition(": ")[2] for c in checks] == ["right"] * len(checks)


def test_no_solution_leaks_and_a_planted_leak_is_found(lesson, monkeypatch):
    notebook = editions.student(lesson, _note(lesson))
    assert leaks(notebook, lesson) == []
    for exercise in read_exercises(lesson):
        for cell in [*exercise.of("solution"), *exercise.of("mistakes")]:
            if len(cell.text.split()) < 12:
                continue
            planted = {"cells": [*notebook["cells"], {"source": cell.text}]}
            assert leaks(planted, lesson), f"{exercise.id}: {cell.text[:40]}"
            output = {"source": "", "outputs": [{"text": cell.text}]}
            assert leaks({"cells": [output]}, lesson)
    hidden = read_exercises(lesson)[0].of("solution")[0].text
    told = [Cell(c.kind, c.text, () if c.text == hidden else c.tags, c.place)
            for c in read_cells(lesson)]  # fmt: skip
    monkeypatch.setattr(editions, "read_cells", lambda source: tuple(told))
    with pytest.raises(editions.Leak, match="holds of a solution"):
        editions.student(lesson, _note(lesson))


def test_a_stale_lesson_has_no_solution_edition(lesson, monkeypatch):
    cells = read_cells(lesson)
    changed = (*cells[:-1], Cell("markdown", "another end", (), cells[-1].place))
    monkeypatch.setattr(editions, "read_cells", lambda source: changed)
    with pytest.raises(ValueError, match="say make figures first"):
        editions.solution(lesson, None)


def test_slides_have_one_idea_each_and_every_figure(lesson):
    page, pictures = slides_page(lesson, _note(lesson))
    slides = re.findall(r"<section.*?</section>", page, flags=re.DOTALL)
    figures = re.findall(r'record\(\s*"([^"]+)"', lesson.read_text())
    assert {name.rpartition(".")[0] for name in pictures} >= set(figures)
    assert len(slides) >= len(figures) + len(read_exercises(lesson)) + 3
    for slide in slides:
        shown = re.sub(r"<aside.*?</aside>", "", slide, flags=re.DOTALL)
        shown = re.sub(r"\$.+?\$|<.+?>", " ", shown, flags=re.DOTALL)
        assert slide.count("<img") <= 1 and len(shown.split()) <= 190
    addresses = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert addresses and all(address.startswith("../") for address in addresses), "needs a network"
    for alt in re.findall(r'<img[^>]*alt="([^"]*)"', page):
        assert len(alt) > 20


def test_a_handout_has_aims_results_figures_and_exercises(lesson):
    page = handout_page(lesson, _note(lesson))
    for part in ("You can then", "In short", "Symbols", "Results", "Figures", "Exercises"):
        assert part in page
    for exercise in read_exercises(lesson):
        assert exercise.title.split(",")[0] in page


@pytest.mark.skipif(
    find_spec("sphinx-mathjax-offline") is None, reason="make classroom installs it"
)
def test_building_twice_gives_the_same_bytes(lesson, tmp_path, monkeypatch):
    """The PDF of the handout included, which is printed on two pages at most."""
    found = []
    for name in ("one", "two"):
        monkeypatch.setattr("classroom.slides.reveal_files", lambda: {})
        build([lesson], tmp_path / name)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        found.append({p.relative_to(tmp_path / name).as_posix(): p.read_bytes() for p in files})
    assert found[0] == found[1]
    kinds = {name.split("/")[0] for name in found[0]}
    assert kinds == {"student", "solution", "instructor", "grading", "slides", "handouts", "plans"}
    if chromium():
        (pdf,) = [content for name, content in found[0].items() if name.endswith(".pdf")]
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
