"""The page of all lessons: six parts in reading order, and a map of what each lesson needs."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence

from book.live_lessons import duration
from figures.course import key, needs, number, prerequisites, short_title
from figures.lab.start_page import Lesson

WIDTH, HEIGHT, GAP_X, GAP_Y, HEAD = 150, 44, 34, 10, 26  # of a lesson's box, in pixels


def course_page(
    course: Mapping[str, Sequence[Lesson]], subjects: Mapping[str, str], live: Mapping[str, float]
) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    course : mapping
        Work -> its lessons in order.
    subjects : mapping
        Work -> its title.
    live : mapping
        Lesson -> seconds on a laptop, of those that run in a browser.
    """
    total = sum(int(lesson.minutes or 0) for row in course.values() for lesson in row)
    wanted = needs(course)
    free = [subjects[s] for s, row in course.items() if row and not wanted[key(row[0].source)]]
    lines = [
        "# Lessons",
        "",
        f"{sum(map(len, course.values()))} lessons in {sum(map(bool, course.values()))} parts, {total} minutes. These parts need no other "
        f"one: {'; '.join(free)}.",
        "",
        f"{len(live)} of them run in your browser; the last column says how long that takes. "
        "[Map of what each lesson needs](#what-each-lesson-needs)",
    ]
    for subject, row in course.items():
        if not row:
            continue
        lines += [
            "",
            f"## {subjects[subject]}",
            "",
            "| | lesson | minutes | needs | in the browser |",
        ]
        lines += ["|---:|---|---:|---|---|"]
        for lesson in row:
            link = f'<a href="{key(lesson.source)}.html">{lesson.title}</a>'
            text = prerequisites(lesson.source)
            run = live.get(key(lesson.source))
            run = f'<span class="whole">{duration(run)}</span>' if run else ""
            lines.append(f"| {number(lesson)} | {link} | {lesson.minutes} | {text} | {run} |")
    lines += ["", "## What each lesson needs", "",
              "An arrow leads from a lesson to one that builds on it; lessons without arrows to them "
              "need knowledge from elsewhere only. The tables above say the same in words.",
              "", "```{raw} html", course_map(course, wanted, subjects), "```"]  # fmt: skip
    return "\n".join(lines) + "\n"


def depths(wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return lesson -> the length of the longest chain of lessons that lead to it.

    Raises
    ------
    ValueError
        If lessons need each other in a circle.
    """
    found: dict[str, int] = {}

    def depth(name, above=()):
        if name in above:
            raise ValueError(f"prerequisites: a circle: {' needs '.join((*above, name))}")
        if name not in found:
            found[name] = max((1 + depth(n, (*above, name)) for n in wanted[name]), default=0)
        return found[name]

    for name in wanted:
        depth(name)
    return found


def course_map(course, wanted, subjects) -> str:
    """Return the map as a graphic: a band for each work, a column for each step of the way."""
    depth, places, parts, top = depths(wanted), {}, [], 0
    for subject, row in course.items():
        if not row:
            continue
        parts.append(
            f'<text class="work" x="0" y="{top + 17}">{html.escape(subjects[subject])}</text>'
        )
        filled: dict[int, int] = {}
        for lesson in row:
            name = key(lesson.source)
            level = filled[depth[name]] = filled.get(depth[name], -1) + 1
            places[name] = (depth[name] * (WIDTH + GAP_X), top + HEAD + level * (HEIGHT + GAP_Y))
        top += HEAD + (max(filled.values()) + 1) * (HEIGHT + GAP_Y) + 8
    arrows = [
        _arrow(places[before], places[name]) for name, row in wanted.items() for before in row
    ]
    boxes = [
        _box(lesson, wanted, *places[key(lesson.source)])
        for row in course.values()
        for lesson in row
    ]
    width = (max(depth.values()) + 1) * (WIDTH + GAP_X)
    head = '<marker id="tip" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" orient="auto">'
    return (
        f'<div class="course-map"><svg role="group" aria-label="Map of what each lesson needs" '
        f'width="{width}" height="{top}" viewBox="0 0 {width} {top}">'
        f'<defs>{head}<path d="M0 0L6 3L0 6z"/></marker></defs>'
        f"{''.join(arrows)}{''.join(parts)}{''.join(boxes)}</svg></div>"
    )


def _arrow(start, end) -> str:
    (x, y), (u, v) = start, end
    x, y, v = x + WIDTH, y + HEIGHT / 2, v + HEIGHT / 2
    bend = GAP_X / 2 + (u - x) / 4
    return (
        f'<path class="arrow" d="M{x} {y:g}C{x + bend:g} {y:g} {u - bend:g} {v:g} {u} {v:g}" '
        'marker-end="url(#tip)"/>'
    )


def _box(lesson, wanted, x, y) -> str:
    name = key(lesson.source)
    before = ", ".join(wanted[name]) or "no lesson"
    lines = textwrap.wrap(f"{number(lesson)} {short_title(lesson)}", 24)
    if len(lines) > 2:
        lines = [lines[0], textwrap.shorten(" ".join(lines[1:]), 24, placeholder=" ...")]
    offset = y + HEIGHT / 2 + 4 - 8 * (len(lines) - 1)
    words = "".join(
        f'<text x="{x + 7}" y="{offset + 16 * k:g}">{html.escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    return (
        f'<a href="{name}.html"><title>{html.escape(lesson.title)}; needs {html.escape(before)}</title>'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>{words}</a>'
    )
