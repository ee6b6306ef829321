"""nbgrader itself makes the assignment from the release and grades what comes back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from classroom import editions
from classroom.__main__ import CONFIGURATION
from classroom.exercises import name_of, read_exercises
from classroom.leaks import leaks
from figures.inventory import ROOT

pytest.importorskip("nbgrader")


@pytest.fixture(scope="module")
def course(tmp_path_factory, lesson):
    """A course of one lesson, cut to what its exercises need, graded for two students."""
    folder = tmp_path_factory.mktemp("course")
    name = name_of(lesson)
    (folder / "nbgrader_config.py").write_bytes(CONFIGURATION.read_bytes())
    source = folder / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(editions.as_bytes(_cut(editions.release(lesson), lesson)))
    _nbgrader(folder, "generate_assignment", name)
    released = (folder / "release" / name / f"{name}.ipynb").read_text()
    for student, notebook in (("idle", released), ("able", _answered(released, lesson))):
        handed_in = folder / "submitted" / student / name / f"{name}.ipynb"
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(notebook)
    _nbgrader(folder, "autograde", name)
    return folder, name, json.loads(released)


def _cut(notebook, lesson):
    """Leave out the cells that no exercise needs: figures take longer than this test may."""
    from classroom.editions import cell_texts
    from classroom.running import needed

    graded = [place for place, cell in enumerate(notebook["cells"])
              if "nbgrader" in cell["metadata"]]  # fmt: skip
    code = [place for place in graded if notebook["cells"][place]["cell_type"] == "code"]
    kept = {cell.place for cell in needed(cell_texts(notebook), code)} | set(graded)
    cells = [cell for place, cell in enumerate(notebook["cells"]) if place in kept]
    return {**notebook, "cells": cells}


def _answered(released, lesson):
    """Fill in the solutions as a student would: the stub's cell holds the answer."""
    notebook = json.loads(released)
    exercises = {e.id.replace(".", "_"): e for e in read_exercises(lesson)}
    for cell in notebook["cells"]:
        key, _, part = cell["metadata"].get("nbgrader", {}).get("grade_id", "").rpartition("_")
        if part == "answer":
            code = [c.text for c in exercises[key].of("solution") if c.kind == "code"]
            cell["source"] = "\n".join(code)
        if part == "reasons":
            cell["source"] = "The learning rate is the unit of the hidden weights."
    return json.dumps(notebook)


def _nbgrader(folder, *words):
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # alembic is one
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "PATH": programs}
    environment.pop("FIGURES_STAGING", None)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words, "--create"] if words[0] == "autograde"
        else [sys.executable, "-m", "nbgrader", *words],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_assignment_holds_stubs_and_no_solution(course, lesson):
    _, _, released = course
    assert leaks(released, lesson) == []
    text = json.dumps(released)
    for exercise in read_exercises(lesson):
        assert exercise.stub.splitlines()[0] in text
    assert "BEGIN SOLUTION" not in text


def test_the_scores_are_those_of_the_checks(course, lesson):
    from nbgrader.api import Gradebook

    folder, name, _ = course
    exercises = read_exercises(lesson)
    by_hand = sum(exercise.graded_by_hand for exercise in exercises)
    most = sum(exercise.points for exercise in exercises)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        able = book.find_submission(name, "able")
        idle = book.find_submission(name, "idle")
        assert able.max_score == idle.max_score == most
        assert able.score == most - by_hand
        assert idle.score == 0
        assert able.needs_manual_grade == bool(by_hand)
