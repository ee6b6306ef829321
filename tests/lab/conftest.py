"""A small project under git with one lesson, and this project's JupyterLab."""

import shutil
import subprocess
from pathlib import Path

import jupytext
import nbformat
import pytest
from lab_project import NAME

from figures.executed import normal_form
from figures.inventory import ROOT

LESSON = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A short lesson
#
# *5 minutes. Prerequisites: none.*

# %%
import matplotlib.pyplot as plt

import theory

print(theory.PLACE)

# %%
plt.plot([0, 1]);

# %% [markdown]
# **Exercise.** What is twice seven?

# %% tags=["solution"]
2 * 7
"""


def write_notebook(source: Path) -> None:
    """Write the notebook of a lesson as a build does, with an output that no execution gives."""
    notebook = jupytext.read(source)
    notebook.cells[-1].outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "fourteen"}, execution_count=None)
    ]
    stamps = {"computed": "stamp", "drawn": {"ssl/fig1": "stamp"}, "records": {}}
    source.with_suffix(".ipynb").write_bytes(normal_form(notebook, stamps))


class Project:
    """The small project: its folder and what git says about it."""

    def __init__(self, root: Path):
        self.root = root
        self.source, self.notebook = root / f"{NAME}.py", root / f"{NAME}.ipynb"

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=reader", "-c", "user.email=reader@example.org")
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def changed(self) -> list[str]:
        """Return the lines of `git status`, ignored files left out."""
        return self.git("status", "--porcelain", "--untracked-files=all").splitlines()

    def restore(self) -> None:
        self.git("checkout", "-q", ".")
        self.git("clean", "-fdxq", "-e", "__pycache__")


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project with a space")
    (root / "theory").mkdir()
    (root / "theory/__init__.py").write_text('PLACE = "the project itself"\n')
    (root / "figures").mkdir()
    for module in (ROOT / "figures").glob("*.py"):
        shutil.copy(module, root / "figures")
    shutil.copytree(
        ROOT / "figures/lab", root / "figures/lab", ignore=shutil.ignore_patterns("__pycache__")
    )
    small = Project(root)
    small.source.parent.mkdir(parents=True)
    small.source.write_text(LESSON)
    write_notebook(small.source)
    shutil.copy(ROOT / "notebooks/jupytext.toml", root / "notebooks")
    shutil.copy(ROOT / ".gitignore", root)
    small.git("init", "-q")
    small.git("add", ".")
    small.git("commit", "-q", "-m", "A short lesson")
    return small


@pytest.fixture
def fresh(project):
    """The small project as it was committed."""
    project.restore()
    assert project.changed() == []
    return project
