"""Pages for use in class are shown where there are any, and nothing points to them otherwise."""

import importlib.util
from types import SimpleNamespace

import pytest

from book import classroom
from figures.inventory import ROOT

HOME = "text\n\nlessons/index\nfigures/index\nequations/index\n"


def test_without_the_package_nothing_changes(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert classroom.pages() == {} and classroom.linked(HOME, {}) == HOME


def test_every_plan_has_a_page_in_the_list_before_the_figures(monkeypatch):
    stand_in = SimpleNamespace(
        plans=lambda: [SimpleNamespace(name="first"), SimpleNamespace(name="second")],
        plan_page=lambda plan: f"# {plan.name}\n",
        plans_index=lambda: "# In class\n",
        concept_map=lambda: "# Map\n",
    )
    importlib.import_module("classroom.plans")
    monkeypatch.setattr("classroom.plans", stand_in)
    found = classroom.pages()
    assert list(found) == ["class/index", "class/first", "class/second", "class/map"]
    assert found["class/index"].startswith("# In class")
    assert "\nfirst\nsecond\nmap\n" in found["class/index"]
    assert "In class <class/index>\nfigures/index" in classroom.linked(HOME, found)


def test_figures_to_project_lead_to_their_pages():
    assert classroom.linked_figures("| 5 | x | ssl/fig5, ep/a_b |") == (
        '| 5 | x | <a href="../figures/ssl/fig5.html">ssl/fig5</a>, '
        '<a href="../figures/ep/a_b.html">ep/a_b</a> |'
    )
    assert classroom.linked_figures("lessons/ssl/fig5.html ssl-1") == "lessons/ssl/fig5.html ssl-1"


def test_a_home_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="must list figures/index once"):
        classroom.linked("no list", {})


def test_the_home_page_has_the_place():
    assert classroom.linked((ROOT / "book" / "words" / "index.md").read_text(), {"x": ""})
