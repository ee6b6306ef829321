"""The inventory is complete in itself, and says what is wrong with it where it is not."""

import pytest

from figures.inventory import (
    PAPERS,
    ROOT,
    InventoryError,
    find_entry,
    load_inventory,
    load_unknown,
    notebook_figures,
)

GOOD = """
[[figure]]
id = "ssl/fig1"
label = "Fig. 1"
label_certainty = "confirmed"
class = "A"
status = "planned"
notebook = ""
shows = "something"
departures = "None."
"""


def test_every_paper_is_in_the_inventory_and_every_text_is_there():
    inventory = load_inventory()
    assert {entry.paper for entry in inventory.values()} == set(PAPERS)
    for entry in inventory.values():
        assert entry.label and entry.shows and entry.departures
        assert len(entry.shows) <= 140
        own = entry.id.split("/")[1].startswith("x_")
        assert (entry.label_certainty == "own") == own
        assert not own or entry.figure_class in ("X", "C")
    assert all(unknown.paper in PAPERS and unknown.why for unknown in load_unknown())


def test_every_notebook_that_exists_makes_a_figure_and_the_other_way_round():
    named = set(notebook_figures(load_inventory()))
    sources = (ROOT / "notebooks").glob("*/*.py")
    assert named == {
        path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in sources
    }


def test_an_unknown_figure_is_named_with_the_closest_one():
    with pytest.raises(InventoryError, match=r"no figure 'ssl/fig55'.*'ssl/fig5'"):
        find_entry(load_inventory(), "ssl/fig55")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"A"', '"E"', "class is 'E'"),
        ('"planned"', '"almost"', "status is 'almost'"),
        ('"planned"', '"done"', "names a notebook"),
        ('notebook = ""', 'notebook = "ssl/1"', "names a notebook"),
        ('"confirmed"', '"sure"', "label_certainty is 'sure'"),
        ("ssl/fig1", "sssl/fig1", "paper is 'sssl'"),
        ('id = "ssl/fig1"', "id = 11", "id must be text in quotes, got 11"),
        ('shows = "something"\n', "", r"keys differ by \['shows'\]"),
        ('shows = "something"', 'shows = "something"\nshown = "x"', r"keys differ by \['shown'\]"),
        ('shows = "something"', 'shows = "something', "not valid TOML"),
        ("[[figure]]", GOOD + "[[figure]]", "stands twice"),
    ],
)
def test_what_is_wrong_with_an_inventory_is_said(tmp_path, old, new, sentence):
    path = tmp_path / "inventory.toml"
    path.write_text(GOOD)
    assert list(load_inventory(path)) == ["ssl/fig1"]
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InventoryError, match=sentence):
        load_inventory(path)
