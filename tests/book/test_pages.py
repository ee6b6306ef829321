"""What the site makes of a lesson, a figure and a derivation, and what its check finds."""

import html
import json
import re
import tomllib

import pytest

from book import check, course, equations, errata, gallery, lessons
from figures.course import needs
from figures.inventory import ROOT, load_inventory, load_unknown, notebook_figures
from figures.lab import start_page
from figures.lab.start_page import SUBJECTS, Lesson, read_lesson
from figures.record import read_record

NAME = "metaplasticity/1_quadratic_binary_task"


@pytest.fixture(scope="module")
def made():
    source = ROOT / "notebooks" / f"{NAME}.py"
    entries = notebook_figures(load_inventory())[NAME]
    title = "Derived"
    return lessons.lesson_page(read_lesson(source), NAME, entries, {title: "equations/x"}), entries


def _html(page):
    cells = page.notebook["cells"]
    outputs = [o for cell in cells if cell["cell_type"] == "code" for o in cell["outputs"]]
    return [str(o.get("data", {}).get("text/html", "")) for o in outputs]


def test_every_figure_of_a_lesson_links_to_its_page_and_has_its_alt_text(made):
    page, entries = made
    shown = "".join(_html(page))
    for entry in entries:
        assert f'href="../../figures/{entry.id}.html"' in shown
        alt = json.loads(entry.path(".json").read_bytes())["alt"]
        assert alt.split(",")[0].split("<")[0].split('"')[0].split("'")[0] in shown
    assert shown.count("<img") == shown.count('alt="') and 'alt=""' not in shown


def test_solutions_and_long_cells_are_folded(made):
    for cell in made[0].notebook["cells"]:
        if cell["cell_type"] == "code":
            tags, lines = cell["metadata"]["tags"], len("".join(cell["source"]).splitlines())
            folded = bool({"solution", "mistakes"} & set(tags))
            assert ("hide-cell" in tags) == folded
            assert folded or ("hide-input" in tags) == (lines > lessons.LONGEST_OPEN)
        elif "solution" in cell["metadata"]["tags"]:
            assert "{dropdown} Show the solution" in cell["source"]


def test_a_lesson_ends_with_its_summary_and_leads_to_the_next(made):
    last = made[0].notebook["cells"][-1]["source"]
    assert "## Summary" in last and "Next: [" in last and "Previous: [" in last


def test_a_lesson_tells_its_minutes_and_what_was_proved(made):
    head = made[0].notebook["cells"][0]["source"]
    assert "minutes</span>" in head and f"{made[0].counts['proved']} steps proved" in head


def test_small_multiples_become_a_slider_over_their_values():
    told = {"name": "m", "values": ["0", "2"], "columns": 2, "left": 40}
    shown = lessons._touch('<img src="x.png" alt="y">', told, ["m = 0: low", "m = 2: high"])
    facts = json.loads(html.unescape(re.search('data-facts="(.*?)"', shown)[1]))
    assert facts == told | {"words": ["m = 0: low", "m = 2: high"]}
    assert 'max="1"' in shown and "m = " in shown


def test_every_frame_of_a_lesson_is_described(made):
    """As text for all, as text of the picture, and frame by frame at the slider."""
    shown = "".join(str(o) for cell in made[0].notebook["cells"] for o in cell.get("outputs", []))
    (facts,) = re.findall('data-facts="(.*?)"', shown)
    facts = json.loads(html.unescape(facts))
    assert len(facts["words"]) == len(facts["values"]) in (6, 8)
    for value, words in zip(facts["values"], facts["words"], strict=True):
        assert words.startswith(f"{facts['name']} = {value}: ")
        assert shown.count(html.escape(words)) >= 2


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[a](../../figures/ssl/fig5.py)", '<a href="../../figures/ssl/fig5.html">a</a>'),
        ("[a](../ssl/1_x.ipynb)", "[a](../ssl/1_x.ipynb)"),
        ("[a](2_y.ipynb)", "[a](2_y.ipynb)"),
        ("[a](../../book/how_to.md)", '<a href="../../how_to.html">a</a>'),
    ],
)
def test_links_of_a_lesson_lead_to_pages_of_the_site(text, link):
    assert lessons._links(text) == link


def test_a_figure_page_shows_every_claim_and_column():
    entry = load_inventory()["ssl/fig2_trajectories"]
    facts = json.loads(entry.path(".json").read_bytes())
    page = gallery.figure_page(entry, dict.fromkeys([entry.paper], "w"), {entry.notebook: "t"})
    assert page.count("| finding |") == sum(c["kind"] == "finding" for c in facts["claims"])
    assert all(f"| `{column}` |" in page for column in facts["columns"])


def test_a_graphic_says_what_it_shows():
    svg = gallery.titled(b'<svg width="3"><g/></svg>', "A & B", "x < y")
    assert svg == (b'<svg width="3"><title>A &amp; B</title><desc>x &lt; y</desc><g/></svg>')


def test_numbers_of_equations_stand_where_formulas_of_several_rows_can_have_them():
    told = equations.tagged("a\n\n$$\nx = y \\\\ z \\tag{3}\n$$\n\nb")
    assert told == "a\n\n\\begin{equation*}\nx = y \\\\ z \\tag{3}\n\\end{equation*}\n\nb"


def test_uses_of_a_derivation_are_found():
    row = equations.Equations(
        id="metaplasticity.quadratic_task.averaging",
        module="theory.metaplasticity.derivations.quadratic_task", title="", source="", markdown="",
        summary="", counts={}, symbols={}, names={}, facts={}, verdicts=[],
    )  # fmt: skip
    kinds = {kind for kind, _ in equations.used_in(row)}
    assert "lesson" in kinds


PAGE = '<html lang="en"><article><h1 id="a">t</h1>{}</article></html>'


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="#a">x</a><a href="other.html#b">y</a>', ""),
        ('<a href="#no">x</a>', "#no leads nowhere"),
        ('<a href="gone.html">x</a>', "gone.html leads nowhere"),
        ('<a href="other.html#no">x</a>', "other.html#no leads nowhere"),
        ('<img src="other.html">', "a picture without text"),
        (
            '<script src="https://elsewhere.org/x.js"></script>',
            "fetches https://elsewhere.org/x.js",
        ),
        ("<h3>x</h3>", "a level of headings is left out"),
        ("<h1>x</h1>", "2 headings of the first level"),
    ],
)
def test_the_check_finds_what_a_reader_would_stumble_over(tmp_path, body, problem):
    (tmp_path / "index.html").write_text(PAGE.format(body))
    (tmp_path / "other.html").write_text(
        '<html lang="en"><article><h1 id="b">t</h1></article></html>'
    )
    found = check.problems(tmp_path)
    assert (not found) if not problem else any(problem in line for line in found)


def test_a_page_without_language_and_a_style_from_elsewhere_are_found(tmp_path):
    (tmp_path / "index.html").write_text("<html><article><h1>t</h1></article></html>")
    (tmp_path / "a.css").write_text("@import 'https://elsewhere.org/a.css';")
    assert len(check.problems(tmp_path)) == 2


def test_no_site_is_a_problem(tmp_path):
    assert "make book" in check.problems(tmp_path)[0]


def test_a_lesson_without_minutes_says_none(tmp_path):
    lesson = Lesson(tmp_path / "x.py", "Title", "")
    assert "minutes" not in lessons._with_badges("# Title\nrest", lesson, "a/x", 2, {})


def test_the_map_has_every_lesson_and_every_need_once():
    taught = start_page.lessons(ROOT)
    wanted = needs(taught)
    drawn = course.course_map(taught, wanted, start_page.PARTS)
    assert drawn.count('class="arrow"') == sum(map(len, wanted.values())) > 40
    assert all(drawn.count(f'<a href="{name}.html">') == 1 for name in wanted)


def test_a_lesson_stands_right_of_all_that_it_needs():
    wanted = {"a": [], "b": ["a"], "c": ["a", "b"], "d": []}
    assert course.depths(wanted) == {"a": 0, "b": 1, "c": 2, "d": 0}
    with pytest.raises(ValueError, match="a circle: x needs y needs x"):
        course.depths({"x": ["y"], "y": ["x"]})


def test_every_difference_between_a_paper_and_its_code_has_its_evidence():
    entries, known = load_inventory(), set(SUBJECTS)
    rows = tomllib.loads(errata.CODE.read_text(encoding="utf-8"))
    missed = rows.pop("not_reproduced")
    assert set(rows) <= known and all(set(row) == {"where", "found"} for row in missed)
    page = errata.errata_page([e for e in entries.values() if e.done], load_unknown(), SUBJECTS)
    for row in (row for part in rows.values() for row in part):
        assert set(row) == {"paper", "code", "here", "where"}
        kind, _, name = row["where"].partition("/")
        there = {
            "figures": lambda name: name in entries and entries[name].done,
            "lessons": lambda name: (ROOT / "notebooks" / f"{name}.py").is_file(),
            "api": lambda name: (ROOT / f"{name.replace('.', '/')}.py").is_file(),
        }[kind]
        assert there(name), row["where"]
        assert f'href="{row["where"]}.html"' in page
    shown = page.replace("\\", "")
    assert all(f": {row['found']}" in shown for row in missed)


def test_the_page_of_errata_holds_every_number_that_differs_and_everything_unknown():
    entries = [e for e in load_inventory().values() if e.done]
    page = errata.errata_page(entries, load_unknown(), SUBJECTS)
    records = [read_record(e.path(".json").read_bytes())["read"] for e in entries]
    differing = [c for read in records for c in read if c.paper is not None and c.differs]
    assert page.count("| <a href") == len(differing) > 0
    unknown = page.partition("**Not known**")[2]
    assert all(f'figures/{e.id}.html">' in unknown for e in entries if "UNKNOWN" in e.departures)


@pytest.mark.parametrize(
    ("departures", "said"),
    [
        ("As in the paper. The size is UNKNOWN.", "The size is UNKNOWN."),
        ("None in the model; whether it is shown is UNKNOWN.", "Whether it is shown is UNKNOWN."),
        ("Drawn anew; the seed is UNKNOWN.", "Drawn anew; the seed is UNKNOWN."),
    ],
)
def test_what_is_unknown_is_told_without_what_is_not(departures, said):
    assert errata.sentence_with_unknown(departures) == said
