"""Pages for use in class are shown where there are any, and nothing points to them otherwise."""

import pytest

from book import classroom

HOME = "text\n\nlessons/index\nfigures/index\nequations/index\n"


def test_without_pages_nothing_changes(tmp_path):
    (tmp_path / "tool.py").write_text("")
    assert classroom.pages(tmp_path) == {} and classroom.linked(HOME, tmp_path) == HOME


def test_pages_are_listed_and_linked_before_the_figures(tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "first.md").write_text("# First")
    (tmp_path / "index.md").write_text("# Teaching\n")
    found = classroom.pages(tmp_path)
    assert list(found) == ["class/index", "class/plans/first"]
    assert (
        found["class/index"].startswith("# Teaching") and "\nplans/first\n" in found["class/index"]
    )
    assert "In class <class/index>\nfigures/index" in classroom.linked(HOME, tmp_path)


def test_a_title_is_written_where_there_is_no_index(tmp_path):
    (tmp_path / "first.md").write_text("# First")
    assert classroom.pages(tmp_path)["class/index"].startswith("# In class")


def test_a_home_page_without_a_place_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must list figures/index once"):
        classroom.linked("no list", tmp_path)


def test_the_home_page_has_the_place():
    home = (classroom.ROOT / "book" / "words" / "index.md").read_text()
    assert classroom.linked(home)
