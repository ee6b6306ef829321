"""Every notebook is a lesson of the same form, and its executed pair is that of its source."""

import ast
import json
import re
import statistics

import pytest

from classroom.exercises import read_exercises
from figures.executed import sources
from figures.frames import words
from figures.inventory import ROOT, load_inventory, notebook_figures

LESSONS = sorted((ROOT / "notebooks").glob("*/*.py"))
FIGURES = notebook_figures(load_inventory())


def _name(path):
    return path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


def _cells(path):
    """Return (header line, text) of every cell of a percent script."""
    parts = re.split(r"^# %%(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_a_lesson_says_what_for_how_long_and_from_where(path):
    text = path.read_text(encoding="utf-8")
    assert "#     name: python3" in text.split("# %%")[0], "no kernel named in the header"
    header, first = _cells(path)[0]
    assert "[markdown]" in header and first.lstrip().startswith("# # ")
    assert "After this lesson you can" in first
    assert re.search(r"\d+ minutes", first) and "rerequisites" in first
    assert "derivations" in text, "equations are printed from verified derivations"
    for section in ("Exercises", "References"):
        assert re.search(rf"^# ## .*{section}", text, flags=re.MULTILINE), f"no section {section}"
    assert text.count("explore(") >= 1, "no cell to play with"


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_exercises_have_solutions_and_checks_that_run(path):
    if exercises := read_exercises(path):  # tests/classroom holds the rest
        assert 4 <= len(exercises) <= 6
        return
    cells = _cells(path)
    solutions = [i for i, (header, _) in enumerate(cells) if '"solution"' in header]
    assert 2 <= len(solutions) <= 6
    checked = [text for _, text in cells[solutions[0] :] if re.search(r"^\s*assert ", text, re.M)]
    assert checked, "no check of the solutions"


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_the_executed_pair_recorded_exactly_its_figures_of_the_inventory(path):
    pair = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    recorded = pair["metadata"]["figures"]["records"]
    assert sorted(recorded) == sorted(entry.id for entry in FIGURES[_name(path)])


def _code(path):
    return [text.strip("\n") for header, text in _cells(path) if "[markdown]" not in header]


def _lines(text):
    return len([line for line in text.splitlines() if line.strip()])


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_cells_are_short_and_no_figure_is_recorded_twice(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"
    ]
    ids = [first.value for first in calls if isinstance(first, ast.Constant)]
    assert calls and len(set(ids)) == len(ids)
    long = [text.splitlines()[0] for text in _code(path) if _lines(text) > 25]
    assert not long, f"cells of more than 25 lines begin with {long}"


def test_the_median_lesson_has_at_most_200_lines_of_code():
    """Exercises, which students write themselves, are not counted; see tests/classroom for them."""
    own = [
        sum(_lines(text) for header, text in _cells(path) if not re.search("markdown|tags", header))
        for path in LESSONS
    ]
    assert statistics.median(own) <= 200


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_seeds_can_be_shifted(path):
    """A literal seed, or a range of them, goes through `seed`: else `make reseed` tests nothing."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [k.value for k in node.keywords if k.arg in ("rng", "seed", "seeds")]
        given += node.args[:1] if name in ("default_rng", "SeedSequence") else []
        for value in given:
            literal = isinstance(value, ast.Constant) and isinstance(value.value, int)
            plain_range = isinstance(value, ast.Call) and getattr(value.func, "id", "") == "range"
            assert not literal and not plain_range, ast.unparse(node)


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_the_executed_pair_has_the_cells_of_its_source(path):
    pair = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = [text.strip() for kind, text in sources(pair) if kind == "code"]
    assert code == [text.strip() for text in _code(path)]
    shown = [o for c in pair["cells"] for o in c.get("outputs", [])]
    assert not [o for o in shown if o["output_type"] == "error"]


def test_the_executed_lessons_are_small():
    """They travel with every clone: 8 MB in all, half of them below 150 kB."""
    sizes = [path.with_suffix(".ipynb").stat().st_size for path in LESSONS]
    assert sum(sizes) <= 8e6 and statistics.median(sizes) <= 150e3


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_every_frame_to_play_with_is_told_by_its_numbers(path):
    pair = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    shown = [o for cell in pair["cells"] for o in cell.get("outputs", [])]
    told = [o for o in shown if o.get("metadata", {}).get("explore") == "words"]
    pictures = [o for o in shown if isinstance(o.get("metadata", {}).get("explore"), dict)]
    assert len(told) == len(pictures) > 0
    for output, picture in zip(told, pictures, strict=True):
        lines, facts = words(output), picture["metadata"]["explore"]
        heads = [f"{facts['name']} = {value}: " for value in facts["values"]]
        after = [line.removeprefix(head) for line, head in zip(lines, heads, strict=True)]
        assert after != lines and all(re.search(r"\d", text) for text in after)
        assert len(set(after)) > 1, "all frames are told alike"
        assert not re.search(r"nan|inf|[$\\]", " ".join(after))
