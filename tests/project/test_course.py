"""What each lesson needs, read from its own words, and the table that the README shows."""

import pytest

from figures import course
from figures.inventory import ROOT
from figures.lab.start_page import Lesson, lessons

NUMBERS = {("a", k): f"a/{k}" for k in range(1, 11)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gradients", []),
        ("lesson 1; Hopfield networks", [1]),
        ("lessons 1, 3 and 4; each section stands alone", [1, 3, 4]),
        ("lessons 1 to 3, batch normalisation", [1, 2, 3]),
        ("lessons 1, 2, and 10", [1, 2, 10]),
        ("backpropagation, lesson 1; lesson 4 helps", [1]),
        ("lessons 1 and 6; lesson 5 derives the rest", [1, 6]),
        ("the first lesson; eigenvectors", [1]),
    ],
)
def test_lessons_that_a_text_names_are_found(text, found):
    assert course.needed(text, "a", NUMBERS) == [f"a/{k}" for k in found]


def test_a_lesson_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="a has no lesson 12"):
        course.needed("lesson 12", "a", NUMBERS)


def test_lessons_named_by_their_topic_exist():
    assert all((ROOT / "notebooks" / f"{name}.py").is_file() for name in course.TOPICS.values())


def test_every_lesson_that_speaks_of_a_lesson_needs_one_and_none_needs_a_later_one():
    taught = lessons(ROOT)
    wanted = course.needs(taught)
    assert len(wanted) == sum(map(len, taught.values()))
    order = list(wanted)
    for name, before in wanted.items():
        text = course.prerequisites(ROOT / "notebooks" / f"{name}.py")
        assert text, f"{name} says nothing of its prerequisites"
        assert bool(before) == ("lesson" in text), f"{name}: {text}"
        assert all(order.index(other) < order.index(name) for other in before), name


def test_the_table_gives_title_minutes_and_needs(monkeypatch, tmp_path):
    def written(work, stem, text):
        source = tmp_path / work / f"{stem}.py"
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"# %% [markdown]\n# # T\n#\n# *5 minutes. Prerequisites: {text}.*\n")
        return Lesson(source, f"The {stem}: more", "5")

    monkeypatch.setitem(course.TOPICS, "on beginnings", "a/1_x")
    second = [written("b", "1_y", "the lesson on beginnings"), written("b", "2_z", "lesson 1")]
    taught = {"a": [written("a", "1_x", "sums")], "b": second}
    rows = course.table(taught).splitlines()[2:]
    assert rows[1] == "| [1 The 1_x](notebooks/a/1_x.ipynb) | 5 |  |"
    assert rows[3:] == ["| [1 The 1_y](notebooks/b/1_y.ipynb) | 5 | a 1 |",
                        "| [2 The 2_z](notebooks/b/2_z.ipynb) | 5 | 1 |"]  # fmt: skip


def test_a_readme_without_a_place_for_the_table_is_refused():
    with pytest.raises(ValueError, match="must stand once"):
        course._with_table("# Nothing\n")
