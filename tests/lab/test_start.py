"""The start page, and the command and environment with which JupyterLab starts."""

import json
import os
import re
import sys
from pathlib import Path

import nbformat

from figures.inventory import PAPERS, ROOT
from figures.lab.__main__ import command, environment
from figures.lab.start_page import PARTS, START_PAGE, SUBJECTS, read_lesson, start_page

CONFIG = ROOT / "figures/lab"


def test_every_lesson_is_on_the_page_under_its_own_title():
    page = start_page(ROOT)
    rows = re.findall(r"^\| (\d+) \| \[(.+)\]\((\S+)\) \| (\d+) \|$", page, flags=re.MULTILINE)
    sources = (ROOT / "notebooks").glob("*/*.py")
    assert {ROOT / link for _, _, link, _ in rows} == {p.with_suffix(".ipynb") for p in sources}
    for number, title, link, minutes in rows:
        first = nbformat.read(ROOT / link, 4).cells[0].source
        assert first.startswith(f"# {title}\n") and f"*{minutes} minutes" in first
        assert Path(link).name.startswith(f"{number}_")
    assert tuple(SUBJECTS) == PAPERS
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == list(PARTS.values())


def test_a_lesson_without_title_or_notebook_is_listed_all_the_same(tmp_path):
    source = tmp_path / "notebooks/ep/10_bare_lesson.py"
    source.parent.mkdir(parents=True)
    source.write_text("# %%\nx = 1\n")
    assert (read_lesson(source).title, read_lesson(source).minutes) == ("10 bare lesson", "")
    source.with_name("9_a lesson.py").write_text("# %% [markdown]\n# # Odds | evens\n")
    rows = [line for line in start_page(tmp_path).splitlines() if "](" in line]
    assert rows == [
        r"| 9 | [Odds \| evens](notebooks/ep/9_a%20lesson.py) |  |",
        "| 10 | [10 bare lesson](notebooks/ep/10_bare_lesson.py) |  |",
    ]


def test_nothing_of_the_shell_reaches_the_kernels(monkeypatch):
    shell = {
        **{"MPLBACKEND": "Agg", "PYTHONPATH": "/elsewhere", "PYTHONHOME": "/nowhere"},
        **{"FIGURES_STAGING": "/staging", "LANG": "C", "JUPYTER_CONFIG_PATH": "/mine"},
    }
    for name, value in shell.items():
        monkeypatch.setenv(name, value)
    given = environment()
    assert not {"MPLBACKEND", "PYTHONHOME", "FIGURES_STAGING"} & set(given)
    assert given["PYTHONPATH"] == str(ROOT) and given["PYTHONNOUSERSITE"] == "1"
    assert given["OMP_NUM_THREADS"] == given["OPENBLAS_NUM_THREADS"] == "1"
    assert given["LANG"] == "C"
    assert given["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(CONFIG), "/mine"]


def test_the_superuser_may_start_it_and_nobody_without_a_token():
    reader, superuser = command(["--no-browser"], False), command(["--no-browser"], True)
    assert reader[:3] == [sys.executable, "-m", "jupyterlab"] and reader[-1] == "--no-browser"
    assert set(superuser) - set(reader) == {"--allow-root"}
    assert f"--ServerApp.root_dir={ROOT}" in reader
    config = (CONFIG / "jupyter_server_config.json").read_text()
    assert not re.search("token|password|allow_unauth", " ".join(superuser) + config)
    assert json.loads(config)["LabApp"]["default_url"] == f"/lab/tree/{START_PAGE}"
