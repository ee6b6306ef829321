"""Plans of teaching: what happens minute by minute, what to show, ask and set as homework.

`classroom/plans/<name>.toml` names sections of lessons, exercises and things to say; the minutes
are those of the lessons. A plan that does not fit its time is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom.course import notes, oral, sources, subject_title
from classroom.exercises import KINDS, read_exercises
from classroom.minutes import sections

FOLDER = Path(__file__).parent / "plans"
SLACK = 0.12  # of the time may stay for questions, no more
EXERCISE = 10  # minutes for an exercise of a lesson that has none of this kind


class BadPlan(ValueError):
    """A plan names something that does not exist, or does not fit its time."""


@dataclass(frozen=True)
class Step:
    """A step of a plan: when it begins, how long it takes, what happens, what is shown."""

    start: int
    minutes: int
    what: str
    figures: tuple[str, ...]
    lesson: str


@dataclass(frozen=True)
class Plan:
    """A plan: its steps in their order, and what belongs to it.

    `subjects` are those whose questions make its oral examination.
    """

    name: str
    title: str
    minutes: int
    goal: str
    needs: str
    steps: tuple[Step, ...]
    homework: tuple[str, ...]
    subjects: tuple[str, ...]

    @property
    def planned(self) -> int:
        """Minutes that its steps take."""
        return sum(step.minutes for step in self.steps)

    @property
    def lessons(self) -> list[str]:
        """Its lessons in the order of their first step."""
        return list(dict.fromkeys(step.lesson for step in self.steps if step.lesson))


@cache
def plans() -> tuple[Plan, ...]:
    """Return all plans.

    Raises
    ------
    BadPlan
        Naming the plan and what is wrong.
    """
    return tuple(read_plan(path) for path in sorted(FOLDER.glob("*.toml")))


def read_plan(path: Path) -> Plan:
    """Return one plan, its minutes computed."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    steps, now = [], 0
    for entry in told["steps"]:
        step = _step(path.stem, entry, now)
        steps.append(step)
        now += step.minutes
    plan = Plan(path.stem, told["title"], told["minutes"], told["goal"], told["needs"],
                tuple(steps), tuple(told["homework"]), tuple(told["subjects"]))  # fmt: skip
    least = (1 - SLACK) * plan.minutes
    if not least <= now <= plan.minutes:
        raise BadPlan(f"{plan.name}: its steps take {now} minutes of {plan.minutes}; "
                      f"they may take {least:.0f} to {plan.minutes}")  # fmt: skip
    return plan


def _step(plan: str, entry: dict, now: int) -> Step:
    if "say" in entry:
        return Step(now, entry["minutes"], entry["say"], (), "")
    lesson = entry["lesson"]
    if lesson not in notes():
        raise BadPlan(f"{plan}: there is no lesson {lesson}")
    if "exercise" in entry:
        kind = entry["exercise"]
        if kind not in KINDS:
            raise BadPlan(f"{plan}: {kind!r} is no kind of exercise: {', '.join(KINDS)}")
        found = [e for e in read_exercises(sources()[lesson]) if e.kind == kind]
        what = f"Exercise {found[0].id}: {found[0].title}" if found else f"Exercise ({kind})"
        return Step(now, found[0].minutes if found else EXERCISE, what, (), lesson)
    by_heading = {section.heading: section for section in sections(sources()[lesson])}
    if entry["section"] not in by_heading:
        raise BadPlan(f"{plan}: {lesson} has no section {entry['section']!r}; "
                      f"it has {', '.join(by_heading)}")  # fmt: skip
    section = by_heading[entry["section"]]
    return Step(now, section.minutes, section.heading, section.figures, lesson)


def plan_page(plan: Plan) -> str:
    """Return a plan as Markdown."""
    table = notes()
    lines = [f"# {plan.title}", "",
             f"*{plan.minutes} minutes: {plan.planned} planned, {plan.minutes - plan.planned} for "
             "questions.*", "", f"**Goal.** {plan.goal}", "", f"**Prior knowledge.** {plan.needs}",
             "", "## Minute by minute", "", "| from | minutes | what | lesson | project |",
             "|---:|---:|---|---|---|"]  # fmt: skip
    for step in plan.steps:
        lesson = table[step.lesson].title if step.lesson else ""
        lines.append(f"| {step.start} | {step.minutes} | {step.what} | {lesson} | "
                     f"{', '.join(step.figures)} |")  # fmt: skip
    lines += ["", "## What to ask", ""]
    lines += [f"* {question} *({table[name].title})*"
              for name in plan.lessons for question in table[name].ask]  # fmt: skip
    lines += ["", "## What is often believed, and what cures it", "",
              "| belief | cured by | lesson |", "|---|---|---|"]  # fmt: skip
    lines += [f"| {wrong} | *{cure}* | {table[name].title} |"
              for name in plan.lessons for wrong, cure in table[name].beliefs]  # fmt: skip
    lines += ["", "## Homework", "", *(f"* {work}" for work in plan.homework)]
    for subject in plan.subjects:
        lines += ["", f"## Questions for an oral examination: {subject_title(subject)}", ""]
        for number, (question, answer) in enumerate(oral(subject), 1):
            lines += [f"{number}. **{question}** {answer}"]
    return "\n".join(lines) + "\n"


def plans_index() -> str:
    """Return the list of plans as Markdown, each with its minutes."""
    lines = ["# In class", "",
             "Plans for a lecturer: what to do minute by minute, what to project and to ask, what is often "
             "believed, homework, and questions for an oral examination. Their minutes are those of the "
             "lessons.", "", "| plan | minutes | of these planned | lessons |", "|---|---:|---:|---|"]  # fmt: skip
    for plan in plans():
        used = ", ".join(plan.lessons)
        lines.append(
            f"| [{plan.title}]({plan.name}.md) | {plan.minutes} | {plan.planned} | {used} |"
        )
    return "\n".join(lines) + "\n"


def concept_map() -> str:
    """Return the map of concepts and prerequisites over all lessons as Markdown."""
    table = notes()
    total = sum(note.minutes for note in table.values())
    lines = ["# Concepts and prerequisites", "",
             f"{len(table)} lessons, {total} minutes. Each lesson needs those in its third column, and brings "
             "the concepts in its last one.", ""]  # fmt: skip
    subject = ""
    for name, note in table.items():
        if note.subject != subject:
            subject = note.subject
            lines += ["", f"## {subject_title(subject)}", "", "| lesson | minutes | needs | new concepts |",
                      "|---|---:|---|---|"]  # fmt: skip
        needs = ", ".join(note.needs) or "nothing"
        lines.append(
            f"| **{name}** {note.title} | {note.minutes} | {needs} | {', '.join(note.concepts)} |"
        )
    return "\n".join(lines) + "\n"


def site_pages() -> dict[str, str]:
    """Return name -> Markdown of what the site shows for use in class, its index first.

    The index lists the others for Sphinx.
    """
    found = {"map": concept_map()} | {plan.name: plan_page(plan) for plan in plans()}
    guide = (Path(__file__).parent / "how_to_write_an_exercise.md").read_text(encoding="utf-8")
    found["how_to_write_an_exercise"] = guide
    listed = "\n".join(["", "```{toctree}", ":hidden:", "", *found, "```", ""])
    return {"index": plans_index() + listed} | found
