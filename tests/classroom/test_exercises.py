"""Every exercise is written by the guide, solved by its solution, and tells its mistakes apart."""

import json
import re

import jupytext
import pytest

from classroom.answers import answers_of, is_current
from classroom.checking import stored
from classroom.exercises import (
    KINDS,
    BadExercise,
    lesson_sources,
    name_of,
    read_cells,
    read_exercises,
    subject_of,
)

LESSONS = [source for source in lesson_sources() if read_exercises(source)]


@pytest.mark.parametrize("source", LESSONS, ids=name_of)
def test_a_lesson_has_each_kind_of_exercise(source):
    exercises = read_exercises(source)
    assert {exercise.kind for exercise in exercises} == set(KINDS)
    for exercise in exercises:
        question = exercise.question.partition("difficulty")[2]
        assert len(question.split()) >= 20, f"{exercise.id}: a question of one line"
        assert exercise.minutes >= 5


def test_there_are_exercises_for_a_whole_term():
    exercises = [exercise for source in LESSONS for exercise in read_exercises(source)]
    assert len(exercises) >= 150
    assert sum(exercise.kind == "derivation" for exercise in exercises) >= 35


@pytest.mark.parametrize("source", LESSONS, ids=name_of)
def test_the_stored_answers_are_those_of_the_solutions(source):
    assert is_current(source), f"run python -m classroom.answers {name_of(source)}"


@pytest.mark.parametrize("source", LESSONS, ids=name_of)
def test_the_executed_lesson_solves_its_exercises_and_tells_two_mistakes_apart(source):
    pair = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    said = {}
    for cell in pair["cells"]:
        for tag in cell["metadata"].get("tags", ()):
            for output in cell.get("outputs", ()):
                said.setdefault(tag, []).extend("".join(output.get("text", "")).splitlines())
    exercises = read_exercises(source)
    assert said["check"] == [f"{exercise.id}: right" for exercise in exercises]
    mistakes = [line.partition(": ")[2] for line in said["mistakes"]]
    assert len(mistakes) >= 2 * len(exercises)
    assert not [line for line in mistakes if line in ("right", "not right", "not right yet")]
    for exercise in exercises:
        for part in stored(subject_of(source))[exercise.id]["parts"]:
            sealed = [json.dumps(typical["sealed"]) for typical in part["mistakes"]]
            assert len(set(sealed)) == len(sealed), f"{exercise.id}: one mistake, declared twice"


def test_computed_anew_the_answers_are_the_stored_ones():
    source = LESSONS[0]
    exact = {exercise.id for exercise in read_exercises(source)}
    found = answers_of(source)
    assert {id: stored(subject_of(source))[id] for id in exact} == found


def test_a_lesson_is_read_as_jupytext_reads_it():
    read = [(c.cell_type, c.source, tuple(c.metadata.get("tags", ())))
            for c in jupytext.read(LESSONS[0]).cells]  # fmt: skip
    assert [(cell.kind, cell.text, cell.tags) for cell in read_cells(LESSONS[0])] == read


STUB = """# %% tags=["stub"]
answer = 1

# %% tags=["solution"]"""
IMPORTS = """# %%
from classroom import check, mistake

"""
GOOD = """# %% [markdown] tags=["exercise"]
# ### Exercise 1: a title
# *paper, 10 minutes, 2 points, difficulty 1 of 3*
#
# Assign a number to `answer`.

# %% tags=["solution"]
answer = 1

# %% tags=["check"]
check("ssl-7.1", answer)

# %% tags=["mistakes"]
mistake("ssl-7.1", -1)
mistake("ssl-7.1", 2)
"""


@pytest.mark.parametrize(
    ("old", "new", "caller"),
    [
        ('mistake("ssl-7.1", 2)', 'mistake("ssl-7.1", 2, 3)', "mistake"),
        ('mistake("ssl-7.1", 2)', 'mistake("ssl-7.1")', "mistake"),
    ],
)
def test_the_parts_of_a_mistake_are_counted_when_its_answer_is_stored(tmp_path, old, new, caller):
    (tmp_path / "ssl").mkdir()
    source = tmp_path / "ssl" / "7_x.py"
    source.write_text(IMPORTS + GOOD)
    (stored,) = answers_of(source).values()
    assert len(stored["parts"][0]["mistakes"]) == 2
    read_cells.cache_clear()
    source.write_text(IMPORTS + GOOD.replace(old, new))
    with pytest.raises(ValueError, match=rf"{caller}: ssl-7.1 asks for 1 answers \(answer\)"):
        answers_of(source)
    read_cells.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Exercise 1", "Exercise 2", "begins with '### Exercise 1"),
        ("paper, 10", "thinking, 10", "with one of the kinds"),
        ("2 points, ", "", "under the heading"),
        ('tags=["solution"]', "", "there is a cell tagged solution"),
        ('check("ssl-7.1", answer)', 'check("ssl-7.2", answer)', "is the one call"),
        ('check("ssl-7.1", answer)', "print(answer)", "holds nothing but check"),
        ('check("ssl-7.1", answer)', 'check("ssl-7.1", answer + 1)', "no expressions"),
        ('mistake("ssl-7.1", 2)', "", "twice"),
        ("`answer`", "it", "does not say what to assign"),
        ("paper, 10", "open, 10", "a solution in Markdown"),
        ('# %% tags=["solution"]', STUB, "the stub does not leave answer open"),
    ],
)
def test_a_broken_rule_is_named(tmp_path, old, new, rule):
    (tmp_path / "ssl").mkdir()
    source = tmp_path / "ssl" / "7_x.py"
    source.write_text(GOOD)
    (exercise,) = read_exercises(source)
    assert exercise.id == "ssl-7.1" and exercise.stub == "answer = ..."
    read_cells.cache_clear()
    source.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BadExercise, match=re.escape(rule)):
        read_exercises(source)
    read_cells.cache_clear()
