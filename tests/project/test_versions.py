"""The matrix of versions: which rows there are, what is said, and that the tree stays as it was."""

import re
import shutil
import sys

import pytest
from packaging.requirements import Requirement

from figures import versions
from figures.versions import Row, find_pythons, matrix, requirements, run_row, table

OWN = sys.version_info.minor


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is the whole PATH, and no other place to look for Pythons."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    return folder


def stand_in(file, script):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!{shutil.which('sh', path='/bin:/usr/bin')}\n{script}\n")
    file.chmod(0o755)
    return file


def test_a_python_is_found_where_it_is_if_it_answers(programs, tmp_path):
    stand_in(programs / "python3.17", "echo command not found >&2; exit 127")
    answers = stand_in(tmp_path / "pyenv/versions/3.17.2/bin/python3.17", "echo 17")
    stand_in(programs / "python3.18", "echo 11")  # another version under this name
    stand_in(programs / "python3.10", "echo 10")  # too old
    assert find_pythons() == {OWN: versions.Path(sys.executable), 17: answers}


def test_the_matrix_holds_every_version_the_lowest_and_the_newest():
    names = [row.name for row in matrix({11: "", 13: ""})]
    assert names == ["3.11-lock", "3.12-lock", "3.13-lock", "3.14-lock", "3.11-lowest",
                     "3.13-newest"]  # fmt: skip
    assert "3.15-lock" in [row.name for row in matrix({11: "", 15: ""})]


def test_the_lowest_are_the_declared_bounds_and_the_newest_have_none_above():
    lowest, newest = (list(map(Requirement, requirements(v))) for v in ("lowest", "newest"))
    assert {r.name for r in lowest} == {r.name for r in newest} >= {"numpy", "numba", "pytest"}
    for low, new in zip(lowest, newest, strict=True):
        (bound,), (pinned,) = new.specifier, low.specifier
        assert (bound.operator, pinned.operator) == (">=", "==")
        assert bound.version == pinned.version and low.marker == new.marker
    assert requirements("lock") == ["-r", str(versions.ROOT / "requirements.lock")]


def test_the_newest_other_python_is_named_or_that_there_is_none(programs, capsys, monkeypatch):
    assert versions.main(["--newest"]) == 0
    assert f"no Python was found beside 3.{OWN}" in capsys.readouterr().out
    newest = stand_in(programs / "python3.19", "echo 19")
    stand_in(programs / "python3.17", "echo 17")
    ran = []

    def failing(row, python, lessons, say):
        ran.append((row, python, lessons))
        return versions.Outcome(row, "numpy 9", "1 failed", "3 of 3", 65.4, ("FAILED test_x",))

    monkeypatch.setattr(versions, "run_row", failing)
    monkeypatch.setattr(versions, "short_lessons", lambda: ["a/short"])
    monkeypatch.setattr(versions, "notebook_figures", lambda _: {"a/short": [], "a/long": []})
    assert versions.main(["--newest"]) == 1
    shown = capsys.readouterr().out
    assert f"the newest Python beside 3.{OWN} is 3.19" in shown and "FAILED test_x" in shown
    assert versions.main(["--newest", "--all"]) == 1
    row = (Row(19, "lock"), newest)
    assert ran == [(*row, ["a/short"]), (*row, ["a/short", "a/long"])]


def test_rows_that_do_not_exist_are_refused_and_those_without_a_python_are_named(
    programs, capsys, monkeypatch
):
    monkeypatch.setattr(versions, "run_row", pytest.fail)
    assert versions.main(["3.11-latest"]) == 2
    assert "unknown rows 3.11-latest; there are 3.11-lock," in capsys.readouterr().out
    assert versions.main(["3.14-lock" if OWN != 14 else "3.13-lock"]) == 0
    assert re.search(r"3\.1[34]-lock: no Python 3\.1[34] was found", capsys.readouterr().out)


def test_the_short_lessons_are_the_quickest_that_fit_together(monkeypatch):
    times = {"a/slow": 90.0, "a/quick": 20.0, "b/never timed": 60.0, "b/also": 70.0}
    monkeypatch.setattr(versions, "load_inventory", lambda: None)
    monkeypatch.setattr(versions, "notebook_figures", lambda _: times)
    monkeypatch.setattr(versions, "usual_seconds", times.get)
    assert versions.short_lessons() == ["a/quick", "b/never timed", "b/also"]


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    """A project with one passing and one failing test, one good and one bad lesson."""
    project = tmp_path / "project"
    for name, text in {
        "tests/test_small.py": "def test_good():\n    pass\ndef test_bad():\n    assert 0\n",
        "figures/__init__.py": "",
        "figures/execution.py": "import pathlib, sys\npathlib.Path('built').touch()\n"
        "print('what', 'happened')\nsys.exit('bad' in sys.argv[1])\n",
        ".venv/big": "",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    monkeypatch.setattr(versions, "ROOT", project)
    monkeypatch.setattr(versions, "FOLDER", project / ".build" / "versions")
    monkeypatch.setattr(versions, "requirements", lambda which: [])
    return project


def test_a_row_tells_what_failed_and_leaves_the_tree_as_it_was(small_project, monkeypatch):
    monkeypatch.setattr(versions, "make_environment", lambda *_: versions.Path(sys.executable))
    before = {p for p in small_project.rglob("*")}
    said = []
    outcome = run_row(
        Row(OWN, "lock"), versions.Path(sys.executable), ["a/good", "a/bad"], said.append
    )
    new = {p.relative_to(small_project).parts[0] for p in small_project.rglob("*")} - {
        p.relative_to(small_project).parts[0] for p in before
    }
    assert new == {".build"}
    folder = small_project / ".build" / "versions" / f"3.{OWN}-lock"
    assert (folder / "project" / "built").exists() and not (folder / "project" / ".venv").exists()
    assert "assert 0" in (folder / "tests.log").read_text()
    assert "1 failed, 1 passed" in outcome.tests and outcome.lessons == "1 of 2"
    assert outcome.problems[0].startswith("FAILED tests/test_small.py::test_bad")
    assert outcome.problems[1:] == ("a/bad: what happened",)
    shown = table([outcome])
    assert "FAILED" in shown and "a/bad: what happened" in shown and len(said) == 3


@pytest.mark.parametrize("with_uv", [True, False])
def test_an_environment_that_cannot_be_made_is_a_failure_of_its_row(
    with_uv, small_project, programs
):
    if with_uv:
        stand_in(programs / "uv", "echo no such Python; exit 2")
    outcome = run_row(Row(19, "lock"), small_project / "no-such-python", [], print)
    assert len(outcome.problems) == 1 and "failed" in outcome.problems[0]
