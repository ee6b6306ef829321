"""The commands of the README, and what they say to somebody who lacks something."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from figures.course import BEGIN, END, table_is_current
from figures.inventory import PAPERS, ROOT

README = (ROOT / "README.md").read_text()


def _make(folder, *arguments, path=None, **variables):
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    if path:
        environment["PATH"] = path
    return subprocess.run(
        ["/usr/bin/env", "make", *arguments] if not path else [shutil.which("make"), *arguments],
        cwd=folder, env=environment | variables, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def fresh(tmp_path):
    """A folder with what `make` reads, and a folder of programs to be its whole PATH."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("cmp", "rm", "cp", "sh", "bash", "make", "echo", "cat", "env", "printf", "tr"):
        (programs / name).symlink_to(shutil.which(name))
    return tmp_path, programs


def _program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!{shutil.which('sh')}\n{script}\n")
    (folder / name).chmod(0o755)


def test_an_old_python_is_named_with_the_remedy(fresh):
    folder, programs = fresh
    _program(programs, "python3", 'test "$1" = -V && echo Python 3.8.1 && exit 0\nexit 1')
    done = _make(folder, "figures", path=str(programs))
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed; 'python3' is Python 3.8.1" in done.stdout
    assert not (folder / ".venv").exists()


def test_a_missing_python_is_named_with_the_remedy(fresh):
    folder, programs = fresh
    done = _make(folder, "test", path=str(programs))
    assert done.returncode != 0 and "No 'python3' found" in done.stdout


def test_a_missing_venv_module_is_named_with_the_remedy(fresh):
    folder, programs = fresh
    _program(programs, "python3", 'case "$2" in *ensurepip*) exit 1;; esac\nexit 0')
    done = _make(folder, "test", path=str(programs))
    assert done.returncode != 0 and "python3-venv" in done.stdout


@pytest.mark.parametrize("with_uv", [False, True])
def test_the_environment_is_made_once_and_again_when_the_lock_changes(fresh, with_uv):
    """Stand-ins for python and uv write down what they are asked to do."""
    folder, programs = fresh
    log = folder / "log"
    make_venv = f"""echo "{{name}} $@" >> {log}
case "$*" in
  *venv*.venv*) {shutil.which("mkdir")} -p .venv/bin
    printf '#!{shutil.which("sh")}\\necho "venv-python $@" >> {log}\\n' > .venv/bin/python
    {shutil.which("chmod")} +x .venv/bin/python;;
esac"""
    _program(programs, "python3", make_venv.format(name="python3"))
    if with_uv:
        _program(programs, "uv", make_venv.format(name="uv"))
    assert _make(folder, "test", path=str(programs)).returncode == 0
    assert _make(folder, "figures", path=str(programs)).returncode == 0
    lines = log.read_text().splitlines()
    maker = "uv venv" if with_uv else "python3 -m venv"
    assert len([line for line in lines if line.startswith(maker)]) == 1
    assert any("-r requirements.lock" in line for line in lines)
    assert lines[-1] == "venv-python -m figures.build figures"
    assert "venv-python -m pytest -n 2" in lines
    (folder / "requirements.lock").write_text("numpy==2.0\n")
    assert _make(folder, "check", path=str(programs)).returncode == 0
    lines = log.read_text().splitlines()
    assert len([line for line in lines if line.startswith(maker)]) == 2


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [("fig", "say FIG=..."), ("figure", "say FIG=..."), ("PAPERS", "say PAPER=..."),
     ("seed", "say SEEDS=..."), ("wrong", "known are FIG PAPER")],
)  # fmt: skip
def test_a_misspelt_variable_is_refused_before_any_work_with_the_right_name(variable, sentence):
    done = _make(ROOT, "figures", f"{variable}=ssl/fig5")
    assert done.returncode == 2 and not done.stdout
    assert f"the variable {variable} is unknown" in done.stderr and sentence in done.stderr


def test_the_callers_python_is_kept_out():
    """What the recipes see of the caller's environment."""
    names = "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE"
    foreign = dict.fromkeys(names, "/foreign")
    done = _make(ROOT, "-f", "Makefile", "--eval", "show: ; @env", "show", **foreign)
    assert "/foreign" not in done.stdout and "PYTHONNOUSERSITE=1" in done.stdout


def test_help_names_every_target():
    text = _make(ROOT, "help").stdout
    for target in (
        "figures",
        "redraw",
        "test",
        "check",
        "verify",
        "reseed",
        "lab",
        "bench",
        "book",
        "classroom",
        "answers",
        "clean",
    ):
        assert f"make {target}" in text
    assert all(paper in text for paper in PAPERS)


def test_the_readme_names_the_two_commands_and_files_that_exist():
    assert "make figures" in README and "make test" in README and "make lab" in README
    assert len(README.encode()) <= 8000
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_readme_loads_quickly_and_fits_a_phone():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 1 and (ROOT / pictures[0]).stat().st_size <= 300_000
    for row in re.findall(r"^\|.*\|$", README, flags=re.MULTILINE):
        shown = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", row).split("|")
        assert all(len(word) <= 20 for cell in shown for word in cell.split()), row


def test_the_table_of_lessons_is_that_of_the_lessons():
    assert table_is_current()
    table = README.split(BEGIN)[1].split(END)[0]
    for source in ROOT.glob("notebooks/*/*.py"):
        assert table.count(f"(notebooks/{source.parent.name}/{source.stem}.ipynb) |") == 1


def test_ci_checks_what_is_committed_then_runs_both_commands_and_checks_again():
    script = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in script and os.access(ROOT / ".ci" / "run", os.X_OK)
    commands = re.findall(r"^make (.+)$", script, flags=re.MULTILINE)
    assert commands == ["check", "test", "figures FORCE=1", "check"]
    assert "figures.versions --newest" in script


def test_the_citation_names_the_six_works():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    titles = " ".join(reference["title"].lower() for reference in citation["references"])
    for words in ("metaplasticity", "convnets", "homeostasis", "variance regularization",
                  "weak reset", "memory consolidation"):  # fmt: skip
        assert words in titles


def test_no_file_of_the_project_holds_a_path_of_a_computer():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    ).stdout.splitlines()
    home = re.compile(r"(/home/\w+|/root/|/Users/\w+|" + re.escape(str(ROOT)) + ")")
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".npz", ".png", ".svg") or path == Path(__file__) or not path.is_file():
            continue
        assert not home.search(path.read_text(encoding="utf-8")), name
