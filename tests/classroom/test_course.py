"""Plans add up, name what exists, and the map of lessons has an order."""

import re

import pytest

from classroom import course, plans
from classroom.course import BadNote, headings, neighbours, notes, oral, order, sources
from classroom.minutes import OPENING, sections
from classroom.plans import BadPlan, concept_map, plan_page, plans_index, read_plan
from figures.inventory import PAPERS, load_inventory


def test_every_lesson_has_its_place_and_every_cure_is_a_section():
    for name, note in notes().items():
        for wrong, cure in note.beliefs:
            assert cure in headings(sources()[name]), f"{name}: {cure}"
            assert len(wrong.split()) >= 4
        assert note.concepts and note.ask and note.beliefs
        assert 15 <= len(note.summary.split()) <= 80, name


def test_lessons_come_after_what_they_need_and_a_circle_is_named(monkeypatch):
    found = order()
    assert sorted(found) == sorted(notes())
    for name, note in notes().items():
        assert all(found.index(need) < found.index(name) for need in note.needs)
    table = dict(notes())
    table["ssl-1"] = type(table["ssl-1"])(**{**vars(table["ssl-1"]), "needs": ("ssl-3",)})
    monkeypatch.setattr(course, "notes", lambda: table)
    with pytest.raises(BadNote, match="needs itself, by"):
        order()


def test_previous_and_next_lead_through_the_whole_course():
    name, walked = next(iter(sources())), []
    while name:
        walked.append(name)
        before, after = neighbours(name)
        assert before == (walked[-2] if len(walked) > 1 else None)
        name = after
    assert walked == list(sources())


def test_needs_agree_with_the_prerequisites_that_a_lesson_names():
    """A lesson of the same subject that the first cell names by number is among the needs."""
    for name, note in notes().items():
        subject = note.subject
        first = sources()[name].read_text().split("# %%")[1]
        told = re.search(r"rerequisites:(.+?)\*", " ".join(first.split()))[1]
        told = ";".join(part for part in told.split(";") if "helps" not in part)
        named = re.findall(r"\blessons? ((?:\d+(?:, | and | to )?)+)", told)
        for numbers in named:
            for number in re.findall(r"\d+", numbers):
                assert f"{subject}-{number}" in note.needs, f"{name} names lesson {number}"


def test_minutes_of_sections_add_up_to_those_of_the_lesson():
    for name, note in notes().items():
        parts = sections(sources()[name])
        assert sum(part.minutes for part in parts) == note.minutes
        assert all(part.minutes >= 1 for part in parts) and parts[0].heading == OPENING


def test_plans_fit_their_time_and_show_figures_that_exist():
    known = load_inventory()
    found = plans.plans()
    assert len([plan for plan in found if plan.minutes == 90]) == 6
    assert {120, 720} <= {plan.minutes for plan in found}
    for plan in found:
        now = 0
        for step in plan.steps:
            assert step.start == now and step.minutes >= 1
            now += step.minutes
            assert all(figure in known for figure in step.figures)
        assert now == plan.planned <= plan.minutes
        assert any(step.figures for step in plan.steps) and plan.homework
        page = plan_page(plan)
        assert page.count("\n| ") >= len(plan.steps)
        assert len(re.findall(r"^\d+\. \*\*", page, flags=re.MULTILINE)) == 10 * len(plan.subjects)
        assert f"]({plan.name}.md)" in plans_index()


def test_each_subject_has_ten_questions_with_answers():
    for subject in PAPERS:
        asked = oral(subject)
        assert len(asked) == 10 and len({question for question, _ in asked}) == 10
        assert all(
            question.endswith("?") and len(answer.split()) >= 8 for question, answer in asked
        )


def test_the_map_names_every_lesson():
    page = concept_map()
    assert all(f"**{name}**" in page for name in notes())
    assert f"{sum(note.minutes for note in notes().values())} minutes" in page


PLAN = """title = "Short"
minutes = 20
goal = "One."
needs = "None."
subjects = ["ssl"]
homework = ["read"]
steps = [{say = "hello", minutes = 18}]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes = 18", "minutes = 21", "its steps take 21 minutes of 20"),
        ("minutes = 18", "minutes = 5", "they may take 18 to 20"),
        ('say = "hello", minutes = 18', 'lesson = "ssl-99", section = "x"', "no lesson ssl-99"),
        ('say = "hello", minutes = 18', 'lesson = "ssl-1", section = "x"', "no section 'x'"),
        ('say = "hello", minutes = 18', 'lesson = "ssl-1", exercise = "x"', "no kind of exercise"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_with_a_sentence(tmp_path, old, new, message):
    path = tmp_path / "short.toml"
    path.write_text(PLAN)
    assert read_plan(path).planned == 18
    path.write_text(PLAN.replace(old, new))
    with pytest.raises(BadPlan, match=re.escape(message)):
        read_plan(path)
