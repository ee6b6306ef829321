"""Lessons in the reader's browser: which can run there, what is fetched, what a page shows."""

import hashlib
import json
import re
import sys
import types

import pytest

from book import live_lessons
from figures.inventory import ROOT
from figures.provenance import import_closure

SHORT = "metaplasticity/1_quadratic_binary_task"


def test_only_short_lessons_that_need_nothing_else_run_in_a_browser():
    found = live_lessons.live_lessons()
    assert SHORT in found and len(found) > 10
    assert all(seconds <= live_lessons.LONGEST for seconds in found.values())
    assert not set(live_lessons.STOPPED) & set(found)


@pytest.mark.parametrize(
    ("source", "enough"),
    [
        ("import numpy as np\nfrom scipy import stats\nimport json", True),
        ("import pandas", False),
        ("if True:\n    from pandas import x", False),
        ("try:\n    import z3\nexcept ImportError:\n    z3 = None", True),
        ("def later():\n    import pandas", True),
    ],
)
def test_what_a_lesson_imports_when_it_is_loaded_decides(tmp_path, source, enough):
    (tmp_path / "x.py").write_text(source)
    assert live_lessons.suffices(tmp_path / "x.py") is enough


NEEDS = {"numpy": [], "scipy": ["numpy"], "matplotlib": ["numpy", "pillow"], "pillow": [], "x": []}
LOCK = {
    "packages": {
        name: {
            "file_name": f"{name}.whl",
            "depends": needs,
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
        }
        for name, needs in NEEDS.items()
    }
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(live_lessons, "archive", lambda: b"zip")
    (tmp_path / "pyodide").mkdir()
    (tmp_path / "pyodide" / "pyodide-lock.json").write_text(json.dumps(LOCK))
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in LOCK["packages"]:
        (folder / f"{name}.whl").write_bytes(name.encode())
    monkeypatch.setenv("PYODIDE_WHEELS", str(folder))
    return tmp_path


def test_packages_at_hand_are_shipped_with_all_that_they_need(site):
    assert live_lessons.ship(site) is True
    shipped = {path.stem for path in (site / "pyodide").glob("*.whl")}
    assert shipped == {"numpy", "scipy", "matplotlib", "pillow"}


@pytest.mark.parametrize("change", ["missing", "another"])
def test_a_file_that_is_not_the_locked_one_is_refused(site, change):
    wheel = site / "wheels" / "pillow.whl"
    wheel.unlink() if change == "missing" else wheel.write_bytes(b"another")
    with pytest.raises(ValueError, match=r"does not hold pillow\.whl of Pyodide"):
        live_lessons.ship(site)


def test_without_them_the_page_says_where_they_come_from(site, monkeypatch):
    monkeypatch.delenv("PYODIDE_WHEELS")
    assert live_lessons.ship(site) is False and not list((site / "pyodide").glob("*.whl"))
    shown = live_lessons.section("a/1_x", 5.0, False)
    assert "cdn.jsdelivr.net" in shown and "Load them and run" in shown and "about 35 s" in shown
    before = shown.partition('class="notice" hidden')[0]
    assert "needs the network once, for NumPy, SciPy and Matplotlib" in before
    whole = live_lessons.section("a/1_x", 5.0, True)
    assert "jsdelivr" not in whole and "needs the network" not in whole


@pytest.fixture
def program(monkeypatch):
    """The program of the page, and what it tells the page."""
    told = []
    page = types.ModuleType("page")
    page.say = lambda text: told.append(json.loads(text))
    monkeypatch.setitem(sys.modules, "page", page)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    names = {"__name__": "program"}
    exec(compile(live_lessons.PROGRAM.read_text(), "lesson.py", "exec"), names)
    return names, told


def test_a_cell_shows_what_it_prints_and_its_last_value(program):
    names, told = program
    names["run_cell"](0, "a = 2\nprint('hello')\na + 1")
    names["run_cell"](1, "a *= 2\nNone")
    assert [(m["kind"], m.get("text")) for m in told] == [
        ("text", "hello\n"), ("text", "3"), ("cell", None), ("cell", None)]  # fmt: skip
    assert names["namespace"]["a"] == 4 and not any(m.get("failed") for m in told)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n1 / 0", "ZeroDivisionError (line 2)"),
        ("if", "SyntaxError"),
        ("raise SystemExit", "SystemExit"),
    ],
)
def test_a_cell_that_fails_says_where_and_why(program, source, said):
    names, told = program
    names["run_cell"](3, source)
    assert told[-1]["number"] == 3 and told[-1]["failed"].startswith(said)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **b** *c* `d<e`", "<p>a <b>b</b> <i>c</i> <code>d&lt;e</code></p>"),
        ("$a < b$", r"<p>\(a &lt; b\)</p>"),
        ("$$\nx^2 \\tag{1}\n$$", "<p>\\[\nx^2 \\tag{1}\n\\]</p>"),
        ("- one\n- $x$", r"<ul><li>one</li><li>\(x\)</li></ul>"),
        ("[drawing](../x.py), x<br>\n<sub>*y*</sub>", "<p>drawing, x<br>\n<sub><i>y</i></sub></p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
    ],
)
def test_markdown_of_lessons_becomes_html(program, text, shown):
    assert program[0]["html_of"](text) == shown


def test_a_table_of_claims_has_heads_and_cells(program):
    table = program[0]["html_of"]("| claim | held |\n|---|---|\n| a &#124; b | **NO** |")
    assert '<th scope="col">claim</th>' in table and "<td>a | b</td><td><b>NO</b></td>" in table
    assert live_lessons.verdict([{"kind": "html", "html": table}]).startswith("claim not held")


def _notebook(folder, *sources):
    path = folder / "lesson.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [s]} for s in sources]}))
    return path


@pytest.mark.parametrize("name", sorted(live_lessons.STOPPED))
def test_a_lesson_is_left_out_only_while_it_would_stop(tmp_path, name):
    module, function = live_lessons.STOPPED[name]
    lesson = ROOT / "notebooks" / f"{name}.py"
    assert ROOT / f"{module.replace('.', '/')}.py" in import_closure(lesson, ("theory",))
    assert re.search(rf"^\w+\.{function}\(\)$", lesson.read_text(), re.MULTILINE)
    alone = _notebook(tmp_path, f"import {module}", f"{module}.{function}()")
    assert "cell 2: DerivationError" in live_lessons.verdict(live_lessons.rehearse(alone))


def test_a_rehearsal_has_no_more_than_a_browser(tmp_path):
    told = live_lessons.rehearse(_notebook(tmp_path, "import numpy", "import pytest", "1"))
    assert "cell 2: ModuleNotFoundError" in live_lessons.verdict(told)
    assert len([m for m in told if m["kind"] == "cell"]) == 2


def test_a_lesson_runs_as_in_the_browser_with_its_figures_and_claims():
    told = live_lessons.rehearse(ROOT / "notebooks" / f"{SHORT}.ipynb")
    assert live_lessons.verdict(told) == ""
    pictures = [m for m in told if m["kind"] == "picture"]
    assert len(pictures) >= 4 and all(m["alt"] for m in pictures)
    assert any("<th scope" in m.get("html", "") for m in told)


def test_compiled_passes_keep_no_lesson_from_the_browser():
    """They are loaded on demand where numba is, and there is a way without."""
    assert live_lessons.suffices(ROOT / "notebooks/ep/1_estimators_and_their_bias.py")
