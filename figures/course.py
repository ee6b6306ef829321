"""The course as a whole: the six works, which lesson needs which, and the table of the README."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from figures.inventory import ROOT
from figures.lab.start_page import PARTS, Lesson, lessons

WORKS = {
    "metaplasticity": "Synaptic metaplasticity in binarized neural networks (2021)",
    "ep": "Scaling equilibrium propagation to deep ConvNets by drastically reducing its gradient "
    "estimator bias (2021)",
    "holo_ep": "Improving equilibrium propagation without weight symmetry through Jacobian "
    "homeostasis (2024), with holomorphic equilibrium propagation (2022)",
    "ssl": "Implicit variance regularization in non-contrastive self-supervised learning (2023)",
    "rram": "Model of the weak RESET process in HfOx resistive memory for deep learning frameworks "
    "(2021)",
    "consolidation": "Theories of synaptic memory consolidation and intelligent plasticity for "
    "continual learning (2024)",
}
README = ROOT / "README.md"
BEGIN, END = "<!-- lessons: written by make figures -->\n", "<!-- end of the lessons -->\n"
# Lessons that are named by their topic and not by their number.
TOPICS = {
    "estimators of equilibrium propagation": "ep/1_estimators_and_their_bias",
    "on finite oscillations": "holo_ep/1_finite_oscillations",
    "on lag, noise": "holo_ep/3_lag_noise_and_depth",
}
_NUMBERS = re.compile(r"lessons? (\d+(?:(?:, and |, | and | to )\d+)*)(?! helps| derives|\d)")


def key(source: Path) -> str:
    """Return "<work>/<stem>" of a lesson's source."""
    return f"{source.parent.name}/{source.stem}"


def prerequisites(source: Path) -> str:
    """Return what the first cell of a lesson says that it needs, in its own words."""
    head = source.read_text(encoding="utf-8").split("# %%", 2)[1]
    words = " ".join(line.removeprefix("#").strip() for line in head.splitlines())
    _, found, rest = words.partition("Prerequisites: ")
    return rest.partition(".*")[0] if found else ""


def needed(text: str, subject: str, by_number: Mapping[tuple[str, int], str]) -> list[str]:
    """Return the lessons that a text of prerequisites names, "<work>/<stem>", in their order.

    A lesson that only "helps" is none of them.

    Parameters
    ----------
    text : str
    subject : str
        The lesson's own work, to which its numbers belong.
    by_number : mapping
        (work, number) -> "<work>/<stem>".

    Raises
    ------
    ValueError
        If the text names a number that no lesson has.
    """
    found = [name for words, name in TOPICS.items() if words in text]
    if "the first lesson" in text.lower():
        found.append(by_number[subject, 1])
    for numbers in _NUMBERS.findall(text):
        parts = re.split(r"(, and |, | and | to )", numbers)
        wanted = {int(part) for part in parts[::2]}
        for k in range(1, len(parts), 2):
            if parts[k] == " to ":
                wanted |= set(range(int(parts[k - 1]), int(parts[k + 1])))
        for number in sorted(wanted):
            if (subject, number) not in by_number:
                raise ValueError(f"prerequisites: {subject} has no lesson {number}: {text!r}")
            found.append(by_number[subject, number])
    return list(dict.fromkeys(found))


def needs(course: Mapping[str, Sequence[Lesson]]) -> dict[str, list[str]]:
    """Return lesson -> the lessons that it needs, for a course as `lessons` gives it."""
    by_number = {
        (s, number(lesson)): key(lesson.source) for s, row in course.items() for lesson in row
    }
    return {
        key(lesson.source): needed(prerequisites(lesson.source), subject, by_number)
        for subject, row in course.items()
        for lesson in row
    }


def number(lesson: Lesson) -> int:
    """Return the number with which the name of a lesson's file begins, or 0."""
    match = re.match(r"\d+", lesson.source.stem)
    return int(match[0]) if match else 0


def short_title(lesson: Lesson) -> str:
    """Return the title up to its colon."""
    return lesson.title.split(": ")[0]


def write_table() -> bool:
    """Bring the table of lessons in the README up to date; return whether it changed."""
    from figures.files import write_atomic

    if table_is_current():
        return False
    write_atomic(README, _with_table(README.read_text(encoding="utf-8")).encode())
    return True


def table_is_current() -> bool:
    """Return whether the README's table is the one that the lessons give, or there is no README."""
    if not README.is_file():
        return True
    text = README.read_text(encoding="utf-8")
    return text == _with_table(text)


def _with_table(text: str) -> str:
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(
            f"README.md: the lines {BEGIN.strip()!r} and {END.strip()!r} must stand once"
        )
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + table(lessons(ROOT)) + "\n" + END + rest.split(END)[1]


def table(course: Mapping[str, Sequence[Lesson]]) -> str:
    """Return the table of lessons: title, minutes, and the lessons that each needs."""
    wanted = needs(course)
    names = {key(lesson.source): lesson for row in course.values() for lesson in row}
    lines = ["| lesson | minutes | needs |", "|---|---:|---|"]
    for subject, row in course.items():
        if not row:
            continue
        named = f"{subject}**: {WORKS[subject]}" if subject in WORKS else f"{PARTS.get(subject)}**"
        lines.append(f"| **{named} | | |")
        for lesson in row:
            own = key(lesson.source)
            told = ", ".join(
                ("" if other.startswith(f"{subject}/") else f"{other.split('/')[0]} ")
                + str(number(names[other]))
                for other in wanted[own]
            )
            link = f"[{number(lesson)} {short_title(lesson)}](notebooks/{own}.ipynb)"
            lines.append(f"| {link} | {lesson.minutes} | {told} |")
    return "\n".join(lines) + "\n"
