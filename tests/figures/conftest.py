"""A small project with the real build machinery, two notebooks and three modules, to be broken."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from figures.inventory import ROOT

HEADER = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %%
import matplotlib.pyplot as plt

from figures.kit import claim, record, use_style
"""
FIRST = (
    HEADER
    + """
from theory.deep import constant

use_style()
value = constant()

# %%
figure, ax = plt.subplots(figsize=(7.2, 2))
ax.plot([0, value])
record("ssl/first", figure, data={"x": [0, value]},
       claims=[claim("the constant is small", value, "<", 10)], alt="A line.")
"""
)
SECOND = (
    HEADER
    + """
from theory import other

use_style()

# %%
figure, ax = plt.subplots(figsize=(7.2, 2))
ax.plot([0, other.VALUE])
record("ep/second", figure, data={"x": [0, other.VALUE]},
       claims=[claim("the value is small", other.VALUE, "<", 10)], alt="A line.")
"""
)
ENTRY = """
[[figure]]
id = "{id}"
label = "Fig. 1"
label_certainty = "confirmed"
class = "A"
status = "{status}"
notebook = "{notebook}"
shows = "a line"
departures = "None."
"""
README = "# toy\n<!-- figure index: begin (generated) -->\n<!-- figure index: end -->\n"


@dataclass
class Toy:
    """The folder of a toy project and ways to run its commands."""

    root: Path

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def start(self, *command: str, **variables: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": str(self.root)} | variables
        for name in ("FIG", "PAPER", "FORCE", "STRICT"):
            if name not in variables:
                environment.pop(name, None)
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *command: str, **variables: str) -> tuple[int, str]:
        process = self.start(*command, **variables)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def figures(self, **variables: str) -> tuple[int, str]:
        return self.run("doit", "figures", **variables)

    def check(self) -> tuple[int, str]:
        return self.run("figures.check")

    def outputs(self) -> dict[str, bytes]:
        """Return every figure file and executed notebook."""
        paths = [p for paper in ("ssl", "ep") for p in self.root.glob(f"figures/{paper}/*.*")]
        paths += self.root.glob("notebooks/*/*.ipynb")
        return {str(p.relative_to(self.root)): p.read_bytes() for p in paths}


def _make(root: Path) -> Toy:
    toy = Toy(root)
    (root / "figures").mkdir(parents=True)
    for source in [*(ROOT / "figures").glob("*.py"), ROOT / "figures" / "suite.mplstyle"]:
        shutil.copy(source, root / "figures")
    shutil.copy(ROOT / "dodo.py", root / "dodo.py")
    toy.write("requirements.lock", "numpy\n")
    toy.write("README.md", README)
    toy.write("theory/__init__.py", "")
    toy.write(
        "theory/deep.py", "from theory.deeper import BASE\n\ndef constant():\n    return BASE + 1\n"
    )
    toy.write("theory/deeper.py", "BASE = 1\n")
    toy.write("theory/other.py", "VALUE = 2\n")
    toy.write("notebooks/ssl/1_first.py", FIRST)
    toy.write("notebooks/ep/1_second.py", SECOND)
    toy.write(
        "figures/inventory.toml",
        ENTRY.format(id="ssl/first", status="done", notebook="ssl/1_first")
        + ENTRY.format(id="ep/second", status="done", notebook="ep/1_second")
        + ENTRY.format(id="ep/third", status="planned", notebook=""),
    )
    return toy


@pytest.fixture(scope="session")
def built_toy(tmp_path_factory) -> Toy:
    """A toy project as its first build left it; not to be changed."""
    toy = _make(tmp_path_factory.mktemp("toy") / "project")
    status, output = toy.figures()
    assert status == 0, output
    assert "2 built, 0 current, 0 failed" in output
    return toy


@pytest.fixture
def toy(built_toy, tmp_path) -> Toy:
    """A copy of the built toy project, with its build state, to be broken."""
    root = tmp_path / "project"
    shutil.copytree(built_toy.root, root)
    return Toy(root)
